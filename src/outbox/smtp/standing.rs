//! What the server has lately taken from a sender: where codes do not say whom a refusal is about, that decides.

use crate::mail::Address;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What was taken longer ago says nothing of the account as it is.
const LATELY: Duration = Duration::from_hours(24);

/// Of each sender; `None` is the null sender. Forgotten with the configuration.
#[derive(Debug, Default)]
pub(super) struct Standings(Mutex<HashMap<Option<Address>, Standing>>);

#[derive(Debug, Default)]
struct Standing {
    /// When the server last took a letter.
    taken_at: Option<Instant>,
    /// A refusal since then has been put down to its letter.
    letter_blamed: bool,
}

impl Standings {
    /// The server has taken a letter of this sender.
    pub(super) fn taken(&self, sender: Option<&Address>, now: Instant) {
        self.of(sender, |standing| *standing = Standing { taken_at: Some(now), letter_blamed: false });
    }

    /// Whether a refusal of the recipient, in words that would suit anybody, is the letter's: the server took one of this sender
    /// lately.
    pub(super) fn blames_recipient(&self, sender: Option<&Address>, now: Instant) -> bool {
        self.of(sender, |standing| {
            let lately = |at| now.saturating_duration_since(at) < LATELY;
            standing.taken_at.is_some_and(lately) && standing.blame()
        })
    }

    /// Whether such a refusal of the content is the letter's: nobody but it was looked at, as far as one refusal tells.
    pub(super) fn blames_content(&self, sender: Option<&Address>) -> bool {
        self.of(sender, Standing::blame)
    }

    fn of<T>(&self, sender: Option<&Address>, look: impl FnOnce(&mut Standing) -> T) -> T {
        look(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(sender.cloned()).or_default())
    }
}

impl Standing {
    /// One letter may be ended by mistake, not one after the other: the account may just have been shut.
    fn blame(&mut self) -> bool {
        !std::mem::replace(&mut self.letter_blamed, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_refusal_after_each_letter_taken_is_the_letters() {
        let standings = Standings::default();
        let (ours, now) = (Address::parse("support@desk.test").unwrap(), Instant::now());
        let ours = Some(&ours);
        assert!(!standings.blames_recipient(ours, now), "nothing is known yet");
        standings.taken(None, now);
        assert!(!standings.blames_recipient(ours, now), "that was another sender's");
        standings.taken(ours, now);
        assert!(!standings.blames_recipient(ours, now + LATELY), "long ago");
        assert!(standings.blames_recipient(ours, now));
        assert!(!standings.blames_recipient(ours, now) && !standings.blames_content(ours));
        standings.taken(ours, now);
        assert!(standings.blames_content(ours));
        assert!(!standings.blames_content(ours) && !standings.blames_recipient(ours, now));
        assert!(standings.blames_content(None));
    }
}
