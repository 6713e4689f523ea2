-- What was answered to a POST with an Idempotency-Key, so that a repeat gets it again.

CREATE TABLE idempotency_keys (
  org_id        TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- The token or session that sent the key: it means nothing to anybody else.
  credential_id TEXT NOT NULL,
  key           TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of method, path and body.
  fingerprint   TEXT NOT NULL CHECK (length(fingerprint) = 64),
  -- The request that carries it out, and until when no other may.
  claim         TEXT NOT NULL,
  claimed_until INTEGER NOT NULL,
  -- Whether that request has written something.
  applied       INTEGER NOT NULL DEFAULT 0 CHECK (applied IN (0, 1)),
  -- The answer, without the secrets that it showed; NULL until there is one, or where it has no body.
  status        INTEGER,
  answer        TEXT,
  -- From then on the key is free again.
  expires_at    INTEGER NOT NULL,
  PRIMARY KEY (org_id, credential_id, key)
) STRICT;

CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);
