//! Webhook endpoints: making, changing and deleting them.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::endpoint_secret::{self, Slot};
use super::rotation::with_secret;
use super::{By, CountRow, FlowError, address, resend, rows, tell};
use crate::crypto::mac::SigningSecret;
use crate::model::audit::AuditAction;
use crate::model::caller::Caller;
use crate::model::endpoint_options::{ApiVersion, CustomHeaders, Ordering, PayloadForm};
use crate::model::event::EventSelection;
use crate::model::id::{DomainId, OrgId, WebhookId};
use crate::model::outgoing::OutgoingUrl;
use crate::model::patch::Patch;
use crate::model::problem::Problem;
use crate::model::tag::Tags;
use crate::ports::App;
use crate::store::webhook_endpoints::EndpointRow;
use crate::store::{Rows, Value, audit_logs, webhook_endpoints};

/// What is asked of an endpoint, new or not; what is absent stays, or is as nothing was asked.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Where to send.
    pub url: Option<OutgoingUrl>,
    /// What to send.
    pub events: Option<EventSelection>,
    /// Whether to send.
    pub enabled: Option<bool>,
    /// What it is for, in the owner's words.
    pub description: Patch<String>,
    /// Only events of these domains.
    pub domains: Option<Vec<DomainId>>,
    /// Only events of domains with one of these tags.
    pub tags: Option<Tags>,
    /// Further headers of each request.
    pub headers: Option<CustomHeaders>,
    /// Whether some of them are as they were.
    pub keeps_headers: bool,
    /// The version of the payloads.
    pub api_version: Option<ApiVersion>,
    /// In which order to send.
    pub ordering: Option<Ordering>,
    /// Whether an Ed25519 key signs too.
    pub ed25519: Option<bool>,
    /// How much of an event to send.
    pub payload: Option<PayloadForm>,
    /// How many requests to send in a minute at most.
    pub max_per_minute: Patch<u32>,
}

impl Wanted {
    /// What was asked, for the audit log: no secrets but in the address, which the entry cuts.
    fn shown(&self) -> Map<String, Json> {
        let url = self.url.as_ref().map(OutgoingUrl::as_str);
        let members = [
            ("url", url.map(|url| json!(url))),
            ("description", patched(&self.description)),
            ("events", self.events.as_ref().map(|events| json!(events))),
            ("enabled", self.enabled.map(Json::Bool)),
            ("domainIds", self.domains.as_ref().map(|domains| json!(domains))),
            ("domainTags", self.tags.as_ref().map(|tags| json!(tags.words()))),
            ("headerNames", self.headers.as_ref().map(|headers| json!(headers.names()))),
            ("apiVersion", self.api_version.map(|version| json!(version))),
            ("ordering", self.ordering.map(|ordering| json!(ordering))),
            ("ed25519", self.ed25519.map(Json::Bool)),
            ("payload", self.payload.map(|form| json!(form))),
            ("maxPerMinute", patched(&self.max_per_minute)),
        ];
        members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The names and the sealed text of the headers, where they were asked for.
    fn headers(
        &self,
        app: &App,
        id: &WebhookId,
        org: &OrgId,
    ) -> Result<Option<(Value, String)>, FlowError> {
        let sealed = |headers: &CustomHeaders| {
            let sealed = endpoint_secret::seal(app, Slot::Headers, id, org, &headers.to_plain())?;
            Ok((Value::json(&headers.names()), sealed))
        };
        self.headers.as_ref().map(sealed).transpose()
    }

    /// A new key pair, where one was asked for: the public half, and the private one sealed.
    async fn key(
        &self,
        app: &App,
        id: &WebhookId,
        org: &OrgId,
    ) -> Result<Option<(String, String)>, FlowError> {
        match self.ed25519 {
            Some(true) => endpoint_secret::new_key(app, id, org).await.map(Some),
            Some(false) | None => Ok(None),
        }
    }

    fn ids(&self) -> Option<Value> {
        self.domains.as_ref().map(Value::json)
    }
}

/// A value that can be cleared, for the audit log.
fn patched<T: Into<Json> + Clone>(patch: &Patch<T>) -> Option<Json> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(Json::Null),
        Patch::Set(value) => Some(value.clone().into()),
    }
}

/// Reads an address that a caller wants events sent to.
pub fn parse_url(app: &App, text: &str) -> Result<OutgoingUrl, Problem> {
    OutgoingUrl::parse(text, &app.config.outgoing_guard())
        .map_err(|fault| Problem::bad_field("url", fault.code(), fault.message()))
}

/// The further headers of the endpoint as they are; none where they cannot be read any more.
pub fn headers_of(app: &App, row: &EndpointRow) -> CustomHeaders {
    let open = |sealed| endpoint_secret::open_headers(app, &row.id, &row.org_id, sealed);
    row.sealed_headers.as_deref().and_then(open).unwrap_or_default()
}

/// Makes an endpoint and answers with it and both forms of its secret, which are shown only now.
pub async fn create(
    app: &App,
    caller: &Caller,
    by: &By,
    url: &OutgoingUrl,
    wanted: &Wanted,
) -> Result<String, FlowError> {
    address::refuse_private(app, url).await?;
    let now = app.clock.now();
    let (id, org) = (WebhookId::new(now, app.entropy.bytes()), &caller.org_id);
    let secret = SigningSecret::generate(app.entropy.bytes());
    let sealed = endpoint_secret::seal(app, Slot::Current, &id, org, secret.as_bytes())?;
    let limit = caller.plan.limits().webhook_endpoints;
    let mut detail = wanted.shown();
    detail.insert("url".to_owned(), url.as_str().into());
    let detail = Json::Object(detail);
    let entry = by.entry(app, org, AuditAction::WebhookCreate, id.as_str(), detail, now);
    let (header_names, sealed_headers) = wanted.headers(app, &id, org)?.unzip();
    let (public_key, sealed_key) = wanted.key(app, &id, org).await?.unzip();
    let none = || Value::from("[]");
    let ids = wanted.ids().unwrap_or_else(none);
    let description = match &wanted.description {
        Patch::Set(text) => Some(text.as_str()),
        Patch::Keep | Patch::Clear => None,
    };
    let events = wanted.events.as_ref();
    let statements = vec![
        webhook_endpoints::INSERT.bind([
            (&id).into(),
            org.into(),
            url.as_str().into(),
            description.into(),
            events.map_or_else(|| EventSelection::all().to_json(), EventSelection::to_json).into(),
            sealed.into(),
            now.into(),
            limit.into(),
            ids.clone(),
            wanted.tags.as_ref().map_or_else(none, |tags| tags.to_json().into()),
            header_names.unwrap_or_else(none),
            sealed_headers.into(),
            wanted.api_version.unwrap_or(ApiVersion::NEWEST).as_str().into(),
            (wanted.ordering == Some(Ordering::Fifo)).into(),
            wanted.enabled.unwrap_or(true).into(),
            public_key.into(),
            sealed_key.into(),
            wanted.payload.unwrap_or(PayloadForm::Full).as_str().into(),
            wanted.max_per_minute.clone().apply(None).into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        webhook_endpoints::COUNT.bind([org.into()]),
        webhook_endpoints::ANSWER.bind([(&id).into(), org.into()]),
        webhook_endpoints::UNKNOWN_DOMAIN.bind([ids, org.into()]),
    ];
    let answers = tell::batch(app, "webhook.create", statements, &entry).await?;
    if let Some(members) = &rows(&answers, 3)?.body {
        return Ok(with_secret(members, &secret));
    }
    refuse_unknown(rows(&answers, 4)?)?;
    let count = rows(&answers, 2)?.first::<CountRow>()?.map_or(0, |row| row.count);
    Err(Problem::limit_reached("webhook endpoints", count, limit, caller.plan).into())
}

/// Changes an endpoint and answers with it; and, where that turns it on, with what it missed meanwhile.
/// Writes only what is asked for.
pub async fn update(
    app: &App,
    by: &By,
    row: &EndpointRow,
    wanted: &Wanted,
) -> Result<String, FlowError> {
    if let Some(url) = &wanted.url {
        address::refuse_private(app, url).await?;
    }
    let now = app.clock.now();
    let after = wanted.shown();
    let mut before: Map<String, Json> = serde_json::from_str(&row.settings).unwrap_or_default();
    before.retain(|name, _| after.contains_key(name));
    let detail = json!({ "url": row.url, "before": before, "after": after });
    let (id, org) = (&row.id, &row.org_id);
    let entry = by.entry(app, org, AuditAction::WebhookUpdate, id.as_str(), detail, now);
    let (header_names, sealed_headers) = wanted.headers(app, id, org)?.unzip();
    let (public_key, sealed_key) = wanted.key(app, id, org).await?.unzip();
    let ids: Value = wanted.ids().into();
    let mut batch = vec![
        webhook_endpoints::UPDATE.bind([
            id.into(),
            org.into(),
            now.into(),
            wanted.url.as_ref().map(OutgoingUrl::as_str).into(),
            wanted.events.as_ref().map(EventSelection::to_json).into(),
            (wanted.description != Patch::Keep).into(),
            wanted.description.clone().apply(None).into(),
            wanted.enabled.into(),
            wanted.tags.as_ref().map(Tags::to_json).into(),
            ids.clone(),
            header_names.into(),
            sealed_headers.into(),
            wanted.api_version.map(ApiVersion::as_str).into(),
            wanted.ordering.map(|ordering| ordering == Ordering::Fifo).into(),
            wanted.ed25519.into(),
            public_key.into(),
            sealed_key.into(),
            wanted.payload.map(PayloadForm::as_str).into(),
            (wanted.max_per_minute != Patch::Keep).into(),
            wanted.max_per_minute.clone().apply(None).into(),
            row.sealed_headers.as_deref().filter(|_| wanted.keeps_headers).into(),
        ]),
        audit_logs::insert_if_changed(&entry),
        webhook_endpoints::ANSWER.bind([id.into(), org.into()]),
        webhook_endpoints::UNKNOWN_DOMAIN.bind([ids, org.into()]),
    ];
    let missed = resend::missed_since(row, now).filter(|_| wanted.enabled == Some(true));
    if let Some(since) = missed {
        batch.extend(resend::count_missed(row, since));
    }
    let answers = tell::batch(app, "webhook.update", batch, &entry).await?;
    refuse_unknown(rows(&answers, 3)?)?;
    let Some(members) = &rows(&answers, 2)?.body else { return Err(Problem::not_found().into()) };
    if rows(&answers, 0)?.changes == 0 {
        return Err(
            Problem::conflict("The headers have changed meanwhile. Look at them again.").into()
        );
    }
    let mut answer = ["{\"webhook\":{", members, "}"].concat();
    if let Some(since) = missed {
        let count = |index| -> Result<u32, FlowError> {
            Ok(rows(&answers, index)?.first::<CountRow>()?.map_or(0, |row| row.count))
        };
        let missed = json!({ "since": since.to_iso(), "failed": count(4)?, "missing": count(5)? });
        answer = [&answer, ",\"missed\":", &missed.to_string()].concat();
    }
    answer.push('}');
    Ok(answer)
}

/// A filter by a domain that is not there would let nothing pass, and nobody would know why.
fn refuse_unknown(found: &Rows) -> Result<(), FlowError> {
    #[derive(Deserialize)]
    struct Unknown {
        id: String,
    }
    match found.first::<Unknown>()? {
        None => Ok(()),
        Some(Unknown { id }) => {
            let id: String = id.chars().take(64).collect();
            let text = format!("There is no domain {id}.");
            Err(Problem::bad_field("domainIds", "unknown", &text).into())
        }
    }
}

/// Deletes an endpoint with its deliveries.
pub async fn delete(app: &App, by: &By, row: &EndpointRow) -> Result<(), FlowError> {
    let now = app.clock.now();
    let (id, org, detail) = (&row.id, &row.org_id, json!({ "url": row.url }));
    let entry = by.entry(app, org, AuditAction::WebhookDelete, id.as_str(), detail, now);
    let statements = vec![
        webhook_endpoints::DELETE.bind([id.into(), org.into()]),
        audit_logs::insert_if_changed(&entry),
    ];
    let answers = tell::batch(app, "webhook.delete", statements, &entry).await?;
    // D1 counts the deliveries that went with it, too.
    if rows(&answers, 0)?.changes > 0 { Ok(()) } else { Err(Problem::not_found().into()) }
}
