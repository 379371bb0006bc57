//! TCP and TLS connections with timeouts on every step: what IMAP and SMTP stand on.

use std::path::PathBuf;

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The system's roots.
    System,
    /// Only the authorities in this PEM file.
    CaFile(PathBuf),
}
