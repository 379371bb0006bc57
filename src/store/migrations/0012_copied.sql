-- With `after = "move:…"`: the mail is in the other folder, and only to be removed from this one.
ALTER TABLE unconfirmed ADD COLUMN copied INTEGER NOT NULL DEFAULT 0 CHECK (copied IN (0, 1));
