//! Mails from IMAP into the store: durable before the server is told anything.

use super::status::Status;
use crate::failpoint;
use crate::imap::{Cursor, Fetched, Listed, Progress, Raw, Sink, Unconfirmed};
use crate::mail::packed::{Frames as _, PackedRaw};
use crate::store::{Aside, NewMail, Store};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tokio::sync::Notify;

/// The store as the IMAP watchers see it.
#[derive(Clone)]
pub(crate) struct StoreSink {
    pub(super) store: Store,
    /// Rings for intake when mails have been stored.
    pub(super) arrived: Arc<Notify>,
    pub(super) status: Arc<Status>,
}

impl StoreSink {
    /// For a command: the running daemon's intake finds by itself what is stored.
    pub(crate) fn beside_the_daemon(store: Store) -> Self {
        Self { store, arrived: Arc::default(), status: Arc::default() }
    }
}

/// A mail that is compressed: in memory, or beside the database.
enum Ready {
    Small(NewMail),
    Large(NewMail<Aside>),
}

impl Ready {
    fn new(mail: Fetched<Aside>, stored_at: DateTime<Utc>) -> anyhow::Result<Self> {
        let Fetched { key, internal_date, raw, over_limit } = mail;
        Ok(match raw {
            Raw::Plain(bytes) => {
                let packed = PackedRaw::pack(&bytes)?;
                Self::Small(NewMail { key, internal_date, stored_at, packed, over_limit })
            }
            Raw::Packed(packed) => Self::Large(NewMail { key, internal_date, stored_at, packed, over_limit }),
        })
    }

    fn weight(&self) -> usize {
        match self {
            Self::Small(mail) => mail.packed.frames.weight(),
            Self::Large(mail) => mail.packed.frames.weight(),
        }
    }
}

impl Sink for StoreSink {
    type Aside = Aside;

    fn aside(&self) -> anyhow::Result<Aside> {
        Ok(self.store.aside()?)
    }

    async fn cursor(&self, mailbox: &str) -> anyhow::Result<Option<Cursor>> {
        let mailbox = mailbox.to_owned();
        self.store.read(move |reader| reader.cursor(&mailbox)).await
    }

    async fn begun(&self, mailbox: &str, cursor: Cursor, below: u32) -> anyhow::Result<()> {
        let mailbox = mailbox.to_owned();
        failpoint::hit("list.before-commit");
        self.store.write(0, move |tx| tx.begin_listing(&mailbox, cursor, below, Utc::now())).await?;
        failpoint::hit("list.committed");
        Ok(())
    }

    async fn listed(&self, mailbox: &str, cursor: Cursor, mails: Vec<Listed>) -> anyhow::Result<()> {
        let mailbox = mailbox.to_owned();
        let weight = mails.len() * size_of::<Listed>();
        failpoint::hit("list.before-commit");
        self.store.write(weight, move |tx| tx.list_mails(&mailbox, cursor, &mails)).await?;
        failpoint::hit("list.committed");
        Ok(())
    }

    async fn wanted(
        &self,
        mailbox: &str,
        uid_validity: u32,
        from_uid: u32,
        limit: usize,
    ) -> anyhow::Result<Vec<Listed>> {
        let mailbox = mailbox.to_owned();
        self.store.read(move |reader| reader.wanted(&mailbox, uid_validity, from_uid, limit)).await
    }

    async fn store(&self, mails: Vec<Fetched<Aside>>) -> anyhow::Result<()> {
        let stored_at = Utc::now();
        let ready = tokio::task::spawn_blocking(move || {
            mails.into_iter().map(|mail| Ready::new(mail, stored_at)).collect::<anyhow::Result<Vec<_>>>()
        });
        let ready = ready.await.context("the task that compresses mails has died")??;
        let weight = ready.iter().map(Ready::weight).sum();
        failpoint::hit("store.before-commit");
        self.store
            .write(weight, move |tx| {
                for mail in &ready {
                    match mail {
                        Ready::Small(mail) => tx.store_mail(mail)?,
                        Ready::Large(mail) => tx.store_mail(mail)?,
                    };
                }
                Ok(())
            })
            .await?;
        failpoint::hit("store.committed");
        self.arrived.notify_one();
        Ok(())
    }

    async fn fetch_failed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: Vec<u32>,
        why: &str,
    ) -> anyhow::Result<()> {
        let (mailbox, why) = (mailbox.to_owned(), why.to_owned());
        self.store
            .write(uids.len(), move |tx| tx.fetch_failed(&mailbox, uid_validity, &uids, &why, Utc::now()))
            .await
    }

    async fn vanished(&self, mailbox: &str, uid_validity: u32, uids: Vec<u32>) -> anyhow::Result<()> {
        let mailbox = mailbox.to_owned();
        self.store.write(uids.len(), move |tx| tx.vanished(&mailbox, uid_validity, &uids)).await
    }

    async fn unconfirmed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        to_uid: u32,
        limit: usize,
    ) -> anyhow::Result<Vec<Unconfirmed>> {
        let mailbox = mailbox.to_owned();
        self.store.read(move |reader| reader.unconfirmed(&mailbox, uid_validity, to_uid, limit)).await
    }

    async fn note_copy(&self, mailbox: &str, uid_validity: u32, mail: Unconfirmed) -> anyhow::Result<()> {
        let mailbox = mailbox.to_owned();
        self.store.write(1, move |tx| tx.note_copy(&mailbox, uid_validity, mail)).await
    }

    async fn confirmed(&self, mailbox: &str, uid_validity: u32, uids: Vec<u32>) -> anyhow::Result<()> {
        let mailbox = mailbox.to_owned();
        self.store.write(uids.len(), move |tx| tx.confirmed(&mailbox, uid_validity, &uids)).await
    }

    fn progress(&self, mailbox: &str, progress: Progress) {
        match &progress {
            Progress::Online { idle } => tracing::info!(mailbox, idle, "mailbox online"),
            Progress::CaughtUp { .. } => tracing::debug!(mailbox, "everything on the server is stored"),
            Progress::Offline { why, again_in, refused_login: true } => {
                tracing::error!(mailbox, again_in_s = again_in, "the server refuses the login: {why}");
            }
            Progress::Offline { why, again_in, refused_login: false } => {
                tracing::warn!(mailbox, again_in_s = again_in, "mailbox offline: {why}");
            }
        }
        self.status.mailbox(mailbox, progress);
    }
}
