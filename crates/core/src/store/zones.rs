//! What is known of the Cloudflare zone.


statements! { "zones";
    /// The delegation uuid of zone `?1`.
    FIND = "SELECT dcv_uuid FROM zones WHERE id = ?1";
    /// Keeps the delegation uuid `?2` of zone `?1`, read at `?3`.
    KEEP = "INSERT INTO zones (id, dcv_uuid, updated_at) VALUES (?1, ?2, ?3)
        ON CONFLICT (id) DO UPDATE SET dcv_uuid = ?2, updated_at = ?3";
}
