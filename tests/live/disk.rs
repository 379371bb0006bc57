//! The disk takes no more: fetching stops, the server keeps the mail, operators are told, and work goes on by itself. The
//! limit on the size of files (`prlimit`) stands in for the full disk: it needs no privileges, and each level cuts another write.

use super::support::PATIENCE;
use super::support::maildir::letters;
use super::torture::{RECOVERY, compare, long_rounds, put_in, tortured, wait_for_rest};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::process::Command;
use std::time::Duration;

/// Mails that come in while the disk is full.
const MAILS: usize = 6;

/// Limits the size of files that a process may write; `None`: as large as it likes.
fn limit(pid: u32, bytes: Option<u64>) -> Result<()> {
    let soft = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    let status = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), &format!("--fsize={soft}:unlimited")])
        .status()?;
    ensure!(status.success(), "prlimit failed");
    Ok(())
}

/// No file may grow more than `room` bytes beyond the larger of database and log; mails come; then there is room again.
fn full_at(level: u64, room: u64) -> Result<()> {
    let (_dir, desk) = tortured(&format!("full{level}"))?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    let size = |name: &str| fs::metadata(desk.dir.join(name)).map_or(0, |file| file.len());
    // The write-ahead log takes every write; the log of the program is far smaller.
    let from = size("askback.db-wal").max(size("askback.log"));
    limit(daemon.pid()?, Some(from + room))?;
    put_in(&desk, 0..MAILS)?;
    daemon.wait_for_notice("FAILS: ", 1)?;

    // What the server was told is on disk: no mail is marked as read that is not stored.
    let read = letters(&desk.inbox())?.iter().filter(|mail| mail.flags.contains('S')).count();
    let stored = desk.rows(&["export"])?.iter().filter(|row| row["direction"] == "in").count();
    ensure!(letters(&desk.inbox())?.len() == MAILS, "the server does not have its mails any more");
    ensure!(read <= stored, "{read} mails are marked as read, {stored} are stored");
    ensure!(desk.log().contains("check the disk"), "the log names no remedy:\n{}", desk.log());

    limit(daemon.pid()?, None)?;
    wait_for_rest(&desk, MAILS, RECOVERY)?;
    daemon.stop()?;
    compare(&desk, MAILS).with_context(|| desk.log())?;
    Ok(())
}

#[test]
fn a_disk_that_takes_no_more_loses_nothing_and_work_goes_on_by_itself() -> Result<()> {
    let levels: u64 = if long_rounds().is_some() { 10 } else { 2 };
    for level in 0..levels {
        // From nothing to some commits; rarely at the border of a page.
        let room = level * 120_000 / levels;
        full_at(level, room).with_context(|| format!("with room for {room} bytes"))?;
    }
    println!(
        "{levels} levels of a full disk: {} mails, 0 lost, 0 marked as read before they were stored",
        levels * 6
    );
    Ok(())
}

/// Somebody else keeps the database for longer than anybody waits for it.
#[test]
fn a_locked_database_only_delays() -> Result<()> {
    let seconds: &[u64] = if long_rounds().is_some() { &[1, 5, 20, 60] } else { &[1, 8] };
    for &locked in seconds {
        let (_dir, desk) = tortured(&format!("locked{locked}"))?;
        let daemon = desk.run()?;
        daemon.wait_for_log("mailbox online")?;
        let conn = rusqlite::Connection::open(desk.database())?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        let begun = std::time::Instant::now();
        put_in(&desk, 0..2)?;
        // The time is the subject of this test, not a guess at how long something takes.
        std::thread::sleep(Duration::from_secs(locked).saturating_sub(begun.elapsed()));
        ensure!(
            !letters(&desk.inbox())?.iter().any(|mail| mail.flags.contains('S')),
            "marked before it was stored"
        );
        conn.execute_batch("ROLLBACK")?;
        wait_for_rest(&desk, 2, PATIENCE)?;
        daemon.stop()?;
        compare(&desk, 2).with_context(|| desk.log())?;
    }
    println!("the database was locked for {seconds:?} s: nothing lost");
    Ok(())
}
