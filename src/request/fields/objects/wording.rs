//! An element in the words of a letter: «объекту Самосвалом 12» is how a client's sentence needs it, and reads badly in a list.

use super::plates;
use super::times::tells_time;
use crate::mail::characters::is_alphanumeric;
use crate::request::Language;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// How nouns are declined.
struct Declension {
    /// What follows a stem in the singular, the nominative first.
    singular: &'static [&'static str],
    /// And in the plural. («ы» is «и» behind some letters.)
    plural: &'static [&'static str],
    stems: &'static str,
}

const NOUNS: &[Declension] = &[
    Declension {
        singular: &["", "а", "у", "ом", "е"],
        plural: &["ы", "и", "ов", "ам", "ами", "ах"],
        stems: "объект отчет шаблон датчик логин аккаунт ресурс маршрут рейс заказ борт трактор самосвал комбайн трекер прибор терминал \
                автобус грузовик тягач прицеп бульдозер экскаватор погрузчик кран камаз маз краз манипулятор бензовоз миксер проект номер госномер \
                виджет курьер юнит сотрудник полуприцеп автокран рефрижератор трейлер грейдер автогрейдер мусоровоз лесовоз молоковоз водовоз \
                зерновоз скотовоз бетоновоз панелевоз контейнеровоз щеповоз битумовоз цементовоз сортиментовоз кормовоз илосос бетононасос эвакуатор \
                топливозаправщик вездеход снегоход квадроцикл мотоцикл тепловоз электровоз электробус троллейбус микроавтобус фургон вагон паром \
                теплоход буксир генератор компрессор внедорожник пикап минивэн харвестер форвардер скиддер ричтрак ричстакер штабелер \
                культиватор асфальтоукладчик тонар пазик шакман ларгус лиаз нефаз белаз зил бобкэт",
    },
    Declension {
        singular: &["а", "ы", "и", "е", "у", "ой", "ою"],
        plural: &["ы", "ам", "ами", "ах"],
        stems: "машин геозон групп зон учетк фур заявк смен симк команд карточк хлебовозк маршрутк цистерн автоцистерн бетономешалк сеялк \
                жатк косилк вышк автовышк лодк яхт установк шаланд легковушк",
    },
    Declension {
        singular: &["ок", "ка", "ку", "ком", "ке"],
        plural: &["ки", "ков", "кам", "ками", "ках"],
        stems: "кат",
    },
    Declension {
        singular: &["ай", "ая", "аю", "аем", "ае"],
        plural: &["аи", "аев", "аям", "аями", "аях"],
        stems: "трамв",
    },
    Declension {
        singular: &["ия", "ии", "ию", "ией"],
        plural: &["ии", "ий", "иям", "иями", "иях"],
        stems: "скан",
    },
    Declension {
        singular: &["ь", "и", "ью"], plural: &["и", "ей", "ям", "ями", "ях"], stems: "газел модел"
    },
    Declension {
        singular: &["ь", "я", "ю", "ем", "е"],
        plural: &["и", "ей", "ям", "ями", "ях"],
        stems: "пользовател автомобил водител двигател опрыскивател разбрасывател пескоразбрасывател",
    },
    Declension {
        singular: &["ие", "ию", "ием", "ии"],
        plural: &["ия", "ий", "иям", "иями", "иях"],
        stems: "уведомлен задан",
    },
    // Ukrainian.
    Declension {
        singular: &["ь", "я", "ю", "ем", "і"],
        plural: &["і", "ів", "ям", "ями", "ях"],
        stems: "автомобіл",
    },
    Declension {
        singular: &["", "а", "у", "ом", "ем", "еві", "і"],
        plural: &["и", "і", "ів", "ам", "ами", "ах"],
        stems: "об'єкт користувач",
    },
    Declension { singular: &[""], plural: &[""], stems: "авто" },
];

const MAKES: &[&str] = &[
    "камаз",
    "маз",
    "краз",
    "газел",
    "тонар",
    "пазик",
    "шакман",
    "ларгус",
    "лиаз",
    "нефаз",
    "белаз",
    "зил",
    "бобкэт",
    "скан",
];

/// Nouns that a name follows.
const ELEMENTS: &[Class] =
    &[Class::UnitNoun, Class::ElementNoun, Class::AccountNoun, Class::NumberedNoun, Class::PersonElement];

/// How constants begin that no element is called by.
const CONSTANTS: &[&str] = &["err_", "error_", "invalid_", "validate_", "access_", "status_", "connection_"];

/// Whether a word with an underscore is what a program says: `access_denied`.
pub(super) fn is_constant(form: &str) -> bool {
    CONSTANTS.iter().any(|beginning| form.starts_with(beginning))
}

/// The words at `range`, short: a noun in front in the nominative, a code or number as it is, other words as a quotation. `None` of
/// what a program says («creatorId":123», `INVALID_SID`): no letter should repeat that.
pub(super) fn words(sheet: &Sheet<'_>, range: Range<usize>) -> Option<String> {
    let tokens = sheet.slice(range.clone());
    // A name may look like a constant: «объект KAMAZ_SEVER».
    let before = sheet.slice(range.start.saturating_sub(2)..range.start);
    let named = before.iter().chain(tokens).any(|token| token.classes.any(ELEMENTS));
    let constant =
        tokens.iter().filter(|token| token.case == Case::Upper && !token.has_digit()).any(|token| {
            token.form.contains('_') && token.form.is_ascii() && (!named || is_constant(&token.form))
        });
    let span = sheet.span(range.clone());
    let around = |range: Range<usize>| sheet.text.get(range).unwrap_or_default();
    let before = around(0..span.start);
    let json = ["{\"", ",\"", "\":\""].iter().any(|opening| before.ends_with(opening))
        || around(span.end..sheet.text.len()).starts_with("\":")
        || around(span).contains("\":");
    if constant || json { None } else { worded(sheet, range) }
}

/// An element, and how many more of its list there are, where there is room to say so: «машина А123ВС77 и ещё 2». Only in a language
/// that the writer's prose tells: the letter will be in that.
pub(super) fn with_more(told: Option<Language>, words: String, more: usize) -> String {
    let all = match told {
        Some(Language::Russian) => format!("{words} и ещё {more}"),
        Some(Language::English) => format!("{words} and {more} more"),
        None => return words,
    };
    if more == 0 || all.chars().count() > crate::request::LONGEST_VALUE { words } else { all }
}

/// Room for a noun's quotation marks within the longest value.
const MARKS: usize = 3;

fn worded(sheet: &Sheet<'_>, range: Range<usize>) -> Option<String> {
    let text = |range: Range<usize>, most: usize| {
        crate::request::shorten_to(sheet.text.get(sheet.span(range)).unwrap_or_default(), most)
    };
    let quotes = |at: Option<usize>| at.and_then(|at| sheet.token(at)).is_some_and(Token::is_quotation_mark);
    let most = crate::request::LONGEST_VALUE;
    if quotes(range.start.checked_sub(1)) && quotes(Some(range.end)) {
        let mark = |at: usize| {
            sheet.token(at).and_then(|mark| sheet.text.get(mark.span.clone())).unwrap_or_default()
        };
        let inner = text(range.clone(), most - MARKS);
        return tells(&inner)
            .then(|| format!("{}{inner}{}", mark(range.start.saturating_sub(1)), mark(range.end)));
    }
    let (mut head, start) = head(sheet, &range);
    let mut rest = start..range.end;
    // An answer may say more than a name, and is shown as it is then: «Камаз 412, Рено; с 1 по 7 мая».
    let more = |at: usize| {
        sheet.token(at).is_some_and(|token| token.is_mark(';') || tells_time(token))
            || is_joint(sheet, at) && !joins_numbers(sheet, at)
    };
    if rest.clone().any(more) {
        head = None;
        rest.start = label_mark(sheet, &range).map_or(range.start, |mark| mark + 1);
    }
    let rest = with_quotation(sheet, without_brackets(sheet, sheet.trimmed(rest)));
    let tokens = sheet.slice(rest.clone());
    let linked = head.is_some()
        && tokens.first().is_some_and(|first| first.classes.any(&[Class::Link, Class::SimNoun]));
    let quoted =
        rest.clone().any(|at| sheet.quoted_at(at).is_some()) || tokens.iter().any(Token::is_quotation_mark);
    let russian = tokens.iter().find(|token| token.is_word()).is_some_and(|first| !first.is_latin());
    let most = most - head.as_ref().map_or(0, |head| head.chars().count() + 1);
    let words = if !linked && !quoted && russian && tokens.iter().any(may_be_declined) {
        format!("«{}»", text(rest, most - MARKS))
    } else {
        text(rest, most)
    };
    (tells(&words) && is_balanced(&words))
        .then(|| head.map_or(words.clone(), |head| format!("{head} {words}")))
}

/// Whether what ends at `end` is the number of one: «КС-45717 №1», «Урал 4320 борт 8».
fn is_number_sign(sheet: &Sheet<'_>, end: usize) -> bool {
    sheet.before(end, 2).is_some_and(|token| token.is_mark('№') || token.form.starts_with("борт"))
}

/// A comma or a conjunction.
pub(super) fn is_joint(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.token(at).is_some_and(|token| token.is_mark(',') || token.is_and())
}

/// Whether what stands at `at` joins two numbers: «12 и 14», «№1, №2».
fn joins_numbers(sheet: &Sheet<'_>, at: usize) -> bool {
    let next = at + 1 + usize::from(sheet.token(at + 1).is_some_and(|sign| sign.is_mark('№')));
    let is_number = |token: Option<&Token>| token.is_some_and(|token| token.kind == TokenKind::Number);
    is_number(sheet.before(at, 1)) && is_number(sheet.token(next))
}

/// Whether anything is said at all.
fn tells(words: &str) -> bool {
    words.chars().any(is_alphanumeric)
}

/// Whether each bracket and each quotation that is opened is closed.
fn is_balanced(words: &str) -> bool {
    let mut open = Vec::new();
    let closed = words.chars().all(|c| match c {
        '(' | '[' | '{' | '«' => {
            open.push(c);
            true
        }
        ')' => open.pop() == Some('('),
        ']' => open.pop() == Some('['),
        '}' => open.pop() == Some('{'),
        '»' => open.pop() == Some('«'),
        _ => true,
    });
    closed && open.is_empty() && words.matches(['"', '“', '”', '„']).count().is_multiple_of(2)
}

/// What stands in brackets as a whole, without them.
fn without_brackets(sheet: &Sheet<'_>, range: Range<usize>) -> Range<usize> {
    match sheet.slice(range.clone()) {
        [first, inner @ .., last]
            if first.is_mark('(') && last.is_mark(')') && !inner.iter().any(|token| token.is_mark(')')) =>
        {
            range.start + 1..range.end - 1
        }
        _ => range,
    }
}

/// The range with the mark beside it that opens or closes a quotation of which it has but the other one: «ООО "Ромашка"».
fn with_quotation(sheet: &Sheet<'_>, range: Range<usize>) -> Range<usize> {
    let marks = sheet.slice(range.clone()).iter().filter(|token| token.is_quotation_mark()).count();
    let beside = |at: Option<usize>| at.and_then(|at| sheet.token(at)).is_some_and(Token::is_quotation_mark);
    match marks % 2 {
        1 if beside(Some(range.end)) => range.start..range.end + 1,
        1 if beside(range.start.checked_sub(1)) => range.start - 1..range.end,
        _ => range,
    }
}

/// What kind of element it is, and where its name begins: behind a word for a plate, a label, or a noun in the nominative.
fn head(sheet: &Sheet<'_>, range: &Range<usize>) -> (Option<String>, usize) {
    let Some(first) = sheet.token(range.start) else { return (None, range.start) };
    let digits = sheet.slice(range.clone()).iter().filter(|token| token.has_digit()).count();
    let list = range.len() > 3
        && (range.start + 1..range.end).all(|at| {
            sheet.token(at).is_some_and(|token| {
                matches!(token.kind, TokenKind::Number | TokenKind::Mark('№')) || joins_numbers(sheet, at)
            })
        });
    let count = if list {
        Count::Several
    } else if digits == 1 || !range.clone().any(|at| is_joint(sheet, at)) && is_number_sign(sheet, range.end)
    {
        Count::One
    } else {
        Count::AsWritten
    };
    let noun = nominative(first, count);
    let longer = |words: usize| words > 0 && words < range.len();
    let (plate, account) =
        (plates::label(sheet, range.start), if is_account(sheet, range.start) { 2 } else { 0 });
    let label = label_mark(sheet, range);
    let compound = sheet.token(range.start + 1).is_some_and(|next| next.is_mark('-'));
    let (head, mut start) = if longer(plate) {
        let said = || sheet.text.get(sheet.span(range.start..range.start + plate)).map(str::to_lowercase);
        let word = if first.is_latin() { said() } else { Some("госномер".to_owned()) };
        (word, range.start + plate)
    } else if longer(account) {
        (Some("учётная запись".to_owned()), range.start + account)
    } else if let Some(mark) = label {
        (label_words(sheet, range.start..mark, noun), mark + 1)
    } else if longer(2) && is_english_label(sheet, range.start) {
        (sheet.text.get(first.span.clone()).map(label_case), range.start + 1)
    } else if longer(1) && !compound && noun.is_some() {
        (noun, range.start + 1)
    } else {
        return (None, range.start);
    };
    let is_one_of = |at: usize, marks: &[char]| {
        sheet.token(at).is_some_and(|token| marks.iter().any(|mark| token.is_mark(*mark)))
    };
    // A bracket is left out that is closed behind the name only.
    let closed = (start..range.end).any(|at| is_one_of(at, &[')', ']']));
    let says = |at: usize| {
        sheet.token(at).is_some_and(|token| {
            matches!(token.form.as_str(), "называется" | "is" | "are" | "called" | "named")
        })
    };
    while start + 1 < range.end
        && (is_one_of(start, &[':', '=', '-', '.'])
            || !closed && is_one_of(start, &['(', '['])
            || says(start))
    {
        start += 1;
    }
    (head, start)
}

/// "Unit is KLM 345", "my username is jdoe"
fn is_english_label(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.token(at).is_some_and(|noun| noun.is_latin() && noun.classes.any(ELEMENTS))
        && sheet.token(at + 1).is_some_and(|next| matches!(next.form.as_str(), "is" | "are"))
}

/// A word as it stands inside a sentence: not that of an abbreviation, "IMEI".
fn label_case(word: &str) -> String {
    if word.chars().skip(1).any(char::is_uppercase) { word.to_owned() } else { word.to_lowercase() }
}

fn is_account(sheet: &Sheet<'_>, at: usize) -> bool {
    let begins = |at: usize, stem: &str| sheet.token(at).is_some_and(|token| token.form.starts_with(stem));
    begins(at, "учетн") && begins(at + 1, "запис")
}

/// Most words of a label.
const LONGEST_LABEL: usize = 4;

/// Where the mark stands that sets a label apart from what it names: «Объект - Камаз 043», "Unit: TRK-12".
fn label_mark(sheet: &Sheet<'_>, range: &Range<usize>) -> Option<usize> {
    let inner = range.start + 1..range.end.saturating_sub(1).min(range.start + 1 + LONGEST_LABEL);
    let at = inner
        .clone()
        .find(|at| sheet.token(*at).is_some_and(|token| !token.is_word() || token.has_digit()))?;
    let (mark, next) = (sheet.token(at)?, sheet.token(at + 1)?);
    let first = sheet.token(range.start)?;
    let named = first.classes.any(ELEMENTS) || first.classes.any(&[Class::LabelObjects, Class::SimNoun]);
    let label = at == range.start + 1 && first.has(Class::LabelObjects);
    let dashed = mark.is_mark('-')
        && named
        && (mark.spaced || next.spaced || label && next.is_word() && next.case != Case::Lower);
    (mark.is_mark(':') || mark.is_mark('=') || dashed).then_some(at)
}

/// A label as a noun; none of a Russian word whose nominative is not known: «по технике: …».
fn label_words(sheet: &Sheet<'_>, label: Range<usize>, noun: Option<String>) -> Option<String> {
    let first = sheet.token(label.start)?;
    let word = |token: &Token| {
        let text = sheet.text.get(token.span.clone()).unwrap_or_default();
        if token.case == Case::Capital { text.to_lowercase() } else { text.to_owned() }
    };
    let known = first.is_latin() || first.case == Case::Upper || first.form == "авто";
    let begins = noun.or_else(|| known.then(|| word(first)))?;
    // «IMEI одного: 866104020011122»
    if first.form == "imei" {
        return Some(begins);
    }
    let rest = sheet.slice(label.start + 1..label.end).iter().map(word);
    Some(std::iter::once(begins).chain(rest).collect::<Vec<_>>().join(" "))
}

/// The noun of an element at `at`, as it stands in front of a name.
pub(super) fn noun(sheet: &Sheet<'_>, at: usize) -> Option<String> {
    let token = sheet.token(at).filter(|token| token.classes.any(ELEMENTS))?;
    nominative(token, Count::One).or_else(|| token.is_latin().then(|| token.form.clone()))
}

/// How many things a noun is of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Count {
    One,
    Several,
    /// What may be either number is taken for the singular.
    AsWritten,
}

/// The nominative of a noun of the field; `None` of any other word.
fn nominative(token: &Token, count: Count) -> Option<String> {
    let (stem, ending) = NOUNS.iter().find_map(|Declension { singular, plural, stems }| {
        let written = if count == Count::Several { [plural, singular] } else { [singular, plural] };
        stems.split_whitespace().find_map(|stem| {
            let ending = token.form.strip_prefix(stem)?;
            let number = written.into_iter().find(|number| number.contains(&ending))?;
            Some((stem, *if count == Count::One { singular } else { number }.first()?))
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

/// Whether a word may stand in another form than in a list: Russian, no code and no abbreviation, not «имей» before its number.
fn may_be_declined(token: &Token) -> bool {
    token.is_word()
        && !matches!(token.form.as_str(), "имеи" | "имей")
        && !token.is_latin()
        && !token.has_digit()
        && token.has_letters(3)
        && token.case != Case::Upper
}
