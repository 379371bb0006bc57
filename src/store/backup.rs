//! Copies of the database: made while the daemon works (SQLite's online backup), and put back while it does not.

use super::setting::TOKEN_KEY;
use super::sql::Ms;
use super::verify::{Stage, Verified, verify};
use super::{EventSubject, Reader, StoreError, Tx, open};
use crate::private_file;
use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, Utc};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, params};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages that are copied at once: 16 MB.
const PAGES: i32 = 1000;
/// The setting that says when a backup was put back, unix milliseconds.
const RESTORED_AT: &str = "restored-at";

/// The tables whose numbers stand in letters, and by how much they go up where nobody knows which numbers the replaced database
/// gave: more than any desk gives between two backups.
const NUMBERED: [(&str, i64); 3] = [("ticket", 10_000), ("mail", 1_000_000), ("outbox", 1_000_000)];

/// What a restore has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Where the database that was there before lies now.
    pub aside: Option<PathBuf>,
    /// Automatic letters that waited in the backup and are not sent: they may have gone out since.
    pub unsure_letters: usize,
    /// New tickets have numbers above this one: none that the replaced database gave is given again.
    pub last_ticket: i64,
    /// What the check of the backup came to.
    pub verified: Verified,
}

/// Copies the database at `from` to the new file `to`, while others write: the copy is the state of one moment. It has its
/// name only once it is whole, checked and on disk.
///
/// # Errors
/// If `to` exists, something cannot be read or written, or the copy is not sound.
pub fn backup(from: &Path, to: &Path, progress: &mut dyn FnMut(Stage)) -> Result<Verified> {
    if to.symlink_metadata().is_ok() {
        bail!(StoreError::CannotCreate(format!(
            "{} exists already: name a new file, or remove it first",
            to.display()
        )));
    }
    let folder = private_file::folder(to);
    if !folder.is_dir() {
        bail!(StoreError::CannotCreate(format!(
            "there is no folder {}: make it, or name another",
            folder.display()
        )));
    }
    let part = to.with_added_extension("part");
    let verified = copy(from, &part, None, progress)?;
    // Unlike a renaming, a link never replaces a file.
    let named = fs::hard_link(&part, to).map_err(|error| {
        let path = to.display();
        StoreError::CannotCreate(format!(
            "{path} cannot be created ({error}): name a new file, on a file system that knows hard links"
        ))
    });
    fs::remove_file(&part)?;
    named?;
    sync_folder(to)?;
    Ok(verified)
}

/// Puts the backup `from` in the place of the database at `path`, which is kept aside. Automatic letters that waited in
/// the backup are settled as ambiguous, and mails from before `now` get no automatic letter any more: they may have got
/// one after the backup, and an automatic letter is sent at most once. Numbers that were given since are not given again: letters
/// with them, and the tokens in these, are out, and an answer to one must never reach another client.
///
/// # Errors
/// [`StoreError::Locked`] if a daemon uses the database; if there is no such backup, or it is not sound (then nothing has changed); if
/// something cannot be read or written.
pub fn restore(
    from: &Path,
    path: &Path,
    now: DateTime<Utc>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Restored> {
    if !from.is_file() {
        bail!(StoreError::NoBackup { path: from.to_owned() });
    }
    let _lock = open::lock(path)?;
    let part = path.with_added_extension("restoring");
    let verified = copy(from, &part, Some(path), progress)?;
    let (unsure_letters, last_ticket) = settle(&part, path, now)?;
    let aside = if path.try_exists()? { Some(keep_aside(path, now)?) } else { None };
    // A write-ahead log of the old database must not meet the new one; the copy kept aside has its own link to it.
    for tail in ["-wal", "-shm"] {
        remove(&beside(path, tail))?;
    }
    fs::rename(&part, path)?;
    sync_folder(path)?;
    Ok(Restored { aside, unsure_letters, last_ticket, verified })
}

impl Reader<'_> {
    /// When a backup was last put back. What came before may have been dealt with after the backup was made.
    pub(super) fn restored_at(&self) -> Result<Option<DateTime<Utc>>> {
        self.moment(RESTORED_AT)
    }
}

/// `path` with something behind its name that is no extension: SQLite's `-wal`.
fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A name is on disk when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(private_file::folder(path))?.sync_all()
}

/// Makes `part` a checked copy in one file, for the owner of the database whose place it takes if it takes one; removes it if that
/// fails.
fn copy(
    from: &Path,
    part: &Path,
    replaced: Option<&Path>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Verified> {
    let copied = copy_pages(from, part, replaced, progress)
        .and_then(|()| Ok(verify(part, progress)?))
        .and_then(|verified| {
            if verified.faults.is_empty() {
                return Ok(verified);
            }
            bail!(StoreError::Unsound(format!(
                "the copy of {} is not sound ({}): `askback verify` says more; keep the older backups",
                from.display(),
                verified.faults.join("; ")
            )))
        });
    if copied.is_err() {
        let _ = remove(part);
    }
    copied
}

fn copy_pages(
    from: &Path,
    part: &Path,
    replaced: Option<&Path>,
    progress: &mut dyn FnMut(Stage),
) -> Result<()> {
    let source = open::any_schema(from)?;
    let explain = |error: rusqlite::Error| StoreError::from_sqlite(&error, part);
    remove(part)?;
    match replaced {
        Some(path) => private_file::open_for_owner(part, path),
        None => private_file::open(part),
    }
    .map_err(|error| StoreError::from_io(&error, part))?;
    let mut target = open::connect(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // One moment for all pages: without it, each commit of the daemon would make the copy begin again.
    let moment = |conn: &Connection| {
        conn.execute_batch("BEGIN")?;
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    };
    moment(&source).map_err(|error| StoreError::from_sqlite(&error, from))?;
    {
        let backup = Backup::new(&source, &mut target).map_err(explain)?;
        loop {
            let step = backup.step(PAGES).map_err(explain)?;
            let pages = backup.progress();
            let [all, left] =
                [pages.pagecount, pages.remaining].map(|pages| u64::try_from(pages).unwrap_or(0));
            progress(Stage::Copied(all.saturating_sub(left), all));
            if step == StepResult::Done {
                break;
            }
            if step != StepResult::More {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
    // One file, not three; the daemon turns the log on again.
    target.execute_batch("PRAGMA journal_mode = DELETE").map_err(explain)?;
    target.close().map_err(|(_, error)| explain(error))?;
    Ok(File::open(part)?.sync_all()?)
}

/// Makes the copy ready for a world that is younger than it; `replaced` is the database whose place it takes. Gives how many
/// letters may have gone out since, and the last number of a ticket.
fn settle(part: &Path, replaced: &Path, now: DateTime<Utc>) -> Result<(usize, i64)> {
    let mut conn = open::connect(part, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let tx = conn.transaction()?;
    let settled = (settle_letters(&tx, now)?, keep_numbers_apart(&tx, replaced)?);
    let store = Tx { reader: Reader { conn: &tx } };
    store.put_moment(RESTORED_AT, now)?;
    store.event(now, EventSubject::default(), "restored", "a backup was put back")?;
    tx.commit()?;
    Ok(settled)
}

/// Settles what may have gone out since the backup.
fn settle_letters(tx: &Connection, now: DateTime<Utc>) -> rusqlite::Result<usize> {
    tx.execute(
        "UPDATE outbox
         SET state = 'ambiguous', settled_at = ?1,
             last_error = 'a backup was restored: it may have gone out after that was made'
         WHERE kind IN ('ask', 'accept') AND state IN ('waiting', 'claimed')",
        [Ms(now)],
    )
}

/// Lets the copy go on counting behind all numbers that the database at `replaced` may have given since; gives the last of a ticket.
fn keep_numbers_apart(tx: &Connection, replaced: &Path) -> Result<i64> {
    let key = Reader { conn: tx }.setting(TOKEN_KEY)?;
    // A database with another key, or none, is not what became of the one that the backup is of.
    let given = numbers_given(replaced).ok().filter(|(theirs, _)| *theirs == key).map(|(_, given)| given);
    for (at, (table, gap)) in NUMBERED.into_iter().enumerate() {
        let copied = last_number(tx, table)?;
        let last = match given.and_then(|given| given.get(at).copied()) {
            Some(given) => copied.max(given),
            None => copied + gap,
        };
        tx.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [table])?;
        tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", params![table, last])?;
    }
    Ok(last_number(tx, "ticket")?)
}

/// The token key of a database, and the last number of each of [`NUMBERED`].
fn numbers_given(path: &Path) -> Result<(Option<Vec<u8>>, [i64; NUMBERED.len()])> {
    let conn = open::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mut given = [0; NUMBERED.len()];
    for (given, (table, _)) in given.iter_mut().zip(NUMBERED) {
        *given = last_number(&conn, table)?;
    }
    Ok((Reader { conn: &conn }.setting(TOKEN_KEY)?, given))
}

fn last_number(conn: &Connection, table: &str) -> rusqlite::Result<i64> {
    let last = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
    conn.query_row(last, [table], |row| row.get(0))
}

/// Gives the database and its write-ahead log a second name; the first one stays until the new database takes it.
fn keep_aside(path: &Path, now: DateTime<Utc>) -> Result<PathBuf> {
    let aside = path.with_added_extension(now.format("before-restore-%Y%m%dT%H%M%S%3fZ").to_string());
    // Into one file, if it is well enough for that.
    if let Ok(conn) = open::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        let _ = conn.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    fs::hard_link(path, &aside).with_context(|| format!("{} cannot be created", aside.display()))?;
    let log = beside(path, "-wal");
    if log.try_exists()? {
        fs::hard_link(&log, beside(&aside, "-wal"))?;
    }
    sync_folder(path)?;
    Ok(aside)
}
