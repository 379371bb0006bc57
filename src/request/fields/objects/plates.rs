//! Number plates: Russian ones in all spellings, and those of the neighbours.

use super::{Field, Found};
use crate::mail::characters::is_alphabetic;
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::fold::plate_letter;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// Most tokens that one plate is written in: `А-731-КО-178`.
const MOST_TOKENS: usize = 7;

/// How a shape may be written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// In one piece, in capitals, or with spaces where it is no range: not `с 300 на 600`.
    Region,
    /// In one piece, or with spaces where the letters are no words: `х 313 ан`, not `в 300 км`.
    NoWords,
    /// In one piece, in capitals where the letters measure nothing (not `1200 КМ 24`), or behind a word for a plate or unit.
    Clear,
    /// In one piece, or with spaces in capitals; letters and one number, `АВ 123456`, as [`Self::BesideNoWords`].
    Trailer,
    /// In capitals only; letters and one number with a space between, `ТО 15000`, as [`Self::Beside`].
    Series,
    /// In capitals only.
    Capitals,
    /// In capitals, and near a word for a unit: other codes look like it.
    Beside,
    /// Near a word for a unit, in capitals or where they are no words: `хв 4471`, not `от 4471`.
    BesideNoWords,
    /// In capitals, and in a sentence about vehicles or drivers: models of devices and codes of errors look like it, too.
    Spoken,
}

/// Shapes of plates: `L` a letter that Cyrillic and Latin share, `A` any Latin or Cyrillic letter, `D` a digit.
const SHAPES: &[(&str, Writing)] = &[
    ("LDDDLLDD", Writing::Region), // Russia: cars with region
    ("LDDDLLDDD", Writing::Region),
    ("LDDDLL", Writing::NoWords),   // without region
    ("LLDDDDDD", Writing::Trailer), // trailers; taxi with three digits of region
    ("LLDDDDDDD", Writing::Trailer),
    ("LLDDDDD", Writing::Series), // taxi
    ("DDDDLLDD", Writing::Clear), // tractors, motorcycles
    ("DDDDLLDDD", Writing::Clear),
    ("DDLLDDDD", Writing::BesideNoWords), // their two lines, the region read first
    ("DDDLLDDDD", Writing::BesideNoWords),
    ("LDDDDDD", Writing::Beside), // police
    ("LLDDDD", Writing::BesideNoWords),
    ("DDDDLL", Writing::Beside),
    ("DDDAADD", Writing::Capitals), // Kazakhstan
    ("DDDAAADD", Writing::Capitals),
    ("DDAAADDD", Writing::Capitals), // Kyrgyzstan, Uzbekistan
    ("DDADDDAA", Writing::Capitals),
    ("DDDDAAD", Writing::Capitals), // Belarus
    ("AADDDDD", Writing::Beside),
    ("AADDDDAA", Writing::Capitals), // Ukraine
    ("DDAADDD", Writing::Beside),    // Armenia
    ("AADDDAA", Writing::Capitals),  // Georgia, Italy, France
    ("AAADDD", Writing::Beside),     // Baltic states, Sweden, Finland
    ("AAADDDD", Writing::Beside),
    ("DDDDAAA", Writing::Beside),   // Spain
    ("AADDAAA", Writing::Capitals), // United Kingdom
    ("AAADDAA", Writing::Capitals),
    ("AADDDDDD", Writing::Series),
    ("AADDAADDDD", Writing::Capitals), // India
    ("AADDAAADDDD", Writing::Capitals),
    ("AADAAADDDD", Writing::Capitals),
    ("AADDADDDD", Writing::Spoken),
    ("AAADDDAA", Writing::Spoken), // South Africa, Nigeria
    ("AAADDDA", Writing::Spoken),  // Kenya, Uganda
    ("ADDDAAA", Writing::Spoken),  // Tanzania, Romania
    ("AAADDDDA", Writing::Spoken), // Singapore
    ("AAADADD", Writing::Spoken),  // Brazil
];

/// Whether the character fits the place of a shape.
fn fits(place: u8, c: char) -> bool {
    match place {
        b'L' => plate_letter(c).is_some(),
        b'A' => is_alphabetic(c),
        _ => c.is_ascii_digit(),
    }
}

/// Most letters before the first digit of any shape.
const MOST_LETTERS: usize = 3;

/// Whether a text begins with more letters than any plate: so do most words.
fn begins_with_word(text: &str) -> bool {
    let letters = text.chars().take(MOST_LETTERS + 1).take_while(|c| !c.is_ascii_digit());
    letters.count() > MOST_LETTERS
}

fn shape_of(text: &str) -> Option<Writing> {
    let length = text.chars().count();
    SHAPES
        .iter()
        .find(|(shape, _)| {
            shape.len() == length && text.chars().zip(shape.bytes()).all(|(c, place)| fits(place, c))
        })
        .map(|(_, writing)| *writing)
}

/// Looks for plates; the longest reading at each place wins.
pub(super) fn find(reading: &Reading<'_>, sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    let asked = reading.asked.contains(&Field::Objects);
    // Every plate has a digit: where none is near, there is nothing to look at.
    let digits = sheet.tokens.iter().enumerate().filter(|(_, token)| token.has_digit());
    let mut digits = digits.map(|(at, _)| at).peekable();
    let mut at = 0;
    loop {
        while digits.next_if(|digit| *digit < at).is_some() {}
        let Some(digit) = digits.peek() else { return };
        at = at.max((digit + 1).saturating_sub(MOST_TOKENS));
        let mut length = plate_at(sheet, at, asked).max(german_at(sheet, at, asked));
        if let Some(whole) =
            (at + 1..at + length).find(|start| is_whole_behind(sheet, *start, at + length, asked))
        {
            (at, length) = (whole, plate_at(sheet, whole, asked));
        }
        if length > 0 && !reading.is_product(sheet, at) {
            found.push(Found { range: at..at + length, cue: Cue::Plate, sure: true });
        }
        at += length.max(1);
    }
}

/// Whether a plate with its region begins at `start` and goes on behind `end`: then what stands in front of it is a model, and what ends
/// there a part of it: «Volvo FH В 007 АА 39».
fn is_whole_behind(sheet: &Sheet<'_>, start: usize, end: usize, asked: bool) -> bool {
    let length = plate_at(sheet, start, asked);
    let text: String = sheet.slice(start..start + length).iter().map(Token::typed).collect();
    start + length > end && shape_of(&text) == Some(Writing::Region)
}

/// How many tokens the plate at `at` takes, 0 if there is none.
fn plate_at(sheet: &Sheet<'_>, at: usize, asked: bool) -> usize {
    if sheet.token(at).is_none_or(|token| begins_with_word(token.typed())) {
        return 0;
    }
    let mut text = String::new();
    let mut longest = 0;
    let shouted = sheet.is_shouted(at);
    let (mut pieces, mut numbers, mut all_upper, mut has_letter, mut mixed) =
        (0_usize, 0_usize, true, false, false);
    let of_other = is_of_other(sheet, at);
    for index in at..at + MOST_TOKENS {
        let Some(token) = sheet.token(index) else { break };
        match token.kind {
            TokenKind::Word | TokenKind::Number => {
                pieces += usize::from(pieces == 0 || token.spaced);
                text.push_str(token.typed());
                let letters = token.kind == TokenKind::Word;
                numbers += usize::from(!letters);
                mixed |= letters && token.has_digit();
                has_letter |= letters;
                let capital = token.case == Case::Upper
                    || token.case == Case::Capital
                        && token.form.chars().filter(|c| is_alphabetic(*c)).count() == 1;
                // In a text of capitals a word is no part of a plate for being in capitals: "BUS 44 IN THE SEA".
                let word = shouted && token.has_letters(2) && token.classes != Classes::default();
                all_upper &= !letters || capital && (!word || token.has_digit());
            }
            TokenKind::Mark('-' | '/') if index > at && !token.spaced => continue,
            TokenKind::Mark(_) | TokenKind::Address | TokenKind::Mailbox | TokenKind::Newline => break,
        }
        if text.len() > 24 || begins_with_word(&text) {
            break;
        }
        let range = at..index + 1;
        let beside = || (asked || beside_unit(sheet, at)) && names_plate(sheet, range.clone());
        let one_number = pieces > 1 && numbers == 1 && !mixed;
        let clear = match shape_of(&text) {
            None => false,
            Some(_) if is_labelled(sheet, at) && (all_upper || in_pieces(sheet, range.clone())) => true,
            Some(Writing::Region) => {
                all_upper
                    || pieces == 1
                    || is_spaced_plate(sheet, range, |form| form == "на" || MEASURES.contains(&form))
            }
            Some(Writing::NoWords) => {
                pieces == 1 || is_spaced_plate(sheet, range, |form| SMALL_WORDS.contains(&form))
            }
            Some(_) if of_other => false,
            Some(Writing::Clear | Writing::Trailer) if !one_number => {
                let measures = || measures(sheet, range.clone());
                pieces == 1
                    || all_upper && (!measures() || beside())
                    || is_no_measure(sheet, range.clone()) && beside()
            }
            Some(Writing::Capitals) => all_upper,
            Some(Writing::Series) if !one_number => all_upper,
            Some(Writing::Beside | Writing::Series) => {
                all_upper && !measures(sheet, range.clone()) && beside()
            }
            Some(Writing::Spoken) => {
                all_upper && may_be_spoken(sheet, range) && (asked || is_of_vehicles(sheet, at))
            }
            Some(Writing::BesideNoWords | Writing::Clear | Writing::Trailer) => {
                (all_upper || is_no_measure(sheet, range.clone())) && beside()
            }
        };
        let more_digits = sheet.token(index).is_some_and(|token| token.kind == TokenKind::Number)
            && sheet
                .token(index + 1)
                .is_some_and(|next| matches!(next.kind, TokenKind::Mark('.' | ':')) && !next.spaced)
            && sheet.token(index + 2).is_some_and(|next| next.kind == TokenKind::Number && !next.spaced);
        let counts = pieces > 1 && sheet.token(index + 1).is_some_and(|next| next.has(Class::Measure));
        if clear && has_letter && !more_digits && !counts {
            longest = index + 1 - at;
        }
    }
    longest
}

/// How many tokens a German plate takes at `at`, `HH-AB 1234`, 0 if there is none: its hyphen parts two groups of letters, so that it has
/// no shape of its own.
fn german_at(sheet: &Sheet<'_>, at: usize, asked: bool) -> usize {
    let letters = |at: usize, most: usize| {
        sheet.token(at).is_some_and(|token| {
            token.is_word()
                && token.is_latin()
                && !token.has_digit()
                && (token.case == Case::Upper || token.case == Case::Capital && token.form.len() == 1)
                && !token.has_letters(most + 1)
                && token.classes == Classes::default()
        })
    };
    let hyphen = sheet.glued(at + 1).is_some_and(|mark| mark.is_mark('-'));
    let number =
        sheet.token(at + 3).is_some_and(|token| token.kind == TokenKind::Number && token.form.len() <= 4);
    let shape = letters(at, 3) && hyphen && letters(at + 2, 2) && sheet.glued(at + 2).is_some() && number;
    let ends = || !sheet.glued(at + 4).is_some_and(|next| next.is_mark('-'));
    if shape && ends() && (asked || is_of_vehicles(sheet, at)) { 4 } else { 0 }
}

/// What stands in capitals beside numbers and is no part of a plate: models, measures, states.
const NO_PLATES: &[&str] = &[
    "fmb", "fmc", "fmm", "fmt", "fmp", "fmu", "tft", "rpm", "pto", "abs", "adc", "ain", "din", "obd", "err",
    "rfc", "rfid", "http", "on", "off", "ok", "no", "yes", "eu", "us", "gb", "hz", "mhz", "khz", "ghz",
    "soc", "vin", "dtc", "can", "lls", "co2", "двс", "дут", "акб", "то", "тэп", "лвс", "гсм",
];

/// Whether the letters have no meaning of their own, and none stands alone behind a number: "FMC 130 EU", "RPM 800 A".
fn may_be_spoken(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    let plain = |(at, token): (usize, &Token)| {
        token.has_digit()
            || token.classes == Classes::default()
                && !NO_PLATES.contains(&token.form.as_str())
                && (at == 0 || token.has_letters(2))
    };
    !measures(sheet, range.clone())
        && sheet.slice(range).iter().enumerate().filter(|(_, token)| token.is_word()).all(plain)
}

/// Whether the sentence of `at` is about vehicles or who drives them.
fn is_of_vehicles(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.any(sheet.sentence_at(at), &[Class::UnitNoun, Class::Make, Class::PersonElement])
}

/// Words of two letters, units of measure among them, that plates could have.
const SMALL_WORDS: &[&str] = &[
    "на", "не", "но", "ну", "та", "то", "те", "ту", "от", "ко", "со", "во", "ее", "ах", "ох", "ха", "км",
    "см", "мм", "кв", "ст", "ом", "тс", "мс", "мв", "ма", "вт", "тр", "тк", "ср", "ок", "он", "ha", "km",
    "cm", "mm", "hp", "kb", "mb", "cc", "ah", "ma", "mt", "at", "to", "am", "pm", "by", "my", "me", "be",
];
/// Units of measure among them that are written in capitals, too.
const MEASURES: &[&str] =
    &["км", "см", "мм", "кв", "ст", "тс", "вт", "тр", "ср", "km", "cm", "mm", "hp", "kb", "mb"];
/// Words of one letter that plates could begin with.
const LETTER_WORDS: &[&str] = &["а", "в", "к", "о", "с", "у", "a"];

/// Whether the two letters of a plate written with spaces are one piece, no word after a word of one letter, and the first letter is no
/// article: "a 125 cc scooter".
fn is_spaced_plate(sheet: &Sheet<'_>, range: Range<usize>, is_word: impl Fn(&str) -> bool) -> bool {
    let first = sheet.form(range.start);
    let doubtful = LETTER_WORDS.contains(&first);
    let mut after = sheet.slice(range).iter().skip(1).filter(|token| token.is_word());
    after.all(|token| {
        let form = token.form.as_str();
        let is_article = first == "a" && token.is_latin();
        let letters = form.chars().filter(|c| is_alphabetic(*c)).nth(1).is_some();
        letters && !is_article && !(doubtful && is_word(form))
    })
}

/// Whether the two letters of a plate are one piece that is no word and no unit of measure, and no date follows. Latin letters
/// count in capitals only: "at 4471".
fn is_no_measure(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    let dated = sheet.token(range.end).is_some_and(|next| next.is_mark('-') && !next.spaced);
    let plain = |token: &Token| {
        token.has_digit()
            || token.has_letters(2)
                && (!token.is_latin() || token.case == Case::Upper)
                && !token.has(Class::Filler)
                && !SMALL_WORDS.contains(&token.form.as_str())
    };
    !dated && sheet.slice(range).iter().filter(|token| token.is_word()).all(plain)
}

/// Whether the letters could be the unit that the number before them is told in.
fn measures(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    sheet.slice(range).iter().any(|token| MEASURES.contains(&token.form.as_str()))
}

/// Whether all letters of a plate are two or more together, or the first alone, and the last no word that a sentence goes on with:
/// «госномер 4417 не виден».
fn in_pieces(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    let tokens = sheet.slice(range);
    let words = tokens.iter().enumerate().filter(|(_, token)| token.is_word());
    words.into_iter().all(|(at, token)| at == 0 || token.has_letters(2))
        && tokens.last().is_some_and(|last| !SMALL_WORDS.contains(&last.form.as_str()))
}

/// Whether no letters of what looks like a plate mean something else: «ДВС 1500», "RPM 1200".
fn names_plate(sheet: &Sheet<'_>, range: Range<usize>) -> bool {
    !sheet.slice(range).iter().any(|token| NO_PLATES.contains(&token.form.as_str()))
}

/// Papers with numbers like plates, beside those of the lists.
const PAPERS: &[&str] = &["паспорт", "полис", "осаго", "каско", "passport", "policy"];

/// Whether the number at `at` is told of something else: «договор № АВ 123456», "invoice AB 123456".
fn is_of_other(sheet: &Sheet<'_>, at: usize) -> bool {
    let mut before = (1..=MOST_LABEL).map_while(|back| sheet.before(at, back));
    let noun = before.find(|token| !token.is_mark('№') && !token.is_mark('#'));
    noun.is_some_and(|noun| {
        noun.classes.any(&[Class::OtherNumber, Class::Error, Class::Document])
            || PAPERS.iter().any(|paper| noun.form.starts_with(paper))
    })
}

/// Marks between a label and what it names.
const LABEL_MARKS: &[char] = &[':', '=', '-', '№', '#', '.', '('];

/// Most tokens of a word for a plate: «гос. рег. знак».
const MOST_LABEL: usize = 5;

/// How many tokens a word for a plate takes at `at`: «госномер», «гос. №», «г/н», "reg. no", "number plate"; 0 if there is none.
pub(super) fn label(sheet: &Sheet<'_>, at: usize) -> usize {
    let form =
        |at: usize| sheet.token(at).filter(|token| token.is_word()).map_or("", |token| token.form.as_str());
    let starts = |at: usize, stems: &[&str]| {
        sheet.token(at).is_some_and(|token| token.is_word() && token.begins(stems))
    };
    let mark = |at: usize, mark: char| sheet.token(at).is_some_and(|token| token.is_mark(mark));
    let first = form(at);
    let dotted = |at: usize| at + usize::from(mark(at, '.'));
    let state = first == "гос" || starts(at, &["государственн"]);
    let registered =
        |at: usize| matches!(form(at), "рег" | "reg") || starts(at, &["регистрационн", "registration"]);
    if first == "г" && (mark(at + 1, '/') || mark(at + 1, '.')) && form(at + 2) == "н" {
        return dotted(at + 3) - at;
    }
    if state || registered(at) {
        let mut next = dotted(at + 1);
        if state && registered(next) {
            next = dotted(next + 1);
        }
        let named =
            starts(next, &["номер", "знак", "number", "plate"]) || form(next) == "no" || mark(next, '№');
        return if named { next + 1 - at } else { usize::from(matches!(first, "reg" | "registration")) };
    }
    if matches!(first, "number" | "license" | "licence") && starts(at + 1, &["plate"]) {
        return 2;
    }
    usize::from(
        starts(at, &["госномер", "госзнак"]) || matches!(first, "грз" | "гн" | "plate" | "plates" | "rego"),
    )
}

/// Whether a word for a plate stands right before, with nothing but marks between.
fn is_labelled(sheet: &Sheet<'_>, at: usize) -> bool {
    let is_mark = |token: &Token| LABEL_MARKS.iter().any(|mark| token.is_mark(*mark));
    let end = (1..=3).find(|back| sheet.before(at, *back).is_none_or(|token| !is_mark(token)));
    let end = at.saturating_sub(end.unwrap_or(1)) + 1;
    (1..=MOST_LABEL).filter_map(|length| Some((end.checked_sub(length)?, length))).any(|(start, length)| {
        let named = label(sheet, start);
        named > 0 && (length..=length + at - end).contains(&named)
    })
}

/// Whether a word for a unit or its plate stands shortly before.
fn beside_unit(sheet: &Sheet<'_>, at: usize) -> bool {
    (1..=5).any(|back| {
        sheet.before(at, back).is_some_and(|token| token.classes.any(&[Class::UnitNoun, Class::Make]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shape_begins_with_more_letters_than_are_looked_at() {
        for (shape, _) in SHAPES {
            assert!(shape.find('D').is_some_and(|letters| letters <= MOST_LETTERS), "{shape}");
        }
    }
}
