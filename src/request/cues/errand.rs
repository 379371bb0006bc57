//! Errands: sentences that ask us to do a thing in our systems, not to explain or to mend one.

use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;
use std::ops::Range;

/// Whether a sentence asks us to do a thing: «просим добавить», «сбросьте», "please move", «нужен доступ».
pub(crate) fn is_errand(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sheet.judge(sentence, |known| &known.is_errand, || asks_for_a_deed(sheet, sentence))
}

fn asks_for_a_deed(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let mut asked = false;
    let mut doubtful = false;
    for at in sentence.clone() {
        let Some(token) = sheet.token(at) else { continue };
        if !token.is_word() || sheet.quoted_at(at).is_some() {
            continue;
        }
        if token.has(Class::Plea) {
            return true;
        }
        if token.has(Class::Diagnose) && !token.has(Class::Errand) {
            asked |= token.has(Class::Please);
            continue;
        }
        let verb = if token.form.is_ascii() {
            english(sheet, sentence, at, token, asked)
        } else {
            russian(sheet, at, token, asked) || opens(sentence, at, token)
        };
        let wanted_thing =
            asked && !doubtful && (is_wanted(sheet, sentence, at, token) || is_named_deed(sheet, at, token));
        if (verb && !doubtful || wanted_thing) && !asks_for_words(sheet, sentence, at, token) {
            return true;
        }
        // «можно нам поднять лимит?»
        let may = token.form == "можно"
            && sheet
                .token(at + 1)
                .is_some_and(|next| matches!(next.form.as_str(), "нам" | "мне" | "вас" | "нас"));
        asked |= token.has(Class::Please) || may;
        // «как можно скорее» doubts nothing.
        let hurry = token.form == "как" && sheet.token(at + 1).is_some_and(|next| next.form == "можно");
        doubtful |= !hurry && (token.has(Class::Doubt) || token.has(Class::Attempt));
    }
    false
}

/// Whether a mail says that a password is forgotten, and of nothing that fails: whose it is is all that can be asked.
pub(crate) fn forgets_password(reading: &Reading<'_>) -> bool {
    const TROUBLE: &[Class] = &[Class::Fault, Class::VagueFault, Class::Error, Class::Shows, Class::Why];
    let forgets = |sheet: &Sheet<'_>, sentence: &Range<usize>| {
        let tokens = sheet.slice(sentence.clone());
        let is_password = |token: &Token| token.begins(&["парол", "password", "passcode"]);
        let password = tokens.iter().any(is_password);
        // «потеряна связь» after a password was changed
        let beside = |at: usize| {
            (1..=2).any(|back| sheet.before(at, back).is_some_and(is_password))
                || sheet.slice(at + 1..at + 3).iter().any(is_password)
        };
        let lost = || {
            sentence.clone().any(|at| {
                sheet.token(at).is_some_and(|token| {
                    let denied = || {
                        (1..=2).any(|back| {
                            sheet.before(at, back).is_some_and(|before| {
                                before.has(Class::Negation)
                                    || matches!(before.form.as_str(), "cannot" | "can't" | "don't")
                            })
                        })
                    };
                    token.begins(&["забыл", "забыт", "forgot"])
                        || matches!(
                            token.form.as_str(),
                            "утерян"
                                | "утеряли"
                                | "утрачен"
                                | "утратили"
                                | "потерял"
                                | "потеряла"
                                | "потеряли"
                                | "lost"
                        ) && beside(at)
                        || token.begins(&["помн", "вспомн", "remember", "recall"]) && denied()
                })
            })
        };
        password && lost()
    };
    // That he cannot remember it is no trouble of a program.
    let troubled = |sentence: &Range<usize>| {
        let is_told = forgets(&reading.body, sentence);
        reading.body.any(sentence.clone(), if is_told { &[Class::Error] } else { TROUBLE })
    };
    reading.sheets().any(|sheet| sheet.sentences.iter().any(|sentence| forgets(sheet, sentence)))
        && !reading.body.sentences.iter().any(troubled)
}

/// A polite imperative, or an infinitive after «прошу», «нужно».
fn russian(sheet: &Sheet<'_>, at: usize, token: &Token, asked: bool) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| token.form.ends_with(ending));
    let negated = || sheet.before(at, 1).is_some_and(|before| before.form == "не");
    let imperative = ends(&["йте", "ьте", "ите", "йтесь", "ьтесь", "итесь"])
        && token.has_letters(5)
        && (asked || !token.has(Class::Gesture) || token.has(Class::Errand)) // «зайдите, нажмите»: a recipe
        && !token.classes.any(&[Class::Greeting, Class::Courtesy, Class::Contact, Class::Company])
        && !sheet.before(at, 1).is_some_and(|before| before.form == "вы")
        && !sheet.token(at + 1).is_some_and(|next| matches!(next.form.as_str(), "ли" | "вы"));
    let infinitive = asked && ends(&["ть", "ти", "чь"]) && token.has_letters(4);
    let known = token.classes.any(&[Class::Errand, Class::Operation]);
    // After «прошу» any action is an errand; a wish of one's own («хочу напечатать») only if it is one of ours.
    let entreated = || {
        (1..=4).any(|back| {
            sheet
                .before(at, back)
                .is_some_and(|before| before.begins(&["прош", "прос", "необходим", "требу", "надо", "нужно"]))
        })
    };
    (imperative
        || infinitive
            && (token.has(Class::Errand)
                || known && entreated()
                || entreated() && !token.classes.any(&[Class::Gesture, Class::Look])))
        && !negated()
}

/// «Добавить объект …», "Add unit …": a headline.
fn opens(sentence: &Range<usize>, at: usize, token: &Token) -> bool {
    sentence.start == at
        && token.has(Class::Errand)
        && ["ть", "ти"].iter().any(|ending| token.form.ends_with(ending))
}

/// "please move", "could you add", an imperative at the start of the sentence, "we need to transfer".
fn english(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize, token: &Token, asked: bool) -> bool {
    let previous = sheet.before(at, 1).map_or("", |before| before.form.as_str());
    if matches!(previous, "please" | "kindly" | "pls") {
        return !token.classes.any(&[Class::Filler, Class::Contact, Class::Courtesy])
            || token.has(Class::Errand);
    }
    if !token.has(Class::Errand) {
        return false;
    }
    let first = sheet
        .slice(sentence.start..at)
        .iter()
        .all(|before| !before.is_word() || before.classes.any(&[Class::Greeting, Class::Then]));
    first && !token.has(Class::Gesture)
        || matches!(previous, "you") && asked
        || matches!(previous, "to" | "and") && asked
        || sheet.before(at, 2).is_some_and(|before| matches!(before.form.as_str(), "please" | "kindly"))
}

/// Words for what is needed.
pub(crate) const NEEDS: [&str; 11] = [
    "нужен",
    "нужна",
    "нужны",
    "нужно",
    "необходим",
    "необходима",
    "необходимо",
    "требуется",
    "need",
    "want",
    "like",
];

/// «нужен доступ», "we need a new account": a thing that only we give.
fn is_wanted(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize, token: &Token) -> bool {
    let thing = token.classes.any(&[Class::Document])
        || token.has(Class::ServiceThing)
            && !token.has(Class::Common)
            && !token.classes.any(&[Class::UnitNoun]);
    let near = || {
        (1..=4).any(|back| {
            at >= sentence.start + back
                && sheet.before(at, back).is_some_and(|before| NEEDS.contains(&before.form.as_str()))
        })
    };
    let question = || sheet.slice(sentence.clone()).iter().any(|token| token.is_mark('?'));
    thing && near() && !question()
}

/// "your help with the creation of a user": a deed as a noun.
fn is_named_deed(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    const DEEDS: &[&str] = &[
        "creation",
        "activation",
        "deactivation",
        "deletion",
        "removal",
        "registration",
        "renewal",
        "replacement",
        "calibration",
        "transfer",
        "unblocking",
    ];
    DEEDS.contains(&token.form.as_str())
        && sheet.token(at + 1).is_some_and(|next| matches!(next.form.as_str(), "of" | "for"))
}

/// Whether what is asked for is an answer, help or a price: that is no errand.
fn asks_for_words(sheet: &Sheet<'_>, sentence: &Range<usize>, at: usize, token: &Token) -> bool {
    const WORDS: &[&str] = &[
        "инструкц",
        "ответ",
        "помощ",
        "консультац",
        "порядок",
        "работ",
        "проблем",
        "ошибк",
        "мер",
        "вниман",
        "пояснен",
        "информац",
        "answer",
        "help",
        "advice",
        "solution",
        "explanation",
        "update",
        "problem",
        "issue",
        "action",
        "information",
        "details",
    ];
    const GIVING: &[&str] =
        &["send", "provide", "присл", "высл", "вышл", "направ", "предостав", "give", "сообщ"];
    let asks_words = sheet.slice(at + 1..(at + 5).min(sentence.end)).iter().any(|token| token.begins(WORDS));
    let price = sheet.any(sentence.clone(), &[Class::Price])
        && !sheet.any(sentence.clone(), &[Class::Document])
        && token.begins(GIVING);
    asks_words || price
}
