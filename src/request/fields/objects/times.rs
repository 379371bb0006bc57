//! Numbers and words that tell when, how long or how much: none of them names an element.

use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};

/// How words of time begin, beside those of [`Class::Measure`]; an ending follows.
const TIMES: &[&str] = &[
    "период",
    "интервал",
    "промежуток",
    "промежутк",
    "вчера",
    "вчерашн",
    "сегодня",
    "сегодняшн",
    "позавчера",
    "сутки",
    "суток",
    "суткам",
    "утро",
    "утра",
    "вечер",
    "ночь",
    "ночи",
    "понедельник",
    "вторник",
    "среду",
    "среды",
    "четверг",
    "пятниц",
    "суббот",
    "воскресен",
    "выходн",
    "прошл",
    "последн",
    "текущ",
    "январ",
    "феврал",
    "март",
    "апрел",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
    "вчорашн",
    "сьогодн",
    "понеділ",
    "вівтор",
    "п'ятниц",
    "неділ",
    "yesterday",
    "period",
    "interval",
    "morning",
    "evening",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "weekend",
];
/// Longest ending of such a word, in letters: «Мартынов» and «Сентябрьский» are names.
const LONGEST_ENDING: usize = 3;
/// Whole words of time.
const TIME_WORDS: &[&str] = &["май", "вчора", "today", "last", "night", "noon", "from"];

/// Whether a word tells a time: «период», "yesterday".
pub(super) fn tells_time(token: &Token) -> bool {
    let form = token.form.as_str();
    let is_form =
        |stem: &&str| form.strip_prefix(*stem).is_some_and(|ending| ending.chars().count() <= LONGEST_ENDING);
    token.has(Class::Measure) || TIME_WORDS.contains(&form) || TIMES.iter().any(is_form)
}

/// Whether the number at `at` is of a date, a time, a count or a measure, or of a range of them: «с 1 по 7 мая»,
/// «12 и 14 мая».
pub(super) fn is_time(sheet: &Sheet<'_>, at: usize) -> bool {
    let range = || {
        let (number, next) = (sheet.token(at), sheet.token(at + 1));
        number.is_some_and(|number| number.kind == TokenKind::Number && number.form.len() <= 2)
            && next.is_some_and(|next| {
                matches!(next.form.as_str(), "по" | "до" | "и" | "to" | "till" | "until" | "and")
                    || next.is_mark('-') && !next.spaced
            })
            && sheet.token(at + 2).is_some_and(|last| last.kind == TokenKind::Number)
    };
    measures(sheet, at) || range() && measures(sheet, at + 2)
}

/// What stands behind a number in one piece with it and counts it: 10th, 7го, 300л. «Поле 12а» is a name.
const GLUED: &[&str] = &[
    "st", "nd", "rd", "th", "го", "й", "я", "е", "х", "ти", "ми", "му", "ого", "ому", "ый", "ая", "ое", "ые",
    "км", "м", "см", "мм", "ч", "мин", "с", "сек", "дн", "л", "кг", "т", "г", "гг", "шт", "р", "руб", "тыс",
    "в", "квт", "мб", "гб", "km", "m", "cm", "mm", "h", "hr", "hrs", "min", "mins", "s", "sec", "l", "kg",
    "t", "v", "kw", "mah", "kph", "mph", "am", "pm", "kb", "mb", "gb", "px", "k", "g", "x",
];

fn measures(sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(token) = sheet.token(at) else { return true };
    if token.kind != TokenKind::Number {
        let unit = token.form.trim_start_matches(|c: char| c.is_ascii_digit());
        return unit.len() < token.form.len() && token.case == Case::Lower && GLUED.contains(&unit);
    }
    let back = |steps: usize| at.checked_sub(steps).and_then(|index| sheet.token(index));
    if is_joined(sheet, at) || at.checked_sub(2).is_some_and(|first| is_joined(sheet, first)) {
        return true;
    }
    let next = sheet.token(at + 1);
    if next.is_some_and(|next| next.has(Class::Measure) || next.is_mark('%') || next.is_mark('°')) {
        return true;
    }
    // «1 200 км» is one number.
    let thousands = token.form.len() <= 3
        && next.is_some_and(|next| next.kind == TokenKind::Number && next.form.len() == 3)
        && sheet.token(at + 2).is_some_and(|unit| unit.has(Class::Measure));
    if thousands {
        return true;
    }
    if next.is_some_and(|next| next.is_mark('-'))
        && sheet.token(at + 2).is_some_and(|ending| {
            matches!(ending.form.as_str(), "го" | "е" | "х" | "ти" | "ми") || ending.has(Class::Measure)
        })
    {
        return true;
    }
    let year = is_year(token) && !is_numbered(sheet, at);
    let preposition = back(1).is_some_and(|before| {
        matches!(
            before.form.as_str(),
            "до" | "from" | "till" | "until" | "to" | "at" | "к" | "около" | "about"
        )
    });
    year && next.is_none_or(|next| !next.is_mark('-')) || preposition && token.form.len() <= 2
}

/// Whether a number is a year that mails tell of.
fn is_year(token: &Token) -> bool {
    token.form.len() == 4 && token.form.parse().is_ok_and(|year: u16| (1990..2040).contains(&year))
}

/// Whether a noun of what has numbers stands before the number at `at`: «рейс 12/5», «по объекту 2045».
fn is_numbered(sheet: &Sheet<'_>, at: usize) -> bool {
    let sign = sheet.before(at, 1).is_some_and(|before| before.is_mark('№') || before.is_mark('#'));
    sheet
        .before(at, 1 + usize::from(sign))
        .is_some_and(|noun| noun.classes.any(&[Class::UnitNoun, Class::NumberedNoun]))
}

/// Whether the number at `first` and one that a mark joins to it are a date, a time or a fraction: `12.05`, `10:30`, `07/2024`, `120,5`;
/// not `412,413`, `45/12` or «рейс 12/5», which are numbers of elements.
fn is_joined(sheet: &Sheet<'_>, first: usize) -> bool {
    let number = |at: usize, glued: bool| {
        sheet.token(at).filter(|one| one.kind == TokenKind::Number && !(glued && one.spaced))
    };
    let (Some(one), Some(other)) = (number(first, false), number(first + 2, true)) else { return false };
    let Some(mark) = sheet.token(first + 1).filter(|mark| !mark.spaced) else { return false };
    let (long, short) = (one.form.len(), other.form.len());
    match mark.kind {
        TokenKind::Mark('.' | ':') => true,
        // A date has no day or month beyond 31; a number has no three parts.
        TokenKind::Mark('/') => {
            let is_part = |one: &Token| is_year(one) || one.form.parse().is_ok_and(|day: u16| day <= 31);
            let third = || sheet.token(first + 3).is_some_and(|mark| mark.is_mark('/') && !mark.spaced);
            is_part(one) && is_part(other) && (!is_numbered(sheet, first) || third())
        }
        TokenKind::Mark(',') => {
            let counts = sheet.token(first + 3).is_some_and(|unit| unit.has(Class::Measure));
            // «55,7558» is a coordinate.
            let decimal = short > 3 && long != short;
            counts || (decimal || short <= 2 && (long != short || long <= 2)) && !is_numbered(sheet, first)
        }
        TokenKind::Word
        | TokenKind::Number
        | TokenKind::Mark(_)
        | TokenKind::Address
        | TokenKind::Mailbox
        | TokenKind::Newline => false,
    }
}
