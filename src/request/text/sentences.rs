//! Where sentences end, and what stands in quotation marks.

use super::tokens::{Case, Token, TokenKind};
use std::ops::Range;

/// Longest quoted name in tokens.
const LONGEST_QUOTE: usize = 24;

pub(crate) fn find_quoted(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut quoted = Vec::new();
    let mut open: Option<(usize, char)> = None;
    // Up to where marks are of what has been looked at; whether the quotation was opened by two marks.
    let (mut behind, mut twice) = (0, false);
    for (at, token) in tokens.iter().enumerate() {
        let TokenKind::Mark(mark) = token.kind else { continue };
        if at < behind {
            continue;
        }
        match (open, mark) {
            (Some((from, '«')), '«') if at - from <= LONGEST_QUOTE => behind = behind_inner(tokens, at),
            // Doubled marks inside a quotation quote within it, as in tables.
            (Some((from, '"')), '"') if !twice && at > from + 1 && is_doubled(tokens, at) => behind = at + 2,
            (Some((from, '«')), '»')
            | (Some((from, '“' | '„' | '”')), '“' | '”' | '"')
            | (Some((from, '"')), '"' | '”' | '“') => {
                if at > from + 1 && at - from <= LONGEST_QUOTE {
                    quoted.push(from + 1..at);
                }
                open = None;
            }
            (None, '"') if is_twin(tokens, at + 1) && is_term(tokens, at + 2) => {
                (open, behind, twice) = (Some((at + 1, mark)), at + 2, true);
            }
            (None, '«' | '“' | '„' | '"') => (open, twice) = (Some((at, mark)), false),
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

/// Where what is quoted within a quotation ends that begins at `at`, its closing mark included, if the outer one is closed as well;
/// `at` if not: most writers close both by one mark.
fn behind_inner(tokens: &[Token], at: usize) -> usize {
    let rest = tokens.get(at + 1..).unwrap_or_default().iter().take(LONGEST_QUOTE).enumerate();
    let mut closing = rest
        .take_while(|(_, token)| !token.is_mark('«') && token.kind != TokenKind::Newline)
        .filter(|(_, token)| token.is_mark('»'));
    match (closing.next(), closing.next()) {
        (Some((inner, _)), Some(_)) => at + 1 + inner + 1,
        _ => at,
    }
}

/// Whether the quotation mark at `at` is doubled within a quotation that goes on.
fn is_doubled(tokens: &[Token], at: usize) -> bool {
    let goes_on = || {
        let rest = tokens.get(at + 2..).unwrap_or_default().iter().take(LONGEST_QUOTE);
        rest.take_while(|token| token.kind != TokenKind::Newline).any(|token| token.is_mark('"'))
    };
    is_twin(tokens, at + 1) && (is_twin(tokens, at + 2) || is_term(tokens, at + 2) && goes_on())
}

fn is_twin(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is_mark('"') && !token.spaced)
}

fn is_term(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is_word() || token.kind == TokenKind::Number)
}

/// A line of fewer characters than this was ended by its writer, not by his mail program.
const WRAPPED_LINE: usize = 56;
/// Longest sentence in tokens: a pasted log without full stops is cut.
const LONGEST_SENTENCE: usize = 200;

pub(crate) fn find_sentences(tokens: &[Token], quoted: &[Range<usize>]) -> Vec<Range<usize>> {
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
