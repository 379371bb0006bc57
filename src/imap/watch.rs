//! [`watch`]: the life of a watcher, from connection to connection.

mod pace;

use super::drain::{Cause, Memory, Round};
use super::error::ImapError;
use super::folders;
use super::session::idle::{Idled, idle};
use super::session::login;
use super::session::protocol::{Connection, Stop, stopped};
use super::settings::{After, FolderChoice, Settings};
use super::{Progress, Sink};
use anyhow::Context as _;
use pace::Pace;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Stores every mail of a folder in `sink`, for as long as it lives: connects, logs in, fetches what is there, waits
/// for more; on any failure waits a while and starts again. What a server must be told ([`After`]) it is told after
/// the sink has committed.
///
/// Ends with `Ok` soon after `stop` has turned true: a batch in hand is still stored.
///
/// # Errors
/// Only those of the sink. The server's are told by [`Sink::progress`] and retried.
pub async fn watch<S: Sink>(settings: Settings, sink: Arc<S>, mut stop: Stop) -> anyhow::Result<()> {
    let mut pace = Pace::new(settings.timing);
    let mut memory = Memory::default();
    loop {
        let error = match Box::pin(session(&settings, &sink, &stop, &mut pace, &mut memory)).await {
            Ok(never) => match never {},
            Err(ImapError::Stopped) => return Ok(()),
            Err(ImapError::Sink(error)) => {
                return Err(error).with_context(|| format!("storing the mail of {}", settings.mailbox));
            }
            Err(error) => error.of_setting(settings.folder.setting()),
        };
        let pause = pace.after(&error, dice()).max(pace.login_in());
        sink.progress(
            &settings.mailbox,
            Progress::Offline {
                why: error.to_string(),
                again_in: pause.as_secs(),
                refused_login: error.is_refused_login(),
            },
        );
        if pause_or_stop(&mut stop, pause).await {
            return Ok(());
        }
    }
}

/// One connection, until it ends.
async fn session<S: Sink>(
    settings: &Settings,
    sink: &Arc<S>,
    stop: &Stop,
    pace: &mut Pace,
    memory: &mut Memory,
) -> Result<std::convert::Infallible, ImapError> {
    let mut connection = login::open(settings, stop.clone()).await?;
    pace.logged_in();
    let outcome = Box::pin(serve(settings, sink, &mut connection, stop.clone(), pace, memory)).await;
    match outcome {
        Err((ImapError::Stopped, in_idle)) => {
            connection.leave(in_idle).await;
            Err(ImapError::Stopped)
        }
        Err((error, _)) => Err(error),
        Ok(never) => match never {},
    }
}

/// Of a server that has had so many numberings since the start, the folder is not opened again to look for another, and no mail is
/// copied: what is known of it goes with its number.
pub(super) const MOST_NUMBERINGS: u32 = 5;

/// So often in a row IDLE may not begin, or announced mail not be there, before the watcher goes by the clock.
const MOST_IN_VAIN: u32 = 3;

/// Rounds over the folder. The bool with an error says whether IDLE was on.
async fn serve<S: Sink>(
    settings: &Settings,
    sink: &Arc<S>,
    connection: &mut Connection,
    mut stop: Stop,
    pace: &mut Pace,
    memory: &mut Memory,
) -> Result<std::convert::Infallible, (ImapError, bool)> {
    let read_only = settings.after == After::Leave;
    let at_work = |error| (error, false);
    let folder = match &settings.folder {
        FolderChoice::Named(folder) => folder.clone(),
        FolderChoice::Sent(named) => {
            let sent = folders::sent_folder(connection, &settings.account, named.as_deref());
            sent.await.map_err(at_work)?
        }
    };
    let selected = folders::select(connection, &folder, read_only).await.map_err(at_work)?;
    let uid_validity = selected.uid_validity.unwrap_or_else(numbering_of_this_session);
    let mut can_confirm = read_only || !selected.read_only;
    if !can_confirm {
        tracing::warn!(
            mailbox = settings.mailbox,
            "the folder is read-only: its mails are neither marked nor moved"
        );
    }
    let has_idle = connection.has("IDLE");
    // It may have been a firewall's fault, or that of a version of the server.
    let is_rested =
        |memory: &Memory| memory.idled_at.is_none_or(|at| at.elapsed() >= settings.timing.idle_again);
    let mut can_idle = has_idle && (memory.idles_in_vain < MOST_IN_VAIN || is_rested(memory));
    sink.progress(&settings.mailbox, Progress::Online { idle: can_idle });

    let (mut cause, mut looked_at) = (Cause::Opened(selected), Instant::now());
    // Some servers announce a mail before they show it.
    let (mut looks, mut thorough, mut in_vain) = (&[][..], false, 0_u32);
    loop {
        let mut round = Round { settings, sink, connection, uid_validity, memory, thorough };
        let unseen = round.drain(cause).await.map_err(at_work)?;
        // Not before: a UID that is to be confirmed may be another mail's by now, until that one is stored.
        let unmarked = if can_confirm {
            match round.confirm().await {
                Ok(unmarked) => unmarked,
                Err(error @ (ImapError::Stopped | ImapError::Sink(_))) => return Err(at_work(error)),
                Err(error) => {
                    // What is stored is stored.
                    tell_caught_up(settings, sink, uid_validity, Some(error.to_string()))
                        .await
                        .map_err(at_work)?;
                    return Err(at_work(error));
                }
            }
        } else {
            Some("the folder is read-only".to_owned())
        };
        if unseen && in_vain == 0 {
            looks = &settings.timing.look_again;
        }
        in_vain = if unseen { in_vain.saturating_add(1) } else { 0 };
        pace.caught_up();
        cause = Cause::News;
        if connection.news && in_vain < MOST_IN_VAIN {
            continue;
        }
        tell_caught_up(settings, sink, uid_validity, unmarked).await.map_err(at_work)?;
        let mut pause = settings.poll;
        thorough = false;
        if let Some((sooner, later)) = looks.split_first() {
            pause = pause.min(*sooner);
            looks = later;
            thorough = looks.is_empty();
        }
        if in_vain >= MOST_IN_VAIN {
            // A server that goes on announcing it would be asked without end.
            if pause_or_stop(&mut stop, pause.min(settings.timing.look_again[0])).await {
                return Err(at_work(ImapError::Stopped));
            }
        } else if can_idle || (has_idle && is_rested(memory)) {
            memory.idled_at = Some(Instant::now());
            let idled = idle(connection, &settings.timing, pause, &mut memory.idles_in_vain).await;
            match idled.map_err(|error| (error, true))? {
                Idled::Woken if can_idle => {}
                idled @ (Idled::Woken | Idled::Refused) => {
                    can_idle = idled == Idled::Woken;
                    sink.progress(&settings.mailbox, Progress::Online { idle: can_idle });
                }
            }
        } else {
            if pause_or_stop(&mut stop, pause.min(settings.timing.poll_without_idle)).await {
                return Err(at_work(ImapError::Stopped));
            }
        }
        // Without UIDVALIDITY, UIDs end with the selection; and some servers make one up each time.
        let holds = selected.uid_validity.is_some() && memory.numberings <= MOST_NUMBERINGS;
        if holds && looked_at.elapsed() >= settings.poll {
            let is_read_only = reopen(connection, &folder, read_only, uid_validity).await.map_err(at_work)?;
            can_confirm = read_only || !is_read_only;
            (cause, looked_at) = (Cause::Reopened, Instant::now());
        }
    }
}

/// Tells it if all that is wanted is stored.
async fn tell_caught_up<S: Sink>(
    settings: &Settings,
    sink: &Arc<S>,
    uid_validity: u32,
    unmarked: Option<String>,
) -> Result<(), ImapError> {
    let left = sink.wanted(&settings.mailbox, uid_validity, 0, 1).await.map_err(ImapError::Sink)?;
    if left.is_empty() {
        sink.progress(&settings.mailbox, Progress::CaughtUp { unmarked });
    }
    Ok(())
}

/// Opens the folder once more. One that was deleted or renamed, and made anew, is another: the server goes on to show the old one,
/// with nothing in it, until the name is looked up again. Some answer STATUS of an open folder from what they show. Gives whether
/// it is read-only now.
async fn reopen(
    connection: &mut Connection,
    folder: &str,
    read_only: bool,
    uid_validity: u32,
) -> Result<bool, ImapError> {
    let (exists, news) = (connection.exists, connection.news);
    let now = folders::select(connection, folder, read_only).await?;
    // It tells of all mails: news is only what there was not before.
    connection.news = news || connection.exists > exists;
    if let Some(other) = now.uid_validity.filter(|now| *now != uid_validity) {
        return Err(ImapError::renumbered(uid_validity, other));
    }
    Ok(now.read_only)
}

/// For a server without UIDVALIDITY: its UIDs hold for one session only (RFC 9051, section 2.3.1.1), so each session
/// counts as a new numbering, and mails are recognised by their content.
pub(super) fn numbering_of_this_session() -> u32 {
    u32::try_from(chrono::Utc::now().timestamp()).unwrap_or(u32::MAX)
}

/// Whether a numbering seems to be that of a session of the last minutes, and not one that lasts. The server's clock may be ahead.
#[must_use]
pub fn is_of_a_session(uid_validity: u32) -> bool {
    numbering_of_this_session().abs_diff(uid_validity) < 300
}

/// True if we were told to stop meanwhile.
async fn pause_or_stop(stop: &mut Stop, pause: Duration) -> bool {
    tokio::time::timeout(pause, stopped(stop)).await.is_ok()
}

fn dice() -> u64 {
    getrandom::u64().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_numbering_of_the_last_minutes_is_of_a_session() {
        let now = numbering_of_this_session();
        assert!([now - 290, now, now + 5].into_iter().all(is_of_a_session));
        // Servers may count as they like.
        assert!([1, now - 301, now + 1000, u32::MAX].iter().all(|numbering| !is_of_a_session(*numbering)));
    }
}
