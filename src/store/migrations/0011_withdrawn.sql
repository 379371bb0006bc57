-- When the client took his request back: nobody is hurried, and silence closes the ticket.
ALTER TABLE ticket ADD COLUMN withdrawn_at INTEGER;
