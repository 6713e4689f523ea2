//! Tells of a change of an organization: the event of its audit row, in the same batch.
//!
//! The audit row hangs on the change, the event on the audit row, its deliveries on the event. So
//! whoever loses a race tells nothing either.

use super::{rows, wake_deliveries};
use crate::model::audit::AuditEntry;
use crate::model::change_event::{event_of, payload};
use crate::model::id::EventId;
use crate::ports::{App, DbError};
use crate::store::events::{self, NewEvent};
use crate::store::{Bound, Rows};

/// The event of `entry`, where one tells of it.
pub(super) fn event(app: &App, entry: &AuditEntry) -> Option<NewEvent> {
    let event_type = event_of(entry)?;
    let id = EventId::new(entry.at, app.entropy.bytes());
    let payload = payload(&id, event_type, entry.into());
    Some(NewEvent::of_organization(id, &entry.org_id, event_type, payload, entry.at))
}

/// Runs a batch that writes the audit row `entry`, with the event that tells of it behind, and wakes
/// its deliveries. The answers are those of `statements`.
pub(super) async fn batch(
    app: &App,
    name: &'static str,
    mut statements: Vec<Bound>,
    entry: &AuditEntry,
) -> Result<Vec<Rows>, DbError> {
    let Some(event) = event(app, entry) else { return app.db.batch(name, statements).await };
    let own = statements.len();
    statements.extend(events::record_of_entry(&event, &entry.id));
    statements.push(events::deliveries(std::slice::from_ref(&event)));
    let mut answers = app.db.batch(name, statements).await?;
    wake_deliveries(app, rows(&answers, own + 2)?)?;
    answers.truncate(own);
    Ok(answers)
}
