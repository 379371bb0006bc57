//! How far each mailbox has been listed, which mails are still to be fetched, which wait for \Seen or MOVE.

use super::{Reader, Tx};
use crate::imap::{Cursor, Listed};
use anyhow::Result;
use chrono::{DateTime, Utc};

impl Reader<'_> {
    /// How far the mailbox has been listed; `None` before the first contact.
    pub fn cursor(&self, _mailbox: &str) -> Result<Option<Cursor>> {
        anyhow::bail!("being written")
    }

    /// The work list: mails to fetch, from `from_uid` on, lowest UID first.
    pub fn wanted(
        &self,
        _mailbox: &str,
        _uid_validity: u32,
        _from_uid: u32,
        _limit: usize,
    ) -> Result<Vec<Listed>> {
        anyhow::bail!("being written")
    }

    /// UIDs of stored mails whose \Seen or MOVE the server has not confirmed, lowest first.
    pub fn unconfirmed(&self, _mailbox: &str, _uid_validity: u32, _limit: usize) -> Result<Vec<u32>> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// Adds mails to the work list (those that are stored already are left out) and moves the cursor. A new
    /// UIDVALIDITY empties the lists of the old one: its UIDs mean nothing any more.
    pub fn list_mails(&self, _mailbox: &str, _cursor: Cursor, _mails: &[Listed]) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// Counts one failed fetch of each. At the fifth the mail gets a row without bytes, disposition held, an event,
    /// and is off the work list.
    pub fn fetch_failed(
        &self,
        _mailbox: &str,
        _uid_validity: u32,
        _uids: &[u32],
        _why: &str,
        _now: DateTime<Utc>,
    ) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// Takes mails off the work list that the server no longer has.
    pub fn vanished(&self, _mailbox: &str, _uid_validity: u32, _uids: &[u32]) -> Result<()> {
        anyhow::bail!("being written")
    }

    /// The server has confirmed \Seen or MOVE. With `after = "leave"`, call it in the transaction that stores.
    pub fn confirmed(&self, _mailbox: &str, _uid_validity: u32, _uids: &[u32]) -> Result<()> {
        anyhow::bail!("being written")
    }
}
