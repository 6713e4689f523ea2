//! Mails: the outbox. A mail is written in the same batch as its cause.

use serde::Deserialize;

use super::{Bound, Value};
use crate::model::email::EmailAddress;
use crate::model::id::{MailId, OrgId};
use crate::model::mail::{Fields, MailKind};
use crate::time::Timestamp;

statements! { "mails";
    /// The mail of the statement before it, if that changed exactly one row: `?1` id, `?2` organization
    /// or NULL, `?3` to, `?4` kind, `?5` data, `?6` sealed secret or NULL, `?7` now, `?8` end or NULL.
    INSERT_IF_CHANGED = "INSERT INTO mails (id, org_id, to_address, kind, data, sealed_secret, state, next_attempt_at,
            created_at, updated_at, expires_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, ?7, ?7, ?8 WHERE changes() = 1";
    /// A mail of the kind `?2` to each active owner and admin of organization `?1`, at `?4`, if the
    /// statement before it changed exactly one row. To the data `?3` comes the organization's name.
    TELL_ADMINS = "INSERT INTO mails (id, org_id, to_address, kind, data, state, next_attempt_at, created_at, updated_at, woken_at)
        SELECT concat('mail_', printf('%012x', ?4), lower(hex(randomblob(10)))), o.id, u.email, ?2,
               json_insert(?3, '$.organization', o.name), 'pending', ?4, ?4, ?4, ?4
          FROM organizations o JOIN members m ON m.org_id = o.id JOIN users u ON u.id = m.user_id
         WHERE changes() = 1 AND o.id = ?1 AND m.status = 'active' AND m.role IN ('owner', 'admin') RETURNING id";
    /// Claims those of `?1` (JSON array of ids) that are due at `?2`, as `?3`, until `?4`.
    CLAIM = "UPDATE mails SET claim = ?3, claimed_until = ?4, attempts = attempts + 1, updated_at = ?2
        WHERE id IN (SELECT value FROM json_each(?1))
          AND state = 'pending' AND next_attempt_at <= ?2 AND claimed_until <= ?2";
    /// What was claimed as `?1`, with all that sending needs.
    CLAIMED = "SELECT id, org_id, to_address, kind, data, sealed_secret, attempts, expires_at FROM mails WHERE claim = ?1";
    /// Settles `?1`, if the claim `?2` still holds: state `?3`, next try at `?4` or NULL, fault `?5` or
    /// NULL, now `?6`. A mail that is not tried again loses its secret.
    SETTLE = "UPDATE mails SET state = ?3, next_attempt_at = ?4, last_error = ?5, updated_at = ?6, claim = NULL,
            claimed_until = 0, sealed_secret = iif(?3 = 'pending', sealed_secret, NULL)
        WHERE id = ?1 AND claim = ?2";
    /// Takes up to `?2` mails that are due at `?1`, that nobody holds and that were not woken since `?3`.
    WAKE_DUE = "UPDATE mails SET woken_at = ?1 WHERE id IN (
            SELECT id FROM mails WHERE state = 'pending' AND next_attempt_at <= ?1 AND claimed_until <= ?1
               AND woken_at <= ?3 ORDER BY next_attempt_at LIMIT ?2) RETURNING id";
    /// Notes at `?2` that it is told that sending those of `?1` (JSON array of ids) that are due was set
    /// aside, where that was not told since `?3`.
    NOTE_SET_ASIDE = concat!("UPDATE mails SET set_aside_told_at = ?2 WHERE ",
        set_aside_untold!("mails", "mails.next_attempt_at"));
    /// Clears up to `?2` mails that were settled before `?1`.
    CLEAR = "DELETE FROM mails WHERE id IN (SELECT id FROM mails
        WHERE state <> 'pending' AND updated_at < ?1 ORDER BY updated_at LIMIT ?2)";
}

/// A mail to be written.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct NewMail {
    pub id: MailId,
    pub org_id: Option<OrgId>,
    pub to: EmailAddress,
    pub kind: MailKind,
    pub data: serde_json::Value,
    pub sealed_secret: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Binds [`INSERT_IF_CHANGED`]; it must directly follow its cause.
pub fn insert_if_changed(mail: &NewMail) -> Bound {
    INSERT_IF_CHANGED.bind([
        (&mail.id).into(),
        mail.org_id.as_ref().into(),
        mail.to.as_str().into(),
        mail.kind.as_str().into(),
        Value::Text(mail.data.to_string()),
        mail.sealed_secret.as_deref().into(),
        mail.created_at.into(),
        mail.expires_at.into(),
    ])
}

/// Binds [`TELL_ADMINS`]; it must directly follow its cause.
pub fn tell_admins(
    org: &OrgId,
    kind: MailKind,
    data: &Fields,
    now: Timestamp,
) -> Bound {
    TELL_ADMINS.bind([org.into(), kind.as_str().into(), Value::json(data), now.into()])
}

/// A claimed mail.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct ClaimedMail {
    pub id: MailId,
    pub org_id: Option<OrgId>,
    pub to_address: String,
    /// The word of a [`MailKind`]; another version of us may have written it.
    pub kind: String,
    pub data: String,
    pub sealed_secret: Option<String>,
    /// This try's number, from 1.
    pub attempts: u32,
    pub expires_at: Option<Timestamp>,
}
