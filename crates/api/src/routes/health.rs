//! `GET /health`: whether the service can work, for monitors.

use dcvaas_core::flow::FlowError;
use dcvaas_core::model::quota::QuotaStatus;
use dcvaas_core::store::hostname_quotas::QuotaRow;
use dcvaas_core::store::{Rows, hostname_quotas, leases};
use dcvaas_core::time::Timestamp;
use serde::Deserialize;
use serde_json::json;

use crate::edge::OpenCall;
use crate::reply::Reply;

#[derive(Deserialize)]
struct LastTick {
    at: Option<Timestamp>,
}

/// `200` when D1 answers, else `503`; with the time of the scheduler's last run.
pub(crate) async fn get(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    call.params.only(&[])?;
    let zone = call.app.config.zone_id.as_deref();
    let look = vec![leases::LAST_TICK.bind([]), hostname_quotas::find(zone)];
    let found = call.app.db.batch("health", look).await;
    let quota = found.as_ref().ok().and_then(|rows| rows.get(1)?.first::<QuotaRow>().ok()?);
    let quota = quota.map_or(QuotaStatus::Unknown, |row| row.quota.status());
    let last = found.and_then(|rows| rows.first().map_or(Ok(None), Rows::first::<LastTick>));
    let database = if last.is_ok() { "ok" } else { "unavailable" };
    let tick = last.as_ref().ok().and_then(|row| row.as_ref()?.at).map(Timestamp::to_iso);
    let mail = if call.app.config.mail().is_some() { "ok" } else { "not_configured" };
    let body = json!({
        "ok": last.is_ok(),
        "dependencies": { "database": { "status": database }, "scheduler": { "lastRunAt": tick },
            "mail": { "status": mail }, "customHostnames": { "status": quota } },
    });
    Ok(Reply::json(if last.is_ok() { 200 } else { 503 }, body.to_string()))
}
