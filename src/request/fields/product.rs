//! Which product is meant: by alias with endings and slips of the pen, by host, by what only it has.

mod alias;
mod mention;

use super::attachments::ends_as_file;
use crate::mail::characters::is_alphanumeric;
use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::rules::{RuleError, letters};
use crate::request::settings::Product;
use crate::request::text::address::host;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, TokenKind};
use crate::request::{Evidence, Field, Finding, State};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use alias::{AliasWord, alias_length, alias_words, second_and_third};
use mention::{in_a_name, in_company, is_compared_with, is_proper, ruled_out};
use std::collections::BTreeMap;
use std::ops::Range;

/// How an alias names its product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Naming {
    Anywhere,
    Capitalised,
    InAnswer,
}

#[derive(Clone, Debug)]
struct Alias {
    product: usize,
    naming: Naming,
    words: Vec<AliasWord>,
}

impl Alias {
    fn text(&self) -> String {
        self.words.iter().map(AliasWord::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// The tokens of a sheet that name a product, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// Wherever they stand.
    pub(crate) surely: Vec<usize>,
    /// Also those that do so in an answer, or with a capital letter.
    pub(crate) perhaps: Vec<usize>,
}

/// The products, ready to be looked for.
#[derive(Clone, Debug)]
pub(crate) struct Products {
    names: Vec<String>,
    /// Whether a product bears the name of the whole line: the general one («Wialon»), and those that begin with it.
    of_the_line: Vec<bool>,
    /// Whether the name of a product is but the heading of a list («Trackers»): nobody calls it so, and none of its aliases has a word of
    /// it. A letter says then what the client has called it.
    is_heading: Vec<bool>,
    aliases: BTreeMap<char, Vec<Alias>>,
    hosts: Vec<(String, usize)>,
    marks: AhoCorasick,
    marked: Vec<usize>,
}

impl Products {
    pub(crate) fn new(products: &[Product]) -> Result<Self, RuleError> {
        let mut aliases: BTreeMap<char, Vec<Alias>> = BTreeMap::new();
        let (mut hosts, mut marks, mut marked) = (Vec::new(), Vec::new(), Vec::new());
        for (index, product) in products.iter().enumerate() {
            if !product.name.contains(is_alphanumeric) {
                return Err(RuleError::ProductName { product: index });
            }
            check(index, product)?;
            let lists = [
                (&product.aliases, Naming::Anywhere),
                (&product.proper, Naming::Capitalised),
                (&product.answers, Naming::InAnswer),
            ];
            for (list, naming) in lists {
                for alias in list {
                    let words = alias_words(alias);
                    if let Some(first) = words.first().and_then(|word| word.as_str().chars().next()) {
                        aliases.entry(first).or_default().push(Alias { product: index, naming, words });
                    }
                }
            }
            hosts.extend(product.hosts.iter().map(|host| (host.to_lowercase(), index)));
            marks.extend(product.marks.iter().cloned());
            marked.extend(product.marks.iter().map(|_| index));
        }
        let marks = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&marks)
            .map_err(RuleError::Marks)?;
        let names: Vec<String> = products.iter().map(|product| product.name.clone()).collect();
        let begins = |name: &String, line: &String| {
            name.strip_prefix(line.as_str()).is_some_and(|rest| rest.starts_with(' '))
        };
        let is_line = |line: &&String| names.iter().any(|name| begins(name, line));
        let lines: Vec<&String> = names.iter().filter(is_line).collect();
        let of_the_line =
            names.iter().map(|name| lines.iter().any(|line| name == *line || begins(name, line))).collect();
        let is_heading = products.iter().map(is_heading).collect();
        Ok(Self { names, of_the_line, is_heading, aliases, hosts, marks, marked })
    }

    /// Whether the word that names a product may well be somebody else's: «Нимбус», «Логистикс» and makers of trackers. Nobody else is
    /// called as the whole line is.
    fn may_be_another(&self, alias: &Alias) -> bool {
        !self.of_the_line.get(alias.product).copied().unwrap_or_default()
    }

    /// The alias that names a product at `at`, if it is not part of a company's name.
    fn alias_at(&self, sheet: &Sheet<'_>, at: usize, in_answer: bool) -> Option<(&Alias, usize)> {
        let (alias, length) = self.fitting(sheet, at, in_answer)?;
        let other = |at: usize| self.fitting(sheet, at, true).is_some();
        let company = self.may_be_another(alias) && in_company(sheet, &(at..at + length), other);
        (!company).then_some((alias, length))
    }

    /// The alias that fits the words at `at`: the longest in words, then in letters.
    fn fitting(&self, sheet: &Sheet<'_>, at: usize, in_answer: bool) -> Option<(&Alias, usize)> {
        let token = sheet.token(at)?;
        let mut best: Option<(&Alias, usize)> = None;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Number) {
            return None;
        }
        let letters = |form: &str| Some((form.chars().next()?, second_and_third(form)));
        let forms = [letters(&token.form), token.typed.as_deref().and_then(letters)];
        let forms = || forms.iter().flatten();
        let near = |alias: &&Alias| {
            alias.words.first().is_some_and(|word| forms().any(|(_, near)| word.is_near(*near)))
        };
        for alias in forms().filter_map(|(first, _)| self.aliases.get(first)).flatten().filter(near) {
            let allowed = match alias.naming {
                Naming::Anywhere => true,
                Naming::Capitalised => in_answer || is_proper(sheet, at),
                Naming::InAnswer => in_answer,
            };
            let fits = allowed.then(|| alias_length(&sheet.tokens, at, &alias.words)).flatten();
            if let Some(length) = fits
                && best.is_none_or(|(_, longest)| length > longest)
            {
                best = Some((alias, length));
            }
        }
        best
    }

    /// The tokens that aliases take, and those that they would take in an answer, where more words count; both in order.
    pub(crate) fn named(&self, sheet: &Sheet<'_>) -> Named {
        let mut named = Named::default();
        let add = |tokens: &mut Vec<usize>, at: usize, length: usize| {
            let from = tokens.last().map_or(at, |last| at.max(last + 1));
            tokens.extend(from..at + length);
        };
        for at in 0..sheet.tokens.len() {
            let Some((_, length)) = self.alias_at(sheet, at, true) else { continue };
            add(&mut named.perhaps, at, length);
            if let Some((_, length)) = self.alias_at(sheet, at, false) {
                add(&mut named.surely, at, length);
            }
        }
        named
    }

    /// [`Self::alias_at`], asked only where it can find something, and whether it is sure: a word that names a product
    /// in an answer may be meant so elsewhere.
    fn alias_of(&self, reading: &Reading<'_>, sheet: &Sheet<'_>, at: usize) -> Option<(&Alias, usize, bool)> {
        if !reading.is_perhaps_product(sheet, at) {
            return None;
        }
        let (named, answers) = (reading.is_product(sheet, at), reading.answers(sheet, Field::Product, at));
        let (alias, length) = self.alias_at(sheet, at, answers || !named)?;
        Some((alias, length, named || answers))
    }

    /// Where the name of another product begins in what an alias takes, and goes on behind it: «приложение ‸Wialon Local». A name
    /// behind the last word counts if that word is one, too: «приложение Wialon ‸Hecterra».
    fn longer_name(&self, sheet: &Sheet<'_>, range: &Range<usize>, alias: &Alias) -> Option<usize> {
        let other = |at: usize| {
            let other = self.alias_at(sheet, at, false).filter(|(other, _)| other.product != alias.product);
            other.map_or(at, |(_, length)| at + length)
        };
        let inside = (range.start + 1..range.end).find(|at| other(*at) > range.end);
        let behind = || {
            let last = range.end.checked_sub(1).filter(|last| *last > range.start)?;
            (other(last) == range.end && other(range.end) > range.end).then_some(range.end)
        };
        inside.or_else(behind)
    }

    /// Whether an address is of a host that names a product.
    pub(crate) fn is_host(&self, address: &str) -> bool {
        self.host(address).is_some()
    }

    fn host(&self, address: &str) -> Option<usize> {
        let host = host(address);
        // hosting.wialon.com counts under other top-level domains too: the service runs under several.
        let below = |known: &str| {
            let stem = known.rsplit_once('.').map_or(known, |(stem, _)| stem);
            host.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                || stem.contains('.') && host.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'))
        };
        let known = self.hosts.iter().filter(|(known, _)| below(known)).max_by_key(|(known, _)| known.len());
        // A server of the client's own: wialon.client.example; but wialon.png is a file.
        let own = || {
            if host == address && ends_as_file(host) {
                return None;
            }
            let first = host.split('.').next().filter(|label| label.len() >= 4)?;
            let aliases = self.aliases.get(&first.chars().next()?)?;
            let named = |alias: &&Alias| {
                alias.naming == Naming::Anywhere
                    && matches!(alias.words.as_slice(), [only] if only.as_str() == first)
            };
            aliases.iter().find(named).map(|alias| alias.product)
        };
        known.map(|(_, index)| *index).or_else(own)
    }
}

/// Whether no alias of a product has a word of its name.
fn is_heading(product: &Product) -> bool {
    let name = alias_words(&product.name);
    let aliases = [&product.aliases, &product.proper, &product.answers].into_iter().flatten();
    let words: Vec<_> = aliases.flat_map(|alias| alias_words(alias)).collect();
    let known = |word: &AliasWord| words.iter().any(|other| other.as_str() == word.as_str());
    !words.is_empty() && !name.iter().any(known)
}

fn check(index: usize, product: &Product) -> Result<(), RuleError> {
    let lists = [
        ("aliases", &product.aliases),
        ("proper", &product.proper),
        ("answers", &product.answers),
        ("hosts", &product.hosts),
        ("marks", &product.marks),
    ];
    for (list, texts) in lists {
        for (position, text) in texts.iter().enumerate() {
            if letters(text) < 2 {
                let (name, text) = (product.name.clone(), text.clone());
                return Err(RuleError::Alias { product: index, name, list, index: position, text });
            }
        }
    }
    Ok(())
}

/// Looks for a product in the whole mail. A word that names one in an answer is [`State::Unsure`] elsewhere.
pub(crate) fn find(reading: &Reading<'_>) -> Finding {
    let products = &reading.rules.products;
    let mut found: Vec<Hit> = Vec::new();
    let mut perhaps: Vec<Hit> = Vec::new();
    for sheet in reading.sheets() {
        let mut at = 0;
        while let Some(token) = sheet.token(at) {
            let step = match token.kind {
                TokenKind::Word => match products.alias_of(reading, sheet, at) {
                    Some((alias, length, sure)) => {
                        let range = at..at + length;
                        // A common word beside the name of another product («приложение Wialon Local») names none.
                        let longer = products.longer_name(sheet, &range, alias);
                        let common = token.case == Case::Lower || !token.is_latin();
                        let gives_way = longer.is_some() && common;
                        let none = ruled_out(sheet, &range)
                            || products.may_be_another(alias) && is_compared_with(sheet, &range);
                        if !gives_way && !none && (sure || !in_a_name(sheet, at)) {
                            let cue = format!("alias \"{}\"", alias.text());
                            let list = if sure { &mut found } else { &mut perhaps };
                            // Russian in another case than the nominative reads badly in a list.
                            let said = sheet.evidence(range, cue);
                            let called = if token.is_latin() {
                                crate::request::shorten(&said.text)
                            } else {
                                capital(&alias.text())
                            };
                            list.push(Hit { product: alias.product, evidence: said, words: length, called });
                        }
                        // What is no name for certain hides none that follows.
                        if sure { longer.map_or(length, |next| next - at) } else { 1 }
                    }
                    None => 1,
                },
                TokenKind::Address => {
                    if let Some(index) = products.host(&token.form) {
                        found.push(Hit::by_mark(index, sheet.evidence(at..at + 1, Cue::Host)));
                    }
                    1
                }
                TokenKind::Number | TokenKind::Mark(_) | TokenKind::Mailbox | TokenKind::Newline => 1,
            };
            at += step.max(1);
        }
        for part in sheet.parts() {
            let text = sheet.text.get(part.clone()).unwrap_or_default();
            for mark in products.marks.find_iter(text).take(4) {
                let span = part.start + mark.start()..part.start + mark.end();
                let text = sheet.text.get(span.clone()).unwrap_or_default().to_owned();
                let index = products.marked.get(mark.pattern().as_usize()).copied().unwrap_or(0);
                let evidence = Evidence { place: sheet.place, span, text, cue: Cue::Mark.into() };
                found.push(Hit::by_mark(index, evidence));
            }
        }
    }
    let sure = !found.is_empty();
    let mut found = if sure { found } else { perhaps };
    let told_besides = reading.is_later() && !reading.asked.contains(&Field::Product);
    let value = products.value(&found).filter(|_| !(told_besides && products.are_headings(&found)));
    let state = match (sure, found.is_empty()) {
        (true, _) => State::Present,
        (false, false) => State::Unsure,
        (false, true) => State::Missing,
    };
    // Words of the operator's say that a product is named, not which one.
    if state == State::Missing
        && let Some(cue) = reading.cue(Field::Product)
    {
        return Finding { state: State::Unsure, value: None, evidence: vec![cue] };
    }
    found.sort_by_key(|hit| std::cmp::Reverse(hit.words));
    Finding {
        state,
        value,
        evidence: found.into_iter().map(|hit| hit.evidence).take(crate::request::MOST_EVIDENCE).collect(),
    }
}

/// Where a product was found.
struct Hit {
    product: usize,
    evidence: Evidence,
    /// So many words name it.
    words: usize,
    /// What it is called there; empty if nobody calls it anything.
    called: String,
}

impl Hit {
    fn by_mark(product: usize, evidence: Evidence) -> Self {
        Self { product, evidence, words: 1, called: String::new() }
    }
}

impl Products {
    /// Whether all that is named has but a heading for a name: a tracker that is told of an element besides takes no place of the
    /// software that the client has named.
    fn are_headings(&self, found: &[Hit]) -> bool {
        found.iter().all(|hit| self.is_heading.get(hit.product).copied().unwrap_or_default())
    }

    /// Names of the products found, the general one left out where a special one is named too.
    fn value(&self, found: &[Hit]) -> Option<String> {
        let mut named: Vec<(usize, String)> = Vec::new();
        let mut last: Option<&Hit> = None;
        for hit in found {
            let Some(name) = self.names.get(hit.product) else { continue };
            let heading = self.is_heading.get(hit.product).copied().unwrap_or_default();
            let goes_on = last.is_some_and(|last| {
                (last.product, last.evidence.place) == (hit.product, hit.evidence.place)
                    && last.evidence.span.end + 1 == hit.evidence.span.start
            });
            last = Some(hit);
            match named.iter_mut().find(|(product, _)| *product == hit.product) {
                // A maker and its model: «Teltonika FMB920».
                Some((_, known)) if heading && goes_on && known.split(' ').count() < MOST_CALLED => {
                    known.push(' ');
                    known.push_str(&hit.called);
                }
                Some(_) => {}
                None if heading && !hit.called.is_empty() => named.push((hit.product, hit.called.clone())),
                None => named.push((hit.product, name.clone())),
            }
        }
        let special =
            |name: &String| !named.iter().any(|(_, other)| other != name && other.starts_with(name.as_str()));
        let names = named.iter().map(|(_, name)| name);
        let shown: Vec<&str> = names.filter(|name| special(name)).take(3).map(String::as_str).collect();
        if shown.is_empty() { None } else { Some(shown.join(", ")) }
    }
}

/// Most words of what a client calls a product.
const MOST_CALLED: usize = 4;

/// A text with a capital letter in front.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
