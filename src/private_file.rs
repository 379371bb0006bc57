//! Files that only their owner may read, and what the system says of files.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Result};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
use std::path::Path;

/// Opens or creates a file that only its owner may read.
pub(crate) fn open(path: &Path) -> Result<File> {
    options().create(true).open(path)
}

/// The same for the daemon, which is not root: what root creates belongs to the owner of `of`, or of its folder if that is not
/// there, or is root's, who has copied it there. (SQLite does so with its files.) What is there already keeps its owner: it could
/// be another's file by a link.
pub(crate) fn open_for_owner(path: &Path, of: &Path) -> Result<File> {
    match options().create_new(true).open(path) {
        Ok(file) => {
            let theirs = fs::metadata(of).ok().filter(|of| of.uid() != 0 || of.is_dir());
            let theirs = theirs.map_or_else(|| fs::metadata(folder(of)), Ok)?;
            let own = file.metadata()?;
            if (own.uid(), own.gid()) != (theirs.uid(), theirs.gid()) {
                // Only root can, and only root needs to.
                let _ = fchown(&file, Some(theirs.uid()), Some(theirs.gid()));
            }
            Ok(file)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => open(path),
        Err(error) => Err(error),
    }
}

/// The folder of a file; that of a bare name is the current one.
pub(crate) fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The system's words for an error without Rust's `(os error 2)`.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).truncate(false).mode(0o600);
    options
}
