//! [`MessageId`]: a Message-ID that is safe to put into a header.

use super::encoded_word::unfold;
use std::fmt;

/// A Message-ID without its angle brackets (RFC 5322, section 3.6.4), at most 512 bytes of visible ASCII.
/// `@` is not demanded: real programs leave it out.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(String);

impl MessageId {
    /// Reads one id, with or without angle brackets; `None` if it has spaces, brackets or anything that is not
    /// visible ASCII.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let id = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
        let fine = !id.is_empty()
            && id.len() <= 512
            && id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
        fine.then(|| Self(id.to_owned()))
    }

    /// The ids in the value of a Message-ID, In-Reply-To or References header as written, in order: those in angle brackets; without
    /// any brackets, the value itself.
    pub(super) fn all_in(value: &[u8]) -> Vec<Self> {
        let text = String::from_utf8_lossy(&unfold(value)).into_owned();
        let mut ids = Vec::new();
        let mut rest = text.as_str();
        while let Some((_, after)) = rest.split_once('<') {
            let Some((id, after)) = after.split_once('>') else { break };
            ids.extend(Self::parse(id));
            rest = after;
        }
        if !text.contains('<') {
            ids.extend(text.split_whitespace().filter(|word| word.contains('@')).filter_map(Self::parse));
        }
        ids
    }

    /// The id without angle brackets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_optional_and_controls_are_refused() {
        assert_eq!(MessageId::parse(" <a@b> ").unwrap().as_str(), "a@b");
        assert_eq!(MessageId::parse("a@b").unwrap().as_str(), "a@b");
        for text in ["", "<>", "a b", "<a@b><c@d>", "a\r\nBcc: x", "a\u{0}", "ы@b"] {
            assert_eq!(MessageId::parse(text), None, "{text:?}");
        }
    }

    fn check(value: &str, expect: &[&str]) {
        let ids = MessageId::all_in(value.as_bytes());
        assert_eq!(ids.iter().map(MessageId::as_str).collect::<Vec<_>>(), expect, "{value}");
    }

    #[test]
    fn ids_are_found_among_what_else_is_written() {
        check(" <a@b>\r\n\t<c@d> ", &["a@b", "c@d"]);
        check("a@b", &["a@b"]);
        check("Message from Ivan of Mon <a@b>", &["a@b"]);
        check("<a@b", &[]);
        check("<a b> <c@d>", &["c@d"]);
        check("", &[]);
    }
}
