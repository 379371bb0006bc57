//! A mail laid out for reading: the tokens of its content with classes, cut into lines, sentences and clauses.

use super::lexicon::{Class, Classes};
use super::sentences::{find_quoted, find_sentences};
use super::tokens::{Case, Token, TokenKind, cut};
use super::transliteration::{
    is_only_russian, is_russian_in_latin, is_shared, other_spellings, transliterate,
};
use crate::request::learned::senses;
use crate::request::words::lexicon;
use crate::request::{Evidence, Place};
use std::cell::OnceCell;
use std::ops::Range;

/// More text than this is not read: nobody writes a request of that length, but programs paste logs, and a token
/// takes much more room than its letters.
const LONGEST_TEXT: usize = 128 * 1024;

/// Words and marks take so many bytes or more in usual texts, with the spaces between them.
const BYTES_A_TOKEN: usize = 8;

/// The tokens of a subject or of a body's content.
#[derive(Clone, Debug)]
pub(crate) struct Sheet<'a> {
    /// The original text.
    pub(crate) text: &'a str,
    /// Which part of the mail it is.
    pub(crate) place: Place,
    parts: Vec<Range<usize>>,
    /// The classes of all tokens.
    classes: Classes,
    /// The text is Russian typed in Latin letters.
    transliterated: bool,
    /// The text is in capitals.
    shouted: bool,
    /// All tokens in order.
    pub(crate) tokens: Vec<Token>,
    /// Sentences as ranges of tokens, without gaps that matter.
    pub(crate) sentences: Vec<Range<usize>>,
    /// What stands in quotation marks: ranges of tokens without the marks.
    pub(crate) quoted: Vec<Range<usize>>,
    remembered: Vec<Remembered>,
}

/// What a sentence says of a malfunction.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Behaviour {
    /// Words that say what misbehaves in what way.
    pub(crate) strong: usize,
    /// How many of the informative words these are.
    pub(crate) informative: usize,
    /// Things of the field.
    pub(crate) common: usize,
    /// Numbers and quoted texts that are shown.
    pub(crate) values: usize,
}

/// What has been found of one sentence, by whichever detector asked first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remembered {
    pub(crate) behaviour: OnceCell<Behaviour>,
    pub(crate) is_question: OnceCell<bool>,
    pub(crate) is_errand: OnceCell<bool>,
    is_shouted: OnceCell<bool>,
}

impl<'a> Sheet<'a> {
    /// Lays out the `parts` of `text` (byte ranges of whole lines).
    pub(crate) fn new(text: &'a str, place: Place, parts: &[Range<usize>]) -> Self {
        let mut room = LONGEST_TEXT;
        let bytes: usize = parts.iter().map(|part| part.len()).sum();
        let mut tokens = Vec::with_capacity(bytes.min(room) / BYTES_A_TOKEN + 8);
        for part in parts {
            let mut end = part.start + room.min(part.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            room -= end - part.start;
            cut(text, part.start..end, &mut tokens);
            // Two line ends: no sentence goes on behind what stood between two parts.
            tokens.push(newline(end));
        }
        let russian = is_russian_in_latin(&tokens).then(|| respelled(in_russian(&tokens)));
        let russian = russian.filter(|russian| is_mostly_known(russian));
        let transliterated = russian.is_some();
        match russian {
            Some(russian) => tokens = russian,
            None => classify(&mut tokens),
        }
        let mut classes = Classes::default();
        for token in &tokens {
            classes.add(token.classes);
        }
        let quoted = find_quoted(&tokens);
        let sentences = find_sentences(&tokens, &quoted);
        let remembered = vec![Remembered::default(); sentences.len()];
        Self {
            text,
            place,
            parts: parts.to_vec(),
            classes,
            transliterated,
            shouted: capitals(&tokens).is_some_and(|count| count >= FEWEST_SHOUTED),
            tokens,
            sentences,
            quoted,
            remembered,
        }
    }

    /// A short text by itself.
    pub(crate) fn of(text: &'a str) -> Self {
        Self::new(text, Place::Body, std::slice::from_ref(&(0..text.len())))
    }

    /// What `judge` says of a range of tokens; if it is a sentence, `judge` is asked only once.
    pub(crate) fn judge<T: Copy>(
        &self,
        range: &Range<usize>,
        place: impl Fn(&Remembered) -> &OnceCell<T>,
        judge: impl FnOnce() -> T,
    ) -> T {
        let at = self.sentences.partition_point(|sentence| sentence.start < range.start);
        match self.remembered.get(at) {
            Some(known) if self.sentences.get(at) == Some(range) => *place(known).get_or_init(judge),
            _ => judge(),
        }
    }

    /// The byte ranges of the text that the tokens are from.
    pub(crate) fn parts(&self) -> &[Range<usize>] {
        &self.parts
    }

    /// Whether the text is Russian typed in Latin letters.
    pub(crate) fn is_transliterated(&self) -> bool {
        self.transliterated
    }

    /// Whether any token has a class.
    pub(crate) fn has(&self, class: Class) -> bool {
        self.classes.has(class)
    }

    /// The tokens of a range.
    pub(crate) fn slice(&self, range: Range<usize>) -> &[Token] {
        self.tokens.get(range).unwrap_or_default()
    }

    /// The token at `at`.
    pub(crate) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// The token at `at`, if no white space stands before it.
    pub(crate) fn glued(&self, at: usize) -> Option<&Token> {
        self.token(at).filter(|token| !token.spaced)
    }

    /// The form of the token at `at`; nothing where there is none.
    pub(crate) fn form(&self, at: usize) -> &str {
        self.token(at).map_or("", |token| token.form.as_str())
    }

    /// The token that stands `back` places before `at`, on the same line.
    pub(crate) fn before(&self, at: usize, back: usize) -> Option<&Token> {
        let from = at.checked_sub(back)?;
        let line_breaks = self.slice(from..at).iter().any(|token| token.kind == TokenKind::Newline);
        if line_breaks { None } else { self.token(from) }
    }

    /// Whether a token of the range has any of the classes.
    pub(crate) fn any(&self, range: Range<usize>, classes: &[Class]) -> bool {
        let wanted = Classes::of_all(classes);
        // Most classes are nowhere in a mail.
        self.classes.meets(wanted) && self.slice(range).iter().any(|token| token.classes.meets(wanted))
    }

    /// The bytes of a range of tokens.
    pub(crate) fn span(&self, range: Range<usize>) -> Range<usize> {
        match self.slice(range) {
            [] => 0..0,
            [only] => only.span.clone(),
            [first, .., last] => first.span.start..last.span.end,
        }
    }

    /// Evidence for a range of tokens.
    pub(crate) fn evidence(&self, range: Range<usize>, cue: impl Into<String>) -> Evidence {
        let span = self.span(range);
        let text = self.text.get(span.clone()).unwrap_or_default().to_owned();
        Evidence { place: self.place, span, text, cue: cue.into() }
    }

    /// Whether the token at `at` stands in quotation marks.
    pub(crate) fn quoted_at(&self, at: usize) -> Option<&Range<usize>> {
        let index = self.quoted.partition_point(|range| range.end <= at);
        self.quoted.get(index).filter(|range| range.contains(&at))
    }

    /// The range without marks and line ends at its edges.
    pub(crate) fn trimmed(&self, mut range: Range<usize>) -> Range<usize> {
        let bare = |at: usize, last: bool| {
            self.token(at).is_some_and(|token| match token.kind {
                TokenKind::Newline => true,
                TokenKind::Mark(mark) => {
                    !(last
                        && (matches!(mark, ')' | '»' | ']' | '}' | '%')
                            || mark == '.' && self.is_initial(at))
                        || !last && matches!(mark, '(' | '«' | '[' | '{' | '+' | '№'))
                }
                TokenKind::Word | TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
            })
        };
        while range.end > range.start + 1 && bare(range.end - 1, true) {
            range.end -= 1;
        }
        while range.start + 1 < range.end && bare(range.start, false) {
            range.start += 1;
        }
        range
    }

    /// Whether the full stop at `at` belongs to an initial behind a name: «Абрамов К.Н.».
    pub(crate) fn is_initial(&self, at: usize) -> bool {
        let capital =
            |at: usize| self.token(at).filter(|token| token.is_word() && token.case == Case::Capital);
        // Where the initial begins whose full stop stands at `stop`.
        let initial = |stop: usize| {
            let is_stop = self.glued(stop).is_some_and(|token| token.is_mark('.'));
            let letter = stop.checked_sub(1).filter(|_| is_stop)?;
            capital(letter).is_some_and(|token| !token.has_letters(2)).then_some(letter)
        };
        let name =
            |end: usize| end.checked_sub(1).and_then(capital).is_some_and(|token| token.has_letters(3));
        let Some(last) = initial(at) else { return false };
        name(last) || last.checked_sub(1).and_then(initial).is_some_and(name)
    }

    /// The clause around `at`: up to a comma, semicolon, colon, dash or conjunction, within `sentence`.
    pub(crate) fn clause(&self, sentence: &Range<usize>, at: usize) -> Range<usize> {
        let ends =
            |index: usize| self.token(index).is_some_and(ends_clause) && self.quoted_at(index).is_none();
        let start =
            (sentence.start..at).rev().find(|&index| ends(index)).map_or(sentence.start, |index| index + 1);
        let end = (at + 1..sentence.end).find(|&index| ends(index)).unwrap_or(sentence.end);
        start..end
    }

    /// The sentence around `at`.
    pub(crate) fn sentence_at(&self, at: usize) -> Range<usize> {
        let index = self.sentences.partition_point(|range| range.end <= at);
        self.sentences.get(index).filter(|range| range.contains(&at)).cloned().unwrap_or(at..at + 1)
    }

    /// Whether the sentence around `at`, or a whole text of more than that, is in capitals: case says nothing of its words then.
    pub(crate) fn is_shouted(&self, at: usize) -> bool {
        let sentence = self.sentence_at(at);
        let judge = || match capitals(self.slice(sentence.clone())) {
            Some(count) => self.shouted || count >= FEWEST_SHOUTED,
            None => false,
        };
        self.judge(&sentence, |known| &known.is_shouted, judge)
    }

    /// Whether a token begins a cell of a row: a tab stands before it.
    pub(crate) fn is_cell(&self, token: &Token) -> bool {
        let before = self.text.get(..token.span.start).unwrap_or_default();
        token.spaced && before.trim_end_matches([' ', '\u{a0}']).ends_with('\t')
    }

    /// The sentence before one.
    pub(crate) fn sentence_before(&self, sentence: &Range<usize>) -> Option<Range<usize>> {
        let index = self.sentences.partition_point(|range| range.end <= sentence.start);
        self.sentences.get(index.checked_sub(1)?).cloned()
    }

    /// Whether only marks and numbers of a list stand before `at` on its line.
    pub(crate) fn starts_line(&self, at: usize) -> bool {
        for index in (0..at).rev().take(5) {
            match self.token(index).map(|token| token.kind) {
                Some(TokenKind::Newline) | None => return true,
                Some(TokenKind::Mark(_)) => {}
                Some(TokenKind::Number) if self.token(index).is_some_and(|token| token.form.len() < 3) => {}
                Some(TokenKind::Word)
                    if self.token(index).is_some_and(|token| !token.has_letters(2))
                        && self.token(index + 1).is_some_and(|next| next.is_mark(')')) => {}
                Some(TokenKind::Number | TokenKind::Word | TokenKind::Address | TokenKind::Mailbox) => {
                    return false;
                }
            }
        }
        at <= 5
    }
}

/// So many words in capitals are no name or abbreviation any more.
const FEWEST_SHOUTED: usize = 4;

/// How many words there are if all are in capitals; letters and codes tell nothing.
fn capitals(tokens: &[Token]) -> Option<usize> {
    let words = tokens.iter().filter(|token| token.is_word() && !token.has_digit() && token.has_letters(2));
    words.map(|token| token.case).try_fold(0_usize, |count, case| (case == Case::Upper).then_some(count + 1))
}

fn newline(at: usize) -> Token {
    Token {
        span: at..at,
        form: String::new(),
        typed: None,
        kind: TokenKind::Newline,
        case: Case::Lower,
        spaced: false,
        classes: Classes::default(),
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
    // "does it send …" asks, "does not send …" states.
    for at in 1..tokens.len() {
        let states = tokens.get(at).is_some_and(|token| token.form == "not");
        if let Some(does) = tokens.get_mut(at - 1).filter(|token| states && token.form == "does") {
            does.classes.remove(Class::Asks);
        }
    }
}

/// The tokens as they would be if their Latin words were Russian.
pub(crate) fn in_russian(tokens: &[Token]) -> Vec<Token> {
    let plain = tokens.iter().map(|token| Token { classes: Classes::default(), ..token.clone() });
    let mut russian: Vec<Token> = plain.collect();
    transliterate(&mut russian);
    classify(&mut russian);
    russian
}

/// Russian from Latin letters whose unknown words are spelt as they are known, if any way to spell them is.
fn respelled(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut any = false;
    for at in 0..tokens.len() {
        if is_known(&tokens, at) {
            continue;
        }
        let Some(token) = tokens.get_mut(at) else { continue };
        let spellings = token.typed.as_deref().map(other_spellings).unwrap_or_default();
        let spelt = |form| Token { form, classes: Classes::default(), ..token.clone() };
        let known = spellings.into_iter().map(spelt).find_map(|token| {
            let mut alone = [token];
            classify(&mut alone);
            let known = is_known(&alone, 0);
            let [token] = alone;
            known.then_some(token)
        });
        if let Some(known) = known {
            *token = known;
            any = true;
        }
    }
    if any {
        tokens.iter_mut().for_each(|token| token.classes = Classes::default());
        classify(&mut tokens);
    }
    tokens
}

/// Whether one of our lists has the word at `at`.
pub(crate) fn is_known(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.classes != Classes::default()) || senses::is_known(tokens, at)
}

/// Whether two of three words of Russian in Latin letters are known: Serbian and Polish have «ne» and «za», too. Words that many languages
/// have tell nothing.
fn is_mostly_known(tokens: &[Token]) -> bool {
    let (mut known, mut unknown) = (0_usize, 0_usize);
    let is_plain = |token: &Token| token.is_word() && !token.has_digit() && token.has_letters(2);
    let own = |token: &Token| is_plain(token) && !is_shared(token.typed());
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| own(token)) {
        if is_only_russian(token.typed()) || is_known(tokens, at) {
            known += 1;
        } else if token.case == Case::Lower {
            unknown += 1;
        }
    }
    known >= unknown * 2
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
