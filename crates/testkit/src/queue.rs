//! A queue that collects.

use std::cell::RefCell;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::job::Job;
use dcvaas_core::ports::{Jobs, QueueError};

use crate::executor::turn;
use crate::faults::{Faults, When};

/// Holds what was sent until the test takes it, in the text of the wire.
pub struct FakeQueue {
    sent: RefCell<Vec<String>>,
    ever: RefCell<Vec<String>>,
    faults: Rc<Faults>,
}

impl FakeQueue {
    /// An empty queue that breaks by `faults`, under the label `queue:send`.
    pub fn new(faults: Rc<Faults>) -> Self {
        Self { sent: RefCell::default(), ever: RefCell::default(), faults }
    }

    /// Takes all messages out, oldest first.
    pub fn take(&self) -> Vec<Job> {
        self.sent
            .take()
            .iter()
            .map(|text| serde_json::from_str(text).expect("a job reads what it wrote"))
            .collect()
    }

    /// The texts of all messages that were ever sent.
    pub fn ever(&self) -> Vec<String> {
        self.ever.borrow().clone()
    }

    /// How many messages wait.
    pub fn waiting(&self) -> usize {
        self.sent.borrow().len()
    }
}

#[async_trait(?Send)]
impl Jobs for FakeQueue {
    async fn send(&self, jobs: &[Job]) -> Result<(), QueueError> {
        turn().await;
        let fault = self.faults.on("queue:send");
        if matches!(fault, None | Some(When::After)) {
            let texts: Vec<String> = jobs
                .iter()
                .map(|job| serde_json::to_string(job).expect("a job is plain data"))
                .collect();
            self.ever.borrow_mut().extend_from_slice(&texts);
            self.sent.borrow_mut().extend(texts);
        }
        fault.map_or(Ok(()), |_| Err(QueueError("planned fault".to_owned())))
    }
}
