-- What the clock looks at of every ticket that is not closed, without the rest of its row; and which answers came back.
CREATE INDEX ticket_turn
    ON ticket (state, id, last_client_at, first_unanswered_at, answered_at, reopened_at, withdrawn_at);
DROP INDEX ticket_state;
CREATE INDEX event_returned ON event (ticket, at) WHERE what = 'answer returned' AND ticket IS NOT NULL;
