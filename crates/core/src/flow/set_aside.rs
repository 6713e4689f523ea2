//! Tells an organization that background work of it was set aside: its message came back so often that the queue
//! put it to the dead letters. Nothing is lost: the work stands in D1 and is due there, so the next tick begins it
//! again, and it may be set aside again a minute later.
//!
//! Telling it twice is harmless: only what is due and was not told of within a day is, and the same batch notes it.
//! So a message that comes five times, or to two at once, is told once.

use super::{rows, wake_deliveries};
use crate::job::Job;
use crate::ports::{App, DbError};
use crate::store::events;
use crate::time::Span;

/// How long after one domain or mail was told of it may be told of again.
const AGAIN: Span = Span::hours(24);

/// The domain or mail that a message is about, where its organization is to know that it was set aside. What belongs
/// to no organization is the operator's; and a delivery's trouble makes no further deliveries.
pub fn object(job: &Job) -> Option<&str> {
    match job {
        Job::SyncDomainV1 { domain } => Some(domain.as_str()),
        Job::SendMailV1 { mail } => Some(mail.as_str()),
        Job::DeliverV1 { .. }
        | Job::SweepV1 { .. }
        | Job::RemoveHostnameV1 { .. }
        | Job::ReadQuotaV1 => None,
    }
}

/// Tells of those of `objects` that are still to be done.
pub async fn tell(app: &App, objects: &[&str]) -> Result<(), DbError> {
    let statements = events::record_set_aside(objects, AGAIN, app.clock.now());
    let answers = app.db.batch("job.set_aside", statements.into()).await?;
    wake_deliveries(app, rows(&answers, 1)?)
}
