// Proves that the migrations are one chain that `wrangler d1 migrations apply` takes on an empty database and on one
// that holds rows at every earlier number, and that no row is lost or left dangling on the way.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MIGRATIONS = readdirSync(path.join(ROOT, "migrations")).filter((name) => name.endsWith(".sql")).sort();

const numberOf = (name) => Number(name.split("_")[0]);

/** What a database may hold after each number. A new migration needs a line here, so that the next one meets rows. */
const ROWS = {
  1: `INSERT INTO organizations (id, name, plan, created_at, updated_at) VALUES ('org_1', 'One', 'pro', 1, 1);
      INSERT INTO users (id, email, created_at, updated_at) VALUES ('usr_1', 'one@example.test', 1, 1);
      INSERT INTO members (org_id, user_id, role, status, created_at, updated_at) VALUES ('org_1', 'usr_1', 'owner', 'active', 1, 1);`,
  2: `INSERT INTO api_tokens (id, org_id, name, hash, prefix, last_four, scopes, created_at)
        VALUES ('tok_1', 'org_1', 'CI', '${"0".repeat(64)}', 'dcv_00000000', '0000', '["admin"]', 1);
      INSERT INTO sessions (id, user_id, hash, created_at, expires_at) VALUES ('ses_1', 'usr_1', '${"1".repeat(64)}', 1, 2);
      INSERT INTO sign_in_links (id, user_id, hash, created_at, expires_at) VALUES ('sgn_1', 'usr_1', '${"2".repeat(64)}', 1, 2);`,
  3: `INSERT INTO domains (id, org_id, hostname, status, next_check_at, created_at, updated_at)
        VALUES ('dom_1', 'org_1', 'app.example.com', 'active', 1, 1, 1);
      INSERT INTO certificates (id, org_id, domain_id, identity, key_type, seen_at) VALUES ('crt_1', 'org_1', 'dom_1', 'f', 'rsa', 1);
      INSERT INTO hostname_removals (id, hostname, next_attempt_at, created_at) VALUES ('rmv_old', 'old.example.com', 1, 1);
      INSERT INTO zones (id, dcv_uuid, updated_at) VALUES ('zone', 'uuid', 1);
      INSERT INTO leases (name, until, updated_at) VALUES ('tick', 0, 1);`,
  4: `INSERT INTO events (id, org_id, domain_id, seq, type, payload, created_at) VALUES ('evt_1', 'org_1', 'dom_1', 1, 'domain.added', '{}', 1);
      INSERT INTO audit_logs (id, org_id, actor_kind, action, subject_id, detail, created_at)
        VALUES ('aud_1', 'org_1', 'system', 'domain.add', 'dom_1', '{}', 1);`,
  5: `INSERT INTO webhook_endpoints (id, org_id, url, events, enabled, sealed_secret, created_at, updated_at)
        VALUES ('wh_1', 'org_1', 'https://hooks.example.com/', '["*"]', 1, 'v1', 1, 1);
      INSERT INTO deliveries (id, org_id, event_id, endpoint_id, state, created_at, updated_at)
        VALUES ('dlv_1', 'org_1', 'evt_1', 'wh_1', 'pending', 1, 1);
      INSERT INTO delivery_attempts (id, org_id, delivery_id, number, started_at, duration_ms, excerpt)
        VALUES ('att_1', 'org_1', 'dlv_1', 1, 1, 1, '');`,
  6: `UPDATE webhook_endpoints SET failing_since = 1, previous_secret = 'v1', previous_secret_until = 2;
      UPDATE events SET position = 1;`,
  7: `UPDATE domains SET tags = '["eu"]';
      UPDATE webhook_endpoints SET domain_tags = '["eu"]', header_names = '["X-Tenant"]', sealed_headers = 'v1', fifo = 1;`,
  8: `UPDATE webhook_endpoints SET failing_told_at = 2, pace_ms = 7;
      UPDATE deliveries SET woken_at = -1;`,
  9: `INSERT INTO mails (id, org_id, to_address, kind, data, state, created_at, updated_at)
        VALUES ('mail_1', 'org_1', 'one@example.test', 'invitation', '{}', 'pending', 1, 1);`,
  10: `INSERT INTO sign_in_counters (key, window_start, count) VALUES ('k', 1, 1);
      INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ('https://id.example', '1', 'usr_1', 1);
      UPDATE organizations SET brand_color = '#102030', logo_url = 'https://example.test/logo.svg';`,
  11: `UPDATE api_tokens SET allowed_ips = '["192.0.2.0/24"]', replaced_by = 'tok_2', reminded_days = 14;
      UPDATE organizations SET requests_per_minute = 5;
      INSERT INTO token_usage (org_id, token_id, day, route, requests) VALUES ('org_1', 'tok_1', '2026-01-01', 'domains.list', 1);`,
  12: `UPDATE audit_chains SET next_clear_at = 1;`,
  13: `INSERT INTO idempotency_keys (org_id, credential_id, key, fingerprint, claim, claimed_until, expires_at)
        VALUES ('org_1', 'tok_1', 'key', '${"3".repeat(64)}', 'req_1', 1, 1);`,
  14: `INSERT INTO oidc_attempts (state_hash, browser_hash, provider, sealed_verifier, nonce, created_at, expires_at)
        VALUES ('${"5".repeat(64)}', 'hash', 'corp', 'v1', 'nonce', 1, 2);`,
  15: `INSERT INTO feed_consumers (org_id, name, position, created_at, updated_at) VALUES ('org_1', 'reader', 1, 1, 1);`,
  16: `UPDATE api_tokens SET person_id = 'usr_1';
      INSERT INTO token_addresses (org_id, token_id, address, last_seen_at) VALUES ('org_1', 'tok_1', '192.0.2.1', 1);
      INSERT INTO revoked_tokens (hash, org_id, token_id, revoked_at) VALUES ('${"4".repeat(64)}', 'org_1', 'tok_0', 1);
      INSERT INTO hostname_quotas (zone_id, used, allocated, read_at, told) VALUES ('zone', 1, 100, 1, 0);`,
  26: `INSERT INTO published_keys (sender, asked_at) VALUES ('sender', 1);`,
  29: `UPDATE api_tokens SET domain_tags = '["team-a"]';`,
};

const home = mkdtempSync(path.join(tmpdir(), "dcvaas-migrations-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** Applies what stands in the temporary folder so far, by wrangler itself. */
function apply() {
  const { MINIFLARE_WORKERD_PATH: _, ...env } = process.env;
  execFileSync(
    process.execPath,
    [path.join(ROOT, "node_modules/wrangler/bin/wrangler.js"), "d1", "migrations", "apply", "dcvaas-db", "--local", "-c",
      path.join(home, "wrangler.toml"), "--persist-to", path.join(home, "state")],
    { cwd: home, env: { ...env, CI: "true", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" }, stdio: "pipe" },
  );
}

function withDatabase(use) {
  const folder = path.join(home, "state/v3/d1/miniflare-D1DatabaseObject");
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite");
  const database = new DatabaseSync(path.join(folder, file), { enableForeignKeyConstraints: true });
  try {
    return use(database);
  } finally {
    database.close();
  }
}

const tablesOf = (database) =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'")
    .all()
    .map(({ name }) => name);

test("each has a number of its own", () => {
  const numbers = MIGRATIONS.map(numberOf);
  assert.ok(numbers.every((number, index) => number > (numbers[index - 1] ?? 0)), String(numbers));
  assert.ok(Object.keys(ROWS).every((number) => numbers.includes(Number(number))));
});

test("each migration applies to a database that holds rows in every table so far, and keeps them", () => {
  const [binding] = readFileSync(path.join(ROOT, "wrangler.api.toml"), "utf8").match(/^\[\[d1_databases\]\]\n(?:.+\n)+/m);
  writeFileSync(path.join(home, "wrangler.toml"), `name = "migrations"\ncompatibility_date = "2026-07-30"\n${binding}`);
  mkdirSync(path.join(home, "migrations"));
  MIGRATIONS.forEach((name) => {
    copyFileSync(path.join(ROOT, "migrations", name), path.join(home, "migrations", name));
    apply();
    withDatabase((database) => {
      assert.deepEqual(database.prepare("PRAGMA foreign_key_check").all(), [], name);
      database.exec(ROWS[numberOf(name)] ?? "");
      for (const table of tablesOf(database)) {
        assert.equal(database.prepare(`SELECT COUNT(*) AS n FROM "${table}"`).get().n, 1, `${table} after ${name}`);
      }
    });
  });
});

test("deleting the organization takes everything of it along, and remembers what is still to be removed at Cloudflare", () => {
  withDatabase((database) => {
    database.exec("DELETE FROM organizations WHERE id = 'org_1'");
    const left = tablesOf(database).filter((table) => database.prepare(`SELECT COUNT(*) AS n FROM "${table}"`).get().n > 0);
    assert.deepEqual(left.sort(), ["hostname_quotas", "hostname_removals", "identities", "leases", "oidc_attempts", "published_keys", "sessions", "sign_in_counters", "sign_in_links", "users", "zones"]);
    const removals = database.prepare("SELECT hostname FROM hostname_removals ORDER BY hostname").all().map(({ hostname }) => hostname);
    assert.deepEqual(removals, ["app.example.com", "old.example.com"]);
  });
});
