-- How far the story of a domain was told, so that nothing is told twice.

-- Since when looks have missed the delegation record after it was right; NULL while it is not missed.
ALTER TABLE domains ADD COLUMN dns_missed_at INTEGER;
-- How many hours after it was added its owner's records were last found missing, of 24, 72 and 144; 0 for none.
ALTER TABLE domains ADD COLUMN reminded_hours INTEGER NOT NULL DEFAULT 0;
-- How many days before its end the certificate in use was last told of, of 14, 7 and 1; 0 for none.
ALTER TABLE domains ADD COLUMN warned_days INTEGER NOT NULL DEFAULT 0;
-- What is told once until it is live again, as bits: 1 issuing, 2 expired, 4 lapsed.
ALTER TABLE domains ADD COLUMN told_once INTEGER NOT NULL DEFAULT 0;
-- What is said of long ago would be news to nobody.
UPDATE domains SET told_once = 7 WHERE status IN ('issuing', 'error');

DROP TRIGGER events_type;
CREATE TRIGGER events_type BEFORE INSERT ON events WHEN NEW.type NOT IN (
  'domain.added', 'domain.removed', 'domain.active', 'domain.error', 'domain.expiring_soon', 'domain.renewed',
  'domain.issuing', 'domain.expired', 'domain.lapsed', 'domain.updated', 'dns.verified', 'dns.check_failed',
  'dns.drifted', 'dns.restored', 'certificate.issued', 'job.failed', 'job.dlq', 'token.created',
  'token.rotated', 'token.revoked', 'token.expired', 'member.invited', 'member.joined', 'member.updated',
  'member.suspended', 'member.removed', 'organization.updated', 'organization.plan_changed',
  'webhook.created', 'webhook.updated', 'webhook.enabled', 'webhook.deleted', 'webhook.secret_rotated',
  'webhook.test', 'webhook.disabled', 'webhook.failing')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: events.type');
END;
