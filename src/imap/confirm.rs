//! Tells the server which mails are stored: `\Seen`, or a move to another folder.

use super::Sink;
use super::drain::Round;
use super::error::ImapError;
use super::name::{MAX_SET, uid_sets};
use super::protocol::Tagged;
use super::settings::After;
use super::transfer::Applied;
use crate::failpoint;

/// Mails that are confirmed at once.
const CHUNK: usize = 1000;

impl<S: Sink> Round<'_, S> {
    /// Does `after` to all mails that are stored and not confirmed yet. A server that refuses is asked again in the
    /// next round: the mails are safe, only their flags lag behind. Gives what it said.
    pub(super) async fn confirm(&mut self) -> Result<Option<String>, ImapError> {
        let mailbox = self.settings.mailbox.clone();
        loop {
            let unconfirmed = self.sink.unconfirmed(&mailbox, self.uid_validity, CHUNK);
            let mut uids = unconfirmed.await.map_err(ImapError::Sink)?;
            if uids.is_empty() {
                return Ok(None);
            }
            uids.sort_unstable();
            let (mut refused, mut has_done) = (None, false);
            for (_, members) in uid_sets(&uids, MAX_SET) {
                failpoint::hit("confirm.before-server");
                let applied = self.apply(members).await?;
                failpoint::hit("confirm.server-told");
                if !applied.done.is_empty() {
                    has_done = true;
                    let confirmed = self.sink.confirmed(&mailbox, self.uid_validity, applied.done);
                    confirmed.await.map_err(ImapError::Sink)?;
                    failpoint::hit("confirm.noted");
                }
                refused = applied.refused.or(refused);
                if refused.is_some() && !has_done {
                    break;
                }
            }
            if let (Some(answer), false) = (&refused, has_done) {
                tracing::warn!(mailbox, answer, "the server refuses to mark or move stored mails");
                return Ok(refused);
            }
        }
    }

    /// UIDs that are gone are no error (RFC 9051, section 6.4.9): doing it twice is harmless.
    async fn apply(&mut self, uids: Vec<u32>) -> Result<Applied, ImapError> {
        match &self.settings.after {
            After::Seen => self.set_seen(uids).await,
            After::Move(folder) => self.transfer(&uids, folder).await,
            After::Leave => Ok(Applied::all(uids)),
        }
    }

    async fn set_seen(&mut self, uids: Vec<u32>) -> Result<Applied, ImapError> {
        for (set, _) in uid_sets(&uids, MAX_SET) {
            let command = format!("UID STORE {set} +FLAGS.SILENT (\\Seen)");
            if let Tagged::No(reply) | Tagged::Bad(reply) = self.connection.run(&command, |_| ()).await? {
                return Ok(Applied::refused(format!("{reply} (marking them \\Seen)")));
            }
        }
        Ok(Applied::all(uids))
    }
}
