//! Lists of elements: how many more stand in one with the element that is shown, and the numbers that stand behind one noun.

use super::names::NOUNS;
use super::{Cover, Found, is_time, names, wording};
use crate::request::cue::Cue;
use crate::request::text::fold::plate_letter;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::collections::BTreeSet;
use std::ops::Range;

/// What is found by these is one element each; a noun may stand before it: «машины А123ВС77, А124ВС77». Of nouns with a name only
/// machines make a list: «отчёт Пробег, группа Север» is none.
const SINGLE: &[Cue] = &[
    Cue::ConfiguredPattern,
    Cue::Plate,
    Cue::ImeiOrVin,
    Cue::Quoted,
    Cue::Code,
    Cue::NameWithNumber,
    Cue::NumberedName,
    Cue::NounWithName,
];

/// How many others follow the element at `shown` in a list of its kind, if that is certain: nothing else of the kind stands in the text,
/// and nothing else that may be an element beside the list. What is named twice counts once.
pub(super) fn more(sheet: &Sheet<'_>, found: &[Found], shown: &Range<usize>) -> usize {
    SINGLE.iter().map(|cue| more_of(*cue, sheet, found, shown)).max().unwrap_or(0)
}

/// How many others are found by `cue`.
fn more_of(cue: Cue, sheet: &Sheet<'_>, found: &[Found], shown: &Range<usize>) -> usize {
    // Of «машины 12 и 14» both are shown.
    if (shown.start..shown.end).any(|at| joins(sheet, at)) {
        return 0;
    }
    let cover = Cover::new(found, cue);
    let of_cue = found
        .iter()
        .filter(|one| one.cue == cue && (one.sure || cue == Cue::NounWithName))
        .filter(|one| cue != Cue::NounWithName || names::is_machine(sheet, one.range.start))
        .filter(|one| !cover.has(&one.range));
    let mut ranges: Vec<_> = of_cue.map(|one| one.range.clone()).collect();
    if !ranges.iter().any(|range| range.end == shown.end) {
        return 0;
    }
    ranges.sort_by_key(|range| range.start);
    let first = ranges.partition_point(|range| range.end < shown.end);
    let all: BTreeSet<String> = ranges.iter().map(|range| identity(sheet, range)).collect();
    let mut listed = BTreeSet::new();
    let (mut end, mut concluded, mut lines) = (shown.end, false, false);
    for range in ranges.iter().skip(first) {
        if range.end > shown.end && !is_separator(sheet, end..range.start) {
            break;
        }
        listed.insert(identity(sheet, range));
        let between = sheet.slice(end..range.start.max(end));
        lines |= between.iter().any(|token| token.kind == TokenKind::Newline);
        concluded |= lines || between.iter().any(Token::is_and);
        end = range.end;
    }
    let begins =
        shown.start.checked_sub(2).is_some_and(|before| joins(sheet, before + 1) && names(sheet, before));
    let goes_on = (end..end + 2).any(|at| joins(sheet, at) && names(sheet, at + 1))
        || lines && has_more_lines(sheet, end);
    // «отчёт «Поездки», «Выполнить»» is no list.
    let doubtful = cue == Cue::Quoted && !concluded;
    if doubtful || begins || goes_on || listed != all { 0 } else { listed.len().saturating_sub(1) }
}

/// Whether a line with a digit follows, which may be one more of a list of lines.
fn has_more_lines(sheet: &Sheet<'_>, end: usize) -> bool {
    let is_line = |token: &&Token| token.kind == TokenKind::Newline;
    let rest = sheet.slice(end..sheet.tokens.len());
    rest.first().as_ref().is_some_and(is_line)
        && rest.iter().skip(1).take_while(|token| !is_line(token)).take(LONGEST_LINE).any(Token::has_digit)
}

/// So many tokens of a line are looked at.
const LONGEST_LINE: usize = 6;

/// What is the same for all spellings of one element.
fn identity(sheet: &Sheet<'_>, range: &Range<usize>) -> String {
    let letters = sheet.slice(range.clone()).iter().flat_map(|token| token.form.chars());
    letters.map(|letter| plate_letter(letter).unwrap_or(letter)).collect()
}

/// Whether the range is all that stands between two elements of a list: commas, conjunctions and quotation marks, or the end of a
/// line and what the next begins with, a sign of lists and what kind of machine it is.
fn is_separator(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    let mark = |token: &Token, marks: &[char]| marks.iter().any(|mark| token.is_mark(*mark));
    let quotation = |at: usize| sheet.token(at).is_some_and(Token::is_quotation_mark);
    let is_line = |at: &usize| sheet.token(*at).is_some_and(|token| token.kind == TokenKind::Newline);
    let Some(line) = range.clone().find(is_line) else {
        // «КАМАЗ Н312УК 152 и МАЗ В 780 ОХ 152»: each with its make.
        let make = |at: usize| names::is_machine(sheet, at);
        return range.clone().any(|at| joins(sheet, at))
            && range.clone().all(|at| joins(sheet, at) || quotation(at) || make(at));
    };
    let ends = (range.start..line)
        .all(|at| quotation(at) || sheet.token(at).is_some_and(|token| mark(token, &[',', ';', '.'])));
    let begins = (line + 1..range.end).all(|at| {
        let sign = sheet.token(at).is_some_and(|token| mark(token, &['-', '•', '*', '·', '.', ')']));
        let number = line + 1 == at && sheet.token(at).is_some_and(|token| token.kind == TokenKind::Number);
        sign || number || quotation(at) || names::is_machine(sheet, at)
    });
    ends && begins
}

/// A mark of lists, or a conjunction.
fn joins(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet
        .token(at)
        .is_some_and(|token| matches!(token.kind, TokenKind::Mark(',' | ';' | '/' | '&')) || token.is_and())
}

/// Whether the token at `at` may be an element, or part of one.
fn names(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.token(at).is_some_and(|token| {
        token.has_digit()
            || token.is_word() && token.case != Case::Lower
            || token.is_quotation_mark()
            || token.is_mark('№')
    })
}

/// Longest number of a series, with what stands before it: `CN-1001`.
const LONGEST_IN_SERIES: usize = 3;

/// Where the series ends that a range begins: "trackers CN-1001 to CN-1020". Both ends are built alike. «Рейс 12 до 15 мая» is none.
pub(super) fn series_end(sheet: &Sheet<'_>, range: &Range<usize>) -> Option<usize> {
    let to = sheet.token(range.end)?;
    if !matches!(to.form.as_str(), "to" | "through" | "thru" | "по") {
        return None;
    }
    let alike = |length: &usize| {
        let first = range.end.checked_sub(*length).map(|start| sheet.slice(start..range.end));
        let last = sheet.slice(range.end + 1..range.end + 1 + length);
        let same = |(a, b): (&Token, &Token)| match (a.kind, b.kind) {
            (TokenKind::Number, TokenKind::Number) => a.form.len() == b.form.len() && a.form < b.form,
            (TokenKind::Word, TokenKind::Word) if a.has_digit() => {
                let letters =
                    |token: &Token| token.form.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
                a.form.len() == b.form.len() && letters(a) == letters(b) && a.form < b.form
            }
            (a_kind, b_kind) => a_kind == b_kind && a.form == b.form,
        };
        last.len() == *length
            && first.is_some_and(|first| first.len() == *length && first.iter().zip(last).all(same))
            && last.last().is_some_and(Token::has_digit)
    };
    let length = (1..=LONGEST_IN_SERIES.min(range.len())).rev().find(alike)?;
    let end = range.end + 1 + length;
    let counts = sheet.token(end).is_some_and(|next| next.has(Class::Measure));
    let times = (range.end - length..end).any(|at| is_time(sheet, at));
    (!counts && !times).then_some(end)
}

/// Most numbers that are named together.
const MOST_LISTED: usize = 6;

/// Where the list of numbers ends that goes on behind the number at `at`, whose name ends at `end`: «снегоходы 3 и 8», «машины 412,
/// 413 и 414». `None` where there is none, or where the others may count something: «машина 412 и 3 прицепа».
pub(super) fn numbers_end(sheet: &Sheet<'_>, noun: &Token, at: usize, end: usize) -> Option<usize> {
    const PLURAL: &[&str] = &["ы", "и", "ам", "ям", "ами", "ями", "ах", "ях", "ов", "ей", "s"];
    let is_number = |at: usize| {
        sheet.token(at).is_some_and(|token| {
            token.kind == TokenKind::Number
                && token.form.len() <= 5
                && !sheet.is_cell(token)
                && !is_time(sheet, at)
        })
    };
    let mut last = end;
    for _ in 0..MOST_LISTED {
        let sign = last + 1 + usize::from(sheet.token(last + 1).is_some_and(|sign| sign.is_mark('№')));
        if !(wording::is_joint(sheet, last) && is_number(sign)) {
            break;
        }
        last = sign + 1;
    }
    let numbers = || sheet.slice(end..last).iter().filter(|token| token.kind == TokenKind::Number);
    let long = sheet.form(at).len();
    let alike = || long >= 2 && numbers().all(|number| number.form.len() == long);
    let signed =
        sheet.slice(end..last).iter().filter(|token| token.is_mark('№')).count() == numbers().count();
    let plural = PLURAL.iter().any(|ending| noun.form.ends_with(ending));
    let counts = sheet.token(last).is_some_and(|next| {
        next.classes.meets(NOUNS) || next.classes.any(&[Class::Measure, Class::Common]) || next.has_digit()
    });
    let unfinished = wording::is_joint(sheet, last) && sheet.token(last + 1).is_some_and(Token::has_digit);
    (last > end && is_number(at) && (plural || signed || alike()) && !counts && !unfinished).then_some(last)
}
