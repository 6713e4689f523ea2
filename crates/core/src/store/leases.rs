//! Work that one holder does at a time, and when it last ran.


statements! { "leases";
    /// Takes `?1` at `?2` until `?3`, unless somebody holds it; `updated_at` is then when that was.
    TAKE = "INSERT INTO leases (name, until, updated_at) VALUES (?1, ?3, ?2)
        ON CONFLICT (name) DO UPDATE SET until = ?3, updated_at = ?2 WHERE until <= ?2";
    /// Begins with `?1` at `?2`, so that it can first be taken at `?3`; if it was begun before, nothing
    /// changes.
    BEGIN = "INSERT INTO leases (name, until, updated_at) VALUES (?1, ?3, ?2) ON CONFLICT (name) DO NOTHING";
    /// Keeps `?1` until `?2`.
    EXTEND = "UPDATE leases SET until = ?2 WHERE name = ?1";
    /// Lets go of `?1`.
    RELEASE = "UPDATE leases SET until = 0 WHERE name = ?1";
    /// When the scheduler last ran, for the health check; proves too that D1 answers.
    LAST_TICK = "SELECT MAX(updated_at) AS at FROM leases WHERE name = 'tick'";
    /// Notes a run of the scheduler at `?1`.
    NOTE_TICK = "INSERT INTO leases (name, until, updated_at) VALUES ('tick', 0, ?1)
        ON CONFLICT (name) DO UPDATE SET updated_at = ?1";
}
