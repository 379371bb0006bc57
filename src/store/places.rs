//! What the database knows of a folder, place by place: to compare it with what the server lists.

use super::sql::{Ms, Size, ms};
use super::{MailId, Reader, Tx};
use crate::imap::Listed;
use crate::mail::MailKey;
use anyhow::{Result, ensure};
use chrono::{DateTime, Utc};
use rusqlite::params;

/// A place in a folder whose mail we know: as the server tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownPlace {
    /// Its UID.
    pub uid: u32,
    /// The mail; `None` for a copy of our letter.
    pub mail: Option<MailId>,
    /// RFC822.SIZE; if none is known, how many bytes the mail has.
    pub size: u64,
    /// INTERNALDATE, or when it was stored.
    pub received_at: DateTime<Utc>,
    /// Its bytes are here; otherwise they could never be fetched.
    pub stored: bool,
    /// Its bytes were here already: the mail has come twice, or it is a copy of our letter.
    pub duplicate: bool,
}

impl Reader<'_> {
    /// All mails that have a place in a folder under this numbering, lowest UID first.
    pub fn places(&self, mailbox: &str, uid_validity: u32) -> Result<Vec<KnownPlace>> {
        self.rows(
            "SELECT uid, mail, size, received_at, mail IS NULL OR raw IS NOT NULL AS stored, duplicate
             FROM place
             WHERE mailbox = ?1 AND uid_validity = ?2
             ORDER BY uid",
            params![mailbox, uid_validity],
            |row| {
                Ok(KnownPlace {
                    uid: row.get("uid")?,
                    mail: row.get("mail")?,
                    size: row.get::<_, Size>("size")?.0,
                    received_at: row.get::<_, Ms>("received_at")?.0,
                    stored: row.get("stored")?,
                    duplicate: row.get("duplicate")?,
                })
            },
        )
    }

    /// Whether these bytes are here, received or sent.
    pub fn has_bytes(&self, sha256: &[u8; 32]) -> Result<bool> {
        Ok(self.row("SELECT 1 FROM raw WHERE sha256 = ?1", [sha256], |_| Ok(()))?.is_some())
    }
}

impl Tx<'_> {
    /// Puts mails on the work list that should have been here long ago: they will get no automatic letter. Those that
    /// are on it already, and those that are here or held as the server tells them, are left as they are.
    ///
    /// # Errors
    /// If the folder was numbered anew meanwhile, or the database cannot be written.
    pub fn want_late(&self, mailbox: &str, uid_validity: u32, mails: &[Listed]) -> Result<()> {
        ensure!(
            self.cursor(mailbox)?.is_some_and(|cursor| cursor.uid_validity == uid_validity),
            "the server has numbered the mails of {mailbox} anew meanwhile: run askback reconcile again"
        );
        self.want(mailbox, uid_validity, mails, true)
    }

    /// Puts mails on the work list. A place that has another INTERNALDATE or size than the mail that we know there has been
    /// given to another mail by a server that forgot its old numbering: that one is wanted, too, and its bytes decide
    /// ([`Tx::store_mail`]).
    pub(super) fn want(&self, mailbox: &str, uid_validity: u32, mails: &[Listed], late: bool) -> Result<()> {
        for mail in mails {
            // OR FAIL: one row at most, so nothing to undo, see `Tx::set_disposition`.
            self.change(
                "INSERT OR FAIL INTO wanted (mailbox, uid_validity, uid, size, internal_date, late)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6
                 WHERE NOT EXISTS (SELECT 1 FROM place
                                   WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3
                                     AND CASE WHEN mail IS NOT NULL AND raw IS NULL
                                         THEN ?5 IS NULL OR received_at = ?5
                                         ELSE received_at = ?5 AND size = ?4 END)
                 ON CONFLICT DO NOTHING",
                params![mailbox, uid_validity, mail.uid, Size(mail.size), ms(mail.internal_date), late],
            )?;
        }
        Ok(())
    }

    /// Notes what the server tells of a place whose mail is here, where that is not what its row says.
    pub(super) fn know_place(&self, key: &MailKey, size: u64, received_at: DateTime<Utc>) -> Result<()> {
        self.change(
            "INSERT INTO known_place (mailbox, uid_validity, uid, size, received_at)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (mailbox, uid_validity, uid) DO UPDATE SET
                 size = excluded.size, received_at = excluded.received_at",
            params![key.mailbox, key.uid_validity, key.uid, Size(size), Ms(received_at)],
        )?;
        Ok(())
    }
}
