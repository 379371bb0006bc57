//! The disk dies in the middle of the work: every write, or every fsync, fails with EIO. A small library that is loaded
//! before the C library does it (`faults.c`), for the real program and its real database.

use super::support::maildir::letters;
use super::support::preload;
use super::torture::{RECOVERY, compare, long_rounds, put_in, put_in_with_files, tortured, wait_for_rest};
use anyhow::{Context, Result, ensure};
use std::fs;

/// Mails that come before the fault, and all mails.
const BEFORE: usize = 1;
const MAILS: usize = 4;

/// What the daemon meets after the fault.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// The disk works again.
    Mended,
    /// The power fails, and the disk works again.
    Killed,
}

fn broken(fault: &str, then: Then, round: usize) -> Result<usize> {
    let (dir, mut desk) = tortured(&format!("broken-{fault}-{round}-{then:?}").to_lowercase())?;
    let faults = dir.path().join("faults");
    fs::create_dir(&faults)?;
    desk.env("LD_PRELOAD", preload("tests/live/faults.c", dir.path())?);
    desk.env("ASKBACK_FAULTS", &faults);
    let rest = |mails| wait_for_rest(&desk, mails, RECOVERY);
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    put_in(&desk, 0..BEFORE)?;
    rest(BEFORE)?;

    fs::write(faults.join(fault), "")?;
    // Large mails come in parts, and the parts wait beside the database.
    let file = match then {
        Then::Mended => 3_500_000,
        Then::Killed => 0,
    };
    put_in_with_files(&desk, BEFORE..MAILS, file)?;
    daemon.wait_for_notice("FAILS: ", 1)?;
    let inbox = letters(&desk.inbox())?;
    let read = inbox.iter().filter(|mail| mail.flags.contains('S')).count();
    ensure!(inbox.len() == MAILS, "the server does not have its mails any more");
    ensure!(read == BEFORE, "{read} mails are marked as read, {BEFORE} are on disk");
    ensure!(desk.log().contains("check the disk"), "the log names no remedy:\n{}", desk.log());

    let daemon = match then {
        Then::Mended => {
            fs::remove_file(faults.join(fault))?;
            daemon
        }
        Then::Killed => {
            daemon.kill()?;
            fs::remove_file(faults.join(fault))?;
            desk.run()?
        }
    };
    rest(MAILS)?;
    daemon.stop()?;
    Ok(compare(&desk, MAILS).with_context(|| desk.log())?.mails)
}

#[test]
fn a_disk_that_fails_to_write_or_to_sync_loses_nothing() -> Result<()> {
    let rounds = if long_rounds().is_some() { 10 } else { 1 };
    let (mut faults, mut mails) = (0, 0);
    for round in 0..rounds {
        // At the same time: the status is told every 15 s.
        let kinds = ["write", "fsync"].map(|fault| [(fault, Then::Mended), (fault, Then::Killed)]);
        let all: Vec<Result<usize>> = std::thread::scope(|scope| {
            let start = |(fault, then)| scope.spawn(move || broken(fault, then, round));
            let running: Vec<_> = kinds.into_iter().flatten().map(start).collect();
            let join = |of: std::thread::ScopedJoinHandle<'_, _>| {
                of.join().map_err(|_| anyhow::anyhow!("a panic"))?
            };
            running.into_iter().map(join).collect()
        });
        for (stored, kind) in all.into_iter().zip(kinds.into_iter().flatten()) {
            mails += stored.with_context(|| format!("{kind:?}"))?;
            faults += 1;
        }
    }
    ensure!(mails == faults * MAILS, "{mails} mails");
    println!(
        "{faults} times EIO from write or fsync: {mails} mails, 0 lost, 0 stored twice, 0 marked as read too early"
    );
    Ok(())
}
