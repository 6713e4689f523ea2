-- The tags that a token is limited to (a JSON array): it sees and changes the domains that have one of them. NULL: all.
ALTER TABLE api_tokens ADD COLUMN domain_tags TEXT CHECK (domain_tags IS NULL OR json_type(domain_tags) = 'array');

DROP VIEW callers;
CREATE VIEW callers AS
SELECT t.hash AS credential_hash, 'token' AS kind, t.id AS credential_id, t.org_id,
       NULL AS user_id, NULL AS role, t.scopes, t.domain_tags, t.allowed_ips, t.expires_at, t.last_used_at,
       o.plan, o.domain_limit, o.requests_per_minute, t.created_at AS since
  FROM api_tokens t JOIN organizations o ON o.id = t.org_id
UNION ALL
SELECT s.hash, 'session', s.id, m.org_id,
       s.user_id, m.role, NULL, NULL, NULL, s.expires_at, s.last_used_at,
       o.plan, o.domain_limit, o.requests_per_minute, m.created_at
  FROM sessions s
  JOIN members m ON m.user_id = s.user_id AND m.status = 'active'
  JOIN organizations o ON o.id = m.org_id;
