//! `[support]`, `[[agent]]`, `[head]`: who we are.

use super::checker::{Checker, Given};
use super::value;
use crate::mail::{Address, Mailbox};
use crate::request::Language;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SupportFile {
    addresses: Option<Spanned<Vec<Spanned<String>>>>,
    forms: Option<Spanned<Vec<Spanned<String>>>>,
    name: Given<String>,
    company: Given<String>,
    language: Given<String>,
    contact: ByLanguageFile,
    hours: ByLanguageFile,
}

/// A text for each language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ByLanguageFile {
    ru: Given<String>,
    en: Given<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PersonFile {
    name: Given<String>,
    address: Given<String>,
}

/// The support desk as clients know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Support {
    /// Its addresses; letters come from the first. Never empty.
    pub addresses: Vec<Address>,
    /// The addresses that the web site sends from what its visitors fill in.
    pub forms: Vec<Address>,
    /// The display name letters come from.
    pub name: String,
    /// The company, as letters name it; empty if they should not.
    pub company: String,
    /// The language of letters to clients whose language cannot be told.
    pub language: Language,
    /// How else the desk can be reached, for each language: a line of a letter, if wanted.
    pub contact: ByLanguage<Option<String>>,
    /// The working hours in a letter's words, where they should differ from [`super::Config::hours_text`].
    pub hours: ByLanguage<Option<String>>,
}

/// One value a language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByLanguage<T> {
    /// Russian.
    pub ru: T,
    /// English.
    pub en: T,
}

impl<T> ByLanguage<T> {
    /// The value for a language.
    pub fn get(&self, language: Language) -> &T {
        match language {
            Language::Russian => &self.ru,
            Language::English => &self.en,
        }
    }
}

pub(super) fn check_support(checker: &mut Checker<'_>, file: &Option<Spanned<SupportFile>>) -> Support {
    let none = Spanned::new(0..0, SupportFile::default());
    let section = file.as_ref().unwrap_or(&none);
    let given = section.get_ref();
    let addresses = match &given.addresses {
        Some(list) if !list.get_ref().is_empty() => address_list(checker, list.get_ref()),
        list => {
            let remedy = "name the address that clients write to: addresses = [\"support@example.com\"]";
            match file {
                Some(_) => {
                    checker.missing(list.as_ref().map_or(section.span(), Spanned::span), "addresses", remedy)
                }
                None => {
                    checker.missing_section("[support]", &format!("add a section [support] and {remedy}"))
                }
            }
            Vec::new()
        }
    };
    let forms = given.forms.as_ref().map(|list| address_list(checker, list.get_ref()));
    let company = checker.value(&given.company, String::new(), value::letter_line);
    let name = if company.is_empty() { "Support".to_owned() } else { company.clone() };
    Support {
        addresses,
        forms: forms.unwrap_or_default(),
        name: checker.value(&given.name, name, value::letter_line),
        company,
        language: checker.choice(
            &given.language,
            &[Language::Russian, Language::English].map(|language| (language.into(), language)),
            Language::Russian,
        ),
        contact: lines(checker, &given.contact),
        hours: lines(checker, &given.hours),
    }
}

/// Addresses, each once.
fn address_list(checker: &mut Checker<'_>, list: &[Spanned<String>]) -> Vec<Address> {
    let mut addresses: Vec<Address> = Vec::new();
    for text in list {
        let Some(address) = checker.parse(text, value::address) else { continue };
        if addresses.contains(&address) {
            let what = format!("{address} is listed twice");
            checker.problem(text.span(), &what, "remove one of the two");
        }
        addresses.push(address);
    }
    addresses
}

fn lines(checker: &mut Checker<'_>, file: &ByLanguageFile) -> ByLanguage<Option<String>> {
    ByLanguage {
        ru: checker.optional(&file.ru, value::letter_line),
        en: checker.optional(&file.en, value::letter_line),
    }
}

/// Agents and the head. None may be one of our own addresses: askback would answer itself.
pub(super) fn check_people(
    checker: &mut Checker<'_>,
    agents: &[Spanned<PersonFile>],
    head: Option<&Spanned<PersonFile>>,
    support: &Support,
) -> (Vec<Mailbox>, Option<Mailbox>) {
    let mut known: Vec<Mailbox> = Vec::new();
    for agent in agents {
        let Some(person) = check_person(checker, agent.span(), agent.get_ref(), support) else { continue };
        if known.iter().any(|other| other.address == person.address) {
            let what = format!("{} is listed twice", person.address);
            checker.problem(agent.span(), &what, "remove one of the two");
        }
        known.push(person);
    }
    let head = head.and_then(|head| check_person(checker, head.span(), head.get_ref(), support));
    (known, head)
}

fn check_person(
    checker: &mut Checker<'_>,
    section: Range<usize>,
    file: &PersonFile,
    support: &Support,
) -> Option<Mailbox> {
    let name = checker.value(&file.name, String::new(), value::line);
    let example = "\"ivan@example.com\"";
    let address = checker.required(section, "address", &file.address, value::address, example)?;
    if address.is_among(&support.addresses) {
        let at = file.address.as_ref().map_or(0..0, Spanned::span);
        let remedy = "give the person's own address; askback would write to itself";
        checker.problem(at, &format!("{address} is the support desk's own address"), remedy);
    }
    Some(Mailbox { name, address })
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use std::path::Path;

    #[test]
    fn the_forms_of_a_site_are_addresses_each_once() {
        let with = |forms: &str| {
            let text = format!(
                "[support]\naddresses = [\"support@example.com\"]\nforms = {forms}\n[[mailbox]]\nhost = \"imap.example.com\"\n\
                 password_file = \"p\"\n[smtp]\nhost = \"smtp.example.com\"\n"
            );
            Config::parse(&text, Path::new("/etc/askback/askback.toml"))
        };
        let config = with("[\"Site@example.com\", \"noreply@tilda.cc\"]").unwrap();
        let forms: Vec<_> = config.support.forms.iter().map(|form| form.as_str()).collect();
        assert_eq!(forms, ["site@example.com", "noreply@tilda.cc"]);
        assert!(with("[]").unwrap().support.forms.is_empty());
        let wrong = with("[\"site\", \"a@b.example\", \"A@b.example\"]").unwrap_err().to_string();
        assert!(wrong.contains("name@domain") && wrong.contains("a@b.example is listed twice"), "{wrong}");
    }
}
