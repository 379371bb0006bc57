//! `askback tickets`

use super::failure::Outcome;
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::view::{TicketView, field_names};
use crate::config::Config;
use crate::request::Kind;
use crate::ticket::State;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// Lists tickets, the latest last.
pub(super) fn run(config: &Config, state: Option<State>, json: bool, screen: &mut Screen) -> Outcome {
    let tickets = super::store(config)?.read_now(|reader| reader.tickets(state))?;
    let (regulations, now) = (config.regulations()?, Utc::now());
    let view = |ticket| TicketView::new(ticket, &regulations, &config.hours, now);
    let views: Vec<TicketView> = tickets.iter().map(view).collect();
    if json { screen.json(&views) } else { show(config, state, &views, screen) }
}

fn show(config: &Config, state: Option<State>, views: &[TicketView], screen: &mut Screen) -> Outcome {
    let zone = config.hours.zone();
    let mut table = Table::new(&[
        Column::Right("no"),
        Column::Fixed("state"),
        Column::Flexible("client"),
        Column::Flexible("subject"),
        Column::Fixed("kind"),
        Column::Flexible("missing"),
        Column::Right("asks"),
        Column::Fixed("waits since"),
        Column::Fixed("reaction due"),
    ]);
    for view in views {
        let due = view.due_at.map(|due| moment(due, zone)).unwrap_or_default();
        table.row(vec![
            Cell::new(view.number),
            Cell::toned(view.state.name(), state_tone(view.state)),
            Cell::new(&view.client),
            Cell::new(&view.subject),
            Cell::new(view.kind.map_or("", Kind::name)),
            Cell::new(field_names(&view.missing)),
            Cell::new(view.asks),
            Cell::new(view.first_unanswered_at.map(|at| short(at, zone)).unwrap_or_default()),
            Cell::toned(due, if view.overdue { Tone::Red } else { Tone::Plain }),
        ]);
    }
    let empty = state.map_or_else(
        || "There are no tickets yet.".to_owned(),
        |state| format!("There are no {} tickets.", state.name()),
    );
    table.show(screen, "", &empty)
}

/// A moment without its year: of what waits, it is this one.
fn short(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%m-%d %H:%M").to_string()
}

pub(super) const fn state_tone(state: State) -> Tone {
    match state {
        State::Incomplete => Tone::Yellow,
        State::Open => Tone::Bold,
        State::Answered => Tone::Green,
        State::Closed => Tone::Dim,
    }
}
