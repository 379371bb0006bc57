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
                (attachment.size, attachment.sha256) = digest.finish();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::slim::{Limits, Slimmer};
    use super::super::{parse, parse_slim};
    use super::*;
    use proptest::prelude::*;

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
        tell.map(|file| (file.name.as_deref(), file.media_type.as_str(), file.size, file.sha256)).collect()
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
            let whole = parse(&raw);
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
            let whole = parse(raw.as_bytes());
            prop_assert_eq!(whole.attachments.len(), parts.len() + usize::from(nested));
            prop_assert_eq!(files(&slim), files(&whole));
            prop_assert_eq!(slim.problems, whole.problems);
        }
    }
}
