//! The world in memory: every port of core as a fake that can break before or after its effect.
//!
//! - [`World`] wires all of it into an `App`; [`run`] drives a test.
//! - [`SqliteDb`] is D1 with the real migrations and D1's limits.
//! - [`FakeHttp`] answers as Cloudflare, DNS, providers and webhook receivers do; anything else fails the test.
//! - [`Faults`] breaks single calls; [`walk`] proves a flow against every single failure.
//!
//! Everything is deterministic: the clock moves when told or when only timers are left, chance comes from a seed.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a wrong use of the testkit must fail the test, with a sentence"
)]

mod background;
mod clock;
mod cloudflare;
mod described;
mod dns;
mod entropy;
mod executor;
mod faults;
mod http;
mod log;
mod meter;
mod provider;
mod queue;
mod signatures;
mod sqlite;
mod world;

pub use background::Tasks;
pub use clock::{TestClock, TestTimer};
pub use cloudflare::FakeCloudflare;
pub use described::{assert_fits, assert_fits_thin};
pub use dns::FakeDns;
pub use entropy::SeededEntropy;
pub use executor::{run, turn};
pub use faults::{Extent, Faults, When, walk};
pub use http::{FakeHttp, Receiver};
pub use log::{Line, Lines};
pub use meter::FakeMeter;
pub use provider::FakeProvider;
pub use queue::FakeQueue;
pub use signatures::NativeSignatures;
pub use sqlite::{SqliteDb, migrations};
pub use world::{CLOUDFLARE, Credential, GITHUB, MAIL, PROVIDER, RESOLVER, World, ZONE_ID};
