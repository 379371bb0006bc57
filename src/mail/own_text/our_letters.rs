//! The letters that we send by ourselves, known word for word when they come back: then whatever else stands in a quote of one is
//! its reader's answer, however his mail program has marked, wrapped or spaced it, and what stands outside of a quote is not his.

use super::SegmentKind;
use super::line::{Line, begins_with_word, head, lower};
use crate::mail::letters::squeeze;
use aho_corasick::AhoCorasick;
use std::ops::Range;

/// Stands in a line for what differs from letter to letter: a number, a name, a time.
pub const VARIABLE: char = '\u{fffc}';

/// So many letters of ours that stand together are no chance.
const SURE: usize = 15;
/// So many letters of ours are a piece that a program has wrapped.
const PIECE: usize = 8;
/// So many letters, and then what differs, are a line of ours: «Понято: …».
const SHORT_PIECE: usize = 5;
/// More lines are not looked at, and no more of each: no letter of ours is longer.
const MAX_LINES: usize = 300;
/// A line that a program has wrapped within what differs goes on in so many lines at most.
const MAX_WRAPPED: usize = 3;
/// So many words show that a text may have a letter of ours in it.
const FIRST_WORDS: usize = 3;
/// A header that a program puts above what it quotes has so many lines at most.
const MAX_HEADER: usize = 8;

/// The lines of all letters.
#[derive(Clone, Debug, Default)]
pub struct OurLetters {
    lines: Vec<OurLine>,
    /// Finds the first words of those that are long enough.
    first_words: Option<AhoCorasick>,
}

/// A line of a letter: what is the same in all, squeezed, in the parts between what differs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OurLine(Vec<String>);

/// How far a line of ours has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reached {
    line: usize,
    part: usize,
    /// Bytes of the part.
    at: usize,
    /// What differs stands before the part, and goes on perhaps.
    varies: bool,
}

/// What a line of a text has of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    /// Nothing but ours: so many letters, from the beginning of a line of ours or from where the line above it had ended.
    Ours { letters: usize },
    /// Nothing but letters from the middle of a line of ours.
    Piece,
    /// A whole line of ours, or the end of one, and something behind it.
    Behind { letters: usize },
}

impl OurLetters {
    /// Letters that have these lines, with [`VARIABLE`] for what differs.
    #[must_use]
    pub fn new<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut letters = Self::default();
        let mut first_words: Vec<String> = Vec::new();
        for text in lines {
            let mut parts: Vec<String> = text.split(VARIABLE).map(squeeze).collect();
            let (mut at, last) = (0, parts.len() - 1);
            parts.retain(|part| {
                at += 1;
                !part.is_empty() || at == 1 || at == last + 1
            });
            let line = OurLine(parts);
            let known: usize = line.0.iter().map(String::len).sum();
            if known == 0 || letters.lines.contains(&line) {
                continue;
            }
            let bare = text.trim_start_matches(|c: char| !c.is_alphabetic());
            let words: Vec<&str> = bare.split(' ').take(FIRST_WORDS).collect();
            if words.len() == FIRST_WORDS && !words.iter().any(|word| word.contains(VARIABLE)) {
                first_words.push(words.join(" "));
            }
            letters.lines.push(line);
        }
        letters.first_words = AhoCorasick::new(first_words).ok();
        letters
    }

    /// Whether a text may have a letter of ours in it.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        self.first_words.as_ref().is_some_and(|words| words.is_match(text))
    }

    /// Marks in the newest mail that is quoted, `quoted`, what is not ours as its reader's own. Tells whether it is a letter of ours.
    pub(super) fn mark_answers(&self, lines: &mut [Line<'_>], quoted: Range<usize>) -> bool {
        let begins = quoted.start;
        let Some(part) = lines.get_mut(quoted) else { return false };
        let found = self.find(part);
        let sure = |at: &usize| found.get(*at).copied().flatten().is_some_and(Found::is_sure);
        let Some(first) = (0..found.len()).find(sure) else { return false };
        let depth = part.get(first).map_or(0, |line| line.depth);
        let here = |at: &usize| part.get(*at).is_some_and(|line| line.depth == depth);
        let Some(last) = (first..found.len()).rev().filter(here).find(sure) else { return false };
        // Below a question an answer stands, though nothing of ours follows any more.
        let asks = part.get(last).is_some_and(|line| line.text.contains('?'));
        let end = if asks { found.len() } else { last + 1 };
        for (line, found) in part.iter_mut().zip(&found).take(end).skip(first) {
            let typed = match found {
                None => !squeeze(line.text).is_empty(),
                Some(Found::Behind { .. }) => true,
                Some(Found::Ours { .. } | Found::Piece) => false,
            };
            if typed && line.depth == depth && line.kind == SegmentKind::Quote {
                line.kind = SegmentKind::Own;
            }
        }
        self.mark_header(lines, begins + first);
        true
    }

    /// Marks what is ours among what was taken for the writer's own words: a program that says nothing of what it quotes.
    pub(super) fn take_back(&self, lines: &mut [Line<'_>]) {
        let found = self.find(lines);
        let sure = |at: &usize| {
            found.get(*at).copied().flatten().is_some_and(Found::is_sure)
                && lines.get(*at).is_some_and(|line| line.kind.is_content())
        };
        let all: Vec<usize> = (0..found.len()).filter(sure).collect();
        let [first, .., last] = all.as_slice() else { return };
        let (first, mut end) = (*first, last + 1);
        while found.get(end).is_some_and(Option::is_some) {
            end += 1;
        }
        for (line, found) in lines.iter_mut().zip(&found).take(end).skip(first) {
            let ours =
                matches!(found, Some(Found::Ours { .. } | Found::Piece)) || squeeze(line.text).is_empty();
            if ours && line.kind.is_content() {
                line.kind = SegmentKind::Quote;
            }
        }
        if lines.get(first).is_some_and(|line| line.kind == SegmentKind::Quote) {
            self.mark_header(lines, first);
        }
    }

    /// Marks the lines above a letter of ours, whose first sure line is at `first`, that a program has put there.
    fn mark_header(&self, lines: &mut [Line<'_>], first: usize) {
        let above = lines.iter_mut().take(first).rev().skip_while(|line| self.greets(line.text));
        for line in above.take(MAX_HEADER).take_while(|line| line.kind.is_content() && is_header(line.text)) {
            line.kind = SegmentKind::Attribution;
        }
    }

    /// Whether a line is a whole short line of ours: «Здравствуйте!».
    fn greets(&self, text: &str) -> bool {
        let said = squeeze(text);
        self.lines.iter().any(|line| matches!(line.0.as_slice(), [all] if *all == said))
    }

    /// What each line has of ours.
    fn find(&self, lines: &[Line<'_>]) -> Vec<Option<Found>> {
        let (mut reached, mut wrapped): (Option<Reached>, usize) = (None, 0);
        let find = |line: &Line<'_>| {
            let said = squeeze(head(line.text));
            let goes_on = reached.filter(|_| !line.gap && wrapped < MAX_WRAPPED);
            let (found, next) = if said.is_empty() { (None, None) } else { self.look_up(&said, goes_on) };
            wrapped = if next.is_some_and(|next| next.varies) && next == goes_on { wrapped + 1 } else { 0 };
            reached = next;
            found
        };
        lines.iter().take(MAX_LINES).map(find).collect()
    }

    /// What a squeezed line has of ours, and where it ended; `goes_on` is where the line above it did.
    fn look_up(&self, said: &str, goes_on: Option<Reached>) -> (Option<Found>, Option<Reached>) {
        let on = goes_on.and_then(|from| self.read(said, from));
        if let Some((found, reached)) = on
            && !reached.is_some_and(|reached| reached.varies)
        {
            return (Some(found), reached);
        }
        let begin = |line| Reached { line, part: 0, at: 0, varies: false };
        let begun = (0..self.lines.len()).filter_map(|line| self.read(said, begin(line)));
        let enough = |(found, reached): &(Found, Option<Reached>)| match found {
            Found::Ours { letters } => {
                *letters
                    >= match reached {
                        None => 1,
                        Some(reached) if reached.varies => SHORT_PIECE,
                        Some(_) => PIECE,
                    }
            }
            Found::Behind { .. } | Found::Piece => true,
        };
        let longest = |(found, _): &(Found, Option<Reached>)| match found {
            Found::Ours { letters } => (1, *letters),
            Found::Behind { letters } => (0, *letters),
            Found::Piece => (0, 0),
        };
        if let Some((found, reached)) = begun.filter(enough).max_by_key(longest) {
            return (Some(found), reached);
        }
        if on.is_some() {
            return (on.map(|(found, _)| found), on.and_then(|(_, reached)| reached));
        }
        let piece = self.lines.iter().enumerate().find_map(|(line, ours)| {
            ours.0.iter().enumerate().find_map(|(part, text)| {
                let at = text.find(said)? + said.len();
                Some(Reached { line, part, at, varies: false })
            })
        });
        match piece {
            Some(reached) if said.chars().count() >= PIECE => (Some(Found::Piece), Some(reached)),
            _ => (None, None),
        }
    }

    /// Reads on in a line of ours. None: it does not go on so.
    fn read(&self, said: &str, from: Reached) -> Option<(Found, Option<Reached>)> {
        let parts = &self.lines.get(from.line)?.0;
        let (mut rest, mut letters) = (said, 0);
        let Reached { mut part, mut at, mut varies, .. } = from;
        loop {
            let whole = parts.get(part)?.as_str();
            let text = whole.get(at..)?;
            let stays = |part, at, varies| Some(Reached { line: from.line, part, at, varies });
            if varies {
                match rest.find(text).filter(|_| !text.is_empty()) {
                    Some(found) => rest = rest.get(found..)?,
                    // The rest of the line differs, and what follows may be on the next.
                    None => return Some((Found::Ours { letters }, stays(part, 0, true))),
                }
            }
            let same = rest.chars().zip(text.chars()).take_while(|(a, b)| a == b);
            let (count, bytes) =
                same.fold((0, 0), |(count, bytes), (c, _)| (count + 1, bytes + c.len_utf8()));
            letters += count;
            rest = rest.get(bytes..)?;
            if bytes < text.len() {
                let cut = rest.is_empty() && letters > 0;
                return cut.then(|| (Found::Ours { letters }, stays(part, at + bytes, false)));
            }
            if part + 1 == parts.len() {
                // A short line that goes on is somebody's own sentence.
                return if rest.is_empty() {
                    (letters > 0).then_some((Found::Ours { letters }, None))
                } else {
                    (letters >= PIECE).then_some((Found::Behind { letters }, None))
                };
            }
            (part, at, varies) = (part + 1, 0, true);
        }
    }
}

impl Found {
    fn is_sure(self) -> bool {
        match self {
            Self::Ours { letters } | Self::Behind { letters } => letters >= SURE,
            Self::Piece => false,
        }
    }
}

/// Whether a line may stand in the header that a program puts above what it quotes, though in none of the forms that are known.
fn is_header(text: &str) -> bool {
    #[rustfmt::skip]
    const LABELS: [&str; 15] = [
        "от", "кому", "копия", "тема", "дата", "отправлено", "from", "to", "cc", "subject", "date", "sent", "написал", "пишет",
        "wrote",
    ];
    let shown = lower(text);
    let labelled =
        LABELS.iter().any(|label| begins_with_word(&shown, label) || shown.contains(&format!("{label}:")));
    shown.contains('@')
        || labelled && shown.contains(':')
        || shown.contains("---")
        || shown.ends_with(':') && shown.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests;
