-- What an endpoint can ask for beyond its address and its events, tags of domains, and words that later migrations
-- can add to.

-- JSON array of the owner's own words.
ALTER TABLE domains ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array');

-- JSON arrays: only events of these domains, or of domains with one of these tags; both empty for all events.
ALTER TABLE webhook_endpoints ADD COLUMN domain_ids TEXT NOT NULL DEFAULT '[]' CHECK (json_type(domain_ids) = 'array');
ALTER TABLE webhook_endpoints ADD COLUMN domain_tags TEXT NOT NULL DEFAULT '[]' CHECK (json_type(domain_tags) = 'array');
-- JSON array of the names of further headers; with their values they are encrypted at rest.
ALTER TABLE webhook_endpoints ADD COLUMN header_names TEXT NOT NULL DEFAULT '[]' CHECK (json_type(header_names) = 'array');
ALTER TABLE webhook_endpoints ADD COLUMN sealed_headers TEXT;
-- The dated version of the payloads that the receiver was written for.
ALTER TABLE webhook_endpoints ADD COLUMN api_version TEXT NOT NULL DEFAULT '2026-11-01';
-- Whether its deliveries go out one after the other, in the order of the events.
ALTER TABLE webhook_endpoints ADD COLUMN fifo INTEGER NOT NULL DEFAULT 0 CHECK (fifo IN (0, 1));
-- The Ed25519 key pair of `v1a` signatures, its private half encrypted at rest; NULL without one.
ALTER TABLE webhook_endpoints ADD COLUMN public_key TEXT;
ALTER TABLE webhook_endpoints ADD COLUMN sealed_key TEXT;

-- The three tables below are as before, except that the words of `events.type` and `delivery_attempts.error_class`
-- are checked by triggers: SQLite cannot change a CHECK, and making a table anew moves all its rows. A later migration
-- drops the trigger and creates it again with more words.

CREATE TABLE new_events (
  id         TEXT PRIMARY KEY,
  org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- The domain may be gone while its events stay, so no foreign key.
  domain_id  TEXT,
  -- Number within the domain, without gaps; NULL for events of no domain.
  seq        INTEGER,
  type       TEXT NOT NULL,
  -- The body that is sent, byte for byte.
  payload    TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- Number within the organization, in the order of writing; NULL for a test event.
  position   INTEGER,
  UNIQUE (domain_id, seq)
) STRICT;

CREATE TABLE new_deliveries (
  id              TEXT PRIMARY KEY,
  org_id          TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  event_id        TEXT NOT NULL REFERENCES new_events (id) ON DELETE CASCADE,
  endpoint_id     TEXT NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
  state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  -- The holder of the claim, and until when nobody else may try.
  claim           TEXT,
  claimed_until   INTEGER NOT NULL DEFAULT 0,
  -- Tries before the schedule was last started anew.
  attempts_before INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  -- One event goes to one endpoint once, however often its message is repeated.
  UNIQUE (event_id, endpoint_id)
) STRICT;

CREATE TABLE new_attempts (
  id              TEXT PRIMARY KEY,
  org_id          TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  delivery_id     TEXT NOT NULL REFERENCES new_deliveries (id) ON DELETE CASCADE,
  number          INTEGER NOT NULL,
  started_at      INTEGER NOT NULL,
  duration_ms     INTEGER NOT NULL,
  status          INTEGER,
  error_class     TEXT,
  -- The first 16 KiB of the answer's body.
  excerpt         TEXT NOT NULL,
  -- JSON object: the headers that were sent, without the values of the owner's own; empty where nothing was sent.
  request_headers TEXT NOT NULL DEFAULT '{}' CHECK (json_type(request_headers) = 'object'),
  UNIQUE (delivery_id, number)
) STRICT;

INSERT INTO new_events (id, org_id, domain_id, seq, type, payload, created_at, position)
  SELECT id, org_id, domain_id, seq, type, payload, created_at, position FROM events;
INSERT INTO new_deliveries (id, org_id, event_id, endpoint_id, state, attempts, next_attempt_at, claim, claimed_until, attempts_before, created_at, updated_at)
  SELECT id, org_id, event_id, endpoint_id, state, attempts, next_attempt_at, claim, claimed_until, attempts_before, created_at, updated_at FROM deliveries;
INSERT INTO new_attempts (id, org_id, delivery_id, number, started_at, duration_ms, status, error_class, excerpt)
  SELECT id, org_id, delivery_id, number, started_at, duration_ms, status, error_class, excerpt FROM delivery_attempts;

-- The innermost first: dropping a table deletes its rows, which would cascade.
DROP TABLE delivery_attempts;
DROP TABLE deliveries;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;
ALTER TABLE new_deliveries RENAME TO deliveries;
ALTER TABLE new_attempts RENAME TO delivery_attempts;

CREATE INDEX events_by_org ON events (org_id, id);
CREATE UNIQUE INDEX events_by_position ON events (org_id, position) WHERE position IS NOT NULL;
CREATE INDEX deliveries_by_org ON deliveries (org_id, id);
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_claim ON deliveries (claim) WHERE claim IS NOT NULL;
CREATE INDEX delivery_attempts_by_org ON delivery_attempts (org_id);

CREATE TRIGGER events_type BEFORE INSERT ON events WHEN NEW.type NOT IN (
  'domain.added', 'domain.removed', 'domain.active', 'domain.error', 'domain.expiring_soon',
  'domain.renewed', 'dns.verified', 'dns.check_failed', 'job.failed', 'job.dlq',
  'webhook.test', 'webhook.disabled')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: events.type');
END;

CREATE TRIGGER delivery_attempts_error_class BEFORE INSERT ON delivery_attempts WHEN NEW.error_class NOT IN (
  'timeout', 'connection', 'http_3xx', 'http_4xx', 'http_5xx', 'gone', 'blocked_url', 'disabled', 'secret_unreadable')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: delivery_attempts.error_class');
END;
