//! Whose words each line of a mail's text is.
//!
//! Mail programs mark what they quote, but each in its own way, and people type above, below and between. The text
//! is read once, line by line (`walk`): quote prefixes (`line`), «… написал(а):» and От/Отправлено/Тема
//! (`reply_header`), forward markers (`forward`). What is left as one writer's words is then searched for a
//! signature (`signature`) and footers (`footer`); a quoted question list is searched for answers typed into it
//! (`answers`), but one of a letter that we send by ourselves is known word for word (`our_letters`). In doubt a line is the writer's own: a needless question costs more than a needless line.
//!
//! Every step looks at a bounded number of lines and at a bounded head of each, so the time is linear in the length.

mod answers;
mod contact;
mod footer;
mod forward;
mod line;
mod names;
mod one_line;
mod our_letters;
mod reply_header;
mod signature;
mod walk;

#[cfg(test)]
mod tests;

use super::{Mailbox, Segment, SegmentKind, Text};
pub(crate) use contact::is_of_register;
pub use our_letters::{OurLetters, VARIABLE};

/// Splits `full` (plain text; HTML already turned to text, with `> ` for each blockquote) into consecutive
/// segments of whole lines that cover it without gaps. Blank lines belong to what stands above them.
#[must_use]
pub fn split(full: &str) -> Vec<Segment> {
    split_by(full, false, None)
}

/// A text that may have a letter of ours in it, [`split`], and laid out in lines where a program has put that on one; `None` where it
/// has none.
#[must_use]
pub(super) fn split_knowing(full: &str, letters: &OurLetters, is_forward: bool) -> Option<Text> {
    letters.may_be_in(full).then(|| {
        let full = letters.lay_out(full).unwrap_or_else(|| full.to_owned());
        Text { segments: split_by(&full, is_forward, Some(letters)), full }
    })
}

/// [`split`] of a mail that is known to be a forward: the words above its first header block never make it a reply.
#[must_use]
pub(super) fn split_forward(full: &str) -> Vec<Segment> {
    split_by(full, true, None)
}

/// [`split`] of a text of which nothing may go on that is perhaps quoted: no answers are looked for within a quote.
#[must_use]
pub(super) fn split_marked(full: &str) -> Vec<Segment> {
    let mut lines = line::read(full);
    walk::assign_marked(&mut lines);
    segments(&lines, full)
}

fn split_by(full: &str, is_forward: bool, letters: Option<&OurLetters>) -> Vec<Segment> {
    let mut lines = line::read(full);
    walk::assign(&mut lines, is_forward, letters);
    segments(&lines, full)
}

/// Lines of one kind that follow each other, joined.
fn segments(lines: &[line::Line<'_>], full: &str) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for line in lines {
        match segments.last_mut() {
            Some(last) if last.kind == line.kind => {}
            Some(last) => {
                last.range.end = line.start;
                segments.push(Segment { kind: line.kind, range: line.start..full.len() });
            }
            None => segments.push(Segment { kind: line.kind, range: 0..full.len() }),
        }
    }
    if segments.is_empty() && !full.is_empty() {
        segments.push(Segment { kind: SegmentKind::Own, range: 0..full.len() });
    }
    segments
}

/// Who wrote the mail that is forwarded in `text`: named in the lines that stand between the writer's own words and the
/// forwarded ones.
pub(super) fn forwarded_author(text: &Text) -> Option<Mailbox> {
    headers(text)?.find_map(forward::author)
}

/// The line that names him, with or without an address.
pub(super) fn forwarded_author_line(text: &Text) -> Option<&str> {
    headers(text)?.find_map(forward::author_line)
}

/// What may hold the header of the forwarded mail.
fn headers(text: &Text) -> Option<impl Iterator<Item = &str>> {
    let first = text.segments.iter().position(|segment| segment.kind == SegmentKind::Forwarded)?;
    let before = first.checked_sub(1).and_then(|before| text.segments.get(before));
    let header = before.filter(|segment| segment.kind == SegmentKind::Attribution);
    // A header block is a part of what it stands over where nothing marks it.
    let segments = header.into_iter().chain(text.segments.get(first));
    Some(segments.filter_map(|segment| text.full.get(segment.range.clone())))
}
