//! Tells the server which mails are stored: `\Seen`, or a move to another folder.

use super::drain::Round;
use super::error::ImapError;
use super::name::{MAX_SET, quoted_folder, uid_sets};
use super::protocol::Tagged;
use super::settings::After;
use super::{Sink, folders};
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
            for (set, members) in uid_sets(&uids, MAX_SET) {
                failpoint::hit("confirm.before-server");
                match self.apply(&set).await? {
                    Tagged::Ok(_) => {}
                    Tagged::No(reply) | Tagged::Bad(reply) => {
                        let text = reply.to_string();
                        tracing::warn!(
                            mailbox,
                            answer = text,
                            "the server refuses to mark or move stored mails"
                        );
                        return Ok(Some(text));
                    }
                }
                failpoint::hit("confirm.server-told");
                let confirmed = self.sink.confirmed(&mailbox, self.uid_validity, members);
                confirmed.await.map_err(ImapError::Sink)?;
                failpoint::hit("confirm.noted");
            }
        }
    }

    /// UIDs that are gone are no error (RFC 9051, section 6.4.9): doing it twice is harmless.
    async fn apply(&mut self, set: &str) -> Result<Tagged, ImapError> {
        match &self.settings.after {
            After::Seen => {
                self.connection.run(&format!("UID STORE {set} +FLAGS.SILENT (\\Seen)"), |_| ()).await
            }
            After::Move(folder) => self.transfer(set, folder).await,
            After::Leave => Ok(Tagged::Ok(super::error::Reply::default())),
        }
    }

    async fn transfer(&mut self, set: &str, folder: &str) -> Result<Tagged, ImapError> {
        let has_move = self.connection.has("MOVE");
        let verb = if has_move { "MOVE" } else { "COPY" };
        let command = format!("UID {verb} {set} {}", quoted_folder(folder));
        let mut tagged = self.connection.run(&command, |_| ()).await?;
        let is_first = !std::mem::replace(&mut self.connection.has_moved, true);
        let (told, missing) = match &tagged {
            Tagged::Ok(_) => (false, false),
            Tagged::No(reply) if reply.code == "TRYCREATE" => (true, true),
            // Not all servers say what is wrong: hMailServer answers BAD to a folder that is missing.
            Tagged::No(reply) | Tagged::Bad(reply) => (false, is_first && !reply.is_throttling()),
        };
        if missing {
            match folders::create(self.connection, folder).await? {
                Tagged::Ok(_) => tagged = self.connection.run(&command, |_| ()).await?,
                refused if told => return Ok(refused),
                // It is there: what was said first tells more.
                Tagged::No(_) | Tagged::Bad(_) => {}
            }
        }
        if has_move || !matches!(tagged, Tagged::Ok(_)) {
            return Ok(tagged);
        }
        let flag = format!("UID STORE {set} +FLAGS.SILENT (\\Deleted)");
        let flagged = self.connection.run(&flag, |_| ()).await?;
        // Without UIDPLUS, EXPUNGE would also remove what somebody else has marked: those stay marked then.
        if matches!(flagged, Tagged::Ok(_)) && self.connection.has("UIDPLUS") {
            return self.connection.run(&format!("UID EXPUNGE {set}"), |_| ()).await;
        }
        Ok(flagged)
    }
}
