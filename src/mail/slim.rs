//! A large mail without the bulk of its large parts, for reading: what a person would read stands in the first megabyte of
//! a part, and a video need not be in memory to be counted as an attachment.

/// A mail up to this size is kept whole.
const SMALL: u64 = 4 << 20;
/// As much is kept of what follows a line that may be a boundary.
const PART: usize = 2 << 20;
/// As much is kept in all.
const WHOLE: usize = 12 << 20;

/// Takes a mail piece by piece and keeps the beginning of each part. Parts are told by lines that begin with `--`: every
/// boundary does (RFC 2046, section 5.1.1), no line of base64 does.
#[derive(Debug)]
pub struct Slimmer {
    kept: Vec<u8>,
    /// How much of the present part may still be kept.
    room: usize,
    /// The beginning of a line that is too short to tell.
    held: Vec<u8>,
    at_line_start: bool,
    /// The mail is small: nothing is left out.
    whole: bool,
}

impl Slimmer {
    /// For a mail of this many bytes. If nobody knows, 0: one that proves larger than small is bounded from there on.
    #[must_use]
    pub fn for_size(size: u64) -> Self {
        Self { whole: size <= SMALL, kept: Vec::new(), room: PART, held: Vec::new(), at_line_start: true }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.whole {
            self.kept.extend_from_slice(bytes);
            if u64::try_from(self.kept.len()).is_ok_and(|size| size > SMALL) {
                let so_far = std::mem::take(&mut self.kept);
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
                self.room = PART;
                if !self.kept.is_empty() && !self.kept.ends_with(b"\n") {
                    self.kept.extend_from_slice(b"\r\n");
                }
            }
            let room = self.room.min(WHOLE.saturating_sub(self.kept.len())).min(line.len());
            self.kept.extend_from_slice(line.get(..room).unwrap_or_default());
            self.room -= room;
            self.at_line_start = whole;
        }
    }

    /// What was kept.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        let held = std::mem::take(&mut self.held);
        if self.room > 0 && self.kept.len() < WHOLE {
            self.kept.extend_from_slice(&held);
        }
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slim(raw: &[u8], piece: usize) -> Vec<u8> {
        let mut slimmer = Slimmer::for_size(u64::MAX);
        raw.chunks(piece).for_each(|bytes| slimmer.push(bytes));
        slimmer.finish()
    }

    #[test]
    fn a_video_loses_its_bulk_and_the_mail_its_meaning_not() {
        let head = "From: a@b.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n\
                    The video shows it\r\n--x\r\nContent-Type: video/mp4; name=v.mp4\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\n";
        let video = "QUJD".repeat(19).add_line().repeat(200_000);
        let raw =
            format!("{head}{video}--x\r\nContent-Type: text/plain; name=log.txt\r\n\r\nlog\r\n--x--\r\n");
        let kept = slim(raw.as_bytes(), 1 << 20);
        assert!(kept.len() < 3 << 20, "{}", kept.len());
        let mail = crate::mail::parse(&kept);
        assert_eq!(mail.text.full.trim(), "The video shows it");
        let names: Vec<_> = mail.attachments.iter().map(|file| file.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["v.mp4", "log.txt"]);
    }

    trait AddLine {
        fn add_line(self) -> String;
    }

    impl AddLine for String {
        fn add_line(self) -> String {
            self + "\r\n"
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        /// What is small stays as it is, in whatever pieces it comes; what is large is bounded.
        #[test]
        fn small_mails_stay_and_large_ones_are_bounded(raw in "[-a\\n]{0,300}", piece in 1_usize..9, times in 1_usize..60_000) {
            prop_assert_eq!(slim(raw.as_bytes(), piece), raw.as_bytes());
            let large = raw.repeat(times);
            let kept = slim(large.as_bytes(), 1 << 20);
            prop_assert!(kept.len() <= WHOLE + PART);
            // Nobody knew its size.
            let mut slimmer = Slimmer::for_size(0);
            large.as_bytes().chunks(100_000).for_each(|bytes| slimmer.push(bytes));
            let small = u64::try_from(large.len()).unwrap() <= SMALL;
            let expected = if small { large.into_bytes() } else { kept };
            prop_assert!(slimmer.finish() == expected);
        }
    }
}
