//! `askback calendar`: lets an operator check the working hours.

use super::failure::{Exit, Failure, Outcome};
use super::screen::{Screen, Tone};
use super::table::{Cell, Column, Table};
use crate::calendar::WorkingDuration;
use crate::config::Config;
use chrono::{DateTime, Datelike as _, FixedOffset, Months, NaiveDate};
use clap::Subcommand;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(Debug, Subcommand)]
pub(super) enum CalendarCommand {
    /// Say when a length of working time has passed
    Due {
        /// A moment, as 2026-05-08T16:30:00+03:00
        from: String,
        /// Working time, as 4h or 1d 2h; d is one working day of that date
        #[arg(required = true)]
        duration: Vec<String>,
        /// The answer as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the working hours of a month
    Show {
        /// A month, as 2026-05
        month: String,
        /// The days as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) fn run(config: &Config, command: &CalendarCommand, screen: &mut Screen) -> Outcome {
    match command {
        CalendarCommand::Due { from, duration, json } => {
            due(config, from, &duration.join(" "), *json, screen)
        }
        CalendarCommand::Show { month, json } => show(config, month, *json, screen),
    }
}

fn due(config: &Config, from: &str, duration: &str, json: bool, screen: &mut Screen) -> Outcome {
    let from: DateTime<FixedOffset> = DateTime::parse_from_rfc3339(from).map_err(|_| {
        let remedy = "write date, time and distance from GMT: 2026-05-08T16:30:00+03:00";
        Failure::new(Exit::Usage, format!("\"{from}\" is not a moment"), remedy)
    })?;
    let duration: WorkingDuration = duration.parse().map_err(|error| {
        Failure::new(Exit::Usage, format!("{error}"), "write it as 30m, 4h, 1d or \"1d 2h\"")
    })?;
    let due = config.hours.add(from.to_utc(), duration).with_timezone(&config.hours.zone());
    if json {
        let passed = config.hours.between(from.to_utc(), due.to_utc());
        return screen.json(&json!({
            "from": from.to_rfc3339(),
            "duration": duration.to_string(),
            "due": due.to_rfc3339(),
            "working_seconds": passed.as_secs(),
        }));
    }
    screen.line(&format!("{} ({})", due.format("%Y-%m-%dT%H:%M:%S%:z"), due.format("%A")))
}

fn show(config: &Config, month: &str, json: bool, screen: &mut Screen) -> Outcome {
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").map_err(|_| {
        Failure::new(Exit::Usage, format!("\"{month}\" is not a month"), "write year and month: 2026-05")
    })?;
    let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    let days: Vec<NaiveDate> = first.iter_days().take_while(|date| *date < next).collect();
    if json {
        return screen.json(&days.iter().map(|date| day_json(config, *date)).collect::<Vec<_>>());
    }
    let mut table = Table::new(&[
        Column::Fixed("date"),
        Column::Fixed("day"),
        Column::Fixed("hours"),
        Column::Right("length"),
        Column::Flexible(""),
    ]);
    let mut total = Duration::ZERO;
    for date in &days {
        let hours = config.hours.hours(*date);
        let length = config.hours.length(*date);
        total += length;
        let tone = if hours.is_closed() { Tone::Dim } else { Tone::Plain };
        let exception = config.exception_names.get(date).map_or("", String::as_str);
        table.row(vec![
            Cell::toned(date, tone),
            Cell::toned(date.format("%a"), tone),
            Cell::toned(hours, tone),
            Cell::toned(if length.is_zero() { String::new() } else { clock(length) }, tone),
            Cell::toned(exception, Tone::Yellow),
        ]);
    }
    table.show(screen, "", "")?;
    let open = days.iter().filter(|date| !config.hours.hours(**date).is_closed()).count();
    screen.line("")?;
    screen.line(&format!("{open} working days, {} hours, {}", clock(total), config.hours.zone()))
}

fn day_json(config: &Config, date: NaiveDate) -> Value {
    let hours = config.hours.hours(date);
    let intervals: Vec<String> = hours.intervals().iter().map(ToString::to_string).collect();
    json!({
        "date": date,
        "weekday": date.weekday().number_from_monday(),
        "hours": intervals,
        "seconds": config.hours.length(date).as_secs(),
        "exception": config.exception_names.get(&date),
    })
}

/// `9:00`, `176:30`.
fn clock(length: Duration) -> String {
    let minutes = length.as_secs() / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}
