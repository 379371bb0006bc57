//! How much each thing that a mail shows speaks for each decision: one table, learned from labelled mails by
//! `make weights`, and a sum over names that a person can read, see `weights.tsv`. [`super::trees`] correct it, and [`super::network`] has
//! two thirds of the say.

use super::features;
use super::features::Ruled;
use super::name;
use super::name::Part;
use super::network::{Network, Rows, Vector};
use super::senses::Pairs;
use super::trees;
use crate::request::hash::{NO_BYTES, of_bytes, one_more};
use crate::request::reading::Reading;
use crate::request::text::sheet::Sheet;
use hashbrown::HashTable;
use std::borrow::Cow;
use std::ops::Range;
use strum::{Display, EnumString, VariantArray};

/// What the weights have a say in.
/// In the order of the table's columns, which have these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "kebab-case")]
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

/// A number for each decision.
type Sums = [f32; Decision::VARIANTS.len()];

/// What a name weighs for each decision, in hundredths.
type Weights = [i16; Decision::VARIANTS.len()];

fn weight(sums: &Sums, decision: Decision) -> f32 {
    sums.get(decision as usize).copied().unwrap_or_default()
}

/// The name of the row that every mail has.
pub const ALWAYS: &str = "always";

/// What each name weighs, alone and to the network.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Where each name's row is, by the hash of the name.
    places: HashTable<u32>,
    rows: Vec<Row>,
    always: Weights,
    /// The pairs of senses that have a row.
    pairs: Pairs,
    /// None without a file for just this table.
    network: Option<Network>,
    text: Cow<'static, str>,
    /// Where in the text the name of each row begins.
    names: Vec<u32>,
}

/// What is known of a name, in one place: a mail shows thousands of names, and waiting for memory is most of what they cost.
#[derive(Clone, Debug)]
struct Row {
    hash: u64,
    weights: Weights,
    vector: Vector,
}

impl Table {
    /// The table of this program.
    pub(crate) fn shipped() -> Self {
        Self::new(Cow::Borrowed(include_str!("weights.tsv")), include_bytes!("network.bin"))
    }

    /// Reads lines of a name and a number of at most two decimals for each decision, separated by tabs; an empty number is 0. And
    /// what [`super::network::file`] wrote: a network for other names has no say.
    pub(crate) fn new(text: Cow<'static, str>, network: &[u8]) -> Self {
        let room = text.lines().count();
        let mut table = Self {
            places: HashTable::with_capacity(room),
            rows: Vec::with_capacity(room),
            always: Weights::default(),
            pairs: Pairs::among(text.lines().filter_map(|line| line.split('\t').next())),
            network: None,
            text: Cow::Borrowed(""),
            names: Vec::with_capacity(room),
        };
        let mut start = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let mut cells = line.trim_end().split('\t');
            let name = cells.next().unwrap_or_default();
            let mut weights = Weights::default();
            for (weight, cell) in weights.iter_mut().zip(cells) {
                *weight = hundredths(cell);
            }
            if name == ALWAYS {
                table.always = weights;
            } else if number > 0
                && let (Ok(row), Ok(start)) = (u32::try_from(table.rows.len()), u32::try_from(start))
            {
                let hash = name::hash(&[Part::new(name)]);
                table.rows.push(Row { hash, weights, vector: Vector::NOTHING });
                table.names.push(start);
                let hash_of = |row: &u32| table.rows.get(*row as usize).map_or(0, |row| row.hash);
                table.places.insert_unique(hash, row, hash_of);
            }
            start += line.len();
        }
        table.text = text;
        if let Some((network, vectors)) = Network::new(network, table.key(), table.rows.len()) {
            for (row, vector) in table.rows.iter_mut().zip(vectors) {
                row.vector = vector;
            }
            table.network = Some(network);
        }
        table
    }

    /// The row of a name and what it weighs.
    fn row(&self, name: &[Part<'_>]) -> Option<(usize, &Weights)> {
        let hash = name::hash(name);
        let row = |place: &u32| self.rows.get(*place as usize);
        let place = self.places.find(hash, |place| row(place).is_some_and(|row| row.hash == hash))?;
        Some((*place as usize, &row(place)?.weights))
    }

    fn name(&self, row: usize) -> Option<&str> {
        let start = usize::try_from(*self.names.get(row)?).ok()?;
        self.text.get(start..)?.split(['\t', '\n']).next()
    }

    /// A hash of its names and their order.
    pub(crate) fn key(&self) -> u64 {
        let names = (0..self.rows.len()).filter_map(|row| self.name(row));
        names.fold(NO_BYTES, |key, name| one_more(key, 0) ^ of_bytes(name.as_bytes()))
    }

    /// What the network says of the rows that a mail shows, if there is one.
    pub(crate) fn says(&self, rows: &Rows) -> Option<Sums> {
        let vector = |row: usize| self.rows.get(row).map(|row| &row.vector);
        self.network.as_ref().map(|network| network.say(rows, vector))
    }
}

/// A number of the table, in hundredths; what is none weighs nothing.
#[allow(
    clippy::cast_possible_truncation,
    reason = "rounded; what is beyond an i16 becomes the largest there is"
)]
fn hundredths(cell: &str) -> i16 {
    cell.parse().map_or(0, |number: f32| (number * 100.0).round() as i16)
}

/// The network's part of the say: alone it is better than weights and trees, and together they are better still.
const NETWORK: f32 = 2.0 / 3.0;

/// How many names a cue shows.
const SHOWN: usize = 3;

/// A sum of weights.
#[derive(Default)]
struct Counted([i32; Decision::VARIANTS.len()]);

impl Counted {
    fn add(&mut self, weights: &Weights) {
        for (sum, weight) in self.0.iter_mut().zip(weights) {
            *sum += i32::from(*weight);
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "far below what an f32 holds exactly")]
    fn sums(&self) -> Sums {
        self.0.map(|sum| sum as f32 / 100.0)
    }
}

/// What the weights say of a mail.
pub(crate) struct Weighed {
    sums: Sums,
    /// What trees add to them.
    corrections: Sums,
    /// What the network says beside them, if there is one.
    network: Option<Sums>,
    /// What each sentence of the body, then of the subject, adds.
    sentences: Vec<Sums>,
    /// The rows of all names that were shown.
    rows: Rows,
}

/// The sentence that speaks most for a decision.
pub(crate) struct Strongest<'a, 'b> {
    pub(crate) sheet: &'a Sheet<'b>,
    pub(crate) sentence: Range<usize>,
    /// The names in it that weigh most, for people.
    pub(crate) cue: String,
}

impl Weighed {
    /// Weighs a mail: each name counts once a mail, however often it is shown, but for the network each time.
    pub(crate) fn new(reading: &Reading<'_>, ruled: &Ruled) -> Self {
        let table = &reading.rules.tables().weights;
        let mut sums = Counted::default();
        sums.add(&table.always);
        let mut counted = vec![0_u64; table.rows.len().div_ceil(64)];
        let mut count = |row: usize, weights: &Weights| {
            let bit = 1 << (row % 64);
            if let Some(counted) = counted.get_mut(row / 64)
                && *counted & bit == 0
            {
                *counted |= bit;
                sums.add(weights);
            }
        };
        let mut rows = Rows::default();
        features::of_mail(reading, ruled, |name| {
            if let Some((row, weights)) = table.row(name) {
                count(row, weights);
                rows.mail.push(row);
            }
        });
        let mut sentences = Vec::new();
        for sheet in reading.sheets() {
            for sentence in &sheet.sentences {
                let (mut sums, from) = (Counted::default(), rows.all.len());
                features::of_sentence(reading, sheet, sentence, ruled, &table.pairs, |name| {
                    if let Some((row, weights)) = table.row(name) {
                        count(row, weights);
                        sums.add(weights);
                        rows.all.push(row);
                    }
                });
                sentences.push(sums.sums());
                rows.sentences.push(from..rows.all.len());
            }
        }
        let network = table.says(&rows);
        let mut weighed = Self {
            sums: sums.sums(),
            corrections: [0.0; Decision::VARIANTS.len()],
            network,
            sentences,
            rows,
        };
        let facts = trees::facts(reading, ruled, &weighed);
        for (correction, decision) in weighed.corrections.iter_mut().zip(Decision::VARIANTS) {
            *correction = reading.rules.tables().trees.correct(*decision, &facts);
        }
        weighed
    }

    /// What all names weigh together.
    pub(crate) fn sum(&self, decision: Decision) -> f32 {
        weight(&self.sums, decision)
    }

    /// What the two sentences weigh that speak most for a decision; 0 for one that is not there.
    pub(crate) fn best_two(&self, decision: Decision) -> [f32; 2] {
        let mut best = [f32::NEG_INFINITY; 2];
        for sentence in &self.sentences {
            let weight = weight(sentence, decision);
            if weight > best[0] {
                best = [weight, best[0]];
            } else if weight > best[1] {
                best[1] = weight;
            }
        }
        best.map(|weight| if weight.is_finite() { weight } else { 0.0 })
    }

    /// The rows of all names that were shown.
    pub(crate) fn into_rows(self) -> Rows {
        self.rows
    }

    /// How likely a decision is, between 0 and 1: by weights and trees, and the network. That was not taught plain steps: too few mails
    /// teach them.
    pub(crate) fn likely(&self, decision: Decision) -> f32 {
        let weighed = self.sum(decision) + weight(&self.corrections, decision);
        let says = match &self.network {
            Some(network) if decision != Decision::PlainSteps => {
                NETWORK * weight(network, decision) + (1.0 - NETWORK) * weighed
            }
            _ => weighed,
        };
        1.0 / (1.0 + (-says).exp())
    }

    /// The sentence that speaks most for a decision, if one does.
    pub(crate) fn strongest<'a, 'b>(
        &self,
        reading: &'a Reading<'b>,
        decision: Decision,
    ) -> Option<Strongest<'a, 'b>> {
        let sentences =
            reading.sheets().flat_map(|sheet| sheet.sentences.iter().map(move |range| (sheet, range)));
        let weight = |sums: &Sums| weight(sums, decision);
        let words = |(sheet, range): (&Sheet<'_>, &Range<usize>)| {
            sheet.slice(range.clone()).iter().filter(|token| token.is_word()).take(2).count()
        };
        // A single word tells neither what happens nor what was done, if any other sentence does.
        let told = matches!(decision, Decision::Description | Decision::Steps | Decision::PlainSteps);
        let least = if told { 2 } else { 1 };
        let ((sheet, range), (_, rows)) = sentences
            .zip(self.sentences.iter().zip(&self.rows.sentences))
            .map(|(place, rows)| (place, rows, words(place)))
            .filter(|(.., words)| *words > 0)
            .max_by(|(_, (a, _), one), (_, (b, _), other)| {
                let told = |sums: &Sums, words: usize| words >= least && weight(sums) > 0.0;
                told(a, *one).cmp(&told(b, *other)).then(weight(a).total_cmp(&weight(b)))
            })
            .map(|(place, rows, _)| (place, rows))
            .filter(|(_, (sums, _))| weight(sums) > 0.0)?;

        let table = &reading.rules.tables().weights;
        let rows = self.rows.all.get(rows.clone()).unwrap_or_default();
        let mut names: Vec<(i16, &str)> = rows
            .iter()
            .filter_map(|row| {
                Some((*table.rows.get(*row)?.weights.get(decision as usize)?, table.name(*row)?))
            })
            .filter(|(weight, _)| *weight > 0)
            .collect();
        names.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        names.dedup();
        let names: Vec<&str> = names.into_iter().take(SHOWN).map(|(_, name)| name).collect();
        Some(Strongest { sheet, sentence: range.clone(), cue: format!("weight of {}", names.join("; ")) })
    }
}

/// The names that a mail shows, each once.
pub(crate) fn names(reading: &Reading<'_>, ruled: &Ruled) -> Vec<String> {
    let (mut names, pairs) = (Vec::new(), Pairs::all());
    features::of_mail(reading, ruled, |parts| names.push(name::text(parts)));
    for sheet in reading.sheets() {
        for sentence in &sheet.sentences {
            features::of_sentence(reading, sheet, sentence, ruled, &pairs, |parts| {
                names.push(name::text(parts))
            });
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_of_the_table_have_the_same_hash() {
        let table = Table::shipped();
        let mut hashes: Vec<u64> = table.rows.iter().map(|row| row.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(hashes.len() > 5000, "{}", hashes.len());
        assert_eq!(hashes.len(), table.rows.len());
    }

    #[test]
    fn each_row_is_found_by_its_name() {
        let table = Table::shipped();
        for row in 0..table.rows.len() {
            let name = table.name(row).unwrap();
            assert_eq!(table.row(&[Part::new(name)]).map(|(found, _)| found), Some(row), "{name}");
        }
    }

    #[test]
    fn the_shipped_network_was_taught_with_the_shipped_table() {
        assert!(Table::shipped().network.is_some(), "edit neither by hand: `make weights` learns both");
    }
}
