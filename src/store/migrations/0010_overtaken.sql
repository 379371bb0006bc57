-- When the conversation overtook an automatic letter that was being sent: if this try fails, there is no other.
ALTER TABLE outbox ADD COLUMN overtaken_at INTEGER;
