//! A letter of ours that a program has put on one line, with what was typed into it: laid out in lines again.

use super::line::quote_prefix;
use super::our_letters::{PIECE, SURE, VARIABLE};
use crate::mail::characters::{is_alphabetic, is_alphanumeric};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::collections::BTreeSet;

/// Finds lines of our letters.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    find: Option<AhoCorasick>,
    known: Vec<Known>,
}

/// What is the same in all letters at an end of a line of ours.
#[derive(Clone, Copy, Debug)]
struct Known {
    line: usize,
    begins: bool,
    ends: bool,
    /// It is long enough to be no chance.
    is_sure: bool,
}

impl Lines {
    /// Lines with [`VARIABLE`] for what differs.
    pub(super) fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let (mut parts, mut known) = (Vec::new(), Vec::new());
        for (line, text) in texts.enumerate() {
            let text = text.trim_start_matches(|c: char| c != VARIABLE && !is_alphabetic(c));
            let last = text.matches(VARIABLE).count();
            for (at, part) in text.split(VARIABLE).enumerate() {
                let (begins, ends) = (at == 0, at == last);
                let letters = part.chars().filter(|c| is_alphabetic(*c)).count();
                if (begins || ends) && letters >= if begins && ends { PIECE } else { SURE } {
                    parts.push(part.trim());
                    known.push(Known { line, begins, ends, is_sure: letters >= SURE });
                }
            }
        }
        let find = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // What is quicker takes 8 MB.
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(parts);
        Self { find: find.ok(), known }
    }

    /// The text with lines of ours that begin within another line set apart, and what stands behind them; `None` if there are none.
    pub(super) fn lay_out(&self, full: &str) -> Option<String> {
        // A program may have wrapped the one line.
        let flat = full.replace('\n', " ");
        let found = || {
            let matches = self.find.iter().flat_map(|find| find.find_iter(&flat));
            matches.filter_map(|found| Some((found.range(), *self.known.get(found.pattern().as_usize())?)))
        };
        let mut cuts = BTreeSet::new();
        let (mut is_within, mut lines) = (false, BTreeSet::new());
        for (range, known) in found() {
            if known.is_sure {
                lines.insert(known.line);
            }
            let line = full.get(..range.start)?.rfind('\n').map_or(0, |end| end + 1);
            let start = before_number(full.get(..range.start)?, line);
            if known.begins && is_filled(full.get(line..start)?) {
                is_within |= known.is_sure;
                cuts.insert(start);
            }
            let behind = full.get(range.end..)?;
            if known.ends && is_filled(behind.get(..behind.find('\n').unwrap_or(behind.len()))?) {
                cuts.insert(range.end);
            }
        }
        if is_within && lines.len() > 1 { cut(full, &cuts) } else { None }
    }
}

/// The text with a line end at each of `cuts`, and the quote marks of its line behind it.
fn cut(full: &str, cuts: &BTreeSet<usize>) -> Option<String> {
    let mut laid_out = String::new();
    let mut kept = 0;
    for &at in cuts {
        let line = full.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
        let text = full.get(line..at)?;
        let marks = text.get(..text.len() - quote_prefix(text).1.len()).filter(|marks| marks.contains('>'));
        laid_out.push_str(full.get(kept..at)?.trim_end_matches(' '));
        laid_out.push('\n');
        laid_out.push_str(marks.unwrap_or_default());
        kept = at + full.get(at..)?.len() - full.get(at..)?.trim_start_matches(' ').len();
    }
    laid_out.push_str(full.get(kept..)?);
    Some(laid_out)
}

/// Whether a part of a line has more than quote marks, known or not.
fn is_filled(part: &str) -> bool {
    part.contains(is_alphanumeric)
}

/// Where, in the line that begins at `line`, the number stands that a text ends with; its end if there is none.
fn before_number(text: &str, line: usize) -> usize {
    let number = || {
        let digits = text.get(line..)?.trim_end().strip_suffix(['.', ')'])?;
        let before = digits.trim_end_matches(|c: char| c.is_ascii_digit());
        (before.len() < digits.len()).then_some(line + before.len())
    };
    number().unwrap_or(text.len())
}
