//! The language of a mail: that of its writer's own words, not of the names and logs in it.

pub(super) mod foreign;

use super::Language;
use super::fields::product::Named;
use super::text::lexicon::{Class, Classes, Lexicon};
use super::text::sheet::{Sheet, in_russian};
use super::text::tokens::{Case, Token, TokenKind};
use super::text::transliteration::is_only_russian;
use crate::mail::{Author, Mail, SegmentKind};
use std::sync::LazyLock;

/// So many words of prose tell a language for certain.
const SURE: usize = 3;

/// Russian if a third of the letters of its words are Cyrillic, or if it is Russian in Latin letters: a guess where nothing tells
/// the language, see [`told`].
pub(super) fn guess(body: &Sheet<'_>, subject: Option<&Sheet<'_>>) -> Language {
    let (mut cyrillic, mut latin) = (0_usize, 0_usize);
    for sheet in std::iter::once(body).chain(subject) {
        for token in sheet.tokens.iter().filter(|token| token.kind == TokenKind::Word) {
            if is_cyrillic(token) {
                cyrillic += 1;
            } else if !token.form.bytes().any(|b| b.is_ascii_digit() || b == b'_') {
                latin += 1;
            }
        }
    }
    if cyrillic * 3 >= latin && (cyrillic > 0 || latin == 0) { Language::Russian } else { Language::English }
}

/// So many words of prose are a letter.
const LETTER: usize = 8;

/// So many tokens tell whether a mail is Russian in Latin letters.
const SHORT: usize = 100;

/// Words of prose: what names, quotations and codes do not say.
#[derive(Default)]
struct Prose {
    /// Russian words in small letters or such as join a sentence; one of greeting is as good as [`SURE`].
    russian: usize,
    /// Russian words in capitals, as names are.
    russian_names: usize,
    /// Russian words that no name is made of: they greet, join a sentence, or tell what happens.
    telling: usize,
    latin: usize,
    /// English words that people say of themselves and to us, each once: a bit for each of [`PERSON`].
    person: u64,
    /// English words that join a sentence, or that our field uses.
    english: usize,
}

/// What programs rarely say, and never many of.
const PERSON: &[&str] = &[
    "i", "i'm", "i've", "we", "we're", "we've", "our", "my", "me", "us", "you", "your", "please", "hello",
    "hi", "dear", "thanks", "thank", "regards", "can't", "don't", "how", "why",
];

/// The language that the writer's own words tell; a single Russian sentence tells more than pages of a pasted log. Where his text says
/// nothing, his signature, his name and the subject that he answers do. In a `later` mail only prose does: «ok, hosting please» is no
/// change of language. `None` if nothing tells it.
pub(super) fn told(
    mail: &Mail,
    body: &Sheet<'_>,
    subject: Option<&Sheet<'_>>,
    later: bool,
) -> Option<Language> {
    if let Some(wished) = wished(body) {
        return Some(wished);
    }
    if is_english_letter(body) && !subject.is_some_and(Sheet::is_transliterated) {
        return Some(Language::English);
    }
    let mut all = Prose::default();
    for sheet in std::iter::once(body).chain(subject) {
        if sheet.is_transliterated() {
            return Some(Language::Russian);
        }
        let unquoted = sheet.tokens.iter().enumerate().filter(|(at, _)| sheet.quoted_at(*at).is_none());
        unquoted.for_each(|(_, token)| all.add(token));
    }
    let is_russian = all.russian >= if later { 2 } else { 1 };
    // English with Russian names in small letters: «unit камаз 412 is offline».
    let names_only = |english: &Prose| {
        all.telling == 0 && english.english >= 2 && english.latin >= all.russian.saturating_mul(3)
    };
    if is_russian && (all.russian * 3 >= all.latin || all.persons() < SURE) && !names_only(&all) {
        return Some(Language::Russian);
    }
    if all.persons() >= SURE && !is_russian {
        return Some(Language::English);
    }
    // Without what programs wrote.
    let mut written = Prose::default();
    super::cues::outline::prose(body).flatten().for_each(|token| written.add(token));
    subject.into_iter().flat_map(|subject| &subject.tokens).for_each(|token| written.add(token));
    let persons = written.persons();
    if is_russian {
        let english = persons >= SURE
            || persons > 0 && all.russian < SURE && written.english > SURE
            || names_only(&written);
        return Some(if english { Language::English } else { Language::Russian });
    }
    match written.english {
        SURE.. if persons > 0 || !later => Some(Language::English),
        _ if later => None,
        2.. => Some(Language::English),
        _ if persons > 0 => Some(Language::English),
        _ if all.russian_names > 0 && all.latin == 0 => Some(Language::Russian),
        _ => signed(mail).or((written.latin >= SURE).then_some(Language::English)),
    }
}

static LANGUAGES: LazyLock<Lexicon<Language>> = LazyLock::new(|| {
    Lexicon::new(&[
        (Language::English, "in_english на_английском"),
        (Language::Russian, "in_russian на_русском"),
    ])
});

/// So near before the language stands what we are to do in it: "please answer us in English".
const MOST_BETWEEN: usize = 4;

/// The language that the writer asks us to answer in.
fn wished(body: &Sheet<'_>) -> Option<Language> {
    const ANSWER: &[&str] = &[
        "answer",
        "reply",
        "respond",
        "write",
        "ответьте",
        "отвечайте",
        "ответить",
        "отвечать",
        "пишите",
        "напишите",
    ];
    // Not "do not reply in Russian", "when drivers write in Russian".
    let is_wish = |at: usize| {
        let denied =
            || (1..=3).any(|back| body.before(at, back).is_some_and(|token| token.has(Class::Negation)));
        let before = body.before(at, 1).filter(|token| token.is_word());
        let wished = before.is_none_or(|before| {
            before.classes.any(&[Class::Please, Class::Modal])
                || matches!(
                    before.form.as_str(),
                    "and" | "you" | "to" | "и" | "пожалуйста" | "можно" | "лучше"
                )
        });
        let russian = body.token(at).is_some_and(|token| !token.is_latin());
        (russian || wished) && !denied()
    };
    let asks = |at: usize| {
        (1..=MOST_BETWEEN)
            .map_while(|back| {
                let token = body.before(at, back).filter(|token| token.is_word() || token.is_mark(','))?;
                Some((at - back, token))
            })
            .any(|(at, token)| ANSWER.contains(&token.form.as_str()) && is_wish(at))
    };
    let mut wished = None;
    for at in 0..body.tokens.len() {
        let mut found = None;
        LANGUAGES.look_up(&body.tokens, at, |language, _| found = Some(language));
        wished = found.filter(|_| body.quoted_at(at).is_none() && asks(at)).or(wished);
    }
    wished
}

/// Whether a body without a Cyrillic letter is a letter in English, whatever its subject is: it says "I" or greets, as no program does.
fn is_english_letter(body: &Sheet<'_>) -> bool {
    const WRITER: &[&str] = &["i", "i'm", "i've", "my", "hello", "hi", "dear", "regards"];
    let mut written = Prose::default();
    super::cues::outline::prose(body).flatten().for_each(|token| written.add(token));
    let said = |word: &&str| {
        PERSON.iter().position(|person| person == word).is_some_and(|at| (written.person >> at) & 1 == 1)
    };
    written.persons() >= 2
        && written.english >= SURE
        && written.latin >= LETTER
        && WRITER.iter().any(said)
        && !body.is_transliterated()
        && !body.tokens.iter().any(is_cyrillic)
}

impl Prose {
    fn add(&mut self, token: &Token) {
        const ENGLISH: &[Class] = &[
            Class::Filler,
            Class::Negation,
            Class::Modal,
            Class::Fault,
            Class::VagueFault,
            Class::Error,
            Class::UnitNoun,
            Class::ElementNoun,
            Class::AccountNoun,
            Class::Gesture,
            Class::Operation,
            Class::Shows,
        ];
        const GREETS: &[Class] = &[Class::Greeting, Class::Courtesy, Class::Please];
        const JOINS: &[Class] = &[Class::Filler, Class::Negation, Class::Modal];
        const TELLS: &[Class] = &[
            Class::Fault,
            Class::VagueFault,
            Class::Error,
            Class::Gesture,
            Class::Operation,
            Class::Look,
            Class::Attempt,
            Class::Shows,
        ];
        if !token.is_word() || token.has_digit() {
            return;
        }
        if is_cyrillic(token) {
            let tells = [GREETS, JOINS, TELLS].into_iter().any(|classes| token.classes.any(classes));
            self.telling += usize::from(tells);
            if token.classes.any(GREETS) {
                self.russian += SURE;
            } else if (token.case == Case::Lower || token.classes.any(JOINS)) && token.has_letters(2) {
                self.russian += 1;
            } else if token.has_letters(3) {
                self.russian_names += 1;
            }
        } else if token.is_latin() && !token.form.contains('_') {
            self.latin += 1;
            self.english += usize::from(token.classes.any(ENGLISH));
            if let Some(person) = PERSON.iter().position(|person| *person == token.form) {
                self.person |= 1 << person;
            }
        }
    }

    fn persons(&self) -> usize {
        usize::try_from(self.person.count_ones()).unwrap_or_default()
    }
}

/// What a mail whose words tell no language speaks for: English if there is no Cyrillic letter in it or around it, and a word that is
/// no name, code or log, nor Russian in Latin letters («Wialon down», "webinar date?"). Spanish is answered in English as well. Too little
/// to outweigh what his earlier requests were written in: Russians, too, write "4471 offline".
pub(super) fn leaning(
    mail: &Mail,
    body: &Sheet<'_>,
    subject: Option<&Sheet<'_>>,
    products: &[Named; 2],
) -> Option<Language> {
    let sheets = || std::iter::once(body).chain(subject);
    let russian = |token: &Token| is_cyrillic(token) || is_only_russian(&token.form);
    let is_russian = |sheet: &Sheet<'_>| sheet.tokens.iter().any(russian) || is_perhaps_russian(sheet);
    if signed(mail).is_some() || sheets().any(is_russian) {
        return None;
    }
    let [in_body, in_subject] = products;
    let says = |sheet: &Sheet<'_>, named: &Named, token: &Token| {
        let at = sheet.tokens.partition_point(|other| other.span.start < token.span.start);
        named.perhaps.binary_search(&at).is_err() && sheet.quoted_at(at).is_none() && is_foreign_word(token)
    };
    let in_prose = || super::cues::outline::prose(body).flatten().any(|token| says(body, in_body, token));
    let in_title = |sheet: &Sheet<'_>| sheet.tokens.iter().any(|token| says(sheet, in_subject, token));
    (in_prose() || subject.is_some_and(in_title)).then_some(Language::English)
}

/// Whether words that our lists do not know are known as Russian in Latin letters: «net svyazi».
fn is_perhaps_russian(sheet: &Sheet<'_>) -> bool {
    let start = sheet.slice(0..sheet.tokens.len().min(SHORT));
    in_russian(start).iter().zip(start).any(|(russian, token)| {
        token.is_latin() && token.has_letters(3) && !is_known(token) && is_known(russian)
    })
}

/// Whether a word is one of a language with Latin letters: one that our lists know, however it is capitalised, or one in small letters,
/// as names and codes are not.
fn is_foreign_word(token: &Token) -> bool {
    let names = token.has(Class::Make) || token.case == Case::Upper && token.has(Class::Abbreviation);
    token.is_word()
        && token.is_latin()
        && !token.has_digit()
        && !token.form.contains('_')
        && (is_known(token) && !names && token.has_letters(2)
            || token.case == Case::Lower && token.has_letters(3))
}

fn is_known(token: &Token) -> bool {
    token.classes != Classes::default()
}

/// The language of ours that is nearest to one that nothing here knows: Russian for whoever writes Cyrillic, or is called so, English for
/// all others.
pub(super) fn nearest(mail: &Mail, body: &Sheet<'_>, subject: Option<&Sheet<'_>>) -> Language {
    let (mut cyrillic, mut other) = (0_usize, 0_usize);
    let words = std::iter::once(body).chain(subject).flat_map(|sheet| &sheet.tokens);
    for token in words.filter(|token| token.is_word()) {
        *(if is_cyrillic(token) { &mut cyrillic } else { &mut other }) += 1;
    }
    let is_signed = || signed(mail) == Some(Language::Russian);
    if cyrillic > other || is_signed() { Language::Russian } else { Language::English }
}

/// What the signature, the display name and the subject that is answered tell.
fn signed(mail: &Mail) -> Option<Language> {
    let signature = mail.text.segments.iter().filter(|segment| segment.kind == SegmentKind::Signature);
    let signature = signature.filter_map(|segment| mail.text.full.get(segment.range.clone()));
    let name = match &mail.author {
        Author::One(author) => author.name.as_str(),
        Author::Doubtful { .. } => "",
    };
    let mut around = signature.chain([name, mail.subject.as_str()]);
    around
        .any(|text| text.chars().filter(|c| matches!(c, 'а'..='я' | 'А'..='Я')).take(SURE).count() == SURE)
        .then_some(Language::Russian)
}

fn is_cyrillic(token: &Token) -> bool {
    token.form.chars().any(|c| ('а'..='я').contains(&c))
}
