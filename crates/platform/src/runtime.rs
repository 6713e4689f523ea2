//! Clock, timer, randomness, background work and logs of the Workers runtime.

use std::time::Duration;

use async_trait::async_trait;
use dcvaas_core::ports::{Background, Clock, Entropy, Level, Log, Task, Timer};
use dcvaas_core::time::{Span, Timestamp};
use serde_json::{Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Date, Delay};

/// `Date.now()`.
pub(crate) struct WorkerClock;

impl Clock for WorkerClock {
    fn now(&self) -> Timestamp {
        // Milliseconds of today fit into an i64 for 292 million years.
        Timestamp::from_millis(i64::try_from(Date::now().as_millis()).unwrap_or(i64::MAX))
    }
}

/// `setTimeout()`.
pub(crate) struct SetTimeout;

#[async_trait(?Send)]
impl Timer for SetTimeout {
    async fn sleep(&self, span: Span) {
        let millis = u64::try_from(span.as_millis()).unwrap_or_default();
        Delay::from(Duration::from_millis(millis)).await;
    }
}

/// `crypto.getRandomValues()`.
pub(crate) struct WebCrypto;

impl Entropy for WebCrypto {
    fn fill(&self, buffer: &mut [u8]) {
        // Without randomness no id and no key may be made.
        #[expect(clippy::expect_used, reason = "weak randomness would be worse than an outage")]
        getrandom::fill(buffer).expect("the runtime gives randomness");
    }
}

/// `ctx.waitUntil()`.
pub(crate) struct WaitUntil(pub(crate) Box<dyn Fn(Task)>);

impl Background for WaitUntil {
    fn spawn(&self, task: Task) {
        (self.0)(task);
    }
}

// D1 puts the substance into the cause.
#[wasm_bindgen(inline_js = "
export function describe(error) {
  return [error?.name, error?.message ?? error, error?.cause?.message].join(' ');
}")]
extern "C" {
    /// What was thrown, in words.
    pub(crate) fn describe(error: &JsValue) -> String;
}

/// `console.log()` with an object, whose fields Workers Logs indexes.
pub struct ConsoleLog;

impl Log for ConsoleLog {
    fn line(&self, level: Level, event: &'static str, fields: Value) {
        let line = json!({ "event": event, "fields": fields });
        let Ok(object) = js_sys::JSON::parse(&line.to_string()) else { return };
        match level {
            Level::Info => web_sys::console::log_1(&object),
            Level::Warn => web_sys::console::warn_1(&object),
            Level::Error => web_sys::console::error_1(&object),
        }
    }
}
