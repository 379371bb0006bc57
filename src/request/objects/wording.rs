//! An element in the words of a letter: «объекту Самосвалом 12» is how a client's sentence needs it, and reads badly in a list.

use super::super::lexicon::Class;
use super::super::sheet::Sheet;
use super::super::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// How nouns are declined. What may be either number is taken for the singular.
struct Declension {
    /// What follows a stem in the singular, the nominative first.
    singular: &'static [&'static str],
    /// And in the plural. («ы» is «и» behind some letters.)
    plural: &'static [&'static str],
    stems: &'static str,
}

const NOUNS: [Declension; 5] = [
    Declension {
        singular: &["", "а", "у", "ом", "е"],
        plural: &["ы", "и", "ов", "ам", "ами", "ах"],
        stems: "объект отчет шаблон датчик логин аккаунт ресурс маршрут рейс заказ борт трактор самосвал комбайн трекер прибор терминал \
                автобус грузовик тягач прицеп бульдозер экскаватор погрузчик кран камаз маз краз манипулятор бензовоз миксер проект номер госномер \
                виджет курьер юнит сотрудник",
    },
    Declension {
        singular: &["а", "ы", "и", "е", "у", "ой", "ою"],
        plural: &["ы", "ам", "ами", "ах"],
        stems: "машин геозон групп зон учетк фур заявк смен симк команд карточк",
    },
    Declension {
        singular: &["ь", "и", "ью"], plural: &["и", "ей", "ям", "ями", "ях"], stems: "газел модел"
    },
    Declension {
        singular: &["ь", "я", "ю", "ем", "е"],
        plural: &["и", "ей", "ям", "ями", "ях"],
        stems: "пользовател автомобил водител двигател",
    },
    Declension {
        singular: &["ие", "ию", "ием", "ии"],
        plural: &["ия", "ий", "иям", "иями", "иях"],
        stems: "уведомлени задани",
    },
];

const MAKES: &[&str] = &["камаз", "маз", "краз", "газел"];

/// Nouns that a name follows.
const ELEMENTS: &[Class] =
    &[Class::UnitNoun, Class::ElementNoun, Class::AccountNoun, Class::NumberedNoun, Class::PersonElement];

/// How constants begin that no element is called by.
const CONSTANTS: &[&str] = &["err_", "error_", "invalid_", "validate_", "access_", "status_", "connection_"];

/// The words at `range`, short: a noun in front in the nominative, a code or number as it is, other words as a quotation. `None` of
/// what a program says («creatorId":123», `INVALID_SID`): no letter should repeat that.
pub(super) fn words(sheet: &Sheet<'_>, range: Range<usize>) -> Option<String> {
    let tokens = sheet.slice(range.clone());
    // A name may look like a constant: «объект KAMAZ_SEVER».
    let before = sheet.slice(range.start.saturating_sub(2)..range.start);
    let named = before.iter().chain(tokens).any(|token| token.classes.any(ELEMENTS));
    let constant =
        tokens.iter().filter(|token| token.case == Case::Upper && !token.has_digit()).any(|token| {
            let known = || CONSTANTS.iter().any(|beginning| token.form.starts_with(beginning));
            token.form.contains('_') && token.form.is_ascii() && (!named || known())
        });
    let span = sheet.span(range.clone());
    let around = |range: Range<usize>| sheet.text.get(range).unwrap_or_default();
    let before = around(0..span.start);
    let json = ["{\"", ",\"", "\":\""].iter().any(|opening| before.ends_with(opening))
        || around(span.end..sheet.text.len()).starts_with("\":")
        || around(span).contains("\":");
    (!constant && !json).then(|| worded(sheet, range))
}

fn worded(sheet: &Sheet<'_>, range: Range<usize>) -> String {
    let text =
        |range: Range<usize>| super::super::shorten(sheet.text.get(sheet.span(range)).unwrap_or_default());
    let mark = |at: Option<usize>| {
        let token = at.and_then(|at| sheet.token(at));
        token.is_some_and(|token| matches!(token.kind, TokenKind::Mark('«' | '»' | '"' | '“' | '„' | '”')))
    };
    if mark(range.start.checked_sub(1)) && mark(Some(range.end)) {
        return text(range.start.saturating_sub(1)..range.end + 1);
    }
    let next = sheet.token(range.start + 1);
    let compound = next.is_some_and(|next| next.is_mark('-'));
    let first = sheet.token(range.start).filter(|_| range.len() > 1 && !compound);
    let account = first.is_some_and(|first| first.form.starts_with("учетн"))
        && next.is_some_and(|next| next.form.starts_with("запис"));
    let numbers = sheet.slice(range.clone()).iter().filter(|token| token.has_digit()).count();
    let (head, nouns) = match first.and_then(|first| nominative(first, numbers == 1)) {
        _ if account && range.len() > 2 => (Some("учётная запись".to_owned()), 2),
        Some(noun) => (Some(noun), 1),
        None => (None, 0),
    };
    let rest = range.start + nouns..range.end;
    let tokens = sheet.slice(rest.clone());
    let linked = head.is_some() && tokens.first().is_some_and(|first| first.has(Class::Link));
    let quoted = rest.clone().any(|at| sheet.quoted_at(at).is_some())
        || tokens.iter().any(|token| matches!(token.kind, TokenKind::Mark('«' | '"' | '“' | '„')));
    let russian = tokens.iter().find(|token| token.is_word()).is_some_and(|first| !first.is_latin());
    let words = if !linked && !quoted && russian && tokens.iter().any(may_be_declined) {
        format!("«{}»", text(rest))
    } else {
        text(rest)
    };
    head.map_or(words.clone(), |head| format!("{head} {words}"))
}

/// The nominative of a noun of the field, in the singular before `one` number; `None` of any other word.
fn nominative(token: &Token, one: bool) -> Option<String> {
    let (stem, ending) = NOUNS.iter().find_map(|Declension { singular, plural, stems }| {
        stems.split_whitespace().find_map(|stem| {
            let ending = token.form.strip_prefix(stem)?;
            let number = [singular, plural].into_iter().find(|number| number.contains(&ending))?;
            Some((stem, *if one { singular } else { number }.first()?))
        })
    })?;
    let ending =
        if ending == "ы" && stem.ends_with(['к', 'г', 'х', 'ч', 'ж', 'ш']) { "и" } else { ending };
    let word = format!("{}{ending}", stem.replace("отчет", "отчёт").replace("учетк", "учётк"));
    // Makes are written as the client writes them.
    if !MAKES.contains(&stem) {
        return Some(word);
    }
    let mut letters = word.chars();
    match (token.case, letters.next()) {
        (Case::Lower, _) | (_, None) => Some(word),
        (Case::Upper, _) => Some(word.to_uppercase()),
        (Case::Capital | Case::Mixed, Some(first)) => Some(first.to_uppercase().chain(letters).collect()),
    }
}

/// Whether a word may stand in another form than in a list: Russian, no code and no abbreviation.
fn may_be_declined(token: &Token) -> bool {
    token.is_word()
        && !token.is_latin()
        && !token.has_digit()
        && token.has_letters(3)
        && token.case != Case::Upper
}
