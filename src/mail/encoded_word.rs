//! Encoded words (RFC 2047) and raw 8-bit bytes in header values, to text.

use super::charset;
use mail_parser::Encoding;
use std::borrow::Cow;

/// One encoded word, still in its transfer encoding.
struct Word<'a> {
    charset: &'a [u8],
    encoding: Encoding,
    content: &'a [u8],
}

/// Bytes of one charset that stand together.
enum Run {
    /// Nothing declares the charset of these.
    Plain(Vec<u8>),
    /// Words of one declared charset, their bytes joined: mailers cut characters in two between words.
    Encoded { charset: String, bytes: Vec<u8> },
}

/// Decodes an unfolded header value: encoded words wherever they stand (mailers put them into quotes and
/// parameters), raw bytes by guess.
pub(super) fn decode(value: &[u8]) -> String {
    if value.is_ascii() && !value.windows(2).any(|pair| pair == b"=?") {
        return String::from_utf8_lossy(value).into_owned();
    }
    let mut text = String::with_capacity(value.len());
    for run in runs(value) {
        match run {
            Run::Plain(bytes) => text.push_str(&charset::decode_undeclared(&bytes)),
            Run::Encoded { charset, bytes } => text.push_str(&charset::decode(&bytes, Some(&charset)).text),
        }
    }
    text
}

fn runs(value: &[u8]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut plain: Vec<u8> = Vec::new();
    let mut rest = value;
    let mut hopeless = false; // no end of a word lies ahead: do not search the rest again for each start
    while let Some((&first, tail)) = rest.split_first() {
        let found = if first == b'=' && !hopeless { word(rest, &mut hopeless) } else { None };
        let Some((word, after)) = found else {
            plain.push(first);
            rest = tail;
            continue;
        };
        rest = after;
        let gap_only = plain.iter().all(u8::is_ascii_whitespace);
        // White space between two encoded words is no text (RFC 2047, section 6.2).
        let follows_word = matches!(runs.last(), Some(Run::Encoded { .. }));
        if !(plain.is_empty() || gap_only && follows_word) {
            runs.push(Run::Plain(std::mem::take(&mut plain)));
        }
        plain.clear();
        let name = String::from_utf8_lossy(word.charset).into_owned();
        let content = transfer_decode(&word);
        match runs.last_mut() {
            Some(Run::Encoded { charset, bytes }) if charset.eq_ignore_ascii_case(&name) => {
                bytes.extend_from_slice(&content);
            }
            _ => runs.push(Run::Encoded { charset: name, bytes: content }),
        }
    }
    if !plain.is_empty() {
        runs.push(Run::Plain(plain));
    }
    runs
}

/// Reads `=?charset?B?content?=` at the start of `bytes`; gives it and what follows.
fn word<'a>(bytes: &'a [u8], hopeless: &mut bool) -> Option<(Word<'a>, &'a [u8])> {
    let rest = bytes.strip_prefix(b"=?")?;
    let mark = rest.iter().take(80).position(|byte| *byte == b'?')?;
    let (charset, rest) = rest.split_at_checked(mark)?;
    let charset = charset.split(|byte| *byte == b'*').next().unwrap_or_default(); // RFC 2231, section 5
    let encoding = match rest.get(1)? {
        b'b' | b'B' => Encoding::Base64,
        b'q' | b'Q' => Encoding::QuotedPrintable,
        _ => return None,
    };
    let rest = rest.get(2..)?.strip_prefix(b"?")?;
    if charset.is_empty() || !charset.iter().all(u8::is_ascii_graphic) {
        return None;
    }
    let Some(end) = rest.windows(2).position(|pair| pair == b"?=") else {
        *hopeless = true;
        return None;
    };
    let (content, rest) = rest.split_at_checked(end)?;
    Some((Word { charset, encoding, content }, rest.get(2..).unwrap_or_default()))
}

fn transfer_decode(word: &Word<'_>) -> Vec<u8> {
    match word.encoding {
        Encoding::Base64 => word.encoding.decode(word.content).into_owned(),
        Encoding::QuotedPrintable | Encoding::None => {
            // `_` is a space in Q; trailing spaces count here, unlike in bodies, so the escape goes in first.
            let content: Vec<u8> = word
                .content
                .iter()
                .flat_map(|byte| match byte {
                    b'_' | b' ' => b"=20".as_slice().iter(),
                    other => std::slice::from_ref(other).iter(),
                })
                .copied()
                .collect();
            Encoding::QuotedPrintable.decode(&content).into_owned()
        }
    }
}

/// Takes the line breaks of folding out (RFC 5322, section 2.2.3) and trims.
pub(super) fn unfold(value: &[u8]) -> Cow<'_, [u8]> {
    let value = value.trim_ascii();
    let ends_line = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if !value.iter().any(ends_line) {
        return Cow::Borrowed(value);
    }
    let mut unfolded = Vec::with_capacity(value.len());
    for line in value.split(ends_line) {
        unfolded.extend_from_slice(line);
    }
    Cow::Owned(unfolded)
}

/// Puts a decoded value on one line: white space and controls become single spaces. At most `max_chars` characters;
/// the second value says whether something was cut.
pub(super) fn one_line(text: &str, max_chars: usize) -> (String, bool) {
    let mut line = String::with_capacity(text.len().min(max_chars * 2));
    let mut count = 0;
    for piece in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|piece| !piece.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
            count += 1;
        }
        for c in piece.chars() {
            if count >= max_chars {
                return (line, true);
            }
            line.push(c);
            count += 1;
        }
    }
    (line, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &[u8], expect: &str) {
        assert_eq!(decode(value), expect, "{}", String::from_utf8_lossy(value));
    }

    #[test]
    fn encoded_words_are_decoded() {
        check(b"=?utf-8?B?0J/RgNC40LLQtdGC?=", "Привет");
        check(b"=?UTF-8?Q?=D0=9F=D1=80_1?= abc", "Пр 1 abc");
        check(b"=?koi8-r?B?8NLJ18XU?= =?koi8-r?Q?_x?=", "Привет x");
        check(b"=?windows-1251*ru?Q?=CF=F0?=", "Пр");
        check(b"=?win-1251?Q?=CF=F0=E8=E2=E5=F2?=", "Привет");
        check(b"Re: =?utf-8?q?=D0=9F?=", "Re: П");
        check(b"plain = text ?=", "plain = text ?=");
        check(b"=?utf-8?Q??=", "");
    }

    #[test]
    fn a_character_cut_in_two_between_words_is_joined() {
        check(b"=?utf-8?B?0J/R?= =?utf-8?B?gNC40LLQtdGC?=", "Привет");
        check(b"=?utf-8?Q?=D0=9F=D1?=\t=?UTF-8?Q?=80?=", "Пр");
    }

    #[test]
    fn raw_bytes_and_wrong_labels_are_read_as_what_they_are() {
        check(b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет");
        check("Привет".as_bytes(), "Привет");
        check(b"=?utf-8?Q?=CF=F0=E8=E2=E5=F2?=", "Привет");
        check(b"\"=?utf-8?B?0J/RgNC40LLQtdGC?=\"", "\"Привет\"");
    }

    #[test]
    fn broken_words_stay_as_they_are() {
        check(b"=?utf-8?X?abc?=", "=?utf-8?X?abc?=");
        check(b"=?utf-8?B?0J/R", "=?utf-8?B?0J/R");
        check(b"=?utf-8", "=?utf-8");
    }

    #[test]
    fn a_line_is_one_line_of_bounded_length() {
        assert_eq!(one_line("a\r\n\t b\0c ", 100), ("a b c".to_owned(), false));
        assert_eq!(one_line("абвг", 3), ("абв".to_owned(), true));
    }
}
