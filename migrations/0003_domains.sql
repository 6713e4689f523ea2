-- Domains, the certificates seen on them, and custom hostnames still to be removed upstream.

CREATE TABLE domains (
  id                TEXT PRIMARY KEY,
  org_id            TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- A-labels, lower case; a wildcard keeps its `*.`.
  hostname          TEXT NOT NULL UNIQUE,
  status            TEXT NOT NULL CHECK (status IN ('pending_cname', 'issuing', 'active', 'error')),
  -- Cloudflare's custom hostname; NULL until it was created there.
  cf_id             TEXT UNIQUE,
  -- Cloudflare's own words, unknown ones included.
  cf_status         TEXT,
  cf_ssl_status     TEXT,
  -- JSON array of strings: ownership and certificate validation errors, as Cloudflare gives them.
  cf_errors         TEXT NOT NULL DEFAULT '[]' CHECK (json_type(cf_errors) = 'array'),
  delegation_target TEXT,
  -- One sentence that tells the owner what to place.
  dns_instruction   TEXT,
  -- JSON array: every record that the owner must place, final from the start, and how it was seen.
  dns_records       TEXT NOT NULL DEFAULT '[]' CHECK (json_type(dns_records) = 'array'),
  dns_verified      INTEGER NOT NULL DEFAULT 0 CHECK (dns_verified IN (0, 1)),
  expires_at        INTEGER,
  expires_source    TEXT CHECK (expires_source IN ('certificate')),
  last_issued_at    INTEGER,
  error_code        TEXT,
  error_message     TEXT,
  -- Rises with each change of state; writers guard on it.
  version           INTEGER NOT NULL DEFAULT 0,
  -- Number of the newest event of this domain.
  seq               INTEGER NOT NULL DEFAULT 0,
  -- When to look at it again, and how often in a row the upstream failed or did not know it.
  next_check_at     INTEGER NOT NULL,
  failures          INTEGER NOT NULL DEFAULT 0,
  missing_strikes   INTEGER NOT NULL DEFAULT 0,
  -- When the queue was last asked to look; keeps a slow queue from piling up repeats.
  woken_at          INTEGER NOT NULL DEFAULT 0,
  -- When a person or token last asked for a sync.
  asked_at          INTEGER NOT NULL DEFAULT 0,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL
) STRICT;

CREATE INDEX domains_by_org ON domains (org_id, id);
-- A wildcard is a custom hostname of its base name at Cloudflare, so the two exclude each other.
CREATE UNIQUE INDEX domains_by_base
  ON domains (iif(substr(hostname, 1, 2) = '*.', substr(hostname, 3), hostname));
CREATE INDEX domains_due ON domains (next_check_at);

CREATE TABLE certificates (
  id          TEXT PRIMARY KEY,
  org_id      TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  domain_id   TEXT NOT NULL REFERENCES domains (id) ON DELETE CASCADE,
  -- Fingerprint, else serial number, else Cloudflare's id: what makes it this certificate.
  identity    TEXT NOT NULL,
  fingerprint TEXT,
  serial      TEXT,
  issuer      TEXT,
  key_type    TEXT NOT NULL CHECK (key_type IN ('ecdsa', 'rsa', 'unknown')),
  issued_at   INTEGER,
  expires_at  INTEGER,
  seen_at     INTEGER NOT NULL,
  UNIQUE (domain_id, identity)
) STRICT;

CREATE INDEX certificates_by_org ON certificates (org_id);

-- A custom hostname to remove at Cloudflare. It outlives its domain and its organization, so it
-- has no foreign key; the row goes when Cloudflare has confirmed.
CREATE TABLE hostname_removals (
  id              TEXT PRIMARY KEY,
  hostname        TEXT NOT NULL,
  -- NULL: creation may have happened without its answer; found by hostname.
  cf_id           TEXT,
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  last_error      TEXT,
  created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX hostname_removals_due ON hostname_removals (next_attempt_at);
CREATE INDEX hostname_removals_by_hostname ON hostname_removals (hostname);

-- Deleting an organization cascades over its domains; their custom hostnames must still go.
CREATE TRIGGER organization_removals BEFORE DELETE ON organizations
BEGIN
  INSERT INTO hostname_removals (id, hostname, cf_id, next_attempt_at, created_at)
  SELECT 'rmv_' || substr(d.id, 5), d.hostname, d.cf_id, 0, d.updated_at
    FROM domains d WHERE d.org_id = OLD.id;
END;

-- What is known of the Cloudflare zone, so that records can be told without asking each time.
CREATE TABLE zones (
  id         TEXT PRIMARY KEY,
  dcv_uuid   TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- One holder at a time for work that must not run twice at once, and when it last ran.
CREATE TABLE leases (
  name       TEXT PRIMARY KEY,
  until      INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
