//! Tries webhook deliveries: claims them, sends all at once, settles all in one batch.
//!
//! What can still go wrong: the Worker dies after a receiver got the request and before D1 knows.
//! The claim runs out, the delivery is tried again with the same `webhook-id`, and the receiver
//! can tell. Nothing less is possible over HTTP.
//!
//! Running it twice is harmless:
//!  1. Claiming. Only what is due and unclaimed; a repeat claims nothing.
//!  2. Sending what was claimed by this run.
//!  3. Settling, guarded by the claim of 1.

use futures_util::future::join_all;
use serde_json::json;

use super::endpoint_secret::{self, Slot};
use super::{By, rows, wake_deliveries};
use crate::model::audit::AuditAction;
use crate::model::delivery::{
    DeliveryState, DisabledReason, Due, ErrorClass, Health, PATIENCE, Settlement, prepare, settle,
    unsent,
};
use crate::model::endpoint_options::CustomHeaders;
use crate::model::event::EventType;
use crate::model::id::{AttemptId, DeliveryId, EventId};
use crate::model::outgoing::{Guard, OutgoingUrl};
use crate::model::webhook_event::{Disabled, disabled};
use crate::ports::{App, DbError, Level};
use crate::store::deliveries::{self, ClaimedRow};
use crate::store::events::{self, NewEvent};
use crate::store::{Bound, Value, audit_logs};
use crate::time::{Span, Timestamp};

/// How many requests run at once. A Worker has six connections, and the time of a request that
/// waits for one runs already: a silent receiver must not use up the time of another
/// (<https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections>).
const TOGETHER: usize = 5;

/// How long a claim holds: longer than a batch of ten can take at five at once with a time-out of
/// 15 s, so that nobody sends beside a holder that is alive.
const CLAIM: Span = Span::seconds(45);

/// Tries those of `ids` that are due.
pub async fn deliver(app: &App, ids: &[DeliveryId]) -> Result<(), DbError> {
    let now = app.clock.now();
    let claim = DeliveryId::new(now, app.entropy.bytes());
    let wanted: Vec<&str> = ids.iter().map(DeliveryId::as_str).collect();
    // 1.
    let claimed = app
        .db
        .batch(
            "deliver.claim",
            vec![
                deliveries::CLAIM.bind([
                    Value::json(&wanted),
                    now.into(),
                    (&claim).into(),
                    now.plus(CLAIM).into(),
                ]),
                deliveries::CLAIMED.bind([(&claim).into()]),
            ],
        )
        .await?;
    let claimed: Vec<ClaimedRow> = rows(&claimed, 1)?.all()?;
    if claimed.is_empty() {
        return Ok(());
    }
    // 2.
    let mut tried: Vec<(&ClaimedRow, Attempt)> = Vec::with_capacity(claimed.len());
    for together in claimed.chunks(TOGETHER) {
        let attempts = join_all(together.iter().map(|row| attempt(app, row))).await;
        tried.extend(together.iter().zip(attempts));
    }
    // 3.
    write_down(app, &claim, &tried).await
}

/// Settles what was tried, in one batch.
async fn write_down(
    app: &App,
    claim: &DeliveryId,
    tried: &[(&ClaimedRow, Attempt)],
) -> Result<(), DbError> {
    let mut statements = Vec::with_capacity(tried.len() * 3);
    let mut told = Vec::new();
    for (row, attempt) in tried {
        statements.extend(record(app, row, claim, attempt));
        let settled = &attempt.settlement;
        if let Some(reason) = settled.disables(row.failing_since, attempt.ended_at) {
            let event = disabled_event(app, row, reason, attempt.ended_at);
            statements.extend(turn_off(app, row, reason, &event));
            told.push(event);
        }
    }
    let woken = (!told.is_empty()).then_some(statements.len());
    statements.extend(woken.map(|_| events::deliveries(&told)));
    let answers = app.db.batch("deliver.settle", statements).await?;
    woken.map_or(Ok(()), |at| wake_deliveries(app, rows(&answers, at)?))
}

/// One try and what it means.
struct Attempt {
    started_at: Timestamp,
    ended_at: Timestamp,
    settlement: Settlement,
}

async fn attempt(app: &App, row: &ClaimedRow) -> Attempt {
    let started_at = app.clock.now();
    let number = row.attempts.saturating_sub(row.attempts_before);
    let jitter = app.entropy.fraction();
    let due = match due(app, row, started_at) {
        Ok(due) => due,
        Err(class) => {
            let settlement = unsent(number, class, started_at, jitter);
            return Attempt { started_at, ended_at: started_at, settlement };
        }
    };
    let answer = app.http.send(prepare(&due, started_at)).await;
    let ended_at = app.clock.now();
    let settlement = settle(number, answer.as_ref(), ended_at, jitter);
    Attempt { started_at, ended_at, settlement }
}

/// What sending needs, or why nothing may be sent.
fn due(app: &App, row: &ClaimedRow, now: Timestamp) -> Result<Due, ErrorClass> {
    if !row.enabled {
        return Err(ErrorClass::Disabled);
    }
    let guard =
        Guard { allow_hosts: &app.config.outgoing_allow_hosts, own_hosts: &app.config.own_hosts() };
    let url = OutgoingUrl::parse(&row.url, &guard).map_err(|_| ErrorClass::BlockedUrl)?;
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

fn record(app: &App, row: &ClaimedRow, claim: &DeliveryId, attempt: &Attempt) -> Vec<Bound> {
    let settled = &attempt.settlement;
    let now = attempt.ended_at;
    let mut statements = vec![
        deliveries::SETTLE.bind([
            (&row.id).into(),
            claim.into(),
            settled.state.as_str().into(),
            settled.next_attempt_at.into(),
            now.into(),
        ]),
        deliveries::NOTE_ATTEMPT.bind([
            (&AttemptId::new(now, app.entropy.bytes())).into(),
            (&row.org_id).into(),
            (&row.id).into(),
            row.attempts.into(),
            attempt.started_at.into(),
            now.since(attempt.started_at).as_millis().into(),
            settled.status.map(u32::from).into(),
            settled.error_class.map(ErrorClass::as_str).into(),
            settled.excerpt.as_str().into(),
        ]),
    ];
    let endpoint = (&row.endpoint_id).into();
    match settled.health() {
        Health::Works => statements.push(deliveries::NOTE_SUCCESS.bind([endpoint, now.into()])),
        Health::Fails => statements.push(deliveries::NOTE_FAILURE.bind([endpoint, now.into()])),
        Health::Unknown => {}
    }
    if settled.state == DeliveryState::Failed {
        let fields = json!({ "delivery.id": row.id.as_str(), "attempts": row.attempts });
        app.log.line(Level::Warn, "delivery.failed", fields);
    }
    statements
}

/// Turns the endpoint off, and tells the organization's other endpoints and its audit log.
fn turn_off(app: &App, row: &ClaimedRow, reason: DisabledReason, event: &NewEvent) -> Vec<Bound> {
    let now = event.created_at;
    let failing_for = (reason == DisabledReason::Failing).then(|| now.minus(PATIENCE));
    let mut statements = vec![deliveries::DISABLE_ENDPOINT.bind([
        (&row.endpoint_id).into(),
        now.into(),
        reason.as_str().into(),
        failing_for.into(),
    ])];
    statements.extend(events::record(std::slice::from_ref(event)));
    let (action, detail) = (AuditAction::WebhookDisable, json!({ "reason": reason }));
    let entry = By::SYSTEM.entry(app, &row.org_id, action, row.endpoint_id.as_str(), detail, now);
    statements.push(audit_logs::insert_beside(&entry, &event.id));
    statements
}

fn disabled_event(app: &App, row: &ClaimedRow, reason: DisabledReason, now: Timestamp) -> NewEvent {
    let id = EventId::new(now, app.entropy.bytes());
    let of = Disabled {
        org_id: &row.org_id,
        webhook_id: &row.endpoint_id,
        url: &row.url,
        reason,
        failing_since: row.failing_since,
    };
    NewEvent {
        payload: disabled(&id, &of, now),
        id,
        org_id: row.org_id.clone(),
        domain_id: None,
        seq: None,
        event_type: EventType::WebhookDisabled,
        created_at: now,
    }
}
