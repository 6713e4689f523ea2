-- Who may use a token from where, what took its place, how often it is used; and how often an organization may ask.

-- JSON array of blocks of addresses (CIDR) from which the token may be used; NULL for any.
ALTER TABLE api_tokens ADD COLUMN allowed_ips TEXT CHECK (json_type(allowed_ips) = 'array');
-- The token that took this one's place; from then on it ends with its grace period.
ALTER TABLE api_tokens ADD COLUMN replaced_by TEXT;
-- How near its end its makers were last told of: 14, 7 or 1 days, 0 for its end; NULL for not yet.
ALTER TABLE api_tokens ADD COLUMN reminded_days INTEGER CHECK (reminded_days IN (14, 7, 1, 0));
CREATE INDEX api_tokens_by_expiry ON api_tokens (expires_at) WHERE expires_at IS NOT NULL;

-- An operator's override of the plan's requests a minute; NULL takes the plan's own.
ALTER TABLE organizations ADD COLUMN requests_per_minute INTEGER CHECK (requests_per_minute >= 0);

-- How many requests a token made, per day (UTC) and route.
CREATE TABLE token_usage (
  org_id   TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_id TEXT NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
  -- YYYY-MM-DD.
  day      TEXT NOT NULL,
  -- The name of the route, as in the API's document.
  route    TEXT NOT NULL,
  requests INTEGER NOT NULL,
  PRIMARY KEY (token_id, day, route)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_usage_by_org ON token_usage (org_id);
CREATE INDEX token_usage_by_day ON token_usage (day);

-- As before, with what limits a token.
DROP VIEW callers;
CREATE VIEW callers AS
SELECT t.hash AS credential_hash, 'token' AS kind, t.id AS credential_id, t.org_id,
       NULL AS user_id, NULL AS role, t.scopes, t.allowed_ips, t.expires_at, t.last_used_at,
       o.plan, o.domain_limit, o.requests_per_minute, t.created_at AS since
  FROM api_tokens t JOIN organizations o ON o.id = t.org_id
UNION ALL
SELECT s.hash, 'session', s.id, m.org_id,
       s.user_id, m.role, NULL, NULL, s.expires_at, s.last_used_at,
       o.plan, o.domain_limit, o.requests_per_minute, m.created_at
  FROM sessions s
  JOIN members m ON m.user_id = s.user_id AND m.status = 'active'
  JOIN organizations o ON o.id = m.org_id;
