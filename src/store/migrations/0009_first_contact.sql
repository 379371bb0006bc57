-- With start = "new", mails from before the first contact are not wanted, also when the folder is numbered anew and they are
-- listed for the first time.
ALTER TABLE cursor ADD COLUMN first_contact INTEGER;            -- NULL: not known
-- UIDs below this one were there when the folder was listed anew; 0: it was not, or all of them are wanted.
ALTER TABLE cursor ADD COLUMN relisted_below INTEGER NOT NULL DEFAULT 0;
-- There is a cursor, so the first contact was before now, be it that no mail has come since.
UPDATE cursor
SET first_contact = coalesce((SELECT min(stored_at) FROM mail WHERE mail.mailbox = cursor.mailbox), unixepoch() * 1000);
