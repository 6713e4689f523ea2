//! `/api/leaks`: what others have found of ours in public.

use dcvaas_core::flow::FlowError;
use dcvaas_core::flow::leaks::{self as flow, Report};
use dcvaas_core::model::problem::Problem;
use dcvaas_core::model::rate::WINDOW;

use crate::body::read_bytes;
use crate::edge::{OpenCall, address};
use crate::reply::Reply;

/// Bytes of a report at most: some 4,000 findings.
const LARGEST: usize = 1024 * 1024;

/// GitHub's secret scanning: what it found, signed.
pub(crate) async fn github(call: OpenCall<'_>) -> Result<Reply, FlowError> {
    call.params.only(&[])?;
    // Before anything is read: anybody can send something here.
    if !call.app.meter.admits(&address(call.header)).await {
        return Err(Problem::quota_exceeded("address", WINDOW).into());
    }
    let key = (call.header)("github-public-key-identifier").unwrap_or_default();
    let signature = (call.header)("github-public-key-signature").unwrap_or_default();
    let body = read_bytes(call.body, call.header, LARGEST).await?;
    let report = Report { key: &key, signature: &signature, body: &body };
    Ok(Reply::json(200, flow::github(call.app, report, &call.request_id).await?))
}
