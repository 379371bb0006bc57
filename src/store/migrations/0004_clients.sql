-- Whom we know: «клиент обязуется обеспечить использование электронной переписки исключительно уполномоченными лицами».
CREATE TABLE organisation (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    name  TEXT    NOT NULL UNIQUE,
    lists INTEGER NOT NULL CHECK (lists IN (0, 1))   -- its mails may come through a mailing list
) STRICT;

CREATE TABLE organisation_domain (
    domain       TEXT    NOT NULL PRIMARY KEY,
    organisation INTEGER NOT NULL REFERENCES organisation (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_domain_of ON organisation_domain (organisation);

CREATE TABLE person (
    address      TEXT    NOT NULL PRIMARY KEY,       -- without its tag
    name         TEXT    NOT NULL,
    organisation INTEGER NOT NULL REFERENCES organisation (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_of ON person (organisation);

-- A person has let a quarantined mail in.
ALTER TABLE mail ADD COLUMN released INTEGER NOT NULL DEFAULT 0 CHECK (released IN (0, 1));
