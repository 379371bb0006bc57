//! Hashes, of bytes that come one by one (FNV-1a) or at once, and maps whose keys are such hashes. All keys come from our own
//! tables and from the operator's, so nobody outside can make two of them meet. Whoever makes a word that has the hash of one
//! of these is only misread.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by hash.
pub(super) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Hashed>>;

/// The hash of nothing.
pub(super) const NO_BYTES: u64 = 0xcbf2_9ce4_8422_2325;

/// What a hash becomes with one more byte.
pub(super) const fn one_more(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0100_0000_01b3)
}

/// The hash of a text, byte by byte.
pub(super) fn of_text(text: &str) -> u64 {
    text.bytes().fold(NO_BYTES, one_more)
}

/// The hash of bytes that are there at once: eight bytes a step.
pub(super) fn of_bytes(bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let hash = eights.iter().fold(NO_BYTES, |hash, eight| eight_more(hash, u64::from_le_bytes(*eight)));
    // What is left, and how much it is, so that a name and the same with zero bytes behind it differ.
    let last = rest.iter().rev().fold(rest.len() as u64, |last, byte| last << 8 | u64::from(*byte));
    eight_more(hash, last)
}

/// Multiplies to twice the bits and puts both halves together: every bit of the input changes bits everywhere.
fn eight_more(hash: u64, eight: u64) -> u64 {
    let (low, high) = (hash ^ eight).carrying_mul(0x9e37_79b9_7f4a_7c15, 0);
    low ^ high
}

/// A hasher for keys that are hashes already.
#[derive(Clone, Debug, Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().copied().fold(self.0, one_more);
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}
