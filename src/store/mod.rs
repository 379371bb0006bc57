//! The database: every mail in and out with its bytes, tickets, messages, the outbox, cursors, the event log.
//! The only user of SQLite.
//!
//! One thread writes ([`Store::write`]) and commits many calls at once; readers have connections of their own
//! ([`Store::read`]). What a call may do is written where its table family is: `impl Reader` and `impl Tx` in
//! [`cursor`], [`mail`], [`ticket`], [`message`], [`outbox`], [`event`], [`setting`].

pub mod cursor;
mod error;
pub mod event;
pub mod mail;
pub mod message;
pub mod outbox;
pub mod raw;
pub mod setting;
pub mod ticket;

pub use error::StoreError;
pub use event::{Event, EventSubject};
pub use mail::{Counts, MailFilter, MailRow, NewMail, Pending, Stored};
pub use message::{Direction, Message};
pub use outbox::{Letter, LetterKind, NewLetter, OutboxState, Recovered, SentCopy, SentCounts};
pub use raw::PackedRaw;

use rusqlite::Connection;
use std::ops::Deref;
use std::path::Path;

/// Number of a mail in the database, in and out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct MailId(pub i64);

/// Number of a letter in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct OutboxId(pub i64);

impl std::fmt::Display for MailId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for OutboxId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Who opens the database, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// The daemon: the only one who creates and migrates; excludes a second daemon by a lock on `<path>.lock`.
    Daemon,
    /// A command that changes something while the daemon may be running.
    Operator,
    /// A command that only looks.
    ReadOnly,
}

/// A handle on the database. Clones share the writer and the readers.
#[derive(Clone)]
pub struct Store {}

/// A transaction of the writer. Reads like a [`Reader`].
pub struct Tx<'a>(Reader<'a>);

/// A connection to read from.
pub struct Reader<'a>(&'a Connection);

impl<'a> Deref for Tx<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Store {
    /// Opens the database at `path`; [`Access::Daemon`] creates or migrates it where needed.
    ///
    /// # Errors
    /// [`StoreError`], whose text names the remedy.
    pub fn open(_path: &Path, _access: Access) -> Result<Self, StoreError> {
        Err(StoreError::Closed)
    }

    /// Runs `work` in the writer's transaction and resolves after COMMIT. `weight` is about how many bytes `work`
    /// holds in memory: a caller waits while others hold 16 MB.
    ///
    /// # Errors
    /// What `work` returns (only its own changes are undone), a panic in it, or a [`StoreError`] if the commit failed.
    pub async fn write<T: Send + 'static>(
        &self,
        _weight: usize,
        _work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        anyhow::bail!("being written")
    }

    /// Runs `work` with a read-only connection on a thread where it may block.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub async fn read<T: Send + 'static>(
        &self,
        _work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        anyhow::bail!("being written")
    }

    /// Runs `work` with a read-only connection on this thread: for the command line.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub fn read_now<T>(&self, _work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        anyhow::bail!("being written")
    }

    /// Finishes the calls that wait, moves the write-ahead log into the database, ends the writer.
    ///
    /// # Errors
    /// [`StoreError`] if that fails; what was committed stays committed.
    pub async fn close(self) -> anyhow::Result<()> {
        anyhow::bail!("being written")
    }
}
