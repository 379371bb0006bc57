use super::*;
use proptest::prelude::*;

fn hours(text: &str) -> Hours {
    let intervals = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    Hours::new(intervals.map(|part| part.parse().unwrap()).collect()).unwrap()
}

fn weekdays(zone: Tz, text: &str, exceptions: &[(&str, &str)]) -> Calendar {
    let mut week = std::array::from_fn(|_| hours(text));
    week[5] = Hours::CLOSED;
    week[6] = Hours::CLOSED;
    let exceptions = exceptions.iter().map(|(date, text)| (date.parse().unwrap(), hours(text))).collect();
    Calendar::new(zone, week, exceptions).unwrap()
}

fn moscow(exceptions: &[(&str, &str)]) -> Calendar {
    weekdays(Tz::Europe__Moscow, "09:00-18:00", exceptions)
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

#[track_caller]
fn due(calendar: &Calendar, from: &str, duration: &str, expect: &str) {
    let due = calendar.add(at(from), duration.parse().unwrap());
    let shown = due.with_timezone(&calendar.zone()).to_rfc3339();
    assert_eq!(shown, expect, "{from} + {duration}");
}

#[test]
fn deadlines_of_the_regulation() {
    // 2026-03-06 is a Friday; Monday the 9th is given off for the 8th of March.
    let plain = moscow(&[]);
    due(&plain, "2026-03-06T10:00:00+03:00", "4h", "2026-03-06T14:00:00+03:00");
    due(&plain, "2026-03-06T16:30:15+03:00", "4h", "2026-03-09T11:30:15+03:00");
    due(&plain, "2026-03-06T12:00:00+03:00", "1d", "2026-03-09T12:00:00+03:00");
    due(&plain, "2026-03-07T12:00:00+03:00", "1d", "2026-03-09T18:00:00+03:00");
    due(&plain, "2026-03-06T08:00:00+03:00", "9h", "2026-03-06T18:00:00+03:00");
    due(&plain, "2026-03-06T18:00:00+03:00", "1d 2h", "2026-03-10T11:00:00+03:00");
    let holiday = moscow(&[("2026-03-09", ""), ("2026-03-07", "10:00-12:00, 13:00-15:00")]);
    due(&holiday, "2026-03-06T12:00:00+03:00", "1d", "2026-03-07T14:00:00+03:00");
    due(&holiday, "2026-03-07T12:30:00+03:00", "1d", "2026-03-10T11:00:00+03:00");
    due(&holiday, "2026-03-06T12:00:00+03:00", "12h", "2026-03-10T11:00:00+03:00");
}

#[test]
fn a_day_counts_as_long_as_the_date_it_begins_in() {
    let short_friday = moscow(&[("2026-03-06", "09:00-16:00")]);
    due(&short_friday, "2026-03-06T12:00:00+03:00", "1d", "2026-03-09T12:00:00+03:00");
    due(&short_friday, "2026-03-06T12:00:00+03:00", "2d", "2026-03-10T12:00:00+03:00");
    due(&short_friday, "2026-03-05T17:00:00+03:00", "1d", "2026-03-09T10:00:00+03:00");
}

#[test]
fn a_clock_put_forward_or_back_is_counted_as_it_passes() {
    // Berlin leaves out 02:00–03:00 on 2026-03-29 and repeats it on 2026-10-25, both Sundays.
    let always =
        Calendar::new(Tz::Europe__Berlin, std::array::from_fn(|_| hours("00:00-24:00")), BTreeMap::new())
            .unwrap();
    due(&always, "2026-03-29T00:00:00+01:00", "1d", "2026-03-30T00:00:00+02:00");
    due(&always, "2026-03-29T00:00:00+01:00", "24h", "2026-03-30T01:00:00+02:00");
    due(&always, "2026-10-25T00:00:00+02:00", "25h", "2026-10-26T00:00:00+01:00");
    assert_eq!(always.length("2026-03-29".parse().unwrap()), Duration::from_secs(23 * 3600));
    assert_eq!(always.length("2026-10-25".parse().unwrap()), Duration::from_secs(25 * 3600));
    let night =
        Calendar::new(Tz::Europe__Berlin, std::array::from_fn(|_| hours("01:30-02:30")), BTreeMap::new())
            .unwrap();
    assert_eq!(night.length("2026-03-29".parse().unwrap()), Duration::from_secs(1800));
    assert_eq!(night.length("2026-10-25".parse().unwrap()), Duration::from_secs(5400));
    due(&night, "2026-10-25T00:00:00+02:00", "70m", "2026-10-25T02:10:00+01:00");
}

#[test]
fn a_date_that_a_zone_skips_has_no_working_time() {
    // Samoa went from 29 to 31 December 2011 over the date line.
    let samoa =
        Calendar::new(Tz::Pacific__Apia, std::array::from_fn(|_| hours("09:00-17:00")), BTreeMap::new())
            .unwrap();
    assert_eq!(samoa.length("2011-12-30".parse().unwrap()), Duration::ZERO);
    due(&samoa, "2011-12-29T16:00:00-10:00", "2h", "2011-12-31T10:00:00+14:00");
}

#[test]
fn openings() {
    let calendar = moscow(&[]);
    assert!(calendar.is_open(at("2026-03-06T09:00:00+03:00")));
    assert!(!calendar.is_open(at("2026-03-06T18:00:00+03:00")));
    assert_eq!(calendar.next_opening(at("2026-03-06T17:59:59+03:00")), at("2026-03-06T17:59:59+03:00"));
    assert_eq!(calendar.next_opening(at("2026-03-06T18:00:00+03:00")), at("2026-03-09T09:00:00+03:00"));
    let (from, day) = (at("2026-03-06T12:00:00+03:00"), "1d".parse().unwrap());
    assert_eq!(calendar.add_part(from, day, 75), at("2026-03-09T09:45:00+03:00"));
    assert_eq!(calendar.add_part(from, day, 100), calendar.add(from, day));
    assert_eq!(calendar.between(calendar.add(from, day), from), Duration::ZERO);
}

#[test]
fn impossible_calendars_and_hours_are_refused() {
    let only_exceptions = BTreeMap::from([("2026-03-09".parse().unwrap(), hours("09:00-18:00"))]);
    let closed = std::array::from_fn(|_| Hours::CLOSED);
    assert_eq!(Calendar::new(Tz::UTC, closed, only_exceptions), Err(NeverOpen));
    for text in
        ["", "9", "9-18", "09:00", "09:60-10:00", "25:00-26:00", "24:01-24:02", "a:00-b:00", "-1:00-2:00"]
    {
        assert!(matches!(text.parse::<Interval>(), Err(HoursError::Form(_))), "{text:?}");
    }
    assert!(matches!("18:00-09:00".parse::<Interval>(), Err(HoursError::Backwards(_))));
    assert!(matches!("09:00-09:00".parse::<Interval>(), Err(HoursError::Backwards(_))));
    let lunch = ["14:00-18:00", "09:00-14:30"].map(|text| text.parse().unwrap());
    assert!(matches!(Hours::new(lunch.to_vec()), Err(HoursError::Overlap(..))));
    assert_eq!(hours("14:00-18:00, 9:00–13:00").to_string(), "09:00-13:00, 14:00-18:00");
    assert_eq!(Hours::CLOSED.to_string(), "closed");
}

#[test]
fn durations_are_read_and_written() {
    for (text, days, seconds, shown) in [
        ("4h", 0, 14_400, "4h"),
        ("1d 2h", 1, 7200, "1d 2h"),
        ("1d2h", 1, 7200, "1d 2h"),
        (" 90m ", 0, 5400, "1h 30m"),
        ("2h 1d", 1, 7200, "1d 2h"),
        ("5s", 0, 5, "5s"),
    ] {
        let duration: WorkingDuration = text.parse().unwrap();
        assert_eq!((duration.days(), duration.seconds()), (days, seconds), "{text:?}");
        assert_eq!(duration.to_string(), shown);
    }
    for text in ["", "4", "h", "4 hours", "4x", "-4h", "1.5h", "0m", "1d 2d", "1001d", "10001h", "4h 5"] {
        assert!(text.parse::<WorkingDuration>().is_err(), "{text:?}");
    }
    assert!("99999999999999999999999d".parse::<WorkingDuration>().is_err());
}

#[test]
fn far_times_and_thin_calendars_neither_panic_nor_take_long() {
    let thin =
        Calendar::new(Tz::Europe__Berlin, std::array::from_fn(|_| hours("12:00-12:01")), BTreeMap::new())
            .unwrap();
    for from in [DateTime::<Utc>::MIN_UTC, at("2026-03-06T12:00:00Z"), DateTime::<Utc>::MAX_UTC] {
        let late = thin.add(from, "10000h".parse().unwrap());
        assert!(late >= from || from == DateTime::<Utc>::MAX_UTC);
        assert!(thin.between(DateTime::<Utc>::MIN_UTC, from) <= Duration::from_secs(200 * 366 * 60));
        let _ = (thin.is_open(from), thin.next_opening(from));
    }
}

/// The slow, obvious model: looks at the clock on the wall, minute by minute (second by second where minutes are not
/// whole). Offsets are whole minutes in all zones below.
struct Model<'a>(&'a Calendar);

impl Model<'_> {
    fn open_date(&self, at: i64) -> Option<NaiveDate> {
        let wall = instant(at).with_timezone(&self.0.zone()).naive_local();
        let time = i64::from(chrono::Timelike::num_seconds_from_midnight(&wall.time()));
        let open = |interval: &Interval| interval.open() <= time && time < interval.close();
        self.0.hours(wall.date()).intervals().iter().any(open).then_some(wall.date())
    }

    fn step(at: i64, left: i64) -> i64 {
        if at.rem_euclid(60) == 0 && left >= 60 { 60 } else { 1 }
    }

    fn advance(&self, mut at: i64, mut left: i64) -> i64 {
        while left > 0 {
            let step = Self::step(at, left);
            if self.open_date(at).is_some() {
                left -= step;
            }
            at += step;
        }
        at
    }

    fn add(&self, mut at: i64, duration: WorkingDuration) -> i64 {
        for _ in 0..duration.days() {
            let mut begins = at;
            while self.open_date(begins).is_none() {
                begins += Self::step(begins, 60);
            }
            let date = self.open_date(begins).unwrap();
            let noon = date.and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp();
            let minutes = (noon - 2 * DAY..noon + 2 * DAY).step_by(60);
            let length = minutes.filter(|minute| self.open_date(*minute) == Some(date)).count();
            at = self.advance(at, 60 * i64::try_from(length).unwrap());
        }
        self.advance(at, duration.seconds())
    }

    fn between(&self, a: i64, b: i64) -> i64 {
        let (mut at, mut sum) = (a, 0);
        while at < b {
            let step = Self::step(at, b - at);
            if self.open_date(at).is_some() {
                sum += step;
            }
            at += step;
        }
        sum
    }
}

/// Zones with an instant near which their clocks are changed: by an hour, half an hour, at midnight, one minute
/// after it, over the date line; and zones without changes.
const CHANGES: [(Tz, &str); 14] = [
    (Tz::Europe__Berlin, "2026-03-29T01:00:00Z"),
    (Tz::Europe__Berlin, "2026-10-25T01:00:00Z"),
    (Tz::America__New_York, "2026-03-08T07:00:00Z"),
    (Tz::America__New_York, "2026-11-01T06:00:00Z"),
    (Tz::Asia__Kolkata, "2026-03-08T07:00:00Z"),
    (Tz::Europe__Moscow, "2026-03-08T07:00:00Z"),
    (Tz::Europe__Moscow, "2014-10-25T22:00:00Z"),
    (Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z"),
    (Tz::America__St_Johns, "2010-11-07T02:31:00Z"),
    (Tz::America__Sao_Paulo, "2018-02-18T02:00:00Z"),
    (Tz::America__Sao_Paulo, "2018-11-04T03:00:00Z"),
    (Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
    (Tz::Pacific__Chatham, "2026-09-26T14:00:00Z"),
    (Tz::Africa__Casablanca, "2026-03-22T02:00:00Z"),
];

fn any_hours() -> impl Strategy<Value = Hours> {
    prop_oneof![
        2 => Just(Hours::CLOSED),
        2 => Just(hours("09:00-18:00")),
        1 => Just(hours("00:00-24:00")),
        3 => prop::collection::btree_set(0i64..=24 * 12, 0..6).prop_map(|points| {
            let points: Vec<i64> = points.into_iter().collect();
            let clock = |point: i64| format!("{:02}:{:02}", point / 12, point % 12 * 5);
            let pair = |pair: &[i64; 2]| format!("{}-{}", clock(pair[0]), clock(pair[1])).parse().unwrap();
            Hours::new(points.as_chunks::<2>().0.iter().map(pair).collect()).unwrap()
        }),
    ]
}

prop_compose! {
    /// A calendar and an instant within four days of a change of its zone's clock.
    fn any_calendar()(
        (zone, change) in prop::sample::select(&CHANGES[..]),
        mut week in prop::array::uniform7(any_hours()),
        exceptions in prop::collection::vec((-6i64..=12, any_hours()), 0..4),
        near in -4 * DAY..4 * DAY,
    ) -> (Calendar, i64) {
        let change = at(change).timestamp();
        if week.iter().all(Hours::is_closed) {
            week[2] = hours("23:55-24:00");
        }
        let day = change.div_euclid(DAY);
        let exceptions = exceptions.into_iter().map(|(after, hours)| (date(day + after).unwrap(), hours));
        (Calendar::new(zone, week, exceptions.collect()).unwrap(), change + near)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn agrees_with_the_slow_model(
        (calendar, from) in any_calendar(),
        days in 0u32..3,
        seconds in 1i64..8 * 3600,
        later in 0i64..6 * DAY,
    ) {
        let model = Model(&calendar);
        let duration: WorkingDuration = format!("{days}d {seconds}s").parse().unwrap();
        prop_assert_eq!(calendar.add(instant(from), duration), instant(model.add(from, duration)));
        let between = calendar.between(instant(from), instant(from + later));
        prop_assert_eq!(between, super::duration(model.between(from, from + later)));
        prop_assert_eq!(calendar.is_open(instant(from)), model.open_date(from).is_some());
    }

    #[test]
    fn what_was_added_lies_between((calendar, from) in any_calendar(), seconds in 1i64..2_000_000) {
        let duration: WorkingDuration = format!("{seconds}s").parse().unwrap();
        let due = calendar.add(instant(from), duration);
        prop_assert_eq!(calendar.between(instant(from), due), super::duration(seconds));
        let before = due - chrono::TimeDelta::seconds(1);
        prop_assert!(calendar.is_open(before), "the last second before a deadline is working time");
        let opening = calendar.next_opening(instant(from));
        prop_assert!(calendar.is_open(opening));
        prop_assert_eq!(calendar.between(instant(from), opening), Duration::ZERO);
    }
}
