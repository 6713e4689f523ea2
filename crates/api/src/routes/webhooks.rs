//! `/api/webhooks`.

use std::collections::BTreeMap;

use dcvaas_core::flow::{FlowError, webhooks as flow};
use dcvaas_core::model::endpoint_options::{
    ApiVersion, CustomHeaders, MOST_DOMAINS, MOST_PER_MINUTE, Ordering, PayloadForm,
};
use dcvaas_core::model::event::EventSelection;
use dcvaas_core::model::id::{DomainId, WebhookId};
use dcvaas_core::model::patch::Patch;
use dcvaas_core::model::problem::Problem;
use dcvaas_core::ports::App;
use dcvaas_core::store::callers::Credential;
use dcvaas_core::store::webhook_endpoints::EndpointRow;
use dcvaas_core::store::{Bound, webhook_endpoints};
use serde::Deserialize;

use super::domains;
use crate::body::read_json;
use crate::edge::Call;
use crate::params::Params;
use crate::reply::Reply;
#[cfg(feature = "openapi")]
use crate::wire::{EventPattern, HeaderValues, Tag};

/// Characters of a description at most.
const LONGEST_DESCRIPTION: usize = 500;

const MOST_PER_MINUTE_EXCEEDED: u32 = MOST_PER_MINUTE + 1;

/// Both forms of the secret, in the answers that show it.
pub(super) const SECRETS: &[&str] = &["secret", "signingSecret"];

/// What is asked of an endpoint; with a change, what is left out stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(crate) struct UpdateWebhook {
    /// Where to send events: a public `https` address.
    url: Option<String>,
    /// Which events to send; all if nothing else was ever asked.
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
    /// Only events of these domains, and of those with one of `domainTags`; none for no filter. An
    /// event that concerns no domain does not pass a filter.
    #[cfg_attr(feature = "openapi", schemars(length(max = MOST_DOMAINS)))]
    domain_ids: Option<Vec<DomainId>>,
    /// Only events of domains that had one of these tags at that moment, and of those in `domainIds`.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<Vec<Tag>>", length(max = dcvaas_core::model::tag::MOST_TAGS)))]
    domain_tags: Option<Vec<String>>,
    /// Further headers of every request, all of them anew: 10 at most. Their values are never shown again; null in the
    /// place of one keeps it.
    #[cfg_attr(feature = "openapi", schemars(with = "Option<HeaderValues>"))]
    headers: Option<BTreeMap<String, Option<String>>>,
    /// The version of the payloads that the receiver is written for.
    api_version: Option<ApiVersion>,
    /// In which order deliveries go out.
    ordering: Option<Ordering>,
    /// Whether an Ed25519 key of its own signs too: then `publicKey` verifies what is sent.
    ed25519: Option<bool>,
    /// How much of an event is sent: all of it, or (`thin`) its ids, type, time and number alone. The log and the feed
    /// have all of it either way.
    payload: Option<PayloadForm>,
    /// How many requests it gets in a minute at most; what comes to more waits. Null for no bound.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schemars(with = "Option<u32>", range(min = 1, max = MOST_PER_MINUTE)))]
    max_per_minute: Patch<u32>,
}

/// What a new endpoint is made of: the same, with an address.
#[cfg(feature = "openapi")]
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct CreateWebhook(#[expect(dead_code, reason = "only parsed")] UpdateWebhook);

#[cfg(feature = "openapi")]
impl schemars::JsonSchema for CreateWebhook {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CreateWebhook".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = UpdateWebhook::json_schema(generator);
        schema.insert("description".to_owned(), "An endpoint to make.".into());
        schema.insert("required".to_owned(), serde_json::json!(["url"]));
        if let Some(kind) = schema.pointer_mut("/properties/url/type") {
            *kind = "string".into();
        }
        schema
    }
}

impl UpdateWebhook {
    /// `kept` gives what headers without a value are taken from.
    fn parse(
        self,
        app: &App,
        kept: impl FnOnce() -> CustomHeaders,
    ) -> Result<flow::Wanted, Problem> {
        let keeps_headers = self.headers.iter().flatten().any(|(_, value)| value.is_none());
        let kept = if keeps_headers { kept() } else { CustomHeaders::default() };
        if let Patch::Set(text) = &self.description {
            described(text)?;
        }
        if self.domain_ids.as_ref().is_some_and(|ids| ids.len() > MOST_DOMAINS) {
            let text = "Give 100 domains at most; tags choose more.";
            return Err(Problem::bad_field("domainIds", "too_many", text));
        }
        if let Patch::Set(0 | MOST_PER_MINUTE_EXCEEDED..) = self.max_per_minute {
            let text = "Give a whole number from 1 to 6000, or null for no bound.";
            return Err(Problem::bad_field("maxPerMinute", "out_of_range", text));
        }
        let tags = self.domain_tags.map(|words| domains::tags("domainTags", words));
        Ok(flow::Wanted {
            url: self.url.map(|url| flow::parse_url(app, &url)).transpose()?,
            events: self.events.map(|words| events(&words)).transpose()?,
            enabled: self.enabled,
            description: self.description,
            domains: self.domain_ids,
            tags: tags.transpose()?,
            keeps_headers,
            headers: self.headers.map(|given| headers(given, kept)).transpose()?,
            api_version: self.api_version,
            ordering: self.ordering,
            ed25519: self.ed25519,
            payload: self.payload,
            max_per_minute: self.max_per_minute,
        })
    }
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

fn headers(
    given: BTreeMap<String, Option<String>>,
    kept: CustomHeaders,
) -> Result<CustomHeaders, Problem> {
    CustomHeaders::parse(given, kept).map_err(|(name, fault)| {
        let field = if name.is_empty() { "headers".to_owned() } else { format!("headers.{name}") };
        Problem::bad_field(&field, fault.code(), &fault.to_string())
    })
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
    let wanted: UpdateWebhook = read_json(call.body, call.header).await?;
    let wanted = wanted.parse(call.app, CustomHeaders::default)?;
    let url = wanted.url.as_ref();
    let url = url.ok_or_else(|| Problem::bad_field("url", "missing", "url is required"))?;
    let body = flow::create(call.app, &call.caller, &call.by, url, &wanted).await?;
    Ok(Reply::json(201, body).showing(SECRETS))
}

pub(crate) async fn update(call: Call<'_>) -> Result<Reply, FlowError> {
    let wanted: UpdateWebhook = read_json(call.body, call.header).await?;
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    let wanted = wanted.parse(call.app, || flow::headers_of(call.app, &row))?;
    Ok(Reply::json(200, flow::update(call.app, &call.by, &row, &wanted).await?))
}

pub(crate) async fn delete(call: Call<'_>) -> Result<Reply, FlowError> {
    let row: EndpointRow = call.loaded.first()?.ok_or_else(Problem::not_found)?;
    flow::delete(call.app, &call.by, &row).await?;
    Ok(Reply::no_content())
}
