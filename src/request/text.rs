//! A text laid out for reading: words, sentences, lines and clauses with their places, and word classes by the lists of
//! `words/`. Knows the languages; of requests it holds what has been found of a sentence, and judges nothing.

pub(super) mod address;
pub(super) mod fold;
pub(super) mod lexicon;
pub(super) mod sentences;
pub(super) mod sheet;
pub(super) mod tokens;
pub(super) mod transliteration;
pub(super) mod verb_form;
