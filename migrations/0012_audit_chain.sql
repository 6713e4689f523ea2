-- The audit log as a chain: rows get a number when they are written, and soon after a hash over themselves and the
-- row before them. They are never changed, and deleted only when their time is over.

-- Where the caller was.
ALTER TABLE audit_logs ADD COLUMN address TEXT;
-- Number within the organization, without gaps.
ALTER TABLE audit_logs ADD COLUMN position INTEGER;
-- SHA-256 over the row and the hash before it; NULL until the scheduler came by.
ALTER TABLE audit_logs ADD COLUMN hash TEXT CHECK (length(hash) = 64);

UPDATE audit_logs SET position = numbered.position
  FROM (SELECT id, row_number() OVER (PARTITION BY org_id ORDER BY id) AS position FROM audit_logs) AS numbered
 WHERE numbered.id = audit_logs.id;

CREATE UNIQUE INDEX audit_logs_by_position ON audit_logs (org_id, position);
CREATE INDEX audit_logs_unsealed ON audit_logs (id) WHERE hash IS NULL;

-- The ends of each chain: what has been sealed, and what has been cleared.
CREATE TABLE audit_chains (
  org_id           TEXT PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  -- The newest row that has its hash.
  sealed_position  INTEGER NOT NULL DEFAULT 0,
  sealed_hash      TEXT NOT NULL DEFAULT '',
  -- The newest row that is gone, from which the rest goes on.
  cleared_position INTEGER NOT NULL DEFAULT 0,
  cleared_hash     TEXT NOT NULL DEFAULT '',
  -- When to look for rows whose time is over.
  next_clear_at    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX audit_chains_due ON audit_chains (next_clear_at);
INSERT INTO audit_chains (org_id) SELECT id FROM organizations;

CREATE TRIGGER audit_chains_begin AFTER INSERT ON organizations
BEGIN
  INSERT INTO audit_chains (org_id) VALUES (NEW.id);
END;

CREATE TRIGGER audit_logs_number AFTER INSERT ON audit_logs WHEN NEW.position IS NULL
BEGIN
  UPDATE audit_logs
     SET position = 1 + max(
           (SELECT coalesce(MAX(position), 0) FROM audit_logs WHERE org_id = NEW.org_id AND position IS NOT NULL),
           (SELECT sealed_position FROM audit_chains WHERE org_id = NEW.org_id))
   WHERE id = NEW.id;
END;

-- A row may only get the number and the hash that it does not have yet.
CREATE TRIGGER audit_logs_keep BEFORE UPDATE ON audit_logs
WHEN NOT (NEW.id IS OLD.id AND NEW.org_id IS OLD.org_id AND NEW.actor_kind IS OLD.actor_kind
      AND NEW.actor_id IS OLD.actor_id AND NEW.action IS OLD.action AND NEW.subject_id IS OLD.subject_id
      AND NEW.detail IS OLD.detail AND NEW.request_id IS OLD.request_id AND NEW.address IS OLD.address
      AND NEW.created_at IS OLD.created_at
      AND (OLD.position IS NULL OR NEW.position IS OLD.position)
      AND (OLD.hash IS NULL OR NEW.hash IS OLD.hash))
BEGIN
  SELECT RAISE(ABORT, 'audit rows cannot be changed');
END;

-- It goes with its organization, or when its chain has been cleared up to it.
CREATE TRIGGER audit_logs_stay BEFORE DELETE ON audit_logs
WHEN EXISTS (SELECT 1 FROM organizations WHERE id = OLD.org_id)
 AND NOT EXISTS (SELECT 1 FROM audit_chains WHERE org_id = OLD.org_id AND cleared_position >= OLD.position)
BEGIN
  SELECT RAISE(ABORT, 'audit rows cannot be deleted');
END;
