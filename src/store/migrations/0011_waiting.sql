-- When the client took his request back: nobody is hurried, and silence closes the ticket.
ALTER TABLE ticket ADD COLUMN withdrawn_at INTEGER;

-- What a notice tells that may have passed before it goes out.
CREATE TABLE notice_cause (
    outbox  INTEGER NOT NULL REFERENCES outbox (id),
    cause   TEXT    NOT NULL,               -- these three as in told
    subject INTEGER NOT NULL,
    clock   INTEGER NOT NULL,
    PRIMARY KEY (outbox, cause, subject, clock)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_cause_of ON notice_cause (cause, subject, clock);
