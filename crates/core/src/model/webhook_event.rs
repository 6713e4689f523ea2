//! The bodies of `webhook.*` events, flat like every other.

use super::audit::bare;
use super::delivery::DisabledReason;
use super::endpoint_health::FailingStage;
use super::event::EventType;
use super::event_body::event_body;
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

event_body! {
    /// The body of `webhook.disabled`; its schema in the catalogue is derived from here.
    struct DisabledPayload<'a> {
        /// The endpoint.
        webhook_id: &'a WebhookId,
        /// The endpoint's address, without the query.
        url: String,
        /// Why it was turned off.
        reason: DisabledReason,
        /// Since when every try had failed; null where a single answer was enough.
        #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
        failing_since: Option<String>,
    }
}

event_body! {
    /// The body of `webhook.test`; its schema in the catalogue is derived from here.
    struct TestPayload<'a> {
        /// The endpoint.
        webhook_id: &'a WebhookId,
        /// The endpoint's address, without the query.
        url: String,
    }
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn disabled(id: &EventId, of: &Disabled<'_>, at: Timestamp) -> String {
    let payload = DisabledPayload {
        id,
        r#type: EventType::WebhookDisabled,
        timestamp: at.to_iso(),
        seq: (),
        org_id: of.org_id,
        webhook_id: of.webhook_id,
        url: bare(of.url),
        reason: of.reason,
        failing_since: of.failing_since.map(Timestamp::to_iso),
    };
    // A struct of text always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}

/// The body of the event that only tries an endpoint out.
pub fn test(
    id: &EventId,
    org_id: &OrgId,
    webhook_id: &WebhookId,
    url: &str,
    at: Timestamp,
) -> String {
    let payload = TestPayload {
        id,
        r#type: EventType::WebhookTest,
        timestamp: at.to_iso(),
        seq: (),
        org_id,
        webhook_id,
        url: bare(url),
    };
    // A struct of text always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}

event_body! {
    /// The body of `webhook.failing`; its schema in the catalogue is derived from here.
    struct FailingPayload<'a> {
        /// The endpoint.
        webhook_id: &'a WebhookId,
        /// The endpoint's address, without the query.
        url: String,
        /// How far it is.
        stage: FailingStage,
        /// Since when every try has failed.
        #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
        failing_since: String,
        /// When it is turned off if it goes on failing.
        #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
        disabled_at: String,
    }
}

/// An endpoint that fails.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Failing<'a> {
    pub org_id: &'a OrgId,
    pub webhook_id: &'a WebhookId,
    pub url: &'a str,
    pub failing_since: Timestamp,
}

/// The body of the event that tells of it at `at`.
pub fn failing(id: &EventId, of: &Failing<'_>, at: Timestamp) -> String {
    let payload = FailingPayload {
        id,
        r#type: EventType::WebhookFailing,
        timestamp: at.to_iso(),
        seq: (),
        org_id: of.org_id,
        webhook_id: of.webhook_id,
        url: bare(of.url),
        stage: FailingStage::at(of.failing_since, at),
        failing_since: of.failing_since.to_iso(),
        disabled_at: FailingStage::end(of.failing_since).to_iso(),
    };
    // A struct of text always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
