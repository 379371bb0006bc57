//! When to try again. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// A letter that could not be delivered for so long is given up (RFC 5321, section 4.5.4.1: at least 4–5 days).
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(4);

/// Pauses after the first, second, … attempt, in minutes; the last one repeats. The second lets greylisting pass; the last
/// is short for four days, because a client waits for the letter.
const PAUSES: [i64; 5] = [1, 5, 15, 30, 60];

/// Pauses after an answer or notice may have arrived once, twice, in minutes: the next try is not to fall into the same incident.
const DOUBT_PAUSES: [i64; 2] = [60, 120];

/// Pauses after the server was not reached once, twice, … in a row, in seconds; the last one repeats.
const SERVER_PAUSES: [u64; 6] = [5, 15, 30, 60, 120, 300];

/// Pauses after the server refused our login once, twice, … in a row, in minutes, like those of IMAP; the last one repeats.
const LOGIN_PAUSES: [u64; 3] = [15, 30, 60];

/// When a letter that was put off after its `attempts`-th attempt is tried again. `None`: it is given up. The last attempt
/// is at the end of the four days.
#[must_use]
pub fn next_attempt(attempts: u32, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    after(nth(&PAUSES, attempts.saturating_sub(1)), created_at, now)
}

/// The same for a letter that may have arrived, and may have `doubts` times before.
#[must_use]
pub fn next_after_doubt(doubts: u32, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    after(nth(&DOUBT_PAUSES, doubts), created_at, now)
}

fn after(minutes: i64, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = created_at.checked_add_signed(GIVE_UP_AFTER)?;
    let next = now.checked_add_signed(TimeDelta::minutes(minutes))?;
    (now < last).then(|| next.min(last))
}

/// How long to wait when the server could not be reached, or takes mail from nobody, after `failures` such failures before.
#[must_use]
pub fn server_pause(failures: u32) -> Duration {
    Duration::from_secs(nth(&SERVER_PAUSES, failures))
}

/// How long to leave a server alone that has refused our login after `refusals` such refusals before: it counts them, and locks
/// us out, often for IMAP, too.
#[must_use]
pub fn login_pause(refusals: u32) -> Duration {
    Duration::from_mins(nth(&LOGIN_PAUSES, refusals))
}

/// How long a letter waits that the server refuses for our sake: a tenth of its age, from 5 seconds to a quarter of an hour. That
/// is no attempt, so nothing is counted.
#[must_use]
pub fn unwelcome_pause(created_at: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
    let age = now.signed_duration_since(created_at);
    (age / 10).clamp(TimeDelta::seconds(5), TimeDelta::minutes(15))
}

fn nth<T: Copy + Default>(pauses: &[T], index: u32) -> T {
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    pauses.get(index).or(pauses.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_four_days() {
        let created = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let (mut now, mut attempts, mut minutes) = (created, 1, Vec::new());
        while let Some(next) = next_attempt(attempts, created, now) {
            minutes.push((next - now).num_minutes());
            (now, attempts) = (next, attempts + 1);
        }
        assert_eq!(minutes[..7], [1, 5, 15, 30, 60, 60, 60]);
        assert_eq!(now - created, TimeDelta::days(4));
        assert_eq!(minutes.len(), 100);
    }

    #[test]
    fn a_clock_that_jumps_does_no_harm() {
        let created = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let early = created - TimeDelta::days(300);
        assert_eq!(next_attempt(u32::MAX, created, early), Some(early + TimeDelta::hours(1)));
        assert_eq!(next_attempt(0, created, created + TimeDelta::days(300)), None);
        assert_eq!(next_attempt(1, DateTime::<Utc>::MAX_UTC, created), None);
    }

    #[test]
    fn an_unwelcome_letter_is_tried_ever_less_often() {
        let created = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let pause = |age| unwelcome_pause(created, created + age).num_seconds();
        assert_eq!(
            [-86_400, 0, 60, 600, 9_000, 300_000].map(|age| pause(TimeDelta::seconds(age))),
            [5, 5, 6, 60, 900, 900]
        );
        let (mut now, mut tries) = (created, 0);
        while next_attempt(1, created, now).is_some() {
            (now, tries) = (now + unwelcome_pause(created, now), tries + 1);
        }
        assert!(tries < 450, "{tries} in four days");
    }

    #[test]
    fn an_unreachable_server_is_asked_ever_less_often() {
        let pauses: Vec<u64> = (0..8).map(|failures| server_pause(failures).as_secs()).collect();
        assert_eq!(pauses, [5, 15, 30, 60, 120, 300, 300, 300]);
    }

    #[test]
    fn a_server_that_refuses_the_login_is_left_alone() {
        let pauses: Vec<u64> = (0..5).map(|refusals| login_pause(refusals).as_secs() / 60).collect();
        assert_eq!(pauses, [15, 30, 60, 60, 60]);
    }
}
