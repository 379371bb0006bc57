//! Web addresses, hosts, file names and mail addresses inside a text.

use super::tokens::TokenKind;
use crate::mail::characters::is_alphanumeric;

/// Longest run of characters that is looked at for being an address without a scheme.
const BARE_ADDRESS: usize = 120;
/// A web address longer than this is cut; the rest is read as words.
const LONGEST_ADDRESS: usize = 4096;

/// The web address, host, file name or mail address at the start of `rest` with its length in bytes; or how far was
/// looked without finding one.
pub(crate) fn address(rest: &str) -> Result<(usize, TokenKind), usize> {
    plain_word(rest).map_or_else(|| any_address(rest), Err)
}

/// [`address`] of any text.
fn any_address(rest: &str) -> Result<(usize, TokenKind), usize> {
    let ends = |c: char| {
        !is_alphanumeric(c)
            && (matches!(
                c,
                '<' | '>'
                    | '"'
                    | '«'
                    | '»'
                    | '“'
                    | '”'
                    | '„'
                    | ','
                    | ';'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '|'
                    | '…'
            ) || c.is_whitespace())
    };
    let begins =
        |prefix: &str| rest.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    let trim = |run: &str| run.trim_end_matches(['.', ':', '!', '?', '\'', '*', '_']).len();
    let may_begin = matches!(rest.as_bytes().first(), Some(b'h' | b'H' | b'f' | b'F' | b'w' | b'W'));
    if may_begin && (begins("http://") || begins("https://") || begins("ftp://") || begins("www.")) {
        let ends = |c: char| c.is_whitespace() || "<>\"«»“”„|".contains(c);
        let length = rest
            .char_indices()
            .find(|(at, c)| ends(*c) || *at >= LONGEST_ADDRESS)
            .map_or(rest.len(), |(at, _)| at);
        let run = rest.get(..length).unwrap_or_default().trim_end_matches([')', ',', ';', ']', '}']);
        return Ok((trim(run), TokenKind::Address));
    }
    let length = rest
        .char_indices()
        .take(BARE_ADDRESS)
        .find(|(_, c)| ends(*c))
        .map_or_else(|| rest.char_indices().nth(BARE_ADDRESS).map_or(rest.len(), |(at, _)| at), |(at, _)| at);
    let run = rest.get(..length).unwrap_or_default();
    if !run.bytes().any(|byte| matches!(byte, b'.' | b'@')) {
        return Err(length.max(1)); // as nearly all words
    }
    let run = run.get(..trim(run)).unwrap_or_default();
    if let Some((local, domain)) = run.split_once('@')
        && !local.is_empty()
        && domain.contains('.')
    {
        return Ok((run.len(), TokenKind::Mailbox));
    }
    let host = before_path(run);
    let labels = || host.split('.');
    let top = labels().next_back().unwrap_or_default();
    let plain = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    let named = labels().count() > 1
        && (2..=8).contains(&top.len())
        && top.bytes().any(|b| b.is_ascii_alphabetic())
        && top.bytes().all(|b| b.is_ascii_alphanumeric())
        && labels().all(plain)
        && !host.bytes().next().is_some_and(|b| b.is_ascii_digit() && labels().count() == 2 && top.len() < 3);
    if named { Ok((run.len(), TokenKind::Address)) } else { Err(length.max(1)) }
}

/// The host of an address, with or without a scheme in front.
pub(crate) fn host(address: &str) -> &str {
    before_path(address.split_once("://").map_or(address, |(_, rest)| rest))
}

fn before_path(address: &str) -> &str {
    address.split(['/', '?', ':', '#']).next().unwrap_or_default()
}

/// The length of a word of nothing but ASCII letters, digits and Cyrillic letters that a space, a comma or the end of the
/// line ends: so are nearly all, and it is seen without decoding them.
fn plain_word(rest: &str) -> Option<usize> {
    let in_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, 0xd0 | 0xd1 | 0x80..=0xbf);
    let length = rest.bytes().take(BARE_ADDRESS).position(|byte| !in_word(byte))?;
    matches!(rest.as_bytes().get(length), Some(b' ' | b',' | b'\n'))
        .then_some(length)
        .filter(|length| *length > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_plain_word_is_no_address(text in "[a-zA-Z0-9а-яА-Яё]{1,130}[ ,\\n.@«\u{a0}é][a-z.@ ]{0,9}") {
            if let Some(length) = plain_word(&text) {
                prop_assert_eq!(any_address(&text), Err(length));
            }
        }
    }

    #[test]
    fn plain_words_are_seen() {
        assert_eq!(plain_word("слово, и"), Some("слово".len()));
        assert_eq!(plain_word("www.site.test и"), None);
        assert_eq!(plain_word("ivan@site.test"), None);
    }
}
