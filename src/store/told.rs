//! What agents and the head have been told, and what of mails and letters that depends on.

use super::event::{AUTOMATIC, HELD_BACK, KNOWN_SET_ASIDE, SET_ASIDE};
use super::sql::{Ms, Size, limit as sql_limit};
use super::{MailId, OutboxId, Reader, Tx};
use crate::mail::Address;
use crate::nudge::{Asked, Cause, Key, MailFacts};
use crate::ticket::{Disposition, TicketId};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

/// Older ones are history.
const RECENT: TimeDelta = TimeDelta::days(7);

/// Mails of programs and lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfPrograms {
    /// How many.
    pub count: u64,
    /// Some of them, with the tickets that they are notes of: those of tickets and of known senders first, then the latest.
    pub first: Vec<(MailId, Option<TicketId>)>,
}

/// One of us whom notices do not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached {
    /// His address.
    pub to: Address,
    /// How many were refused, or may not have arrived and are not sent again.
    pub notices: u64,
    /// When the last was.
    pub at: DateTime<Utc>,
    /// Why. Hostile: the server's words.
    pub why: String,
}

impl Reader<'_> {
    /// To whom of `agents` notices were refused, or sent in vain as far as anybody knows, in the week before `now`, and none has got
    /// through after the last of these. An address that is none of ours any more is nobody's trouble.
    pub fn unreached(&self, agents: &[Address], now: DateTime<Utc>) -> Result<Vec<Unreached>> {
        // SQLite takes last_error from the row that has the maximum. What is sent after all has an older number, so times count; those
        // of being due only keep it from going through all that ever was: no letter waits a week.
        let mut unreached = self.rows(
            "WITH lost AS (SELECT recipient, count(*) AS notices, max(settled_at) AS last, last_error
                           FROM outbox
                           WHERE state IN ('refused', 'ambiguous') AND kind = 'notice' AND settled_at > ?1
                             AND due_at > ?1 - ?2
                           GROUP BY recipient)
             SELECT recipient, notices, last, last_error
             FROM lost
             WHERE NOT EXISTS (SELECT 1 FROM outbox AS later
                               WHERE later.state = 'sent' AND later.due_at > lost.last - ?2
                                 AND later.sent_at > lost.last AND later.recipient = lost.recipient
                                 AND later.kind = 'notice' AND later.bounced_at IS NULL)
             ORDER BY recipient",
            params![Ms(now - RECENT), RECENT.num_milliseconds()],
            |row| {
                Ok(Unreached {
                    to: row.get("recipient")?,
                    notices: row.get::<_, Size>("notices")?.0,
                    at: row.get::<_, Ms>("last")?.0,
                    why: row.get("last_error")?,
                })
            },
        )?;
        unreached.retain(|one: &Unreached| agents.contains(&one.to));
        Ok(unreached)
    }

    /// The notices to one of us that were refused, or sent in vain as far as anybody knows, after `since` and in the week before
    /// `now`, oldest first.
    pub fn lost_notices(
        &self,
        to: &Address,
        since: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<Vec<OutboxId>> {
        let week = now - RECENT;
        self.rows(
            "SELECT id
             FROM outbox
             WHERE state IN ('refused', 'ambiguous') AND kind = 'notice' AND recipient = ?1 AND settled_at > ?2
               AND due_at > ?3
             ORDER BY id",
            params![to, Ms(since.map_or(week, |since| since.max(week))), Ms(week - RECENT)],
            |row| row.get(0),
        )
    }

    /// The mails of programs that have come since the digest before `digest`, set aside or as notes of tickets; of a first one, since
    /// the day before. At most `limit` are named.
    pub fn of_programs(&self, digest: &Key, limit: usize) -> Result<OfPrograms> {
        let since = self.digest_before(digest)?;
        let count = self.row(
            "SELECT count(*)
             FROM event CROSS JOIN mail ON mail.id = event.mail
             WHERE event.id > ?1 AND mail.disposition = 'automatic'
               AND (event.what IN (?2, ?3) OR event.what = ?4 AND event.ticket IS NOT NULL)",
            params![since, SET_ASIDE, KNOWN_SET_ASIDE, AUTOMATIC],
            |row| Ok(row.get::<_, Size>(0)?.0),
        )?;
        let first = self.rows(
            "SELECT event.mail AS mail, event.ticket AS ticket
             FROM event CROSS JOIN mail ON mail.id = event.mail
             WHERE event.id > ?1 AND mail.disposition = 'automatic'
               AND (event.what IN (?2, ?3) OR event.what = ?4 AND event.ticket IS NOT NULL)
             ORDER BY event.what = ?2, event.id DESC
             LIMIT ?5",
            params![since, SET_ASIDE, KNOWN_SET_ASIDE, AUTOMATIC, sql_limit(limit)],
            |row| Ok((row.get("mail")?, row.get("ticket")?)),
        )?;
        Ok(OfPrograms { count: count.unwrap_or_default(), first })
    }

    /// How many letters told this agent after `since` that an answer was not sent on, where the event log begins with `detail`.
    pub fn held_back_letters(&self, agent: &Address, detail: &str, since: DateTime<Utc>) -> Result<u64> {
        let count = self.row(
            "SELECT count(*)
             FROM event CROSS JOIN outbox ON outbox.id = event.outbox
             WHERE event.id > coalesce((SELECT id FROM event WHERE at <= ?3 ORDER BY id DESC LIMIT 1), 0)
               AND event.what = ?4 AND substr(event.detail, 1, length(?2)) = ?2 AND outbox.recipient_untagged = ?1",
            params![agent.counted_mailbox(), detail, Ms(since), HELD_BACK],
            |row| Ok(row.get::<_, Size>(0)?.0),
        )?;
        Ok(count.unwrap_or_default())
    }

    /// The last event that the digest before this one knew. It is looked for from the end of the log backwards.
    fn digest_before(&self, digest: &Key) -> Result<i64> {
        let event = self.row(
            "SELECT id
             FROM event
             WHERE at <= ?1
             ORDER BY id DESC
             LIMIT 1",
            [Ms(self.told_before(digest)?)],
            |row| row.get(0),
        )?;
        Ok(event.unwrap_or_default())
    }

    /// When the digest before this one was written; of a first one, the day before.
    pub(super) fn told_before(&self, digest: &Key) -> Result<DateTime<Utc>> {
        let at = self.row(
            "SELECT max(told_at)
             FROM told
             WHERE cause = ?1 AND clock < ?2",
            params![digest.cause, Ms(digest.clock)],
            |row| row.get::<_, Option<Ms>>(0),
        )?;
        Ok(at.flatten().map_or(digest.clock - TimeDelta::days(1), |at| at.0))
    }

    /// What became of the last ask of a ticket, unless it was never to be heard: refused or cancelled.
    pub fn asked(&self, ticket: TicketId) -> Result<Option<Asked>> {
        self.row(
            "SELECT settled_at
             FROM outbox
             WHERE ticket = ?1 AND kind = 'ask' AND state NOT IN ('refused', 'cancelled')
             ORDER BY id DESC
             LIMIT 1",
            [ticket],
            |row| Ok(row.get::<_, Option<Ms>>(0)?.map_or(Asked::Waits, |at| Asked::At(at.0))),
        )
    }

    /// Held and quarantined mails whose notice waits, then those that nobody has been told of, oldest first.
    pub fn untold_mails(&self, limit: usize) -> Result<Vec<MailFacts>> {
        self.rows(
            "SELECT id, disposition, decided_at
             FROM mail
             WHERE direction = 'in' AND disposition IN ('held', 'quarantined')
               AND (NOT EXISTS (SELECT 1 FROM told
                                WHERE cause = mail.disposition AND subject = mail.id AND clock = mail.decided_at)
                    OR EXISTS (SELECT 1 FROM notice_cause
                               WHERE cause = mail.disposition AND subject = mail.id AND clock = mail.decided_at))
             ORDER BY EXISTS (SELECT 1 FROM notice_cause
                              WHERE cause = mail.disposition AND subject = mail.id AND clock = mail.decided_at) DESC, id
             LIMIT ?1",
            [sql_limit(limit)],
            |row| {
                Ok(MailFacts {
                    number: row.get("id")?,
                    disposition: row.get::<_, Disposition>("disposition")?,
                    since: row.get::<_, Ms>("decided_at")?.0,
                })
            },
        )
    }

    /// Whether somebody has been told of the client's message, or of the later reopening, of this moment.
    pub fn is_heard(&self, ticket: TicketId, clock: DateTime<Utc>) -> Result<bool> {
        let heard = self.row(
            "SELECT EXISTS (SELECT 1 FROM told
                            WHERE cause IN ('new', 'asks_used_up', 'returned') AND subject = ?1 AND clock = ?2)",
            params![ticket, Ms(clock)],
            |row| row.get(0),
        )?;
        Ok(heard.unwrap_or_default())
    }

    /// When the head last heard of this ticket for another message of the client than that of this moment.
    pub fn escalated_before(&self, ticket: TicketId, clock: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let at = self.row(
            "SELECT max(told_at) FROM told WHERE cause = ?1 AND subject = ?2 AND clock <> ?3",
            params![Cause::Escalated, ticket, Ms(clock)],
            |row| row.get::<_, Option<Ms>>(0),
        )?;
        Ok(at.flatten().map(|at| at.0))
    }
}

impl Tx<'_> {
    /// Writes down that somebody is told this now; `false` if he has been told before.
    pub fn tell(&self, key: &Key, now: DateTime<Utc>) -> Result<bool> {
        let rows = self.change(
            "INSERT OR IGNORE INTO told (cause, subject, clock, told_at)
             VALUES (?1, ?2, ?3, ?4)",
            params![key.cause, key.subject, Ms(key.clock), Ms(now)],
        )?;
        Ok(rows > 0)
    }
}
