//! Looks at characters that are quick for those that nearly all are: Unicode's own tables are searched for the others only.

/// Whether a character is a letter; as [`char::is_alphabetic`].
pub(crate) fn is_alphabetic(c: char) -> bool {
    match c {
        'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' => true,
        _ if c.is_ascii() => c.is_ascii_alphabetic(),
        _ => c.is_alphabetic(),
    }
}

/// Whether a character is a letter or a digit; as [`char::is_alphanumeric`].
pub(crate) fn is_alphanumeric(c: char) -> bool {
    match c {
        'а'..='я' | 'А'..='Я' | 'ё' | 'Ё' => true,
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        _ => c.is_alphanumeric(),
    }
}

/// The letters and digits of a text in lower case, without the number in front of a list line: wrapped, spaced and quoted, a text keeps
/// them.
pub(crate) fn squeeze(text: &str) -> String {
    letters_of(text.trim_start_matches(|c: char| !is_alphabetic(c)))
}

/// The letters and digits of a text in lower case.
pub(crate) fn letters_of(text: &str) -> String {
    text.chars().filter(|c| is_alphanumeric(*c)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_looks_see_what_unicode_says() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c:?}");
        }
    }
}
