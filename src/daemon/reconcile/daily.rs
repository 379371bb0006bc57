//! Once a day: what the server has and the database has not is fetched, and operators hear that there was something.
//!
//! Only a list of the mails crosses the network, without anything of them, unless something does not fit.

use super::{Mode, Report, folder};
use crate::daemon::StoreSink;
use crate::imap::Settings;
use crate::store::EventSubject;
use chrono::{DateTime, Days, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often it is looked whether it is time.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// After a failure: nobody waits for it, and a server that refuses the login must not be asked often.
const AGAIN_IN: Duration = Duration::from_secs(3600);

/// What the daily reconciliation of one mailbox goes by.
pub(in crate::daemon) struct Daily {
    /// The mailbox.
    pub(in crate::daemon) mailbox: String,
    /// Its folders that are watched.
    pub(in crate::daemon) folders: Vec<Settings>,
    /// When, by the clock on the wall.
    pub(in crate::daemon) at: NaiveTime,
    /// Where that clock hangs.
    pub(in crate::daemon) zone: Tz,
    pub(in crate::daemon) sink: Arc<StoreSink>,
}

/// Compares the folders of a mailbox with the database once a day, until `stop`. A day on which askback did not run at that
/// time is made up for when it runs again.
///
/// # Errors
/// When the database fails; the task is started again. The mail server's failures are told and tried again later.
pub(in crate::daemon) async fn run(daily: Arc<Daily>, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let name = format!("reconcile {}", daily.mailbox);
    let last_key = format!("reconciled {}", daily.mailbox);
    loop {
        let mut pause = LOOK_EVERY;
        if daily.is_time(&last_key, Utc::now()).await? {
            let outcome = tokio::select! {
                outcome = daily.all_folders() => outcome,
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            };
            match outcome {
                Ok(()) => {
                    daily.sink.status.task_is_well(&name);
                    let key = last_key.clone();
                    daily.sink.store.write(0, move |tx| tx.put_moment(&key, Utc::now())).await?;
                }
                Err(error) => {
                    pause = AGAIN_IN;
                    let again_in_s = pause.as_secs();
                    tracing::warn!(mailbox = daily.mailbox, again_in_s, "no reconciliation: {error:#}");
                    daily.sink.status.task_failed(&name, &format!("{error:#}"));
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

impl Daily {
    /// Whether today's is still to be done. The day of the first start counts as done: all is being read just then.
    async fn is_time(&self, key: &str, now: DateTime<Utc>) -> anyhow::Result<bool> {
        let of = key.to_owned();
        let last = self.sink.store.read(move |reader| reader.moment(&of)).await?;
        let Some(last) = last else {
            let key = key.to_owned();
            self.sink.store.write(0, move |tx| tx.put_moment(&key, now)).await?;
            return Ok(false);
        };
        Ok(is_due(last, now, self.at, self.zone))
    }

    /// Compares each folder, also after one that cannot be; the first failure is told.
    async fn all_folders(&self) -> anyhow::Result<()> {
        let mut failure = Ok(());
        for settings in &self.folders {
            let mut report = Report { mailbox: settings.mailbox.clone(), ..Report::default() };
            let outcome = folder(&self.sink, settings, Mode::Daily, &mut report).await;
            if outcome.is_ok() || !report.missing.is_empty() {
                self.tell(&report).await?;
            }
            failure = failure.and(outcome);
        }
        failure
    }

    /// Says what was missing, if anything: to the log, the status line, and the event log.
    async fn tell(&self, report: &Report) -> anyhow::Result<()> {
        let mailbox = report.mailbox.as_str();
        let Some(words) = findings(report) else {
            self.sink.status.all_found(mailbox);
            tracing::info!(mailbox, mails = report.server, note = report.note, "compared with the server");
            return Ok(());
        };
        tracing::warn!(mailbox, "{words}");
        let is_news = self.sink.status.found_missing(mailbox, &words);
        if !is_news && report.not_fetched() == report.missing.len() {
            // An hour ago they could not be fetched either.
            return Ok(());
        }
        let detail = format!("{mailbox}: {words}");
        self.sink
            .store
            .write(0, move |tx| tx.event(Utc::now(), EventSubject::default(), "reconciled", &detail))
            .await
    }
}

/// What operators must hear of a reconciliation, if anything.
fn findings(report: &Report) -> Option<String> {
    let (missing, left) = (report.missing.len(), report.not_fetched());
    if missing == 0 {
        return None;
    }
    let fetched = match left {
        0 => "fetched now".to_owned(),
        _ => format!("{} fetched now, {left} still to be fetched", missing - left),
    };
    let mails = if missing == 1 { "1 mail".to_owned() } else { format!("{missing} mails") };
    let letters = if report.renumbered {
        "the server has numbered its mails anew (UIDVALIDITY)"
    } else {
        "they get no automatic letter"
    };
    Some(format!(
        "{mails} that the server has and the database had not, {fetched}; {letters}, see askback mails"
    ))
}

/// Whether the clock on the wall has shown `at` since `last`. A `last` that is still to come was written by a wrong clock.
fn is_due(last: DateTime<Utc>, now: DateTime<Utc>, at: NaiveTime, zone: Tz) -> bool {
    let today = now.with_timezone(&zone).date_naive();
    // A time that the zone leaves out in spring is not shown that day.
    let shown = |back| {
        let date = today.checked_sub_days(Days::new(back))?;
        zone.from_local_datetime(&date.and_time(at)).earliest().map(|moment| moment.with_timezone(&Utc))
    };
    let latest = (0..3).filter_map(shown).find(|moment| *moment <= now);
    last > now || latest.is_some_and(|latest| last < latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::reconcile::Missing;

    #[track_caller]
    fn check(last: &str, now: &str, zone: Tz, expect: bool) {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let half_past_three = NaiveTime::from_hms_opt(3, 30, 0).unwrap();
        assert_eq!(is_due(at(last), at(now), half_past_three, zone), expect, "{last} {now}");
    }

    #[test]
    fn it_is_due_once_a_day_and_made_up_for() {
        let moscow = Tz::Europe__Moscow;
        // 3:30 in Moscow is 0:30 here.
        check("2026-05-04T00:31:00Z", "2026-05-05T00:29:59Z", moscow, false);
        check("2026-05-04T00:31:00Z", "2026-05-05T00:30:00Z", moscow, true);
        check("2026-05-05T00:30:00Z", "2026-05-05T00:31:00Z", moscow, false);
        check("2026-05-05T00:30:00Z", "2026-05-06T00:29:00Z", moscow, false);
        // It did not run for days.
        check("2026-05-01T12:00:00Z", "2026-05-05T12:00:00Z", moscow, true);
        check("2026-05-05T12:00:00Z", "2026-05-05T13:00:00Z", moscow, false);
        // Written by a clock that was ahead.
        check("2031-01-01T00:00:00Z", "2026-05-05T13:00:00Z", moscow, true);
    }

    #[test]
    fn a_time_that_comes_twice_counts_once_and_one_that_is_left_out_is_left_out() {
        let helsinki = Tz::Europe__Helsinki;
        // On 25 October 2026 it is half past three twice, at 0:30 and at 1:30 UTC.
        check("2026-10-24T00:40:00Z", "2026-10-25T00:30:00Z", helsinki, true);
        check("2026-10-25T00:31:00Z", "2026-10-25T01:45:00Z", helsinki, false);
        // On 29 March 2026 it is never half past three.
        check("2026-03-28T01:31:00Z", "2026-03-29T12:00:00Z", helsinki, false);
        check("2026-03-28T01:31:00Z", "2026-03-30T00:30:00Z", helsinki, true);
    }

    #[test]
    fn what_was_missing_is_told_and_nothing_else() {
        let missing = |fetched| Missing { uid: 1, size: 2, received_at: None, fetched };
        let well = Report { here: 5, same_bytes: 3, waiting: 2, gone: 4, ..Report::default() };
        assert_eq!(findings(&well), None);
        let found = |missing| findings(&Report { missing, ..Report::default() }).unwrap();
        insta::assert_snapshot!(found(vec![missing(true)]), @"1 mail that the server has and the database had not, fetched now; they get no automatic letter, see askback mails");
        insta::assert_snapshot!(found(vec![missing(true), missing(false)]), @"2 mails that the server has and the database had not, 1 fetched now, 1 still to be fetched; they get no automatic letter, see askback mails");
        let anew = Report { missing: vec![missing(true)], renumbered: true, ..Report::default() };
        insta::assert_snapshot!(findings(&anew).unwrap(), @"1 mail that the server has and the database had not, fetched now; the server has numbered its mails anew (UIDVALIDITY), see askback mails");
    }
}
