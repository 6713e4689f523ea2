//! The delivery log of an endpoint, sending again, and trying out.

use dcvaas_core::flow::resend::{self, Replay, ReplayWhat};
use dcvaas_core::flow::{FlowError, try_out};
use dcvaas_core::model::delivery::{DeliveryState, ErrorClass};
use dcvaas_core::model::event::EventType;
use dcvaas_core::model::id::DeliveryId;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::Bound;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::delivery_log::{self, DeliveryRow, Filter};
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::time::Timestamp;
use serde::Deserialize;

use super::webhooks;
use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;

/// Which events to send to an endpoint again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct ReplayEvents {
    /// From when on, with any offset; 30 days back at most.
    #[cfg_attr(feature = "openapi", schemars(required, extend("format" = "date-time")))]
    since: Option<String>,
    /// `failed`: deliveries that were given up; `missing`: events that were selected and have no delivery.
    #[cfg_attr(feature = "openapi", schemars(required))]
    what: Option<ReplayWhat>,
    /// Only counts.
    #[serde(default)]
    dry_run: bool,
}

impl ReplayEvents {
    fn parse(self) -> Result<Replay, Problem> {
        let missing = |field| Problem::bad_field(field, "missing", &format!("{field} is required"));
        let since = self.since.ok_or_else(|| missing("since"))?;
        let what = self.what.ok_or_else(|| missing("what"))?;
        let since = Timestamp::parse_iso(&since).ok_or_else(|| {
            let text = "Give a time in ISO 8601, such as 2027-01-31T00:00:00Z.";
            Problem::bad_field("since", "invalid", text)
        })?;
        Ok(Replay { since, what, dry_run: self.dry_run })
    }
}

/// What to try an endpoint out with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct TestEvent {
    /// The type of the event, selected or not; `webhook.test` if it is left out.
    r#type: Option<EventType>,
}

fn id(params: &Params) -> Result<DeliveryId, Problem> {
    DeliveryId::parse(params.path("id")).ok_or_else(Problem::not_found)
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor", "state", "event", "errorClass", "since", "until"])?;
    let filter = Filter {
        state: params.word("state", DeliveryState::parse)?,
        event: params.word("event", EventType::parse)?,
        error_class: params.word("errorClass", ErrorClass::parse)?,
        since: params.time("since")?,
        until: params.time("until")?,
    };
    let after = params.cursor(DeliveryId::parse)?;
    let endpoint = webhooks::id(params)?;
    Ok(delivery_log::list(credential, &endpoint, &filter, after.as_ref(), params.limit()?))
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(delivery_log::detail(credential, &id(params)?))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    Ok(delivery_log::find_as_caller(credential, &id(params)?))
}

pub(crate) async fn resend(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: DeliveryRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    Ok(Reply::json(200, resend::one(call.app, &call.by, &row).await?))
}

pub(crate) async fn test(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: TestEvent = read_json(call.body, call.header).await?;
    let event = wanted.r#type.unwrap_or(EventType::WebhookTest);
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    Ok(Reply::json(201, try_out::send(call.app, &call.by, &row, event).await?))
}

pub(crate) async fn replay(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: ReplayEvents = read_json(call.body, call.header).await?;
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let count = resend::replay(call.app, &call.by, &row, &wanted.parse()?).await?;
    Ok(Reply::json(200, serde_json::json!({ "count": count }).to_string()))
}
