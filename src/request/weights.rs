//! How much each thing that a mail shows speaks for each decision: one table, learned from labelled mails by
//! `make weights`, and a sum over names that a person can read, see `weights.tsv`. [`super::trees`] correct it.

use super::features::{self, Ruled};
use super::hash::{ByHash, of_bytes};
use super::reading::Reading;
use super::senses::Pairs;
use super::sheet::Sheet;
use super::tokens::Token;
use super::trees;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// What the weights have a say in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// A product that is named is meant.
    Product,
    /// The description is there.
    Description,
    /// Concrete elements are named.
    Objects,
    /// Steps are told.
    Steps,
    /// Steps are told in an English mail that names no product: in it the words of our field may be missing.
    PlainSteps,
    /// It is a problem.
    Problem,
    /// It is a question.
    Question,
    /// It is a service.
    Service,
    /// It is no request.
    None,
    /// A later mail keeps the kind of its conversation.
    Continues,
    /// A question or service must name its objects.
    ObjectsApply,
}

impl Decision {
    /// All decisions, in the order of the table's columns.
    pub const ALL: [Self; 11] = [
        Self::Product,
        Self::Description,
        Self::Objects,
        Self::Steps,
        Self::PlainSteps,
        Self::Problem,
        Self::Question,
        Self::Service,
        Self::None,
        Self::Continues,
        Self::ObjectsApply,
    ];

    /// The name of the table's column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Description => "description",
            Self::Objects => "objects",
            Self::Steps => "steps",
            Self::PlainSteps => "plain-steps",
            Self::Problem => "problem",
            Self::Question => "question",
            Self::Service => "service",
            Self::None => "none",
            Self::Continues => "continues",
            Self::ObjectsApply => "objects-apply",
        }
    }

    /// Whether it is learned from a name. How a mail is told speaks for plain steps alone, and for them no single word does: there are
    /// too few such mails to learn words from.
    #[must_use]
    pub fn learns_from(self, name: &str) -> bool {
        let first = name.split(' ').next().unwrap_or_default();
        if self == Self::PlainSteps {
            matches!(first, "outline" | "mail" | "class" | "sentence" | "CAPITALS")
        } else {
            first != "outline"
        }
    }
}

/// A number for each decision.
type Sums = [f32; Decision::ALL.len()];

fn weight(sums: &Sums, decision: Decision) -> f32 {
    sums.get(decision as usize).copied().unwrap_or_default()
}

/// The name of the row that every mail has.
pub const ALWAYS: &str = "always";

/// What each name weighs.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The row of each name, by the hash of the name.
    rows: ByHash<usize>,
    names: Vec<Box<str>>,
    weights: Vec<Sums>,
    always: Sums,
    /// The pairs of senses that have a row.
    pairs: Pairs,
}

static SHIPPED: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::new(include_str!("weights.tsv"))));

impl Table {
    /// The table of this program.
    pub(super) fn shipped() -> Arc<Self> {
        SHIPPED.clone()
    }

    /// Reads lines of a name and a number for each decision, separated by tabs; an empty number is 0.
    pub(super) fn new(text: &str) -> Self {
        let mut table = Self {
            rows: ByHash::default(),
            names: Vec::new(),
            weights: Vec::new(),
            always: [0.0; Decision::ALL.len()],
            pairs: Pairs::among(text.lines().filter_map(|line| line.split('\t').next())),
        };
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or_default();
            let mut sums = [0.0; Decision::ALL.len()];
            for (sum, cell) in sums.iter_mut().zip(cells) {
                *sum = cell.parse().unwrap_or(0.0);
            }
            if name == ALWAYS {
                table.always = sums;
            } else {
                table.rows.insert(of_bytes(name.as_bytes()), table.weights.len());
                table.names.push(name.into());
                table.weights.push(sums);
            }
        }
        table
    }
}

/// How many names a cue shows.
const SHOWN: usize = 3;

/// What the weights say of a mail.
pub(super) struct Weighed {
    sums: Sums,
    /// What trees add to them.
    corrections: Sums,
    /// What each sentence of the body, then of the subject, adds.
    sentences: Vec<Sentence>,
    /// The rows of all names that were shown, sentence by sentence.
    rows: Vec<usize>,
}

struct Sentence {
    sums: Sums,
    /// Its part of [`Weighed::rows`].
    rows: Range<usize>,
}

/// The sentence that speaks most for a decision.
pub(super) struct Strongest<'a, 'b> {
    pub(super) sheet: &'a Sheet<'b>,
    pub(super) sentence: Range<usize>,
    /// The names in it that weigh most, for people.
    pub(super) cue: String,
}

impl Weighed {
    /// Weighs a mail: each name counts once a mail, however often it is shown.
    pub(super) fn new(reading: &Reading<'_>, ruled: &Ruled) -> Self {
        let table = &*reading.rules.weights;
        let mut sums = table.always;
        let mut counted = vec![false; table.weights.len()];
        let mut name = Vec::new();
        let mut add = |parts: &[&str], sentence: &mut Sums, rows: &mut Vec<usize>| {
            put_together(&mut name, parts);
            let Some(row) = table.rows.get(&of_bytes(&name)) else { return };
            let (Some(weights), Some(counted)) = (table.weights.get(*row), counted.get_mut(*row)) else {
                return;
            };
            let first = !std::mem::replace(counted, true);
            rows.push(*row);
            for (part, weight) in sentence.iter_mut().zip(weights) {
                *part += weight;
            }
            if first {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
        };
        let (mut of_mail, mut mail_rows) = ([0.0; Decision::ALL.len()], Vec::new());
        features::of_mail(reading, ruled, |parts| add(parts, &mut of_mail, &mut mail_rows));
        let mut sentences = Vec::new();
        let mut rows = Vec::new();
        for sheet in reading.sheets() {
            for sentence in &sheet.sentences {
                let mut sums = [0.0; Decision::ALL.len()];
                let from = rows.len();
                features::of_sentence(reading, sheet, sentence, ruled, &table.pairs, |parts| {
                    add(parts, &mut sums, &mut rows)
                });
                sentences.push(Sentence { sums, rows: from..rows.len() });
            }
        }
        let mut weighed = Self { sums, corrections: [0.0; Decision::ALL.len()], sentences, rows };
        let facts = trees::facts(reading, ruled.fields.product.state, &weighed);
        for (correction, decision) in weighed.corrections.iter_mut().zip(Decision::ALL) {
            *correction = reading.rules.trees.correct(decision, &facts);
        }
        weighed
    }

    /// What all names weigh together.
    pub(super) fn sum(&self, decision: Decision) -> f32 {
        weight(&self.sums, decision)
    }

    /// What the two sentences weigh that speak most for a decision; 0 for one that is not there.
    pub(super) fn best_two(&self, decision: Decision) -> [f32; 2] {
        let mut best = [f32::NEG_INFINITY; 2];
        for sentence in &self.sentences {
            let weight = weight(&sentence.sums, decision);
            if weight > best[0] {
                best = [weight, best[0]];
            } else if weight > best[1] {
                best[1] = weight;
            }
        }
        best.map(|weight| if weight.is_finite() { weight } else { 0.0 })
    }

    /// How likely a decision is, between 0 and 1.
    pub(super) fn likely(&self, decision: Decision) -> f32 {
        1.0 / (1.0 + (-self.sum(decision) - weight(&self.corrections, decision)).exp())
    }

    /// The sentence that speaks most for a decision, if one does.
    pub(super) fn strongest<'a, 'b>(
        &self,
        reading: &'a Reading<'b>,
        decision: Decision,
    ) -> Option<Strongest<'a, 'b>> {
        let sentences =
            reading.sheets().flat_map(|sheet| sheet.sentences.iter().map(move |range| (sheet, range)));
        let weight = |sums: &Sums| weight(sums, decision);
        let ((sheet, range), found) = sentences
            .zip(&self.sentences)
            .filter(|((sheet, range), _)| sheet.slice((*range).clone()).iter().any(Token::is_word))
            .max_by(|(_, a), (_, b)| weight(&a.sums).total_cmp(&weight(&b.sums)))
            .filter(|(_, found)| weight(&found.sums) > 0.0)?;

        let table = &*reading.rules.weights;
        let mut names: Vec<(f32, &str)> = self
            .rows
            .get(found.rows.clone())
            .unwrap_or_default()
            .iter()
            .filter_map(|row| Some((weight(table.weights.get(*row)?), &**table.names.get(*row)?)))
            .filter(|(weight, _)| *weight > 0.0)
            .collect();
        names.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        names.dedup();
        let names: Vec<&str> = names.into_iter().take(SHOWN).map(|(_, name)| name).collect();
        Some(Strongest { sheet, sentence: range.clone(), cue: format!("weight of {}", names.join("; ")) })
    }
}

/// The names that a mail shows, each once.
pub(super) fn names(reading: &Reading<'_>, ruled: &Ruled) -> Vec<String> {
    let (mut names, pairs) = (Vec::new(), Pairs::all());
    features::of_mail(reading, ruled, |parts| names.push(join(parts)));
    for sheet in reading.sheets() {
        for sentence in &sheet.sentences {
            features::of_sentence(reading, sheet, sentence, ruled, &pairs, |parts| names.push(join(parts)));
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// Puts the parts of a name together in `name`, whose memory is used again for the next one.
fn put_together(name: &mut Vec<u8>, parts: &[&str]) {
    name.clear();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !name.is_empty() {
            name.push(b' ');
        }
        name.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_of_the_table_have_the_same_hash() {
        let table = Table::shipped();
        assert!(table.names.len() > 5000, "{}", table.names.len());
        assert_eq!(table.rows.len(), table.names.len());
    }
}
