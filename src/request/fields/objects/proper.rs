//! Names that are told by their look and place alone: logins in small letters, places, machines by their number.

use super::Found;
use crate::request::cue::Cue;
use crate::request::learned::senses;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};

/// First parts of English compounds: "e-mail", "third-party".
const OF_COMPOUNDS: &[&str] = &[
    "all", "any", "auto", "cross", "full", "half", "high", "log", "long", "low", "multi", "new", "non",
    "old", "one", "post", "pre", "read", "real", "self", "semi", "short", "sign", "sub", "third", "top",
    "two", "well",
];

/// Whether the word at `at` is a Latin one that a mark joins to another, with no meaning of their own: `alfa-trans`, `elena.mostovaya`,
/// `anna.k`, `j.d`, `dispatch.1`.
pub(super) fn is_joined(sheet: &Sheet<'_>, at: usize) -> bool {
    let strange = |token: &Token| {
        token.is_word()
            && token.is_latin()
            && token.classes == Classes::default()
            && token.has_letters(3)
            && !OF_COMPOUNDS.contains(&token.form.as_str())
    };
    let is_first = || sheet.glued(at).is_none() || !sheet.before(at, 1).is_some_and(|mark| mark.is_mark('-'));
    sheet.token(at).is_some_and(strange)
        && sheet.glued(at + 1).is_some_and(|mark| mark.is_mark('-') || mark.is_mark('.') && is_first())
        && sheet.glued(at + 2).is_some_and(|next| strange(next) && next.case == Case::Lower)
        || is_joined_to_initial(sheet, at)
}

/// Whether a full stop joins a letter or a short number to the small Latin letters at `at`, or a hyphen a letter to a word without a
/// meaning of its own: `anna.k`, `j.d`, `dispatch.1`, `anna-k`; not "i.e.", "a.m.".
fn is_joined_to_initial(sheet: &Sheet<'_>, at: usize) -> bool {
    const ABBREVIATIONS: &[(&str, &str)] =
        &[("i", "e"), ("e", "g"), ("a", "m"), ("p", "m"), ("n", "a"), ("a", "k"), ("p", "s"), ("w", "r")];
    let small = |token: &Token| {
        token.is_word() && token.is_latin() && token.case == Case::Lower && !token.has_digit()
    };
    let Some(first) = sheet.token(at).filter(|token| small(token)) else { return false };
    let Some((mark, last)) = sheet.glued(at + 1).zip(sheet.glued(at + 2)) else { return false };
    let initial = small(last) && !last.has_letters(2);
    let numbered = last.kind == TokenKind::Number && last.form.len() <= 2;
    let goes_on = sheet.glued(at + 3).is_some_and(|next| {
        next.is_word() || next.kind == TokenKind::Number || next.is_mark('-') || next.is_mark('/')
    });
    let abbreviated = ABBREVIATIONS.contains(&(first.form.as_str(), last.form.as_str()));
    let hyphenated = first.classes == Classes::default() && first.has_letters(3) && initial;
    !goes_on
        && !abbreviated
        && (mark.is_mark('.') && (initial || numbered) || mark.is_mark('-') && hyphenated)
}

/// Whether what was found is named by a login or as a place, which no other noun would have: "account sgcold", "Depot Lyon-Sud".
pub(super) fn is_proper(sheet: &Sheet<'_>, found: &Found) -> bool {
    let noun = found.range.start;
    found.cue == Cue::NounWithName
        && sheet
            .token(noun)
            .is_some_and(|token| is_login(sheet, noun + 1, token) || is_place(sheet, noun + 1, token))
}

/// What stands beside "user" and "account" and has no meaning of its own in a support mail.
const NO_LOGINS: &[&str] = &[
    "agreement",
    "area",
    "balance",
    "base",
    "experience",
    "guide",
    "handbook",
    "holder",
    "info",
    "interface",
    "level",
    "list",
    "login",
    "manager",
    "manual",
    "name",
    "owner",
    "page",
    "panel",
    "password",
    "profile",
    "rights",
    "role",
    "roles",
    "side",
    "team",
];

/// "unlock user john in Wialon", "account sgcold, please": a word in small letters that is none of the language, where its clause ends.
pub(super) fn is_login(sheet: &Sheet<'_>, at: usize, noun: &Token) -> bool {
    const ENDINGS: &[&str] = &["ing", "ed", "ly", "tion", "ions", "ment", "ments", "ity", "able", "ness"];
    let Some(token) = sheet.token(at) else { return false };
    let form = token.form.as_str();
    let strange = || {
        token.is_latin()
            && token.case == Case::Lower
            && token.classes == Classes::default()
            && token.has_letters(3)
            && !NO_LOGINS.contains(&form)
            && !ENDINGS.iter().any(|ending| form.ends_with(ending))
            && !senses::is_known(&sheet.tokens, at)
    };
    let ends = || {
        sheet.token(at + 1).is_none_or(|next| match next.kind {
            TokenKind::Word => {
                matches!(next.form.as_str(), "in" | "on" | "at" | "from" | "please" | "cannot")
            }
            TokenKind::Newline | TokenKind::Mark(',' | '.' | ';' | '!' | '?' | ')' | '(') => true,
            TokenKind::Mark(_) | TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
        })
    };
    let one = matches!(noun.form.as_str(), "user" | "account" | "subaccount" | "username" | "tenant");
    let beside = sheet.before(at, 1).is_some_and(|before| before.form == noun.form);
    one && beside && ends() && !sheet.is_transliterated() && strange()
}

/// "Depot Lyon-Sud", wherever in a sentence it stands: two names joined by a hyphen.
pub(super) fn is_place(sheet: &Sheet<'_>, at: usize, noun: &Token) -> bool {
    let name = |at: usize| {
        sheet.token(at).is_some_and(|token| {
            token.is_word()
                && token.case == Case::Capital
                && token.has_letters(3)
                && token.classes == Classes::default()
                && !OF_COMPOUNDS.contains(&token.form.as_str())
        })
    };
    let place = matches!(
        noun.form.as_str(),
        "depot" | "warehouse" | "geofence" | "zone" | "location" | "poi" | "stop"
    );
    let hyphen = sheet.glued(at + 1).is_some_and(|mark| mark.is_mark('-'));
    place && name(at) && hyphen && name(at + 2) && sheet.glued(at + 2).is_some()
}

/// "the 336 excavator": the number of one machine, no year, and no "500 truck limit".
pub(super) fn is_numbered_machine(sheet: &Sheet<'_>, at: usize, noun: &Token) -> bool {
    const NO_MACHINES: &[&str] =
        &["unit", "vehicle", "device", "tracker", "asset", "plate", "registration", "reg", "rego"];
    const LIMITS: &[&str] =
        &["limit", "fleet", "plan", "package", "licence", "license", "quota", "subscription", "tariff"];
    let form = |at: Option<&Token>| at.map_or("", |token| token.form.as_str()).to_owned();
    let number = form(sheet.before(at, 1).filter(|token| token.kind == TokenKind::Number));
    let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
    noun.is_latin()
        && noun.has(Class::UnitNoun)
        && !noun.form.ends_with('s')
        && !NO_MACHINES.contains(&noun.form.as_str())
        && (2..=4).contains(&number.len())
        && !year
        && matches!(form(sheet.before(at, 2)).as_str(), "the" | "our" | "this" | "that" | "my")
        && !LIMITS.contains(&form(sheet.token(at + 1)).as_str())
}
