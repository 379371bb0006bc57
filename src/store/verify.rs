//! Is the database whole? SQLite looks at its pages and indices, we at the bytes of each mail and at what tables say of
//! each other. SQLite has no checksums of pages: what a mail says is held by its SHA-256, the rest by structure only.

use super::{MailId, Reader, StoreError, open};
use anyhow::Result;
use rusqlite::Connection;
use std::path::Path;

/// So many faults of one kind are told; with more, the database is to be restored anyway.
const FAULTS: usize = 100;

/// What tables say of each other, beyond foreign keys: a query for numbers of rows that contradict, and what that means.
const CONTRADICTIONS: [(&str, &str); 2] = [
    (
        "SELECT uid
         FROM unconfirmed
         WHERE NOT EXISTS (
             SELECT 1 FROM mail
             WHERE mail.mailbox = unconfirmed.mailbox AND mail.uid_validity = unconfirmed.uid_validity
                   AND mail.uid = unconfirmed.uid)
         LIMIT ?1",
        "a mail is to be marked as read on the server and is not stored, UID",
    ),
    (
        "SELECT mail.id
         FROM mail JOIN raw ON raw.id = mail.raw
         WHERE mail.direction = 'in' AND mail.size <> raw.size
         LIMIT ?1",
        "a mail does not have the size of its bytes, mail",
    ),
];

/// How far a check or a copy of the database has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// So many pages are copied, and of how many.
    Copied(u64, u64),
    /// Pages, indices and references are looked at: nobody knows how far.
    Structure,
    /// So many mails are checked, and of how many.
    Checked(u64, u64),
}

/// What a check has come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many distinct mails, in and out, have the SHA-256 that they were stored with.
    pub sound: u64,
    /// What is wrong, in words. Empty: the database is whole.
    pub faults: Vec<String>,
}

/// Checks the database at `path`, also one that an older askback wrote. `progress` is told how far that is.
///
/// # Errors
/// [`StoreError`] if the file is not a database of askback or cannot be opened. Damage inside is no error but a fault.
pub fn verify(path: &Path, progress: &mut dyn FnMut(Stage)) -> Result<Verified, StoreError> {
    let conn = open::any_schema(path)?;
    let mut verified = Verified::default();
    let reader = Reader { conn: &conn };
    progress(Stage::Structure);
    for check in [structure, references] {
        match check(&conn) {
            Ok(faults) => verified.faults.extend(faults),
            Err(error) => verified.faults.push(format!("{error:#}")),
        }
    }
    if let Err(error) = reader.verify_bytes(&mut verified, progress) {
        verified.faults.push(format!("{error:#}"));
    }
    Ok(verified)
}

/// Pages, rows and indices.
fn structure(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare("PRAGMA integrity_check(100)")?;
    let lines = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").map(|line| format!("SQLite: {line}")).collect())
}

/// What one table says of another.
fn references(conn: &Connection) -> Result<Vec<String>> {
    let mut statement = conn.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    let mut faults = Vec::new();
    while let (Some(row), true) = (rows.next()?, faults.len() < FAULTS) {
        let (from, to): (String, String) = (row.get("table")?, row.get("parent")?);
        faults.push(format!("a row of {from} names a row of {to} that is not there"));
    }
    for (query, what) in CONTRADICTIONS {
        let mut statement = conn.prepare(query)?;
        let found = statement.query_map([super::sql::limit(FAULTS)], |row| row.get::<_, i64>(0))?;
        for number in found {
            faults.push(format!("{what} {}", number?));
        }
    }
    Ok(faults)
}

impl Reader<'_> {
    /// Reads every mail and compares it with its SHA-256, one in memory at a time.
    fn verify_bytes(&self, verified: &mut Verified, progress: &mut dyn FnMut(Stage)) -> Result<()> {
        let total =
            self.row("SELECT count(*) FROM raw", [], |row| row.get::<_, u32>(0))?.map_or(0, u64::from);
        let (mut last, mut done) = (0_i64, 0);
        loop {
            // Page by page: a long read would keep the write-ahead log from being reset.
            let page =
                self.rows("SELECT id FROM raw WHERE id > ?1 ORDER BY id LIMIT 100", [last], |row| {
                    row.get(0)
                })?;
            if page.is_empty() {
                return Ok(());
            }
            for raw in page {
                last = raw;
                match self.kept(raw).and_then(|kept| self.each_frame(&kept, |_| Ok(()))) {
                    Ok(()) => verified.sound += 1,
                    Err(error) => verified.faults.push(format!("{}: {error:#}", self.who_has(raw))),
                }
                done += 1;
                progress(Stage::Checked(done, total));
            }
        }
    }

    /// Whose bytes these are, for people.
    fn who_has(&self, raw: i64) -> String {
        let mail =
            self.row("SELECT id FROM mail WHERE raw = ?1 ORDER BY id", [raw], |row| row.get::<_, MailId>(0));
        match mail {
            Ok(Some(id)) => format!("mail {id}"),
            Ok(None) | Err(_) => format!("the stored bytes no. {raw}"),
        }
    }
}
