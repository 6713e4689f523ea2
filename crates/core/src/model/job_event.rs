//! The bodies of `job.*` events, flat like every other: what was to be done, and for which domain or
//! by which mail. That of `job.dlq` is made in SQL (`store::events::INSERT_SET_ASIDE`), of the same members.

use super::event::EventType;
use super::event_body::event_body;
use super::id::{DomainId, EventId, MailId, OrgId, WebhookId};
use crate::closed_set;
use crate::job::TRIES;
use crate::time::Timestamp;

closed_set! {
    /// Background work of an organization. What concerns the deployment is told to its operator; and
    /// deliveries never, since an endpoint that fails would get more to fail with.
    pub enum JobType {
        /// Look at a domain at Cloudflare and in DNS.
        SyncDomain = "sync_domain",
        /// Send a mail.
        SendMail = "send_mail",
    }
}

/// What can be said of work that was set aside: who could have said more was stopped in the middle.
pub const SET_ASIDE: &str = "The work was begun and did not come to its end: the database did not answer, or the worker was stopped.";

/// Background work that is given up.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the payload")]
pub struct Failure<'a> {
    pub org_id: &'a OrgId,
    pub mail_id: &'a MailId,
    pub mail_kind: &'a str,
    pub to: &'a str,
    pub webhook_id: Option<&'a WebhookId>,
    pub attempts: u32,
    pub last_error: &'a str,
}

event_body! {
    /// The body; its schema in the catalogue is derived from here.
    struct Payload<'a> {
        /// What kind of work it was.
        #[cfg_attr(feature = "schema", schemars(extend("type" = "string")))]
        job_type: JobType,
        /// The domain that it was for, if it was for one.
        domain_id: Option<&'a DomainId>,
        /// The domain's hostname in A-labels; a wildcard begins with `*.`.
        domain_name: Option<&'a str>,
        /// The tags that the domain had then; none for a mail.
        tags: &'a [String],
        /// The mail, if it was one.
        mail_id: Option<&'a MailId>,
        /// What the mail is about, such as `invitation`.
        mail_kind: Option<&'a str>,
        /// The address that the mail is for.
        to: Option<&'a str>,
        /// The endpoint that the mail is about, if it is about one.
        webhook_id: Option<&'a WebhookId>,
        /// How often it was tried.
        attempts: u32,
        /// What the last try came to, as a sentence.
        last_error: &'a str,
    }
}

/// The body of `job.failed`: what is stored and sent, byte for byte, at every try. Only mails are ever
/// given up.
pub fn failed(id: &EventId, of: &Failure<'_>, at: Timestamp) -> String {
    let payload = Payload {
        id,
        r#type: EventType::JobFailed,
        timestamp: at.to_iso(),
        seq: (),
        org_id: of.org_id,
        job_type: JobType::SendMail,
        domain_id: None,
        domain_name: None,
        tags: &[],
        mail_id: Some(of.mail_id),
        mail_kind: Some(of.mail_kind),
        to: Some(of.to),
        webhook_id: of.webhook_id,
        attempts: of.attempts,
        last_error: of.last_error,
    };
    // A struct of text and numbers always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}

/// An example of `job.dlq`: of a domain.
pub(super) fn set_aside(
    id: &EventId,
    org_id: &OrgId,
    (domain_id, domain_name): (&DomainId, &str),
    at: Timestamp,
) -> String {
    let payload = Payload {
        id,
        r#type: EventType::JobDlq,
        timestamp: at.to_iso(),
        seq: (),
        org_id,
        job_type: JobType::SyncDomain,
        domain_id: Some(domain_id),
        domain_name: Some(domain_name),
        tags: &["example".to_owned()],
        mail_id: None,
        mail_kind: None,
        to: None,
        webhook_id: None,
        attempts: TRIES,
        last_error: SET_ASIDE,
    };
    // A struct of text and numbers always serialises.
    serde_json::to_string(&payload).unwrap_or_default()
}
