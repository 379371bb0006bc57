//! The queue of mails to be processed: each is claimed, counted, and ends in exactly one disposition.

use super::mail::mail_key;
use super::sql::{Ms, Size, limit as sql_limit};
use super::{MailId, Reader, Tx};
use crate::imap::Relisted;
use crate::mail::MailKey;
use crate::mail::packed::PackedRaw;
use crate::ticket::{Disposition, TicketId};
use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, Utc};
use rusqlite::params;

/// A mail to be processed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its number.
    pub id: MailId,
    /// Where it lay on the server.
    pub key: MailKey,
    /// When the server received it (INTERNALDATE), or when it was stored.
    pub received_at: DateTime<Utc>,
    /// The server has not told when it received it.
    pub undated: bool,
    /// Its bytes; of a mail over 4 MiB without the bulk of its large parts.
    pub raw: Vec<u8>,
    /// Set if the bytes are a placeholder: the size that the mail really has.
    pub over_limit: Option<u64>,
    /// A person has let it in from the quarantine.
    pub released: bool,
    /// It may have been answered already: a reconciliation found it, or a backup was restored after it had come.
    pub late: bool,
    /// Set if it came with a numbering that its folder was listed anew under, where only mails since the first contact are
    /// wanted: the moment before which those that are not wanted were delivered.
    pub not_before: Option<DateTime<Utc>>,
    /// Set if the disk has damaged its bytes: why they are not here.
    pub damaged: Option<String>,
}

impl Pending {
    /// Since when it may be on its way, if it says that it was written then.
    #[must_use]
    pub fn since(&self, written: Option<DateTime<Utc>>) -> DateTime<Utc> {
        written.filter(|_| self.undated).map_or(self.received_at, |written| written.min(self.received_at))
    }
}

/// What is to be processed next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextMails {
    /// These mails, their attempts counted. None: there are no others, or a suspect has to be alone.
    Begun(Vec<MailId>),
    /// This mail, which has been begun so many times without an end that it is not begun once more without a look at it;
    /// [`Tx::begin`] does it then.
    Suspect(MailId, u32),
}

impl Reader<'_> {
    /// The mails of these numbers with their bytes. Those that never had bytes are left out.
    pub fn pending(&self, ids: &[MailId]) -> Result<Vec<Pending>> {
        let mut pending = Vec::with_capacity(ids.len());
        let restored_at = self.restored_at()?;
        for &id in ids {
            let row = self.row(
                "SELECT mailbox, uid_validity, uid, received_at, received_at = stored_at AS undated, over_limit,
                        released, late, raw,
                        (SELECT first_contact FROM cursor
                         WHERE cursor.mailbox = mail.mailbox AND cursor.uid_validity = mail.uid_validity
                           AND mail.uid < relisted_below AND NOT late) AS first_contact
                 FROM mail
                 WHERE id = ?1 AND direction = 'in'",
                [id],
                |row| {
                    let received_at = row.get::<_, Ms>("received_at")?.0;
                    let mail = Pending {
                        id,
                        key: mail_key(row)?,
                        received_at,
                        undated: row.get("undated")?,
                        raw: Vec::new(),
                        over_limit: row.get::<_, Option<Size>>("over_limit")?.map(|size| size.0),
                        released: row.get("released")?,
                        late: row.get("late")? || restored_at.is_some_and(|at| received_at < at),
                        not_before: row
                            .get::<_, Option<Ms>>("first_contact")?
                            .map(|first| Relisted::not_before(first.0)),
                        damaged: None,
                    };
                    Ok((mail, row.get::<_, Option<i64>>("raw")?))
                },
            )?;
            if let Some((mail, Some(raw))) = row {
                pending.push(match self.unpack_to_read(raw) {
                    Ok(raw) => Pending { raw, ..mail },
                    Err(error) => Pending { damaged: Some(format!("{error:#}")), ..mail },
                });
            }
        }
        Ok(pending)
    }
}

impl Tx<'_> {
    /// The oldest mails to be processed, without those `in_hand`, their attempts counted. At most `max_bytes` together,
    /// but at least one.
    ///
    /// A mail that has been claimed before is a suspect, and strictly alone: it waits until nothing is in hand, and nothing
    /// is claimed while it is. So one death blames one suspect at most. One that has been claimed `trusted` times is named
    /// and not begun.
    pub fn claim_new(
        &self,
        limit: usize,
        max_bytes: u64,
        trusted: u32,
        in_hand: &[MailId],
    ) -> Result<NextMails> {
        for id in in_hand {
            let attempts: Option<u32> =
                self.row("SELECT attempts FROM mail WHERE id = ?1", [id], |row| row.get(0))?;
            if attempts > Some(1) {
                return Ok(NextMails::Begun(Vec::new()));
            }
        }
        let oldest = self.rows(
            "SELECT id, size, attempts
             FROM mail
             WHERE direction = 'in' AND disposition = 'new'
             ORDER BY received_at, id
             LIMIT ?1",
            [sql_limit(limit + in_hand.len())],
            |row| Ok((row.get(0)?, row.get::<_, Size>(1)?.0, row.get::<_, u32>(2)?)),
        )?;
        let oldest = oldest.into_iter().filter(|(id, _, _)| !in_hand.contains(id)).take(limit);
        let mut claimed = Vec::new();
        let mut bytes: u64 = 0;
        for (id, size, attempts) in oldest {
            bytes = bytes.saturating_add(size);
            let suspect = attempts > 0;
            let alone = claimed.is_empty() && in_hand.is_empty();
            if (suspect && !alone) || (bytes > max_bytes && !claimed.is_empty()) {
                break;
            }
            if attempts >= trusted {
                return Ok(NextMails::Suspect(id, attempts));
            }
            self.begin(id)?;
            claimed.push(id);
            if suspect {
                break;
            }
        }
        Ok(NextMails::Begun(claimed))
    }

    /// Counts an attempt at a mail, before it is begun.
    pub fn begin(&self, id: MailId) -> Result<()> {
        self.change("UPDATE mail SET attempts = attempts + 1 WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Takes back the last claim of mails that are still new: not they were at fault.
    pub fn excuse(&self, ids: &[MailId]) -> Result<()> {
        for id in ids {
            self.change(
                "UPDATE mail
                 SET attempts = attempts - 1
                 WHERE id = ?1 AND disposition = 'new' AND attempts > 0",
                [id],
            )?;
        }
        Ok(())
    }

    /// Says what became of a new mail.
    ///
    /// # Errors
    /// If the mail is not new (every mail ends in exactly one disposition), there is no such ticket, or the database cannot be written.
    pub fn set_disposition(
        &self,
        id: MailId,
        disposition: Disposition,
        ticket: Option<TicketId>,
        why: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        // OR FAIL: one row is changed or none, so there is nothing to undo and no page to be copied for it. That the ticket exists is
        // asked here: the reference is looked up only at the commit, where others would fail with it.
        let changed = self.change(
            "UPDATE OR FAIL mail
             SET disposition = ?2, ticket = ?3, why = ?4, decided_at = ?5
             WHERE id = ?1 AND disposition = 'new' AND (?3 IS NULL OR EXISTS (SELECT 1 FROM ticket WHERE id = ?3))",
            params![id, disposition, ticket, why, Ms(now)],
        )?;
        ensure!(changed == 1, "mail {id} is not waiting to be processed, or its ticket does not exist");
        Ok(())
    }

    /// Gives a new mail to a human: it could not be processed.
    ///
    /// # Errors
    /// Those of [`Tx::set_disposition`].
    pub fn hold(&self, id: MailId, why: &str, now: DateTime<Utc>) -> Result<()> {
        self.set_disposition(id, Disposition::Held, None, why, now)
    }

    /// Makes a held or quarantined mail new again; one that could never be fetched goes back to the work list, which is
    /// what `true` says.
    ///
    /// # Errors
    /// If the mail is neither held nor quarantined, if its folder has a new UIDVALIDITY so that it cannot be fetched
    /// any more, or if the database cannot be written.
    pub fn retry_mail(&self, id: MailId) -> Result<bool> {
        let changed = self.change(
            "UPDATE mail
             SET disposition = 'new', ticket = NULL, why = '', decided_at = NULL, attempts = 0
             WHERE id = ?1 AND disposition IN ('held', 'quarantined') AND raw IS NOT NULL",
            [id],
        )?;
        if changed == 1 {
            return Ok(false);
        }
        let listed = self.change(
            "INSERT INTO wanted (mailbox, uid_validity, uid, size, internal_date, late)
             SELECT mailbox, uid_validity, uid, size, received_at, late
             FROM mail JOIN cursor USING (mailbox, uid_validity)
             WHERE id = ?1 AND disposition = 'held' AND raw IS NULL
             ON CONFLICT (mailbox, uid_validity, uid) DO UPDATE SET attempts = 0",
            [id],
        )?;
        ensure!(
            listed == 1,
            "mail {id} cannot be tried again: it is neither held nor quarantined, or its folder was replaced on the \
             server; in that case the mail comes again as a new one, if it still exists"
        );
        Ok(true)
    }

    /// Lets a mail in that is quarantined, or was set aside as a program's: it is new again, and files like any other.
    ///
    /// # Errors
    /// If it is neither, or the database cannot be written.
    pub fn release_mail(&self, id: MailId) -> Result<()> {
        let changed = self.change(
            "UPDATE mail
             SET disposition = 'new', ticket = NULL, why = '', decided_at = NULL, attempts = 0, released = 1
             WHERE id = ?1
               AND (disposition = 'quarantined'
                    OR (direction = 'in' AND disposition = 'automatic' AND ticket IS NULL AND raw IS NOT NULL))",
            [id],
        )?;
        ensure!(changed == 1, "mail {id} is neither quarantined nor set aside as a program's");
        Ok(())
    }

    /// Takes a held or quarantined mail off the list; its bytes stay. One that could never be fetched gets a note in the
    /// place of its bytes, as a mail over the size limit does, and is not fetched any more.
    ///
    /// # Errors
    /// If it is neither, or the database cannot be written.
    pub fn discard_mail(&self, id: MailId, now: DateTime<Utc>) -> Result<()> {
        let row = self.mail(id)?.with_context(|| format!("there is no mail {id}"))?;
        if let (None, Some(key), Some(Disposition::Held)) = (row.sha256, &row.key, row.disposition) {
            let MailKey { mailbox, uid_validity, uid } = key;
            // The note names its place, so that no two are the same mail.
            let note = PackedRaw::pack(
                format!(
                    "X-Askback-Note: UID {uid} (UIDVALIDITY {uid_validity}) was discarded before it could be fetched\r\n\r\n"
                )
                .as_bytes(),
            )?;
            let raw = self.keep_raw(&note)?;
            self.change(
                "UPDATE mail
                 SET raw = ?2, over_limit = size, size = ?3
                 WHERE id = ?1",
                params![id, raw, Size(note.size)],
            )?;
            self.vanished(mailbox, *uid_validity, &[*uid])?;
        }
        let changed = self.change(
            "UPDATE mail
             SET disposition = 'automatic', why = ?2, decided_at = ?3
             WHERE id = ?1 AND disposition IN ('held', 'quarantined') AND raw IS NOT NULL",
            params![id, format!("discarded by an operator; before that: {}", row.why), Ms(now)],
        )?;
        ensure!(changed == 1, "mail {id} is neither held nor quarantined");
        Ok(())
    }
}
