//! The Durable Object that counts requests.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use dcvaas_core::flow::usage;
use dcvaas_core::model::permits::{Ask, Tally};
use dcvaas_core::ports::Level;
use worker::durable::Storage;
use worker::{Delay, DurableObject, Env, Request, Response, State, durable_object, wasm_bindgen};

use crate::NEEDS;

/// How long after a use it is written to the database: one write a minute at most, however much is
/// asked for.
const WRITTEN_AFTER_MS: i64 = 60_000;
/// How long after a request the count is stored. An object without requests leaves memory after 10
/// seconds (<https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/>).
const STORED_AFTER: Duration = Duration::from_secs(4);
/// Under which key it is stored.
const TALLY: &str = "tally";

/// Counts the requests of one organization's tokens, or of one session: one object for each of
/// them, in memory, so that the count is exact wherever the requests come in.
#[durable_object(alarm)]
pub struct Meter {
    state: State,
    env: Env,
    tally: Rc<RefCell<Tally>>,
    read: Cell<bool>,
    storing: Rc<Cell<bool>>,
    waiting: Cell<bool>,
}

impl DurableObject for Meter {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            tally: Rc::default(),
            read: Cell::default(),
            storing: Rc::default(),
            waiting: Cell::default(),
        }
    }

    /// Gives numbers of the window, and keeps what it is told.
    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        self.read_once().await?;
        let Ok(ask) = serde_json::from_str::<Ask>(&request.text().await?) else {
            return Response::error("not an ask of ours", 400);
        };
        let grant = self.tally.borrow_mut().grant(ask, dcvaas_platform::now());
        if self.tally.borrow().holds_uses() && !self.waiting.replace(true) {
            let storage = self.state.storage();
            // One may be set from before the object left memory; it is not put off.
            if storage.get_alarm().await?.is_none() {
                storage.set_alarm(WRITTEN_AFTER_MS).await?;
            }
        }
        self.store_later();
        Response::ok(grant.text())
    }

    /// Writes the uses. What the database did not take is lost: it is usage, not a bill.
    async fn alarm(&self) -> worker::Result<Response> {
        self.read_once().await?;
        self.waiting.set(false);
        let noted = self.tally.borrow_mut().take();
        store(&self.state.storage(), &self.tally).await?;
        if let Ok(app) = dcvaas_platform::app(&self.env, |_| {}, NEEDS)
            && let Err(error) = usage::write(&app, &noted).await
        {
            let fields = serde_json::json!({ "cause": error.to_string() });
            app.log.line(Level::Warn, "usage.write_failed", fields);
        }
        Response::empty()
    }
}

impl Meter {
    /// Goes on from what was stored before the object left memory.
    async fn read_once(&self) -> worker::Result<()> {
        if self.read.get() {
            return Ok(());
        }
        let stored = self.state.storage().get::<String>(TALLY).await?;
        if !self.read.replace(true)
            && let Some(tally) = stored.and_then(|text| serde_json::from_str(&text).ok())
        {
            self.tally.replace(tally);
        }
        Ok(())
    }

    /// Stores the count once things are quiet, and before the object leaves memory.
    fn store_later(&self) {
        if self.storing.replace(true) {
            return;
        }
        let (storage, tally) = (self.state.storage(), Rc::clone(&self.tally));
        let storing = Rc::clone(&self.storing);
        self.state.wait_until(async move {
            Delay::from(STORED_AFTER).await;
            storing.set(false);
            // What is not stored now is stored after the next request.
            drop(store(&storage, &tally).await);
        });
    }
}

async fn store(storage: &Storage, tally: &RefCell<Tally>) -> worker::Result<()> {
    let text = serde_json::to_string(&*tally.borrow())?;
    storage.put(TALLY, text).await
}
