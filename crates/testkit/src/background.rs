//! Work that a host would run on after its answer.

use std::cell::RefCell;
use std::collections::VecDeque;

use dcvaas_core::ports::{Background, Task};

/// Holds the tasks until the test runs them, or drops them as a killed isolate does.
#[derive(Default)]
pub struct Tasks(RefCell<VecDeque<Task>>);

impl Tasks {
    /// Runs all tasks in order, those that they spawn included.
    pub async fn run_all(&self) {
        while let Some(task) = self.next() {
            task.await;
        }
    }

    /// Drops all tasks unrun: the isolate died. Says how many there were.
    pub fn kill_all(&self) -> usize {
        self.0.take().len()
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.0.borrow().len()
    }

    fn next(&self) -> Option<Task> {
        self.0.borrow_mut().pop_front()
    }
}

impl Background for Tasks {
    fn spawn(&self, task: Task) {
        self.0.borrow_mut().push_back(task);
    }
}
