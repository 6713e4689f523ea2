//! API tokens. The hash leaves this file only as a parameter.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, flag};
use crate::model::id::TokenId;

/// Up to `?2` tokens that ended before `?1`, and of which that is not noted yet.
macro_rules! ended {
    () => {
        "FROM api_tokens WHERE expires_at <= ?1 AND (reminded_days IS NULL OR reminded_days > 0) ORDER BY expires_at LIMIT ?2"
    };
}

/// A token as it is listed; `t` is the row. Names and scopes are the caller's own text.
macro_rules! meta {
    () => {
        concat!(
            r#"concat('{"id":"', t.id, '","orgId":"', t.org_id, '","name":', json_quote(t.name),
               ',"prefix":', json_quote(t.prefix), ',"lastFour":', json_quote(t.last_four),
               ',"scopes":', t.scopes, ',"allowedIps":', coalesce(t.allowed_ips, '[]'),
               ',"replacedBy":', json_quote(t.replaced_by), ',"createdBy":', json_quote(t.created_by),
               ',"createdAt":', "#, iso!("t.created_at"), r#", ',"lastUsedAt":', "#, iso!("t.last_used_at"), r#",
               ',"expiresAt":', "#, iso!("t.expires_at"), r#", '}')"#
        )
    };
}

statements! { "api_tokens";
    /// One page of the caller's tokens, newest first: `?3` id to start after or NULL, `?4` limit.
    #[answers]
    LIST = page!("tokens", "api_tokens", "t", meta!());
    /// The token `?1` of organization `?2` as an answer, without its hash.
    #[answers]
    ANSWER = concat!("SELECT ", meta!(), " AS body FROM api_tokens t WHERE t.id = ?1 AND t.org_id = ?2");
    /// Makes a token, while the organization `?2` holds fewer than `?11`.
    INSERT = "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_by, created_at, expires_at, allowed_ips)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?12
         WHERE (SELECT COUNT(*) FROM api_tokens WHERE org_id = ?2) < ?11";
    /// The caller's token `?3`, before it is rotated.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT t.id, t.scopes FROM caller
          JOIN api_tokens t ON t.org_id = caller.org_id WHERE t.id = ?3");
    /// The token `?3` in place of `?1` of organization `?2`, with all of its settings: hash `?4`, prefix
    /// `?5`, last four `?6`, made by `?7` at `?8`; while there are fewer than `?9`. One that has ended or
    /// was replaced before gets none.
    INSERT_SUCCESSOR = "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_by, created_at, expires_at, allowed_ips)
        SELECT ?3, org_id, name, ?4, ?5, ?6, scopes, ?7, ?8, expires_at, allowed_ips FROM api_tokens
         WHERE id = ?1 AND org_id = ?2 AND replaced_by IS NULL AND (expires_at IS NULL OR expires_at > ?8)
           AND (SELECT COUNT(*) FROM api_tokens WHERE org_id = ?2) < ?9";
    /// Lets the token `?1` of organization `?2`, which `?3` replaces, end at `?4`, or sooner if it
    /// would. Follows [`INSERT_SUCCESSOR`] directly.
    REPLACE = "UPDATE api_tokens SET replaced_by = ?3, expires_at = min(coalesce(expires_at, ?4), ?4)
        WHERE id = ?1 AND org_id = ?2 AND changes() = 1";
    /// How many tokens organization `?2` holds, and whether `?1` can still be replaced at `?3`; no row
    /// if it is gone.
    STATE = "SELECT (SELECT COUNT(*) FROM api_tokens WHERE org_id = ?2) AS count,
            replaced_by IS NULL AND (expires_at IS NULL OR expires_at > ?3) AS live
          FROM api_tokens WHERE id = ?1 AND org_id = ?2";
    /// The token that the caller shows, with its organization, as an answer.
    #[answers]
    SELF = as_caller!(concat!("SELECT concat('{\"tokenMeta\":', ", meta!(), ", ',\"organization\":',
              json_object('id', o.id, 'name', o.name, 'plan', o.plan), '}')
            FROM api_tokens t JOIN organizations o ON o.id = t.org_id
           WHERE t.id = caller.credential_id AND t.org_id = caller.org_id"));
    /// The audit rows of up to `?2` tokens that have ended at `?1`.
    AUDIT_ENDED = concat!("INSERT INTO audit_logs (id, org_id, actor_kind, action, subject_id, detail, created_at)
        SELECT concat('aud_', printf('%012x', ?1), lower(hex(randomblob(10)))), org_id, 'system', 'token.expire', id, '{}', ?1 ", ended!());
    /// Notes that they have. Follows [`AUDIT_ENDED`].
    NOTE_ENDED = concat!("UPDATE api_tokens SET reminded_days = 0 WHERE id IN (SELECT id ", ended!(), ")");
    /// Revokes the token `?1` of organization `?2`.
    DELETE = "DELETE FROM api_tokens WHERE id = ?1 AND org_id = ?2";
    /// Notes the use of token `?1` at `?2`, at most once since `?3`.
    TOUCH = "UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?3)";
}

/// A token that is to be rotated.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct TokenRow {
    pub id: TokenId,
    pub scopes: String,
}

/// Whether a token can be rotated.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct TokenState {
    /// How many tokens the organization holds.
    pub count: u32,
    /// Whether it is in force, and none has taken its place.
    #[serde(deserialize_with = "flag::deserialize")]
    pub live: bool,
}

/// Binds [`FIND_AS_CALLER`].
pub fn find_as_caller(credential: &Credential, id: &TokenId) -> Bound {
    FIND_AS_CALLER.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
    ])
}

/// Binds [`SELF`].
pub fn own(credential: &Credential) -> Bound {
    SELF.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, after: Option<&TokenId>, limit: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
    ])
}
