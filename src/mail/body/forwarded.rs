//! A mail that was attached to a mail: its header, for people.

use super::super::encoded_word::{decode, one_line, unfold};
use super::super::part::raw_header;
use mail_parser::{HeaderName, MessageRef};

/// Characters of one header line.
const MAX_LINE: usize = 500;

/// The lines that mail programs put before forwarded words.
pub(super) fn header(message: MessageRef<'_>) -> String {
    let mut lines = "---------- Forwarded message ---------".to_owned();
    let shown = [
        ("From", HeaderName::From),
        ("Date", HeaderName::Date),
        ("Subject", HeaderName::Subject),
        ("To", HeaderName::To),
    ];
    for (label, name) in shown {
        if let Some(value) = raw_header(message.root_part(), name) {
            let value = value.get(..MAX_LINE * 16).unwrap_or(value);
            let (value, _) = one_line(&decode(&unfold(value)), MAX_LINE);
            lines.push_str(&format!("\n{label}: {value}"));
        }
    }
    lines
}
