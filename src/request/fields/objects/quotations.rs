//! Elements named in quotation marks: not buttons, not error texts.

use super::names::NOUNS;
use super::{Field, Found, is_time, is_told_of_other};
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// Looks for names in quotation marks; a list of names goes on as it began.
pub(super) fn find(reading: &Reading<'_>, sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    let asked = reading.asked.contains(&Field::Objects);
    let mut last_quote: Option<(usize, bool)> = None;
    for quote in &sheet.quoted {
        let listed = last_quote
            .filter(|(end, _)| quote.start <= end + 5 && only_links(sheet, end + 1..quote.start - 1));
        let named = match (listed, quoted_names(sheet, quote)) {
            (_, Some(named)) => named,
            (Some((_, named)), None) => named,
            (None, None) => asked && !is_told_of_other(sheet, quote.start) || looks_like_unit(sheet, quote),
        };
        let doubtful =
            !named && listed.is_none() && quoted_names(sheet, quote).is_none() && is_title(sheet, quote);
        last_quote = Some((quote.end, named));
        if (named || doubtful) && !reading.is_product(sheet, quote.start) {
            found.push(Found { range: quote.clone(), cue: Cue::Quoted, sure: named });
        }
    }
}

/// Whether only commas and conjunctions stand in the range: a list of names goes on.
fn only_links(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    sheet.slice(range).iter().all(|token| {
        matches!(token.kind, TokenKind::Mark(',' | '«' | '»' | '"' | '“' | '”' | '/' | ';'))
            || matches!(token.form.as_str(), "и" | "или" | "and" | "or")
    })
}

/// Whether the noun before (or right after) a quotation makes it the name of an element; `None` if there is no noun.
fn quoted_names(sheet: &Sheet<'_>, quote: &Range<usize>) -> Option<bool> {
    let open = quote.start.checked_sub(1)?;
    let key = sheet.token(open).is_some_and(|mark| mark.is_mark('"'))
        && sheet.token(quote.start).is_some_and(|first| first.is_latin() && quote.len() == 1)
        && sheet.token(quote.end + 1).is_some_and(|after| after.is_mark(':') && !after.spaced);
    if key {
        return Some(false); // in JSON
    }
    // the "Daily mileage" report
    let after = sheet.token(quote.end + 1);
    // the "Print" command, if something is pressed
    let command = after.is_some_and(|after| matches!(after.form.as_str(), "command" | "commands"));
    if command && sheet.slice(sheet.sentence_at(quote.start)).iter().any(presses) {
        return Some(false);
    }
    if after.is_some_and(|after| {
        after.is_latin() && after.classes.meets(NOUNS) && !after.has(Class::InterfaceNoun)
    }) {
        return Some(true);
    }
    // the "Video" option, the "Save" button
    if after.is_some_and(|after| {
        after.is_latin()
            && (after.has(Class::InterfaceNoun)
                || matches!(after.form.as_str(), "feature" | "function" | "module" | "permission" | "right"))
    }) {
        return Some(false);
    }
    for at in (open.saturating_sub(5)..open).rev() {
        let token = sheet.token(at)?;
        if matches!(token.kind, TokenKind::Newline | TokenKind::Mark('.' | '!' | '?' | ';')) {
            break;
        }
        if matches!(
            token.form.as_str(),
            "name" | "named" | "called" | "имя" | "именем" | "названием" | "название" | "имени"
        ) {
            return Some(true);
        }
        if token.kind == TokenKind::Mark(',') && open - at > 1 {
            break;
        }
        if token.classes.meets(NOUNS) {
            return Some(true);
        }
        if token.classes.any(&[Class::InterfaceNoun, Class::Shows, Class::Error]) || presses(token) {
            return Some(false);
        }
        if token.has(Class::Gesture) {
            break; // what is opened or selected may be a menu or an element: its own look decides
        }
        if token.classes.any(&[Class::Operation, Class::Fault, Class::VagueFault]) {
            break;
        }
    }
    None
}

/// «жму», "click": what is pressed is a button.
pub(super) fn presses(token: &Token) -> bool {
    const PRESSING: &[&str] = &[
        "наж",
        "жм",
        "жал",
        "клик",
        "щелк",
        "тык",
        "ткн",
        "тап",
        "отмеч",
        "прожм",
        "press",
        "click",
        "hit",
        "tick",
        "untick",
        "push",
        "toggle",
    ];
    token.has(Class::Gesture) && token.begins(PRESSING)
}

/// Whether a quotation without a noun reads like the name of a unit: letters and digits, or letters with a code.
fn looks_like_unit(sheet: &Sheet<'_>, quote: &Range<usize>) -> bool {
    let tokens = sheet.slice(quote.clone());
    let digits = (quote.start..quote.end)
        .any(|at| sheet.token(at).is_some_and(Token::has_digit) && !is_time(sheet, at));
    let letters = tokens.iter().any(|token| token.is_word() && token.case != Case::Lower);
    let sentence = tokens.iter().any(|token| {
        token.classes.any(&[Class::Error, Class::Negation, Class::Shows, Class::Fault, Class::InterfaceNoun])
    });
    digits && letters && tokens.len() <= 8 && !sentence
}

/// Whether a quotation could be a name: a capital, few words, no sentence.
fn is_title(sheet: &Sheet<'_>, quote: &Range<usize>) -> bool {
    let tokens = sheet.slice(quote.clone());
    let capital = tokens.first().is_some_and(|token| token.is_word() && token.case != Case::Lower);
    let sentence = tokens.iter().any(|token| {
        token.classes.any(&[
            Class::Error,
            Class::Negation,
            Class::Shows,
            Class::Fault,
            Class::InterfaceNoun,
            Class::Gesture,
            Class::Operation,
        ])
    });
    capital && tokens.len() <= 5 && !sentence
}
