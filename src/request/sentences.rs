//! Where sentences end, and what stands in quotation marks.

use super::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// Longest quoted name in tokens.
const LONGEST_QUOTE: usize = 24;

pub(super) fn find_quoted(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut quoted = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, token) in tokens.iter().enumerate() {
        let TokenKind::Mark(mark) = token.kind else { continue };
        match (open, mark) {
            (Some((from, '«')), '»')
            | (Some((from, '“' | '„' | '”')), '“' | '”' | '"')
            | (Some((from, '"')), '"' | '”' | '“') => {
                if at > from + 1 && at - from <= LONGEST_QUOTE {
                    quoted.push(from + 1..at);
                }
                open = None;
            }
            (None, '«' | '“' | '„' | '"') => open = Some((at, mark)),
            // An apostrophe opens a quotation only before a word and after white space.
            (None, '\'') if token.spaced => open = Some((at, mark)),
            (Some((from, '\'')), '\'') => {
                if at > from + 1 && at - from <= LONGEST_QUOTE {
                    quoted.push(from + 1..at);
                }
                open = None;
            }
            (Some((from, _)), _) if at - from > LONGEST_QUOTE => {
                open = matches!(mark, '«' | '“' | '„' | '"').then_some((at, mark));
            }
            (Some((_, '\'')), '«' | '“' | '„' | '"') => open = Some((at, mark)),
            _ => {}
        }
    }
    quoted
}

/// A line of fewer characters than this was ended by its writer, not by his mail program.
const WRAPPED_LINE: usize = 56;
/// Longest sentence in tokens: a pasted log without full stops is cut.
const LONGEST_SENTENCE: usize = 200;

pub(super) fn find_sentences(tokens: &[Token], quoted: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut line_start = 0;
    let mut quotes = quoted.iter().peekable();
    for (at, token) in tokens.iter().enumerate() {
        while quotes.peek().is_some_and(|quote| quote.end <= at) {
            quotes.next();
        }
        let inside = quotes.peek().is_some_and(|quote| quote.contains(&at));
        let next = tokens.get(at + 1);
        let ends = match token.kind {
            TokenKind::Newline => {
                let line = tokens
                    .get(line_start)
                    .map_or(0, |first| token.span.start.saturating_sub(first.span.start));
                let letters = line / 2 + line / 8; // bytes to characters, for mostly Cyrillic text
                let goes_on = next.is_some_and(|next| next.is_word() && next.case == Case::Lower)
                    && letters >= WRAPPED_LINE;
                line_start = at + 1;
                !goes_on
            }
            TokenKind::Mark('.' | '!' | '?' | '…') => {
                !inside
                    && next.is_none_or(|next| next.spaced || next.kind == TokenKind::Newline)
                    && !is_abbreviation(tokens, at)
            }
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Mark(_)
            | TokenKind::Address
            | TokenKind::Mailbox => token.span.end > 0 && at - start >= LONGEST_SENTENCE,
        };
        if ends {
            if at + 1 > start {
                sentences.push(start..at + 1);
            }
            start = at + 1;
        }
    }
    if start < tokens.len() {
        sentences.push(start..tokens.len());
    }
    sentences
}

/// «т.д.», «г.», a list number: the full stop at `at` ends no sentence.
fn is_abbreviation(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|index| tokens.get(index)) else { return false };
    let next_lower = tokens.get(at + 1).is_some_and(|next| next.is_word() && next.case == Case::Lower);
    match before.kind {
        TokenKind::Number => {
            let first = at.checked_sub(2).and_then(|index| tokens.get(index));
            before.form.len() <= 2 && first.is_none_or(|first| first.kind == TokenKind::Newline)
        }
        TokenKind::Word => {
            let short = before.form.chars().count() <= 3;
            let known = matches!(
                before.form.as_str(),
                "г" | "гг"
                    | "ул"
                    | "д"
                    | "т"
                    | "е"
                    | "к"
                    | "п"
                    | "др"
                    | "пр"
                    | "тел"
                    | "см"
                    | "им"
                    | "руб"
                    | "коп"
                    | "тыс"
                    | "мин"
                    | "сек"
                    | "час"
                    | "ч"
                    | "шт"
                    | "гос"
                    | "рег"
                    | "эл"
                    | "стр"
                    | "рис"
                    | "обл"
                    | "no"
                    | "etc"
                    | "eg"
                    | "e"
                    | "vs"
            );
            known && (next_lower || before.form.chars().count() == 1)
                || (short && next_lower && before.form.chars().count() <= 2)
        }
        TokenKind::Mark(_) | TokenKind::Newline | TokenKind::Address | TokenKind::Mailbox => false,
    }
}
