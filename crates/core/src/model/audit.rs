//! Audit entries: who changed what. Every action is a word of one table.

use serde_json::Value;

use super::caller::Caller;
use super::id::{AuditId, OrgId, RequestId};
use crate::closed_set;
use crate::time::Timestamp;

closed_set! {
    /// Who acted.
    pub enum ActorKind {
        /// A signed-in person.
        User = "user",
        /// An API token.
        Token = "token",
        /// DCVaaS itself.
        System = "system",
    }
}

closed_set! {
    /// What was done.
    pub enum AuditAction {
        /// An organization was made.
        OrganizationCreate = "organization.create",
        /// An organization's name or brand was changed.
        OrganizationUpdate = "organization.update",
        /// The operator changed an organization's plan or limits.
        OrganizationOperate = "organization.operate",
        /// Somebody was invited.
        MemberInvite = "member.invite",
        /// Somebody accepted an invitation.
        MemberAccept = "member.accept",
        /// A member's role or status was changed.
        MemberUpdate = "member.update",
        /// A member was removed, or left.
        MemberRemove = "member.remove",
        /// A person signed in.
        SessionStart = "session.start",
        /// A person signed out.
        SessionEnd = "session.end",
        /// A person ended a session of theirs.
        SessionRevoke = "session.revoke",
        /// A domain was added.
        DomainAdd = "domain.add",
        /// A domain was removed.
        DomainRemove = "domain.remove",
        /// A domain's tags were changed.
        DomainUpdate = "domain.update",
        /// A domain's status changed.
        DomainStatus = "domain.status",
        /// An API token was made.
        TokenCreate = "token.create",
        /// An API token was replaced by a new one.
        TokenRotate = "token.rotate",
        /// An API token came to its end.
        TokenExpire = "token.expire",
        /// An API token was revoked.
        TokenRevoke = "token.revoke",
        /// An API token was found in public, and revoked.
        TokenLeak = "token.leak",
        /// A webhook endpoint was made; its secret was shown.
        WebhookCreate = "webhook.create",
        /// A webhook endpoint was changed.
        WebhookUpdate = "webhook.update",
        /// A webhook endpoint was deleted.
        WebhookDelete = "webhook.delete",
        /// A webhook endpoint was turned off by us: its receiver said so, or failed for days.
        WebhookDisable = "webhook.disable",
        /// A webhook endpoint got a new secret, which was shown.
        WebhookRotate = "webhook.rotate",
        /// A webhook endpoint's previous secret was dropped before its time.
        WebhookEndRotation = "webhook.end_rotation",
        /// A test event was sent to a webhook endpoint.
        WebhookTest = "webhook.test",
        /// Events were sent again to a webhook endpoint.
        WebhookReplay = "webhook.replay",
        /// One delivery was sent again.
        DeliveryResend = "delivery.resend",
        /// A reader of the feed was taken back.
        FeedConsumerRewind = "feed_consumer.rewind",
        /// A reader of the feed was forgotten.
        FeedConsumerDelete = "feed_consumer.delete",
    }
}

closed_set! {
    /// By what a person signed in.
    pub enum SignInMethod {
        /// The link of a mail.
        Link = "link",
        /// The code of a mail.
        Code = "code",
        /// A provider of OpenID Connect.
        Provider = "provider",
    }
}

/// Who acted, with their id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A caller of the API.
    Caller {
        /// Person or token.
        kind: ActorKind,
        /// Id of the person or token.
        id: String,
    },
    /// Background work.
    System,
}

impl Actor {
    /// The actor's kind.
    pub const fn kind(&self) -> ActorKind {
        match self {
            Self::Caller { kind, .. } => *kind,
            Self::System => ActorKind::System,
        }
    }

    /// The actor's id; none for the system.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Caller { id, .. } => Some(id),
            Self::System => None,
        }
    }
}

impl From<&Caller> for Actor {
    fn from(caller: &Caller) -> Self {
        let kind = if caller.user_id.is_some() { ActorKind::User } else { ActorKind::Token };
        Self::Caller { kind, id: caller.id().to_owned() }
    }
}

/// The detail as it is kept: addresses in a member `url` without user and query, which may hold
/// secrets of their owner.
pub fn shown(mut detail: Value) -> Value {
    strip(&mut detail);
    detail
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(url) if name == "url" => *url = bare(url),
                    _ => strip(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// An address without user, query and fragment.
pub(crate) fn bare(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// One audit row.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct AuditEntry {
    pub id: AuditId,
    pub org_id: OrgId,
    pub actor: Actor,
    pub action: AuditAction,
    pub subject_id: String,
    pub detail: serde_json::Value,
    pub request_id: Option<RequestId>,
    pub address: Option<String>,
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_is_kept_without_what_may_be_secret_in_it() {
        let detail = json!({ "before": { "url": "https://u:p@hooks.example.com:8443/in?key=1#x" }, "after": [{ "url": "https://a.example?k" }], "n": 1 });
        let kept = json!({ "before": { "url": "https://hooks.example.com:8443/in" }, "after": [{ "url": "https://a.example" }], "n": 1 });
        assert_eq!(shown(detail), kept);
    }
}
