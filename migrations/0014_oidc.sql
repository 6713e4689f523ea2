-- Attempts to sign in by a provider of OpenID Connect, from the moment somebody is sent there until they are back.
-- A row is gone once it was used.
CREATE TABLE oidc_attempts (
  -- SHA-256 of what comes back with the browser.
  state_hash      TEXT PRIMARY KEY CHECK (length(state_hash) = 64),
  -- SHA-256 of the cookie of the browser that was sent.
  browser_hash    TEXT NOT NULL,
  -- To which provider of the configuration.
  provider        TEXT NOT NULL,
  -- The PKCE verifier, sealed.
  sealed_verifier TEXT NOT NULL,
  -- What the ID token has to repeat.
  nonce           TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX oidc_attempts_by_expiry ON oidc_attempts (expires_at);
