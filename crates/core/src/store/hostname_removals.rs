//! Custom hostnames still to be removed at Cloudflare.

use serde::Deserialize;

use crate::model::id::RemovalId;

statements! { "hostname_removals";
    /// Remembers a removal beside the event `?6` of the domain's deletion: `?1` id, `?2` hostname,
    /// `?3` custom hostname or NULL, `?4` when to begin, `?5` now.
    INSERT_BESIDE = "INSERT INTO hostname_removals (id, hostname, cf_id, next_attempt_at, created_at)
        SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM events WHERE id = ?6)";
    /// Remembers the removal of a custom hostname `?3` that was made for domain `?6`, which is gone.
    INSERT_IF_GONE = "INSERT INTO hostname_removals (id, hostname, cf_id, next_attempt_at, created_at)
        SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM domains WHERE id = ?6)
           AND NOT EXISTS (SELECT 1 FROM hostname_removals WHERE hostname = ?2 AND cf_id = ?3)";
    /// The removal `?1`, and whether a domain that was added again holds its custom hostname; where
    /// that is not known, whether one holds its name.
    FIND = "SELECT r.id, r.hostname, r.cf_id, r.attempts,
               iif(r.cf_id IS NULL,
                   (SELECT COUNT(*) FROM domains d WHERE d.hostname = r.hostname),
                   (SELECT COUNT(*) FROM domains d WHERE d.cf_id = r.cf_id)) AS taken
          FROM hostname_removals r WHERE r.id = ?1";
    /// The removals that stand for the hostname `?1`.
    OF_HOSTNAME = "SELECT id, hostname, cf_id, attempts, 0 AS taken FROM hostname_removals WHERE hostname = ?1";
    /// The removals that stand for the hostname of domain `?1`.
    OF_DOMAIN = "SELECT r.id, r.hostname, r.cf_id, r.attempts, 0 AS taken
          FROM domains d JOIN hostname_removals r ON r.hostname = d.hostname WHERE d.id = ?1";
    /// Takes up to `?2` removals due at `?1`; they are due again at `?3`.
    WAKE_DUE = "UPDATE hostname_removals SET next_attempt_at = ?3 WHERE id IN (
            SELECT id FROM hostname_removals WHERE next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT ?2)
        RETURNING id";
    /// It did not work: `?1` is due again at `?2`, for the reason `?3`.
    POSTPONE = "UPDATE hostname_removals SET attempts = attempts + 1, next_attempt_at = ?2, last_error = ?3
        WHERE id = ?1";
    /// Done: Cloudflare confirmed, or nothing is left to remove.
    DELETE = "DELETE FROM hostname_removals WHERE id = ?1";
}

/// A removal to be done.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct RemovalRow {
    pub id: RemovalId,
    pub hostname: String,
    pub cf_id: Option<String>,
    pub attempts: u32,
    /// How many domains hold it now: 0 or 1.
    pub taken: u32,
}
