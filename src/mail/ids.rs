//! Message-ID, In-Reply-To and References (RFC 5322, section 3.6.4).

use super::MessageId;
use super::encoded_word::unfold;

/// The ids in a header value as written, in order: those in angle brackets; without any brackets, the value itself.
pub(super) fn read(value: &[u8]) -> Vec<MessageId> {
    let text = String::from_utf8_lossy(&unfold(value)).into_owned();
    let mut ids = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, after)) = after.split_once('>') else { break };
        ids.extend(MessageId::parse(id));
        rest = after;
    }
    if !text.contains('<') {
        ids.extend(text.split_whitespace().filter(|word| word.contains('@')).filter_map(MessageId::parse));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expect: &[&str]) {
        let ids = read(value.as_bytes());
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
