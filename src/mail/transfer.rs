//! Transfer decoding (RFC 2045, section 6) in pieces, so that a large attachment costs no memory and a text costs no
//! more than is shown of it.

use mail_parser::{Encoding, MessagePart};
use sha2::{Digest, Sha256};

/// Encoded bytes that are decoded at once.
const PIECE: usize = 48 * 1024;

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

/// Size and SHA-256 of a decoded body.
pub(super) fn digest(part: &MessagePart<'_>) -> (u64, [u8; 32]) {
    let mut size = 0_u64;
    let mut sha256 = Sha256::new();
    for_each_piece(part.raw_body(), part.encoding(), |piece| {
        size += piece.len() as u64;
        sha256.update(piece);
        true
    });
    (size, sha256.finalize().into())
}

/// Hands over the decoded body piece by piece until `take` says that it has enough.
fn for_each_piece(mut body: &[u8], encoding: Encoding, mut take: impl FnMut(&[u8]) -> bool) {
    let mut decoded = Vec::new();
    while !body.is_empty() {
        let (piece, rest) = match encoding {
            Encoding::None => (body, [].as_slice()),
            Encoding::Base64 => body.split_at_checked(base64_cut(body)).unwrap_or((body, &[])),
            Encoding::QuotedPrintable => body.split_at_checked(line_cut(body)).unwrap_or((body, &[])),
        };
        body = rest;
        let enough = if encoding == Encoding::None {
            !take(piece)
        } else {
            decoded.clear();
            encoding.decode_append(piece, &mut decoded);
            !take(&decoded)
        };
        if enough {
            return;
        }
    }
}

/// Where base64 can be cut: behind a whole group of four symbols. Padding ends a group.
fn base64_cut(body: &[u8]) -> usize {
    let Some(head) = body.get(..PIECE) else { return body.len() };
    // Padding in the middle is rare, and looking for it from behind slow.
    let padded = head.contains(&b'=');
    let after_padding =
        if padded { head.rsplit(|byte| *byte == b'=').next().unwrap_or_default() } else { head };
    let mut symbols = symbols(after_padding);
    let mut rest = body.iter().enumerate().skip(PIECE).peekable();
    while let Some((_, byte)) = rest.next_if(|(_, byte)| !symbols.is_multiple_of(4) || **byte == b'=') {
        match byte {
            b'=' => symbols = 0,
            byte => symbols += usize::from(is_symbol(*byte)),
        }
    }
    rest.peek().map_or(body.len(), |(at, _)| *at)
}

fn is_symbol(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// How many symbols of base64 there are. Counted in one byte as long as it can hold the count: the compiler then looks at
/// many bytes at once.
fn symbols(body: &[u8]) -> usize {
    let few = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(is_symbol(*byte))).sum::<u8>();
    body.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(few(bytes))).sum()
}

/// Where quoted-printable can be cut: behind a line.
fn line_cut(body: &[u8]) -> usize {
    let rest = body.get(PIECE..).unwrap_or_default();
    rest.iter().position(|byte| *byte == b'\n').map_or(body.len(), |at| PIECE + at + 1)
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
    }
}
