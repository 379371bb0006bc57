//! Opening the database: who may, with which settings, and bringing an older schema up to date.

use super::StoreError;
use crate::{failpoint, private_file};
use rusqlite::config::DbConfig;
use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::{Batch, Connection, OpenFlags};
use std::fs::{DirBuilder, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The schema, step by step: the n-th brings a database from version n-1 to n (`PRAGMA user_version`).
pub(super) const MIGRATIONS: [&str; 13] = [
    include_str!("migrations/0001_start.sql"),
    include_str!("migrations/0002_told.sql"),
    include_str!("migrations/0003_answers.sql"),
    include_str!("migrations/0004_clients.sql"),
    include_str!("migrations/0005_late.sql"),
    include_str!("migrations/0006_places.sql"),
    include_str!("migrations/0007_checks.sql"),
    include_str!("migrations/0008_reopened.sql"),
    include_str!("migrations/0009_first_contact.sql"),
    include_str!("migrations/0010_overtaken.sql"),
    include_str!("migrations/0011_waiting.sql"),
    include_str!("migrations/0012_copied.sql"),
    include_str!("migrations/0013_turns.sql"),
];
/// The newest schema that this program knows.
#[expect(clippy::cast_possible_truncation, reason = "a handful")]
const KNOWN: u32 = MIGRATIONS.len() as u32;
/// `PRAGMA application_id` of our databases: "askb".
const APPLICATION: i64 = 0x6173_6b62;
/// How many statements a connection keeps prepared: all that there are.
const STATEMENTS: usize = 128;

/// Only letters of the path itself: no URI parameters from a configuration. Connections stay on one thread at a time.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_NO_MUTEX.union(OpenFlags::SQLITE_OPEN_EXRESCODE);

/// Excludes a second daemon until it is dropped. The kernel gives it back even after `kill -9`.
pub(super) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // A process that is being started just now still shares the file: closing it would not be enough.
        let _ = self.0.unlock();
    }
}

/// Takes the lock of the database at `path`.
pub(super) fn lock(path: &Path) -> Result<Lock, StoreError> {
    if path.is_dir() {
        return Err(StoreError::Folder { path: path.to_owned() });
    }
    let folder = private_file::folder(path);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| StoreError::from_io(&error, folder))?;
    let name = lock_file(path);
    let file =
        private_file::open_for_owner(&name, path).map_err(|error| StoreError::from_io(&error, &name))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(StoreError::from_io(&error, &name)),
    }
}

fn lock_file(path: &Path) -> PathBuf {
    path.with_added_extension("lock")
}

/// Whether the lock of the database at `path` is taken; `None`: that cannot be told.
pub(super) fn is_locked(path: &Path) -> Option<bool> {
    let file = match File::open(lock_file(path)) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Some(false),
        Err(_) => return None,
    };
    match file.try_lock_shared() {
        // Closing the file gives it back.
        Ok(()) => Some(false),
        Err(TryLockError::WouldBlock) => Some(true),
        Err(TryLockError::Error(_)) => None,
    }
}

/// The daemon's connection: creates the database, or brings it up to date.
pub(super) fn daemon(path: &Path) -> Result<Connection, StoreError> {
    private_file::open_for_owner(path, path).map_err(|error| StoreError::from_io(&error, path))?;
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let found = version(&conn, path)?;
    writes(&conn)
        .and_then(|()| conn.busy_timeout(Duration::from_secs(5)))
        .and_then(|()| migrate(&mut conn, found, &MIGRATIONS))
        .map_err(|error| StoreError::from_sqlite(&error, path))?;
    Ok(conn)
}

/// The connection of a command that changes something beside the daemon.
pub(super) fn operator(path: &Path) -> Result<Connection, StoreError> {
    let mut conn = current(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A busy daemon leaves gaps of microseconds between its transactions, so knock often, for about 3 s.
    let knock = |tries: i32| {
        std::thread::sleep(Duration::from_millis(1));
        tries < 3000
    };
    writes(&conn)
        .and_then(|()| conn.busy_handler(Some(knock)))
        .map_err(|error| StoreError::from_sqlite(&error, path))?;
    Ok(conn)
}

/// A connection to read from.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let conn = current(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    // What is read is mostly bytes of mails, once.
    conn.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -500")
        .map_err(|error| StoreError::from_sqlite(&error, path))?;
    Ok(conn)
}

/// A connection to read from, whatever askback up to this one wrote the database: to check and to copy it.
pub(super) fn any_schema(path: &Path) -> Result<Connection, StoreError> {
    is_there(path)?;
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    match version(&conn, path)? {
        0 => Err(StoreError::NotOurs { path: path.to_owned() }),
        _ => Ok(conn),
    }
}

/// Whether something is there that can be a database.
fn is_there(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        Err(StoreError::Folder { path: path.to_owned() })
    } else if path.try_exists().map_err(|error| StoreError::from_io(&error, path))? {
        Ok(())
    } else {
        Err(StoreError::Missing { path: path.to_owned() })
    }
}

/// Opens a database that must have the schema of this program.
fn current(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    is_there(path)?;
    let conn = connect(path, access)?;
    match version(&conn, path)? {
        0 => Err(StoreError::Missing { path: path.to_owned() }),
        KNOWN => Ok(conn),
        found => Err(StoreError::Older { path: path.to_owned(), found, known: KNOWN }),
    }
}

/// A connection with the settings that all have.
pub(super) fn connect(path: &Path, access: OpenFlags) -> Result<Connection, StoreError> {
    let settings = |conn: &Connection| {
        conn.set_prepared_statement_cache_capacity(STATEMENTS);
        // Otherwise every use of a kept statement whose plan might depend on its values compiles it anew.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.execute_batch(
            "PRAGMA page_size = 16384;   -- before the first table; a mail fits on one or two pages
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA mmap_size = 0;       -- an I/O error must be an error, not a SIGBUS",
        )
    };
    Connection::open_with_flags(path, access | FLAGS)
        .and_then(|conn| settings(&conn).map(|()| conn))
        .map_err(|error| StoreError::from_sqlite(&error, path))
}

/// Settings of a connection that writes.
fn writes(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;          -- what is committed survives a power failure
         PRAGMA wal_autocheckpoint = 4000;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -2000;
         PRAGMA temp_store = MEMORY;         -- savepoints copy pages: into memory, not into a file",
    )
}

/// The schema of the file: 0 if it is empty.
fn version(conn: &Connection, path: &Path) -> Result<u32, StoreError> {
    let number = |sql: &str| {
        conn.query_row(sql, [], |row| row.get::<_, i64>(0))
            .map_err(|error| StoreError::from_sqlite(&error, path))
    };
    let empty = number("SELECT count(*) FROM sqlite_schema")? == 0;
    let found = u32::try_from(number("PRAGMA user_version")?).ok();
    match found {
        Some(0) if empty => Ok(0),
        Some(found) if found > 0 && number("PRAGMA application_id")? == APPLICATION => {
            if found > KNOWN {
                return Err(StoreError::Newer { path: path.to_owned(), found, known: KNOWN });
            }
            Ok(found)
        }
        _ => Err(StoreError::NotOurs { path: path.to_owned() }),
    }
}

/// Each step with its version in one transaction: a crash leaves a schema that is whole.
pub(super) fn migrate(conn: &mut Connection, found: u32, steps: &[&str]) -> rusqlite::Result<()> {
    for (version, step) in (1..).zip(steps).filter(|(version, _)| *version > found) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut statements = Batch::new(&tx, step);
        while let Some(mut statement) = statements.next()? {
            failpoint::hit("migrate.statement");
            statement.execute([])?;
        }
        tx.pragma_update(None, "user_version", version)?;
        failpoint::hit("migrate.statement");
        tx.commit()?;
        failpoint::hit("migrate.committed");
    }
    Ok(())
}
