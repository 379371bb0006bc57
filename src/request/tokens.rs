//! A text cut into words, numbers, marks and addresses, each with its place in the original.

use super::fold::{compose, fold, to_cyrillic};
use super::lexicon::{Class, Classes};
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Letters, perhaps with digits and underscores.
    Word,
    /// Digits only.
    Number,
    /// One mark, folded.
    Mark(char),
    /// A web address, a host or a file name.
    Address,
    /// A mail address.
    Mailbox,
    /// The end of a line.
    Newline,
}

/// How a word is capitalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Capital,
    Upper,
    Mixed,
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Bytes of the original text.
    pub(super) span: Range<usize>,
    /// The folded form, in Cyrillic if the text is Russian in Latin letters.
    pub(super) form: String,
    /// The folded form as it was typed, where `form` is transliterated.
    pub(super) typed: Option<String>,
    /// What it is.
    pub(super) kind: TokenKind,
    /// How it is capitalised.
    pub(super) case: Case,
    /// White space, or the start of a line, stands before it.
    pub(super) spaced: bool,
    /// What classes the word has.
    pub(super) classes: Classes,
}

impl Token {
    pub(super) fn has(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == TokenKind::Mark(mark)
    }

    pub(super) fn has_digit(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Number)
            && self.form.bytes().any(|b| b.is_ascii_digit())
    }

    pub(super) fn is_latin(&self) -> bool {
        self.form.bytes().any(|b| b.is_ascii_alphabetic())
    }

    /// The folded form as it was typed.
    pub(super) fn typed(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.form)
    }
}

/// Longest run of characters that is looked at for being an address without a scheme.
const BARE_ADDRESS: usize = 120;
/// A web address longer than this is cut; the rest is read as words.
const LONGEST_ADDRESS: usize = 4096;

/// Cuts `range` of `text` into tokens, appended to `tokens`.
pub(super) fn cut(text: &str, range: Range<usize>, tokens: &mut Vec<Token>) {
    let Some(part) = text.get(range.clone()) else { return };
    let mut chars = part.char_indices().peekable();
    let mut spaced = true;
    let mut plain_until = 0;
    while let Some(&(at, c)) = chars.peek() {
        let rest = part.get(at..).unwrap_or_default();
        if c.is_alphanumeric() {
            if at >= plain_until {
                match address(rest) {
                    Ok((length, kind)) => {
                        let form = rest.get(..length).unwrap_or_default().to_lowercase();
                        let span = range.start + at..range.start + at + length;
                        tokens.push(token(span, form, kind, Case::Lower, spaced));
                        while chars.peek().is_some_and(|&(next, _)| next < at + length) {
                            chars.next();
                        }
                        spaced = false;
                        continue;
                    }
                    Err(looked_at) => plain_until = at + looked_at,
                }
            }
            let (length, form, case) = word(rest);
            let kind =
                if form.bytes().all(|b| b.is_ascii_digit()) { TokenKind::Number } else { TokenKind::Word };
            tokens.push(token(range.start + at..range.start + at + length, form, kind, case, spaced));
            while chars.peek().is_some_and(|&(next, _)| next < at + length) {
                chars.next();
            }
            spaced = false;
            continue;
        }
        chars.next();
        let span = range.start + at..range.start + at + c.len_utf8();
        match c {
            '\n' => {
                tokens.push(token(span, String::new(), TokenKind::Newline, Case::Lower, spaced));
                spaced = true;
            }
            _ => match fold(c) {
                Some(folded) if folded.is_whitespace() => spaced = true,
                Some(folded) => {
                    tokens.push(token(span, String::new(), TokenKind::Mark(folded), Case::Lower, spaced));
                    spaced = false;
                }
                None => {}
            },
        }
    }
}

fn token(span: Range<usize>, form: String, kind: TokenKind, case: Case, spaced: bool) -> Token {
    Token { span, form, typed: None, kind, case, spaced, classes: Classes::default() }
}

/// The word at the start of `rest`: its length in bytes, folded form and case.
fn word(rest: &str) -> (usize, String, Case) {
    let mut form = String::new();
    let (mut upper, mut lower, mut first_upper) = (0_usize, 0_usize, false);
    let mut length = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if let Some(composed) = form.chars().next_back().and_then(|base| compose(base, c)) {
            form.pop();
            form.push(composed);
        } else if c.is_alphanumeric() || c == '_' {
            first_upper |= at == 0 && c.is_uppercase();
            upper += usize::from(c.is_uppercase());
            lower += usize::from(c.is_lowercase());
            form.extend(fold(c));
        } else if fold(c).is_some() {
            let apostrophe = fold(c) == Some('\'')
                && form.bytes().next_back().is_some_and(|b| b.is_ascii_alphabetic())
                && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            if !apostrophe {
                break;
            }
            form.push('\'');
        }
        length = at + c.len_utf8();
    }
    if let Some(one) = one_script(&form) {
        form = one;
    }
    let case = match (upper, lower) {
        (0, _) => Case::Lower,
        (1, 0) => Case::Capital,
        (_, 0) => Case::Upper,
        (1, _) if first_upper => Case::Capital,
        _ => Case::Mixed,
    };
    (length, form, case)
}

/// A word typed in two scripts by look-alike letters, in the script that most of its letters are of. Words with digits
/// are codes and plates: left as they are.
fn one_script(form: &str) -> Option<String> {
    const TWINS: &[(char, char)] = &[
        ('a', 'а'),
        ('b', 'в'),
        ('c', 'с'),
        ('e', 'е'),
        ('h', 'н'),
        ('k', 'к'),
        ('m', 'м'),
        ('o', 'о'),
        ('p', 'р'),
        ('t', 'т'),
        ('x', 'х'),
        ('y', 'у'),
        ('i', 'і'),
    ];
    let latin = form.bytes().filter(u8::is_ascii_alphabetic).count();
    let cyrillic = form.chars().filter(|c| ('а'..='я').contains(c) || *c == 'і').count();
    if latin == 0 || cyrillic == 0 || form.bytes().any(|b| b.is_ascii_digit() || b == b'_') {
        return None;
    }
    let to_latin = latin > cyrillic;
    let twin = |c: char| {
        TWINS
            .iter()
            .find(|(l, r)| c == if to_latin { *r } else { *l })
            .map_or(c, |(l, r)| if to_latin { *l } else { *r })
    };
    Some(form.chars().map(twin).collect())
}

/// The web address, host, file name or mail address at the start of `rest` with its length in bytes; or how far was
/// looked without finding one.
fn address(rest: &str) -> Result<(usize, TokenKind), usize> {
    let ends = |c: char| c.is_whitespace() || "<>\"«»“”„,;()[]{}|…".contains(c);
    let begins =
        |prefix: &str| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let trim = |run: &str| run.trim_end_matches(['.', ':', '!', '?', '\'', '*', '_']).len();
    if begins("http://") || begins("https://") || begins("ftp://") || begins("www.") {
        let ends = |c: char| c.is_whitespace() || "<>\"«»“”„|".contains(c);
        let length = rest
            .char_indices()
            .find(|(at, c)| ends(*c) || *at >= LONGEST_ADDRESS)
            .map_or(rest.len(), |(at, _)| at);
        let run = rest.get(..length).unwrap_or_default().trim_end_matches([')', ',', ';', ']', '}']);
        return Ok((trim(run), TokenKind::Address));
    }
    let length = rest
        .char_indices()
        .take(BARE_ADDRESS)
        .find(|(_, c)| ends(*c))
        .map_or_else(|| rest.char_indices().nth(BARE_ADDRESS).map_or(rest.len(), |(at, _)| at), |(at, _)| at);
    let run = rest.get(..length).unwrap_or_default();
    let run = run.get(..trim(run)).unwrap_or_default();
    if let Some((local, domain)) = run.split_once('@')
        && !local.is_empty()
        && domain.contains('.')
    {
        return Ok((run.len(), TokenKind::Mailbox));
    }
    let host = run.split(['/', '?', ':', '#']).next().unwrap_or_default();
    let labels = || host.split('.');
    let top = labels().next_back().unwrap_or_default();
    let plain = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let named = labels().count() > 1
        && (2..=8).contains(&top.len())
        && top.bytes().any(|b| b.is_ascii_alphabetic())
        && top.bytes().all(|b| b.is_ascii_alphanumeric())
        && labels().all(plain)
        && !host.bytes().next().is_some_and(|b| b.is_ascii_digit() && labels().count() == 2 && top.len() < 3);
    if named { Ok((run.len(), TokenKind::Address)) } else { Err(length.max(1)) }
}

/// Words that only Russian in Latin letters has.
const RUSSIAN_IN_LATIN: &[&str] = &[
    "ne",
    "na",
    "ya",
    "ja",
    "eto",
    "chto",
    "kak",
    "pri",
    "po",
    "iz",
    "za",
    "ot",
    "dlya",
    "dlja",
    "uzhe",
    "esche",
    "esho",
    "est",
    "est'",
    "net",
    "my",
    "vy",
    "vse",
    "vsyo",
    "vsio",
    "ili",
    "tolko",
    "tol'ko",
    "pozhalusta",
    "pozhaluysta",
    "pojaluista",
    "zdravstvuyte",
    "zdravstvujte",
    "dobryj",
    "dobry",
    "dobriy",
    "den",
    "den'",
    "spasibo",
    "pochemu",
    "gde",
    "kogda",
    "mashina",
    "mashiny",
    "mashinu",
    "obekt",
    "ob'ekt",
    "obyekt",
    "otchet",
    "otchety",
    "rabotaet",
    "pokazyvaet",
    "dannyh",
    "dannye",
    "segodnya",
    "segodnja",
    "vchera",
    "utra",
    "bylo",
    "byl",
    "budet",
    "nado",
    "nuzhno",
    "mozhno",
    "posmotrite",
    "podskazhite",
    "pomogite",
    "sdelayte",
    "oshibka",
    "oshibku",
    "pishet",
    "zahozhu",
    "nazhimayu",
    "nazhimaju",
    "otkryvayu",
    "otkryvaju",
    "stroyu",
    "stroju",
    "vybirayu",
    "vybiraju",
    "karte",
    "kartu",
    "posle",
    "tam",
    "i",
    "a",
    "v",
    "s",
    "u",
    "k",
    "no",
    "da",
    "tak",
    "ego",
    "ee",
    "ih",
    "nas",
    "vas",
    "nam",
    "vam",
    "privet",
    "s",
    "trebuetsya",
    "sistema",
    "datchik",
    "toplivo",
    "topliva",
    "marshrut",
    "voditel",
    "uvazhaemye",
    "proshu",
    "prosim",
];

/// Whether Latin words are Russian: at least two words that English does not have, a seventh of all words.
pub(super) fn is_russian_in_latin(tokens: &[Token]) -> bool {
    const SHARED: &[&str] =
        &["i", "a", "v", "s", "u", "k", "no", "my", "den", "na", "net", "est", "per", "tam", "po", "da"];
    let (mut words, mut own, mut shared) = (0_usize, 0_usize, 0_usize);
    for token in tokens.iter().filter(|token| token.is_word()) {
        words += 1;
        if RUSSIAN_IN_LATIN.contains(&token.form.as_str()) {
            if SHARED.contains(&token.form.as_str()) {
                shared += 1;
            } else {
                own += 1;
            }
        }
    }
    own >= 1 && own * 2 + shared >= 3 && (own * 2 + shared) * 7 >= words
}

/// Puts Latin words into Cyrillic, keeping what was typed. Words with digits or underscores are names: left alone.
pub(super) fn transliterate(tokens: &mut [Token]) {
    for token in tokens.iter_mut().filter(|token| token.is_word()) {
        let plain = token.form.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'');
        if plain {
            let russian = to_cyrillic(&token.form);
            token.typed = Some(std::mem::replace(&mut token.form, russian));
        }
    }
}
