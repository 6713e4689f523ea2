-- Mail that is to be sent: written beside its cause, sent by the consumer.

CREATE TABLE mails (
  id              TEXT PRIMARY KEY,
  -- NULL for mail that concerns a person alone, such as signing in.
  org_id          TEXT REFERENCES organizations (id) ON DELETE CASCADE,
  -- One person: recipients never see each other.
  to_address      TEXT NOT NULL CHECK (to_address = lower(to_address)),
  -- A word of MailKind, which has its text. No CHECK: a new kind would have to build the table anew.
  kind            TEXT NOT NULL,
  -- JSON object of texts: what the mail's text names. Never a secret.
  data            TEXT NOT NULL CHECK (json_type(data) = 'object'),
  -- Encrypted JSON object of texts: a link or code that the mail carries. NULL once the mail is settled.
  sealed_secret   TEXT,
  state           TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
  attempts        INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER,
  -- After this the mail is of no use to anybody; NULL for never.
  expires_at      INTEGER,
  last_error      TEXT CHECK (last_error IN (
    'timeout', 'connection', 'throttled', 'server', 'credentials', 'refused', 'not_configured', 'unreadable', 'expired')),
  -- The holder of the claim, and until when nobody else may try.
  claim           TEXT,
  claimed_until   INTEGER NOT NULL DEFAULT 0,
  -- When the queue was last asked to send it.
  woken_at        INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX mails_by_org ON mails (org_id, id);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE state = 'pending';
CREATE INDEX mails_by_claim ON mails (claim) WHERE claim IS NOT NULL;
CREATE INDEX mails_settled ON mails (updated_at) WHERE state <> 'pending';
