//! What the database knows of a folder, place by place: to compare it with the server (`askback reconcile`).

use super::sql::{Ms, Size, ms};
use super::{EventSubject, MailId, Reader, Tx};
use crate::imap::Listed;
use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use rusqlite::params;

/// A mail that has a place in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its UID.
    pub uid: u32,
    /// How many bytes are stored; for one without, what the server said.
    pub size: u64,
    /// INTERNALDATE, or when it was stored.
    pub received_at: DateTime<Utc>,
    /// SHA-256 of its bytes; `None` if it could never be fetched.
    pub sha256: Option<[u8; 32]>,
    /// The bytes are a placeholder: the mail is over the size limit, or discarded unfetched.
    pub placeholder: bool,
    /// Its bytes were here already.
    pub duplicate: bool,
}

impl Reader<'_> {
    /// All mails that have a place in a folder under this numbering, lowest UID first.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn places(&self, mailbox: &str, uid_validity: u32) -> Result<Vec<Place>> {
        self.rows(
            "SELECT mail.uid AS uid, mail.size AS size, received_at, raw.sha256 AS sha256,
                    over_limit IS NOT NULL AS placeholder, duplicate_of IS NOT NULL AS duplicate
             FROM mail LEFT JOIN raw ON raw.id = mail.raw
             WHERE mailbox = ?1 AND uid_validity = ?2
             ORDER BY mail.uid",
            params![mailbox, uid_validity],
            |row| {
                Ok(Place {
                    uid: row.get("uid")?,
                    size: row.get::<_, Size>("size")?.0,
                    received_at: row.get::<_, Ms>("received_at")?.0,
                    sha256: row.get("sha256")?,
                    placeholder: row.get("placeholder")?,
                    duplicate: row.get("duplicate")?,
                })
            },
        )
    }

    /// Whether these bytes are here, received or sent.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn has_bytes(&self, sha256: &[u8; 32]) -> Result<bool> {
        Ok(self.row("SELECT 1 FROM raw WHERE sha256 = ?1", [sha256], |_| Ok(()))?.is_some())
    }
}

impl Tx<'_> {
    /// Puts mails on the work list that should have been here long ago: they will get no automatic letter. Those that
    /// are on it already, and those that have a row, are left as they are.
    ///
    /// # Errors
    /// If the folder was numbered anew meanwhile, or the database cannot be written.
    pub fn want_late(&self, mailbox: &str, uid_validity: u32, mails: &[Listed]) -> Result<()> {
        ensure!(
            self.cursor(mailbox)?.is_some_and(|cursor| cursor.uid_validity == uid_validity),
            "the server has numbered the mails of {mailbox} anew meanwhile: run askback reconcile again"
        );
        for mail in mails {
            self.change(
                "INSERT INTO wanted (mailbox, uid_validity, uid, size, internal_date, late)
                 SELECT ?1, ?2, ?3, ?4, ?5, 1
                 WHERE NOT EXISTS (SELECT 1 FROM mail WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3)
                 ON CONFLICT DO NOTHING",
                params![mailbox, uid_validity, mail.uid, Size(mail.size), ms(mail.internal_date)],
            )?;
        }
        Ok(())
    }

    /// The place of a stored mail is another mail's now: the stored one keeps its row and gives up the place, so that the
    /// other can be stored. Nothing is told to the server about it any more.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn displace(&self, mailbox: &str, uid_validity: u32, uid: u32, now: DateTime<Utc>) -> Result<()> {
        let displaced = self.row(
            "SELECT id
             FROM mail
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
            params![mailbox, uid_validity, uid],
            |row| row.get::<_, MailId>(0),
        )?;
        displaced.map_or(Ok(()), |id| self.leave_place(id))?;
        self.confirmed(mailbox, uid_validity, &[uid])?;
        let subject = EventSubject { mail: displaced, ..EventSubject::default() };
        let detail = format!("UID {uid} of {mailbox} is another mail on the server now");
        self.event(now, subject, "displaced", &detail)
    }
}
