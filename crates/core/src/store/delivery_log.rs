//! The deliveries as their owner sees them: the log, and sending again.
//!
//! Ids carry the time of the event in their first digits, so "since" is a range of ids and uses
//! the index that the log uses.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, flag};
use crate::model::delivery::{DeliveryState, ErrorClass};
use crate::model::event::EventType;
use crate::model::id::{DeliveryId, OrgId, WebhookId};
use crate::time::Timestamp;

/// A delivery's members, without the braces; `v` is the row, `e` its event.
macro_rules! members {
    () => {
        concat!(
            r#"concat('"id":"', v.id, '","webhookId":"', v.endpoint_id, '","eventId":"', v.event_id,
               '","eventType":"', e.type, '","state":"', v.state, '","attempts":', v.attempts,
               ',"lastStatus":', json_quote(v.last_status), ',"lastErrorClass":', json_quote(v.last_error_class),
               ',"nextAttemptAt":', "#, iso!("v.next_attempt_at"), r#",
               ',"createdAt":', "#, iso!("v.created_at"), r#", ',"updatedAt":', "#, iso!("v.updated_at"), r#")"#
        )
    };
}

/// Which deliveries of the endpoint `w` a page shows: state `?6`, event `?7` and the last try's error
/// class `?10`, where given, and ids from `?8` to before `?9`.
macro_rules! shown {
    () => {
        "FROM deliveries v JOIN events e ON e.id = v.event_id
          WHERE v.endpoint_id = w.id AND v.id >= ?8 AND v.id < ?9 AND (?6 IS NULL OR v.state = ?6)
            AND (?7 IS NULL OR e.type = ?7) AND (?10 IS NULL OR v.last_error_class = ?10)"
    };
}

/// `{"delivery": …}` with the body that is sent and every try; `v` is the row, `e` its event.
macro_rules! detail {
    () => {
        concat!(
            r#"concat('{"delivery":{', "#, members!(), r#", ',"payload":', e.payload, ',"tries":[', (
                 SELECT group_concat(concat('{"number":', a.number, ',"startedAt":', "#, iso!("a.started_at"), r#",
                        ',"durationMs":', a.duration_ms, ',"status":', json_quote(a.status),
                        ',"errorClass":', json_quote(a.error_class), ',"requestHeaders":', a.request_headers, ',"response":', json_quote(a.excerpt), '}'), ',')
                   FROM (SELECT * FROM delivery_attempts WHERE delivery_id = v.id
                          ORDER BY number DESC LIMIT 50) a),
               ']}}')"#
        )
    };
}

/// Up to `?4` failed deliveries of endpoint `?1` in organization `?2`, from id `?3` on.
macro_rules! failed {
    () => {
        "SELECT id FROM deliveries WHERE endpoint_id = ?1 AND org_id = ?2 AND id >= ?3 AND state = 'failed'
          ORDER BY id LIMIT ?4"
    };
}

/// Up to `?4` events from id `?3` on that endpoint `?1` of organization `?2` selects and that have
/// no delivery to it.
macro_rules! missing {
    () => {
        concat!(
            "FROM webhook_endpoints w JOIN events e ON e.org_id = w.org_id AND e.id >= ?3
              WHERE w.id = ?1 AND w.org_id = ?2 AND e.position IS NOT NULL AND ", selected!(), "
                AND NOT EXISTS (SELECT 1 FROM deliveries v WHERE v.event_id = e.id AND v.endpoint_id = w.id)
              ORDER BY e.id LIMIT ?4"
        )
    };
}

statements! { "delivery_log";
    /// One page of the deliveries of the caller's endpoint `?5`, newest first: `?3` id to start
    /// after or NULL, `?4` limit, `?6` state or NULL, `?7` event or NULL, `?8` the first id, which may be
    /// empty, `?9` the first id after the last, `?10` error class or NULL.
    #[answers]
    LIST = as_caller!(concat!(
        r#"SELECT (SELECT concat('{"deliveries":[', items, '],"nextCursor":',
                      json_quote(iif(count = ?4 AND EXISTS (SELECT 1 "#, shown!(), r#" AND v.id < oldest), oldest, NULL)), '}')
               FROM (SELECT group_concat(item, ',') AS items, COUNT(*) AS count, MIN(id) AS oldest
                       FROM (SELECT v.id, concat('{', "#, members!(), r#", '}') AS item "#, shown!(), r#"
                                AND (?3 IS NULL OR v.id < ?3) ORDER BY v.id DESC LIMIT ?4)))
             FROM webhook_endpoints w WHERE w.id = ?5 AND w.org_id = caller.org_id"#));
    /// The caller's delivery `?3` with its tries, newest first, as an answer.
    #[answers]
    DETAIL = as_caller!(concat!("SELECT ", detail!(), " FROM deliveries v JOIN events e ON e.id = v.event_id
        WHERE v.id = ?3 AND v.org_id = caller.org_id"));
    /// The delivery `?1` of organization `?2` as an answer, after a change.
    #[answers]
    ANSWER = concat!("SELECT ", detail!(), " AS body FROM deliveries v JOIN events e ON e.id = v.event_id
        WHERE v.id = ?1 AND v.org_id = ?2");
    /// The caller's delivery `?3`, and whether its endpoint is on.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT v.id, v.org_id, w.enabled FROM caller
          JOIN deliveries v ON v.org_id = caller.org_id JOIN webhook_endpoints w ON w.id = v.endpoint_id
         WHERE v.id = ?3");
    /// Makes the delivery `?1` of organization `?2` due at `?3`, with its schedule from the start,
    /// unless somebody is trying it.
    RESEND = "UPDATE deliveries SET state = 'pending', next_attempt_at = ?3, woken_at = ?3, attempts_before = attempts, updated_at = ?3
        WHERE id = ?1 AND org_id = ?2 AND claimed_until <= ?3 RETURNING id";
    /// The delivery `?1` of the test event `?2` to endpoint `?3` of organization `?4`, due at `?5`.
    INSERT_TEST = "INSERT INTO deliveries (id, org_id, event_id, endpoint_id, state, next_attempt_at, created_at, updated_at, woken_at)
        SELECT ?1, e.org_id, e.id, ?3, 'pending', ?5, ?5, ?5, ?5 FROM events e WHERE e.id = ?2 AND e.org_id = ?4 RETURNING id";
    /// Makes failed deliveries due at `?5`: of endpoint `?1` in organization `?2`, from id `?3` on, `?4` at most.
    REPLAY_FAILED = concat!("UPDATE deliveries SET state = 'pending', next_attempt_at = ?5, woken_at = -1, attempts_before = attempts, updated_at = ?5
        WHERE id IN (", failed!(), ")");
    /// How many [`REPLAY_FAILED`] would make due.
    COUNT_FAILED = concat!("SELECT COUNT(*) AS count FROM (", failed!(), ")");
    /// Makes deliveries, due at `?5`, of events that endpoint `?1` of organization `?2` missed, from id `?3` on, `?4` at most.
    REPLAY_MISSING = concat!("INSERT INTO deliveries (id, org_id, event_id, endpoint_id, state, next_attempt_at, created_at, updated_at, woken_at, position)
        SELECT concat('dlv_', substr(e.id, 5, 12), lower(hex(randomblob(10)))), e.org_id, e.id, w.id, 'pending', ?5, ?5, ?5, -1, e.position ", missing!());
    /// How many [`REPLAY_MISSING`] would make.
    COUNT_MISSING = concat!("SELECT COUNT(*) AS count FROM (SELECT e.id ", missing!(), ")");
    /// Wakes at `?3` up to `?4` deliveries to endpoint `?1` of organization `?2` that wait, the first in
    /// order first; who settles them takes up the others.
    WAKE_WAITING = "UPDATE deliveries SET woken_at = ?3 WHERE id IN (SELECT id FROM deliveries
            WHERE endpoint_id = ?1 AND org_id = ?2 AND state = 'pending' AND woken_at = -1 AND next_attempt_at <= ?3
            ORDER BY position LIMIT ?4) RETURNING id";
}

/// A delivery before it is sent again.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub org_id: OrgId,
    #[serde(deserialize_with = "flag::deserialize")]
    pub enabled: bool,
}

/// What a page of the log shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<DeliveryState>,
    /// Only of this event.
    pub event: Option<EventType>,
    /// Only those whose last try failed like this.
    pub error_class: Option<ErrorClass>,
    /// Only of events from then on.
    pub since: Option<Timestamp>,
    /// Only of events before then.
    pub until: Option<Timestamp>,
}

/// Binds [`LIST`].
pub fn list(
    credential: &Credential,
    endpoint: &WebhookId,
    filter: &Filter,
    after: Option<&DeliveryId>,
    limit: u32,
) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
        endpoint.into(),
        filter.state.map(DeliveryState::as_str).into(),
        filter.event.map(EventType::as_str).into(),
        filter.since.map_or_else(String::new, DeliveryId::first).into(),
        // `~` sorts after every id.
        filter.until.map_or_else(|| "~".to_owned(), DeliveryId::first).into(),
        filter.error_class.map(ErrorClass::as_str).into(),
    ])
}

fn of_caller(
    statement: &'static super::Statement,
    credential: &Credential,
    id: &DeliveryId,
) -> Bound {
    statement.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
    ])
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential, id: &DeliveryId) -> Bound {
    of_caller(&DETAIL, credential, id)
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, id: &DeliveryId) -> Bound {
    of_caller(&FIND_AS_CALLER, credential, id)
}
