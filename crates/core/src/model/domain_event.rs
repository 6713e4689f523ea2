//! The body of `domain.*` and `dns.*` events, flat, as the public contract fixes it.

use serde::Serialize;

use super::domain_state::DomainStatus;
use super::event::EventType;
use super::id::{DomainId, EventId, OrgId};
use crate::time::Timestamp;

/// What the event is about, in the state after the change.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Subject<'a> {
    pub domain_id: &'a DomainId,
    pub domain_name: &'a str,
    pub org_id: &'a OrgId,
    pub status: DomainStatus,
    pub cf_status: Option<&'a str>,
    pub cf_ssl_status: Option<&'a str>,
    pub expires_at: Option<Timestamp>,
    /// Those of the moment; endpoints choose by them (`store::events::FAN_OUT`).
    pub tags: &'a [String],
    /// Why the domain is in error, for `domain.error` alone.
    pub errors: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    id: &'a EventId,
    r#type: EventType,
    timestamp: String,
    seq: i64,
    org_id: &'a OrgId,
    domain_id: &'a DomainId,
    domain_name: &'a str,
    status: DomainStatus,
    cf_status: Option<&'a str>,
    cf_ssl_status: Option<&'a str>,
    expires_at: Option<String>,
    tags: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Vec<ErrorItem<'a>>>,
}

#[derive(Serialize)]
struct ErrorItem<'a> {
    message: &'a str,
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn payload(
    id: &EventId,
    event: EventType,
    seq: i64,
    subject: &Subject<'_>,
    at: Timestamp,
) -> String {
    let errors = (event == EventType::DomainError)
        .then(|| subject.errors.iter().map(|message| ErrorItem { message }).collect());
    let payload = Payload {
        id,
        r#type: event,
        timestamp: at.to_iso(),
        seq,
        org_id: subject.org_id,
        domain_id: subject.domain_id,
        domain_name: subject.domain_name,
        status: subject.status,
        cf_status: subject.cf_status,
        cf_ssl_status: subject.cf_ssl_status,
        expires_at: subject.expires_at.map(Timestamp::to_iso),
        tags: subject.tags,
        errors,
    };
    // A struct of text and numbers always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
