//! Folder names on the wire: modified UTF-7 (RFC 3501, section 5.1.3), quoted.

use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

/// Base64 with `,` for `/` and without padding.
static MODIFIED_BASE64: LazyLock<Option<Encoding>> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");
    specification.check_trailing_bits = false;
    specification.encoding().ok()
});

/// A folder name as it goes into a command: modified UTF-7 in quotes. Control characters, and so line breaks, are
/// encoded like any other character that is not printable ASCII: they cannot end the command.
pub(crate) fn quoted_folder(name: &str) -> String {
    quoted(&encode_utf7(name))
}

/// A quoted string (RFC 9051, section 4.3). `text` must have no line breaks or NUL: see [`fits_quotes`].
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What a quoted string stands for. The parser leaves its backslashes in, and does not tell it from a literal, which has none:
/// one that stands before anything else is itself.
pub(crate) fn unquoted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next_if(|next| matches!(next, '"' | '\\')) } else { None };
        plain.push(escaped.unwrap_or(c));
    }
    plain
}

/// Whether a text can be sent as a quoted string to any server.
pub(crate) fn fits_quotes(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~'))
}

/// UTF-8 to modified UTF-7.
pub(crate) fn encode_utf7(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            end_shift(&mut encoded, &mut shifted);
            encoded.push(c);
            if c == '&' {
                encoded.push('-');
            }
        } else {
            shifted.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    end_shift(&mut encoded, &mut shifted);
    encoded
}

fn end_shift(encoded: &mut String, shifted: &mut Vec<u8>) {
    if let (false, Some(base64)) = (shifted.is_empty(), MODIFIED_BASE64.as_ref()) {
        encoded.push('&');
        base64.encode_append(shifted, encoded);
        encoded.push('-');
    }
    shifted.clear();
}

/// Modified UTF-7 to UTF-8. What is not valid stays as it is (some servers send UTF-8 unasked).
pub(crate) fn decode_utf7(encoded: &str) -> String {
    let mut name = String::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let Some((shifted, tail)) = after.split_once('-') else {
            name.push('&');
            name.push_str(after);
            return name;
        };
        if shifted.is_empty() {
            name.push('&');
        } else if let Some(text) = decode_shift(shifted) {
            name.push_str(&text);
        } else {
            name.push('&');
            name.push_str(shifted);
            name.push('-');
        }
        rest = tail;
    }
    name.push_str(rest);
    name
}

fn decode_shift(shifted: &str) -> Option<String> {
    let bytes = MODIFIED_BASE64.as_ref()?.decode(shifted.as_bytes()).ok()?;
    let (units, odd) = bytes.as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
    String::from_utf16(&units).ok()
}

/// Whether a text begins so, in whatever case.
pub(crate) fn begins_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(name: &str, encoded: &str) {
        assert_eq!(encode_utf7(name), encoded);
        assert_eq!(decode_utf7(encoded), name);
    }

    #[test]
    fn known_names() {
        check("INBOX", "INBOX");
        check("Отправленные", "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-");
        check("R&D/日本語", "R&-D/&ZeVnLIqe-");
        check("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        check("🙂", "&2D3eQg-");
    }

    #[test]
    fn what_is_not_valid_is_shown_as_it_is() {
        for text in ["&", "a&b", "&!!-", "&AA-", "Отправленные"] {
            assert_eq!(decode_utf7(text), text);
        }
    }

    #[test]
    fn nothing_in_a_name_ends_the_command() {
        assert_eq!(quoted_folder("a\"\\b"), "\"a\\\"\\\\b\"");
        assert_eq!(unquoted("a\\\"\\\\b"), "a\"\\b");
        assert_eq!(unquoted("a\\b\\"), "a\\b\\");
        assert_eq!(quoted_folder("a\r\nA1 DELETE INBOX"), "\"a&AA0ACg-A1 DELETE INBOX\"");
    }

    proptest! {
        #[test]
        fn names_survive_the_way_there_and_back(name in any::<String>()) {
            let encoded = encode_utf7(&name);
            prop_assert!(fits_quotes(&encoded));
            prop_assert_eq!(decode_utf7(&encoded), name);
        }

        #[test]
        fn decoding_never_fails(text in any::<String>()) {
            decode_utf7(&text);
        }
    }
}
