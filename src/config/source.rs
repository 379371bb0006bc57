//! The text of a configuration file: which line and which key a place in it belongs to.

use super::problem::{Flaw, Problem};
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The text of a file with its keys.
pub(super) struct Source<'a> {
    text: &'a str,
    /// Where each key, its value or its section header stands, and the key's dotted path.
    keys: Vec<(Range<usize>, String)>,
}

impl<'a> Source<'a> {
    /// Reads the keys of a TOML text.
    pub(super) fn new(text: &'a str) -> Result<Self, Problem> {
        let mut source = Self { text, keys: Vec::new() };
        let table = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let flaw = syntax_flaw(error.message(), text.get(span.clone()).unwrap_or_default());
            source.problem(span, &flaw.what, &flaw.remedy)
        })?;
        collect_keys(table.get_ref(), "", &mut source.keys);
        Ok(source)
    }

    /// Reads the text into `T`: unknown keys and values of the wrong type are problems.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        toml::from_str(self.text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let here = self.text.get(span.clone()).unwrap_or_default();
            let flaw = match Unknown::read(error.message()) {
                Some(unknown) => {
                    let before = self.text.get(..span.start).unwrap_or_default();
                    unknown.flaw(before.ends_with('['))
                }
                None => type_flaw(error.message(), here),
            };
            self.problem(span, &flaw.what, &flaw.remedy)
        })
    }

    /// A problem at a place.
    pub(super) fn problem(&self, at: Range<usize>, what: &str, remedy: &str) -> Problem {
        let before = self.text.as_bytes().get(..at.start).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        Problem { line: Some(line), key: self.key(at.start), what, remedy }
    }

    /// The key that stands there; of several, the innermost.
    fn key(&self, at: usize) -> String {
        let here = self.keys.iter().filter(|(range, _)| range.contains(&at));
        here.min_by_key(|(range, _)| range.len()).map_or_else(String::new, |(_, key)| key.clone())
    }
}

fn collect_keys(table: &DeTable<'_>, prefix: &str, keys: &mut Vec<(Range<usize>, String)>) {
    for (key, value) in table {
        let path = format!("{prefix}{}", key.get_ref());
        keys.push((key.span(), path.clone()));
        collect_values(value.get_ref(), value.span(), &path, keys);
    }
}

fn collect_values(
    value: &DeValue<'_>,
    span: Range<usize>,
    path: &str,
    keys: &mut Vec<(Range<usize>, String)>,
) {
    keys.push((span, path.to_owned()));
    if let Some(table) = value.as_table() {
        collect_keys(table, &format!("{path}."), keys);
    }
    for element in value.as_array().into_iter().flat_map(|array| array.iter()) {
        collect_values(element.get_ref(), element.span(), path, keys);
    }
}

/// Serde's message about an unknown key: its name and the names that are known in its place.
struct Unknown<'a> {
    name: &'a str,
    known: Vec<&'a str>,
}

impl<'a> Unknown<'a> {
    fn read(message: &'a str) -> Option<Self> {
        let mut names = message.strip_prefix("unknown field `")?.split('`').step_by(2);
        Some(Self { name: names.next()?, known: names.filter(|name| !name.is_empty()).collect() })
    }

    fn flaw(&self, is_section: bool) -> Flaw {
        let kind = if is_section { "section" } else { "key" };
        let known = self.known.join(", ");
        let remedy = match nearest(self.name, &self.known) {
            Some(name) => format!("did you mean `{name}`? Known here: {known}"),
            None => format!("remove it; known here: {known}"),
        };
        Flaw::new(format!("unknown {kind} `{}`", self.name), remedy)
    }
}

/// The known word that was probably meant.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let word = word.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&word, name);
    let close = known.iter().copied().filter(|name| distance(name) <= 1 + name.chars().count() / 4);
    close.min_by_key(|name| distance(name)).or_else(|| {
        let inside = |name: &&str| word.len() >= 3 && (name.contains(&word) || word.contains(*name));
        known.iter().copied().filter(inside).min_by_key(|name| distance(name))
    })
}

/// Serde's message about a value of the wrong type, in an operator's terms; `here` is what stands there.
fn type_flaw(message: &str, here: &str) -> Flaw {
    let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.split_once(", expected "))
    else {
        return Flaw::new(format!("wanted here: {message}"), "put such a value in quotes");
    };
    let name = here.trim_matches(['[', ']']);
    if found == "map" && here.starts_with("[[") {
        return Flaw::new(
            "this section can stand only once",
            format!("write its header with single brackets: [{name}]"),
        );
    }
    if found == "map" && here.starts_with('[') {
        let remedy = format!("write its header with double brackets: [[{name}]]");
        return Flaw::new("this section is one of several", remedy);
    }
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer", number)) => format!("the number {}", number.trim_matches('`')),
        Some(("boolean", word)) => format!("the word {}", word.trim_matches('`')),
        Some(_) | None if found == "map" => "this".to_owned(),
        Some(_) | None => format!("a {found}"),
    };
    let (expected, remedy) = match expected {
        "u16" => ("a number from 0 to 65535", "write a number without quotes"),
        "u32" | "u64" => ("a number that is not negative", "write a number without quotes"),
        "a sequence" => ("a list", "write a list in brackets: [\"…\", \"…\"]"),
        "a boolean" => ("true or false", "write true or false without quotes"),
        "a string" if found.starts_with("the word ") => {
            ("a text", "write a text in quotes; config.example.toml says which ones this key knows")
        }
        "a string" => ("a text", "put the value in quotes"),
        section if section.starts_with("struct ") => {
            ("a section", "make it a section with its own header, […]")
        }
        other => (other, "see config.example.toml"),
    };
    let remedy = if message.starts_with("invalid value") { "give a value in that range" } else { remedy };
    Flaw::new(format!("{found} stands where {expected} is wanted"), remedy)
}

fn syntax_flaw(message: &str, here: &str) -> Flaw {
    if message.contains("duplicate key") {
        return Flaw::new(
            format!("`{here}` is there twice"),
            "remove one of the two; sections that can repeat have [[…]]",
        );
    }
    // A word without quotes is taken for inf, nan, true, false or a number by its first letter.
    let bare = [
        "string values must be quoted",
        "invalid float",
        "invalid boolean",
        "invalid integer",
        "invalid number",
    ];
    if bare.iter().any(|start| message.starts_with(start)) {
        let remedy = "texts stand in quotes, key = \"value\"; numbers, true and false do not";
        return Flaw::new("there is no value here, or a text without quotes", remedy);
    }
    let remedy = if message.contains("string") || message.contains('"') {
        "check the quotes: a text stands between \" and \"; one with \\ in it, between ' and '"
    } else {
        "a line is `key = value` or a header `[section]`; texts stand in quotes; see config.example.toml"
    };
    Flaw::new(message, remedy)
}
