-- What it takes to bring events to many endpoints at once without one standing in the way of another.

-- When a message was last sent for it that nobody has handled yet; 0 where none is under way, -1 where its message
-- came while its endpoint could take no more: who settles one of that endpoint's deliveries takes it up.
ALTER TABLE deliveries ADD COLUMN woken_at INTEGER NOT NULL DEFAULT 0;
-- The event's number within the organization, by which an endpoint in order gets its deliveries; NULL for a test event.
ALTER TABLE deliveries ADD COLUMN position INTEGER;
UPDATE deliveries SET position = (SELECT e.position FROM events e WHERE e.id = deliveries.event_id);

-- Milliseconds that its last try took.
ALTER TABLE webhook_endpoints ADD COLUMN pace_ms INTEGER NOT NULL DEFAULT 0;

DROP INDEX deliveries_due;
DROP INDEX deliveries_by_claim;
CREATE INDEX deliveries_due ON deliveries (endpoint_id, woken_at, next_attempt_at) WHERE state = 'pending';
CREATE INDEX deliveries_in_order ON deliveries (endpoint_id, position) WHERE state = 'pending';
CREATE INDEX deliveries_in_flight ON deliveries (endpoint_id, claimed_until) WHERE claim IS NOT NULL;

-- When its organization was last told that it fails; older than a stage means that the stage was not told.
ALTER TABLE webhook_endpoints ADD COLUMN failing_told_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX webhook_endpoints_failing ON webhook_endpoints (failing_since) WHERE failing_since IS NOT NULL;

DROP TRIGGER events_type;
CREATE TRIGGER events_type BEFORE INSERT ON events WHEN NEW.type NOT IN (
  'domain.added', 'domain.removed', 'domain.active', 'domain.error', 'domain.expiring_soon',
  'domain.renewed', 'dns.verified', 'dns.check_failed', 'job.failed', 'job.dlq',
  'webhook.test', 'webhook.disabled', 'webhook.failing')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: events.type');
END;
