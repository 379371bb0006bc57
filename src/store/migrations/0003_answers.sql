-- Agents hear of an answer that came back: one more cause.
CREATE TABLE told_of (
    cause   TEXT    NOT NULL CHECK (cause IN ('escalated', 'overdue', 'soon', 'returned', 'new', 'asks_used_up',
                                              'client_silent', 'held', 'quarantined', 'digest')),
    subject INTEGER NOT NULL,               -- number of a ticket or, by its cause, of a mail; 0 for a digest
    clock   INTEGER NOT NULL,               -- the client's last message, the return, the mail's disposition, the date
    told_at INTEGER NOT NULL,
    PRIMARY KEY (cause, subject, clock)
) STRICT, WITHOUT ROWID;
INSERT INTO told_of (cause, subject, clock, told_at) SELECT cause, subject, clock, told_at FROM told;
DROP TABLE told;
ALTER TABLE told_of RENAME TO told;

ALTER TABLE ticket ADD COLUMN closed_at INTEGER;
UPDATE ticket SET closed_at = max(last_client_at, coalesce(answered_at, 0)) WHERE state = 'closed';

-- What we sent in answer to mails that have not come in yet: the folders of a mailbox are read in no order.
CREATE TABLE awaited (
    message_id TEXT    NOT NULL,
    mail       INTEGER NOT NULL REFERENCES mail (id),
    PRIMARY KEY (message_id, mail)
) STRICT, WITHOUT ROWID;
CREATE INDEX awaited_mail ON awaited (mail);
