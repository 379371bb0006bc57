//! [`Tokens`]: the access token of one account, always a valid one.

use super::exchange::{self, Granted};
use super::kept::{Kept, KeptFile, fingerprint};
use super::{Ending, Grant, OAuthError, Settings};
use crate::failpoint;
use crate::net::{Secret, http};
use crate::private_file;
use chrono::{DateTime, TimeDelta, Utc};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

/// A refused token that is no older than this is not renewed: the next one would be refused, too.
const YOUNG: Duration = Duration::from_secs(10);

/// After a failure all who ask get the same answer for so long: each has a pace of his own, and they are several.
const PASSING_PAUSE: Duration = Duration::from_secs(1);
/// The same after a failure that a person must put right.
const LASTING_PAUSE: Duration = Duration::from_secs(60);

/// However long a token lives, it is renewed as often as this: Yandex gives a year, and recommends to renew after three
/// months.
const SEASON: Duration = Duration::from_secs(90 * 86_400);

/// The end of a refresh token as a server tells it moves by seconds from answer to answer: not worth a write.
const SAME_END: TimeDelta = TimeDelta::minutes(10);

/// The access token of one account: asked for when it is needed, renewed when a quarter of its life is left. All that log in
/// to one account share one of these. Cloning shares it.
#[derive(Clone)]
pub struct Tokens {
    settings: Arc<Settings>,
    state: Arc<Mutex<State>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("name", &self.settings.name).finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    access: Option<Access>,
    /// A refresh token that could not be written yet, and the access token that came with it.
    unwritten: Option<(Kept, Access)>,
    /// Until when it is told again, and to whom: what is configured since may be the remedy.
    failure: Option<(Instant, Arc<Settings>, OAuthError)>,
}

#[derive(Clone, Debug)]
struct Access {
    token: Secret,
    since: Instant,
    life: Duration,
}

/// What to do about the access token that there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advice {
    /// It is good.
    Use,
    /// It is good, but a new one should be asked for.
    Renew,
    /// It is of no use.
    Replace,
}

impl Access {
    fn advice(&self, now: Instant) -> Advice {
        let age = now.saturating_duration_since(self.since);
        if age >= self.life {
            Advice::Replace
        } else if now >= self.renewed_at() {
            Advice::Renew
        } else {
            Advice::Use
        }
    }

    fn renewed_at(&self) -> Instant {
        self.since + (self.life / 4 * 3).min(SEASON)
    }
}

impl Tokens {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings: Arc::new(settings), state: Arc::default() }
    }

    /// Whether a token of the one is as good for the other: all but how askback shows who it is, and whom it trusts.
    #[must_use]
    pub fn is_same_account(&self, other: &Self) -> bool {
        let of = |tokens: &Self| {
            let Settings { name, token_url, client_id, scope, grant, .. } = &*tokens.settings;
            let grown_from = match grant {
                Grant::RefreshToken { first, file, lifetime: _ } => Some((first.clone(), file.clone())),
                Grant::ClientCredentials => None,
            };
            (name.clone(), token_url.clone(), client_id.clone(), scope.clone(), grown_from)
        };
        of(self) == of(other)
    }

    /// These settings, with the tokens that `before` has of the same account: a refresh token that could not be written yet is the only
    /// one that is good.
    #[must_use]
    pub fn going_on_with(self, before: &Self) -> Self {
        Self { state: before.state.clone(), ..self }
    }

    /// What the configuration calls the account.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// A token that is good now. If it came with a new refresh token, that is on disk. The future may be dropped: what has
    /// been asked for is then still received and kept.
    ///
    /// # Errors
    /// [`OAuthError`]: there is none, and why.
    pub async fn access(&self) -> Result<Secret, OAuthError> {
        let state = self.state.clone().lock_owned().await;
        let good = match &state.access {
            Some(access) => match access.advice(Instant::now()) {
                Advice::Use => return Ok(access.token.clone()),
                Advice::Renew => Some(access.token.clone()),
                Advice::Replace => None,
            },
            None => None,
        };
        match (self.renewed(state).await, good) {
            (Ok(access), _) => Ok(access.token),
            (Err(_told_by_the_keeper), Some(still_good)) => Ok(still_good),
            (Err(error), None) => Err(error),
        }
    }

    /// Another token in place of one that a mail server has refused: `None` if that one is so young that another would be
    /// refused, too.
    ///
    /// # Errors
    /// As [`Tokens::access`].
    pub async fn instead_of(&self, refused: &Secret) -> Result<Option<Secret>, OAuthError> {
        let state = self.state.clone().lock_owned().await;
        match &state.access {
            Some(access) if access.token != *refused => return Ok(Some(access.token.clone())),
            Some(access) if access.since.elapsed() < YOUNG => return Ok(None),
            Some(_) | None => {}
        }
        let access = self.renewed(state).await?;
        // Yandex gives the same token again while much of its life is left.
        Ok((access.token != *refused).then_some(access.token))
    }

    /// Renews the token if it is time, and tells how long it can be left alone.
    ///
    /// # Errors
    /// As [`Tokens::access`], also if the old token is still good.
    pub async fn look_after(&self) -> Result<Duration, OAuthError> {
        let state = self.state.clone().lock_owned().await;
        let now = Instant::now();
        let access = match &state.access {
            Some(access) if access.advice(now) == Advice::Use && state.unwritten.is_none() => access.clone(),
            Some(_) | None => self.renewed(state).await?,
        };
        Ok(access.renewed_at().saturating_duration_since(now))
    }

    /// Waits until nothing is under way: what the server has given is then on disk.
    pub async fn settled(&self) {
        drop(self.state.lock().await);
    }

    /// When the refresh token dies, as far as that is known. Reads the file.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        let Grant::RefreshToken { first, file, lifetime } = &self.settings.grant else { return None };
        let kept = KeptFile::new(file).read(first).ok().flatten()?;
        Ending::of(&kept, *lifetime)
    }

    /// Asks for a token, in a task that goes on when nobody waits any more.
    async fn renewed(&self, mut state: OwnedMutexGuard<State>) -> Result<Access, OAuthError> {
        if let Some((until, of, error)) = &state.failure
            && Arc::ptr_eq(of, &self.settings)
            && Instant::now() < *until
        {
            return Err(error.clone());
        }
        let settings = self.settings.clone();
        let task = tokio::spawn(async move {
            let outcome = obtain(&settings, &mut state).await;
            match &outcome {
                Ok(access) => (state.access, state.failure) = (Some(access.clone()), None),
                Err(error) => {
                    let pause = if error.is_passing() { PASSING_PAUSE } else { LASTING_PAUSE };
                    state.failure = Some((Instant::now() + pause, settings, error.clone()));
                }
            }
            outcome
        });
        task.await.unwrap_or_else(|_| {
            let (name, why) =
                (self.settings.name.clone(), "the task that asks for it has died: report it".to_owned());
            Err(OAuthError::NoAnswer { name, why, passing: true })
        })
    }
}

async fn obtain(settings: &Arc<Settings>, state: &mut State) -> Result<Access, OAuthError> {
    let Grant::RefreshToken { first, file, .. } = &settings.grant else {
        return Ok(access_now(&ask(settings, None).await?));
    };
    let file = KeptFile::new(file);
    let not_kept = |error: std::io::Error| not_kept(settings, &file, &error);

    // The lock is let go at the end, whatever happens.
    let locked = file.clone();
    let _locked = blocking(move || locked.lock()).await.map_err(not_kept)?;
    if let Some((kept, access)) = state.unwritten.take() {
        return keep(settings, &file, state, kept, access).await;
    }
    let (here, own) = (file.clone(), first.clone());
    let kept = blocking(move || {
        here.recover(&own)?;
        let kept = here.read(&own)?;
        here.make_room().map(|()| kept)
    });
    let kept = kept.await.map_err(not_kept)?;
    let token = kept.as_ref().map_or(first, |kept| &kept.refresh_token);
    let asked = ask(settings, Some(token)).await;
    if asked.is_err() {
        file.tidy();
    }
    failpoint::hit("oauth.answered");
    let granted = asked?;
    let access = access_now(&granted);
    let next = successor(kept.as_ref(), first, &granted, Utc::now());
    if kept.as_ref() == Some(&next) {
        file.tidy();
        return Ok(access);
    }
    keep(settings, &file, state, next, access).await
}

async fn ask(settings: &Settings, refresh: Option<&Secret>) -> Result<Granted, OAuthError> {
    let form = exchange::form(settings, refresh);
    let outcome = http::post_form(&settings.token_url, &settings.trust, form, settings.limit).await;
    exchange::read(settings, refresh, outcome)
}

fn access_now(granted: &Granted) -> Access {
    Access { token: granted.access.clone(), since: Instant::now(), life: granted.life }
}

/// What is to be kept after an answer: the new token, or the old one with what has been learned of its end.
fn successor(kept: Option<&Kept>, first: &Secret, granted: &Granted, now: DateTime<Utc>) -> Kept {
    let old = kept.map_or(first, |kept| &kept.refresh_token);
    let token = granted.refresh.as_ref().unwrap_or(old);
    let told = granted.refresh_life.and_then(|life| now.checked_add_signed(TimeDelta::from_std(life).ok()?));
    let same = kept.filter(|kept| kept.refresh_token == *token);
    let ends = match (told, same.and_then(|kept| kept.ends)) {
        (Some(told), Some(known)) if (told - known).abs() < SAME_END => Some(known),
        (told, known) => told.or(known),
    };
    Kept {
        grown_from: fingerprint(first),
        refresh_token: token.clone(),
        since: same.map_or(now, |kept| kept.since),
        ends,
    }
}

/// Puts the refresh token on disk; only then the access token may be used.
async fn keep(
    settings: &Arc<Settings>,
    file: &KeptFile,
    state: &mut State,
    kept: Kept,
    access: Access,
) -> Result<Access, OAuthError> {
    let (here, what) = (file.clone(), kept.clone());
    match blocking(move || here.write(&what)).await {
        Ok(()) => {
            failpoint::hit("oauth.kept");
            Ok(access)
        }
        Err(error) => {
            state.unwritten = Some((kept, access));
            Err(not_kept(settings, file, &error))
        }
    }
}

fn not_kept(settings: &Settings, file: &KeptFile, error: &std::io::Error) -> OAuthError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum with dozens of kinds")]
    let remedy = match error.kind() {
        ErrorKind::NotFound => "its folder must be there before the first start; the systemd unit makes it",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "let the user that askback runs as write into its folder, and own the file"
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on its disk",
        ErrorKind::InvalidData => "remove it, and put a new refresh token in place of the first one",
        _ => "look at its disk",
    };
    OAuthError::NotKept {
        name: settings.name.clone(),
        path: file.path().display().to_string(),
        why: private_file::plain(error),
        remedy,
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_when_a_quarter_of_its_life_is_left() {
        let since = Instant::now();
        let access = Access { token: Secret::new("x"), since, life: Duration::from_secs(3600) };
        let after = |seconds| access.advice(since + Duration::from_secs(seconds));
        assert_eq!([0, 2699].map(after), [Advice::Use; 2]);
        assert_eq!([2700, 3599].map(after), [Advice::Renew; 2]);
        assert_eq!([3600, 99_999].map(after), [Advice::Replace; 2]);
        let year = Access { life: Duration::from_secs(365 * 86_400), ..access.clone() };
        assert_eq!(year.renewed_at() - since, SEASON);
    }

    #[test]
    fn what_is_kept_after_an_answer() {
        let now = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        let day = TimeDelta::days(1);
        let first = Secret::new("first");
        let granted = |refresh: Option<&str>, days: Option<u64>| Granted {
            access: Secret::new("a"),
            life: Duration::from_secs(3600),
            refresh: refresh.map(Secret::new),
            refresh_life: days.map(|days| Duration::from_secs(days * 86_400)),
        };
        let kept = |token: &str, since, ends| Kept {
            grown_from: fingerprint(&first),
            refresh_token: Secret::new(token),
            since,
            ends,
        };
        // Google: the same one for ever.
        let one = successor(None, &first, &granted(None, None), now);
        assert_eq!(one, kept("first", now, None));
        assert_eq!(successor(Some(&one), &first, &granted(None, None), now + day), one);
        // Microsoft: a new one each time.
        let two = successor(Some(&one), &first, &granted(Some("second"), None), now + day);
        assert_eq!(two, kept("second", now + day, None));
        // An end that is told, and that moves by seconds.
        let three = successor(Some(&two), &first, &granted(None, Some(5)), now + day);
        assert_eq!(three, kept("second", now + day, Some(now + day * 6)));
        let later = now + day + TimeDelta::seconds(5);
        assert_eq!(successor(Some(&three), &first, &granted(Some("second"), Some(5)), later), three);
        assert_eq!(
            successor(Some(&three), &first, &granted(Some("new"), None), later),
            kept("new", later, None)
        );
    }
}
