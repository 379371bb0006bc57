//! Letters on their way out. An automatic letter goes out at most once; an agent's answer at least once, always with
//! the same Message-ID.

use super::{MailId, OutboxId, Reader, Tx};
use crate::mail::{Address, MessageId};
use crate::request::Field;
use crate::ticket::TicketId;
use anyhow::Result;
use chrono::{DateTime, Utc};

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LetterKind {
    /// Asks the client for what is missing. Automatic.
    Ask,
    /// Tells the client that the request is complete. Automatic.
    Accept,
    /// Tells agents or operators something.
    Notice,
    /// An agent's answer, passed on to the client.
    Answer,
}

impl LetterKind {
    /// Whether a machine writes it to a client: then it goes out at most once, and limits count it.
    #[must_use]
    pub const fn is_automatic(self) -> bool {
        match self {
            Self::Ask | Self::Accept => true,
            Self::Notice | Self::Answer => false,
        }
    }
}

/// A letter to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLetter {
    /// What it is for.
    pub kind: LetterKind,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// The mail that it answers.
    pub answers_mail: Option<MailId>,
    /// MAIL FROM; `None` is the null sender `<>`.
    pub envelope_from: Option<Address>,
    /// RCPT TO.
    pub to: Address,
    /// Its Message-ID, the same at every attempt.
    pub message_id: MessageId,
    /// The whole mail, header and body.
    pub raw: Vec<u8>,
    /// Not to be sent before.
    pub due_at: DateTime<Utc>,
    /// The fields that it asks for, in the order of its list.
    pub asked: Vec<Field>,
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutboxState {
    /// To be sent when it is due.
    Waiting,
    /// Being sent just now; or the daemon died while it was.
    Claimed,
    /// The server has accepted it.
    Sent,
    /// The server has refused it for good.
    Refused,
    /// Nobody knows whether the server has it. Never sent again by itself.
    Ambiguous,
    /// Not sent, and not to be sent.
    Cancelled,
}

/// Whether the Sent folder has a copy of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SentCopy {
    /// To be put there once it is sent.
    Wanted,
    /// It is there.
    Done,
    /// Not wanted: notices, or no Sent folder is configured.
    Off,
}

/// A letter in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its number.
    pub id: OutboxId,
    /// Where it stands.
    pub state: OutboxState,
    /// How many times it has been claimed.
    pub attempts: u32,
    /// What went wrong last, or why it was cancelled; empty if nothing.
    pub last_error: String,
    /// What the server said when it accepted.
    pub response: String,
    /// When it was put here.
    pub created_at: DateTime<Utc>,
    /// When the server accepted it.
    pub sent_at: Option<DateTime<Utc>>,
    /// When a bounce of it came back; its state stays what it was.
    pub bounced_at: Option<DateTime<Utc>>,
    /// Whether the Sent folder has a copy.
    pub sent_copy: SentCopy,
    /// See [`NewLetter::kind`].
    pub kind: LetterKind,
    /// See [`NewLetter::ticket`].
    pub ticket: Option<TicketId>,
    /// See [`NewLetter::answers_mail`].
    pub answers_mail: Option<MailId>,
    /// See [`NewLetter::envelope_from`].
    pub envelope_from: Option<Address>,
    /// See [`NewLetter::to`].
    pub to: Address,
    /// See [`NewLetter::message_id`].
    pub message_id: MessageId,
    /// The whole mail; empty where many letters are listed.
    pub raw: Vec<u8>,
    /// When it is to be sent, or sent again.
    pub due_at: DateTime<Utc>,
    /// See [`NewLetter::asked`].
    pub asked: Vec<Field>,
}

/// How many automatic letters there are: waiting, claimed, sent or ambiguous, but not cancelled or refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentCounts {
    /// In answer to this mail.
    pub about_mail: u32,
    /// Asks of this ticket.
    pub ticket_asks: u32,
    /// To this address (its `+tag` put aside) in the last 24 hours.
    pub sender_24h: u32,
    /// To this domain in the last hour.
    pub domain_1h: u32,
    /// In all in the last hour.
    pub all_1h: u32,
}

/// What became of the letters that a dead daemon was sending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Automatic ones: perhaps sent, not sent again.
    pub ambiguous: Vec<OutboxId>,
    /// Others: waiting again.
    pub waiting: Vec<OutboxId>,
}

impl Reader<'_> {
    /// When the next waiting letter is due.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        anyhow::bail!("being written")
    }

    /// Letters of one state, or all, in order of number, without their bytes.
    pub fn outbox(&self, _state: Option<OutboxState>) -> Result<Vec<Letter>> {
        anyhow::bail!("being written")
    }

    /// One letter with its bytes.
    pub fn letter(&self, _id: OutboxId) -> Result<Option<Letter>> {
        anyhow::bail!("being written")
    }

    /// The letter with this Message-ID, without its bytes.
    pub fn find_letter(&self, _id: &MessageId) -> Result<Option<Letter>> {
        anyhow::bail!("being written")
    }

    /// Sent letters that the Sent folder should have a copy of, oldest first.
    pub fn copies_wanted(&self, _limit: usize) -> Result<Vec<OutboxId>> {
        anyhow::bail!("being written")
    }

    /// What the limits on automatic letters need.
    pub fn sent_counts(
        &self,
        _mail: Option<MailId>,
        _ticket: Option<TicketId>,
        _to: &Address,
        _now: DateTime<Utc>,
    ) -> Result<SentCounts> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Puts a letter into the outbox.
    pub fn enqueue(&self, _letter: &NewLetter, _now: DateTime<Utc>) -> Result<OutboxId> {
        anyhow::bail!("being written")
    }

    /// Cancels the automatic letters of a ticket that are not being sent, and says which.
    pub fn cancel_waiting(
        &self,
        _ticket: TicketId,
        _why: &str,
        _now: DateTime<Utc>,
    ) -> Result<Vec<OutboxId>> {
        anyhow::bail!("being written")
    }

    /// Takes letters that are due, their attempts counted. Commit before the first byte goes to SMTP.
    pub fn claim_due(&self, _now: DateTime<Utc>, _limit: usize) -> Result<Vec<Letter>> {
        anyhow::bail!("being written")
    }

    /// The server has accepted a claimed letter; it becomes a mail, too.
    pub fn record_sent(&self, _id: OutboxId, _response: &str, _now: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// A claimed letter was demonstrably not accepted: again at `next_at`.
    pub fn record_retry(&self, _id: OutboxId, _why: &str, _next_at: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// A claimed letter is refused for good.
    pub fn record_refused(&self, _id: OutboxId, _why: &str, _now: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// Nobody knows whether the server has a claimed letter.
    pub fn record_ambiguous(&self, _id: OutboxId, _why: &str, _now: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// At start: settles the letters that a dead daemon was sending.
    pub fn recover_claims(&self, _now: DateTime<Utc>) -> Result<Recovered> {
        anyhow::bail!("being written")
    }

    /// The Sent folder has a copy.
    pub fn copy_done(&self, _id: OutboxId) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// No copy in the Sent folder is wanted.
    pub fn copy_off(&self, _id: OutboxId) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// A bounce of a letter has come back.
    pub fn mark_bounced(&self, _id: OutboxId, _why: &str, _now: DateTime<Utc>) -> Result<()> {
        anyhow::bail!("being written")
    }
}
