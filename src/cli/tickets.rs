//! `askback tickets`

use super::failure::{Exit, Failure, Outcome};
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::view::{TicketView, field_names};
use crate::config::Config;
use crate::store::Reader;
use crate::ticket::{State, Ticket};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

/// Which tickets.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct Which {
    /// Only those in this state
    #[arg(long, value_parser = super::state_parser())]
    state: Option<State>,
    /// Only those whose client wrote last before this day, such as 2026-10-01
    #[arg(long, value_name = "DATE", value_parser = day)]
    before: Option<NaiveDate>,
}

fn day(text: &str) -> Result<NaiveDate, &'static str> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| "write a day such as 2026-10-01")
}

impl Which {
    /// Whether a ticket is one of them; the day begins in this zone.
    pub(super) fn takes(self, ticket: &Ticket, zone: Tz) -> bool {
        let wrote = || ticket.last_client_at.with_timezone(&zone).date_naive();
        self.state.is_none_or(|state| ticket.state == state) && self.before.is_none_or(|day| wrote() < day)
    }

    /// # Errors
    /// If it takes what is still to come: who closes that has mistyped the day.
    pub(super) fn is_past(self, today: NaiveDate) -> Outcome {
        match self.before.filter(|day| *day > today) {
            None => Ok(()),
            Some(day) => {
                let what = format!("{day} is still to come: all tickets would be closed");
                Err(Failure::new(Exit::Usage, what, "name the day before which nobody waits any more"))
            }
        }
    }

    /// They, in order of number; each is read when it is asked for.
    pub(super) fn read(
        self,
        reader: &Reader<'_>,
        zone: Tz,
    ) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Ticket>>> {
        let tickets = reader.tickets(self.state)?;
        Ok(tickets.filter(move |ticket| ticket.as_ref().map_or(true, |ticket| self.takes(ticket, zone))))
    }

    /// What is said where there are none.
    pub(super) fn none(self) -> String {
        let state = self.state.map(|state| format!("{state} ")).unwrap_or_default();
        match self.before {
            Some(day) => format!("There are no {state}tickets whose client wrote last before {day}."),
            None if state.is_empty() => "There are no tickets yet.".to_owned(),
            None => format!("There are no {state}tickets."),
        }
    }
}

/// Lists tickets, the latest last.
pub(super) fn run(config: &Config, which: Which, json: bool, screen: &mut Screen) -> Outcome {
    let (regulations, now) = (config.regulations()?, Utc::now());
    super::store(config)?.read_now(|reader| {
        let tickets = which.read(reader, config.hours.zone())?;
        let views = tickets.map(|ticket| Ok(TicketView::new(&ticket?, &regulations, &config.hours, now)));
        if json { screen.json_array(views) } else { show(config, which, views, now, screen) }
    })?;
    Ok(())
}

fn show(
    config: &Config,
    which: Which,
    views: impl Iterator<Item = anyhow::Result<TicketView>>,
    now: DateTime<Utc>,
    screen: &mut Screen,
) -> anyhow::Result<()> {
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
        let view = view?;
        let due = view.due_at.map(|due| moment(due, zone)).unwrap_or_default();
        table.row(vec![
            Cell::new(view.number),
            Cell::toned(view.state, state_tone(view.state)),
            Cell::new(&view.client),
            Cell::new(&view.subject),
            Cell::new(view.kind.map_or("", Into::into)),
            Cell::new(field_names(&view.missing)),
            Cell::new(view.asks),
            Cell::new(view.first_unanswered_at.map(|at| short(at, now, zone)).unwrap_or_default()),
            Cell::toned(due, if view.overdue { Tone::Red } else { Tone::Plain }),
        ]);
    }
    Ok(table.show(screen, "", &which.none())?)
}

/// A moment of the last year without the year, so that lines are short; an older one with it.
fn short(at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let format = if now - at < TimeDelta::days(365) { "%m-%d %H:%M" } else { "%Y-%m-%d" };
    at.with_timezone(&zone).format(format).to_string()
}

pub(super) const fn state_tone(state: State) -> Tone {
    match state {
        State::Incomplete => Tone::Yellow,
        State::Open => Tone::Bold,
        State::Answered => Tone::Green,
        State::Closed => Tone::Dim,
    }
}
