-- Background work that was set aside: when that was last told, so that one failing day tells it once.

-- 0 for never.
ALTER TABLE domains ADD COLUMN set_aside_told_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mails ADD COLUMN set_aside_told_at INTEGER NOT NULL DEFAULT 0;
