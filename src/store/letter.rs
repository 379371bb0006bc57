//! What a letter is, and where it can stand on its way out.

use super::{MailId, OutboxId};
use crate::mail::{Address, MessageId};
use crate::request::Field;
use crate::ticket::TicketId;
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
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Ask, Self::Accept, Self::Notice, Self::Answer];

    /// The name in JSON, the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Accept => "accept",
            Self::Notice => "notice",
            Self::Answer => "answer",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }

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

impl OutboxState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Claimed, Self::Sent, Self::Refused, Self::Ambiguous, Self::Cancelled];

    /// The name in JSON, the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Ambiguous => "ambiguous",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }
}

/// Whether the Sent folder has a copy of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SentCopy {
    /// To be put there once it is sent.
    Wanted,
    /// It is there.
    Done,
    /// Not wanted (notices, or no Sent folder is configured), or given up.
    Off,
}

impl SentCopy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Wanted, Self::Done, Self::Off];

    /// The name in JSON, the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Done => "done",
            Self::Off => "off",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.name() == name)
    }
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
    /// What went wrong last, or why it was cancelled; empty if nothing.
    pub last_error: String,
    /// What the server said when it accepted, or at last of a notice that is cancelled.
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
