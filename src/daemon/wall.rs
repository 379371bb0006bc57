//! Whether this machine's clock can be right. One that is wrong by days or years (a machine without a battery starts in 1970)
//! must not date letters, nudge people, count limits or close tickets. Until it is right, mails are fetched and stored, and
//! that is all.

use super::status::Status;
use crate::store::Store;
use chrono::{DateTime, Datelike as _, SecondsFormat, TimeDelta, Utc};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::fmt;
use std::future::Future;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// No machine that runs this shows an earlier or later year, unless its clock is wrong.
const SANE_YEARS: Range<i32> = 2025..2100;

/// What a clock may be off without harm: deadlines and limits are counted in hours.
const TOLERANCE: TimeDelta = TimeDelta::days(1);

/// Nobody can tell a clock that has been put right from one that has been put wrong. By this time one that is wrong has been
/// set again, where there is somebody to do it; one that is right must not stop the work for ever.
const DOUBTED_FOR: Duration = Duration::from_secs(3600);

/// The clock is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// The name under which the status line has it.
const NAME: &str = "this machine's clock";

/// Whether a clock can show this at all.
pub(crate) fn is_possible(now: DateTime<Utc>) -> bool {
    SANE_YEARS.contains(&now.year())
}

/// Why the clock is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// No clock that is right shows this.
    Impossible { now: DateTime<Utc> },
    /// It showed a later time before this start.
    Behind { now: DateTime<Utc>, recorded: DateTime<Utc> },
    /// It has been set while we ran.
    Jumped { now: DateTime<Utc>, expected: DateTime<Utc> },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let show = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        match *self {
            Self::Impossible { now } => write!(f, "it shows {}, which cannot be", show(now))?,
            Self::Behind { now, recorded } => {
                write!(f, "it shows {}, but the database was written to at {}", show(now), show(recorded))?;
            }
            Self::Jumped { now, expected } => {
                write!(f, "it has jumped to {} from {}", show(now), show(expected))?;
            }
        }
        f.write_str(
            "; mails are stored, but not filed or answered, and nobody is nudged: set it (timedatectl set-ntp true)",
        )?;
        match self {
            Self::Impossible { .. } => Ok(()),
            Self::Behind { .. } | Self::Jumped { .. } => {
                f.write_str("; if it is right, work goes on in an hour")
            }
        }
    }
}

/// What is known of the clock so far.
#[derive(Debug, Default)]
pub(super) struct Wall {
    /// What it showed when it was last believed, and when that was.
    believed: Option<(DateTime<Utc>, Instant)>,
    doubted_since: Option<Instant>,
}

impl Wall {
    /// Judges what the clock shows `at` this moment. `recorded` is the latest time in the database: it counts until the clock
    /// has been believed once.
    fn look(&mut self, now: DateTime<Utc>, recorded: Option<DateTime<Utc>>, at: Instant) -> Option<Doubt> {
        let doubt = self.doubt(now, recorded, at);
        match doubt {
            Some(Doubt::Impossible { .. }) => {
                self.doubted_since = None;
                return doubt;
            }
            Some(Doubt::Behind { .. } | Doubt::Jumped { .. }) => {
                let since = *self.doubted_since.get_or_insert(at);
                if at.duration_since(since) < DOUBTED_FOR {
                    return doubt;
                }
            }
            None => {}
        }
        self.believed = Some((now, at));
        self.doubted_since = None;
        None
    }

    fn doubt(&self, now: DateTime<Utc>, recorded: Option<DateTime<Utc>>, at: Instant) -> Option<Doubt> {
        if !is_possible(now) {
            return Some(Doubt::Impossible { now });
        }
        match (self.believed, recorded) {
            (Some((then, since)), _) => {
                let passed = TimeDelta::from_std(at.duration_since(since)).unwrap_or(TimeDelta::MAX);
                let expected = then.checked_add_signed(passed).unwrap_or(DateTime::<Utc>::MAX_UTC);
                ((now - expected).abs() > TOLERANCE).then_some(Doubt::Jumped { now, expected })
            }
            (None, Some(recorded)) => (recorded - now > TOLERANCE).then_some(Doubt::Behind { now, recorded }),
            (None, None) => None,
        }
    }
}

/// Looks at the clock until `stop`; `right` says whether it is believed, the log and the status line say why not. `wall` outlives
/// this task, and with it a doubt.
///
/// # Errors
/// When the database cannot be read; the task is started again.
pub(super) async fn watch_clock(
    store: Store,
    now: impl Fn() -> DateTime<Utc>,
    wall: Arc<Mutex<Wall>>,
    right: Arc<watch::Sender<bool>>,
    status: Arc<Status>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let recorded = store.read(|reader| reader.last_recorded()).await?;
    let mut told = false;
    loop {
        let doubt = wall.lock().unwrap_or_else(PoisonError::into_inner).look(now(), recorded, Instant::now());
        match &doubt {
            Some(why) => {
                status.task_failed(NAME, &why.to_string());
                if !told {
                    tracing::error!("{NAME} is not believed: {why}");
                }
            }
            None => {
                status.task_is_well(NAME);
                if told {
                    tracing::info!("{NAME} is believed again; work goes on");
                }
            }
        }
        told = doubt.is_some();
        right.send_if_modified(|right| std::mem::replace(right, doubt.is_none()) != doubt.is_none());
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// A task that goes by the clock: it runs while the clock is `right`, is told to stop when it no longer is, and starts again.
pub(super) fn while_right<F, T>(
    right: &watch::Sender<bool>,
    task: T,
) -> impl FnMut(watch::Receiver<bool>) -> BoxFuture<'static, anyhow::Result<()>> + Send + use<F, T>
where
    T: FnMut(watch::Receiver<bool>) -> F + Clone + Send + 'static,
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let right = right.subscribe();
    move |stop| run_while_right(right.clone(), task.clone(), stop).boxed()
}

async fn run_while_right<F, T>(
    mut right: watch::Receiver<bool>,
    mut task: T,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()>
where
    T: FnMut(watch::Receiver<bool>) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    loop {
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
            right = right.wait_for(|right| *right) => drop(right?),
        }
        let pause = watch::Sender::new(false);
        let mut running = std::pin::pin!(task(pause.subscribe()));
        tokio::select! {
            outcome = &mut running => return outcome,
            _ = stop.wait_for(|stop| *stop) => {}
            _ = right.wait_for(|right| !*right) => {}
        }
        pause.send_replace(true);
        running.await?;
    }
}

#[cfg(test)]
mod tests;
