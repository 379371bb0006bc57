//! `[[product]]`, `[objects]`, `[cues]`, `[questions]`: what requests are recognised by, and what clients are asked.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::support::ByLanguage;
use super::value;
use crate::request::{Field, Kind, Language, PerField, Product, Questions, RuleSettings, default_question};
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
    ru: AskedFile,
    en: AskedFile,
}

/// A question for each field, and others for what sounds odd of a question or a service.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AskedFile {
    product: Given<String>,
    description: Given<String>,
    objects: Given<String>,
    steps: Given<String>,
    attachments: Given<String>,
    question: OfQuestionsFile,
    service: OfServicesFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OfQuestionsFile {
    description: Given<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OfServicesFile {
    description: Given<String>,
    objects: Given<String>,
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
    // Folded word, host or mark → the product that has it.
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let mut products: Vec<Product> = Vec::new();
    for section in files {
        let file = section.get_ref();
        let example = "\"Wialon Hosting\"";
        let Some(name) = checker.required(section.span(), "name", &file.name, phrase, example) else {
            continue;
        };
        if products.iter().any(|other| fold(&other.name) == fold(&name)) {
            let at = file.name.as_ref().map_or(section.span(), Spanned::span);
            let remedy =
                "put all that it is known by into one [[product]], or give this one a name of its own";
            checker.problem(at, &format!("two products are called \"{name}\""), remedy);
        }
        let others = || file.proper.iter().chain(&file.answers).chain(&file.hosts).chain(&file.marks);
        // With a name alone it is known by its name.
        let only_named = file.aliases.is_empty() && others().next().is_none();
        let aliases: Vec<_> =
            if only_named { file.name.iter().cloned().collect() } else { file.aliases.clone() };
        for word in aliases.iter().chain(others()) {
            match taken.insert(fold(word.get_ref()), name.clone()) {
                Some(other) if fold(&other) != fold(&name) => {
                    let what = format!("\"{}\" stands for \"{other}\" already", word.get_ref());
                    let remedy = "leave it with one product: a word must tell them apart";
                    checker.problem(word.span(), &what, remedy);
                }
                Some(_) | None => {}
            }
        }
        products.push(Product {
            name,
            aliases: phrases(checker, &aliases),
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
        names: cues(checker, &file.names),
        patterns: file.patterns.iter().filter_map(|text| checker.parse(text, pattern)).collect(),
    }
}

pub(super) fn check_cues(checker: &mut Checker<'_>, file: &CuesFile) -> PerField<Vec<String>> {
    PerField {
        product: cues(checker, &file.product),
        description: cues(checker, &file.description),
        objects: cues(checker, &file.objects),
        steps: cues(checker, &file.steps),
        attachments: cues(checker, &file.attachments),
    }
}

/// What is asked: for a kind in its own words, else in the operator's for all kinds, else in the built-in ones.
pub(super) fn check_questions(checker: &mut Checker<'_>, file: &QuestionsFile) -> ByLanguage<Questions> {
    let mut all = |language, file: &AskedFile| {
        let mut check = |given| checker.optional(given, value::letter_line);
        let for_all = PerField {
            product: check(&file.product),
            description: check(&file.description),
            objects: check(&file.objects),
            steps: check(&file.steps),
            attachments: check(&file.attachments),
        };
        Questions::from_fn(|kind, field| {
            let own = match (kind, field) {
                (Kind::Question, Field::Description) => check(&file.question.description),
                (Kind::Service, Field::Description) => check(&file.service.description),
                (Kind::Service, Field::Objects) => check(&file.service.objects),
                (_, _) => None,
            };
            let built_in = || default_question(language, kind, field).to_owned();
            own.or_else(|| for_all.get(field).clone()).unwrap_or_else(built_in)
        })
    };
    ByLanguage { ru: all(Language::Russian, &file.ru), en: all(Language::English, &file.en) }
}

fn phrases(checker: &mut Checker<'_>, given: &[Spanned<String>]) -> Vec<String> {
    given.iter().filter_map(|text| checker.parse(text, phrase)).collect()
}

fn cues(checker: &mut Checker<'_>, given: &[Spanned<String>]) -> Vec<String> {
    given.iter().filter_map(|text| checker.parse(text, cue)).collect()
}

/// A phrase in which * at the end of a word stands for any ending.
fn cue(text: &str) -> Result<String, Flaw> {
    let text = phrase(text)?;
    let is_ending = |word: &str| {
        let stem = word.strip_suffix('*').unwrap_or(word);
        !stem.contains('*') && stem.chars().any(char::is_alphanumeric) || !word.contains('*')
    };
    // As the rules cut it.
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '*' | '\'')));
    if words.filter(|word| !word.is_empty()).all(is_ending) {
        return Ok(text);
    }
    let remedy = "put * only at the end of a word, where it stands for any ending: \"приложен*\"; give other forms as phrases of their own";
    Err(Flaw::new(format!("\"{text}\" has a * that is not at the end of a word"), remedy))
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

/// Words that differ only in case, ё or white space are one word.
fn fold(text: &str) -> String {
    text.to_lowercase().replace('ё', "е").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigErrors};
    use crate::request::{Field, Kind, Language, default_question};
    use std::path::Path;

    fn parse(products: &str) -> Result<Config, ConfigErrors> {
        let text = format!(
            "[support]\naddresses = [\"support@example.com\"]\n[[mailbox]]\nhost = \"i\"\npassword_file = \"p\"\n\
             [smtp]\nhost = \"s\"\n{products}"
        );
        Config::parse(&text, Path::new("askback.toml"))
    }

    /// What is wrong with these products, one in a line.
    #[track_caller]
    fn check(products: &str, expect: &[&str]) {
        let told = match parse(products) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.problems().iter().map(|problem| errors.describe(problem).0).collect(),
        };
        assert_eq!(told.len(), expect.len(), "{told:#?}");
        for (told, expect) in told.iter().zip(expect) {
            assert!(told.contains(expect), "{told}");
        }
    }

    #[test]
    fn a_product_is_named_once_and_known_by_what_no_other_has() {
        let alfa = "[[product]]\nname = \"Alfa\"\naliases = [\"alfa\"]\n";
        let beta = "[[product]]\nname = \"Beta\"\n";
        check(alfa, &[]);
        check(&format!("{alfa}{beta}aliases = [\"beta\"]\nhosts = [\"beta.test\"]\n"), &[]);
        check(
            &format!("{alfa}[[product]]\nname = \"ALFA\"\naliases = [\"al fa\"]\n"),
            &["two products are called \"ALFA\""],
        );
        check(&format!("{alfa}{beta}aliases = [\"Alfa\"]\n"), &["\"Alfa\" stands for \"Alfa\" already"]);
        check(
            &format!("{alfa}{beta}aliases = [\"b b\"]\nanswers = [\"ALFA\"]\n"),
            &["stands for \"Alfa\" already"],
        );
        let shared = "hosts = [\"one.test\"]\nmarks = [\"svc=a\"]\n";
        check(
            &format!("{alfa}{shared}{beta}aliases = [\"beta\"]\n{shared}"),
            &["\"one.test\" stands for \"Alfa\"", "\"svc=a\" stands for \"Alfa\""],
        );
        check(beta, &[]);
        check(
            &format!("{alfa}{beta}[[product]]\nname = \"Gamma\"\nanswers = [\"beta\"]\n"),
            &["stands for \"Beta\" already"],
        );
    }

    #[test]
    fn a_product_of_which_only_the_name_is_given_is_known_by_it() {
        let config = parse("[[product]]\nname = \"Beta Track\"\n").unwrap();
        assert_eq!(config.product[0].aliases, ["Beta Track"]);
    }

    #[test]
    fn a_kind_is_asked_in_its_own_words_then_in_the_operator_s_for_all_kinds() {
        let asked = |text: &str, kind: Kind, field: Field| {
            parse(text).unwrap().questions.ru.of(kind).get(field).clone()
        };
        let built_in = |kind, field| default_question(Language::Russian, kind, field);
        for field in [Field::Description, Field::Objects] {
            assert_ne!(built_in(Kind::Service, field), built_in(Kind::Problem, field));
            assert_eq!(asked("", Kind::Service, field), built_in(Kind::Service, field));
        }
        let ours = "[questions.ru]\nobjects = \"Что именно?\"\n";
        assert_eq!(asked(ours, Kind::Service, Field::Objects), "Что именно?");
        assert_eq!(
            asked(ours, Kind::Service, Field::Description),
            built_in(Kind::Service, Field::Description)
        );
        let both = format!("{ours}service.objects = \"Кому?\"\n");
        assert_eq!(asked(&both, Kind::Service, Field::Objects), "Кому?");
        assert_eq!(asked(&both, Kind::Problem, Field::Objects), "Что именно?");
    }
}
