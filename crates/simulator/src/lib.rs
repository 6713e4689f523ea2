//! The outside world of `DCVaaS`, for local use and end-to-end tests: the Cloudflare API, DNS over
//! HTTPS, a mail service and webhook receivers, all in one process.
//!
//! It speaks the documented shapes, is as strict as the originals, and is wrong on purpose only when
//! `/control` says so. Everything is kept behind one mutex, so a call sees and leaves a whole state.
//! Custom hostnames and DNS outlive the process where a file is given for them (`keep`), all else does not.
//!
//! | path | plays |
//! | --- | --- |
//! | `/cloudflare/client/v4` | Cloudflare for SaaS (`cloudflare`) |
//! | `/dns-query` | a resolver, RFC 8484 and JSON (`doh`); `/dns-query/{view}` a second opinion |
//! | `/mail/emails` | Resend (`mail`) |
//! | `/github` | GitHub's secret scanning (`github`) |
//! | `/hooks/*` | receivers of webhooks (`inbox`) |
//! | `/control` | what tests and people say (`control`) |
//! | `/` | the page for people (`page`) |

mod calls;
mod cloudflare;
mod control;
mod dns;
mod doh;
mod faults;
mod github;
mod inbox;
mod keep;
mod mail;
mod page;
mod server;
mod state;

pub use keep::Keeper;
pub use server::{LostReply, router, serve};
pub use state::{Options, Simulator};
