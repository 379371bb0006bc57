//! Questions: sentences that ask, for a way, a possibility or a price.

use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind};
use std::ops::Range;

/// Whether a sentence asks something.
pub(crate) fn is_question(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sheet.judge(sentence, |known| &known.is_question, || asks(sheet, sentence))
}

fn asks(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let mark = tokens.iter().rev().take(3).any(|token| token.is_mark('?'));
    let opens = || tokens.iter().filter(|token| token.is_word()).take(6).any(|token| token.has(Class::Asks));
    let asked = tokens.iter().any(|token| token.has(Class::Asks));
    let indirect = tokens.iter().any(|token| token.form == "ли" || token.form == "whether");
    let inquires = tokens.iter().any(|token| token.has(Class::Inquires));
    if indirect || inquires || does_not_know(sheet, sentence) {
        return true;
    }
    let mut words = tokens.iter().filter(|token| token.is_word() && !token.has(Class::Greeting));
    mark || asked && opens() && words.next().is_some_and(|first| first.has(Class::Asks))
        || tokens.iter().any(|token| token.has(Class::Price)) && asked
}

/// Whether a question asks for the way or the price of a thing: malfunctions in it are only thought of.
pub(crate) fn is_how_to(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let shown = tokens.iter().any(|token| token.has(Class::Shows))
        && sentence.clone().any(|at| sheet.quoted_at(at).is_some());
    let contrast = tokens.iter().any(|token| matches!(token.form.as_str(), "хотя" | "although" | "though"));
    if tokens.iter().any(|token| token.has(Class::Why)) || shown || contrast {
        return false;
    }
    let mut words = tokens
        .iter()
        .filter(|token| token.is_word() && !token.classes.any(&[Class::Greeting, Class::Please]));
    let auxiliary = words.clone().next().is_some_and(|first| {
        matches!(
            first.form.as_str(),
            "can" | "is" | "does" | "do" | "could" | "are" | "will" | "would" | "have" | "has"
        )
    });
    auxiliary
        || tokens.iter().any(|token| token.has(Class::Inquires))
        || tokens.iter().any(|token| token.form == "ли" || token.form == "whether")
        || words.clone().take(5).any(|token| {
            matches!(
                token.form.as_str(),
                "как"
                    | "можно"
                    | "сколько"
                    | "какой"
                    | "какая"
                    | "какие"
                    | "умеет"
                    | "есть"
                    | "чем"
                    | "где"
                    | "подскажите"
                    | "поддерживает"
                    | "будет"
                    | "будут"
                    | "существует"
                    | "how"
                    | "which"
                    | "where"
                    | "what"
            )
        })
        || does_not_know(sheet, sentence) && words.any(|token| token.has(Class::Asks))
}

/// Whether a question names what it asks for: «как добавить колонку», not «как исправить».
pub(crate) fn is_telling(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    tells(reading, sheet, sentence, 0)
}

/// The same where so many names and numbers say it, too.
fn tells(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>, named: usize) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let mending = tokens.iter().any(|token| {
        token.has(Class::Diagnose)
            && token.begins(&["исправ", "реши", "почин", "устран", "быть", "fix", "solve", "resolve"])
    });
    let common = tokens.iter().filter(|token| token.has(Class::Common) && !is_informative(token)).count();
    let operation =
        tokens.iter().any(|token| token.classes.any(&[Class::Operation, Class::Gesture, Class::Errand]));
    !mending && (operation || reading.informative(sheet, sentence.clone()) + common + named >= 2)
}

/// Whether a first mail puts its question: «Когда будет обновление Wialon Local?», «Подскажите телефон техподдержки». Not one that wants
/// to know whom or how it may ask: «кому задать вопрос по Wialon?», "can someone help?".
pub(crate) fn is_put(reading: &Reading<'_>) -> bool {
    /// Who writes so has perhaps not put his question yet.
    const AHEAD: &str = "вопрос спрос спраш уточн звон созвон позвон обсу говор погов общат пообщат встрет консульт проконсульт \
        обратит обращ адресова связат свяж помо ответ писа напис кое question quer enquir ask call talk speak contact chat \
        discuss describe заявк ticket request help assist reach answer available respond reply idea";
    let sheet = &reading.body;
    let named = |sentence: &Range<usize>| {
        let is_number = |at: usize| sheet.token(at).is_some_and(|token| token.kind == TokenKind::Number);
        sentence.clone().filter(|at| reading.is_product(sheet, *at) || is_number(*at)).take(1).count()
    };
    const ASKING: &[Class] = &[Class::Asks, Class::Inquires, Class::Please, Class::Diagnose];
    /// Without a question mark so many words say what is asked for.
    const FEWEST: usize = 2;
    let matters = |sentence: &Range<usize>| {
        let is_matter = |token: &Token| is_informative(token) && !token.classes.any(ASKING);
        sentence
            .clone()
            .filter(|at| sheet.token(*at).is_some_and(is_matter) && !reading.is_product(sheet, *at))
            .count()
    };
    let asks = |sentence: &Range<usize>| {
        let mut last = sheet.slice(sentence.clone()).iter().rev().take(2);
        let mark = last.any(|token| token.is_mark('?'));
        mark && tells(reading, sheet, sentence, named(sentence))
            || is_question(sheet, sentence) && matters(sentence) >= FEWEST
    };
    let is_ahead = |token: &Token| AHEAD.split(' ').any(|stem| token.form.starts_with(stem));
    !reading.is_later() && sheet.sentences.iter().any(asks) && !sheet.tokens.iter().any(is_ahead)
}

/// «не могу найти, где», "don't know how": a question in the form of a statement.
pub(crate) fn does_not_know(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const KNOWING: &[&str] = &[
        "найти",
        "нашел",
        "нашла",
        "нашли",
        "нахожу",
        "находим",
        "знаю",
        "знаем",
        "понимаю",
        "понимаем",
        "понять",
        "разобраться",
        "понял",
        "поняли",
        "find",
        "found",
        "know",
        "figure",
        "understand",
        "sure",
    ];
    const WAYS: &[&str] = &["где", "как", "куда", "каким", "можно", "where", "how", "which", "whether", "if"];
    let mut negated = false;
    let mut unknown = false;
    for token in sheet.slice(sentence.clone()) {
        negated |= token.has(Class::Negation);
        unknown |= negated && KNOWING.contains(&token.form.as_str());
        if unknown && WAYS.contains(&token.form.as_str()) {
            return true;
        }
    }
    false
}
