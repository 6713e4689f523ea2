//! Audit rows: who changed what, without secrets.

use super::{Bound, Value};
use crate::model::audit::AuditEntry;
use crate::model::id::EventId;

statements! { "audit_logs";
    /// An audit row, whatever the statements before it changed.
    INSERT = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    /// The audit row of the statement before it, if that changed exactly one row.
    INSERT_IF_CHANGED = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9 WHERE changes() = 1";
    /// The audit row of the change whose first event is `?10`.
    INSERT_BESIDE = "INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9
         WHERE EXISTS (SELECT 1 FROM events WHERE id = ?10 AND org_id = ?2)";
}

fn values(entry: &AuditEntry) -> [Value; 9] {
    [
        (&entry.id).into(),
        (&entry.org_id).into(),
        entry.actor.kind().as_str().into(),
        entry.actor.id().into(),
        entry.action.as_str().into(),
        entry.subject_id.as_str().into(),
        entry.detail.to_string().into(),
        entry.request_id.as_ref().map(crate::model::id::RequestId::as_str).into(),
        entry.at.into(),
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

/// Binds [`INSERT_BESIDE`].
pub fn insert_beside(entry: &AuditEntry, first_event: &EventId) -> Bound {
    let [id, org, kind, actor, action, subject, detail, request, at] = values(entry);
    INSERT_BESIDE.bind([id, org, kind, actor, action, subject, detail, request, at, first_event.into()])
}
