//! Small values that belong to this database: the secret of its tokens.

use super::{Reader, Tx};
use anyhow::Result;

impl Reader<'_> {
    /// The value of a key.
    pub fn setting(&self, _key: &str) -> Result<Option<Vec<u8>>> {
        anyhow::bail!("being written")
    }
}

impl Tx<'_> {
    /// The value of a key; made and stored at the first use.
    pub fn setting_or_insert(&self, _key: &str, _make: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>> {
        anyhow::bail!("being written")
    }
}
