//! How often tokens are used, per day and route.

use super::Bound;
use super::callers::Credential;
use crate::model::id::TokenId;

statements! { "token_usage";
    /// Adds the uses `?1` (JSON array of token, route, requests, errors) at `?2`. A token that is gone is
    /// left out.
    ADD = "INSERT INTO token_usage (org_id, token_id, day, route, requests, errors)
        SELECT t.org_id, t.id, strftime('%Y-%m-%d', ?2 / 1000, 'unixepoch'), u.value ->> 1, u.value ->> 2, u.value ->> 3
          FROM json_each(?1) u CROSS JOIN api_tokens t ON t.id = u.value ->> 0 WHERE true
        ON CONFLICT (token_id, day, route) DO UPDATE SET requests = requests + excluded.requests, errors = errors + excluded.errors";
    /// The use of the caller's token `?3` on the last `?4` days with any, newest first, and the addresses
    /// that it came from, as an answer.
    #[answers]
    LIST = as_caller!(
        r#"SELECT concat('{"usage":[', (
             SELECT group_concat(concat('{"day":"', day, '","requests":', requests, ',"errors":', errors, ',"routes":', routes, '}'), ',')
               FROM (SELECT u.day, SUM(u.requests) AS requests, SUM(u.errors) AS errors,
                            json_group_array(json_object('route', u.route, 'requests', u.requests, 'errors', u.errors) ORDER BY u.requests DESC, u.route) AS routes
                       FROM token_usage u WHERE u.token_id = t.id
                      GROUP BY u.day ORDER BY u.day DESC LIMIT ?4 + 0)), '],"addresses":', (
             SELECT json_group_array(json_object('address', a.address,
                      'lastSeenAt', strftime('%Y-%m-%dT%H:%M:%fZ', a.last_seen_at / 1000.0, 'unixepoch')) ORDER BY a.last_seen_at DESC, a.address)
               FROM token_addresses a WHERE a.token_id = t.id), '}')
             FROM api_tokens t WHERE t.id = ?3 AND t.org_id = caller.org_id"#);
    /// Clears up to `?2` rows of days before `?1` (YYYY-MM-DD).
    CLEAR = "DELETE FROM token_usage WHERE (token_id, day, route) IN
        (SELECT token_id, day, route FROM token_usage WHERE day < ?1 ORDER BY day LIMIT ?2)";
}

/// Binds [`LIST`].
pub fn list(credential: &Credential, id: &TokenId, days: u32) -> Bound {
    LIST.bind([
        credential.hash.as_str().into(),
        credential.organization.as_ref().into(),
        id.into(),
        days.into(),
    ])
}
