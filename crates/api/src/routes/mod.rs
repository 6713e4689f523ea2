//! The handlers: each reads what is wanted and calls one flow.

pub(crate) mod audit;
pub(crate) mod deliveries;
pub(crate) mod domains;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod leaks;
pub(crate) mod members;
pub(crate) mod operator;
pub(crate) mod organization;
pub(crate) mod providers;
pub(crate) mod rotation;
pub(crate) mod session;
pub(crate) mod tokens;
pub(crate) mod webhooks;
