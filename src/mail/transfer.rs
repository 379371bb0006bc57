//! Transfer decoding (RFC 2045, section 6) in pieces, so that a large attachment costs no memory and a text costs no
//! more than is shown of it.

use mail_parser::{Encoding, MessagePart};
use sha2::{Digest, Sha256};

/// Encoded bytes that are decoded at once.
pub(super) const PIECE: usize = 48 * 1024;
/// A line of quoted-printable of which as much cannot be told from what follows is torn: usual ones have 76 characters.
const LONGEST_LINE: usize = 1 << 20;

/// The first `limit` bytes of a decoded body, and whether there are more.
pub(super) fn decode_prefix(part: &MessagePart<'_>, limit: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    for_each_piece(part.raw_body(), part.encoding(), |piece| {
        bytes.extend_from_slice(piece.get(..(limit + 1).saturating_sub(bytes.len())).unwrap_or(piece));
        bytes.len() <= limit
    });
    let more = bytes.len() > limit;
    bytes.truncate(limit);
    (bytes, more)
}

/// Size of a decoded body.
pub(super) fn size(part: &MessagePart<'_>) -> u64 {
    size_of(part.raw_body(), part.encoding())
}

fn size_of(body: &[u8], encoding: Encoding) -> u64 {
    let size = match encoding {
        Encoding::None => Some(body.len()),
        Encoding::Base64 => size_of_base64(body),
        Encoding::QuotedPrintable => None,
    };
    let decoded = || {
        let mut size = 0;
        for_each_piece(body, encoding, |piece| {
            size += piece.len();
            true
        });
        size
    };
    size.unwrap_or_else(decoded) as u64
}

/// The size of usual base64, which need not be decoded for it: lines of symbols, padding only behind them.
fn size_of_base64(body: &[u8]) -> Option<usize> {
    let body = body.trim_ascii_end();
    let unpadded = body.strip_suffix(b"==").or_else(|| body.strip_suffix(b"=")).unwrap_or(body);
    let symbols = count(unpadded, is_symbol);
    (symbols + count(unpadded, |byte| matches!(byte, b'\r' | b'\n')) == unpadded.len())
        .then_some(symbols * 3 / 4)
}

/// Size and SHA-256 of a decoded body.
pub(super) fn digest(part: &MessagePart<'_>) -> (u64, [u8; 32]) {
    let mut digest = BodyDigest::new(part.encoding());
    digest.push(part.raw_body());
    digest.finish()
}

/// Size and SHA-256 of a body that comes in pieces.
pub(super) struct BodyDigest {
    decoder: Decoder,
    size: u64,
    sha256: Sha256,
}

impl BodyDigest {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { decoder: Decoder::new(encoding), size: 0, sha256: Sha256::new() }
    }

    /// Takes the next encoded bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        for bytes in bytes.chunks(PIECE) {
            let piece = self.decoder.push(bytes);
            self.size += piece.len() as u64;
            self.sha256.update(piece);
        }
    }

    /// What they come to.
    pub(super) fn finish(mut self) -> (u64, [u8; 32]) {
        let piece = self.decoder.finish();
        self.size += piece.len() as u64;
        self.sha256.update(piece);
        (self.size, self.sha256.finalize().into())
    }
}

/// Hands over the decoded body piece by piece until `take` says that it has enough.
fn for_each_piece(body: &[u8], encoding: Encoding, mut take: impl FnMut(&[u8]) -> bool) {
    let mut decoder = Decoder::new(encoding);
    for bytes in body.chunks(PIECE) {
        if !take(decoder.push(bytes)) {
            return;
        }
    }
    take(decoder.finish());
}

/// Undoes a transfer encoding piece by piece.
pub(super) struct Decoder {
    encoding: Encoding,
    /// What cannot be decoded without what follows it.
    held: Vec<u8>,
    decoded: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding, held: Vec::new(), decoded: Vec::new() }
    }

    /// Takes the next encoded bytes; gives what can be decoded now.
    pub(super) fn push<'a>(&'a mut self, bytes: &'a [u8]) -> &'a [u8] {
        let cut: fn(&[u8]) -> (usize, Vec<u8>) = match self.encoding {
            Encoding::None => return bytes,
            Encoding::Base64 => base64_cut,
            Encoding::QuotedPrintable => |held| {
                let at = line_cut(held);
                (at, held.get(at..).unwrap_or_default().to_vec())
            },
        };
        self.held.extend_from_slice(bytes);
        let (at, rest) = cut(&self.held);
        self.decoded.clear();
        self.encoding.decode_append(self.held.get(..at).unwrap_or_default(), &mut self.decoded);
        self.held = rest;
        &self.decoded
    }

    /// What was held back until the end.
    pub(super) fn finish(&mut self) -> &[u8] {
        self.decoded.clear();
        self.encoding.decode_append(&self.held, &mut self.decoded);
        self.held.clear();
        &self.decoded
    }
}

/// Where base64 can be cut: behind a whole group of four symbols. Padding ends a group. With the symbols of the group that is
/// not whole; what else is behind the cut is no base64.
fn base64_cut(body: &[u8]) -> (usize, Vec<u8>) {
    // Padding in the middle is rare, and looking for it from behind slow.
    let padded = body.contains(&b'=');
    let last_group = if padded { body.rsplit(|byte| *byte == b'=').next().unwrap_or_default() } else { body };
    let mut over = count(last_group, is_symbol) % 4;
    let mut rest = Vec::with_capacity(4);
    let mut at = body.len();
    while let (1.., Some(before)) = (over, at.checked_sub(1)) {
        at = before;
        if let Some(byte) = body.get(at).filter(|byte| is_symbol(**byte)) {
            rest.insert(0, *byte);
            over -= 1;
        }
    }
    (at, rest)
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// How many bytes are of a kind. Counted in one byte as long as it can hold the count: the compiler then looks at many bytes at
/// once.
fn count(body: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let few = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(is(*byte))).sum::<u8>();
    body.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(few(bytes))).sum()
}

/// Where quoted-printable can be cut: behind a line, or where one is long, behind a character that stands for itself.
fn line_cut(body: &[u8]) -> usize {
    let last = body.iter().rposition(|byte| *byte == b'\n');
    let plain = || {
        let own = |three: &[u8]| matches!(three, [a, b, c] if *a != b'=' && *b != b'=' && c.is_ascii_graphic() && *c != b'=');
        body.windows(3).rposition(own).map(|at| at + 3)
    };
    let cut = last.map(|at| at + 1).or_else(plain);
    cut.unwrap_or(if body.len() > LONGEST_LINE { body.len() } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn in_pieces(body: &[u8], encoding: Encoding) -> Vec<u8> {
        let mut all = Vec::new();
        for_each_piece(body, encoding, |piece| {
            all.extend_from_slice(piece);
            true
        });
        all
    }

    #[test]
    fn pieces_are_the_whole() {
        let line = b"0J/RgNC40LLQtdGCLCDRjdGC0L4g0YHRgtGA0L7QutCwINCyIGJhc2U2NA==\r\n";
        let mut body = line.repeat(3000);
        body.extend_from_slice(b"!0J/R garbage");
        assert_eq!(in_pieces(&body, Encoding::Base64), Encoding::Base64.decode(&body).into_owned());
        let one_line = b"QUJD".repeat(200_000);
        assert_eq!(in_pieces(&one_line, Encoding::Base64).len(), 600_000);
        let quoted = b"=D0=9F soft=\r\nbreak \r\n".repeat(9000);
        let whole = Encoding::QuotedPrintable.decode(&quoted).into_owned();
        assert_eq!(in_pieces(&quoted, Encoding::QuotedPrintable), whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn pieces_of_any_base64_are_the_whole(noise in proptest::collection::vec("[A-Za-z0-9+/=\r\n -]{0,90}", 0..40)) {
            let body = noise.concat().repeat(60).into_bytes();
            prop_assert_eq!(in_pieces(&body, Encoding::Base64), Encoding::Base64.decode(&body).into_owned());
        }

        /// What is counted is what would be decoded.
        #[test]
        fn the_size_is_that_of_the_decoded_body(
            lines in proptest::collection::vec("[A-Za-z0-9+/]{0,9}", 0..4),
            end in "[=A -]{0,4}(\r?\n)?",
            quoted in "(=[0-9A-F]{2}|=\r\n|[a-z =]|\r\n){0,40}",
        ) {
            let base64 = lines.join("\r\n") + &end;
            for (body, encoding) in [
                (&base64, Encoding::Base64),
                (&base64, Encoding::None),
                (&quoted, Encoding::QuotedPrintable),
            ] {
                let decoded = encoding.decode(body.as_bytes()).len() as u64;
                prop_assert_eq!(size_of(body.as_bytes(), encoding), decoded, "{:?} {:?}", encoding, body);
            }
        }

        /// However a body comes in, it decodes like the whole.
        #[test]
        fn cuts_do_not_show(
            noise in proptest::collection::vec("(=[0-9A-Fa-f]{0,2}|[ \t]{1,3}|\r\n|\n|\r|=\r\n|[a-zA-Z+/=_-]{1,9}|é){0,20}", 1..9),
            cuts in proptest::collection::vec(0_usize..200, 0..9),
        ) {
            let body = noise.concat().into_bytes();
            for encoding in [Encoding::None, Encoding::Base64, Encoding::QuotedPrintable] {
                let mut decoder = Decoder::new(encoding);
                let (mut all, mut rest) = (Vec::new(), body.as_slice());
                for cut in &cuts {
                    let (now, later) = rest.split_at((*cut).min(rest.len()));
                    all.extend_from_slice(decoder.push(now));
                    rest = later;
                }
                all.extend_from_slice(decoder.push(rest));
                all.extend_from_slice(decoder.finish());
                prop_assert_eq!(all, encoding.decode(&body).into_owned(), "{:?}", encoding);
            }
        }
    }
}
