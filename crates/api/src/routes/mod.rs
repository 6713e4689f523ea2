//! The handlers: each reads what is wanted and calls one flow.

pub(crate) mod domains;
pub(crate) mod health;
pub(crate) mod organization;
pub(crate) mod session;
pub(crate) mod tokens;
pub(crate) mod webhooks;
