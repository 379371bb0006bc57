//! Steps: actions of the user with what follows. Who acts is read from the form of the verb.

use crate::request::cue::Cue;
use crate::request::cues::actions::Action;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::words;
use crate::request::{Evidence, Field, Finding, State};
use std::ops::Range;

/// Looks for actions and what follows them.
pub(crate) fn find(reading: &Reading<'_>, actions: &[Action]) -> Finding {
    let sheet = &reading.body;
    let gestures = actions.iter().filter(|action| action.weight >= 2).count();
    let weight: u32 = actions.iter().map(|action| action.weight).sum();
    let follows = actions.iter().any(|action| has_result(sheet, action));
    let answered = reading.replies_to(Field::Steps).find(|range| answers_steps(sheet, range));
    let nothing_done = sheet.has(Class::NoAction);
    let own_cue = reading.cue(Field::Steps);
    let asked = reading.asked.contains(&Field::Steps);
    let state = if own_cue.is_some() || answered.is_some() {
        State::Present
    } else if nothing_done && gestures == 0 {
        State::Missing
    } else if weight >= 4 || gestures >= 1 && (follows || asked) {
        State::Present
    } else if weight >= 2 || weight == 1 && follows && asked {
        State::Unsure
    } else {
        State::Missing
    };
    if state == State::Missing {
        return Finding::default();
    }
    let mut evidence: Vec<Evidence> = spans(sheet, actions)
        .into_iter()
        .map(|range| sheet.evidence(range, if follows { Cue::ActionAndResult } else { Cue::Action }))
        .collect();
    evidence.extend(answered.map(|range| sheet.evidence(sheet.trimmed(range), Cue::Answer)));
    evidence.extend(own_cue);
    evidence.truncate(crate::request::MOST_EVIDENCE);
    let value = evidence.first().map(|first| crate::request::shorten(&first.text));
    Finding { state, value, evidence }
}

/// One range a sentence, from its first action to the end of the clause of its last.
fn spans(sheet: &Sheet<'_>, actions: &[Action]) -> Vec<Range<usize>> {
    let mut spans: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for action in actions {
        let end =
            sheet.trimmed(action.at..sheet.clause(&action.sentence, action.at).end).end.max(action.at + 1);
        match spans.last_mut() {
            Some((sentence, range)) if *sentence == action.sentence => range.end = range.end.max(end),
            _ => spans.push((action.sentence.clone(), action.at..end)),
        }
    }
    spans.into_iter().map(|(_, range)| range).collect()
}

/// Whether an answer to our question about the steps tells any.
fn answers_steps(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let tokens = sheet.slice(range.clone());
    let words = words(tokens);
    if tokens.iter().any(|token| {
        token.classes.any(&[Class::NoAction, Class::Refusal, Class::Promise, Class::AlreadySaid])
    }) {
        return false;
    }
    let cures = tokens.iter().filter(|token| token.has(Class::Cure)).count();
    let verbs = tokens
        .iter()
        .filter(|token| !token.has(Class::Cure))
        .filter(|token| token.classes.any(&[Class::Gesture, Class::Operation, Class::ActionNoun]))
        .count();
    let negated = tokens.iter().any(|token| token.has(Class::Negation));
    verbs >= 2 && words >= 3 || verbs == 1 && words >= 2 && cures == 0 && !negated
}

/// Whether something follows an action: in its sentence behind it, or in the next two.
fn has_result(sheet: &Sheet<'_>, action: &Action) -> bool {
    const RESULTS: &[Class] = &[
        Class::Fault,
        Class::VagueFault,
        Class::Shows,
        Class::Contrast,
        Class::Error,
        Class::Negation,
        Class::NoAction,
    ];
    let index = sheet.sentences.partition_point(|range| range.end <= action.at);
    let until = sheet
        .sentences
        .get(index + 2)
        .or(sheet.sentences.last())
        .map_or(action.sentence.end, |range| range.end);
    let after = action.at + 1..until.max(action.at + 1);
    let shown = sheet.slice(after.clone()).iter().any(|token| token.classes.any(RESULTS));
    let before = sheet.any(action.sentence.start..action.at, &[Class::Fault, Class::Shows, Class::Error]);
    shown || before && sheet.slice(after).iter().any(is_informative)
}
