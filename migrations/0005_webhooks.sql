-- Where events go, and every try to bring them there.

CREATE TABLE webhook_endpoints (
  id            TEXT PRIMARY KEY,
  org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  url           TEXT NOT NULL,
  description   TEXT,
  -- JSON array of event names, `category.*` or `*`.
  events        TEXT NOT NULL CHECK (json_type(events) = 'array'),
  enabled       INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  -- Encrypted at rest; bound to this row and organization.
  sealed_secret TEXT NOT NULL,
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX webhook_endpoints_by_org ON webhook_endpoints (org_id, id);

CREATE TABLE deliveries (
  id              TEXT PRIMARY KEY,
  org_id          TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  event_id        TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  endpoint_id     TEXT NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
  state           TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  -- The holder of the claim, and until when nobody else may try.
  claim           TEXT,
  claimed_until   INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  -- One event goes to one endpoint once, however often its message is repeated.
  UNIQUE (event_id, endpoint_id)
) STRICT;

CREATE INDEX deliveries_by_org ON deliveries (org_id, id);
CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint_id, id);
CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_claim ON deliveries (claim) WHERE claim IS NOT NULL;

CREATE TABLE delivery_attempts (
  id          TEXT PRIMARY KEY,
  org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  delivery_id TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  status      INTEGER,
  error_class TEXT CHECK (error_class IN (
    'timeout', 'connection', 'http_3xx', 'http_4xx', 'http_5xx', 'gone', 'blocked_url', 'disabled', 'secret_unreadable')),
  -- The first 16 KiB of the answer's body.
  excerpt     TEXT NOT NULL,
  UNIQUE (delivery_id, number)
) STRICT;

CREATE INDEX delivery_attempts_by_org ON delivery_attempts (org_id);
