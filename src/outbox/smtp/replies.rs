//! Replies as lettre can read them. A client must understand one that is nothing but its code (RFC 5321, section 4.2), lettre
//! wants a space behind it; and the words, which are for people, come in whatever charset, where lettre wants UTF-8.

use std::io;
use tokio::io::ReadBuf;

/// The longest line of a reply, as in lettre, which would first read an endless one to its end (RFC 5321, section 4.5.3.1.5,
/// says 512).
const MAX_LINE: usize = 1000;

/// Bytes that a server says, however they are divided, on their way to lettre.
#[derive(Debug, Default)]
pub(super) struct Replies {
    /// A line that has not ended yet.
    line: Vec<u8>,
    /// Whole lines that lettre has not taken yet.
    whole: Vec<u8>,
}

impl Replies {
    /// Whole lines to hand over first.
    pub(super) fn of(lines: &[u8]) -> Self {
        Self { line: Vec::new(), whole: lines.to_vec() }
    }

    /// Takes what the server says next.
    ///
    /// # Errors
    /// A line is too long.
    pub(super) fn take(&mut self, said: &[u8]) -> io::Result<()> {
        for piece in said.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if self.line.len() > MAX_LINE {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line of its reply is too long"));
            }
            self.end_line();
        }
        Ok(())
    }

    /// Whether there is nothing to hand over.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// Hands over as much as there is room for.
    pub(super) fn hand_over(&mut self, room: &mut ReadBuf<'_>) {
        let later = self.whole.split_off(self.whole.len().min(room.remaining()));
        room.put_slice(&self.whole);
        self.whole = later;
    }

    /// Makes the line fit for lettre, if it has ended.
    fn end_line(&mut self) {
        let Some(text) = self.line.strip_suffix(b"\r\n") else { return };
        for chunk in text.utf8_chunks() {
            self.whole.extend_from_slice(chunk.valid().as_bytes());
            if !chunk.invalid().is_empty() {
                self.whole.push(b'?');
            }
        }
        if text.len() == 3 && text.iter().all(u8::is_ascii_digit) {
            self.whole.push(b' ');
        }
        self.whole.extend_from_slice(b"\r\n");
        self.line.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// What lettre reads, `room` bytes at a time, if the server's bytes come in these pieces.
    fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, room: usize) -> Vec<u8> {
        let (mut replies, mut read) = (Replies::default(), Vec::new());
        for piece in pieces {
            replies.take(piece).unwrap();
            while !replies.is_empty() {
                let mut bytes = vec![0; room];
                let mut buf = ReadBuf::new(&mut bytes);
                replies.hand_over(&mut buf);
                read.extend_from_slice(buf.filled());
            }
        }
        read
    }

    #[track_caller]
    fn check(said: &[u8], expect: &str) {
        assert_eq!(String::from_utf8(read([said], 64)).unwrap(), expect);
    }

    #[test]
    fn what_lettre_could_not_read() {
        check(b"250\r\n", "250 \r\n");
        check(b"250-a\r\n250\r\n", "250-a\r\n250 \r\n");
        check(b"550 \xed\xe5\xf2\r\n", "550 ???\r\n");
        check("550 нет\r\n".as_bytes(), "550 нет\r\n");
        for other in ["250 ok\r\n", "25\r\n", "2500\r\n", "25a\r\n", "250-\r\n", "\r\n", "250 a\nb\rc\r\n"] {
            check(other.as_bytes(), other);
        }
        check(b"250 ok\r\n250", "250 ok\r\n");
        check(b"250\r", "");
    }

    #[test]
    fn an_endless_line_is_an_error_at_the_limit() {
        let mut replies = Replies::default();
        for _ in 0..MAX_LINE {
            replies.take(b"a").unwrap();
        }
        assert!(replies.take(b"\n").is_err() && replies.is_empty());
        let longest = [[b'a'; MAX_LINE - 2].as_slice(), b"\r\n"].concat();
        check(&longest, std::str::from_utf8(&longest).unwrap());
    }

    /// Bytes as replies have them, among others.
    fn said() -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![
            Just(b"\r\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"250".to_vec()),
            Just(b"-".to_vec()),
            Just("я".as_bytes().to_vec()),
            vec(any::<u8>(), 0..3),
        ];
        vec(word, 0..40).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn however_it_is_divided(said in said(), sizes in vec(1..9_usize, 1..20), room in 1..9_usize) {
            let (mut pieces, mut rest) = (Vec::new(), said.as_slice());
            for size in sizes.iter().cycle() {
                let (piece, more) = rest.split_at(rest.len().min(*size));
                pieces.push(piece);
                rest = more;
                if rest.is_empty() {
                    break;
                }
            }
            let whole = read([said.as_slice()], 4096);
            prop_assert_eq!(&read(pieces, room), &whole);
            // Line by line, as UTF-8, and nothing is made up.
            let text = String::from_utf8(whole).unwrap();
            prop_assert!(text.is_empty() || text.ends_with("\r\n"));
            let ends = |text: &[u8]| text.windows(2).filter(|pair| *pair == b"\r\n").count();
            prop_assert_eq!(ends(text.as_bytes()), ends(&said));
            prop_assert!(text.len() <= said.len() + ends(&said));
        }
    }
}
