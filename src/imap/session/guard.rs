//! [`Guarded`]: the stream under the IMAP parser, which stops a server that announces or sends too much.
//!
//! The parser allocates what a literal announces (`{400000000}`) before the first byte of it has come, and goes
//! one stack frame deeper with each parenthesis. So both are bounded here, before the parser sees the bytes.

use crate::net::NetStream;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, BufWriter, ReadBuf};

/// All that a response may have outside its literals (RFC 2683 calls 8000 bytes a line generous).
const MAX_LINE: usize = 64 * 1024;

/// How deep parentheses may nest. What we ask for has three levels.
const MAX_DEPTH: usize = 40;

/// Why the stream was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
    /// A literal longer than allowed was announced: its length.
    Literal(u64),
    /// A response without end.
    Line,
    /// Parentheses nested too deep.
    Depth,
    /// A literal where nothing that we ask for has one.
    Misplaced,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(bytes) => write!(f, "the server announced {bytes} bytes at once"),
            Self::Line => write!(f, "the server sent a response of more than {MAX_LINE} bytes"),
            Self::Depth => write!(f, "the server sent a response nested more than {MAX_DEPTH} deep"),
            Self::Misplaced => f.write_str("the server sent a literal where none belongs"),
        }
    }
}

impl std::error::Error for Excess {}

/// Follows the framing of responses: lines, and literals announced at their ends (RFC 9051, section 4.3).
#[derive(Debug)]
pub(crate) struct Framing {
    max_literal: u64,
    /// Bytes of the current literal that are still to come.
    literal_left: u64,
    /// Bytes of the current response outside its literals.
    line: usize,
    depth: usize,
    /// Whether the response has had a quotation mark.
    quotes: bool,
    /// Its first bytes: they tell data, where `{n}` at the end of a line is a literal, from a status with free text.
    head: [u8; 8],
    tail: Tail,
}

/// The end of the line so far, as far as it looks like `{123}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    Plain,
    Open(u64),
    Closed(u64),
    ClosedCr(u64),
    Cr,
}

impl Framing {
    pub(crate) fn new(max_literal: u64) -> Self {
        Self {
            max_literal,
            literal_left: 0,
            line: 0,
            depth: 0,
            quotes: false,
            head: [0; 8],
            tail: Tail::Plain,
        }
    }

    /// Takes note of bytes as they come, in pieces of any size.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) -> Result<(), Excess> {
        while !bytes.is_empty() {
            let in_literal = usize::try_from(self.literal_left).unwrap_or(usize::MAX).min(bytes.len());
            let (literal, rest) = bytes.split_at(in_literal);
            self.literal_left -= literal.len() as u64;
            bytes = rest;
            while let Some((&byte, rest)) = bytes.split_first() {
                bytes = rest;
                self.byte(byte)?;
                if self.literal_left > 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8) -> Result<(), Excess> {
        if let Some(slot) = self.head.get_mut(self.line) {
            *slot = byte;
        }
        self.line += 1;
        if self.line > MAX_LINE {
            return Err(Excess::Line);
        }
        self.tail = match (self.tail, byte) {
            (_, b'{') => Tail::Open(0),
            (Tail::Open(n), b'0'..=b'9') => {
                Tail::Open(n.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
            }
            (Tail::Open(n), b'}') => Tail::Closed(n),
            (Tail::Closed(n), b'\r') => Tail::ClosedCr(n),
            (Tail::ClosedCr(n), b'\n') => return self.announced(n),
            (Tail::Cr, b'\n') => {
                self.end_line();
                return Ok(());
            }
            (_, b'\r') => Tail::Cr,
            (Tail::Plain | Tail::Open(_) | Tail::Closed(_) | Tail::ClosedCr(_) | Tail::Cr, _) => Tail::Plain,
        };
        match byte {
            b'(' => self.depth += 1,
            b')' => self.depth = self.depth.saturating_sub(1),
            b'"' => self.quotes = true,
            _ => {}
        }
        if self.depth > MAX_DEPTH { Err(Excess::Depth) } else { Ok(()) }
    }

    /// A line ended in `{n}`.
    fn announced(&mut self, n: u64) -> Result<(), Excess> {
        if n > self.max_literal {
            return Err(Excess::Literal(n));
        }
        if self.is_status() {
            // Free text that looks like a literal. Were its bytes skipped, a real announcement could hide in them.
            self.end_line();
            return Ok(());
        }
        // The parser takes an unknown attribute's `(…)` over line ends without looking for literals. A literal is
        // therefore let through only where both must agree that it is one: not in inner parentheses, and not after
        // a quoted string, which could hold parentheses that do not count.
        if self.depth > 1 || (self.depth == 1 && self.quotes) {
            return Err(Excess::Misplaced);
        }
        self.literal_left = n;
        self.tail = Tail::Plain;
        Ok(())
    }

    fn end_line(&mut self) {
        *self = Self::new(self.max_literal);
    }

    /// `* OK …`, `* NO …`, `* BAD …`, `* BYE …`, `* PREAUTH …`, `+ …` and tagged responses.
    fn is_status(&self) -> bool {
        let Some(after_star) = self.head.strip_prefix(b"* ") else { return true };
        [&b"OK "[..], b"NO ", b"BAD ", b"BYE ", b"PREAUT"].iter().any(|status| {
            after_star.get(..status.len()).is_some_and(|word| word.eq_ignore_ascii_case(status))
        })
    }
}

/// A [`NetStream`] with buffered writes and [`Framing`] watched on reads.
#[derive(Debug)]
pub(crate) struct Guarded {
    inner: BufWriter<NetStream>,
    framing: Framing,
}

impl Guarded {
    /// `max_literal` is the longest literal in bytes that may be announced.
    pub(crate) fn new(stream: NetStream, max_literal: u64) -> Self {
        Self { inner: BufWriter::new(stream), framing: Framing::new(max_literal) }
    }

    pub(crate) fn net(&mut self) -> &mut NetStream {
        self.inner.get_mut()
    }
}

impl AsyncRead for Guarded {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        let fresh = buf.filled().get(before..).unwrap_or_default();
        Poll::Ready(
            this.framing.take(fresh).map_err(|excess| io::Error::new(io::ErrorKind::InvalidData, excess)),
        )
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(bytes: &[u8], expect: Result<(), Excess>) {
        assert_eq!(Framing::new(1000).take(bytes), expect);
        let mut framing = Framing::new(1000);
        assert_eq!(bytes.iter().try_for_each(|byte| framing.take(&[*byte])), expect, "byte by byte");
    }

    #[test]
    fn announcements_over_the_limit_are_cut() {
        check(b"* 1 FETCH (UID 1 BODY[] {400000000}\r\n", Err(Excess::Literal(400_000_000)));
        check(b"* 1 FETCH (BODY[] {0000000000000000000000001001}\r\n", Err(Excess::Literal(1001)));
        check(b"* OK [BADCHARSET ({1001}\r\n", Err(Excess::Literal(1001)));
        check(b"* LIST () \"/\" {99999999999999999999999999}\r\n", Err(Excess::Literal(u64::MAX)));
    }

    #[test]
    fn a_mail_may_contain_anything() {
        check(b"* 1 FETCH (BODY[] {14}\r\n{99999999}\r\n(()\r\n* 2 FETCH (UID 1)\r\n", Ok(()));
        check(b"* 1 FETCH (BODY[] {0}\r\n)\r\n", Ok(()));
    }

    #[test]
    fn free_text_cannot_hide_an_announcement() {
        check(b"* OK look {900}\r\n* 1 FETCH (BODY[] {5000}\r\n", Err(Excess::Literal(5000)));
        check(b"A1 NO look {900}\r\n* 1 FETCH (BODY[] {5000}\r\n", Err(Excess::Literal(5000)));
    }

    #[test]
    fn literals_come_only_where_the_parser_takes_them_too() {
        check(b"* 1 FETCH (X (a {900}\r\nb) BODY[] {5000}\r\n", Err(Excess::Misplaced));
        check(b"* 1 FETCH (X \"))\" Y (a {900}\r\nb) BODY[] {5000}\r\n", Err(Excess::Misplaced));
        check(b"* LIST (\\Sent) \"/\" {2}\r\n((\r\n* 1 FETCH (FLAGS (\\Seen) BODY[] {3}\r\nabc)\r\n", Ok(()));
    }

    #[test]
    fn endless_lines_and_nesting_are_cut() {
        check(&[b'a'; MAX_LINE + 1], Err(Excess::Line));
        check(&[b'('; MAX_DEPTH + 1], Err(Excess::Depth));
        check("(\r\n".repeat(MAX_DEPTH + 1).as_bytes(), Ok(()));
    }

    proptest! {
        #[test]
        fn the_cut_does_not_depend_on_how_bytes_arrive(bytes in r"(\* [0-9] FETCH \(UID|\{[0-9]{0,5}\}|\r\n|[(){}\r\n ])*", at in 0_usize..50) {
            let whole = Framing::new(500).take(bytes.as_bytes());
            let mut framing = Framing::new(500);
            let at = at.min(bytes.len());
            let split = framing.take(&bytes.as_bytes()[..at]).and_then(|()| framing.take(&bytes.as_bytes()[at..]));
            prop_assert_eq!(whole, split);
        }
    }
}
