//! Answers to our questions: which words of a mail answer which question, and what the messages of a conversation
//! have supplied together.

pub(super) mod declined;
mod numbering;
pub(super) mod own_questions;
pub(super) mod replies;

use super::rules::Rules;
use super::text::fold::plate_letter;
use super::{Answers, Before, Correction, Field, Kind, Level, Request, State};
use crate::mail::characters::is_alphanumeric;
use strum::VariantArray as _;

impl Answers {
    /// The light in which the next message is read; `asked` are the fields of our last list of questions.
    #[must_use]
    pub fn before<'a>(&self, asked: &'a [Field], rules: &Rules) -> Before<'a> {
        Before { asked, kind: self.kind, all_told: self.kind.is_some() && self.missing(rules).is_empty() }
    }

    /// The kind that a message has in this conversation: its own, or that of the conversation if it only continues it.
    #[must_use]
    pub fn kind_of(&self, request: &Request) -> Kind {
        match (request.continues, self.kind) {
            (true, Some(kind)) if request.kind != Kind::None => kind,
            (true | false, _) => request.kind,
        }
    }

    /// Adds what one message supplies. What is supplied stays supplied; fields that apply stay applicable when the kind changes (corpus guidelines: the union).
    pub fn absorb(&mut self, request: &Request) {
        let kind = self.kind_of(request);
        if kind == Kind::None {
            return;
        }
        let keeps = request.continues && self.kind.is_some();
        self.kind = Some(kind);
        let objects = &mut self.found.objects;
        let corrected = objects.value.as_deref().and_then(|known| corrected(known, &request.corrections));
        let is_corrected = corrected.is_some();
        objects.value = corrected.or_else(|| objects.value.take());
        // Who says which one it is names no other one with it.
        let said = |named: &str| is_corrected && request.corrections.iter().any(|one| one.is_told_by(named));
        for (field, finding) in request.fields.iter() {
            let answer = self.found.get_mut(field);
            if rank(finding.state) >= rank(answer.state) && finding.state != State::Off {
                answer.state = finding.state;
                answer.value = match (answer.value.take(), finding.value.as_deref()) {
                    (Some(known), Some(named)) if field == Field::Objects && said(named) => Some(known),
                    // What is unsure is not told as understood beside something else.
                    (Some(known), Some(_)) if field == Field::Objects && finding.state == State::Unsure => {
                        Some(known)
                    }
                    (Some(known), Some(named)) if field == Field::Objects => Some(named_too(known, named)),
                    (Some(known), Some(named)) if !known.contains(named) => Some(named.to_owned()),
                    (Some(known), _) => Some(known),
                    (None, named) => named.map(str::to_owned),
                };
            }
        }
        if keeps {
            return;
        }
        for (field, applies) in request.applies.iter() {
            *self.applies.get_mut(field) |= *applies;
        }
    }

    /// Adds what the client, who has read our questions, says that he cannot tell.
    pub fn decline(&mut self, request: &Request) {
        for (field, declined) in request.declined.iter() {
            *self.declined.get_mut(field) |= *declined;
        }
    }

    /// Of what is missing, what the client may still tell: he has not said that he cannot.
    #[must_use]
    pub fn askable(&self, missing: &[Field]) -> Vec<Field> {
        missing.iter().copied().filter(|field| !self.declined.get(*field)).collect()
    }

    /// The required, applicable fields that nothing has supplied, in the regulation's order. What is unsure is not
    /// asked for: a needless question costs a client more than a missed one costs an agent.
    #[must_use]
    pub fn missing(&self, rules: &Rules) -> Vec<Field> {
        Field::VARIANTS
            .iter()
            .copied()
            .filter(|field| rules.level(*field) == Level::Required)
            .filter(|field| *self.applies.get(*field) && self.found.get(*field).state == State::Missing)
            .collect()
    }
}

/// Longest value that names what several messages have named, in characters.
const LONGEST_OF_SEVERAL: usize = 80;

/// What was named first, and what another message names besides, where there is room for both: the truck, then the report that is
/// wrong. Who names one of them again takes none of the others back, and says it in the better words if those are more precise.
fn named_too(known: String, named: &str) -> String {
    let new = core(named);
    let parts = parts(&known);
    if parts.iter().any(|part| tells_all_of(&core(part), &new)) || tells_all_of(&core(&known), &new) {
        return known;
    }
    let mut kept: Vec<&str> = parts.into_iter().filter(|part| !tells_all_of(&new, &core(part))).collect();
    kept.push(named);
    let all = kept.join(SEPARATOR);
    if all.chars().count() <= LONGEST_OF_SEVERAL { all } else { known }
}

/// The elements that a value names.
fn parts(value: &str) -> Vec<&str> {
    let parts: Vec<&str> = value.split(SEPARATOR).collect();
    // A quotation may have the mark inside.
    let whole = parts.iter().any(|part| part.matches(QUOTATION_MARKS).count() % 2 == 1);
    if whole { vec![value] } else { parts }
}

/// The value with the elements in it that were named wrongly named rightly; `None` if there are none.
fn corrected(known: &str, corrections: &[Correction]) -> Option<String> {
    let mut changed = false;
    let mut kept: Vec<String> = Vec::new();
    for part in parts(known) {
        let right = corrections.iter().find_map(|correction| correction.correct(part));
        changed |= right.is_some();
        let part = right.unwrap_or_else(|| part.to_owned());
        if !kept.iter().any(|other| tells_all_of(&core(other), &core(&part))) {
            kept.push(part);
        }
    }
    changed.then(|| kept.join(SEPARATOR))
}

const SEPARATOR: &str = ", ";
const QUOTATION_MARKS: [char; 6] = ['«', '»', '"', '“', '”', '„'];

/// Shortest name that is found in another by its letters alone, however they are spaced: `А123ВС77`, `А 123 ВС 77`.
const SHORTEST_GLUED: usize = 5;

/// What names an element, in one spelling: without the noun before it, and without how many others there are.
fn core(value: &str) -> Vec<String> {
    let is_count = |count: &str| count.bytes().all(|b| b.is_ascii_digit());
    let value = match (value.rsplit_once(" и ещё "), value.rsplit_once(" and ")) {
        (Some((rest, count)), _) if is_count(count) => rest,
        (_, Some((rest, more))) if more.strip_suffix(" more").is_some_and(is_count) => rest,
        _ => value,
    };
    let spelled = |c: char| plate_letter(c).unwrap_or(c);
    let words = value.split(|c: char| !is_alphanumeric(c) && c != '_').filter(|word| !word.is_empty());
    let words = words.map(|word| word.to_lowercase().chars().map(spelled).collect());
    let noun = value.split_whitespace().next().is_some_and(|first| {
        let noun = first.chars().all(char::is_lowercase) && first.chars().count() > 1;
        first.len() < value.len() && (noun || matches!(first, "ТС" | "IMEI"))
    });
    words.skip(usize::from(noun)).collect()
}

/// Whether the words of one name stand in another, or all its letters do.
fn tells_all_of(name: &[String], other: &[String]) -> bool {
    let glued = other.concat();
    other.is_empty()
        || name.windows(other.len()).any(|words| words == other)
        || glued.chars().count() >= SHORTEST_GLUED && stands_whole(name, &glued)
}

/// Whether the letters stand in the name and cut no number or word of it: `12345` is not in `412345`, `А123ВС` is in `А 123 ВС 77`.
fn stands_whole(name: &[String], letters: &str) -> bool {
    let all = name.concat();
    let mut end = 0;
    let ends: Vec<usize> = name
        .iter()
        .map(|word| {
            end += word.len();
            end
        })
        .collect();
    let is_border = |at: usize| {
        let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let (before, after) = (all.get(..at), all.get(at..));
        at == 0
            || ends.contains(&at)
            || is_digit(before.and_then(|text| text.chars().next_back()))
                != is_digit(after.and_then(|text| text.chars().next()))
    };
    all.match_indices(letters).any(|(at, _)| is_border(at) && is_border(at + letters.len()))
}

/// How much a state says.
fn rank(state: State) -> u8 {
    match state {
        State::Off => 0,
        State::Missing => 1,
        State::Unsure => 2,
        State::Present => 3,
    }
}
