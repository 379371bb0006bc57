//! [`KeptFile`]: the refresh token that the server gave last, on disk beside the database, for nobody's eyes but ours.

use crate::net::Secret;
use crate::private_file;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// No file of ours is larger. So much room is also made before a request, so that a full disk shows before the server has
/// given a new token.
const ROOM: usize = 32 << 10;

/// How long to wait for another askback (`doctor` beside the daemon) that is at it.
const LOCK_WITHIN: Duration = Duration::from_secs(60);

/// What is known of a refresh token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// SHA-256 of the refresh token that the operator had put there when this one was given: another one means that this
    /// one is out of date.
    pub grown_from: String,
    /// The token.
    #[serde(with = "exposed")]
    pub refresh_token: Secret,
    /// Since when we have had it.
    pub since: DateTime<Utc>,
    /// When it ends, if the server has told that.
    pub ends: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("since", &self.since).field("ends", &self.ends).finish_non_exhaustive()
    }
}

/// The only place where a secret is written out.
mod exposed {
    use crate::net::Secret;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(secret: &Secret, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        String::deserialize(from).map(Secret::new)
    }
}

/// By what [`Kept::grown_from`] knows the operator's token.
pub(super) fn fingerprint(first: &Secret) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(first.expose().as_bytes()))
}

/// The file, `askback.db.oauth-NAME`. All that belongs to one exchange happens under a lock of its own.
#[derive(Clone, Debug)]
pub struct KeptFile {
    path: PathBuf,
}

/// Nobody else exchanges this token for another as long as this lives.
pub(super) struct Locked {
    _file: File,
}

impl KeptFile {
    /// The file at `path`.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the next one is written.
    fn draft_path(&self) -> PathBuf {
        self.path.with_added_extension("new")
    }

    /// Waits for its turn. Blocks: not for async code.
    pub(super) fn lock(&self) -> io::Result<Locked> {
        let file = self.ours(&self.path.with_added_extension("lock"))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Locked { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOCK_WITHIN => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(io::Error::other("another askback is using it and does not end"));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }

    /// What is kept, if it has grown from `first`; `None` if there is nothing, or the operator has put a new token there.
    ///
    /// # Errors
    /// The file is there and cannot be read, or is not what was written.
    pub fn read(&self, first: &Secret) -> io::Result<Option<Kept>> {
        let mut text = Vec::new();
        match File::open(&self.path) {
            Ok(file) => file.take(2 * ROOM as u64).read_to_end(&mut text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        // serde's words could quote the token.
        let kept: Kept = serde_json::from_slice(&text)
            .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not what askback wrote"))?;
        Ok((kept.grown_from == fingerprint(first)).then_some(kept))
    }

    /// Ends a [`KeptFile::write`] in whose middle an askback died: a draft that is whole is the latest token.
    pub(super) fn recover(&self, first: &Secret) -> io::Result<()> {
        let draft = Self::new(&self.draft_path());
        match draft.read(first) {
            Ok(Some(kept)) => self.write(&kept),
            Ok(None) | Err(_) => Ok(()),
        }
    }

    /// Makes room for what the server may give, so that there is no surprise afterwards.
    pub(super) fn make_room(&self) -> io::Result<()> {
        let mut draft = self.draft()?;
        draft.write_all(&[b' '; ROOM])?;
        draft.sync_all()
    }

    /// Puts a token there, whole or not at all, on disk when this returns.
    pub(super) fn write(&self, kept: &Kept) -> io::Result<()> {
        let mut text = serde_json::to_vec(kept).map_err(io::Error::other)?;
        text.push(b'\n');
        let draft = self.draft()?;
        // Over the room that was made, then cut to its length: no new blocks are needed.
        (&draft).write_all(&text)?;
        draft.set_len(text.len() as u64)?;
        draft.sync_all()?;
        fs::rename(self.draft_path(), &self.path)?;
        File::open(private_file::folder(&self.path))?.sync_all()
    }

    /// Takes the room back that was not needed.
    pub(super) fn tidy(&self) {
        let _ = fs::remove_file(self.draft_path());
    }

    fn draft(&self) -> io::Result<File> {
        self.ours(&self.draft_path())
    }

    /// A file of the daemon's, also where `doctor` runs as root beside it.
    fn ours(&self, path: &Path) -> io::Result<File> {
        private_file::open_for_owner(path, private_file::folder(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    fn kept(first: &Secret, token: &str) -> Kept {
        let since = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
        Kept { grown_from: fingerprint(first), refresh_token: Secret::new(token), since, ends: None }
    }

    #[test]
    fn a_token_is_kept_until_the_operator_puts_another_first_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile::new(&folder.path().join("askback.db.oauth-x"));
        let (first, other) = (Secret::new("first"), Secret::new("other"));
        assert_eq!(file.read(&first).unwrap(), None);
        file.make_room().unwrap();
        file.write(&kept(&first, "second")).unwrap();
        file.make_room().unwrap();
        file.write(&kept(&first, "third")).unwrap();
        assert_eq!(file.read(&first).unwrap(), Some(kept(&first, "third")));
        assert_eq!(file.read(&other).unwrap(), None);
        assert_eq!(fs::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        file.make_room().unwrap();
        file.tidy();
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["askback.db.oauth-x"]);
        assert!(!format!("{:?}", kept(&first, "third")).contains("third"));
    }

    #[test]
    fn a_token_that_was_written_but_not_yet_in_its_place_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile::new(&folder.path().join("askback.db.oauth-x"));
        let first = Secret::new("first");
        file.write(&kept(&first, "second")).unwrap();
        let whole = serde_json::to_string(&kept(&first, "third")).unwrap();
        for (draft, expect) in
            [(whole.get(..20).unwrap(), "second"), ("    ", "second"), (&format!("{whole}    "), "third")]
        {
            fs::write(file.draft_path(), draft).unwrap();
            file.recover(&first).unwrap();
            assert_eq!(file.read(&first).unwrap(), Some(kept(&first, expect)), "{draft:?}");
        }
    }

    #[test]
    fn a_damaged_file_is_an_error_without_the_token() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile::new(&folder.path().join("askback.db.oauth-x"));
        fs::write(file.path(), r#"{"refresh_token": "s3cret", "since": 5}"#).unwrap();
        assert_eq!(file.read(&Secret::new("first")).unwrap_err().to_string(), "it is not what askback wrote");
    }

    /// Beside a daemon that runs as somebody else; only root can try it.
    #[test]
    fn what_root_makes_belongs_to_the_owner_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        if std::os::unix::fs::chown(folder.path(), Some(65534), Some(65534)).is_err() {
            println!("not root: not tried");
            return;
        }
        let file = KeptFile::new(&folder.path().join("askback.db.oauth-x"));
        drop(file.lock().unwrap());
        file.make_room().unwrap();
        file.write(&kept(&Secret::new("first"), "second")).unwrap();
        let owners: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().uid())
            .collect();
        assert_eq!(owners, [65534, 65534]);
    }

    #[test]
    fn only_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeptFile::new(&folder.path().join("askback.db.oauth-x"));
        let locked = file.lock().unwrap();
        let other = file.clone();
        let waiting = std::thread::spawn(move || other.lock().map(|_| Instant::now()));
        std::thread::sleep(Duration::from_millis(50));
        let let_go = Instant::now();
        drop(locked);
        assert!(waiting.join().unwrap().unwrap() >= let_go);
    }
}
