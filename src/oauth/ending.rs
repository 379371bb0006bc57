//! [`Ending`]: when a refresh token dies, and from when on people must hear of it. Pure.

use super::Kept;
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// So long ahead people hear of it. Of a token with a short life, in the last third.
const AHEAD: TimeDelta = TimeDelta::days(7);

/// A refresh token that will die.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: DateTime<Utc>,
    /// From when on people must hear of it.
    pub told_from: DateTime<Utc>,
}

impl Ending {
    /// When this token dies: as the server has told, else `lifetime` after we got it, else never as far as we know.
    #[must_use]
    pub fn of(kept: &Kept, lifetime: Option<Duration>) -> Option<Self> {
        let by_rule = || kept.since.checked_add_signed(TimeDelta::from_std(lifetime?).ok()?);
        let at = kept.ends.or_else(by_rule)?;
        let ahead = AHEAD.min((at - kept.since).max(TimeDelta::zero()) / 3);
        Some(Self { at, told_from: at - ahead })
    }

    /// Whether people must hear of it.
    #[must_use]
    pub fn is_near(&self, now: DateTime<Utc>) -> bool {
        self.told_from <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Secret;

    /// Days from the day on which we got it: when it dies, from when on it is told.
    #[track_caller]
    fn check(ends: Option<i64>, lifetime: Option<u64>, expect: Option<(f64, f64)>) {
        let since = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let ends = ends.map(|days| since + TimeDelta::days(days));
        let kept = Kept { grown_from: String::new(), refresh_token: Secret::new("x"), since, ends };
        let ending = Ending::of(&kept, lifetime.map(|days| Duration::from_secs(days * 86_400)));
        let days = |at: DateTime<Utc>| (at - since).as_seconds_f64() / 86_400.0;
        assert_eq!(ending.map(|ending| (days(ending.at), days(ending.told_from))), expect);
        if let Some(ending) = ending {
            assert!(ending.is_near(ending.told_from) && ending.is_near(ending.at + TimeDelta::days(9)));
            assert!(!ending.is_near(ending.told_from - TimeDelta::seconds(1)));
        }
    }

    #[test]
    fn a_dying_token_is_told_of_a_week_ahead_or_in_its_last_third() {
        check(None, None, None);
        check(None, Some(90), Some((90.0, 83.0)));
        check(Some(180), Some(90), Some((180.0, 173.0)));
        check(Some(6), None, Some((6.0, 4.0)));
        check(Some(0), None, Some((0.0, 0.0)));
        check(Some(-1), None, Some((-1.0, -1.0)));
        check(None, Some(u64::MAX / 86_400), None);
    }
}
