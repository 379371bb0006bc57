//! The messages of a ticket, in and out, with what each supplied; and who they can be referred to by.

use super::{MailId, OutboxId, Reader, Tx};
use crate::mail::{Address, MessageId};
use crate::request::{Finding, Kind, PerField};
use crate::ticket::{Known, TicketId};
use anyhow::Result;
use chrono::{DateTime, Utc};

/// Received or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From the client to us.
    In,
    /// From us to the client or to agents.
    Out,
}

/// One message of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its ticket.
    pub ticket: TicketId,
    /// The mail it is, if it was received.
    pub mail: Option<MailId>,
    /// The letter it is, if askback sent it.
    pub outbox: Option<OutboxId>,
    /// Received or sent.
    pub direction: Direction,
    /// Its Message-ID.
    pub message_id: Option<MessageId>,
    /// Who wrote it; for [`Direction::Out`], who gets it.
    pub author: Option<Address>,
    /// Its subject. Hostile.
    pub subject: String,
    /// Its writer's own text. Hostile.
    pub own_text: String,
    /// What kind of mail it is, where that was looked for.
    pub kind: Option<Kind>,
    /// When it was received or sent.
    pub at: DateTime<Utc>,
}

impl Reader<'_> {
    /// The messages of a ticket in order of time, each with what it supplied.
    pub fn messages(&self, _ticket: TicketId) -> Result<Vec<(Message, PerField<Finding>)>> {
        anyhow::bail!("being written")
    }

    /// Which tickets have messages or letters with these Message-IDs.
    pub fn known(&self, _ids: &[MessageId]) -> Result<Vec<Known>> {
        anyhow::bail!("being written")
    }

    /// Whether a message or letter with this Message-ID is here.
    pub fn message_id_seen(&self, _id: &MessageId) -> Result<bool> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Adds a message to its ticket, with what it supplied.
    pub fn insert_message(&self, _message: &Message, _fields: Option<&PerField<Finding>>) -> Result<()> {
        anyhow::bail!("being written")
    }
}
