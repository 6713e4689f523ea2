//! How often a caller asks: counted beside the read of the database, so that it takes no time of its own.

use std::cell::Cell;

use dcvaas_core::flow::FlowError;
use dcvaas_core::model::caller::CallerRow;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::rate::{Counted, Metered, Quota, WINDOW};
use dcvaas_core::ports::{App, DbError};
use dcvaas_core::store::callers::Credential;
use futures_util::future::join;

use crate::reply::Reply;

/// What one request was counted as, for the fields of its answer; empty until it was.
pub(crate) type Metering = Cell<Option<(Quota, Counted)>>;

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
            let (found, counted) = join(find, app.meter.count(&metered, route)).await;
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

/// Refuses a caller who is above their quota, now that it is known who they are.
pub(crate) async fn admit(
    app: &App,
    credential: &Credential,
    row: &CallerRow,
    route: &'static str,
    counted: Option<Counted>,
    metering: &Metering,
) -> Result<(), Problem> {
    let metered = Metered::of(row);
    let counted = match counted {
        Some(counted) => Some(counted),
        None => app.meter.count(&metered, route).await,
    };
    app.meter.remember(&credential.hash, Some(metered));
    let Some(counted) = counted else { return Ok(()) };
    let quota = Quota::of(row);
    metering.set(Some((quota, counted)));
    quota.check(counted)
}

/// Tells the caller what is left.
pub(crate) fn tell(reply: Reply, metering: &Metering) -> Reply {
    let Some((quota, counted)) = metering.get() else { return reply };
    reply
        .with_header("ratelimit-policy", quota.policy_field())
        .with_header("ratelimit", quota.field(counted))
}
