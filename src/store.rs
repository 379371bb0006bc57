//! The database: every mail in and out with its bytes, tickets, messages, the outbox, cursors, the event log.
//! The only user of SQLite.
//!
//! One thread writes ([`Store::write`]) and commits many calls at once; readers have connections of their own
//! ([`Store::read`]). What a call may do is written where its table family is: `impl Reader` and `impl Tx` in
//! [`cursor`], [`mail`], [`raw`], [`intake`], [`ticket`], [`message`], [`outbox`], [`automatic`], [`limits`], [`event`], [`setting`],
//! [`told`], [`turns`], [`notices`], [`answer`], [`client`], [`places`], [`backup`], [`verify`], and for all of them in `counts.rs`.

pub mod answer;
mod aside;
pub mod automatic;
pub mod backup;
pub mod client;
mod counts;
pub mod cursor;
mod error;
pub mod event;
pub mod intake;
pub mod letter;
pub mod limits;
pub mod mail;
pub mod message;
pub mod notices;
mod open;
pub mod outbox;
pub mod places;
pub mod raw;
mod readers;
pub mod setting;
mod sql;
#[cfg(test)]
mod tests;
pub mod ticket;
pub mod told;
pub mod turns;
pub mod verify;
mod writer;

pub use answer::{GoneOut, Relayed};
pub use aside::Aside;
pub use client::{Entered, Organisation, Person, Registered};
pub use counts::{Counts, Unmarked, Waits};
pub use error::StoreError;
pub use event::{Event, EventSubject};
pub use intake::{NextMails, Pending};
pub use letter::{Letter, LetterKind, NewLetter, OutboxState, SentCopy};
pub use mail::{MailRow, NewMail, Only, Stored};
pub use message::{Direction, Message};
pub use outbox::Claimed;
pub use places::KnownPlace;
pub use turns::Turn;
pub use verify::Verified;

use anyhow::Context as _;
use readers::Readers;
use rusqlite::Connection;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use writer::Writer;

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
pub struct Store {
    readers: Arc<Readers>,
    writer: Option<Writer>,
}

/// A transaction of the writer. Reads like a [`Reader`]. What its methods give as an error, if they do not say more: the database
/// cannot be written.
pub struct Tx<'a> {
    reader: Reader<'a>,
}

/// A connection to read from. What its methods give as an error, if they do not say more: the database cannot be read.
pub struct Reader<'a> {
    conn: &'a Connection,
}

impl<'a> Deref for Tx<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl Store {
    /// Opens the database at `path`; [`Access::Daemon`] creates or migrates it where needed.
    ///
    /// # Errors
    /// [`StoreError`], whose text names the remedy.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let start = |conn, lock| Writer::start(conn, path.to_owned(), lock);
        let readers = Arc::new(Readers::new(path.to_owned()));
        let writer = match access {
            Access::Daemon => {
                let lock = open::lock(path)?;
                Some(start(open::daemon(path)?, Some(lock))?)
            }
            Access::Operator => Some(start(open::operator(path)?, None)?),
            Access::ReadOnly => {
                readers.open_one()?;
                None
            }
        };
        Ok(Self { readers, writer })
    }

    /// Whether a daemon has the database at `path` open. `None`: that cannot be told.
    #[must_use]
    pub fn has_daemon(path: &Path) -> Option<bool> {
        open::is_locked(path)
    }

    /// Runs `work` in the writer's transaction and resolves after COMMIT. Calls that wait at the same time share one
    /// commit; each sees what those before it did, and an error undoes only its own work. `weight` is about how many
    /// bytes `work` holds in memory: while 16 MB of them wait, callers wait too. Dropping the future does not take
    /// back what is queued.
    ///
    /// # Errors
    /// What `work` returns, a panic in it, or a [`StoreError`] (`downcast_ref` finds it) if the commit failed.
    pub async fn write<T: Send + 'static>(
        &self,
        weight: usize,
        work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let writer = self.writer.as_ref().context("the database was opened to read only")?;
        writer.call(weight, work).await
    }

    /// A place for the frames of a mail that is too large for memory, until [`Tx::store_mail`] has taken it.
    ///
    /// # Errors
    /// [`StoreError`] if there can be no file beside the database.
    pub fn aside(&self) -> Result<Aside, StoreError> {
        Aside::new(self.readers.path())
    }

    /// Runs `work` with a read-only connection on a thread where it may block. Decisions that a write depends on
    /// belong into [`Store::write`]: between a read and a write others may change things.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        Arc::clone(&self.readers).run(work).await
    }

    /// Runs `work` with a read-only connection on this thread: for the command line.
    ///
    /// # Errors
    /// What `work` returns, or a [`StoreError`].
    pub fn read_now<T>(&self, work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.readers.run_now(work)
    }

    /// Finishes the calls that wait, moves the write-ahead log into the database, ends the writer. Later calls of
    /// clones fail with [`StoreError::Closed`].
    ///
    /// # Errors
    /// [`StoreError`] if that fails; what was committed stays committed.
    pub async fn close(self) -> anyhow::Result<()> {
        self.readers.clear();
        if let Some(writer) = &self.writer {
            writer.close().await?;
        }
        Ok(())
    }
}
