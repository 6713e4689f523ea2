//! Rows of every tenant table, for whichever of the tables exist.

use dcvaas_testkit::SqliteDb;

/// One row a table, in the order of their foreign keys. `{}` stands for the organization's letter.
const ROWS: &[(&str, &str)] = &[
    (
        "organizations",
        "INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES ('org_{}', 'Org', 'pro', 1, 1)",
    ),
    ("users", "INSERT INTO users (id, email, created_at, updated_at) VALUES ('usr_{}', '{}@people.dev', 1, 1)"),
    (
        "members",
        "INSERT INTO members (org_id, user_id, role, status, created_at, updated_at)
         VALUES ('org_{}', 'usr_{}', 'owner', 'active', 1, 1)",
    ),
    (
        "api_tokens",
        "INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_at)
         VALUES ('tok_{}', 'org_{}', 'ci', substr('{}' || hex(zeroblob(32)), 1, 64), 'dcv_', 'abcd', '[]', 1)",
    ),
    (
        "token_usage",
        "INSERT INTO token_usage (org_id, token_id, day, route, requests)
         VALUES ('org_{}', 'tok_{}', '2026-01-01', 'domains.list', 1)",
    ),
    (
        "token_addresses",
        "INSERT INTO token_addresses (org_id, token_id, address, last_seen_at) VALUES ('org_{}', 'tok_{}', '192.0.2.1', 1)",
    ),
    (
        "revoked_tokens",
        "INSERT INTO revoked_tokens (hash, org_id, token_id, revoked_at)
         VALUES (substr('{}f' || hex(zeroblob(32)), 1, 64), 'org_{}', 'tok_old_{}', 1)",
    ),
    ("published_keys", "INSERT INTO published_keys (sender, asked_at) VALUES ('sender_{}', 1)"),
    (
        "hostname_quotas",
        "INSERT INTO hostname_quotas (zone_id, used, allocated, read_at, told) VALUES ('zone_{}', 1, 100, 1, 0)",
    ),
    (
        "sessions",
        "INSERT INTO sessions (id, user_id, hash, created_at, expires_at)
         VALUES ('ses_{}', 'usr_{}', substr('{}' || hex(zeroblob(32)), 1, 64), 1, 2)",
    ),
    (
        "sign_in_links",
        "INSERT INTO sign_in_links (id, user_id, hash, created_at, expires_at)
         VALUES ('sgn_{}', 'usr_{}', substr('{}' || hex(zeroblob(32)), 1, 64), 1, 2)",
    ),
    (
        "domains",
        "INSERT INTO domains (id, org_id, hostname, status, cf_id, next_check_at, created_at, updated_at)
         VALUES ('dom_{}', 'org_{}', '{}.example.com', 'active', 'cf_{}', 1, 1, 1)",
    ),
    (
        "certificates",
        "INSERT INTO certificates (id, org_id, domain_id, identity, key_type, seen_at)
         VALUES ('crt_{}', 'org_{}', 'dom_{}', 'print', 'ecdsa', 1)",
    ),
    (
        "events",
        "INSERT INTO events (id, org_id, domain_id, seq, type, payload, created_at)
         VALUES ('evt_{}', 'org_{}', 'dom_{}', 1, 'domain.added', '{}', 1)",
    ),
    (
        "audit_logs",
        "INSERT INTO audit_logs (id, org_id, actor_kind, action, subject_id, detail, created_at)
         VALUES ('aud_{}', 'org_{}', 'system', 'domain.add', 'dom_{}', json_object(), 1)",
    ),
    ("audit_chains", "UPDATE audit_chains SET next_clear_at = 1 WHERE org_id = 'org_{}'"),
    (
        "webhook_endpoints",
        "INSERT INTO webhook_endpoints (id, org_id, url, events, enabled, sealed_secret, created_at, updated_at)
         VALUES ('wh_{}', 'org_{}', 'https://hooks.example.com', '[\"*\"]', 1, 'sealed', 1, 1)",
    ),
    (
        "deliveries",
        "INSERT INTO deliveries (id, org_id, event_id, endpoint_id, state, next_attempt_at, created_at, updated_at)
         VALUES ('dlv_{}', 'org_{}', 'evt_{}', 'wh_{}', 'pending', 1, 1, 1)",
    ),
    (
        "delivery_attempts",
        "INSERT INTO delivery_attempts (id, org_id, delivery_id, number, started_at, duration_ms, excerpt)
         VALUES ('att_{}', 'org_{}', 'dlv_{}', 1, 1, 1, '')",
    ),
    (
        "feed_consumers",
        "INSERT INTO feed_consumers (org_id, name, position, created_at, updated_at) VALUES ('org_{}', 'crm', 1, 1, 1)",
    ),
    (
        "mails",
        "INSERT INTO mails (id, org_id, to_address, kind, data, state, created_at, updated_at)
         VALUES ('mail_{}', 'org_{}', '{}@people.dev', 'invitation', json_object(), 'pending', 1, 1)",
    ),
    (
        "hostname_removals",
        "INSERT INTO hostname_removals (id, hostname, next_attempt_at, created_at)
         VALUES ('rmv_old_{}', 'old.{}.example.com', 1, 1)",
    ),
    (
        "idempotency_keys",
        "INSERT INTO idempotency_keys (org_id, credential_id, key, fingerprint, claim, claimed_until, expires_at)
         VALUES ('org_{}', 'tok_{}', 'key', hex(zeroblob(32)), 'req_{}', 1, 1)",
    ),
    ("zones", "INSERT INTO zones (id, dcv_uuid, updated_at) VALUES ('zone_{}', 'uuid', 1)"),
    (
        "identities",
        "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ('https://id.{}.dev', '1', 'usr_{}', 1)",
    ),
    (
        "oidc_attempts",
        "INSERT INTO oidc_attempts (state_hash, browser_hash, provider, sealed_verifier, nonce, created_at, expires_at)
         VALUES (concat('{}', substr(hex(zeroblob(32)), 2)), 'hash', 'corp', 'sealed', 'nonce', 1, 2)",
    ),
    ("sign_in_counters", "INSERT INTO sign_in_counters (key, window_start, count) VALUES ('{}', 1, 1)"),
    ("leases", "INSERT INTO leases (name, until, updated_at) VALUES ('lease_{}', 1, 1)"),
];

/// The tables of the database, by name.
pub(crate) fn tables(db: &SqliteDb) -> Vec<String> {
    let listed = db.query("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", &[]);
    let names = listed.as_array().unwrap().iter();
    names
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .filter(|name| !name.starts_with("sqlite_"))
        .collect()
}

/// The tables with a column `org_id`.
pub(crate) fn tenant_tables(db: &SqliteDb) -> Vec<String> {
    let has_org = |table: &String| {
        !rows_where(db, &format!("pragma_table_info('{table}')"), "name = 'org_id'").is_empty()
    };
    tables(db).into_iter().filter(has_org).collect()
}

/// The rows of `source` that match.
pub(crate) fn rows_where(db: &SqliteDb, source: &str, condition: &str) -> Vec<serde_json::Value> {
    let rows = db.query(&format!("SELECT * FROM {source} WHERE {condition}"), &[]);
    rows.as_array().unwrap().clone()
}

/// The number of rows.
pub(crate) fn count(db: &SqliteDb, table: &str) -> usize {
    rows_where(db, table, "1").len()
}

/// Fills every table that exists with one row of the organization `letter`.
pub(crate) fn fill(db: &SqliteDb, letter: &str) {
    let existing = tables(db);
    for (table, sql) in ROWS {
        if existing.iter().any(|name| name == table) {
            // Triggers may write more.
            assert!(db.execute(&sql.replace("{}", letter), &[]) >= 1, "one row of {table}");
        }
    }
    for table in existing {
        assert!(
            ROWS.iter().any(|(name, _)| *name == table),
            "fill.rs has no row for the new table {table}"
        );
    }
}
