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

static LEXICON: LazyLock<Lexicon<Classes>> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    let files: [Words; 8] = [
        general::WORDS,
        steps::WORDS,
        description::WORDS,
        objects::WORDS,
        kind::WORDS,
        courtesy::WORDS,
        labels::WORDS,
        ukrainian::WORDS,
    ];
    for (class, patterns) in files.into_iter().flatten() {
        lexicon.add_all(patterns, Classes::of(*class));
    }
    lexicon
});

/// The words of all files with their classes.
pub(super) fn lexicon() -> &'static Lexicon<Classes> {
    &LEXICON
}
