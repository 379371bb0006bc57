//! A mailer that keeps what it is given.

use askback::mail::Address;
use askback::mail::packed::Pieces;
use askback::outbox::mailer::{Mailer, SendOutcome};
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A letter that was sent into memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivered {
    /// MAIL FROM.
    pub(crate) envelope_from: Option<Address>,
    /// RCPT TO.
    pub(crate) to: Address,
    /// The whole mail.
    pub(crate) raw: Vec<u8>,
}

/// Keeps letters, and answers as it is told to: for trying out what comes before and after the sending.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
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
    pub(crate) fn delivered(&self) -> Vec<Delivered> {
        self.lock().delivered.clone()
    }

    /// Queues the answer to a coming letter; without one, a letter is accepted. `None` answers never.
    pub(crate) fn answer(&self, outcome: Option<SendOutcome>) {
        self.lock().answers.push_back(outcome);
    }

    fn lock(&self) -> MutexGuard<'_, MemoryInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mailer for Memory {
    async fn send<P: Pieces + ?Sized>(
        &mut self,
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

    fn give_up(&mut self) -> SendOutcome {
        SendOutcome::Retry { why: "askback stopped while it was being sent".to_owned() }
    }

    async fn end_burst(&mut self) {}
}
