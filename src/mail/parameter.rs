//! Parameters of Content-Type and Content-Disposition (RFC 2045), with the three ways in which mailers write names
//! that are not ASCII: RFC 2231, encoded words in the value (Outlook), raw 8-bit bytes.

use super::charset;
use super::encoded_word::{self, unfold};
use mail_parser::Encoding;

/// Bytes of a header value that are looked at.
const MAX_VALUE: usize = 32 * 1024;
/// Pieces of one RFC 2231 value.
const MAX_PIECES: usize = 200;
/// Characters of a decoded value that are kept.
const MAX_CHARS: usize = 255;

/// The decoded value of the parameter `name` (lower case) in a header value as written; `None` if it is missing or
/// empty. One line, at most 255 characters.
pub(super) fn get(header: &[u8], name: &str) -> Option<String> {
    let header = unfold(header.get(..MAX_VALUE).unwrap_or(header));
    let parameters = split(&header);
    let text = extended(&parameters, name).or_else(|| {
        let value = parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value)?;
        Some(encoded_word::decode(value))
    })?;
    let (text, _) = encoded_word::one_line(&text, MAX_CHARS);
    (!text.is_empty()).then_some(text)
}

/// A value written by RFC 2231: `name*=charset'language'percent-encoded`, or in pieces `name*0*=…; name*1=…`.
fn extended(parameters: &[(String, Vec<u8>)], name: &str) -> Option<String> {
    let mut pieces: Vec<(usize, bool, &[u8])> = Vec::new();
    for (key, value) in parameters {
        let Some(rest) = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('*')) else { continue };
        let encoded = rest.is_empty() || rest.ends_with('*');
        let number = rest.trim_end_matches('*');
        let number = if number.is_empty() { 0 } else { number.parse().ok()? };
        if pieces.len() < MAX_PIECES {
            pieces.push((number, encoded, value));
        }
    }
    pieces.sort_by_key(|(number, _, _)| *number);
    let (_, first_encoded, first) = *pieces.first()?;
    let mut label = None;
    let mut bytes = Vec::new();
    if first_encoded {
        let mut parts = first.splitn(3, |byte| *byte == b'\'');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(charset), Some(_language), Some(value)) => {
                label = Some(String::from_utf8_lossy(charset).into_owned());
                bytes.extend(percent_decoded(value));
            }
            _ => bytes.extend(percent_decoded(first)),
        }
    } else {
        bytes.extend_from_slice(first);
    }
    for (_, encoded, value) in pieces.iter().skip(1) {
        if *encoded {
            bytes.extend(percent_decoded(value));
        } else {
            bytes.extend_from_slice(value);
        }
    }
    match label.filter(|label| !label.is_empty()) {
        Some(label) => Some(charset::decode(&bytes, Some(&label)).text),
        None => Some(encoded_word::decode(&bytes)),
    }
}

/// `%D0` to its byte; anything else stays. The same escapes as quoted-printable with another sign.
fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let quoted: Vec<u8> = value
        .iter()
        .flat_map(|byte| match byte {
            b'%' => b"=".as_slice().iter(),
            b'=' => b"=3D".iter(),
            b' ' => b"=20".iter(),
            other => std::slice::from_ref(other).iter(),
        })
        .copied()
        .collect();
    Encoding::QuotedPrintable.decode(&quoted).into_owned()
}

/// Splits `type/subtype; key=value; key="quoted"` into keys in lower case and values without quotes.
fn split(header: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut parameters = Vec::new();
    let mut bytes = header.iter().copied().peekable();
    // The type or disposition itself ends at the first semicolon.
    for byte in bytes.by_ref() {
        if byte == b';' {
            break;
        }
    }
    while bytes.peek().is_some() {
        let mut key = Vec::new();
        let mut has_value = false;
        for byte in bytes.by_ref() {
            match byte {
                b'=' => {
                    has_value = true;
                    break;
                }
                b';' => break,
                other => key.push(other),
            }
        }
        let mut value = Vec::new();
        if has_value {
            while bytes.next_if(|byte| byte.is_ascii_whitespace()).is_some() {}
            if bytes.next_if_eq(&b'"').is_some() {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        // Windows paths come unescaped, so only what must be escaped is taken for an escape.
                        b'\\' => {
                            value.push(bytes.next_if(|next| matches!(next, b'"' | b'\\')).unwrap_or(byte))
                        }
                        other => value.push(other),
                    }
                }
                for byte in bytes.by_ref() {
                    if byte == b';' {
                        break;
                    }
                }
            } else {
                for byte in bytes.by_ref() {
                    if byte == b';' {
                        break;
                    }
                    value.push(byte);
                }
                value.truncate(value.trim_ascii_end().len());
            }
        }
        let key = String::from_utf8_lossy(key.trim_ascii()).to_ascii_lowercase();
        if has_value && !key.is_empty() {
            parameters.push((key, value));
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &[u8], expect: Option<&str>) {
        assert_eq!(get(header, "filename").as_deref(), expect, "{}", String::from_utf8_lossy(header));
    }

    #[test]
    fn names_are_read_in_every_way_they_are_written() {
        check(b"attachment; filename=log.txt", Some("log.txt"));
        check(b"attachment; filename=\"a; b \\\"c\\\".txt\"; size=5", Some("a; b \"c\".txt"));
        check(b"attachment; filename=two words.txt ; x=y", Some("two words.txt"));
        check(b"attachment; filename=\"=?utf-8?B?0J7RgtGH0LXRgi54bHN4?=\"", Some("Отчет.xlsx"));
        check(b"attachment; filename*=UTF-8''%D0%9E%D1%82%D1%87%D0%B5%D1%82.xlsx", Some("Отчет.xlsx"));
        check(b"attachment; filename*=koi8-r'ru'%EF%D4%DE%C5%D4.xls", Some("Отчет.xls"));
        check(
            b"attachment; filename*1*=%D1%87%D0%B5%D1%82; filename*0*=utf-8''%D0%9E%D1%82;\r\n filename*2=.xls",
            Some("Отчет.xls"),
        );
        check(b"attachment; filename*0=\"long \"; filename*1=\"name.txt\"", Some("long name.txt"));
        check(b"attachment; filename=\"\xce\xf2\xf7\xe5\xf2.xls\"", Some("Отчет.xls"));
        check("attachment; filename=\"Отчет.xls\"".as_bytes(), Some("Отчет.xls"));
        check(b"attachment; filename=\"=?koi8-r?B?79TexdQ=?=\r\n =?koi8-r?Q?_1.xls?=\"", Some("Отчет 1.xls"));
        check(b"attachment; filename=\"C:\\temp\\x.txt\"", Some("C:\\temp\\x.txt"));
    }

    #[test]
    fn the_extended_form_wins_and_nothing_gives_nothing() {
        check(b"attachment; filename=\"??.txt\"; filename*=utf-8''%D0%B0.txt", Some("а.txt"));
        check(b"attachment", None);
        check(b"attachment; filename=\"\"", None);
        check(b"attachment; filename", None);
        check(b"attachment; filename=\"open", Some("open"));
        check(b"", None);
    }
}
