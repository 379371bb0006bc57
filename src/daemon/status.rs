//! What systemd and an operator hear at a glance: one line, and the watchdog's ping while the daemon is well.

use crate::imap::Progress;
use crate::intake::Desk;
use crate::mail::HeaderText;
use crate::reply::Limits;
use crate::store::{Store, Unmarked, Waits};
use chrono::Utc;
use sd_notify::NotifyState;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What the tasks tell about themselves.
#[derive(Debug, Default)]
pub(super) struct Status(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    mailboxes: BTreeMap<String, Progress>,
    /// Tasks that have failed and are tried again, with the reason.
    failing: BTreeMap<String, String>,
    /// Folders of which the last reconciliation found mails missing here, and what it said.
    missing: BTreeMap<String, String>,
    /// Why the last configuration that was to replace the running one is not in force.
    refused: Option<String>,
}

impl Status {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a mailbox is doing.
    pub(super) fn mailbox(&self, name: &str, progress: Progress) {
        self.told().mailboxes.insert(name.to_owned(), progress);
    }

    /// Whether all that these folders had on the server is here.
    pub(super) fn all_caught_up(&self, folders: &[String]) -> bool {
        let told = self.told();
        folders.iter().all(|folder| matches!(told.mailboxes.get(folder), Some(Progress::CaughtUp { .. })))
    }

    /// Notes that a task has failed and will be tried again.
    pub(super) fn task_failed(&self, name: &str, why: &str) {
        self.told().failing.insert(name.to_owned(), why.to_owned());
    }

    /// Notes that a task runs as it should again.
    pub(super) fn task_is_well(&self, name: &str) {
        self.told().failing.remove(name);
    }

    /// Takes a failure back that was told in these words, and not another that the task has told of itself since.
    pub(super) fn no_longer(&self, name: &str, why: &str) {
        let failing = &mut self.told().failing;
        if failing.get(name).is_some_and(|told| told == why) {
            failing.remove(name);
        }
    }

    /// Notes that a reconciliation found mails of a folder missing here; `false` if the last one said the same.
    pub(super) fn found_missing(&self, folder: &str, what: &str) -> bool {
        let missing = &mut self.told().missing;
        missing.insert(folder.to_owned(), what.to_owned()).is_none_or(|last| last != what)
    }

    /// Notes that a reconciliation found all mails of a folder here.
    pub(super) fn all_found(&self, folder: &str) {
        self.told().missing.remove(folder);
    }

    /// Notes that the configuration that should replace the running one is refused.
    pub(super) fn refused(&self, why: &str) {
        // A line break would end the status line, and what follows would be another message to systemd.
        let why = HeaderText::new(&why.replace("\nremedy: ", ": ").replace('\n', "; "), 500).to_string();
        self.told().refused = Some(why);
    }

    /// Forgets everything: a new configuration may have other mailboxes and tasks.
    pub(super) fn clear(&self) {
        *self.told() = Told::default();
    }

    /// One line: `support online`, `support OFFLINE: connection refused; intake FAILS: the disk is full`.
    pub(super) fn line(&self) -> String {
        let Told { mailboxes, failing, missing, refused } = &*self.told();
        let mailbox = |(name, progress): (&String, &Progress)| match progress {
            Progress::CaughtUp { unmarked: Some(why) } => {
                format!("{name} online, but stored mails are neither marked nor moved: {why}")
            }
            Progress::Online { .. } | Progress::CaughtUp { unmarked: None } => format!("{name} online"),
            Progress::Offline { why, .. } => format!("{name} OFFLINE: {why}"),
        };
        let mut parts: Vec<String> = mailboxes.iter().map(mailbox).collect();
        if parts.is_empty() {
            parts.push("connecting".to_owned());
        }
        // systemctl shows the beginning of a long line.
        let refused = refused.iter().map(|why| format!("the new configuration is REFUSED: {why}"));
        parts.splice(0..0, refused);
        parts.extend(failing.iter().map(|(name, why)| format!("{name} FAILS: {why}")));
        parts.extend(missing.iter().map(|(folder, what)| format!("{folder}: {what}")));
        parts.join("; ")
    }
}

/// Tells the service manager the state of things. Without a service manager this does nothing.
pub(super) fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::debug!(%error, "the service manager could not be told");
    }
}

/// The numbers that an operator wants first: what waits on agents, what is stuck.
fn glance(
    waits: &Waits,
    held_up: Option<&(u64, String)>,
    unreached: usize,
    unmarked: &[Unmarked],
    stopped: Option<&str>,
) -> String {
    let mut line = format!("tickets: {} open, {} incomplete", waits.open, waits.incomplete);
    for (number, what) in [
        (waits.new + waits.wanted, "mails to process"),
        (waits.held, "mails HELD"),
        (waits.quarantined, "mails in quarantine"),
    ] {
        if number > 0 {
            line.push_str(&format!("; {number} {what}"));
        }
    }
    if let Some((letters, why)) = held_up {
        line.push_str(&format!("; {letters} letters WAIT: {why}"));
    }
    if let Some(stopped) = stopped {
        line.push_str(&format!("; {stopped}"));
    }
    for Unmarked { mailbox, tried, given_up } in unmarked {
        let all = tried + given_up;
        line.push_str(&format!(
            "; {all} stored mails of {mailbox} NOT marked or moved (askback doctor says why)"
        ));
    }
    if unreached > 0 {
        line.push_str(&format!("; notices to {unreached} of us LOST (askback doctor says to whom)"));
    }
    line
}

/// Who gets no automatic letter for now because of the limit on all in an hour, of which `sent` are out or on their way.
fn stopped(sent: u32, limits: &Limits) -> Option<&'static str> {
    if limits.all_1h == 0 {
        // The configuration wants none.
        None
    } else if sent >= limits.all_1h_of(true) {
        Some("automatic letters have STOPPED: too many in an hour")
    } else if sent >= limits.all_1h_of(false) {
        Some("automatic letters to unknown senders have STOPPED: too many in an hour")
    } else {
        None
    }
}

/// Writes the STATUS line and pings the watchdog, but only while the store's writer answers: a daemon that cannot
/// write does not do its job.
pub(super) async fn report(
    status: std::sync::Arc<Status>,
    store: Store,
    desk: std::sync::Arc<Desk>,
    folders: Vec<String>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let period = sd_notify::watchdog_enabled().map_or(Duration::from_secs(15), |watchdog| watchdog / 3);
    let mut last = String::new();
    loop {
        let (desk, folders) = (desk.clone(), folders.clone());
        let look = store.write(0, move |tx| {
            let now = Utc::now();
            let stopped = stopped(tx.sent_1h(now)?, &desk.limits);
            let unreached = tx.unreached(&desk.agents, now)?.len();
            let mut unmarked = tx.unmarked(now)?;
            unmarked.retain(|of| folders.contains(&of.mailbox));
            Ok(glance(&tx.waits()?, tx.held_up(now)?.as_ref(), unreached, &unmarked, stopped))
        });
        match tokio::time::timeout(period, look).await {
            Ok(Ok(glance)) => {
                let line = format!("{}; {glance}", status.line());
                notify(&[NotifyState::Watchdog, NotifyState::Status(&line)]);
                if line != last {
                    tracing::info!("{line}");
                    last = line;
                }
            }
            Ok(Err(error)) => {
                let line = format!("the database does not take writes: {error:#}");
                tracing::error!("{line}");
                // A full disk is cured by an operator, not by a restart: the daemon stays and tries again.
                notify(&[NotifyState::Watchdog, NotifyState::Status(&line)]);
                last = line;
            }
            Err(_) => tracing::error!("the database has not answered for {} s", period.as_secs()),
        }
        tokio::select! {
            () = tokio::time::sleep(period) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(per_hour: u32, sent: u32, expect: &str) {
        let limits = Limits { all_1h: per_hour, ..Limits::default() };
        let line = glance(&Waits::default(), None, 0, &[], stopped(sent, &limits));
        assert_eq!(line, format!("tickets: 0 open, 0 incomplete{expect}"), "{sent} of {per_hour}");
    }

    #[test]
    fn a_refused_configuration_is_told_until_one_is_taken() {
        let status = Status::default();
        status.refused("askback.toml:3: port: 0 is no port\nremedy: remove the line\nx: y\nremedy: z");
        status.refused("smtp: password is not there\nremedy: put it there");
        let expect =
            "the new configuration is REFUSED: smtp: password is not there: put it there; connecting";
        assert_eq!(status.line(), expect);
        status.clear();
        assert_eq!(status.line(), "connecting");
    }

    #[test]
    fn mails_that_stay_where_they_are_are_counted() {
        let unmarked = Unmarked { mailbox: "support".to_owned(), tried: 1, given_up: 2 };
        assert_eq!(
            glance(&Waits::default(), None, 0, &[unmarked], None),
            "tickets: 0 open, 0 incomplete; 3 stored mails of support NOT marked or moved (askback doctor says why)"
        );
    }

    #[test]
    fn the_status_line_says_whose_letters_have_stopped() {
        check(60, 29, "");
        check(60, 30, "; automatic letters to unknown senders have STOPPED: too many in an hour");
        check(60, 59, "; automatic letters to unknown senders have STOPPED: too many in an hour");
        check(60, 60, "; automatic letters have STOPPED: too many in an hour");
        check(1, 0, "");
        check(0, 0, "");
    }
}
