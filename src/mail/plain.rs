//! Plain text parts: line ends, format=flowed (RFC 3676), the places of pictures.

use super::picture_mark::MARK;

/// `\n` line ends, no controls but tabs, nothing that would be taken for our marks.
pub(super) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut after_cr = false;
    let mut rest = text;
    while !rest.is_empty() {
        // Most of a text is copied as it is, run by run.
        let (run, from) = rest.split_at_checked(untidy_at(rest.as_bytes())).unwrap_or((rest, ""));
        tidy.push_str(run);
        after_cr &= run.is_empty();
        let mut chars = from.chars();
        let Some(c) = chars.next() else { break };
        match c {
            '\n' if after_cr => {}
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{2028}' | '\u{2029}' => tidy.push('\n'),
            '\t' => tidy.push(c),
            MARK | '\u{feff}' => {}
            c if c.is_control() => {}
            c => tidy.push(c),
        }
        after_cr = c == '\r';
        rest = chars.as_str();
    }
    tidy
}

/// Where the first byte is that [`may_be_untidy`], or the end. First in steps of many bytes, all looked at in any case: the
/// compiler looks at them at once.
fn untidy_at(bytes: &[u8]) -> usize {
    const STEP: usize = 32;
    let is_tidy = |step: &&[u8]| !step.iter().fold(false, |any, byte| any | may_be_untidy(*byte));
    let tidy = bytes.chunks(STEP).take_while(is_tidy).count() * STEP;
    let rest = bytes.get(tidy..).unwrap_or_default();
    rest.iter().position(|byte| may_be_untidy(*byte)).map_or(bytes.len(), |at| tidy + at)
}

/// Whether a byte is, or begins, a character that [`tidy`] must look at: a control, or one of those that begin like
/// U+0080, U+2028 or U+FEFF.
fn may_be_untidy(byte: u8) -> bool {
    byte.is_ascii_control() || matches!(byte, 0xc2 | 0xe2 | 0xef)
}

/// Joins the lines of paragraphs that the sender's program broke (RFC 3676, section 4.1). Quoted lines stay as they
/// are. `delsp`: the space at a line's end is not part of the text.
pub(super) fn unflow(text: &str, delsp: bool) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut lines = text.split('\n').peekable();
    while let Some(line) = lines.next() {
        let quoted = line.starts_with('>');
        let line = line.strip_prefix(' ').unwrap_or(line); // space-stuffing
        let next_is_quoted = lines.peek().is_none_or(|next| next.starts_with('>'));
        if line.ends_with(' ') && line != "-- " && !quoted && !next_is_quoted {
            joined.push_str(if delsp { line.strip_suffix(' ').unwrap_or(line) } else { line });
        } else {
            joined.push_str(line);
            if lines.peek().is_some() {
                joined.push('\n');
            }
        }
    }
    joined
}

/// Puts marks where Outlook wrote `[cid:…]` and Gmail `[image: …]` for a picture, and gives their ids or names. The
/// words of Gmail stay, the ids of Outlook mean nothing to people and go.
pub(super) fn mark_pictures(text: String, references: &mut Vec<String>) -> String {
    if !text.contains('[') {
        return text;
    }
    let mut marked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, bracket)) = rest.split_once('[') {
        marked.push_str(before);
        let reference = ["cid:", "image: "].iter().find_map(|kind| {
            let (inside, after) = bracket.strip_prefix(kind)?.split_once(['\n', ']'])?;
            let closed =
                bracket.get(..kind.len() + inside.len() + 1).is_some_and(|whole| whole.ends_with(']'));
            (closed && !inside.is_empty()).then_some((*kind == "cid:", inside, after))
        });
        match reference {
            Some((is_id, inside, after)) => {
                if !is_id {
                    marked.push_str("[image: ");
                    marked.push_str(inside);
                    marked.push(']');
                }
                marked.push(MARK);
                references.push(inside.to_owned());
                rest = after;
            }
            None => {
                marked.push('[');
                rest = bracket;
            }
        }
    }
    marked.push_str(rest);
    marked
}

/// Whether a plain text only says that the real one is in HTML, or nothing.
pub(super) fn is_stub(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || (text.len() < 300 && text.to_lowercase().contains("html") && text.lines().count() <= 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// [`tidy`] the slow and obvious way.
    fn obvious(text: &str) -> String {
        let lines =
            text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'], "\n");
        lines
            .chars()
            .filter(|c| matches!(c, '\n' | '\t') || !c.is_control() && !matches!(c, '\u{fffc}' | '\u{feff}'))
            .collect()
    }

    proptest! {
        #[test]
        fn any_text_is_tidied(parts in proptest::collection::vec("[a-я]{0,70}|[\r\n\t\u{b}\u{7f}\u{85}\u{a0}\u{2028}\u{fffc}\u{feff}]|\u{2014}|ﬁ", 0..12)) {
            let text = parts.concat();
            prop_assert_eq!(tidy(&text), obvious(&text));
        }
    }

    #[test]
    fn line_ends_and_controls_are_tidied() {
        assert_eq!(tidy("a\r\nb\rc\nd\0e\u{1b}[1m\tf\r\r\n"), "a\nb\nc\nde[1m\tf\n\n");
    }

    #[test]
    fn flowed_paragraphs_are_joined() {
        assert_eq!(unflow("one \ntwo \nthree\n\n  indented\nx", false), "one two three\n\n indented\nx");
        assert_eq!(unflow("слово-  \nслово \nи", true), "слово- словои");
        assert_eq!(unflow("> a \n> b \nown \n> c", false), "> a \n> b \nown \n> c");
        assert_eq!(unflow("text \n-- \nIvan", false), "text -- \nIvan");
        assert_eq!(unflow("text\n-- \nIvan \nx", false), "text\n-- \nIvan x");
        assert_eq!(unflow("a ", false), "a ");
    }

    #[test]
    fn places_of_pictures_are_marked() {
        let mut references = Vec::new();
        let marked = mark_pictures(
            "a [cid:image1@x] b [image: IMG_1.jpeg] c [x] [cid:open\n]".to_owned(),
            &mut references,
        );
        assert_eq!(marked, "a \u{fffc} b [image: IMG_1.jpeg]\u{fffc} c [x] [cid:open\n]");
        assert_eq!(references, ["image1@x", "IMG_1.jpeg"]);
    }

    #[test]
    fn stubs_are_told_from_texts() {
        assert!(is_stub(" \n "));
        assert!(is_stub("This message is in HTML. Please use another mail client."));
        assert!(!is_stub("Виалон не открывается"));
        assert!(!is_stub(&format!("{} html", "long text ".repeat(40))));
    }
}
