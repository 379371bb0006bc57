//! Automatic letters and the conversation that they are part of: which one waits, and that none outlives its reason.

use super::sql::Ms;
use super::{Letter, LetterKind, OutboxId, OutboxState, Reader, Tx};
use crate::ticket::plan::Waiting;
use crate::ticket::states::{self, Cause};
use crate::ticket::{State, Ticket, TicketId};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::params;

impl Reader<'_> {
    /// A ticket's automatic letter that still waits to go out, if there is one.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn waiting(&self, ticket: TicketId) -> Result<Option<Waiting>> {
        self.row(
            "SELECT kind
             FROM outbox
             WHERE ticket = ?1 AND state = 'waiting' AND kind IN ('ask', 'accept')
             ORDER BY id DESC
             LIMIT 1",
            [ticket],
            |row| {
                Ok(if row.get::<_, LetterKind>(0)? == LetterKind::Ask {
                    Waiting::Ask
                } else {
                    Waiting::Accept
                })
            },
        )
    }

    /// Whether the last automatic letter of a ticket is a question that demonstrably did not arrive: it was refused, it came
    /// back, or it was overtaken and did not go out.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn ask_lost(&self, ticket: TicketId) -> Result<bool> {
        let lost = self.row(
            "SELECT kind = 'ask' AND (state IN ('refused', 'cancelled') OR bounced_at IS NOT NULL)
             FROM outbox
             WHERE ticket = ?1 AND kind IN ('ask', 'accept') AND (state <> 'cancelled' OR overtaken_at IS NOT NULL)
             ORDER BY id DESC
             LIMIT 1",
            [ticket],
            |row| row.get(0),
        )?;
        Ok(lost.unwrap_or_default())
    }

    /// Whether there is a later question than this one.
    fn asked_since(&self, ticket: TicketId, ask: OutboxId) -> Result<bool> {
        let later = self.row(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE ticket = ?1 AND id > ?2 AND kind = 'ask' AND state <> 'cancelled')",
            params![ticket, ask],
            |row| row.get(0),
        )?;
        Ok(later.unwrap_or_default())
    }
}

impl Tx<'_> {
    /// Cancels the automatic letters of a ticket that wait, and says which. One that is being sent just now may go out; if it
    /// does not, it is cancelled instead of tried again.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn cancel_waiting(&self, ticket: TicketId, why: &str, now: DateTime<Utc>) -> Result<Vec<OutboxId>> {
        // Asked first, because most tickets have none: RETURNING builds a temporary b-tree even then.
        let unsettled = self.rows(
            "SELECT id, state = 'waiting'
             FROM outbox
             WHERE ticket = ?1 AND settled_at IS NULL AND kind IN ('ask', 'accept')
             ORDER BY id",
            [ticket],
            |row| Ok((row.get::<_, OutboxId>(0)?, row.get::<_, bool>(1)?)),
        )?;
        let mut cancelled = Vec::new();
        for (id, waits) in unsettled {
            if waits {
                self.change(
                    "UPDATE outbox
                     SET state = 'cancelled', last_error = ?2, settled_at = ?3
                     WHERE id = ?1",
                    params![id, why, Ms(now)],
                )?;
                cancelled.push(id);
            } else {
                self.change(
                    "UPDATE outbox
                     SET overtaken_at = ?3, last_error = ?2
                     WHERE id = ?1 AND overtaken_at IS NULL",
                    params![id, why, Ms(now)],
                )?;
            }
        }
        Ok(cancelled)
    }

    /// A question did not reach the client: if it is what he is asked, nobody is, and it is the agents' turn. `ask` is as it was
    /// before that was known.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn ask_returned(&self, ask: &Letter, now: DateTime<Utc>) -> Result<()> {
        let known = ask.bounced_at.is_some() || ask.state == OutboxState::Refused;
        let Some(ticket) = ask.ticket.filter(|_| !known) else { return Ok(()) };
        if self.asked_since(ticket, ask.id)? {
            return Ok(());
        }
        let Some(mut ticket) = self.without_ask(ticket, ask)? else { return Ok(()) };
        if ticket.state == State::Incomplete
            && let Some(state) = states::next(ticket.state, Cause::LetterBounced)
        {
            (ticket.state, ticket.reopened_at) = (state, Some(now));
        }
        self.update_ticket(&ticket)
    }

    /// A letter was not accepted. If it was a question that the conversation had overtaken, it will never be asked.
    pub(super) fn drop_overtaken(&self, id: OutboxId) -> Result<()> {
        if let Some(letter) = self.letter_without_bytes(id)?
            && (letter.kind, letter.state) == (LetterKind::Ask, OutboxState::Cancelled)
            && let Some(ticket) = letter.ticket
            && let Some(ticket) = self.without_ask(ticket, &letter)?
        {
            self.update_ticket(&ticket)?;
        }
        Ok(())
    }

    /// The ticket as if this had not been asked: what never arrived does not count.
    fn without_ask(&self, ticket: TicketId, ask: &Letter) -> Result<Option<Ticket>> {
        let later = self.asked_since(ticket, ask.id)?;
        Ok(self.ticket(ticket)?.map(|ticket| Ticket {
            asks: ticket.asks.saturating_sub(1),
            asked: if later { ticket.asked } else { Vec::new() },
            ..ticket
        }))
    }
}
