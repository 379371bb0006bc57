//! Keeps tasks running: a task that ends is itself a failure, and starts again after a pause. An error (the disk is
//! full, the database is busy) is tried again for ever, because it passes; a panic is a bug, and a task that panics
//! again and again takes the daemon down, so that systemd starts it afresh.

use super::status::Status;
use futures::FutureExt as _;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// So many panics, without the task being well in between, are too many.
const MAX_PANICS: u32 = 5;
/// The first pause before a task starts again; doubled with each failure …
const FIRST_PAUSE: Duration = Duration::from_secs(2);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A task that has run for so long is well again.
const WELL_AFTER: Duration = Duration::from_secs(90);

/// The tasks of one configuration.
pub(super) struct Tasks {
    set: JoinSet<anyhow::Result<()>>,
    stop: watch::Sender<bool>,
    status: Arc<Status>,
}

impl Tasks {
    pub(super) fn new(status: Arc<Status>) -> Self {
        Self { set: JoinSet::new(), stop: watch::Sender::new(false), status }
    }

    /// Runs `task` until the stop signal, starting it again whenever it ends before.
    pub(super) fn spawn<F, T>(&mut self, name: &str, mut task: T)
    where
        T: FnMut(watch::Receiver<bool>) -> F + Send + 'static,
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        let name = name.to_owned();
        let status = self.status.clone();
        let mut stop = self.stop.subscribe();
        self.set.spawn(async move {
            let mut pause = FIRST_PAUSE;
            let mut panics = 0;
            let mut told = String::new();
            loop {
                let mut running = pin!(AssertUnwindSafe(task(stop.clone())).catch_unwind());
                let outcome = match tokio::time::timeout(WELL_AFTER, &mut running).await {
                    Ok(outcome) => outcome,
                    Err(_) => {
                        (pause, panics) = (FIRST_PAUSE, 0);
                        status.no_longer(&name, &told);
                        running.await
                    }
                };
                if *stop.borrow() {
                    return Ok(());
                }
                let why = match outcome {
                    Ok(Ok(())) => "it ended without being asked to".to_owned(),
                    Ok(Err(error)) => format!("{error:#}"),
                    Err(_) => {
                        panics += 1;
                        "it panicked; the message stands above".to_owned()
                    }
                };
                tracing::error!(task = name, again_in_s = pause.as_secs(), "a task has failed: {why}");
                if panics >= MAX_PANICS {
                    anyhow::bail!("the task {name} panics again and again");
                }
                status.task_failed(&name, &why);
                told.clone_from(&why);
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    _ = stop.wait_for(|stop| *stop) => return Ok(()),
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
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

    /// Tells all tasks to stop and waits for them; what has not ended by then is cut off, and `false` given. Nothing is lost by
    /// that: every stage's queue is a table.
    pub(super) async fn stop(mut self, within: Duration) -> bool {
        self.stop.send_replace(true);
        let all = async { while self.set.join_next().await.is_some() {} };
        let all_ended = tokio::time::timeout(within, all).await.is_ok();
        if !all_ended {
            tracing::warn!("some tasks did not stop within {} s and are cut off", within.as_secs());
        }
        all_ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::Instant;

    fn tasks() -> (Tasks, Arc<Status>) {
        let status = Arc::new(Status::default());
        (Tasks::new(status.clone()), status)
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_keeps_panicking_takes_the_daemon_down() {
        let (mut tasks, _) = tasks();
        let starts = Arc::new(AtomicU32::new(0));
        let counter = starts.clone();
        tasks.spawn("watch support", move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            async { panic!("a bug") }
        });
        assert_eq!(tasks.failure().await.to_string(), "the task watch support panics again and again");
        assert_eq!(starts.load(Ordering::SeqCst), MAX_PANICS);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_tried_again_until_it_passes_and_shown_meanwhile() {
        let (mut tasks, status) = tasks();
        let starts = Arc::new(AtomicU32::new(0));
        let counter = starts.clone();
        tasks.spawn("intake", move |mut stop| {
            let start = counter.fetch_add(1, Ordering::SeqCst);
            async move {
                anyhow::ensure!(start >= 20, "the disk is full");
                stop.wait_for(|stop| *stop).await?;
                Ok(())
            }
        });
        tokio::time::sleep(Duration::from_secs(5 * 60)).await;
        assert_eq!(status.line(), "connecting; intake FAILS: the disk is full");
        tokio::time::sleep(Duration::from_secs(30 * 60)).await;
        assert_eq!((starts.load(Ordering::SeqCst), status.line().as_str()), (21, "connecting"));
        tasks.stop(Duration::from_secs(5)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_task_itself_tells_of_its_failure_stands() {
        let (mut tasks, status) = tasks();
        let (own, starts) = (status.clone(), AtomicU32::new(0));
        tasks.spawn("reconcile support", move |mut stop| {
            let fails = starts.fetch_add(1, Ordering::SeqCst) == 0;
            if !fails {
                own.task_failed("reconcile support", "the server says NO");
            }
            async move {
                anyhow::ensure!(!fails, "the disk is full");
                stop.wait_for(|stop| *stop).await?;
                Ok(())
            }
        });
        tokio::time::sleep(2 * WELL_AFTER).await;
        assert_eq!(status.line(), "connecting; reconcile support FAILS: the server says NO");
        tasks.stop(Duration::from_secs(5)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_told_to_stop_stops() {
        let (mut tasks, _) = tasks();
        tasks.spawn("clock", |mut stop| async move {
            stop.wait_for(|stop| *stop).await?;
            Ok(())
        });
        let before = Instant::now();
        assert!(tasks.stop(Duration::from_secs(5)).await);
        assert!(before.elapsed() < Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_stop_is_cut_off() {
        let (mut tasks, _) = tasks();
        tasks.spawn("intake", |_| std::future::pending());
        let before = Instant::now();
        assert!(!tasks.stop(Duration::from_secs(5)).await);
        assert!(before.elapsed() < Duration::from_secs(6));
    }
}
