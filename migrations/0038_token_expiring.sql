-- An event beside the reminders of a token's end.

DROP TRIGGER events_type;
CREATE TRIGGER events_type BEFORE INSERT ON events WHEN NEW.type NOT IN (
  'domain.added', 'domain.removed', 'domain.active', 'domain.error', 'domain.expiring_soon', 'domain.renewed',
  'domain.issuing', 'domain.expired', 'domain.lapsed', 'domain.updated', 'dns.verified', 'dns.check_failed',
  'dns.drifted', 'dns.restored', 'certificate.issued', 'job.failed', 'job.dlq', 'token.created',
  'token.rotated', 'token.revoked', 'token.expiring', 'token.expired', 'member.invited', 'member.joined',
  'member.updated', 'member.suspended', 'member.removed', 'organization.updated', 'organization.plan_changed',
  'webhook.created', 'webhook.updated', 'webhook.enabled', 'webhook.deleted', 'webhook.secret_rotated',
  'webhook.test', 'webhook.disabled', 'webhook.failing')
BEGIN
  SELECT RAISE(ABORT, 'CHECK constraint failed: events.type');
END;
