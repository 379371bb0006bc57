//! Working hours in the words of a letter: «по будням с 9:00 до 18:00 (GMT+3)».

use crate::calendar::{Calendar, Hours, Interval};
use crate::reply::words;
use crate::request::Language;
use chrono::{DateTime, Offset as _, TimeZone as _, Utc, Weekday};

const WEEK: [(Weekday, &str, &str); 7] = [
    (Weekday::Mon, "пн", "Mon"),
    (Weekday::Tue, "вт", "Tue"),
    (Weekday::Wed, "ср", "Wed"),
    (Weekday::Thu, "чт", "Thu"),
    (Weekday::Fri, "пт", "Fri"),
    (Weekday::Sat, "сб", "Sat"),
    (Weekday::Sun, "вс", "Sun"),
];

/// The hours of ordinary weeks, with the zone's distance from GMT at `now`.
pub(super) fn hours_text(calendar: &Calendar, language: Language, now: DateTime<Utc>) -> String {
    // From the first day to the last one with the same hours.
    let mut runs: Vec<(usize, usize, &Hours)> = Vec::new();
    for (index, (weekday, _, _)) in WEEK.iter().enumerate() {
        let hours = calendar.weekday_hours(*weekday);
        match runs.last_mut() {
            Some((_, last, same)) if *same == hours => *last = index,
            Some(_) | None => runs.push((index, index, hours)),
        }
    }
    // A week that begins on Sunday: «вс–чт».
    if let [(_, end, monday), .., (start, _, sunday)] = runs.as_slice()
        && monday == sunday
    {
        let week = (*start, *end, *monday);
        runs.pop();
        if let Some(first) = runs.first_mut() {
            *first = week;
        }
    }
    runs.retain(|(_, _, hours)| !hours.is_closed());
    let parts: Vec<String> = runs.iter().map(|run| part(language, run)).collect();
    format!("{} ({})", parts.join(", "), gmt(calendar, now))
}

fn part(language: Language, (first, last, hours): &(usize, usize, &Hours)) -> String {
    let days = match (language, first, last) {
        (Language::Russian, 0, 4) => "по будням".to_owned(),
        (Language::Russian, 0, 6) => "ежедневно".to_owned(),
        (Language::English, 0, 4) => "on weekdays".to_owned(),
        (Language::English, 0, 6) => "daily".to_owned(),
        (Language::Russian | Language::English, _, _) => {
            let name = |index: &usize| {
                WEEK.get(*index).map_or("", |(_, ru, en)| match language {
                    Language::Russian => ru,
                    Language::English => en,
                })
            };
            if first == last { name(first).to_owned() } else { format!("{}–{}", name(first), name(last)) }
        }
    };
    let clock = |seconds: i64| format!("{}:{:02}", seconds / 3600, seconds / 60 % 60);
    if let [one] = hours.intervals() {
        let (open, close) = (clock(one.open()), clock(one.close()));
        return match language {
            Language::Russian => format!("{days} с {open} до {close}"),
            Language::English => format!("{days} from {open} to {close}"),
        };
    }
    let range = |interval: &Interval| format!("{}–{}", clock(interval.open()), clock(interval.close()));
    let ranges: Vec<String> = hours.intervals().iter().map(range).collect();
    let and = match language {
        Language::Russian => " и ",
        Language::English => " and ",
    };
    format!("{days} {}", ranges.join(and))
}

fn gmt(calendar: &Calendar, now: DateTime<Utc>) -> String {
    words::gmt(calendar.zone().offset_from_utc_datetime(&now.naive_utc()).fix().local_minus_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Tz;
    use std::collections::BTreeMap;

    #[track_caller]
    fn check(zone: Tz, week: [&str; 7], ru: &str, en: &str) {
        let week = week.map(|text| {
            let parts = text.split(',').filter(|part| !part.is_empty());
            Hours::new(parts.map(|part| part.parse().unwrap()).collect()).unwrap()
        });
        let calendar = Calendar::new(zone, week, BTreeMap::new()).unwrap();
        let now = "2026-01-15T12:00:00Z".parse().unwrap();
        assert_eq!(hours_text(&calendar, Language::Russian, now), ru);
        assert_eq!(hours_text(&calendar, Language::English, now), en);
    }

    #[test]
    fn weeks_in_words() {
        let day = "09:00-18:00";
        check(
            Tz::Europe__Moscow,
            [day, day, day, day, day, "", ""],
            "по будням с 9:00 до 18:00 (GMT+3)",
            "on weekdays from 9:00 to 18:00 (GMT+3)",
        );
        check(
            Tz::Asia__Kolkata,
            [day, day, day, day, "09:00-12:00,13:00-16:30", "10:00-12:00", ""],
            "пн–чт с 9:00 до 18:00, пт 9:00–12:00 и 13:00–16:30, сб с 10:00 до 12:00 (GMT+5:30)",
            "Mon–Thu from 9:00 to 18:00, Fri 9:00–12:00 and 13:00–16:30, Sat from 10:00 to 12:00 (GMT+5:30)",
        );
        check(
            Tz::Asia__Dubai,
            [day, day, day, day, "", "", day],
            "вс–чт с 9:00 до 18:00 (GMT+4)",
            "Sun–Thu from 9:00 to 18:00 (GMT+4)",
        );
        check(
            Tz::Asia__Dubai,
            [day, day, day, day, "09:00-12:00", "", day],
            "вс–чт с 9:00 до 18:00, пт с 9:00 до 12:00 (GMT+4)",
            "Sun–Thu from 9:00 to 18:00, Fri from 9:00 to 12:00 (GMT+4)",
        );
        check(
            Tz::UTC,
            ["00:00-24:00"; 7],
            "ежедневно с 0:00 до 24:00 (GMT)",
            "daily from 0:00 to 24:00 (GMT)",
        );
    }
}
