//! Whose turn tickets are: what the clock looks at each time, however many tickets there are. `ticket_turn` has all of it.

use super::Reader;
use super::sql::Ms;
use crate::mail::Address;
use crate::ticket::{Moments, State, TicketId};
use anyhow::Result;
use rusqlite::Row;
use std::collections::BTreeSet;

/// A ticket that is somebody's turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Its number.
    pub id: TicketId,
    /// `incomplete` or `open`.
    pub state: State,
    /// Since when it is whose turn.
    pub moments: Moments,
    /// Whose it is.
    pub client: Address,
    /// The regulation version that judged its last message.
    pub regulation: String,
}

fn moments(row: &Row<'_>) -> rusqlite::Result<Moments> {
    let moment = |column| row.get::<_, Option<Ms>>(column).map(|at| at.map(|at| at.0));
    Ok(Moments {
        last_client_at: row.get::<_, Ms>("last_client_at")?.0,
        first_unanswered_at: moment("first_unanswered_at")?,
        answered_at: moment("answered_at")?,
        reopened_at: moment("reopened_at")?,
        withdrawn_at: moment("withdrawn_at")?,
    })
}

impl Reader<'_> {
    /// The tickets that silence may close some day: answered ones, and open ones that the client once took back.
    pub fn silent(&self) -> Result<Vec<(TicketId, State, Moments)>> {
        self.rows(
            "SELECT id, state, last_client_at, first_unanswered_at, answered_at, reopened_at, withdrawn_at
             FROM ticket
             WHERE state IN ('answered', 'open') AND (state = 'answered' OR withdrawn_at IS NOT NULL)
             ORDER BY state, id",
            [],
            |row| Ok((row.get("id")?, row.get("state")?, moments(row)?)),
        )
    }

    /// All tickets that are somebody's turn, the clients' before the agents', in order of number.
    pub fn turns(&self) -> Result<Vec<Turn>> {
        self.rows(
            "SELECT id, state, last_client_at, first_unanswered_at, answered_at, reopened_at, withdrawn_at, client, regulation
             FROM ticket
             WHERE state IN ('incomplete', 'open')
             ORDER BY state, id",
            [],
            |row| {
                Ok(Turn {
                    id: row.get("id")?,
                    state: row.get("state")?,
                    moments: moments(row)?,
                    client: row.get("client")?,
                    regulation: row.get("regulation")?,
                })
            },
        )
    }

    /// The tickets of which there may be something to tell, now or later, that nobody has been told, and those that a notice is about
    /// which has not gone out; some more, of which there is nothing. It is done with an open one when both of what comes last,
    /// that it is overdue and that the head must hear, have been told of its clock; with an incomplete one when its client's silence
    /// has; unless an answer came back since. What is asked is only what has been told: no configuration makes it untrue.
    pub fn to_tell(&self) -> Result<BTreeSet<TicketId>> {
        // The clocks are those of the keys in `nudge.rs`.
        let tickets = self.rows(
            "SELECT id FROM ticket
             WHERE state = 'open'
               AND (NOT EXISTS (SELECT 1 FROM told
                                WHERE cause = 'escalated' AND subject = ticket.id
                                  AND clock = max(last_client_at, coalesce(reopened_at, last_client_at)))
                    OR NOT EXISTS (SELECT 1 FROM told
                                   WHERE cause = 'overdue' AND subject = ticket.id
                                     AND clock = max(last_client_at, coalesce(reopened_at, last_client_at))))
             UNION ALL
             SELECT id FROM ticket
             WHERE state = 'incomplete'
               AND NOT EXISTS (SELECT 1 FROM told
                               WHERE cause = 'client_silent' AND subject = ticket.id
                                 AND clock = max(last_client_at, coalesce(
                                     (SELECT settled_at FROM outbox
                                      WHERE outbox.ticket = ticket.id AND kind = 'ask'
                                        AND outbox.state NOT IN ('refused', 'cancelled')
                                      ORDER BY outbox.id DESC LIMIT 1), last_client_at)))
             UNION ALL
             SELECT ticket.id FROM ticket JOIN event ON event.ticket = ticket.id
             WHERE ticket.state IN ('incomplete', 'open') AND event.what = 'answer returned'
               AND event.at > ticket.last_client_at
               AND NOT EXISTS (SELECT 1 FROM told WHERE cause = 'returned' AND subject = event.ticket AND clock = event.at)
             UNION ALL
             SELECT subject FROM notice_cause WHERE cause NOT IN ('held', 'quarantined', 'digest')",
            [],
            |row| row.get(0),
        )?;
        Ok(tickets.into_iter().collect())
    }
}
