//! Sends events again: one delivery, or all that an endpoint missed.
//!
//! A repeat carries the same `webhook-id`, so a receiver that did get the event can tell. Tries go
//! on counting; only the schedule starts anew.

use serde_json::json;

use super::{By, CountRow, FlowError, rows, wake_deliveries};
use crate::closed_set;
use crate::model::audit::AuditAction;
use crate::model::id::{DeliveryId, EventId};
use crate::model::problem::{Problem, ProblemCode};
use crate::ports::App;
use crate::store::delivery_log::{self, DeliveryRow};
use crate::store::webhook_endpoints::EndpointRow;
use crate::store::{Bound, Value, audit_logs};
use crate::time::{Span, Timestamp};

/// How far back events are sent again: as long as the log is kept, since what was cleared from it
/// would look as if it had never been sent.
const FURTHEST: Span = Span::days(30);
/// How far back it is offered: so that who takes the offer up a while later is not refused.
const OFFERED: Span = Span::days(29);
/// How much older than the first failure an event may be that failed: it was on its way.
const BEFORE: Span = Span::hours(1);
/// How many deliveries one replay makes at most.
const MOST: u32 = 10_000;
/// How many of them are woken; as many as may be in flight to one endpoint. The others follow them.
const WOKEN: u32 = 20;

closed_set! {
    /// Which events to send again.
    pub enum ReplayWhat {
        /// Deliveries that were given up.
        Failed = "failed",
        /// Events that were selected and have no delivery, such as those of the time in which the
        /// endpoint was off.
        Missing = "missing",
    }
}

/// What to send to an endpoint again.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the members are those of the request")]
pub struct Replay {
    pub since: Timestamp,
    pub what: ReplayWhat,
    pub dry_run: bool,
}

/// Makes one delivery due now, delivered or not, and answers with it.
pub async fn one(app: &App, by: &By, row: &DeliveryRow) -> Result<String, FlowError> {
    refuse_if_off(row.enabled)?;
    let now = app.clock.now();
    let action = AuditAction::DeliveryResend;
    let entry = by.entry(app, &row.org_id, action, row.id.as_str(), json!({}), now);
    let answers = app
        .db
        .batch(
            "delivery.resend",
            vec![
                delivery_log::RESEND.bind([(&row.id).into(), (&row.org_id).into(), now.into()]),
                audit_logs::insert_if_changed(&entry),
                delivery_log::ANSWER.bind([(&row.id).into(), (&row.org_id).into()]),
            ],
        )
        .await?;
    wake_deliveries(app, rows(&answers, 0)?)?;
    match &rows(&answers, 2)?.body {
        Some(body) if rows(&answers, 0)?.changes > 0 => Ok(body.clone()),
        Some(_) => Err(conflict("It is being sent right now. Try again in a minute.").into()),
        None => Err(Problem::not_found().into()),
    }
}

/// Makes due what the endpoint did not get, and answers with how many deliveries that are.
pub async fn replay(
    app: &App,
    by: &By,
    row: &EndpointRow,
    wanted: &Replay,
) -> Result<u64, FlowError> {
    let now = app.clock.now();
    if now.since(wanted.since) > FURTHEST {
        let text = "Events are sent again for 30 days at most.";
        return Err(Problem::bad_field("since", "too_old", text).into());
    }
    let range = range(row, wanted.what, wanted.since);
    if wanted.dry_run {
        let count = match wanted.what {
            ReplayWhat::Failed => delivery_log::COUNT_FAILED.bind(range),
            ReplayWhat::Missing => delivery_log::COUNT_MISSING.bind(range),
        };
        let answers = app.db.batch("webhook.replay_count", vec![count]).await?;
        return Ok(rows(&answers, 0)?.first::<CountRow>()?.map_or(0, |row| row.count.into()));
    }
    refuse_if_off(row.enabled)?;
    let [endpoint, org, from, most] = range;
    let values = [endpoint, org, from, most, now.into()];
    let make = match wanted.what {
        ReplayWhat::Failed => delivery_log::REPLAY_FAILED.bind(values),
        ReplayWhat::Missing => delivery_log::REPLAY_MISSING.bind(values),
    };
    let detail = json!({ "since": wanted.since.to_iso(), "what": wanted.what });
    let entry =
        by.entry(app, &row.org_id, AuditAction::WebhookReplay, row.id.as_str(), detail, now);
    let answers = app
        .db
        .batch(
            "webhook.replay",
            vec![
                make,
                audit_logs::insert(&entry),
                delivery_log::WAKE_WAITING.bind([
                    (&row.id).into(),
                    (&row.org_id).into(),
                    now.into(),
                    WOKEN.into(),
                ]),
            ],
        )
        .await?;
    wake_deliveries(app, rows(&answers, 2)?)?;
    Ok(rows(&answers, 0)?.changes)
}

/// Since when an endpoint that is off got nothing, as far back as it can be sent again. What is older than
/// the endpoint it did not miss.
pub(super) fn missed_since(row: &EndpointRow, now: Timestamp) -> Option<Timestamp> {
    let off = row.disabled_at?;
    let since = row.failing_since.map_or(off, |failing| failing.min(off)).minus(BEFORE);
    Some(since.max(row.created_at).max(now.minus(OFFERED)))
}

/// The statements that count what an endpoint missed since then: given up, and never planned.
pub(super) fn count_missed(row: &EndpointRow, since: Timestamp) -> [Bound; 2] {
    let [failed, missing] =
        [ReplayWhat::Failed, ReplayWhat::Missing].map(|what| range(row, what, since));
    [delivery_log::COUNT_FAILED.bind(failed), delivery_log::COUNT_MISSING.bind(missing)]
}

/// What a replay looks at.
fn range(row: &EndpointRow, what: ReplayWhat, since: Timestamp) -> [Value; 4] {
    let from = match what {
        ReplayWhat::Failed => DeliveryId::first(since),
        ReplayWhat::Missing => EventId::first(since),
    };
    [(&row.id).into(), (&row.org_id).into(), from.into(), MOST.into()]
}

pub(super) fn refuse_if_off(enabled: bool) -> Result<(), Problem> {
    if enabled {
        return Ok(());
    }
    Err(conflict("The endpoint is turned off. Turn it on first."))
}

fn conflict(text: &str) -> Problem {
    Problem::new(ProblemCode::Conflict).with_detail(text)
}
