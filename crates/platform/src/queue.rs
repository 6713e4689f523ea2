//! The queue port on Cloudflare Queues.

use async_trait::async_trait;
use dcvaas_core::job::{Job, Queue};
use dcvaas_core::ports::{Jobs, QueueError};
use worker::{BatchMessageBuilder, Env, MessageBuilder, QueueContentType};

/// Messages one `sendBatch` takes at most
/// (<https://developers.cloudflare.com/queues/platform/limits/>). Ours are some 100 bytes each, so
/// the limit of 256 kB is never near.
const LARGEST_BATCH: usize = 100;

/// The queue bindings, looked up when there is something to send: most requests send nothing.
/// Bodies are JSON text: an object would cross as a JavaScript `Map`, which the
/// queue turns into `{}`.
pub(crate) struct WorkerQueue(pub(crate) Env);

#[async_trait(?Send)]
impl Jobs for WorkerQueue {
    async fn send(&self, jobs: &[Job]) -> Result<(), QueueError> {
        let mut sent = Ok(());
        for queue in Queue::ALL {
            let jobs: Vec<&Job> = jobs.iter().filter(|job| job.queue() == *queue).collect();
            // One queue's failure is no reason to leave out the other.
            sent = sent.and(self.send_to(*queue, &jobs).await);
        }
        sent
    }
}

impl WorkerQueue {
    async fn send_to(&self, queue: Queue, jobs: &[&Job]) -> Result<(), QueueError> {
        for chunk in jobs.chunks(LARGEST_BATCH) {
            let mut batch = BatchMessageBuilder::new();
            for job in chunk {
                let body =
                    serde_json::to_string(job).map_err(|error| QueueError(error.to_string()))?;
                batch = batch.message(
                    MessageBuilder::new(body).content_type(QueueContentType::Text).build(),
                );
            }
            let queue =
                self.0.queue(queue.as_str()).map_err(|error| QueueError(error.to_string()))?;
            queue.send_batch(batch.build()).await.map_err(|error| QueueError(error.to_string()))?;
        }
        Ok(())
    }
}
