//! Which of the parts that stand for one text has it.

use super::super::part::{bare_id, content_id, is_file, raw_header};
use super::super::{SegmentKind, Text, parameter};
use mail_parser::{HeaderName, MessagePart, PartKind};
use std::collections::HashSet;

/// With so many words of the writer's own a plain text is taken for whole.
const ENOUGH: usize = 30;

/// The words of a text in lower case, without marks, addresses and single letters.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.len() > 1 && word.chars().all(|c| c.is_alphanumeric() || c == '-'))
        .map(str::to_lowercase)
}

/// The words in the segments of `wanted` kinds.
fn words_of<'t>(
    text: &'t Text,
    wanted: impl Fn(SegmentKind) -> bool + 't,
) -> impl Iterator<Item = String> + 't {
    text.segments
        .iter()
        .filter(move |segment| wanted(segment.kind))
        .filter_map(|segment| text.full.get(segment.range.clone()))
        .flat_map(words)
}

/// Whether a text has so few words of the writer's own that others may be missing.
pub(super) fn is_short(text: &Text) -> bool {
    words_of(text, SegmentKind::is_content).nth(ENOUGH).is_none()
}

/// Whether a program has put words of the writer into the rich form only: nothing into the plain one but what he answers, or but what
/// he has typed above it.
pub(super) fn lacks_words(plain: &Text, rich: &Text) -> bool {
    let known: HashSet<String> = words(&plain.full).collect();
    let is_empty = words_of(plain, SegmentKind::is_content).next().is_none();
    // Answers within what both quote.
    let quotes = plain.segments.iter().any(|segment| segment.kind == SegmentKind::Quote);
    let wanted = |kind: SegmentKind| kind.is_content() || quotes && kind == SegmentKind::Quote;
    let lacking = words_of(rich, wanted).filter(|word| !known.contains(word));
    // One word may come of a picture's name or of a line that is broken otherwise.
    lacking.take(2).count() >= if is_empty { 1 } else { 2 }
}

/// The part of a multipart/related that the others belong to (RFC 2387): the one that it names, else its first text.
pub(super) fn root(part: MessagePart<'_>) -> usize {
    let start = raw_header(part, HeaderName::ContentType)
        .and_then(|header| parameter::get(header, "start"))
        .map(|start| bare_id(&start));
    let is_start = |child: MessagePart<'_>| {
        let named = content_id(child);
        named.is_some() && named == start
    };
    let is_text = |child: MessagePart<'_>| {
        !is_file(child) && matches!(child.kind(), PartKind::Text | PartKind::Html | PartKind::Multipart)
    };
    let named = part.children().position(is_start);
    named.or_else(|| part.children().position(is_text)).unwrap_or(0)
}
