//! Elements by a code that stands alone.

use super::super::lexicon::Class;
use super::super::reading::Reading;
use super::super::sheet::Sheet;
use super::super::tokens::Case;
use super::{Field, Found};

/// A code by itself: `TRK-0457`, `УРБ-2А2 №5`, `KTA112`. Sure only where elements are spoken of.
pub(super) fn find(reading: &Reading<'_>, sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    let asked = reading.asked.contains(&Field::Objects);
    for (at, token) in sheet.tokens.iter().enumerate() {
        let after_number = token.is_mark('№') && sheet.token(at + 1).is_some_and(|next| next.has_digit());
        let before = sheet.before(at, 1);
        if after_number
            && before.is_some_and(|before| {
                before.is_word()
                    && (before.case != Case::Lower || before.has_digit())
                    && !before.has(Class::OtherNumber)
            })
        {
            found.push(Found { range: at - 1..at + 2, cue: "numbered name", sure: true });
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
            && sheet
                .token(at + 2)
                .is_some_and(|next| next.has_digit() && !next.spaced && next.form.len() >= 2);
        let digits = token.form.bytes().filter(u8::is_ascii_digit).count();
        let letters = token.form.chars().filter(|c| c.is_alphabetic()).count();
        let single =
            digits >= 2 && letters >= 2 && token.form.chars().next().is_some_and(char::is_alphabetic);
        if !(joined && letters >= 2 && token.case == Case::Upper || single && token.case == Case::Upper)
            || reading.is_product(sheet, at)
        {
            continue;
        }
        let range = if joined { at..at + 3 } else { at..at + 1 };
        found.push(Found { range, cue: "code", sure: asked || joined });
    }
}
