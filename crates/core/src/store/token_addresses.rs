//! The last addresses that tokens were used from.

use super::{Bound, Value};
use crate::model::rate::Seen;

/// How many of each token are kept.
pub const KEPT: u32 = 20;

statements! { "token_addresses";
    /// Notes the addresses `?1` (JSON array of token, address, time), each once an hour at most. A token
    /// that is gone is left out.
    ADD = "INSERT INTO token_addresses (org_id, token_id, address, last_seen_at)
        SELECT t.org_id, t.id, s.value ->> 1, s.value ->> 2
          FROM json_each(?1) s CROSS JOIN api_tokens t ON t.id = s.value ->> 0 WHERE true
        ON CONFLICT (token_id, address) DO UPDATE SET last_seen_at = excluded.last_seen_at
         WHERE excluded.last_seen_at >= last_seen_at + 3600000";
    /// Keeps of the tokens in `?1`, which is that of [`ADD`], the last `?2` addresses.
    TRIM = "DELETE FROM token_addresses WHERE (token_id, address) IN (
          SELECT token_id, address FROM (
            SELECT token_id, address, row_number() OVER (PARTITION BY token_id ORDER BY last_seen_at DESC, address) AS number
              FROM token_addresses WHERE token_id IN (SELECT value ->> 0 FROM json_each(?1)))
           WHERE number > ?2)";
    /// Clears up to `?2` addresses that were last seen before `?1`.
    CLEAR = "DELETE FROM token_addresses WHERE (token_id, address) IN
        (SELECT token_id, address FROM token_addresses WHERE last_seen_at < ?1 ORDER BY last_seen_at LIMIT ?2)";
}

/// Binds [`ADD`] and [`TRIM`], in this order.
pub fn add(seen: &[Seen]) -> [Bound; 2] {
    let seen = Value::json(seen);
    [ADD.bind([seen.clone()]), TRIM.bind([seen, KEPT.into()])]
}
