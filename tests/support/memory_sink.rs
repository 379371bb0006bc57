//! A [`Sink`] in memory that can be waited for.

use askback::imap::{Arrival, Cursor, Fetched, Listed, Progress, Raw, Relisted, Sink, Unconfirmed};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// The bytes of a mail as the server gave them.
pub(crate) fn bytes(raw: &Raw) -> Cow<'_, [u8]> {
    match raw {
        Raw::Plain(bytes) => Cow::Borrowed(bytes),
        Raw::Packed(packed) => Cow::Owned(packed.unpack().unwrap()),
    }
}

/// All that a watcher has told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) cursor: Option<Cursor>,
    /// What is known of a folder with a numbering before this one.
    pub(crate) relisted: Option<Relisted>,
    /// (UIDVALIDITY, UID) → the row and its failed attempts.
    pub(crate) wanted: BTreeMap<(u32, u32), (Listed, u32)>,
    /// Batches that storing has begun with.
    pub(crate) begun: usize,
    pub(crate) stored: Vec<Fetched>,
    /// (UIDVALIDITY, UID) → how often a copy has begun, and whether it is there.
    pub(crate) unconfirmed: BTreeMap<(u32, u32), (u32, bool)>,
    pub(crate) confirmed: Vec<u32>,
    pub(crate) held: Vec<(u32, String)>,
    pub(crate) attempts: Vec<(u32, String)>,
    pub(crate) vanished: Vec<u32>,
    pub(crate) progress: Vec<Progress>,
    /// Most mails handed over at once, and most bytes.
    pub(crate) largest_batch: (usize, usize),
}

impl Seen {
    pub(crate) fn stored_uids(&self) -> Vec<u32> {
        self.stored.iter().map(|mail| mail.key.uid).collect()
    }

    pub(crate) fn caught_up(&self) -> usize {
        self.progress.iter().filter(|progress| matches!(progress, Progress::CaughtUp { .. })).count()
    }

    /// Why the watcher was offline, each time.
    pub(crate) fn offline(&self) -> Vec<String> {
        let why = |progress: &Progress| match progress {
            Progress::Offline { why, .. } => Some(why.clone()),
            Progress::Online { .. } | Progress::CaughtUp { .. } => None,
        };
        self.progress.iter().filter_map(why).collect()
    }
}

pub(crate) struct MemorySink {
    seen: Mutex<Seen>,
    changed: watch::Sender<()>,
    /// How long storing takes.
    delay: Duration,
}

impl MemorySink {
    pub(crate) fn new() -> Arc<Self> {
        Self::with(Seen::default())
    }

    pub(crate) fn with(seen: Seen) -> Arc<Self> {
        Arc::new(Self { seen: Mutex::new(seen), changed: watch::Sender::new(()), delay: Duration::ZERO })
    }

    /// Takes this long to store anything.
    pub(crate) fn slow(delay: Duration) -> Arc<Self> {
        Arc::new(Self { seen: Mutex::default(), changed: watch::Sender::new(()), delay })
    }

    pub(crate) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until it has seen enough; fails the test after 20 s.
    pub(crate) async fn until(&self, what: &str, enough: impl Fn(&Seen) -> bool) -> Seen {
        let mut changed = self.changed.subscribe();
        let waiting = async {
            while !enough(&self.seen.lock().unwrap()) {
                changed.changed().await.unwrap();
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        let seen = self.seen();
        assert!(in_time.is_ok(), "waited in vain until {what}: {seen:#?}");
        seen
    }

    fn change<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        let result = change(&mut self.seen.lock().unwrap());
        self.changed.send_replace(());
        result
    }
}

impl Sink for MemorySink {
    type Aside = Vec<Vec<u8>>;

    fn aside(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        Ok(Vec::new())
    }

    async fn cursor(&self, _mailbox: &str) -> anyhow::Result<Option<Cursor>> {
        Ok(self.seen().cursor)
    }

    async fn begun(&self, _mailbox: &str, cursor: Cursor, below: u32) -> anyhow::Result<()> {
        self.change(|seen| {
            if seen.cursor.is_some_and(|old| old.uid_validity != cursor.uid_validity) {
                seen.wanted.clear();
                seen.unconfirmed.clear();
            }
            seen.cursor = Some(cursor);
            seen.relisted = seen.relisted.map(|relisted| Relisted { below, ..relisted });
        });
        Ok(())
    }

    async fn listed(&self, _mailbox: &str, cursor: Cursor, mails: Vec<Listed>) -> anyhow::Result<()> {
        self.change(|seen| {
            seen.cursor = Some(cursor);
            let relisted = seen.relisted;
            let wanted =
                |mail: &Listed| relisted.is_none_or(|relisted| relisted.arrival(mail) != Arrival::Before);
            for mail in mails.into_iter().filter(wanted) {
                let key = (cursor.uid_validity, mail.uid);
                let same = |stored: &Fetched| {
                    (stored.key.uid_validity, stored.key.uid) == key
                        && stored.internal_date == mail.internal_date
                };
                if !seen.stored.iter().any(same) {
                    seen.wanted.entry(key).or_insert((mail, 0));
                }
            }
        });
        Ok(())
    }

    async fn wanted(
        &self,
        _: &str,
        uid_validity: u32,
        from: u32,
        limit: usize,
    ) -> anyhow::Result<Vec<Listed>> {
        let seen = self.seen.lock().unwrap();
        let rows = seen.wanted.range((uid_validity, from)..=(uid_validity, u32::MAX));
        Ok(rows.take(limit).map(|(_, (mail, _))| *mail).collect())
    }

    async fn store(&self, mails: Vec<Fetched>) -> anyhow::Result<()> {
        self.change(|seen| seen.begun += 1);
        tokio::time::sleep(self.delay).await;
        self.change(|seen| {
            let bytes = mails.iter().map(|mail| mail.raw.weight()).sum();
            seen.largest_batch = (seen.largest_batch.0.max(mails.len()), seen.largest_batch.1.max(bytes));
            for mail in mails {
                let key = (mail.key.uid_validity, mail.key.uid);
                assert!(seen.wanted.remove(&key).is_some(), "{key:?} was not wanted (any more)");
                seen.unconfirmed.insert(key, (0, false));
                seen.stored.push(mail);
            }
        });
        Ok(())
    }

    async fn fetch_failed(
        &self,
        _: &str,
        uid_validity: u32,
        uids: Vec<u32>,
        why: &str,
    ) -> anyhow::Result<()> {
        self.change(|seen| {
            for uid in uids {
                seen.attempts.push((uid, why.to_owned()));
                let Some((_, attempts)) = seen.wanted.get_mut(&(uid_validity, uid)) else { continue };
                *attempts += 1;
                if *attempts == 5 {
                    seen.wanted.remove(&(uid_validity, uid));
                    seen.held.push((uid, why.to_owned()));
                }
            }
        });
        Ok(())
    }

    async fn vanished(&self, _mailbox: &str, uid_validity: u32, uids: Vec<u32>) -> anyhow::Result<()> {
        self.change(|seen| {
            for uid in uids {
                seen.wanted.remove(&(uid_validity, uid));
                seen.vanished.push(uid);
            }
        });
        Ok(())
    }

    async fn unconfirmed(
        &self,
        _mailbox: &str,
        uid_validity: u32,
        to: u32,
        limit: usize,
    ) -> anyhow::Result<Vec<Unconfirmed>> {
        let seen = self.seen.lock().unwrap();
        let of_this = seen.unconfirmed.range((uid_validity, 0)..=(uid_validity, to)).rev();
        let mail = |((_, uid), (copies, copied)): (&(u32, u32), &(u32, bool))| Unconfirmed {
            uid: *uid,
            copies: *copies,
            copied: *copied,
        };
        Ok(of_this.take(limit).map(mail).collect())
    }

    async fn note_copy(&self, _mailbox: &str, uid_validity: u32, mail: Unconfirmed) -> anyhow::Result<()> {
        self.change(|seen| {
            let before = seen.unconfirmed.insert((uid_validity, mail.uid), (mail.copies, mail.copied));
            assert!(before.is_some_and(|(_, copied)| !copied), "{} is copied again", mail.uid);
        });
        Ok(())
    }

    async fn confirmed(&self, _mailbox: &str, uid_validity: u32, uids: Vec<u32>) -> anyhow::Result<()> {
        self.change(|seen| {
            for uid in uids {
                assert!(
                    seen.unconfirmed.remove(&(uid_validity, uid)).is_some(),
                    "{uid} was confirmed unasked"
                );
                seen.confirmed.push(uid);
            }
        });
        Ok(())
    }

    fn progress(&self, _mailbox: &str, progress: Progress) {
        self.change(|seen| seen.progress.push(progress));
    }
}
