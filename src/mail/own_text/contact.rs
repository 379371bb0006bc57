//! What a line under a mail looks like: contact data, a post, a company, or words that continue the request.

use super::line::{after_number, begins_with_word, greets, head, lower, lower_start, word_count};
use super::names::is_name;
use crate::mail::characters::is_alphanumeric;

#[rustfmt::skip]
const LABELS: [&str; 43] = [
    "тел", "моб", "факс", "раб", "сот", "доб", "т", "м", "ф", "tel", "telephone", "phone", "mobile", "mob",
    "cell", "fax", "office", "direct", "ext", "p", "t", "m", "f", "e", "w", "e-mail", "email", "mail",
    "mailto", "почта", "эл", "skype", "telegram", "телеграм", "whatsapp", "viber", "icq", "web", "сайт",
    "site", "адрес", "address", "инн",
];
#[rustfmt::skip]
const COMPANIES: [&str; 37] = [
    "ооо", "оао", "зао", "пао", "ао", "ип", "нпо", "ск", "гк", "гуп", "муп", "мкп", "фгуп", "фгбу", "мбу",
    "тоо", "сооо", "чп", "уп", "рчуп", "llc", "ltd", "ltd.", "limited", "gmbh", "inc", "inc.", "corp",
    "corp.", "fze", "pty", "oy", "ab", "s.a.", "bv", "plc", "holding",
];
#[rustfmt::skip]
const POSTS: [&str; 52] = [
    "директор", "менеджер", "инженер", "диспетчер", "начальник", "руководитель", "специалист", "бухгалтер",
    "механик", "логист", "администратор", "отдел", "отдела", "служба", "службы", "группа", "департамент",
    "управление", "зам", "заместитель", "главный", "ведущий", "старший", "техник", "программист",
    "оператор", "экономист", "юрист", "секретарь", "энергетик", "агроном", "монтажник", "диспетчерская",
    "коллектив", "director", "manager", "engineer", "dispatcher", "specialist", "department", "dept",
    "head", "officer", "coordinator", "administrator", "assistant", "analyst", "technician", "supervisor",
    "accountant", "accounts", "team",
];

fn words(lower: &str) -> impl Iterator<Item = &str> {
    lower.split(|c: char| !(is_alphanumeric(c) || c == '-' || c == '.')).filter(|word| !word.is_empty())
}

/// A post, a department or a company: «Начальник отдела ИТ», "Transport Manager", «ООО «Ромашка»».
pub(super) fn is_post_or_company(text: &str) -> bool {
    names_post_or_company(&lower(text))
}

fn names_post_or_company(lower: &str) -> bool {
    names_company(lower) || names_post(lower)
}

/// A post or a department.
pub(super) fn is_post(text: &str) -> bool {
    names_post(&lower(text))
}

fn names_post(lower: &str) -> bool {
    words(lower).any(|word| POSTS.contains(&word.trim_end_matches('.')))
}

/// A company by its legal form: «ООО «Ромашка»», "Savannah Trucks (Pty) Ltd".
pub(super) fn is_company(text: &str) -> bool {
    names_company(&lower(text))
}

fn names_company(lower: &str) -> bool {
    words(lower).any(|word| COMPANIES.contains(&word))
}

/// Phone, address, link, company, post, logo: what stands under a name.
pub(super) fn is_contact(text: &str) -> bool {
    let shown = head(text);
    if shown.len() < text.len() {
        return false;
    }
    let lower = lower(shown);
    let labelled = lower.split_once([':', '.', ' ']).is_some_and(|(word, rest)| {
        let one_letter = word.chars().nth(1).is_none();
        let data = if one_letter { has_data(rest) } else { rest.contains(is_alphanumeric) };
        LABELS.contains(&word) && data
    });
    labelled
        || is_link(&lower)
        || lower.starts_with("[cid:")
        || lower.starts_with("[image")
        || has_phone(shown)
        || lower.contains(['|', '·', '•'])
        || is_address(&lower)
        || names_post_or_company(&lower) && word_count(shown) <= 12
}

/// What can stand behind a bare `т.` or `e:`.
fn has_data(rest: &str) -> bool {
    rest.contains('@') || rest.contains("www.") || rest.bytes().filter(u8::is_ascii_digit).count() >= 5
}

fn is_link(lower: &str) -> bool {
    let word_is_link = |word: &str| {
        word.contains('@')
            || word.starts_with("www.")
            || word.starts_with("http")
            || word.starts_with("<http")
    };
    word_count(lower) <= 6 && lower.split_whitespace().any(word_is_link)
}

fn is_address(lower: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 22] = [
        "г.", "ул.", "ул", "д.", "оф.", "офис", "стр.", "пр-т", "пр.", "просп.", "обл.", "корп.", "street",
        "st.", "ave", "avenue", "road", "suite", "floor", "россия", "russia", "казахстан",
    ];
    let words = || lower.split([' ', ',', ';']);
    let glued = |word: &str| word.starts_with("ул.") || word.starts_with("г.") && word.len() > 4;
    let hits = words().filter(|word| WORDS.contains(word) || glued(word)).count();
    let postcode = words().any(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    hits >= 2 || hits == 1 && postcode
}

/// A phone, a mail address or a link.
pub(super) fn is_reachable(text: &str) -> bool {
    has_phone(head(text)) || is_link(&lower(text))
}

/// Ten or more digits in one run of digits and phone punctuation, beginning with `+`, `8`, `7` or `(`; or a labelled one.
fn has_phone(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '-' | ' ' | '.' | '\u{a0}')))
        .any(|run| {
            let run = run.trim_matches([' ', '.', '\u{a0}']);
            let digits = run.bytes().filter(u8::is_ascii_digit).count();
            let grouped = run.contains(['-', ' ', '(', '\u{a0}']) || run.starts_with('+');
            (10..=13).contains(&digits) && grouped && run.starts_with(['+', '8', '7', '('])
        })
}

#[rustfmt::skip]
const POSTSCRIPTS: [&str; 8] = [
    "p.s", "ps", "p.p.s", "пс", "з.ы", "зы", "постскриптум", "upd",
];

/// Whether a line opens a postscript.
pub(super) fn is_postscript(text: &str) -> bool {
    let shown = lower_start(text);
    POSTSCRIPTS.iter().any(|word| begins_with_word(&shown, word))
}

/// Words that continue the request although they stand under a signature: a P.S., «Да, объект …», a question, a list,
/// a unit.
pub(super) fn resumes(text: &str) -> bool {
    #[rustfmt::skip]
    const OPENINGS: [&str; 54] = [
        "update", "дополнение", "в дополнение", "дополнительно", "уточнение", "да", "нет", "кстати",
        "и еще", "еще", "забыл", "забыла", "забыли", "также", "прошу", "просим", "просьба", "подскажите",
        "посмотрите", "проверьте", "помогите", "напоминаю", "объект", "объекты", "машина", "машины",
        "госномер", "гос. номер", "номер машины", "imei", "скрин", "скриншот", "во вложении", "вложение",
        "извините", "ниже", "на всякий случай", "проблема", "описание", "продукт", "шаги", "also", "btw",
        "by the way", "one more", "forgot", "could you", "can you", "unit", "vehicle", "yes", "no", "sorry",
        "screenshot",
    ];
    let shown = lower(text);
    let opens = |words: &[&str]| words.iter().any(|word| begins_with_word(&shown, word));
    if is_postscript(text) || opens(&OPENINGS) && !is_contact(text) && !is_premises(&shown, text) {
        return true;
    }
    let please = begins_with_word(&shown, "пожалуйста") || begins_with_word(&shown, "please");
    let question = shown.trim_end().ends_with('?');
    // What a signature has no use for: «не строится», "does not".
    let denies =
        [" не ", " not ", "n't "].iter().any(|word| shown.contains(word)) || shown.starts_with("не ");
    let said = (denies || begins_with_word(&shown, "у нас")) && word_count(text) >= 3 && !is_contact(text);
    said || (please || question || greets(text) || after_number(text).is_some()) && !is_link(&shown)
        || has_imei(&shown)
        || has_plate(text) && !has_phone(text)
}

/// A whole sentence that is no contact data and no advertisement.
pub(super) fn is_sentence(text: &str) -> bool {
    #[rustfmt::skip]
    const PROMOTION: [&str; 16] = [
        "партнер", "partner", "выставк", "приглаша", "ждем вас", "акци", "скидк", "подпис", "наш сайт",
        "наши сайты", "visit", "follow us", "подумайте", "consider the environment", "официальн", "сертифи",
    ];
    let shown = lower(text);
    let ended = shown.trim_end_matches([')', '"', '»', ' ']).ends_with(['.', '!', '…']);
    (ended && word_count(text) >= 5 || word_count(text) >= 12)
        && !is_contact(text)
        && !is_name(text)
        && !PROMOTION.iter().any(|word| shown.contains(word))
}

/// "Unit 4 Crossgate Park", "Unit 3B": an address, where "Unit 4 is offline" and "unit TRK-12" go on with a request.
fn is_premises(lower: &str, text: &str) -> bool {
    #[rustfmt::skip]
    const PLACES: [&str; 30] = [
        "park", "estate", "industrial", "trading", "business", "centre", "center", "house", "court", "way", "lane", "road",
        "rd", "street", "st", "avenue", "drive", "close", "works", "mill", "mills", "yard", "square", "terrace", "crescent", "wharf",
        "quay", "parade", "gardens", "row",
    ];
    let is_letter = |letter: &str| {
        letter.is_empty() || letter.len() == 1 && !letter.contains(|c: char| c.is_ascii_digit())
    };
    let is_number = |number: &str| {
        let letter = number.trim_start_matches(|c: char| c.is_ascii_digit());
        (1..=3).contains(&(number.len() - letter.len())) && is_letter(letter)
    };
    if !begins_with_word(lower, "unit") {
        return false;
    }
    let mut words = lower.split([' ', ',', '/', '.']).filter(|word| !word.is_empty()).skip(1);
    let Some(number) = words.next().filter(|number| number.split(['-', '&']).all(is_number)) else {
        return false;
    };
    let rest: Vec<&str> = words.collect();
    let lettered = !number.ends_with(|c: char| c.is_ascii_digit());
    let titled = head(text)
        .split_whitespace()
        .all(|word| !word.starts_with(char::is_lowercase) || word == "of" || word == "the");
    let denies = rest.iter().any(|word| matches!(*word, "no" | "not" | "offline" | "online"));
    let placed = rest.iter().any(|word| PLACES.contains(word));
    let is_name = |word: &&&str| word.chars().all(|c| c.is_ascii_alphabetic());
    let listed = rest.iter().filter(is_name).count() >= 2 && text.contains(',');
    titled && !denies && (placed || listed || rest.is_empty() && lettered)
}

/// What a company's number in a register of the state stands behind: such numbers are as long as an IMEI.
const REGISTERS: [&str; 15] = [
    "trn",
    "vat",
    "tax",
    "gst",
    "gstin",
    "ein",
    "iban",
    "инн",
    "кпп",
    "огрн",
    "огрнип",
    "окпо",
    "бин",
    "иин",
    "унп",
];

/// Whether a word in small letters announces the number of a company or of its account, as it stands in a signature.
pub(crate) fn is_of_register(word: &str) -> bool {
    REGISTERS.contains(&word)
}

fn has_imei(lower: &str) -> bool {
    let mut registered = false;
    lower.split(|c: char| !is_alphanumeric(c)).filter(|word| !word.is_empty()).any(|word| {
        let is_number = word.bytes().all(|b| b.is_ascii_digit());
        let found = is_number && word.len() == 15 && !registered;
        registered = is_of_register(word) || registered && !is_number && word != "imei";
        found
    })
}

/// A Russian plate: letter, three digits, two letters, with or without spaces.
fn has_plate(text: &str) -> bool {
    const LETTERS: &str = "АВЕКМНОРСТУХABEKMHOPCTYXавекмнорстухabekmhopctyx";
    let mut matched = 0;
    for c in head(text).chars().filter(|c| *c != ' ') {
        let letter = LETTERS.contains(c);
        matched = match matched {
            0 | 4 | 5 if letter => matched + 1,
            1..=3 if c.is_ascii_digit() => matched + 1,
            1 if letter => 1,
            _ => usize::from(letter),
        };
        if matched == 6 {
            return true;
        }
    }
    false
}
