//! Sessions of people.

use super::Bound;
use super::callers::Credential;
use crate::model::id::SessionId;

/// A session as its person sees it; `s` is the row.
macro_rules! meta {
    () => {
        concat!(
            r#"concat('{"id":"', s.id, '","current":', iif(s.id = caller.credential_id, 'true', 'false'),
               ',"userAgent":', json_quote(s.user_agent), ',"address":', json_quote(s.address),
               ',"createdAt":', "#, iso!("s.created_at"), r#", ',"lastUsedAt":', "#, iso!("s.last_used_at"), r#",
               ',"expiresAt":', "#, iso!("s.expires_at"), r#", '}')"#
        )
    };
}

statements! { "sessions";
    /// Who is signed in and where they belong, as an answer. `json` is said once more outside: that a
    /// text is JSON need not survive a subquery (<https://sqlite.org/c3ref/result_subtype.html>).
    #[answers]
    DETAIL = as_caller!(
        r#"SELECT json_object(
                'user', json_object('id', u.id, 'email', u.email, 'name', u.name),
                'organizations', json((SELECT json_group_array(json_object(
                       'id', o.id, 'name', o.name, 'plan', o.plan, 'brandColor', o.brand_color, 'logoUrl', o.logo_url, 'role', m.role))
                     FROM (SELECT * FROM members WHERE user_id = u.id AND status = 'active'
                            ORDER BY created_at LIMIT 100) m
                     JOIN organizations o ON o.id = m.org_id)))
             FROM users u WHERE u.id = caller.user_id"#);
    /// One page of the caller's own sessions, newest first: `?3` id to start after or NULL, `?4` limit.
    #[answers]
    LIST = page!("sessions", "sessions", "s", meta!(), "user_id");
    /// Starts the session `?1` of the person of the link `?2`, which has just been used for it: `?3`
    /// hash, `?4` now, `?5` end unless it is used, `?6` end, `?7` user agent, `?8` network address.
    START = "INSERT INTO sessions (id, user_id, hash, created_at, expires_at, ends_at, user_agent, address)
        SELECT ?1, u.id, ?3, ?4, ?5, ?6, ?7, ?8
          FROM sign_in_links l JOIN users u ON u.id = coalesce(l.user_id, (SELECT id FROM users WHERE email = l.email))
         WHERE l.id = ?2 AND l.session_id = ?1";
    /// Ends the session `?1` of person `?2`.
    DELETE = "DELETE FROM sessions WHERE id = ?1 AND user_id = ?2";
    /// Ends all sessions of person `?1` but `?2`.
    DELETE_OTHERS = "DELETE FROM sessions WHERE user_id = ?1 AND id <> ?2";
    /// Notes the use of session `?1` at `?2`, at most once since `?3`. It then lasts a week more, but
    /// not past its end.
    TOUCH = "UPDATE sessions SET last_used_at = ?2, expires_at = coalesce(min(?2 + 7 * 86400000, ends_at), expires_at)
        WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?3)";
    /// Clears what ended before `?1`.
    CLEAR = "DELETE FROM sessions WHERE expires_at < ?1";
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential) -> Bound {
    DETAIL.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, after: Option<&SessionId>, limit: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        after.into(),
        limit.into(),
    ])
}
