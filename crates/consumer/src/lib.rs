//! The consumer worker: does the work that queue messages wake.
//!
//! This file only takes messages apart and gives verdicts; [`work`] does the work, and runs in
//! native tests as it is.

pub mod work;

use dcvaas_core::config::Need;
use dcvaas_core::job::Verdict;
use worker::{Context, Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder, event};

/// What the configuration must hold for this worker to work.
const NEEDS: &[Need] = &[Need::Cloudflare, Need::Encryption, Need::App];

/// After how long a message comes back when the database could not be reached.
const AGAIN_SECONDS: u32 = 10;

/// Handles one batch of the queue, or of its dead letters.
///
/// Never returns an error: the runtime would panic, and every message of the batch would come back.
#[event(queue)]
async fn queue(batch: MessageBatch<String>, env: Env, context: Context) -> worker::Result<()> {
    let again = QueueRetryOptionsBuilder::new().with_delay_seconds(AGAIN_SECONDS).build();
    let Ok(app) = dcvaas_platform::app(&env, move |task| context.wait_until(task), NEEDS) else {
        batch.retry_all_with_options(&again);
        return Ok(());
    };
    let messages: Vec<_> = batch.raw_iter().collect();
    let bodies: Vec<String> =
        messages.iter().map(|message| message.body().as_string().unwrap_or_default()).collect();
    let verdicts = if batch.queue().ends_with("-dlq") {
        work::bury(&app, &bodies).await
    } else {
        work::handle(&app, &dcvaas_platform::timer(), &bodies).await
    };
    for (message, verdict) in messages.iter().zip(verdicts) {
        match verdict {
            Verdict::Done => message.ack(),
            Verdict::Again => message.retry_with_options(&again),
        }
    }
    Ok(())
}
