//! What is told so plainly that nobody is asked for it again, whatever was learned says: an action of the user with what came of it.
//! Nothing here makes a field present: it is unsure.

pub(crate) mod english;

use super::actions::{Action, within};
use super::contact::dials;
use super::question::is_question;
use crate::request::Field;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind, words};
use crate::request::text::verb_form::{Form, russian};
use std::ops::Range;

/// What may come of an action.
const RESULTS: &[Class] =
    &[Class::Fault, Class::VagueFault, Class::Shows, Class::Error, Class::Negation, Class::Contrast];
/// Who says one of these tells no action that leads to the problem.
const NO_STEPS: &[Class] =
    &[Class::NoAction, Class::Refusal, Class::Promise, Class::AlreadySaid, Class::Cure, Class::Formerly];
const ACTS: Classes = Classes::of_all(&[Class::Gesture, Class::Operation, Class::Sending]);
/// What is done in programs and hardly anywhere else, so that it needs no word for what comes of it. «Меняем» and "move" are of vehicles,
/// too.
const HANDLES: &[&str] = &[
    "откр",
    "захо",
    "вхож",
    "жм",
    "нажим",
    "клика",
    "щелка",
    "тыка",
    "тапа",
    "выбир",
    "навож",
    "перехож",
    "ввож",
    "набира",
    "open",
    "press",
    "click",
    "tap",
    "select",
    "choose",
    "hover",
    "hit",
    "type",
    "enter",
    "pick",
    "log",
];
/// What is done in programs where something comes of it.
const OPERATES: &[&str] = &[
    "стро",
    "запуска",
    "формир",
    "сохран",
    "отправля",
    "создаю",
    "создаем",
    "run",
    "save",
    "send",
    "build",
    "generate",
    "create",
    "export",
];
/// A path through menus has so many parts, each of so few words at most.
const FEWEST_PARTS: usize = 3;
const LONGEST_PART: usize = 5;
/// So many words behind «открываю» tell what is opened, and what is seen then.
const FEWEST_BEHIND: usize = 3;
/// Who goes on for longer tells a story.
const MOST_BEHIND: usize = 12;
/// A recipe in one sentence has so many words at most.
const LONGEST_RECIPE: usize = 9;

/// Whether the writer tells what he does in a product and what comes of it: «открываю карту, его нет», "I tap the bus and nothing
/// happens". As an answer to our question about the steps a glance or a path is enough: «смотрю отчёт, там 0», «рейсы - маршрут 14 - пусто».
pub(crate) fn tells_steps(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let asked = reading.asked.contains(&Field::Steps);
    sheet.sentences.iter().any(|sentence| {
        if sheet.any(sentence.clone(), NO_STEPS) || copies_in(sheet, sentence) {
            return false;
        }
        let answers = asked
            || reading
                .replies_to(Field::Steps)
                .any(|reply| reply.start < sentence.end && sentence.start < reply.end);
        acts_now(sheet, sentence, asked) || answers && is_path(sheet, sentence)
    })
}

/// Whether a sentence tells what the writer does now; of a glance only if he was `asked` for it.
fn acts_now(sheet: &Sheet<'_>, sentence: &Range<usize>, asked: bool) -> bool {
    const SEEN: &[Class] = &[Class::Common, Class::InterfaceNoun, Class::ElementNoun];
    const SCREENS: &[&str] = &["приложен", "телефон", "программ", "экран", "app", "phone", "screen"];
    sentence.clone().any(|at| {
        let Some(token) = sheet.token(at).filter(|token| token.is_word()) else { return false };
        let handles = handles(token);
        let acts = handles || token.classes.meets(ACTS) && token.begins(OPERATES);
        let glances = asked && token.has(Class::Look);
        if !acts && !glances || sheet.quoted_at(at).is_some() {
            return false;
        }
        if dials(token, sheet.slice(sheet.clause(sentence, at))) {
            return false;
        }
        let Some(told) = told_as(sheet, sentence, at) else { return false };
        let clause_end = clause_end(sheet, sentence, at);
        let behind = at + 1..sentence.end;
        let sees = |range: Range<usize>| {
            sheet.any(range.clone(), RESULTS) || sheet.slice(range).iter().any(is_nothing)
        };
        let short = told == Told::OfHimself || words(sheet.slice(sentence.clone())) <= LONGEST_RECIPE;
        let opens = || {
            told == Told::OfHimself
                && !is_question(sheet, sentence)
                && (FEWEST_BEHIND..=MOST_BEHIND).contains(&words(sheet.slice(behind.clone())))
        };
        acts && short && sees(clause_end..sentence.end)
            || handles && opens()
            || glances
                && (sheet.any(at + 1..clause_end, SEEN)
                    || sheet.slice(at + 1..clause_end).iter().any(|token| token.begins(SCREENS)))
                && (sees(behind.clone())
                    || sheet.slice(behind.clone()).iter().any(|token| token.kind == TokenKind::Number))
    })
}

/// What a user does with a program, of whomever it is told.
fn handles(token: &Token) -> bool {
    token.classes.meets(ACTS) && token.begins(HANDLES)
}

/// Where the clause of a verb ends; «и» and "and" end it, too.
fn clause_end(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize) -> usize {
    let end = sheet.clause(sentence, at).end;
    let joins = |at: &usize| sheet.token(*at).is_some_and(Token::is_and);
    (at + 1..end).find(joins).unwrap_or(end)
}

/// Whose action a verb tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    /// «жму», "I press".
    OfHimself,
    /// "run report, empty": anybody's.
    AsRecipe,
}

/// How the verb at `at` tells an action that is done now, if it does.
fn told_as(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize) -> Option<Told> {
    let form = |back: usize| {
        let before = at.checked_sub(back).filter(|at| *at >= sentence.start).and_then(|at| sheet.token(at));
        before.map_or("", |token| token.form.as_str())
    };
    let undone = ["не", "ни", "бы", "буду", "будем", "что", "как", "куда", "после"];
    if undone.contains(&form(1)) || undone.contains(&form(2)) {
        return None;
    }
    let token = sheet.token(at)?;
    if !token.form.is_ascii() {
        return (russian(&token.form) == Form::First).then_some(Told::OfHimself);
    }
    let after = || (1..=3).any(|back| matches!(form(back), "after" | "what" | "how" | "which" | "where"));
    if token.form.ends_with("ed") || token.form.ends_with("ing") || after() {
        return None;
    }
    let mine = |back: usize| matches!(form(back), "i" | "we");
    if mine(1) || mine(2) && matches!(form(1), "just" | "then" | "simply" | "always" | "only") {
        return Some(Told::OfHimself);
    }
    let before = |token: &Token| token.is_word() && !matches!(token.form.as_str(), "just" | "simply");
    let opens = !sheet.slice(sentence.start..at).iter().any(before) && !token.form.ends_with('s');
    opens.then_some(Told::AsRecipe)
}

fn is_nothing(token: &Token) -> bool {
    matches!(token.form.as_str(), "ничего" | "nothing" | "тишина" | "прочерк" | "прочерки")
}

/// Whether a sentence is a path through menus, whatever its case: «нимбус - рейсы - маршрут 14 - все остановки красные».
fn is_path(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const MENU: &[Class] = &[
        Class::InterfaceNoun,
        Class::ElementNoun,
        Class::NumberedNoun,
        Class::Common,
        Class::ActionNoun,
        Class::Operation,
        Class::Gesture,
    ];
    let (mut parts, mut length) = (0_usize, 0_usize);
    for token in sheet.slice(sentence.clone()) {
        let parts_from = matches!(token.kind, TokenKind::Mark('>' | '→'))
            || token.spaced && matches!(token.kind, TokenKind::Mark('-' | '/'));
        if parts_from {
            if length > LONGEST_PART {
                return false;
            }
            parts += usize::from(length > 0);
            length = 0;
        } else {
            length += usize::from(token.is_word() || token.kind == TokenKind::Number);
        }
    }
    parts + usize::from(length > 0) >= FEWEST_PARTS && sheet.any(sentence.clone(), MENU)
}

/// Whether somebody is put in copy: «добавляю Рената в копию», "adding Robert in copy". That is done in a mail and in no product.
pub(crate) fn copies_in(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        matches!(
            (sheet.form(at), sheet.form(at + 1)),
            ("в", "копию" | "копии") | ("in" | "on" | "into" | "to", "copy" | "cc") | ("the", "cc" | "loop")
        )
    })
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
            .find(|at| matches!(sheet.form(*at), "login" | "logging" | "signin"))
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

/// Whether what came of the last action of a sentence is told, and not only that it is no good: «жму Выполнить, ничего», "I press Start
/// and the app closes". «Получается ерунда» and «показывает неправильно» leave open what.
pub(crate) fn tells_result(reading: &Reading<'_>, actions: &[Action]) -> bool {
    let sheet = &reading.body;
    sheet.sentences.iter().enumerate().any(|(index, sentence)| {
        let acts = |at: &usize| sheet.token(*at).is_some_and(handles) && sheet.quoted_at(*at).is_none();
        let known = within(actions, sentence).last().map(|action| action.at);
        let Some(last) = sentence.clone().rev().find(acts).max(known) else { return false };
        let rest = clause_end(sheet, sentence, last)..sentence.end;
        let says = sheet.slice(rest.clone()).iter().any(Token::is_word);
        is_observed(
            sheet,
            if says { rest } else { sheet.sentences.get(index + 1).cloned().unwrap_or_default() },
        )
    })
}

/// What says only that something is not as it should be.
const JUDGES: &[&str] = &[
    "неправ",
    "неверн",
    "некор",
    "неточ",
    "недостов",
    "неадекв",
    "ложн",
    "лишн",
    "ломан",
    "слома",
    "wrong",
    "incorr",
    "inacc",
    "invalid",
    "false",
    "fail",
    "unexpect",
    "inconsist",
    "misbehav",
];

/// Whether a word for a malfunction says what happens, and not only that it is no good.
fn is_sharp(token: &Token) -> bool {
    token.has(Class::Fault) && !token.begins(JUDGES)
}

/// Whether a text says what is seen.
fn is_observed(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    if sheet.any(range.clone(), &[Class::VagueFault, Class::Attempt]) {
        return false;
    }
    // «ничего хорошего», «больше ничего», «ничего не выходит» and a bare "nothing" say less.
    let is_all = |at: usize| {
        let more = |form: &str| {
            matches!(
                form,
                "больше"
                    | "более"
                    | "хорошего"
                    | "особенного"
                    | "good"
                    | "else"
                    | "more"
                    | "special"
            )
        };
        let vague = sheet.form(at + 1) == "не"
            && sheet
                .token(at + 2)
                .is_some_and(|token| token.has(Class::VagueVerb) || token.form == "выходит");
        let bare = sheet.form(at) == "nothing" && !sheet.token(at + 1).is_some_and(Token::is_word);
        !(more(sheet.form(at + 1)) || at > range.start && more(sheet.form(at - 1)) || vague || bare)
    };
    range.clone().any(|at| {
        let Some(token) = sheet.token(at) else { return false };
        let closes =
            matches!(token.form.as_str(), "closes" | "quits" | "exits") && sheet.quoted_at(at).is_none();
        let none = is_nothing(token) && is_all(at);
        let undone = token.has(Class::Negation)
            && sheet.token(at + 1).is_some_and(|next| {
                next.classes.any(&[Class::Operation, Class::Gesture])
                    && (next.is_latin()
                        || matches!(russian(&next.form), Form::Reflexive | Form::Third | Form::Passive))
            });
        // «автобуса нет», "no bus"
        let absent = matches!(token.form.as_str(), "нет" | "нету" | "no")
            && [at.checked_sub(1), Some(at + 1)].into_iter().flatten().any(|beside| {
                range.contains(&beside)
                    && sheet.token(beside).is_some_and(|token| {
                        token.classes.any(&[Class::Common, Class::UnitNoun, Class::ElementNoun])
                    })
            });
        closes || is_sharp(token) || none || undone || absent
    })
}
