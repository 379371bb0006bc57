//! What the sums of the weights and the conversation say together: small trees that correct a sum, learned from labelled
//! mails by `make weights`. A sum over a whole mail cannot say "one sentence tells it clearly", "it would be a question,
//! but nobody asks", or "in a conversation about a problem this is the answer"; a tree can.

use super::features::Ruled;
use super::weights::{Decision, Weighed};
use crate::request::reading::Reading;
use crate::request::{Field, Kind, State};
use strum::VariantArray as _;

/// What a tree may look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// What all names of the mail weigh together for a decision.
    Sum(Decision),
    /// What the sentence weighs that speaks most for it.
    Best(Decision),
    /// What the second such sentence weighs.
    Second(Decision),
    /// 1 if the conversation was about that kind before, else 0.
    After(Kind),
    /// 1 if the field was asked for, else 0.
    Asked(Field),
    /// 1 if the mail is not the first of its conversation, else 0.
    Later,
    /// 1 if a product is named, ½ if perhaps, else 0.
    Named,
}

impl Fact {
    /// All facts, in the order of [`crate::request::weighed`].
    pub fn all() -> impl Iterator<Item = Self> {
        let weighed =
            Decision::VARIANTS.iter().flat_map(|&of| [Self::Sum(of), Self::Best(of), Self::Second(of)]);
        let kinds = [Kind::Problem, Kind::Question, Kind::Service].map(Self::After);
        let fields = [Field::Product, Field::Description, Field::Objects, Field::Steps].map(Self::Asked);
        weighed.chain(kinds).chain(fields).chain([Self::Later, Self::Named])
    }

    /// Its name in the table of trees.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Sum(of) => format!("sum:{of}"),
            Self::Best(of) => format!("best:{of}"),
            Self::Second(of) => format!("second:{of}"),
            Self::After(kind) => format!("after:{kind}"),
            Self::Asked(field) => format!("asked:{field}"),
            Self::Later => "later".to_owned(),
            Self::Named => "named".to_owned(),
        }
    }
}

/// The number of each of [`Fact::all`].
pub(crate) fn facts(reading: &Reading<'_>, ruled: &Ruled, weighed: &Weighed) -> Vec<f32> {
    let is = |holds: bool| f32::from(u8::from(holds));
    let number = |fact| match fact {
        Fact::Sum(of) => weighed.sum(of),
        Fact::Best(of) => weighed.best_two(of)[0],
        Fact::Second(of) => weighed.best_two(of)[1],
        Fact::After(kind) => is(reading.kind_before == Some(kind)),
        Fact::Asked(field) => is(reading.asked.contains(&field)),
        Fact::Later => is(reading.is_later()),
        Fact::Named => match ruled.fields.product.state {
            State::Present => 1.0,
            State::Unsure => 0.5,
            State::Missing | State::Off => 0.0,
        },
    };
    Fact::all().map(number).collect()
}

/// The trees of all decisions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trees {
    nodes: Vec<Node>,
    /// The roots of the trees that correct each decision.
    roots: [Vec<u16>; Decision::VARIANTS.len()],
}

#[derive(Clone, Copy, Debug)]
enum Node {
    /// Adds to the sum.
    Leaf(f32),
    /// Goes on with `below` if the fact is less than `line`, with `above` otherwise.
    Split { fact: u16, line: f32, below: u16, above: u16 },
}

impl Trees {
    /// The trees of this program.
    pub(crate) fn shipped() -> Self {
        Self::new(include_str!("trees.tsv"))
    }

    /// Reads lines of a decision, a tab and a tree: a number, or a fact, a line, the tree below it and the tree above it,
    /// parted by spaces. What is no such line is left out.
    pub(crate) fn new(text: &str) -> Self {
        let names: Vec<String> = Fact::all().map(Fact::name).collect();
        let mut trees = Self::default();
        for line in text.lines() {
            let Some((name, tree)) = line.split_once('\t') else { continue };
            let Some(root) = trees.plant(&mut tree.split(' '), &names) else { continue };
            let decision = name.parse::<Decision>().ok();
            if let Some(roots) = decision.and_then(|decision| trees.roots.get_mut(decision as usize)) {
                roots.push(root);
            }
        }
        trees
    }

    /// Reads one tree; gives its root.
    fn plant<'t>(&mut self, words: &mut impl Iterator<Item = &'t str>, names: &[String]) -> Option<u16> {
        let word = words.next()?;
        let node = match names.iter().position(|name| name == word) {
            None => Node::Leaf(word.parse().ok()?),
            Some(fact) => {
                let (fact, line) = (u16::try_from(fact).ok()?, words.next()?.parse().ok()?);
                let below = self.plant(words, names)?;
                Node::Split { fact, line, below, above: self.plant(words, names)? }
            }
        };
        let at = u16::try_from(self.nodes.len()).ok()?;
        self.nodes.push(node);
        Some(at)
    }

    /// What the trees add to the sum of a decision.
    pub(crate) fn correct(&self, decision: Decision, facts: &[f32]) -> f32 {
        let roots = self.roots.get(decision as usize).into_iter().flatten();
        roots.map(|root| self.walk(*root, facts)).sum()
    }

    fn walk(&self, mut at: u16, facts: &[f32]) -> f32 {
        loop {
            match self.nodes.get(usize::from(at)) {
                Some(Node::Split { fact, line, below, above }) => {
                    let fact = facts.get(usize::from(*fact)).copied().unwrap_or_default();
                    at = if fact < *line { *below } else { *above };
                }
                Some(Node::Leaf(adds)) => return *adds,
                None => return 0.0,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_read_and_walked() {
        let trees =
            Trees::new("steps\tsum:steps 0.5 -1 later 0.5 2 4\nsteps\t0.25\nnonsense\nsteps\tsum:steps 1\n");
        let facts = |sum: f32, later: f32| {
            let number = |fact| if fact == Fact::Later { later } else { sum };
            Fact::all().map(number).collect::<Vec<_>>()
        };
        for (sum, later, adds) in [(0.4, 0.0, -0.75), (0.5, 0.0, 2.25), (0.5, 1.0, 4.25)] {
            assert!((trees.correct(Decision::Steps, &facts(sum, later)) - adds).abs() < 1e-6);
        }
        assert!(trees.correct(Decision::Objects, &facts(0.0, 0.0)).abs() < 1e-6);
    }

    #[test]
    fn every_line_of_the_shipped_table_is_a_tree() {
        let lines = include_str!("trees.tsv").lines().count();
        assert_eq!((lines > 100, Trees::shipped().roots.iter().flatten().count()), (true, lines));
    }
}
