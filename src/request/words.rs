//! The words of the field, one file a field. Lists are taken whole from Russian and English usage and from the
//! menus of fleet monitoring, not from examples. The notation is that of [`super::text::lexicon`].

mod courtesy;
mod description;
mod general;
mod kind;
mod labels;
mod objects;
mod steps;
mod ukrainian;

use super::text::lexicon::{Class, Classes, Lexicon};
use std::sync::LazyLock;

type Words = &'static [(Class, &'static str)];

const FILES: [Words; 8] = [
    general::WORDS,
    steps::WORDS,
    description::WORDS,
    objects::WORDS,
    kind::WORDS,
    courtesy::WORDS,
    labels::WORDS,
    ukrainian::WORDS,
];

static LEXICON: LazyLock<Lexicon<Classes>> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for (class, patterns) in FILES.into_iter().flatten() {
        lexicon.add_all(patterns, Classes::of(*class));
    }
    lexicon
});

/// The words of all files with their classes.
pub(super) fn lexicon() -> &'static Lexicon<Classes> {
    &LEXICON
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::text::fold::fold;
    use std::collections::HashSet;

    /// Each pattern with its class, as the words that it is of.
    fn patterns() -> impl Iterator<Item = (Class, Vec<&'static str>)> {
        FILES.into_iter().flatten().flat_map(|(class, patterns)| {
            patterns.split_whitespace().map(|pattern| {
                (*class, pattern.split(['_', '-', '/']).filter(|word| !word.is_empty()).collect())
            })
        })
    }

    /// A class is a bit: what gives it twice does nothing.
    #[test]
    fn no_pattern_is_repeated_or_covered_by_a_stem_of_its_class() {
        let mut known = HashSet::new();
        for (class, words) in patterns() {
            assert!(known.insert((class, words.clone())), "{class:?} has {words:?} twice");
        }
        let stems: Vec<_> = known
            .iter()
            .filter_map(|(class, words)| match words.as_slice() {
                [word] => word.strip_suffix('*').map(|stem| (*class, stem)),
                _ => None,
            })
            .collect();
        for (class, words) in &known {
            let [word] = words.as_slice() else { continue };
            let covers = |stem: &str| word.starts_with(stem) && *word != format!("{stem}*");
            let cover = stems.iter().find(|(of, stem)| of == class && covers(stem));
            assert_eq!(cover, None, "{class:?} has {word}, too");
        }
    }

    /// What no folded form has fits none.
    #[test]
    fn every_pattern_is_of_characters_that_forms_have() {
        let has = |c: char| fold(c) == Some(c) && (c.is_alphanumeric() || c == '\'');
        for (class, words) in patterns() {
            assert!(!words.is_empty(), "{class:?} has nothing but marks");
            for word in words {
                let stem = word.strip_suffix('*').unwrap_or(word);
                assert!(stem.chars().all(has), "{class:?} has {word}");
            }
        }
    }
}
