//! What a calendar's answer to an invitation says (RFC 5546, section 3.2.3).

use crate::mail::part::{charset_of, raw_header};
use crate::mail::{charset, parameter, plain, transfer};
use mail_parser::{HeaderName, MessagePart};

/// So many bytes of a calendar are looked at.
const MOST: usize = 64 * 1024;

/// Whether a calendar answers an invitation.
pub(super) fn is_reply(calendar: MessagePart<'_>) -> bool {
    let header = raw_header(calendar, HeaderName::ContentType);
    let method = header.and_then(|header| parameter::get(header, "method"));
    method.is_some_and(|method| method.eq_ignore_ascii_case("reply"))
}

/// The words that its writer has added.
pub(super) fn comment(calendar: MessagePart<'_>) -> Option<String> {
    let (bytes, _) = transfer::decode_prefix(&calendar, MOST);
    let text = plain::tidy(&charset::decode(&bytes, charset_of(calendar).as_deref()).text);
    // What begins with a blank goes on with the line before (RFC 5545, section 3.1).
    let unfolded = text.replace("\n ", "").replace("\n\t", "");
    let comment = unescaped(unfolded.lines().find_map(comment_in)?);
    let comment = comment.trim();
    (!comment.is_empty()).then(|| comment.to_owned())
}

/// The value of the property COMMENT; a colon in the quoted value of a parameter does not begin it.
fn comment_in(line: &str) -> Option<&str> {
    let mut quoted = false;
    let (name, value) = line.split_once(|c| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    name.split(';').next()?.eq_ignore_ascii_case("comment").then_some(value)
}

/// A text value as it was before it was written into a line (RFC 5545, section 3.3.11).
fn unescaped(value: &str) -> String {
    let mut chars = value.chars();
    let mut text = String::with_capacity(value.len());
    while let Some(c) = chars.next() {
        text.extend(match c {
            '\\' => chars.next().map(|escaped| if matches!(escaped, 'n' | 'N') { '\n' } else { escaped }),
            plain => Some(plain),
        });
    }
    text
}
