-- People: signing in by mail and through other services, sessions, invitations, and how an
-- organization shows itself.

-- Built anew, since a link may now be for an address whose holder is not known yet.
CREATE TABLE sign_in_links_next (
  id         TEXT PRIMARY KEY,
  -- For whom: a known person, or whoever reads the mail to this address.
  user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
  email      TEXT CHECK (email = lower(email)),
  hash       TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  -- SHA-256 of the cookie of the browser that asked; NULL: the link works in any browser.
  nonce_hash TEXT,
  -- SHA-256 of that cookie and the code to be typed.
  code_hash  TEXT,
  -- How often a code was typed.
  tries      INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,
  -- The session that it started.
  session_id TEXT,
  CHECK ((user_id IS NULL) <> (email IS NULL))
) STRICT;

INSERT INTO sign_in_links_next (id, user_id, hash, created_at, expires_at, used_at)
SELECT id, user_id, hash, created_at, expires_at, used_at FROM sign_in_links;
DROP TABLE sign_in_links;
ALTER TABLE sign_in_links_next RENAME TO sign_in_links;
CREATE INDEX sign_in_links_by_user ON sign_in_links (user_id);
CREATE INDEX sign_in_links_by_nonce ON sign_in_links (nonce_hash) WHERE nonce_hash IS NOT NULL;
CREATE INDEX sign_in_links_by_expiry ON sign_in_links (expires_at);

-- How often something was asked for in a window of time: by address and by network address, hashed.
CREATE TABLE sign_in_counters (
  key          TEXT NOT NULL,
  window_start INTEGER NOT NULL,
  count        INTEGER NOT NULL,
  PRIMARY KEY (key, window_start)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_counters_by_window ON sign_in_counters (window_start);

-- Until when the session can last at most; `expires_at` moves on with its use, up to that.
ALTER TABLE sessions ADD COLUMN ends_at INTEGER;
UPDATE sessions SET ends_at = expires_at;
-- What its person recognises it by.
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
ALTER TABLE sessions ADD COLUMN address TEXT;

-- A person as another service knows them (OpenID Connect: `iss` and `sub`).
CREATE TABLE identities (
  issuer     TEXT NOT NULL,
  subject    TEXT NOT NULL,
  user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_by_user ON identities (user_id);

-- While a member is invited: SHA-256 of what the mail carries, and until when it counts.
ALTER TABLE members ADD COLUMN invitation_hash TEXT;
ALTER TABLE members ADD COLUMN invitation_expires_at INTEGER;

-- White label: a colour as `#rrggbb`, and the address of a picture.
ALTER TABLE organizations ADD COLUMN brand_color TEXT;
ALTER TABLE organizations ADD COLUMN logo_url TEXT;
