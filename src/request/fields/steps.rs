//! Steps: actions of the user with what follows. Who acts is read from the form of the verb.

pub(crate) mod english;

use crate::request::cues::actions::Action;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
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
        .map(|range| sheet.evidence(range, if follows { "action and result" } else { "action" }))
        .collect();
    evidence.extend(answered.map(|range| sheet.evidence(trim(sheet, range), "answer to our question")));
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
            trim(sheet, action.at..sheet.clause(&action.sentence, action.at).end).end.max(action.at + 1);
        match spans.last_mut() {
            Some((sentence, range)) if *sentence == action.sentence => range.end = range.end.max(end),
            _ => spans.push((action.sentence.clone(), action.at..end)),
        }
    }
    spans.into_iter().map(|(_, range)| range).collect()
}

/// The range without marks and line ends at its edges.
pub(crate) fn trim(sheet: &Sheet<'_>, mut range: Range<usize>) -> Range<usize> {
    let bare = |at: usize, last: bool| {
        sheet.token(at).is_some_and(|token| match token.kind {
            TokenKind::Newline => true,
            TokenKind::Mark(mark) => {
                !(last
                    && (matches!(mark, ')' | '»' | ']' | '}' | '%') || mark == '.' && is_initial(sheet, at))
                    || !last && matches!(mark, '(' | '«' | '[' | '{' | '+' | '№'))
            }
            TokenKind::Word | TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
        })
    };
    while range.end > range.start + 1 && bare(range.end - 1, true) {
        range.end -= 1;
    }
    while range.start + 1 < range.end && bare(range.start, false) {
        range.start += 1;
    }
    range
}

/// Whether the full stop at `at` belongs to an initial behind a name: «Абрамов К.Н.».
pub(crate) fn is_initial(sheet: &Sheet<'_>, at: usize) -> bool {
    let is_glued = |at: usize| sheet.token(at).is_some_and(|token| !token.spaced);
    let capital = |at: usize| sheet.token(at).filter(|token| token.is_word() && token.case == Case::Capital);
    // Where the initial begins whose full stop stands at `stop`.
    let initial = |stop: usize| {
        let is_stop = is_glued(stop) && sheet.token(stop).is_some_and(|token| token.is_mark('.'));
        let letter = stop.checked_sub(1).filter(|_| is_stop)?;
        capital(letter).is_some_and(|token| !token.has_letters(2)).then_some(letter)
    };
    let name = |end: usize| end.checked_sub(1).and_then(capital).is_some_and(|token| token.has_letters(3));
    let Some(last) = initial(at) else { return false };
    name(last) || last.checked_sub(1).and_then(initial).is_some_and(name)
}

/// Whether all that a text says is that something is sent: «Отправляю», "Sending the screenshot".
pub(crate) fn only_sends(sheet: &Sheet<'_>) -> bool {
    let mut words = sheet.tokens.iter().filter(|token| token.is_word()).peekable();
    words.peek().is_some()
        && sheet.has(Class::Sending)
        && words.all(|token| {
            token.classes.any(&[
                Class::Sending,
                Class::AttachmentNoun,
                Class::Filler,
                Class::Greeting,
                Class::Courtesy,
                Class::Company,
            ])
        })
}

/// Whether a word of a clause dials a number: «набираю номер поддержки». That is done with a telephone.
pub(crate) fn is_call(token: &Token, clause: &[Token]) -> bool {
    /// Who is called: us.
    const CALLED: &[&str] =
        &["поддержк", "техподдержк", "горяч", "вас", "вам", "ваш", "support", "hotline", "your"];
    /// Where numbers are typed as well.
    const FIELDS: &[&str] = &["поле", "поиск", "форм", "строк", "field", "search", "form", "box"];
    let starts = |token: &Token, stems: &[&str]| stems.iter().any(|stem| token.form.starts_with(stem));
    let any = |stems: &[&str]| clause.iter().any(|token| starts(token, stems));
    starts(token, &["набира", "набрал", "набер", "dial"]) && any(CALLED) && !any(FIELDS)
}

/// Whether a text tells a call, and nothing that is done with a product.
pub(crate) fn only_calls(sheet: &Sheet<'_>) -> bool {
    const DEEDS: &[Class] =
        &[Class::Gesture, Class::Operation, Class::Look, Class::Sending, Class::ActionNoun];
    let (mut calls, mut acts) = (false, false);
    for sentence in &sheet.sentences {
        let mut at = sentence.start;
        while at < sentence.end {
            let range = sheet.clause(sentence, at);
            let clause = sheet.slice(at..range.end);
            let call = clause.iter().any(|token| is_call(token, clause));
            calls |= call;
            acts |= !call && clause.iter().any(|token| token.classes.any(DEEDS));
            at = range.end.max(at) + 1;
        }
    }
    calls && !acts
}

/// Whether somebody tells what he gets when he logs in: «при входе пишет …», "when I log in, it says …". To log in is what he does; who
/// only cannot («не могу войти») does not say what he did.
pub(crate) fn logs_in(sheet: &Sheet<'_>) -> bool {
    const RESULTS: &[Class] = &[Class::Shows, Class::Error, Class::Fault];
    let enters = |at: usize| match (sheet.form(at), sheet.form(at + 1)) {
        ("при", "входе" | "авторизации" | "логине") => Some(at + 2),
        (
            "пытаюсь" | "пробую" | "пытаемся" | "пробуем",
            "войти" | "зайти" | "залогиниться" | "авторизоваться",
        ) => Some(at + 2),
        ("попытке", "войти" | "входа" | "зайти") => Some(at + 2),
        ("when" | "if", "i" | "we" | "he" | "she" | "they" | "logging" | "trying") => (at + 1..at + 6)
            .find(|at| matches!(sheet.form(*at), "login" | "logging" | "log-in" | "signin"))
            .or_else(|| {
                (at + 1..at + 6)
                    .find(|at| matches!((sheet.form(*at), sheet.form(at + 1)), ("log" | "sign", "in")))
            })
            .map(|at| at + 1),
        _ => None,
    };
    sheet.sentences.iter().any(|sentence| {
        sentence.clone().filter_map(enters).any(|after| {
            sheet.any(after..sentence.end, RESULTS)
                || (after..sentence.end).any(|at| sheet.quoted_at(at).is_some())
        })
    })
}

/// Whether an answer to our question about the steps tells any.
fn answers_steps(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let tokens = sheet.slice(range.clone());
    let words = tokens.iter().filter(|token| token.is_word()).count();
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
