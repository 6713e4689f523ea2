//! API tokens. The hash leaves this file only as a parameter.

use serde::Deserialize;

use super::callers::Credential;
use super::{Bound, flag};
use crate::model::event::EventType;
use crate::model::id::TokenId;
use crate::time::{Span, Timestamp};

/// Up to `?2` tokens that have reached at `?1` a stage of their end that was not told yet.
macro_rules! due {
    () => {
        "FROM api_tokens WHERE remind_at <= ?1 ORDER BY remind_at LIMIT ?2"
    };
}

/// Whether somebody is told of the token `t` before it ends: one that was replaced, or made for `?3`
/// (milliseconds) at most, is not.
macro_rules! reminded {
    () => {
        "t.replaced_by IS NULL AND t.expires_at - t.created_at > ?3"
    };
}

/// The stage that a token has reached at `?1`: the days within which it ends, 0 for ended.
macro_rules! stage {
    () => {
        "CASE WHEN expires_at <= ?1 THEN 0 WHEN expires_at <= ?1 + 86400000 THEN 1 WHEN expires_at <= ?1 + 7 * 86400000 THEN 7 ELSE 14 END"
    };
}

/// A token as it is listed; `t` is the row. Names and scopes are the caller's own text. It is unused
/// if it was neither made nor used since `$since`.
macro_rules! meta {
    ($since:literal) => {
        concat!(
            r#"concat('{"id":"', t.id, '","orgId":"', t.org_id, '","name":', json_quote(t.name),
               ',"prefix":', json_quote(t.prefix), ',"lastFour":', json_quote(t.last_four),
               ',"scopes":', t.scopes, ',"domainTags":', coalesce(t.domain_tags, '[]'),
               ',"allowedIps":', coalesce(t.allowed_ips, '[]'),
               ',"replacedBy":', json_quote(t.replaced_by), ',"createdBy":', json_quote(t.created_by),
               ',"person":', iif(t.person_id IS NULL, 'null', json_object('id', t.person_id, 'status', coalesce(
                 (SELECT m.status FROM members m WHERE m.org_id = t.org_id AND m.user_id = t.person_id), 'removed'))),
               ',"unused":', iif(coalesce(t.last_used_at, t.created_at) < "#, $since, r#", 'true', 'false'),
               ',"createdAt":', "#, iso!("t.created_at"), r#", ',"lastUsedAt":', "#, iso!("t.last_used_at"), r#",
               ',"expiresAt":', "#, iso!("t.expires_at"), r#", '}')"#
        )
    };
}

statements! { "api_tokens";
    /// One page of the caller's tokens, newest first: `?3` id to start after or NULL, `?4` limit, `?5`
    /// since when one counts as unused.
    #[answers]
    LIST = page!("tokens", "api_tokens", "t", meta!("?5"));
    /// The token `?1` of organization `?2`, which was just made, as an answer without its hash.
    #[answers]
    ANSWER = concat!("SELECT ", meta!("0"), " AS body FROM api_tokens t WHERE t.id = ?1 AND t.org_id = ?2");
    /// Makes a token, while the organization `?2` holds fewer than `?11`. It goes back to the person `?13`,
    /// or to whom the token `?8` that makes it goes back to.
    INSERT = "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_by, created_at, expires_at, allowed_ips, domain_tags, person_id)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?12, ?14,
               coalesce(?13, (SELECT person_id FROM api_tokens WHERE id = ?8 AND org_id = ?2))
         WHERE (SELECT COUNT(*) FROM api_tokens WHERE org_id = ?2) < ?11";
    /// The caller's token `?3`, before it is rotated or revoked.
    FIND_AS_CALLER = concat!(caller_cte!(), "SELECT t.id, t.name, t.scopes FROM caller
          JOIN api_tokens t ON t.org_id = caller.org_id WHERE t.id = ?3");
    /// The token `?3` in place of `?1` of organization `?2`, with all of its settings: hash `?4`, prefix
    /// `?5`, last four `?6`, made by `?7` at `?8`; while there are fewer than `?9`. It goes back to the
    /// person `?10`, or to whom the token `?7` does: whoever has seen its text. The end that it takes over
    /// was told of as far as it was. One that has ended or was replaced before gets none.
    INSERT_SUCCESSOR = "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_by, created_at, expires_at, allowed_ips, domain_tags, person_id,
            reminded_days)
        SELECT ?3, org_id, name, ?4, ?5, ?6, scopes, ?7, ?8, expires_at, allowed_ips, domain_tags,
               coalesce(?10, (SELECT person_id FROM api_tokens WHERE id = ?7 AND org_id = ?2)), reminded_days FROM api_tokens
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
    /// The token that the caller shows, with its organization, as an answer: `?3` since when it would
    /// count as unused.
    #[answers]
    SELF = as_caller!(concat!("SELECT concat('{\"tokenMeta\":', ", meta!("?3"), ", ',\"organization\":',
              json_object('id', o.id, 'name', o.name, 'plan', o.plan), '}')
            FROM api_tokens t JOIN organizations o ON o.id = t.org_id
           WHERE t.id = caller.credential_id AND t.org_id = caller.org_id"));
    /// The audit rows of the tokens that are due by [`due`] and have ended.
    AUDIT_ENDED = concat!("INSERT INTO audit_logs (id, org_id, actor_kind, action, subject_id, detail, created_at)
        SELECT concat('aud_', printf('%012x', ?1), lower(hex(randomblob(10)))), org_id, 'system', 'token.expire', id, json_object('name', name), ?1
          FROM (SELECT * ", due!(), ") WHERE expires_at <= ?1");
    /// The mails about the tokens that are due by [`due`]: one to the person that each goes back to, or
    /// where they are no active member, to every active owner and admin; of those that [`reminded`] has.
    REMIND = concat!("INSERT INTO mails (id, org_id, to_address, kind, data, state, next_attempt_at, created_at, updated_at)
        SELECT concat('mail_', printf('%012x', ?1), lower(hex(randomblob(10)))), t.org_id, u.email,
               iif(t.expires_at <= ?1, 'token_expired', 'token_expiring'),
               json_object('token', t.name, 'lastFour', t.last_four, 'organization', o.name,
                 'day', date(t.expires_at / 1000, 'unixepoch'),
                 'end', strftime('%Y-%m-%d at %H:%M UTC', t.expires_at / 1000, 'unixepoch'),
                 'use', iif(t.last_used_at IS NULL, 'It was never used.',
                   strftime('It was last used on %Y-%m-%d.', t.last_used_at / 1000, 'unixepoch'))),
               'pending', ?1, ?1, ?1
          FROM (SELECT * ", due!(), ") t
         CROSS JOIN organizations o ON o.id = t.org_id
         CROSS JOIN members m ON m.org_id = t.org_id AND m.status = 'active'
         CROSS JOIN users u ON u.id = m.user_id
         WHERE ", reminded!(), "
           AND (m.user_id = t.person_id OR m.role IN ('owner', 'admin') AND NOT EXISTS (
             SELECT 1 FROM members p WHERE p.org_id = t.org_id AND p.user_id = t.person_id AND p.status = 'active'))");
    /// The events of type `?4` about the same tokens, of those that have not ended.
    TELL_EXPIRING = concat!("INSERT INTO events (id, org_id, type, payload, created_at, position)
        SELECT ", event_id_of!("?1", "t"), ", t.org_id, ?4,
               json_object(", event_head!("t", event_id_of!("?1", "t"), "?4", "?1"), ", 'actor', json_object('kind', 'system', 'id', NULL),
                 'tokenId', t.id, 'name', t.name, 'expiresAt', ", iso!("t.expires_at"), ", 'withinDays', ", stage!(), ",
                 'lastUsedAt', ", iso!("t.last_used_at"), "),
               ?1, ", further_positions!("t"), "
          FROM (SELECT * ", due!(), ") t WHERE ", reminded!(), " AND t.expires_at > ?1
        ON CONFLICT (id) DO NOTHING");
    /// Notes the stage that each token that is due by [`due`] has reached; those before it are not told
    /// any more. Follows [`AUDIT_ENDED`], [`REMIND`] and [`TELL_EXPIRING`].
    NOTE_REMINDED = concat!("UPDATE api_tokens SET reminded_days = ", stage!(), "
        WHERE id IN (SELECT id ", due!(), ")");
    /// Revokes the token `?1` of organization `?2`.
    DELETE = "DELETE FROM api_tokens WHERE id = ?1 AND org_id = ?2";
    /// Notes the use of token `?1` at `?2`, at most once since `?3`.
    TOUCH = "UPDATE api_tokens SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?3)";
}

/// A token that is to be rotated or revoked.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct TokenRow {
    pub id: TokenId,
    pub name: String,
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

/// Binds [`AUDIT_ENDED`], [`REMIND`], [`TELL_EXPIRING`] and [`NOTE_REMINDED`], in this order: what one tick
/// does for up to `most` tokens whose end comes near. One made for no longer than `short` is not told of.
pub fn remind(now: Timestamp, most: u32, short: Span) -> [Bound; 4] {
    [
        AUDIT_ENDED.bind([now.into(), most.into()]),
        REMIND.bind([now.into(), most.into(), short.as_millis().into()]),
        TELL_EXPIRING.bind([
            now.into(),
            most.into(),
            short.as_millis().into(),
            EventType::TokenExpiring.as_str().into(),
        ]),
        NOTE_REMINDED.bind([now.into(), most.into()]),
    ]
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
pub fn own(credential: &Credential, unused_since: Timestamp) -> Bound {
    SELF.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        unused_since.into(),
    ])
}

/// Binds [`LIST`].
pub fn list(
    credential: &Credential,
    after: Option<&TokenId>,
    limit: u32,
    unused_since: Timestamp,
) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
        unused_since.into(),
    ])
}
