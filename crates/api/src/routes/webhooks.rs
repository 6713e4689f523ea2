//! `/api/webhooks`.

use dcvaas_core::flow::{FlowError, webhooks as flow};
use dcvaas_core::model::event::EventSelection;
use dcvaas_core::model::id::WebhookId;
use dcvaas_core::model::patch::Patch;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::store::{Bound, webhook_endpoints};
use serde::Deserialize;

use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;
#[cfg(feature = "openapi")]
use crate::wire::EventPattern;

/// Characters of a description at most.
const LONGEST_DESCRIPTION: usize = 500;

/// An endpoint to make.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct CreateWebhook {
    /// Where to send events: a public `https` address.
    #[cfg_attr(feature = "openapi", schemars(required))]
    url: Option<String>,
    /// Which events to send; all if it is left out.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<Vec<EventPattern>>", length(min = 1, max = 64))
    )]
    events: Option<Vec<String>>,
    /// What it is for.
    #[cfg_attr(feature = "openapi", schemars(length(max = LONGEST_DESCRIPTION)))]
    description: Option<String>,
}

/// What to change of an endpoint; what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateWebhook {
    /// Where to send events: a public `https` address.
    url: Option<String>,
    /// Which events to send.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<Vec<EventPattern>>", length(min = 1, max = 64))
    )]
    events: Option<Vec<String>>,
    /// Whether to send events.
    enabled: Option<bool>,
    /// What it is for; null clears it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<String>", length(max = LONGEST_DESCRIPTION)))]
    description: Patch<String>,
}

pub(crate) fn id(params: &Params) -> Result<WebhookId, Problem> {
    WebhookId::parse(params.path("id")).ok_or_else(Problem::not_found)
}

fn events(words: &[String]) -> Result<EventSelection, Problem> {
    EventSelection::parse(words)
        .map_err(|fault| Problem::bad_field("events", "unknown", &fault.to_string()))
}

fn described(text: &str) -> Result<(), Problem> {
    if text.chars().count() > LONGEST_DESCRIPTION {
        return Err(Problem::bad_field("description", "too_long", "Give 500 characters at most."));
    }
    Ok(())
}

pub(crate) fn list(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&["limit", "cursor"])?;
    Ok(webhook_endpoints::list(
        credential,
        params.cursor(WebhookId::parse)?.as_ref(),
        params.limit()?,
    ))
}

pub(crate) fn get(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    params.only(&[])?;
    Ok(webhook_endpoints::detail(credential, &id(params)?))
}

pub(crate) fn load(params: &Params, credential: &Credential) -> Result<Bound, Problem> {
    Ok(webhook_endpoints::find_as_caller(credential, &id(params)?))
}

pub(crate) async fn create(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: CreateWebhook = read_json(call.body, call.header).await?;
    let url = wanted.url.ok_or_else(|| Problem::bad_field("url", "missing", "url is required"))?;
    wanted.description.as_deref().map_or(Ok(()), described)?;
    let new = flow::NewEndpoint {
        url: flow::parse_url(call.app, &url)?,
        events: wanted.events.map_or_else(|| Ok(EventSelection::all()), |words| events(&words))?,
        description: wanted.description,
    };
    Ok(Reply::json(201, flow::create(call.app, &call.caller, &call.by, &new).await?))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: UpdateWebhook = read_json(call.body, call.header).await?;
    if let Patch::Set(text) = &wanted.description {
        described(text)?;
    }
    let change = flow::EndpointChange {
        url: wanted.url.map(|url| flow::parse_url(call.app, &url)).transpose()?,
        events: wanted.events.map(|words| events(&words)).transpose()?,
        enabled: wanted.enabled,
        description: wanted.description,
    };
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    Ok(Reply::json(200, flow::update(call.app, &call.by, &row, change).await?))
}

pub(crate) async fn delete(call: Call<'_>) -> Result<Reply, FlowError> {
    flow::delete(call.app, &call.caller, &call.by, &id(&call.params)?).await?;
    Ok(Reply::no_content())
}
