//! [`Survey`]: a sink that stores nothing. It notes which mails a folder has, and the SHA-256 of those that it wants.

use crate::imap::{Cursor, Fetched, Listed, Progress, Raw, Sink, Unconfirmed};
use crate::mail::packed::Frames;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What was seen of a folder.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The folder's numbering, and where its next mail will be.
    pub(super) cursor: Option<Cursor>,
    /// What it holds, by UID.
    pub(super) listed: BTreeMap<u32, Listed>,
    /// SHA-256 of what was wanted and came.
    pub(super) hashes: BTreeMap<u32, [u8; 32]>,
    wanted: BTreeMap<u32, Listed>,
}

/// A sink that stores nothing.
#[derive(Debug, Default)]
pub(super) struct Survey(Mutex<Seen>);

impl Survey {
    /// One that takes the SHA-256 of these mails.
    pub(super) fn wanting(mails: &[Listed]) -> Self {
        let wanted = mails.iter().map(|mail| (mail.uid, *mail)).collect();
        Self(Mutex::new(Seen { wanted, ..Seen::default() }))
    }

    /// What was seen; this one is empty then.
    pub(super) fn take(&self) -> Seen {
        std::mem::take(&mut self.seen())
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drop_wanted(&self, uids: &[u32]) {
        self.seen().wanted.retain(|uid, _| !uids.contains(uid));
    }
}

/// Only the SHA-256 of a large mail is wanted, which its packer takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nowhere;

impl Frames for Nowhere {
    fn put(&mut self, _frame: Vec<u8>) -> anyhow::Result<()> {
        Ok(())
    }

    fn get(&self, _number: usize) -> anyhow::Result<Option<Cow<'_, [u8]>>> {
        Ok(None)
    }

    fn weight(&self) -> usize {
        0
    }
}

impl Sink for Survey {
    type Aside = Nowhere;

    fn aside(&self) -> anyhow::Result<Nowhere> {
        Ok(Nowhere)
    }

    async fn cursor(&self, _mailbox: &str) -> anyhow::Result<Option<Cursor>> {
        Ok(self.seen().cursor)
    }

    async fn begun(&self, _mailbox: &str, cursor: Cursor, _below: u32) -> anyhow::Result<()> {
        self.seen().cursor = Some(cursor);
        Ok(())
    }

    async fn listed(&self, _mailbox: &str, cursor: Cursor, mails: Vec<Listed>) -> anyhow::Result<()> {
        let mut seen = self.seen();
        seen.cursor = Some(cursor);
        seen.listed.extend(mails.into_iter().map(|mail| (mail.uid, mail)));
        Ok(())
    }

    async fn wanted(
        &self,
        _mailbox: &str,
        _uid_validity: u32,
        from_uid: u32,
        limit: usize,
    ) -> anyhow::Result<Vec<Listed>> {
        Ok(self.seen().wanted.range(from_uid..).map(|(_, mail)| *mail).take(limit).collect())
    }

    async fn store(&self, mails: Vec<Fetched<Nowhere>>) -> anyhow::Result<()> {
        let mut seen = self.seen();
        for mail in mails {
            let sha256 = match &mail.raw {
                Raw::Plain(bytes) => Sha256::digest(bytes).into(),
                Raw::Packed(packed) => packed.sha256,
            };
            seen.hashes.insert(mail.key.uid, sha256);
            seen.wanted.remove(&mail.key.uid);
        }
        Ok(())
    }

    /// Not tried again: the daemon tries what is put on its work list.
    async fn fetch_failed(
        &self,
        _mailbox: &str,
        _uid_validity: u32,
        uids: Vec<u32>,
        _why: &str,
    ) -> anyhow::Result<()> {
        self.drop_wanted(&uids);
        Ok(())
    }

    async fn vanished(&self, _mailbox: &str, _uid_validity: u32, uids: Vec<u32>) -> anyhow::Result<()> {
        self.drop_wanted(&uids);
        Ok(())
    }

    async fn unconfirmed(
        &self,
        _mailbox: &str,
        _uid_validity: u32,
        _to_uid: u32,
        _limit: usize,
    ) -> anyhow::Result<Vec<Unconfirmed>> {
        Ok(Vec::new())
    }

    async fn note_copy(&self, _mailbox: &str, _uid_validity: u32, _mail: Unconfirmed) -> anyhow::Result<()> {
        Ok(())
    }

    async fn confirmed(&self, _mailbox: &str, _uid_validity: u32, _uids: Vec<u32>) -> anyhow::Result<()> {
        Ok(())
    }

    fn progress(&self, _mailbox: &str, _progress: Progress) {}
}
