//! Agents' answers: written down when they have demonstrably gone out, and when they come back. In a ticket, what agents
//! sent to the client has the direction `out`; what clients wrote has a kind.

use super::sql::{Ms, Size, limit};
use super::{EventSubject, MailId, OutboxState, Reader, Tx};
use crate::mail::{self, Address, Author, MessageId};
use crate::nudge::{Other, Returned, Said, Unanswered};
use crate::ticket::answer::{NOT_ARRIVED, gone_out, returned};
use crate::ticket::{Ticket, TicketId};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::params;

/// At most so many messages of the client's side are shown to an agent at once, the latest.
const SHOWN: usize = 20;

/// So many mails with the same words are looked at.
const REPEATED: usize = 5;

/// So many of the mails that one of ours answers are waited for.
const AWAITED: usize = 5;

/// The event of an answer that did not reach the client.
const RETURNED: &str = "answer returned";

/// What a server said, if it said anything.
fn known_reason(why: String) -> String {
    if why == NOT_ARRIVED { String::new() } else { why }
}

/// An answer that has demonstrably gone out.
#[derive(Clone, Debug)]
pub struct GoneOut<'a> {
    /// Its In-Reply-To and References.
    pub references: &'a [MessageId],
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// What shows that, for the event log.
    pub how: &'a str,
}

/// An agent's mail that was sent on to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// The mail.
    pub mail: MailId,
    /// The client's side has written into the ticket since.
    pub replied: bool,
}

impl Reader<'_> {
    /// What the client's side wrote that no agent has answered, oldest first: at least the last message.
    pub fn unanswered(&self, ticket: &Ticket) -> Result<Unanswered> {
        let since = Ms(ticket.first_unanswered_at.unwrap_or(ticket.last_client_at));
        let mut messages = self.rows(
            "SELECT author, mail, own_text
             FROM message
             WHERE ticket = ?1 AND direction = 'in' AND kind IS NOT NULL AND at >= ?2
             ORDER BY at DESC, id DESC
             LIMIT ?3",
            params![ticket.id, since, limit(SHOWN)],
            |row| Ok((row.get("author")?, row.get("mail")?, row.get("own_text")?)),
        )?;
        messages.reverse();
        let all = self.row(
            "SELECT count(*)
             FROM message
             WHERE ticket = ?1 AND direction = 'in' AND kind IS NOT NULL AND at >= ?2",
            params![ticket.id, since],
            |row| Ok(row.get::<_, Size>(0)?.0),
        )?;
        let all = usize::try_from(all.unwrap_or_default()).unwrap_or(usize::MAX);
        let earlier = all.saturating_sub(messages.len());
        let said = messages.into_iter().map(|(author, mail, text)| {
            let author: Option<Address> = author;
            let other = author.filter(|author| !author.same_mailbox(&ticket.client));
            let by = other.map(|address| self.other(ticket, address, mail)).transpose()?;
            Ok(Said { by, text })
        });
        Ok(Unanswered { said: said.collect::<Result<_>>()?, earlier })
    }

    /// Somebody of the client's side, with his name as this mail of his has it.
    fn other(&self, ticket: &Ticket, address: Address, mail: Option<MailId>) -> Result<Other> {
        let pending = self.pending(mail.as_slice())?.pop();
        let name = pending.map(|pending| mail::parse(&pending.raw)).and_then(|mail| match mail.author {
            Author::One(author) => Some(author.name),
            Author::Doubtful { .. } => None,
        });
        let in_copy = address.is_among(&ticket.participants);
        Ok(Other { address, name: name.unwrap_or_default(), in_copy })
    }

    /// The last mail that this person wrote into a ticket, for an answer to it.
    pub fn last_mail_of(&self, ticket: TicketId, person: &Address) -> Result<Option<MailId>> {
        let mails = self.rows(
            "SELECT author, mail
             FROM message
             WHERE ticket = ?1 AND direction = 'in' AND kind IS NOT NULL AND mail IS NOT NULL AND author IS NOT NULL
             ORDER BY at DESC, id DESC",
            [ticket],
            |row| Ok((row.get::<_, Address>("author")?, row.get("mail")?)),
        )?;
        let his = mails.into_iter().find(|(author, _)| author.same_mailbox(person));
        Ok(his.map(|(_, mail)| mail))
    }

    /// Who wrote the last message of the client's side: he, or a colleague whom he put in Cc.
    pub fn last_asker(&self, ticket: TicketId) -> Result<Option<Address>> {
        let author = self.row(
            "SELECT author
             FROM message
             WHERE ticket = ?1 AND direction = 'in' AND kind IS NOT NULL
             ORDER BY at DESC, id DESC
             LIMIT 1",
            [ticket],
            |row| row.get(0),
        )?;
        Ok(author.flatten())
    }

    /// The agents' mails that were sent on to a client with exactly these words after `since`, and may have reached him; in this
    /// ticket, if one is given. The latest come first.
    pub fn relayed(
        &self,
        client: &Address,
        words: &str,
        ticket: Option<TicketId>,
        since: DateTime<Utc>,
    ) -> Result<Vec<Relayed>> {
        self.rows(
            "SELECT message.mail, EXISTS (SELECT 1 FROM message AS later
                                          WHERE later.ticket = message.ticket AND later.id > message.id
                                            AND later.direction = 'in' AND later.kind IS NOT NULL) AS replied
             FROM outbox JOIN message ON message.outbox = outbox.id
             WHERE outbox.id > coalesce((SELECT id FROM outbox WHERE created_at <= ?3 AND kind <> 'notice'
                                             ORDER BY id DESC LIMIT 1), 0)
               AND outbox.kind = 'answer' AND outbox.recipient_untagged = ?1 AND outbox.state NOT IN ('refused', 'cancelled')
               AND outbox.bounced_at IS NULL AND message.ticket = outbox.ticket AND message.own_text = ?2
               AND message.mail IS NOT NULL AND (?5 IS NULL OR outbox.ticket = ?5)
             ORDER BY outbox.id DESC
             LIMIT ?4",
            params![client.counted_mailbox(), words, Ms(since), limit(REPEATED), ticket],
            |row| Ok(Relayed { mail: row.get("mail")?, replied: row.get("replied")? }),
        )
    }

    /// The mails of agents that have answered a ticket after `since`, and when, the latest first. What is not known to have reached
    /// the client is not among them: agents are told of it, so that they answer.
    pub fn answers_since(
        &self,
        ticket: TicketId,
        since: DateTime<Utc>,
    ) -> Result<Vec<(MailId, DateTime<Utc>)>> {
        self.rows(
            "SELECT message.mail, message.at
             FROM message LEFT JOIN outbox ON outbox.id = message.outbox
             WHERE message.ticket = ?1 AND direction = 'out' AND message.mail IS NOT NULL AND message.at > ?2
               AND (outbox.id IS NULL
                    OR (outbox.kind = 'answer' AND bounced_at IS NULL
                        AND outbox.state NOT IN ('refused', 'cancelled', 'ambiguous')))
             ORDER BY message.at DESC, message.id DESC",
            params![ticket, Ms(since)],
            |row| Ok((row.get("mail")?, row.get::<_, Ms>("at")?.0)),
        )
    }

    /// The ticket in which an agent's answer has this Message-ID.
    pub fn find_answer(&self, id: &MessageId) -> Result<Option<TicketId>> {
        self.row(
            "SELECT ticket
             FROM message
             WHERE message_id = ?1 AND direction = 'out'
             ORDER BY id
             LIMIT 1",
            [id],
            |row| row.get(0),
        )
    }

    /// The last answer in this ticket that came back, was refused, or is not sent again though it may not have arrived.
    pub fn returned(&self, ticket: TicketId) -> Result<Option<Returned>> {
        // A bounce says more than what the server did not say.
        self.row(
            "SELECT event.at, outbox.bounced_at IS NULL
                    AND EXISTS (SELECT 1 FROM event AS doubt
                                WHERE doubt.ticket = event.ticket AND doubt.outbox = event.outbox AND doubt.what = ?3) AS in_doubt,
                    event.detail,
                    (SELECT own_text FROM message
                     WHERE message.ticket = event.ticket AND message.outbox = event.outbox) AS words
             FROM event LEFT JOIN outbox ON outbox.id = event.outbox
             WHERE event.ticket = ?1 AND event.what = ?2
             ORDER BY event.at DESC, event.id DESC
             LIMIT 1",
            params![ticket, RETURNED, OutboxState::Ambiguous],
            |row| {
                Ok(Returned {
                    at: row.get::<_, Ms>("at")?.0,
                    in_doubt: row.get("in_doubt")?,
                    why: row.get::<_, String>("detail").map(known_reason)?,
                    words: row.get::<_, Option<String>>("words")?.unwrap_or_default(),
                })
            },
        )
    }

    /// Whether the client's last message has one of these Message-IDs.
    fn refers_to_last(&self, ticket: TicketId, ids: &[MessageId]) -> Result<bool> {
        // The ticket's own time of it may be a little later: what is found late is news.
        let last = self.row(
            "SELECT message_id
             FROM message
             WHERE ticket = ?1 AND direction = 'in' AND kind IS NOT NULL
             ORDER BY at DESC, id DESC
             LIMIT 1",
            [ticket],
            |row| row.get::<_, Option<MessageId>>(0),
        )?;
        Ok(last.flatten().is_some_and(|id| ids.contains(&id)))
    }

    /// The client's first message after `at`.
    fn client_wrote_after(&self, ticket: TicketId, at: DateTime<Utc>) -> Result<Option<DateTime<Utc>>> {
        let next = self.row(
            "SELECT min(at)
             FROM message
             WHERE ticket = ?1 AND at > ?2 AND direction = 'in' AND kind IS NOT NULL",
            params![ticket, Ms(at)],
            |row| row.get::<_, Option<Ms>>(0),
        )?;
        Ok(next.flatten().map(|at| at.0))
    }

    /// The last of the answers to a ticket that stand and `answer`, and when the one before it was sent.
    fn last_answer(
        &self,
        ticket: TicketId,
        answer: &MessageId,
    ) -> Result<Option<(Option<MessageId>, DateTime<Utc>)>> {
        let answers = self.rows(
            "SELECT message.message_id, message.at
             FROM message LEFT JOIN outbox ON outbox.id = message.outbox
             WHERE message.ticket = ?1 AND direction = 'out'
               AND (outbox.id IS NULL OR (bounced_at IS NULL AND outbox.state NOT IN ('refused', 'cancelled'))
                    OR message.message_id = ?2)
             ORDER BY message.at DESC, message.id DESC
             LIMIT 2",
            params![ticket, answer],
            |row| Ok((row.get(0)?, row.get::<_, Ms>(1)?.0)),
        )?;
        let before = answers.get(1).map_or(DateTime::<Utc>::UNIX_EPOCH, |(_, at)| *at);
        Ok(answers.into_iter().next().map(|(id, _)| (id, before)))
    }
}

impl Tx<'_> {
    /// An answer has demonstrably gone out: the ticket is answered, unless the client has written since.
    pub fn answer_gone_out(
        &self,
        ticket: TicketId,
        sent: &GoneOut<'_>,
        subject: EventSubject,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let Some(before) = self.ticket(ticket)? else { return Ok(()) };
        let to_last = self.refers_to_last(ticket, sent.references)?;
        let next = self.client_wrote_after(ticket, sent.at)?;
        let gone = gone_out(&before, sent.at, to_last, next);
        self.update_ticket(&gone.ticket)?;
        let since = if gone.answers_last { "" } else { "; the client has written since" };
        self.event(now, subject, "answered", &format!("{}{since}", sent.how))
    }

    /// A mail of ours answers one of these, none of which is here: it is filed again once one comes in.
    pub fn await_mails(&self, mail: MailId, answered: &[MessageId]) -> Result<()> {
        for id in answered.iter().take(AWAITED) {
            self.change(
                "INSERT OR IGNORE INTO awaited (message_id, mail) VALUES (?1, ?2)",
                params![id, mail],
            )?;
        }
        Ok(())
    }

    /// Of mails of ours that were stored before `since` nobody waits any more for what they answer.
    pub fn forget_awaited(&self, since: DateTime<Utc>) -> Result<()> {
        self.change(
            "DELETE FROM awaited
             WHERE mail IN (SELECT awaited.mail
                            FROM awaited CROSS JOIN mail ON mail.id = awaited.mail
                            WHERE mail.stored_at < ?1)",
            [Ms(since)],
        )?;
        Ok(())
    }

    /// A mail has come in: those of ours that answer it are new again.
    pub fn file_answers_again(&self, answered: &MessageId) -> Result<()> {
        let answers = self.rows("SELECT mail FROM awaited WHERE message_id = ?1", [answered], |row| {
            row.get::<_, MailId>(0)
        })?;
        for mail in answers {
            self.change("DELETE FROM awaited WHERE mail = ?1", [mail])?;
            self.change(
                "UPDATE mail
                 SET disposition = 'new', ticket = NULL, why = '', decided_at = NULL, attempts = 0
                 WHERE id = ?1 AND disposition = 'automatic'",
                [mail],
            )?;
        }
        Ok(())
    }

    /// An answer did not reach the client: it is the agents' turn again if it was their last, and they hear of it.
    pub fn answer_returned(
        &self,
        ticket: TicketId,
        answer: &MessageId,
        why: &str,
        subject: EventSubject,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if let Some((Some(last), before)) = self.last_answer(ticket, answer)?
            && last == *answer
            && let Some(found) = self.ticket(ticket)?
            && let Some(open) = returned(&found, self.client_wrote_after(ticket, before)?, now)
        {
            self.update_ticket(&open)?;
        }
        self.event(now, subject, RETURNED, why)
    }
}
