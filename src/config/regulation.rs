//! `[[regulation]]`: the versions of the support regulation and when each is in force.

use super::checker::{Checker, Given, choose};
use super::hours::{DateFile, date};
use super::problem::Flaw;
use super::value;
use crate::calendar::WorkingDuration;
use crate::request::{Field, Level, PerField};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use std::ops::Range;
use strum::VariantArray as _;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RegulationFile {
    version: Given<String>,
    effective_from: Given<DateFile>,
    effective_until: Given<DateFile>,
    reaction: Given<String>,
    fields: PerFieldFile,
}

/// A text for each field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PerFieldFile {
    product: Given<String>,
    description: Given<String>,
    objects: Given<String>,
    steps: Given<String>,
    attachments: Given<String>,
}

impl PerFieldFile {
    fn get(&self, field: Field) -> &Given<String> {
        match field {
            Field::Product => &self.product,
            Field::Description => &self.description,
            Field::Objects => &self.objects,
            Field::Steps => &self.steps,
            Field::Attachments => &self.attachments,
        }
    }
}

/// One version of the regulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regulation {
    /// What it is called; tickets say which version judged them.
    pub version: String,
    /// From when it holds; the oldest version holds for all earlier mails, too.
    pub effective_from: DateTime<Utc>,
    /// How soon agents must react, in working time from the client's last message.
    pub reaction: WorkingDuration,
    /// How much each field matters.
    pub fields: PerField<Level>,
}

/// A version with its place in the file and where it ends by its own account.
struct Placed {
    at: Range<usize>,
    until: Option<DateTime<Utc>>,
    until_at: Range<usize>,
    regulation: Regulation,
}

/// The versions in order of time. Without any in the file, there is the one that the defaults make.
pub(super) fn check_regulations(
    checker: &mut Checker<'_>,
    files: &[Spanned<RegulationFile>],
    zone: Tz,
) -> Vec<Regulation> {
    let mut placed: Vec<Placed> = Vec::new();
    for section in files {
        let one = check_one(checker, section.span(), section.get_ref(), zone);
        let Some(one) = one else { continue };
        if placed.iter().any(|other| other.regulation.version == one.regulation.version) {
            let at = section.get_ref().version.as_ref().map_or(section.span(), Spanned::span);
            let what = format!("two regulations are called \"{}\"", one.regulation.version);
            checker.problem(at, &what, "give each [[regulation]] a `version` of its own");
        }
        placed.push(one);
    }
    placed.sort_by_key(|one| one.regulation.effective_from);
    check_seams(checker, &placed);
    if files.is_empty() {
        let none = Spanned::new(0..0, RegulationFile::default());
        placed.extend(check_one(checker, none.span(), none.get_ref(), zone));
    }
    placed.into_iter().map(|one| one.regulation).collect()
}

fn check_one(
    checker: &mut Checker<'_>,
    section: Range<usize>,
    file: &RegulationFile,
    zone: Tz,
) -> Option<Placed> {
    let words = [("required", Level::Required), ("welcome", Level::Welcome), ("off", Level::Off)];
    let mut fields = PerField {
        product: Level::Required,
        description: Level::Required,
        objects: Level::Required,
        steps: Level::Required,
        attachments: Level::Welcome,
    };
    for &field in Field::VARIANTS {
        let default = *fields.get(field);
        *fields.get_mut(field) = checker.value(file.fields.get(field), default, |text| choose(text, &words));
    }
    let from =
        file.effective_from.as_ref().map(|from| checker.note(from.span(), moment(from.get_ref(), zone)));
    let until =
        file.effective_until.as_ref().map(|until| checker.note(until.span(), moment(until.get_ref(), zone)));
    if from == Some(None) || until == Some(None) {
        return None;
    }
    if let (Some(Some(from)), Some(Some(until)), Some(given)) = (from, until, &file.effective_until)
        && until <= from
    {
        let what = "it ends before it begins";
        let remedy =
            "give a date after effective_from, or remove the line: a version holds until the next one begins";
        checker.problem(given.span(), what, remedy);
        return None;
    }
    let regulation = Regulation {
        version: checker.value(&file.version, "1".to_owned(), value::line),
        effective_from: from.flatten().unwrap_or(DateTime::<Utc>::MIN_UTC),
        reaction: checker.optional(&file.reaction, value::working_duration).or_else(|| "1d".parse().ok())?,
        fields,
    };
    let until_at = file.effective_until.as_ref().map_or(section.clone(), Spanned::span);
    let at = file.effective_from.as_ref().map_or(section, Spanned::span);
    Some(Placed { at, until: until.flatten(), until_at, regulation })
}

/// At each moment exactly one version must be in force.
fn check_seams(checker: &mut Checker<'_>, placed: &[Placed]) {
    for pair in placed.windows(2) {
        let [earlier, later] = pair else { continue };
        let (old, new) = (&earlier.regulation, &later.regulation);
        if old.effective_from == new.effective_from {
            let what =
                format!("\"{}\" and \"{}\" are in force from the same moment", old.version, new.version);
            let remedy = "give each version its own effective_from; only the oldest may go without";
            checker.problem(later.at.clone(), &what, remedy);
            continue;
        }
        let Some(until) = earlier.until else { continue };
        let remedy = "make the one end on the day the other begins, or remove effective_until: a version holds until \
                      the next one begins";
        if until < new.effective_from {
            let what = format!("nothing is in force between \"{}\" and \"{}\"", old.version, new.version);
            checker.problem(earlier.until_at.clone(), &what, remedy);
        } else if until > new.effective_from {
            let what = format!("\"{}\" and \"{}\" overlap", old.version, new.version);
            checker.problem(earlier.until_at.clone(), &what, remedy);
        }
    }
    if let Some(last) = placed.last()
        && last.until.is_some()
    {
        let what = format!("nothing is in force after \"{}\"", last.regulation.version);
        let remedy = "remove effective_until, or add the [[regulation]] that follows";
        checker.problem(last.until_at.clone(), &what, remedy);
    }
}

/// A date (its first moment in the zone of the working hours) or a time in RFC 3339.
fn moment(file: &DateFile, zone: Tz) -> Result<DateTime<Utc>, Flaw> {
    if let Ok(at) = DateTime::parse_from_rfc3339(file.text().trim()) {
        return Ok(at.to_utc());
    }
    let date = date(file).map_err(|flaw| {
        Flaw::new(flaw.what, "write a date, \"2026-01-01\", or a moment, \"2026-01-01T12:00:00+03:00\"")
    })?;
    first_moment(date, zone)
        .ok_or_else(|| Flaw::new(format!("{date} is no date in {zone}"), "give another date"))
}

/// The first moment of a date; some zones leave out midnight when they put the clock forward.
fn first_moment(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    (0..=4)
        .filter_map(|half_hours| midnight.checked_add_signed(TimeDelta::minutes(30 * half_hours)))
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|at| at.to_utc())
}
