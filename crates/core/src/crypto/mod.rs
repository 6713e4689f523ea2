//! Hashing, signing and encryption at rest.

pub mod hash;
pub mod mac;
pub mod private_key;
pub mod public_key;
pub mod seal;
pub mod sign_in_code;
pub mod token;
