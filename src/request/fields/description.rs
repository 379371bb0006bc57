//! Description: what happens or what is wanted, in enough detail to start on.

use crate::request::cue::Cue;
use crate::request::cues::actions::{Action, is_help, within};
use crate::request::cues::behaviour::behaviour;
use crate::request::cues::errand::{NEEDS, is_errand};
use crate::request::cues::question::{does_not_know, is_question};
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind};
use crate::request::{Evidence, Field, Finding, Place, State};
use std::ops::Range;

/// What one sentence tells.
struct Told {
    /// 0 nothing, 1 perhaps, 2 enough.
    score: u32,
    cue: Cue,
    sentence: Range<usize>,
}

/// Looks for a behaviour, a wish or a question.
pub(crate) fn find(reading: &Reading<'_>, actions: &[Action]) -> Finding {
    let mut evidence: Vec<Evidence> = Vec::new();
    let mut best = 0;
    for sheet in reading.sheets() {
        let mut told: Vec<Told> = sheet
            .sentences
            .iter()
            .filter_map(|sentence| {
                let acts = sheet.place == Place::Body && !within(actions, sentence).is_empty();
                tell(reading, sheet, sentence, acts)
            })
            .collect();
        told.sort_by_key(|told| (std::cmp::Reverse(told.score), told.sentence.start));
        for Told { score, cue, sentence } in told {
            best = best.max(score);
            if score >= best.max(1) {
                evidence.push(sheet.evidence(sheet.trimmed(sentence), cue));
            }
        }
    }
    if best < 2
        && let Some(range) = outcome(reading, actions)
    {
        best = 2;
        evidence.insert(0, reading.body.evidence(reading.body.trimmed(range), Cue::Outcome));
    }
    for range in reading.replies_to(Field::Description) {
        let sheet = &reading.body;
        if best < 2 && reading.informative(sheet, range.clone()) >= 2 && !dodges(sheet, &range) {
            best = 2;
            evidence.insert(0, sheet.evidence(sheet.trimmed(range), Cue::Answer));
        }
    }
    if let Some(cue) = reading.cue(Field::Description) {
        best = 2;
        evidence.push(cue);
    }
    let state = match best {
        0 => return Finding::default(),
        1 => State::Unsure,
        _ => State::Present,
    };
    evidence.truncate(crate::request::MOST_EVIDENCE);
    let value = evidence.first().map(|first| crate::request::shorten(&first.text));
    Finding { state, value, evidence }
}

/// Whether a text says that it says nothing.
fn dodges(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    sheet.any(range.clone(), &[Class::Refusal, Class::Promise, Class::AlreadySaid, Class::Chase])
}

/// What a sentence tells of a behaviour, a wish or a question.
fn tell(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>, acts: bool) -> Option<Told> {
    let told = |score, cue| (score > 0).then(|| Told { score, cue, sentence: sentence.clone() });
    if dodges(sheet, sentence) || is_about_attachments(sheet, sentence) {
        return None;
    }
    let has = |class: Class| sheet.any(sentence.clone(), &[class]);
    let info = reading.informative(sheet, sentence.clone());
    if has(Class::Automatic) || has(Class::AsksNothing) && info <= 3 {
        return None;
    }
    let cures = sheet.slice(sentence.clone()).iter().filter(|token| token.has(Class::Cure)).count();
    let mut behaviour = behaviour(sheet, sentence);
    if does_not_know(sheet, sentence) {
        behaviour.strong = 0;
    }
    let helped = sheet.slice(sentence.clone()).iter().any(is_help);
    let cured = cures > 0 && (helped || has(Class::Attempt) || has(Class::Writer) || cures > 1);
    if behaviour.strong > 0 && !cured {
        // A word for the malfunction and one for what it befalls.
        let context = info.saturating_sub(behaviour.informative) + behaviour.common + behaviour.values;
        return told(if context >= 1 || behaviour.strong >= 2 { 2 } else { 1 }, Cue::Behaviour);
    }
    if sheet.has(Class::Refusal) {
        return None; // «какие ещё действия?» asks nothing, «решайте» wants nothing
    }
    let common = behaviour.common;
    let question = is_question(sheet, sentence);
    let vaguely = sheet.slice(sentence.clone()).windows(2).any(|pair| match pair {
        [first, second] => {
            first.form == "не" && matches!(second.form.as_str(), "то" | "так" | "туда" | "пойми")
        }
        _ => false,
    });
    if has(Class::Shows) && !question && !acts && !vaguely {
        let telling = info + common + behaviour.values;
        if telling >= 2 && info >= 1 {
            return told(if telling >= 3 || has(Class::Contrast) { 2 } else { 1 }, Cue::Shown);
        }
    }
    if (has(Class::Contrast) || sets_against(sheet, sentence)) && info >= 3 && !acts {
        return told(2, Cue::ExpectedAndSeen);
    }
    let number_shown = acts && behaviour.values > 0 && has(Class::Shows);
    if (compares(sheet, sentence) && !acts || number_shown) && info >= 2 && !question {
        return told(2, Cue::TwoValues);
    }
    if sheet.place == Place::Body && is_errand(sheet, sentence) {
        return told(if info + common >= 1 { 2 } else { 1 }, Cue::Wanted);
    }
    if question && !reading.asked.is_empty() && does_not_know(sheet, sentence) {
        return None; // «не знаю, как называется» answers us
    }
    if question {
        let telling = info + common;
        return told(if telling >= 2 { 2 } else { u32::from(telling == 1 && info == 1) }, Cue::Question);
    }
    if has(Class::Please) && info + common >= 2 && info >= 1 && !acts && is_wish(sheet, sentence) {
        return told(2, Cue::Wanted);
    }
    if has(Class::VagueFault) && !acts {
        return told(u32::from(info >= 4), Cue::VagueFault);
    }
    let first = !reading.is_later() && sheet.place == Place::Body;
    if first && !acts && cures == 0 && !vaguely && info >= 1 && info + common >= 2 && states(sheet, sentence)
    {
        return told(if info + common >= 4 { 2 } else { 1 }, Cue::Statement);
    }
    None
}

/// Whether a sentence has what looks like a finite verb. English shows none by its endings: four words may have one.
fn states(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const ENDINGS: &[&str] = &[
        "тся", "лся", "лась", "лось", "лись", "ает", "яет", "ует", "еет", "ают", "яют", "уют", "еют", "ит",
        "ят", "ет", "ил", "ал", "ыл", "ел", "ала", "ила", "ела", "ыла", "али", "или", "ели", "ыли", "ало",
        "ило", "ело", "шел", "шла", "шли",
    ];
    let words = sheet.slice(sentence.clone()).iter().filter(|token| token.is_word());
    let (mut count, mut latin, mut verb) = (0_usize, 0_usize, false);
    for word in words {
        count += 1;
        latin += usize::from(word.is_latin());
        verb |= word.has_letters(4) && ENDINGS.iter().any(|ending| word.form.ends_with(ending));
    }
    verb || latin >= 4 && latin * 2 > count
}

/// «стоит, а в виалоне едет», "parked, yet counts": one statement set against another.
fn sets_against(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        let after_comma = at
            .checked_sub(1)
            .and_then(|before| sheet.token(before))
            .is_some_and(|before| matches!(before.kind, TokenKind::Mark(',' | '-' | ';')));
        after_comma
            && sheet.token(at).is_some_and(|token| matches!(token.form.as_str(), "а" | "yet" | "but" | "но"))
    })
}

/// «по одометру 312 км, в отчёте 287»: two values, one of them with its unit of measure.
fn compares(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let numbers =
        sentence.clone().filter(|at| sheet.token(*at).is_some_and(|token| token.kind == TokenKind::Number));
    let (mut measured, mut count) = (0_usize, 0_usize);
    for at in numbers {
        count += 1;
        measured += usize::from(sheet.token(at + 1).is_some_and(|next| {
            matches!(
                next.form.as_str(),
                "км" | "л"
                    | "литров"
                    | "литра"
                    | "литр"
                    | "kph"
                    | "km"
                    | "mph"
                    | "liters"
                    | "litres"
                    | "l"
                    | "градусов"
                    | "вольт"
                    | "руб"
            )
        }));
    }
    measured >= 1 && count >= 2
}

/// «хотим», "we need": what follows is wanted.
fn is_wish(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const WISHES: &[&str] = &["хотим", "хочу", "хотели", "хотел", "хотела", "надо", "просим", "прошу"];
    let wishes = |form: &str| NEEDS.contains(&form) || WISHES.contains(&form);
    sheet.slice(sentence.clone()).iter().any(|token| wishes(&token.form))
}

/// What follows the last action: the rest of its sentence, or the next sentence.
fn outcome(reading: &Reading<'_>, actions: &[Action]) -> Option<Range<usize>> {
    let sheet = &reading.body;
    let enough = |range: Range<usize>| {
        if range.is_empty() || dodges(sheet, &range) || is_about_attachments(sheet, &range) {
            return false;
        }
        let tokens = sheet.slice(range.clone());
        if tokens.iter().any(|token| token.classes.any(&[Class::Cure, Class::Greeting])) {
            return false;
        }
        let info = reading.informative(sheet, range.clone())
            + tokens.iter().filter(|token| token.has(Class::Common) && !is_informative(token)).count();
        let quoted = range.clone().any(|at| sheet.quoted_at(at).is_some());
        let number = tokens.iter().any(|token| token.kind == TokenKind::Number);
        let said = tokens.iter().any(|token| {
            token.classes.any(&[Class::Shows, Class::Fault, Class::Error, Class::Contrast, Class::VagueFault])
        });
        info >= 2 || info >= 1 && (quoted || number || said)
    };
    for (index, action) in actions.iter().enumerate() {
        if actions.get(index + 1).is_some_and(|next| next.sentence == action.sentence) {
            continue;
        }
        let clause = sheet.clause(&action.sentence, action.at);
        // «при нажатии на кнопку появляется …»: what is shown begins inside the clause of the action.
        let shown = (action.at + 1..clause.end).find(|at| {
            sheet
                .token(*at)
                .is_some_and(|token| token.classes.any(&[Class::Shows, Class::Fault, Class::Error]))
                && sheet.quoted_at(*at).is_none()
        });
        let rest = shown.unwrap_or(clause.end)..action.sentence.end;
        if enough(rest.clone()) {
            return Some(rest);
        }
    }
    let last = actions.last()?;
    let next = sheet.sentences.iter().find(|sentence| {
        sentence.start >= last.sentence.end && sheet.slice((*sentence).clone()).iter().any(Token::is_word)
    })?;
    let asks = is_question(sheet, next) || sheet.any(next.clone(), &[Class::Please, Class::Contact]);
    (!asks && enough(next.clone())).then(|| next.clone())
}

/// Whether a sentence only speaks of what is attached.
fn is_about_attachments(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let unquoted =
        || sentence.clone().filter(|at| sheet.quoted_at(*at).is_none()).filter_map(|at| sheet.token(at));
    if !unquoted().any(|token| token.has(Class::AttachmentNoun)) {
        return false;
    }
    let informative =
        unquoted().filter(|token| is_informative(token) && !token.has(Class::AttachmentNoun)).count();
    // «видео не грузится» is a behaviour, «скрина нет» is not.
    let fault = unquoted().any(|token| token.has(Class::Fault))
        || unquoted().any(|token| matches!(token.form.as_str(), "не" | "not" | "doesn't" | "don't"))
            && behaviour(sheet, sentence).strong > 0;
    informative <= 2 && !fault
}
