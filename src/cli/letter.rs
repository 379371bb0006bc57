//! `askback outbox N`, `askback outbox retry N`

use super::failure::{Exit, Failure, Outcome};
use super::outbox::{Shown, letter_json};
use super::screen::{Screen, Tone, moment};
use super::ticket::{event_json, show_events};
use super::view::{content_json, field_names};
use crate::config::Config;
use crate::mail::{HeaderText, Mail};
use crate::store::{Event, EventSubject, Letter, OutboxId, OutboxState, Reader};
use chrono::Utc;
use clap::Subcommand;

/// What is done with letters.
#[derive(Debug, Subcommand)]
pub(super) enum LetterCommand {
    /// Send a refused answer or notice, or an ambiguous notice, after all; it is given up four days after it was written, or after one more try
    Retry {
        /// The letter's number
        number: i64,
    },
}

fn unknown(number: i64) -> Failure {
    let remedy = "askback outbox lists all letters";
    Failure::new(Exit::NoInput, format!("there is no letter {number}"), remedy)
}

/// A letter whose bytes are sound.
fn find(reader: &Reader<'_>, number: i64) -> anyhow::Result<Letter> {
    Ok(reader.letter_in_pieces(OutboxId(number))?.map(|(letter, _)| letter).ok_or_else(|| unknown(number))?)
}

/// Shows a letter and what became of it.
pub(super) fn run(config: &Config, number: i64, json: bool, screen: &mut Screen) -> Outcome {
    // One whose bytes are damaged is shown without them: that may be why it is refused.
    let (mail, events, letter) = super::store(config)?.read_now(|reader| {
        let letter = reader.letter(OutboxId(number))?.ok_or_else(|| unknown(number))?;
        Ok((reader.parsed_letter(letter.id), reader.letter_events(letter.id)?, letter))
    })?;
    if !json {
        return show(config, &letter, &mail, &events, screen);
    }
    let mut value = letter_json(&letter);
    if let Some(object) = value.as_object_mut() {
        match &mail {
            Ok(mail) => {
                if let serde_json::Value::Object(content) = content_json(mail) {
                    object.extend(content);
                }
            }
            Err(error) => {
                object.insert("damaged".to_owned(), format!("{error:#}").into());
            }
        }
        object.insert("events".to_owned(), events.iter().map(event_json).collect());
    }
    screen.json(&value)
}

/// Writes the bytes of a letter.
pub(super) fn raw(config: &Config, number: i64, screen: &mut Screen) -> Outcome {
    super::store(config)?.read_now(|reader| {
        let letter = find(reader, number)?;
        let mut number = 0;
        while let Some(piece) = reader.letter_piece(letter.id, number)? {
            screen.bytes(&piece)?;
            number += 1;
        }
        Ok(())
    })?;
    Ok(())
}

fn show(
    config: &Config,
    letter: &Letter,
    mail: &anyhow::Result<Mail>,
    events: &[Event],
    screen: &mut Screen,
) -> Outcome {
    let zone = config.hours.zone();
    let subject = mail.as_ref().map_or_else(
        |_| "its bytes are damaged".to_owned(),
        |mail| HeaderText::new(&mail.subject, 200).to_string(),
    );
    let title = format!("Letter {}: {subject}", letter.id);
    let title = screen.paint(Tone::Bold, &title);
    screen.line(&title)?;
    let waits = letter.state == OutboxState::Waiting;
    let facts = [
        ("state", Shown::of(letter).name().to_owned()),
        ("why", HeaderText::new(&letter.last_error, 500).to_string()),
        ("kind", letter.kind.to_string()),
        ("ticket", letter.ticket.map(|ticket| ticket.to_string()).unwrap_or_default()),
        ("answers", letter.answers_mail.map(|mail| format!("mail {mail}")).unwrap_or_default()),
        ("to", letter.to.to_string()),
        ("about", field_names(&letter.asked)),
        ("written", moment(letter.created_at, zone)),
        ("due", if waits { moment(letter.due_at, zone) } else { String::new() }),
        ("sent", letter.sent_at.map(|at| moment(at, zone)).unwrap_or_default()),
        ("came back", letter.bounced_at.map(|at| moment(at, zone)).unwrap_or_default()),
        ("the server said", HeaderText::new(&letter.response, 500).to_string()),
        ("tries", letter.attempts.to_string()),
    ];
    for (name, value) in facts.iter().filter(|(_, value)| !value.is_empty()) {
        screen.line(&format!("  {name:<15} {value}"))?;
    }
    screen.heading("Text")?;
    match mail {
        Ok(mail) => screen.hostile("  ", &mail.text.full)?,
        Err(error) => screen.hostile("  ", &format!("{error:#}"))?,
    }
    screen.heading("Events")?;
    show_events(events, zone, screen)
}

/// Does to a letter what an operator decided, beside the running daemon.
pub(super) fn change(config: &Config, command: &LetterCommand, screen: &mut Screen) -> Outcome {
    let LetterCommand::Retry { number } = *command;
    super::change(config, move |tx| {
        let letter = find(tx, number)?;
        let now = Utc::now();
        if !tx.retry_letter(letter.id, now)? {
            if letter.state == OutboxState::Refused {
                let what = format!("letter {number} is automatic ({})", letter.kind);
                let remedy = "the request is the agents' turn: answer the client yourself; a client who writes before anybody \
                              has answered is asked again";
                return Err(Failure::new(Exit::DataErr, what, remedy).into());
            }
            let what = format!("letter {number} is {}, not refused", letter.state);
            let remedy = match letter.state {
                OutboxState::Ambiguous => {
                    "it may have arrived: look into the Sent folder or the server's log, and write by hand"
                }
                OutboxState::Waiting | OutboxState::Claimed => "nothing to do: it is tried by itself",
                OutboxState::Sent | OutboxState::Refused | OutboxState::Cancelled => {
                    "askback outbox --state refused lists those that can be sent again"
                }
            };
            return Err(Failure::new(Exit::DataErr, what, remedy).into());
        }
        let subject = EventSubject { mail: None, ticket: letter.ticket, outbox: Some(letter.id) };
        tx.event(now, subject, "retried", "by an operator")
    })?;
    screen.line(&format!(
        "Letter {number} is to be sent: the running daemon tries it within five minutes (an hour while the mail server \
         refuses the login), else the next start does."
    ))
}
