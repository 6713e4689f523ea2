//! One example of each event: in the catalogue, and what an endpoint is tried out with.

use serde_json::Value;

use super::audit::{Actor, ActorKind, bare};
use super::certificate::SeenCertificate;
use super::change_event::{self, Change};
use super::delivery::DisabledReason;
use super::domain_event::{self, Subject};
use super::domain_state::DomainStatus::{self, Active, Error, Issuing, PendingCname};
use super::event::EventType;
use super::id::{DomainId, EventId, MailId, OrgId, WebhookId};
use super::job_event::{self, Failure};
use super::mail::MailFault;
use super::webhook_event::{self, Disabled, Failing};
use crate::time::{Span, Timestamp};

/// What is real in an example: it has an id and a time of its own and goes to a certain endpoint.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Sample<'a> {
    pub id: &'a EventId,
    pub org_id: &'a OrgId,
    pub webhook_id: &'a WebhookId,
    pub url: &'a str,
    pub at: Timestamp,
}

const TOKEN: &str = "tok_019ab3c4d5e6701112131415161718ff";
const DOMAIN: &str = "shop.example.com";
const EMAIL: &str = "ada@example.com";
const PERSON: &str = "usr_019ab3c4d5e6702122232425262728ff";

/// What is told of a change beside its subject: an object.
const fn detail(event: EventType) -> &'static str {
    match event {
        EventType::TokenCreated => {
            r#"{"name":"Deployment","scopes":["domains:read"],"expiresAt":null,"domainTags":[],"allowedIps":["192.0.2.0/24"]}"#
        }
        EventType::TokenRotated => {
            r#"{"name":"Deployment","replacedBy":"tok_019ab3c4d5e6703132333435363738ff","gracePeriodSeconds":86400}"#
        }
        EventType::TokenExpiring => r#"{"name":"Deployment","withinDays":7,"lastUsedAt":null}"#,
        EventType::TokenRevoked | EventType::TokenExpired => r#"{"name":"Deployment"}"#,
        EventType::MemberInvited => r#"{"role":"member"}"#,
        EventType::MemberJoined => {
            r#"{"email":"ada@example.com","before":{"status":"invited"},"after":{"status":"active"}}"#
        }
        EventType::MemberSuspended => {
            r#"{"email":"ada@example.com","before":{"role":"member","status":"active"},"after":{"role":"member","status":"suspended"},"tokens":1}"#
        }
        EventType::MemberUpdated => {
            r#"{"email":"ada@example.com","before":{"role":"member","status":"active"},"after":{"role":"admin","status":"active"},"tokens":1}"#
        }
        EventType::MemberRemoved => {
            r#"{"email":"ada@example.com","before":{"role":"member","status":"active"},"tokens":0}"#
        }
        EventType::OrganizationUpdated => {
            r#"{"before":{"name":"Example","brandColor":null,"logoUrl":null},"after":{"name":"Example Inc.","brandColor":null,"logoUrl":null}}"#
        }
        EventType::OrganizationPlanChanged => {
            r#"{"before":{"plan":"pro","domainLimit":null,"requestsPerMinute":null},"after":{"plan":"agency","domainLimit":200,"requestsPerMinute":null}}"#
        }
        EventType::WebhookCreated => r#"{"events":["domain.*"]}"#,
        EventType::WebhookUpdated => {
            r#"{"before":{"events":["domain.*"]},"after":{"events":["*"]}}"#
        }
        EventType::WebhookEnabled => r#"{"before":{"enabled":false},"after":{"enabled":true}}"#,
        EventType::WebhookSecretRotated => r#"{"overlapHours":24,"force":false}"#,
        _ => "{}",
    }
}

/// A change that may have happened: of the endpoint itself, of a token, or of a person.
fn change(event: EventType, of: &Sample<'_>) -> String {
    let mut detail: Value = serde_json::from_str(detail(event)).unwrap_or_default();
    let subject_id = match event.category() {
        "webhook" => {
            if let Some(members) = detail.as_object_mut() {
                members.insert("url".to_owned(), bare(of.url).into());
            }
            of.webhook_id.as_str()
        }
        "token" => {
            if let (EventType::TokenExpiring, Some(members)) = (event, detail.as_object_mut()) {
                members.insert("expiresAt".to_owned(), of.at.plus(Span::days(7)).to_iso().into());
            }
            TOKEN
        }
        _ if event == EventType::MemberInvited => EMAIL,
        _ => PERSON,
    };
    let actor = if matches!(event, EventType::TokenExpiring | EventType::TokenExpired) {
        Actor::System
    } else {
        Actor::Caller { kind: ActorKind::User, id: PERSON.to_owned() }
    };
    let change =
        Change { org_id: of.org_id, actor: &actor, subject_id, detail: &detail, at: of.at };
    change_event::payload(of.id, event, change)
}

/// The body of an event as it may look. The domain is nobody's: `example.com` (RFC 2606).
pub fn example(event: EventType, of: &Sample<'_>) -> String {
    let domain_id = DomainId::new(Timestamp::from_millis(0), [0; 10]);
    let in_days = |days| Some(of.at.plus(Span::days(days)));
    let (status, certificate, expires_at) = match event {
        EventType::WebhookTest => {
            return webhook_event::test(of.id, of.org_id, of.webhook_id, of.url, of.at);
        }
        EventType::WebhookDisabled => {
            let disabled = Disabled {
                org_id: of.org_id,
                webhook_id: of.webhook_id,
                url: of.url,
                reason: DisabledReason::Failing,
                failing_since: Some(of.at.minus(Span::days(5))),
            };
            return webhook_event::disabled(of.id, &disabled, of.at);
        }
        EventType::WebhookFailing => {
            let failing = Failing {
                org_id: of.org_id,
                webhook_id: of.webhook_id,
                url: of.url,
                failing_since: of.at.minus(Span::days(1)),
            };
            return webhook_event::failing(of.id, &failing, of.at);
        }
        EventType::TokenCreated
        | EventType::TokenRotated
        | EventType::TokenRevoked
        | EventType::TokenExpiring
        | EventType::TokenExpired
        | EventType::MemberInvited
        | EventType::MemberJoined
        | EventType::MemberUpdated
        | EventType::MemberSuspended
        | EventType::MemberRemoved
        | EventType::OrganizationUpdated
        | EventType::OrganizationPlanChanged
        | EventType::WebhookCreated
        | EventType::WebhookUpdated
        | EventType::WebhookEnabled
        | EventType::WebhookDeleted
        | EventType::WebhookSecretRotated => return change(event, of),
        EventType::JobFailed => {
            let failure = Failure {
                org_id: of.org_id,
                mail_id: &MailId::new(of.at, [0; 10]),
                mail_kind: "invitation",
                to: EMAIL,
                webhook_id: None,
                attempts: 1,
                last_error: MailFault::Refused.sentence(),
            };
            return job_event::failed(of.id, &failure, of.at);
        }
        EventType::JobDlq => {
            return job_event::set_aside(of.id, of.org_id, (&domain_id, DOMAIN), of.at);
        }
        EventType::DomainAdded => (PendingCname, None, None),
        EventType::DnsCheckFailed => (PendingCname, Some("pending_validation"), None),
        EventType::DnsVerified | EventType::DomainIssuing => {
            (Issuing, Some("pending_validation"), None)
        }
        EventType::DomainExpired => (Error, Some("pending_validation"), in_days(-1)),
        EventType::DomainLapsed => (Error, Some("active"), in_days(60)),
        EventType::DomainError => (Error, Some("validation_timed_out"), None),
        EventType::DomainExpiringSoon => (Active, Some("active"), in_days(7)),
        EventType::DomainActive
        | EventType::DomainRenewed
        | EventType::DomainUpdated
        | EventType::DnsDrifted
        | EventType::DnsRestored
        | EventType::CertificateIssued
        | EventType::DomainRemoved => (Active, Some("active"), in_days(90)),
    };
    of_domain(event, of, &domain_id, (status, certificate, expires_at))
}

/// The body of an event of a domain with the status, Cloudflare's word for its certificate, and the end of that.
fn of_domain(
    event: EventType,
    of: &Sample<'_>,
    domain_id: &DomainId,
    (status, certificate, expires_at): (DomainStatus, Option<&str>, Option<Timestamp>),
) -> String {
    let issued = SeenCertificate {
        issuer: Some("Example CA".to_owned()),
        serial: Some("03a1b2c3d4e5f60718293a4b5c6d7e8f9012".to_owned()),
        signature: Some("ECDSAWithSHA256".to_owned()),
        issued_at: Some(of.at),
        expires_at,
        ..SeenCertificate::default()
    };
    let subject = Subject {
        domain_id,
        domain_name: DOMAIN,
        org_id: of.org_id,
        status,
        cf_status: certificate
            .map(|_| if status == DomainStatus::Active { "active" } else { "pending" }),
        cf_ssl_status: certificate,
        expires_at,
        tags: &["example".to_owned()],
        errors: &["The delegation record was not found in time.".to_owned()],
        certificate: (event == EventType::CertificateIssued).then_some(&issued),
    };
    domain_event::payload(of.id, event, 1, &subject, of.at)
}
