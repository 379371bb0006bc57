//! Tickets.

use super::{Reader, Tx};
use crate::ticket::{State, Ticket, TicketId};
use anyhow::Result;

impl Reader<'_> {
    /// One ticket.
    pub fn ticket(&self, _id: TicketId) -> Result<Option<Ticket>> {
        anyhow::bail!("being written")
    }

    /// Tickets of one state, or all, in order of number.
    pub fn tickets(&self, _state: Option<State>) -> Result<Vec<Ticket>> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Opens a ticket (its `id` is ignored) and gives its number.
    pub fn insert_ticket(&self, _ticket: &Ticket) -> Result<TicketId> {
        anyhow::bail!("being written")
    }

    /// Replaces everything of a ticket but its number.
    pub fn update_ticket(&self, _ticket: &Ticket) -> Result<()> {
        anyhow::bail!("being written")
    }
}
