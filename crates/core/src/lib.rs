//! The whole of DCVaaS that is not a runtime: rules, statements and flows.
//!
//! - [`model`]: where is the rule? Pure and synchronous.
//! - [`store`]: where is the query? SQL and nothing else.
//! - [`flow`]: what happens when? The only asynchronous place with policy.
//! - [`crypto`]: hashing, signing and encryption at rest.
//!
//! Nothing here knows `worker` or JavaScript: the same code runs on workerd and in native tests.

pub mod closed_set;
pub mod config;
pub mod crypto;
pub mod flow;
pub mod job;
pub mod json;
pub mod memory;
pub mod model;
pub mod ports;
pub mod secret;
pub mod store;
pub mod time;
