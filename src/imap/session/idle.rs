//! Waiting for news: IDLE (RFC 2177) where the server has it, else the clock.

use super::protocol::{Connection, Event, Tagged};
use crate::imap::error::ImapError;
use crate::imap::settings::Timing;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Whether a server that announced IDLE also does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idled {
    /// There is news, or it is time to look.
    Woken,
    /// It was refused, or ended by the server at once: poll instead.
    Refused,
}

/// Waits in IDLE until the server announces a message or it is time to look anyway, after `at_most`. `in_vain` counts how often in
/// a row the server has not begun it.
pub(crate) async fn idle(
    connection: &mut Connection,
    timing: &Timing,
    at_most: Duration,
    in_vain: &mut u32,
) -> Result<Idled, ImapError> {
    let Timing { inactivity, idle_silence, idle_renew, .. } = *timing;
    let tag = connection.send("IDLE").await?;
    *in_vain = in_vain.saturating_add(1);
    let begins = timeout(inactivity, connection.continuation(&tag)).await;
    let begins = begins.map_err(|_elapsed| ImapError::Lost("it does not begin to IDLE".to_owned()))?;
    if let Err(_refused) = begins? {
        return Ok(Idled::Refused);
    }
    *in_vain = 0;
    let begun = Instant::now();
    let end = begun + idle_renew.min(at_most);
    // The waiting below is what ends a silent IDLE; the stream's own limit must not come before it.
    connection.set_silence(idle_silence.max(idle_renew) + inactivity);
    while !connection.news {
        let wait = end.saturating_duration_since(Instant::now()).min(idle_silence);
        match timeout(wait, connection.next(|_| ())).await {
            Err(_elapsed) => break,
            Ok(event) => match event? {
                Event::Untagged(()) => {}
                Event::Done(done, tagged) => {
                    connection.set_silence(inactivity);
                    let at_once = begun.elapsed() < Duration::from_secs(1);
                    return match tagged {
                        _ if done != tag => Err(ImapError::Lost("an answer out of order".to_owned())),
                        Tagged::Ok(_) if !at_once => Ok(Idled::Woken),
                        Tagged::Ok(_) | Tagged::No(_) | Tagged::Bad(_) => Ok(Idled::Refused),
                    };
                }
            },
        }
    }
    connection.set_silence(inactivity);
    connection.send_line("DONE").await?;
    // That the server answers shows that the connection is alive.
    match connection.finish(&tag, |_| ()).await? {
        Tagged::Ok(_) => Ok(Idled::Woken),
        Tagged::No(_) | Tagged::Bad(_) => Ok(Idled::Refused),
    }
}
