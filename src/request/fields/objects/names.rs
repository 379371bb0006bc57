//! Elements by name: a noun of a kind of element with a name, number or login beside it.

use super::quotations::presses;
use super::{Found, is_time, listed, proper, tells_time};
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

pub(super) const NOUNS: Classes = Classes::of_all(&[
    Class::UnitNoun,
    Class::Make,
    Class::ElementNoun,
    Class::AccountNoun,
    Class::NumberedNoun,
    Class::PersonElement,
]);

pub(super) fn find(reading: &Reading<'_>, sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    for (at, token) in sheet.tokens.iter().enumerate() {
        let carrier = token.is_word() && is_carrier(&token.form);
        if !token.is_word() || !(token.classes.meets(NOUNS) || carrier) || sheet.quoted_at(at).is_some() {
            continue;
        }
        if is_api_call(sheet, at) {
            continue;
        }
        if let Some(range) = spoken_number(sheet, at, token, carrier) {
            found.push(Found { range, cue: Cue::NounWithSpokenNumber, sure: true });
            continue;
        }
        if carrier && sheet.token(at + 1).is_some_and(Token::has_digit) && !is_time(sheet, at + 1) {
            let end = listed::numbers_end(sheet, token, at + 1, at + 2).unwrap_or(at + 2);
            found.push(Found { range: at..end, cue: Cue::NounWithName, sure: true });
            continue;
        }
        if let Some((range, sure)) =
            name_after(reading, sheet, at, token).or_else(|| number_before(sheet, at, token))
        {
            found.push(Found { range, cue: Cue::NounWithName, sure });
        }
    }
}

/// `unit/update_sensor`: the name of a call in an API, with the noun at `at` in front.
fn is_api_call(sheet: &Sheet<'_>, at: usize) -> bool {
    let method = |token: &Token| {
        token.is_latin() && token.case == Case::Lower && token.form.contains('_') && !token.has_digit()
    };
    sheet.token(at).is_some_and(Token::is_latin)
        && sheet.glued(at + 1).is_some_and(|mark| mark.is_mark('/'))
        && sheet.glued(at + 2).is_some_and(method)
}

/// «птицевоз», «ледовоз»: whatever carries something is a vehicle.
fn is_carrier(form: &str) -> bool {
    let stem = form.trim_end_matches(['а', 'у', 'о', 'м', 'е', 'ы', 'в', 'х', 'и']);
    (stem.ends_with("воз") || form.ends_with("воз"))
        && form.chars().count() >= 6
        && !form.starts_with("перевоз")
}

/// Whether the token at `at` is a noun or make of machines, which have numbers of their own.
pub(super) fn is_machine(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.token(at).is_some_and(|token| {
        token.is_word() && (token.classes.any(&[Class::UnitNoun, Class::Make]) || is_carrier(&token.form))
    })
}

/// «маз двести семь», «самосвал шакман семьсот три»: a number that was dictated, of two words or a hundred.
fn spoken_number(sheet: &Sheet<'_>, at: usize, noun: &Token, carrier: bool) -> Option<Range<usize>> {
    if !(carrier || noun.classes.any(&[Class::UnitNoun, Class::Make, Class::NumberedNoun])) {
        return None;
    }
    let is_number = |at: usize| sheet.token(at).is_some_and(|token| token.has(Class::NumberWord));
    let first = (at + 1..at + 4).find(|at| is_number(*at))?;
    let between = sheet.slice(at + 1..first).iter();
    if between.clone().any(|token| !token.is_word() || token.has(Class::Measure)) {
        return None;
    }
    let end = (first..first + 6).find(|at| !is_number(*at)).unwrap_or(first + 6);
    let hundred = sheet.slice(first..end).iter().any(|token| {
        token.form.ends_with("ст")
            || token.form.ends_with("сти")
            || token.form.ends_with("ста")
            || token.form.ends_with("сот")
            || token.form == "сто"
    });
    let counts = sheet.token(end).is_some_and(|next| next.has(Class::Measure));
    ((end - first >= 2 || hundred) && !counts).then_some(at..end)
}

/// The name after the noun at `at`, and whether it is sure.
fn name_after(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    at: usize,
    noun: &Token,
) -> Option<(Range<usize>, bool)> {
    let account = noun.has(Class::AccountNoun);
    let (mut make, mut unit) = (noun.has(Class::Make), noun.has(Class::UnitNoun));
    let mut next = at + 1;
    let mut labelled = false;
    while next <= at + 7 {
        let token = sheet.token(next)?;
        match token.kind {
            TokenKind::Mark(':' | '№' | '#' | '=' | '(' | '[' | '/' | '+') => {
                labelled = true;
                if token.is_mark('№') || token.is_mark('#') {
                    make = false;
                }
            }
            TokenKind::Mark('-') if !token.spaced || unit || account => {}
            // «гос. номер», "reg. no": an abbreviation goes on, a sentence does not.
            TokenKind::Mark('.')
                if !token.spaced
                    && sheet.token(next - 1).is_some_and(|before| before.form.chars().count() <= 3) => {}
            TokenKind::Mark('«' | '"' | '“' | '„' | '\'') => return None, // the quotation itself is the name
            TokenKind::Mailbox => return account.then_some((at..next + 1, true)),
            TokenKind::Address => {
                // ivan.petrov, unit.12; not «личный кабинет hosting.wialon.com»
                let login =
                    account && !token.form.contains('/') && !reading.rules.products.is_host(&token.form);
                return login.then_some((at..next + 1, true));
            }
            TokenKind::Newline => return None,
            TokenKind::Number => return number_names(sheet, at, next, noun, make && !labelled),
            TokenKind::Word => {
                if token.has(Class::Link) && token.case == Case::Lower
                    || matches!(token.form.as_str(), "id" | "n" | "no")
                {
                    // goes on
                } else if is_button(sheet, at, next) {
                    return None;
                } else if is_name(reading, sheet, next, token, noun, labelled) {
                    let end = name_end(sheet, next);
                    let sure = !(make && !unit && !account) || token.has_digit();
                    return Some((at..end, sure));
                } else if token.classes.meets(NOUNS)
                    && !is_in_brackets(sheet, next)
                    && (unit || account || make || noun.has(Class::ElementNoun))
                {
                    unit |= token.has(Class::UnitNoun);
                    make |= token.has(Class::Make);
                } else {
                    return None;
                }
            }
            TokenKind::Mark(_) => return None,
        }
        next += 1;
    }
    None
}

/// So many tokens a name has at most: else a line of nothing but capitals would be a name from each of its words on.
const LONGEST_NAME: usize = 16;

/// Where the name that begins at `start` ends: capitals and numbers belong to it, and initials with their full stops.
fn name_end(sheet: &Sheet<'_>, start: usize) -> usize {
    let shouted = sheet.is_shouted(start);
    let mut end = start + 1;
    let goes_on = |end: usize| {
        sheet.token(end).filter(|more| !sheet.is_cell(more)).is_some_and(|more| match more.kind {
            TokenKind::Number => true,
            TokenKind::Word => {
                more.case != Case::Lower && (!shouted || more.has_digit())
                    || proper::is_joined(sheet, end - 2)
            }
            TokenKind::Mark('-') => !more.spaced,
            TokenKind::Mark('.') => sheet.is_initial(end) || proper::is_joined(sheet, end - 1),
            TokenKind::Mark(_) | TokenKind::Address | TokenKind::Mailbox | TokenKind::Newline => false,
        })
    };
    while end - start < LONGEST_NAME && goes_on(end) {
        end += 1;
    }
    end
}

/// Whether the noun at `at` begins what stands in brackets, and a name follows: «машины (группа Север)» names the group.
fn is_in_brackets(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.before(at, 1).is_some_and(|before| before.is_mark('('))
        && !sheet.token(at + 1).is_some_and(|next| next.is_mark(')'))
}

/// Whether what follows the noun at `noun_at` is a button or command of its: «нажимаю на отчёте Печать», «в геозоне Сохранить не
/// нажимается». What is pressed itself, «нажимаю на отчёт Пробег», has its name there.
fn is_button(sheet: &Sheet<'_>, noun_at: usize, at: usize) -> bool {
    let command = sheet.token(at).is_some_and(|token| {
        token.classes.any(&[Class::Gesture, Class::Operation, Class::ActionNoun, Class::Sending])
    });
    let place = says_where(sheet, noun_at);
    if !command && !place {
        return false;
    }
    let sentence = sheet.sentence_at(noun_at);
    let pressed = |range: Range<usize>| sheet.slice(range).iter().any(presses);
    let before = sheet.clause(&sentence, noun_at).start..noun_at;
    let after = at + 1..sheet.clause(&sentence, at).end;
    pressed(before) || command && pressed(after)
}

/// Whether the noun at `at` says where something is: «на готовом отчёте», «в геозоне», «у отчёта».
fn says_where(sheet: &Sheet<'_>, at: usize) -> bool {
    let preposition =
        (1..=2).filter_map(|back| sheet.before(at, back)).find_map(|token| match token.form.as_str() {
            "в" | "во" | "на" => Some(false),
            "у" => Some(true),
            _ => None,
        });
    let form = sheet.form(at);
    let locative = form.ends_with('е') && !form.ends_with("ие") && form != "поле"
        || ["ии", "ах", "ях"].iter().any(|ending| form.ends_with(ending));
    preposition.is_some_and(|owner| owner || locative)
}

/// Most tokens of a number with its parts: `18-02-Дубна`.
const LONGEST_NUMBER: usize = 8;

/// Most tokens of a telephone number: `7 (900) 000-55-12`.
const LONGEST_PHONE: usize = 12;

/// Whether the number at `at` names the noun before it.
fn number_names(
    sheet: &Sheet<'_>,
    noun_at: usize,
    at: usize,
    noun: &Token,
    model: bool,
) -> Option<(Range<usize>, bool)> {
    let many = noun.form.ends_with("ов")
        || matches!(
            noun.form.as_str(),
            "машин" | "групп" | "units" | "vehicles" | "trucks" | "users" | "accounts"
        );
    let counted = sheet.before(noun_at, 1).is_some_and(|before| {
        before.kind == TokenKind::Number
            && !before.form.starts_with('0')
            && !noun.has(Class::NumberedNoun)
            && !noun.has(Class::UnitNoun)
    });
    let allowed = noun.classes.any(&[
        Class::UnitNoun,
        Class::Make,
        Class::NumberedNoun,
        Class::ElementNoun,
        Class::AccountNoun,
    ]);
    let linked = sheet
        .slice(noun_at + 1..at)
        .iter()
        .any(|token| matches!(token.form.as_str(), "с" | "по" | "в" | "on" | "for" | "of" | "with"));
    let list = listed::numbers_end(sheet, noun, at, at + 1)
        .filter(|_| noun.classes.any(&[Class::UnitNoun, Class::Make, Class::NumberedNoun]));
    // «по погрузчикам: 1) JCB 5 2) JCB 6»
    let item = sheet.token(at + 1).is_some_and(|mark| mark.is_mark(')') && !mark.spaced)
        && !sheet.slice(noun_at.saturating_sub(LONGEST_NUMBER)..at).iter().any(|token| token.is_mark('('));
    if !allowed
        || item
        || many && list.is_none()
        || counted
        || is_time(sheet, at)
        || linked
            && !sheet.slice(noun_at + 1..at).iter().any(|token| {
                token.is_mark('№') || token.form.starts_with("номер") || token.form.starts_with("имен")
            })
    {
        return None;
    }
    let element = noun.has(Class::ElementNoun) && !noun.classes.any(&[Class::UnitNoun, Class::NumberedNoun]);
    let numbered = sheet.slice(noun_at + 1..at).iter().any(|token| {
        token.is_mark('№')
            || token.is_mark('#')
            || token.form.starts_with("номер")
            || token.form == "number"
            || token.form == "no"
    });
    if element && !numbered && sheet.token(at).is_some_and(|token| token.form.len() < 2) {
        return None;
    }
    let more = sheet.token(at + 1).is_some_and(|next| {
        next.is_word() && !next.has(Class::Measure) && next.case != Case::Lower && next.has_digit()
    });
    if let Some(end) = list {
        return Some((noun_at..end, !model || more));
    }
    let mut end = if more { at + 2 } else { at + 1 };
    // «прицеп 55-81», «поле 118-Б», «маршрут 18-02-Дубна»
    let goes_on = |next: &Token| {
        let letter = !next.has_letters(2);
        next.has_digit() || next.is_word() && next.case != Case::Lower && (letter || !sheet.is_shouted(at))
    };
    let joint = |dash: &Token| matches!(dash.kind, TokenKind::Mark('-' | '/')) && !dash.spaced;
    while end < at + LONGEST_NUMBER
        && sheet.token(end).is_some_and(joint)
        && sheet.token(end + 1).is_some_and(|next| {
            !next.spaced
                && goes_on(next)
                && (next.has_digit() || sheet.token(end).is_some_and(|mark| mark.is_mark('-')))
        })
    {
        end += 2;
    }
    // "truck 4455 HG 01": the plate of a country whose shape is not known.
    let group = |token: &Token| {
        token.is_latin()
            && token.case == Case::Upper
            && (2..=3).contains(&token.form.len())
            && !token.has_digit()
            && token.classes == Classes::default()
    };
    if end == at + 1
        && sheet.token(end).is_some_and(group)
        && sheet.token(end + 1).is_some_and(|token| token.kind == TokenKind::Number && token.form.len() == 2)
    {
        end += 2;
    }
    // «терминал с номером +7 900 000-55-12»
    if sheet.before(at, 1).is_some_and(|plus| plus.is_mark('+')) {
        let digits = |at: usize| sheet.token(at).is_some_and(|token| token.kind == TokenKind::Number);
        let joint = |at: usize| {
            sheet.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Mark('-' | '(' | ')')))
        };
        while end < at + LONGEST_PHONE && (digits(end) || joint(end) && (digits(end + 1) || joint(end + 1))) {
            end += 1;
        }
    }
    Some((noun_at..end, !model || more))
}

/// Whether the word at `at` is a name for the noun.
fn is_name(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    at: usize,
    token: &Token,
    noun: &Token,
    labelled: bool,
) -> bool {
    let form = token.typed();
    if token.has(Class::Abbreviation)
        || token.classes.any(&[Class::Greeting, Class::Courtesy, Class::InterfaceNoun, Class::OtherNumber])
    {
        return false;
    }
    if reading.is_product(sheet, at) {
        return false;
    }
    let account = noun.has(Class::AccountNoun);
    let code = token.has_digit() && token.form.chars().count() >= 2 || token.form.contains('_');
    if code {
        return !is_time(sheet, at);
    }
    // A code joined by a hyphen: TRK-0457, УРБ-2А2.
    let joined = sheet.token(at + 1).is_some_and(|next| next.is_mark('-') && !next.spaced)
        && sheet.token(at + 2).is_some_and(|next| next.has_digit() && !next.spaced);
    if joined && (token.case != Case::Lower || token.is_latin()) {
        return true;
    }
    if account && proper::is_joined(sheet, at) && !sheet.is_transliterated() {
        return true;
    }
    if account && proper::is_login(sheet, at, noun) || proper::is_place(sheet, at, noun) {
        return true;
    }
    let foreign = token.is_latin() && !noun.is_latin() && !sheet.is_transliterated();
    if account && (foreign || labelled && token.is_latin() && !token.has(Class::Filler)) && form.len() >= 3 {
        return true;
    }
    let login = matches!(noun.form.as_str(), "login" | "username" | "логин" | "логином")
        && token.classes == Classes::default();
    if login && sheet.token(at + 1).is_none_or(|next| !next.is_word()) {
        return true;
    }
    let numbered_next = sheet.token(at + 1).is_some_and(|next| next.has_digit() && !is_time(sheet, at + 1));
    let capital =
        token.case != Case::Lower && !token.has(Class::Filler) && (numbered_next || !sheet.is_shouted(at));
    if capital && (noun.has(Class::PersonElement) || noun.has(Class::ElementNoun) || account) {
        // English capitalises menu names as well: there a name wants quotation marks, a code or a colon.
        let english = noun.is_latin();
        let plain = token.classes == Classes::default() && noun.case == Case::Lower && form.len() >= 3;
        return !english || plain || labelled || numbered_next || noun.has(Class::PersonElement);
    }
    capital
        && noun.classes.any(&[Class::UnitNoun, Class::Make])
        && (numbered_next || labelled || foreign && noun.has(Class::UnitNoun))
}

/// «15-й маршрут», «37 маршрут», "the 12 bus".
fn number_before(sheet: &Sheet<'_>, at: usize, noun: &Token) -> Option<(Range<usize>, bool)> {
    let one = sheet.before(at, 1)?;
    let code = |token: &Token| {
        token.is_word() && token.has_digit() && token.case != Case::Lower && token.form.chars().count() >= 3
    };
    let counts = counts(sheet, at, noun);
    if noun.has(Class::NumberedNoun) {
        if one.kind == TokenKind::Number && !noun.form.ends_with(['в', 'ы']) && !noun.is_latin() && !counts
        {
            return Some((at - 1..at + 1, true));
        }
        let ending =
            matches!(one.form.as_str(), "й" | "го" | "му" | "м" | "ый" | "ого" | "ому" | "ом" | "ой");
        if ending
            && sheet.before(at, 2).is_some_and(|dash| dash.is_mark('-'))
            && sheet.before(at, 3).is_some_and(|number| number.kind == TokenKind::Number)
        {
            return Some((at - 3..at + 1, true));
        }
    }
    // «512 газель», «341 камаз»: a fleet number; two machines are a count.
    let fleet =
        one.kind == TokenKind::Number && one.form.len() == 3 && !one.form.ends_with("00") && !noun.is_latin();
    if fleet
        && noun.classes.any(&[Class::Make, Class::UnitNoun])
        && !noun.form.ends_with(['в', 'й'])
        && !is_time(sheet, at - 1)
        && !counts
        && noun.form != "машин"
    {
        return Some((at - 1..at + 1, true));
    }
    if proper::is_numbered_machine(sheet, at, noun) {
        return Some((at - 1..at + 1, true));
    }
    if noun.is_latin() && noun.classes.any(&[Class::ElementNoun, Class::AccountNoun]) {
        return capitals_before(sheet, at, noun).map(|range| (range, true));
    }
    if noun.has(Class::UnitNoun) && code(one) && !is_time(sheet, at - 1) {
        return Some((at - 1..at + 1, true));
    }
    None
}

/// Whether the number before the noun at `at` may count it: «не вижу 2 заказа», «пропали 102 трактора», «101 объект»; not «у 102 трактора».
fn counts(sheet: &Sheet<'_>, at: usize, noun: &Token) -> bool {
    const GENITIVE: &[&str] = &["у", "с", "со", "от", "для", "из", "без", "около", "возле"];
    let number = sheet.before(at, 1).map_or("", |number| number.form.as_str());
    let teen = ["11", "12", "13", "14"].iter().any(|teen| number.ends_with(teen));
    let few = number.ends_with(['2', '3', '4']) && noun.form.ends_with(['а', 'я', 'ы', 'и']);
    let one = number.ends_with('1') && noun.has(Class::UnitNoun) && !noun.has(Class::NumberedNoun);
    let led = sheet.before(at, 2).is_some_and(|before| GENITIVE.contains(&before.form.as_str()));
    !teen && (few && !led || one && sheet.before(at, 2).is_none_or(|before| !before.has(Class::Filler)))
}

/// "the Daily Mileage report", "our Northhaul account": capitals inside a sentence before an English noun.
fn capitals_before(sheet: &Sheet<'_>, at: usize, noun: &Token) -> Option<Range<usize>> {
    let name = |token: &Token| {
        token.is_word()
            && token.has_letters(3)
            && token.case != Case::Lower
            && !tells_time(token)
            && !token.classes.any(&[
                Class::Abbreviation,
                Class::Filler,
                Class::Greeting,
                Class::Make,
                Class::InterfaceNoun,
                Class::UnitNoun,
            ])
            && (!token.has(Class::AccountNoun) && !token.has(Class::ElementNoun))
    };
    let code = sheet.before(at, 1).is_some_and(|token| token.is_word() && token.form.contains('_'));
    let count = (1..=4).take_while(|back| sheet.before(at, *back).is_some_and(name)).count();
    let sentence = sheet.sentence_at(at);
    let first = at - count;
    let inside = first > sentence.start
        && count > 0
        && sheet.before(first, 1).is_some_and(|token| token.kind == TokenKind::Word || token.is_mark(','));
    let product = sheet.slice(first..at).iter().any(|token| token.form == "wialon");
    (code || inside && !product && noun.case == Case::Lower).then(|| first.min(at - 1)..at + 1)
}
