//! Small values that belong to this database: the secret of its tokens.

use super::{Reader, Tx};
use anyhow::Result;
use rusqlite::params;

impl Reader<'_> {
    /// The value of a key.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn setting(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.row(
            "SELECT value
             FROM setting
             WHERE key = ?1",
            [key],
            |row| row.get(0),
        )
    }
}

impl Tx<'_> {
    /// The value of a key; made and stored at the first use.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn setting_or_insert(&self, key: &str, make: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>> {
        if let Some(value) = self.setting(key)? {
            return Ok(value);
        }
        let value = make();
        self.change(
            "INSERT INTO setting (key, value)
             VALUES (?1, ?2)",
            params![key, value],
        )?;
        Ok(value)
    }
}
