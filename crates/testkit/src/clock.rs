//! A wall clock that moves when told.

use std::cell::Cell;

use dcvaas_core::ports::Clock;
use dcvaas_core::time::{Span, Timestamp};

/// The clock of a test. It never goes back.
#[derive(Debug)]
pub struct TestClock(Cell<Timestamp>);

impl TestClock {
    /// Stands at `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(Cell::new(now))
    }

    /// Moves to `now`; panics when that lies in the past.
    pub fn set(&self, now: Timestamp) {
        let before = self.0.get();
        assert!(
            now >= before,
            "the clock cannot go back from {} to {}",
            before.to_iso(),
            now.to_iso()
        );
        self.0.set(now);
    }

    /// Moves ahead by `span`.
    pub fn advance(&self, span: Span) {
        self.set(self.0.get().plus(span));
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }
}
