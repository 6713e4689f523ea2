//! Audit rows: who changed what, without secrets.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, Value};
use crate::model::audit::{AuditAction, AuditEntry};
use crate::model::audit_chain::Link;
use crate::model::id::{AuditId, EventId, RequestId};
use crate::time::Timestamp;

/// A row as it is shown; `a` is the row.
macro_rules! item {
    () => {
        concat!(
            r#"concat('{"id":"', a.id, '","position":', a.position, ',"createdAt":', "#, iso!("a.created_at"), r#",
                 ',"actorKind":"', a.actor_kind, '","actorId":', json_quote(a.actor_id), ',"action":"', a.action,
                 '","subjectId":"', a.subject_id, '","address":', json_quote(a.address), ',"requestId":', json_quote(a.request_id),
                 ',"detail":', a.detail, ',"hash":', json_quote(a.hash), '}')"#
        )
    };
}

/// Up to `?4` sealed rows after row `?3`, oldest first.
macro_rules! exported {
    () => {
        "FROM audit_logs a WHERE a.org_id = caller.org_id AND a.position > ?3 AND a.position <= c.sealed_position
          ORDER BY a.position LIMIT ?4 + 0"
    };
}

statements! { "audit_logs";
    /// An audit row, whatever the statements before it changed.
    INSERT = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    /// The audit row of the statement before it, if that changed exactly one row.
    INSERT_IF_CHANGED = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE changes() = 1";
    /// The audit row of the change whose first event is `?11`, unless the same batch ran before.
    INSERT_BESIDE = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
         WHERE EXISTS (SELECT 1 FROM events WHERE id = ?11 AND org_id = ?2)
           AND NOT EXISTS (SELECT 1 FROM audit_logs WHERE id = ?1)";
    /// The audit rows of a person's session `?1`, which is there: one in each organization that they are
    /// an active member of. `?2` now, `?3` action, `?4` detail, `?5` request, `?6` network address.
    INSERT_OF_SESSION = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
        SELECT concat('aud_', printf('%012x', ?2), lower(hex(randomblob(10)))), m.org_id, 'user', m.user_id, ?3, s.id, ?4, ?5, ?2, ?6
          FROM sessions s JOIN members m ON m.user_id = s.user_id AND m.status = 'active' WHERE s.id = ?1";
    /// Up to `?1` rows without a hash, oldest first, each with the end of its chain.
    UNSEALED = "SELECT a.position, a.id, a.org_id, a.actor_kind, a.actor_id, a.action, a.subject_id, a.detail, a.request_id,
                       a.address, a.created_at, c.sealed_position, c.sealed_hash
          FROM (SELECT * FROM audit_logs WHERE hash IS NULL AND id > '' ORDER BY id LIMIT ?1) a
          JOIN audit_chains c ON c.org_id = a.org_id";
    /// Gives row `?2` of organization `?1` the hash `?3`, if it has none.
    SEAL = "UPDATE audit_logs SET hash = ?3 WHERE org_id = ?1 AND position = ?2 AND hash IS NULL";
    /// Moves the sealed end of the chain of `?1` from row `?2` to row `?3` with the hash `?4`.
    MOVE_HEAD = "UPDATE audit_chains SET sealed_position = ?3, sealed_hash = ?4 WHERE org_id = ?1 AND sealed_position = ?2";
    /// Marks the sealed rows as cleared whose time is over, in up to `?2` organizations that are due at
    /// `?1`, and looks there again at `?3`. `?4`, `?5` and `?6` are the first ids that the plans free, pro
    /// and agency keep.
    MARK_CLEARED = "UPDATE audit_chains SET next_clear_at = ?3, (cleared_position, cleared_hash) = (
            SELECT coalesce(MAX(a.position), audit_chains.cleared_position), coalesce(a.hash, audit_chains.cleared_hash)
              FROM audit_logs a WHERE a.org_id = audit_chains.org_id AND a.hash IS NOT NULL
               AND a.position <= audit_chains.sealed_position
               AND a.id < (SELECT CASE o.plan WHEN 'free' THEN ?4 WHEN 'pro' THEN ?5 ELSE ?6 END
                             FROM organizations o WHERE o.id = audit_chains.org_id))
        WHERE org_id IN (SELECT org_id FROM audit_chains WHERE next_clear_at <= ?1 ORDER BY next_clear_at LIMIT ?2)";
    /// Deletes what [`MARK_CLEARED`] marked in the organizations that it left for `?1`.
    CLEAR = "DELETE FROM audit_logs WHERE id IN (SELECT a.id FROM audit_chains c
          JOIN audit_logs a ON a.org_id = c.org_id AND a.position <= c.cleared_position WHERE c.next_clear_at = ?1)";
    /// One page of the caller's rows, newest first: `?3` id before which they lie, `?4` limit, `?5` id from
    /// which on they lie, and only of actor `?6`, action `?7` and subject `?8`, where not NULL.
    #[answers]
    LIST = as_caller!(concat!(
        r#"SELECT concat('{"auditLogs":[', group_concat(item, ',') FILTER (WHERE number <= ?4), '],"nextCursor":',
                  json_quote(iif(COUNT(*) > ?4, MIN(id) FILTER (WHERE number <= ?4), NULL)), '}')
             FROM (SELECT a.id, row_number() OVER (ORDER BY a.id DESC) AS number, "#, item!(), r#" AS item FROM audit_logs a
                    WHERE a.org_id = caller.org_id AND a.id >= ?5 AND a.id < ?3
                      AND (?6 IS NULL OR a.actor_id = ?6) AND (?7 IS NULL OR a.action = ?7) AND (?8 IS NULL OR a.subject_id = ?8)
                    ORDER BY a.id DESC LIMIT ?4 + 1)"#));
    /// Up to `?4` sealed rows of the caller after row `?3`, oldest first, with both ends of the chain: what
    /// can be verified.
    #[answers]
    EXPORT = as_caller!(concat!(
        r#"SELECT concat('{"orgId":"', c.org_id, '","start":', json_object('position', c.cleared_position, 'hash', c.cleared_hash),
                  ',"head":', json_object('position', c.sealed_position, 'hash', c.sealed_hash), ',"auditLogs":[', (
                    SELECT group_concat(item, ',') FROM (SELECT "#, item!(), " AS item ", exported!(), r#")),
                  '],"nextAfter":', json_quote((SELECT iif(MAX(position) < c.sealed_position, MAX(position), NULL)
                    FROM (SELECT a.position "#, exported!(), r#"))), '}')
             FROM audit_chains c WHERE c.org_id = caller.org_id"#));
    /// The same as comma-separated values (RFC 4180).
    #[answers]
    EXPORT_CSV = as_caller!(concat!(
        "SELECT concat('position,id,createdAt,actorKind,actorId,action,subjectId,address,requestId,detail,hash', (
                    SELECT group_concat(concat(char(13, 10), concat_ws(',', a.position, a.id,
                             strftime('%Y-%m-%dT%H:%M:%fZ', a.created_at / 1000.0, 'unixepoch'), a.actor_kind,
                             coalesce(a.actor_id, ''), a.action, a.subject_id, coalesce(a.address, ''), coalesce(a.request_id, ''),
                             concat('\"', replace(a.detail, '\"', '\"\"'), '\"'), a.hash)), '')
                      FROM (SELECT a.* ", exported!(), ") a), char(13, 10))
             FROM audit_chains c WHERE c.org_id = caller.org_id"));
}

/// A row without its hash, and the end of its chain.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct UnsealedRow {
    #[serde(flatten)]
    pub link: Link,
    pub sealed_position: i64,
    pub sealed_hash: String,
}

/// What a page of the log shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this person or token.
    pub actor: Option<String>,
    /// Only this action.
    pub action: Option<AuditAction>,
    /// Only of this object.
    pub subject: Option<String>,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Before then.
    pub to: Option<Timestamp>,
}

/// Binds [`LIST`].
pub fn list(
    credential: &Credential,
    filter: &Filter,
    before: Option<&AuditId>,
    limit: u32,
) -> Bound {
    let to = filter.to.map(AuditId::first);
    // `~` sorts after every id.
    let ends = [before.map(AuditId::as_str), to.as_deref()];
    let end = ends.into_iter().flatten().min().unwrap_or("~");
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        end.into(),
        limit.into(),
        filter.from.map(AuditId::first).unwrap_or_default().into(),
        filter.actor.as_deref().into(),
        filter.action.map(AuditAction::as_str).into(),
        filter.subject.as_deref().into(),
    ])
}

/// Binds [`EXPORT`], or [`EXPORT_CSV`].
pub fn export(credential: &Credential, csv: bool, after: i64, most: u32) -> Bound {
    let statement = if csv { &EXPORT_CSV } else { &EXPORT };
    statement.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        most.into(),
    ])
}

fn values(entry: &AuditEntry) -> [Value; 10] {
    [
        (&entry.id).into(),
        (&entry.org_id).into(),
        entry.actor.kind().as_str().into(),
        entry.actor.id().into(),
        entry.action.as_str().into(),
        entry.subject_id.as_str().into(),
        entry.detail.to_string().into(),
        entry.request_id.as_ref().map(RequestId::as_str).into(),
        entry.at.into(),
        entry.address.as_deref().into(),
    ]
}

/// Binds [`INSERT`].
pub fn insert(entry: &AuditEntry) -> Bound {
    INSERT.bind(values(entry))
}

/// Binds [`INSERT_IF_CHANGED`]; it must directly follow the change.
pub fn insert_if_changed(entry: &AuditEntry) -> Bound {
    INSERT_IF_CHANGED.bind(values(entry))
}

/// Binds [`INSERT_OF_SESSION`].
pub fn insert_of_session(
    session: &str,
    action: AuditAction,
    detail: &serde_json::Value,
    request: Option<&RequestId>,
    address: Option<&str>,
    at: Timestamp,
) -> Bound {
    INSERT_OF_SESSION.bind([
        session.into(),
        at.into(),
        action.as_str().into(),
        detail.to_string().into(),
        request.map(RequestId::as_str).into(),
        address.into(),
    ])
}

/// Binds [`INSERT_BESIDE`].
pub fn insert_beside(entry: &AuditEntry, first_event: &EventId) -> Bound {
    let [id, org, kind, actor, action, subject, detail, request, at, address] = values(entry);
    INSERT_BESIDE.bind([id, org, kind, actor, action, subject, detail, request, at, address, first_event.into()])
}
