//! People as other services know them.

statements! { "identities";
    /// Whom the issuer `?1` knows as `?2`, or else who has, or may get, the address `?3`, as the link `?4`:
    /// a [`LinkRow`](super::sign_in_links::LinkRow). None where nobody is known and `?3` is NULL.
    LOOK = "SELECT ?4 AS id, coalesce(u.email, ?3) AS email, u.id AS user_id, 1 AS is_here,
               EXISTS (SELECT 1 FROM members WHERE user_id = u.id AND status = 'active') AS is_member
          FROM (SELECT coalesce((SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2),
                                (SELECT id FROM users WHERE email = ?3)) AS id) f
          LEFT JOIN users u ON u.id = f.id WHERE u.id IS NOT NULL OR ?3 IS NOT NULL";
    /// Notes at `?4` that the issuer `?1` knows as `?2` the person of the session `?3`, if that was started.
    LINK = "INSERT INTO identities (issuer, subject, user_id, created_at)
        SELECT ?1, ?2, user_id, ?4 FROM sessions WHERE id = ?3
            ON CONFLICT (issuer, subject) DO NOTHING";
}
