//! Actions of the user: gestures and operations that somebody did, not what was tried against the fault, what is
//! wished, what is asked of us or what a device does.

mod english;
mod russian;

use super::contact::dials;
use super::told::copies_in;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// One action of the user.
pub(crate) struct Action {
    /// Its token in the body.
    pub(crate) at: usize,
    /// Halves: a glance counts one, a gesture two.
    pub(crate) weight: u32,
    /// The sentence that it is in.
    pub(crate) sentence: Range<usize>,
}

/// All actions of the user that the body tells, in order.
pub(crate) fn actions(reading: &Reading<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    for sentence in &reading.body.sentences {
        collect(&reading.body, sentence, &mut actions);
    }
    actions
}

/// The actions of one sentence.
fn collect(sheet: &Sheet<'_>, sentence: &Range<usize>, actions: &mut Vec<Action>) {
    if is_cure(sheet, sentence) || sheet.any(sentence.clone(), &[Class::Plea]) || copies_in(sheet, sentence) {
        return;
    }
    let first = actions.len();
    let mut chained = false;
    for at in sentence.clone() {
        let Some(token) = sheet.token(at) else { continue };
        let quoted = sheet.quoted_at(at).is_some_and(|quote| quote.len() <= 6);
        let weight = match token.kind {
            TokenKind::Word if !quoted => weigh(sheet, sentence, at, token, chained),
            TokenKind::Address if token.form.contains("svc=") => 2,
            TokenKind::Word
            | TokenKind::Address
            | TokenKind::Number
            | TokenKind::Mark(_)
            | TokenKind::Mailbox
            | TokenKind::Newline => 0,
        };
        if weight > 0 {
            chained = true;
            actions.push(Action { at, weight, sentence: sentence.clone() });
        }
    }
    if let Some(at) = navigation(sheet, sentence).or_else(|| bare_recipe(sheet, sentence)) {
        actions.push(Action { at, weight: 2, sentence: sentence.clone() });
        // Those of earlier sentences stand before.
        actions.get_mut(first..).unwrap_or_default().sort_by_key(|action| action.at);
    }
}

/// Those of `actions`, which are in order, that are in a sentence.
pub(crate) fn within<'a>(actions: &'a [Action], sentence: &Range<usize>) -> &'a [Action] {
    let first = actions.partition_point(|action| action.at < sentence.start);
    let end = actions.partition_point(|action| action.at < sentence.end);
    actions.get(first..end).unwrap_or_default()
}

/// «помогло», "helps".
pub(crate) fn is_help(token: &Token) -> bool {
    token.form.starts_with("помог") || token.form.starts_with("help")
}

/// Whether a sentence tells only what was tried against the fault.
fn is_cure(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let count = |class: Class| tokens.iter().filter(|token| token.has(class)).count();
    let helped =
        || tokens.iter().any(|token| is_help(token) || matches!(token.form.as_str(), "бесполезно" | "luck"));
    let cures = count(Class::Cure);
    cures > 0
        && (helped()
            || count(Class::Attempt) > 0
            || cures * 2 >= count(Class::Gesture) + count(Class::Operation))
        || count(Class::Attempt) > 0 && helped()
        || tokens.iter().any(|token| {
            matches!(token.form.as_str(), "безуспешно" | "безрезультатно" | "толку" | "помогло" | "avail")
        })
}

/// How much the word at `at` is an action of the user: 2, 1 for a glance, 0.
fn weigh(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize, token: &Token, chained: bool) -> u32 {
    let then = token.has(Class::InterfaceNoun)
        && chained
        && sheet.before(at, 1).is_some_and(|before| before.has(Class::Then) && !before.is_latin());
    if then {
        return 2; // «потом вкладка Датчики, потом кнопка Таблица»
    }
    const VERBS: Classes = Classes::of_all(&[Class::Gesture, Class::Operation, Class::Look, Class::Sending]);
    if token.has(Class::Cure) && !token.classes.any(&[Class::Gesture]) {
        return 0;
    }
    if !token.classes.meets(VERBS) && !token.has(Class::ActionNoun) {
        return 0;
    }
    let clause = sheet.clause(sentence, at);
    if sheet.any(clause.clone(), &[Class::Formerly]) && !chained || dials(token, sheet.slice(clause.clone()))
    {
        return 0;
    }
    if token.has(Class::ActionNoun) && acts_as_noun(sheet, &clause, at) {
        return 2;
    }
    if !token.classes.meets(VERBS) || to_us(sheet, &clause, token) {
        return 0;
    }
    let done = if token.is_latin() && !sheet.is_transliterated() || token.form.is_ascii() {
        english::is_action(sheet, sentence, &clause, at, chained)
    } else {
        russian::is_action(sheet, sentence, &clause, at, token, chained)
    };
    if !done {
        return 0;
    }
    let alone = !chained
        && sheet
            .slice(clause.clone())
            .iter()
            .filter(|other| other.is_word() || other.kind == TokenKind::Number)
            .count()
            <= 2
        && sheet
            .slice(sentence.clone())
            .iter()
            .filter(|other| is_informative(other) || other.has(Class::Common))
            .count()
            <= 2;
    if alone && !is_listed(sheet, at) {
        return 0; // "filled in:", «заполнил»
    }
    if token.classes.any(&[Class::Gesture, Class::Operation, Class::Sending]) { 2 } else { 1 }
}

/// «при нажатии», "after pressing".
fn acts_as_noun(sheet: &Sheet<'_>, clause: &Range<usize>, at: usize) -> bool {
    let upon = (1..=2).any(|back| {
        at.checked_sub(back).is_some_and(|before| before >= clause.start)
            && sheet.before(at, back).is_some_and(|token| {
                token.has(Class::Upon) && !matches!(token.form.as_str(), "during" | "by" | "before" | "while")
                    || token.has(Class::Attempt)
            })
    });
    let latin = sheet.token(at).is_some_and(Token::is_latin);
    let gerund = sheet.token(at).is_some_and(|token| token.form.ends_with("ing") || !latin);
    let cured = sheet.any(clause.clone(), &[Class::Cure]);
    upon && gerund && !cured
}

/// Whether the action is sending something to us, or recording it for us.
fn to_us(sheet: &Sheet<'_>, clause: &Range<usize>, token: &Token) -> bool {
    let records = token.has(Class::Sending)
        || token.begins(&[
            "сня",
            "сним",
            "скача",
            "прилож",
            "загруз",
            "выгруз",
            "post",
            "upload",
            "made",
            "make",
            "took",
        ]);
    let picture = || {
        sheet.slice(clause.clone()).iter().any(|other| {
            [
                "скрин",
                "видео",
                "video",
                "лог",
                "логи",
                "log",
                "logs",
                "снимок",
                "снимк",
                "фото",
                "screenshot",
                "письмо",
                "заявк",
                "recording",
                "screencast",
            ]
            .iter()
            .any(|stem| {
                other.form.starts_with(stem)
                    && (stem.len() > 6 || other.form.chars().count() <= stem.chars().count() + 2)
            })
        })
    };
    records && (picture() || sheet.any(clause.clone(), &[Class::Company]))
}

/// Whether the line of `at` is an item of a list.
fn is_listed(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.starts_line(at)
        && at.checked_sub(1).and_then(|before| sheet.token(before)).is_some_and(|before| {
            matches!(
                before.kind,
                TokenKind::Mark('.' | ')' | '-' | '*' | '•' | '·' | '–' | '>' | '→' | '+')
                    | TokenKind::Number
            )
        })
}

/// Whether the sentence has gestures enough that its imperatives are a recipe.
fn many_gestures(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sheet.slice(sentence.clone()).iter().filter(|token| token.has(Class::Gesture)).count() >= 2
}

/// A recipe told in bare names: «отчёты, Пробег, кормовоз №5, вчера, пуск», «свойства - импорт - галки - ок»: short
/// parts, one of them a thing of the interface, the last one what sets it going.
fn bare_recipe(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Option<usize> {
    const PARTS: usize = 3;
    const LONGEST_PART: usize = 6;
    let sets_going = |token: &Token| {
        matches!(
            token.form.as_str(),
            "ок" | "ok"
                | "пуск"
                | "выполнить"
                | "применить"
                | "сохранить"
                | "построить"
                | "execute"
                | "run"
                | "save"
                | "apply"
                | "go"
                | "enter"
                | "энтер"
        )
    };
    let (mut parts, mut length, mut menu, mut first) = (0_usize, 0_usize, false, None);
    for at in sentence.clone() {
        let token = sheet.token(at)?;
        let ends = matches!(token.kind, TokenKind::Mark(',' | ';')) || token.is_mark('-') && token.spaced;
        if ends && sheet.quoted_at(at).is_none() {
            if length == 0 || length > LONGEST_PART {
                (parts, menu, first) = (0, false, None);
            } else {
                parts += 1;
            }
            length = 0;
            continue;
        }
        if token.is_word() || token.kind == TokenKind::Number {
            length += 1;
            first.get_or_insert(at);
            menu |= token.classes.any(&[
                Class::InterfaceNoun,
                Class::ElementNoun,
                Class::ActionNoun,
                Class::Operation,
            ]);
            if parts >= PARTS && menu && length <= 2 && sets_going(token) {
                return first;
            }
        }
    }
    None
}

/// A path through menus: «Отчёты → Шаблон → Выполнить», `Reports > Execute`, «Поля – Импорт – выбрал».
fn navigation(sheet: &Sheet<'_>, sentence: &Range<usize>) -> Option<usize> {
    let mut separators = 0;
    let mut first = None;
    let mut since = 0;
    for at in sentence.clone() {
        let token = sheet.token(at)?;
        let arrow = matches!(token.kind, TokenKind::Mark('→' | '>' | '➔' | '➜' | '/'))
            && (token.spaced || token.is_mark('>') || token.is_mark('→'))
            || token.is_mark('-') && token.spaced;
        if token.is_mark('-') && sheet.token(at + 1).is_some_and(|next| next.is_mark('>')) {
            continue;
        }
        if arrow {
            let weak = token.is_mark('-') || token.is_mark('/');
            let capital = sheet.token(at + 1).is_some_and(|next| {
                next.case != Case::Lower
                    || next.is_mark('«')
                    || next.is_mark('"')
                    || next.classes.any(&[Class::Gesture, Class::InterfaceNoun])
            });
            if since <= 8 && (!weak || capital) {
                separators += 1;
                if first.is_none() {
                    first = Some(at.saturating_sub(since.max(1)).max(sentence.start));
                }
            } else {
                separators = 0;
                first = None;
            }
            since = 0;
        } else {
            since += 1;
        }
        if separators >= 2 {
            return first;
        }
    }
    None
}
