//! [`Storing`]: mails on their way to the sink, in batches; one batch is stored while the next is read.

use crate::imap::error::ImapError;
use crate::imap::settings::Limits;
use crate::imap::{Fetched, Sink};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// Gathers mails into batches bounded by bytes and number. At most two batches are in memory: when the sink is
/// slower than the server, [`Storing::push`] waits, nobody reads the socket, and TCP slows the server down.
pub(crate) struct Storing<S: Sink> {
    sink: Arc<S>,
    limits: Limits,
    batch: Vec<Fetched<S::Aside>>,
    bytes: usize,
    running: Option<JoinHandle<anyhow::Result<()>>>,
}

impl<S: Sink> Storing<S> {
    pub(crate) fn new(sink: &Arc<S>, limits: &Limits) -> Self {
        Self { sink: Arc::clone(sink), limits: *limits, batch: Vec::new(), bytes: 0, running: None }
    }

    /// Takes a mail; hands the batch over when it is full.
    pub(crate) async fn push(&mut self, mail: Fetched<S::Aside>) -> Result<(), ImapError> {
        self.bytes += mail.raw.weight();
        self.batch.push(mail);
        if self.bytes >= self.limits.batch_bytes || self.batch.len() >= self.limits.batch_mails {
            self.hand_over().await?;
        }
        Ok(())
    }

    /// Hands over what is left and waits until all is stored.
    pub(crate) async fn finish(&mut self) -> Result<(), ImapError> {
        self.hand_over().await?;
        self.wait().await
    }

    async fn hand_over(&mut self) -> Result<(), ImapError> {
        self.wait().await?;
        if !self.batch.is_empty() {
            self.bytes = 0;
            let batch = std::mem::take(&mut self.batch);
            let sink = Arc::clone(&self.sink);
            // A task of its own: it runs to its end whatever becomes of the connection.
            self.running = Some(tokio::spawn(async move { sink.store(batch).await }));
        }
        Ok(())
    }

    async fn wait(&mut self) -> Result<(), ImapError> {
        match self.running.take() {
            None => Ok(()),
            Some(running) => match running.await {
                Ok(stored) => stored.map_err(ImapError::Sink),
                Err(error) => Err(ImapError::Sink(anyhow::Error::new(error).context("storing mails"))),
            },
        }
    }
}
