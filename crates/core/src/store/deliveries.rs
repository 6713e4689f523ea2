//! Deliveries of events to endpoints, and their attempts.

use serde::Deserialize;

use crate::model::event::EventType;
use crate::model::id::{DeliveryId, EventId, OrgId, WebhookId};

statements! { "deliveries";
    /// Claims those of `?1` (JSON array of ids) that are due at `?2`, as `?3`, until `?4`.
    /// Nobody else tries them meanwhile; a holder that dies loses the claim when it runs out.
    CLAIM = "UPDATE deliveries SET claim = ?3, claimed_until = ?4, attempts = attempts + 1, updated_at = ?2
        WHERE id IN (SELECT value FROM json_each(?1))
          AND state = 'pending' AND next_attempt_at <= ?2 AND claimed_until <= ?2";
    /// What was claimed as `?1`, with all that sending needs.
    CLAIMED = "SELECT v.id, v.org_id, v.event_id, v.endpoint_id, v.attempts, e.type AS event_type, e.payload,
                      w.url, w.enabled, w.sealed_secret
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
    /// Turns the endpoint `?1` off at `?2`.
    DISABLE_ENDPOINT = "UPDATE webhook_endpoints SET enabled = 0, updated_at = ?2 WHERE id = ?1 AND enabled = 1";
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
    pub event_type: EventType,
    pub payload: String,
    pub url: String,
    #[serde(deserialize_with = "super::flag::deserialize")]
    pub enabled: bool,
    pub sealed_secret: String,
}
