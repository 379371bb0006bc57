//! The event log: what was done with each mail, ticket and letter. Append-only.

use super::{MailId, OutboxId, Reader, Tx};
use crate::ticket::TicketId;
use anyhow::Result;
use chrono::{DateTime, Utc};

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

impl Reader<'_> {
    /// What was done with a ticket, oldest first.
    pub fn events(&self, _ticket: TicketId) -> Result<Vec<Event>> {
        anyhow::bail!("being written")
    }

    /// What was done with a mail, oldest first.
    pub fn mail_events(&self, _mail: MailId) -> Result<Vec<Event>> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Adds an event.
    pub fn event(
        &self,
        _at: DateTime<Utc>,
        _subject: EventSubject,
        _what: &str,
        _detail: &str,
    ) -> Result<()> {
        anyhow::bail!("being written")
    }
}
