//! Mails from an IMAP server, as raw bytes, each at least once. Hands them to a [`Sink`]; never opens the store.

mod after;
mod append;
mod drain;
mod error;
mod fetching;
mod folders;
mod once;
mod probe;
mod session;
mod settings;
mod watch;

pub use append::content::Content;
pub use append::{AppendError, SentFolder};
pub use error::ImapError;
pub use folders::account::{Reading, is_same_folder};
pub use folders::rights::Lacking;
pub use once::once;
pub use probe::{Misled, ProbeReport, WatchedFolder, probe};
pub use settings::{After, FolderChoice, Limits, Settings, Start, Timing};
pub use watch::{is_of_a_session, watch};

use crate::mail::MailKey;
use crate::mail::packed::{Frames, PackedRaw};
use chrono::{DateTime, TimeDelta, Utc};
use std::future::Future;

/// How far a folder has been listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// UIDVALIDITY of the folder.
    pub uid_validity: u32,
    /// The lowest UID that has not been listed yet.
    pub next_uid: u32,
}

/// A mail that the server says it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its UID.
    pub uid: u32,
    /// RFC822.SIZE: a hint, servers lie; 0 if it is not known.
    pub size: u64,
    /// INTERNALDATE: when the server received it, if it is known.
    pub internal_date: Option<DateTime<Utc>>,
}

/// A stored mail whose `after` (\Seen or MOVE) the server has not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Its UID.
    pub uid: u32,
    /// How often a COPY of it has begun without a proof that it arrived.
    pub copies: u32,
    /// It is in the other folder, and only to be removed from this one.
    pub copied: bool,
}

impl Unconfirmed {
    /// So often a mail is copied without a proof that it has arrived, then no more.
    pub const MOST_COPIES: u32 = 3;

    /// Whether it is not copied any more.
    #[must_use]
    pub const fn is_given_up(&self) -> bool {
        self.copies >= Self::MOST_COPIES && !self.copied
    }
}

/// A folder that was listed anew under another numbering, of which only what came since the first contact is wanted
/// ([`Start::New`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relisted {
    /// When the folder was listed for the first time, by our clock.
    pub first_contact: DateTime<Utc>,
    /// What lies below was there when it was listed anew; what comes later is new, whatever its date.
    pub below: u32,
}

/// When a mail came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// For certain before the first contact: not wanted.
    Before,
    /// Around the first contact: it may have been answered by hand.
    Around,
    /// Since then, or nobody knows.
    Since,
}

impl Relisted {
    /// What server and machine may disagree about the time, time zones included.
    const TOLERANCE: TimeDelta = TimeDelta::days(1);

    /// What was delivered before this was there before the first contact.
    #[must_use]
    pub fn not_before(first_contact: DateTime<Utc>) -> DateTime<Utc> {
        first_contact - Self::TOLERANCE
    }

    /// When a mail came, as its server tells. A server that copied its mails may tell when it did that.
    #[must_use]
    pub fn arrival(&self, mail: &Listed) -> Arrival {
        match mail.internal_date.filter(|_| mail.uid < self.below) {
            Some(date) if date < Self::not_before(self.first_contact) => Arrival::Before,
            Some(date) if date < self.first_contact => Arrival::Around,
            Some(_) | None => Arrival::Since,
        }
    }
}

/// A mail with its bytes.
#[derive(Clone, Debug)]
pub struct Fetched<F = Vec<Vec<u8>>> {
    /// Where it lies on the server.
    pub key: MailKey,
    /// INTERNALDATE.
    pub internal_date: Option<DateTime<Utc>>,
    /// The bytes as the server gave them; for a mail over the size limit, its headers and a placeholder.
    pub raw: Raw<F>,
    /// Set for a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

/// The bytes of a mail on their way to the store.
#[derive(Clone, Debug)]
pub enum Raw<F = Vec<Vec<u8>>> {
    /// As they came.
    Plain(Vec<u8>),
    /// A large mail, compressed as it came, so that it is never whole in memory.
    Packed(PackedRaw<F>),
}

impl<F: Frames> Raw<F> {
    /// How many bytes it holds in memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self {
            Self::Plain(bytes) => bytes.len(),
            Self::Packed(packed) => packed.frames.weight(),
        }
    }
}

/// What the watcher tells about itself, for STATUS lines, `doctor` and logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Connected and logged in; `idle` says whether the server has IDLE.
    Online {
        /// Whether new mail is announced (IDLE) or must be polled for.
        idle: bool,
    },
    /// The work list is empty: everything the server holds is stored.
    CaughtUp {
        /// Why stored mails are neither marked nor moved, if the server does not let us.
        unmarked: Option<String>,
    },
    /// Not connected; `again_in` seconds until the next try.
    Offline {
        /// What went wrong, with its remedy.
        why: String,
        /// Seconds until the next try.
        again_in: u64,
        /// The server refused the login: a person must act.
        refused_login: bool,
    },
}

/// Where mails go, and where the watcher's durable work list is. Each call that returns `Ok` has been committed.
pub trait Sink: Send + Sync + 'static {
    /// Where the frames of a large mail are kept until all of it has come and [`Sink::store`] has it.
    type Aside: Frames + Send + Sync + 'static;
    /// An empty place for one mail.
    fn aside(&self) -> anyhow::Result<Self::Aside>;
    /// How far this mailbox has been listed; `None` before the first contact.
    fn cursor(&self, mailbox: &str) -> impl Future<Output = anyhow::Result<Option<Cursor>>> + Send;
    /// The folder is listed from this cursor on: for the first time (and only now the moment of the first contact is
    /// remembered), or anew, because the server numbered its mails anew. `below`: see [`Relisted`]; 0 if all mails are wanted.
    fn begun(
        &self,
        mailbox: &str,
        cursor: Cursor,
        below: u32,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Adds mails to the work list and sets the cursor (it can go back), in one transaction. What a [`Relisted`] folder had
    /// before the first contact is left out. A long listing comes in several calls of which only the last moves the cursor, so
    /// after a broken connection rows come again: those on the list already, and those stored already under the same key, are
    /// left as they are.
    fn listed(
        &self,
        mailbox: &str,
        cursor: Cursor,
        mails: Vec<Listed>,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// The lowest UIDs of the work list from `from_uid` on, at most `limit`.
    fn wanted(
        &self,
        mailbox: &str,
        uid_validity: u32,
        from_uid: u32,
        limit: usize,
    ) -> impl Future<Output = anyhow::Result<Vec<Listed>>> + Send;
    /// Stores mails and takes them off the work list, in one transaction. May wait: that is the back-pressure.
    fn store(&self, mails: Vec<Fetched<Self::Aside>>) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Counts one failed fetch of each. At five, the mail is held (with `why`) and off the work list.
    fn fetch_failed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: Vec<u32>,
        why: &str,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Takes UIDs that the server no longer has off the work list (expunged before they could be fetched).
    fn vanished(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: Vec<u32>,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// The highest UIDs, up to `to_uid`, of stored mails whose `after` the server has not confirmed, at most `limit`.
    fn unconfirmed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        to_uid: u32,
        limit: usize,
    ) -> impl Future<Output = anyhow::Result<Vec<Unconfirmed>>> + Send;
    /// Remembers what is known of the copies of an unconfirmed mail.
    fn note_copy(
        &self,
        mailbox: &str,
        uid_validity: u32,
        mail: Unconfirmed,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// The server has confirmed `after` for these.
    fn confirmed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: Vec<u32>,
    ) -> impl Future<Output = anyhow::Result<()>> + Send;
    /// Tells how it goes.
    fn progress(&self, mailbox: &str, progress: Progress);
}
