//! What each message means. Messages carry ids; D1 knows whether there is still something to do.

use std::rc::Rc;

use dcvaas_core::flow::{deliver, look, mail, quota, removal, set_aside, sweep};
use dcvaas_core::job::{Job, Verdict};
use dcvaas_core::model::id::{DeliveryId, MailId};
use dcvaas_core::ports::{App, DbError, Level, Timer};
use futures_util::future::join_all;
use serde_json::json;

/// Handles a batch: deliveries together and mails together, each in two round trips for all of them,
/// the rest side by side.
pub async fn handle(app: &App, timer: &Rc<dyn Timer>, bodies: &[String]) -> Vec<Verdict> {
    let jobs: Vec<Option<Job>> =
        bodies.iter().map(|body| serde_json::from_str(body).ok()).collect();
    let deliveries: Vec<DeliveryId> = jobs
        .iter()
        .filter_map(|job| match job {
            Some(Job::DeliverV1 { delivery }) => Some(delivery.clone()),
            _ => None,
        })
        .collect();
    let delivered = async {
        if deliveries.is_empty() {
            return Verdict::Done;
        }
        verdict(app, "deliver", deliver::deliver(app, timer, &deliveries).await)
    };
    let mails: Vec<MailId> = jobs
        .iter()
        .filter_map(|job| match job {
            Some(Job::SendMailV1 { mail }) => Some(mail.clone()),
            _ => None,
        })
        .collect();
    let mailed = async {
        if mails.is_empty() {
            return Verdict::Done;
        }
        verdict(app, "mail", mail::send(app, &mails).await)
    };
    let others = join_all(jobs.iter().zip(bodies).map(|(job, body)| one(app, job.as_ref(), body)));
    let (delivered, mailed, others) = futures_util::join!(delivered, mailed, others);
    let with = |job: &Option<Job>| match job {
        Some(Job::SendMailV1 { .. }) => mailed,
        _ => delivered,
    };
    others
        .into_iter()
        .zip(&jobs)
        .map(|(verdict, job)| verdict.unwrap_or_else(|| with(job)))
        .collect()
}

/// Handles one message; `None` for a delivery or a mail, which is handled with its like.
async fn one(app: &App, job: Option<&Job>, body: &str) -> Option<Verdict> {
    let verdict = match job {
        Some(Job::DeliverV1 { .. } | Job::SendMailV1 { .. }) => return None,
        Some(Job::SyncDomainV1 { domain }) => {
            verdict(app, "sync_domain", look::if_due(app, domain).await.map(drop))
        }
        Some(Job::SweepV1 { page }) => verdict(app, "sweep", sweep::page(app, *page).await),
        Some(Job::RemoveHostnameV1 { removal }) => {
            verdict(app, "remove_hostname", removal::remove(app, removal).await)
        }
        Some(Job::ReadQuotaV1) => verdict(app, "read_quota", quota::read(app).await),
        None => {
            // Not ours, or of a version that is no longer known: it can never succeed.
            app.log.line(Level::Error, "message.unknown", json!({ "bytes": body.len() }));
            Verdict::Done
        }
    };
    Some(verdict)
}

/// Only the database's failure brings a message back: every other one is settled in D1, which
/// also knows when to try again.
fn verdict(app: &App, job: &'static str, result: Result<(), DbError>) -> Verdict {
    match result {
        Ok(()) => Verdict::Done,
        Err(error) => {
            let level = if matches!(error, DbError::Busy | DbError::Lost) {
                Level::Warn
            } else {
                Level::Error
            };
            app.log.line(level, "job.failed", json!({ "job": job, "cause": error.to_string() }));
            Verdict::Again
        }
    }
}

/// Dead letters: messages that came back too often. Their work is still in D1, and due there, so
/// nothing is lost; the operator should know, and whose work it is.
pub async fn bury(app: &App, bodies: &[String]) -> Vec<Verdict> {
    let jobs: Vec<Option<Job>> =
        bodies.iter().map(|body| serde_json::from_str(body).ok()).collect();
    for job in &jobs {
        app.log.line(Level::Error, "message.dead", json!({ "job": job }));
    }
    let objects: Vec<Option<&str>> =
        jobs.iter().map(|job| job.as_ref().and_then(set_aside::object)).collect();
    let known: Vec<&str> = objects.iter().flatten().copied().collect();
    let told = if known.is_empty() {
        Verdict::Done
    } else {
        verdict(app, "set_aside", set_aside::tell(app, &known).await)
    };
    objects.iter().map(|object| if object.is_some() { told } else { Verdict::Done }).collect()
}
