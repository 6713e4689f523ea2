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

use super::rows;
use crate::crypto::mac::SigningSecret;
use crate::crypto::seal::{Aad, Purpose};
use crate::model::delivery::{DeliveryState, Due, ErrorClass, Settlement, prepare, settle};
use crate::model::id::{AttemptId, DeliveryId};
use crate::model::outgoing::{Guard, OutgoingUrl};
use crate::ports::{App, DbError, Level};
use crate::store::deliveries::{self, ClaimedRow};
use crate::store::{Bound, Value};
use crate::time::{Span, Timestamp};

/// How long a claim holds: longer than a batch of ten can take at six connections with a time-out
/// of 15 s, so that nobody sends beside a holder that is alive.
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
    let tried = join_all(claimed.iter().map(|row| attempt(app, row))).await;
    // 3.
    let mut statements = Vec::with_capacity(tried.len() * 2);
    for (row, attempt) in claimed.iter().zip(&tried) {
        statements.extend(record(app, row, &claim, attempt));
    }
    app.db.batch("deliver.settle", statements).await?;
    Ok(())
}

/// One try and what it means.
struct Attempt {
    started_at: Timestamp,
    ended_at: Timestamp,
    settlement: Settlement,
}

async fn attempt(app: &App, row: &ClaimedRow) -> Attempt {
    let started_at = app.clock.now();
    let due = match due(app, row) {
        Ok(due) => due,
        Err(class) => {
            return Attempt {
                started_at,
                ended_at: started_at,
                settlement: Settlement::refused(class),
            };
        }
    };
    let answer = app.http.send(prepare(&due, started_at)).await;
    let ended_at = app.clock.now();
    let settlement = settle(row.attempts, answer.as_ref(), ended_at, app.entropy.fraction());
    Attempt { started_at, ended_at, settlement }
}

/// What sending needs, or why nothing may be sent.
fn due(app: &App, row: &ClaimedRow) -> Result<Due, ErrorClass> {
    if !row.enabled {
        return Err(ErrorClass::Disabled);
    }
    let guard =
        Guard { allow_hosts: &app.config.outgoing_allow_hosts, own_hosts: &app.config.own_hosts() };
    let url = OutgoingUrl::parse(&row.url, &guard).map_err(|_| ErrorClass::BlockedUrl)?;
    let secret = open_secret(app, row).ok_or_else(|| {
        let fields = json!({ "webhook.id": row.endpoint_id.as_str() });
        app.log.line(Level::Error, "webhook.secret_unreadable", fields);
        ErrorClass::SecretUnreadable
    })?;
    Ok(Due {
        event_id: row.event_id.clone(),
        event_type: row.event_type,
        payload: row.payload.clone(),
        url,
        secret,
    })
}

fn open_secret(app: &App, row: &ClaimedRow) -> Option<SigningSecret> {
    let ring = app.config.key_ring.as_ref()?;
    let aad = Aad {
        table: "webhook_endpoints",
        column: "sealed_secret",
        row: row.endpoint_id.as_str(),
        org: row.org_id.as_str(),
    };
    let plain = ring.open(Purpose::WebhookSecret, &aad, &row.sealed_secret).ok()?;
    SigningSecret::from_bytes(&plain)
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
    if settled.disable_endpoint {
        statements.push(deliveries::DISABLE_ENDPOINT.bind([(&row.endpoint_id).into(), now.into()]));
    }
    if settled.state == DeliveryState::Failed {
        let fields = json!({ "delivery.id": row.id.as_str(), "attempts": row.attempts });
        app.log.line(Level::Warn, "delivery.failed", fields);
    }
    statements
}
