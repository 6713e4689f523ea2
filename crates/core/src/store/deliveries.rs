//! Deliveries of events to endpoints, and their attempts.

use serde::Deserialize;

use crate::model::event::EventType;
use crate::model::id::{DeliveryId, EventId, OrgId, WebhookId};
use crate::time::Timestamp;

statements! { "deliveries";
    /// Claims those of `?1` (JSON array of ids) that are due at `?2`, as `?3`, until `?4`.
    /// Nobody else tries them meanwhile; a holder that dies loses the claim when it runs out.
    CLAIM = "UPDATE deliveries SET claim = ?3, claimed_until = ?4, attempts = attempts + 1, updated_at = ?2
        WHERE id IN (SELECT value FROM json_each(?1))
          AND state = 'pending' AND next_attempt_at <= ?2 AND claimed_until <= ?2";
    /// What was claimed as `?1`, with all that sending needs.
    CLAIMED = "SELECT v.id, v.org_id, v.event_id, v.endpoint_id, v.attempts, e.type AS event_type, e.payload,
                      v.attempts_before, w.url, w.enabled, w.sealed_secret, w.failing_since,
                      w.previous_secret, w.previous_secret_until, w.sealed_headers, w.api_version
          FROM deliveries v
          JOIN events e ON e.id = v.event_id AND e.org_id = v.org_id
          JOIN webhook_endpoints w ON w.id = v.endpoint_id
         WHERE v.claim = ?1";
    /// Settles `?1`, if the claim `?2` still holds: state `?3`, next try at `?4` or NULL, now `?5`.
    SETTLE = "UPDATE deliveries SET state = ?3, next_attempt_at = ?4, claim = NULL, claimed_until = 0, updated_at = ?5
        WHERE id = ?1 AND claim = ?2";
    /// The attempt of the delivery that was just settled. Follows [`SETTLE`] directly.
    NOTE_ATTEMPT = "INSERT INTO delivery_attempts (id, org_id, delivery_id, number, started_at, duration_ms, status, error_class, excerpt)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE changes() = 1";
    /// Up to `?2` deliveries that are due at `?1` and that nobody holds.
    DUE = "SELECT id FROM deliveries
        WHERE state = 'pending' AND next_attempt_at <= ?1 AND claimed_until <= ?1
        ORDER BY next_attempt_at LIMIT ?2";
    /// The endpoint `?1` took an event at `?2`. Follows [`NOTE_ATTEMPT`] directly.
    NOTE_SUCCESS = "UPDATE webhook_endpoints SET failing_since = NULL, last_delivery_at = ?2 WHERE id = ?1 AND changes() = 1";
    /// The endpoint `?1` failed at `?2`. Follows [`NOTE_ATTEMPT`] directly.
    NOTE_FAILURE = "UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, ?2) WHERE id = ?1 AND changes() = 1";
    /// Turns the endpoint `?1` off at `?2` for the reason `?3`, if it failed since `?4` or that is NULL.
    DISABLE_ENDPOINT = "UPDATE webhook_endpoints SET enabled = 0, disabled_reason = ?3, updated_at = ?2
        WHERE id = ?1 AND enabled = 1 AND (?4 IS NULL OR failing_since <= ?4)";
    /// Clears up to `?3` settled deliveries, with their attempts, that ended before `?1`; `?2` is
    /// the first id of that time, which bounds the rows that are looked at.
    CLEAR = "DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries
        WHERE id < ?2 AND state <> 'pending' AND updated_at < ?1 ORDER BY id LIMIT ?3)";
    /// Clears up to `?2` attempts with smaller ids than `?1`, which are older.
    CLEAR_ATTEMPTS = "DELETE FROM delivery_attempts WHERE id IN
        (SELECT id FROM delivery_attempts WHERE id < ?1 ORDER BY id LIMIT ?2)";
    /// Drops previous secrets whose window closed before `?1`.
    CLEAR_PREVIOUS_SECRETS = "UPDATE webhook_endpoints SET previous_secret = NULL, previous_secret_until = NULL
        WHERE previous_secret_until IS NOT NULL AND previous_secret_until <= ?1";
}

/// A claimed delivery.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ClaimedRow {
    pub id: DeliveryId,
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
    pub previous_secret: Option<String>,
    pub previous_secret_until: Option<Timestamp>,
    pub sealed_headers: Option<String>,
    pub api_version: String,
}
