//! `askback ticket N`

use super::failure::{Exit, Failure, Outcome};
use super::outbox;
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::tickets::state_tone;
use super::view::{TicketView, field_names, findings_json};
use crate::config::Config;
use crate::intake::{Regulation, regulation_of};
use crate::mail::{Address, HeaderText};
use crate::request::{Finding, Level, PerField, State as Found};
use crate::store::{Direction, Event, Letter, Message};
use crate::ticket::{State, Ticket, TicketId};
use chrono::Utc;
use chrono_tz::Tz;
use serde_json::{Value, json};

/// All that the database has of a ticket.
struct Whole {
    ticket: Ticket,
    messages: Vec<(Message, PerField<Finding>)>,
    letters: Vec<Letter>,
    events: Vec<Event>,
}

/// Shows a ticket with its conversation.
pub(super) fn run(config: &Config, number: u32, json: bool, screen: &mut Screen) -> Outcome {
    let id = TicketId(number);
    let whole = super::store(config)?.read_now(|reader| {
        let Some(ticket) = reader.ticket(id)? else { return Ok(None) };
        let (messages, letters) = (reader.messages(id)?, reader.letters_of(id)?);
        Ok(Some(Whole { ticket, messages, letters, events: reader.events(id)? }))
    })?;
    let Some(whole) = whole else { return Err(absent(id)) };
    let regulations = config.regulations()?;
    let view = TicketView::new(&whole.ticket, &regulations, &config.hours, Utc::now());
    if json {
        screen.json(&as_json(&view, &whole))
    } else {
        show(config, &regulations, &view, &whole, screen)
    }
}

/// There is no such ticket.
pub(super) fn absent(id: TicketId) -> Failure {
    Failure::new(Exit::NoInput, format!("there is no ticket {id}"), "askback tickets lists them")
}

fn as_json(view: &TicketView, whole: &Whole) -> Value {
    let mut value = json!(view);
    let messages: Vec<Value> = whole.messages.iter().map(message_json).collect();
    let letters: Vec<Value> = whole.letters.iter().map(outbox::letter_json).collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("found".to_owned(), json!(whole.ticket.answers.found));
        object.insert("messages".to_owned(), messages.into());
        object.insert("letters".to_owned(), letters.into());
        object.insert("events".to_owned(), whole.events.iter().map(event_json).collect());
    }
    value
}

fn message_json((message, findings): &(Message, PerField<Finding>)) -> Value {
    json!({
        "at": message.at,
        "direction": message.direction,
        "mail": message.mail,
        "letter": message.outbox,
        "message_id": message.message_id.as_ref().map(ToString::to_string),
        "author": message.author.as_ref().map(ToString::to_string),
        "subject": message.subject,
        "kind": message.kind,
        "own_text": message.own_text,
        "fields": findings_json(findings, None),
    })
}

pub(super) fn event_json(event: &Event) -> Value {
    json!({
        "at": event.at,
        "what": event.what,
        "detail": event.detail,
        "mail": event.subject.mail,
        "ticket": event.subject.ticket,
        "letter": event.subject.outbox,
    })
}

fn show(
    config: &Config,
    regulations: &[Regulation],
    view: &TicketView,
    whole: &Whole,
    screen: &mut Screen,
) -> Outcome {
    let zone = config.hours.zone();
    show_facts(view, zone, screen)?;
    show_supplied(regulations, view, &whole.ticket, screen)?;
    screen.heading("Conversation")?;
    for (index, message) in whole.messages.iter().enumerate() {
        if index > 0 {
            screen.line("")?;
        }
        show_message(config, message, screen)?;
    }
    if whole.messages.is_empty() {
        screen.line("  No messages.")?;
    }
    screen.heading("Letters")?;
    outbox::show(&whole.letters, zone, "  ", "None.", screen)?;
    screen.heading("Events")?;
    show_events(&whole.events, zone, screen)
}

/// How it stands.
fn show_facts(view: &TicketView, zone: Tz, screen: &mut Screen) -> Outcome {
    let subject = HeaderText::new(&view.subject, 200);
    let title = screen.paint(Tone::Bold, &format!("Ticket {}: {subject}", view.number));
    screen.line(&title)?;
    let state = screen.paint(state_tone(view.state), view.state.into());
    let client = format!("{} <{}>", HeaderText::new(&view.client_name, 60), view.client);
    let mut facts = vec![
        ("state", state),
        ("client", format!("{}, {}", client.trim(), view.standing)),
        ("kind", format!("{}, {}", view.kind.map_or("not known yet", Into::into), view.language)),
        ("opened", moment(view.opened_at, zone)),
        ("last from client", moment(view.last_client_at, zone)),
    ];
    facts.extend(view.first_unanswered_at.map(|at| ("unanswered since", moment(at, zone))));
    // It may be open again since.
    let answered =
        if matches!(view.state, State::Answered | State::Closed) { "answered" } else { "last answered" };
    facts.extend(view.answered_at.map(|at| (answered, moment(at, zone))));
    facts.extend(view.reopened_at.map(|at| ("reopened", moment(at, zone))));
    facts.extend(view.withdrawn_at.map(|at| ("withdrawn", moment(at, zone))));
    facts.extend(view.closed_at.map(|at| ("closed", moment(at, zone))));
    facts.extend(view.due_at.map(|due| {
        let text = moment(due, zone);
        let late = screen.paint(Tone::Red, &format!("{text}, overdue"));
        ("reaction due", if view.overdue { late } else { text })
    }));
    facts.push(("regulation", HeaderText::new(&view.regulation, 60).to_string()));
    facts.push(("asks", view.asks.to_string()));
    if !view.asked.is_empty() {
        facts.push(("asked for", field_names(&view.asked)));
    }
    facts.extend(view.linked.map(|linked| ("linked", format!("ticket {linked}"))));
    if !view.participants.is_empty() {
        facts.push(("participants", view.participants.join(", ")));
    }
    for (name, value) in facts {
        screen.line(&format!("  {name:<17} {value}"))?;
    }
    Ok(())
}

/// What is known of each field.
fn show_supplied(
    regulations: &[Regulation],
    view: &TicketView,
    ticket: &Ticket,
    screen: &mut Screen,
) -> Outcome {
    screen.heading("What it has supplied")?;
    let mut table = Table::new(&[Column::Fixed("field"), Column::Fixed("state"), Column::Flexible("value")]);
    let regulation = regulation_of(&ticket.regulation, ticket.last_client_at, regulations);
    for (field, answer) in ticket.answers.found.iter() {
        let level = regulation.map(|regulation| regulation.rules.level(field));
        let absent = view.missing.contains(&field);
        let state = match (answer.state, level) {
            (_, Some(Level::Off)) => "off".to_owned(),
            (Found::Missing, _) if !*ticket.answers.applies.get(field) => "not asked for".to_owned(),
            (state, _) => state.to_string(),
        };
        let tone = if absent { Tone::Yellow } else { Tone::Plain };
        table.row(vec![
            Cell::new(field),
            Cell::toned(state, tone),
            Cell::new(answer.value.as_deref().unwrap_or("")),
        ]);
    }
    table.show(screen, "  ", "")
}

/// An address with the name that the configuration has for it.
fn named(config: &Config, address: &Address) -> String {
    let mut people = config.agent.iter().chain(&config.head);
    match people.find(|person| person.address == *address && !person.name.is_empty()) {
        Some(person) => format!("{} <{address}>", HeaderText::new(&person.name, 60)),
        None => address.to_string(),
    }
}

fn show_message(
    config: &Config,
    (message, findings): &(Message, PerField<Finding>),
    screen: &mut Screen,
) -> Outcome {
    let author = message.author.as_ref().map_or_else(|| "?".to_owned(), |author| named(config, author));
    let who = match message.direction {
        Direction::In => format!("from {author}"),
        Direction::Out => format!("to {author}"),
    };
    let mail = message.mail.map(|id| format!("mail {id}"));
    let letter = message.outbox.map(|id| format!("letter {id}"));
    let parts: Vec<String> = [
        Some(moment(message.at, config.hours.zone())),
        Some(who),
        message.kind.map(|kind| kind.to_string()),
        mail,
        letter,
    ]
    .into_iter()
    .flatten()
    .collect();
    let head = screen.paint(Tone::Bold, &parts.join(" · "));
    screen.line(&format!("  {head}"))?;
    screen.line(&format!("  Subject: {}", HeaderText::new(&message.subject, 200)))?;
    screen.hostile("    ", &message.own_text)?;
    for (field, finding) in findings.iter().filter(|(_, finding)| !finding.evidence.is_empty()) {
        let words: Vec<String> = finding
            .evidence
            .iter()
            .take(3)
            .map(|evidence| {
                let text = screen.paint(Tone::Cyan, HeaderText::new(&evidence.text, 80).as_str());
                format!("«{text}» ({})", HeaderText::new(&evidence.cue, 60))
            })
            .collect();
        let found = format!("{field} {}", finding.state);
        screen.line(&format!("  {found:<20} {}", words.join(", ")))?;
    }
    Ok(())
}

/// Events as a table.
pub(super) fn show_events(events: &[Event], zone: Tz, screen: &mut Screen) -> Outcome {
    let mut table = Table::new(&[Column::Fixed("at"), Column::Fixed("what"), Column::Flexible("detail")]);
    for event in events {
        table.row(vec![Cell::new(moment(event.at, zone)), Cell::new(&event.what), Cell::new(&event.detail)]);
    }
    table.show(screen, "  ", "None.")
}
