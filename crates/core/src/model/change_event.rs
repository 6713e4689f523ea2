//! Events that tell of a change of an organization. They are made from its audit entry, so that who
//! looks there and who is told learn the same: flat like every event, with the entry's subject and the
//! members of its detail beside those of every event.

use serde::Serialize;
use serde_json::Value;

use super::audit::{Actor, ActorKind, AuditAction, AuditEntry};
use super::event::EventType;
use super::event_body::event_body;
use super::id::{EventId, OrgId};
use crate::time::Timestamp;

/// The event that tells of an entry, where one does. What changed nothing is not told, and what
/// concerns one person alone is nobody else's matter.
pub fn event_of(entry: &AuditEntry) -> Option<EventType> {
    use AuditAction as A;
    let [before, after] = ["before", "after"].map(|state| entry.detail.get(state));
    // Headers are known by their names alone: their values may differ.
    if before.is_some() && before == after && after?.get("headerNames").is_none() {
        return None;
    }
    let became = |member: &str, value: Value| {
        let [before, after] = [before, after].map(|state| state.and_then(|all| all.get(member)));
        after == Some(&value) && before != after
    };
    Some(match entry.action {
        A::OrganizationUpdate => EventType::OrganizationUpdated,
        A::OrganizationOperate => EventType::OrganizationPlanChanged,
        A::MemberInvite => EventType::MemberInvited,
        A::MemberAccept => EventType::MemberJoined,
        A::MemberUpdate if became("status", "suspended".into()) => EventType::MemberSuspended,
        A::MemberUpdate => EventType::MemberUpdated,
        A::MemberRemove => EventType::MemberRemoved,
        A::TokenCreate => EventType::TokenCreated,
        A::TokenRotate => EventType::TokenRotated,
        A::TokenExpire => EventType::TokenExpired,
        A::TokenRevoke | A::TokenLeak => EventType::TokenRevoked,
        A::WebhookCreate => EventType::WebhookCreated,
        A::WebhookUpdate if became("enabled", true.into()) => EventType::WebhookEnabled,
        A::WebhookUpdate => EventType::WebhookUpdated,
        A::WebhookDelete => EventType::WebhookDeleted,
        A::WebhookRotate => EventType::WebhookSecretRotated,
        // Nobody can listen before the organization is there; what domains and failing endpoints go
        // through has events of its own; and where readers and senders stand is their own matter.
        A::OrganizationCreate
        | A::SessionStart
        | A::SessionEnd
        | A::SessionRevoke
        | A::DomainAdd
        | A::DomainRemove
        | A::DomainUpdate
        | A::DomainStatus
        | A::WebhookDisable
        | A::WebhookEndRotation
        | A::WebhookTest
        | A::WebhookReplay
        | A::FeedConsumerRewind
        | A::FeedConsumerDelete
        | A::DeliveryResend => return None,
    })
}

/// What was changed, as its audit entry has it.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the entry")]
pub struct Change<'a> {
    pub org_id: &'a OrgId,
    pub actor: &'a Actor,
    pub subject_id: &'a str,
    pub detail: &'a Value,
    pub at: Timestamp,
}

impl<'a> From<&'a AuditEntry> for Change<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        let AuditEntry { org_id, actor, subject_id, detail, at, .. } = entry;
        Self { org_id, actor, subject_id, detail, at: *at }
    }
}

/// What the body calls the entry's subject; the organization has its name in every event.
fn subject_member(event: EventType) -> Option<&'static str> {
    match event {
        EventType::MemberInvited => Some("email"),
        _ => match event.category() {
            "token" => Some("tokenId"),
            "member" => Some("userId"),
            "webhook" => Some("webhookId"),
            _ => None,
        },
    }
}

event_body! {
    /// The members that every such event has, and its schema in the catalogue with them; those of its type
    /// are described in `change_members.rs`.
    struct Payload<'a> {
        /// Who did it.
        actor: ActorItem<'a>,
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ActorItem<'a> {
    /// A person, an API token, or the service itself.
    kind: ActorKind,
    /// The id of the person or token; null for the service.
    id: Option<&'a str>,
}

/// The body of one event: what is stored and sent, byte for byte, at every try.
pub fn payload(id: &EventId, event: EventType, of: Change<'_>) -> String {
    let payload = Payload {
        id,
        r#type: event,
        timestamp: of.at.to_iso(),
        seq: (),
        org_id: of.org_id,
        actor: ActorItem { kind: of.actor.kind(), id: of.actor.id() },
    };
    // A struct of text always serialises.
    let mut body = serde_json::to_string(&payload).unwrap_or_default();
    let mut detail = of.detail.clone();
    if let (Some(members), Some(name)) = (detail.as_object_mut(), subject_member(event)) {
        members.insert(name.to_owned(), of.subject_id.into());
    }
    let members = detail.to_string();
    if members.len() > "{}".len() {
        body.pop();
        body.push(',');
        body.push_str(members.trim_start_matches('{'));
    }
    body
}
