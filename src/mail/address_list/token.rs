//! The tokens of an address header.

/// A piece of an address header, its quotes and brackets taken off.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A run of characters without special meaning, `@` and `.` among them; or one encoded word.
    Word(Vec<u8>),
    /// A quoted-string.
    Quoted(Vec<u8>),
    /// A comment.
    Comment(Vec<u8>),
    /// What stands in angle brackets.
    Angle(Vec<u8>),
    Comma,
    Colon,
    Semicolon,
    /// Syntax that programs read differently, for people.
    Fault(&'static str),
}

/// Splits an unfolded value.
pub(super) fn tokens(value: &[u8]) -> Tokens<'_> {
    Tokens { rest: value, pending: None }
}

pub(super) struct Tokens<'a> {
    rest: &'a [u8],
    pending: Option<Token>,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if let Some(token) = self.pending.take() {
            return Some(token);
        }
        self.rest = self.rest.trim_ascii_start();
        let (&first, tail) = self.rest.split_first()?;
        let simple = match first {
            b',' => Token::Comma,
            b':' => Token::Colon,
            b';' => Token::Semicolon,
            b'>' | b')' => Token::Fault("a bracket is closed that was not opened"),
            b'"' => return Some(self.enclosed(tail, b'"')),
            b'(' => return Some(self.enclosed(tail, b')')),
            b'<' => return Some(self.angle(tail)),
            _ => return Some(self.word()),
        };
        self.rest = tail;
        Some(simple)
    }
}

impl Tokens<'_> {
    /// A quoted-string or a comment, whose opening sign is taken off already. Comments nest.
    fn enclosed(&mut self, tail: &[u8], close: u8) -> Token {
        let mut content = Vec::new();
        let mut depth = 1_usize;
        let mut used = 1;
        let mut escaped = false;
        for &byte in tail {
            used += 1;
            if escaped {
                escaped = false;
            } else if byte == b'\\' {
                escaped = true;
                continue;
            } else if byte == close {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            } else if byte == b'(' && close == b')' {
                depth += 1;
            }
            content.push(byte);
        }
        if depth > 0 {
            self.pending = Some(Token::Fault("quotes or brackets are not closed"));
        }
        self.advance(used);
        if close == b'"' { Token::Quoted(content) } else { Token::Comment(content) }
    }

    fn angle(&mut self, tail: &[u8]) -> Token {
        let length = tail.iter().position(|byte| matches!(byte, b'>' | b'<'));
        let closed = length.is_some_and(|at| tail.get(at) == Some(&b'>'));
        let content = tail.get(..length.unwrap_or(tail.len())).unwrap_or_default().to_vec();
        if !closed {
            self.pending = Some(Token::Fault("quotes or brackets are not closed"));
        }
        self.advance(1 + content.len() + usize::from(closed));
        Token::Angle(content)
    }

    fn word(&mut self) -> Token {
        if let Some(length) = encoded_word_length(self.rest) {
            let word = self.rest.get(..length).unwrap_or_default().to_vec();
            let content = word.splitn(4, |byte| *byte == b'?').nth(3).unwrap_or_default();
            if content
                .iter()
                .any(|byte| matches!(byte, b',' | b';' | b':' | b'<' | b'>' | b'"' | b'(' | b')' | b'@'))
            {
                self.pending = Some(Token::Fault("an encoded word has signs of address syntax"));
            }
            self.advance(length);
            return Token::Word(word);
        }
        let special = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b',' | b';' | b':' | b'<' | b'>' | b'"' | b'(' | b')')
        };
        let length = self.rest.iter().position(special).unwrap_or(self.rest.len());
        let word = self.rest.get(..length).unwrap_or_default().to_vec();
        self.advance(length);
        if matches!(self.rest.first(), Some(b'"' | b'(')) && word.contains(&b'@') {
            self.pending = Some(Token::Fault("an address has quotes or a comment in it"));
        }
        Token::Word(word)
    }

    fn advance(&mut self, by: usize) {
        self.rest = self.rest.get(by..).unwrap_or_default();
    }
}

/// The length of the encoded word at the start of `bytes`: `=?charset?B?content?=` without spaces.
fn encoded_word_length(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes.strip_prefix(b"=?")?;
    for _ in 0..2 {
        let mark = rest.iter().take(80).position(|byte| *byte == b'?' || byte.is_ascii_whitespace())?;
        rest = rest.get(mark..)?.strip_prefix(b"?")?;
    }
    let end = rest.iter().position(|byte| *byte == b'?' || byte.is_ascii_whitespace())?;
    let rest = rest.get(end..)?.strip_prefix(b"?=")?;
    Some(bytes.len() - rest.len())
}
