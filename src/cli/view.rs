//! What commands show of tickets, findings and mails, as it is written in JSON. The names are stable.

use crate::calendar::Calendar;
use crate::intake::{Regulation, regulation_of};
use crate::mail::{Attachment, Mail};
use crate::request::{Evidence, Field, Finding, Kind, Language, PerField, Place};
use crate::store::MailRow;
use crate::ticket::{Standing, State, Ticket};
use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use serde::Serialize;
use serde_json::{Value, json};

/// A ticket with what follows from the configuration.
#[derive(Debug, Serialize)]
pub(super) struct TicketView {
    pub(super) number: u32,
    pub(super) state: State,
    pub(super) client: String,
    pub(super) client_name: String,
    pub(super) standing: Standing,
    pub(super) subject: String,
    pub(super) kind: Option<Kind>,
    pub(super) language: Language,
    /// Required fields that apply and are still absent.
    pub(super) missing: Vec<Field>,
    /// The fields that the client is being asked for.
    pub(super) asked: Vec<Field>,
    pub(super) asks: u32,
    pub(super) opened_at: DateTime<Utc>,
    pub(super) last_client_at: DateTime<Utc>,
    pub(super) first_unanswered_at: Option<DateTime<Utc>>,
    pub(super) answered_at: Option<DateTime<Utc>>,
    pub(super) closed_at: Option<DateTime<Utc>>,
    pub(super) reopened_at: Option<DateTime<Utc>>,
    /// When the client took it back, unless he has written since.
    pub(super) withdrawn_at: Option<DateTime<Utc>>,
    /// When the agents' reaction is due; none unless it is their turn.
    pub(super) due_at: Option<DateTime<Utc>>,
    pub(super) overdue: bool,
    pub(super) regulation: String,
    pub(super) linked: Option<u32>,
    pub(super) participants: Vec<String>,
}

impl TicketView {
    pub(super) fn new(
        ticket: &Ticket,
        regulations: &[Regulation],
        hours: &Calendar,
        now: DateTime<Utc>,
    ) -> Self {
        let regulation = regulation_of(&ticket.regulation, ticket.last_client_at, regulations);
        let due_at = regulation
            .filter(|_| ticket.state == State::Open && !ticket.is_withdrawn())
            .map(|regulation| hours.add(ticket.turn_since(), regulation.reaction));
        Self {
            number: ticket.id.0,
            state: ticket.state,
            client: ticket.client.to_string(),
            client_name: ticket.client_name.clone(),
            standing: ticket.standing,
            subject: ticket.subject.clone(),
            kind: ticket.answers.kind,
            language: ticket.language,
            missing: regulation
                .map(|regulation| ticket.answers.missing(&regulation.rules))
                .unwrap_or_default(),
            asked: ticket.asked.clone(),
            asks: ticket.asks,
            opened_at: ticket.opened_at,
            last_client_at: ticket.last_client_at,
            first_unanswered_at: ticket.first_unanswered_at,
            answered_at: ticket.answered_at,
            closed_at: ticket.closed_at,
            reopened_at: ticket.reopened_at,
            withdrawn_at: ticket.withdrawn_at.filter(|_| ticket.is_withdrawn()),
            due_at,
            overdue: due_at.is_some_and(|due| due < now),
            regulation: ticket.regulation.clone(),
            linked: ticket.linked.map(|linked| linked.0),
            participants: ticket.participants.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Names of fields with commas.
pub(super) fn field_names(fields: &[Field]) -> String {
    fields.iter().map(Into::into).collect::<Vec<&str>>().join(", ")
}

/// Findings as JSON, one member a field. `text_of` gives the text that evidence in a place points into, so that
/// offsets can be told in characters; without it, they are left out.
pub(super) fn findings_json<'t>(
    findings: &PerField<Finding>,
    text_of: Option<&dyn Fn(&Evidence) -> &'t str>,
) -> Value {
    let fields = findings.iter().map(|(field, finding)| {
        let evidence: Vec<Value> =
            finding.evidence.iter().map(|evidence| evidence_json(evidence, text_of)).collect();
        let value = json!({"state": finding.state, "value": finding.value, "evidence": evidence});
        (field.to_string(), value)
    });
    Value::Object(fields.collect())
}

fn evidence_json<'t>(evidence: &Evidence, text_of: Option<&dyn Fn(&Evidence) -> &'t str>) -> Value {
    let mut value = json!({"in": evidence.place, "text": evidence.text, "cue": evidence.cue});
    if let (Some(text_of), Some(object)) = (text_of, value.as_object_mut()) {
        let text = text_of(evidence);
        let characters = |bytes: usize| text.get(..bytes).map_or(bytes, |before| before.chars().count());
        object.insert("start".to_owned(), characters(evidence.span.start).into());
        object.insert("end".to_owned(), characters(evidence.span.end).into());
    }
    value
}

/// The text of a mail that evidence points into.
pub(super) fn evidence_text<'m>(mail: &'m Mail, evidence: &Evidence) -> &'m str {
    match evidence.place {
        Place::Subject => &mail.subject,
        Place::Body => &mail.text.full,
        Place::Attachment => {
            let mut names = mail.attachments.iter().filter_map(|attachment| attachment.name.as_deref());
            let fits = |name: &&str| name.get(evidence.span.clone()) == Some(evidence.text.as_str());
            names.find(fits).unwrap_or_default()
        }
    }
}

/// A mail's row as JSON: where it came from, what became of it.
pub(super) fn row_json(row: &MailRow) -> Value {
    json!({
        "mail": row.id,
        "key": row.key.as_ref().map(|key| json!({
            "mailbox": key.mailbox, "uid_validity": key.uid_validity, "uid": key.uid,
        })),
        "direction": row.direction,
        "disposition": row.disposition_name(),
        "why": row.why,
        "ticket": row.ticket,
        "duplicate_of": row.duplicate_of,
        "received_at": row.received_at,
        "stored_at": row.stored_at,
        "size": row.size,
        "over_limit": row.over_limit,
        "sha256": row.sha256.map(|hash| HEXLOWER.encode(&hash)),
        "attempts": row.attempts,
    })
}

/// What a mail says as JSON: the names that [`row_json`] does not have.
pub(super) fn content_json(mail: &Mail) -> Value {
    json!({
        "message_id": mail.message_id.as_ref().map(ToString::to_string),
        "sender": sender(mail),
        "subject": mail.subject,
        "date": mail.date,
        "text": mail.text.full,
        "own_text": mail.text.own(),
        "attachments": mail.attachments.iter().map(attachment_json).collect::<Vec<_>>(),
        "problems": mail.problems,
    })
}

fn attachment_json(attachment: &Attachment) -> Value {
    json!({
        "name": attachment.name,
        "size": attachment.size,
        "type": attachment.media_type,
        "sha256": attachment.sha256.map(|hash| HEXLOWER.encode(&hash)),
    })
}

/// The author's address; the one that could be read, if there is doubt.
pub(super) fn sender(mail: &Mail) -> Option<String> {
    mail.shown_author().map(ToString::to_string)
}
