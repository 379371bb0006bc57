//! A text cut into words, numbers, marks and addresses, each with its place in the original.

use super::address::address;
use super::fold::{case_of, compose, fold};
use super::lexicon::{Class, Classes};
use crate::mail::characters::{is_alphabetic, is_alphanumeric};
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
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
pub(crate) enum Case {
    Lower,
    Capital,
    Upper,
    Mixed,
}

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Bytes of the original text.
    pub(crate) span: Range<usize>,
    /// The folded form, in Cyrillic if the text is Russian in Latin letters.
    pub(crate) form: String,
    /// The folded form as it was typed, where `form` is transliterated.
    pub(crate) typed: Option<String>,
    /// What it is.
    pub(crate) kind: TokenKind,
    /// How it is capitalised.
    pub(crate) case: Case,
    /// White space, or the start of a line, stands before it.
    pub(crate) spaced: bool,
    /// What classes the word has.
    pub(crate) classes: Classes,
}

impl Token {
    pub(crate) fn has(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    pub(crate) fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    pub(crate) fn is_mark(&self, mark: char) -> bool {
        self.kind == TokenKind::Mark(mark)
    }

    /// Whether its form begins with one of these stems.
    pub(crate) fn begins(&self, stems: &[&str]) -> bool {
        stems.iter().any(|stem| self.form.starts_with(stem))
    }

    /// «и», "and".
    pub(crate) fn is_and(&self) -> bool {
        matches!(self.form.as_str(), "и" | "and")
    }

    pub(crate) fn is_quotation_mark(&self) -> bool {
        matches!(self.kind, TokenKind::Mark('«' | '»' | '"' | '“' | '„' | '”'))
    }

    pub(crate) fn has_digit(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Number)
            && self.form.bytes().any(|b| b.is_ascii_digit())
    }

    /// Whether its form has so many characters or more; quicker than to count them all.
    pub(crate) fn has_letters(&self, least: usize) -> bool {
        least.checked_sub(1).is_none_or(|before| self.form.chars().nth(before).is_some())
    }

    pub(crate) fn is_latin(&self) -> bool {
        self.form.bytes().any(|b| b.is_ascii_alphabetic())
    }

    /// The folded form as it was typed.
    pub(crate) fn typed(&self) -> &str {
        self.typed.as_deref().unwrap_or(&self.form)
    }
}

/// How many of the tokens are words.
pub(crate) fn words(tokens: &[Token]) -> usize {
    tokens.iter().filter(|token| token.is_word()).count()
}

/// A text of so many tokens or more is not read on: they take up to 100 times the room of their letters.
const MOST: usize = 40_000;

/// Cuts `range` of `text` into tokens, appended to `tokens`, until there are [`MOST`].
pub(crate) fn cut(text: &str, range: Range<usize>, tokens: &mut Vec<Token>) {
    let Some(part) = text.get(range.clone()) else { return };
    let mut spaced = true;
    let (mut at, mut plain_until) = (0, 0);
    while tokens.len() < MOST
        && let Some(rest) = part.get(at..)
        && let Some(c) = rest.chars().next()
    {
        let start = range.start + at;
        if is_alphanumeric(c) {
            let address = if at >= plain_until { address(rest) } else { Err(0) };
            let (length, form, kind, case) = match address {
                Ok((length, kind)) => {
                    (length, rest.get(..length).unwrap_or_default().to_lowercase(), kind, Case::Lower)
                }
                Err(looked_at) => {
                    plain_until = plain_until.max(at + looked_at);
                    let (length, form, case) = word(rest);
                    let digits = form.bytes().all(|b| b.is_ascii_digit());
                    (length, form, if digits { TokenKind::Number } else { TokenKind::Word }, case)
                }
            };
            tokens.push(token(start..start + length, form, kind, case, spaced));
            spaced = false;
            at += length;
            continue;
        }
        at += c.len_utf8();
        let span = start..range.start + at;
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

/// Room for a word of usual length, in bytes.
const WORD_ROOM: usize = 24;

/// The word at the start of `rest`: its length in bytes, folded form and case.
fn word(rest: &str) -> (usize, String, Case) {
    let mut form = String::with_capacity(WORD_ROOM);
    let (mut upper, mut lower, mut first_upper) = (0_usize, 0_usize, false);
    let mut length = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        // Most letters are in the form that is compared already; no mark combines among them.
        if matches!(c, 'а'..='я' | 'a'..='z' | '0'..='9') {
            lower += usize::from(!c.is_ascii_digit());
            form.push(c);
        } else if c == ' ' {
            break;
        } else if let Some(composed) = form.chars().next_back().and_then(|base| compose(base, c)) {
            form.pop();
            form.push(composed);
        } else if is_alphanumeric(c) || c == '_' {
            let (is_upper, is_lower) = case_of(c);
            first_upper |= at == 0 && is_upper;
            upper += usize::from(is_upper);
            lower += usize::from(is_lower);
            form.extend(fold(c));
        } else if fold(c).is_some() {
            let next = chars.peek().map_or(' ', |(_, next)| *next);
            // English, and Ukrainian: «об'єкт».
            let inside = match form.chars().next_back() {
                Some('а'..='я') => matches!(fold(next), Some('я' | 'ю' | 'є' | 'ї')),
                Some(before) => before.is_ascii_alphabetic() && is_alphabetic(next),
                None => false,
            };
            let apostrophe = fold(c) == Some('\'') && inside;
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
    if latin == 0 || form.is_ascii() {
        return None;
    }
    let cyrillic = form.chars().filter(|c| ('а'..='я').contains(c) || *c == 'і').count();
    if cyrillic == 0 || form.bytes().any(|b| b.is_ascii_digit() || b == b'_') {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        let mut tokens = Vec::new();
        cut(text, 0..text.len(), &mut tokens);
        tokens.len()
    }

    #[test]
    fn the_room_for_tokens_is_bounded_and_no_usual_text_reaches_the_bound() {
        assert_eq!(count(&"-".repeat(128 * 1024)), MOST);
        let russian = "Не строится отчёт по объекту А123ВС77, хотя вчера всё было в порядке.\n";
        let english = "The report for unit Volvo FH 0457 is empty, we see no trips at all.\n";
        for line in [russian, english] {
            let lines = 128 * 1024 / line.len();
            assert_eq!(count(&line.repeat(lines)), count(line) * lines, "{line}");
        }
    }
}
