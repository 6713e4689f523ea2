//! Counting of requests: by the Durable Object `Meter` of the api worker, and by the platform's own
//! rate limit for what comes before a credential is known.

use std::cell::RefCell;
use std::rc::Rc;

use async_trait::async_trait;
use dcvaas_core::model::permits::{Ask, Grant, Memory};
use dcvaas_core::ports::{Level, Log, Meter, Timer};
use dcvaas_core::time::Span;
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use crate::runtime::{ConsoleLog, SetTimeout, describe};

thread_local! {
    /// Plain data, of use to all requests of the isolate.
    static MEMORY: Rc<RefCell<Memory>> = Rc::default();
}

/// The bindings `METER` and `UNKNOWN_CREDENTIALS`, looked up when there is something to count.
pub(crate) struct WorkerMeter(pub(crate) Env);

#[async_trait(?Send)]
impl Meter for WorkerMeter {
    async fn ask(&self, key: &str, ask: &Ask) -> Option<Grant> {
        let body = serde_json::to_string(ask).ok()?;
        match tell(self.0.as_ref(), key, &body).await {
            Ok(answer) => Grant::parse(&answer.as_string()?),
            Err(error) => lost(&error),
        }
    }

    async fn admits(&self, address: &str) -> bool {
        match admits(self.0.as_ref(), address).await {
            Ok(answer) => answer.is_truthy(),
            Err(error) => lost::<()>(&error).is_none(),
        }
    }

    async fn rest(&self, span: Span) {
        SetTimeout.sleep(span).await;
    }

    fn memory(&self) -> Rc<RefCell<Memory>> {
        MEMORY.with(Rc::clone)
    }
}

/// Nobody is locked out because counting failed.
fn lost<T>(error: &JsValue) -> Option<T> {
    let cause: String = describe(error).chars().take(200).collect();
    ConsoleLog.line(Level::Warn, "meter.failed", json!({ "cause": cause }));
    None
}

// Each in one crossing; the types of `worker` would take several.
#[wasm_bindgen(inline_js = "
export async function tell(env, key, body) {
  const object = env.METER.get(env.METER.idFromName(key));
  return (await object.fetch('https://meter', { method: 'POST', body })).text();
}
export async function admits(env, key) {
  return (await env.UNKNOWN_CREDENTIALS.limit({ key })).success;
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn tell(env: &JsValue, key: &str, body: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn admits(env: &JsValue, key: &str) -> Result<JsValue, JsValue>;
}
