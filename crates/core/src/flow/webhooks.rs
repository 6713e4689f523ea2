//! Webhook endpoints: making, changing and deleting them.

use serde_json::json;

use super::endpoint_secret::{self, Slot};
use super::rotation::with_secret;
use super::{By, CountRow, FlowError, rows};
use crate::crypto::mac::SigningSecret;
use crate::model::audit::AuditAction;
use crate::model::caller::Caller;
use crate::model::event::EventSelection;
use crate::model::id::WebhookId;
use crate::model::outgoing::{Guard, OutgoingUrl};
use crate::model::patch::Patch;
use crate::model::problem::Problem;
use crate::ports::App;
use crate::store::webhook_endpoints::EndpointRow;
use crate::store::{audit_logs, webhook_endpoints};

/// What a new endpoint is made of.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    /// Where to send.
    pub url: OutgoingUrl,
    /// What to send.
    pub events: EventSelection,
    /// What it is for, in the owner's words.
    pub description: Option<String>,
}

/// What changes; what is absent stays.
#[derive(Debug, Clone)]
pub struct EndpointChange {
    /// Where to send.
    pub url: Option<OutgoingUrl>,
    /// What to send.
    pub events: Option<EventSelection>,
    /// Whether to send.
    pub enabled: Option<bool>,
    /// What it is for.
    pub description: Patch<String>,
}

/// Reads an address that a caller wants events sent to.
pub fn parse_url(app: &App, text: &str) -> Result<OutgoingUrl, Problem> {
    let own_hosts = app.config.own_hosts();
    let guard = Guard { allow_hosts: &app.config.outgoing_allow_hosts, own_hosts: &own_hosts };
    OutgoingUrl::parse(text, &guard)
        .map_err(|fault| Problem::bad_field("url", fault.code(), fault.message()))
}

/// Makes an endpoint and answers with it and both forms of its secret, which are shown only now.
pub async fn create(
    app: &App,
    caller: &Caller,
    by: &By,
    new: &NewEndpoint,
) -> Result<String, FlowError> {
    let now = app.clock.now();
    let id = WebhookId::new(now, app.entropy.bytes());
    let secret = SigningSecret::generate(app.entropy.bytes());
    let sealed = endpoint_secret::seal(app, Slot::Current, &id, &caller.org_id, &secret)?;
    let limit = caller.plan.limits().webhook_endpoints;
    let detail = json!({ "url": new.url.as_str(), "events": new.events });
    let entry = by.entry(app, &caller.org_id, AuditAction::WebhookCreate, id.as_str(), detail, now);
    let answers = app
        .db
        .batch(
            "webhook.create",
            vec![
                webhook_endpoints::INSERT.bind([
                    (&id).into(),
                    (&caller.org_id).into(),
                    new.url.as_str().into(),
                    new.description.as_deref().into(),
                    new.events.to_json().into(),
                    sealed.into(),
                    now.into(),
                    limit.into(),
                ]),
                audit_logs::insert_if_changed(&entry),
                webhook_endpoints::COUNT.bind([(&caller.org_id).into()]),
                webhook_endpoints::ANSWER.bind([(&id).into(), (&caller.org_id).into()]),
            ],
        )
        .await?;
    let Some(members) = &rows(&answers, 3)?.body else {
        let count = rows(&answers, 2)?.first::<CountRow>()?.map_or(0, |row| row.count);
        return Err(Problem::limit_reached("webhook endpoints", count, limit, caller.plan).into());
    };
    Ok(with_secret(members, &secret))
}

/// Changes an endpoint and answers with it.
pub async fn update(
    app: &App,
    by: &By,
    row: &EndpointRow,
    change: EndpointChange,
) -> Result<String, FlowError> {
    let now = app.clock.now();
    let url = change.url.as_ref().map_or(row.url.as_str(), OutgoingUrl::as_str);
    let events = change.events.as_ref().map_or_else(|| row.events.clone(), EventSelection::to_json);
    let enabled = change.enabled.unwrap_or(row.enabled);
    let description = change.description.apply(row.description.clone());
    let detail = json!({
        "before": { "url": row.url, "events": row.events, "enabled": row.enabled, "description": row.description },
        "after": { "url": url, "events": events, "enabled": enabled, "description": description },
    });
    let entry =
        by.entry(app, &row.org_id, AuditAction::WebhookUpdate, row.id.as_str(), detail, now);
    let answers = app
        .db
        .batch(
            "webhook.update",
            vec![
                webhook_endpoints::UPDATE.bind([
                    (&row.id).into(),
                    (&row.org_id).into(),
                    url.into(),
                    description.into(),
                    events.into(),
                    enabled.into(),
                    now.into(),
                ]),
                audit_logs::insert_if_changed(&entry),
                webhook_endpoints::ANSWER.bind([(&row.id).into(), (&row.org_id).into()]),
            ],
        )
        .await?;
    match &rows(&answers, 2)?.body {
        Some(members) => Ok(format!("{{\"webhook\":{{{members}}}}}")),
        None => Err(Problem::not_found().into()),
    }
}

/// Deletes an endpoint with its deliveries.
pub async fn delete(app: &App, caller: &Caller, by: &By, id: &WebhookId) -> Result<(), FlowError> {
    let now = app.clock.now();
    let entry =
        by.entry(app, &caller.org_id, AuditAction::WebhookDelete, id.as_str(), json!({}), now);
    let answers = app
        .db
        .batch(
            "webhook.delete",
            vec![
                webhook_endpoints::DELETE.bind([id.into(), (&caller.org_id).into()]),
                audit_logs::insert_if_changed(&entry),
            ],
        )
        .await?;
    // D1 counts the deliveries that went with it, too.
    if rows(&answers, 0)?.changes > 0 { Ok(()) } else { Err(Problem::not_found().into()) }
}
