-- What makes webhooks easier to trust and to catch up with: key pairs in rotation, endpoints that can be bounded,
-- a log that can be searched, and readers of the feed whose place is kept.

-- The Ed25519 key before the last rotation, encrypted like the one in force; it signs as long as `previous_secret`.
ALTER TABLE webhook_endpoints ADD COLUMN previous_key TEXT;
-- Since when it is off; NULL while it is on.
ALTER TABLE webhook_endpoints ADD COLUMN disabled_at INTEGER;
UPDATE webhook_endpoints SET disabled_at = updated_at WHERE enabled = 0;
-- When the addresses of its host were last found to be public.
ALTER TABLE webhook_endpoints ADD COLUMN address_checked_at INTEGER NOT NULL DEFAULT 0;
-- How much of an event is sent.
ALTER TABLE webhook_endpoints ADD COLUMN payload TEXT NOT NULL DEFAULT 'full' CHECK (payload IN ('full', 'thin'));
-- How many requests it gets in a minute at most; NULL for as many as there are. Then the last minute (since 1970) in
-- which it got any, and how many it got in that minute.
ALTER TABLE webhook_endpoints ADD COLUMN per_minute INTEGER CHECK (per_minute > 0);
ALTER TABLE webhook_endpoints ADD COLUMN minute INTEGER NOT NULL DEFAULT 0;
ALTER TABLE webhook_endpoints ADD COLUMN minute_used INTEGER NOT NULL DEFAULT 0;

-- What the last try came to, as `delivery_attempts` has it, so that the log can be searched by it.
ALTER TABLE deliveries ADD COLUMN last_status INTEGER;
ALTER TABLE deliveries ADD COLUMN last_error_class TEXT;
UPDATE deliveries SET (last_status, last_error_class) = (SELECT a.status, a.error_class FROM delivery_attempts a
  WHERE a.delivery_id = deliveries.id ORDER BY a.number DESC LIMIT 1) WHERE attempts > 0;

DROP TRIGGER delivery_attempts_error_class;
CREATE TRIGGER delivery_attempts_error_class BEFORE INSERT ON delivery_attempts WHEN NEW.error_class NOT IN (
  'timeout', 'connection', 'dns', 'refused', 'tls', 'http_3xx', 'http_4xx', 'http_5xx', 'gone', 'blocked_url',
  'blocked_address', 'disabled', 'secret_unreadable')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: delivery_attempts.error_class');
END;

-- Readers of the feed of events whose place we keep for them.
CREATE TABLE feed_consumers (
  org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- The organization's own word for it.
  name       TEXT NOT NULL,
  -- The number of the last event that it has dealt with; 0 before the first.
  position   INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, name)
) STRICT;
