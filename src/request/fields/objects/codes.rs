//! Elements by a code that stands alone.

use super::{Field, Found, is_time, is_told_of_other, shown, wording};
use crate::mail::characters::is_alphabetic;
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};

/// A code by itself: `TRK-0457`, `УРБ-2А2 №5`, `KTA112`. Sure only where elements are spoken of.
pub(super) fn find(reading: &Reading<'_>, sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    let asked = reading.asked.contains(&Field::Objects);
    for (at, token) in sheet.tokens.iter().enumerate() {
        let after_number = token.is_mark('№') && sheet.token(at + 1).is_some_and(|next| next.has_digit());
        if after_number
            && sheet.before(at, 1).is_some_and(|before| {
                let noun = before.has_letters(4)
                    && !before.classes.any(&[Class::InterfaceNoun, Class::Measure, Class::Document]);
                before.is_word()
                    && (before.case != Case::Lower || before.has_digit() || noun)
                    && !before.has(Class::OtherNumber)
            })
        {
            found.push(Found { range: at - 1..at + 2, cue: Cue::NumberedName, sure: true });
            continue;
        }
        if is_numbered(reading, sheet, at, token) {
            found.push(Found { range: at..at + 2, cue: Cue::NameWithNumber, sure: true });
            continue;
        }
        if let Some(sure) = login(sheet, at, token, asked) {
            found.push(Found { range: at..at + 1, cue: Cue::LatinName, sure });
            continue;
        }
        if !token.is_word()
            || token.case == Case::Lower && !token.form.contains('_')
            || token.classes.any(&[Class::Abbreviation, Class::Make])
            || sheet.quoted_at(at).is_some()
        {
            continue;
        }
        let joined = sheet.token(at + 1).is_some_and(|mark| mark.is_mark('-') && !mark.spaced)
            && sheet.token(at + 2).is_some_and(|next| next.has_digit() && !next.spaced);
        let digits = token.form.bytes().filter(u8::is_ascii_digit).count();
        let letters = token.form.chars().filter(|c| is_alphabetic(*c)).count();
        let single = digits >= 2 && letters >= 2 && token.form.chars().next().is_some_and(is_alphabetic);
        if !(joined && letters >= 2 && token.case == Case::Upper || single && token.case == Case::Upper)
            || reading.is_product(sheet, at)
        {
            continue;
        }
        let range = if joined { at..at + 3 } else { at..at + 1 };
        let long = sheet.token(at + 2).is_some_and(|next| next.form.len() >= 2);
        let spoken_of = (1..=2).any(|back| {
            sheet.before(at, back).is_some_and(|before| {
                before.classes.any(&[
                    Class::InterfaceNoun,
                    Class::UnitNoun,
                    Class::Gesture,
                    Class::ElementNoun,
                ])
            })
        });
        let sure = (asked || joined && (long || spoken_of))
            && !shown::is_ticket(sheet, &range)
            && (joined || !is_told_of_other(sheet, at));
        found.push(Found { range, cue: Cue::Code, sure });
    }
}

/// «Сбросьте пароль ivanov»: a login behind the password that is to be reset; not «пароль qwerty не подходит», which is the password.
fn reset(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    let form = |back: usize| sheet.before(at, back).map_or("", |token| token.form.as_str());
    token.is_word()
        && token.is_latin()
        && token.case == Case::Lower
        && token.has_letters(4)
        && token.classes == Classes::default()
        && matches!(form(1), "пароль" | "пароля")
        && (2..=3).any(|back| ["сброс", "восстанов"].iter().any(|verb| form(back).starts_with(verb)))
        && !sheet.is_transliterated()
        && sheet.token(at + 1).is_none_or(|next| !matches!(next.form.as_str(), "на" | "to"))
}

/// `tamara_depot`: an identifier with an underscore that is no parameter of a call; sure after a word for a name.
fn login(sheet: &Sheet<'_>, at: usize, token: &Token, asked: bool) -> Option<bool> {
    let identifier = token.is_word() && token.is_latin() && token.form.contains('_') && token.form.len() >= 5;
    let assigned = |token: Option<&Token>| {
        token.is_some_and(|token| {
            token.is_mark('=') || token.is_mark('/') || token.is_mark('"') || token.is_mark('&')
        })
    };
    if reset(sheet, at, token) {
        return Some(true);
    }
    if !identifier || assigned(sheet.token(at + 1)) || assigned(sheet.before(at, 1)) {
        return None;
    }
    let named = (1..=3).any(|back| {
        sheet.before(at, back).is_some_and(|before| {
            before.has(Class::AccountNoun)
                || matches!(before.form.as_str(), "имя" | "именем" | "name" | "под" | "пользователя")
        })
    });
    let said_by_program = wording::is_constant(&token.form) && !named;
    (!said_by_program).then(|| named || asked && !is_told_of_other(sheet, at))
}

/// `Shuttle 2`, «Рысь 14»: a capitalised word that is no word of the field, and a small number.
fn is_numbered(reading: &Reading<'_>, sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    const NO_NAME: Classes = Classes::of_all(&[
        Class::Abbreviation,
        Class::OtherNumber,
        Class::InterfaceNoun,
        Class::Filler,
        Class::Measure,
        Class::Make,
        Class::AttachmentNoun,
        Class::Operation,
        Class::Gesture,
        Class::Look,
        Class::Greeting,
        Class::Courtesy,
        Class::Document,
        Class::Contact,
        Class::Errand,
        Class::Common,
        Class::Price,
        Class::Please,
        Class::Modal,
        Class::Negation,
        Class::Person,
        Class::Fault,
        Class::VagueFault,
        Class::Error,
        Class::Shows,
        Class::Upon,
        Class::Then,
        Class::If,
        Class::Cure,
        Class::Attempt,
        Class::Asks,
        Class::Contrast,
    ]);
    let name = token.is_word()
        && token.case == Case::Capital
        && token.has_letters(3)
        && !token.has_digit()
        && !reading.is_product(sheet, at)
        && !token.classes.meets(NO_NAME);
    let number = || {
        sheet
            .token(at + 1)
            .is_some_and(|next| next.kind == TokenKind::Number && next.spaced && next.form.len() <= 4)
    };
    // «Осталось 5»: a sentence may begin with a verb.
    let verb = || {
        sheet.sentence_at(at).start == at
            && ["ло", "ла", "ли", "ет", "ит", "ть", "ют", "ят", "ся", "сь"]
                .iter()
                .any(|ending| token.form.ends_with(ending))
    };
    name && number() && !verb() && !is_time(sheet, at + 1) && sheet.quoted_at(at).is_none()
}
