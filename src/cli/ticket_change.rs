//! `askback ticket N --close | --reopen | --note TEXT`, `askback tickets --before DATE --close`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use super::ticket::absent;
use super::tickets::Which;
use crate::config::Config;
use crate::mail::HeaderText;
use crate::store::{EventSubject, Tx};
use crate::ticket::{State, Ticket, TicketId, turn};
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

/// So many are closed in one transaction: the daemon, which writes to the same database, waits no longer than that takes.
const CLOSED_AT_ONCE: usize = 500;

/// Closes all that are not closed yet of these, and says how many.
pub(super) fn close_all(config: &Config, which: Which, screen: &mut Screen) -> Outcome {
    let zone = config.hours.zone();
    which.is_past(Utc::now().with_timezone(&zone).date_naive())?;
    let numbers: Vec<TicketId> = super::store(config)?.read_now(|reader| {
        let open = |ticket: Ticket| (ticket.state != State::Closed).then_some(ticket.id);
        which.read(reader, zone)?.filter_map(|ticket| ticket.map(open).transpose()).collect()
    })?;
    let mut closed = 0;
    for some in numbers.chunks(CLOSED_AT_ONCE) {
        let some = some.to_vec();
        let more = super::change(config, move |tx| {
            let mut closed = 0_usize;
            for id in some {
                // Its client may have written meanwhile.
                let Some(ticket) = tx.ticket(id)?.filter(|ticket| which.takes(ticket, zone)) else {
                    continue;
                };
                closed += usize::from(close(tx, &ticket, Utc::now())?.is_some());
            }
            Ok(closed)
        });
        if more.is_err() {
            screen.line(&said(closed))?;
        }
        closed += more?;
    }
    screen.line(&said(closed))
}

fn said(closed: usize) -> String {
    format!("Tickets closed: {closed}.")
}

/// Closes a ticket; gives it as it is now, or `None` where there was nothing to close.
fn close(tx: &Tx<'_>, ticket: &Ticket, now: DateTime<Utc>) -> anyhow::Result<Option<Ticket>> {
    keep(tx, turn::closed_by_hand(ticket, now), "closed", now)
}

/// Keeps what a hand made of a ticket, with an event that says so.
fn keep(
    tx: &Tx<'_>,
    changed: Option<Ticket>,
    what: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<Option<Ticket>> {
    if let Some(changed) = &changed {
        tx.update_ticket(changed)?;
        tx.person_overtakes(changed.id, "an operator changed the ticket before it went out", now)?;
        let subject = EventSubject { ticket: Some(changed.id), ..EventSubject::default() };
        tx.event(now, subject, what, "by an operator")?;
    }
    Ok(changed)
}

fn carry_out(tx: &Tx<'_>, id: TicketId, change: &Change, now: DateTime<Utc>) -> anyhow::Result<String> {
    let ticket = tx.ticket(id)?.ok_or_else(|| absent(id))?;
    let subject = EventSubject { ticket: Some(id), ..EventSubject::default() };
    if let Some(note) = &change.note {
        tx.event(now, subject, "note", note)?;
        return Ok(format!("The note is with ticket {id}."));
    }
    let (changed, verb) = if change.close {
        (close(tx, &ticket, now)?, "close")
    } else {
        (keep(tx, turn::reopened_by_hand(&ticket, now), "reopened", now)?, "reopen")
    };
    let was = ticket.state;
    let Some(changed) = changed else {
        let why = format!("ticket {id} is {was}: there is nothing to {verb}");
        return Err(Failure::new(Exit::DataErr, why, format!("askback ticket {id} shows it")).into());
    };
    Ok(format!("Ticket {id} is {} now; it was {was}.", changed.state))
}
