//! Counting of requests, in one process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::crypto::hash::TokenHash;
use dcvaas_core::model::rate::{Counted, Metered, Tally, Use};
use dcvaas_core::ports::{Clock, Meter};

use crate::clock::TestClock;
use crate::executor::turn;

/// How often an address may try credentials that are not known, as the wrangler file says.
const UNKNOWN: u32 = 300;

/// Counts by the clock of the test.
pub struct FakeMeter {
    clock: Rc<TestClock>,
    tallies: RefCell<HashMap<String, Tally>>,
    known: RefCell<HashMap<String, Metered>>,
}

impl FakeMeter {
    /// Nothing is counted yet.
    pub fn new(clock: Rc<TestClock>) -> Self {
        Self { clock, tallies: RefCell::default(), known: RefCell::default() }
    }

    /// Takes out what was counted under `key`, as the Durable Object does once a minute.
    pub fn take(&self, key: &str) -> Vec<Use> {
        self.tallies.borrow_mut().get_mut(key).map(Tally::take).unwrap_or_default()
    }

    /// The isolate is gone, and with it what it remembered.
    pub fn forget(&self) {
        self.known.borrow_mut().clear();
    }

    fn tally(&self, key: &str, token: &str, route: &str) -> Counted {
        let mut tallies = self.tallies.borrow_mut();
        tallies.entry(key.to_owned()).or_default().count(token, route, self.clock.now())
    }
}

#[async_trait(?Send)]
impl Meter for FakeMeter {
    async fn count(&self, metered: &Metered, route: &'static str) -> Option<Counted> {
        turn().await;
        Some(self.tally(&metered.key, &metered.token, route))
    }

    async fn admits(&self, address: &str) -> bool {
        turn().await;
        self.tally(address, "", "").number <= UNKNOWN
    }

    fn recall(&self, hash: &TokenHash) -> Option<Metered> {
        self.known.borrow().get(hash.as_str()).cloned()
    }

    fn remember(&self, hash: &TokenHash, metered: Option<Metered>) {
        let mut known = self.known.borrow_mut();
        known.remove(hash.as_str());
        known.extend(metered.map(|metered| (hash.as_str().to_owned(), metered)));
    }
}
