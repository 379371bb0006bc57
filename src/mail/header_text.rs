//! [`HeaderText`]: the only way for words from a mail into an outgoing header, a terminal or a log.

use std::fmt;

/// One line of text without C0/C1 controls, line separators, bidirectional controls or other characters that are not seen, white
/// space collapsed, at most a given number of characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeaderText(String);

/// A character that can hide or reorder the text around it, or drive a terminal: controls, what Unicode lets programs leave out
/// (Default_Ignorable_Code_Point), line separators, marks of interlinear annotation and the empty pattern of Braille.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
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
        let unseen = "a\u{3164}\u{1160}\u{115f}\u{34f}\u{fe00}\u{fe0f}\u{2800}\u{ffa0}\u{180b}\u{17b4}\u{1d173}\u{e0100}\u{e0fff}b";
        assert_eq!(HeaderText::new(unseen, 200).as_str(), "ab");
        assert!(!escape_for_terminal(unseen).contains(is_hostile));
        assert_eq!(HeaderText::new("абвгд", 3).as_str(), "абв…");
        assert_eq!(escape_for_terminal("a\n\u{1b}[2J\u{85}"), "a\n\\u{1b}[2J\\u{85}");
    }
}
