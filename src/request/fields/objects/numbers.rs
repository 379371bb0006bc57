//! Elements by number: IMEI, SIM, identifiers in API calls.

use super::names::NOUNS;
use super::{Found, is_time};
use crate::mail::own_text::is_of_register;
use crate::request::cue::Cue;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};

/// Words that announce an identifier.
const IDENTIFIERS: &[&str] = &[
    "id",
    "ид",
    "айди",
    "uid",
    "guid",
    "unid",
    "itemid",
    "item",
    "uuid",
    "идентификатор",
    "идентификатора",
    "identifier",
    "serial",
    "serials",
    "sn",
    "серийный",
];
/// Words of more than three letters ending in `id` that identify no element of a client.
const NO_ELEMENT: &[&str] = &[
    "paid",
    "said",
    "android",
    "invalid",
    "void",
    "grid",
    "avoid",
    "valid",
    "messageid",
    "requestid",
    "ticketid",
    "sessionid",
    "solid",
    "hybrid",
    "rapid",
];

pub(super) fn find(sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    for (at, token) in sheet.tokens.iter().enumerate() {
        let length = match token.kind {
            TokenKind::Number if is_imei(sheet, at, token) => 1,
            TokenKind::Word if is_vin(token) => 1,
            TokenKind::Word if token.form == "imei" || token.form == "имей" || token.form == "имеи" => {
                labelled(sheet, at, 8)
            }
            TokenKind::Word if token.has(Class::SimNoun) => labelled(sheet, at, 7),
            TokenKind::Word if is_phone(sheet, at, token) => labelled(sheet, at, 9),
            TokenKind::Word if is_identifier(sheet, at, token) => identified(sheet, at),
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Mark(_)
            | TokenKind::Address
            | TokenKind::Mailbox
            | TokenKind::Newline => 0,
        };
        if length > 0 {
            let sure = !token.has(Class::OtherNumber);
            let cue = if length == 1 { Cue::ImeiOrVin } else { Cue::ElementNumber };
            found.push(Found { range: at..at + length, cue, sure });
        }
    }
}

/// 15 digits, or the 19 and 20 of a SIM card.
fn is_imei(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    let digits = token.form.len();
    let mut before = (1..=MOST_BETWEEN).map_while(|back| sheet.before(at, back));
    let noun = before.find(|token| !matches!(token.kind, TokenKind::Mark(_)) && !token.has(Class::Link));
    // "VAT registration number: 310123456700003", «ИНН/ОГРНИП: 500100732259 / 304500116000157».
    let beside = |back: usize| back > 1 && sheet.before(at, back - 1).is_some_and(|next| next.is_mark('/'));
    let registered = (1..=LONGEST_LABEL)
        .map_while(|back| Some((back, sheet.before(at, back)?)))
        .take_while(|(back, token)| match token.kind {
            TokenKind::Newline => false,
            TokenKind::Number => beside(*back),
            TokenKind::Word | TokenKind::Mark(_) | TokenKind::Address | TokenKind::Mailbox => {
                token.form != "imei"
            }
        })
        .any(|(_, token)| is_of_register(&token.form));
    let of_other = registered || noun.is_some_and(|noun| noun.has(Class::OtherNumber));
    // «352093081234567.» ends a sentence.
    let decimal = sheet
        .token(at + 1)
        .is_some_and(|next| matches!(next.kind, TokenKind::Mark('.' | ',')) && !next.spaced)
        && sheet
            .token(at + 2)
            .is_some_and(|next| next.kind == TokenKind::Number && !next.spaced && next.form.len() != digits);
    (digits == 15 || matches!(digits, 19 | 20) && token.form.starts_with("89"))
        && !token.form.starts_with('0')
        && !of_other
        && !decimal
}

/// So many tokens stand between a noun and its number at most: «договору № », «номер : ».
const MOST_BETWEEN: usize = 4;

/// The telephone of somebody the sentence is about: perhaps an element, certainly no signature.
fn is_phone(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    if !matches!(token.form.as_str(), "phone" | "телефон" | "телефона") || sheet.starts_line(at)
    {
        return false;
    }
    let sentence = sheet.sentence_at(at);
    !sheet.any(sentence.clone(), &[Class::Contact, Class::Courtesy])
        && sheet.slice(sentence).iter().filter(|token| crate::request::reading::is_informative(token)).count()
            >= 3
}

/// A vehicle identification number (ISO 3779): 17 letters and digits, none of them I, O, Q.
fn is_vin(token: &Token) -> bool {
    let form = token.typed();
    let digits = form.bytes().filter(u8::is_ascii_digit).count();
    form.len() == 17
        && (4..17).contains(&digits)
        && form.bytes().all(|b| b.is_ascii_alphanumeric() && !b"ioq".contains(&b))
}

/// `id`, `itemId`, `reportObjectId`: not of our ticket, a session or an event.
fn is_identifier(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    let form = token.typed();
    // "liquid level": a word by itself ends so, too.
    let compound = || {
        form.len() > 3
            && form.ends_with("id")
            && form.is_ascii()
            && (token.case == Case::Mixed || sheet.token(at + 1).is_some_and(assigns))
    };
    let named = IDENTIFIERS.contains(&form) || compound();
    let ours = || {
        (1..=2).any(|back| sheet.before(at, back).is_some_and(|before| before.has(Class::OtherNumber)))
            || sheet.token(at + 1).is_some_and(|next| next.has(Class::OtherNumber))
    };
    named && !NO_ELEMENT.contains(&form) && !ours()
}

fn assigns(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Mark('=' | ':' | '"'))
}

/// How many tokens the word for an identifier at `at` takes with its number, 0 if there is none: `"itemId": 5`, «id объекта 311225»; not
/// "the id is missing since 2024".
fn identified(sheet: &Sheet<'_>, at: usize) -> usize {
    let mut assigned = false;
    for index in at + 1..=at + LONGEST_LABEL {
        let Some(token) = sheet.token(index) else { break };
        match token.kind {
            TokenKind::Number => {
                // One digit is enough for a program, not for a person.
                // An item may be one of a menu or list.
                let item = sheet.token(at).is_some_and(|noun| noun.form == "item");
                let fewest = if item { LONG } else { 2 };
                let named = assigned || token.form.len() >= fewest && !is_time(sheet, index);
                return if named { index + 1 - at } else { 0 };
            }
            TokenKind::Word
                if token.has(Class::Link)
                    || token.classes.meets(NOUNS)
                    || token.has(Class::ServiceThing)
                    || token.case == Case::Upper
                    || matches!(token.form.as_str(), "у" | "of" | "for") => {}
            TokenKind::Mark('"' | ':' | '=') => {
                assigned |= token.is_mark('=') || token.is_mark(':') && index > at + 1
            }
            TokenKind::Mark('(' | '#' | '№' | '[' | '\'' | '-') => {}
            TokenKind::Mark('.') if sheet.token(index + 1).is_some_and(|next| !next.spaced) => {}
            TokenKind::Word
            | TokenKind::Mark(_)
            | TokenKind::Address
            | TokenKind::Mailbox
            | TokenKind::Newline => break,
        }
    }
    0
}

/// So many digits number no item of a menu.
const LONG: usize = 5;

/// Most tokens between an identifier and its number.
const LONGEST_LABEL: usize = 6;

/// How many tokens a label at `at` takes with its number of at least `digits` digits, 0 if there is none: spaces,
/// brackets and hyphens inside, a few words between.
fn labelled(sheet: &Sheet<'_>, at: usize, digits: usize) -> usize {
    let mut seen = 0;
    let mut last = 0;
    for index in at + 1..at + 14 {
        let Some(token) = sheet.token(index) else { break };
        match token.kind {
            TokenKind::Number => {
                seen += token.form.len();
                last = index;
            }
            TokenKind::Word if seen == 0 && index <= at + 4 && !token.has_digit() => {}
            TokenKind::Mark('-' | '(' | ')' | '+' | '"' | ':' | '=' | '#' | '№' | '.' | '[' | '\'')
                if seen == 0 || token.is_mark('-') || token.is_mark('(') || token.is_mark(')') => {}
            TokenKind::Word
            | TokenKind::Mark(_)
            | TokenKind::Address
            | TokenKind::Mailbox
            | TokenKind::Newline => break,
        }
    }
    if seen >= digits && seen <= 24 { last + 1 - at } else { 0 }
}
