//! The one thread that writes: runs calls in order, each in a savepoint, and commits as many as are waiting at once.
//!
//! An fsync costs milliseconds and a call microseconds, so under load the commits are shared; a lone call is
//! committed at once. What waits is bounded by number and by bytes: a caller who finds the queue full waits, and
//! behind him the IMAP connection.

use super::open::Lock;
use super::{Reader, StoreError, Tx};
use anyhow::anyhow;
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Calls in one commit, at most.
const BATCH_CALLS: usize = 200;
/// Bytes in one commit, about.
const BATCH_BYTES: usize = 8 << 20;
/// Bytes that wait or are being written, at most: those of [`Writer::call`]'s `weight`.
const QUEUE_BYTES: usize = 16 << 20;
/// Calls that wait, at most.
const QUEUE_CALLS: usize = 1024;

/// The way to the writer's thread. It ends when the last clone is gone or [`Writer::close`] was called.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
}

enum Message {
    Call(Box<dyn Call>),
    Close(oneshot::Sender<Result<(), StoreError>>),
}

/// A call on its way: what to run, and whom to tell.
trait Call: Send {
    /// About how many bytes it holds.
    fn weight(&self) -> usize;
    /// Does the work. An error if its changes are not to be kept, with what is wrong with the whole database, if so.
    fn run(&mut self, tx: &Tx<'_>, path: &Path) -> Result<(), Option<StoreError>>;
    /// Tells the caller, now that its changes are durable, or why they are not.
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

struct Work<T, F> {
    work: Option<F>,
    /// `None` until it has run.
    outcome: Option<anyhow::Result<T>>,
    caller: oneshot::Sender<anyhow::Result<T>>,
    room: OwnedSemaphorePermit,
}

impl<T: Send, F: FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send> Call for Work<T, F> {
    fn weight(&self) -> usize {
        self.room.num_permits()
    }

    fn run(&mut self, tx: &Tx<'_>, path: &Path) -> Result<(), Option<StoreError>> {
        let work = self.work.take().ok_or(None)?;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|panic| Err(anyhow!("a write to the database panicked: {}", panic_text(&*panic))))
            .map_err(|error| StoreError::explain(error, path));
        let kept = outcome.as_ref().map(|_| ()).map_err(|error| error.downcast_ref().cloned());
        self.outcome = Some(outcome);
        kept
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let outcome = match (self.outcome, committed) {
            (Some(outcome), Ok(())) => outcome,
            (Some(Err(own)), Err(_)) => Err(own),
            (Some(Ok(_)) | None, Err(why)) => Err(why.clone().into()),
            (None, Ok(())) => Err(StoreError::Closed.into()),
        };
        // A caller that has gone away does not want to know.
        let _ = self.caller.send(outcome);
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

impl Writer {
    /// Starts the thread. It keeps `lock` as long as it may write.
    pub(super) fn start(conn: Connection, path: PathBuf, lock: Option<Lock>) -> Result<Self, StoreError> {
        let (queue, calls) = mpsc::channel(QUEUE_CALLS);
        let thread = Thread { conn, path, calls, _lock: lock };
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || thread.run())
            .map_err(|error| StoreError::Io(format!("the writer's thread cannot be started: {error}")))?;
        Ok(Self { queue, room: Arc::new(Semaphore::new(QUEUE_BYTES)) })
    }

    /// Runs `work` on the thread; resolves after COMMIT. Dropping the future does not take back what is queued.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        weight: usize,
        work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        // What is heavier than the whole queue goes alone.
        let permits = u32::try_from(weight.clamp(1, QUEUE_BYTES)).unwrap_or(u32::MAX);
        let room =
            Arc::clone(&self.room).acquire_many_owned(permits).await.map_err(|_| StoreError::Closed)?;
        let (caller, answer) = oneshot::channel();
        let call = Box::new(Work { work: Some(work), outcome: None, caller, room });
        self.queue.send(Message::Call(call)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Lets the thread finish what is queued and end.
    pub(super) async fn close(&self) -> Result<(), StoreError> {
        let (done, closed) = oneshot::channel();
        self.queue.send(Message::Close(done)).await.map_err(|_| StoreError::Closed)?;
        closed.await.map_err(|_| StoreError::Closed)?
    }
}

struct Thread {
    conn: Connection,
    path: PathBuf,
    calls: mpsc::Receiver<Message>,
    _lock: Option<Lock>,
}

impl Thread {
    fn run(mut self) {
        let mut next = self.calls.blocking_recv();
        while let Some(message) = next {
            match message {
                Message::Call(first) => next = self.batch(first).or_else(|| self.calls.blocking_recv()),
                Message::Close(done) => {
                    let checkpointed = self.conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
                    let outcome = checkpointed.map_err(|error| StoreError::from_sqlite(&error, &self.path));
                    // The lock is gone before the caller knows, so that he may open the database again.
                    drop(self);
                    let _ = done.send(outcome);
                    return;
                }
            }
        }
    }

    /// Commits `first` and what waits behind it in one transaction. Gives back a message that is not a call.
    fn batch(&mut self, first: Box<dyn Call>) -> Option<Message> {
        let mut calls = vec![first];
        let mut after = None;
        let committed = self.transaction(&mut calls, &mut after);
        if committed.is_err() && !self.conn.is_autocommit() {
            // Nothing can be done if even this fails: the next BEGIN will say so.
            let _ = self.sql("ROLLBACK");
        }
        for call in calls {
            call.answer(&committed);
        }
        after
    }

    fn transaction(
        &mut self,
        calls: &mut Vec<Box<dyn Call>>,
        after: &mut Option<Message>,
    ) -> Result<(), StoreError> {
        self.sql("BEGIN IMMEDIATE")?;
        let mut bytes = 0;
        while let Some(call) = calls.last_mut() {
            self.savepoint(&mut **call)?;
            bytes += call.weight();
            if calls.len() >= BATCH_CALLS || bytes >= BATCH_BYTES {
                break;
            }
            match self.calls.try_recv() {
                Ok(Message::Call(next)) => calls.push(next),
                Ok(close @ Message::Close(_)) => {
                    *after = Some(close);
                    break;
                }
                Err(_) => break,
            }
        }
        self.sql("COMMIT")
    }

    /// One call, which undoes only its own work if it fails. An error here means that the whole transaction is lost:
    /// SQLite rolls all of it back when the disk is full or an I/O error strikes.
    fn savepoint(&self, call: &mut dyn Call) -> Result<(), StoreError> {
        self.sql("SAVEPOINT call")?;
        let kept = call.run(&Tx { reader: Reader { conn: &self.conn } }, &self.path);
        if self.conn.is_autocommit() {
            let cause = kept.err().flatten();
            return Err(cause.unwrap_or_else(|| StoreError::Io("the transaction was rolled back".to_owned())));
        }
        if kept.is_err() {
            self.sql("ROLLBACK TO call")?;
        }
        self.sql("RELEASE call")
    }

    fn sql(&self, sql: &str) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map(|_| ())
            .map_err(|error| StoreError::from_sqlite(&error, &self.path))
    }
}
