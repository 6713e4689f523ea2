//! The bodies of `job.*` events, flat like every other.

use super::event::EventType;
use super::event_body::event_body;
use super::id::{DomainId, EventId, OrgId};
use crate::time::Timestamp;

/// Background work that is given up.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Failure<'a> {
    pub org_id: &'a OrgId,
    pub job_type: &'a str,
    pub domain_id: Option<&'a DomainId>,
    pub attempts: u32,
    pub last_error: &'a str,
}

event_body! {
    /// The body; its schema in the catalogue is derived from here.
    struct Payload<'a> {
        /// What kind of work it was.
        job_type: &'a str,
        /// The domain that it was for, if it was for one.
        domain_id: Option<&'a DomainId>,
        /// How often it was tried.
        attempts: u32,
        /// What the last try came to, as a sentence.
        last_error: &'a str,
    }
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn payload(id: &EventId, event: EventType, of: &Failure<'_>, at: Timestamp) -> String {
    let payload = Payload {
        id,
        r#type: event,
        timestamp: at.to_iso(),
        seq: (),
        org_id: of.org_id,
        job_type: of.job_type,
        domain_id: of.domain_id,
        attempts: of.attempts,
        last_error: of.last_error,
    };
    // A struct of text and numbers always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
