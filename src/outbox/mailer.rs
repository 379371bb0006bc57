//! What takes letters out, and what comes of that.

use crate::mail::packed::Pieces;
use crate::mail::{Address, HeaderText};

/// What came of one attempt to send a letter. All texts are on one line, without anything that could drive a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum SendOutcome {
    /// The server has taken it, and answers for it from now on.
    Accepted {
        /// What it said.
        response: String,
    },
    /// The server does not have it; later it may take it.
    Retry {
        /// Why not now.
        why: String,
    },
    /// The server was not reached or takes nothing now: no letter would get through.
    Unreachable {
        /// Why, with the remedy.
        why: String,
    },
    /// The server refuses our login for good: no letter would get through, and it locks out who goes on trying.
    LoginRefused {
        /// Why, with the remedy.
        why: String,
    },
    /// The server refuses us and not this letter: others may fare better if they have another sender or go elsewhere.
    Unwelcome {
        /// Why, with the remedy.
        why: String,
    },
    /// The server does not have it and never will.
    Refused {
        /// Why.
        why: String,
    },
    /// The end of the letter was sent, and no answer came: nobody knows whether the server has it.
    Ambiguous {
        /// What happened.
        why: String,
    },
}

impl SendOutcome {
    /// The word in the event log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "sent",
            Self::Retry { .. } => "put off",
            Self::Unreachable { .. } | Self::LoginRefused { .. } | Self::Unwelcome { .. } => {
                "waits for the server"
            }
            Self::Refused { .. } => "refused",
            Self::Ambiguous { .. } => "ambiguous",
        }
    }

    /// What the server said, or what went wrong.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Accepted { response } => response,
            Self::Retry { why }
            | Self::Unreachable { why }
            | Self::LoginRefused { why }
            | Self::Unwelcome { why }
            | Self::Refused { why }
            | Self::Ambiguous { why } => why,
        }
    }
}

/// A server's words, fit for logs, the database and a terminal.
pub(super) fn clean(words: &str) -> String {
    HeaderText::new(words, 300).to_string()
}

/// Takes letters out of the house: [`super::smtp::Smtp`], or what stands for it in a test.
pub trait Mailer: Send {
    /// Sends one letter. `envelope_from` `None` is the null sender `<>`. The future may be dropped: then
    /// [`Mailer::give_up`] says what came of the letter.
    fn send<P: Pieces + ?Sized>(
        &mut self,
        envelope_from: Option<&Address>,
        to: &Address,
        raw: &P,
    ) -> impl Future<Output = SendOutcome> + Send;

    /// Says what came of a letter whose [`Mailer::send`] was dropped.
    fn give_up(&mut self) -> SendOutcome;

    /// Nothing more is due for now: closes the connection.
    fn end_burst(&mut self) -> impl Future<Output = ()> + Send;
}
