//! Russian typed in Latin letters.

use super::tokens::Token;

/// Words that only Russian in Latin letters has.
const RUSSIAN_IN_LATIN: &[&str] = &[
    "ne",
    "na",
    "ya",
    "ja",
    "eto",
    "chto",
    "kak",
    "pri",
    "po",
    "iz",
    "za",
    "ot",
    "dlya",
    "dlja",
    "uzhe",
    "esche",
    "esho",
    "est",
    "est'",
    "net",
    "my",
    "vy",
    "vse",
    "vsyo",
    "vsio",
    "ili",
    "tolko",
    "tol'ko",
    "pozhalusta",
    "pozhaluysta",
    "pojaluista",
    "zdravstvuyte",
    "zdravstvujte",
    "dobryj",
    "dobry",
    "dobriy",
    "den",
    "den'",
    "spasibo",
    "pochemu",
    "gde",
    "kogda",
    "mashina",
    "mashiny",
    "mashinu",
    "obekt",
    "ob'ekt",
    "obyekt",
    "otchet",
    "otchety",
    "rabotaet",
    "pokazyvaet",
    "dannyh",
    "dannye",
    "segodnya",
    "segodnja",
    "vchera",
    "utra",
    "bylo",
    "byl",
    "budet",
    "nado",
    "nuzhno",
    "mozhno",
    "posmotrite",
    "podskazhite",
    "pomogite",
    "sdelayte",
    "oshibka",
    "oshibku",
    "pishet",
    "zahozhu",
    "nazhimayu",
    "nazhimaju",
    "otkryvayu",
    "otkryvaju",
    "stroyu",
    "stroju",
    "vybirayu",
    "vybiraju",
    "karte",
    "kartu",
    "posle",
    "tam",
    "i",
    "a",
    "v",
    "s",
    "u",
    "k",
    "no",
    "da",
    "tak",
    "ego",
    "ee",
    "ih",
    "nas",
    "vas",
    "nam",
    "vam",
    "privet",
    "s",
    "trebuetsya",
    "sistema",
    "datchik",
    "toplivo",
    "topliva",
    "marshrut",
    "voditel",
    "uvazhaemye",
    "proshu",
    "prosim",
];

/// Whether Latin words are Russian: at least two words that English does not have, a seventh of all words.
pub(super) fn is_russian_in_latin(tokens: &[Token]) -> bool {
    const SHARED: &[&str] =
        &["i", "a", "v", "s", "u", "k", "no", "my", "den", "na", "net", "est", "per", "tam", "po", "da"];
    let (mut words, mut own, mut shared) = (0_usize, 0_usize, 0_usize);
    for token in tokens.iter().filter(|token| token.is_word()) {
        words += 1;
        if token.form.is_ascii() && RUSSIAN_IN_LATIN.contains(&token.form.as_str()) {
            if SHARED.contains(&token.form.as_str()) {
                shared += 1;
            } else {
                own += 1;
            }
        }
    }
    own >= 1 && own * 2 + shared >= 3 && (own * 2 + shared) * 7 >= words
}

/// Puts Latin words into Cyrillic, keeping what was typed. Words with digits or underscores are names: left alone.
pub(super) fn transliterate(tokens: &mut [Token]) {
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
pub(super) fn to_cyrillic(word: &str) -> String {
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
