//! Mails: each once by its place on the server and by its bytes, with what became of it.

use super::sql::{Ms, Size, limit as sql_limit};
use super::{Direction, EventSubject, MailId, Reader, Tx};
use crate::mail::packed::{Frames, PackedRaw};
use crate::mail::{self, AttachedFile, Mail, MailKey, Take};
use crate::ticket::{Disposition, TicketId};
use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use strum::VariantArray as _;

/// Where mails are kept whose place on the server is another mail's now. No folder has this UIDVALIDITY (RFC 9051,
/// section 2.3.1.1: it is not zero), and the UID is the mail's own number here.
const NOWHERE: u32 = 0;

/// A mail to store.
#[derive(Clone, Debug)]
pub struct NewMail<F = Vec<Vec<u8>>> {
    /// Where it lies on the server.
    pub key: MailKey,
    /// When the server received it.
    pub internal_date: Option<DateTime<Utc>>,
    /// Now.
    pub stored_at: DateTime<Utc>,
    /// Its bytes.
    pub packed: PackedRaw<F>,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

impl MailRow {
    /// Its disposition by name; `new` while it is to be processed.
    #[must_use]
    pub fn disposition_name(&self) -> &'static str {
        Only(self.disposition).name()
    }
}

/// Received mails of one disposition, or those that are to be processed and have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only(pub Option<Disposition>);

impl Only {
    fn all() -> impl Iterator<Item = Self> {
        std::iter::once(None).chain(Disposition::VARIANTS.iter().copied().map(Some)).map(Self)
    }

    /// Those that are called so.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|only| only.name() == name)
    }

    /// The names of all of them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::all().map(Self::name)
    }

    /// What they are called: by their disposition, or `new`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.map_or("new", Into::into)
    }
}

/// What storing a mail came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A new mail, to be processed.
    New(MailId),
    /// It was here already: the same place on the server, or the same bytes. The mail that was here first.
    Duplicate(MailId),
}

/// What has the place at which a mail comes in.
enum InPlace {
    /// No mail.
    Nothing,
    /// A mail that could never be fetched: this one.
    Unfetched(MailId),
    /// This mail: it is here.
    Same(MailId),
}

/// A mail without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// Its number.
    pub id: MailId,
    /// Where it lay on the server; `None` for a letter that we sent.
    pub key: Option<MailKey>,
    /// When the server received it (INTERNALDATE), or when it was stored; for a letter, when it was sent.
    pub received_at: DateTime<Utc>,
    /// When it was stored.
    pub stored_at: DateTime<Utc>,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of its bytes; `None` if it could never be fetched.
    pub sha256: Option<[u8; 32]>,
    /// How many times it has been claimed.
    pub attempts: u32,
    /// What became of it; `None` while it is to be processed.
    pub disposition: Option<Disposition>,
    /// Why it has this disposition.
    pub why: String,
    /// The ticket it belongs to.
    pub ticket: Option<TicketId>,
    /// Received or sent.
    pub direction: Direction,
    /// For a duplicate: the mail that was here first.
    pub duplicate_of: Option<MailId>,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
}

/// The columns of a [`MailRow`].
macro_rules! select_mail {
    ($rest:literal) => {
        concat!(
            "SELECT mail.id AS id, direction, mailbox, uid_validity, uid, mail.size AS size, over_limit, received_at, stored_at,
                    attempts, disposition, why, ticket, duplicate_of, raw.sha256 AS sha256
             FROM mail LEFT JOIN raw ON raw.id = mail.raw
             ",
            $rest
        )
    };
}

pub(super) fn mail_key(row: &Row<'_>) -> rusqlite::Result<MailKey> {
    Ok(MailKey { mailbox: row.get("mailbox")?, uid_validity: row.get("uid_validity")?, uid: row.get("uid")? })
}

fn mail_row(row: &Row<'_>) -> rusqlite::Result<MailRow> {
    let direction = row.get("direction")?;
    Ok(MailRow {
        id: row.get("id")?,
        key: match direction {
            Direction::In => Some(mail_key(row)?),
            Direction::Out => None,
        },
        received_at: row.get::<_, Ms>("received_at")?.0,
        stored_at: row.get::<_, Ms>("stored_at")?.0,
        size: row.get::<_, Size>("size")?.0,
        sha256: row.get("sha256")?,
        attempts: row.get("attempts")?,
        disposition: row.get_ref("disposition")?.as_str()?.parse().ok(),
        why: row.get("why")?,
        ticket: row.get("ticket")?,
        direction,
        duplicate_of: row.get("duplicate_of")?,
        over_limit: row.get::<_, Option<Size>>("over_limit")?.map(|size| size.0),
    })
}

impl Reader<'_> {
    /// One mail.
    pub fn mail(&self, id: MailId) -> Result<Option<MailRow>> {
        self.row(select_mail!("WHERE mail.id = ?1"), [id], mail_row)
    }

    /// What one mail says, with the sizes and SHA-256 of all its attachments, however large it is: it is never whole in memory.
    /// `None` if there is no such mail or it could never be fetched.
    ///
    /// # Errors
    /// If the bytes do not have their SHA-256 any more, or the database cannot be read.
    pub fn parsed(&self, id: MailId) -> Result<Option<Mail>> {
        self.raw_of(id)?.map(|raw| self.parse(raw).with_context(|| format!("mail {id}"))).transpose()
    }

    /// The files that came with a mail, to be handed over by [`Reader::read_file`]; `None` as with [`Reader::parsed`], or if the
    /// mail is so large that they cannot all be told.
    ///
    /// # Errors
    /// Those of [`Reader::parsed`].
    pub fn files(&self, id: MailId) -> Result<Option<Vec<AttachedFile>>> {
        let slim = |raw| {
            self.kept(raw).and_then(|kept| self.slim_proved(&kept)).with_context(|| format!("mail {id}"))
        };
        Ok(self.raw_of(id)?.map(slim).transpose()?.as_ref().and_then(mail::files))
    }

    /// Hands over one of the [`Reader::files`] of a mail piece by piece: it is never whole in memory.
    ///
    /// # Errors
    /// What `take` returns, or if the database cannot be read.
    pub fn read_file(&self, id: MailId, file: &AttachedFile, take: Take<'_>) -> Result<()> {
        let raw = self.raw_of(id)?.context("the mail of a file has no bytes")?;
        let kept = self.kept(raw)?;
        file.read(|range, take| self.each_piece(&kept, range, take), take)
    }

    /// The bytes of one mail as far as they are needed to read what a person would: without the bulk of large parts, so
    /// that sizes and SHA-256 of attachments are not theirs. `None` as with [`Reader::parsed`].
    ///
    /// # Errors
    /// If a frame of them does not have its checksum any more, or the database cannot be read.
    pub fn readable(&self, id: MailId) -> Result<Option<Vec<u8>>> {
        self.raw_of(id)?.map(|raw| self.unpack_to_read(raw).with_context(|| format!("mail {id}"))).transpose()
    }

    /// Hands over the bytes of one mail piece by piece, never whole in memory, once all of them have proved sound. `false`
    /// if there is no such mail or it could never be fetched.
    ///
    /// # Errors
    /// What `take` returns; if the bytes do not have their SHA-256 any more, or the database cannot be read.
    pub fn raw_in_pieces(&self, id: MailId, take: impl FnMut(&[u8]) -> Result<()>) -> Result<bool> {
        let Some(raw) = self.raw_of(id)? else { return Ok(false) };
        let kept = self.kept(raw)?;
        // The SHA-256 speaks at the end; nobody shall have wrong bytes by then.
        self.each_frame(&kept, |_| Ok(())).with_context(|| format!("mail {id}"))?;
        self.each_frame(&kept, take)?;
        Ok(true)
    }

    fn raw_of(&self, id: MailId) -> Result<Option<i64>> {
        Ok(self.row("SELECT raw FROM mail WHERE id = ?1", [id], |row| row.get(0))?.flatten())
    }

    /// The latest mails, at most `limit`, latest first.
    pub fn mails(&self, only: Option<Only>, limit: usize) -> Result<Vec<MailRow>> {
        let limit = sql_limit(limit);
        match only.map(Only::name) {
            Some(disposition) => self.rows(
                // Numbers are sorted, not rows.
                select_mail!(
                    "WHERE mail.id IN (SELECT id FROM mail WHERE direction = 'in' AND disposition = ?1 ORDER BY id DESC LIMIT ?2)
                     ORDER BY mail.id DESC"
                ),
                params![disposition, limit],
                mail_row,
            ),
            None => self.rows(select_mail!("ORDER BY mail.id DESC LIMIT ?1"), [limit], mail_row),
        }
    }

    /// Hands over every mail, received and sent, in order of number, with what [`Reader::parsed`] gives: an error for a mail
    /// whose bytes are damaged, so that one of them does not stop an export.
    ///
    /// # Errors
    /// What `f` returns, or if the database cannot be read.
    pub fn each_mail(&self, mut f: impl FnMut(MailRow, Result<Option<Mail>>) -> Result<()>) -> Result<()> {
        let mut last = MailId(0);
        loop {
            // Page by page: a long read would keep the write-ahead log from being reset.
            let page =
                self.rows(select_mail!("WHERE mail.id > ?1 ORDER BY mail.id LIMIT 100"), [last], mail_row)?;
            if page.is_empty() {
                return Ok(());
            }
            for mail in page {
                last = mail.id;
                f(mail, self.parsed(last))?;
            }
        }
    }
}

impl Tx<'_> {
    /// Stores a mail and takes it off the work list; its UID then waits for [`Tx::confirmed`]. Bytes that are here
    /// already are not stored again: the mail gets the disposition duplicate. Other bytes at a place that is taken are
    /// another mail, and take the place over, if the server tells another INTERNALDATE with them, or another size and they
    /// have another Message-ID. The copy of a letter that we sent, which we put into the Sent folder ourselves, is that
    /// letter and gets no row. Otherwise Message-IDs play no part in this.
    pub fn store_mail<F: Frames>(&self, mail: &NewMail<F>) -> Result<Stored> {
        let MailKey { mailbox, uid_validity, uid } = &mail.key;
        let wanted = self.take_wanted(&mail.key)?;
        let late = wanted.is_some_and(|(late, _)| late);
        let told_size = wanted.map(|(_, size)| size).filter(|size| *size > 0);
        let received_at = mail.internal_date.unwrap_or(mail.stored_at);
        let unfetched = match self.clear_place(mail, told_size)? {
            InPlace::Same(id) => return Ok(Stored::Duplicate(id)),
            InPlace::Unfetched(id) => Some(id),
            InPlace::Nothing => None,
        };
        let raw = self.keep_raw(&mail.packed)?;
        let size = mail.over_limit.unwrap_or(mail.packed.size);
        let first = self.row(
            "SELECT id, direction
             FROM mail
             WHERE raw = ?1
             ORDER BY id
             LIMIT 1",
            [raw],
            |row| Ok((row.get::<_, MailId>(0)?, row.get::<_, Direction>(1)?)),
        )?;
        if let (Some((ours, Direction::Out)), None) = (first, unfetched) {
            self.know_place(&mail.key, told_size.unwrap_or(size), received_at)?;
            return Ok(Stored::Duplicate(ours));
        }
        if let Some(told) = told_size.filter(|told| *told != size) {
            self.know_place(&mail.key, told, received_at)?;
        }
        let first = first.map(|(id, _)| id);
        let (disposition, why, decided_at) = match first {
            None => ("new", "", None),
            Some(_) => ("duplicate", "the same bytes are here already", Some(Ms(mail.stored_at))),
        };
        let columns = params![
            unfetched,
            mailbox,
            uid_validity,
            uid,
            raw,
            Size(mail.packed.size),
            mail.over_limit.map(Size),
            Ms(received_at),
            Ms(mail.stored_at),
            disposition,
            why,
            decided_at,
            first,
            late,
        ];
        let id = match unfetched {
            // The place is known without bytes if the mail was held because it could not be fetched.
            Some(id) => {
                self.change(
                    "UPDATE mail
                     SET mailbox = ?2, uid_validity = ?3, uid = ?4, raw = ?5, size = ?6, over_limit = ?7, received_at = ?8,
                         stored_at = ?9, disposition = ?10, why = ?11, decided_at = ?12, duplicate_of = ?13, late = ?14
                     WHERE id = ?1",
                    columns,
                )?;
                id
            }
            None => MailId(self.insert(
                "INSERT INTO mail
                     (id, mailbox, uid_validity, uid, raw, size, over_limit, received_at, stored_at, disposition, why,
                      decided_at, duplicate_of, late, direction)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 'in')",
                columns,
            )?),
        };
        self.change(
            "INSERT INTO unconfirmed (mailbox, uid_validity, uid)
             VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET copies = 0, copied = 0",
            params![mailbox, uid_validity, uid],
        )?;
        Ok(first.map_or(Stored::New(id), Stored::Duplicate))
    }

    /// Takes a mail off the work list: whether it is late, and its size as the server told it.
    fn take_wanted(&self, MailKey { mailbox, uid_validity, uid }: &MailKey) -> Result<Option<(bool, u64)>> {
        // In two statements: RETURNING builds a temporary b-tree.
        let wanted = self.row(
            "SELECT late, size
             FROM wanted
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
            params![mailbox, uid_validity, uid],
            |row| Ok((row.get::<_, bool>(0)?, row.get::<_, Size>(1)?.0)),
        )?;
        if wanted.is_some() {
            self.vanished(mailbox, *uid_validity, &[*uid])?;
        }
        Ok(wanted)
    }

    /// What has the place of a mail that comes in, whose size the server told like this. A mail that is another one leaves
    /// the place.
    fn clear_place<F: Frames>(&self, mail: &NewMail<F>, told_size: Option<u64>) -> Result<InPlace> {
        let MailKey { mailbox, uid_validity, uid } = &mail.key;
        let in_place = self.row(
            "SELECT mail, raw, size, received_at
             FROM place
             WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3 AND mail IS NOT NULL",
            params![mailbox, uid_validity, uid],
            |row| {
                let (size, date) = (row.get::<_, Size>(2)?.0, row.get::<_, Ms>(3)?.0);
                Ok((row.get::<_, MailId>(0)?, row.get::<_, Option<i64>>(1)?, size, date))
            },
        )?;
        let Some((id, raw, size, date)) = in_place else { return Ok(InPlace::Nothing) };
        let same_date = mail.internal_date == Some(date);
        let Some(raw) = raw else {
            if same_date || mail.internal_date.is_none() {
                return Ok(InPlace::Unfetched(id));
            }
            self.leave_place(id, mail.stored_at)?;
            return Ok(InPlace::Nothing);
        };
        if same_date && told_size.is_none_or(|told| told == size) {
            return Ok(InPlace::Same(id));
        }
        if self.has_these_bytes(raw, &mail.packed)?
            || (same_date && self.has_this_message_id(raw, &mail.packed)?)
        {
            let received_at = mail.internal_date.unwrap_or(mail.stored_at);
            self.know_place(&mail.key, told_size.unwrap_or(size), received_at)?;
            return Ok(InPlace::Same(id));
        }
        self.leave_place(id, mail.stored_at)?;
        Ok(InPlace::Nothing)
    }

    /// The server has given the UID of this mail to another one, although it must not (RFC 9051, section 2.3.1.1). No server
    /// has a UIDVALIDITY of 0: there, each mail has a place by its own number.
    pub(super) fn leave_place(&self, id: MailId, now: DateTime<Utc>) -> Result<()> {
        if let Some(MailKey { mailbox, uid_validity, uid }) = self.mail(id)?.and_then(|mail| mail.key) {
            self.change(
                "DELETE FROM known_place
                 WHERE mailbox = ?1 AND uid_validity = ?2 AND uid = ?3",
                params![mailbox, uid_validity, uid],
            )?;
            // What is confirmed to the server would be the other mail.
            self.confirmed(&mailbox, uid_validity, &[uid])?;
        }
        self.change("UPDATE mail SET uid_validity = ?2, uid = id WHERE id = ?1", params![id, NOWHERE])?;
        let subject = EventSubject { mail: Some(id), ..EventSubject::default() };
        self.event(now, subject, "displaced", "its UID is that of another mail on the server now")
    }

    fn has_these_bytes(&self, raw: i64, packed: &PackedRaw<impl Frames>) -> Result<bool> {
        let same =
            self.row("SELECT sha256 = ?2 FROM raw WHERE id = ?1", params![raw, packed.sha256], |row| {
                row.get::<_, bool>(0)
            })?;
        Ok(same == Some(true))
    }

    /// Some servers make the bytes of a mail, and its size, anew each time that they are asked.
    fn has_this_message_id(&self, raw: i64, packed: &PackedRaw<impl Frames>) -> Result<bool> {
        let Ok(stored) = self.unpack_to_read(raw) else { return Ok(false) };
        let stored = mail::parse(&stored).message_id;
        Ok(stored.is_some() && stored == mail::parse(&packed.head()?).message_id)
    }
}
