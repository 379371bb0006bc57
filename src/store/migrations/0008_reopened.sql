-- When a ticket became the agents' turn again without a word of the client: their reaction counts from there.
ALTER TABLE ticket ADD COLUMN reopened_at INTEGER;
