//! How often a caller asks: counted beside the read of the database, so that it takes no time of its own.

use std::cell::{Cell, RefCell};

use dcvaas_core::flow::FlowError;
use dcvaas_core::model::caller::CallerRow;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::rate::{Counted, Metered, Quota, WINDOW, seen_address};
use dcvaas_core::ports::{App, DbError};
use dcvaas_core::store::callers::Credential;
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
    match app.meter.recall(&credential.hash) {
        Some(metered) if !metered.key.is_empty() => {
            let from = noted(&metered, address);
            let (found, counted) = join(find, app.meter.count(&metered, route, &from)).await;
            return Ok((found?, counted));
        }
        Some(_) => {}
        None => {
            app.meter.remember(&credential.hash, Some(Metered::default()));
            if !app.meter.admits(&address()).await {
                app.meter.remember(&credential.hash, None);
                let detail = "Too many credentials that were not known came from this address.";
                return Err(Problem::quota_exceeded("address", WINDOW).with_detail(detail).into());
            }
        }
    }
    Ok((find.await?, None))
}

/// The address that is noted of a token's request; a person's is not.
fn noted(metered: &Metered, address: &dyn Fn() -> String) -> String {
    if metered.token.is_empty() { String::new() } else { seen_address(&address()) }
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
    let metered = Metered::of(row);
    let counted = match counted {
        Some(counted) => Some(counted),
        None => app.meter.count(&metered, route, &noted(&metered, address)).await,
    };
    app.meter.remember(&credential.hash, Some(metered.clone()));
    let Some(counted) = counted else { return Ok(()) };
    let quota = Quota::of(row);
    metering.quota.set(Some((quota, counted)));
    quota.check(counted)?;
    metering.counted.replace(Some((metered, route)));
    Ok(())
}

/// Notes, after the answer, that a token's request was refused or failed. What the quota refused is known
/// where it is counted.
pub(crate) fn note_failure(app: &App, reply: &Reply, metering: &Metering) {
    if reply.status < 400 {
        return;
    }
    let Some((metered, route)) = metering.counted.take() else { return };
    if metered.token.is_empty() {
        return;
    }
    let app_of_task = app.clone();
    app.background.spawn(Box::pin(async move {
        app_of_task.meter.failed(&metered, route).await;
    }));
}

/// Tells the caller what is left.
pub(crate) fn tell(reply: Reply, metering: &Metering) -> Reply {
    let Some((quota, counted)) = metering.quota.get() else { return reply };
    reply
        .with_header("ratelimit-policy", quota.policy_field())
        .with_header("ratelimit", quota.field(counted))
}
