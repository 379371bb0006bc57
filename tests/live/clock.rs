//! The real program under a clock that is wrong: mails are stored, nothing else happens, and all is done when it is right.

use super::support::compose::mail;
use super::support::maildir::{letters, wait_for_letters};
use super::support::{preload, wait_for};
use super::{COMPLETE, Desk, desk, postfix};
use anyhow::{Context, Result, ensure};
use askback::store::{Access, Store};
use chrono::Utc;
use std::path::PathBuf;

/// The clock that a desk's daemon sees.
pub(super) struct Clock(PathBuf);

impl Clock {
    /// Gives the desk a clock of its own, right for now.
    pub(super) fn of(desk: &mut Desk<'_>) -> Result<Self> {
        let (library, clock) = (preload("tests/live/clock.c", &desk.dir)?, Self(desk.dir.join("clock")));
        clock.set(0)?;
        desk.env("LD_PRELOAD", library);
        desk.env("ASKBACK_TEST_CLOCK", clock.0.as_os_str());
        Ok(clock)
    }

    /// Puts it so many seconds off the true time; in one piece, because it may be read at any moment.
    pub(super) fn set(&self, offset: i64) -> Result<()> {
        let next = self.0.with_extension("next");
        std::fs::write(&next, offset.to_string())?;
        Ok(std::fs::rename(next, &self.0)?)
    }

    /// Ten minutes past the beginning of 1970.
    fn set_to_1970(&self) -> Result<()> {
        self.set(600 - Utc::now().timestamp())
    }
}

/// Mails that are stored and not filed.
fn new_mails(desk: &Desk<'_>) -> Result<u64> {
    let store = Store::open(&desk.database(), Access::ReadOnly)?;
    Ok(store.read_now(|reader| reader.counts())?.new)
}

#[test]
fn a_clock_in_1970_stops_all_but_the_storing_of_mails() -> Result<()> {
    let (_dir, mut desk) = desk("epoch")?;
    let clock = Clock::of(&mut desk)?;
    let send =
        |client: &str| postfix()?.send(client, &desk.address, &mail(client, &desk.address, client, COMPLETE));
    let daemon = desk.run()?;
    send("first@epoch.test")?;
    wait_for_letters(&desk.mailbox_of("first@epoch.test"), 1).with_context(|| desk.log())?;

    clock.set_to_1970()?;
    daemon.wait_for_log("this machine's clock is not believed: it shows 1970-01-01T00:1")?;
    // The connection stands, and the mails are fetched one after the other: by the second, the first had its time.
    for (number, client) in ["second@epoch.test", "third@epoch.test"].into_iter().enumerate() {
        send(client)?;
        let stored = u64::try_from(number)? + 1;
        wait_for("the mail to be stored", || Ok((new_mails(&desk)? == stored).then_some(())))
            .with_context(|| desk.log())?;
    }
    ensure!(desk.rows(&["outbox"])?.len() == 1, "a letter was written by the wrong clock");
    daemon.stop()?;

    // A start by such a clock says so, and waits; TLS does not work then.
    let daemon = desk.run()?;
    daemon.wait_for_log("check this machine's clock")?;
    daemon.wait_for_log_where("that the clock is not believed at the start", |line| {
        line.starts_with("1970") && line.contains("is not believed: it shows 1970-01-01")
    })?;
    ensure!(new_mails(&desk)? == 2, "the mails were filed by the wrong clock");
    clock.set(0)?;
    daemon.wait_for_log("is believed again")?;
    for client in ["second@epoch.test", "third@epoch.test"] {
        wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    }
    daemon.stop()?;
    for client in ["first@epoch.test", "second@epoch.test", "third@epoch.test"] {
        ensure!(letters(&desk.mailbox_of(client))?.len() == 1, "{client} got more than one letter");
    }
    ensure!(!desk.log().contains("panicked"), "{}", desk.log());
    Ok(())
}
