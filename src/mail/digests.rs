//! Size and SHA-256 of attachments that are too large to be in memory: from the bytes of the mail, as they come.

use super::Mail;
use super::transfer::BodyDigest;
use mail_parser::Encoding;
use std::ops::Range;

/// Takes a whole mail piece by piece, and puts right what [`parse_slim`](super::parse_slim) could not know of its attachments.
#[derive(Default)]
pub struct Digests {
    /// How many bytes have come.
    at: u64,
    wanted: Vec<Wanted>,
}

/// An attachment that is to be read.
struct Wanted {
    /// Its number.
    attachment: usize,
    /// Its encoded body in the mail.
    range: Range<u64>,
    digest: BodyDigest,
}

impl Digests {
    pub(super) fn add(&mut self, attachment: usize, range: Range<u64>, encoding: Encoding) {
        self.wanted.push(Wanted { attachment, range, digest: BodyDigest::new(encoding) });
    }

    /// Whether there is nothing to put right.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// Takes the next bytes of the mail.
    pub fn push(&mut self, bytes: &[u8]) {
        let at = self.at;
        let within =
            |place: u64| usize::try_from(place.saturating_sub(at)).unwrap_or(usize::MAX).min(bytes.len());
        for Wanted { range, digest, .. } in &mut self.wanted {
            digest.push(bytes.get(within(range.start)..within(range.end)).unwrap_or_default());
        }
        self.at += bytes.len() as u64;
    }

    /// Puts right the attachments of the mail that they are of.
    pub fn finish(self, mail: &mut Mail) {
        for Wanted { attachment, digest, .. } in self.wanted {
            if let Some(attachment) = mail.attachments.get_mut(attachment) {
                let (size, sha256) = digest.finish();
                (attachment.size, attachment.sha256) = (size, Some(sha256));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_slim;
    use super::super::slim::{Limits, Slimmer};
    use super::*;
    use proptest::prelude::*;
    use proptest::strategy::ValueTree;

    /// The mail read without the bulk of its parts, and how many of its attachments had to be put right.
    fn read_slim(raw: &[u8], limits: Limits, piece: usize) -> (Mail, usize) {
        let mut slimmer = Slimmer::within(limits, raw.len() as u64);
        raw.chunks(piece).for_each(|bytes| slimmer.push(bytes));
        let (mut mail, mut digests) = parse_slim(&slimmer.finish());
        let wanted = digests.wanted.len();
        raw.chunks(piece + 3).for_each(|bytes| digests.push(bytes));
        digests.finish(&mut mail);
        (mail, wanted)
    }

    const SOME: Limits = Limits { small: 0, part: 700, whole: 4_000, head: 300, most: 100_000 };

    /// What is told of each attachment.
    fn files(mail: &Mail) -> Vec<(Option<&str>, &str, u64, [u8; 32])> {
        let tell = mail.attachments.iter();
        tell.map(|file| (file.name.as_deref(), file.media_type.as_str(), file.size, file.sha256.unwrap()))
            .collect()
    }

    /// A mail whose parts are made longer: the last line of each comes again and again.
    fn grown(raw: &[u8]) -> Vec<u8> {
        let mut grown: Vec<u8> = Vec::new();
        let (mut last, mut in_body) = (Vec::new(), false);
        let mut lines = raw.split_inclusive(|byte| *byte == b'\n').peekable();
        while let Some(line) = lines.next() {
            grown.extend_from_slice(line);
            let bare = line.trim_ascii_end();
            in_body = if line.starts_with(b"--") { false } else { in_body || bare.is_empty() };
            if in_body && !bare.is_empty() {
                last = line.to_vec();
            }
            let ends = lines.peek().is_none_or(|next| next.starts_with(b"--"));
            if in_body && ends && !last.is_empty() && line.ends_with(b"\n") {
                grown.extend(last.repeat(3_000 / last.len()));
                last.clear();
            }
        }
        grown
    }

    #[test]
    fn attachments_of_fixtures_are_told_as_from_the_whole_mail() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
        let (mut mails, mut attachments, mut put_right, mut encoded) = (0, 0, 0, 0);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            let raw = grown(&std::fs::read(&path).unwrap());
            let (slim, wanted) = read_slim(&raw, SOME, 1000);
            let (whole, _) = parse_slim(&raw.clone().into());
            mails += 1;
            if slim.problems.iter().any(|problem| problem.contains("came encoded")) {
                encoded += 1;
                continue;
            }
            attachments += whole.attachments.len();
            put_right += wanted;
            assert_eq!(files(&slim), files(&whole), "{}", path.display());
        }
        println!(
            "{mails} mails with {attachments} attachments, {put_right} of them put right; {encoded} with an encoded mail inside"
        );
        assert!(mails >= 90 && put_right >= 30 && encoded <= 2);
    }

    /// The body of a part, and its encoding.
    fn part() -> impl Strategy<Value = (String, &'static str)> {
        let base64 =
            prop::collection::vec("[A-Za-z0-9+/]{0,76}={0,2}", 0..40).prop_map(|lines| lines.join("\r\n"));
        let quoted = prop::collection::vec("([a-z \t]|=[0-9A-F]{2}|=){0,60}", 0..40)
            .prop_map(|lines| lines.join("\r\n"));
        let plain = prop::collection::vec("[ -,.-~]{0,90}", 0..40).prop_map(|lines| lines.join("\n"));
        prop_oneof![
            (base64, Just("base64")),
            (quoted, Just("quoted-printable")),
            (plain.clone(), Just("8bit")),
            (plain.prop_map(|line| line.replace('\n', "")), Just("binary")),
        ]
    }

    /// Room ends with the header of a part: what it has is told nevertheless.
    #[test]
    fn a_part_of_which_only_the_header_is_here_is_told() {
        let mut raw = b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".to_vec();
        let head = |pad: usize| {
            format!(
                "--b\r\nContent-Type: image/png\r\nX: {}\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                "x".repeat(pad)
            )
        };
        let body = "QUJD\r\n".repeat(500);
        for _ in 0..6 {
            raw.extend([head(1), body.clone()].concat().into_bytes());
        }
        let pad = SOME.head - head(0).len();
        raw.extend([head(pad), body, "--b--\r\n".to_owned()].concat().into_bytes());
        let (slim, wanted) = read_slim(&raw, SOME, 1000);
        assert_eq!((slim.attachments.len(), wanted), (7, 7));
        assert_eq!(slim.attachments, parse_slim(&raw.clone().into()).0.attachments);
        assert!(slim.problems.is_empty(), "{:?}", slim.problems);
    }

    /// So little that hardly a mail fits: boundaries, headers and bodies are left out.
    const FEW: Limits = Limits { small: 0, part: 300, whole: 900, head: 120, most: 1_500 };

    /// Parts with lines like boundaries and long headers, some in a mail that lies in the mail.
    fn crowded() -> impl Strategy<Value = (String, usize)> {
        let body =
            prop::collection::vec("(-- |--|)[a-z :]{0,40}", 0..30).prop_map(|lines| lines.join("\r\n"));
        let head = prop_oneof![12 => 0_usize..20, 1 => 0_usize..400];
        let part = (body, head.clone(), prop::sample::select(vec!["8bit", "base64", "quoted-printable"]));
        let mail = (prop::collection::vec(part, 1..5), head, any::<bool>());
        prop::collection::vec(mail, 1..4).prop_map(|mails| {
            let (mut raw, mut files) = ("Content-Type: multipart/mixed; boundary=#\r\n\r\n".to_owned(), 0);
            for (parts, head, nested) in mails {
                let boundary = if nested { "=" } else { "#" };
                if nested {
                    let pad = "y".repeat(head);
                    raw += &format!("--#\r\nContent-Type: message/rfc822\r\n\r\nX-Pad: {pad}\r\nContent-Type: multipart/mixed; boundary==\r\n\r\n");
                }
                for (body, head, encoding) in parts {
                    let body = if encoding == "base64" { data_encoding::BASE64_MIME.encode(body.as_bytes()) } else { body };
                    let pad = "z".repeat(head);
                    raw += &format!("--{boundary}\r\nContent-Type: image/png; name=f{files}\r\nX-Pad: {pad}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n");
                    files += 1;
                }
                if nested {
                    raw += "--=--\r\n";
                }
            }
            (raw + "--#--\r\n", files)
        })
    }

    /// However little is kept, attachments are told as from the whole mail, or it is said that they may not be.
    #[test]
    fn attachments_are_told_right_or_it_is_said_that_they_may_not_be() {
        use proptest::test_runner::{Config, TestRunner};
        let (mut unsure, mut right, mut put_right) = (0, 0, 0);
        let mails = (crowded(), 300_usize..6_000, 1_usize..3_000);
        let mut runner = TestRunner::new_with_rng(
            Config::default(),
            proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
        );
        for _ in 0..1_000 {
            let ((raw, count), most, piece) = mails.new_tree(&mut runner).unwrap().current();
            let limits = Limits { most, ..FEW };
            let (slim, wanted) = read_slim(raw.as_bytes(), limits, piece);
            if slim.problems.iter().any(|problem| problem.starts_with("too large to tell")) {
                unsure += 1;
                continue;
            }
            let (whole, _) = parse_slim(&raw.clone().into_bytes().into());
            assert!(whole.attachments.len() >= count);
            assert_eq!(files(&slim), files(&whole), "kept at most {most}:\n{raw}");
            right += 1;
            put_right += wanted;
        }
        println!("{right} mails told right, with {put_right} attachments put right; of {unsure} it is said");
        assert!(right >= 300 && put_right >= 300 && unsure >= 300);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// However long the parts are and wherever the pieces end, attachments are told as from the whole mail; also in a
        /// mail that lies in the mail, below an mbox separator, and where the end is missing.
        #[test]
        fn attachments_are_told_as_from_the_whole_mail(
            parts in prop::collection::vec(part(), 1..9),
            line_end in prop::sample::select(vec!["\r\n", "\n"]),
            piece in 1_usize..3_000,
            (nested, mbox, cut) in any::<(bool, bool, bool)>(),
        ) {
            let mut raw = if mbox { "From a@b.test Mon Jan  1 00:00:00 2024\r\n" } else { "" }.to_owned();
            if nested {
                raw.push_str("Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nFYI\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n");
            }
            raw.push_str("From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
            for (number, (body, encoding)) in parts.iter().enumerate() {
                raw.push_str(&format!(
                    "--b\r\nContent-Type: image/png; name=f{number}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
                ));
            }
            raw.push_str(if cut { "" } else { "--b--\r\n" });
            if nested && !cut {
                raw.push_str("--o--\r\n");
            }
            let raw = raw.replace("\r\n", line_end);
            let (slim, _) = read_slim(raw.as_bytes(), SOME, piece);
            let (whole, _) = parse_slim(&raw.clone().into_bytes().into());
            prop_assert_eq!(whole.attachments.len(), parts.len() + usize::from(nested));
            prop_assert_eq!(files(&slim), files(&whole));
            prop_assert_eq!(slim.problems, whole.problems);
        }
    }
}
