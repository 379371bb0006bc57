//! Keeps tasks running: a task that ends is itself a failure; it starts again after a pause, but not for ever.

use futures::FutureExt as _;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A task that dies more often than this within [`WINDOW`] takes the daemon down, and systemd starts it afresh.
const MAX_DEATHS: usize = 5;
const WINDOW: Duration = Duration::from_secs(600);
/// The pause before a dead task starts again.
const PAUSE: Duration = Duration::from_secs(2);

/// The tasks of one configuration.
pub(super) struct Tasks {
    set: JoinSet<anyhow::Result<()>>,
    stop: watch::Sender<bool>,
}

impl Tasks {
    pub(super) fn new() -> Self {
        Self { set: JoinSet::new(), stop: watch::Sender::new(false) }
    }

    /// Runs `task` until the stop signal, starting it again whenever it ends before.
    pub(super) fn spawn<F, T>(&mut self, name: &str, mut task: T)
    where
        T: FnMut(watch::Receiver<bool>) -> F + Send + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let name = name.to_owned();
        let mut stop = self.stop.subscribe();
        self.set.spawn(async move {
            let mut deaths: Vec<Instant> = Vec::new();
            loop {
                let outcome = AssertUnwindSafe(task(stop.clone())).catch_unwind().await;
                if *stop.borrow() {
                    return Ok(());
                }
                let why = match outcome {
                    Ok(Ok(())) => "it ended without being asked to".to_owned(),
                    Ok(Err(error)) => format!("{error:#}"),
                    Err(_) => "it panicked; the message stands above".to_owned(),
                };
                tracing::error!(task = name, "a task has died: {why}");
                deaths.retain(|death| death.elapsed() < WINDOW);
                deaths.push(Instant::now());
                if deaths.len() >= MAX_DEATHS {
                    anyhow::bail!("the task {name} dies again and again; the last time: {why}");
                }
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = stop.wait_for(|stop| *stop) => return Ok(()),
                }
            }
        });
    }

    /// Resolves when a task cannot be kept running.
    pub(super) async fn failure(&mut self) -> anyhow::Error {
        loop {
            match self.set.join_next().await {
                Some(Ok(Ok(()))) => {}
                Some(Ok(Err(error))) => return error,
                Some(Err(panic)) => return anyhow::anyhow!("a supervisor has died: {panic}"),
                None => std::future::pending().await,
            }
        }
    }

    /// Tells all tasks to stop and waits for them; what has not ended by then is cut off. Nothing is lost by that:
    /// every stage's queue is a table.
    pub(super) async fn stop(mut self, within: Duration) {
        self.stop.send_replace(true);
        let all = async { while self.set.join_next().await.is_some() {} };
        if tokio::time::timeout(within, all).await.is_err() {
            tracing::warn!("some tasks did not stop within {} s and are cut off", within.as_secs());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test(start_paused = true)]
    async fn a_task_that_keeps_dying_is_a_failure() {
        let mut tasks = Tasks::new();
        let starts = Arc::new(AtomicUsize::new(0));
        let counter = starts.clone();
        tasks.spawn("watch support", move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { anyhow::bail!("no such folder") }
        });
        let error = tasks.failure().await;
        assert_eq!(
            error.to_string(),
            "the task watch support dies again and again; the last time: no such folder"
        );
        assert_eq!(starts.load(Ordering::SeqCst), MAX_DEATHS);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_told_to_stop_stops() {
        let mut tasks = Tasks::new();
        tasks.spawn("clock", |mut stop| async move {
            stop.wait_for(|stop| *stop).await?;
            Ok(())
        });
        let before = Instant::now();
        tasks.stop(Duration::from_secs(5)).await;
        assert!(before.elapsed() < Duration::from_secs(1));
    }
}
