//! The lines of a text with their quote depth, and a few cheap looks at a line that every step shares.

use super::SegmentKind;
use crate::mail::characters::{is_alphabetic, is_alphanumeric};

/// Lines beyond this are not looked at; they belong to whatever the last one looked at is.
const MAX_LINES: usize = 50_000;

/// How much of a line is read: no header, closing or contact line of a real mail is longer.
const HEAD_BYTES: usize = 480;

/// The longest fixed phrase that opens a footer or a closing, and then some.
const START_BYTES: usize = 80;

/// One line that is not blank. Blank lines belong to the line above them, `>` lines without text between an own line
/// and a quote to the quote.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Where it begins in the whole text, in bytes.
    pub(super) start: usize,
    /// Number of quote marks before it.
    pub(super) depth: u8,
    /// Without quote marks and white space around.
    pub(super) text: &'a str,
    /// Whether a blank line, quoted or not, stands above.
    pub(super) gap: bool,
    /// What it has been found to be.
    pub(super) kind: SegmentKind,
}

/// Reads the lines of `full`; all are [`SegmentKind::Own`] as yet.
pub(super) fn read(full: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut start = 0;
    let mut gap = false;
    let mut blank_quote = None;
    let mut initials: Option<&str> = None;
    for whole in full.split_inclusive('\n') {
        let (mut depth, mut text) = quote_prefix(whole);
        if depth == 0
            && let Some((prefix, deep, rest)) = initials_prefix(text)
        {
            let after_intro = lines.last().is_some_and(|above| above.depth == 0 && above.text.ends_with(':'));
            if after_intro && initials.is_none() {
                initials = Some(prefix);
            }
            if initials == Some(prefix) {
                (depth, text) = (deep, rest);
            }
        }
        if text.is_empty() {
            gap = true;
            if depth > 0 && blank_quote.is_none() {
                blank_quote = Some(start);
            }
            if depth == 0 {
                blank_quote = None;
            }
        } else {
            let above_is_quote = lines.last().is_some_and(|above| above.depth > 0);
            let begin = blank_quote.filter(|_| depth > 0 && !above_is_quote).unwrap_or(start);
            lines.push(Line { start: begin, depth, text, gap, kind: SegmentKind::Own });
            (gap, blank_quote) = (false, None);
            if lines.len() >= MAX_LINES {
                break;
            }
        }
        start += whole.len();
    }
    lines
}

/// White space, or what nobody sees: BlueMail ends its lines with U+2063.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Counts the quote marks (`>`, `> >`, `>>`) at the beginning of a line and cuts them off.
pub(super) fn quote_prefix(whole: &str) -> (u8, &str) {
    let mut rest = whole.trim_matches(is_blank);
    let mut depth = 0_u8;
    while let Some(after) = rest.strip_prefix('>') {
        depth = depth.saturating_add(1);
        rest = after.trim_start_matches(is_blank);
    }
    (depth, rest)
}

/// The Bat! quotes with the initials of the one quoted, in the letters that he writes them with: `IV> text`, «ТпMS> text», deeper
/// `IV>> text`. Gives initials, depth, rest.
fn initials_prefix(text: &str) -> Option<(&str, u8, &str)> {
    let (initials, after) = text.split_once('>')?;
    let (length, capitals) = initials
        .chars()
        .fold((0, 0), |(length, capitals), c| (length + 1, capitals + usize::from(c.is_uppercase())));
    let named = initials.starts_with(char::is_uppercase) && initials.chars().all(is_alphabetic);
    if initials.len() > 8 || !named || capitals < 2.min(length) {
        return None;
    }
    let (deeper, rest) = quote_prefix(after);
    Some((initials, deeper.saturating_add(1), rest))
}

/// The beginning of a line, at most [`HEAD_BYTES`].
pub(super) fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(HEAD_BYTES)).unwrap_or(text)
}

/// The head of a line in lower case with ё as е, every white space as a plain space, and no marks of direction (Windows Mail has them in
/// dates), so that words compare.
pub(super) fn lower(text: &str) -> String {
    lowered(head(text))
}

/// [`lower`] of as much as a fixed phrase at the beginning of a line can have.
pub(super) fn lower_start(text: &str) -> String {
    lowered(text.get(..text.floor_char_boundary(START_BYTES)).unwrap_or(text))
}

fn lowered(text: &str) -> String {
    let mut lower = String::with_capacity(text.len());
    let mut rest = text;
    // Nearly all of a text is in lower case already: it is copied run by run.
    while let Some(at) = rest.find(|c| !matches!(c, ' '..='@' | '['..='~' | 'а'..='я')) {
        let (run, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        lower.push_str(run);
        let mut chars = from.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match c {
            'ё' | 'Ё' => lower.push('е'),
            'А'..='Я' => lower.push(char::from_u32(u32::from(c) + 0x20).unwrap_or(c)),
            c if c.is_ascii() => {
                lower.push(if c.is_ascii_whitespace() { ' ' } else { c.to_ascii_lowercase() })
            }
            c if c.is_whitespace() => lower.push(' '),
            '\u{200e}' | '\u{200f}' => {}
            c => lower.extend(c.to_lowercase()),
        }
    }
    lower.push_str(rest);
    lower
}

/// [`str::starts_with`], quick to say no: nearly all lines begin with other letters than a fixed phrase.
pub(super) fn begins_with(text: &str, phrase: &str) -> bool {
    let may = phrase.as_bytes().first_chunk::<2>().is_none_or(|two| text.as_bytes().starts_with(two));
    may && text.starts_with(phrase)
}

/// Whether `text` begins with `word` and the word ends there.
pub(super) fn begins_with_word(text: &str, word: &str) -> bool {
    begins_with(text, word) && text.get(word.len()..).is_some_and(|rest| !rest.starts_with(is_alphanumeric))
}

/// Number of words separated by white space, of the head.
pub(super) fn word_count(text: &str) -> usize {
    let (mut words, mut counted) = (0, false);
    for c in head(text).chars() {
        if is_alphanumeric(c) {
            words += usize::from(!counted);
            counted = true;
        } else if c.is_whitespace() {
            counted = false;
        }
    }
    words
}

/// What follows `1.`, `1)`, `№1.`, `1 -` at the beginning of a line; at most three digits.
pub(super) fn after_number(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['№', '#', '(', '*', ' ']);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    if !(1..=3).contains(&digits) {
        return None;
    }
    let after = rest
        .strip_prefix(['.', ')', ':'])
        .or_else(|| rest.strip_prefix(" -"))
        .or_else(|| rest.strip_prefix(" –"))?;
    (!after.starts_with(|c: char| c.is_ascii_digit())).then(|| after.trim())
}

#[rustfmt::skip]
const GREETINGS: [&str; 21] = [
    "здравствуйте", "здравствуй", "добрый", "доброе", "доброго", "приветствую", "привет", "коллеги",
    "уважаемые", "уважаемый", "уважаемая", "дорогие", "салам", "hi", "hello", "dear", "good morning",
    "good afternoon", "good evening", "good day", "hey",
];

/// Whether this line begins with a greeting.
pub(super) fn greets(text: &str) -> bool {
    let text = lower_start(text);
    GREETINGS.iter().any(|word| begins_with_word(&text, word))
}

/// Whether this line only greets: «Добрый день, коллеги!», "Hi team,".
pub(super) fn is_greeting(text: &str) -> bool {
    if word_count(text) > 5 || text.contains(|c: char| matches!(c, '?' | ':') || c.is_numeric()) {
        return false;
    }
    let inner_stop = text.trim_end_matches(['.', '!', ',', ' ']).contains(['.', '!']);
    !inner_stop && greets(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quick_look_at_the_beginning_is_right(text in "[aя]{0,4}", phrase in "[aя]{0,3}") {
            prop_assert_eq!(begins_with(&text, &phrase), text.starts_with(&phrase));
        }

        #[test]
        fn any_text_is_put_in_lower_case(text in "[a-zA-Z0-9а-яА-ЯёЁ \t\u{a0}.,éÉіІ]{0,60}") {
            let spaces: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
            prop_assert_eq!(lowered(&text), spaces.to_lowercase().replace('ё', "е"));
        }
    }

    #[test]
    fn words_have_a_letter_or_digit() {
        assert_eq!(word_count("С уважением, — Иван 5 …"), 4);
        assert_eq!(word_count("  --  "), 0);
    }
}
