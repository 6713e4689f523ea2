//! Tokens that were found in public, and the keys by which who found them signs.

use serde::Deserialize;

use super::{Bound, Value};
use crate::model::id::RequestId;
use crate::time::Timestamp;

/// What was found: `?1` (JSON array of hash, place, source), each hash once, as `l`.
macro_rules! found {
    () => {
        "(SELECT value ->> 0 AS hash, MAX(value ->> 1) AS place, MAX(value ->> 2) AS source FROM json_each(?1) GROUP BY 1) l"
    };
}

statements! { "leaks";
    /// The hashes among `?1` that are of a token, or of one that was revoked.
    KNOWN = concat!("SELECT l.hash FROM ", found!(), "
        WHERE EXISTS (SELECT 1 FROM api_tokens WHERE hash = l.hash) OR EXISTS (SELECT 1 FROM revoked_tokens WHERE hash = l.hash)");
    /// The mails about the tokens among `?1`, at `?2`: to every active owner and admin, and to the person
    /// that the token goes back to, if they are an active member.
    MAILS = concat!("INSERT INTO mails (id, org_id, to_address, kind, data, state, next_attempt_at, created_at, updated_at)
        SELECT concat('mail_', printf('%012x', ?2), lower(hex(randomblob(10)))), t.org_id, u.email, 'token_leaked',
               json_object('token', t.name, 'lastFour', t.last_four, 'organization', o.name,
                 'place', iif(l.place = '', 'a public place', l.place),
                 'use', iif(t.last_used_at IS NULL, 'It was never used.',
                   strftime('It was last used on %Y-%m-%d.', t.last_used_at / 1000, 'unixepoch'))),
               'pending', ?2, ?2, ?2
          FROM ", found!(), "
         CROSS JOIN api_tokens t ON t.hash = l.hash
         CROSS JOIN organizations o ON o.id = t.org_id
         CROSS JOIN members m ON m.org_id = t.org_id AND m.status = 'active'
         CROSS JOIN users u ON u.id = m.user_id
         WHERE m.role IN ('owner', 'admin') OR m.user_id = t.person_id RETURNING id");
    /// The audit rows about the tokens among `?1`, at `?2`, in the request `?3`.
    AUDIT = concat!("INSERT INTO audit_logs (id, org_id, actor_kind, action, subject_id, detail, request_id, created_at)
        SELECT concat('aud_', printf('%012x', ?2), lower(hex(randomblob(10)))), t.org_id, 'system', 'token.leak', t.id,
               json_object('name', t.name, 'place', l.place, 'source', l.source), ?3, ?2
          FROM ", found!(), " CROSS JOIN api_tokens t ON t.hash = l.hash");
    /// Remembers the tokens among `?1` as revoked at `?2`.
    NOTE = concat!("INSERT INTO revoked_tokens (hash, org_id, token_id, revoked_at)
        SELECT t.hash, t.org_id, t.id, ?2 FROM ", found!(), " CROSS JOIN api_tokens t ON t.hash = l.hash");
    /// Revokes them.
    REVOKE = "DELETE FROM api_tokens WHERE hash IN (SELECT value ->> 0 FROM json_each(?1))";
    /// The keys of the sender `?1`: a [`KeysRow`].
    KEYS = "SELECT keys, read_at FROM published_keys WHERE sender = ?1";
    /// Takes the turn to ask the sender `?1` for its keys at `?2`, if nobody has since `?3`.
    ASK = "INSERT INTO published_keys (sender, asked_at) VALUES (?1, ?2)
        ON CONFLICT (sender) DO UPDATE SET asked_at = ?2 WHERE asked_at <= ?3";
    /// Keeps the keys `?2` of the sender `?1`, read at `?3`.
    KEEP_KEYS = "UPDATE published_keys SET keys = ?2, read_at = ?3 WHERE sender = ?1";
}

/// What is kept of a sender's keys.
#[derive(Debug, Clone, Deserialize)]
pub struct KeysRow {
    /// JSON array of them; `None` before they were read.
    pub keys: Option<String>,
    /// When they were read.
    pub read_at: Option<Timestamp>,
}

/// Binds [`KNOWN`], [`MAILS`], [`AUDIT`], [`NOTE`] and [`REVOKE`], in this order.
pub fn revoke(found: &[[String; 3]], request_id: &RequestId, now: Timestamp) -> [Bound; 5] {
    let found = Value::json(found);
    [
        KNOWN.bind([found.clone()]),
        MAILS.bind([found.clone(), now.into()]),
        AUDIT.bind([found.clone(), now.into(), request_id.as_str().into()]),
        NOTE.bind([found.clone(), now.into()]),
        REVOKE.bind([found]),
    ]
}
