//! Numbers and words that tell when, how long or how much: none of them names an element.

use super::super::lexicon::Class;
use super::super::sheet::Sheet;
use super::super::tokens::{Case, Token, TokenKind};
use crate::mail::letters::is_alphabetic;

/// How words of time begin, beside those of [`Class::Measure`]; an ending follows.
const TIMES: &[&str] = &[
    "период",
    "интервал",
    "промежуток",
    "промежутк",
    "вчера",
    "сегодня",
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

fn measures(sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(token) = sheet.token(at) else { return true };
    if token.kind != TokenKind::Number {
        let digits = token.form.bytes().filter(u8::is_ascii_digit).count();
        let letters = token.form.chars().filter(|c| is_alphabetic(*c)).count();
        // 10th, 5км, 7го, 24ч
        return letters <= 2
            && digits <= 2
            && token.form.starts_with(|c: char| c.is_ascii_digit())
            && token.case == Case::Lower;
    }
    let joins = |mark: Option<&Token>| {
        mark.is_some_and(|mark| matches!(mark.kind, TokenKind::Mark('.' | ':' | '/' | ',')) && !mark.spaced)
    };
    let is_number = |token: &Token| token.kind == TokenKind::Number;
    let back = |steps: usize| at.checked_sub(steps).and_then(|index| sheet.token(index));
    let before =
        joins(sheet.token(at + 1)) && sheet.token(at + 2).is_some_and(|next| is_number(next) && !next.spaced);
    if before || !token.spaced && joins(back(1)) && back(2).is_some_and(is_number) {
        return true;
    }
    let next = sheet.token(at + 1);
    if next.is_some_and(|next| next.has(Class::Measure) || next.is_mark('%') || next.is_mark('°')) {
        return true;
    }
    if next.is_some_and(|next| next.is_mark('-'))
        && sheet.token(at + 2).is_some_and(|ending| {
            matches!(ending.form.as_str(), "го" | "е" | "х" | "ти" | "ми") || ending.has(Class::Measure)
        })
    {
        return true;
    }
    let year = token.form.len() == 4 && (token.form.starts_with("20") || token.form.starts_with("19"));
    let preposition = back(1).is_some_and(|before| {
        matches!(
            before.form.as_str(),
            "до" | "from" | "till" | "until" | "to" | "at" | "к" | "около" | "about"
        )
    });
    year && next.is_none_or(|next| !next.is_mark('-')) || preposition && token.form.len() <= 2
}
