//! One round over a folder: list what is new, fetch what is listed, tell the server what is stored.

use super::attributes::Attributes;
use super::error::ImapError;
use super::folders::{Selected, highest_uid};
use super::protocol::{Connection, Event};
use super::settings::{Settings, Start};
use super::{Cursor, Listed, Sink};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of a listing that are handed to the sink at once.
const ROWS: usize = 5000;

/// Rows beyond the number of messages that a listing may bring (flags that change while it runs).
const STRAY_ROWS: usize = 10_000;

/// What a watcher knows of troublesome mails. Only a help: the sink counts the attempts.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Fetched after all others, alone and in parts.
    pub(super) careful: BTreeSet<u32>,
    /// The mail that was due when the connection last broke. Cleared by nothing: a mail that has arrived is never due
    /// again.
    pub(super) suspect: Option<u32>,
    /// The UIDVALIDITY that these UIDs belong to.
    uid_validity: u32,
}

/// A folder that is open on a connection.
pub(super) struct Round<'a, S> {
    pub(super) settings: &'a Settings,
    pub(super) sink: &'a Arc<S>,
    pub(super) connection: &'a mut Connection,
    pub(super) uid_validity: u32,
    pub(super) memory: &'a mut Memory,
    /// False for a folder that can only be read although more was wanted.
    pub(super) can_confirm: bool,
}

impl<S: Sink> Round<'_, S> {
    /// Stores all mail that the server has and the sink wants. Gives why stored mails are neither marked nor moved, if the server does
    /// not let us.
    pub(super) async fn drain(&mut self, selected: Option<&Selected>) -> Result<Option<String>, ImapError> {
        match selected {
            Some(selected) => self.align_cursor(selected).await?,
            // New messages are shown to UID FETCH only once they have been announced.
            None => {
                self.connection.run("NOOP", |_| ()).await?.ok(|| "NOOP".to_owned())?;
            }
        }
        // What is announced from here on is looked for by another round.
        self.connection.news = false;
        self.list_new().await?;
        self.fetch_wanted().await?;
        if self.can_confirm { self.confirm().await } else { Ok(Some("the folder is read-only".to_owned())) }
    }

    /// After opening the folder: where to list from.
    async fn align_cursor(&mut self, selected: &Selected) -> Result<(), ImapError> {
        if self.memory.uid_validity != self.uid_validity {
            *self.memory = Memory { uid_validity: self.uid_validity, ..Memory::default() };
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
                self.forget_numbering(cursor.uid_validity).await?;
            }
            // The folder was restored or recreated under its old numbering: mail may come below the cursor.
            Some(cursor) if selected.uid_next.is_some_and(|uid_next| uid_next < cursor.next_uid) => {
                tracing::warn!(
                    mailbox = mailbox.as_str(),
                    "the server's next UID went down; its mails are listed again"
                );
            }
            Some(_) => return Ok(()),
        }
        // What was there before the first contact is not wanted, neither now nor when it comes under another number.
        let old_below = match (self.settings.start, selected.uid_next) {
            (Start::All, _) => 0,
            (Start::New, Some(uid_next)) => uid_next,
            (Start::New, None) => highest_uid(self.connection).await?.saturating_add(1),
        };
        let (next_uid, below) = if is_first { (old_below.max(1), 0) } else { (1, old_below) };
        let cursor = Cursor { uid_validity: self.uid_validity, next_uid };
        self.sink.begun(&self.settings.mailbox, cursor, below).await.map_err(ImapError::Sink)
    }

    /// Takes the work list of an old numbering away: its mails will be listed under the new one.
    async fn forget_numbering(&self, uid_validity: u32) -> Result<(), ImapError> {
        let mailbox = &self.settings.mailbox;
        let mut from = 0;
        loop {
            let wanted =
                self.sink.wanted(mailbox, uid_validity, from, ROWS).await.map_err(ImapError::Sink)?;
            let uids: Vec<u32> = wanted.iter().map(|mail| mail.uid).collect();
            let Some(last) = uids.last() else { return Ok(()) };
            from = last.saturating_add(1);
            self.sink.vanished(mailbox, uid_validity, uids).await.map_err(ImapError::Sink)?;
        }
    }

    /// Lists what lies at or over the cursor. Rows go to the sink as they come; the cursor moves after the last.
    async fn list_new(&mut self) -> Result<(), ImapError> {
        if self.connection.exists == 0 {
            return Ok(());
        }
        let mailbox = &self.settings.mailbox;
        let sink = self.sink;
        let stored = sink.cursor(mailbox).await.map_err(ImapError::Sink)?;
        let start = stored.unwrap_or(Cursor { uid_validity: self.uid_validity, next_uid: 1 });
        let most = STRAY_ROWS.saturating_add(usize::try_from(self.connection.exists).unwrap_or(usize::MAX));

        let command = format!("UID FETCH {}:* (UID RFC822.SIZE INTERNALDATE)", start.next_uid);
        let tag = self.connection.send(&command).await?;
        let (mut rows, mut highest, mut seen) = (Vec::new(), None, 0_usize);
        let tagged = loop {
            let row = match self.connection.next(|response| listed_row(&Attributes::of(response))).await? {
                Event::Untagged(row) => row,
                Event::Done(done, tagged) if done == tag => break tagged,
                Event::Done(..) => return Err(ImapError::Lost("an answer without a question".to_owned())),
            };
            seen += 1;
            if seen > most {
                return Err(ImapError::Excess("it lists more messages than there are".to_owned()));
            }
            let Some(row) = row else { continue };
            // `n:*` brings the last message even if its UID is below n (RFC 9051, section 6.4.8).
            if row.uid < start.next_uid {
                continue;
            }
            highest = highest.max(Some(row.uid));
            rows.push(row);
            if rows.len() >= ROWS {
                sink.listed(mailbox, start, std::mem::take(&mut rows)).await.map_err(ImapError::Sink)?;
            }
        };
        tagged.ok(|| "to list the messages".to_owned())?;
        if let Some(highest) = highest {
            let cursor = Cursor { next_uid: highest.saturating_add(1), ..start };
            sink.listed(mailbox, cursor, rows).await.map_err(ImapError::Sink)?;
        }
        Ok(())
    }
}

/// A row of the listing; `None` for a FETCH that the server sent for another reason (changed flags).
fn listed_row(attributes: &Attributes<'_>) -> Option<Listed> {
    if attributes.size.is_none() && attributes.internal_date.is_none() {
        return None;
    }
    Some(Listed {
        uid: attributes.uid?,
        size: attributes.size.unwrap_or(0),
        internal_date: attributes.internal_date.and_then(internal_date),
    })
}

/// `" 1-Feb-2026 03:04:05 +0300"` (RFC 9051, section 9, date-time).
fn internal_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok().map(|date| date.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_arrival() {
        for text in [" 1-Feb-2026 03:04:05 +0300", "01-Feb-2026 00:04:05 +0000"] {
            assert_eq!(internal_date(text).unwrap().to_rfc3339(), "2026-02-01T00:04:05+00:00");
        }
        assert_eq!(internal_date("yesterday"), None);
    }
}
