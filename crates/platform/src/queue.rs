//! The queue port on Cloudflare Queues.

use async_trait::async_trait;
use dcvaas_core::job::{Job, Queue};
use dcvaas_core::ports::{Jobs, QueueError};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use crate::runtime::describe;

/// Messages one `sendBatch` takes at most
/// (<https://developers.cloudflare.com/queues/platform/limits/>). Ours are some 100 bytes each, so
/// the limit of 256 kB is never near.
const LARGEST_BATCH: usize = 100;

/// The queue bindings, looked up when there is something to send: most requests send nothing.
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
            let bodies = chunk.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>();
            // JSON on one line has no line break.
            let lines = bodies.map_err(|error| QueueError(error.to_string()))?.join("\n");
            send_batch(self.0.as_ref(), queue.as_str(), &lines)
                .await
                .map_err(|error| QueueError(describe(&error)))?;
        }
        Ok(())
    }
}

#[wasm_bindgen(inline_js = "
export async function send_batch(env, queue, lines) {
  await env[queue].sendBatch(lines.split('\\n').map((body) => ({ body, contentType: 'text' })));
}")]
extern "C" {
    /// Sends a message for each line.
    #[wasm_bindgen(catch)]
    async fn send_batch(env: &JsValue, queue: &str, lines: &str) -> Result<(), JsValue>;
}
