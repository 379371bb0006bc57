-- Mails that `askback reconcile` found: they may have been answered already, so they get no automatic letter.
ALTER TABLE wanted ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1));
ALTER TABLE mail ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1));
