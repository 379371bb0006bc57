//! Words of an alias against words of a mail: Russian endings, possessives, one slip of the pen.

use super::tokens::{Token, TokenKind};

/// The folded words of an alias.
pub(super) fn alias_words(alias: &str) -> Vec<String> {
    let folded: String = alias.chars().filter_map(super::fold::fold).collect();
    folded
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// How many tokens the alias takes at `at`: its words may be joined by a hyphen.
pub(super) fn alias_length(tokens: &[Token], at: usize, words: &[String]) -> Option<usize> {
    let mut next = at;
    for (index, word) in words.iter().enumerate() {
        if index > 0 && tokens.get(next).is_some_and(|token| token.is_mark('-')) {
            next += 1;
        }
        let token = tokens.get(next)?;
        if !matches!(token.kind, TokenKind::Word | TokenKind::Number) {
            return None;
        }
        if !word_fits(word, &token.form)
            && !token.typed.as_deref().is_some_and(|typed| word_fits(word, typed))
        {
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

/// Whether a folded word is this word of an alias: with a Russian ending, a possessive, or one slip of the pen.
fn word_fits(word: &str, form: &str) -> bool {
    if word == form {
        return true;
    }
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let form = form.strip_suffix("'s").unwrap_or(form);
    let cyrillic = !word.is_ascii();
    let stem =
        if cyrillic { word.trim_end_matches(['а', 'я', 'о', 'е', 'ы', 'и', 'ь', 'й']) } else { word };
    let letters = stem.chars().count();
    if letters < 3 {
        return false;
    }
    if let Some(ending) = form.strip_prefix(stem) {
        // An English name may take a Russian ending after an apostrophe or none: wialon'а, wialonе.
        let ending = ending.strip_prefix('\'').unwrap_or(ending);
        return ending.is_empty() || ENDINGS.contains(&ending);
    }
    let length = form.chars().count();
    if letters < SPELLED_RIGHT
        || length + 1 < letters
        || length > letters + 4
        || form.bytes().any(|b| b.is_ascii_digit())
    {
        return false;
    }
    let with_ending = |ending: &str| form.strip_suffix(ending).is_some_and(|bare| one_slip(stem, bare));
    one_slip(stem, form) || cyrillic && ENDINGS.iter().any(|ending| with_ending(ending))
}

/// Whether one letter is wrong, missing, added, or two neighbours are swapped (Damerau distance 1). Words of a mail
/// are compared only when the first letter is right, so this runs on few of them.
fn one_slip(word: &str, form: &str) -> bool {
    let (word, form): (Vec<char>, Vec<char>) = (word.chars().collect(), form.chars().collect());
    let same = word.iter().zip(&form).take_while(|(a, b)| a == b).count();
    let (rest, other) = (word.get(same..).unwrap_or_default(), form.get(same..).unwrap_or_default());
    match (rest, other) {
        ([_, rest @ ..], [_, other @ ..]) if rest == other => true,
        ([a, b, rest @ ..], [c, d, other @ ..]) if a == d && b == c && rest == other => true,
        ([_, rest @ ..], other) if rest == other => true,
        (rest, [_, other @ ..]) => rest == other,
        _ => false,
    }
}
