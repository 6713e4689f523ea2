//! What signs a person in, once: links and codes, and how often they are asked for.

use serde::Deserialize;

use super::flag;
use crate::model::id::{SignInId, UserId};

/// The link `l` with what is known of its person.
macro_rules! look {
    ($condition:literal) => {
        concat!(
            "SELECT l.id, coalesce(l.email, u.email) AS email, u.id AS user_id,
                    EXISTS (SELECT 1 FROM members WHERE user_id = u.id AND status = 'active') AS is_member,
                    l.nonce_hash IS NULL OR l.nonce_hash = ?2 AS is_here
               FROM sign_in_links l
               LEFT JOIN users u ON u.id = coalesce(l.user_id, (SELECT id FROM users WHERE email = l.email))
              WHERE l.used_at IS NULL AND l.expires_at > ?3 AND ",
            $condition
        )
    };
}

statements! { "sign_in_links";
    /// Makes a link of a known person that works in any browser: `?1` id, `?2` user, `?3` hash, `?4`
    /// now, `?5` expiry.
    INSERT = "INSERT INTO sign_in_links (id, user_id, hash, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    /// Counts one more of `?1` in the window that began at `?2`.
    COUNT = "INSERT INTO sign_in_counters (key, window_start, count) VALUES (?1, ?2, 1)
        ON CONFLICT (key, window_start) DO UPDATE SET count = count + 1";
    /// Makes a link and a code for whoever reads the mail to `?2`, unless the counters `?8` or `?9` of
    /// the window `?10` are above `?11` or `?12`: `?1` id, `?3` hash, `?4` nonce's hash, `?5` code's
    /// hash, `?6` now, `?7` expiry.
    ASK = "INSERT INTO sign_in_links (id, email, hash, nonce_hash, code_hash, created_at, expires_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count FROM sign_in_counters WHERE key = ?8 AND window_start = ?10) <= ?11
           AND (SELECT count FROM sign_in_counters WHERE key = ?9 AND window_start = ?10) <= ?12";
    /// The link with hash `?1`, as the browser with the nonce's hash `?2` sees it at `?3`: a [`LinkRow`].
    LOOK = look!("l.hash = ?1");
    /// Counts a code that was typed in the browser with the nonce's hash `?1` at `?2`.
    COUNT_TRY = "UPDATE sign_in_links SET tries = tries + 1 WHERE nonce_hash = ?1 AND used_at IS NULL AND expires_at > ?2";
    /// The link whose code has the hash `?1` in the browser with the nonce's hash `?2`, at `?3`, after
    /// `?4` tries at most: a [`LinkRow`]. Follows [`COUNT_TRY`].
    LOOK_CODE = look!("l.nonce_hash = ?2 AND l.code_hash = ?1 AND l.tries <= ?4");
    /// Uses the link `?1` at `?2` for the session `?3`, once.
    USE = "UPDATE sign_in_links SET used_at = ?2, session_id = ?3 WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2";
    /// Notes that a provider answered for the person `?2` or the address `?3`, as the link `?1` with the
    /// state's hash `?4`, which is used at `?5` for the session `?7`; unless it was before. `?6` when it
    /// can be forgotten.
    ANSWERED = "INSERT INTO sign_in_links (id, user_id, email, hash, created_at, expires_at, used_at, session_id)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?7) ON CONFLICT (hash) DO NOTHING";
    /// Makes the person `?1` of the link `?2`, which has just been used for the session `?3`, at `?4`;
    /// unless somebody was faster.
    NEW_USER = "INSERT INTO users (id, email, created_at, updated_at)
        SELECT ?1, email, ?4, ?4 FROM sign_in_links WHERE id = ?2 AND session_id = ?3 AND email IS NOT NULL
            ON CONFLICT (email) DO NOTHING";
    /// Clears links that ended before `?1`.
    CLEAR = "DELETE FROM sign_in_links WHERE expires_at < ?1";
    /// Clears counters of windows that began before `?1`.
    CLEAR_COUNTERS = "DELETE FROM sign_in_counters WHERE window_start < ?1";
}

/// A link that can be used.
#[derive(Debug, Clone, Deserialize)]
pub struct LinkRow {
    /// Its id.
    pub id: SignInId,
    /// The address of its person.
    pub email: String,
    /// The person, if they are known.
    pub user_id: Option<UserId>,
    /// Whether they are an active member of any organization.
    #[serde(deserialize_with = "flag::deserialize")]
    pub is_member: bool,
    /// Whether it is used in the browser that asked for it.
    #[serde(deserialize_with = "flag::deserialize")]
    pub is_here: bool,
}
