-- What happened: events for receivers, audit rows for the organization.

CREATE TABLE events (
  id         TEXT PRIMARY KEY,
  org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- The domain may be gone while its events stay, so no foreign key.
  domain_id  TEXT,
  -- Number within the domain, without gaps; NULL for events of no domain.
  seq        INTEGER,
  type       TEXT NOT NULL CHECK (type IN (
    'domain.added', 'domain.removed', 'domain.active', 'domain.error', 'domain.expiring_soon',
    'domain.renewed', 'dns.verified', 'dns.check_failed', 'job.failed', 'job.dlq',
    'webhook.test', 'webhook.disabled')),
  -- The body that is sent, byte for byte.
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (domain_id, seq)
) STRICT;

CREATE INDEX events_by_org ON events (org_id, id);

CREATE TABLE audit_logs (
  id           TEXT PRIMARY KEY,
  org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  actor_kind   TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'system')),
  actor_id     TEXT,
  action       TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  -- JSON object: what changed, without secrets.
  detail       TEXT NOT NULL CHECK (json_type(detail) = 'object'),
  request_id   TEXT,
  created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_logs_by_org ON audit_logs (org_id, id);
