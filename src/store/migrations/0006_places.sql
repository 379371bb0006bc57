-- What the server tells of a place whose mail is here, where that is not what the row of the mail says: servers tell sizes
-- that mails do not have and change their dates, and a copy of our letter has no row of its own.
CREATE TABLE known_place (
    mailbox      TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT, WITHOUT ROWID;

-- Each place in a folder whose mail we know, in the server's words.
CREATE VIEW place AS
SELECT mail.mailbox AS mailbox, mail.uid_validity AS uid_validity, mail.uid AS uid, mail.id AS mail, mail.raw AS raw,
       coalesce(known.size, mail.over_limit, mail.size) AS size,
       coalesce(known.received_at, mail.received_at) AS received_at,
       mail.duplicate_of IS NOT NULL AS duplicate
FROM mail LEFT JOIN known_place AS known
     ON known.mailbox = mail.mailbox AND known.uid_validity = mail.uid_validity AND known.uid = mail.uid
UNION ALL
SELECT mailbox, uid_validity, uid, NULL, NULL, size, received_at, 1
FROM known_place AS copy
WHERE NOT EXISTS (
    SELECT 1 FROM mail
    WHERE mail.mailbox = copy.mailbox AND mail.uid_validity = copy.uid_validity AND mail.uid = copy.uid);

-- Whom we know: who wrote long ago, and who has been answered by an agent.
CREATE INDEX message_author ON message (author, at) WHERE author IS NOT NULL;
CREATE INDEX ticket_answered ON ticket (client) WHERE agent_answered = 1;
