//! `askback ticket N --close | --reopen | --note TEXT`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use super::ticket::absent;
use crate::config::Config;
use crate::mail::HeaderText;
use crate::store::{EventSubject, Tx};
use crate::ticket::{TicketId, turn};
use chrono::{DateTime, Utc};

/// The longest note.
const NOTE_CHARS: usize = 2000;

/// What an operator does to a ticket: one of these.
#[derive(Clone, Debug, clap::Args)]
#[group(multiple = false)]
pub(super) struct Change {
    /// Close it; letters of it that still wait are not sent
    #[arg(long)]
    close: bool,
    /// Make it the agents' turn again
    #[arg(long)]
    reopen: bool,
    /// Add a note to its events
    #[arg(long, value_name = "TEXT", value_parser = note)]
    note: Option<String>,
}

/// A note as it is kept: on one line, with something in it.
fn note(text: &str) -> Result<String, &'static str> {
    let note = HeaderText::new(text, NOTE_CHARS);
    if note.as_str().trim().is_empty() { Err("a note needs words") } else { Ok(note.to_string()) }
}

/// Changes a ticket beside the running daemon, and says what it is now.
pub(super) fn run(config: &Config, number: u32, change: &Change, screen: &mut Screen) -> Outcome {
    let (id, change) = (TicketId(number), change.clone());
    let said = super::change(config, move |tx| carry_out(tx, id, &change, Utc::now()))?;
    screen.line(&said)
}

fn carry_out(tx: &Tx<'_>, id: TicketId, change: &Change, now: DateTime<Utc>) -> anyhow::Result<String> {
    let ticket = tx.ticket(id)?.ok_or_else(|| absent(id))?;
    let subject = EventSubject { ticket: Some(id), ..EventSubject::default() };
    if let Some(note) = &change.note {
        tx.event(now, subject, "note", note)?;
        return Ok(format!("The note is with ticket {id}."));
    }
    let (changed, what, verb) = if change.close {
        (turn::closed_by_hand(&ticket, now), "closed", "close")
    } else {
        (turn::reopened_by_hand(&ticket, now), "reopened", "reopen")
    };
    let was = ticket.state.name();
    let Some(changed) = changed else {
        let why = format!("ticket {id} is {was}: there is nothing to {verb}");
        return Err(Failure::new(Exit::DataErr, why, format!("askback ticket {id} shows it")).into());
    };
    tx.update_ticket(&changed)?;
    tx.person_overtakes(id, "an operator changed the ticket before it went out", now)?;
    tx.event(now, subject, what, "by an operator")?;
    Ok(format!("Ticket {id} is {} now; it was {was}.", changed.state.name()))
}
