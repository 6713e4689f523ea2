//! What is left of revoked tokens: enough to say so to whoever shows one.

use super::Bound;
use crate::crypto::hash::TokenHash;
use crate::model::id::{OrgId, TokenId, UserId};
use crate::time::Timestamp;

/// The tokens of organization `?1`: all of them, or those that go back to the person `?2`.
macro_rules! all_of {
    () => {
        "FROM api_tokens WHERE org_id = ?1 AND (?2 IS NULL OR person_id = ?2)"
    };
}

statements! { "revoked_tokens";
    /// Remembers the token `?1` of organization `?2`, which is about to be revoked at `?3`.
    NOTE = "INSERT INTO revoked_tokens (hash, org_id, token_id, revoked_at)
        SELECT hash, org_id, id, ?3 FROM api_tokens WHERE id = ?1 AND org_id = ?2";
    /// Remembers the tokens [`all_of`], which are about to be revoked at `?3`.
    NOTE_ALL = concat!("INSERT INTO revoked_tokens (hash, org_id, token_id, revoked_at) SELECT hash, org_id, id, ?3 ", all_of!());
    /// How many tokens there are [`all_of`], as an answer.
    #[answers]
    COUNT_ALL = concat!("SELECT json_object('revoked', COUNT(*)) AS body ", all_of!());
    /// An audit row for each of the tokens [`all_of`], which are about to be revoked at `?3` by the person
    /// `?4` in the request `?5` from the address `?6`.
    AUDIT_ALL = concat!("INSERT INTO audit_logs (id, org_id, actor_kind, actor_id, action, subject_id, detail, request_id, created_at, address)
        SELECT concat('aud_', printf('%012x', ?3), lower(hex(randomblob(10)))), org_id, 'user', ?4, 'token.revoke', id,
               json_object('name', name, 'with', iif(?2 IS NULL, 'all', ?2)), ?5, ?3, ?6 ", all_of!());
    /// Revokes the tokens [`all_of`].
    REVOKE_ALL = concat!("DELETE ", all_of!());
    /// The revoked token with the hash `?1`, if it is still remembered.
    FIND = "SELECT token_id, org_id FROM revoked_tokens WHERE hash = ?1";
    /// Forgets up to `?2` tokens that were revoked before `?1`.
    CLEAR = "DELETE FROM revoked_tokens WHERE hash IN
        (SELECT hash FROM revoked_tokens WHERE revoked_at < ?1 ORDER BY revoked_at LIMIT ?2)";
}

/// Binds [`NOTE`].
pub fn note(id: &TokenId, org: &OrgId, now: Timestamp) -> Bound {
    NOTE.bind([id.into(), org.into(), now.into()])
}

/// Binds [`FIND`].
pub fn find(hash: &TokenHash) -> Bound {
    FIND.bind([hash.as_str().into()])
}

/// Whose tokens are revoked, when, and by whom.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are those of an audit row")]
pub struct RevokeAll<'a> {
    pub org: &'a OrgId,
    /// Only those that go back to this person.
    pub person: Option<&'a UserId>,
    pub now: Timestamp,
    pub actor: &'a str,
    pub request_id: Option<&'a str>,
    pub address: Option<&'a str>,
}

/// Binds [`COUNT_ALL`], [`NOTE_ALL`], [`AUDIT_ALL`] and [`REVOKE_ALL`], in this order.
pub fn revoke_all(all: &RevokeAll<'_>) -> [Bound; 4] {
    let (org, person) = (all.org, all.person);
    [
        COUNT_ALL.bind([org.into(), person.into()]),
        NOTE_ALL.bind([org.into(), person.into(), all.now.into()]),
        AUDIT_ALL.bind([
            org.into(),
            person.into(),
            all.now.into(),
            all.actor.into(),
            all.request_id.into(),
            all.address.into(),
        ]),
        REVOKE_ALL.bind([org.into(), person.into()]),
    ]
}
