//! Folding letters so that spellings that look alike compare alike: case, ё, look-alike letters, transliteration.

/// One character in the form that is compared: lower case, ё as е, typographic dashes, quotes and spaces as their
/// plain twins. `None` for characters that nobody sees (zero width, soft hyphen, stress mark).
pub(super) fn fold(c: char) -> Option<char> {
    Some(match c {
        '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{fe00}'..='\u{fe0f}' => return None,
        'ё' | 'Ё' => 'е',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '’' | '‘' | 'ʼ' | '`' | '´' => '\'',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => c.to_lowercase().next().unwrap_or(c),
    })
}

/// The letter with a combining mark after it, in the form that is compared: й written as и and breve.
pub(super) fn compose(base: char, mark: char) -> Option<char> {
    unicode_normalization::char::compose(base, mark).and_then(fold)
}

/// Latin letters that a Cyrillic number plate is typed with, and back: both to the Latin one, in upper case.
pub(super) fn plate_letter(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'a' | 'A' => 'A',
        'в' | 'В' | 'b' | 'B' => 'B',
        'е' | 'Е' | 'ё' | 'Ё' | 'e' | 'E' => 'E',
        'к' | 'К' | 'k' | 'K' => 'K',
        'м' | 'М' | 'm' | 'M' => 'M',
        'н' | 'Н' | 'h' | 'H' => 'H',
        'о' | 'О' | 'o' | 'O' => 'O',
        'р' | 'Р' | 'p' | 'P' => 'P',
        'с' | 'С' | 'c' | 'C' => 'C',
        'т' | 'Т' | 't' | 'T' => 'T',
        'у' | 'У' | 'y' | 'Y' => 'Y',
        'х' | 'Х' | 'x' | 'X' => 'X',
        _ => return None,
    })
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
