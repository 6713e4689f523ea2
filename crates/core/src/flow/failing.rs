//! Tells an organization that one of its endpoints fails: when every try failed for a day, and a day
//! before it is turned off. That it was turned off is told by whoever does it (`delivered.rs`).
//!
//! Running it twice is harmless: each telling is guarded by the time of the one before it, its event
//! hangs on it, and the mails on the event.

use super::endpoint_notice::{self, Endpoint};
use super::{rows, wake_deliveries, wake_mails};
use crate::model::endpoint_health::FailingStage;
use crate::model::event::EventType;
use crate::model::id::EventId;
use crate::model::webhook_event::{Failing, failing};
use crate::ports::{App, DbError};
use crate::store::deliveries::{self, FailingRow};
use crate::store::events::{self, NewEvent};
use crate::store::{Bound, Rows};
use crate::time::Timestamp;

/// How many endpoints one tick tells of at most; the rest is told of by the next.
const MOST: u32 = 20;

/// Finds the endpoints to tell of.
pub(super) fn find(now: Timestamp) -> Bound {
    let [first, last] =
        [FailingStage::Failing, FailingStage::LastDay].map(|stage| stage.begun(now));
    deliveries::TO_BE_TOLD.bind([first.into(), last.into(), MOST.into(), now.into()])
}

/// Tells of those that were found.
pub(super) async fn tell(app: &App, found: &Rows, now: Timestamp) -> Result<(), DbError> {
    let failing: Vec<FailingRow> = found.all()?;
    if failing.is_empty() {
        return Ok(());
    }
    let mut statements = Vec::new();
    let mut told = Vec::new();
    let mut mails = Vec::new();
    for row in &failing {
        let event = event(app, row, now);
        statements.push(deliveries::TELL_FAILING.bind([
            (&row.id).into(),
            now.into(),
            row.failing_since.into(),
            row.failing_told_at.into(),
        ]));
        let stage = FailingStage::at(row.failing_since, now);
        let of = Endpoint {
            org_id: &row.org_id,
            id: &row.id,
            url: &row.url,
            failing_since: Some(row.failing_since),
        };
        mails.push(statements.len() + endpoint_notice::MAILS);
        statements.extend(endpoint_notice::record(&event, stage.into(), &of));
        told.push(event);
    }
    let at = statements.len();
    statements.push(events::deliveries(&told));
    let answers = app.db.batch("webhook.failing", statements).await?;
    let mails: Result<Vec<_>, _> = mails.into_iter().map(|index| rows(&answers, index)).collect();
    wake_mails(app, mails?)?;
    wake_deliveries(app, rows(&answers, at)?)
}

fn event(app: &App, row: &FailingRow, now: Timestamp) -> NewEvent {
    let id = EventId::new(now, app.entropy.bytes());
    let of = Failing {
        org_id: &row.org_id,
        webhook_id: &row.id,
        url: &row.url,
        failing_since: row.failing_since,
    };
    let payload = failing(&id, &of, now);
    NewEvent::of_organization(id, &row.org_id, EventType::WebhookFailing, payload, now)
}
