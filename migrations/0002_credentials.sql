-- What proves who calls. Only SHA-256 hashes of secrets are kept.

CREATE TABLE api_tokens (
  id           TEXT PRIMARY KEY,
  org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  name         TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  hash         TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  prefix       TEXT NOT NULL,
  last_four    TEXT NOT NULL,
  -- JSON array of scope words.
  scopes       TEXT NOT NULL CHECK (json_type(scopes) = 'array'),
  -- The member or token that made it.
  created_by   TEXT,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER,
  last_used_at INTEGER
) STRICT;

CREATE INDEX api_tokens_by_org ON api_tokens (org_id, id);

CREATE TABLE sessions (
  id           TEXT PRIMARY KEY,
  user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash         TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A link that signs one person in, once.
CREATE TABLE sign_in_links (
  id         TEXT PRIMARY KEY,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  hash       TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER
) STRICT;

CREATE INDEX sign_in_links_by_user ON sign_in_links (user_id);
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

-- Who calls, by the hash of what they showed: one row a token, one row a session and membership.
-- Every read joins its data to this view, so that credential, tenant, role, plan and data are one
-- round trip.
CREATE VIEW callers AS
SELECT t.hash AS credential_hash, 'token' AS kind, t.id AS credential_id, t.org_id,
       NULL AS user_id, NULL AS role, t.scopes, t.expires_at, t.last_used_at,
       o.plan, o.domain_limit, t.created_at AS since
  FROM api_tokens t JOIN organizations o ON o.id = t.org_id
UNION ALL
SELECT s.hash, 'session', s.id, m.org_id,
       s.user_id, m.role, NULL, s.expires_at, s.last_used_at,
       o.plan, o.domain_limit, m.created_at
  FROM sessions s
  JOIN members m ON m.user_id = s.user_id AND m.status = 'active'
  JOIN organizations o ON o.id = m.org_id;
