-- SQLite puts a list of three or more values into a temporary b-tree each time that it checks a row: a dozen for each mail
-- that is filed. Comparisons one by one need none. And where a statement may have to undo a part of its own work, SQLite
-- copies each page that it touches; a reference that is looked up at the commit needs no undoing.
-- The text of a constraint may be changed in place, see "ALTER TABLE" in SQLite's documentation: the rows are not touched. The
-- index at the end tells other connections that the schema has changed.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'CHECK (state IN (''incomplete'', ''open'', ''answered'', ''closed''))',
    'CHECK (state = ''incomplete'' OR state = ''open'' OR state = ''answered'' OR state = ''closed'')'),
    'CHECK (standing IN (''registered'', ''verified'', ''unverified''))',
    'CHECK (standing = ''registered'' OR standing = ''verified'' OR standing = ''unverified'')')
WHERE type = 'table' AND name = 'ticket';
UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    'ticket       INTEGER REFERENCES ticket (id)',
    'ticket       INTEGER REFERENCES ticket (id) DEFERRABLE INITIALLY DEFERRED'),
    'duplicate_of INTEGER REFERENCES mail (id)',
    'duplicate_of INTEGER REFERENCES mail (id) DEFERRABLE INITIALLY DEFERRED'),
    'CHECK (disposition IN (''new'', ''filed'', ''automatic'', ''quarantined'', ''held'', ''duplicate''))',
    'CHECK (disposition = ''new'' OR disposition = ''filed'' OR disposition = ''automatic'' OR disposition = ''quarantined'' OR disposition = ''held'' OR disposition = ''duplicate'')')
WHERE type = 'table' AND name = 'mail';
UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
    'CHECK (kind IN (''ask'', ''accept'', ''notice'', ''answer''))',
    'CHECK (kind = ''ask'' OR kind = ''accept'' OR kind = ''notice'' OR kind = ''answer'')'),
    'CHECK (state IN (''waiting'', ''claimed'', ''sent'', ''refused'', ''ambiguous'', ''cancelled''))',
    'CHECK (state = ''waiting'' OR state = ''claimed'' OR state = ''sent'' OR state = ''refused'' OR state = ''ambiguous'' OR state = ''cancelled'')'),
    'CHECK (sent_copy IN (''wanted'', ''done'', ''off''))',
    'CHECK (sent_copy = ''wanted'' OR sent_copy = ''done'' OR sent_copy = ''off'')')
WHERE type = 'table' AND name = 'outbox';
UPDATE sqlite_schema SET sql = replace(sql,
    'CHECK (kind IN (''problem'', ''question'', ''service'', ''none''))',
    'CHECK (kind = ''problem'' OR kind = ''question'' OR kind = ''service'' OR kind = ''none'')')
WHERE type = 'table' AND name = 'message';
UPDATE sqlite_schema SET sql = replace(replace(sql,
    'CHECK (field IN (''product'', ''description'', ''objects'', ''steps'', ''attachments''))',
    'CHECK (field = ''product'' OR field = ''description'' OR field = ''objects'' OR field = ''steps'' OR field = ''attachments'')'),
    'CHECK (state IN (''present'', ''unsure'', ''missing'', ''off''))',
    'CHECK (state = ''present'' OR state = ''unsure'' OR state = ''missing'' OR state = ''off'')')
WHERE type = 'table' AND name = 'answer';
PRAGMA writable_schema = RESET;

-- Letters that are still to go out: what the limits count however old it is.
CREATE INDEX outbox_unsettled ON outbox (counted_at) WHERE settled_at IS NULL;
