//! Learns `src/request/learned/weights.tsv`, `src/request/learned/trees.tsv` and `src/request/learned/network.bin` from labelled conversations: `make weights`.
//!
//! One logistic regression a decision, with an elastic net: most names get no weight at all, so that the table stays
//! one that a person can read. A network is taught the same names. Each fifth of the conversations is left out in turn and weighed by
//! what the others teach: from these sums the trees are grown, and they say how weights, trees and network do on
//! conversations that they have not learned from (but for this: the trees of a part grow from sums whose weights have seen
//! it). The same conversations give the same tables on the same machine; another may round differently.
#![allow(clippy::print_stdout, reason = "telling is what it is for")]
#![allow(clippy::indexing_slicing, reason = "columns are counted here")]

#[path = "../tests/support/dice.rs"]
mod dice;
#[path = "weigh/grow.rs"]
mod grow;
#[path = "../tests/support/labelled.rs"]
mod labelled;
#[path = "weigh/learn.rs"]
mod learn;

#[path = "weigh/pleas.rs"]
mod pleas;

#[path = "../tests/support/scores.rs"]
mod scores;
#[path = "weigh/teach.rs"]
mod teach;

use anyhow::{Context as _, Result};
use askback::mail::Mail;
use askback::request::network::Rows;
use askback::request::{
    ALWAYS, Before, Decision, Fact, Field, Kind, PerField, RuleSettings, Rules, shown, weighed,
};
use labelled::Conversation;
use learn::{Known, Strength, learn};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use strum::VariantArray as _;
use teach::{Lesson, names, teach};

/// What a later message says again is labelled sparingly in this file.
const SPARING: &str = "short.jsonl";
/// The mails of this file are unlike those of a mailbox: three of a kind with one thing changed. They count less.
const CONTRAST: (&str, f32) = ("contrast.jsonl", 0.4);
/// Reports of software are in this file, not mails of clients: they teach plain steps alone, and are not scored here.
const REPORTS: &str = "reports.jsonl";
/// Conversations are left out by this many parts in turn.
const FOLDS: usize = 5;
/// A name must be in so many mails.
const SEEN: usize = 3;
const STRENGTH: Strength = Strength { sparse: 0.4, small: 0.6 };
/// That of plain steps: few mails teach them, and reports from anywhere are read by them.
const PLAIN_STRENGTH: Strength = Strength { sparse: 2.0, small: 4.0 };
/// Weights closer to 0 than this are left out.
const LEAST: f64 = 0.015;

const DECISIONS: usize = Decision::VARIANTS.len();

/// What trees correct: products are named or not, and too few mails teach plain steps.
const CORRECTED: [Decision; 9] = [
    Decision::Description,
    Decision::Objects,
    Decision::Steps,
    Decision::Problem,
    Decision::Question,
    Decision::Service,
    Decision::None,
    Decision::Continues,
    Decision::ObjectsApply,
];

/// One mail: its names, and what is so for each decision where it is known.
#[derive(Clone)]
struct Example {
    names: Vec<String>,
    /// The number of each fact by weights that have not learned from this mail; empty until it was left out.
    facts: Vec<f32>,
    labels: [Option<bool>; DECISIONS],
    /// How much it counts.
    counts: f32,
}

impl Example {
    /// The mail as the network sees it.
    fn lesson(&self, rows: Rows) -> Lesson {
        Lesson { rows, labels: self.labels, counts: self.counts }
    }
}

fn main() -> Result<()> {
    let mut conversations: Vec<Conversation> = Vec::new();
    let mut examples: Vec<Vec<Example>> = Vec::new();
    let mut reports: Vec<Example> = Vec::new();
    let rules = Rules::new(RuleSettings::wialon())?;
    let mut files: Vec<_> = std::fs::read_dir("fixtures/requests")?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    for file in files.iter().map(std::fs::DirEntry::path) {
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let mut loaded = Vec::new();
        for (at, conversation) in labelled::load(&text).into_iter().enumerate() {
            let begging = pleas::begging(at, &conversation);
            loaded.push(conversation);
            loaded.extend(begging);
        }
        let is = |known: &str| file.file_name().is_some_and(|name| name == known);
        let counts = if is(CONTRAST.0) { CONTRAST.1 } else { 1.0 };
        let mut taught: Vec<Vec<Example>> =
            loaded.iter().map(|each| self::examples(each, is(SPARING), counts, &rules)).collect();
        if is(REPORTS) {
            for (at, decision) in Decision::VARIANTS.iter().copied().enumerate() {
                if decision != Decision::PlainSteps {
                    taught.iter_mut().flatten().for_each(|example| example.labels[at] = None);
                }
            }
            reports.extend(taught.into_iter().flatten());
        } else {
            examples.extend(taught);
            conversations.extend(loaded);
        }
    }
    println!("{} conversations and {} reports in {} files", conversations.len(), reports.len(), files.len());

    let parts = parts(&conversations);
    let (tables, networks) = std::thread::scope(|scope| -> Result<(Vec<String>, Vec<Vec<u8>>)> {
        // What the others teach, for each part.
        let (mut tables, mut networks) = (Vec::new(), Vec::new());
        for fold in 0..FOLDS {
            let others = (0..examples.len()).filter(|at| parts[*at] != fold);
            let learned: Vec<&Example> = others.flat_map(|at| &examples[at]).chain(&reports).collect();
            let table = table(&learned);
            let tried = Rules::new(RuleSettings::wialon())?.with_tables(&table, "", b"");
            let mut lessons = Vec::new();
            for (at, conversation) in conversations.iter().enumerate() {
                for (example, turn) in examples[at].iter_mut().zip(turns(conversation)) {
                    let (facts, rows) = weighed(&turn.mail, turn.before(), &tried);
                    if parts[at] == fold {
                        example.facts = facts;
                    } else {
                        lessons.push(example.lesson(rows));
                    }
                }
            }
            let known = table.clone();
            networks.push(scope.spawn(move || teach(&lessons, &known)));
            tables.push(table);
            println!("   part {} of {FOLDS} is done", fold + 1);
        }
        Ok((tables, networks.into_iter().map(ended).collect()))
    })?;
    let mut all = scores::Scores::default();
    for (fold, (table, network)) in tables.iter().zip(&networks).enumerate() {
        let others = (0..examples.len()).filter(|at| parts[*at] != fold).flat_map(|at| &examples[at]);
        let tried = Rules::new(RuleSettings::wialon())?.with_tables(table, &trees(others), network);
        let left_out: Vec<&Conversation> = conversations
            .iter()
            .zip(&parts)
            .filter(|(_, part)| **part == fold)
            .map(|(each, _)| each)
            .collect();
        all.add(scores::score(&left_out, &tried));
    }
    println!("{}", all.disagreements);
    scores::show("conversations that nothing was learned from", &all);

    let trees = trees(examples.iter().flatten());
    let learned: Vec<&Example> = examples.iter().flatten().chain(&reports).collect();
    let table = table(&learned);
    let tried = Rules::new(RuleSettings::wialon())?.with_tables(&table, "", b"");
    let lesson = |(example, turn): (&Example, Turn)| {
        let (_, rows) = weighed(&turn.mail, turn.before(), &tried);
        example.lesson(rows)
    };
    let taught = examples
        .iter()
        .zip(&conversations)
        .flat_map(|(each, conversation)| each.iter().zip(turns(conversation)));
    let network = teach(&taught.map(lesson).collect::<Vec<_>>(), &table);
    println!(
        "\nsrc/request/learned/weights.tsv: {} names, src/request/learned/trees.tsv: {} trees, src/request/learned/network.bin: {} bytes, from {} mails and {} reports",
        names(&table),
        trees.lines().count(),
        network.len(),
        learned.len() - reports.len(),
        reports.len()
    );
    std::fs::write("src/request/learned/weights.tsv", table)
        .context("src/request/learned/weights.tsv cannot be written")?;
    std::fs::write("src/request/learned/trees.tsv", trees)
        .context("src/request/learned/trees.tsv cannot be written")?;
    std::fs::write("src/request/learned/network.bin", network)
        .context("src/request/learned/network.bin cannot be written")?;
    Ok(())
}

/// What a thread gives.
fn ended<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The part that each conversation is left out with. Those of one family (q001a, q001b, …) go together.
fn parts(conversations: &[Conversation]) -> Vec<usize> {
    let (mut families, mut last) = (0, "");
    let mut parts = Vec::new();
    for each in conversations {
        let family = each.id.trim_end_matches(|c: char| c.is_ascii_lowercase());
        families += usize::from(family != last);
        last = family;
        parts.push(families % FOLDS);
    }
    parts
}

/// What comes out for each decision, each worked on by a thread of its own.
fn on_threads<T: Send>(decisions: &[Decision], work: impl Fn(Decision) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = decisions.iter().map(|decision| scope.spawn(move || work(*decision))).collect();
        threads.into_iter().map(ended).collect()
    })
}

/// The trees that mails teach.
fn trees<'a>(examples: impl Iterator<Item = &'a Example>) -> String {
    let examples: Vec<&Example> = examples.collect();
    let grown = on_threads(&CORRECTED, |decision| {
        let known: Vec<grow::Seen<'_>> = examples
            .iter()
            .filter_map(|example| {
                let label = f64::from(u8::from(example.labels[decision as usize]?));
                Some(grow::Seen { facts: &example.facts, label, counts: f64::from(example.counts) })
            })
            .collect();
        let start = Fact::all().position(|fact| fact == Fact::Sum(decision)).unwrap_or_default();
        grow::grow(&known, start)
    });
    let mut table = String::new();
    for (decision, trees) in CORRECTED.into_iter().zip(grown) {
        for tree in trees {
            let _ = writeln!(table, "{decision}\t{tree}");
        }
    }
    table
}

/// Whether the weights of a decision are learned from a name (the network is taught all of them). How a mail is told speaks for plain
/// steps alone, and for them no single word does: there are too few such mails to learn words from.
fn learns_from(decision: Decision, name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    if decision == Decision::PlainSteps {
        matches!(first, "outline" | "mail" | "class" | "sentence" | "CAPITALS")
    } else {
        first != "outline"
    }
}

/// The table that mails teach.
fn table(examples: &[&Example]) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in examples.iter().flat_map(|example| &example.names) {
        *counts.entry(name).or_default() += 1;
    }
    let mut columns: Vec<&str> =
        counts.into_iter().filter(|(_, count)| *count >= SEEN).map(|(name, _)| name).collect();
    columns.sort_unstable();
    let index: HashMap<&str, u32> = columns.iter().copied().zip(0..).collect();
    let learned = on_threads(Decision::VARIANTS, |decision| {
        let column =
            |name: &String| learns_from(decision, name).then(|| index.get(name.as_str()).copied()).flatten();
        let strength = if decision == Decision::PlainSteps { PLAIN_STRENGTH } else { STRENGTH };
        let known = examples.iter().filter_map(|example| {
            let label = f64::from(u8::from(example.labels[decision as usize]?));
            Some((example.names.iter().filter_map(column).collect(), label, f64::from(example.counts)))
        });
        learn(&known.collect::<Vec<Known>>(), columns.len(), strength)
    });
    let mut rows: BTreeMap<&str, [f64; DECISIONS]> = BTreeMap::new();
    for (at, (weights, always)) in learned.into_iter().enumerate() {
        rows.entry(ALWAYS).or_default()[at] = always;
        for (name, weight) in columns.iter().zip(weights) {
            if weight.abs() >= LEAST {
                rows.entry(name).or_default()[at] = weight;
            }
        }
    }
    let mut table = String::from("name");
    for &decision in Decision::VARIANTS {
        let _ = write!(table, "\t{decision}");
    }
    for (name, weights) in &rows {
        let _ = write!(table, "\n{name}");
        for weight in weights {
            table.push('\t');
            if weight.abs() >= LEAST {
                let _ = write!(table, "{weight:.2}");
            }
        }
    }
    table.push('\n');
    table
}

/// Whether a mail is a first English one that names no product.
fn is_plain(names: &[String]) -> bool {
    let has = |name: &str| names.iter().any(|shown| shown == name);
    has("mail language en") && has("mail first") && !has("mail product present")
}

/// A message, and what its conversation was about before it.
struct Turn {
    mail: Mail,
    asked: Vec<Field>,
    kind: Option<Kind>,
}

impl Turn {
    fn before(&self) -> Before<'_> {
        Before { asked: &self.asked, kind: self.kind, all_told: self.kind.is_some() && self.asked.is_empty() }
    }
}

/// Each message, to be read as the answer to what was missing after the one before.
fn turns(conversation: &Conversation) -> impl Iterator<Item = Turn> {
    let (mut asked, mut kind) = (Vec::new(), None);
    conversation.messages.iter().enumerate().map(move |(number, message)| {
        let turn = Turn { mail: labelled::mail(message, number > 0), asked: asked.clone(), kind };
        asked.clone_from(&message.missing_after);
        kind = Some(message.gold.kind).filter(|kind| *kind != Kind::None).or(kind);
        turn
    })
}

/// The names and labels of each message. Where labels are `sparing`, a field that was supplied before teaches nothing.
fn examples(conversation: &Conversation, sparing: bool, counts: f32, rules: &Rules) -> Vec<Example> {
    let mut supplied: PerField<bool> = PerField::default();
    let mut examples = Vec::new();
    for (message, turn) in conversation.messages.iter().zip(turns(conversation)) {
        let gold = &message.gold;
        let names = shown(&turn.mail, turn.before(), rules);
        let is_request = gold.kind != Kind::None;
        let names_product = !names.iter().any(|name| name == "mail product missing");
        let field =
            |field: Field| (is_request && !(sparing && *supplied.get(field))).then_some(gold.get(field));
        let labels = std::array::from_fn(|at| match Decision::VARIANTS[at] {
            // Whether a product is meant is asked only where one is named.
            Decision::Product => field(Field::Product).filter(|_| names_product),
            Decision::Description => field(Field::Description),
            Decision::Objects => field(Field::Objects),
            Decision::Steps => field(Field::Steps),
            Decision::PlainSteps => field(Field::Steps).filter(|_| is_plain(&names)),
            Decision::Problem => Some(gold.kind == Kind::Problem),
            Decision::Question => Some(gold.kind == Kind::Question),
            Decision::Service => Some(gold.kind == Kind::Service),
            Decision::None => Some(!is_request),
            Decision::Continues => turn.kind.filter(|_| is_request).map(|before| before == gold.kind),
            Decision::ObjectsApply => {
                gold.objects_apply.filter(|_| matches!(gold.kind, Kind::Question | Kind::Service))
            }
        });
        examples.push(Example { names, facts: Vec::new(), labels, counts });
        for &each in Field::VARIANTS {
            *supplied.get_mut(each) |= gold.get(each);
        }
    }
    examples
}
