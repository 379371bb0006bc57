//! Names put together of parts, and hashed part by part: a mail shows thousands of names made of the same few words, so each
//! word is hashed once.

use crate::request::hash::of_bytes;

/// A part of a name: words with a space between two, perhaps none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    text: &'a str,
    hash: Hash,
}

/// The hash of words in their order.
#[derive(Clone, Copy, Debug)]
struct Hash {
    sum: u64,
    /// What the words before them are multiplied by.
    factor: u64,
}

impl Hash {
    const NONE: Self = Self { sum: 0, factor: 1 };
    const FACTOR: u64 = 0xd6e8_feb8_6659_fd93;

    fn of(text: &str) -> Self {
        let words = text.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        words.fold(Self::NONE, |before, word| before.then(Self::of_word(word)))
    }

    fn of_word(word: &[u8]) -> Self {
        Self { sum: of_bytes(word), factor: Self::FACTOR }
    }

    fn then(self, more: Self) -> Self {
        Self {
            sum: self.sum.wrapping_mul(more.factor).wrapping_add(more.sum),
            factor: self.factor.wrapping_mul(more.factor),
        }
    }
}

impl<'a> Part<'a> {
    /// No word.
    pub(crate) const NONE: Self = Self { text: "", hash: Hash::NONE };

    /// These words.
    #[inline]
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, hash: Hash::of(text) }
    }

    /// Its words.
    pub(crate) const fn as_str(&self) -> &'a str {
        self.text
    }

    /// One word: text without a space.
    #[inline]
    pub(crate) fn word(text: &'a str) -> Self {
        Self { text, hash: Hash::of_word(text.as_bytes()) }
    }
}

/// The hash of the name that is put together of parts. It does not depend on where the parts are divided.
pub(crate) fn hash(parts: &[Part<'_>]) -> u64 {
    parts.iter().fold(Hash::NONE, |hash, part| hash.then(part.hash)).sum
}

/// The name that is put together of parts.
pub(crate) fn text(parts: &[Part<'_>]) -> String {
    parts.iter().map(|part| part.text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_hash_however_it_is_divided() {
        let whole = hash(&[Part::new("subject class Fault past")]);
        for parts in [
            vec!["subject", "class", "Fault", "past"],
            vec!["subject class", "Fault past"],
            vec!["", "subject", "class Fault", "", "past"],
        ] {
            let parts: Vec<Part<'_>> = parts.into_iter().map(Part::new).collect();
            assert_eq!(hash(&parts), whole);
            assert_eq!(text(&parts), "subject class Fault past");
        }
        for other in ["subject Fault class past", "subject class Fault", "subject class Fault pas t", ""] {
            assert_ne!(hash(&[Part::new(other)]), whole, "{other}");
        }
        assert_eq!(hash(&[Part::word("class"), Part::NONE]), hash(&[Part::new("class")]));
    }
}
