//! Hashing, signing and encryption at rest.

pub mod hash;
pub mod mac;
pub mod seal;
pub mod token;
