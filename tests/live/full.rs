//! The disk of the database is full: a real file system (tmpfs) of a few megabytes for each level of room that is left.
//! Fetching stops, the server keeps the mail, operators are told, and work goes on by itself when there is room.
//!
//! Mounting needs rights: root has them, others get them in a user namespace of their own. So this program starts itself
//! again there ([`INSIDE`]); mail servers are those of the first one.

use super::support::maildir::letters;
use super::support::wait_for;
use super::torture::{RECOVERY, at_rest, compare, long_rounds, put_in, tortured, wait_for_rest};
use super::{INSIDE, servers};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};

/// Size of each file system.
const DISK: &str = "size=16m";
/// Mails that come while there is room.
const BEFORE: usize = 2;
/// Mails that come then, again and again until the disk is full.
const MORE: usize = 6;
/// So many do not fit at any level.
const MOST: usize = 50;
/// Levels at the same time: they mostly wait.
const SIDE_BY_SIDE: usize = 8;

#[test]
fn a_full_disk_loses_nothing_and_work_goes_on_by_itself() -> Result<()> {
    let flags = if fs::metadata("/proc/self")?.uid() == 0 { "-m" } else { "-rm" };
    let unshare = |program: &Path| {
        let mut command = Command::new("unshare");
        command.args([flags, "--"]).arg(program);
        command
    };
    let tried = unshare(Path::new("mount")).args(["-t", "tmpfs", "-o", DISK, "tmpfs", "/mnt"]).output()?;
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr);
        ensure!(std::env::var_os("CI").is_none(), "CI must be able to mount a small file system: {why}");
        println!("SKIPPED: the disk is not filled, because no small file system can be mounted here: {why}");
        return Ok(());
    }
    let output = unshare(&std::env::current_exe()?)
        .args(["--exact", "full::inside_a_namespace_of_its_own", "--nocapture"])
        .env(INSIDE, &servers().dir)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let count = said.lines().find(|line| line.contains("levels of a full disk"));
    println!("{}", count.context("nothing was looked at")?);
    Ok(())
}

#[test]
fn inside_a_namespace_of_its_own() -> Result<()> {
    if std::env::var_os(INSIDE).is_none() {
        return Ok(());
    }
    let levels: u64 = if long_rounds().is_some() { 40 } else { 6 };
    let next = AtomicU64::new(0);
    let work = || -> Result<usize> {
        let mut stored = 0;
        loop {
            let level = next.fetch_add(1, Ordering::Relaxed);
            if level >= levels {
                return Ok(stored);
            }
            stored += full_at(level, levels).with_context(|| format!("level {level} of {levels}"))?;
        }
    };
    let stored = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(work)).collect();
        let join = |worker: std::thread::ScopedJoinHandle<'_, Result<usize>>| {
            worker.join().map_err(|_| anyhow::anyhow!("a level panicked"))?
        };
        workers.into_iter().map(join).sum::<Result<usize>>()
    })?;
    ensure!(stored >= usize::try_from(levels)? * (BEFORE + MORE), "{stored} mails");
    println!(
        "{levels} levels of a full disk (ENOSPC): {stored} mails, 0 lost, 0 stored twice, 0 marked as read too early"
    );
    Ok(())
}

/// Bytes that are free where a file lies.
fn free(path: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail * disk.f_frsize)
}

/// Mails come while there is room for a part of what they need. Gives how many are stored in the end.
fn full_at(level: u64, levels: u64) -> Result<usize> {
    let (dir, mut desk) = tortured(&format!("enospc{level}"))?;
    let disk = dir.path().join("disk");
    fs::create_dir(&disk)?;
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(&disk).status()?;
    ensure!(mounted.success(), "no file system at {}", disk.display());
    desk.set("store.path", disk.join("askback.db").display().to_string())?;
    let rest = |mails| wait_for_rest(&desk, mails, RECOVERY);
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    let empty = free(&disk)?;
    put_in(&desk, 0..BEFORE)?;
    rest(BEFORE)?;

    // Room for nothing up to room for more than the first two mails took.
    let used = empty.saturating_sub(free(&disk)?);
    let room = used * 3 / 2 * level / levels;
    let ballast = disk.join("ballast");
    let size = usize::try_from(free(&disk)?.saturating_sub(room))?;
    match fs::write(&ballast, vec![b'x'; size]) {
        // It was the last byte.
        Err(error) if error.kind() == ErrorKind::StorageFull => {}
        other => other?,
    }
    let mut mails = BEFORE;
    let mut full = false;
    while !full {
        ensure!(mails < MOST, "{mails} mails fitted into {room} bytes");
        put_in(&desk, mails..mails + MORE)?;
        mails += MORE;
        full = wait_for("the disk to be full, or all to be done", || {
            let full = daemon.told("FAILS: ") > 0;
            Ok((full || at_rest(&desk, mails)?).then_some(full))
        })?;
    }

    // What the server was told is on disk, and it keeps what is not.
    let inbox = letters(&desk.inbox())?;
    let read = inbox.iter().filter(|mail| mail.flags.contains('S')).count();
    let stored = desk.rows(&["export"])?.iter().filter(|row| row["direction"] == "in").count();
    ensure!(inbox.len() == mails, "the server does not have its mails any more");
    ensure!(read <= stored, "{read} mails are marked as read, {stored} are stored");
    wait_for("the remedy in the log", || Ok(desk.log().contains("make room").then_some(())))
        .with_context(|| desk.log())?;

    fs::remove_file(&ballast)?;
    rest(mails)?;
    daemon.stop()?;
    let tally = compare(&desk, mails).with_context(|| desk.log())?;
    let unmounted = Command::new("umount").arg(&disk).status()?;
    ensure!(unmounted.success(), "somebody still uses {}", disk.display());
    Ok(tally.mails)
}
