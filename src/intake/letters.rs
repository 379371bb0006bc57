//! From a plan to a letter: its words, then its bytes.

use super::Desk;
use super::case::Case;
use crate::mail::packed::PackedRaw;
use crate::mail::{HeaderText, Mail};
use crate::reply::letter::{Letter, LetterFacts, Purpose};
use crate::reply::mime::{self, Headers};
use crate::request::{Field, Kind, Level, State};
use crate::store::{LetterKind, NewLetter};
use crate::ticket::Ticket;
use crate::ticket::plan::{Plan, Reply};
use chrono::{DateTime, Utc};

/// A letter without its envelope.
pub(super) struct Composed {
    pub(super) kind: LetterKind,
    /// The fields that it asks for.
    pub(super) asked: Vec<Field>,
    pub(super) letter: Letter,
}

/// The words of the letter that a plan sends, written `now`; `None` if it sends none.
///
/// # Errors
/// If even the built-in template fails: it takes the place of an operator's that does.
pub(super) fn compose(
    desk: &Desk,
    Plan { ticket, reply, .. }: &Plan,
    mail: &Mail,
    arrived_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<Composed>> {
    let (purpose, kind, missing): (_, _, &[Field]) = match reply {
        Reply::Ask(missing) => (Purpose::Ask, LetterKind::Ask, missing),
        Reply::Accept => (Purpose::Accept, LetterKind::Accept, &[]),
        Reply::Silent(_) => return Ok(None),
    };
    let regulation = desk.regulation_at(arrived_at);
    let words = desk.words(ticket.language);
    let questions = words.questions.of(ticket.answers.kind.unwrap_or(Kind::Problem));
    let question = |field: Field| (field, questions.get(field).clone());
    let understood = ticket.answers.found.iter().filter(|(_, answer)| answer.state == State::Present);
    let earlier_asks = match reply {
        Reply::Ask(_) => ticket.asks.saturating_sub(1),
        Reply::Accept | Reply::Silent(_) => ticket.asks,
    };
    let due = desk
        .calendar
        .add(arrived_at, regulation.reaction)
        .with_timezone(&desk.calendar.zone())
        .fixed_offset();
    let facts = LetterFacts {
        ticket: ticket.id,
        language: ticket.language,
        standing: ticket.standing,
        subject: mail.subject.clone(),
        understood: understood
            .map(|(field, answer)| (field, answer.value.clone().unwrap_or_default()))
            .collect(),
        missing: missing.iter().copied().map(question).collect(),
        asked_before: earlier_asks > 0,
        optional_attachments: regulation.rules.level(Field::Attachments) == Level::Welcome
            && ticket.answers.found.attachments.state == State::Missing,
        // What is read late may be late when it goes out: no time is promised then that is past.
        due: (purpose == Purpose::Accept && due > now + desk.grace).then_some(due),
        hours: words.hours.clone(),
        contact: words.contact.clone(),
        company: desk.company.clone(),
    };
    // A fault of the operator's template is no reason to keep a client's mail from being filed.
    let letter = desk.letters.write(purpose, &facts).or_else(|error| {
        tracing::error!(ticket = ticket.id.0, "{error}; this letter has the built-in words");
        desk.letters.write_built_in(purpose, &facts)
    })?;
    Ok(Some(Composed { kind, asked: missing.to_vec(), letter }))
}

/// The letter as the outbox takes it. It waits out the grace period there.
///
/// # Errors
/// If the client's address cannot be written to.
pub(super) fn address(case: &Case<'_>, ticket: &Ticket, composed: Composed) -> anyhow::Result<NewLetter> {
    let Case { desk, pending, mail, now, .. } = *case;
    let to = &ticket.client;
    let from = &desk.support.address;
    let message_id = desk.message_id(ticket.id, to, pending.id.0.unsigned_abs())?;
    let raw = mime::build(
        &Headers {
            from_name: &HeaderText::new(&desk.support.name, 100),
            from,
            to,
            reply_to: &desk.token_key.reply_address(ticket.id, to, from),
            message_id: &message_id,
            in_reply_to: mail.message_id.as_ref(),
            references: &mail.references,
            loop_id: &HeaderText::new(&desk.loop_id, 100),
            date: now,
        },
        &composed.letter,
    )?;
    Ok(NewLetter {
        kind: composed.kind,
        ticket: Some(ticket.id),
        answers_mail: Some(pending.id),
        // The null sender: nothing answers it (RFC 3834, section 3.3).
        envelope_from: None,
        to: to.clone(),
        message_id,
        packed: PackedRaw::pack(&raw)?,
        due_at: now + desk.grace,
        asked: composed.asked,
    })
}
