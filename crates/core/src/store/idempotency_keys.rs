//! Keys by which a repeated POST is known, and what was answered to the first one.

use serde::Deserialize;

use crate::time::Timestamp;

/// The key `?3` of credential `?2` in organization `?1`.
macro_rules! this_key {
    () => {
        "org_id = ?1 AND credential_id = ?2 AND key = ?3"
    };
}

statements! { "idempotency_keys";
    /// Takes the key `?3` of credential `?2` in organization `?1` at `?6` for the request `?5` with
    /// the fingerprint `?4`: claimed until `?7`, kept until `?8`. A key that is in use stays as it
    /// is; one whose holder died before it wrote anything goes to the next.
    CLAIM = "INSERT INTO idempotency_keys (org_id, credential_id, key, fingerprint, claim, claimed_until, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?7, ?8)
        ON CONFLICT (org_id, credential_id, key) DO UPDATE
           SET fingerprint = ?4, claim = ?5, claimed_until = ?7, expires_at = ?8, applied = 0, status = NULL, answer = NULL
         WHERE expires_at <= ?6 OR (status IS NULL AND applied = 0 AND claimed_until <= ?6)";
    /// The key after [`CLAIM`], with its answer.
    #[answers]
    FIND = concat!("SELECT fingerprint, claim, claimed_until, status, answer AS body FROM idempotency_keys WHERE ", this_key!());
    /// Notes in the batch of a change that the holder `?4` has written something. Who has lost the
    /// claim breaks the batch: NULL is refused there.
    MARK = concat!("UPDATE idempotency_keys SET applied = iif(claim = ?4, 1, NULL) WHERE ", this_key!());
    /// Keeps the answer of the holder `?4`: status `?5`, body `?6`.
    KEEP = concat!("UPDATE idempotency_keys SET status = ?5, answer = ?6 WHERE ", this_key!(), " AND claim = ?4");
    /// Frees the key of the holder `?4`, also where something was written if `?5` is 1.
    RELEASE = concat!("DELETE FROM idempotency_keys WHERE ", this_key!(), " AND claim = ?4 AND applied <= ?5");
    /// Clears up to `?2` keys that ended before `?1`.
    CLEAR = "DELETE FROM idempotency_keys WHERE rowid IN
        (SELECT rowid FROM idempotency_keys WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)";
}

/// A key in use.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the columns are explained in the migration")]
pub struct KeyRow {
    pub fingerprint: String,
    pub claim: String,
    pub claimed_until: Timestamp,
    pub status: Option<u16>,
}
