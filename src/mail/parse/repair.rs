//! Damage that would lose the text of a mail, undone before it is parsed.

use super::super::fields::{self, HeaderBlock, line_end};
use super::super::parameter;
use super::super::problems::Problems;
use std::borrow::Cow;

/// The mail as it should have come.
pub(super) struct Repaired<'a> {
    /// Its bytes; borrowed where nothing is wrong with it.
    pub(super) bytes: Cow<'a, [u8]>,
    /// What was taken from its beginning.
    skipped: usize,
    /// Where how many bytes were put in, one after the other.
    inserted: Vec<(usize, usize)>,
}

impl Repaired<'_> {
    /// Where in the mail as it came the byte stands that is at `at` now.
    pub(super) fn origin(&self, at: usize) -> usize {
        let back = |at: usize, (from, length): &(usize, usize)| {
            if at < *from { at } else { at.saturating_sub(*length).max(*from) }
        };
        self.skipped + self.inserted.iter().rev().fold(at, back)
    }
}

/// Undoes what would lose the text of a mail.
pub(super) fn repaired<'a>(raw: &'a [u8], problems: &mut Problems) -> Repaired<'a> {
    let mut mail = without_mbox_line(raw, problems);
    let (skipped, mut inserts) = (raw.len() - mail.len(), Vec::new());
    if mail.contains(&b'\r') && !mail.contains(&b'\n') {
        problems.note("lines end with bare carriage returns");
        mail = Cow::Owned(mail.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect());
    }
    let block = fields::split(&mail);
    let text_at = match (block.fields.is_empty(), block.body, block.broken_line) {
        // It begins with an empty line: a body and no header.
        (true, Some(_), None) => return Repaired { bytes: mail, skipped, inserted: inserts },
        (true, _, _) if !mail.is_empty() => Some(0),
        (false, None, Some(line)) => Some(line),
        _ => None,
    };
    let boundary = if let Some(at) = text_at {
        problems.note(if at == 0 { "there is no header" } else { "no empty line ends the header" });
        mail = inserted(&mail, at, b"\n");
        inserts.push((at, 1));
        missing_boundary(&mail, &fields::split(&mail))
    } else {
        missing_boundary(&mail, &block)
    };
    if let Some((at, header)) = boundary {
        problems.note("the declared boundary does not occur: parts are found by another one");
        mail = inserted(&mail, at, &header);
        inserts.push((at, header.len()));
    }
    Repaired { bytes: mail, skipped, inserted: inserts }
}

/// Where to put which Content-Type, for a multipart whose declared boundary separates nothing while another one does.
fn missing_boundary(mail: &[u8], block: &HeaderBlock<'_>) -> Option<(usize, Vec<u8>)> {
    let body = block.body?;
    let declared = block.all("content-type").last()?;
    let kind = declared.split(|byte| *byte == b';').next()?.trim_ascii().to_ascii_lowercase();
    if !kind.starts_with(b"multipart/") || !kind.is_ascii() || kind.len() > 100 {
        return None;
    }
    let boundary = parameter::get(declared, "boundary").unwrap_or_default();
    let mut lines = mail.get(body..)?.split(|byte| *byte == b'\n').peekable();
    let mut other = None;
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix(b"--").map(<[u8]>::trim_ascii_end) else { continue };
        if !boundary.is_empty() && name.starts_with(boundary.as_bytes()) {
            return None;
        }
        let begins_part = lines
            .peek()
            .and_then(|next| next.get(..8))
            .is_some_and(|start| start.eq_ignore_ascii_case(b"content-"));
        let is_name =
            (1..=70).contains(&name.len()) && name.iter().all(|b| b.is_ascii_graphic() && *b != b'"');
        if other.is_none() && begins_part && is_name {
            other = Some(name);
        }
    }
    let header = [b"Content-Type: ", kind.as_slice(), b"; boundary=\"", other?, b"\"\n"].concat();
    // Before the empty line, whose line end is one byte or two.
    let line_end = if mail.get(..body)?.ends_with(b"\r\n") { 2 } else { 1 };
    Some((body - line_end, header))
}

/// `From sender date`, the separator of mbox files, is no header.
fn without_mbox_line<'a>(raw: &'a [u8], problems: &mut Problems) -> Cow<'a, [u8]> {
    if raw.starts_with(b"From ") || raw.starts_with(b">From ") {
        problems.note("begins with an mbox separator");
        return Cow::Borrowed(raw.get(line_end(raw, 0)..).unwrap_or_default());
    }
    Cow::Borrowed(raw)
}

fn inserted<'a>(mail: &[u8], at: usize, what: &[u8]) -> Cow<'a, [u8]> {
    let (before, behind) = mail.split_at_checked(at).unwrap_or((mail, &[]));
    Cow::Owned([before, what, behind].concat())
}
