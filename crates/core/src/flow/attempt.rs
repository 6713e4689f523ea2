//! One try of one delivery: opens what it takes, sends, and says what the answer means.

use serde_json::json;

use super::endpoint_secret::{self, Slot};
use crate::model::delivery::{Due, ErrorClass, Settlement, prepare, settle, unsent};
use crate::model::endpoint_options::CustomHeaders;
use crate::model::outgoing::OutgoingUrl;
use crate::ports::{App, Level};
use crate::store::deliveries::ClaimedRow;
use crate::time::Timestamp;

/// One try and what it means.
pub(super) struct Tried {
    pub(super) row: ClaimedRow,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Timestamp,
    pub(super) settlement: Settlement,
}

pub(super) async fn attempt(app: &App, row: ClaimedRow) -> Tried {
    let started_at = app.clock.now();
    let number = row.attempts.saturating_sub(row.attempts_before);
    let jitter = app.entropy.fraction();
    let due = match due(app, &row, started_at) {
        Ok(due) => due,
        Err(class) => {
            let settlement = unsent(number, class, started_at, jitter);
            return Tried { row, started_at, ended_at: started_at, settlement };
        }
    };
    let answer = app.http.send(prepare(&due, started_at)).await;
    let ended_at = app.clock.now();
    let settlement = settle(number, answer.as_ref(), ended_at, jitter);
    Tried { row, started_at, ended_at, settlement }
}

/// What sending needs, or why nothing may be sent.
fn due(app: &App, row: &ClaimedRow, now: Timestamp) -> Result<Due, ErrorClass> {
    if !row.enabled {
        return Err(ErrorClass::Disabled);
    }
    let url = OutgoingUrl::parse(&row.url, &app.config.outgoing_guard())
        .map_err(|_| ErrorClass::BlockedUrl)?;
    let unreadable = || {
        let fields = json!({ "webhook.id": row.endpoint_id.as_str() });
        app.log.line(Level::Error, "webhook.secret_unreadable", fields);
        ErrorClass::SecretUnreadable
    };
    let open = |slot, sealed: &str| {
        endpoint_secret::open_secret(app, slot, &row.endpoint_id, &row.org_id, sealed)
            .ok_or_else(unreadable)
    };
    let headers = |sealed: &str| {
        let slot = Slot::Headers;
        let plain = endpoint_secret::open(app, slot, &row.endpoint_id, &row.org_id, sealed);
        plain.and_then(|plain| CustomHeaders::from_plain(&plain)).ok_or_else(unreadable)
    };
    let previous = row.previous_secret.as_deref();
    let previous = previous.filter(|_| row.previous_secret_until.is_some_and(|until| until > now));
    Ok(Due {
        event_id: row.event_id.clone(),
        event_type: row.event_type,
        payload: row.payload.clone(),
        url,
        secret: open(Slot::Current, &row.sealed_secret)?,
        previous: previous.map(|sealed| open(Slot::Previous, sealed)).transpose()?,
        headers: row
            .sealed_headers
            .as_deref()
            .map_or_else(|| Ok(CustomHeaders::default()), headers)?,
        api_version: row.api_version.clone(),
    })
}
