//! A mail that happens to be in hand whenever askback is killed is innocent; one that kills whoever reads it is not.

use super::{compare, put_in, tortured, wait_for_rest};
use crate::support::PATIENCE;
use crate::support::daemon::Desk;
use anyhow::{Context, Result, ensure};
use std::os::unix::process::ExitStatusExt as _;

/// The only mail that has been dealt with, which is held, and why.
fn held(desk: &Desk<'_>) -> Result<(serde_json::Value, String)> {
    let rows = desk.wait_for_mails(1)?;
    let [row] = rows.as_slice() else { anyhow::bail!("{rows:?}") };
    ensure!(row["disposition"] == "held", "{row}");
    Ok((row["mail"].clone(), row["why"].as_str().unwrap_or_default().to_owned()))
}

/// Runs askback until it dies at a point.
fn die_at(desk: &Desk<'_>, point: &str) -> Result<()> {
    let status = desk.spawn_with(true, &format!("{point}:1"))?.wait(PATIENCE).with_context(|| desk.log())?;
    ensure!(status.core_dumped() || status.signal().is_some(), "it did not die: {status}\n{}", desk.log());
    Ok(())
}

/// A desk with one mail, of which askback has died so often at a point.
fn after_deaths(name: &str, deaths: usize, point: &str) -> Result<(tempfile::TempDir, Desk<'static>)> {
    let (dir, desk) = tortured(name)?;
    put_in(&desk, 0..1)?;
    for _ in 0..deaths {
        die_at(&desk, point)?;
    }
    Ok((dir, desk))
}

/// How often each mail has been begun, the oldest first.
fn attempts(desk: &Desk<'_>) -> Result<Vec<u64>> {
    let rows = desk.rows(&["mails"])?;
    let received = rows.iter().rev().filter(|row| row["direction"] == "in");
    received.map(|row| row["attempts"].as_u64().context("no attempts")).collect()
}

#[test]
fn a_mail_that_is_in_hand_at_six_kills_is_filed_and_answered_once() -> Result<()> {
    const MAILS: usize = 3;
    const KILLS: usize = 6;
    let (_dir, desk) = tortured("in-hand")?;
    put_in(&desk, 0..MAILS)?;
    for point in ["intake.claimed", "intake.read"].into_iter().cycle().take(KILLS) {
        die_at(&desk, point)?;
    }
    let blamed = attempts(&desk)?;
    ensure!(blamed.iter().max() == Some(&6), "it was not the same mail: {blamed:?}");
    ensure!(blamed.iter().filter(|times| **times > 1).count() == 1, "others were blamed, too: {blamed:?}");
    ensure!(desk.log().contains("took no harm"), "it stood no trial:\n{}", desk.log());

    let daemon = desk.run()?;
    wait_for_rest(&desk, MAILS, PATIENCE)?;
    daemon.stop()?;
    let tally = compare(&desk, MAILS)?;
    ensure!(tally.arrived == MAILS, "{tally:?}");
    println!("{KILLS} kills on one mail of {MAILS}: 0 held, {} letters arrived, 0 twice", tally.arrived);
    Ok(())
}

#[test]
fn a_mail_that_kills_whoever_reads_it_is_held_and_takes_nobody_with_it() -> Result<()> {
    const DEATHS: usize = 3;
    let (_dir, desk) = after_deaths("deadly", DEATHS, "intake.reading")?;
    // This one would die of it, too: it lets others read.
    let daemon = desk.spawn_with(true, "intake.reading:1")?;
    let (number, why) = held(&desk)?;
    ensure!(why.starts_with("askback died or failed 3 times while it processed this mail"), "{why}");
    ensure!(why.contains("a process that only read it ended with signal: 6 (SIGABRT)"), "{why}");
    daemon.stop()?;

    // Others are served, and so is this one, once it can be read.
    put_in(&desk, 1..2)?;
    let daemon = desk.run()?;
    wait_for_rest(&desk, 1, PATIENCE)?;
    desk.said(&["held", "retry", &number.to_string()])?;
    wait_for_rest(&desk, 2, PATIENCE)?;
    daemon.stop()?;
    let tally = compare(&desk, 2)?;
    ensure!(tally.arrived == 2, "{tally:?}");
    println!("{DEATHS} deaths of one mail: held; 1 other mail served, 1 after its retry");
    Ok(())
}

/// Something that is not in the reading may kill, too: that must come to an end.
#[test]
fn the_eighth_death_holds_a_mail_without_a_proof() -> Result<()> {
    const DEATHS: usize = 8;
    let (_dir, desk) = after_deaths("eight", DEATHS, "intake.claimed")?;
    let daemon = desk.spawn_with(true, "intake.claimed:1")?;
    let (_, why) = held(&desk)?;
    ensure!(why == "askback died or failed 8 times while it processed this mail", "{why}");
    println!("{DEATHS} deaths of one mail that can be read: held");
    daemon.stop()
}

/// Nobody but the mail is to blame for an error, and others wait behind it: it is held at the first.
#[test]
fn a_mail_that_cannot_be_filed_is_held_at_once() -> Result<()> {
    let (_dir, desk) = tortured("unfit")?;
    desk.run()?.stop()?;
    rusqlite::Connection::open(desk.database())?.execute_batch(
        "CREATE TRIGGER unfit BEFORE INSERT ON ticket BEGIN SELECT RAISE(ABORT, 'it does not fit'); END",
    )?;
    put_in(&desk, 0..1)?;
    let daemon = desk.run()?;
    let (_, why) = held(&desk)?;
    ensure!(why.starts_with("it could not be filed: it does not fit"), "{why}");
    daemon.stop()
}
