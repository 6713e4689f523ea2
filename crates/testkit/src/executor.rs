//! The smallest executor: one thread, nothing real to wait for. Time passes when nothing else can.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use crate::clock;

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs a future to its end. Panics when nothing is left that could wake it: a deadlock.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let flag = Arc::new(Flag(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&flag));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => {
                assert!(
                    flag.0.swap(false, Ordering::Relaxed) || clock::move_on(),
                    "deadlock: the test waits for nothing"
                );
            }
        }
    }
}

/// Lets the others go first. Each fake does this before its effect, so that joined flows
/// interleave as they do on the edge.
pub async fn turn() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
