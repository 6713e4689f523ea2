//! The ports of `dcvaas-core` on Cloudflare Workers. No other crate names `worker`, but for the
//! entry points of the three Workers.

mod d1;
mod d1_error;
mod fetch;
mod message;
mod meter;
mod queue;
mod runtime;
mod signatures;

use std::cell::RefCell;
use std::rc::Rc;

use dcvaas_core::config::{Config, ConfigFaults, Need};
use dcvaas_core::memory::IsolateMemory;
use dcvaas_core::model::id::RequestId;
use dcvaas_core::ports::{App, Clock, Entropy, Level, Log, Task, Timer};
use dcvaas_core::time::Timestamp;
use worker::Env;

pub use message::{read_body, respond};
pub use runtime::ConsoleLog;

thread_local! {
    /// The parsed configuration: plain data, the same for all requests of the isolate.
    static CONFIG: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
    /// What providers published: plain data as well.
    static MEMORY: Rc<IsolateMemory> = Rc::default();
}

/// Builds the ports of one invocation. `wait_until` keeps background work alive after the answer.
///
/// A faulty configuration is refused whole: every fault is logged by name, never by value.
pub fn app(
    env: &Env,
    wait_until: impl Fn(Task) + 'static,
    needs: &[Need],
) -> Result<App, Misconfigured> {
    let config = config(env, needs).map_err(|faults| misconfigured(&faults.to_string()))?;
    Ok(App {
        db: Rc::new(d1::D1(env.clone())),
        jobs: Rc::new(queue::WorkerQueue(env.clone())),
        http: Rc::new(fetch::Fetch),
        meter: Rc::new(meter::WorkerMeter(env.clone())),
        signatures: Rc::new(signatures::SubtleCrypto),
        clock: Rc::new(runtime::WorkerClock),
        entropy: Rc::new(runtime::WebCrypto),
        background: Rc::new(runtime::WaitUntil(Box::new(wait_until))),
        log: Rc::new(ConsoleLog),
        config,
        memory: MEMORY.with(Rc::clone),
    })
}

/// Now.
pub fn now() -> Timestamp {
    runtime::WorkerClock.now()
}

/// An id for a request that no [`App`] could be made for.
pub fn request_id() -> RequestId {
    let entropy: &dyn Entropy = &runtime::WebCrypto;
    RequestId::new(now(), entropy.bytes())
}

/// Waits by the runtime's timer.
pub fn timer() -> Rc<dyn Timer> {
    Rc::new(runtime::SetTimeout)
}

/// The configuration cannot be used; the faults are in the log.
#[derive(Debug)]
pub struct Misconfigured;

fn misconfigured(faults: &str) -> Misconfigured {
    ConsoleLog.line(Level::Error, "config.refused", serde_json::json!({ "faults": faults }));
    Misconfigured
}

fn config(env: &Env, needs: &[Need]) -> Result<Rc<Config>, ConfigFaults> {
    if let Some(config) = CONFIG.with_borrow(Option::clone) {
        return Ok(config);
    }
    let lookup = |name: &str| env.var(name).ok().map(|value| value.to_string());
    let config = Rc::new(Config::parse(&lookup, needs)?);
    CONFIG.set(Some(config.clone()));
    Ok(config)
}
