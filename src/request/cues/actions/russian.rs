//! Russian verbs as actions: who acts is in the ending.

use super::{is_listed, many_gestures};
use crate::request::cues::errand::is_errand;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token};
use crate::request::text::verb_form::{Form, russian};
use std::ops::Range;

/// Whether a clause before `at` has a person or the writer as its actor, or a thing that acts by itself.
fn actor(sheet: &Sheet<'_>, clause: &Range<usize>, at: usize) -> (bool, bool) {
    let before = clause.start..at;
    let person = sheet.any(before.clone(), &[Class::Writer, Class::Person]);
    let thing = sheet.slice(before).iter().any(|token| token.has(Class::Thing) && is_subject(token));
    (person, thing)
}

/// Whether a noun can be the subject of its clause: «трекер», not «трекера».
fn is_subject(token: &Token) -> bool {
    token.is_latin()
        || !token.form.ends_with(['у', 'ю', 'е', 'и', 'ы', 'м', 'х'])
        || token.form == "машины"
        || token.form == "трекеры"
        || token.form == "приложение"
        || token.form == "объекты"
        || token.form == "устройство"
}

pub(super) fn is_action(
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    at: usize,
    token: &Token,
    chained: bool,
) -> bool {
    if sheet
        .before(at, 1)
        .is_some_and(|before| matches!(before.form.as_str(), "не" | "ни" | "бы" | "буду" | "будем"))
    {
        return false;
    }
    let inside = |class: Class| sheet.any(clause.clone(), &[class]);
    // «хотя вчера заходил»: what went well before.
    let before_now =
        sheet.slice(clause.clone()).iter().any(|token| matches!(token.form.as_str(), "вчера" | "позавчера"))
            && clause.start > sentence.start
            && sheet
                .token(clause.start - 1)
                .is_some_and(|token| matches!(token.form.as_str(), "хотя" | "а" | "но"));
    if before_now && !chained {
        return false;
    }
    let (person, thing) = actor(sheet, clause, at);
    let company = sheet.any(clause.start..at, &[Class::Company]);
    match russian(&token.form) {
        Form::First => true,
        Form::Past => !company && !token.form.ends_with("ло") && (person || !thing),
        Form::Gerund => token.case == Case::Lower || sheet.starts_line(at) || at == sentence.start,
        Form::Third => person && !thing && !company,
        Form::Infinitive => {
            let button = token.case != Case::Lower && !sheet.starts_line(at) && at != sentence.start;
            let before = sentence.start..at;
            let trying = inside(Class::If) || inside(Class::Attempt);
            let wished =
                sheet.slice(before).iter().any(|token| token.has(Class::Modal) && token.form != "дать");
            !button
                && (trying || sheet.starts_line(at) && !wished && is_listed(sheet, at) || chained && !wished)
        }
        Form::Imperative => {
            let asks_us = sheet.any(sentence.clone(), &[Class::Please]) || is_errand(sheet, sentence);
            let listed = is_listed(sheet, at);
            token.has(Class::Gesture)
                && !asks_us
                && (listed || chained || inside(Class::If) || many_gestures(sheet, sentence))
        }
        // «нажато ОК», «выбрано»: done by the writer, who does not say so.
        Form::Passive => {
            token.has(Class::Gesture)
                && token.form.ends_with('о')
                && !token.form.starts_with("указан")
                && !company
        }
        Form::Reflexive | Form::Noun => false,
    }
}
