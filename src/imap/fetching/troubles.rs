//! Mails that do not come: gone, refused, or breaking the connection. Whom to blame, and who waits at the end.

use super::search;
use super::short::Short;
use crate::imap::Sink;
use crate::imap::drain::Round;
use crate::imap::error::ImapError;

/// Single mails that may be refused, with none delivered, before the server and not the mails are to blame.
pub(crate) const REFUSED_IN_A_ROW: usize = 3;

/// What a pass has brought so far, besides mails.
#[derive(Default)]
pub(crate) struct Troubles {
    pub(crate) delivered: usize,
    /// Refused when asked for alone, with what the server said last.
    pub(crate) refused: Vec<u32>,
    pub(crate) refusal: String,
    /// Answered OK without a body.
    pub(crate) absent: Vec<u32>,
    /// Answered with less than was listed.
    pub(crate) short: Vec<Short>,
}

impl<S: Sink> Round<'_, S> {
    pub(crate) async fn failed(&self, uids: Vec<u32>, why: &str) -> Result<(), ImapError> {
        if uids.is_empty() {
            return Ok(());
        }
        let counted = self.sink.fetch_failed(&self.settings.mailbox, self.uid_validity, uids, why);
        counted.await.map_err(ImapError::Sink)
    }

    /// After a pass: counts attempts, and tells mails that are gone from those that the server does not hand out.
    pub(crate) async fn settle(&mut self, troubles: Troubles) -> Result<(), ImapError> {
        self.failed(troubles.refused, &format!("the server refuses to hand it out: {}", troubles.refusal))
            .await?;
        self.look_into(troubles.absent).await?;
        let (there, _) =
            self.still_there(troubles.short.iter().map(|short| short.mail.uid).collect()).await?;
        let is_there = |short: &Short| there.binary_search(&short.mail.uid).is_ok();
        for short in troubles.short.into_iter().filter(is_there) {
            self.fetch_once_more(short).await?;
        }
        Ok(())
    }

    /// Mails whose FETCH was answered OK but brought no body. Some servers do not show by FETCH what they cannot read.
    pub(crate) async fn look_into(&mut self, absent: Vec<u32>) -> Result<(), ImapError> {
        let (there, refusal) = self.still_there(absent).await?;
        let why = refusal.map_or_else(
            || "the server says that it is there, and hands out no body".to_owned(),
            |reply| format!("the server does not hand it out, and does not say whether it is there: {reply}"),
        );
        self.failed(there, &why).await
    }

    /// Which of the mails that did not come as they should are there, in order; the others are told to be gone. All, where the server
    /// does not say: with its refusal.
    pub(crate) async fn still_there(
        &mut self,
        mut absent: Vec<u32>,
    ) -> Result<(Vec<u32>, Option<String>), ImapError> {
        if absent.is_empty() {
            return Ok((absent, None));
        }
        absent.sort_unstable();
        absent.dedup();
        // Lets the server take notice of what others have expunged.
        self.connection.run("NOOP", |_| ()).await?.ok(|| "NOOP".to_owned())?;
        let mut there = match search::which_of(self.connection, &absent).await? {
            Ok(there) => there,
            Err(reply) => return Ok((absent, Some(reply.to_string()))),
        };
        there.sort_unstable();
        let (there, gone): (Vec<u32>, Vec<u32>) =
            absent.into_iter().partition(|uid| there.binary_search(uid).is_ok());
        if !gone.is_empty() {
            let vanished = self.sink.vanished(&self.settings.mailbox, self.uid_validity, gone);
            vanished.await.map_err(ImapError::Sink)?;
        }
        Ok((there, None))
    }

    /// The connection broke. Usually no mail is to blame; but one that breaks it each time must not hold up the
    /// others for ever, so it goes to the end of the line, and its second break in a row counts as an attempt.
    pub(crate) async fn blame(&mut self, error: &ImapError, due: Option<u32>) -> Result<(), ImapError> {
        let Some(due) = due else { return Ok(()) };
        match error {
            ImapError::Excess(why) => {
                // Its size was a lie: in parts, it cannot be too much at once. If it is even so, its headers must do. If they
                // are too much, that counts.
                if !self.memory.careful.insert(due) && !self.memory.only_whole.insert(due) {
                    self.failed(vec![due], why).await?;
                }
            }
            ImapError::Lost(why) | ImapError::Bye(why) => {
                if self.memory.suspect == Some(due) {
                    self.memory.suspect = None;
                    self.memory.careful.insert(due);
                    self.failed(vec![due], why).await?;
                } else {
                    self.memory.suspect = Some(due);
                }
            }
            ImapError::Net(_)
            | ImapError::LoginRefused(_)
            | ImapError::TokenRefused(_)
            | ImapError::NoToken(_)
            | ImapError::NoLogin(_)
            | ImapError::Throttled { .. }
            | ImapError::Refused { .. }
            | ImapError::SentIsRead(_)
            | ImapError::MadeAnew(_)
            | ImapError::Stopped
            | ImapError::Sink(_) => {}
        }
        Ok(())
    }
}
