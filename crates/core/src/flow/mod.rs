//! What happens when: each file reads as the story of one feature. The model decides, the store
//! gives the statements, the ports carry them out.

mod address;
mod attempt;
pub mod audit_seal;
pub mod deliver;
mod delivered;
pub mod domains;
mod endpoint_notice;
mod endpoint_secret;
mod failing;
pub mod feed_consumers;
pub mod idempotency;
pub mod leaks;
pub mod look;
pub mod mail;
pub mod members;
pub mod oidc;
pub mod operator;
pub mod organizations;
pub mod provision;
pub mod quota;
pub mod removal;
pub mod resend;
pub mod rotation;
pub mod set_aside;
pub mod settle;
pub mod sign_in;
pub mod sweep;
mod tell;
pub mod tick;
pub mod tokens;
pub mod try_out;
pub mod upstream;
pub mod usage;
pub mod webhooks;

use crate::crypto::seal::{Aad, KeyRing, Purpose};
use crate::job::Job;
use crate::model::audit::{self, Actor, AuditAction, AuditEntry};
use crate::model::id::{AuditId, OrgId, RequestId};
use crate::model::problem::Problem;
use crate::ports::{App, DbError, Level};
use crate::store::Rows;
use crate::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why a flow did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The caller can do something about it.
    #[error("refused: {}", .0.code.as_str())]
    Refused(Box<Problem>),
    /// The database; the caller hears only that it did not work.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A fault of ours or of the configuration; the text is for the log.
    #[error("{0}")]
    Fault(String),
}

impl From<Problem> for FlowError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// On whose behalf something is done.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// In which request, for API calls.
    pub request_id: Option<RequestId>,
    /// From which address, for API calls.
    pub address: Option<String>,
}

impl By {
    /// Background work.
    pub const SYSTEM: Self = Self { actor: Actor::System, request_id: None, address: None };

    /// An audit entry of this actor.
    pub fn entry(
        &self,
        app: &App,
        org: &OrgId,
        action: AuditAction,
        subject: &str,
        detail: serde_json::Value,
        at: Timestamp,
    ) -> AuditEntry {
        AuditEntry {
            id: AuditId::new(at, app.entropy.bytes()),
            org_id: org.clone(),
            actor: self.actor.clone(),
            action,
            subject_id: subject.to_owned(),
            detail: audit::shown(detail),
            request_id: self.request_id.clone(),
            address: self.address.clone(),
            at,
        }
    }
}

/// Seals a secret for the one place where it is kept.
fn seal(app: &App, purpose: Purpose, aad: &Aad<'_>, plain: &[u8]) -> Result<String, FlowError> {
    let ring = key_ring(app)?;
    ring.seal(purpose, aad, plain, app.entropy.bytes())
        .map_err(|fault| FlowError::Fault(fault.to_string()))
}

fn key_ring(app: &App) -> Result<&KeyRing, FlowError> {
    let ring = app.config.key_ring.as_ref();
    ring.ok_or_else(|| FlowError::Fault("no encryption key".to_owned()))
}

/// A row that holds just a count.
#[derive(Deserialize)]
pub(crate) struct CountRow {
    pub(crate) count: u32,
}

/// The rows of the `index`-th statement of a batch.
pub(crate) fn rows(answers: &[Rows], index: usize) -> Result<&Rows, DbError> {
    answers.get(index).ok_or_else(|| DbError::Fault(format!("the batch gave no answer {index}")))
}

/// One message for each row, which holds just the id of what it wakes.
pub(crate) fn jobs<T: DeserializeOwned>(
    found: &Rows,
    job: impl Fn(T) -> Job,
) -> Result<Vec<Job>, DbError> {
    #[derive(Deserialize)]
    struct IdRow<T> {
        id: T,
    }
    Ok(found.all::<IdRow<T>>()?.into_iter().map(|row| job(row.id)).collect())
}

/// Wakes the deliveries that a batch made.
pub(crate) fn wake_deliveries(app: &App, made: &Rows) -> Result<(), DbError> {
    send_later(app, jobs(made, |delivery| Job::DeliverV1 { delivery })?);
    Ok(())
}

/// Wakes the mails that a batch wrote, by however many of its statements.
pub(crate) fn wake_mails<'a>(
    app: &App,
    made: impl IntoIterator<Item = &'a Rows>,
) -> Result<(), DbError> {
    let mut woken = Vec::new();
    for made in made {
        woken.extend(jobs(made, |mail| Job::SendMailV1 { mail })?);
    }
    send_later(app, woken);
    Ok(())
}

/// Sends messages after the answer. Best effort: the scheduler finds what no message woke.
pub(crate) fn send_later(app: &App, jobs: Vec<Job>) {
    if jobs.is_empty() {
        return;
    }
    let app_of_task = app.clone();
    app.background.spawn(Box::pin(async move { send_or_log(&app_of_task, &jobs).await }));
}

/// Sends messages, best effort.
pub(crate) async fn send_or_log(app: &App, jobs: &[Job]) {
    if jobs.is_empty() {
        return;
    }
    if let Err(error) = app.jobs.send(jobs).await {
        let fields = serde_json::json!({ "messages": jobs.len(), "cause": error.0 });
        app.log.line(Level::Warn, "queue.send_failed", fields);
    }
}
