//! One round over a folder: list what is new, fetch what is listed, tell the server what is stored.

use super::after::confirm::Confirming;
use super::after::transfer::Moving;
use super::error::ImapError;
use super::fetching::listing::Failures;
use super::folders::{Selected, highest_uid};
use super::session::protocol::Connection;
use super::settings::{Settings, Start};
use super::{Cursor, Sink};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// What a watcher knows of troublesome mails. Only a help: the sink counts the attempts.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Fetched after all others, alone and in parts.
    pub(super) careful: BTreeSet<u32>,
    /// The mail that was due when the connection last broke. Cleared by nothing: a mail that has arrived is never due
    /// again.
    pub(super) suspect: Option<u32>,
    /// Mails that come only whole, and are more than is taken at once.
    pub(super) only_whole: BTreeSet<u32>,
    /// Mails of which a part could not be read: they are asked for whole.
    pub(super) unreadable: BTreeSet<u32>,
    /// Why the listing does not come to its end.
    pub(super) failures: Failures,
    /// Mails over which connections ended when they were marked or moved.
    pub(super) confirming: Confirming,
    /// What its moves have shown of the server.
    pub(super) moving: Moving,
    /// The UIDVALIDITY that these UIDs belong to.
    uid_validity: u32,
    /// How many of these there have been: some servers have another each time.
    pub(super) numberings: u32,
    /// How often in a row the server has not begun to IDLE.
    pub(super) idles_in_vain: u32,
    /// When it was last asked to.
    pub(super) idled_at: Option<Instant>,
    /// Why mails are neither marked nor moved, as it was told last.
    pub(super) unmarked: Option<String>,
}

/// Why a round is made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause {
    /// The connection is new.
    Opened(Selected),
    /// It was time to look, and the folder is the same.
    Reopened,
    /// The server has announced something.
    News,
}

/// A folder that is open on a connection.
pub(super) struct Round<'a, S> {
    pub(super) settings: &'a Settings,
    pub(super) sink: &'a Arc<S>,
    pub(super) connection: &'a mut Connection,
    pub(super) uid_validity: u32,
    pub(super) memory: &'a mut Memory,
    /// SEARCH is asked, too, for mails that FETCH does not show.
    pub(super) thorough: bool,
}

impl<S: Sink> Round<'_, S> {
    /// Stores all mail that the server has and the sink wants. Gives whether mail was announced, and none was there.
    pub(super) async fn drain(&mut self, cause: Cause) -> Result<bool, ImapError> {
        match cause {
            Cause::Opened(selected) => self.align_cursor(&selected).await?,
            Cause::Reopened => {}
            // New messages are shown to UID FETCH only once they have been announced.
            Cause::News => {
                self.connection.run("NOOP", |_| ()).await?.ok(|| "NOOP".to_owned())?;
            }
        }
        // What is announced from here on is looked for by another round.
        let announced = std::mem::take(&mut self.connection.news) && !matches!(cause, Cause::Opened(_));
        let unseen = !self.list_new().await? && announced;
        self.fetch_wanted().await?;
        Ok(unseen)
    }

    /// What was remembered of mails by their UIDs is of others now.
    fn forget(&mut self) {
        let old = std::mem::take(self.memory);
        let Memory { numberings, idles_in_vain, idled_at, moving, unmarked, .. } = old;
        let uid_validity = self.uid_validity;
        let new = Memory::default();
        *self.memory = Memory { uid_validity, numberings, idles_in_vain, idled_at, moving, unmarked, ..new };
    }

    /// After opening the folder: where to list from.
    async fn align_cursor(&mut self, selected: &Selected) -> Result<(), ImapError> {
        if self.memory.uid_validity != self.uid_validity {
            self.memory.numberings += 1;
            self.forget();
        }
        let mailbox = &self.settings.mailbox;
        let cursor = self.sink.cursor(mailbox).await.map_err(ImapError::Sink)?;
        let is_first = cursor.is_none();
        match cursor {
            None => {}
            Some(cursor) if cursor.uid_validity != self.uid_validity => {
                tracing::warn!(
                    mailbox = mailbox.as_str(),
                    "the server numbered its mails anew (UIDVALIDITY); all are compared with those stored"
                );
            }
            // The folder was restored or recreated under its old numbering: mail may come below the cursor.
            Some(cursor) if self.went_down(selected, &cursor).await? => {
                self.forget();
                tracing::warn!(
                    mailbox = mailbox.as_str(),
                    "the server's next UID went down; its mails are listed again"
                );
            }
            Some(_) => return Ok(()),
        }
        // What was there before the first contact is not wanted, neither now nor when it comes under another number.
        let old_below = match self.settings.start {
            Start::All => 0,
            // Not all servers tell a UIDNEXT that is behind all mails.
            Start::New => match (selected.uid_next, highest_uid(self.connection).await) {
                (Some(uid_next), Err(ImapError::Refused { .. })) => uid_next,
                (None, Ok(0)) if self.connection.exists > 0 => {
                    let what = "to tell the number of the last message".to_owned();
                    return Err(ImapError::refused(what, "OK, but without it".to_owned()));
                }
                (uid_next, highest) => highest?.saturating_add(1).max(uid_next.unwrap_or(0)),
            },
        };
        let (next_uid, below) = if is_first { (old_below.max(1), 0) } else { (1, old_below) };
        let cursor = Cursor { uid_validity: self.uid_validity, next_uid };
        self.sink.begun(&self.settings.mailbox, cursor, below).await.map_err(ImapError::Sink)
    }

    /// Whether the server's next number is below the cursor. Some tell one that is below mails that are there.
    async fn went_down(&mut self, selected: &Selected, cursor: &Cursor) -> Result<bool, ImapError> {
        if selected.uid_next.is_none_or(|next| next >= cursor.next_uid) {
            return Ok(false);
        }
        match highest_uid(self.connection).await {
            Ok(highest) => Ok(highest.saturating_add(1) < cursor.next_uid),
            Err(ImapError::Refused { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}
