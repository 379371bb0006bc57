//! The small change of two languages: plural forms, dates, lists, the questions, subjects.

use crate::request::{Field, Language};
use chrono::{DateTime, Datelike, FixedOffset, Timelike};

/// The Russian form for a number: 1 вопрос, 2 вопроса, 5 вопросов, 21 вопрос.
pub(super) fn plural(count: u64, one: String, few: String, many: String) -> String {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// A list with the language's "and" in front of the last.
pub(super) fn listed(language: Language, items: &[&str]) -> String {
    let and = match language {
        Language::Russian => " и ",
        Language::English => " and ",
    };
    match items.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{}{and}{last}", rest.join(", ")),
    }
}

/// A client's words with the quotation marks of the letter's language, whichever he used: «…» and „…“ within them, or "…" and '…'.
/// Without any where they do not match, as in what has been cut.
pub(super) fn quoted(language: Language, words: &str) -> String {
    const MARKS: [char; 6] = ['«', '»', '"', '“', '”', '„'];
    let pairs = match language {
        Language::Russian => [('«', '»'), ('„', '“')],
        Language::English => [('"', '"'), ('\'', '\'')],
    };
    let (mut text, mut depth) = (String::with_capacity(words.len()), 0_usize);
    let mut begins = true;
    let mut chars = words.chars().peekable();
    while let Some(c) = chars.next() {
        if !MARKS.contains(&c) {
            text.push(c);
            begins = c.is_whitespace() || matches!(c, '(' | '[');
            continue;
        }
        // Doubled marks are how tables write one within others.
        if c == '"' {
            chars.next_if_eq(&c);
        }
        let opens = matches!(c, '«' | '„') || c != '»' && c != '”' && begins;
        let level = if opens { Some(depth) } else { depth.checked_sub(1) };
        let Some(&(open, close)) = level.and_then(|level| pairs.get(level)) else {
            return words.replace(MARKS, "");
        };
        text.push(if opens { open } else { close });
        depth = if opens { depth + 1 } else { depth - 1 };
        begins = opens;
    }
    match (depth, pairs.first()) {
        (0, _) => text,
        // Many close both by one mark.
        (1, Some((_, close))) if words.ends_with(MARKS) => text + &close.to_string(),
        _ => words.replace(MARKS, ""),
    }
}

/// By when, as part of a sentence: «до 15:00 понедельника, 25 ноября (GMT+3)»,
/// "by 15:00 on Monday, 25 November (GMT+3)".
pub(super) fn by_when(language: Language, due: DateTime<FixedOffset>) -> String {
    let (hour, minute, day) = (due.hour(), due.minute(), due.day());
    let zone = gmt(due.offset().local_minus_utc());
    let month = usize::try_from(due.month0()).unwrap_or_default();
    let weekday = usize::try_from(due.weekday().num_days_from_monday()).unwrap_or_default();
    let name = |names: &[&'static str], index: usize| names.get(index).copied().unwrap_or_default();
    match language {
        Language::Russian => format!(
            "до {hour}:{minute:02} {}, {day} {} ({zone})",
            name(&WEEKDAYS_RU, weekday),
            name(&MONTHS_RU, month)
        ),
        Language::English => format!(
            "by {hour}:{minute:02} on {}, {day} {} ({zone})",
            name(&WEEKDAYS_EN, weekday),
            name(&MONTHS_EN, month)
        ),
    }
}

/// A time zone for people: `GMT+3`, `GMT+5:30`, `GMT`.
#[must_use]
pub fn gmt(seconds_east: i32) -> String {
    let minutes = seconds_east.unsigned_abs() / 60;
    let sign = if seconds_east < 0 { '-' } else { '+' };
    match (minutes / 60, minutes % 60) {
        (0, 0) => "GMT".to_owned(),
        (hours, 0) => format!("GMT{sign}{hours}"),
        (hours, rest) => format!("GMT{sign}{hours}:{rest:02}"),
    }
}

const WEEKDAYS_RU: [&str; 7] =
    ["понедельника", "вторника", "среды", "четверга", "пятницы", "субботы", "воскресенья"];
const WEEKDAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS_RU: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What is there, for fields whose value is too long to be repeated.
pub(super) const fn given(language: Language, field: Field) -> Option<&'static str> {
    match (language, field) {
        (_, Field::Product | Field::Objects) => None,
        (Language::Russian, Field::Description) => Some("описание вопроса"),
        (Language::Russian, Field::Steps) => Some("порядок действий"),
        (Language::Russian, Field::Attachments) => Some("вложения"),
        (Language::English, Field::Description) => Some("the description"),
        (Language::English, Field::Steps) => Some("the steps"),
        (Language::English, Field::Attachments) => Some("the attachments"),
    }
}

/// The subject for whom we do not know: no word of it is the client's.
pub(super) const fn fixed_subject(language: Language) -> &'static str {
    match language {
        Language::Russian => "Ваше обращение",
        Language::English => "Your request",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_counts() {
        let check = |count, expect| {
            let form = plural(count, "вопрос".into(), "вопроса".into(), "вопросов".into());
            assert_eq!(form, expect, "{count}");
        };
        for one in [1, 21, 101, 1001] {
            check(one, "вопрос");
        }
        for few in [2, 3, 4, 22, 104] {
            check(few, "вопроса");
        }
        for many in [0, 5, 9, 10, 11, 12, 14, 19, 20, 111, 112] {
            check(many, "вопросов");
        }
    }

    #[test]
    fn dates_are_said_as_people_say_them() {
        let check = |text: &str, russian: &str, english: &str| {
            let due = DateTime::parse_from_rfc3339(text).unwrap();
            assert_eq!(by_when(Language::Russian, due), russian);
            assert_eq!(by_when(Language::English, due), english);
        };
        check(
            "2024-11-25T15:00:00+03:00",
            "до 15:00 понедельника, 25 ноября (GMT+3)",
            "by 15:00 on Monday, 25 November (GMT+3)",
        );
        check(
            "2025-05-01T09:05:00+05:30",
            "до 9:05 четверга, 1 мая (GMT+5:30)",
            "by 9:05 on Thursday, 1 May (GMT+5:30)",
        );
        check("2025-06-01T00:00:00Z", "до 0:00 воскресенья, 1 июня (GMT)", "by 0:00 on Sunday, 1 June (GMT)");
        check(
            "2025-01-01T18:00:00-03:30",
            "до 18:00 среды, 1 января (GMT-3:30)",
            "by 18:00 on Wednesday, 1 January (GMT-3:30)",
        );
    }

    #[test]
    fn lists_end_in_and() {
        assert_eq!(listed(Language::Russian, &[]), "");
        assert_eq!(listed(Language::Russian, &["а"]), "а");
        assert_eq!(listed(Language::English, &["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn each_language_has_its_quotation_marks() {
        for (words, russian, english) in [
            ("\"База\"", "«База»", "\"База\""),
            ("«База»", "«База»", "\"База\""),
            ("объект „Север“", "объект «Север»", "объект \"Север\""),
            ("“Daily mileage”", "«Daily mileage»", "\"Daily mileage\""),
            ("«ООО «Ромашка» 5»", "«ООО „Ромашка“ 5»", "\"ООО 'Ромашка' 5\""),
            ("«ООО «Ромашка»", "«ООО „Ромашка“»", "\"ООО 'Ромашка'\""),
            ("\"ООО \"\"Ромашка\"\" 5\"", "«ООО „Ромашка“ 5»", "\"ООО 'Ромашка' 5\""),
            ("\"ООО \"\"Ромашка\"\"\"", "«ООО „Ромашка“»", "\"ООО 'Ромашка'\""),
            // Cut, or none: the words alone.
            ("\"ООО Ром…", "ООО Ром…", "ООО Ром…"),
            ("Планшет 10\" Север", "Планшет 10 Север", "Планшет 10 Север"),
            ("Рено", "Рено", "Рено"),
        ] {
            assert_eq!(quoted(Language::Russian, words), russian, "{words}");
            assert_eq!(quoted(Language::English, words), english, "{words}");
        }
    }
}
