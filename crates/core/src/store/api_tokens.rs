//! API tokens. The hash leaves this file only as a parameter.

use super::callers::Credential;
use super::Bound;
use crate::model::id::TokenId;

/// A token as it is listed; `t` is the row. Names and scopes are the caller's own text.
macro_rules! meta {
    () => {
        concat!(
            r#"concat('{"id":"', t.id, '","orgId":"', t.org_id, '","name":', json_quote(t.name),
               ',"prefix":', json_quote(t.prefix), ',"lastFour":', json_quote(t.last_four),
               ',"scopes":', t.scopes, ',"createdBy":', json_quote(t.created_by),
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
    INSERT = "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_by, created_at, expires_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
         WHERE (SELECT COUNT(*) FROM api_tokens WHERE org_id = ?2) < ?11";
    /// Revokes the token `?1` of organization `?2`.
    DELETE = "DELETE FROM api_tokens WHERE id = ?1 AND org_id = ?2";
    /// Notes the use of token `?1` at `?2`, at most once since `?3`.
    TOUCH = "UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?3)";
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
