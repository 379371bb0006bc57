//! Automatic letters and the conversation that they are part of: which one waits, and that none outlives its reason.

use super::sql::Ms;
use super::{Letter, LetterKind, OutboxId, OutboxState, Reader, Tx};
use crate::ticket::plan::Waiting;
use crate::ticket::{TicketId, turn};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::params;

impl Reader<'_> {
    /// A ticket's automatic letter that still waits to go out, if there is one.
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

    /// The tickets whose confirmation still waits to go out, and when it was written.
    pub fn waiting_confirmations(&self) -> Result<Vec<(TicketId, DateTime<Utc>)>> {
        self.rows(
            "SELECT ticket, created_at
             FROM outbox
             WHERE state = 'waiting' AND kind = 'accept' AND ticket IS NOT NULL
             ORDER BY id",
            [],
            |row| Ok((row.get("ticket")?, row.get::<_, Ms>("created_at")?.0)),
        )
    }

    /// Whether the last automatic letter of a ticket is a question that demonstrably did not arrive: it was refused, it came
    /// back, or it was overtaken and did not go out.
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

    /// When the conversation overtook a letter that was being sent.
    fn overtaken_at(&self, letter: OutboxId) -> Result<Option<DateTime<Utc>>> {
        let at = self.row("SELECT overtaken_at FROM outbox WHERE id = ?1", [letter], |row| {
            row.get::<_, Option<Ms>>(0)
        })?;
        Ok(at.flatten().map(|at| at.0))
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

    /// A person has taken the ticket in hand, and no machine writes: a question that waits is never asked. `why` says so.
    pub fn person_overtakes(&self, ticket: TicketId, why: &str, now: DateTime<Utc>) -> Result<()> {
        for id in self.cancel_waiting(ticket, why, now)? {
            if let Some(letter) = self.letter(id)? {
                self.never_asked(&letter, now)?;
            }
        }
        Ok(())
    }

    /// A question did not reach the client. `ask` is as it was before that was known, which it was not.
    pub fn ask_returned(&self, ask: &Letter, now: DateTime<Utc>) -> Result<()> {
        // What is cancelled was not counted any more.
        let counts = !matches!(ask.state, OutboxState::Refused | OutboxState::Cancelled);
        let Some(ticket) = ask.ticket.filter(|_| counts) else { return Ok(()) };
        // An older question counts, and the later one took its place; but not one that the later one was asked in place of.
        if self.asked_since(ticket, ask.id)? && self.overtaken_at(ask.id)?.is_none() {
            return Ok(());
        }
        self.never_asked(ask, now)
    }

    /// A letter was not accepted. If it was a question that the conversation had overtaken, it will never be asked.
    pub(super) fn drop_overtaken(&self, id: OutboxId) -> Result<()> {
        if let Some(letter) = self.letter(id)?
            && letter.state == OutboxState::Cancelled
            && let Some(at) = self.overtaken_at(id)?
        {
            self.never_asked(&letter, at)?;
        }
        Ok(())
    }

    /// A question never reaches the client: see [`turn::never_asked`]. On a letter that is no question nothing depends.
    fn never_asked(&self, ask: &Letter, now: DateTime<Utc>) -> Result<()> {
        let Some(id) = ask.ticket.filter(|_| ask.kind == LetterKind::Ask) else { return Ok(()) };
        let Some(ticket) = self.ticket(id)? else { return Ok(()) };
        let is_last = !self.asked_since(id, ask.id)?;
        self.update_ticket(&turn::never_asked(&ticket, is_last, now))
    }
}
