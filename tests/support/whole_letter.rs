//! A letter in the outbox with its bytes.

use askback::store::{Letter, Reader};
use std::ops::Deref;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WholeLetter {
    letter: Letter,
    pub(crate) raw: Vec<u8>,
}

impl WholeLetter {
    pub(crate) fn of(letter: Letter, reader: &Reader<'_>) -> Self {
        let piece = |number| reader.letter_piece(letter.id, number).unwrap();
        let raw = (0..).map_while(piece).flatten().collect();
        Self { letter, raw }
    }
}

impl Deref for WholeLetter {
    type Target = Letter;

    fn deref(&self) -> &Letter {
        &self.letter
    }
}
