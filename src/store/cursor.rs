//! How far each mailbox has been listed, which mails are still to be fetched, which wait for \Seen or MOVE.

use super::sql::{Ms, Size, limit as sql_limit, ms};
use super::{EventSubject, MailId, Reader, Tx};
use crate::imap::{Arrival, Cursor, Listed, Relisted, Unconfirmed};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};

/// After so many failed fetches a mail is held.
const FETCH_ATTEMPTS: u32 = 5;

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        uid: row.get("uid")?,
        size: row.get::<_, Size>("size")?.0,
        internal_date: row.get::<_, Option<Ms>>("internal_date")?.map(|at| at.0),
    })
}

impl Reader<'_> {
    /// How far the mailbox has been listed; `None` before the first contact.
    pub fn cursor(&self, mailbox: &str) -> Result<Option<Cursor>> {
        self.row(
            "SELECT uid_validity, next_uid
             FROM cursor
             WHERE mailbox = ?1",
            [mailbox],
            |row| Ok(Cursor { uid_validity: row.get(0)?, next_uid: row.get(1)? }),
        )
    }

    /// When a mailbox was listed for the first time, if it is known.
    pub fn first_contact(&self, mailbox: &str) -> Result<Option<DateTime<Utc>>> {
        let first = "SELECT first_contact FROM cursor WHERE mailbox = ?1";
        Ok(self.row(first, [mailbox], |row| row.get::<_, Option<Ms>>(0))?.flatten().map(|at| at.0))
    }

    /// The numbering that a mailbox was listed anew under, if only what came since the first contact is wanted of it.
    pub fn relisted(&self, mailbox: &str) -> Result<Option<Relisted>> {
        self.row(
            "SELECT first_contact, relisted_below
             FROM cursor
             WHERE mailbox = ?1 AND first_contact IS NOT NULL AND relisted_below > 0",
            [mailbox],
            |row| Ok(Relisted { first_contact: row.get::<_, Ms>(0)?.0, below: row.get(1)? }),
        )
    }

    /// The work list: mails to fetch, from `from_uid` on, lowest UID first.
    pub fn wanted(
        &self,
        mailbox: &str,
        uid_validity: u32,
        from_uid: u32,
        limit: usize,
    ) -> Result<Vec<Listed>> {
        self.rows(
            "SELECT uid, size, internal_date
             FROM wanted
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid >= ?3
             ORDER BY uid
             LIMIT ?4",
            params![mailbox, uid_validity, from_uid, sql_limit(limit)],
            listed,
        )
    }

    /// UIDs on the work list of mails that were found missing, lowest first: see [`Tx::want_late`].
    pub fn wanted_late(&self, mailbox: &str, uid_validity: u32) -> Result<Vec<u32>> {
        self.rows(
            "SELECT uid
             FROM wanted
             WHERE mailbox = ?1 AND uid_validity = ?2 AND late
             ORDER BY uid",
            params![mailbox, uid_validity],
            |row| row.get(0),
        )
    }

    /// Stored mails, up to `to_uid`, whose \Seen or MOVE the server has not confirmed, highest UID first. A UID on the work list is
    /// another mail's by now, which would be moved unread.
    pub fn unconfirmed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        to_uid: u32,
        limit: usize,
    ) -> Result<Vec<Unconfirmed>> {
        self.rows(
            "SELECT uid, copies, copied
             FROM unconfirmed
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid <= ?3
                 AND NOT EXISTS (
                     SELECT 1
                     FROM wanted
                     WHERE wanted.mailbox = ?1 AND wanted.uid_validity = ?2 AND wanted.uid = unconfirmed.uid
                 )
             ORDER BY uid DESC
             LIMIT ?4",
            params![mailbox, uid_validity, to_uid, sql_limit(limit)],
            |row| Ok(Unconfirmed { uid: row.get(0)?, copies: row.get(1)?, copied: row.get(2)? }),
        )
    }
}

impl Tx<'_> {
    /// Sets the cursor at the first contact with a mailbox, which is remembered, or because its mails are numbered anew:
    /// then what lies below `below` is wanted only if it came since the first contact. A clock that has gone back since then
    /// cannot tell.
    pub fn begin_listing(&self, mailbox: &str, cursor: Cursor, below: u32, now: DateTime<Utc>) -> Result<()> {
        let is_first = self.cursor(mailbox)?.is_none();
        self.list_mails(mailbox, cursor, &[])?;
        self.change(
            "UPDATE cursor
             SET first_contact = CASE WHEN ?2 THEN ?3 ELSE first_contact END,
                 relisted_below = CASE WHEN first_contact <= ?3 THEN ?4 ELSE 0 END
             WHERE mailbox = ?1",
            params![mailbox, is_first, Ms(now), below],
        )?;
        Ok(())
    }

    /// Adds mails to the work list (those that have a row already are left out) and moves the cursor. Of a mailbox that is
    /// listed anew, what came before the first contact is left out, and what came around it is late. A new
    /// UIDVALIDITY empties the lists of the old one: its UIDs mean nothing any more (RFC 9051, section 2.3.1.1).
    pub fn list_mails(&self, mailbox: &str, cursor: Cursor, mails: &[Listed]) -> Result<()> {
        if self.cursor(mailbox)?.is_some_and(|old| old.uid_validity != cursor.uid_validity) {
            self.change("DELETE FROM wanted WHERE mailbox = ?1", [mailbox])?;
            self.change("DELETE FROM unconfirmed WHERE mailbox = ?1", [mailbox])?;
            self.change("DELETE FROM known_place WHERE mailbox = ?1", [mailbox])?;
        }
        self.change(
            "INSERT INTO cursor (mailbox, uid_validity, next_uid)
             VALUES (?1, ?2, ?3)
             ON CONFLICT (mailbox) DO UPDATE SET
                 uid_validity = excluded.uid_validity, next_uid = excluded.next_uid",
            params![mailbox, cursor.uid_validity, cursor.next_uid],
        )?;
        let Some(relisted) = self.relisted(mailbox)? else {
            return self.want(mailbox, cursor.uid_validity, mails, false);
        };
        for (arrival, late) in [(Arrival::Since, false), (Arrival::Around, true)] {
            let of_then = |mail: &&Listed| relisted.arrival(mail) == arrival;
            let mails: Vec<Listed> = mails.iter().filter(of_then).copied().collect();
            self.want(mailbox, cursor.uid_validity, &mails, late)?;
        }
        Ok(())
    }

    /// Counts one failed fetch of each. At the fifth the mail gets a row without bytes, disposition held, an event,
    /// and is off the work list.
    pub fn fetch_failed(
        &self,
        mailbox: &str,
        uid_validity: u32,
        uids: &[u32],
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        for &uid in uids {
            let failed = self.row(
                "UPDATE wanted
                 SET attempts = attempts + 1
                 WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3
                 RETURNING uid, size, internal_date, late, attempts",
                params![mailbox, uid_validity, uid],
                |row| Ok((listed(row)?, row.get::<_, bool>("late")?, row.get::<_, u32>("attempts")?)),
            )?;
            if let Some((mail, late, FETCH_ATTEMPTS..)) = failed {
                self.hold_unfetched(mailbox, uid_validity, &mail, late, why, now)?;
                self.vanished(mailbox, uid_validity, &[uid])?;
            }
        }
        Ok(())
    }

    fn hold_unfetched(
        &self,
        mailbox: &str,
        uid_validity: u32,
        mail: &Listed,
        late: bool,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        // The server says that another mail has the place of one that is here, stored or held, and does not hand it out.
        let other = self.row(
            "SELECT id
             FROM mail
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3 AND (raw IS NOT NULL OR received_at <> ?4)",
            params![mailbox, uid_validity, mail.uid, ms(mail.internal_date)],
            |row| row.get::<_, MailId>(0),
        )?;
        other.map_or(Ok(()), |id| self.leave_place(id, now))?;
        let held = self.row(
            "INSERT INTO mail
                 (direction, mailbox, uid_validity, uid, size, received_at, stored_at, disposition, why, decided_at, late)
             VALUES ('in', ?1, ?2, ?3, ?4, ?5, ?6, 'held', ?7, ?6, ?8)
             ON CONFLICT (mailbox, uid_validity, uid) DO UPDATE SET
                 why = excluded.why, decided_at = excluded.decided_at, late = excluded.late
             RETURNING id",
            params![
                mailbox,
                uid_validity,
                mail.uid,
                Size(mail.size),
                Ms(mail.internal_date.unwrap_or(now)),
                Ms(now),
                why,
                late
            ],
            |row| row.get::<_, MailId>(0),
        )?;
        self.event(now, EventSubject { mail: held, ..EventSubject::default() }, "held", why)
    }

    /// Takes mails off the work list: the server no longer has them.
    pub fn vanished(&self, mailbox: &str, uid_validity: u32, uids: &[u32]) -> Result<()> {
        for uid in uids {
            self.change(
                "DELETE FROM wanted
                 WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
                params![mailbox, uid_validity, uid],
            )?;
        }
        Ok(())
    }

    /// Remembers what is known of the copies of a mail, so that it is not copied without end.
    pub fn note_copy(&self, mailbox: &str, uid_validity: u32, mail: Unconfirmed) -> Result<()> {
        self.change(
            "UPDATE unconfirmed
             SET copies = ?4, copied = ?5
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
            params![mailbox, uid_validity, mail.uid, mail.copies, mail.copied],
        )?;
        Ok(())
    }

    /// The server has confirmed \Seen or MOVE. With `after = "leave"`, call it in the transaction that stores.
    pub fn confirmed(&self, mailbox: &str, uid_validity: u32, uids: &[u32]) -> Result<()> {
        for uid in uids {
            self.change(
                "DELETE FROM unconfirmed
                 WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
                params![mailbox, uid_validity, uid],
            )?;
        }
        Ok(())
    }
}
