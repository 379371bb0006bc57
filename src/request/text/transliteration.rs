//! Russian typed in Latin letters.

use super::tokens::Token;

/// Words that only Russian in Latin letters has, sorted.
#[rustfmt::skip]
const RUSSIAN_IN_LATIN: [&str; 111] = [
    "a", "budet", "byl", "bylo", "chto", "da", "dannye", "dannyh", "datchik", "den", "den'", "dlja",
    "dlya", "dobriy", "dobry", "dobryj", "ee", "ego", "esche", "esho", "est", "est'", "eto", "gde", "i",
    "ih", "ili", "iz", "ja", "k", "kak", "karte", "kartu", "kogda", "marshrut", "mashina", "mashinu",
    "mashiny", "mozhno", "my", "na", "nado", "nam", "nas", "nazhimaju", "nazhimayu", "ne", "net", "no",
    "nuzhno", "ob'ekt", "obekt", "obyekt", "oshibka", "oshibku", "ot", "otchet", "otchety", "otkryvaju",
    "otkryvayu", "pishet", "po", "pochemu", "podskazhite", "pojaluista", "pokazyvaet", "pomogite",
    "posle", "posmotrite", "pozhalusta", "pozhaluysta", "pri", "privet", "proshu", "prosim", "rabotaet",
    "s", "sdelayte", "segodnja", "segodnya", "sistema", "spasibo", "stroju", "stroyu", "tak", "tam",
    "tol'ko", "tolko", "topliva", "toplivo", "trebuetsya", "u", "utra", "uvazhaemye", "uzhe", "v", "vam",
    "vas", "vchera", "voditel", "vse", "vsio", "vsyo", "vy", "vybiraju", "vybirayu", "ya", "za",
    "zahozhu", "zdravstvujte", "zdravstvuyte",
];

/// Those of them that English, or another language, has as well.
const SHARED: &[&str] =
    &["i", "a", "v", "s", "u", "k", "no", "my", "den", "na", "net", "est", "per", "tam", "po", "da"];

/// Whether a folded Latin word is one that only Russian has.
pub(crate) fn is_only_russian(form: &str) -> bool {
    form.is_ascii() && RUSSIAN_IN_LATIN.binary_search(&form).is_ok() && !is_shared(form)
}

/// Whether a folded Latin word is Russian or another language's alike.
pub(crate) fn is_shared(form: &str) -> bool {
    SHARED.contains(&form)
}

/// Whether Latin words are Russian: at least two words that English does not have, a seventh of all words.
pub(crate) fn is_russian_in_latin(tokens: &[Token]) -> bool {
    let (mut words, mut own, mut shared) = (0_usize, 0_usize, 0_usize);
    for token in tokens.iter().filter(|token| token.is_word()) {
        words += 1;
        if token.form.is_ascii() && RUSSIAN_IN_LATIN.binary_search(&token.form.as_str()).is_ok() {
            if is_shared(&token.form) {
                shared += 1;
            } else {
                own += 1;
            }
        }
    }
    own >= 1 && own * 2 + shared >= 3 && (own * 2 + shared) * 7 >= words
}

/// Puts Latin words into Cyrillic, keeping what was typed. Words with digits or underscores are names: left alone.
pub(crate) fn transliterate(tokens: &mut [Token]) {
    for token in tokens.iter_mut().filter(|token| token.is_word()) {
        let plain = token.form.bytes().all(|b| b.is_ascii_alphabetic() || b == b'\'');
        if plain {
            let russian = to_cyrillic(&token.form);
            token.typed = Some(std::mem::replace(&mut token.form, russian));
        }
    }
}

/// Latin letters and groups with which Russian is typed where there is no Cyrillic keyboard, longest first.
const TRANSLITERATION: &[(&str, &str)] = &[
    ("shch", "щ"),
    ("sch", "щ"),
    ("zh", "ж"),
    ("kh", "х"),
    ("ts", "ц"),
    ("ch", "ч"),
    ("sh", "ш"),
    ("yu", "ю"),
    ("ju", "ю"),
    ("iu", "ю"),
    ("ya", "я"),
    ("ja", "я"),
    ("yo", "е"),
    ("jo", "е"),
    ("ye", "е"),
    ("je", "е"),
    ("yj", "ый"),
    ("iy", "ий"),
    ("ij", "ий"),
    ("yy", "ый"),
    ("a", "а"),
    ("b", "б"),
    ("v", "в"),
    ("w", "в"),
    ("g", "г"),
    ("d", "д"),
    ("e", "е"),
    ("z", "з"),
    ("i", "и"),
    ("j", "й"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("f", "ф"),
    ("h", "х"),
    ("x", "х"),
    ("c", "ц"),
    ("q", "к"),
    ("y", "ы"),
    ("'", "ь"),
    ("4", "ч"),
];

/// A folded Latin word as Russian, letter by letter: `pokazyvaet` to «показывает». `й` after a vowel is `y` too.
fn to_cyrillic(word: &str) -> String {
    let mut rest = word;
    let mut russian = String::with_capacity(word.len() * 2);
    while let Some(first) = rest.chars().next() {
        let group = TRANSLITERATION.iter().find(|(latin, _)| rest.starts_with(latin));
        let (taken, put) = group.map_or((first.len_utf8(), None), |(latin, put)| (latin.len(), Some(*put)));
        match put {
            Some("ы") if russian.ends_with(['а', 'е', 'и', 'о', 'у', 'ы', 'э', 'ю', 'я']) => {
                russian.push('й')
            }
            Some(put) => russian.push_str(put),
            None => russian.push(first),
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    russian
}

/// Longer words are none, and each letter of a word may cost a spelling.
const LONGEST: usize = 32;

/// What else a folded Latin word may be: many type `j` for ж (`uje`), and leave out a soft sign (`skolko`). Not `je` and `ja`: those are
/// words of others.
pub(crate) fn other_spellings(word: &str) -> Vec<String> {
    if word.len() > LONGEST {
        return Vec::new();
    }
    let mut spellings = vec![to_cyrillic(word)];
    if word.len() > 2 && word.contains('j') {
        spellings.push(to_cyrillic(&word.replace('j', "zh")));
    }
    for at in 0..spellings.len() {
        let softened = spellings.get(at).map(|spelling| softened(spelling).collect::<Vec<_>>());
        spellings.extend(softened.into_iter().flatten());
    }
    spellings.split_off(1)
}

/// A word with one soft sign more: behind a consonant that no vowel follows.
fn softened(word: &str) -> impl Iterator<Item = String> {
    let is_consonant = |c: char| "бвгджзклмнпрстфхцчшщ".contains(c);
    word.char_indices().filter_map(move |(at, letter)| {
        let (start, rest) = word.split_at_checked(at + letter.len_utf8())?;
        let fits = is_consonant(letter) && rest.chars().next().is_none_or(is_consonant);
        fits.then(|| format!("{start}ь{rest}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_spelt_as_people_without_a_cyrillic_keyboard_do() {
        for (typed, meant) in [
            ("uje", "уже"),
            ("jdem", "ждем"),
            ("skolko", "сколько"),
            ("svyaz", "связь"),
            ("jelatelno", "желательно"),
        ] {
            assert!(other_spellings(typed).iter().any(|spelling| spelling == meant), "{typed}");
        }
        assert_eq!(other_spellings("je"), Vec::<String>::new());
        assert_eq!(other_spellings(&"jk".repeat(60_000)), Vec::<String>::new());
    }

    #[test]
    fn the_list_is_sorted_for_binary_search() {
        assert!(RUSSIAN_IN_LATIN.is_sorted());
    }
}
