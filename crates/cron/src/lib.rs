//! The cron worker: each minute it finds in D1 what is due and wakes the consumer.

use dcvaas_core::flow::audit_seal;
use dcvaas_core::flow::tick::tick;
use dcvaas_core::ports::Level;
use serde_json::json;
use worker::{Env, ScheduleContext, ScheduledEvent, event};

/// Runs one tick. An error is logged; the next tick finds the same work again.
#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, context: ScheduleContext) {
    let Ok(app) = dcvaas_platform::app(&env, move |task| context.wait_until(task), &[]) else {
        return;
    };
    if let Err(error) = tick(&app).await {
        app.log.line(Level::Error, "tick.failed", json!({ "cause": error.to_string() }));
    }
    if let Err(error) = audit_seal::run(&app).await {
        app.log.line(Level::Error, "audit.seal_failed", json!({ "cause": error.to_string() }));
    }
}
