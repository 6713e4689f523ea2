//! The body of `webhook.disabled`, flat like every other.

use serde::Serialize;

use super::delivery::DisabledReason;
use super::event::EventType;
use super::id::{EventId, OrgId, WebhookId};
use crate::time::Timestamp;

/// An endpoint that was turned off.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Disabled<'a> {
    pub org_id: &'a OrgId,
    pub webhook_id: &'a WebhookId,
    pub url: &'a str,
    pub reason: DisabledReason,
    pub failing_since: Option<Timestamp>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    id: &'a EventId,
    r#type: EventType,
    timestamp: String,
    /// Only events of domains are numbered.
    seq: Option<i64>,
    org_id: &'a OrgId,
    webhook_id: &'a WebhookId,
    url: &'a str,
    reason: DisabledReason,
    failing_since: Option<String>,
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn disabled(id: &EventId, of: &Disabled<'_>, at: Timestamp) -> String {
    let payload = Payload {
        id,
        r#type: EventType::WebhookDisabled,
        timestamp: at.to_iso(),
        seq: None,
        org_id: of.org_id,
        webhook_id: of.webhook_id,
        url: of.url,
        reason: of.reason,
        failing_since: of.failing_since.map(Timestamp::to_iso),
    };
    // A struct of text always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
