//! Counting of requests, in one process.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::model::permits::{Ask, Grant, Memory, Share, Tally};
use dcvaas_core::model::rate::Noted;
use dcvaas_core::ports::{Clock, Meter};
use dcvaas_core::time::Span;

use crate::clock::{TestClock, sleep};
use crate::executor::turn;

/// How often an address may try credentials that are not known, as the wrangler file says.
const UNKNOWN: u32 = 300;

/// Counts by the clock of the test, for one isolate.
pub struct FakeMeter {
    clock: Rc<TestClock>,
    tallies: RefCell<HashMap<String, Tally>>,
    memory: RefCell<Rc<RefCell<Memory>>>,
}

impl FakeMeter {
    /// Nothing is counted yet.
    pub fn new(clock: Rc<TestClock>) -> Self {
        Self { clock, tallies: RefCell::default(), memory: RefCell::default() }
    }

    /// Takes out what was noted under `key`: in the isolate, and by the Durable Object, which takes it
    /// out once a minute.
    pub fn take(&self, key: &str) -> Noted {
        let mut tallies = self.tallies.borrow_mut();
        let mut noted = tallies.get_mut(key).map(Tally::take).unwrap_or_default();
        let untold = self.memory().borrow_mut().with_share(key, Share::take);
        noted.add(untold);
        noted
    }

    /// The isolate is gone, and with it what it remembered.
    pub fn forget(&self) {
        self.memory.take();
    }

    /// Asks the count of `key`, in the words in which the Worker asks the Durable Object.
    fn tell(&self, key: &str, ask: &Ask) -> Grant {
        let told: Ask = serde_json::from_value(serde_json::json!(ask)).expect("an ask is read");
        let mut tallies = self.tallies.borrow_mut();
        let grant = tallies.entry(key.to_owned()).or_default().grant(told, self.clock.now());
        Grant::parse(&grant.text()).expect("a grant is read")
    }
}

#[async_trait(?Send)]
impl Meter for FakeMeter {
    async fn ask(&self, key: &str, ask: &Ask) -> Option<Grant> {
        turn().await;
        Some(self.tell(key, ask))
    }

    async fn admits(&self, address: &str) -> bool {
        turn().await;
        let ask = Ask { wanted: 1, most: UNKNOWN, noted: Noted::default() };
        self.tell(address, &ask).count == 1
    }

    async fn rest(&self, span: Span) {
        sleep(&self.clock, span).await;
    }

    fn memory(&self) -> Rc<RefCell<Memory>> {
        Rc::clone(&self.memory.borrow())
    }
}
