//! Hashes that grow byte by byte (FNV-1a), and maps whose keys are such hashes. All keys come from our own tables, so nobody
//! outside can make two of them meet; what is looked up is compared, or can only be one of ours.

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
