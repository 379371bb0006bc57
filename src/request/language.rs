//! The language of a mail: that of its writer's letters, not of the names and logs in it.

use super::Language;
use super::sheet::Sheet;
use super::tokens::TokenKind;

/// Russian if a third of the letters of its words are Cyrillic, or if it is Russian in Latin letters.
pub(super) fn read<'a: 'b, 'b>(sheets: impl Iterator<Item = &'b Sheet<'a>>) -> Language {
    let (mut cyrillic, mut latin) = (0_usize, 0_usize);
    for sheet in sheets {
        if sheet.is_transliterated() {
            return Language::Russian;
        }
        for token in sheet.tokens.iter().filter(|token| token.kind == TokenKind::Word) {
            if token.form.chars().any(|c| ('а'..='я').contains(&c)) {
                cyrillic += 1;
            } else if !token.form.bytes().any(|b| b.is_ascii_digit() || b == b'_') {
                latin += 1;
            }
        }
    }
    if cyrillic == 0 && latin > 0 && latin > cyrillic {
        Language::English
    } else if cyrillic * 3 >= latin {
        Language::Russian
    } else {
        Language::English
    }
}
