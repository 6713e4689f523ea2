-- How endpoints fare, secrets in rotation, schedules that start anew, and the order of the feed.

-- Why it is turned off; NULL while it is on.
ALTER TABLE webhook_endpoints ADD COLUMN disabled_reason TEXT CHECK (disabled_reason IN ('owner', 'gone', 'failing'));
-- Since when every try failed; NULL when the last one did not.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since INTEGER;
-- When it last took an event.
ALTER TABLE webhook_endpoints ADD COLUMN last_delivery_at INTEGER;
-- The secret before the last rotation, encrypted like the one in force, and until when both sign.
ALTER TABLE webhook_endpoints ADD COLUMN previous_secret TEXT;
ALTER TABLE webhook_endpoints ADD COLUMN previous_secret_until INTEGER;
UPDATE webhook_endpoints SET disabled_reason = 'owner' WHERE enabled = 0;
CREATE INDEX webhook_endpoints_rotating ON webhook_endpoints (previous_secret_until)
  WHERE previous_secret_until IS NOT NULL;

-- Tries before the schedule was last started anew.
ALTER TABLE deliveries ADD COLUMN attempts_before INTEGER NOT NULL DEFAULT 0;

-- Number within the organization, in the order of writing: ids are made by Workers before they
-- write, so a smaller id can become visible after a larger one, and a reader that goes by ids
-- would pass it over. NULL for a test event, which nobody but its endpoint is told of.
ALTER TABLE events ADD COLUMN position INTEGER;
UPDATE events SET position = rowid;
CREATE UNIQUE INDEX events_by_position ON events (org_id, position) WHERE position IS NOT NULL;
