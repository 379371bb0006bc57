//! Damage that would lose the text of a mail, undone before it is parsed.

use super::super::fields::{self, line_end};
use super::super::problems::Problems;
use std::borrow::Cow;

/// The mail as it should have come; borrowed where nothing is wrong with it.
pub(super) fn repaired<'a>(raw: &'a [u8], problems: &mut Problems) -> Cow<'a, [u8]> {
    let mut mail = without_mbox_line(raw, problems);
    if mail.contains(&b'\r') && !mail.contains(&b'\n') {
        problems.note("lines end with bare carriage returns");
        mail = Cow::Owned(mail.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect());
    }
    let block = fields::split(&mail);
    let text_at = match (block.fields.is_empty(), block.body, block.broken_line) {
        (true, Some(_), None) => return mail, // begins with an empty line: a body and no header
        (true, _, _) if !mail.is_empty() => Some(0),
        (false, None, Some(line)) => Some(line),
        _ => None,
    };
    if let Some(at) = text_at {
        problems.note(if at == 0 { "there is no header" } else { "no empty line ends the header" });
        mail = inserted(&mail, at, b"\n");
    }
    mail
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
