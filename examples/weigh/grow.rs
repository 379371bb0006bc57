//! Grows the trees of `src/request/learned/trees.tsv`: boosting of the logistic loss, from the sums of the weights on.

use askback::request::Fact;

/// So many trees correct one decision.
const TREES: usize = 40;
/// A tree ends in so many leaves.
const LEAVES: usize = 8;
/// A leaf stands for so many mails at least, as they count.
const FEWEST: f64 = 40.0;
/// How much of what a tree would add is added.
const RATE: f64 = 0.15;
/// Penalty on the squares of what leaves add.
const SMALL: f64 = 5.0;
/// A fact is split at one of so many lines.
const LINES: usize = 48;

/// A mail as one decision sees it: its facts, whether it is so, how much it counts.
pub(crate) struct Seen<'a> {
    pub(crate) facts: &'a [f32],
    pub(crate) label: f64,
    pub(crate) counts: f64,
}

/// A tree as it grows.
enum Tree {
    Leaf { mails: Vec<usize>, adds: f64 },
    Split { fact: usize, line: f32, below: Box<Tree>, above: Box<Tree> },
}

/// What a split of a leaf would gain.
struct Gain {
    gain: f64,
    fact: usize,
    line: f32,
}

/// The trees that correct the fact `start`, each as one line of the table.
pub(crate) fn grow(known: &[Seen<'_>], start: usize) -> Vec<String> {
    let names: Vec<String> = Fact::all().map(Fact::name).collect();
    let lines: Vec<Vec<f32>> = (0..names.len()).map(|fact| lines(known, fact)).collect();
    let mut sums: Vec<f64> = known.iter().map(|mail| f64::from(mail.facts[start])).collect();
    let mut trees = Vec::new();
    for _ in 0..TREES {
        let slopes: Vec<(f64, f64)> = known.iter().zip(&sums).map(slope).collect();
        let mut tree = leaf((0..known.len()).collect(), &slopes);
        for _ in 1..LEAVES {
            if !tree.split_best(known, &slopes, &lines) {
                break;
            }
        }
        for (sum, mail) in sums.iter_mut().zip(known) {
            *sum += tree.adds(mail.facts);
        }
        trees.push(tree.written(&names));
    }
    trees
}

/// The slope of a mail's loss, and the slope of that.
fn slope((mail, sum): (&Seen<'_>, &f64)) -> (f64, f64) {
    let likely = 1.0 / (1.0 + (-sum).exp());
    (mail.counts * (likely - mail.label), mail.counts * likely * (1.0 - likely))
}

/// Where a fact may be split: so that about as many mails lie between two lines.
fn lines(known: &[Seen<'_>], fact: usize) -> Vec<f32> {
    let mut values: Vec<f32> = known.iter().map(|mail| mail.facts[fact]).collect();
    values.sort_by(f32::total_cmp);
    let mut lines: Vec<f32> = (1..=LINES)
        .filter_map(|at| values.get(at * values.len() / (LINES + 1)))
        .map(|line| (line * 100.0).round() / 100.0)
        .collect();
    lines.dedup();
    lines
}

fn leaf(mails: Vec<usize>, slopes: &[(f64, f64)]) -> Tree {
    let (down, curve) = total(mails.iter().map(|mail| slopes[*mail]));
    Tree::Leaf { mails, adds: -RATE * down / (curve + SMALL) }
}

fn total(slopes: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    slopes.fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1))
}

impl Tree {
    /// Splits the leaf that gains most by it; whether one did.
    fn split_best(&mut self, known: &[Seen<'_>], slopes: &[(f64, f64)], lines: &[Vec<f32>]) -> bool {
        let mut leaves = Vec::new();
        self.leaves(&mut leaves);
        let best = leaves
            .into_iter()
            .filter_map(|leaf| {
                let Self::Leaf { mails, .. } = &*leaf else { return None };
                Some((gain(mails, known, slopes, lines)?, leaf))
            })
            .max_by(|(a, _), (b, _)| a.gain.total_cmp(&b.gain));
        let Some((Gain { fact, line, .. }, leaf)) = best else { return false };
        let Self::Leaf { mails, .. } = leaf else { return false };
        let (below, above) = mails.iter().partition(|mail| known[**mail].facts[fact] < line);
        let half = |mails| Box::new(self::leaf(mails, slopes));
        *leaf = Self::Split { fact, line, below: half(below), above: half(above) };
        true
    }

    fn leaves<'t>(&'t mut self, found: &mut Vec<&'t mut Self>) {
        match self {
            Self::Leaf { .. } => found.push(self),
            Self::Split { below, above, .. } => {
                below.leaves(found);
                above.leaves(found);
            }
        }
    }

    fn adds(&self, facts: &[f32]) -> f64 {
        match self {
            Self::Leaf { adds, .. } => *adds,
            Self::Split { fact, line, below, above } => {
                if facts[*fact] < *line {
                    below.adds(facts)
                } else {
                    above.adds(facts)
                }
            }
        }
    }

    fn written(&self, names: &[String]) -> String {
        match self {
            Self::Leaf { adds, .. } => format!("{adds:.3}"),
            Self::Split { fact, line, below, above } => {
                format!("{} {line} {} {}", names[*fact], below.written(names), above.written(names))
            }
        }
    }
}

/// The best split of a leaf, if one leaves enough mails on both sides and gains anything.
fn gain(mails: &[usize], known: &[Seen<'_>], slopes: &[(f64, f64)], lines: &[Vec<f32>]) -> Option<Gain> {
    let worth = |(down, curve): (f64, f64)| down * down / (curve + SMALL);
    let whole = total(mails.iter().map(|mail| slopes[*mail]));
    let mut best: Option<Gain> = None;
    for (fact, lines) in lines.iter().enumerate() {
        // What lies between two lines, all at once.
        let mut between = vec![(0.0, 0.0, 0.0); lines.len() + 1];
        for mail in mails {
            let at = lines.partition_point(|line| *line <= known[*mail].facts[fact]);
            let slope = slopes[*mail];
            between[at].0 += slope.0;
            between[at].1 += slope.1;
            between[at].2 += known[*mail].counts;
        }
        let all: f64 = between.iter().map(|part| part.2).sum();
        let mut below = (0.0, 0.0, 0.0);
        for (line, part) in lines.iter().zip(&between) {
            below = (below.0 + part.0, below.1 + part.1, below.2 + part.2);
            let above = (whole.0 - below.0, whole.1 - below.1);
            let gain = worth((below.0, below.1)) + worth(above) - worth(whole);
            let enough = below.2 >= FEWEST && all - below.2 >= FEWEST;
            if enough && gain > 1e-6 && best.as_ref().is_none_or(|best| gain > best.gain) {
                best = Some(Gain { gain, fact, line: *line });
            }
        }
    }
    best
}
