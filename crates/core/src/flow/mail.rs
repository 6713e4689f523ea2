//! Mail: composed beside its cause, sent by the consumer.
//!
//! What can still go wrong: the Worker dies after the mail service took a mail and before D1 knows.
//! The claim runs out and the mail is sent again with its id as idempotency key, which the service
//! knows for longer than we try.
//!
//! Sending twice is harmless:
//!  1. Claiming. Only what is due and unclaimed; a repeat claims nothing.
//!  2. Sending what was claimed by this run, under the mail's own idempotency key.
//!  3. Settling, guarded by the claim of 1. That a mail is given up is told in the same batch, and hangs on it.

use futures_util::future::join_all;
use serde_json::json;

use super::{FlowError, rows, wake_deliveries};
use crate::crypto::seal::{Aad, Purpose};
use crate::model::email::EmailAddress;
use crate::model::event::EventType;
use crate::model::id::{EventId, MailId, OrgId, WebhookId};
use crate::model::job_event::{self, Failure};
use crate::model::mail::{
    Content, DASHBOARD, Fields, MailFault, MailKind, MailState, Settlement, failed, render, settle,
};
use crate::model::problem::{Problem, ProblemCode};
use crate::ports::{App, DbError, Level};
use crate::store::events::{self, NewEvent};
use crate::store::mails::{self, ClaimedMail, NewMail};
use crate::store::{Bound, Value};
use crate::time::{Span, Timestamp};

/// How many requests run at once: a Worker has six connections
/// (<https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>).
const TOGETHER: usize = 5;

/// How long a claim holds: longer than a batch of ten takes at five at once with a time-out of 15 s.
const CLAIM: Span = Span::seconds(45);

/// What a new mail is made of.
#[derive(Debug)]
pub struct Draft<'a> {
    /// The organization that it concerns, if any.
    pub org: Option<&'a OrgId>,
    /// To whom.
    pub to: &'a EmailAddress,
    /// What it is about.
    pub kind: MailKind,
    /// The fields of its text that are no secret: an object of texts.
    pub data: serde_json::Value,
    /// The fields that are: links and codes.
    pub secret: Option<Fields>,
    /// After this it is of no use.
    pub expires_at: Option<Timestamp>,
}

/// Makes a mail, to be written beside its cause. Refuses where no mail could ever be sent.
pub fn compose(app: &App, draft: Draft<'_>, now: Timestamp) -> Result<NewMail, FlowError> {
    if app.config.mail().is_none() {
        return Err(not_configured().into());
    }
    let id = MailId::new(now, app.entropy.bytes());
    let sealed_secret =
        draft.secret.map(|secret| seal(app, &id, draft.org, &secret)).transpose()?;
    Ok(NewMail {
        id,
        org_id: draft.org.cloned(),
        to: draft.to.clone(),
        kind: draft.kind,
        data: draft.data,
        sealed_secret,
        expires_at: draft.expires_at,
        created_at: now,
    })
}

/// Why nothing that needs mail is done.
pub fn not_configured() -> Problem {
    Problem::new(ProblemCode::Misconfigured).with_detail(
        "This service cannot send mail yet. Its operator has to set RESEND_API_KEY and EMAIL_FROM.",
    )
}

fn aad<'a>(id: &'a MailId, org: Option<&'a OrgId>) -> Aad<'a> {
    let org = org.map_or("", OrgId::as_str);
    Aad { table: "mails", column: "sealed_secret", row: id.as_str(), org }
}

fn seal(app: &App, id: &MailId, org: Option<&OrgId>, secret: &Fields) -> Result<String, FlowError> {
    let plain = zeroize::Zeroizing::new(json!(secret).to_string());
    super::seal(app, Purpose::MailSecret, &aad(id, org), plain.as_bytes())
}

/// Sends those of `ids` that are due.
pub async fn send(app: &App, ids: &[MailId]) -> Result<(), DbError> {
    let now = app.clock.now();
    let claim = MailId::new(now, app.entropy.bytes());
    let wanted: Vec<&str> = ids.iter().map(MailId::as_str).collect();
    // 1.
    let claimed = app
        .db
        .batch(
            "mail.claim",
            vec![
                mails::CLAIM.bind([
                    Value::json(&wanted),
                    now.into(),
                    (&claim).into(),
                    now.plus(CLAIM).into(),
                ]),
                mails::CLAIMED.bind([(&claim).into()]),
            ],
        )
        .await?;
    let claimed: Vec<ClaimedMail> = rows(&claimed, 1)?.all()?;
    let mut statements = Vec::with_capacity(claimed.len());
    let mut told = Vec::new();
    // 2.
    for together in claimed.chunks(TOGETHER) {
        let settled = join_all(together.iter().map(|mail| attempt(app, mail))).await;
        let now = app.clock.now();
        for (mail, settled) in together.iter().zip(settled) {
            statements.push(record(app, mail, &claim, settled, now));
            let event = given_up(app, mail, settled, now);
            statements.extend(events::record(event.as_slice()));
            told.extend(event);
        }
    }
    // 3.
    if statements.is_empty() {
        return Ok(());
    }
    let last = statements.len();
    if !told.is_empty() {
        statements.push(events::deliveries(&told));
    }
    let answers = app.db.batch("mail.settle", statements).await?;
    answers.get(last).map_or(Ok(()), |made| wake_deliveries(app, made))
}

/// What tells the organization that its mail does not come.
fn given_up(
    app: &App,
    mail: &ClaimedMail,
    settled: Settlement,
    now: Timestamp,
) -> Option<NewEvent> {
    let org_id = mail.org_id.as_ref()?;
    let fault = settled.fault.filter(|_| settled.state == MailState::Failed)?;
    let fields: Fields = serde_json::from_str(&mail.data).unwrap_or_default();
    let webhook_id = fields.get("webhook").and_then(|id| WebhookId::parse(id));
    let id = EventId::new(now, app.entropy.bytes());
    let of = Failure {
        org_id,
        mail_id: &mail.id,
        mail_kind: &mail.kind,
        to: &mail.to_address,
        webhook_id: webhook_id.as_ref(),
        attempts: mail.attempts,
        last_error: fault.sentence(),
    };
    let payload = job_event::failed(&id, &of, now);
    Some(NewEvent::of_organization(id, org_id, EventType::JobFailed, payload, now))
}

async fn attempt(app: &App, mail: &ClaimedMail) -> Settlement {
    let now = app.clock.now();
    let jitter = app.entropy.fraction();
    let unsent = |fault| failed(mail.attempts, fault, None, mail.expires_at, now, jitter);
    if mail.expires_at.is_some_and(|end| end <= now) {
        return unsent(MailFault::Expired);
    }
    let Some(service) = app.config.mail() else { return unsent(MailFault::NotConfigured) };
    let (Some(to), Some(content)) = (EmailAddress::parse(&mail.to_address), content(app, mail))
    else {
        return unsent(MailFault::Unreadable);
    };
    let answer = app.http.send(service.send_request(&mail.id, &to, &content)).await;
    settle(mail.attempts, answer.as_ref(), mail.expires_at, app.clock.now(), jitter)
}

/// The mail's text; `None` where the row does not give it.
fn content(app: &App, mail: &ClaimedMail) -> Option<Content> {
    let kind = MailKind::parse(&mail.kind)?;
    let mut fields: Fields = serde_json::from_str(&mail.data).ok()?;
    if let Some(sealed) = &mail.sealed_secret {
        let ring = app.config.key_ring.as_ref()?;
        let plain =
            ring.open(Purpose::MailSecret, &aad(&mail.id, mail.org_id.as_ref()), sealed).ok()?;
        fields.extend(serde_json::from_slice::<Fields>(&plain).ok()?);
    }
    let dashboard = app.config.app_base_url.clone().unwrap_or_default();
    fields.insert(DASHBOARD.to_owned(), dashboard);
    render(kind, &fields)
}

fn record(
    app: &App,
    mail: &ClaimedMail,
    claim: &MailId,
    settled: Settlement,
    now: Timestamp,
) -> Bound {
    if let Some(fault) = settled.fault {
        // What only the operator can mend must not wait for somebody who misses a mail.
        let urgent = matches!(
            fault,
            MailFault::Credentials | MailFault::NotConfigured | MailFault::Unreadable
        );
        let given_up = settled.state == MailState::Failed;
        let level = if urgent || given_up { Level::Error } else { Level::Warn };
        let fields = json!({
            "mail.id": mail.id.as_str(), "kind": mail.kind, "fault": fault, "attempts": mail.attempts,
            "given_up": given_up,
        });
        app.log.line(level, "mail.not_sent", fields);
    }
    mails::SETTLE.bind([
        (&mail.id).into(),
        claim.into(),
        settled.state.as_str().into(),
        settled.next_attempt_at.into(),
        settled.fault.map(MailFault::as_str).into(),
        now.into(),
    ])
}
