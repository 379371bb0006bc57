-- With `after = "move:…"` and no MOVE: how often a COPY of the mail has begun without a proof that it arrived, and whether it is in
-- the other folder, and only to be removed from this one.
ALTER TABLE unconfirmed ADD COLUMN copies INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unconfirmed ADD COLUMN copied INTEGER NOT NULL DEFAULT 0 CHECK (copied IN (0, 1));
