//! Which of the Cyrillic single-byte charsets some bytes are in.
//!
//! Each candidate is scored by how much its reading looks like words: letter frequency, upper case only where words
//! have it, no signs in the middle of words, no long runs of consonants or vowels. This decides on subjects of one
//! word, where general detectors guess.

use encoding_rs::{Encoding, IBM866, ISO_8859_5, KOI8_R, KOI8_U, WINDOWS_1251, X_MAC_CYRILLIC};
use std::sync::LazyLock;

/// In order of how common they are: the earlier wins a draw.
const CANDIDATES: [&Encoding; 5] = [WINDOWS_1251, KOI8_R, IBM866, ISO_8859_5, X_MAC_CYRILLIC];

/// The best reading of some bytes.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) encoding: &'static Encoding,
    /// About 0 for plain Russian; below -1 it is hardly words.
    pub(super) score: f64,
    /// Cyrillic letters in that reading.
    pub(super) letters: usize,
    /// The same in words of at least two of them: Western accents stand alone among Latin letters.
    in_words: usize,
}

impl Best {
    /// Whether this can be relied on when nothing is declared.
    pub(super) fn is_sure(&self) -> bool {
        self.score > -0.8 && self.letters >= 2 && self.in_words * 5 >= self.letters * 4
    }
}

/// The candidate whose reading looks most like words; `None` if there are no Cyrillic letters in any, or none scores above
/// `least`.
pub(super) fn best(bytes: &[u8], least: f64) -> Option<Best> {
    let mut best: Option<Best> = None;
    for encoding in CANDIDATES {
        let least = best.as_ref().map_or(least, |best| best.score);
        if let Some(reading) = read(bytes, encoding, least).filter(|reading| reading.letters > 0) {
            best = Some(reading);
        }
    }
    best
}

/// The score of one Cyrillic encoding; `None` if it is not one.
pub(super) fn score(bytes: &[u8], encoding: &'static Encoding) -> Option<f64> {
    let known = CANDIDATES.contains(&encoding) || encoding == KOI8_U;
    let reading = if known { read(bytes, encoding, f64::NEG_INFINITY) } else { None };
    reading.map(|reading| reading.score)
}

/// The [`frequency`] of the letter that is the most common: no reading scores higher.
const HIGHEST: f64 = 0.79;

/// Natural logarithm of the frequency of a letter in Russian text, plus 3 so that the mean of real text is near 0.
/// Letters of the neighbours' alphabets get what rare letters get.
fn frequency(lower: char) -> f64 {
    match lower {
        'о' => HIGHEST,
        'е' => 0.53,
        'а' => 0.47,
        'и' => 0.40,
        'н' | 'т' => 0.26,
        'с' => 0.10,
        'р' | 'в' | 'л' => -0.10,
        'к' | 'м' | 'д' | 'п' | 'у' => -0.50,
        'я' | 'ы' | 'ь' | 'г' | 'з' | 'б' | 'ч' => -1.05,
        'й' | 'х' | 'ж' | 'ш' => -1.60,
        'ю' | 'ц' | 'щ' | 'э' | 'ф' => -2.30,
        'ё' | 'ъ' | 'і' | 'ї' | 'є' | 'ў' | 'ґ' => -3.00,
        _ => -5.00,
    }
}

fn is_cyrillic(c: char) -> bool {
    ('\u{0400}'..='\u{04ff}').contains(&c)
}

fn is_vowel(lower: char) -> bool {
    matches!(lower, 'а' | 'е' | 'ё' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я' | 'і' | 'ї' | 'є')
}

/// Signs that stand in plain texts: they say nothing.
fn is_usual_sign(c: char) -> bool {
    matches!(
        c,
        '\u{a0}'
            | '«'
            | '»'
            | '–'
            | '—'
            | '„'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '…'
            | '№'
            | '°'
            | '•'
            | '·'
            | '©'
            | '®'
            | '™'
    )
}

/// What a byte above ASCII is in a charset.
#[derive(Clone, Copy)]
enum Sign {
    /// A Cyrillic letter, with the [`frequency`] of its lower case.
    Letter { frequency: f64, is_upper: bool, is_vowel: bool },
    /// Says nothing.
    Usual,
    /// Stands in no plain text.
    Odd,
}

impl Sign {
    fn of(c: char) -> Self {
        if is_cyrillic(c) {
            let lower = c.to_lowercase().next().unwrap_or(c);
            let (is_upper, is_vowel) = (c.is_uppercase(), is_vowel(lower));
            Self::Letter { frequency: frequency(lower), is_upper, is_vowel }
        } else if is_usual_sign(c) {
            Self::Usual
        } else {
            Self::Odd
        }
    }
}

/// What each byte from 0x80 on is in each charset: looked up, a text need not be decoded to be judged.
static SIGNS: LazyLock<Vec<(&'static Encoding, Vec<Sign>)>> = LazyLock::new(|| {
    let signs = |encoding: &'static Encoding| {
        let upper_half: Vec<u8> = (0x80..=0xff).collect();
        let (text, _) = encoding.decode_without_bom_handling(&upper_half);
        (encoding, text.chars().map(Sign::of).collect())
    };
    CANDIDATES.into_iter().chain([KOI8_U]).map(signs).collect()
});

/// The reading in one charset, if its score is above `least`. It is not read to its end when it can no longer be.
fn read(bytes: &[u8], encoding: &'static Encoding, least: f64) -> Option<Best> {
    let signs = SIGNS.iter().find(|(of, _)| *of == encoding).map_or([].as_slice(), |(_, signs)| signs);
    let (mut sum, mut counted, mut letters, mut in_words) = (0.0, 0_u32, 0_usize, 0_usize);
    let mut word = Word::default();
    let mut left = bytes.len();
    for &byte in bytes.iter().chain(b" ") {
        left = left.saturating_sub(1);
        let sign = byte.checked_sub(0x80).and_then(|at| signs.get(usize::from(at)));
        if let Some(&Sign::Letter { frequency, is_upper, is_vowel }) = sign {
            sum += frequency + word.push(is_upper, is_vowel);
            counted += 1;
            letters += 1;
            continue;
        }
        let is_latin = byte.is_ascii_alphabetic();
        if word.length > 1 || (word.length == 1 && !is_latin && !word.after_latin) {
            in_words += word.length;
        }
        word = Word { after_latin: is_latin, ..Word::default() };
        if matches!(sign, Some(Sign::Odd)) {
            sum -= 5.0;
            counted += 1;
        }
        let left = f64::from(u32::try_from(left).unwrap_or(u32::MAX));
        if sum + HIGHEST * left < least * (f64::from(counted) + left) {
            return None;
        }
    }
    let score = if counted == 0 { -5.0 } else { sum / f64::from(counted) };
    (score > least).then_some(Best { encoding, score, letters, in_words })
}

/// The Cyrillic word being read.
#[derive(Default)]
struct Word {
    length: usize,
    upper: bool,
    vowel: bool,
    same_kind: usize,
    after_latin: bool,
}

impl Word {
    /// Takes the next letter and gives what its place costs.
    fn push(&mut self, upper: bool, vowel: bool) -> f64 {
        let mut cost = 0.0;
        if self.length > 0 && upper {
            cost -= if self.upper { 0.4 } else { 4.0 };
        }
        self.same_kind = if self.length > 0 && vowel == self.vowel { self.same_kind + 1 } else { 1 };
        if self.same_kind > if vowel { 2 } else { 3 } {
            cost -= 2.0;
        }
        (self.length, self.upper, self.vowel) = (self.length + 1, upper, vowel);
        cost
    }
}
