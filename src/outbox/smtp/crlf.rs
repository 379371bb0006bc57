//! The content of a letter with CRLF line ends only: a bare one can hide a second mail from the servers that follow.

use std::borrow::Cow;

/// A letter goes over the wire in pieces of about this size.
const PIECE: usize = 64 << 10;

/// Pieces of content with CRLF line ends, without the last line end, which belongs to the final dot.
pub(super) struct CrlfPieces<'a, I> {
    pieces: I,
    piece: Cow<'a, [u8]>,
    /// How much of the piece is done.
    at: usize,
    /// A line end that is written only if something follows.
    held: bool,
    /// A CR that may be the first half of a line end.
    cr: bool,
}

impl<'a, I: Iterator<Item = Cow<'a, [u8]>>> CrlfPieces<'a, I> {
    pub(super) fn new(pieces: I) -> Self {
        Self { pieces, piece: Cow::Borrowed(&[]), at: 0, held: false, cr: false }
    }
}

impl<'a, I: Iterator<Item = Cow<'a, [u8]>>> Iterator for CrlfPieces<'a, I> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.at >= self.piece.len() {
            let Some(piece) = self.pieces.next() else {
                // A CR at the very end ends a line, and so is the last line end; another may wait before it.
                let both = std::mem::take(&mut self.cr) && self.held;
                return both.then(|| b"\r\n".to_vec());
            };
            (self.piece, self.at) = (piece, 0);
        }
        let Self { piece, at, held, cr, .. } = self;
        let bytes = piece.get(*at..).unwrap_or_default();
        let bytes = bytes.get(..PIECE).unwrap_or(bytes);
        *at += bytes.len();
        let mut clean = Vec::with_capacity(bytes.len() + 4);
        let end_line = |held: &mut bool, clean: &mut Vec<u8>| {
            if std::mem::replace(held, true) {
                clean.extend_from_slice(b"\r\n");
            }
        };
        for run in bytes.split_inclusive(|byte| matches!(byte, b'\r' | b'\n')) {
            let (text, end) = match run {
                [text @ .., end @ (b'\r' | b'\n')] => (text, Some(*end)),
                text => (text, None),
            };
            let second_half = *cr && text.is_empty() && end == Some(b'\n');
            if std::mem::take(cr) {
                end_line(held, &mut clean);
            }
            if !text.is_empty() {
                if std::mem::take(held) {
                    clean.extend_from_slice(b"\r\n");
                }
                clean.extend_from_slice(text);
            }
            match end {
                Some(b'\r') => *cr = true,
                Some(_) if !second_half => end_line(held, &mut clean),
                Some(_) | None => {}
            }
        }
        Some(clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_crlf_and_the_last_goes() {
        let check = |raw: &str, expect: &str| {
            for piece in 1..=raw.len().max(1) {
                let pieces = CrlfPieces::new(raw.as_bytes().chunks(piece).map(Cow::Borrowed));
                let clean: Vec<u8> = pieces.flatten().collect();
                assert_eq!(String::from_utf8(clean).unwrap(), expect, "{raw:?} in pieces of {piece}");
            }
        };
        check("a\r\nb\r\n", "a\r\nb");
        check("a\nb\n", "a\r\nb");
        check("a\rb", "a\r\nb");
        check("a\n.\nb\r", "a\r\n.\r\nb");
        check("\na", "\r\na");
        check("a\r\r\nb", "a\r\n\r\nb");
        check("a\r\n\r\n", "a\r\n");
        check("a\n\r", "a\r\n");
        check("", "");
    }
}
