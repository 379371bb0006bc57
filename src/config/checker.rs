//! Turns what stands in the file into checked values and collects all that is wrong, so that it can be told at once.

use super::problem::{Flaw, Problem};
use super::source::{Source, nearest};
use std::ops::{Range, RangeInclusive};
use toml::Spanned;

/// A value of the file with its place; `None` if the file does not have it.
pub(super) type Given<T> = Option<Spanned<T>>;

/// Collects problems. Its methods give a harmless value in place of a wrong one: with a problem noted, nobody gets to
/// see it.
pub(super) struct Checker<'a> {
    source: &'a Source<'a>,
    problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self { source, problems: Vec::new() }
    }

    /// All problems so far.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Notes a problem.
    pub(super) fn problem(&mut self, at: Range<usize>, what: &str, remedy: &str) {
        self.problems.push(self.source.problem(at, what, remedy));
    }

    /// Notes that a section has no such key.
    pub(super) fn missing(&mut self, section: Range<usize>, key: &str, remedy: &str) {
        self.problem(section, &format!("`{key}` is missing"), remedy);
    }

    /// Notes that the file has no such section or key of one.
    pub(super) fn missing_section(&mut self, name: &str, remedy: &str) {
        let (what, remedy) = (format!("`{name}` is missing"), remedy.to_owned());
        self.problems.push(Problem { line: None, key: String::new(), what, remedy });
    }

    /// The value, or `default` if there is none.
    pub(super) fn value<T>(
        &mut self,
        given: &Given<String>,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> T {
        self.optional(given, parse).unwrap_or(default)
    }

    /// The value, if there is one and it is right.
    pub(super) fn optional<T>(
        &mut self,
        given: &Given<String>,
        parse: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> Option<T> {
        given.as_ref().and_then(|text| self.parse(text, parse))
    }

    /// The value, which must be there.
    pub(super) fn required<T>(
        &mut self,
        section: Range<usize>,
        key: &str,
        given: &Given<String>,
        parse: impl FnOnce(&str) -> Result<T, Flaw>,
        example: &str,
    ) -> Option<T> {
        match given {
            Some(text) => self.parse(text, parse),
            None => {
                self.missing(section, key, &format!("add a line such as {key} = {example}"));
                None
            }
        }
    }

    /// A text that is there, parsed.
    pub(super) fn parse<T>(
        &mut self,
        text: &Spanned<String>,
        parse: impl FnOnce(&str) -> Result<T, Flaw>,
    ) -> Option<T> {
        self.note(text.span(), parse(text.get_ref()))
    }

    /// The value of a result, or a problem noted.
    pub(super) fn note<T>(&mut self, at: Range<usize>, result: Result<T, Flaw>) -> Option<T> {
        result.map_err(|flaw| self.problem(at, &flaw.what, &flaw.remedy)).ok()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, given: &Given<String>, words: &[(&str, T)], default: T) -> T {
        self.value(given, default, |text| choose(text, words))
    }

    /// A number within limits.
    pub(super) fn number(&mut self, given: &Given<u32>, range: RangeInclusive<u32>, default: u32) -> u32 {
        let Some(number) = given else { return default };
        if !range.contains(number.get_ref()) {
            let what = format!("{} is out of range", number.get_ref());
            self.problem(
                number.span(),
                &what,
                &format!("give a number from {} to {}", range.start(), range.end()),
            );
        }
        *number.get_ref()
    }
}

/// The meaning of one of a few words.
pub(super) fn choose<T: Clone>(text: &str, words: &[(&str, T)]) -> Result<T, Flaw> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(value.clone());
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let all = known.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
    let remedy = match nearest(text, &known) {
        Some(word) => format!("did you mean \"{word}\"? It can be {all}"),
        None => format!("it can be {all}"),
    };
    Err(Flaw::new(format!("\"{text}\" is not known here"), remedy))
}
