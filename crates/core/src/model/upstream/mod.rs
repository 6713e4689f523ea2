//! Request builders and answer readers of the systems we call, one file a provider. No I/O.

pub mod cloudflare;
pub mod doh;
pub mod github;
pub mod oidc;
pub mod resend;
