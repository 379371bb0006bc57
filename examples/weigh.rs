//! Learns the weights of `src/request/weights.tsv` from labelled conversations: `make weights`.
//!
//! One logistic regression a decision, with an elastic net: most names get no weight at all, so that the table stays
//! one that a person can read. Deterministic: the same conversations give the same table. First it says how such a
//! table does on conversations that it has not learned from: each fifth is left out in turn.
#![allow(clippy::print_stdout, reason = "telling is what it is for")]
#![allow(clippy::indexing_slicing, reason = "columns are counted here")]

#[path = "../tests/support/labelled.rs"]
mod labelled;

#[path = "../tests/support/scores.rs"]
mod scores;

use anyhow::{Context as _, Result};
use askback::request::{ALWAYS, Decision, Field, Kind, PerField, RuleSettings, Rules, shown};
use labelled::Conversation;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// What a later message says again is labelled sparingly in this file.
const SPARING: &str = "short.jsonl";
/// The mails of this file are unlike those of a mailbox: three of a kind with one thing changed. They count less.
const CONTRAST: (&str, f64) = ("contrast.jsonl", 0.4);
/// Reports of software are in this file, not mails of clients: they teach plain steps alone, and are not scored here.
const REPORTS: &str = "reports.jsonl";
/// Conversations are left out by this many parts in turn.
const FOLDS: usize = 5;
/// A name must be in so many mails.
const SEEN: usize = 3;
/// Strength of the penalty on the sum of weights, and on the sum of their squares.
const STRENGTH: Strength = Strength { sparse: 0.4, small: 0.6 };
/// That of plain steps: few mails teach them, and reports from anywhere are read by them.
const PLAIN_STRENGTH: Strength = Strength { sparse: 2.0, small: 4.0 };
const ROUNDS: usize = 250;
/// Weights closer to 0 than this are left out.
const LEAST: f64 = 0.015;

/// How strongly weights are held down.
#[derive(Clone, Copy)]
struct Strength {
    sparse: f64,
    small: f64,
}

const DECISIONS: usize = Decision::ALL.len();

/// One mail: its names, and what is so for each decision where it is known.
#[derive(Clone)]
struct Example {
    names: Vec<String>,
    labels: [Option<bool>; DECISIONS],
    /// How much it counts.
    counts: f64,
}

/// A mail as one decision sees it: the columns of its names, whether it is so, how much it counts.
type Known = (Vec<usize>, f64, f64);

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
        let loaded = labelled::load(&text);
        let is = |known: &str| file.file_name().is_some_and(|name| name == known);
        let counts = if is(CONTRAST.0) { CONTRAST.1 } else { 1.0 };
        let mut taught: Vec<Vec<Example>> =
            loaded.iter().map(|each| self::examples(each, is(SPARING), counts, &rules)).collect();
        if is(REPORTS) {
            for (at, decision) in Decision::ALL.into_iter().enumerate() {
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

    if !std::env::args().any(|argument| argument == "--no-check") {
        let mut all = scores::Scores::default();
        for fold in 0..FOLDS {
            let part = |at: &usize| at % FOLDS == fold;
            let mut learned: Vec<Example> =
                (0..examples.len()).filter(|at| !part(at)).flat_map(|at| examples[at].clone()).collect();
            learned.extend(reports.iter().cloned());
            let left_out: Vec<&Conversation> =
                (0..examples.len()).filter(part).map(|at| &conversations[at]).collect();
            let tried = Rules::new(RuleSettings::wialon())?.with_weights(&table(&learned));
            all.add(scores::score(&left_out, &tried));
            println!("   part {} of {FOLDS} is done", fold + 1);
        }
        println!("{}", all.disagreements);
        scores::show("conversations that the table has not learned from", &all);
    }

    let learned: Vec<Example> = examples.into_iter().flatten().chain(reports).collect();
    let table = table(&learned);
    let names = table.lines().count() - 1;
    std::fs::write("src/request/weights.tsv", table).context("src/request/weights.tsv cannot be written")?;
    println!("\nsrc/request/weights.tsv: {names} names from {} mails", learned.len());
    Ok(())
}

/// The table that mails teach.
fn table(examples: &[Example]) -> String {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for name in examples.iter().flat_map(|example| &example.names) {
        *counts.entry(name).or_default() += 1;
    }
    let mut columns: Vec<&str> =
        counts.into_iter().filter(|(_, count)| *count >= SEEN).map(|(name, _)| name).collect();
    columns.sort_unstable();
    let index: HashMap<&str, usize> = columns.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let learned = std::thread::scope(|scope| {
        let (index, columns) = (&index, columns.len());
        let learn = |(at, decision): (usize, Decision)| {
            let column = move |name: &String| {
                decision.learns_from(name).then(|| index.get(name.as_str()).copied()).flatten()
            };
            let strength = if decision == Decision::PlainSteps { PLAIN_STRENGTH } else { STRENGTH };
            scope.spawn(move || {
                let known = examples.iter().filter_map(|example| {
                    let label = f64::from(u8::from(example.labels[at]?));
                    Some((example.names.iter().filter_map(column).collect(), label, example.counts))
                });
                learn(&known.collect::<Vec<Known>>(), columns, strength)
            })
        };
        let threads: Vec<_> = Decision::ALL.into_iter().enumerate().map(learn).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_default()).collect::<Vec<_>>()
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
    for decision in Decision::ALL {
        let _ = write!(table, "\t{}", decision.name());
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

/// The names and labels of each message. It is read as the answer to what was missing after the one before. Where labels are
/// `sparing`, a field that was supplied before teaches nothing.
fn examples(conversation: &Conversation, sparing: bool, counts: f64, rules: &Rules) -> Vec<Example> {
    let mut asked: Vec<Field> = Vec::new();
    let mut supplied: PerField<bool> = PerField::default();
    let mut before: Option<Kind> = None;
    let mut examples = Vec::new();
    for (number, message) in conversation.messages.iter().enumerate() {
        let gold = &message.gold;
        let names = shown(&labelled::mail(message, number > 0), &asked, rules);
        let is_request = gold.kind != Kind::None;
        let field =
            |field: Field| (is_request && !(sparing && *supplied.get(field))).then_some(gold.get(field));
        let labels = Decision::ALL.map(|decision| match decision {
            Decision::Product => field(Field::Product),
            Decision::Description => field(Field::Description),
            Decision::Objects => field(Field::Objects),
            Decision::Steps => field(Field::Steps),
            Decision::PlainSteps => field(Field::Steps).filter(|_| is_plain(&names)),
            Decision::Problem => Some(gold.kind == Kind::Problem),
            Decision::Question => Some(gold.kind == Kind::Question),
            Decision::Service => Some(gold.kind == Kind::Service),
            Decision::None => Some(!is_request),
            Decision::Continues => before.filter(|_| is_request).map(|before| before == gold.kind),
            Decision::ObjectsApply => {
                gold.objects_apply.filter(|_| matches!(gold.kind, Kind::Question | Kind::Service))
            }
        });
        examples.push(Example { names, labels, counts });
        if is_request {
            before = Some(gold.kind);
        }
        for each in Field::ALL {
            *supplied.get_mut(each) |= gold.get(each);
        }
        asked.clone_from(&message.missing_after);
    }
    examples
}

/// The weights of all names, and that of every mail: accelerated proximal gradient descent.
fn learn(known: &[Known], columns: usize, strength: Strength) -> (Vec<f64>, f64) {
    let mut step = 0.05;
    let mut weights = vec![0.0; columns + 1];
    let mut ahead = weights.clone();
    let mut momentum = 1.0_f64;
    for _ in 0..ROUNDS {
        let (loss, gradient) = slope(known, &ahead, strength.small);
        // A step that is too long for the curvature here is halved until it is not.
        let next = loop {
            let next: Vec<f64> = ahead
                .iter()
                .zip(&gradient)
                .enumerate()
                .map(|(at, (weight, slope))| {
                    let moved = weight - step * slope;
                    if at == columns {
                        moved
                    } else {
                        moved.signum() * (moved.abs() - step * strength.sparse).max(0.0)
                    }
                })
                .collect();
            let moved = || next.iter().zip(&ahead).map(|(new, old)| new - old);
            let bound = loss
                + moved().zip(&gradient).map(|(way, slope)| way * slope).sum::<f64>()
                + moved().map(|way| way * way).sum::<f64>() / (2.0 * step);
            if slope(known, &next, strength.small).0 <= bound + 1e-9 {
                break next;
            }
            step /= 2.0;
        };
        let faster = f64::midpoint(1.0, (1.0 + 4.0 * momentum * momentum).sqrt());
        let carry = (momentum - 1.0) / faster;
        momentum = faster;
        ahead = next.iter().zip(&weights).map(|(new, old)| new + carry * (new - old)).collect();
        weights = next;
    }
    let always = weights.pop().unwrap_or_default();
    (weights, always)
}

/// The loss without the penalty on the sum of weights, and its gradient. The last weight is that of every mail.
fn slope(known: &[Known], weights: &[f64], small: f64) -> (f64, Vec<f64>) {
    let always = weights.len() - 1;
    let mut gradient: Vec<f64> = weights.iter().map(|weight| small * weight).collect();
    gradient[always] = 0.0;
    let mut loss = weights[..always].iter().map(|weight| small * weight * weight / 2.0).sum::<f64>();
    for (names, label, counts) in known {
        let sum = weights[always] + names.iter().map(|name| weights[*name]).sum::<f64>();
        loss +=
            counts * (if sum > 0.0 { sum + (-sum).exp().ln_1p() } else { sum.exp().ln_1p() } - label * sum);
        let error = counts * (1.0 / (1.0 + (-sum).exp()) - label);
        gradient[always] += error;
        for name in names {
            gradient[*name] += error;
        }
    }
    (loss, gradient)
}
