//! Notices that have not gone out yet: what they tell may have passed by then.

use super::event::{HELD_BACK, NOT_TOLD};
use super::sql::Ms;
use super::{OutboxId, OutboxState, Reader, Tx};
use crate::mail::Address;
use crate::nudge::{HeldBackAnswers, Key};
use crate::ticket::TicketId;
use crate::ticket::agent::HeldBack;
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;
use std::collections::HashSet;

/// What was held back longer ago is history.
const LOOKED_BACK: TimeDelta = TimeDelta::days(30);
/// A notice that takes the place of another has a day left at least, of the four after which letters are given up.
const OLDEST: TimeDelta = TimeDelta::days(3);

/// A notice that has not gone out, and what it tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untold {
    /// The letter.
    pub id: OutboxId,
    /// Who was to get it.
    pub to: Address,
    /// What he was to hear.
    pub tells: Vec<Key>,
}

impl Untold {
    /// Whether it is a letter about one request, with the client's words: it stays true until they are answered.
    #[must_use]
    pub fn is_about_one(&self) -> bool {
        matches!(self.tells.as_slice(), [key] if key.cause.is_fresh())
    }
}

impl Reader<'_> {
    /// Notices that wait and that nobody can have got, oldest first.
    pub fn waiting_notices(&self) -> Result<Vec<Untold>> {
        self.untold(OutboxState::Waiting)
    }

    /// Notices that were cancelled because they were to be written anew, and have not been yet, or because there was no room for them.
    pub fn owed_notices(&self) -> Result<Vec<Untold>> {
        self.untold(OutboxState::Cancelled)
    }

    fn untold(&self, state: OutboxState) -> Result<Vec<Untold>> {
        let rows = self.rows(
            "SELECT outbox.id, recipient, cause, subject, clock
             FROM notice_cause CROSS JOIN outbox ON outbox.id = notice_cause.outbox
             WHERE state = ?1
               AND (attempts = 0
                    OR NOT EXISTS (SELECT 1 FROM event
                                   WHERE event.id > coalesce((SELECT id FROM event AS older WHERE older.at < outbox.created_at
                                                              ORDER BY id DESC LIMIT 1), 0)
                                     AND event.outbox = outbox.id AND event.what = ?2))
             ORDER BY outbox.id",
            params![state, OutboxState::Ambiguous],
            |row| {
                let key =
                    Key { cause: row.get("cause")?, subject: row.get("subject")?, clock: row.get::<_, Ms>("clock")?.0 };
                Ok((row.get::<_, OutboxId>("id")?, row.get::<_, Address>("recipient")?, key))
            },
        )?;
        let notices = rows.chunk_by(|(one, ..), (next, ..)| one == next).filter_map(|rows| {
            let (id, to, _) = rows.first()?;
            Some(Untold { id: *id, to: to.clone(), tells: rows.iter().map(|(.., key)| *key).collect() })
        });
        Ok(notices.collect())
    }

    /// Answers of agents that were not sent on, and that nothing has followed: the request still waits. What a program repeats is
    /// left out, and of those without a request what the digest before `digest` has told.
    pub fn held_back(&self, digest: &Key) -> Result<HeldBackAnswers> {
        let tickets = self.rows(
            "SELECT event.ticket
             FROM event LEFT JOIN ticket ON ticket.id = event.ticket
             WHERE event.id > coalesce((SELECT id FROM event WHERE at <= ?2 ORDER BY id DESC LIMIT 1), 0)
               AND event.what = ?1 AND instr(event.detail, ?3) = 0 AND instr(event.detail, ?4) = 0
               AND ((ticket.id IS NULL AND event.at > ?5)
                    OR (ticket.state IN ('open', 'incomplete')
                                          AND event.at >= coalesce(ticket.first_unanswered_at, 0)))
             ORDER BY event.ticket",
            params![
                HELD_BACK,
                Ms(digest.clock - LOOKED_BACK),
                HeldBack::Repeated.why(),
                NOT_TOLD,
                Ms(self.told_before(digest)?),
            ],
            |row| row.get::<_, Option<TicketId>>(0),
        )?;
        let number = tickets.len() as u64;
        let mut tickets: Vec<TicketId> = tickets.into_iter().flatten().collect();
        tickets.dedup();
        Ok(HeldBackAnswers { number, tickets })
    }
}

impl Tx<'_> {
    /// Writes down what a notice tells.
    pub fn notice_tells(&self, notice: OutboxId, tells: &[Key]) -> Result<()> {
        for key in tells {
            self.change(
                "INSERT OR IGNORE INTO notice_cause (outbox, cause, subject, clock) VALUES (?1, ?2, ?3, ?4)",
                params![notice, key.cause, key.subject, Ms(key.clock)],
            )?;
        }
        Ok(())
    }

    /// A notice that waits does not go out. What the server said of it is kept.
    pub fn cancel_notice(&self, notice: OutboxId, why: &str, now: DateTime<Utc>) -> Result<()> {
        self.change(
            "UPDATE outbox
             SET state = 'cancelled', response = last_error, last_error = ?2, settled_at = ?3
             WHERE id = ?1 AND state = 'waiting'",
            params![notice, why, Ms(now)],
        )?;
        Ok(())
    }

    /// A notice takes the place of one that was cancelled: it waits for what that one waited for, and no longer.
    pub fn takes_place_of(&self, notice: OutboxId, cancelled: OutboxId) -> Result<()> {
        self.change(
            "UPDATE outbox
             SET created_at = max(min(outbox.created_at, old.created_at), outbox.created_at - ?3), due_at = max(outbox.due_at, old.due_at),
                 attempts = max(outbox.attempts, old.attempts), last_error = old.response
             FROM outbox AS old
             WHERE outbox.id = ?1 AND old.id = ?2",
            params![notice, cancelled, OLDEST.num_milliseconds()],
        )?;
        Ok(())
    }

    /// Nobody has been told this after all: the notice did not go out, and it has passed.
    pub fn untell(&self, key: &Key) -> Result<()> {
        self.change(
            "DELETE FROM told WHERE cause = ?1 AND subject = ?2 AND clock = ?3",
            params![key.cause, key.subject, Ms(key.clock)],
        )?;
        Ok(())
    }

    /// What these notices were to tell has been told, or has passed; but for what is `left`, which is owed on.
    pub fn owe_only(&self, notices: &[Untold], left: &HashSet<(Address, Key)>) -> Result<()> {
        for notice in notices {
            for key in notice.tells.iter().filter(|key| !left.contains(&(notice.to.clone(), **key))) {
                self.change(
                    "DELETE FROM notice_cause WHERE outbox = ?1 AND cause = ?2 AND subject = ?3 AND clock = ?4",
                    params![notice.id, key.cause, key.subject, Ms(key.clock)],
                )?;
            }
        }
        Ok(())
    }

    /// Of what has gone out, or never will, nothing waits any more.
    pub fn forget_settled_notices(&self) -> Result<()> {
        self.change(
            "DELETE FROM notice_cause
             WHERE EXISTS (SELECT 1 FROM outbox
                           WHERE outbox.id = notice_cause.outbox AND state IN ('sent', 'refused', 'ambiguous'))",
            [],
        )?;
        Ok(())
    }
}
