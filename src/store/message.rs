//! The messages of a ticket, in and out, with what each supplied; and who they can be referred to by.

use super::sql::{Json, Ms, limit};
use super::{MailId, OutboxId, Reader, Tx};
use crate::mail::{Address, MessageId};
use crate::request::{Evidence, Field, Finding, Kind, PerField, Place};
use crate::ticket::{Ticket, TicketId};
use anyhow::Result;
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use std::collections::BTreeSet;
use strum::{Display, EnumString, IntoStaticStr};

/// Tickets that one mail can mention by Message-IDs.
const MOST_MENTIONED: usize = 50;

/// A program may give all its mails one Message-ID, and anybody can: so many of them are looked at.
const MOST_OF_ONE_ID: usize = 50;

/// And so many that are the same mail.
const MOST_SAME: usize = 5;

/// No notice shows more messages, and more of each.
const MOST_SHOWN: usize = 50;
const MOST_SHOWN_CHARS: usize = 10_000;

/// Received or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Direction {
    /// To us: what clients wrote, and notes, of agents or programs.
    In,
    /// To the client: what agents answered.
    Out,
}

/// One message of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its ticket.
    pub ticket: TicketId,
    /// The mail it is, if it was received.
    pub mail: Option<MailId>,
    /// The letter it is, if askback sent it.
    pub outbox: Option<OutboxId>,
    /// Received or sent.
    pub direction: Direction,
    /// Its Message-ID.
    pub message_id: Option<MessageId>,
    /// Who wrote it; for [`Direction::Out`] the client, who gets it.
    pub author: Option<Address>,
    /// Its subject. Hostile.
    pub subject: String,
    /// Its writer's own text. Hostile.
    pub own_text: String,
    /// What kind of mail it is, where that was looked for.
    pub kind: Option<Kind>,
    /// When it was received or sent.
    pub at: DateTime<Utc>,
}

/// [`Evidence`] as the database keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredEvidence {
    place: Place,
    start: usize,
    end: usize,
    text: String,
    cue: String,
}

impl From<&Evidence> for StoredEvidence {
    fn from(evidence: &Evidence) -> Self {
        Self {
            place: evidence.place,
            start: evidence.span.start,
            end: evidence.span.end,
            text: evidence.text.clone(),
            cue: evidence.cue.clone(),
        }
    }
}

impl From<StoredEvidence> for Evidence {
    fn from(stored: StoredEvidence) -> Self {
        Self { place: stored.place, span: stored.start..stored.end, text: stored.text, cue: stored.cue }
    }
}

fn message(row: &Row<'_>) -> rusqlite::Result<(i64, Message)> {
    let message = Message {
        ticket: row.get("ticket")?,
        mail: row.get("mail")?,
        outbox: row.get("outbox")?,
        direction: row.get("direction")?,
        message_id: row.get("message_id")?,
        author: row.get("author")?,
        subject: row.get("subject")?,
        own_text: row.get("own_text")?,
        kind: row.get("kind")?,
        at: row.get::<_, Ms>("at")?.0,
    };
    Ok((row.get("id")?, message))
}

fn answer(row: &Row<'_>) -> rusqlite::Result<(Field, Finding)> {
    let Json(evidence) = row.get::<_, Json<Vec<StoredEvidence>>>("evidence")?;
    let finding = Finding {
        state: row.get("state")?,
        value: row.get("value")?,
        evidence: evidence.into_iter().map(Evidence::from).collect(),
    };
    Ok((row.get("field")?, finding))
}

impl Reader<'_> {
    /// The messages of a ticket in order of time, each with what it supplied.
    pub fn messages(&self, ticket: TicketId) -> Result<Vec<(Message, PerField<Finding>)>> {
        let messages = self.rows(
            "SELECT id, ticket, mail, outbox, direction, message_id, author, subject, own_text, kind, at
             FROM message
             WHERE ticket = ?1
             ORDER BY at, id",
            [ticket],
            message,
        )?;
        messages.into_iter().map(|(id, message)| Ok((message, self.answers(id)?))).collect()
    }

    fn answers(&self, message: i64) -> Result<PerField<Finding>> {
        let rows = self.rows(
            "SELECT field, state, value, evidence
             FROM answer
             WHERE message = ?1",
            [message],
            answer,
        )?;
        let mut fields = PerField::default();
        for (field, finding) in rows {
            *fields.get_mut(field) = finding;
        }
        Ok(fields)
    }

    /// Which tickets have messages or letters with these Message-IDs, each once, in the order of `ids` and of their numbers, and
    /// 50 at most. Of a Message-ID that thousands of mails have, the first 50 count.
    pub fn mentioned(&self, ids: &[MessageId]) -> Result<Vec<TicketId>> {
        let mut mentioned = Vec::new();
        let mut asked = BTreeSet::new();
        for id in ids.iter().filter(|id| asked.insert(*id)) {
            let tickets: Vec<TicketId> = self.rows(
                "SELECT ticket FROM (SELECT ticket FROM message WHERE message_id = ?1 ORDER BY id LIMIT ?2)
                 UNION
                 SELECT ticket FROM outbox WHERE message_id = ?1 AND ticket IS NOT NULL
                 ORDER BY ticket",
                params![id, limit(MOST_OF_ONE_ID)],
                |row| row.get::<_, TicketId>(0),
            )?;
            let room = MOST_MENTIONED - mentioned.len();
            let new: Vec<_> =
                tickets.into_iter().filter(|ticket| !mentioned.contains(ticket)).take(room).collect();
            mentioned.extend(new);
            if mentioned.len() >= MOST_MENTIONED {
                break;
            }
        }
        Ok(mentioned)
    }

    /// Which tickets of these clients have messages or letters with these Message-IDs: of each Message-ID the latest, however many
    /// tickets of others have it.
    pub fn mentioned_by_clients(&self, ids: &[MessageId], clients: &[Address]) -> Result<Vec<TicketId>> {
        let clients: Vec<&str> = clients.iter().map(Address::as_str).collect();
        let mut mentioned = Vec::new();
        let mut asked = BTreeSet::new();
        for id in ids.iter().filter(|id| asked.insert(*id)) {
            let ticket = self.row(
                "SELECT ticket.id
                 FROM (SELECT ticket FROM message WHERE message_id = ?1
                       UNION
                       SELECT ticket FROM outbox WHERE message_id = ?1 AND ticket IS NOT NULL) AS named
                      JOIN ticket ON ticket.id = named.ticket
                 WHERE client IN (SELECT value FROM json_each(?2))
                 ORDER BY ticket.id DESC
                 LIMIT 1",
                params![id, Json(&clients)],
                |row| row.get::<_, TicketId>(0),
            )?;
            mentioned.extend(ticket);
        }
        Ok(mentioned)
    }

    /// The tickets that somebody wrote into, from whatever `+tag` of his, opened until `opened` and not closed before
    /// `closed`. `None`: they are too many to be looked at.
    pub fn tickets_with(
        &self,
        person: &Address,
        opened: DateTime<Utc>,
        closed: DateTime<Utc>,
    ) -> Result<Option<Vec<TicketId>>> {
        let bare = person.without_tag();
        let (user, domain) = (bare.local(), bare.domain());
        // The sign behind `+` ends the range of his tags.
        let tickets = self.rows(
            "SELECT id FROM ticket
             WHERE id IN (SELECT ticket FROM message WHERE author = ?1
                          UNION ALL
                          SELECT ticket FROM message
                          WHERE author >= ?2 AND author < ?3 AND substr(author, -length(?4)) = ?4)
               AND opened_at <= ?5 AND (closed_at IS NULL OR closed_at >= ?6)
             LIMIT ?7",
            params![
                bare,
                format!("{user}+"),
                format!("{user},"),
                format!("@{domain}"),
                Ms(opened),
                Ms(closed),
                limit(MOST_MENTIONED + 1)
            ],
            |row| row.get::<_, TicketId>(0),
        )?;
        Ok((tickets.len() <= MOST_MENTIONED).then_some(tickets))
    }

    /// Whether one of these mails is an agent's, and no older than `since`: in a ticket, or in the folder for sent mail and in none, or
    /// answered by such a one. `house` are the agents' addresses and ours.
    pub fn are_agents(&self, ids: &[MessageId], house: &[Address], since: DateTime<Utc>) -> Result<bool> {
        let house: Vec<&str> = house.iter().map(Address::as_str).collect();
        for id in ids {
            let is_agents = self.row(
                "SELECT EXISTS (SELECT 1 FROM message
                                WHERE message_id = ?1 AND mail IS NOT NULL AND at >= ?3
                                  AND (direction = 'out'
                                       OR (kind IS NULL AND author IN (SELECT value FROM json_each(?2)))))
                     OR EXISTS (SELECT 1 FROM awaited JOIN mail ON mail.id = awaited.mail
                                WHERE message_id = ?1 AND received_at >= ?3)",
                params![id, Json(&house), Ms(since)],
                |row| row.get::<_, bool>(0),
            )?;
            if is_agents == Some(true) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The mails that are a client's message with the same Message-ID, author, subject and words, with their tickets and when they
    /// arrived: the last five, the latest first.
    pub fn same_messages(&self, message: &Message) -> Result<Vec<(TicketId, MailId, DateTime<Utc>)>> {
        self.rows(
            "SELECT ticket, mail, at FROM message
             WHERE id IN (SELECT id FROM message WHERE message_id = ?1 ORDER BY id DESC LIMIT ?6)
               AND author = ?2 AND subject = ?3 AND own_text = ?4
               AND direction = 'in' AND kind IS NOT NULL AND mail IS NOT NULL
             ORDER BY id DESC
             LIMIT ?5",
            params![
                message.message_id,
                message.author,
                message.subject,
                message.own_text,
                limit(MOST_SAME),
                limit(MOST_OF_ONE_ID)
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Ms>(2)?.0)),
        )
    }

    /// The last words of an agent's in a ticket, if its client has said no more than thanks since.
    pub fn last_answer_words(&self, ticket: &Ticket) -> Result<Option<String>> {
        let last = self.row(
            "SELECT own_text, at >= ?2 FROM message
             WHERE ticket = ?1 AND direction = 'out'
             ORDER BY at DESC, id DESC
             LIMIT 1",
            params![ticket.id, Ms(ticket.last_client_at)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(last.and_then(|(words, is_last): (String, bool)| is_last.then_some(words)))
    }

    /// The latest messages of one direction in a ticket, as much of each as a notice shows, and as many as it does or some more.
    pub fn latest_words(&self, ticket: TicketId, direction: Direction) -> Result<Vec<String>> {
        self.rows(
            "SELECT substr(own_text, 1, ?3) FROM message
             WHERE ticket = ?1 AND direction = ?2 AND (direction = 'out' OR kind IS NOT NULL)
             ORDER BY at DESC, id DESC
             LIMIT ?4",
            params![ticket, direction, limit(MOST_SHOWN_CHARS), limit(MOST_SHOWN)],
            |row| row.get(0),
        )
    }

    /// What its client wrote that opened a ticket, as much of it as a notice shows; `None` where an agent began it, or where our own note
    /// stands for a mail over the size limit. Whatever came later may have joined by a hint.
    pub fn opening_words(&self, ticket: TicketId) -> Result<Option<String>> {
        let first = self.row(
            "SELECT CASE WHEN direction = 'in' AND kind IS NOT NULL
                          AND (SELECT over_limit FROM mail WHERE id = message.mail) IS NULL
                    THEN substr(own_text, 1, ?2) END
             FROM message
             WHERE id = (SELECT min(id) FROM message INDEXED BY message_ticket WHERE ticket = ?1)",
            params![ticket, limit(MOST_SHOWN_CHARS)],
            |row| row.get(0),
        )?;
        Ok(first.flatten())
    }

    /// Whether a message or letter with this Message-ID is here.
    pub fn message_id_seen(&self, id: &MessageId) -> Result<bool> {
        let seen = self.row(
            "SELECT 1 FROM message WHERE message_id = ?1
             UNION ALL
             SELECT 1 FROM outbox WHERE message_id = ?1",
            [id],
            |_| Ok(()),
        )?;
        Ok(seen.is_some())
    }
}

impl Tx<'_> {
    /// Adds a message to its ticket, with what it supplied.
    ///
    /// # Errors
    /// If the ticket, mail or letter does not exist, or the database cannot be written.
    pub fn insert_message(&self, message: &Message, fields: Option<&PerField<Finding>>) -> Result<()> {
        let id = self.insert(
            "INSERT INTO message
                 (ticket, mail, outbox, direction, message_id, author, subject, own_text, kind, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                message.ticket,
                message.mail,
                message.outbox,
                message.direction,
                message.message_id,
                message.author,
                message.subject,
                message.own_text,
                message.kind,
                Ms(message.at),
            ],
        )?;
        // A missing field without a word about it is the default: no row.
        let nothing = Finding::default();
        let fields = fields.into_iter().flat_map(PerField::iter);
        for (field, finding) in fields.filter(|(_, finding)| **finding != nothing) {
            let evidence: Vec<_> = finding.evidence.iter().map(StoredEvidence::from).collect();
            self.change(
                "INSERT INTO answer (message, field, state, value, evidence)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, field, finding.state, finding.value, Json(evidence)],
            )?;
        }
        Ok(())
    }
}
