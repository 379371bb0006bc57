//! The letters that we send by ourselves, known word for word when they come back: then whatever else stands in a quote of one is
//! its reader's answer, however his mail program has marked, wrapped or spaced it, and what stands outside of a quote is not his.

use super::SegmentKind;
use super::contact::{is_contact, is_postscript};
use super::line::{Line, after_number, head, lower};
use super::one_line;
use super::reply_header::{self, has_date, has_time, is_labelled};
use super::signature::{self, Place};
use crate::mail::characters::{letters_of, squeeze};
use aho_corasick::AhoCorasick;
use std::ops::Range;

/// Stands in a line for what differs from letter to letter: a number, a name, a time.
pub const VARIABLE: char = '\u{fffc}';

/// So many letters of ours that stand together are no chance.
pub(super) const SURE: usize = 15;
/// So many letters of ours are a piece that a program has wrapped.
pub(super) const PIECE: usize = 8;
/// So many letters show where a line of ours is cut behind what differs.
const CUT: usize = 4;
/// A line of so many characters a program may have wrapped.
const WRAPPED: usize = 50;
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
    /// Finds them where they stand on one.
    on_one: one_line::Lines,
}

/// A line of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct OurLine {
    /// What is the same in all letters, squeezed: the parts between what differs.
    parts: Vec<String>,
    /// It stands in the signature, which people's letters may have, too.
    signs: bool,
}

impl OurLine {
    /// Whether so little is the same that others may say it: «Понято: …», "We have …".
    fn is_weak(&self) -> bool {
        self.parts.len() > 1 && self.parts.iter().map(|part| part.chars().count()).sum::<usize>() < SURE
    }
}

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
    /// Nothing but ours: from the beginning of a line of ours, or from where the line above it had ended.
    Ours,
    /// A whole line of ours, or the end of one, and something behind it.
    Behind,
}

/// A line of a text against one of ours.
#[derive(Clone, Copy, Debug)]
struct Read {
    found: Found,
    letters: usize,
    line: usize,
    /// Where it ends, if the line of ours goes on.
    reached: Option<Reached>,
}

impl OurLetters {
    /// Letters that have these lines, with [`VARIABLE`] for what differs.
    #[must_use]
    pub fn new<'a>(
        body: impl IntoIterator<Item = &'a str>,
        signature: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let mut letters = Self::default();
        let mut first_words: Vec<String> = Vec::new();
        let mut whole: Vec<&str> = Vec::new();
        let texts = body.into_iter().map(|text| (text, false));
        for (text, signs) in texts.chain(signature.into_iter().map(|text| (text, true))) {
            let mut parts: Vec<String> = text.split(VARIABLE).map(known).collect();
            let (mut at, count) = (0, parts.len());
            // Between two that differ nothing may stand; what does not begin or end with what differs has an end of its own.
            parts.retain(|part| {
                at += 1;
                !part.is_empty() || at == 1 || at == count
            });
            let line = OurLine { parts, signs };
            if line.parts.iter().all(String::is_empty) || letters.lines.contains(&line) {
                continue;
            }
            let bare = text.trim_start_matches(|c: char| !c.is_alphabetic());
            let words: Vec<&str> = bare.split(' ').take(FIRST_WORDS).collect();
            if !signs && words.len() == FIRST_WORDS && !words.iter().any(|word| word.contains(VARIABLE)) {
                first_words.push(words.join(" "));
            }
            letters.lines.push(line);
            whole.push(text);
        }
        letters.on_one = one_line::Lines::new(whole.into_iter());
        letters.first_words = AhoCorasick::new(first_words).ok();
        letters
    }

    /// Whether a text may have a letter of ours in it: two of its lines.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let Some(words) = &self.first_words else { return false };
        let mut lines = words.find_iter(text).map(|found| found.pattern());
        lines.next().is_some_and(|first| lines.any(|line| line != first))
    }

    /// A text that may have a letter of ours in it, with that laid out in lines where a program has put it on one.
    pub(super) fn lay_out(&self, text: &str) -> Option<String> {
        self.on_one.lay_out(text)
    }

    /// Marks in the newest mail that is quoted, `quoted`, what is not ours as its reader's own. Tells whether it is a letter of ours.
    /// `elsewhere`: he has said something outside of it.
    pub(super) fn mark_answers(&self, lines: &mut [Line<'_>], quoted: Range<usize>, elsewhere: bool) -> bool {
        let begins = quoted.start;
        let Some(part) = lines.get_mut(quoted) else { return false };
        // Within marks there may be older mails, too.
        let from = reply_header::find(part, 0).map_or(1, |header| header.end.max(1));
        let one_mail = (from..part.len().min(MAX_LINES)).find(|at| reply_header::find(part, *at).is_some());
        let part = part.get_mut(..one_mail.unwrap_or(part.len())).unwrap_or_default();
        let found = self.find(part);
        let sure = |at: &usize| found.get(*at).is_some_and(|(_, sure)| *sure);
        let all: Vec<usize> = (0..found.len()).filter(sure).collect();
        // People may have a sentence of ours, but not two.
        let [first, .., last] = all.as_slice() else { return false };
        let (first, mut last) = (*first, *last);
        let depth = part.get(first).map_or(0, |line| line.depth);
        let asks = |at: usize| part.get(at).is_some_and(|line| line.text.contains('?'));
        let known = part.iter().zip(&found).filter(|(_, (found, _))| found.is_some());
        let numbers: Vec<&str> = known.filter_map(|(line, _)| number(line.text)).collect();
        // A numbered question is ours in older words, unless it has the number of one that is here.
        let is_older =
            |text: &str| is_question(text) && number(text).is_some_and(|number| !numbers.contains(&number));
        // Below a question an answer stands, though nothing of ours follows any more.
        let mut to_the_end = asks(last);
        while part.get(last + 1).zip(found.get(last + 1)).is_some_and(|(line, (found, _))| {
            line.depth == depth && (*found == Some(Found::Ours) || is_older(line.text))
        }) {
            last += 1;
            to_the_end |= asks(last);
        }
        let end = if to_the_end { found.len() } else { last + 1 };
        let mut answers_within = false;
        for (at, (line, (found, _))) in part.iter_mut().zip(&found).enumerate().take(end).skip(first) {
            let typed = match found {
                None => !letters_of(line.text).is_empty() && !is_older(line.text),
                Some(Found::Behind) => true,
                Some(Found::Ours) => false,
            };
            // Our letters quote nothing: what stands deeper between their lines is the reader's, too.
            let here = line.depth == depth || line.depth > depth && at < last;
            if typed && here && line.kind == SegmentKind::Quote {
                line.kind = SegmentKind::Own;
                answers_within = true;
            }
        }
        let mut below = last + 1;
        let here = |line: &&mut Line<'_>| line.depth == depth;
        if !to_the_end && !answers_within && !elsewhere {
            // Who has said nothing yet says it below all of the letter; else a gateway has put there what stands there.
            below = end_of_ours(part, &found, below);
            take(part.iter_mut().skip(below).take_while(here));
        } else if !to_the_end {
            // No gateway adds a postscript.
            let lines = part.iter_mut().skip(below).take_while(here);
            take(lines.skip_while(|line| !is_postscript(line.text)));
        }
        let length = part.iter().skip(below).take_while(|line| line.depth == depth).count();
        let place = Place { opens: !to_the_end, under_quote: to_the_end, ends: false };
        signature::mark(part.get_mut(below..below + length).unwrap_or_default(), place);
        self.mark_header(lines, begins + first);
        true
    }

    /// Marks what is ours among what was taken for the writer's own words: a program that says nothing of what it quotes.
    pub(super) fn take_back(&self, lines: &mut [Line<'_>]) {
        let found = self.find(lines);
        let sure = |at: &usize| {
            found.get(*at).is_some_and(|(_, sure)| *sure)
                && lines.get(*at).is_some_and(|line| line.kind.is_content())
        };
        let all: Vec<usize> = (0..found.len()).filter(sure).collect();
        let [first, .., last] = all.as_slice() else { return };
        let (mut first, end) = (*first, end_of_ours(lines, &found, last + 1));
        // What greets belongs to what opens the letter; above a question that somebody has copied, it is his own.
        if lines.get(first).is_some_and(|line| !line.text.contains('?')) {
            first -= self.greeting(lines, first);
        }
        for (line, (found, _)) in lines.iter_mut().zip(&found).take(end).skip(first) {
            let ours = *found == Some(Found::Ours) || letters_of(line.text).is_empty();
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
        let end = first - self.greeting(lines, first);
        let is_part = |line: &&Line<'_>| line.kind.is_content() && is_header(line.text);
        let header = || lines.iter().take(end).rev().take(MAX_HEADER).take_while(is_part);
        // One line may be the writer's, unless it names who wrote.
        let count = if header().any(|line| names_sender(line.text)) || header().nth(1).is_some() {
            header().count()
        } else {
            0
        };
        for line in lines.get_mut(end - count..end).unwrap_or_default() {
            line.kind = SegmentKind::Attribution;
        }
    }

    /// How many lines above line `at` greet, with lines without words (a quote sign that nobody knows) between.
    fn greeting(&self, lines: &[Line<'_>], at: usize) -> usize {
        let above = || lines.iter().take(at).rev();
        let bare = above().take_while(|line| letters_of(line.text).is_empty()).count();
        let greeting = above().skip(bare).take_while(|line| self.greets(line.text)).count();
        if greeting == 0 { 0 } else { bare + greeting }
    }

    /// Whether a line is a whole short line of ours: «Здравствуйте!».
    fn greets(&self, text: &str) -> bool {
        let said = known(text);
        self.lines.iter().any(|line| matches!(line.parts.as_slice(), [all] if *all == said))
    }

    /// What each line has of ours, and whether that is no chance.
    fn find(&self, lines: &[Line<'_>]) -> Vec<(Option<Found>, bool)> {
        let mut all: Vec<(Option<Found>, bool)> = Vec::new();
        let (mut reached, mut wrapped): (Option<Reached>, usize) = (None, 0);
        // The line above: its text, and squeezed.
        let (mut text, mut above) = ("", String::new());
        for line in lines.iter().take(MAX_LINES) {
            let said = known(head(line.text));
            if line.gap {
                above.clear();
            }
            // A line that only differs goes on from the one above only where a program has wrapped that.
            let may_vary = !line.gap && wrapped < MAX_WRAPPED && text.chars().count() >= WRAPPED;
            let goes_on = reached.map(|reached| (reached, may_vary));
            // A short line that others may say, too, is ours below another of ours, but not below a question.
            let neighbour =
                all.last().is_some_and(|(found, _)| *found == Some(Found::Ours)) && !text.contains('?');
            let whole = letters_of(head(line.text));
            let read = if said.is_empty() { None } else { self.look_up([&said, &whole], goes_on, neighbour) };
            let read = read.or_else(|| {
                let piece = self.piece(&said, &above)?;
                // The line above was the beginning of it, too short to be known.
                if let Some(last) = all.last_mut() {
                    last.0.get_or_insert(Found::Ours);
                }
                Some(piece)
            });
            let next = read.and_then(|read| read.reached);
            wrapped = if next.is_some_and(|next| next.varies) && next == reached { wrapped + 1 } else { 0 };
            let signs = |at: usize| self.lines.get(at).is_some_and(|line| line.signs);
            let sure = read.is_some_and(|read| read.letters >= SURE && !signs(read.line));
            all.push((read.map(|read| read.found), sure));
            (reached, text, above) = (next, line.text, said);
        }
        all
    }

    /// What a squeezed line has of ours; `goes_on` is where the line above it ended, and whether it may go on with what differs. A weak
    /// line counts beside a `neighbour` of ours.
    fn look_up(
        &self,
        [said, whole]: [&str; 2],
        goes_on: Option<(Reached, bool)>,
        neighbour: bool,
    ) -> Option<Read> {
        let on = goes_on.and_then(|(from, may_vary)| {
            let varies = |read: &Read| read.reached.is_some_and(|reached| reached.varies);
            // The number of a list is left out; one in a sentence may begin a line, too.
            let read = self.read(whole, from).or_else(|| self.read(said, from));
            read.filter(|read| may_vary || !varies(read))
        });
        if on.is_some_and(|on| !on.reached.is_some_and(|reached| reached.varies)) {
            return on;
        }
        let enough = |read: &Read| {
            let weak = self.lines.get(read.line).is_some_and(OurLine::is_weak);
            let cut = read.reached.is_some_and(|reached| !reached.varies);
            read.letters > 0 && (!weak || neighbour) && (!cut || read.letters >= PIECE)
        };
        let begin = |line| Reached { line, part: 0, at: 0, varies: false };
        let begun = (0..self.lines.len()).filter_map(|line| self.read(said, begin(line))).filter(enough);
        begun.max_by_key(|read| (read.found == Found::Ours, read.letters)).or(on)
    }

    /// A squeezed line from the middle of a line of ours, of which the line above it was the beginning.
    fn piece(&self, said: &str, above: &str) -> Option<Read> {
        let letters = said.chars().count();
        if above.is_empty() || letters < PIECE {
            return None;
        }
        self.lines.iter().enumerate().find_map(|(line, ours)| {
            ours.parts.iter().enumerate().find_map(|(part, text)| {
                let here = |at: &usize| text.get(..*at).is_some_and(|before| before.ends_with(above));
                let at = text.match_indices(said).map(|(at, _)| at).find(here)? + said.len();
                let reached = Some(Reached { line, part, at, varies: false });
                Some(Read { found: Found::Ours, letters: 0, line, reached })
            })
        })
    }

    /// Reads on in a line of ours. None: it does not go on so.
    fn read(&self, said: &str, from: Reached) -> Option<Read> {
        let parts = &self.lines.get(from.line)?.parts;
        let (mut rest, mut letters) = (said, 0);
        let Reached { line, mut part, mut at, mut varies } = from;
        let read = |found, letters, reached| Some(Read { found, letters, line, reached });
        loop {
            let text = parts.get(part)?.get(at..)?;
            if varies {
                match rest.find(text).filter(|_| !text.is_empty()) {
                    Some(found) => rest = rest.get(found..)?,
                    // The rest of the line differs, or what follows is cut: it goes on in the next.
                    None => {
                        let cut = text.char_indices().skip(CUT).map(|(at, _)| at);
                        let at =
                            cut.filter(|at| text.get(..*at).is_some_and(|text| rest.ends_with(text))).last();
                        let (at, varies) = at.map_or((0, true), |at| (at, false));
                        return read(Found::Ours, letters, Some(Reached { line, part, at, varies }));
                    }
                }
            }
            let same = rest.chars().zip(text.chars()).take_while(|(a, b)| a == b);
            let (count, bytes) =
                same.fold((0, 0), |(count, bytes), (c, _)| (count + 1, bytes + c.len_utf8()));
            letters += count;
            rest = rest.get(bytes..)?;
            if bytes < text.len() {
                let cut = rest.is_empty() && letters > 0;
                let reached = Some(Reached { line, part, at: at + bytes, varies: false });
                return if cut { read(Found::Ours, letters, reached) } else { None };
            }
            if part + 1 == parts.len() {
                return match rest {
                    "" => read(Found::Ours, letters, None),
                    // A short line that goes on is somebody's own sentence.
                    _ if letters < PIECE => None,
                    _ => read(Found::Behind, letters, None),
                };
            }
            (part, at, varies) = (part + 1, 0, true);
        }
    }
}

/// Makes what was taken for a quote the reader's own.
fn take<'l, 't: 'l>(lines: impl Iterator<Item = &'l mut Line<'t>>) {
    for line in lines.filter(|line| line.kind == SegmentKind::Quote) {
        line.kind = SegmentKind::Own;
    }
}

/// The end of the lines from `at` on that are ours or have no words: what signs a letter, with the dashes above and a phone of former
/// days below.
fn end_of_ours(lines: &[Line<'_>], found: &[(Option<Found>, bool)], at: usize) -> usize {
    let phone = |line: &Line<'_>| !line.gap && after_number(line.text).is_none() && is_contact(line.text);
    let of_letter = |(line, (found, _)): &(&Line<'_>, &(Option<Found>, bool))| {
        found.is_some() || letters_of(line.text).is_empty() || phone(line)
    };
    at + lines.iter().zip(found).skip(at).take_while(of_letter).count()
}

/// Whether a line is a numbered question.
fn is_question(text: &str) -> bool {
    after_number(text).is_some_and(|question| question.ends_with('?'))
}

/// The number that a line begins with.
fn number(text: &str) -> Option<&str> {
    let from = text.find(|c: char| c.is_ascii_digit()).filter(|_| after_number(text).is_some())?;
    text.get(from..)?.split(|c: char| !c.is_ascii_digit()).next()
}

/// The letters and digits by which a line is known: without the number of a list, unless there is nothing else.
fn known(text: &str) -> String {
    let said = squeeze(text);
    if said.is_empty() { letters_of(text) } else { said }
}

/// Whether a line names the sender of what stands below, "… <a@b.test> wrote:", or says when he wrote it.
fn names_sender(text: &str) -> bool {
    let ends = text.trim_end().ends_with(':');
    text.contains('@') && (text.contains('<') || ends) || ends && has_date(text) && has_time(text)
}

/// Whether a line may stand in the header that a program puts above what it quotes, though in none of the forms that are known.
fn is_header(text: &str) -> bool {
    let shown = lower(text);
    let shown = shown.trim();
    let timed = squeeze(text).is_empty()
        && shown.contains([':', '.'])
        && shown.contains(|c: char| c.is_ascii_digit());
    names_sender(text) || is_labelled(text) || timed || shown.contains("---")
}

#[cfg(test)]
mod tests;
