//! Words of an alias against words of a mail: Russian endings, possessives, one slip of the pen.

use crate::request::text::tokens::{Token, TokenKind};

/// One word of an alias, with what comparing it needs.
#[derive(Clone, Debug)]
pub(crate) struct AliasWord {
    word: String,
    /// How much of `word` its forms share, in bytes, and how many letters these are.
    stem: usize,
    letters: usize,
    cyrillic: bool,
    has_digit: bool,
    /// The second and third letter: one of them is the second or third of any word that is one slip away and begins
    /// alike, even where the slip swaps them.
    near: Near,
}

/// The second and third letter of a word.
pub(crate) type Near = [Option<char>; 2];

impl AliasWord {
    fn new(word: &str) -> Self {
        let cyrillic = !word.is_ascii();
        let stem = if cyrillic {
            word.trim_end_matches(['а', 'я', 'о', 'е', 'ы', 'и', 'ь', 'й'])
        } else {
            word
        };
        Self {
            word: word.to_owned(),
            stem: stem.len(),
            letters: stem.chars().count(),
            cyrillic,
            has_digit: word.bytes().any(|b| b.is_ascii_digit()),
            near: second_and_third(word),
        }
    }

    /// Whether a word with this second and third letter may be this one, given that it begins alike.
    pub(crate) fn is_near(&self, near: Near) -> bool {
        near.iter().any(|letter| self.near.contains(letter))
    }

    /// The word as it was given, folded.
    pub(crate) fn as_str(&self) -> &str {
        &self.word
    }
}

/// The letters that [`AliasWord::is_near`] looks at.
pub(crate) fn second_and_third(word: &str) -> Near {
    let mut letters = word.chars().skip(1);
    [letters.next(), letters.next()]
}

/// The folded words of an alias.
pub(crate) fn alias_words(alias: &str) -> Vec<AliasWord> {
    let folded: String = alias.chars().filter_map(crate::request::text::fold::fold).collect();
    folded
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(AliasWord::new)
        .collect()
}

/// How many tokens the alias takes at `at`: its words may be joined by a hyphen.
pub(crate) fn alias_length(tokens: &[Token], at: usize, words: &[AliasWord]) -> Option<usize> {
    let mut next = at;
    for (index, word) in words.iter().enumerate() {
        if index > 0 && tokens.get(next).is_some_and(|token| token.is_mark('-')) {
            next += 1;
        }
        let token = tokens.get(next)?;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Number) {
            return None;
        }
        let fits = |form: &str| word_fits(word, form) && !(words.len() == 1 && is_other_word(word, form));
        if !fits(&token.form) && !token.typed.as_deref().is_some_and(fits) {
            return None;
        }
        next += 1;
    }
    Some(next - at)
}

/// Endings that a Russian noun or the adjective made from it takes.
const ENDINGS: &[&str] = &[
    "а",
    "у",
    "е",
    "ы",
    "и",
    "о",
    "я",
    "ю",
    "ой",
    "ою",
    "ом",
    "ем",
    "ам",
    "ами",
    "ах",
    "ов",
    "ый",
    "ая",
    "ое",
    "ые",
    "ого",
    "ому",
    "ым",
    "ых",
    "ую",
    "овский",
    "овская",
    "овское",
    "овские",
    "овского",
    "овской",
    "овском",
    "овскую",
    "овых",
    "овый",
    "чик",
    "чика",
    "ь",
    "ей",
];

/// Words shorter than this must be spelled right.
const SPELLED_RIGHT: usize = 6;

/// Words of the field one letter away from a product: alone they are what they say, in all their forms. «гектера» is Hecterra,
/// «виалон логистика» Logistics, «отдел логистики» is not, nor is «токен валидный» Wialon.
const OTHER_WORDS: &[&str] = &["гектар", "логистик", "валидн"];

/// Endings of adjectives: of a product they are made with «-овск-», so no word with a slip and one of these is its name.
const OF_ADJECTIVES: &[&str] = &["ый", "ая", "ое", "ые", "ого", "ому", "ым", "ых", "ую"];

/// Whether a word that fits the word of an alias is but a common word beside it.
fn is_other_word(alias: &AliasWord, form: &str) -> bool {
    let is_form = |other: &&str| {
        form.strip_prefix(*other).is_some_and(|ending| ending.is_empty() || ENDINGS.contains(&ending))
    };
    let stem = alias.word.get(..alias.stem).unwrap_or(&alias.word);
    !form.starts_with(stem) && OTHER_WORDS.iter().any(is_form)
}

/// Whether a folded word is this word of an alias: with a Russian ending, a possessive, or one slip of the pen.
fn word_fits(alias: &AliasWord, form: &str) -> bool {
    let &AliasWord { ref word, letters, cyrillic, has_digit, .. } = alias;
    if word == form {
        return true;
    }
    if has_digit || letters < 3 {
        return false;
    }
    let form = form.strip_suffix("'s").unwrap_or(form);
    if form.len() + 4 < alias.stem {
        return false; // shorter by more than one letter of any script
    }
    let stem = word.get(..alias.stem).unwrap_or(word);
    if let Some(ending) = form.strip_prefix(stem) {
        // An English name may take a Russian ending after an apostrophe or none: wialon'а, wialonе.
        let ending = ending.strip_prefix('\'').unwrap_or(ending);
        return ending.is_empty() || ENDINGS.contains(&ending);
    }
    if letters < SPELLED_RIGHT {
        return false;
    }
    if !alias.is_near(second_and_third(form)) {
        return false;
    }
    let length = form.chars().count();
    if length + 1 < letters || length > letters + 4 || form.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let with_ending = |ending: &&str| {
        // All endings are Cyrillic: two bytes a letter. The length alone rules most of them out.
        let rest = length.saturating_sub(ending.len() / 2);
        rest.abs_diff(letters) <= 1 && form.strip_suffix(*ending).is_some_and(|bare| one_slip(stem, bare))
    };
    let of_nouns = ENDINGS.iter().filter(|ending| !OF_ADJECTIVES.contains(ending));
    one_slip(stem, form) || cyrillic && of_nouns.into_iter().any(with_ending)
}

/// Whether one letter is wrong, missing, added, or two neighbours are swapped (Damerau distance 1).
fn one_slip(word: &str, form: &str) -> bool {
    let same = word.bytes().zip(form.bytes()).take_while(|(a, b)| a == b).count();
    let (same_word, same_form) = (word.floor_char_boundary(same), form.floor_char_boundary(same));
    let (rest, other) =
        (word.get(same_word..).unwrap_or_default(), form.get(same_form..).unwrap_or_default());
    let (mut after, mut other_after) = (rest.chars(), other.chars());
    let (a, b) = (after.next(), other_after.next());
    let (after, other_after) = (after.as_str(), other_after.as_str());
    let swapped = || {
        let (mut word, mut form) = (after.chars(), other_after.chars());
        a.is_some() && word.next() == b && form.next() == a && word.as_str() == form.as_str()
    };
    match (a, b) {
        (Some(_), Some(_)) => after == other_after || after == other || rest == other_after || swapped(),
        (Some(_), None) => after.is_empty(),
        (None, Some(_)) => other_after.is_empty(),
        // The same word: it is not near, it is it.
        (None, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Damerau distance 1, the slow and obvious way: every slip tried.
    fn obvious(word: &str, form: &str) -> bool {
        let word: Vec<char> = word.chars().collect();
        let form: Vec<char> = form.chars().collect();
        let mut slips: Vec<Vec<char>> = Vec::new();
        for at in 0..=word.len() {
            for letter in form.iter().copied() {
                let mut added = word.clone();
                added.insert(at, letter);
                slips.push(added);
                if at < word.len() {
                    let mut wrong = word.clone();
                    wrong[at] = letter;
                    slips.push(wrong);
                }
            }
            if at < word.len() {
                let mut missing = word.clone();
                missing.remove(at);
                slips.push(missing);
            }
            if at + 1 < word.len() {
                let mut swapped = word.clone();
                swapped.swap(at, at + 1);
                slips.push(swapped);
            }
        }
        word != form && slips.contains(&form)
    }

    proptest! {
        #[test]
        fn one_slip_is_damerau_distance_one(word in "[абx]{0,5}", form in "[абx]{0,5}") {
            prop_assert_eq!(one_slip(&word, &form), obvious(&word, &form), "{} {}", word, form);
        }
    }
}
