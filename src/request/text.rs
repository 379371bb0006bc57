//! A text laid out for reading: words, sentences, lines and clauses with their places, and word classes by a
//! dictionary. Knows the languages, and nothing of requests.

mod address;
pub(super) mod fold;
pub(super) mod lexicon;
pub(super) mod sentences;
pub(super) mod sheet;
pub(super) mod tokens;
pub(super) mod transliteration;
pub(super) mod verb_form;
