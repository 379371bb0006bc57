//! [`Pace`]: when to try again, and how often to log in.

use crate::imap::error::ImapError;
use crate::imap::settings::Timing;
use std::time::Duration;
use tokio::time::Instant;

/// Logins that are free before they are spread out.
const FREE_LOGINS: u32 = 2;

/// How long to wait after failures, and between logins (servers block clients that log in too often).
#[derive(Debug)]
pub(crate) struct Pace {
    timing: Timing,
    failures: u32,
    refusals: u32,
    /// When the logins so far would have ended, had they been spread out evenly.
    paid_until: Option<Instant>,
}

impl Pace {
    pub(crate) fn new(timing: Timing) -> Self {
        Self { timing, failures: 0, refusals: 0, paid_until: None }
    }

    /// A login worked.
    pub(crate) fn logged_in(&mut self) {
        self.refusals = 0;
        let now = Instant::now();
        self.paid_until = Some(self.paid_until.unwrap_or(now).max(now) + self.timing.login_every);
    }

    /// Everything works.
    pub(crate) fn caught_up(&mut self) {
        self.failures = 0;
    }

    /// How long to wait before the next login.
    pub(crate) fn login_in(&self) -> Duration {
        let owed =
            self.paid_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(Instant::now()));
        owed.saturating_sub(self.timing.login_every * (FREE_LOGINS - 1))
    }

    /// How long to wait after this error. `dice` is any number; it spreads many clients of one server.
    pub(crate) fn after(&mut self, error: &ImapError, dice: u64) -> Duration {
        let Timing { retry_first, retry_max, throttled, refused_first, refused_max, .. } = self.timing;
        if error.is_refused_login() {
            self.refusals = self.refusals.saturating_add(1);
            doubled(refused_first, self.refusals, refused_max)
        } else if let ImapError::Throttled { wait, .. } = error {
            // A hint of seconds would be a mistake on their side, one of days an attack or one as well.
            let wait = wait.unwrap_or(throttled);
            spread(wait.clamp(retry_first, refused_max.max(throttled)), dice)
        } else {
            self.failures = self.failures.saturating_add(1);
            spread(doubled(retry_first, self.failures, retry_max), dice)
        }
    }
}

fn doubled(first: Duration, times: u32, max: Duration) -> Duration {
    let factor = 1_u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor.max(1)).min(max)
}

/// Up to a quarter more.
fn spread(duration: Duration, dice: u64) -> Duration {
    let permille = u32::try_from(dice % 250).unwrap_or(0);
    duration + duration / 1000 * permille
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost() -> ImapError {
        ImapError::Lost(String::new())
    }

    fn pauses(pace: &mut Pace, error: fn() -> ImapError) -> Vec<u64> {
        (0..8).map(|_| pace.after(&error(), 0).as_secs()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_their_limit_and_start_anew_after_success() {
        let mut pace = Pace::new(Timing::default());
        assert_eq!(pauses(&mut pace, lost), [2, 4, 8, 16, 32, 64, 80, 80]);
        pace.caught_up();
        assert_eq!(pace.after(&lost(), 0).as_secs(), 2);
        let refused = || ImapError::LoginRefused(String::new());
        assert_eq!(pauses(&mut pace, refused), [900, 1800, 3600, 3600, 3600, 3600, 3600, 3600]);
        pace.logged_in();
        assert_eq!(pace.after(&refused(), 0).as_secs(), 900);
    }

    #[tokio::test(start_paused = true)]
    async fn the_servers_hint_counts_within_reason() {
        let mut pace = Pace::new(Timing::default());
        let mut check = |wait: Option<u64>, expect: u64| {
            let error = ImapError::Throttled {
                text: String::new(),
                full: false,
                wait: wait.map(Duration::from_secs),
            };
            assert_eq!(pace.after(&error, 0).as_secs(), expect);
        };
        check(None, 300);
        check(Some(40), 40);
        check(Some(0), 2);
        check(Some(1_000_000), 3600);
    }

    #[tokio::test(start_paused = true)]
    async fn jitter_adds_up_to_a_quarter() {
        for dice in [0, 1, 249, 250, u64::MAX] {
            let pause = Pace::new(Timing::default()).after(&lost(), dice);
            assert!((2000..2500).contains(&pause.as_millis()), "{pause:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn two_logins_are_free_then_one_a_minute() {
        let mut pace = Pace::new(Timing::default());
        assert_eq!(pace.login_in(), Duration::ZERO);
        pace.logged_in();
        assert_eq!(pace.login_in(), Duration::ZERO);
        pace.logged_in();
        assert_eq!(pace.login_in(), Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(pace.login_in(), Duration::ZERO);
        pace.logged_in();
        assert_eq!(pace.login_in(), Duration::from_secs(60));
        tokio::time::advance(Duration::from_secs(600)).await;
        pace.logged_in();
        assert_eq!(pace.login_in(), Duration::ZERO);
    }
}
