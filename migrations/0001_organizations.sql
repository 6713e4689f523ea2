-- Tenants and people. Times are milliseconds UTC; ids carry their type as a prefix.

CREATE TABLE organizations (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  plan       TEXT NOT NULL CHECK (plan IN ('free', 'pro', 'agency')),
  -- An operator's override of the plan's limit; NULL takes the plan's own.
  domain_limit INTEGER CHECK (domain_limit >= 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
  id         TEXT PRIMARY KEY,
  -- Normalised (trimmed, lower case) before it is stored, so that UNIQUE means one person.
  email      TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
  name       TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
  org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  status     TEXT NOT NULL CHECK (status IN ('active', 'invited', 'suspended')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (org_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_by_user ON members (user_id, created_at);
