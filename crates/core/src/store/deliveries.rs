//! Deliveries of events to endpoints, and their attempts.

use serde::{Deserialize, Serialize};

use super::{Bound, Value};
use crate::model::endpoint_options::PayloadForm;
use crate::model::event::EventType;
use crate::model::id::{AttemptId, DeliveryId, EventId, OrgId, WebhookId};
use crate::model::shown_headers::ShownHeaders;
use crate::time::{Span, Timestamp};

/// How long a claim holds: longer than a try with its time-out of 15 s, what may come before it and
/// settling it can take, so that nobody sends beside a holder that is alive.
const CLAIM_HOLDS: Span = Span::seconds(30);

/// After how long a message that has not come counts as lost.
const LOST: Span = Span::seconds(30);

/// How many deliveries one claim takes at most: all of a queue batch.
const MOST: u32 = 100;

/// Up to `?3` of the deliveries `$among` that are due at `?2` and may be sent now: nobody holds them,
/// their endpoint has room, and one that takes its events in order has none before them. Room is for
/// 20 at once; for 2 while every try fails, so that a dead endpoint holds up nothing but itself; for
/// 1 in order; and never for more than its owner allows in this minute.
macro_rules! in_turn {
    ($among:expr) => {
        concat!(
            "SELECT id FROM (
               SELECT v.id, row_number() OVER (PARTITION BY v.endpoint_id ORDER BY v.position) AS place,
                      min(iif(w.fifo, 1, iif(w.enabled AND w.failing_since IS NOT NULL, 2, 20))
                        - (SELECT COUNT(*) FROM deliveries f
                            WHERE f.endpoint_id = v.endpoint_id AND f.claim IS NOT NULL AND f.claimed_until > ?2),
                        iif(w.per_minute IS NULL, 20, w.per_minute - iif(w.minute = CAST(?2 AS INTEGER) / 60000, w.minute_used, 0))) AS room
                 FROM deliveries v JOIN webhook_endpoints w ON w.id = v.endpoint_id
                WHERE v.id IN (", $among, ")
                  AND v.state = 'pending' AND v.next_attempt_at <= ?2 AND v.claimed_until <= ?2
                  AND (w.fifo = 0 OR NOT EXISTS (SELECT 1 FROM deliveries p
                        WHERE p.endpoint_id = v.endpoint_id AND p.state = 'pending' AND p.position < v.position)))
              WHERE place <= room ORDER BY place LIMIT ?3 + 0"
        )
    };
}

/// What waits for the endpoints `?1` (JSON array) at `?2`: some of what was held back, of what was
/// woken before `?4` and never came, and the first in order.
macro_rules! waiting {
    () => {
        "SELECT n.id FROM json_each(?1) j JOIN deliveries n ON n.id IN (
            SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = j.value AND state = 'pending'
                 AND woken_at = -1 AND next_attempt_at <= ?2 ORDER BY next_attempt_at LIMIT 20)
            UNION ALL
            SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = j.value AND state = 'pending'
                 AND woken_at BETWEEN 1 AND ?4 LIMIT 20)
            UNION ALL
            SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = j.value AND state = 'pending'
                 AND position > 0 ORDER BY position LIMIT 1))"
    };
}

/// Takes the deliveries `$these` for `$claim` until `$until`.
macro_rules! take {
    ($claim:literal, $until:literal, $these:expr) => {
        concat!(
            "UPDATE deliveries SET claim = ", $claim, ", claimed_until = ", $until, ", woken_at = 0,
               attempts = attempts + 1, updated_at = ?2 WHERE id IN (", $these, ")"
        )
    };
}

/// What `?1` holds among the deliveries whose `$column` is in `?2`, as [`ClaimedRow`].
macro_rules! claimed {
    ($column:literal) => {
        concat!(
            "SELECT v.id, v.claim, v.org_id, v.event_id, v.endpoint_id, v.attempts, e.type AS event_type, e.payload,
                    v.attempts_before, w.url, w.enabled, w.sealed_secret, w.failing_since, w.pace_ms,
                    w.previous_secret, w.previous_secret_until, w.sealed_headers, w.api_version,
                    w.sealed_key, w.previous_key, w.address_checked_at, w.payload AS form,
                    w.per_minute IS NOT NULL AS bounded
               FROM deliveries v
               JOIN events e ON e.id = v.event_id AND e.org_id = v.org_id
               JOIN webhook_endpoints w ON w.id = v.endpoint_id
              WHERE ", $column, " IN (SELECT value FROM json_each(?2)) AND v.claim = ?1"
        )
    };
}

/// Notes of what `?1` claimed among the deliveries whose `$column` is in `?2`, at `?3`, how much of
/// this minute it uses up for those endpoints that allow only so much.
macro_rules! used {
    ($column:literal) => {
        concat!(
            "UPDATE webhook_endpoints SET minute_used = iif(minute = CAST(?3 AS INTEGER) / 60000, minute_used, 0) + c.number, minute = CAST(?3 AS INTEGER) / 60000
               FROM (SELECT v.endpoint_id, COUNT(*) AS number FROM deliveries v
                      WHERE ", $column, " IN (SELECT value FROM json_each(?2)) AND v.claim = ?1 GROUP BY v.endpoint_id) c
              WHERE webhook_endpoints.id = c.endpoint_id AND webhook_endpoints.per_minute IS NOT NULL"
        )
    };
}

statements! { "deliveries";
    /// Claims those of `?1` (JSON array of ids) that may be sent at `?2`, `?3` at most, as `?4`, until `?5`.
    /// Nobody else tries them meanwhile; a holder that dies loses the claim when it runs out.
    CLAIM = take!("?4", "?5", in_turn!("SELECT value FROM json_each(?1)"));
    /// Claims in the same way, as `?5`, until `?6`, what waits for the endpoints `?1`.
    CLAIM_WAITING = take!("?5", "?6", in_turn!(waiting!()));
    /// Notes of those of `?1` that are due at `?2`, and that nobody could claim, that they wait for
    /// their endpoint.
    HOLD_BACK = "UPDATE deliveries SET woken_at = -1 WHERE id IN (SELECT value FROM json_each(?1))
          AND state = 'pending' AND next_attempt_at <= ?2 AND claimed_until <= ?2";
    /// Those that wait for the endpoints `?1` and that nobody has claimed yet, to wake them.
    WAKE_WAITING = concat!("UPDATE deliveries SET woken_at = ?2 WHERE id IN (", in_turn!(waiting!()), ") RETURNING id");
    /// Gives back those of `?1` (JSON array of ids) that `?2` holds and has not begun, to be woken anew at `?3`.
    GIVE_BACK = "UPDATE deliveries SET claim = NULL, claimed_until = 0, attempts = attempts - 1, woken_at = ?3
        WHERE id IN (SELECT value FROM json_each(?1)) AND claim = ?2 RETURNING id";
    /// What [`CLAIM`] uses up.
    USED = used!("v.id");
    /// What [`CLAIM_WAITING`] uses up.
    USED_WAITING = used!("v.endpoint_id");
    /// What was claimed as `?1` of `?2` (JSON array of ids), with all that sending needs.
    CLAIMED = claimed!("v.id");
    /// What was claimed as `?1` of what waited for the endpoints `?2`.
    TAKEN_UP = claimed!("v.endpoint_id");
    /// The attempts `?1` (JSON array of [`NewAttempt`]) whose claim still holds. Comes before [`SETTLE`].
    NOTE_ATTEMPTS = "INSERT INTO delivery_attempts (id, org_id, delivery_id, number, started_at, duration_ms, status, error_class, excerpt, request_headers)
        SELECT json_extract(j.value, '$.attempt'), d.org_id, d.id, d.attempts, json_extract(j.value, '$.startedAt'),
               json_extract(j.value, '$.durationMs'), json_extract(j.value, '$.status'),
               json_extract(j.value, '$.errorClass'), json_extract(j.value, '$.excerpt'), json_extract(j.value, '$.requestHeaders')
          FROM json_each(?1) j JOIN deliveries d ON d.id = json_extract(j.value, '$.id') AND d.claim = json_extract(j.value, '$.claim')";
    /// Settles the deliveries of the attempts `?1` whose claim still holds.
    SETTLE = "UPDATE deliveries SET state = json_extract(j.value, '$.state'), next_attempt_at = json_extract(j.value, '$.nextAttemptAt'),
               claim = NULL, claimed_until = 0, woken_at = 0, updated_at = json_extract(j.value, '$.endedAt'),
               last_status = json_extract(j.value, '$.status'), last_error_class = json_extract(j.value, '$.errorClass')
          FROM json_each(?1) j
         WHERE deliveries.id = json_extract(j.value, '$.id') AND deliveries.claim = json_extract(j.value, '$.claim')";
    /// How the endpoints of `?1` (JSON array of [`EndpointHealth`]) fare. What a receiver answered is
    /// so, whoever holds the claim by now.
    NOTE_HEALTH = "UPDATE webhook_endpoints SET pace_ms = json_extract(j.value, '$.paceMs'),
               last_delivery_at = coalesce(json_extract(j.value, '$.workedAt'), last_delivery_at),
               address_checked_at = coalesce(json_extract(j.value, '$.lookedUpAt'), address_checked_at),
               failing_since = CASE WHEN json_extract(j.value, '$.failsSince') IS NULL THEN NULL
                                    WHEN json_extract(j.value, '$.workedAt') IS NULL THEN coalesce(failing_since, json_extract(j.value, '$.failsSince'))
                                    ELSE json_extract(j.value, '$.failsSince') END
          FROM json_each(?1) j WHERE webhook_endpoints.id = json_extract(j.value, '$.id')";
    /// Wakes at `?1` deliveries that are due and that no message is on its way for, `?2` at most and
    /// `?3` of each endpoint: never woken, or woken before `?4` and, where that was late already, as
    /// long ago as it was late, up to five minutes. Of what was held back only one, and
    /// the first in order: who settles it takes up the rest.
    #[scan("the list that it makes itself: one row for each endpoint that something waits for")]
    WAKE_DUE = "WITH RECURSIVE line (endpoint) AS (
            SELECT MIN(endpoint_id) FROM deliveries WHERE state = 'pending'
            UNION ALL
            SELECT (SELECT MIN(endpoint_id) FROM deliveries WHERE state = 'pending' AND endpoint_id > line.endpoint)
              FROM line WHERE line.endpoint IS NOT NULL)
        UPDATE deliveries SET woken_at = ?1 WHERE id IN (
            SELECT v.id FROM line JOIN deliveries v ON v.id IN (
                SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = line.endpoint AND state = 'pending'
                     AND woken_at = 0 AND next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT ?3 + 0)
                UNION ALL
                SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = line.endpoint AND state = 'pending'
                     AND woken_at BETWEEN 1 AND ?4 LIMIT ?3 + 0)
                UNION ALL
                SELECT id FROM (SELECT id FROM deliveries WHERE endpoint_id = line.endpoint AND state = 'pending'
                     AND woken_at = -1 LIMIT 1)
                UNION ALL
                SELECT id FROM (SELECT id, woken_at FROM deliveries WHERE endpoint_id = line.endpoint AND state = 'pending'
                     AND position > 0 ORDER BY position LIMIT 1) WHERE woken_at = -1)
             WHERE v.next_attempt_at <= ?1 AND v.claimed_until <= ?1
               AND v.woken_at + min(v.woken_at - v.next_attempt_at, 300000) <= ?1
             LIMIT ?2 + 0)
        RETURNING id";
    /// Turns the endpoint `?1` off at `?2` for the reason `?3`, if it failed since `?4` or that is NULL.
    DISABLE_ENDPOINT = "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = ?3, disabled_at = ?2, updated_at = ?2
        WHERE id = ?1 AND enabled = 1 AND (?4 IS NULL OR failing_since <= ?4)";
    /// Clears up to `?3` settled deliveries, with their attempts, that ended before `?1`; `?2` is
    /// the first id of that time, which bounds the rows that are looked at.
    CLEAR = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries
        WHERE id < ?2 AND state <> 'pending' AND updated_at < ?1 ORDER BY id LIMIT ?3)";
    /// Clears up to `?2` attempts with smaller ids than `?1`, which are older.
    CLEAR_ATTEMPTS = "DELETE FROM delivery_attempts WHERE id IN
        (SELECT id FROM delivery_attempts WHERE id < ?1 ORDER BY id LIMIT ?2)";
    /// Up to `?3` endpoints that have failed since `?1` or longer without their organization being told,
    /// or since `?2` without being told so again.
    TO_BE_TOLD = "SELECT id, org_id, url, failing_since, failing_told_at FROM webhook_endpoints
         WHERE failing_since <= ?1 AND enabled = 1
           AND (failing_told_at < failing_since OR failing_since <= ?2 AND failing_told_at < failing_since + (?4 - ?2))
         ORDER BY failing_since LIMIT ?3";
    /// Notes at `?2` that the organization of the endpoint `?1`, failing since `?3`, is told, if nobody has since `?4`.
    TELL_FAILING = "UPDATE webhook_endpoints SET failing_told_at = ?2
        WHERE id = ?1 AND enabled = 1 AND failing_since = ?3 AND failing_told_at = ?4";
    /// Drops previous secrets whose window closed before `?1`.
    CLEAR_PREVIOUS_SECRETS = "UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL, previous_key = NULL
        WHERE previous_secret_until IS NOT NULL AND previous_secret_until <= ?1";
}

/// A claimed delivery.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ClaimedRow {
    pub id: DeliveryId,
    pub claim: DeliveryId,
    pub org_id: OrgId,
    pub event_id: EventId,
    pub endpoint_id: WebhookId,
    /// This try's number, from 1.
    pub attempts: u32,
    /// The tries before the schedule was last started.
    pub attempts_before: u32,
    pub event_type: EventType,
    pub payload: String,
    pub url: String,
    #[serde(deserialize_with = "super::flag::deserialize")]
    pub enabled: bool,
    pub sealed_secret: String,
    pub failing_since: Option<Timestamp>,
    pub pace_ms: i64,
    pub previous_secret: Option<String>,
    pub previous_secret_until: Option<Timestamp>,
    pub sealed_headers: Option<String>,
    pub api_version: String,
    pub sealed_key: Option<String>,
    pub previous_key: Option<String>,
    pub address_checked_at: Timestamp,
    pub form: PayloadForm,
    /// Whether it gets only so much in a minute.
    #[serde(deserialize_with = "super::flag::deserialize")]
    pub bounded: bool,
}

/// A try that is over, as it is written.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewAttempt<'a> {
    pub attempt: AttemptId,
    /// The delivery.
    pub id: &'a DeliveryId,
    pub claim: &'a DeliveryId,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub duration_ms: i64,
    /// What the delivery is now.
    pub state: &'static str,
    pub next_attempt_at: Option<Timestamp>,
    pub status: Option<u16>,
    pub error_class: Option<&'static str>,
    pub excerpt: &'a str,
    /// By name; none where nothing was sent.
    pub request_headers: &'a ShownHeaders,
}

/// An endpoint whose organization is to be told that it fails.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct FailingRow {
    pub id: WebhookId,
    pub org_id: OrgId,
    pub url: String,
    pub failing_since: Timestamp,
    pub failing_told_at: Timestamp,
}

/// Binds [`CLAIM`] for the ids of a JSON array.
pub fn claim(ids: Value, now: Timestamp, claim: &DeliveryId) -> Bound {
    CLAIM.bind([ids, now.into(), MOST.into(), claim.into(), now.plus(CLAIM_HOLDS).into()])
}

/// Binds [`CLAIM_WAITING`] for the endpoints of a JSON array, `most` deliveries in all.
pub fn claim_waiting(endpoints: Value, now: Timestamp, most: u32, claim: &DeliveryId) -> Bound {
    let (lost, until) = (now.minus(LOST), now.plus(CLAIM_HOLDS));
    CLAIM_WAITING.bind([endpoints, now.into(), most.into(), lost.into(), claim.into(), until.into()])
}

/// Binds [`WAKE_WAITING`] for the endpoints of a JSON array.
pub fn wake_waiting(endpoints: Value, now: Timestamp) -> Bound {
    WAKE_WAITING.bind([endpoints, now.into(), MOST.into(), now.minus(LOST).into()])
}

/// Binds [`WAKE_DUE`]: `most` in all, `each` of one endpoint.
pub fn wake_due(now: Timestamp, most: u32, each: u32) -> Bound {
    WAKE_DUE.bind([now.into(), most.into(), each.into(), now.minus(LOST).into()])
}
