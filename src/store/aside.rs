//! The frames of a large mail, from the first that comes until their transaction: in a file without a name beside the
//! database. The kernel takes it back when it is closed, however askback ends.

use super::{StoreError, Tx};
use crate::mail::packed::Frames;
use anyhow::{Context as _, Result};
use std::borrow::Cow;
use std::fs::{File, OpenOptions, remove_file};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// As much of it is in memory at a time.
const WEIGHT: usize = 1 << 20;

/// Frames on the disk and not in the database.
#[derive(Debug)]
pub struct Aside {
    file: File,
    /// The name that it had, for errors.
    path: PathBuf,
    /// Where each frame ends.
    ends: Vec<u64>,
}

impl Aside {
    /// An empty one, for the database at `path`.
    pub(super) fn new(path: &Path) -> Result<Self, StoreError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = path.with_added_extension(format!("aside-{}-{number}", std::process::id()));
        let nameless = || {
            let file = OpenOptions::new().create_new(true).read(true).write(true).mode(0o600).open(&path)?;
            remove_file(&path)?;
            Ok(file)
        };
        let file = nameless().map_err(|error| StoreError::from_io(&error, &path))?;
        Ok(Self { file, path, ends: Vec::new() })
    }

    fn end(&self) -> u64 {
        self.ends.last().copied().unwrap_or_default()
    }
}

impl Tx<'_> {
    /// A place for the frames of a letter that may be too large for memory, until [`Tx::enqueue`] has taken it.
    ///
    /// # Errors
    /// If there can be no file beside the database.
    pub fn aside(&self) -> Result<Aside> {
        let path = self.conn.path().context("a database without a file")?;
        Ok(Aside::new(Path::new(path))?)
    }
}

impl Frames for Aside {
    fn put(&mut self, frame: Vec<u8>) -> Result<()> {
        let at = self.end();
        self.file.write_all_at(&frame, at).map_err(|error| StoreError::from_io(&error, &self.path))?;
        self.ends.push(at + frame.len() as u64);
        Ok(())
    }

    fn get(&self, number: usize) -> Result<Option<Cow<'_, [u8]>>> {
        let Some(end) = self.ends.get(number) else { return Ok(None) };
        let at = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let mut frame = vec![0; usize::try_from(end - at)?];
        self.file.read_exact_at(&mut frame, at).map_err(|error| StoreError::from_io(&error, &self.path))?;
        Ok(Some(frame.into()))
    }

    fn weight(&self) -> usize {
        WEIGHT
    }
}
