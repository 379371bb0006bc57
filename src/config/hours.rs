//! `[hours]`: the working calendar.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::value;
use crate::calendar::{Calendar, Hours, HoursError, Interval};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// A stretch of holidays is not longer: a mistyped year should be noticed.
const LONGEST_EXCEPTION_DAYS: i64 = 366;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct HoursFile {
    timezone: Given<String>,
    monday: Given<DayFile>,
    tuesday: Given<DayFile>,
    wednesday: Given<DayFile>,
    thursday: Given<DayFile>,
    friday: Given<DayFile>,
    saturday: Given<DayFile>,
    sunday: Given<DayFile>,
    exception: Vec<Spanned<ExceptionFile>>,
}

/// Opening hours of a day: `"09:00-18:00"`, `["09:00-13:00", "14:00-18:00"]`, `"closed"`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "opening hours such as \"09:00-18:00\"")]
enum DayFile {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ExceptionFile {
    date: Given<DateFile>,
    until: Given<DateFile>,
    closed: Given<bool>,
    hours: Given<DayFile>,
    name: Given<String>,
}

/// A date in quotes or without.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a date such as \"2026-01-01\"")]
pub(super) enum DateFile {
    Text(String),
    Native(toml::value::Datetime),
}

impl DateFile {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Native(date) => date.to_string(),
        }
    }
}

/// The calendar, and what dates with hours of their own are called.
pub(super) fn check_hours(
    checker: &mut Checker<'_>,
    file: Option<&Spanned<HoursFile>>,
) -> Option<(Calendar, BTreeMap<NaiveDate, String>)> {
    let none = Spanned::new(0..0, HoursFile::default());
    let section = file.unwrap_or(&none);
    let given = section.get_ref();
    let zone = checker.value(&given.timezone, Tz::Europe__Moscow, zone);
    let week = [
        (&given.monday, true),
        (&given.tuesday, true),
        (&given.wednesday, true),
        (&given.thursday, true),
        (&given.friday, true),
        (&given.saturday, false),
        (&given.sunday, false),
    ]
    .map(|(day, weekday)| match day {
        Some(day) => checker.note(day.span(), hours(day.get_ref())).unwrap_or_default(),
        None if weekday => "09:00-18:00".parse().and_then(|day| Hours::new(vec![day])).unwrap_or_default(),
        None => Hours::CLOSED,
    });
    let mut exceptions = BTreeMap::new();
    let mut names = BTreeMap::new();
    for exception in &given.exception {
        let file = exception.get_ref();
        let dates = check_exception(checker, exception.span(), file, &mut exceptions);
        let name = checker.value(&file.name, "exception".to_owned(), value::line);
        names.extend(dates.into_iter().map(|date| (date, name.clone())));
    }
    let calendar = Calendar::new(zone, week, exceptions);
    let remedy = "give at least one weekday hours, such as monday = \"09:00-18:00\"";
    let calendar = calendar.map_err(|error| Flaw::new(error.to_string(), remedy));
    Some((checker.note(section.span(), calendar)?, names))
}

/// Adds the dates of one exception, and gives them.
fn check_exception(
    checker: &mut Checker<'_>,
    section: Range<usize>,
    file: &ExceptionFile,
    exceptions: &mut BTreeMap<NaiveDate, Hours>,
) -> Vec<NaiveDate> {
    let closed = file.closed.as_ref().is_some_and(|closed| *closed.get_ref());
    let given = file.hours.as_ref().and_then(|given| checker.note(given.span(), hours(given.get_ref())));
    if closed == file.hours.is_some() {
        let what = if closed { "it is closed and has hours" } else { "it says neither `closed` nor `hours`" };
        checker.problem(section.clone(), what, "write either closed = true or hours = \"10:00-15:00\"");
    }
    let Some(first) = &file.date else {
        checker.missing(section, "date", "add a line such as date = \"2026-01-01\"");
        return Vec::new();
    };
    let Some(from) = checker.note(first.span(), date(first.get_ref())) else { return Vec::new() };
    let until = file.until.as_ref().and_then(|until| checker.note(until.span(), date(until.get_ref())));
    let until = until.unwrap_or(from);
    let days = until.signed_duration_since(from).num_days();
    if !(0..=LONGEST_EXCEPTION_DAYS).contains(&days) {
        let at = file.until.as_ref().map_or(section, Spanned::span);
        checker.problem(
            at,
            &format!("from {from} to {until} is no stretch of holidays"),
            "correct the dates",
        );
        return Vec::new();
    }
    let dates: Vec<NaiveDate> = from.iter_days().take_while(|date| *date <= until).collect();
    for date in &dates {
        if exceptions.insert(*date, given.clone().unwrap_or_default()).is_some() {
            checker.problem(
                first.span(),
                &format!("{date} has an exception already"),
                "write each date once",
            );
            break;
        }
    }
    dates
}

fn zone(text: &str) -> Result<Tz, Flaw> {
    text.parse().map_err(|_| {
        let what = format!("\"{text}\" is not a time zone");
        Flaw::new(what, "give a name of the IANA list, region and city: \"Europe/Moscow\"")
    })
}

/// A date as year, month, day.
pub(super) fn date(file: &DateFile) -> Result<NaiveDate, Flaw> {
    let text = file.text();
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").map_err(|_| {
        let what = format!("\"{text}\" is not a date");
        Flaw::new(what, "write year, month and day: \"2026-01-01\"")
    })
}

fn hours(file: &DayFile) -> Result<Hours, Flaw> {
    let parts: Vec<&str> = match file {
        DayFile::One(text) if text == "closed" => Vec::new(),
        DayFile::One(text) => text.split(',').map(str::trim).collect(),
        DayFile::Many(texts) => texts.iter().map(String::as_str).collect(),
    };
    let intervals: Result<Vec<Interval>, HoursError> = parts.into_iter().map(str::parse).collect();
    intervals.and_then(Hours::new).map_err(|error| {
        let remedy = match error {
            HoursError::Form(_) => "write opening and closing time as \"09:00-18:00\", several with commas, or \"closed\"",
            HoursError::Backwards(_) => {
                "closing comes after opening; write a night as \"22:00-24:00\" and \"00:00-06:00\" of the next day"
            }
            HoursError::Overlap(..) => "write them as one, or correct the times",
        };
        Flaw::new(error.to_string(), remedy)
    })
}
