//! Bytes to text: what a mail declares, checked against what its bytes can be.
//!
//! Declarations are wrong often enough that the bytes have the last word: valid multi-byte UTF-8 is UTF-8 whatever
//! single-byte charset is declared, and Cyrillic bytes under a Latin or UTF-8 label are read as what they look like.

mod cyrillic;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// How many bytes are looked at to guess a charset: enough for certainty, little enough for any mail.
const SAMPLE: usize = 4 * 1024;

/// Text and what was wrong with its declaration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text; bytes that mean nothing in its charset are U+FFFD.
    pub(super) text: String,
    /// For people: declared one charset, read as another.
    pub(super) problem: Option<String>,
}

/// The encoding that a label means, in any of the spellings that mailers use; `None` for unknown labels and for those
/// that say nothing about 8-bit bytes (`us-ascii`, `unknown-8bit`, `x-unknown`).
pub(super) fn encoding(label: &str) -> Option<&'static Encoding> {
    let plain: String =
        label.chars().filter(char::is_ascii_alphanumeric).take(40).collect::<String>().to_ascii_lowercase();
    if matches!(
        plain.as_str(),
        "usascii" | "ascii" | "ansix341968" | "iso646us" | "unknown8bit" | "xunknown" | "unknown" | "8bit"
    ) {
        return None;
    }
    Encoding::for_label(label.trim().as_bytes())
        .or_else(|| Encoding::for_label(standard_label(&plain)?.as_bytes()))
}

/// The standard name of a charset whose label was written without its separators.
fn standard_label(plain: &str) -> Option<String> {
    let plain = plain.strip_prefix("cs").unwrap_or(plain);
    let plain = plain.strip_prefix('x').unwrap_or(plain);
    let number = plain.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let kind = plain.strip_suffix(number)?;
    match (kind, number) {
        (
            "cp" | "win" | "windows" | "microsoftcp" | "ms" | "ansi" | "windowscp",
            "1250" | "1251" | "1252" | "1253",
        ) => Some(format!("windows-{number}")),
        ("cp" | "ibm" | "dos" | "oem" | "", "866") => Some("ibm866".to_owned()),
        ("cp" | "windows" | "win", "65001") | ("utf", "8") => Some("utf-8".to_owned()),
        _ if plain.starts_with("utf8") => Some("utf-8".to_owned()),
        _ if plain.starts_with("koi8u") => Some("koi8-u".to_owned()),
        _ if plain.starts_with("koi8") => Some("koi8-r".to_owned()),
        ("iso", _) => Some(format!("iso-8859-{}", number.strip_prefix("8859")?)),
        _ => None,
    }
}

/// Decodes bytes that were declared to be in the charset `label`, or whose charset was not declared.
pub(super) fn decode(bytes: &[u8], label: Option<&str>) -> Decoded {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let text = plainly(encoding, bytes.get(length..).unwrap_or_default());
        return Decoded { text: text.into_owned(), problem: None };
    }
    if let Some(label) = label.filter(|label| label.eq_ignore_ascii_case("utf-7")) {
        return by_library(bytes, label);
    }
    let declared = label.and_then(encoding);
    if declared.is_none_or(Encoding::is_ascii_compatible) && bytes.is_ascii() && !looks_iso_2022_jp(bytes) {
        return Decoded { text: String::from_utf8_lossy(bytes).into_owned(), problem: None };
    }
    let Some(declared) = declared else {
        let guess = guess(bytes);
        let unknown = label.filter(|label| !is_silent(label));
        return Decoded {
            text: plainly(guess, bytes).into_owned(),
            problem: unknown.map(|label| format!("unknown charset {label:.40}, read as {}", guess.name())),
        };
    };
    let actual = check(bytes, declared);
    Decoded {
        text: plainly(actual, bytes).into_owned(),
        problem: (actual != declared)
            .then(|| format!("declared as {}, read as {}", declared.name(), actual.name())),
    }
}

/// Decodes bytes of a header or a parameter that nothing declares a charset for.
pub(super) fn decode_undeclared(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => plainly(guess(bytes), bytes),
    }
}

/// A label that claims no more than "some bytes".
fn is_silent(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    label.contains("ascii") || label.contains("unknown") || label.is_empty() || label == "8bit"
}

/// UTF-7 has no place in the web's encodings; the mail library knows it.
fn by_library(bytes: &[u8], label: &str) -> Decoded {
    let text = mail_parser::decoders::charsets::decode(label.as_bytes(), bytes);
    Decoded { text: text.into_owned(), problem: None }
}

fn plainly(encoding: &'static Encoding, bytes: &[u8]) -> Cow<'static, str> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    Cow::Owned(text.into_owned())
}

fn looks_iso_2022_jp(bytes: &[u8]) -> bool {
    bytes.windows(2).any(|pair| pair == b"\x1b$")
}

/// The encoding that the bytes are really in, given the declared one.
fn check(bytes: &[u8], declared: &'static Encoding) -> &'static Encoding {
    let sample = sample(bytes);
    if declared == UTF_8 {
        return if utf8_fits(sample) { UTF_8 } else { guess(bytes) };
    }
    if !declared.is_single_byte() {
        return declared;
    }
    if utf8_surely(sample) {
        return UTF_8;
    }
    // Enough to overrule: only clear Cyrillic words under a Latin label, or a Cyrillic label that makes nonsense.
    let better = match cyrillic::score(sample, declared) {
        Some(score) => cyrillic::best(sample, score + 0.5).filter(|best| best.letters >= 12),
        None if declared == WINDOWS_1252 => {
            cyrillic::best(sample, f64::NEG_INFINITY).filter(cyrillic::Best::is_sure)
        }
        None => None,
    };
    better.map_or(declared, |best| best.encoding)
}

/// The most likely encoding of bytes that nothing is known of.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = sample(bytes);
    if utf8_fits(sample) {
        return UTF_8;
    }
    if let Some(best) = cyrillic::best(sample, f64::NEG_INFINITY).filter(cyrillic::Best::is_sure) {
        return best.encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// The bytes from the first that is not ASCII, as many as a guess needs.
fn sample(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|byte| !byte.is_ascii() || *byte == 0x1b).unwrap_or(0);
    let rest = bytes.get(start..).unwrap_or_default();
    rest.get(..SAMPLE).unwrap_or(rest)
}

/// Counts multi-byte characters and broken sequences; a sequence cut off at the end is not broken. Where nothing is broken,
/// no more than two characters are counted: they say as much as many.
fn utf8_counts(bytes: &[u8]) -> (usize, usize) {
    let begin_character = |bytes: &[u8], most| bytes.iter().filter(|byte| **byte >= 0xc0).take(most).count();
    let whole = match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.as_bytes()),
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to()),
        Err(_) => None,
    };
    if let Some(whole) = whole {
        return (begin_character(whole, 2), 0);
    }
    let (mut good, mut bad) = (0, 0);
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        good += begin_character(chunk.valid().as_bytes(), usize::MAX);
        let cut_off = chunks.peek().is_none() && chunk.invalid().len() < 4;
        bad += usize::from(!chunk.invalid().is_empty() && !cut_off);
        if 16 * bad > bytes.len() {
            break; // too many for any number of characters that can follow
        }
    }
    (good, bad)
}

/// Whether the bytes are UTF-8, perhaps with a few damaged places.
fn utf8_fits(bytes: &[u8]) -> bool {
    let (good, bad) = utf8_counts(bytes);
    (bad == 0 && (good > 0 || std::str::from_utf8(bytes).is_ok())) || good > 8 * bad
}

/// Whether the bytes are UTF-8 beyond coincidence.
fn utf8_surely(bytes: &[u8]) -> bool {
    let (good, bad) = utf8_counts(bytes);
    good >= 2 && good > 8 * bad
}

#[cfg(test)]
mod tests;
