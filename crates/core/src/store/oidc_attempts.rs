//! Attempts to sign in by a provider: remembered while somebody is there.

statements! { "oidc_attempts";
    /// Remembers the attempt with the state's hash `?1` in the browser with the hash `?2` at the provider
    /// `?3`, unless the counter `?8` of the window `?9` is above `?10`: `?4` sealed verifier, `?5` nonce,
    /// `?6` now, `?7` expiry.
    BEGIN = "INSERT INTO oidc_attempts (state_hash, browser_hash, provider, sealed_verifier, nonce, created_at, expires_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count FROM sign_in_counters WHERE key = ?8 AND window_start = ?9) <= ?10";
    /// Uses the attempt with the state's hash `?1`, in the browser with the hash `?2` at `?3`, once.
    TAKE = "DELETE FROM oidc_attempts WHERE state_hash = ?1 AND browser_hash = ?2 AND expires_at > ?3
        RETURNING provider, nonce, sealed_verifier";
    /// Clears attempts that ended before `?1`.
    CLEAR = "DELETE FROM oidc_attempts WHERE expires_at < ?1";
}
