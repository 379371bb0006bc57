//! What is wrong with a configuration, in words that name the place and the remedy.

use crate::mail::header_text::is_hostile;
use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; `None` if it is about the file as a whole.
    pub line: Option<usize>,
    /// The key, as `mailbox.port`; empty if it is about no key.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

/// All that is wrong with a configuration file, in order of lines. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    path: PathBuf,
    problems: Vec<Problem>,
}

impl ConfigErrors {
    pub(super) fn new(path: &Path, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.line);
        Self { path: path.to_owned(), problems }
    }

    pub(super) fn one(path: &Path, line: Option<usize>, what: &str, remedy: &str) -> Self {
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        Self::new(path, vec![Problem { line, key: String::new(), what, remedy }])
    }

    /// What is wrong, one by one.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// One problem as two texts for people: place with what is wrong, and the remedy.
    #[must_use]
    pub fn describe(&self, problem: &Problem) -> (String, String) {
        let mut place = self.path.display().to_string();
        if let Some(line) = problem.line {
            place.push_str(&format!(":{line}"));
        }
        if !problem.key.is_empty() {
            place.push_str(&format!(": {}", problem.key));
        }
        (on_one_line(&format!("{place}: {}", problem.what)), on_one_line(&problem.remedy))
    }
}

/// What stands in a file may be anything: a key with a line end in it must not look like a line of ours.
fn on_one_line(text: &str) -> String {
    text.chars().map(|c| if is_hostile(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let (what, remedy) = self.describe(problem);
            write!(f, "{}{what}\nremedy: {remedy}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// What is wrong with one value, before it is known where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// What is wrong.
    pub(super) what: String,
    /// What to do about it.
    pub(super) remedy: String,
}

impl Flaw {
    pub(super) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use std::path::Path;

    #[test]
    fn a_key_cannot_forge_a_line() {
        let told =
            Config::parse("\"a\\tb\\nremedy: none\" = 1", Path::new("x.toml")).unwrap_err().to_string();
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.contains("`a\\u{9}b\\u{a}remedy: none`"), "{told}");
    }
}
