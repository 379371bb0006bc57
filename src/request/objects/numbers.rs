//! Elements by number: IMEI, SIM, identifiers in API calls.

use super::super::lexicon::Class;
use super::super::sheet::Sheet;
use super::super::tokens::{Token, TokenKind};
use super::Found;

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
    "s/n",
    "sn",
    "серийный",
];
/// Words ending in `id` that identify no element of a client.
const NO_ELEMENT: &[&str] = &[
    "sid",
    "eid",
    "paid",
    "said",
    "android",
    "invalid",
    "void",
    "grid",
    "avoid",
    "did",
    "valid",
    "messageid",
    "requestid",
    "ticketid",
    "sessionid",
    "solid",
    "hybrid",
    "rapid",
    "mid",
    "hid",
    "bid",
    "aid",
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
            TokenKind::Word if is_identifier(sheet, at, token) => labelled(sheet, at, 2),
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Mark(_)
            | TokenKind::Address
            | TokenKind::Mailbox
            | TokenKind::Newline => 0,
        };
        if length > 0 {
            let sure = !token.has(Class::OtherNumber);
            let cue = if length == 1 { "IMEI or VIN" } else { "number of an element" };
            found.push(Found { range: at..at + length, cue, sure });
        }
    }
}

/// 15 digits, or the 19 and 20 of a SIM card.
fn is_imei(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    let digits = token.form.len();
    let money =
        sheet.before(at, 1).or(sheet.before(at, 2)).is_some_and(|before| before.has(Class::OtherNumber));
    let decimal = sheet
        .token(at + 1)
        .is_some_and(|next| matches!(next.kind, TokenKind::Mark('.' | ',')) && !next.spaced);
    (digits == 15 || digits == 19 && token.form.starts_with("89"))
        && !token.form.starts_with('0')
        && !money
        && !decimal
}

/// The telephone of somebody the sentence is about: perhaps an element, certainly no signature.
fn is_phone(sheet: &Sheet<'_>, at: usize, token: &Token) -> bool {
    if !matches!(token.form.as_str(), "phone" | "телефон" | "телефона") || sheet.starts_line(at)
    {
        return false;
    }
    let sentence = sheet.sentence_at(at);
    !sheet.any(sentence.clone(), &[Class::Contact, Class::Courtesy])
        && sheet.slice(sentence).iter().filter(|token| super::super::reading::is_informative(token)).count()
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
    let named = IDENTIFIERS.contains(&form) || form.len() > 3 && form.ends_with("id") && form.is_ascii();
    let ours = || {
        (1..=2).any(|back| sheet.before(at, back).is_some_and(|before| before.has(Class::OtherNumber)))
            || sheet.token(at + 1).is_some_and(|next| next.has(Class::OtherNumber))
    };
    named && !NO_ELEMENT.contains(&form) && !ours()
}

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
