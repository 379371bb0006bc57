//! Where letters go: an SMTP server, or memory.

use super::smtp::Smtp;
use crate::mail::packed::Pieces;
use crate::mail::{Address, HeaderText};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

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

/// Takes letters out of the house.
#[derive(Debug)]
pub enum Mailer {
    /// To an SMTP server.
    Smtp(Box<Smtp>),
    /// Into memory.
    Memory(Memory),
}

impl Mailer {
    /// Sends one letter. `envelope_from` `None` is the null sender `<>`. The future may be dropped: then
    /// [`Mailer::give_up`] says what came of the letter.
    pub async fn send<P: Pieces + ?Sized>(
        &mut self,
        envelope_from: Option<&Address>,
        to: &Address,
        raw: &P,
    ) -> SendOutcome {
        match self {
            Self::Smtp(smtp) => smtp.send(envelope_from, to, raw).await,
            Self::Memory(memory) => memory.take(envelope_from, to, raw).await,
        }
    }

    /// Says what came of a letter whose [`Mailer::send`] was dropped.
    pub fn give_up(&mut self) -> SendOutcome {
        let why = "askback stopped while it was being sent".to_owned();
        match self {
            Self::Smtp(smtp) => smtp.give_up(why),
            Self::Memory(_) => SendOutcome::Retry { why },
        }
    }

    /// Nothing more is due for now: closes the connection.
    pub async fn end_burst(&mut self) {
        match self {
            Self::Smtp(smtp) => smtp.quit().await,
            Self::Memory(_) => {}
        }
    }
}

/// A letter that was sent into memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// MAIL FROM.
    pub envelope_from: Option<Address>,
    /// RCPT TO.
    pub to: Address,
    /// The whole mail.
    pub raw: Vec<u8>,
}

/// Keeps letters, and answers as it is told to: for trying out what comes before and after the sending.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    inner: Arc<Mutex<MemoryInner>>,
}

#[derive(Debug, Default)]
struct MemoryInner {
    delivered: Vec<Delivered>,
    answers: VecDeque<Option<SendOutcome>>,
}

impl Memory {
    /// What was accepted, in order.
    #[must_use]
    pub fn delivered(&self) -> Vec<Delivered> {
        self.lock().delivered.clone()
    }

    /// Queues the answer to a coming letter; without one, a letter is accepted. `None` answers never.
    pub fn answer(&self, outcome: Option<SendOutcome>) {
        self.lock().answers.push_back(outcome);
    }

    async fn take<P: Pieces + ?Sized>(
        &self,
        envelope_from: Option<&Address>,
        to: &Address,
        raw: &P,
    ) -> SendOutcome {
        let answer = self.lock().answers.pop_front();
        let outcome = match answer {
            None => SendOutcome::Accepted { response: "250 kept in memory".to_owned() },
            Some(Some(outcome)) => outcome,
            Some(None) => std::future::pending().await,
        };
        if matches!(outcome, SendOutcome::Accepted { .. }) {
            let raw = raw.pieces().flat_map(Cow::into_owned).collect();
            let delivered = Delivered { envelope_from: envelope_from.cloned(), to: to.clone(), raw };
            self.lock().delivered.push(delivered);
        }
        outcome
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, MemoryInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
