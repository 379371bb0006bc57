//! Small values that belong to this database: the secret of its tokens, moments.

use super::sql::Ms;
use super::{Reader, Tx};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::params;

/// The setting with the secret of this database's tokens.
pub const TOKEN_KEY: &str = "token-key";

impl Reader<'_> {
    /// The value of a key.
    pub fn setting(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.row(
            "SELECT value
             FROM setting
             WHERE key = ?1",
            [key],
            |row| row.get(0),
        )
    }

    /// A moment that was put down under a key.
    pub fn moment(&self, key: &str) -> Result<Option<DateTime<Utc>>> {
        self.row("SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM setting WHERE key = ?1", [key], |row| {
            row.get::<_, Ms>(0)
        })
        .map(|at| at.map(|at| at.0))
    }
}

impl Tx<'_> {
    /// Puts a moment down under a key, in the place of an earlier one.
    pub fn put_moment(&self, key: &str, at: DateTime<Utc>) -> Result<()> {
        self.change(
            "INSERT INTO setting (key, value)
             VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            params![key, at.timestamp_millis().to_string().into_bytes()],
        )?;
        Ok(())
    }

    /// The value of a key; made and stored at the first use.
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
