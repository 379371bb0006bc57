//! The parts of a mail, each to where it belongs: the text that a person would read, or the attachments.

mod forms;
mod forwarded;
mod invitation;

use super::attachment::{is_picture, role, role_outside_content};
use super::digests::Digests;
use super::files::{AttachedFile, Content};
use super::part::{charset_of, content_id, file_name, html_charset, is_file, media_type, raw_header};
use super::problems::Problems;
use super::{
    Attachment, AttachmentRole, SegmentKind, Tap, Text, charset, html, own_text, parameter, picture_mark,
    plain, tnef, transfer,
};
use mail_parser::{Encoding, HeaderName, MessagePart, MessageRef, PartFlags, PartKind};
use picture_mark::Placed;
use std::ops::Range;

/// Bytes of text that are shown of one mail.
const TEXT_LIMIT: usize = 1 << 20;
/// Decoded bytes of a plain part that are looked at: any charset fits the limit into this.
const PLAIN_LIMIT: usize = 2 * TEXT_LIMIT;
/// Decoded bytes of HTML that are looked at.
const HTML_LIMIT: usize = 4 * TEXT_LIMIT;
/// How deep we follow the nesting of parts; the library's own limit is the same.
pub(super) const MAX_DEPTH: usize = 32;

/// What a message has.
pub(super) struct Contents {
    pub(super) text: Text,
    pub(super) attachments: Vec<Attachment>,
    pub(super) tap: Option<Tap>,
    /// For the attachments that are not whole here.
    pub(super) digests: Digests,
}

/// Where in the mail an encoded body stands; `None` if all bytes of the mail are here, or that cannot be told.
pub(super) type Origin<'o> = &'o dyn Fn(&[u8]) -> Option<Range<u64>>;

/// The text and the attachments of a message, with their SHA-256 if that is `digested`.
pub(super) fn read(
    message: MessageRef<'_>,
    origin: Origin<'_>,
    digested: bool,
    problems: &mut Problems,
) -> Contents {
    let mut collector = Collector { digested, ..Collector::new(origin, problems) };
    collector.part(message.root_part(), Place { first: true, shown: true, depth: 0 });
    let (digests, tap) = (std::mem::take(&mut collector.digests), collector.tap);
    let (text, attachments) = collector.finish();
    Contents { text, attachments, tap, digests }
}

/// The files of a message, without signatures that hold for that very mail only.
pub(super) fn files(message: MessageRef<'_>, origin: Origin<'_>) -> Vec<AttachedFile> {
    let mut problems = Problems::default();
    let mut collector = Collector { files: Some(Vec::new()), ..Collector::new(origin, &mut problems) };
    collector.part(message.root_part(), Place { first: true, shown: true, depth: 0 });
    let files = collector.files.unwrap_or_default();
    files.into_iter().filter(|file| !file.media_type.ends_with("-signature")).collect()
}

/// Where a part stands.
#[derive(Clone, Copy)]
struct Place {
    /// First of its multipart, or the only part.
    first: bool,
    /// Whether its text is to be read, or another form of it is.
    shown: bool,
    depth: usize,
}

struct Found {
    attachment: Attachment,
    content_id: Option<String>,
}

struct Collector<'p> {
    text: String,
    references: Vec<String>,
    found: Vec<Found>,
    /// Their SHA-256 is wanted.
    digested: bool,
    /// The attachments with where their bytes are, if that is wanted.
    files: Option<Vec<AttachedFile>>,
    /// Inside a form of the text: what it has inside is not compared once more, so that nesting costs no more than its bytes.
    in_form: bool,
    /// Inside a report or an envelope: what is attached there was made by mail systems.
    by_system: bool,
    /// Inside a mail that came encoded and is not whole here.
    cut: bool,
    origin: Origin<'p>,
    digests: Digests,
    tap: Option<Tap>,
    /// The words that stand in a calendar instead of the text.
    comment: Option<String>,
    problems: &'p mut Problems,
}

impl<'p> Collector<'p> {
    fn new(origin: Origin<'p>, problems: &'p mut Problems) -> Self {
        Self {
            text: String::new(),
            references: Vec::new(),
            found: Vec::new(),
            digested: false,
            files: None,
            in_form: false,
            by_system: false,
            cut: false,
            origin,
            digests: Digests::default(),
            tap: None,
            comment: None,
            problems,
        }
    }

    /// Where a part's body stands in the mail, and how many bytes of it are not here, if some are not.
    fn left_out(&self, part: MessagePart<'_>) -> Option<(Range<u64>, u64)> {
        let range = (self.origin)(part.raw_body())?;
        let left_out = (range.end - range.start).checked_sub(part.raw_body().len() as u64)?;
        (left_out > 0).then_some((range, left_out))
    }

    fn part(&mut self, part: MessagePart<'_>, place: Place) {
        let flags = part.flags();
        if flags.intersects(PartFlags::LIMIT_REACHED | PartFlags::NESTING_LIMIT) || place.depth > MAX_DEPTH {
            self.problems.note("too many parts, or nested too deep: the rest is not shown");
        }
        if place.depth > MAX_DEPTH {
            return;
        }
        match part.kind() {
            PartKind::Multipart => self.multipart(part, place),
            PartKind::Message(nested) => {
                self.attach(part);
                if !self.by_system {
                    if place.shown {
                        self.push(&forwarded::header(nested));
                    }
                    let outer = self.cut;
                    self.cut |= part.encoding() != Encoding::None && self.left_out(part).is_some();
                    // What somebody else tapped is passed on here.
                    let (tap, comment) = (self.tap, self.comment.take());
                    self.part(nested.root_part(), Place { first: true, depth: place.depth + 1, ..place });
                    (self.cut, self.tap, self.comment) = (outer, tap, comment);
                }
            }
            PartKind::Text | PartKind::Html if is_body(part, place) => {
                if place.shown {
                    let text = self.render(part);
                    self.push(&text);
                }
            }
            PartKind::Text if self.is_only_text(part, place) => {
                let text = self.render(part);
                self.push(&text);
                self.attach(part);
            }
            PartKind::Text | PartKind::Html | PartKind::Binary | PartKind::InlineBinary => {
                if place.shown || !is_other_form(part) {
                    self.attach(part);
                }
            }
        }
    }

    /// Whether a text file is shown in its mail and nothing has been said before it: it is a file, and the writer's words.
    fn is_only_text(&self, part: MessagePart<'_>, place: Place) -> bool {
        let shown = part.content_disposition().is_some_and(|disposition| disposition.is_inline());
        shown && place.shown && self.text.is_empty() && media_type(part) == "text/plain"
    }

    fn multipart(&mut self, part: MessagePart<'_>, place: Place) {
        let depth = place.depth + 1;
        let kind = part.content_type().and_then(|kind| kind.subtype()).unwrap_or_default();
        if part.flags().contains(PartFlags::UNTERMINATED) {
            self.problems.note("a multipart has no end: the mail may be cut off");
        }
        match kind {
            "alternative" => self.alternative(part, place),
            "encrypted" => {
                self.problems.note("the mail is encrypted: its text cannot be read");
                self.by_system = true;
                self.children(part, |_| Place { first: false, shown: false, depth });
            }
            "report" => {
                let outer = std::mem::replace(&mut self.by_system, true);
                self.children(part, |nth| Place { first: nth == 0, shown: place.shown && nth == 0, depth });
                self.by_system = outer;
            }
            "related" | "signed" => {
                let root = if kind == "related" { forms::root(part) } else { 0 };
                self.children(part, |nth| Place {
                    first: nth == root,
                    shown: place.shown && nth == root,
                    depth,
                });
            }
            _ => self.children(part, |nth| Place { first: nth == 0, shown: place.shown, depth }),
        }
    }

    fn children(&mut self, part: MessagePart<'_>, place: impl Fn(usize) -> Place) {
        for (nth, child) in part.children().enumerate() {
            self.part(child, place(nth));
        }
    }

    /// Several forms of one text: the plain one unless it says nothing, or less than the HTML one, else that.
    fn alternative(&mut self, part: MessagePart<'_>, place: Place) {
        let depth = place.depth + 1;
        let body = Place { first: true, shown: true, depth };
        let at = |nth: Option<usize>| nth.and_then(|nth| part.children().nth(nth));
        let plain =
            part.children().position(|child| matches!(child.kind(), PartKind::Text) && is_body(child, body));
        let rich = part.children().rposition(|child| has_html(child, depth));
        let begins = at(plain).map(|child| {
            let (bytes, _) = transfer::decode_prefix(&child, 4096);
            charset::decode(&bytes, charset_of(child).as_deref()).text
        });
        let usable = begins.as_deref().is_some_and(|text| !plain::is_stub(text));
        let lacks_words = match (&begins, at(plain), at(rich)) {
            (Some(begins), Some(plain), Some(rich)) if usable && place.shown && !self.in_form => {
                self.plain_lacks_words(begins, plain, rich, body)
            }
            _ => false,
        };
        let chosen = if usable && !lacks_words { plain } else { rich.or(plain).or(Some(0)) };
        let outer = std::mem::replace(&mut self.in_form, true);
        self.children(part, |nth| Place { first: true, shown: place.shown && Some(nth) == chosen, depth });
        self.in_form = outer;
    }

    /// Whether the rich form has words of the writer that the plain one, which begins so, lacks.
    fn plain_lacks_words(
        &self,
        begins: &str,
        plain: MessagePart<'_>,
        rich: MessagePart<'_>,
        place: Place,
    ) -> bool {
        // Most plain texts show at once that they have words enough.
        let begun = Text { segments: own_text::split(begins), full: begins.to_owned() };
        if !forms::is_short(&begun) {
            return false;
        }
        let plain = self.preview(plain, place);
        forms::is_short(&plain) && forms::lacks_words(&plain, &self.preview(rich, place))
    }

    /// The text of a part alone.
    fn preview(&self, part: MessagePart<'_>, place: Place) -> Text {
        let mut problems = Problems::default();
        let mut collector = Collector { in_form: true, ..Collector::new(self.origin, &mut problems) };
        collector.part(part, place);
        collector.finish().0
    }

    /// The text of a text part.
    fn render(&mut self, part: MessagePart<'_>) -> String {
        let room = TEXT_LIMIT.saturating_sub(self.text.len());
        if room == 0 {
            self.problems.note("the text is longer than 1 MB: the rest is not shown");
            return String::new();
        }
        if !part.has_known_transfer_encoding() {
            self.problems.note("unknown Content-Transfer-Encoding");
        }
        let is_html = matches!(part.kind(), PartKind::Html);
        let (bytes, mut cut) = transfer::decode_prefix(&part, if is_html { HTML_LIMIT } else { PLAIN_LIMIT });
        cut |= self.left_out(part).is_some();
        let label = charset_of(part).or_else(|| if is_html { html_charset(&bytes) } else { None });
        let decoded = charset::decode(&bytes, label.as_deref());
        if let Some(problem) = decoded.problem {
            self.problems.note(&problem);
        }
        if decoded.text.contains('\u{fffd}') {
            self.problems.note("some characters of the text could not be read");
        }
        let mut text = if is_html {
            html::to_text(&decoded.text, room, &mut self.references)
        } else {
            let text = plain::tidy(&decoded.text);
            let is = |name: &str, value: &str| {
                raw_header(part, HeaderName::ContentType)
                    .and_then(|header| parameter::get(header, name))
                    .is_some_and(|found| found.eq_ignore_ascii_case(value))
            };
            let text = if is("format", "flowed") { plain::unflow(&text, is("delsp", "yes")) } else { text };
            plain::mark_pictures(text, &mut self.references)
        };
        if text.len() > room {
            text.truncate(text.floor_char_boundary(room));
            cut = true;
        }
        if cut {
            self.problems.note("the text is longer than 1 MB: the rest is not shown");
        }
        text
    }

    /// Joins another text to what is there already. The first keeps its empty lines: places in it are those of the mail.
    fn push(&mut self, text: &str) {
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.text.push_str(text);
        } else {
            self.text.push_str("\n\n");
            self.text.push_str(text.trim_start_matches('\n'));
        }
    }

    /// What the writer says in another place than the text, if the text has it not: above his signature.
    fn put_on_top(&mut self, words: &str) {
        let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let fits = self.text.len() + words.len() + 2 <= TEXT_LIMIT;
        if fits && !one_line(&self.text).contains(&one_line(words)) {
            self.text.insert_str(0, &format!("{words}\n\n"));
        }
    }

    fn attach(&mut self, part: MessagePart<'_>) {
        let media_type = media_type(part);
        let name = file_name(part);
        let (mut size, sha256) = if self.digested {
            let (size, sha256) = transfer::digest(&part);
            (size, Some(sha256))
        } else {
            (transfer::size(&part), None)
        };
        if let Some((range, left_out)) = self.left_out(part) {
            // About as much: what it is to us must not depend on how much of it is here.
            size += left_out / 4 * 3;
            self.digests.add(self.found.len(), range, part.encoding());
            if matches!(part.kind(), PartKind::Message(_)) && part.encoding() != Encoding::None {
                self.problems
                    .note("a mail came encoded in this one: sizes of files in it may not be told right");
            }
        }
        if let Some(files) = &mut self.files {
            let content = match (self.origin)(part.raw_body()) {
                Some(range) => Some(Content::There(range, part.encoding())),
                // The mail that it came in is a file, too, and whole.
                None if self.cut => None,
                None => Some(Content::Here(transfer::decode_prefix(&part, part.raw_body().len()).0)),
            };
            let file = |content| AttachedFile { name: name.clone(), media_type: media_type.clone(), content };
            files.extend(content.map(file));
        }
        let inline = part.is_inline();
        let mut role = role(name.as_deref(), &media_type, size, inline);
        if self.by_system {
            role = AttachmentRole::Machinery;
        }
        match media_type.as_str() {
            "text/vnd.google.email-reaction+json" => self.tap = Some(Tap::Reaction),
            "text/calendar" if invitation::is_reply(part) => {
                self.tap = Some(Tap::Invitation);
                let comment = invitation::comment(part).filter(|_| !self.by_system);
                self.comment = comment.or(self.comment.take());
            }
            of_outlook if tnef::is_winmail(name.as_deref(), of_outlook) => {
                self.problems.note("winmail.dat: Outlook packed text or files into it that cannot be read");
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
                self.problems.note("the mail is an S/MIME envelope: its text cannot be read");
            }
            _ => {}
        }
        let content_id = content_id(part);
        self.found.push(Found {
            attachment: Attachment { name, media_type, size, sha256, inline, role },
            content_id,
        });
    }

    /// The finished text; pictures are judged by where in it they are shown.
    fn finish(mut self) -> (Text, Vec<Attachment>) {
        if let Some(comment) = self.comment.take() {
            self.put_on_top(&comment);
        }
        let Placed { text: mut full, offsets } = picture_mark::take_out(self.text, &self.references);
        full.truncate(full.trim_end().len());
        let text = Text { segments: own_text::split(&full), full };
        let attachments = self.found.into_iter().map(|Found { mut attachment, content_id }| {
            let offset = [content_id.as_ref(), attachment.name.as_ref()]
                .into_iter()
                .flatten()
                .find_map(|reference| offsets.get(reference));
            if let Some(&offset) = offset
                && is_picture(attachment.name.as_deref(), &attachment.media_type)
            {
                attachment.inline = true;
                attachment.role = match kind_before(&text, offset) {
                    SegmentKind::Own | SegmentKind::Forwarded => {
                        role(attachment.name.as_deref(), &attachment.media_type, attachment.size, true)
                    }
                    SegmentKind::Signature | SegmentKind::Disclaimer => {
                        role_outside_content(attachment.role, attachment.size, false)
                    }
                    SegmentKind::Quote | SegmentKind::Attribution => {
                        role_outside_content(attachment.role, attachment.size, true)
                    }
                };
            }
            attachment
        });
        let attachments = attachments.collect();
        (text, attachments)
    }
}

/// Whose words stand right before `offset`: a picture belongs to what it follows, or, where it comes first under a
/// line that only says who wrote, to what that line announces. What comes before all words is the writer's.
fn kind_before(text: &Text, offset: usize) -> SegmentKind {
    if text.full.get(..offset).is_some_and(|before| before.trim().is_empty()) {
        return SegmentKind::Own;
    }
    let before = offset.saturating_sub(1);
    let at = text.segments.iter().position(|segment| segment.range.contains(&before));
    let kind = |at: usize| text.segments.get(at).map(|segment| segment.kind);
    match at.and_then(kind) {
        Some(SegmentKind::Attribution) => at.and_then(|at| kind(at + 1)).unwrap_or(SegmentKind::Quote),
        Some(kind) => kind,
        None => text.segments.last().map_or(SegmentKind::Own, |segment| segment.kind),
    }
}

/// Whether a text part is the text of the mail rather than a file.
fn is_body(part: MessagePart<'_>, place: Place) -> bool {
    let kind = media_type(part);
    if !matches!(kind.as_str(), "text/plain" | "text/html") && !kind.starts_with("multipart/") {
        return false;
    }
    !is_file(part) && (place.first || file_name(part).is_none())
}

/// Forms of the text that only some programs show.
fn is_other_form(part: MessagePart<'_>) -> bool {
    let kind = media_type(part);
    matches!(
        kind.as_str(),
        "text/x-amp-html" | "text/watch-html" | "text/enriched" | "text/richtext" | "text/rtf"
    ) && file_name(part).is_none()
}

/// Whether a part is HTML or has it inside.
fn has_html(part: MessagePart<'_>, depth: usize) -> bool {
    match part.kind() {
        PartKind::Html => true,
        PartKind::Multipart => depth < MAX_DEPTH && part.children().any(|child| has_html(child, depth + 1)),
        PartKind::Text | PartKind::Binary | PartKind::InlineBinary | PartKind::Message(_) => false,
    }
}
