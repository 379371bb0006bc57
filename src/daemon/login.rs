//! Looks after the access tokens of one account: they are renewed before they expire, and people hear of a refresh token
//! that is about to die while its login still works.

use super::status::Status;
use crate::intake::{self, Desk};
use crate::mail::Address;
use crate::nudge;
use crate::oauth::{Ending, Tokens};
use crate::outbox::retry;
use crate::store::{Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// At least so often the end of the refresh token is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// However short a token lives, the endpoint is not asked more often.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// Pause after a failure that a person must put right.
const LASTING_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What this task goes by.
pub(super) struct Login {
    pub(super) tokens: Tokens,
    pub(super) store: Store,
    pub(super) desk: Arc<Desk>,
    /// Who hears that the login ends.
    pub(super) people: Vec<Address>,
    pub(super) status: Arc<Status>,
    /// Rung when notices wait.
    pub(super) letters: Arc<Notify>,
}

/// Looks after the tokens until `stop`.
///
/// # Errors
/// When the database fails; the task is started again.
pub(super) async fn run(login: Arc<Login>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let name = format!("login {}", login.tokens.name());
    let (mut failures, mut warned) = (0, None);
    loop {
        let outcome = tokio::select! {
            outcome = login.tokens.look_after() => Some(outcome),
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let Some(outcome) = outcome else {
            // What the server is giving us just now must get to the disk.
            login.tokens.settled().await;
            return Ok(());
        };
        let pause = match outcome {
            Ok(left_alone) => {
                failures = 0;
                login.status.task_is_well(&name);
                left_alone.clamp(ASK_EVERY, LOOK_EVERY)
            }
            Err(error) => {
                let pause = if error.is_passing() { retry::server_pause(failures) } else { LASTING_PAUSE };
                failures = failures.saturating_add(1);
                let again_in_s = pause.as_secs();
                if error.is_passing() {
                    tracing::warn!(again_in_s, "{error}");
                } else {
                    tracing::error!(again_in_s, "{error}");
                }
                login.status.task_failed(&name, &error.to_string());
                pause
            }
        };
        login.tell(&mut warned).await?;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

impl Login {
    /// Tells of a refresh token that is about to die: the log once a day, people once, in working time.
    async fn tell(self: &Arc<Self>, warned: &mut Option<DateTime<Utc>>) -> anyhow::Result<()> {
        let now = Utc::now();
        let Some(ending) = self.tokens.ending().filter(|ending| ending.is_near(now)) else { return Ok(()) };
        if warned.is_none_or(|at| (now - at).abs() >= TimeDelta::days(1)) {
            *warned = Some(now);
            tracing::warn!(
                oauth = self.tokens.name(),
                ends = %ending.at.format("%Y-%m-%d %H:%M UTC"),
                "the refresh token is about to end: get a new one (README, \"Login by OAuth\") and restart askback"
            );
        }
        let login = self.clone();
        if self.store.write(0, move |tx| login.notices(tx, ending, now)).await? > 0 {
            self.letters.notify_one();
        }
        Ok(())
    }

    /// A letter to each, unless they have had it; gives their number.
    fn notices(&self, tx: &Tx<'_>, ending: Ending, now: DateTime<Utc>) -> anyhow::Result<usize> {
        let key = format!("oauth-end {} {}", self.tokens.name(), ending.at.timestamp());
        if !self.desk.calendar.is_open(now) || tx.moment(&key)?.is_some() {
            return Ok(0);
        }
        tx.put_moment(&key, now)?;
        let when = ending.at.with_timezone(&self.desk.calendar.zone()).format("%d.%m.%Y %H:%M").to_string();
        for person in &self.people {
            let notice = nudge::login_ends(self.desk.language, self.tokens.name(), &when, person);
            tx.enqueue(&intake::notice_letter(&self.desk, &notice, now)?, now)?;
        }
        Ok(self.people.len())
    }
}
