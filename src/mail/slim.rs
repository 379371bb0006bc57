//! A large mail without the bulk of its large parts, for reading: what a person would read stands in the first megabyte of
//! a part, and a video need not be in memory to be counted as an attachment.

use super::fields::{self, line_end};
use std::ops::Range;

/// How much of a mail is kept, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A mail up to this size is kept whole.
    pub(super) small: u64,
    /// As much is kept of what follows a line that may be a boundary,
    pub(super) part: usize,
    /// and as much so in all; behind it, only the beginnings of parts,
    pub(super) whole: usize,
    /// of each at most so much,
    pub(super) head: usize,
    /// and at most this with them.
    pub(super) most: usize,
}

const LIMITS: Limits =
    Limits { small: 4 << 20, part: 2 << 20, whole: 12 << 20, head: 8 << 10, most: 14 << 20 };

/// What is kept of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slim {
    /// The bytes, in order.
    pub bytes: Vec<u8>,
    /// Where others are left out, in order.
    gaps: Vec<Gap>,
    /// A line that may be a boundary, or a part of a header, is among those left out: nobody can tell from what is kept where
    /// each part begins and ends.
    pub(super) full: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Gap {
    /// Before this of the bytes that are kept.
    at: usize,
    left_out: u64,
}

/// A mail of which nothing is left out.
impl From<Vec<u8>> for Slim {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, ..Self::default() }
    }
}

impl Slim {
    /// Where in the mail these of the bytes stand, with what is left out before the first of them, between them and behind
    /// the last: of a part, perhaps all but its header is.
    pub(super) fn origin(&self, kept: Range<usize>) -> Range<u64> {
        let place = |at: usize, gaps: &[Gap]| at as u64 + gaps.iter().map(|gap| gap.left_out).sum::<u64>();
        let before = self.gaps.partition_point(|gap| gap.at < kept.start);
        let until = self.gaps.partition_point(|gap| gap.at <= kept.end);
        let first = |count: usize| self.gaps.get(..count).unwrap_or_default();
        place(kept.start, first(before))..place(kept.end, first(until))
    }
}

/// Takes a mail piece by piece and keeps the beginning of each part. Parts are told by lines that begin with `--`: every
/// boundary does (RFC 2046, section 5.1.1), no line of base64 does. The line end before such a line is kept, too: it belongs
/// to the boundary.
#[derive(Debug)]
pub struct Slimmer {
    limits: Limits,
    kept: Slim,
    /// How much of the present part may still be kept.
    room: usize,
    /// Where it begins among what is kept.
    part_at: usize,
    /// The beginning of a line that is too short to tell.
    held: Vec<u8>,
    at_line_start: bool,
    /// What has been left out since the last byte that is kept, …
    left_out: u64,
    /// … and whether it ends with CRLF.
    ends_with_crlf: bool,
    /// Its last byte.
    last: u8,
    /// The mail is small: nothing is left out.
    whole: bool,
}

impl Slimmer {
    /// For a mail of this many bytes. If nobody knows, 0: one that proves larger than small is bounded from there on.
    #[must_use]
    pub fn for_size(size: u64) -> Self {
        Self::within(LIMITS, size)
    }

    pub(super) fn within(limits: Limits, size: u64) -> Self {
        Self {
            limits,
            kept: Slim::default(),
            room: limits.part,
            part_at: 0,
            held: Vec::new(),
            at_line_start: true,
            left_out: 0,
            ends_with_crlf: false,
            last: 0,
            whole: size <= limits.small,
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.whole {
            self.kept.bytes.extend_from_slice(bytes);
            if u64::try_from(self.kept.bytes.len()).is_ok_and(|size| size > self.limits.small) {
                let so_far = std::mem::take(&mut self.kept.bytes);
                self.whole = false;
                self.push(&so_far);
            }
            return;
        }
        let mut joined = std::mem::take(&mut self.held);
        let bytes = if joined.is_empty() {
            bytes
        } else {
            joined.extend_from_slice(bytes);
            &joined
        };
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let whole = line.ends_with(b"\n");
            if self.at_line_start && !whole && line.len() < 2 {
                self.held = line.to_vec();
                return;
            }
            if self.at_line_start && line.starts_with(b"--") {
                self.begin_part();
            }
            self.take(line);
            self.at_line_start = whole;
        }
    }

    fn begin_part(&mut self) {
        let kept = self.kept.bytes.len();
        let Limits { part, whole, head, most, .. } = self.limits;
        self.room = part.min(whole.saturating_sub(kept)).max(head).min(most.saturating_sub(kept));
        self.kept.full |= self.room == 0;
        if self.room > 0 && self.left_out > 0 {
            let line_end = if self.ends_with_crlf { b"\r\n".as_slice() } else { b"\n" };
            self.left_out -= line_end.len() as u64;
            self.note_gap();
            self.kept.bytes.extend_from_slice(line_end);
        }
        self.part_at = self.kept.bytes.len();
    }

    /// Keeps of a part of a line as much as there is room for.
    fn take(&mut self, line: &[u8]) {
        let (kept, rest) = line.split_at_checked(self.room).unwrap_or((line, &[]));
        self.room -= kept.len();
        self.kept.bytes.extend_from_slice(kept);
        if rest.is_empty() {
            return;
        }
        if self.left_out == 0 {
            // A CR that is kept would take the line end before the next boundary for its own.
            if self.kept.bytes.pop_if(|byte| *byte == b'\r').is_some() {
                (self.left_out, self.last) = (1, b'\r');
            }
            let part = self.kept.bytes.get(self.part_at..).unwrap_or_default();
            self.kept.full |= ends_in_header(part);
        }
        let before = rest.len().checked_sub(2).and_then(|at| rest.get(at)).copied();
        let before = before.unwrap_or(if self.left_out > 0 { self.last } else { 0 });
        self.last = rest.last().copied().unwrap_or_default();
        self.ends_with_crlf = before == b'\r' && self.last == b'\n';
        self.left_out += rest.len() as u64;
    }

    fn note_gap(&mut self) {
        let left_out = std::mem::take(&mut self.left_out);
        if left_out > 0 {
            self.kept.gaps.push(Gap { at: self.kept.bytes.len(), left_out });
        }
    }

    /// What was kept.
    #[must_use]
    pub fn finish(mut self) -> Slim {
        let held = std::mem::take(&mut self.held);
        self.take(&held);
        self.note_gap();
        self.kept
    }
}

/// Whether the beginning of a part does not reach beyond its header; of a mail that lies in this one, beyond that mail's. What
/// begins with a line that is no field is the text of something, and the line above it no boundary.
fn ends_in_header(part: &[u8]) -> bool {
    let mut rest =
        if part.starts_with(b"--") { part.get(line_end(part, 0)..).unwrap_or_default() } else { part };
    loop {
        let block = fields::split(rest);
        let Some(body) = block.body else { return block.broken_line != Some(0) };
        let is_mail = match block.all("content-type").last() {
            Some(kind) => {
                kind.trim_ascii_start().get(..8).is_some_and(|kind| kind.eq_ignore_ascii_case(b"message/"))
            }
            // What does not say what it is in a multipart/digest is a mail.
            None => block.broken_line.is_none(),
        };
        if !is_mail {
            return false;
        }
        rest = rest.get(body..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slim(raw: &[u8], piece: usize) -> Slim {
        let mut slimmer = Slimmer::for_size(u64::MAX);
        raw.chunks(piece).for_each(|bytes| slimmer.push(bytes));
        slimmer.finish()
    }

    #[test]
    fn a_video_loses_its_bulk_and_the_mail_its_meaning_not() {
        let head = "From: a@b.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n\
                    The video shows it\r\n--x\r\nContent-Type: video/mp4; name=v.mp4\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\n";
        let video = format!("{}\r\n", "QUJD".repeat(19)).repeat(200_000);
        let raw =
            format!("{head}{video}--x\r\nContent-Type: text/plain; name=log.txt\r\n\r\nlog\r\n--x--\r\n");
        let kept = slim(raw.as_bytes(), 1 << 20).bytes;
        assert!(kept.len() < 3 << 20, "{}", kept.len());
        let mail = crate::mail::parse(&kept);
        assert_eq!(mail.text.full.trim(), "The video shows it");
        let names: Vec<_> = mail.attachments.iter().map(|file| file.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["v.mp4", "log.txt"]);
    }

    /// Logs, patches and dumps attached as they are have lines like boundaries; their mails are not in doubt for it.
    #[test]
    fn texts_with_lines_like_boundaries_leave_no_doubt() {
        let texts = [
            "---- start ----\n2026-11-25 10:15:00 ERROR: no route\n",
            "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-x: 1\n+x: 2\n",
            "--\n-- Table of units\n--\n\nINSERT INTO units VALUES (17);\n",
        ];
        for text in texts {
            let line = "2026-11-25 10:15:01 unit 17: position received, 12 satellites\n";
            let head =
                "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nHi\n--x\nContent-Type: text/x-log\n\n";
            let raw = [head, text, &line.repeat(100_000), "--x--\n"].concat();
            let kept = slim(raw.as_bytes(), 1 << 20);
            assert!(kept.bytes.len() < 3 << 20 && !kept.full, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// What is small stays as it is, in whatever pieces it comes; what is large is bounded.
        #[test]
        fn small_mails_stay_and_large_ones_are_bounded(raw in "[-a\\n]{0,300}", piece in 1_usize..9, times in 1_usize..60_000) {
            prop_assert_eq!(slim(raw.as_bytes(), piece).bytes, raw.as_bytes());
            let large = raw.repeat(times);
            let kept = slim(large.as_bytes(), 1 << 20);
            prop_assert!(kept.bytes.len() <= LIMITS.most + LIMITS.head);
            prop_assert_eq!(kept.origin(0..kept.bytes.len()), 0..large.len() as u64);
            for (at, byte) in kept.bytes.iter().enumerate().step_by(977) {
                prop_assert_eq!(*byte, large.as_bytes()[usize::try_from(kept.origin(0..at).end).unwrap()]);
            }
            // Nobody knew its size.
            let mut slimmer = Slimmer::for_size(0);
            large.as_bytes().chunks(100_000).for_each(|bytes| slimmer.push(bytes));
            let small = u64::try_from(large.len()).unwrap() <= LIMITS.small;
            let expected = if small { large.into_bytes() } else { kept.bytes };
            prop_assert!(slimmer.finish().bytes == expected);
        }
    }
}
