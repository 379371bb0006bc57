//! Working time: opening hours by weekday with dated exceptions, in a time zone. Pure.
//!
//! One rule carries everything: a second is working time if the clock on the wall in that zone, at that second,
//! shows a time within the opening hours of the date it shows. So an hour that a zone repeats in autumn counts
//! twice if it lies in the opening hours, and one that it leaves out in spring does not count.
//!
//! Computations walk over UTC days: in each, the offset of the zone changes at most once, and within a stretch of
//! constant offset the clock on the wall runs evenly, so opening hours are cut to it by plain arithmetic.

pub mod duration;
pub mod hours;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, NaiveDate, Offset, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeMap;
use std::time::Duration;

pub use duration::{DurationError, WorkingDuration};
pub use hours::{Hours, HoursError, Interval};

use hours::DAY;

/// Nothing is looked for further ahead than this (200 years): a calendar of one minute a week stays fast.
const HORIZON_DAYS: i64 = 200 * 366;

/// When people work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    zone: Tz,
    week: [Hours; 7],
    exceptions: BTreeMap<NaiveDate, Hours>,
}

/// A calendar in which nobody ever works: no weekday has opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no weekday has opening hours, so nothing would ever be due")]
pub struct NeverOpen;

/// Working time without a break, in seconds since 1970, within one date of the wall calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: i64,
    to: i64,
    date: NaiveDate,
}

impl Calendar {
    /// `week` begins on Monday; `exceptions` replace the hours of their dates.
    ///
    /// # Errors
    /// [`NeverOpen`] if no weekday has hours: exceptions alone come to an end.
    pub fn new(
        zone: Tz,
        week: [Hours; 7],
        exceptions: BTreeMap<NaiveDate, Hours>,
    ) -> Result<Self, NeverOpen> {
        if week.iter().all(Hours::is_closed) { Err(NeverOpen) } else { Ok(Self { zone, week, exceptions }) }
    }

    /// The time zone of the hours.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// The opening hours of a weekday without exceptions.
    #[must_use]
    pub fn weekday_hours(&self, weekday: Weekday) -> &Hours {
        const CLOSED: &Hours = &Hours::CLOSED;
        self.week.get(weekday.num_days_from_monday() as usize).unwrap_or(CLOSED)
    }

    /// The opening hours of a date, exceptions applied.
    #[must_use]
    pub fn hours(&self, date: NaiveDate) -> &Hours {
        self.exceptions.get(&date).unwrap_or_else(|| self.weekday_hours(date.weekday()))
    }

    /// The working time that a date really has: differs from the sum of its hours when the clock is put forward or back.
    #[must_use]
    pub fn length(&self, date: NaiveDate) -> Duration {
        duration(self.seconds_of(date))
    }

    /// Whether this instant is working time.
    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        let at = at.timestamp();
        self.spans(at.div_euclid(DAY)).iter().any(|span| span.from <= at && at < span.to)
    }

    /// The instant itself if it is working time (to the second), else when the next working time begins.
    #[must_use]
    pub fn next_opening(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let at = at.timestamp();
        instant(self.next_span(at).map_or(at + HORIZON_DAYS * DAY, |span| span.from.max(at)))
    }

    /// The instant at which `duration` of working time has passed since `from` (cut to whole seconds). Each whole
    /// day of `duration` counts as much working time as the date has in which it begins: `1d` from Tuesday noon is
    /// Wednesday noon, and `1d` from a night or a Sunday is the next working day's closing time.
    #[must_use]
    pub fn add(&self, from: DateTime<Utc>, duration: WorkingDuration) -> DateTime<Utc> {
        instant(self.add_seconds(from.timestamp(), duration))
    }

    /// The instant at which `percent` of `duration` has passed: 100 is when [`Self::add`] says.
    #[must_use]
    pub fn add_part(&self, from: DateTime<Utc>, duration: WorkingDuration, percent: u32) -> DateTime<Utc> {
        let from = from.timestamp();
        let whole = self.seconds_between(from, self.add_seconds(from, duration));
        instant(self.advance(from, whole * i64::from(percent) / 100))
    }

    /// The working time from `a` to `b` (both cut to whole seconds); none if `b` is not later.
    #[must_use]
    pub fn between(&self, a: DateTime<Utc>, b: DateTime<Utc>) -> Duration {
        duration(self.seconds_between(a.timestamp(), b.timestamp()))
    }

    fn add_seconds(&self, from: i64, duration: WorkingDuration) -> i64 {
        let mut at = from;
        for _ in 0..duration.days() {
            match self.next_span(at) {
                Some(span) => at = self.advance(at, self.seconds_of(span.date)),
                None => break,
            }
        }
        self.advance(at, duration.seconds())
    }

    /// The first instant with `seconds` of working time since `at`.
    fn advance(&self, at: i64, seconds: i64) -> i64 {
        if seconds == 0 {
            return at;
        }
        let mut left = seconds;
        for span in self.spans_from(at) {
            let from = span.from.max(at);
            let length = span.to - from;
            if left <= length {
                return from + left;
            }
            left -= length;
        }
        at + HORIZON_DAYS * DAY
    }

    fn seconds_between(&self, a: i64, b: i64) -> i64 {
        self.spans_from(a)
            .take_while(|span| span.from < b)
            .map(|span| span.to.min(b) - span.from.max(a))
            .sum()
    }

    fn seconds_of(&self, date: NaiveDate) -> i64 {
        let day = i64::from(date.num_days_from_ce()) - i64::from(NaiveDate::default().num_days_from_ce());
        (day - 1..=day + 1)
            .flat_map(|day| self.spans(day))
            .filter(|span| span.date == date)
            .map(|span| span.to - span.from)
            .sum()
    }

    /// The span that `at` lies in, or the first one after it.
    fn next_span(&self, at: i64) -> Option<Span> {
        self.spans_from(at).next()
    }

    /// All spans that end after `at`, in order, up to the horizon.
    fn spans_from(&self, at: i64) -> impl Iterator<Item = Span> {
        let first = at.div_euclid(DAY);
        (first..first + HORIZON_DAYS).flat_map(|day| self.spans(day)).filter(move |span| span.to > at)
    }

    /// The working time within one UTC day (counted from 1970-01-01), in order.
    fn spans(&self, utc_day: i64) -> Vec<Span> {
        let mut spans = Vec::new();
        for (from, to, offset) in self.stretches(utc_day) {
            let (wall_from, wall_to) = (from + offset, to + offset);
            for wall_day in wall_from.div_euclid(DAY)..=(wall_to - 1).div_euclid(DAY) {
                let Some(date) = date(wall_day) else { continue };
                for interval in self.hours(date).intervals() {
                    let open = (wall_day * DAY + interval.open()).max(wall_from);
                    let close = (wall_day * DAY + interval.close()).min(wall_to);
                    if open < close {
                        spans.push(Span { from: open - offset, to: close - offset, date });
                    }
                }
            }
        }
        spans
    }

    /// Cuts a UTC day where the zone changes its offset: (from, to, seconds that the wall is ahead of UTC).
    /// No zone changes twice in one UTC day.
    fn stretches(&self, utc_day: i64) -> impl Iterator<Item = (i64, i64, i64)> {
        let (start, end) = (utc_day * DAY, (utc_day + 1) * DAY);
        let (first, last) = (self.offset(start), self.offset(end - 1));
        let mut change = end;
        if first != last {
            let mut before = start;
            change = end - 1;
            while change - before > 1 {
                let middle = before.midpoint(change);
                if self.offset(middle) == first {
                    before = middle;
                } else {
                    change = middle;
                }
            }
        }
        [(start, change, first), (change, end, last)].into_iter().filter(|(from, to, _)| from < to)
    }

    fn offset(&self, at: i64) -> i64 {
        let utc = instant(at).naive_utc();
        i64::from(self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
    }
}

/// The date that lies this many days after 1970-01-01.
fn date(day: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(day.checked_mul(DAY)?, 0).map(|at| at.date_naive())
}

/// Seconds since 1970 as an instant, cut to what can be shown.
fn instant(seconds: i64) -> DateTime<Utc> {
    let nearest = if seconds < 0 { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    DateTime::from_timestamp(seconds, 0).unwrap_or(nearest)
}

fn duration(seconds: i64) -> Duration {
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}
