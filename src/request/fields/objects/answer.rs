//! The answer to our question about the objects: names as they stand there, without what is polite or told beside them.

use super::{is_time, names, tells_time, wording};
use crate::request::answers::declined;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// Longest answer in words that is taken for names as it stands.
pub(super) const LONGEST_ANSWER: usize = 12;

/// So few words of an answer are a name.
pub(super) const FEW: usize = 3;

/// Words that lead to an answer and are no part of it: «ну вот, например, отчёт …», "for example unit …".
const LEADS: &[&[&str]] = &[
    &["ну"],
    &["вот"],
    &["например"],
    &["к", "примеру"],
    &["допустим"],
    &["скажем"],
    &["возьмите"],
    &["хотя", "бы"],
    &["это"],
    &["for", "example"],
    &["for", "instance"],
    &["it", "is"],
    &["it's"],
    &["this", "is"],
];

/// Where an answer begins behind the words that lead to it and what is polite. «Вот-12» is a name.
fn behind_leads(sheet: &Sheet<'_>, range: &Range<usize>) -> usize {
    let leads = |at: usize| {
        let lead = LEADS.iter().find(|lead| {
            (at..range.end).zip(**lead).filter(|(at, word)| sheet.form(*at) == **word).count() == lead.len()
        })?;
        let end = at + lead.len();
        (!sheet.token(end).is_some_and(|next| next.is_mark('-'))).then_some(end)
    };
    let mut at = range.start;
    while at < range.end {
        let separates = sheet
            .token(at)
            .is_some_and(|token| matches!(token.kind, TokenKind::Newline | TokenKind::Mark(',' | '!')));
        let polite = sheet.token(at).is_some_and(|token| token.classes.meets(POLITE));
        match leads(at) {
            Some(end) => at = end,
            None if separates || polite => at += 1,
            None => break,
        }
    }
    at
}

const POLITE: Classes = Classes::of_all(&[Class::Courtesy, Class::Greeting]);

/// What tells something else than a name.
const TELLING: Classes = Classes::of_all(&[
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
]);

/// What may stand behind a name and a mark.
const ASIDE: Classes =
    Classes::of_all(&[Class::Courtesy, Class::Greeting, Class::AttachmentNoun, Class::Promise]);

/// What tells that the number beside it is of something else: «ошибка 404», «версия 2204».
const OF_OTHER: Classes =
    Classes::of_all(&[Class::OtherNumber, Class::Error, Class::InterfaceNoun, Class::Shows, Class::Gesture]);

/// The part of an answer in front of what tells something else: «412, спасибо», «Ромашка, скрин ниже», and with a number without a mark
/// between: «412 не виден».
fn in_front(reading: &Reading<'_>, sheet: &Sheet<'_>, range: Range<usize>) -> Range<usize> {
    let is = |at: usize, classes: Classes| sheet.token(at).is_some_and(|token| token.classes.meets(classes));
    let Some(tells) = range.clone().find(|at| is(*at, TELLING)) else { return range };
    let is_number = |at: usize| {
        sheet.token(at).is_some_and(|token| token.has_digit() && token.has_letters(2))
            && !is_time(sheet, at)
            && !is(at + 1, OF_OTHER)
            && !is(at + 1, names::NOUNS)
            && !(at > range.start && (is(at - 1, OF_OTHER) || reading.is_perhaps_product(sheet, at - 1)))
    };
    let all = |at: usize| is(at, Classes::of(Class::Nothing));
    if let Some(number) = (range.start..tells).take_while(|at| !all(*at)).find(|at| is_number(*at)) {
        return range.start..tells.min(sheet.sentence_at(number).end);
    }
    // «Причём тут объект, карты нет» is no name.
    if !is(tells, ASIDE) {
        return range.start..range.start;
    }
    let parts = |token: &Token| match token.kind {
        TokenKind::Mark('-') => token.spaced,
        TokenKind::Mark(mark) => matches!(mark, ',' | ';' | ':' | '(' | '.' | '!' | '?'),
        TokenKind::Newline => true,
        TokenKind::Word | TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
    };
    let end = (range.start..tells).rev().find(|at| sheet.token(*at).is_some_and(parts));
    range.start..end.unwrap_or(range.start)
}

/// How words begin that tell how many there are, and name none.
const QUANTITIES: &[&str] = &[
    "много",
    "многи",
    "несколько",
    "нескольк",
    "разны",
    "различн",
    "разных",
    "некотор",
    "большинств",
    "больша",
    "половин",
    "часть",
    "части",
    "several",
    "various",
    "different",
    "many",
    "few",
    "half",
    "majority",
];

/// The part of an answer to our question about the objects that names one.
pub(super) fn answer(reading: &Reading<'_>, sheet: &Sheet<'_>, range: &Range<usize>) -> Option<Range<usize>> {
    if declined::names_none(sheet, range) {
        return None;
    }
    let range = sheet.trimmed(behind_leads(sheet, range)..range.end);
    let range = sheet.trimmed(in_front(reading, sheet, range));
    let tokens = sheet.slice(range.clone());
    let words = tokens.iter().filter(|token| token.is_word() || token.kind == TokenKind::Number).count();
    let said_by_program = tokens.iter().any(|token| wording::is_constant(&token.form));
    if words == 0 || words > LONGEST_ANSWER || said_by_program {
        return None;
    }
    let first = tokens.first()?;
    // «Отчёт по топливу»: what it is about is its name.
    let is_report = ["отчет", "шаблон"].iter().any(|noun| first.form.starts_with(noun))
        && tokens.get(1).is_some_and(|by| matches!(by.form.as_str(), "по" | "о" | "об"));
    if is_report && words <= FEW {
        return Some(range);
    }
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
                    && !tells_time(token)
                || token.kind == TokenKind::Mailbox
                || token.is_word() && token.form.contains('_')
                || sheet.quoted_at(at).is_some()
                || !whole
                    && is_informative(token)
                    && !tells_time(token)
                    && !token.classes.any(&[
                        Class::Common,
                        Class::Nothing,
                        Class::UnitNoun,
                        Class::InterfaceNoun,
                        Class::LabelObjects,
                    ])
                    && !QUANTITIES.iter().any(|many| token.form.starts_with(many))
                    && !reading.is_product(sheet, at)
        })
    });
    telling.then_some(range)
}
