//! Bodies that are shorter than was listed.
//!
//! Courier hands out a message of its own for one that it cannot open (it was expunged meanwhile, or its file has the wrong rights):
//! that must not be taken for a client's mail. But sizes are hints: Exchange estimates them, others count line ends in their own
//! way, and no mail may be lost by that. So only a body of few bytes in which nothing shows that it has ever been sent is doubted if it is
//! much shorter than was listed.

use super::parts::header_of;
use crate::imap::Listed;
use sha2::{Digest as _, Sha256};

/// A mail whose body is too short, and what came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short {
    pub(crate) mail: Listed,
    pub(crate) sha256: [u8; 32],
}

/// Nobody makes up a longer message than this.
const LONGEST_MADE_UP: u64 = 2048;

impl Short {
    /// `None`: the body, which came in one piece, is taken for the mail's.
    pub(crate) fn of(mail: &Listed, body: &[u8]) -> Option<Self> {
        let length = body.len() as u64;
        if length >= mail.size || is_nearly(length, mail.size) {
            return None;
        }
        if length > LONGEST_MADE_UP
            || was_sent(body)
            || length.saturating_add(bare_line_ends(body)) >= mail.size
        {
            return None;
        }
        Some(Self { mail: *mail, sha256: Sha256::digest(body).into() })
    }
}

/// Whether a body lacks less than a tenth.
pub(crate) const fn is_nearly(length: u64, listed: u64) -> bool {
    length.saturating_mul(10) > listed.saturating_mul(9)
}

/// Whether its headers show that it has ever been sent: programs number what they send, servers write down that they had it.
pub(crate) fn was_sent(mail: &[u8]) -> bool {
    header_of(mail).split(|byte| *byte == b'\n').any(|line| {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii_end();
        name.eq_ignore_ascii_case(b"message-id") || name.eq_ignore_ascii_case(b"received")
    })
}

/// Line ends that a server may have counted with a CR that they have not.
fn bare_line_ends(body: &[u8]) -> u64 {
    let of = |end: u8| body.iter().filter(|byte| **byte == end).count() as u64;
    of(b'\n').saturating_sub(of(b'\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(head: &str, length: usize, listed: u64, taken: bool) {
        let mut body = format!("{head}\r\n\r\n").into_bytes();
        body.resize(length, b'x');
        let mail = Listed { uid: 1, size: listed, internal_date: None };
        assert_eq!(Short::of(&mail, &body).is_none(), taken, "{head} {length} of {listed}");
    }

    #[test]
    fn what_was_made_up_is_not_taken_and_what_was_estimated_is() {
        let made_up = "From: System Administrator <root@localhost>\r\nSubject: message unavailable";
        check(made_up, 129, 27_000, false);
        check(made_up, 129, 160, false);
        check(made_up, 129, 0, true);
        check(made_up, 129, 129, true);
        check(made_up, 129, 100, true);
        check(made_up, 950, 1000, true);
        for sent in ["Subject: a\r\nMessage-ID: <a@b>", "received: by a\r\nSubject: a"] {
            check(sent, 500, 1000, true);
            check(sent, 100, 27_000, true);
        }
        check("Subject: a\r\n\r\nMessage-ID: <quoted@b>", 500, 1000, false);
        check(made_up, 2049, 27_000, true);
    }

    #[test]
    fn line_ends_may_be_counted_with_or_without_cr() {
        let body = "a: 1\n\n".to_owned() + &"\n".repeat(50);
        let mail = |size| Listed { uid: 1, size, internal_date: None };
        let with_cr = (body.len() + 52) as u64;
        assert!(Short::of(&mail(with_cr), body.as_bytes()).is_none());
        assert!(Short::of(&mail(with_cr * 2), body.as_bytes()).is_some());
    }
}
