//! What words mean to a reader of support mails, as names for the table of weights: `open` is «захожу», "go to" and hundreds of others,
//! `absent` is «пропал» and "is not there". Words that no labelled mail has are so known by their company.
//!
//! `russian.tsv`, `english.tsv` and `ukrainian.tsv`: a sense, a tab, patterns in the notation of [`crate::request::text::lexicon`]. A word may have up to three
//! senses. The lists are taken from the languages, not from mails.

use super::name::Part;
use crate::request::hash::{ByHash, NO_BYTES, of_text, one_more};
use crate::request::reading::Reading;
use crate::request::text::lexicon::Lexicon;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;
use strum::{IntoStaticStr, VariantArray};

/// What is known by its form. These come before the senses of words.
/// The table of weights knows it by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING-KEBAB-CASE")]
enum Shape {
    Product,
    Perhaps,
    Mailbox,
    Address,
    Code,
    Digit,
    #[strum(serialize = "NUMBER-2")]
    Number2,
    #[strum(serialize = "NUMBER-5")]
    Number5,
    NumberLong,
    Quoted,
    Colon,
    Capital,
    Upper,
    Latin,
}

/// There are at most so many senses and shapes.
const MOST: usize = 128;

/// A set of senses and shapes: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Senses(u128);

impl Senses {
    const fn of(at: usize) -> Self {
        Self(1 << at)
    }

    const fn shape(shape: Shape) -> Self {
        Self::of(shape as usize)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Where the names of the set stand in [`Dictionary::names`].
    fn each(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let at = usize::try_from(left.trailing_zeros()).ok().filter(|at| *at < MOST)?;
            left &= left.wrapping_sub(1);
            Some(at)
        })
    }
}

struct Dictionary {
    names: Vec<Part<'static>>,
    /// Of single words, and of stems.
    words: ByWord,
    stems: ByWord,
    longest_stem: usize,
    runs: Lexicon<Senses>,
}

/// Sets of senses by the hash of a word alone: there are too many words to keep them as well, and whoever made another with the
/// same hash would only be misread. Most words share their set with others, so each set is kept once.
#[derive(Default)]
struct ByWord {
    sets: Vec<Senses>,
    set_of: ByHash<u16>,
}

impl ByWord {
    fn new(words: ByHash<Senses>) -> Self {
        let mut sets: Vec<Senses> = words.values().copied().collect();
        sets.sort_unstable();
        sets.dedup();
        let place = |senses| sets.binary_search(&senses).ok().and_then(|at| u16::try_from(at).ok());
        let set_of = words.into_iter().filter_map(|(word, senses)| Some((word, place(senses)?))).collect();
        Self { sets, set_of }
    }

    fn get(&self, word: u64) -> Option<Senses> {
        self.sets.get(usize::from(*self.set_of.get(&word)?)).copied()
    }
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| {
    Dictionary::new(&[
        include_str!("senses/russian.tsv"),
        include_str!("senses/english.tsv"),
        include_str!("senses/ukrainian.tsv"),
    ])
});

impl Dictionary {
    /// All senses of a pattern become one entry, so that the longest pattern that fits a word can win.
    fn new(files: &[&'static str]) -> Self {
        let mut names: Vec<&str> = Shape::VARIANTS.iter().map(Into::into).collect();
        let mut dictionary = Self {
            names: Vec::new(),
            words: ByWord::default(),
            stems: ByWord::default(),
            longest_stem: 0,
            runs: Lexicon::default(),
        };
        let (mut words, mut stems) = (ByHash::<Senses>::default(), ByHash::<Senses>::default());
        let mut runs: HashMap<&str, Senses> = HashMap::new();
        let lines = files.iter().flat_map(|file| file.lines()).filter_map(|line| line.split_once('\t'));
        for (name, patterns) in lines {
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            for pattern in patterns.split_whitespace() {
                let senses = if pattern.contains(['_', '-', '/']) {
                    runs.entry(pattern).or_default()
                } else if let Some(stem) = pattern.strip_suffix('*') {
                    dictionary.longest_stem = dictionary.longest_stem.max(stem.len());
                    stems.entry(of_text(stem)).or_default()
                } else {
                    words.entry(of_text(pattern)).or_default()
                };
                senses.add(Senses::of(at));
            }
        }
        for (pattern, senses) in runs {
            dictionary.runs.add_all(pattern, senses);
        }
        dictionary.names = names.into_iter().map(Part::word).collect();
        (dictionary.words, dictionary.stems) = (ByWord::new(words), ByWord::new(stems));
        dictionary
    }

    fn name(&self, at: usize) -> Part<'static> {
        self.names.get(at).copied().unwrap_or(Part::NONE)
    }

    /// The senses of the word at `at`: those of the longest pattern that fits it, and of all runs of words that begin there.
    fn of_word(&self, tokens: &[Token], at: usize) -> Senses {
        let Some(token) = tokens.get(at) else { return Senses::default() };
        let (mut hash, mut senses) = (NO_BYTES, Senses::default());
        for (at, byte) in token.form.bytes().enumerate() {
            hash = one_more(hash, byte);
            if at < self.longest_stem
                && token.form.is_char_boundary(at + 1)
                && let Some(found) = self.stems.get(hash)
            {
                senses = found;
            }
        }
        senses = self.words.get(hash).unwrap_or(senses);
        self.runs.look_up(tokens, at, |found, _| senses.add(found));
        senses
    }

    /// The senses and shapes of a token; none for marks and for words that are not known.
    fn of_token(&self, reading: &Reading<'_>, sheet: &Sheet<'_>, at: usize, spot: Spot) -> Senses {
        let Some(token) = sheet.token(at) else { return Senses::default() };
        let shape = match token.kind {
            TokenKind::Mailbox => Shape::Mailbox,
            TokenKind::Address => Shape::Address,
            TokenKind::Number => match token.form.len() {
                1 => Shape::Digit,
                2 => Shape::Number2,
                3..=5 => Shape::Number5,
                _ => Shape::NumberLong,
            },
            TokenKind::Word if reading.is_product(sheet, at) => Shape::Product,
            TokenKind::Word if reading.is_perhaps_product(sheet, at) => Shape::Perhaps,
            TokenKind::Word if token.has_digit() || token.form.contains('_') => Shape::Code,
            TokenKind::Word => {
                let mut senses = self.of_word(&sheet.tokens, at);
                if !spot.first && token.case == Case::Upper && token.form.chars().nth(1).is_some() {
                    senses.add(Senses::shape(Shape::Upper));
                } else if !spot.first && token.case != Case::Lower {
                    senses.add(Senses::shape(Shape::Capital));
                }
                if spot.in_russian && token.is_latin() {
                    senses.add(Senses::shape(Shape::Latin));
                }
                return senses;
            }
            TokenKind::Mark(_) if sheet.quoted_at(at + 1).is_some_and(|quoted| quoted.start == at + 1) => {
                Shape::Quoted
            }
            TokenKind::Mark(':') => Shape::Colon,
            TokenKind::Mark(_) | TokenKind::Newline => return Senses::default(),
        };
        Senses::shape(shape)
    }
}

/// Which pairs of senses are worth a name: those that a table has, or all when one is learned.
#[derive(Clone, Debug)]
pub(crate) struct Pairs {
    /// One after the other.
    next: Vec<Senses>,
    /// Directly beside each other.
    beside: Vec<Senses>,
    /// In one sentence.
    together: Vec<Senses>,
}

impl Pairs {
    /// All that there can be.
    pub(crate) fn all() -> Self {
        let all = vec![Senses(u128::MAX); MOST];
        Self { next: all.clone(), beside: all.clone(), together: all }
    }

    /// Those among the names of a table.
    pub(crate) fn among<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let none = vec![Senses::default(); MOST];
        let mut pairs = Self { next: none.clone(), beside: none.clone(), together: none };
        let places: HashMap<&str, usize> =
            DICTIONARY.names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        for name in names {
            let mut parts = name.strip_prefix("subject ").unwrap_or(name).split(' ');
            let (Some("~"), Some(how), Some(first), Some(second)) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let list = match how {
                ">" => &mut pairs.next,
                "+" => &mut pairs.beside,
                "&" => &mut pairs.together,
                _ => continue,
            };
            if let (Some(first), Some(second)) = (places.get(first), places.get(second))
                && let Some(seconds) = list.get_mut(*first)
            {
                seconds.add(Senses::of(*second));
            }
        }
        pairs
    }
}

/// Those of `senses` that go with `first` in a list of [`Pairs`].
fn paired(list: &[Senses], first: usize, senses: Senses) -> impl Iterator<Item = usize> {
    Senses(list.get(first).copied().unwrap_or_default().0 & senses.0).each()
}

/// Where in a sentence a token stands.
#[derive(Clone, Copy)]
struct Spot {
    /// Its first word.
    first: bool,
    /// The sentence has Cyrillic words.
    in_russian: bool,
}

/// Whether the word at `at` is one of the languages' that has a meaning here.
pub(crate) fn is_known(tokens: &[Token], at: usize) -> bool {
    !DICTIONARY.of_word(tokens, at).is_empty()
}

/// What the words of a sentence mean, alone, one after the other, and together.
pub(crate) fn of_sentence(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    pairs: &Pairs,
    say: &mut impl FnMut([Part<'_>; 3]),
) {
    let dictionary = &*DICTIONARY;
    let [sense, begins, next, beside, together] = ["~", "~ ^", "~ >", "~ +", "~ &"].map(Part::new);
    let [asked, first, unknown_word] = ["~ ?", "^", "?"].map(Part::new);
    let named = Senses((1 << Shape::VARIANTS.len()) - 1);
    let name = |at: usize| dictionary.name(at);
    let (mut all, mut last, mut asks) = (Senses::default(), Senses::default(), false);
    // What stood directly before: its senses, or that it had none.
    let (mut before, mut unknown) = (Senses::default(), false);
    let in_russian = sheet.slice(sentence.clone()).iter().any(|token| token.is_word() && !token.is_latin());
    let mut spot = Spot { first: true, in_russian };
    for at in sentence.clone() {
        asks |= sheet.token(at).is_some_and(|token| token.is_mark('?'));
        let senses = dictionary.of_token(reading, sheet, at, spot);
        if senses.is_empty() {
            let word = sheet.token(at).is_some_and(Token::is_word);
            unknown |= word;
            if word {
                before = Senses::default();
                spot.first = false;
            }
            continue;
        }
        if last.is_empty() {
            senses.each().for_each(|at| say([begins, name(at), Part::NONE]));
        }
        for earlier in last.each() {
            paired(&pairs.next, earlier, senses).for_each(|at| say([next, name(earlier), name(at)]));
        }
        for at in senses.each() {
            if spot.first {
                say([beside, first, name(at)]);
            }
            if unknown && named.has(Senses::of(at)) {
                say([beside, unknown_word, name(at)]);
            }
        }
        for earlier in before.each() {
            let shaped = if named.has(Senses::of(earlier)) { senses } else { Senses(senses.0 & named.0) };
            paired(&pairs.beside, earlier, shaped).for_each(|at| say([beside, name(earlier), name(at)]));
        }
        all.add(senses);
        (last, before, unknown, spot.first) = (senses, senses, false, false);
    }
    for at in all.each() {
        say([sense, name(at), Part::NONE]);
        if asks {
            say([asked, name(at), Part::NONE]);
        }
        let later = Senses(all.0 & (u128::MAX << at));
        paired(&pairs.together, at, later)
            .filter(|other| *other != at)
            .for_each(|other| say([together, name(at), name(other)]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::text::tokens::cut;

    fn senses(text: &str) -> Vec<&'static str> {
        let mut tokens = Vec::new();
        cut(text, 0..text.len(), &mut tokens);
        DICTIONARY.of_word(&tokens, 0).each().map(|at| DICTIONARY.name(at).as_str()).collect()
    }

    /// What is called something else has no weight any more.
    #[test]
    fn the_table_names_only_shapes_and_senses_that_there_are() {
        const MARKS: [&str; 6] = ["~", "^", ">", "+", "&", "?"];
        let known: Vec<&str> = DICTIONARY.names.iter().map(Part::as_str).collect();
        let keys = include_str!("weights.tsv").lines().filter_map(|line| line.split('\t').next());
        let mut named = Vec::new();
        for key in keys {
            let parts = key.strip_prefix("subject ").unwrap_or(key);
            let names = parts.starts_with("~ ").then(|| parts.split(' ')).into_iter().flatten();
            for name in names.filter(|name| !MARKS.contains(name)) {
                assert!(known.contains(&name), "{key}");
                named.push(name);
            }
        }
        for shape in Shape::VARIANTS {
            assert!(named.contains(&shape.into()), "{shape:?}");
        }
    }

    #[test]
    fn there_is_a_bit_for_each_sense() {
        assert!(DICTIONARY.names.len() <= MOST, "{} senses", DICTIONARY.names.len());
    }

    #[test]
    fn words_and_runs_of_words_have_their_senses() {
        assert_eq!(senses("нажимаю"), ["press"]);
        assert!(senses("went to the report").contains(&"open"));
        assert_eq!(senses("абырвалг"), Vec::<&str>::new());
    }

    #[test]
    fn the_longest_pattern_wins() {
        let dictionary = Dictionary::new(&["a\tпоказ* x_y\nb\tпоказани* показа"]);
        let of = |text: &str| {
            let mut tokens = Vec::new();
            cut(text, 0..text.len(), &mut tokens);
            let senses = dictionary.of_word(&tokens, 0);
            senses.each().map(|at| dictionary.name(at).as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of("показывает"), ["a"]);
        assert_eq!(of("показания"), ["b"]);
        assert_eq!(of("показа"), ["b"]);
        assert_eq!(of("x y"), ["a"]);
    }
}
