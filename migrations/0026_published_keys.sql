-- Public keys that others publish, by which they sign what they send us.
CREATE TABLE published_keys (
  -- Who signs, and what.
  sender   TEXT PRIMARY KEY,
  -- JSON array; NULL before they were read.
  keys     TEXT CHECK (json_type(keys) = 'array'),
  read_at  INTEGER,
  -- When they were last asked for, with or without success.
  asked_at INTEGER NOT NULL
) STRICT;
