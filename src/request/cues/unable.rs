//! What cannot be done, and with what: «не могу зайти в Wialon», "I can't see KX19 ABC". There is little more to tell of it.

use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;
use crate::request::text::verb_form::{Form, russian};
use std::ops::Range;

/// So many words may stand between "cannot" and what cannot be done.
const NEAR: usize = 3;
/// What may stand there: «не могу никак зайти», "unable to even open".
const BETWEEN: &[&str] = &[
    "to",
    "longer",
    "even",
    "still",
    "also",
    "now",
    "no",
    "again",
    "никак",
    "даже",
    "сам",
    "уже",
    "снова",
    "опять",
];
/// What is done with programs, besides gestures and operations.
const DEEDS: &[&str] = &[
    "войти",
    "зайти",
    "попасть",
    "найти",
    "увидеть",
    "видеть",
    "посмотреть",
    "see",
    "find",
    "view",
    "access",
    "log",
    "login",
    "sign",
    "open",
    "load",
];
/// Of what it is said so that an engineer can begin.
const THINGS: &[Class] =
    &[Class::Common, Class::UnitNoun, Class::ElementNoun, Class::AccountNoun, Class::NumberedNoun];

/// Whether a mail says that something cannot be done with a thing that is named, or that a product does not have it.
pub(crate) fn is_told(reading: &Reading<'_>) -> bool {
    reading.sheets().any(|sheet| {
        sheet.sentences.iter().any(|sentence| {
            sentence.clone().any(|at| {
                sheet.quoted_at(at).is_none()
                    && (cannot(reading, sheet, sentence, at) || is_absent(reading, sheet, sentence, at))
            })
        })
    })
}

fn cannot(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize) -> bool {
    let Some(behind) = behind_denial(sheet, at) else { return false };
    let deed = (behind..sentence.end.min(behind + NEAR)).find(|at| !BETWEEN.contains(&sheet.form(*at)));
    deed.is_some_and(|deed| {
        is_deed(sheet, deed)
            && (deed + 1..sheet.clause(sentence, deed).end).any(|at| is_thing(reading, sheet, at))
    })
}

/// Where what cannot be done begins, if it is said at `at` that something cannot be.
fn behind_denial(sheet: &Sheet<'_>, at: usize) -> Option<usize> {
    match (sheet.form(at), sheet.form(at + 1)) {
        (
            "не",
            "могу"
            | "можем"
            | "может"
            | "могут"
            | "смог"
            | "смогла"
            | "смогли"
            | "удается"
            | "удалось"
            | "получается"
            | "получилось"
            | "выходит",
        )
        | ("can" | "could", "not" | "no")
        | ("not", "able") => Some(at + 2),
        ("невозможно" | "cannot" | "can't" | "cant" | "couldn't" | "unable" | "impossible", _) => {
            Some(at + 1)
        }
        _ => None,
    }
}

fn is_deed(sheet: &Sheet<'_>, at: usize) -> bool {
    let acts = |token: &Token| {
        token.classes.any(&[Class::Gesture, Class::Operation])
            && (token.is_latin() || russian(&token.form) == Form::Infinitive)
    };
    DEEDS.contains(&sheet.form(at)) || sheet.token(at).is_some_and(acts)
}

fn is_thing(reading: &Reading<'_>, sheet: &Sheet<'_>, at: usize) -> bool {
    reading.is_product(sheet, at)
        || sheet.quoted_at(at).is_some()
        || sheet.token(at).is_some_and(|token| token.has_digit() || token.classes.any(THINGS))
}

/// «А001АА нет в Wialon», "is not in Wialon", "there is no KX19 ABC".
fn is_absent(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize) -> bool {
    let place = || {
        let article = usize::from(sheet.form(at + 2) == "the");
        matches!(sheet.form(at + 1), "in" | "on" | "в" | "на") && reading.is_product(sheet, at + 2 + article)
    };
    match (sheet.form(at), sheet.form(at + 1)) {
        ("not" | "isn't" | "нет", _) if place() => true,
        ("is" | "are" | "there's", "no") => {
            let there = sheet.form(at) == "there's"
                || sheet.before(at, 1).is_some_and(|before| before.form == "there");
            let named = |at: usize| sheet.token(at).is_some_and(Token::has_digit);
            there && (at + 2..sentence.end.min(at + 2 + NEAR)).any(named)
        }
        _ => false,
    }
}
