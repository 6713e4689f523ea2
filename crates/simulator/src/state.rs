//! What the simulator knows, and the one place where time and chance come from.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat};

use crate::calls::Calls;
use crate::cloudflare::Cloudflare;
use crate::dns::Dns;
use crate::faults::Faults;
use crate::inbox::Inbox;
use crate::keep::Kept;
use crate::mail::Mail;

/// How a simulator starts, and what `POST /control/reset` returns to.
#[derive(Debug, Clone)]
pub struct Options {
    /// The zone whose custom hostnames exist: 32 lower-case hex characters.
    pub zone_id: String,
    /// The only API token that Cloudflare accepts.
    pub api_token: String,
    /// Whether hostnames advance by themselves when the simulated DNS is right.
    pub auto: bool,
    /// The name that customers point their traffic at. Its parent is the simulated zone, where every
    /// name has an address.
    pub cname_target: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            zone_id: "0123456789abcdef0123456789abcdef".to_owned(),
            api_token: "simulator-token".to_owned(),
            auto: false,
            cname_target: "customers.dcvaas.example".to_owned(),
        }
    }
}

/// Everything the simulator knows.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) cloudflare: Cloudflare,
    pub(crate) dns: Dns,
    pub(crate) inbox: Inbox,
    pub(crate) mail: Mail,
    pub(crate) faults: Faults,
    pub(crate) calls: Calls,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            cloudflare: Cloudflare::new(&options, now_millis()),
            options,
            dns: Dns::default(),
            inbox: Inbox::default(),
            mail: Mail::default(),
            faults: Faults::default(),
            calls: Calls::default(),
        }
    }

    pub(crate) fn kept(&self) -> Kept {
        let (zone, hostnames) = self.cloudflare.kept();
        Kept { zone, hostnames, records: self.dns.all().into_iter().cloned().collect() }
    }

    pub(crate) fn restore(&mut self, kept: Kept) {
        self.cloudflare.restore(kept.zone, kept.hostnames);
        for set in kept.records {
            self.dns.set(set);
        }
    }
}

/// A handle on one simulated world; clones share it.
#[derive(Clone)]
pub struct Simulator(Arc<Mutex<World>>);

impl Simulator {
    /// A new world in which nothing has happened yet.
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Mutex::new(World::new(options))))
    }

    /// The world, for the time of one synchronous step. A caller that panicked does not take the
    /// simulator down with it: every step leaves a state that the next one can read.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970, UTC.
#[expect(clippy::disallowed_methods, reason = "a native program: its clock is the machine's")]
pub(crate) fn now_millis() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_millis()).ok())
        .unwrap_or_default()
}

/// ISO 8601 in UTC with milliseconds, the form of every time that the control interface shows.
pub(crate) fn iso(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// ISO 8601 in UTC with whole seconds, the form of certificate dates.
pub(crate) fn iso_seconds(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis)
        .unwrap_or_default()
        .to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A random (version 4) UUID in text form, 36 characters.
pub(crate) fn new_uuid() -> String {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string()
}

/// `bytes` random bytes in lower-case hex.
pub(crate) fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    fastrand::fill(&mut random);
    hex::encode(random)
}
