//! [`HeaderText`]: the only way for words from a mail into an outgoing header, a terminal or a log.

use std::fmt;

/// One line of text without C0/C1 controls, line separators, bidirectional controls or other invisible format
/// characters (Unicode Cf that reorder or hide text), white space collapsed, at most a given number of characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeaderText(String);

/// A character that can hide or reorder the text around it, or drive a terminal.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

impl HeaderText {
    /// Sanitises `text`; longer than `max_chars` is cut and ends in `…`.
    #[must_use]
    pub fn new(text: &str, max_chars: usize) -> Self {
        let mut clean = String::new();
        let mut count = 0;
        let mut gap = false;
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                gap = !clean.is_empty();
                continue;
            }
            if is_hostile(c) {
                continue;
            }
            let needed = if gap { 2 } else { 1 };
            if count + needed > max_chars {
                clean.push('…');
                return Self(clean);
            }
            if gap {
                clean.push(' ');
            }
            clean.push(c);
            count += needed;
            gap = false;
        }
        Self(clean)
    }

    /// The clean text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HeaderText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text of several lines for a terminal: line breaks and tabs stay, every other control or hiding character is
/// shown as `\u{…}`.
#[must_use]
pub fn escape_for_terminal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || c == '\t' || !is_hostile(c) {
            shown.push(c);
        } else if c != '\r' {
            shown.extend(c.escape_unicode());
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_injects_or_hides_survives() {
        let text = HeaderText::new("Отчёт\r\nBcc: x@y\0\u{1b}[31m \u{202e}кин\u{200b}о", 200);
        assert_eq!(text.as_str(), "Отчёт Bcc: x@y [31m кино");
        assert_eq!(HeaderText::new("абвгд", 3).as_str(), "абв…");
        assert_eq!(escape_for_terminal("a\n\u{1b}[2J\u{85}"), "a\n\\u{1b}[2J\\u{85}");
    }
}
