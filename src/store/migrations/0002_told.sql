-- What agents and the head have been told: each cause once for a subject and its clock.
CREATE TABLE told (
    cause   TEXT    NOT NULL CHECK (cause IN ('escalated', 'overdue', 'soon', 'new', 'asks_used_up', 'client_silent',
                                              'held', 'quarantined', 'digest')),
    subject INTEGER NOT NULL,               -- number of a ticket or, by its cause, of a mail; 0 for a digest
    clock   INTEGER NOT NULL,               -- the client's last message, the mail's disposition, the digest's date
    told_at INTEGER NOT NULL,
    PRIMARY KEY (cause, subject, clock)
) STRICT, WITHOUT ROWID;
