//! The Durable Object that counts requests.

use std::cell::{Cell, RefCell};

use dcvaas_core::flow::usage;
use dcvaas_core::model::rate::Tally;
use dcvaas_core::ports::Level;
use worker::{DurableObject, Env, Request, Response, State, durable_object, wasm_bindgen};

use crate::NEEDS;

/// How long after a use it is written to the database: one write a minute at most, however much is
/// asked for.
const WRITTEN_AFTER_MS: i64 = 60_000;

/// Counts the requests of one organization's tokens, or of one session: one object for each of
/// them, in memory, so that the count is exact wherever the requests come in. An object that was
/// not needed for some minutes begins anew.
#[durable_object(alarm)]
pub struct Meter {
    state: State,
    env: Env,
    tally: RefCell<Tally>,
    waiting: Cell<bool>,
}

impl DurableObject for Meter {
    fn new(state: State, env: Env) -> Self {
        Self { state, env, tally: RefCell::default(), waiting: Cell::default() }
    }

    /// Counts a request to `/<route>/<token>`, and answers with its number and when the window ends.
    async fn fetch(&self, request: Request) -> worker::Result<Response> {
        let path = request.path();
        let (route, token) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
        let counted = self.tally.borrow_mut().count(token, route, dcvaas_platform::now());
        if self.tally.borrow().holds_uses() && !self.waiting.replace(true) {
            self.state.storage().set_alarm(WRITTEN_AFTER_MS).await?;
        }
        Response::ok(format!("{} {}", counted.number, counted.resets_in.as_millis()))
    }

    /// Writes the uses. What the database did not take is lost: it is usage, not a bill.
    async fn alarm(&self) -> worker::Result<Response> {
        self.waiting.set(false);
        let uses = self.tally.borrow_mut().take();
        if let Ok(app) = dcvaas_platform::app(&self.env, |_| {}, NEEDS)
            && let Err(error) = usage::write(&app, &uses).await
        {
            let fields = serde_json::json!({ "cause": error.to_string() });
            app.log.line(Level::Warn, "usage.write_failed", fields);
        }
        Response::empty()
    }
}
