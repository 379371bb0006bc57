//! What can be wrong with the database as a whole, in words that name the remedy.

use super::Reader;
use crate::private_file;
use rusqlite::ErrorCode;
use rustix::fs::StatVfs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why the database cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another daemon has the lock.
    #[error(
        "{} is in use by another askback daemon: stop that one first (systemctl status askback shows it), or give \
         this one its own database", path.display()
    )]
    Locked {
        /// The database.
        path: PathBuf,
    },
    /// There is no database yet, and only the daemon creates one.
    #[error("{} does not exist: start the daemon once (askback run), it creates the database", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// Written by a newer askback.
    #[error(
        "{} has schema {found}, this askback knows schemas up to {known}: install the newer askback again, or restore \
         the backup made before the upgrade", path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Schema of the file.
        found: u32,
        /// Newest schema of this program.
        known: u32,
    },
    /// Written by an older askback, and only the daemon migrates.
    #[error("{} has schema {found}, this askback needs {known}: restart the daemon, it migrates the database", path.display())]
    Older {
        /// The database.
        path: PathBuf,
        /// Schema of the file.
        found: u32,
        /// Schema that this program needs.
        known: u32,
    },
    /// Some other file.
    #[error("{} is not a database of askback: check its path, and if that is right, `askback restore` the last good backup in its place", path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A folder.
    #[error("{} is a folder: name a file in it, as {}", path.display(), path.join("askback.db").display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The user may not read or write it.
    #[error(
        "{}: no right to use it ({why}): run as the user of the daemon, or correct owner and mode of the file and its folder",
        path.display()
    )]
    Rights {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// No room.
    #[error("the disk of the database is full: make room; nothing is lost, what failed is tried again")]
    Full,
    /// Another process writes for too long.
    #[error(
        "another process keeps the database busy: try again; if it stays so, look for a hanging askback command"
    )]
    Busy,
    /// No memory.
    #[error(
        "there is no memory left for the database: free some; nothing is lost, what failed is tried again"
    )]
    NoMemory,
    /// The file is damaged.
    #[error("the database is damaged ({0}): stop the daemon, keep the files, restore the last backup")]
    Damaged(String),
    /// Reading or writing failed.
    #[error("the database cannot be read or written ({0}): check the disk (dmesg) and the file system")]
    Io(String),
    /// A copy cannot be put where it should be.
    #[error("{0}")]
    CannotCreate(String),
    /// A copy is not sound, and was removed.
    #[error("{0}")]
    Unsound(String),
    /// There is no such backup.
    #[error("there is no file {}: name one that `askback backup` has made", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
    },
    /// The writer has ended.
    #[error("the database has been closed")]
    Closed,
}

impl StoreError {
    /// Whether the database has failed, and not only what it keeps is damaged: within a transaction no error has its remedy yet.
    #[must_use]
    pub fn is_behind(error: &anyhow::Error) -> bool {
        error.is::<Self>() || error.is::<rusqlite::Error>()
    }

    /// Whether an error of the database at `path` passes, whatever was read: the same may succeed the next time.
    pub(super) fn passes(error: &anyhow::Error, path: &Path) -> bool {
        let of_sqlite = || Self::of_the_whole(error.downcast_ref::<rusqlite::Error>()?, path);
        let whole = error.downcast_ref::<Self>().cloned().or_else(of_sqlite);
        matches!(whole, Some(Self::Full | Self::Busy | Self::NoMemory))
    }

    /// What this error of SQLite says about the database at `path` as a whole.
    pub(super) fn from_sqlite(error: &rusqlite::Error, path: &Path) -> Self {
        Self::of_the_whole(error, path).unwrap_or_else(|| Self::Io(error.to_string()))
    }

    /// `None` if only the one statement is wrong.
    fn of_the_whole(error: &rusqlite::Error, path: &Path) -> Option<Self> {
        let code = error.sqlite_error_code()?;
        let is = |codes: &[ErrorCode]| codes.contains(&code);
        if is(&[ErrorCode::DiskFull]) {
            Some(Self::Full)
        } else if is(&[ErrorCode::DatabaseBusy, ErrorCode::DatabaseLocked]) {
            Some(Self::Busy)
        } else if is(&[ErrorCode::OutOfMemory]) {
            Some(Self::NoMemory)
        } else if is(&[ErrorCode::DatabaseCorrupt]) {
            Some(Self::Damaged(error.to_string()))
        } else if is(&[ErrorCode::NotADatabase]) {
            Some(Self::NotOurs { path: path.to_owned() })
        } else if is(&[ErrorCode::CannotOpen, ErrorCode::PermissionDenied, ErrorCode::ReadOnly]) {
            Some(Self::Rights { path: path.to_owned(), why: error.to_string() })
        } else if is(&[ErrorCode::SystemIoFailure]) {
            // SQLite says so as well where a file that it shares between processes cannot grow.
            let disk = rustix::fs::statvfs(private_file::folder(path));
            Some(if disk.is_ok_and(|disk| is_full(&disk)) { Self::Full } else { Self::Io(error.to_string()) })
        } else {
            None
        }
    }

    /// What this error of the file system says about `path`.
    pub(super) fn from_io(error: &std::io::Error, path: &Path) -> Self {
        let is = |kinds: &[ErrorKind]| kinds.contains(&error.kind());
        if is(&[ErrorKind::PermissionDenied, ErrorKind::ReadOnlyFilesystem]) {
            Self::Rights { path: path.to_owned(), why: error.to_string() }
        } else if is(&[ErrorKind::StorageFull, ErrorKind::QuotaExceeded]) {
            Self::Full
        } else if is(&[ErrorKind::NotADirectory, ErrorKind::InvalidFilename])
            || is(&[ErrorKind::AlreadyExists]) && path.is_file()
        {
            // A file where a folder should be, or no name for one.
            Self::NotOurs { path: path.to_owned() }
        } else {
            Self::Io(format!("{}: {error}", path.display()))
        }
    }

    /// Puts the remedy in front of an error of SQLite that concerns the whole database. Callers that branch find the
    /// [`StoreError`] by `downcast_ref`.
    pub(super) fn explain(error: anyhow::Error, path: &Path) -> anyhow::Error {
        if error.downcast_ref::<Self>().is_some() {
            return error;
        }
        match error.downcast_ref::<rusqlite::Error>().and_then(|sqlite| Self::of_the_whole(sqlite, path)) {
            Some(whole) => error.context(whole),
            None => error,
        }
    }
}

impl Reader<'_> {
    /// Whether what failed here may succeed the next time, whatever was read: no mail is to blame.
    #[must_use]
    pub fn passes(&self, error: &anyhow::Error) -> bool {
        StoreError::passes(error, Path::new(self.conn.path().unwrap_or_default()))
    }
}

/// Whether there is no room for anybody but root. (Of no blocks at all, nothing can be told.)
const fn is_full(disk: &StatVfs) -> bool {
    disk.f_blocks > 0 && disk.f_bavail == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi::{
        SQLITE_BUSY, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_IOERR, SQLITE_LOCKED, SQLITE_NOMEM,
    };

    /// No mail is to blame for it.
    #[test]
    fn a_lack_of_memory_concerns_the_whole_database() {
        let error =
            rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOMEM), None);
        let told = StoreError::explain(error.into(), Path::new("askback.db"));
        assert!(told.is::<StoreError>(), "{told:#}");
    }

    /// A page that cannot be read today cannot be read tomorrow.
    #[test]
    fn only_what_may_succeed_the_next_time_passes() {
        let folder = tempfile::tempdir().unwrap();
        let passes = |code| {
            let error = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            StoreError::passes(
                &anyhow::Error::from(error).context("mail 1"),
                &folder.path().join("askback.db"),
            )
        };
        assert!([SQLITE_BUSY, SQLITE_LOCKED, SQLITE_FULL, SQLITE_NOMEM].into_iter().all(passes));
        assert!(![SQLITE_CORRUPT, SQLITE_IOERR].into_iter().any(passes));
        assert!(StoreError::passes(&StoreError::Busy.into(), folder.path()));
        assert!(!StoreError::passes(&anyhow::anyhow!("other bytes"), folder.path()));
    }

    #[test]
    fn a_failure_on_a_full_disk_is_told_from_one_of_the_disk() {
        let mut disk = rustix::fs::statvfs("/").unwrap();
        (disk.f_blocks, disk.f_bavail) = (1000, 1);
        assert!(!is_full(&disk));
        disk.f_bavail = 0;
        assert!(is_full(&disk));
        disk.f_blocks = 0;
        assert!(!is_full(&disk), "a file system without blocks");
    }
}
