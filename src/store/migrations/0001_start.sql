-- All times are unix milliseconds UTC. NULL only where "there is none" is a fact of its own.
-- "askb": tells our database from other people's.
PRAGMA application_id = 0x61736b62;

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each mailbox has been listed.
CREATE TABLE cursor (
    mailbox      TEXT    NOT NULL PRIMARY KEY,
    uid_validity INTEGER NOT NULL,
    next_uid     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Mails that the server has and we have not.
CREATE TABLE wanted (
    mailbox       TEXT    NOT NULL,
    uid_validity  INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    internal_date INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT, WITHOUT ROWID;

-- Stored mails whose \Seen or MOVE the server has not confirmed.
CREATE TABLE unconfirmed (
    mailbox      TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT, WITHOUT ROWID;

-- The bytes of mails in and out, each distinct mail once.
CREATE TABLE raw (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 BLOB    NOT NULL UNIQUE CHECK (length(sha256) = 32),
    size   INTEGER NOT NULL
) STRICT;

-- Up to 1 MiB of a mail each, as a zstd frame of its own.
CREATE TABLE raw_frame (
    raw  INTEGER NOT NULL REFERENCES raw (id),
    part INTEGER NOT NULL,
    zstd BLOB    NOT NULL,
    UNIQUE (raw, part)
) STRICT;

CREATE TABLE ticket (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    state               TEXT    NOT NULL CHECK (state IN ('incomplete', 'open', 'answered', 'closed')),
    client              TEXT    NOT NULL,
    client_name         TEXT    NOT NULL,
    participants        TEXT    NOT NULL,   -- JSON: addresses
    subject             TEXT    NOT NULL,
    language            TEXT    NOT NULL,
    standing            TEXT    NOT NULL CHECK (standing IN ('registered', 'verified', 'unverified')),
    answers             TEXT    NOT NULL,   -- JSON: what the conversation has supplied
    asks                INTEGER NOT NULL,
    asked               TEXT    NOT NULL,   -- JSON: names of fields
    agent_answered      INTEGER NOT NULL CHECK (agent_answered IN (0, 1)),
    no_more_asks        INTEGER NOT NULL CHECK (no_more_asks IN (0, 1)),
    linked              INTEGER REFERENCES ticket (id),
    regulation          TEXT    NOT NULL,
    opened_at           INTEGER NOT NULL,
    last_client_at      INTEGER NOT NULL,
    first_unanswered_at INTEGER,
    answered_at         INTEGER
) STRICT;
CREATE INDEX ticket_state ON ticket (state);

CREATE TABLE mail (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    direction    TEXT    NOT NULL CHECK (direction IN ('in', 'out')),
    mailbox      TEXT,                      -- a received mail has a place on a server, a sent one has not
    uid_validity INTEGER,
    uid          INTEGER,
    raw          INTEGER REFERENCES raw (id),   -- NULL: could never be fetched
    size         INTEGER NOT NULL,
    over_limit   INTEGER,
    received_at  INTEGER NOT NULL,
    stored_at    INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    disposition  TEXT    NOT NULL
        CHECK (disposition IN ('new', 'filed', 'automatic', 'quarantined', 'held', 'duplicate')),
    why          TEXT    NOT NULL,
    decided_at   INTEGER,
    ticket       INTEGER REFERENCES ticket (id),
    duplicate_of INTEGER REFERENCES mail (id),
    CHECK ((direction = 'in') = (mailbox IS NOT NULL AND uid_validity IS NOT NULL AND uid IS NOT NULL)),
    CHECK ((disposition = 'new') = (decided_at IS NULL)),
    CHECK (raw IS NOT NULL OR disposition = 'held'),
    CHECK ((disposition = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX mail_key ON mail (mailbox, uid_validity, uid);
CREATE INDEX mail_raw ON mail (raw);
CREATE INDEX mail_disposition ON mail (direction, disposition, received_at);
CREATE INDEX mail_ticket ON mail (ticket) WHERE ticket IS NOT NULL;

CREATE TABLE outbox (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    kind               TEXT    NOT NULL CHECK (kind IN ('ask', 'accept', 'notice', 'answer')),
    ticket             INTEGER REFERENCES ticket (id),
    answers_mail       INTEGER REFERENCES mail (id),
    envelope_from      TEXT,                -- NULL: the null sender <>
    recipient          TEXT    NOT NULL,
    recipient_untagged TEXT    NOT NULL,    -- what the limits count by
    recipient_domain   TEXT    NOT NULL,
    message_id         TEXT    NOT NULL UNIQUE,
    raw                INTEGER NOT NULL REFERENCES raw (id),
    asked              TEXT    NOT NULL,    -- JSON: names of fields
    state              TEXT    NOT NULL
        CHECK (state IN ('waiting', 'claimed', 'sent', 'refused', 'ambiguous', 'cancelled')),
    attempts           INTEGER NOT NULL DEFAULT 0,
    last_error         TEXT    NOT NULL DEFAULT '',
    response           TEXT    NOT NULL DEFAULT '',
    created_at         INTEGER NOT NULL,
    due_at             INTEGER NOT NULL,
    counted_at         INTEGER NOT NULL,    -- when it was queued or last claimed: what the limits count from
    settled_at         INTEGER,             -- when it got a state in which it stays
    sent_at            INTEGER,
    bounced_at         INTEGER,
    sent_copy          TEXT    NOT NULL CHECK (sent_copy IN ('wanted', 'done', 'off')),
    CHECK ((state IN ('waiting', 'claimed')) = (settled_at IS NULL)),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
) STRICT;
CREATE INDEX outbox_state ON outbox (state, due_at);
CREATE INDEX outbox_ticket ON outbox (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX outbox_answers_mail ON outbox (answers_mail) WHERE answers_mail IS NOT NULL;
CREATE INDEX outbox_recipient ON outbox (recipient_untagged, counted_at) WHERE kind IN ('ask', 'accept');
CREATE INDEX outbox_domain ON outbox (recipient_domain, counted_at) WHERE kind IN ('ask', 'accept');
CREATE INDEX outbox_counted ON outbox (counted_at) WHERE kind IN ('ask', 'accept');
CREATE INDEX outbox_copy ON outbox (id) WHERE state = 'sent' AND sent_copy = 'wanted';

CREATE TABLE message (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket     INTEGER NOT NULL REFERENCES ticket (id),
    mail       INTEGER REFERENCES mail (id),
    outbox     INTEGER REFERENCES outbox (id),
    direction  TEXT    NOT NULL CHECK (direction IN ('in', 'out')),
    message_id TEXT,
    author     TEXT,
    subject    TEXT    NOT NULL,
    own_text   TEXT    NOT NULL,
    kind       TEXT CHECK (kind IN ('problem', 'question', 'service', 'none')),
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX message_ticket ON message (ticket, at);
CREATE INDEX message_message_id ON message (message_id) WHERE message_id IS NOT NULL;

-- What a message supplied; a field without a row is missing.
CREATE TABLE answer (
    message  INTEGER NOT NULL REFERENCES message (id),
    field    TEXT    NOT NULL CHECK (field IN ('product', 'description', 'objects', 'steps', 'attachments')),
    state    TEXT    NOT NULL CHECK (state IN ('present', 'unsure', 'missing', 'off')),
    value    TEXT,
    evidence TEXT    NOT NULL,              -- JSON
    PRIMARY KEY (message, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    mail   INTEGER REFERENCES mail (id),
    ticket INTEGER REFERENCES ticket (id),
    outbox INTEGER REFERENCES outbox (id),
    what   TEXT    NOT NULL,
    detail TEXT    NOT NULL
) STRICT;
CREATE INDEX event_ticket ON event (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX event_mail ON event (mail) WHERE mail IS NOT NULL;
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event BEGIN
    SELECT raise(ABORT, 'the event log is append-only');
END;
CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN
    SELECT raise(ABORT, 'the event log is append-only');
END;
