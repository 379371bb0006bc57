//! Behaviours: what a sentence says of a malfunction.

use super::question::is_question;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::{Behaviour, Sheet};
use crate::request::text::tokens::{Token, TokenKind};
use crate::request::text::verb_form::Form;
use std::ops::Range;

/// What a sentence says of a malfunction.
pub(crate) fn behaviour(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Behaviour {
    sheet.judge(sentence, |known| &known.behaviour, || judge(sheet, sentence))
}

fn judge(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Behaviour {
    let mut found = Behaviour::default();
    let mut shows = false;
    for at in sentence.clone() {
        let Some(token) = sheet.token(at) else { continue };
        if sheet.quoted_at(at).is_some() {
            found.values += usize::from(shows);
            continue;
        }
        shows |= token.classes.any(&[Class::Shows, Class::Error]);
        if token.kind == TokenKind::Number && shows {
            found.values += 1;
        }
        found.common += usize::from(token.has(Class::Common) && !is_informative(token));
        let negated = token.has(Class::Negation) && negates(sheet, sentence, at);
        if token.has(Class::Fault) || negated {
            found.strong += 1;
            found.informative += usize::from(is_informative(token));
        }
        if negated {
            // The verb is part of the malfunction, not of its context.
            found.informative += usize::from(sheet.token(at + 1).is_some_and(is_informative));
        }
    }
    found
}

/// Whether a product is said not to do something to something: «Флитран не закрывает обслуживание», "Fleetrun does not close the
/// service". That is all that there is to tell.
pub(crate) fn is_denied_of_product(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
) -> bool {
    sentence.clone().any(|at| {
        let active = match sheet.form(at) {
            "не" => crate::request::text::verb_form::russian(sheet.form(at + 1)) == Form::Third,
            "not" => at > sentence.start && matches!(sheet.form(at - 1), "does" | "did"),
            form => matches!(form, "doesn't" | "didn't" | "doesnt" | "didnt"),
        };
        if !active {
            return false;
        }
        let clause = sheet.clause(sentence, at);
        let article = matches!(sheet.form(at + 2), "the" | "a" | "an" | "our" | "my" | "any");
        let thing = at + 2 + usize::from(article);
        // Behind an article stands a noun, though a word that says little elsewhere: "the service".
        let named =
            |token: &Token| is_informative(token) || article && token.is_word() && token.has_letters(4);
        (clause.start..at).any(|before| reading.is_product(sheet, before))
            && clause.contains(&thing)
            && sheet.token(thing).is_some_and(named)
            && !reading.is_product(sheet, thing)
            && negates(sheet, sentence, at)
    })
}

/// Whether the negation at `at` denies a behaviour: «не показывает», "does not show", «нет данных».
fn negates(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize) -> bool {
    let Some(token) = sheet.token(at) else { return false };
    let next = (at + 1..sentence.end.min(at + 4)).filter_map(|index| sheet.token(index)).find(|token| {
        token.is_word()
            && !matches!(
                token.form.as_str(),
                "все"
                    | "всегда"
                    | "еще"
                    | "longer"
                    | "yet"
                    | "be"
                    | "to"
                    | "даже"
                    | "так"
                    | "the"
                    | "any"
                    | "и"
                    | "на"
                    | "в"
                    | "мне"
                    | "нам"
                    | "у"
            )
    });
    let Some(next) = next else { return false };
    let nothing = at
        .checked_sub(1)
        .and_then(|before| sheet.token(before))
        .is_some_and(|before| before.form == "ничего");
    if nothing
        && matches!(
            next.form.as_str(),
            "вижу" | "видно" | "видим" | "происходит" | "получается" | "выходит" | "показывает"
        )
    {
        return false; // «ничего не вижу» does not say where
    }
    if matches!(token.form.as_str(), "нет" | "нету" | "no" | "without" | "без") {
        return is_informative(next)
            && !next.classes.any(&[Class::VagueVerb, Class::AttachmentNoun, Class::Person])
            || next.has(Class::Common);
    }
    if matches!(token.form.as_str(), "ничего" | "nothing" | "никак" | "ни") {
        return false;
    }
    // «не открываю» is what the writer leaves undone, «не открывается» a behaviour.
    let own_act = next.classes.any(&[Class::Gesture, Class::Sending])
        && !next.is_latin()
        && !matches!(
            crate::request::text::verb_form::russian(&next.form),
            Form::Reflexive | Form::Third | Form::Passive
        );
    let vague = own_act || next.classes.any(&[Class::VagueVerb, Class::Courtesy, Class::Nothing]);
    let tried = next.classes.any(&[Class::Cure, Class::Attempt]);
    // «ничего не менять» is a wish.
    let wish =
        !next.is_latin() && ["ть", "ти", "йте", "ите"].iter().any(|ending| next.form.ends_with(ending));
    let verb = !wish && !next.has(Class::Filler) && next.has_letters(3);
    // «не могу построить отчёт»: what cannot be done is a behaviour if it is named.
    let unable = matches!(
        next.form.as_str(),
        "могу"
            | "можем"
            | "может"
            | "могут"
            | "получается"
            | "удается"
            | "able"
            | "allow"
            | "let"
            | "дает"
    ) || matches!(token.form.as_str(), "cannot" | "can't" | "unable" | "couldn't");
    if unable {
        return (at + 1..sentence.end.min(at + 7)).filter_map(|index| sheet.token(index)).any(|token| {
            token.classes.any(&[Class::Operation, Class::Gesture, Class::Errand])
                || is_informative(token) && !token.has(Class::VagueVerb)
        });
    }
    verb && !vague && !tried
}

/// Whether a sentence reports a malfunction that says what happens.
pub(crate) fn is_fault(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let behaviour = behaviour(sheet, sentence);
    if behaviour.strong > 0 {
        return true;
    }
    let told = sheet.slice(sentence.clone()).iter().filter(|token| is_informative(token)).count();
    let shown = told >= 2 && sheet.any(sentence.clone(), &[Class::Shows]);
    let contrast = told >= 3 && sheet.any(sentence.clone(), &[Class::Contrast]);
    shown && behaviour.values > 0
        || behaviour.values > 0 && sheet.any(sentence.clone(), &[Class::Error])
        || contrast && !is_question(sheet, sentence)
        || shown && !is_question(sheet, sentence)
}
