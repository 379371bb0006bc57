//! Tells the server which mails are stored: `\Seen`, or a move to another folder.

use super::drain::Round;
use super::error::{ImapError, Reply};
use super::name::{MAX_SET, uid_sets};
use super::protocol::Tagged;
use super::settings::After;
use super::troubles::REFUSED_IN_A_ROW;
use super::{Sink, Unconfirmed};
use crate::failpoint;

/// Mails that are confirmed at once.
const CHUNK: usize = 1000;

/// What became of mails that the server was told of.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// Those that are done, or gone.
    pub(super) done: Vec<u32>,
    /// Why the others are not.
    pub(super) refused: Option<Refusal>,
}

/// Why mails were neither marked nor moved.
#[derive(Debug)]
pub(super) struct Refusal {
    /// In the server's words.
    pub(super) why: String,
    /// One of them may be to blame.
    pub(super) of_some: bool,
}

impl Applied {
    pub(super) const fn all(done: Vec<u32>) -> Self {
        Self { done, refused: None }
    }

    pub(super) const fn refused(why: Refusal) -> Self {
        Self { done: Vec::new(), refused: Some(why) }
    }
}

impl Refusal {
    /// Whichever mails they were.
    pub(super) const fn of_all(why: String) -> Self {
        Self { why, of_some: false }
    }

    /// What the server answered to a set of mails.
    pub(super) fn new(reply: &Reply, what: &str) -> Self {
        Self { why: format!("{reply} ({what})"), of_some: !reply.is_throttling() }
    }
}

impl<S: Sink> Round<'_, S> {
    /// Does `after` to all mails that are stored and not confirmed yet, the newest first. A server that refuses is asked again in the
    /// next round: the mails are safe, only their flags lag behind. Gives what it said.
    pub(super) async fn confirm(&mut self) -> Result<Option<String>, ImapError> {
        let (mut refused, mut to_uid) = (None, u32::MAX);
        loop {
            let unconfirmed = self.sink.unconfirmed(&self.settings.mailbox, self.uid_validity, to_uid, CHUNK);
            let mut mails = unconfirmed.await.map_err(ImapError::Sink)?;
            mails.sort_unstable_by_key(|mail| mail.uid);
            let Some(first) = mails.first().map(|mail| mail.uid) else { break };
            let (has_done, refusal) = self.confirm_some(mails).await?;
            refused = refusal.or(refused);
            if (refused.is_some() && !has_done) || first <= 1 {
                break;
            }
            to_uid = first - 1;
        }
        if let Some(answer) = refused.as_ref().filter(|_| refused != self.memory.unmarked) {
            let mailbox = self.settings.mailbox.as_str();
            tracing::warn!(mailbox, answer, "the server refuses to mark or move stored mails");
        }
        self.memory.unmarked.clone_from(&refused);
        Ok(refused)
    }

    /// Does it to some, which are in order: where that is refused, in halves, so that one that cannot be changed holds up no others.
    /// Where those are refused one by one, the server is to blame. Gives whether any are done, and why others are not.
    async fn confirm_some(&mut self, mails: Vec<Unconfirmed>) -> Result<(bool, Option<String>), ImapError> {
        let uids: Vec<u32> = mails.iter().map(|mail| mail.uid).collect();
        let mut rest = mails.into_iter();
        let sets = uid_sets(&uids, MAX_SET).into_iter();
        let mut left: Vec<Vec<Unconfirmed>> =
            sets.map(|(_, members)| rest.by_ref().take(members.len()).collect()).collect();
        let (mut has_done, mut refused, mut in_a_row) = (false, None, 0);
        while let Some(mut some) = left.pop() {
            failpoint::hit("confirm.before-server");
            let Applied { done, refused: refusal } = self.apply(&some).await?;
            failpoint::hit("confirm.server-told");
            let has_some = !done.is_empty();
            if has_some {
                (has_done, in_a_row) = (true, 0);
                let confirmed = self.sink.confirmed(&self.settings.mailbox, self.uid_validity, done);
                confirmed.await.map_err(ImapError::Sink)?;
                failpoint::hit("confirm.noted");
            }
            let Some(Refusal { why, of_some }) = refusal else { continue };
            refused = Some(why);
            if has_some {
                continue;
            }
            if some.len() == 1 {
                in_a_row += 1;
            }
            if !of_some || in_a_row == REFUSED_IN_A_ROW {
                break;
            }
            if some.len() > 1 {
                // Until one is done it is rather the server than a mail.
                let newer = some.split_off(if has_done { some.len() / 2 } else { some.len() - 1 });
                left.extend([some, newer]);
            }
        }
        Ok((has_done, refused))
    }

    /// UIDs that are gone are no error (RFC 9051, section 6.4.9): doing it twice is harmless.
    async fn apply(&mut self, mails: &[Unconfirmed]) -> Result<Applied, ImapError> {
        let uids = || mails.iter().map(|mail| mail.uid).collect();
        match &self.settings.after {
            After::Seen => self.set_seen(uids()).await,
            After::Move(folder) => self.transfer(mails, folder).await,
            After::Leave => Ok(Applied::all(uids())),
        }
    }

    async fn set_seen(&mut self, uids: Vec<u32>) -> Result<Applied, ImapError> {
        for (set, _) in uid_sets(&uids, MAX_SET) {
            let command = format!("UID STORE {set} +FLAGS.SILENT (\\Seen)");
            if let Tagged::No(reply) | Tagged::Bad(reply) = self.connection.run(&command, |_| ()).await? {
                return Ok(Applied::refused(Refusal::new(&reply, "marking them \\Seen")));
            }
        }
        Ok(Applied::all(uids))
    }
}
