//! A mail laid out for reading: the tokens of its content with classes, cut into lines, sentences and clauses.

use super::lexicon::Class;
use super::tokens::{Case, Token, TokenKind, cut, is_russian_in_latin, transliterate};
use super::words::lexicon;
use super::{Evidence, Place};
use std::ops::Range;

/// More text than this is not read: nobody writes a request of half a megabyte, but programs paste logs.
const LONGEST_TEXT: usize = 512 * 1024;

/// The tokens of a subject or of a body's content.
#[derive(Clone, Debug)]
pub(super) struct Sheet<'a> {
    /// The original text.
    pub(super) text: &'a str,
    /// Which part of the mail it is.
    pub(super) place: Place,
    parts: Vec<Range<usize>>,
    /// All tokens in order.
    pub(super) tokens: Vec<Token>,
    /// Sentences as ranges of tokens, without gaps that matter.
    pub(super) sentences: Vec<Range<usize>>,
    /// What stands in quotation marks: ranges of tokens without the marks.
    pub(super) quoted: Vec<Range<usize>>,
}

impl<'a> Sheet<'a> {
    /// Lays out the `parts` of `text` (byte ranges of whole lines).
    pub(super) fn new(text: &'a str, place: Place, parts: &[Range<usize>]) -> Self {
        let mut tokens = Vec::new();
        let mut room = LONGEST_TEXT;
        for part in parts {
            let mut end = part.start + room.min(part.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            room -= end - part.start;
            cut(text, part.start..end, &mut tokens);
            if !tokens.last().is_some_and(|token| token.kind == TokenKind::Newline) {
                tokens.push(newline(end));
            }
        }
        if is_russian_in_latin(&tokens) {
            transliterate(&mut tokens);
        }
        classify(&mut tokens);
        let quoted = find_quoted(&tokens);
        let sentences = find_sentences(&tokens, &quoted);
        Self { text, place, parts: parts.to_vec(), tokens, sentences, quoted }
    }

    /// The byte ranges of the text that the tokens are from.
    pub(super) fn parts(&self) -> &[Range<usize>] {
        &self.parts
    }

    /// Whether the text is Russian typed in Latin letters.
    pub(super) fn is_transliterated(&self) -> bool {
        self.tokens.iter().any(|token| token.typed.is_some())
    }

    /// The tokens of a range.
    pub(super) fn slice(&self, range: Range<usize>) -> &[Token] {
        self.tokens.get(range).unwrap_or_default()
    }

    /// The token at `at`.
    pub(super) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The token that stands `back` places before `at`, on the same line.
    pub(super) fn before(&self, at: usize, back: usize) -> Option<&Token> {
        let from = at.checked_sub(back)?;
        let line_breaks = self.slice(from..at).iter().any(|token| token.kind == TokenKind::Newline);
        if line_breaks { None } else { self.token(from) }
    }

    /// Whether a token of the sentence has a class.
    pub(super) fn any(&self, range: Range<usize>, classes: &[Class]) -> bool {
        self.slice(range).iter().any(|token| token.classes.any(classes))
    }

    /// The first token of the range that has a class.
    pub(super) fn find(&self, range: Range<usize>, class: Class) -> Option<usize> {
        let start = range.start;
        self.slice(range).iter().position(|token| token.has(class)).map(|at| start + at)
    }

    /// The original text of a range of tokens.
    pub(super) fn words(&self, range: Range<usize>) -> &'a str {
        self.text.get(self.span(range)).unwrap_or_default()
    }

    /// The bytes of a range of tokens.
    pub(super) fn span(&self, range: Range<usize>) -> Range<usize> {
        match self.slice(range) {
            [] => 0..0,
            [only] => only.span.clone(),
            [first, .., last] => first.span.start..last.span.end,
        }
    }

    /// Evidence for a range of tokens.
    pub(super) fn evidence(&self, range: Range<usize>, cue: impl Into<String>) -> Evidence {
        let span = self.span(range);
        let text = self.text.get(span.clone()).unwrap_or_default().to_owned();
        Evidence { place: self.place, span, text, cue: cue.into() }
    }

    /// Whether the token at `at` stands in quotation marks.
    pub(super) fn quoted_at(&self, at: usize) -> Option<&Range<usize>> {
        let index = self.quoted.partition_point(|range| range.end <= at);
        self.quoted.get(index).filter(|range| range.contains(&at))
    }

    /// The clause around `at`: up to a comma, semicolon, colon, dash or conjunction, within `sentence`.
    pub(super) fn clause(&self, sentence: &Range<usize>, at: usize) -> Range<usize> {
        let ends =
            |index: usize| self.token(index).is_some_and(ends_clause) && self.quoted_at(index).is_none();
        let start =
            (sentence.start..at).rev().find(|&index| ends(index)).map_or(sentence.start, |index| index + 1);
        let end = (at + 1..sentence.end).find(|&index| ends(index)).unwrap_or(sentence.end);
        start..end
    }

    /// The sentence around `at`.
    pub(super) fn sentence_at(&self, at: usize) -> Range<usize> {
        let index = self.sentences.partition_point(|range| range.end <= at);
        self.sentences.get(index).filter(|range| range.contains(&at)).cloned().unwrap_or(at..at + 1)
    }

    /// Whether only marks and numbers of a list stand before `at` on its line.
    pub(super) fn starts_line(&self, at: usize) -> bool {
        for index in (0..at).rev().take(5) {
            match self.token(index).map(|token| token.kind) {
                Some(TokenKind::Newline) | None => return true,
                Some(TokenKind::Mark(_)) => {}
                Some(TokenKind::Number) if self.token(index).is_some_and(|token| token.form.len() < 3) => {}
                Some(TokenKind::Word)
                    if self.token(index).is_some_and(|token| token.form.chars().count() == 1)
                        && self.token(index + 1).is_some_and(|next| next.is_mark(')')) => {}
                Some(TokenKind::Number | TokenKind::Word | TokenKind::Address | TokenKind::Mailbox) => {
                    return false;
                }
            }
        }
        at <= 5
    }
}

fn newline(at: usize) -> Token {
    Token {
        span: at..at,
        form: String::new(),
        typed: None,
        kind: TokenKind::Newline,
        case: Case::Lower,
        spaced: false,
        classes: super::lexicon::Classes::default(),
    }
}

/// Gives every word its classes; a pattern of several words gives them to each of its words.
fn classify(tokens: &mut [Token]) {
    let lexicon = lexicon();
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        if tokens.get(at).is_some_and(|token| !token.form.is_empty()) {
            lexicon.look_up(tokens, at, |classes, length| found.push((at, length, classes)));
        }
    }
    for (at, length, classes) in found {
        for token in tokens.iter_mut().skip(at).take(length) {
            token.classes.add(classes);
        }
    }
}

/// Where a clause ends: punctuation and conjunctions that set one statement against another.
fn ends_clause(token: &Token) -> bool {
    match token.kind {
        TokenKind::Mark(mark) => {
            matches!(mark, ',' | ';' | ':' | '-' | '(' | ')' | '→') && (mark != '-' || token.spaced)
        }
        TokenKind::Word => {
            matches!(token.form.as_str(), "но" | "а" | "хотя" | "but" | "while" | "although" | "whereas")
        }
        TokenKind::Newline => true,
        TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
    }
}

/// Longest quoted name in tokens.
const LONGEST_QUOTE: usize = 24;

fn find_quoted(tokens: &[Token]) -> Vec<Range<usize>> {
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

fn find_sentences(tokens: &[Token], quoted: &[Range<usize>]) -> Vec<Range<usize>> {
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
            _ => token.span.end > 0 && at - start >= LONGEST_SENTENCE,
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
