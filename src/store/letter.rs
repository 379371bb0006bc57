//! What a letter is, and where it can stand on its way out.

use super::{MailId, OutboxId};
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, MessageId};
use crate::request::Field;
use crate::ticket::TicketId;
use chrono::{DateTime, Utc};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a letter is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
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
pub struct NewLetter<F = Vec<Vec<u8>>> {
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
    pub packed: PackedRaw<F>,
    /// Not to be sent before.
    pub due_at: DateTime<Utc>,
    /// The fields that it asks for, in the order of its list.
    pub asked: Vec<Field>,
}

/// Where a letter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum SentCopy {
    /// To be put there once it is sent.
    Wanted,
    /// It is there.
    Done,
    /// Not wanted (notices, or no Sent folder is configured), or given up.
    Off,
}

/// A letter in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its number.
    pub id: OutboxId,
    /// Where it stands.
    pub state: OutboxState,
    /// How many times it has been tried, this time included; that the server was away is no try.
    pub attempts: u32,
    /// What went wrong last; of one that is cancelled, why it is. Empty if nothing.
    pub last_error: String,
    /// What the server said when it accepted; of a notice that is cancelled, what had gone wrong last.
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
    /// When it is to be sent, or sent again.
    pub due_at: DateTime<Utc>,
    /// See [`NewLetter::asked`].
    pub asked: Vec<Field>,
}
