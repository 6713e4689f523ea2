-- Whom a token goes back to, when to tell of its end, how often it is refused and from where it is used; tokens that
-- were revoked; and how full the zone is.

-- The person who made it, or who made the token that made it, however far back; NULL where nobody is known. Who
-- that is stays known when they leave.
ALTER TABLE api_tokens ADD COLUMN person_id TEXT;
WITH RECURSIVE origin (id, person_id) AS (
  SELECT id, created_by FROM api_tokens WHERE created_by LIKE 'usr\_%' ESCAPE '\'
  UNION
  SELECT t.id, origin.person_id FROM origin JOIN api_tokens t ON t.created_by = origin.id)
UPDATE api_tokens SET person_id = origin.person_id FROM origin WHERE origin.id = api_tokens.id;
CREATE INDEX api_tokens_by_person ON api_tokens (org_id, person_id);

-- When the next stage of `reminded_days` begins; NULL once its end was told, or if it has none. One that was replaced
-- ends with its grace period, of which nobody needs to be reminded.
ALTER TABLE api_tokens ADD COLUMN remind_at INTEGER GENERATED ALWAYS AS (
  CASE WHEN reminded_days = 0 THEN NULL
       WHEN replaced_by IS NOT NULL OR reminded_days = 1 THEN expires_at
       WHEN reminded_days = 7 THEN expires_at - 86400000
       WHEN reminded_days = 14 THEN expires_at - 7 * 86400000
       ELSE expires_at - 14 * 86400000 END) VIRTUAL;
CREATE INDEX api_tokens_to_remind ON api_tokens (remind_at) WHERE remind_at IS NOT NULL;
-- The index above takes its place.
DROP INDEX api_tokens_by_expiry;

-- How many of the requests were refused or failed: those with a status from 400 on.
ALTER TABLE token_usage ADD COLUMN errors INTEGER NOT NULL DEFAULT 0;

-- The last addresses that a token was used from, allowed or not.
CREATE TABLE token_addresses (
  org_id       TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_id     TEXT NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
  -- In its one form; IPv4 within IPv6 is kept as IPv4.
  address      TEXT NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (token_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX token_addresses_by_org ON token_addresses (org_id);
CREATE INDEX token_addresses_by_age ON token_addresses (last_seen_at);

-- What is left of a revoked token for a while: enough to say to whoever shows it that it was revoked, and no more.
CREATE TABLE revoked_tokens (
  hash       TEXT PRIMARY KEY CHECK (length(hash) = 64),
  org_id     TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  token_id   TEXT NOT NULL,
  revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_tokens_by_org ON revoked_tokens (org_id);
CREATE INDEX revoked_tokens_by_age ON revoked_tokens (revoked_at);

-- How many custom hostnames Cloudflare lets the zone have, as it was last read.
CREATE TABLE hostname_quotas (
  zone_id   TEXT PRIMARY KEY,
  used      INTEGER NOT NULL,
  allocated INTEGER NOT NULL,
  read_at   INTEGER NOT NULL,
  -- Whether the operator knows that it is nearly used up.
  told      INTEGER NOT NULL CHECK (told IN (0, 1))
) STRICT;
