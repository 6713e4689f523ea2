//! How often a caller asks: counted beside the read of the database, so that it takes no time of its own,
//! and mostly by numbers that this isolate holds already ([`permits`](dcvaas_core::model::permits)).

use std::cell::{Cell, RefCell};

use dcvaas_core::flow::FlowError;
use dcvaas_core::model::caller::CallerRow;
use dcvaas_core::model::permits::{Ask, Next, Share, TOLD_AFTER};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::rate::{Counted, Metered, Quota, WINDOW, seen_address};
use dcvaas_core::ports::{App, DbError};
use dcvaas_core::store::callers::Credential;
use dcvaas_core::time::Span;
use futures_util::future::join;

use crate::reply::Reply;

/// What one request was counted as, for the fields of its answer; empty until it was.
#[derive(Default)]
pub(crate) struct Metering {
    quota: Cell<Option<(Quota, Counted)>>,
    /// Who it was counted as, and its route.
    counted: RefCell<Option<(Metered, &'static str)>>,
}

/// Runs the batch that finds the caller, and counts the request meanwhile. For a credential that
/// this isolate has not met, it is not known yet where to count: then its address must have tries
/// left. Requests that come with the same credential at the same time are one try.
pub(crate) async fn beside<T>(
    app: &App,
    credential: &Credential,
    address: &dyn Fn() -> String,
    route: &'static str,
    find: impl Future<Output = Result<T, DbError>>,
) -> Result<(T, Option<Counted>), FlowError> {
    let memory = app.meter.memory();
    let known = memory.borrow().recall(&credential.hash);
    match known {
        Some(metered) if !metered.key.is_empty() => {
            note(app, &metered, address, route);
            let (found, counted) = join(find, count(app, &metered)).await;
            return Ok((found?, counted));
        }
        Some(_) => {}
        None => {
            memory.borrow_mut().remember(&credential.hash, Some(Metered::default()));
            if !app.meter.admits(&address()).await {
                memory.borrow_mut().remember(&credential.hash, None);
                let detail = "Too many credentials that were not known came from this address.";
                return Err(Problem::quota_exceeded("address", WINDOW).with_detail(detail).into());
            }
        }
    }
    Ok((find.await?, None))
}

/// Notes the request; a person's is not noted.
fn note(app: &App, metered: &Metered, address: &dyn Fn() -> String, route: &'static str) {
    if !metered.token.is_empty() {
        let (from, now) = (seen_address(&address()), app.clock.now());
        with_share(app, metered, |share| {
            share.noted().request(&metered.token, route, &from, now);
        });
    }
}

fn with_share<T>(app: &App, metered: &Metered, act: impl FnOnce(&mut Share) -> T) -> T {
    app.meter.memory().borrow_mut().with_share(&metered.key, act)
}

/// The request's number; `None` where it could not be counted.
async fn count(app: &App, metered: &Metered) -> Option<Counted> {
    let mut waits = 0;
    loop {
        let now = app.clock.now();
        match with_share(app, metered, |share| share.next(metered.most, now, waits)) {
            Next::Counted(counted) => return Some(counted),
            Next::Ask(wanted) => return ask(app, metered, wanted).await,
            // 1, 2, 4, 8 and 16 ms.
            Next::Wait => app.meter.rest(Span::millis(1 << waits)).await,
        }
        waits += 1;
    }
}

/// Asks for numbers, or just tells what was noted. What could not be told is kept.
async fn ask(app: &App, metered: &Metered, wanted: u32) -> Option<Counted> {
    let asked_at = app.clock.now();
    let noted = with_share(app, metered, Share::take);
    let ask = Ask { wanted, most: metered.most, noted };
    let grant = app.meter.ask(&metered.key, &ask).await;
    with_share(app, metered, |share| {
        if grant.is_none() {
            share.noted().add(ask.noted);
        }
        if wanted == 0 { None } else { share.receive((wanted, metered.most), asked_at, grant) }
    })
}

/// Refuses a caller who is above their quota, now that it is known who they are.
pub(crate) async fn admit(
    app: &App,
    credential: &Credential,
    row: &CallerRow,
    address: &dyn Fn() -> String,
    route: &'static str,
    counted: Option<Counted>,
    metering: &Metering,
) -> Result<(), Problem> {
    let (metered, quota) = (Metered::of(row), Quota::of(row));
    let memory = app.meter.memory();
    let known = memory.borrow().recall(&credential.hash).unwrap_or_default();
    let counted = match counted {
        // What is refused was counted by the quota as it was last known, and it may be a larger one now.
        Some(counted) if quota.allows(counted) || quota.most <= known.most => Some(counted),
        Some(_) => count(app, &metered).await,
        None => {
            note(app, &metered, address, route);
            count(app, &metered).await
        }
    };
    if known != metered {
        memory.borrow_mut().remember(&credential.hash, Some(metered.clone()));
    }
    metering.counted.replace(Some((metered, route)));
    let Some(counted) = counted else { return Ok(()) };
    metering.quota.set(Some((quota, counted)));
    quota.check(counted)
}

/// Notes that a token's request was refused or failed, and sees to it that what is noted is told.
pub(crate) fn finish(app: &App, reply: &Reply, metering: &Metering) {
    let Some((metered, route)) = metering.counted.take() else { return };
    let now = app.clock.now();
    let is_to_tell = with_share(app, &metered, |share| {
        if reply.status >= 400 {
            share.noted().failure(&metered.token, route);
        }
        share.is_to_tell(now)
    });
    if is_to_tell {
        let app_of_task = app.clone();
        app.background.spawn(Box::pin(async move {
            app_of_task.meter.rest(TOLD_AFTER).await;
            if with_share(&app_of_task, &metered, Share::tells) {
                ask(&app_of_task, &metered, 0).await;
            }
        }));
    }
}

/// Tells the caller what is left.
pub(crate) fn tell(reply: Reply, metering: &Metering) -> Reply {
    let Some((quota, counted)) = metering.quota.get() else { return reply };
    reply
        .with_header("ratelimit-policy", quota.policy_field())
        .with_header("ratelimit", quota.field(counted))
}
