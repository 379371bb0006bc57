//! Whether a mail tells that what was wrong is well again: «Р 880 СО 58 снова видна», "the truck is back online". Elements and
//! products may be named in it; nothing may be wished, asked, limited or wrong.

use super::stance::is_courteous;
use super::thanks::is_trouble;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, words};
use crate::request::text::verb_form::{Form, russian};
use crate::request::{Field, Finding, Place};
use std::ops::Range;
use std::sync::LazyLock;

/// What is well again.
const WELL: &str = "вышел_на_связь вышла_на_связь вышло_на_связь вышли_на_связь снова_на_связи опять_на_связи уже_на_связи снова_в_сети снова_онлайн \
    появился появилась появилось появились нашелся нашлась нашлось нашлись нашел нашла нашли виден видна видны снова_видно теперь_видно \
    вернулся вернулась вернулось вернулись построился построилась построилось построились сформировался сформировалась сформировалось \
    открылся открылась открылось открылись заработал заработала заработало заработали восстановился восстановилась восстановилось \
    восстановились ожил ожила ожило ожили отобразился отобразилась отобразилось отобразились пошли_данные данные_пошли снова_строится \
    теперь_строится снова_работает \
    back_online back_on_line online_again visible_again is_back are_back came_back has_returned reappeared showed_up works_again working_again \
    reporting_again tracking_again is_online_now found_it ran_fine opens_now loads_now works_now";
/// What limits it, or tells of something else.
const LIMITS: &str = "а еще другому другим посторонн* сосед* чей-то кабел* провод* перерез* someone others cable wire \
    пока временно кроме рано ненадолго иногда минут* час часа часов секунд* долго медленно нов* чуж* надпис* \
    temporarily briefly sometimes slowly hour hours minute* second seconds new strange until yet";

static WELLS: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), WELL)]));
static LIMITED: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), LIMITS)]));

/// Whoever writes more words has more to tell.
const LONGEST: usize = 25;
/// What no good news has.
const OTHERS: &[Class] = &[
    Class::Negation,
    Class::Fault,
    Class::VagueFault,
    Class::Error,
    Class::Why,
    Class::Asks,
    Class::AsksNothing,
    Class::Errand,
    Class::Plea,
    Class::Price,
    Class::Document,
    Class::Contrast,
    Class::InterfaceNoun,
    Class::Chase,
];

/// What may be the malfunction as well: «появился чужой трек», «ночные поездки вернулись».
const SHOWN: &[&str] = &[
    "появ",
    "откр",
    "отобраз",
    "вид",
    "верн",
    "наш",
    "appear",
    "reappear",
    "back",
    "are",
    "is",
    "came",
    "has",
    "show",
    "found",
];

/// Whether a mail tells nothing else. A first one does so only beside thanks, a later one only under our questions: there it stops them.
/// What is shown or found may be the malfunction: it must be an element, and under the question what happens, so again.
pub(crate) fn is_all(reading: &Reading<'_>, objects: &Finding) -> bool {
    let sheet = &reading.body;
    if words(&sheet.tokens) > LONGEST {
        return false;
    }
    let is_well = |at: usize| WELLS.has_at(&sheet.tokens, at);
    let forgets = |at: usize| forgets(sheet, at);
    let tells = |sentence: &Range<usize>| sentence.clone().any(|at| is_well(at) || forgets(at));
    let says_nothing = |sentence: &Range<usize>| {
        reading.informative(sheet, sentence.clone()) == 0 && !numbers(sheet, sentence, objects)
            || is_courteous(sheet, sentence)
    };
    if reading.is_later() && reading.asked.is_empty() || reading.subject.iter().any(wants) {
        return false;
    }
    let shown = |at: usize| sheet.token(at).is_some_and(|token| token.begins(SHOWN));
    let again = |at: usize| {
        matches!(sheet.form(at), "снова" | "опять" | "again" | "back")
            || forgets(at)
            || is_well(at) && !shown(at)
    };
    let of_element = |sentence: &Range<usize>| {
        sheet.any(sentence.clone(), &[Class::UnitNoun])
            || sheet.slice(sentence.clone()).iter().any(|token| is_named(token, objects))
    };
    let vague = |sentence: &Range<usize>| {
        sentence.clone().any(|at| is_well(at) && shown(at)) && !of_element(sentence)
    };
    let surely = sheet.has(Class::Courtesy)
        || reading.is_later()
            && !sheet.sentences.iter().any(vague)
            && (!reading.asked.contains(&Field::Description) || (0..sheet.tokens.len()).any(again));
    let other = |at: usize| is_other(sheet, at, objects);
    surely
        && sheet.sentences.iter().any(tells)
        && sheet.sentences.iter().all(|sentence| tells(sentence) || says_nothing(sentence))
        && !(0..sheet.tokens.len()).any(other)
}

/// Whether a subject wants something.
fn wants(subject: &Sheet<'_>) -> bool {
    subject.has(Class::Errand) || subject.has(Class::Please) || subject.has(Class::Document)
}

/// Whether a sentence has a number that belongs to no element.
fn numbers(sheet: &Sheet<'_>, sentence: &Range<usize>, objects: &Finding) -> bool {
    sheet.slice(sentence.clone()).iter().any(|token| token.has_digit() && !is_named(token, objects))
}

/// Whether a token is part of an element's name.
fn is_named(token: &Token, objects: &Finding) -> bool {
    let holds = |span: &Range<usize>| span.start <= token.span.start && token.span.end <= span.end;
    objects.evidence.iter().any(|found| found.place == Place::Body && holds(&found.span))
}

/// "forget KX19 ABC", «забудьте про 412»
fn forgets(sheet: &Sheet<'_>, at: usize) -> bool {
    let next = at + 1 + usize::from(matches!(sheet.form(at + 1), "about" | "the" | "про" | "о"));
    matches!(sheet.form(at), "forget" | "ignore" | "disregard" | "забудьте" | "игнорируйте")
        && (next..next + 2)
            .any(|at| sheet.token(at).is_some_and(|token| token.has_digit() || token.has(Class::UnitNoun)))
}

/// Whether the token at `at` is of something else than good news.
fn is_other(sheet: &Sheet<'_>, at: usize, objects: &Finding) -> bool {
    let Some(token) = sheet.token(at) else { return false };
    if is_named(token, objects) || forgets(sheet, at) {
        return false;
    }
    let well = |at: usize| WELLS.has_at(&sheet.tokens, at);
    // «снова видна», «нажал ещё раз»
    let repeats = matches!(token.form.as_str(), "снова" | "опять")
        && (well(at) || well(at + 1) || at.checked_sub(1).is_some_and(well))
        || token.form == "еще" && sheet.form(at + 1) == "раз";
    // «Теперь жму …, и появилось …» tells steps.
    let does = token.classes.any(&[Class::Gesture, Class::Operation])
        && !token.is_latin()
        && russian(&token.form) == Form::First;
    let wishes = ["йте", "ите", "ьте"].iter().any(|ending| token.form.ends_with(ending))
        && !token.has(Class::Greeting)
        || token.has(Class::Please) && token.form != "пожалуйста";
    let limits = !repeats && (is_trouble(sheet, at) || LIMITED.has_at(&sheet.tokens, at));
    token.is_mark('?')
        || token.classes.any(OTHERS)
        || token.has_digit()
        || sheet.quoted_at(at).is_some()
        || limits
        || does
        || wishes
}
