//! Events and their fan-out to endpoints: the outbox.
//!
//! In one batch: the guarded change, then [`INSERT_IF_CHANGED`], then everything else hangs on the
//! existence of that event, so the loser of a race writes nothing at all.

use super::callers::Credential;
use super::{Bound, Value, domains, mails};
use crate::job::TRIES;
use crate::model::audit::AuditAction;
use crate::model::event::EventType;
use crate::model::feed_consumer::ConsumerName;
use crate::model::id::{AuditId, DomainId, EventId, OrgId};
use crate::model::job_event::SET_ASIDE;
use crate::time::{Span, Timestamp};

/// Writes an event of [`NewEvent::values`] at the next position in its organization, under the condition
/// that follows: the feed's order is the order of writing.
macro_rules! insert_event {
    () => {
        concat!(
            "INSERT INTO events (id, org_id, domain_id, seq, type, payload, created_at, position)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ",
            newest_position!("?2"),
            " + 1"
        )
    };
}

/// Writes deliveries of events `e` to the endpoints `w` that what follows joins to them, about to be woken.
macro_rules! insert_deliveries {
    () => {
        "INSERT INTO deliveries (id, org_id, event_id, endpoint_id, state, next_attempt_at, created_at, updated_at, woken_at, position)
        SELECT concat('dlv_', substr(e.id, 5, 12), lower(hex(randomblob(10)))), e.org_id, e.id, w.id,
               'pending', e.created_at, e.created_at, e.created_at, e.created_at, e.position
          FROM events e "
    };
}

statements! { "events";
    /// The event of the statement before it, if that changed exactly one row.
    INSERT_IF_CHANGED = concat!(insert_event!(), " WHERE changes() = 1");
    /// A further event of the same change, whose first event is `?8`.
    INSERT_BESIDE = concat!(insert_event!(), "
         WHERE EXISTS (SELECT 1 FROM events WHERE id = ?8 AND org_id = ?2)");
    /// The event that tells of the audit row `?8`.
    INSERT_OF_ENTRY = concat!(insert_event!(), "
         WHERE EXISTS (SELECT 1 FROM audit_logs WHERE id = ?8 AND org_id = ?2)");
    /// The events of type `?3` that tell of the audit rows from id `?1` on, of tokens, with the action `?2`
    /// and the request `?4` or none, where a statement wrote many. Their ids follow from those of the rows.
    INSERT_OF_ENTRIES = concat!("INSERT INTO events (id, org_id, type, payload, created_at, position)
        SELECT concat('evt_', substr(a.id, 5)), a.org_id, ?3,
               json_object(", event_head!("a", "concat('evt_', substr(a.id, 5))", "?3", "a.created_at"), ",
                 'actor', json_object('kind', a.actor_kind, 'id', a.actor_id),
                 'tokenId', a.subject_id, 'name', json_extract(a.detail, '$.name')),
               a.created_at, ", further_positions!("a"), "
          FROM audit_logs a WHERE a.id >= ?1 AND a.action = ?2 AND a.request_id IS ?4
           AND NOT EXISTS (SELECT 1 FROM events WHERE id = concat('evt_', substr(a.id, 5)))");
    /// The events of type `?4` that tell that the work of the domains and mails `?1` (JSON array of ids) was
    /// set aside at `?2`, of those that are due and not told of since `?3`: after `?5` tries, which came to
    /// `?6`. Their ids follow from the time and the object. Comes before `domains.NOTE_SET_ASIDE` and
    /// `mails.NOTE_SET_ASIDE`.
    INSERT_SET_ASIDE = concat!("INSERT INTO events (id, org_id, domain_id, type, payload, created_at, position)
        SELECT j.id, j.org_id, j.domain_id, ?4,
               json_object(", event_head!("j", "j.id", "?4", "?2"), ", 'jobType', j.work,
                 'domainId', j.domain_id, 'domainName', j.hostname, 'tags', json(j.tags), 'mailId', j.mail_id,
                 'mailKind', j.kind, 'to', j.to_address, 'webhookId', j.webhook_id, 'attempts', CAST(?5 AS INTEGER), 'lastError', ?6),
               ?2, ", further_positions!("j"), "
          FROM (SELECT ", event_id_of!("?2", "d"), " AS id, d.org_id, 'sync_domain' AS work, d.id AS domain_id, d.hostname, d.tags,
                       NULL AS mail_id, NULL AS kind, NULL AS to_address, NULL AS webhook_id
                  FROM domains d WHERE ", set_aside_untold!("d", "d.next_check_at"), "
                UNION ALL
                SELECT ", event_id_of!("?2", "m"), " AS id, m.org_id, 'send_mail', NULL, NULL, '[]', m.id, m.kind, m.to_address, m.data ->> '$.webhook'
                  FROM mails m WHERE ", set_aside_untold!("m", "m.next_attempt_at"), " AND m.org_id IS NOT NULL) j");
    /// The test event `?1` of endpoint `?3` in organization `?2`: without a position, so that it is
    /// in no feed and no replay; unless one has a delivery there with an id from `?7` on.
    INSERT_TEST = "INSERT INTO events (id, org_id, type, payload, created_at)
        SELECT ?1, w.org_id, ?4, ?5, ?6 FROM webhook_endpoints w WHERE w.id = ?3 AND w.org_id = ?2
           AND NOT EXISTS (SELECT 1 FROM deliveries v JOIN events e ON e.id = v.event_id
                            WHERE v.endpoint_id = w.id AND v.id >= ?7 AND e.position IS NULL)";
    /// The caller's events after position `?3`, or after that of the reader `?6`, of type `?5` where it is
    /// not NULL, `?4` at most. The cursor is given also where nothing follows, so that a reader can go on
    /// from there.
    #[answers]
    FEED = as_caller!(
        r#"SELECT concat('{"events":[', group_concat(e.payload, ','), '],"nextCursor":',
                      json_quote(CAST(coalesce(MAX(e.position), CAST(?3 AS INTEGER),
                          (SELECT position FROM feed_consumers WHERE org_id = caller.org_id AND name = ?6)) AS TEXT)), '}')
             FROM (SELECT payload, position FROM events
                    WHERE org_id = caller.org_id AND position > coalesce(?3,
                            (SELECT position FROM feed_consumers WHERE org_id = caller.org_id AND name = ?6), 0) AND (?5 IS NULL OR type = ?5)
                    ORDER BY position LIMIT ?4) e"#);
    /// One delivery of event `?1` for every enabled endpoint that selected it, about to be woken, unless
    /// the same batch ran before.
    FAN_OUT = concat!(insert_deliveries!(), "JOIN webhook_endpoints w ON w.org_id = e.org_id AND w.enabled = 1
         WHERE e.id = ?1 AND NOT EXISTS (SELECT 1 FROM deliveries v WHERE v.event_id = e.id) AND ", selected!());
    /// The same for the events of type `?2` from id `?1` on; gives the deliveries.
    FAN_OUT_FROM = concat!(insert_deliveries!(), "CROSS JOIN webhook_endpoints w ON w.org_id = e.org_id AND w.enabled = 1
         WHERE e.id >= ?1 AND e.type = ?2 AND e.position IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM deliveries v WHERE v.event_id = e.id) AND ", selected!(), " RETURNING id");
    /// The deliveries of the events `?1` (JSON array), to wake them.
    DELIVERIES = "SELECT v.id FROM json_each(?1) j JOIN deliveries v ON v.event_id = j.value";
}

/// One event to be written.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewEvent {
    pub id: EventId,
    pub org_id: OrgId,
    pub domain_id: Option<DomainId>,
    pub seq: Option<i64>,
    pub event_type: EventType,
    pub payload: String,
    pub created_at: Timestamp,
}

impl NewEvent {
    /// One that belongs to no domain, of what happened in the organization at `at`.
    pub fn of_organization(
        id: EventId,
        org: &OrgId,
        event_type: EventType,
        payload: String,
        at: Timestamp,
    ) -> Self {
        let (org_id, domain_id, seq) = (org.clone(), None, None);
        Self { id, org_id, domain_id, seq, event_type, payload, created_at: at }
    }

    fn values(&self) -> [Value; 7] {
        [
            (&self.id).into(),
            (&self.org_id).into(),
            self.domain_id.as_ref().into(),
            self.seq.into(),
            self.event_type.as_str().into(),
            self.payload.as_str().into(),
            self.created_at.into(),
        ]
    }
}

/// The statements that write the event of an audit row that the same batch has written before, and
/// fan it out.
pub fn record_of_entry(event: &NewEvent, entry: &AuditId) -> [Bound; 2] {
    let [id, org, domain, seq, kind, payload, at] = event.values();
    [
        INSERT_OF_ENTRY.bind([id.clone(), org, domain, seq, kind, payload, at, entry.into()]),
        FAN_OUT.bind([id]),
    ]
}

/// The same for the rows about tokens that one statement of this batch wrote at `now`, in the request
/// `request` or in none. The last one gives the deliveries.
pub fn record_of_entries(
    (action, event): (AuditAction, EventType),
    request: Option<&str>,
    now: Timestamp,
) -> [Bound; 2] {
    let (first, kind) = (AuditId::first(now).into(), event.as_str().into());
    [INSERT_OF_ENTRIES.bind([first, action.as_str().into(), kind, request.into()]), fan_out_from(event, now)]
}

/// The statement that fans out the events of one type that another of this batch wrote at `now`; gives the
/// deliveries.
pub fn fan_out_from(event: EventType, now: Timestamp) -> Bound {
    FAN_OUT_FROM.bind([EventId::first(now).into(), event.as_str().into()])
}

/// The statements that tell at `now` of the work of `objects` (ids of domains and mails) that was set aside,
/// where that was not told within `again`. The second one gives the deliveries.
pub fn record_set_aside(objects: &[&str], again: Span, now: Timestamp) -> [Bound; 4] {
    let event = EventType::JobDlq;
    let told: [Value; 3] = [Value::json(objects), now.into(), now.minus(again).into()];
    let [ids, at, before] = told.clone();
    let (tries, text) = (TRIES.into(), SET_ASIDE.into());
    [
        INSERT_SET_ASIDE.bind([ids, at, before, event.as_str().into(), tries, text]),
        fan_out_from(event, now),
        domains::NOTE_SET_ASIDE.bind(told.clone()),
        mails::NOTE_SET_ASIDE.bind(told),
    ]
}

/// The statements that write `events` of one change and fan them out. They must directly follow
/// the guarded statement that made the change.
pub fn record(events: &[NewEvent]) -> Vec<Bound> {
    let mut statements = Vec::with_capacity(events.len() * 2);
    let Some((first, rest)) = events.split_first() else { return statements };
    statements.push(INSERT_IF_CHANGED.bind(first.values()));
    for event in rest {
        let [id, org, domain, seq, kind, payload, at] = event.values();
        statements.push(INSERT_BESIDE.bind([id, org, domain, seq, kind, payload, at, (&first.id).into()]));
    }
    statements.extend(events.iter().map(|event| FAN_OUT.bind([(&event.id).into()])));
    statements
}

/// Binds [`DELIVERIES`].
pub fn deliveries(events: &[NewEvent]) -> Bound {
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    DELIVERIES.bind([Value::json(&ids)])
}

/// Binds [`FEED`].
pub fn feed(
    credential: &Credential,
    after: Option<i64>,
    limit: u32,
    only: Option<EventType>,
    consumer: Option<&ConsumerName>,
) -> Bound {
    FEED.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
        only.map(EventType::as_str).into(),
        consumer.into(),
    ])
}
