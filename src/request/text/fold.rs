//! Folding letters so that spellings that look alike compare alike: case, ё, look-alike letters, transliteration.

/// One character in the form that is compared: lower case, ё as е, typographic dashes, quotes and spaces as their
/// plain twins. `None` for characters that nobody sees (zero width, soft hyphen, stress mark).
pub(crate) fn fold(c: char) -> Option<char> {
    Some(match c {
        // Nearly all letters that come: told from their place in the table, without a search in Unicode's.
        'а'..='я' | '0'..='9' | 'a'..='z' => c,
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        '`' => '\'',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        '\u{200b}'..='\u{200f}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{fe00}'..='\u{fe0f}' => return None,
        'ё' | 'Ё' => 'е',
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '’' | '‘' | 'ʼ' | '´' => '\'',
        _ => c.to_lowercase().next().unwrap_or(c),
    })
}

/// Whether a character is an upper-case letter, and whether it is a lower-case one.
pub(crate) fn case_of(c: char) -> (bool, bool) {
    match c {
        'а'..='я' | 'a'..='z' | 'ё' => (false, true),
        'А'..='Я' | 'A'..='Z' | 'Ё' => (true, false),
        _ if c.is_ascii() => (false, false),
        _ => (c.is_uppercase(), c.is_lowercase()),
    }
}

/// The letter with a combining mark after it, in the form that is compared: й written as и and breve.
pub(crate) fn compose(base: char, mark: char) -> Option<char> {
    // No mark that combines is below the first of these, and none is Cyrillic.
    if mark < '\u{300}' || matches!(mark, 'А'..='ё') {
        return None;
    }
    unicode_normalization::char::compose(base, mark).and_then(fold)
}

/// Latin letters that a Cyrillic number plate is typed with, and back: both to the Latin one, in upper case.
pub(crate) fn plate_letter(c: char) -> Option<char> {
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
