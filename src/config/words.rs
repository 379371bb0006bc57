//! `[[product]]`, `[objects]`, `[cues]`, `[questions]`: what requests are recognised by, and what clients are asked.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::regulation::PerFieldFile;
use super::support::ByLanguage;
use super::value;
use crate::request::{Field, PerField, Product, RuleSettings};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A compiled pattern takes at most this much memory: a mail must not be able to make it slow.
const PATTERN_SIZE: usize = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProductFile {
    name: Given<String>,
    aliases: Vec<Spanned<String>>,
    proper: Vec<Spanned<String>>,
    answers: Vec<Spanned<String>>,
    hosts: Vec<Spanned<String>>,
    marks: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ObjectsFile {
    names: Vec<Spanned<String>>,
    patterns: Vec<Spanned<String>>,
}

/// A list of phrases for each field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CuesFile {
    product: Vec<Spanned<String>>,
    description: Vec<Spanned<String>>,
    objects: Vec<Spanned<String>>,
    steps: Vec<Spanned<String>>,
    attachments: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct QuestionsFile {
    ru: PerFieldFile,
    en: PerFieldFile,
}

/// Elements that are known by name, and regular expressions for others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// Names that count wherever they stand.
    pub names: Vec<String>,
    /// Regular expressions, looked for in any case.
    pub patterns: Vec<String>,
}

/// The products; without any in the file, the Wialon line.
pub(super) fn check_products(checker: &mut Checker<'_>, files: &[Spanned<ProductFile>]) -> Vec<Product> {
    if files.is_empty() {
        return RuleSettings::wialon().products;
    }
    // Folded word → the product that has it.
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut products = Vec::new();
    for section in files {
        let file = section.get_ref();
        let example = "\"Wialon Hosting\"";
        let Some(name) = checker.required(section.span(), "name", &file.name, phrase, example) else {
            continue;
        };
        for alias in file.aliases.iter().chain(&file.proper).chain(&file.answers) {
            match taken.insert(fold(alias.get_ref()), name.clone()) {
                Some(other) if other != name => {
                    let what = format!("\"{}\" stands for \"{other}\" already", alias.get_ref());
                    let remedy = "leave it with one product: a word must tell them apart";
                    checker.problem(alias.span(), &what, remedy);
                }
                Some(_) | None => {}
            }
        }
        products.push(Product {
            name,
            aliases: phrases(checker, &file.aliases),
            proper: phrases(checker, &file.proper),
            answers: phrases(checker, &file.answers),
            hosts: file.hosts.iter().filter_map(|text| checker.parse(text, value::host)).collect(),
            marks: phrases(checker, &file.marks),
        });
    }
    products
}

pub(super) fn check_objects(checker: &mut Checker<'_>, file: &ObjectsFile) -> Objects {
    Objects {
        names: phrases(checker, &file.names),
        patterns: file.patterns.iter().filter_map(|text| checker.parse(text, pattern)).collect(),
    }
}

pub(super) fn check_cues(checker: &mut Checker<'_>, file: &CuesFile) -> PerField<Vec<String>> {
    PerField {
        product: phrases(checker, &file.product),
        description: phrases(checker, &file.description),
        objects: phrases(checker, &file.objects),
        steps: phrases(checker, &file.steps),
        attachments: phrases(checker, &file.attachments),
    }
}

pub(super) fn check_questions(
    checker: &mut Checker<'_>,
    file: &QuestionsFile,
) -> ByLanguage<PerField<Option<String>>> {
    let mut all = |given: &PerFieldFile| {
        let mut questions = PerField::default();
        for field in Field::ALL {
            *questions.get_mut(field) = checker.optional(given.get(field), value::line);
        }
        questions
    };
    ByLanguage { ru: all(&file.ru), en: all(&file.en) }
}

fn phrases(checker: &mut Checker<'_>, given: &[Spanned<String>]) -> Vec<String> {
    given.iter().filter_map(|text| checker.parse(text, phrase)).collect()
}

/// A word or phrase to look for: at least two letters or digits, or it would be found everywhere.
fn phrase(text: &str) -> Result<String, Flaw> {
    let text = value::line(text)?;
    if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        let what = format!("\"{text}\" is too short to look for");
        return Err(Flaw::new(what, "give a word of at least two letters or digits"));
    }
    Ok(text)
}

fn pattern(text: &str) -> Result<String, Flaw> {
    let regex = regex::RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(PATTERN_SIZE)
        .build()
        .map_err(|error| {
            // A syntax error is shown by the crate with the pattern and a pointer; its last line says what is wrong.
            let text = error.to_string();
            let cause = text.lines().last().unwrap_or_default().trim();
            let what = format!("this is not a regular expression: {}", cause.trim_start_matches("error: "));
            Flaw::new(
                what,
                "correct it (syntax: docs.rs/regex); put it between ' and ' so that \\ needs no doubling",
            )
        })?;
    if regex.is_match("") {
        let what = "this pattern is found in every mail, as it matches nothing at all";
        return Err(Flaw::new(what, "make it demand at least one character: + in place of *"));
    }
    Ok(text.to_owned())
}

/// Words that differ only in case or ё are one word.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е")
}
