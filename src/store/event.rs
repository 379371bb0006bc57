//! The event log: what was done with each mail, ticket and letter. Append-only, the database itself sees to that.

use super::sql::{Ms, Size};
use super::{Letter, MailId, OutboxId, Reader, Tx};
use crate::ticket::TicketId;
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

/// The event of a program's mail that belongs to no ticket.
pub const SET_ASIDE: &str = "set aside";

/// The same, from the address of somebody whom we know: perhaps it was no program.
pub const KNOWN_SET_ASIDE: &str = "set aside, of a known sender";

/// The event of a program's mail that is a note of a ticket. Without a ticket it is our own.
pub const AUTOMATIC: &str = "automatic";

/// The event of an agent's answer that is not sent on.
pub const HELD_BACK: &str = "held back";

/// What its detail says where the agent does not hear of it.
pub const NOT_TOLD: &str = "he is NOT told";

/// What an event is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventSubject {
    /// A mail.
    pub mail: Option<MailId>,
    /// A ticket.
    pub ticket: Option<TicketId>,
    /// A letter.
    pub outbox: Option<OutboxId>,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What it is about.
    pub subject: EventSubject,
    /// A short field term: `filed`, `asked`, `sent`.
    pub what: String,
    /// Details for people.
    pub detail: String,
}

/// The columns of an [`Event`].
macro_rules! select_event {
    ($rest:literal) => {
        concat!("SELECT at, mail, ticket, outbox, what, detail FROM event ", $rest)
    };
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    Ok(Event {
        at: row.get::<_, Ms>("at")?.0,
        subject: EventSubject {
            mail: row.get("mail")?,
            ticket: row.get("ticket")?,
            outbox: row.get("outbox")?,
        },
        what: row.get("what")?,
        detail: row.get("detail")?,
    })
}

impl Reader<'_> {
    /// What was done with a ticket, oldest first.
    pub fn events(&self, ticket: TicketId) -> Result<Vec<Event>> {
        self.rows(select_event!("WHERE ticket = ?1 ORDER BY id"), [ticket], event)
    }

    /// What was done with a mail, oldest first.
    pub fn mail_events(&self, mail: MailId) -> Result<Vec<Event>> {
        self.rows(select_event!("WHERE mail = ?1 ORDER BY id"), [mail], event)
    }

    /// What was done with a letter, oldest first.
    pub fn letter_events(&self, letter: OutboxId) -> Result<Vec<Event>> {
        self.rows(select_event!("WHERE outbox = ?1 ORDER BY id"), [letter], event)
    }

    /// How often this was done with a letter since it was put into the outbox.
    pub fn times(&self, letter: &Letter, what: &str) -> Result<u64> {
        // From the end of the log backwards: it has no index of letters.
        let count = self.row(
            "SELECT count(*)
             FROM event
             WHERE id > coalesce((SELECT id FROM event WHERE at < ?3 ORDER BY id DESC LIMIT 1), 0)
               AND outbox = ?1 AND what = ?2",
            params![letter.id, what, Ms(letter.created_at)],
            |row| Ok(row.get::<_, Size>(0)?.0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// What the clock showed when a mail or an event was last written down; `None` in an empty database.
    pub fn last_recorded(&self) -> Result<Option<DateTime<Utc>>> {
        let at = self.row(
            "SELECT max(at)
             FROM (SELECT * FROM (SELECT at FROM event ORDER BY id DESC LIMIT 1)
                   UNION ALL
                   SELECT * FROM (SELECT stored_at FROM mail ORDER BY id DESC LIMIT 1))",
            [],
            |row| row.get::<_, Option<Ms>>(0),
        )?;
        Ok(at.flatten().map(|at| at.0))
    }
}

impl Tx<'_> {
    /// Adds an event.
    ///
    /// # Errors
    /// If the subject does not exist, or the database cannot be written.
    pub fn event(&self, at: DateTime<Utc>, subject: EventSubject, what: &str, detail: &str) -> Result<()> {
        self.change(
            "INSERT INTO event (at, mail, ticket, outbox, what, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![Ms(at), subject.mail, subject.ticket, subject.outbox, what, detail],
        )?;
        Ok(())
    }
}
