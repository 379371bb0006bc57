//! Mails: each once by its place on the server and by its bytes, with what became of it.

use super::{Direction, MailId, OutboxState, PackedRaw, Reader, Tx};
use crate::mail::MailKey;
use crate::ticket::{Disposition, State, TicketId};
use anyhow::Result;
use chrono::{DateTime, Utc};

/// A mail to store.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Where it lies on the server.
    pub key: MailKey,
    /// When the server received it.
    pub internal_date: Option<DateTime<Utc>>,
    /// Now.
    pub stored_at: DateTime<Utc>,
    /// Its bytes.
    pub packed: PackedRaw,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

/// What storing a mail came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A new mail, to be processed.
    New(MailId),
    /// It was here already: the same place on the server, or the same bytes. The mail that was here first.
    Duplicate(MailId),
}

/// A mail to be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub id: MailId,
    /// Where it lay on the server.
    pub key: MailKey,
    /// When the server received it (INTERNALDATE), or when it was stored.
    pub received_at: DateTime<Utc>,
    /// How many times it has been claimed, this time included.
    pub attempts: u32,
    /// Its bytes.
    pub raw: Vec<u8>,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

/// A mail without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// Its number.
    pub id: MailId,
    /// Where it lay on the server; `None` for a letter that we sent.
    pub key: Option<MailKey>,
    /// When the server received it (INTERNALDATE), or when it was stored; for a letter, when it was sent.
    pub received_at: DateTime<Utc>,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes; `None` if it could never be fetched.
    pub sha256: Option<[u8; 32]>,
    /// How many times it has been claimed.
    pub attempts: u32,
    /// What became of it; `None` while it is to be processed.
    pub disposition: Option<Disposition>,
    /// Why it has this disposition.
    pub why: String,
    /// The ticket it belongs to.
    pub ticket: Option<TicketId>,
    /// Received or sent.
    pub direction: Direction,
    /// For a duplicate: the mail that was here first.
    pub duplicate_of: Option<MailId>,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

/// Which mails to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailFilter {
    /// `Some(None)`: only new ones; `Some(Some(d))`: only those of this disposition; `None`: all.
    pub disposition: Option<Option<Disposition>>,
    /// Only those of this ticket.
    pub ticket: Option<TicketId>,
    /// At most this many, the latest ones.
    pub limit: usize,
}

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Received mails that have a disposition, all five in order.
    pub mails: Vec<(Disposition, u64)>,
    /// Mails to be processed.
    pub new: u64,
    /// Mails to be fetched.
    pub wanted: u64,
    /// Mails whose \Seen or MOVE the server has not confirmed.
    pub unconfirmed: u64,
    /// Tickets, all four states in order.
    pub tickets: Vec<(State, u64)>,
    /// Letters, all six states in order.
    pub outbox: Vec<(OutboxState, u64)>,
}

impl Reader<'_> {
    /// The mails of these numbers with their bytes.
    pub fn pending(&self, _ids: &[MailId]) -> Result<Vec<Pending>> {
        anyhow::bail!("being written")
    }

    /// One mail.
    pub fn mail(&self, _id: MailId) -> Result<Option<MailRow>> {
        anyhow::bail!("being written")
    }

    /// The bytes of one mail; `None` if there is no such mail or it could never be fetched.
    pub fn raw(&self, _id: MailId) -> Result<Option<Vec<u8>>> {
        anyhow::bail!("being written")
    }

    /// Mails, latest first.
    pub fn mails(&self, _filter: &MailFilter) -> Result<Vec<MailRow>> {
        anyhow::bail!("being written")
    }

    /// Hands over every mail, received and sent, in order of number. `raw` is an error for a mail whose bytes are
    /// damaged, so that one of them does not stop an export.
    pub fn each_mail(&self, _f: impl FnMut(MailRow, Result<Option<Vec<u8>>>) -> Result<()>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// How much there is of everything.
    pub fn counts(&self) -> Result<Counts> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Stores a mail and takes it off the work list; its UID then waits for [`Tx::confirmed`].
    pub fn store_mail(&self, _mail: &NewMail) -> Result<Stored> {
        anyhow::bail!("being written")
    }

    /// The oldest mails to be processed, their attempts counted. At most `max_bytes` together, but at least one.
    /// A mail that has been claimed before comes alone: if it was the one that crashed us, it takes nobody with it.
    pub fn claim_new(&self, _limit: usize, _max_bytes: u64) -> Result<Vec<MailId>> {
        anyhow::bail!("being written")
    }

    /// Says what became of a new mail.
    pub fn set_disposition(
        &self,
        _id: MailId,
        _disposition: Disposition,
        _ticket: Option<TicketId>,
        _why: &str,
        _now: DateTime<Utc>,
    ) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// Gives a new mail to a human: it could not be processed.
    pub fn hold(&self, _id: MailId, _why: &str, _now: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// Makes a held or quarantined mail new again; one that could never be fetched goes back to the work list.
    pub fn retry_mail(&self, _id: MailId) -> Result<()> {
        anyhow::bail!("being written")
    }
}
