//! Nothing is lost or done twice, however the daemon comes to an end.

use super::support::compose::{mail, mail_with_file};
use super::support::maildir::{letters, wait_for_letters};
use super::support::{PATIENCE, wait_for};
use super::{COMPLETE, Desk, desk, postfix, servers};
use anyhow::{Context, Result};
use askback::store::{Access, Store};
use rustix::process::Signal;
use std::collections::HashSet;
use std::time::Duration;

/// How many steps have been done, two a mail: stored, and dealt with. None before there is a database.
fn steps(desk: &Desk<'_>) -> Result<u64> {
    let Ok(store) = Store::open(&desk.database(), Access::ReadOnly) else { return Ok(0) };
    let counts = store.read_now(|reader| reader.counts())?;
    let dealt_with: u64 = counts.mails.iter().map(|(_, count)| count).sum();
    Ok(counts.new + 2 * dealt_with)
}

#[test]
fn mails_survive_kills_in_the_middle_of_their_intake() -> Result<()> {
    const MAILS: usize = 200;
    let (_dir, mut desk) = desk("killed")?;
    // Letters are not the point here; none may go out before the last kill.
    desk.set("reply.grace", "1h")?;
    desk.set("reply.limits.per_hour", 10_000)?;
    // 27 MB are several commits.
    let mails = (0..MAILS).map(|number| {
        let client = format!("client{number}@org{number}.test");
        mail_with_file(&client, &desk.address, &format!("Заявка {number}"), COMPLETE, 100_000)
    });
    servers().fill(&desk.address, mails)?;

    // Killed each time it has got a bit further, until all mails are dealt with.
    let (all, mut done, mut in_the_middle) = (2 * u64::try_from(MAILS)?, 0, 0);
    while done < all {
        let daemon = desk.spawn(true)?;
        wait_for("the intake to get on", || Ok((steps(&desk)? >= all.min(done + 70)).then_some(())))
            .with_context(|| desk.log())?;
        daemon.kill()?;
        done = steps(&desk)?;
        in_the_middle += u32::from(done < all);
    }
    assert!(in_the_middle > 0, "no kill came before the intake was over");

    let daemon = desk.run()?;
    let rows = desk.wait_for_mails(MAILS)?;
    daemon.stop()?;

    let subjects: HashSet<_> = rows.iter().map(|row| row["subject"].to_string()).collect();
    assert_eq!((rows.len(), subjects.len()), (MAILS, MAILS), "a mail was lost or stored twice");
    let tickets: HashSet<_> = rows.iter().map(|row| row["ticket"].to_string()).collect();
    assert_eq!(tickets.len(), MAILS, "each mail has a ticket of its own");
    assert_eq!(desk.rows(&["tickets"])?.len(), MAILS);
    assert!(rows.iter().all(|row| row["disposition"] == "filed"), "one was held or counted as a duplicate");
    assert_eq!(desk.rows(&["outbox"])?.len(), MAILS, "one letter a mail");
    Ok(())
}

#[test]
fn a_letter_goes_out_once_however_often_the_daemon_starts() -> Result<()> {
    let (_dir, desk) = desk("once")?;
    let client = "client@once.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёт", COMPLETE))?;
    let inbox = desk.mailbox_of(client);
    let daemon = desk.run()?;
    wait_for_letters(&inbox, 1).with_context(|| desk.log())?;
    daemon.kill()?;
    for _ in 0..3 {
        let daemon = desk.run()?;
        daemon.wait_for_log("mailbox online")?;
        daemon.stop()?;
    }
    assert_eq!(letters(&inbox)?.len(), 1);
    Ok(())
}

#[test]
fn sigterm_ends_it_within_five_seconds() -> Result<()> {
    let (_dir, desk) = desk("term")?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    daemon.signal(Signal::TERM)?;
    let status = daemon.wait(Duration::from_secs(5))?;
    assert!(status.success(), "{status}");
    Ok(())
}

#[test]
fn a_bad_configuration_is_refused_and_the_old_one_stays() -> Result<()> {
    let (_dir, mut desk) = desk("reload")?;
    let daemon = desk.run()?;
    let good = std::fs::read_to_string(desk.config_file())?;
    std::fs::write(desk.config_file(), good.replace("[reply]", "[reply]\ngrase = \"2m\""))?;
    daemon.signal(Signal::HUP)?;
    let log = daemon.wait_for_log("refused")?;
    assert!(log.contains("grase"), "the log does not name the key:\n{log}");

    // It still works, and it still takes a good one.
    desk.set("reply.grace", "0s")?;
    daemon.signal(Signal::HUP)?;
    daemon.wait_for_log("in force")?;
    let client = "client@reload.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёт", COMPLETE))?;
    wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    daemon.stop()
}

#[test]
fn a_second_daemon_on_the_same_database_is_refused() -> Result<()> {
    let (_dir, desk) = desk("second")?;
    let daemon = desk.run()?;
    let status = desk.spawn(true)?.wait(PATIENCE)?;
    assert_eq!(status.code(), Some(75), "the second one ran");
    let log = daemon.wait_for_log("another askback")?;
    assert!(log.contains("askback.db"), "the message does not name the file:\n{log}");
    assert!(log.contains("systemctl status askback"), "the message names no remedy:\n{log}");
    // The first one works on.
    let client = "client@second.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёт", COMPLETE))?;
    wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    daemon.stop()
}

#[test]
fn a_database_of_a_newer_askback_is_refused_and_left_alone() -> Result<()> {
    let (_dir, desk) = desk("newer")?;
    desk.run()?.stop()?;
    let conn = rusqlite::Connection::open(desk.database())?;
    conn.pragma_update(None, "user_version", 99)?;
    drop(conn);
    let before = std::fs::read(desk.database())?;
    assert_eq!(desk.spawn(true)?.wait(PATIENCE)?.code(), Some(65), "it started");
    assert_eq!(std::fs::read(desk.database())?, before);
    for command in [&["run"][..], &["tickets"], &["reconcile"], &["backup", "copy.db"], &["verify"]] {
        let output = desk.askback(command)?;
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(65), "{command:?}: {said}");
        let remedy = "remedy: install the newer askback again, or restore the backup made before the upgrade";
        assert!(said.contains("has schema 99") && said.contains(remedy), "{command:?}: {said}");
    }
    Ok(())
}
