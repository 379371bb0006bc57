//! Objects: the concrete elements a request is about, so named that they can be found.

mod codes;
mod names;
mod numbers;
mod plates;
mod quotations;
mod wording;

use super::lexicon::Class;
use super::reading::{Reading, is_informative};
use super::sheet::Sheet;
use super::steps::trim;
use super::tokens::{Case, Token, TokenKind};
use super::{Field, Finding, State};
use crate::mail::letters::is_alphabetic;
use std::ops::Range;

/// An element that was found, as a range of tokens.
struct Found {
    range: Range<usize>,
    cue: &'static str,
    /// Names one thing beyond doubt; a make with a model number does not.
    sure: bool,
}

/// Looks for concrete elements.
pub(super) fn find(reading: &Reading<'_>) -> Finding {
    let mut evidence = Vec::new();
    let mut sure = false;
    let (mut value, mut perhaps): (Option<String>, Option<String>) = (None, None);
    for sheet in reading.sheets() {
        let mut found = Vec::new();
        plates::find(reading, sheet, &mut found);
        numbers::find(sheet, &mut found);
        names::find(reading, sheet, &mut found);
        quotations::find(reading, sheet, &mut found);
        codes::find(reading, sheet, &mut found);
        if std::ptr::eq(sheet, &raw const reading.body) {
            for range in reading.replies_to(Field::Objects) {
                found.extend(answer(reading, sheet, &range).map(|range| Found {
                    range,
                    cue: "answer to our question",
                    sure: true,
                }));
            }
            if let Some(range) = answered_by_number(reading).filter(|_| found.is_empty()) {
                found.push(Found { range, cue: "answer to our question", sure: true });
            }
        }
        let named = if reading.rules.names.is_empty() { 0 } else { sheet.tokens.len() };
        for at in 0..named {
            reading.rules.names.look_up(&sheet.tokens, at, |(), length| {
                found.push(Found { range: at..at + length, cue: "configured name", sure: true });
            });
        }
        found.sort_by_key(|found| {
            (std::cmp::Reverse(found.sure), found.range.start, std::cmp::Reverse(found.range.end))
        });
        for Found { range, cue, sure: certain } in found {
            sure |= certain;
            let range = trim(sheet, range);
            if certain && value.is_none() {
                value = wording::words(sheet, range.clone());
            } else if perhaps.is_none() {
                perhaps = wording::words(sheet, range.clone());
            }
            evidence.push(sheet.evidence(range, cue));
        }
        for pattern in &reading.rules.object_patterns {
            for part in sheet.parts() {
                let text = sheet.text.get(part.clone()).unwrap_or_default();
                for hit in pattern.find_iter(text).filter(|hit| !hit.is_empty()).take(4) {
                    sure = true;
                    let span = part.start + hit.start()..part.start + hit.end();
                    value.get_or_insert_with(|| super::shorten(hit.as_str()));
                    evidence.push(super::Evidence {
                        place: sheet.place,
                        span,
                        text: hit.as_str().to_owned(),
                        cue: "configured pattern".to_owned(),
                    });
                }
            }
        }
    }
    if let Some(cue) = reading.cue(Field::Objects) {
        sure = true;
        value.get_or_insert_with(|| super::shorten(&cue.text));
        evidence.push(cue);
    }
    let state = match (sure, evidence.is_empty()) {
        (true, _) => State::Present,
        (false, false) => State::Unsure,
        (false, true) => return Finding::default(),
    };
    let value = value.or(perhaps);
    evidence.truncate(super::MOST_EVIDENCE);
    Finding { state, value, evidence }
}

/// Longest answer in words that is taken for names as it stands.
const LONGEST_ANSWER: usize = 12;

/// So few words of an answer are a name.
const FEW: usize = 3;

/// The part of an answer to our question about the objects that names one.
fn answer(reading: &Reading<'_>, sheet: &Sheet<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    let range = trim(sheet, range.clone());
    let tokens = sheet.slice(range.clone());
    let words = tokens.iter().filter(|token| token.is_word() || token.kind == TokenKind::Number).count();
    let says_nothing = tokens.iter().any(|token| {
        token.classes.any(&[
            Class::Refusal,
            Class::Promise,
            Class::Negation,
            Class::AlreadySaid,
            Class::Chase,
            Class::Fault,
            Class::VagueFault,
            Class::Gesture,
            Class::Courtesy,
            Class::AttachmentNoun,
            Class::Greeting,
            Class::Shows,
        ])
    });
    if words == 0 || words > LONGEST_ANSWER || says_nothing {
        return None;
    }
    let first = tokens.first()?;
    if tokens
        .iter()
        .filter(|token| token.is_word())
        .all(|token| token.has(Class::Nothing) || token.has(Class::Common))
        && !tokens.iter().any(Token::has_digit)
    {
        return None;
    }
    if first.has(Class::Nothing) && words <= 4 && !tokens.iter().any(Token::has_digit) {
        return None;
    }
    let whole = reading.asked.len() == 1 && words > 6;
    let telling = (range.start..range.end).any(|at| {
        sheet.token(at).is_some_and(|token| {
            token.has_digit() && !is_time(sheet, at)
                || token.is_word()
                    && token.case != Case::Lower
                    && at > range.start
                    && !token.has(Class::Filler)
                || token.kind == TokenKind::Mailbox
                || token.is_word() && token.form.contains('_')
                || sheet.quoted_at(at).is_some()
                || !whole
                    && is_informative(token)
                    && !token.classes.any(&[Class::Common, Class::Measure, Class::Nothing, Class::UnitNoun])
                    && !reading.is_product(sheet, at)
        })
    });
    telling.then_some(range)
}

/// Whether our question about the objects has an answer so short that it can be nothing but a name or a number: that counts, although
/// the same word elsewhere would say little.
pub(super) fn is_answered(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let is_short = |range: &Range<usize>| {
        let range = answer(reading, sheet, range);
        let tokens = range.map(|range| sheet.slice(range)).unwrap_or_default();
        (1..=FEW).contains(
            &tokens.iter().filter(|token| token.is_word() || token.kind == TokenKind::Number).count(),
        )
    };
    reading.asked.contains(&Field::Objects)
        && (answered_by_number(reading).is_some()
            || reading.replies_to(Field::Objects).any(|range| is_short(&range)))
}

/// The answers to our question about the objects that are nothing but the number or code of one: «3) 412», or «виалон. 814» in a few
/// words. So they count, although the same number elsewhere would say little.
fn answered_by_number(reading: &Reading<'_>) -> Option<Range<usize>> {
    let sheet = &reading.body;
    let is_number = |range: &Range<usize>| {
        let mut codes = 0;
        let bare = range.clone().all(|at| {
            sheet.token(at).is_some_and(|token| match token.kind {
                TokenKind::Number | TokenKind::Word if token.has_digit() => {
                    codes += usize::from(token.form.len() > 1);
                    !is_time(sheet, at)
                }
                TokenKind::Word => token.has(Class::UnitNoun) || matches!(token.form.as_str(), "и" | "and"),
                TokenKind::Mark(_) | TokenKind::Newline => true,
                TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
            })
        });
        bare && codes > 0 && !is_telephone(sheet, range)
    };
    // A number that is told of something else: «тел. 412», «ошибка 404», or again.
    let is_new = |range: &Range<usize>| {
        let mut before = (1..=range.start).map_while(|back| sheet.before(range.start, back));
        let noun = before.find(|token| !matches!(token.kind, TokenKind::Mark(_)));
        let numbers: Vec<&str> = sheet
            .slice(range.clone())
            .iter()
            .filter(|token| token.has_digit())
            .map(|token| token.form.as_str())
            .collect();
        let elsewhere = sheet.slice(0..range.start).iter().chain(sheet.slice(range.end..sheet.tokens.len()));
        !noun.is_some_and(|noun| noun.has(Class::OtherNumber))
            && !elsewhere.into_iter().any(|token| numbers.contains(&token.form.as_str()))
    };
    if reading.asked.len() < 2 || !reading.asked.contains(&Field::Objects) {
        return None;
    }
    let few = reading.words <= LONGEST_ANSWER;
    let alone = sheet.sentences.iter().filter(|_| few && reading.replies.is_empty()).cloned();
    let mut alone = alone.map(|range| trim(sheet, range)).filter(is_number).take(LONGEST_ANSWER);
    let mut replies = reading.replies_to(Field::Objects).map(|range| trim(sheet, range));
    replies.find(is_number).or_else(|| alone.find(is_new))
}

/// Whether a range of numbers is the telephone of whoever wants to be called: with `+` or brackets, or 10 or 11 digits as they are
/// dialled within Russia.
fn is_telephone(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let tokens = sheet.slice(range.clone());
    let dialled = tokens.iter().any(|token| token.is_mark('+') || token.is_mark('('));
    let mut runs = vec![String::new()];
    for token in tokens {
        match (token.kind, runs.last_mut()) {
            (TokenKind::Number, Some(run)) => run.push_str(&token.form),
            (TokenKind::Mark('-' | '.' | ')'), _) => {}
            _ => runs.push(String::new()),
        }
    }
    let long = |run: &String| (10..=11).contains(&run.len()) && run.starts_with(['7', '8', '9']);
    dialled || runs.iter().any(long)
}

/// Whether the number at `at` is of a date, a time, a count or a measure.
pub(super) fn is_time(sheet: &Sheet<'_>, at: usize) -> bool {
    let Some(token) = sheet.token(at) else { return true };
    if token.kind != TokenKind::Number {
        let digits = token.form.bytes().filter(u8::is_ascii_digit).count();
        let letters = token.form.chars().filter(|c| is_alphabetic(*c)).count();
        // 10th, 5км, 7го, 24ч
        return letters <= 2
            && digits <= 2
            && token.form.starts_with(|c: char| c.is_ascii_digit())
            && token.case == Case::Lower;
    }
    let beside = |mark: Option<&Token>, number: Option<&Token>| {
        mark.is_some_and(|mark| matches!(mark.kind, TokenKind::Mark('.' | ':' | '/' | ',')) && !mark.spaced)
            && number.is_some_and(|number| number.kind == TokenKind::Number && !number.spaced)
    };
    let back = |steps: usize| at.checked_sub(steps).and_then(|index| sheet.token(index));
    if beside(sheet.token(at + 1), sheet.token(at + 2)) || !token.spaced && beside(back(1), back(2)) {
        return true;
    }
    let next = sheet.token(at + 1);
    if next.is_some_and(|next| next.has(Class::Measure) || next.is_mark('%') || next.is_mark('°')) {
        return true;
    }
    if next.is_some_and(|next| next.is_mark('-'))
        && sheet.token(at + 2).is_some_and(|ending| {
            matches!(ending.form.as_str(), "го" | "е" | "х" | "ти" | "ми") || ending.has(Class::Measure)
        })
    {
        return true;
    }
    let year = token.form.len() == 4 && (token.form.starts_with("20") || token.form.starts_with("19"));
    let preposition = back(1).is_some_and(|before| {
        matches!(
            before.form.as_str(),
            "до" | "from" | "till" | "until" | "to" | "at" | "к" | "около" | "about"
        )
    });
    year && next.is_none_or(|next| !next.is_mark('-')) || preposition && token.form.len() <= 2
}
