//! How many more elements stand in one list with the one that is shown.

use super::super::fold::plate_letter;
use super::super::sheet::Sheet;
use super::super::tokens::{Case, Token, TokenKind};
use super::Found;
use std::collections::BTreeSet;
use std::ops::Range;

/// What is found by these is one element each; a noun may stand before it: «машины А123ВС77, А124ВС77».
const SINGLE: &[&str] = &["plate", QUOTED, "code"];

const QUOTED: &str = "name in quotation marks";

/// How many others follow the element at `shown` in a list of its kind, if that is certain: nothing else of the kind stands in the text,
/// and nothing else that may be an element beside the list. What is named twice counts once.
pub(super) fn more(sheet: &Sheet<'_>, found: &[Found], shown: &Range<usize>) -> usize {
    SINGLE.iter().map(|cue| more_of(cue, sheet, found, shown)).max().unwrap_or(0)
}

/// How many others are found by `cue`.
fn more_of(cue: &str, sheet: &Sheet<'_>, found: &[Found], shown: &Range<usize>) -> usize {
    let of = |cue| found.iter().filter(move |one| one.sure && one.cue == cue);
    if !of(cue).any(|one| one.range.end == shown.end) {
        return 0;
    }
    let mut ranges: Vec<_> = of(cue).map(|one| one.range.clone()).collect();
    ranges.sort_by_key(|range| range.start);
    let first = ranges.partition_point(|range| range.end < shown.end);
    let all: BTreeSet<String> = ranges.iter().map(|range| identity(sheet, range)).collect();
    let mut listed = BTreeSet::new();
    let (mut end, mut concluded) = (shown.end, false);
    for range in ranges.iter().skip(first) {
        if range.end > shown.end && !is_separator(sheet, end..range.start) {
            break;
        }
        listed.insert(identity(sheet, range));
        concluded |= sheet.slice(end..range.start).iter().any(is_conjunction);
        end = range.end;
    }
    let begins =
        shown.start.checked_sub(2).is_some_and(|before| joins(sheet, before + 1) && names(sheet, before));
    let goes_on = (end..end + 2).any(|at| joins(sheet, at) && names(sheet, at + 1));
    // «отчёт «Поездки», «Выполнить»» is no list.
    let doubtful = cue == QUOTED && !concluded;
    if doubtful || begins || goes_on || listed != all { 0 } else { listed.len().saturating_sub(1) }
}

/// What is the same for all spellings of one element.
fn identity(sheet: &Sheet<'_>, range: &Range<usize>) -> String {
    let letters = sheet.slice(range.clone()).iter().flat_map(|token| token.form.chars());
    letters.map(|letter| plate_letter(letter).unwrap_or(letter)).collect()
}

/// Whether the range is all that stands between two elements of a list.
fn is_separator(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    let quotation = |token: &Token| matches!(token.kind, TokenKind::Mark('«' | '»' | '"' | '“' | '”' | '„'));
    range.clone().any(|at| joins(sheet, at))
        && range.clone().all(|at| joins(sheet, at) || sheet.token(at).is_some_and(quotation))
}

fn is_conjunction(token: &Token) -> bool {
    matches!(token.form.as_str(), "и" | "and")
}

/// A comma or a conjunction.
fn joins(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet
        .token(at)
        .is_some_and(|token| matches!(token.kind, TokenKind::Mark(',' | ';' | '/')) || is_conjunction(token))
}

/// Whether the token at `at` may be an element, or part of one.
fn names(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.token(at).is_some_and(|token| {
        token.has_digit()
            || token.is_word() && token.case != Case::Lower
            || matches!(token.kind, TokenKind::Mark('«' | '»' | '"' | '“' | '”' | '„' | '№'))
    })
}
