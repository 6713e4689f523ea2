//! Counting of requests, in one process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::crypto::hash::TokenHash;
use dcvaas_core::model::rate::{Asked, Counted, Metered, Noted, Tally};
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
    pub fn take(&self, key: &str) -> Noted {
        self.tallies.borrow_mut().get_mut(key).map(Tally::take).unwrap_or_default()
    }

    /// The isolate is gone, and with it what it remembered.
    pub fn forget(&self) {
        self.known.borrow_mut().clear();
    }

    /// Tells the count of `key`, as the Worker tells the Durable Object: by a path.
    fn tell(&self, key: &str, asked: &Asked<'_>) -> Counted {
        let path = asked.path();
        let told = Asked::parse(&path).unwrap_or_else(|| panic!("not read: {path}"));
        let mut tallies = self.tallies.borrow_mut();
        tallies.entry(key.to_owned()).or_default().count(&told, self.clock.now())
    }
}

#[async_trait(?Send)]
impl Meter for FakeMeter {
    async fn count(
        &self,
        metered: &Metered,
        route: &'static str,
        address: &str,
    ) -> Option<Counted> {
        turn().await;
        Some(self.tell(&metered.key, &metered.asks(route, address)))
    }

    async fn failed(&self, metered: &Metered, route: &'static str) {
        turn().await;
        let mut tallies = self.tallies.borrow_mut();
        tallies.entry(metered.key.clone()).or_default().fail(&metered.asks(route, ""));
    }

    async fn admits(&self, address: &str) -> bool {
        turn().await;
        self.tell(address, &Metered::default().asks("", "")).number <= UNKNOWN
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
