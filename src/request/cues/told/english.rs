//! Steps that English tells by the build of a sentence: "When I click Execute, …", "Opened the timetable and …", "In Jobs > Reports the
//! list is empty". As in `told.rs`, nothing here makes the field present.

use super::{ACTS, NO_STEPS, RESULTS};
use crate::request::Field;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind, words};
use std::ops::Range;

/// Verbs and words for what comes of an action, besides its classes.
const SEEN: &[&str] = &[
    "appears",
    "pops",
    "comes",
    "gives",
    "goes",
    "stays",
    "remains",
    "keeps",
    "disappears",
    "closes",
    "nothing",
    "zero",
    "empty",
    "blank",
];
/// What is done in programs, told without a subject.
const PAST: &[&str] = &[
    "opened",
    "clicked",
    "pressed",
    "tapped",
    "selected",
    "chose",
    "entered",
    "ran",
    "went",
    "typed",
    "hovered",
    "generated",
    "executed",
    "built",
    "exported",
    "downloaded",
];
/// A look, which is none of an action unless it is said where.
const LOOKED: &[&str] = &["checked", "looked"];
/// So many words at least tell what was seen.
const FEWEST_SEEN: usize = 3;
/// The same as a recipe.
const RECIPE: &[&str] = &["open", "go", "select", "click", "choose", "press", "tap", "enter"];
/// What learners of English do with a report.
const MAKES: &[&str] = &["make", "do", "take", "pull", "launch"];

/// So near behind "when I" stands what is done.
const NEAR: usize = 3;
/// So many words behind "Opened" tell what, and what is seen then.
const FEWEST_BEHIND: usize = 4;

/// So many tokens a sentence has at most that tells something: each word of it is held against the rest.
const LONGEST: usize = 150;

/// Whether the writer tells what is done in a product and what comes of it.
pub(crate) fn tells(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let asked = reading.asked.contains(&Field::Steps);
    sheet.sentences.iter().filter(|sentence| sentence.len() <= LONGEST).any(|sentence| {
        // "until" is of spans of time, too.
        let no_steps =
            |token: &Token| token.classes.any(NO_STEPS) && token.form != "until" || token.is_mark('?');
        !sheet.slice(sentence.clone()).iter().any(no_steps)
            && (is_condition(sheet, sentence)
                || is_past(sheet, sentence)
                || is_told_of_himself(reading, sheet, sentence)
                || asked && is_bare(sheet, sentence)
                || is_recipe(sheet, sentence)
                || is_made(sheet, sentence)
                || is_path(sheet, sentence)
                || asked && is_glance(sheet, sentence))
    })
}

fn first_word(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Option<usize> {
    let lead = |token: &Token| {
        !token.is_word()
            || token.has(Class::Greeting)
            || matches!(token.form.as_str(), "just" | "simply" | "then" | "and")
    };
    sentence.clone().find(|at| sheet.token(*at).is_some_and(|token| !lead(token)))
}

/// Whether something is told that comes of an action.
fn is_result(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    range.clone().any(|at| {
        sheet.token(at).is_some_and(|token| token.classes.any(RESULTS) || SEEN.contains(&token.form.as_str()))
            || sheet.quoted_at(at).is_some()
    })
}

/// "When we click Execute, a message appears"
fn is_condition(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        let acts = || {
            (at + 2..sentence.end.min(at + 2 + NEAR)).find(|at| {
                sheet.token(*at).is_some_and(|token| token.is_latin() && token.classes.meets(ACTS))
            })
        };
        matches!(sheet.form(at), "when" | "whenever" | "once" | "if")
            && matches!(sheet.form(at + 1), "i" | "we" | "he" | "she" | "they" | "you")
            && acts().is_some_and(|act| {
                !sheet.any(at..act, &[Class::Negation]) && is_result(sheet, act + 1..sentence.end)
            })
    })
}

/// "Opened the timetable and the trip is upside down", not "Selected units do not move".
fn is_past(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const WHAT: &[&str] =
        &["the", "a", "an", "my", "our", "this", "that", "it", "in", "on", "to", "into", "up", "through"];
    let Some(first) = first_word(sheet, sentence) else { return false };
    let named = sheet.quoted_at(first + 2).is_some()
        || sheet.token(first + 1).is_some_and(|next| next.is_word() && next.case == Case::Capital);
    PAST.contains(&sheet.form(first))
        && (WHAT.contains(&sheet.form(first + 1)) || named)
        && words(sheet.slice(first + 1..sentence.end)) >= FEWEST_BEHIND
}

/// Whether "I" or "we" stands before the verb at `at`, "just" between or not.
fn is_his(sheet: &Sheet<'_>, at: usize) -> bool {
    let writes = |back| sheet.before(at, back).is_some_and(|token| matches!(token.form.as_str(), "i" | "we"));
    let between = || {
        sheet.before(at, 1).is_some_and(|token| {
            matches!(token.form.as_str(), "just" | "only" | "then" | "also" | "have" | "simply")
        })
    };
    writes(1) || between() && writes(2)
}

/// "I checked Messages for DY-08: temp1 is not there", "We exported the report and the dates are in US format"
fn is_told_of_himself(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        let form = sheet.form(at);
        if !PAST.contains(&form) && !LOOKED.contains(&form) || !is_his(sheet, at) {
            return false;
        }
        let ends = |at: &usize| {
            sheet.token(*at).is_some_and(|token| {
                matches!(token.kind, TokenKind::Mark(':' | ',' | ';'))
                    || matches!(token.form.as_str(), "and" | "but")
            })
        };
        let Some(end) = (at + 1..sentence.end).find(ends) else { return false };
        let place = |at: usize| {
            !reading.is_product(sheet, at)
                && sheet.token(at).is_some_and(|token| {
                    token.classes.any(&[Class::ElementNoun, Class::InterfaceNoun])
                        || token.is_latin() && token.case == Case::Capital && !token.has_digit()
                })
        };
        let seen = end + 1..sentence.end;
        let shown = || PAST.contains(&form) || is_result(sheet, seen.clone());
        (at + 1..end).any(place) && words(sheet.slice(seen.clone())) >= FEWEST_SEEN && shown()
    })
}

/// "I just run the report", where we have asked for it
fn is_bare(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const RUNS: &[&str] = &["run", "open", "build", "press", "click", "generate", "execute"];
    sentence.clone().any(|at| {
        let what = at + 1..sentence.end.min(at + 1 + NEAR);
        RUNS.contains(&sheet.form(at))
            && is_his(sheet, at)
            && sheet.any(what, &[Class::ElementNoun, Class::InterfaceNoun])
    })
}

/// "Just open the dashboard and look at the first widget"
fn is_recipe(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let looks = |at: usize| {
        matches!(sheet.form(at), "look" | "see" | "check")
            && sheet.before(at, 1).is_some_and(|before| {
                before.form == "and" || before.form == "then" || matches!(before.kind, TokenKind::Mark(','))
            })
    };
    first_word(sheet, sentence)
        .is_some_and(|first| RECIPE.contains(&sheet.form(first)) && (first + 2..sentence.end).any(looks))
}

/// "I make the report and see three thefts, but …"
fn is_made(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        let element = || {
            (at + 1..=at + NEAR).find(|at| {
                sheet.token(*at).is_some_and(|token| token.is_latin() && token.has(Class::ElementNoun))
            })
        };
        MAKES.contains(&sheet.form(at))
            && at > sentence.start
            && matches!(sheet.form(at - 1), "i" | "we")
            && element().is_some_and(|element| {
                let behind = element + 1..sentence.end;
                is_result(sheet, behind.clone()) && words(sheet.slice(behind)) >= FEWEST_BEHIND
            })
    })
}

/// "In Analytics > Passengers > Today the value is zero": where in a program something is seen.
fn is_path(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let parts = |at: &usize| {
        sheet.token(*at).is_some_and(|mark| matches!(mark.kind, TokenKind::Mark('>' | '→')))
            && at.checked_sub(1).is_some_and(|before| {
                let word = |at: usize| sheet.token(at).filter(|token| token.is_word());
                let joined = sheet.token(before).is_some_and(|mark| mark.is_mark('-'));
                before >= sentence.start
                    && (joined || word(before).is_some())
                    && word(at + 1).is_some_and(|next| next.case != Case::Lower)
            })
    };
    let Some(first) = sentence.clone().find(parts) else { return false };
    let marks = sentence.clone().filter(parts).count();
    let last = sentence.clone().rev().find(parts).unwrap_or(first);
    let looked = sheet.any(sentence.start..first, &[Class::Look, Class::Gesture]);
    let number = || sheet.slice(last + 2..sentence.end).iter().any(|token| token.kind == TokenKind::Number);
    (marks > 1 || looked) && (is_result(sheet, last + 2..sentence.end) || number())
}

/// "I look on the map and the car is in the sea", where we have asked for it.
fn is_glance(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const PLACES: Classes = Classes::of_all(&[Class::Common, Class::InterfaceNoun, Class::ElementNoun]);
    sentence.clone().any(|at| {
        let end = || (at + 1..sentence.end).find(|at| sheet.form(*at) == "and");
        sheet.token(at).is_some_and(|token| token.is_latin() && token.has(Class::Look))
            && end().is_some_and(|end| {
                sheet.slice(at + 1..end).iter().any(|token| {
                    token.classes.meets(PLACES) || matches!(token.form.as_str(), "screen" | "app" | "phone")
                }) && words(sheet.slice(end + 1..sentence.end)) >= FEWEST_BEHIND
                    && !sheet.any(end..sentence.end, &[Class::Please])
            })
    })
}
