//! Connections to read from: a few, opened when needed and kept.

use super::{Reader, StoreError, open};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Connections at the same time, at most.
const READERS: usize = 4;

pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default(), turns: Arc::new(Semaphore::new(READERS)) }
    }

    /// The database.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` on a thread where it may block.
    pub(super) async fn run<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> anyhow::Result<T> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        tokio::task::spawn_blocking(move || {
            let outcome = self.run_now(work);
            drop(turn);
            outcome
        })
        .await
        .map_err(|error| anyhow::anyhow!("a read of the database ended early: {error}"))?
    }

    /// Runs `work` on this thread. Each statement sees what was committed before it began.
    pub(super) fn run_now<T>(
        &self,
        work: impl FnOnce(&Reader<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let kept = self.idle().pop();
        let conn = match kept {
            Some(conn) => conn,
            None => open::reader(&self.path)?,
        };
        let outcome = work(&Reader { conn: &conn }).map_err(|error| StoreError::explain(error, &self.path));
        let mut idle = self.idle();
        if idle.len() < READERS {
            idle.push(conn);
        }
        outcome
    }

    /// Opens a connection ahead of use, to see whether that works.
    pub(super) fn open_one(&self) -> Result<(), StoreError> {
        let conn = open::reader(&self.path)?;
        self.idle().push(conn);
        Ok(())
    }

    /// Closes the connections that nobody uses.
    pub(super) fn clear(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
