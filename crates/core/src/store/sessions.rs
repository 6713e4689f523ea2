//! Sessions of people and the links that start them.

use super::callers::Credential;
use super::Bound;

statements! { "sessions";
    /// Who is signed in and where they belong, as an answer. `json` is said once more outside: that a
    /// text is JSON need not survive a subquery (<https://sqlite.org/c3ref/result_subtype.html>).
    #[answers]
    DETAIL = as_caller!(
        r#"SELECT json_object(
                'user', json_object('id', u.id, 'email', u.email, 'name', u.name),
                'organizations', json((SELECT json_group_array(json_object(
                       'id', o.id, 'name', o.name, 'plan', o.plan, 'role', m.role))
                     FROM (SELECT * FROM members WHERE user_id = u.id AND status = 'active'
                            ORDER BY created_at LIMIT 100) m
                     JOIN organizations o ON o.id = m.org_id)))
             FROM users u WHERE u.id = caller.user_id"#);
    /// Makes a sign-in link: `?1` id, `?2` user, `?3` hash, `?4` now, `?5` expiry.
    INSERT_LINK = "INSERT INTO sign_in_links (id, user_id, hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Uses the link with hash `?1` at `?2`, once.
    USE_LINK = "UPDATE sign_in_links SET used_at = ?2 WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2";
    /// Starts a session of the person of the link that was just used: `?1` id, `?2` link hash,
    /// `?3` session hash, `?4` now, `?5` expiry. Follows [`USE_LINK`] directly.
    START = "INSERT INTO sessions (id, user_id, hash, created_at, expires_at)
        SELECT ?1, user_id, ?3, ?4, ?5 FROM sign_in_links WHERE hash = ?2 AND changes() = 1";
    /// Ends the session `?1`.
    DELETE = "DELETE FROM sessions WHERE id = ?1";
    /// Notes the use of session `?1` at `?2`, at most once since `?3`.
    TOUCH = "UPDATE sessions SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?3)";
    /// Clears what ended before `?1`: sessions.
    CLEAR = "DELETE FROM sessions WHERE expires_at < ?1";
    /// Clears what ended before `?1`: links.
    CLEAR_LINKS = "DELETE FROM sign_in_links WHERE expires_at < ?1";
}

/// Binds [`DETAIL`].
pub fn detail(credential: &Credential) -> Bound {
    DETAIL.bind([credential.hash.as_str().into(), credential.organization.as_ref().into()])
}
