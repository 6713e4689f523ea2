//! A wall clock that moves when told, and by itself to the next timer when nothing else is left to do.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::{Poll, Waker};

use async_trait::async_trait;
use dcvaas_core::ports::{Clock, Timer};
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
        // Taken out: who is not polled for a while must not be woken again and again.
        let due: Vec<Sleeper> = SLEEPERS
            .with_borrow_mut(|sleepers| sleepers.extract_if(.., |it| it.until <= now).collect());
        for sleeper in due {
            sleeper.waker.wake_by_ref();
        }
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

/// One timer that runs.
struct Sleeper {
    id: u64,
    until: Timestamp,
    clock: Weak<TestClock>,
    waker: Waker,
}

thread_local! {
    static SLEEPERS: RefCell<Vec<Sleeper>> = const { RefCell::new(Vec::new()) };
    static NEXT_ID: Cell<u64> = const { Cell::new(0) };
}

/// Moves a clock to the timer that ends first. Says whether there was one.
pub(crate) fn move_on() -> bool {
    let first = SLEEPERS.with_borrow(|sleepers| {
        let first = sleepers.iter().min_by_key(|sleeper| (sleeper.until, sleeper.id))?;
        Some((first.clock.upgrade()?, first.until))
    });
    first.is_some_and(|(clock, until)| {
        clock.set(clock.now().max(until));
        true
    })
}

/// Takes its timer away when the one who waits is dropped.
struct Registered(u64);

impl Drop for Registered {
    fn drop(&mut self) {
        SLEEPERS.with_borrow_mut(|sleepers| sleepers.retain(|sleeper| sleeper.id != self.0));
    }
}

/// Waits for `span` of the clock.
pub(crate) async fn sleep(clock: &Rc<TestClock>, span: Span) {
    let until = clock.now().plus(span);
    let id = NEXT_ID.replace(NEXT_ID.get() + 1);
    let registered = Registered(id);
    std::future::poll_fn(|context| {
        if clock.now() >= until {
            return Poll::Ready(());
        }
        SLEEPERS.with_borrow_mut(|sleepers| {
            sleepers.retain(|sleeper| sleeper.id != id);
            let (clock, waker) = (Rc::downgrade(clock), context.waker().clone());
            sleepers.push(Sleeper { id, until, clock, waker });
        });
        Poll::Pending
    })
    .await;
    drop(registered);
}

/// The timer of a test, by its clock.
pub struct TestTimer(pub(crate) Rc<TestClock>);

#[async_trait(?Send)]
impl Timer for TestTimer {
    async fn sleep(&self, span: Span) {
        sleep(&self.0, span).await;
    }
}
