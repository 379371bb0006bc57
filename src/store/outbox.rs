//! The outbox: which letters go out when, and what became of them.
//!
//! A letter is `waiting` → `claimed` (committed before the first byte goes to SMTP) → `sent`, `refused`, `ambiguous`,
//! or `waiting` again if the server demonstrably did not take it. An automatic letter that was claimed by a daemon
//! which died is `ambiguous` and stays so: it goes out at most once. An agent's answer is sent again with the same
//! Message-ID: at least once.

use super::sql::{Json, Ms, limit as sql_limit};
use super::{EventSubject, Letter, LetterKind, NewLetter, OutboxId, OutboxState, Reader, SentCopy, Tx};
use crate::mail::MessageId;
use crate::mail::packed::{FRAME, Frames, PackedRaw};
use crate::ticket::TicketId;
use anyhow::{Context as _, Result, bail};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Row, params};

/// A clock that is put back by less may only have been made exact.
const PUT_BACK: TimeDelta = TimeDelta::minutes(5);

/// A letter that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The letter without its bytes.
    pub letter: Letter,
    /// Its bytes, compressed: an answer may be large.
    pub packed: PackedRaw,
}

/// The columns of a [`Letter`].
macro_rules! select_letter {
    ($rest:literal) => {
        concat!(
            "SELECT id, state, attempts, last_error, response, created_at, sent_at, bounced_at, sent_copy, kind, ticket,
                    answers_mail, envelope_from, recipient, message_id, due_at, asked
             FROM outbox
             ",
            $rest
        )
    };
}

/// A claimed letter waits again, or is cancelled if the conversation has overtaken it: why, it says already.
macro_rules! again {
    ($attempts:literal) => {
        concat!(
            "UPDATE outbox
             SET state = iif(overtaken_at IS NULL, 'waiting', 'cancelled'), settled_at = overtaken_at,
                 last_error = iif(overtaken_at IS NULL, ?2, last_error), due_at = ?3, attempts = ",
            $attempts,
            " WHERE id = ?1 AND state = 'claimed'"
        )
    };
}

fn letter(row: &Row<'_>) -> rusqlite::Result<Letter> {
    Ok(Letter {
        id: row.get("id")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        response: row.get("response")?,
        created_at: row.get::<_, Ms>("created_at")?.0,
        sent_at: row.get::<_, Option<Ms>>("sent_at")?.map(|at| at.0),
        bounced_at: row.get::<_, Option<Ms>>("bounced_at")?.map(|at| at.0),
        sent_copy: row.get("sent_copy")?,
        kind: row.get("kind")?,
        ticket: row.get("ticket")?,
        answers_mail: row.get("answers_mail")?,
        envelope_from: row.get("envelope_from")?,
        to: row.get("recipient")?,
        message_id: row.get("message_id")?,
        due_at: row.get::<_, Ms>("due_at")?.0,
        asked: row.get::<_, Json<_>>("asked")?.0,
    })
}

impl Reader<'_> {
    /// When the next waiting letter is due.
    pub fn next_due(&self) -> Result<Option<DateTime<Utc>>> {
        let sql = "SELECT min(due_at) FROM outbox WHERE state = 'waiting'";
        let due = self.row(sql, [], |row| row.get::<_, Option<Ms>>(0))?;
        Ok(due.flatten().map(|at| at.0))
    }

    /// Letters of one state, or all, in order of number.
    pub fn outbox(&self, state: Option<OutboxState>) -> Result<Vec<Letter>> {
        match state {
            Some(state) => self.rows(select_letter!("WHERE state = ?1 ORDER BY id"), [state], letter),
            None => self.rows(select_letter!("ORDER BY id"), [], letter),
        }
    }

    /// The letters of a ticket, in order of number.
    pub fn letters_of(&self, ticket: TicketId) -> Result<Vec<Letter>> {
        self.rows(select_letter!("WHERE ticket = ?1 ORDER BY id"), [ticket], letter)
    }

    /// One letter.
    pub fn letter(&self, id: OutboxId) -> Result<Option<Letter>> {
        self.row(select_letter!("WHERE id = ?1"), [id], letter)
    }

    /// The letters that are being sent; at start, those that a dead daemon was sending.
    pub fn claimed_letters(&self) -> Result<Vec<Letter>> {
        self.rows(select_letter!("WHERE state = 'claimed' ORDER BY id"), [], letter)
    }

    pub(super) fn raw_of_letter(&self, id: OutboxId) -> Result<i64> {
        let raw = self.row("SELECT raw FROM outbox WHERE id = ?1", [id], |row| row.get(0))?;
        raw.context("no such letter")
    }

    fn claimed(&self, id: OutboxId) -> Result<Option<Claimed>> {
        let Some(letter) = self.letter(id)? else { return Ok(None) };
        let packed = self.packed(self.raw_of_letter(id)?).with_context(|| format!("letter {id}"))?;
        Ok(Some(Claimed { letter, packed }))
    }

    /// One letter, once its bytes have proved sound, and how many they are; [`Reader::letter_piece`] hands them over.
    ///
    /// # Errors
    /// If its bytes do not have their SHA-256 any more, or the database cannot be read.
    pub fn letter_in_pieces(&self, id: OutboxId) -> Result<Option<(Letter, u64)>> {
        let Some(letter) = self.letter(id)? else { return Ok(None) };
        let kept = self.kept(self.raw_of_letter(id)?)?;
        self.each_frame(&kept, |_| Ok(())).with_context(|| format!("letter {id}"))?;
        Ok(Some((letter, kept.size)))
    }

    /// A piece of a letter's bytes, counted from 0; `None` behind the last.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn letter_piece(&self, id: OutboxId, number: usize) -> Result<Option<Vec<u8>>> {
        let kept = self.kept(self.raw_of_letter(id)?)?;
        let from = (number as u64).saturating_mul(FRAME as u64);
        let mut piece = None;
        self.each_piece(&kept, from..from.saturating_add(FRAME as u64), &mut |bytes| {
            piece = Some(bytes.to_vec());
            Ok(())
        })?;
        Ok(piece)
    }

    /// The letter with this Message-ID.
    pub fn find_letter(&self, id: &MessageId) -> Result<Option<Letter>> {
        self.row(select_letter!("WHERE message_id = ?1"), [id], letter)
    }

    /// Sent letters that the Sent folder should have a copy of, oldest first.
    pub fn copies_wanted(&self, limit: usize) -> Result<Vec<OutboxId>> {
        self.rows(
            "SELECT id
             FROM outbox INDEXED BY outbox_copy
             WHERE state = 'sent' AND sent_copy = 'wanted'
             ORDER BY id
             LIMIT ?1",
            [sql_limit(limit)],
            |row| row.get(0),
        )
    }
}

impl Tx<'_> {
    /// Puts a letter into the outbox. Its copy in the Sent folder is wanted unless it is a notice or
    /// [`Tx::copy_off`] is called.
    ///
    /// # Errors
    /// If a letter with this Message-ID is here already, or the database cannot be written.
    pub fn enqueue<F: Frames>(&self, letter: &NewLetter<F>, now: DateTime<Utc>) -> Result<OutboxId> {
        let raw = self.keep_raw(&letter.packed)?;
        let sent_copy = match letter.kind {
            LetterKind::Ask | LetterKind::Accept | LetterKind::Answer => SentCopy::Wanted,
            LetterKind::Notice => SentCopy::Off,
        };
        let id = self.insert(
            "INSERT INTO outbox
                 (kind, ticket, answers_mail, envelope_from, recipient, recipient_untagged, recipient_domain,
                  message_id, raw, asked, state, created_at, due_at, counted_at, sent_copy)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'waiting', ?11, ?12, ?11, ?13)",
            params![
                letter.kind,
                letter.ticket,
                letter.answers_mail,
                letter.envelope_from,
                letter.to,
                letter.to.counted_mailbox(),
                letter.to.counted_domain(),
                letter.message_id,
                raw,
                Json(&letter.asked),
                Ms(now),
                Ms(letter.due_at),
                sent_copy,
            ],
        )?;
        Ok(OutboxId(id))
    }

    /// Takes letters that are due, first those that nothing has held up yet, their attempts counted. Commit before the first byte
    /// goes to SMTP. A letter whose bytes are damaged is refused instead: it must not stop the others. One that was last touched
    /// later than now is due, too: the clock has been put back since, and nobody must wait for it to catch up.
    pub fn claim_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Claimed>> {
        let due = self.rows(
            "SELECT id
             FROM outbox
             WHERE state = 'waiting' AND (due_at <= ?1 OR counted_at > ?2)
             ORDER BY last_error <> '', due_at, id
             LIMIT ?3",
            params![Ms(now), Ms(now + PUT_BACK), sql_limit(limit)],
            |row| row.get::<_, OutboxId>(0),
        )?;
        let mut claimed = Vec::with_capacity(due.len());
        for id in due {
            self.change(
                "UPDATE outbox
                 SET state = 'claimed', attempts = attempts + 1, counted_at = ?2
                 WHERE id = ?1",
                params![id, Ms(now)],
            )?;
            match self.claimed(id) {
                Ok(letter) => claimed.extend(letter),
                Err(error) => self.record_refused(id, &format!("{error:#}"), now)?,
            }
        }
        Ok(claimed)
    }

    /// The server has accepted a claimed letter; it is a mail now, too.
    ///
    /// # Errors
    /// If the letter is not claimed, or the database cannot be written.
    pub fn record_sent(&self, id: OutboxId, response: &str, now: DateTime<Utc>) -> Result<()> {
        self.settle(
            id,
            "UPDATE outbox
             SET state = 'sent', response = ?2, sent_at = ?3, settled_at = ?3,
                 last_error = iif(overtaken_at IS NULL, last_error, '')
             WHERE id = ?1 AND state = 'claimed'",
            response,
            now,
        )?;
        self.insert(
            "INSERT INTO mail
                 (direction, raw, size, received_at, stored_at, disposition, why, decided_at, ticket)
             SELECT 'out', raw, raw.size, ?2, ?2, 'filed', kind, ?2, ticket
             FROM outbox JOIN raw ON raw.id = outbox.raw
             WHERE outbox.id = ?1",
            params![id, Ms(now)],
        )?;
        Ok(())
    }

    /// A claimed letter was demonstrably not accepted: again at `next_at`, unless the conversation has overtaken it.
    ///
    /// # Errors
    /// If the letter is not claimed, or the database cannot be written.
    pub fn record_retry(&self, id: OutboxId, why: &str, next_at: DateTime<Utc>) -> Result<()> {
        self.settle(id, again!("attempts"), why, next_at)?;
        self.drop_overtaken(id)
    }

    /// The server was away, or takes no letters from us: the same, and that was no attempt at the letter.
    ///
    /// # Errors
    /// If the letter is not claimed, or the database cannot be written.
    pub fn record_unreachable(&self, id: OutboxId, why: &str, next_at: DateTime<Utc>) -> Result<()> {
        self.settle(id, again!("attempts - 1"), why, next_at)?;
        self.drop_overtaken(id)
    }

    /// A claimed letter will never go out: it is refused, given up or damaged. The one way in which that comes about, so
    /// that it is always told: there is an event, and if it was for the client, it is the agents' turn.
    ///
    /// # Errors
    /// If the letter is not claimed, or the database cannot be written.
    pub fn record_refused(&self, id: OutboxId, why: &str, now: DateTime<Utc>) -> Result<()> {
        let before = self.letter(id)?;
        self.settle(
            id,
            "UPDATE outbox
             SET state = 'refused', last_error = ?2, settled_at = ?3
             WHERE id = ?1 AND state = 'claimed'",
            why,
            now,
        )?;
        let Some(ended) = before else { return Ok(()) };
        let subject = EventSubject { mail: None, ticket: ended.ticket, outbox: Some(id) };
        self.event(now, subject, "refused", why)?;
        match (ended.kind, ended.ticket) {
            (LetterKind::Answer, Some(ticket)) => {
                self.answer_returned(ticket, &ended.message_id, why, subject, now)
            }
            (LetterKind::Ask, _) => self.ask_returned(&ended, now),
            (LetterKind::Answer | LetterKind::Accept | LetterKind::Notice, _) => Ok(()),
        }
    }

    /// Nobody knows whether the server has a claimed letter. It is not sent again by itself.
    ///
    /// # Errors
    /// If the letter is not claimed, or the database cannot be written.
    pub fn record_ambiguous(&self, id: OutboxId, why: &str, now: DateTime<Utc>) -> Result<()> {
        self.settle(
            id,
            "UPDATE outbox
             SET state = 'ambiguous', last_error = ?2, settled_at = ?3
             WHERE id = ?1 AND state = 'claimed'",
            why,
            now,
        )
    }

    /// Only a claimed letter has an outcome: two who think they send the same letter would be a bug.
    fn settle(&self, id: OutboxId, sql: &str, text: &str, at: DateTime<Utc>) -> Result<()> {
        if self.change(sql, params![id, text, Ms(at)])? == 1 {
            return Ok(());
        }
        match self.row("SELECT state FROM outbox WHERE id = ?1", [id], |row| row.get::<_, OutboxState>(0))? {
            Some(state) => bail!("letter {id} is not being sent: it is {state}"),
            None => bail!("there is no letter {id}"),
        }
    }

    /// A refused answer or notice is to be sent after all, as if it had not been tried; so is a notice that may have arrived: one of
    /// us may have it twice. `false` if it is neither, or automatic: what a machine asked the client is the agents' turn since. It is
    /// given up when it would have been, and as soon as it is in doubt again.
    pub fn retry_letter(&self, id: OutboxId, now: DateTime<Utc>) -> Result<bool> {
        let changed = self.change(
            "UPDATE outbox
             SET state = 'waiting', attempts = 0, last_error = '', due_at = ?2, counted_at = ?2, settled_at = NULL
             WHERE id = ?1 AND ((state = 'refused' AND kind IN ('answer', 'notice'))
                                OR (state = 'ambiguous' AND kind = 'notice'))",
            params![id, Ms(now)],
        )?;
        Ok(changed == 1)
    }

    /// What the server refused for our sake is due: the configuration may be another.
    pub fn unwelcome_are_due(&self, now: DateTime<Utc>) -> Result<()> {
        self.change(
            "UPDATE outbox
             SET due_at = ?1
             WHERE state = 'waiting' AND attempts = 0 AND last_error <> '' AND due_at > ?1",
            [Ms(now)],
        )?;
        Ok(())
    }

    /// The Sent folder has a copy.
    ///
    /// # Errors
    /// If there is no such letter, or the database cannot be written.
    pub fn copy_done(&self, id: OutboxId) -> Result<()> {
        self.set_copy(id, SentCopy::Done)
    }

    /// No copy in the Sent folder is wanted.
    ///
    /// # Errors
    /// If there is no such letter, or the database cannot be written.
    pub fn copy_off(&self, id: OutboxId) -> Result<()> {
        self.set_copy(id, SentCopy::Off)
    }

    fn set_copy(&self, id: OutboxId, copy: SentCopy) -> Result<()> {
        match self.change("UPDATE outbox SET sent_copy = ?2 WHERE id = ?1", params![id, copy])? {
            1 => Ok(()),
            _ => bail!("there is no letter {id}"),
        }
    }

    /// A bounce of a letter has come back. Its state stays: it did go out, and the limits count it. `false`: as far as is
    /// known here it has not gone out, and nothing changes.
    pub fn mark_bounced(&self, id: OutboxId, why: &str, now: DateTime<Utc>) -> Result<bool> {
        // What a restore has made ambiguous may have gone out, though no attempt is known.
        let changed = self.change(
            "UPDATE outbox
             SET bounced_at = ?2, last_error = ?3
             WHERE id = ?1 AND (attempts > 0 OR state = 'ambiguous')",
            params![id, Ms(now), why],
        )?;
        Ok(changed == 1)
    }
}
