//! Counting of requests: by the Durable Object `Meter` of the api worker, and by the platform's own
//! rate limit for what comes before a credential is known.

use std::cell::RefCell;

use async_trait::async_trait;
use dcvaas_core::crypto::hash::TokenHash;
use dcvaas_core::model::rate::{Asked, Counted, Metered};
use dcvaas_core::ports::{Level, Log, Meter};
use dcvaas_core::time::Span;
use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use crate::runtime::{ConsoleLog, describe};

/// How many credentials an isolate remembers.
const REMEMBERED: usize = 500;

thread_local! {
    /// Credentials that D1 knew: whose they are never changes.
    static KNOWN: RefCell<Vec<(TokenHash, Metered)>> = const { RefCell::new(Vec::new()) };
}

/// The bindings `METER` and `UNKNOWN_CREDENTIALS`, looked up when there is something to count.
pub(crate) struct WorkerMeter(pub(crate) Env);

#[async_trait(?Send)]
impl Meter for WorkerMeter {
    async fn count(
        &self,
        metered: &Metered,
        route: &'static str,
        address: &str,
    ) -> Option<Counted> {
        let path = metered.asks(route, address).path();
        let answer = match tell(self.0.as_ref(), &metered.key, &path).await {
            Ok(answer) => answer,
            Err(error) => return lost(&error),
        };
        let text = answer.as_string()?;
        let (number, millis) = text.split_once(' ')?;
        Some(Counted {
            number: number.parse().ok()?,
            resets_in: Span::millis(millis.parse().ok()?),
        })
    }

    async fn failed(&self, metered: &Metered, route: &'static str) {
        let asked = Asked { failed: true, ..metered.asks(route, "") };
        if let Err(error) = tell(self.0.as_ref(), &metered.key, &asked.path()).await {
            lost::<()>(&error);
        }
    }

    async fn admits(&self, address: &str) -> bool {
        match admits(self.0.as_ref(), address).await {
            Ok(answer) => answer.is_truthy(),
            Err(error) => lost::<()>(&error).is_none(),
        }
    }

    fn recall(&self, hash: &TokenHash) -> Option<Metered> {
        KNOWN.with_borrow(|known| {
            known.iter().find(|(key, _)| key == hash).map(|(_, metered)| metered.clone())
        })
    }

    fn remember(&self, hash: &TokenHash, metered: Option<Metered>) {
        KNOWN.with_borrow_mut(|known| {
            known.retain(|(key, _)| key != hash);
            if known.len() >= REMEMBERED {
                known.remove(0);
            }
            known.extend(metered.map(|metered| (hash.clone(), metered)));
        });
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
export async function tell(env, key, path) {
  const object = env.METER.get(env.METER.idFromName(key));
  return (await object.fetch(`https://meter/${path}`)).text();
}
export async function admits(env, key) {
  return (await env.UNKNOWN_CREDENTIALS.limit({ key })).success;
}")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn tell(env: &JsValue, key: &str, path: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn admits(env: &JsValue, key: &str) -> Result<JsValue, JsValue>;
}
