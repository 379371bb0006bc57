//! Bytes to [`Mail`]: the one entry of this module's readers.
//!
//! mail-parser finds the parts and undoes their transfer encoding. Headers, charsets and addresses are read here, from
//! the raw bytes: the library takes wrong charset labels at their word, and its reading of From is only checked against.
//! Nothing recurses with the mail's nesting beyond a fixed depth, so any thread's stack is enough.

mod repair;

use super::address_list::{self, LibraryFrom};
use super::body::{self, Contents, MAX_DEPTH, Origin};
use super::digests::Digests;
use super::encoded_word::{decode, one_line, unfold};
use super::fields::{self, HeaderBlock};
use super::files::AttachedFile;
use super::problems::Problems;
use super::slim::Slim;
use super::{Author, Mail, Mailbox, MessageId, Text, charset, plain, report};
use chrono::{DateTime, Utc};
use mail_parser::{HeaderForm, HeaderName, Message, MessageParser};
use repair::Repaired;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

/// Parts of one mail that are looked at.
const MAX_PARTS: usize = 500;
/// Bytes of a Subject header that are decoded, and characters that are kept of it.
const MAX_SUBJECT: (usize, usize) = (64 * 1024, 1000);
/// Ids of References that are kept, from its end.
const MAX_REFERENCES: usize = 100;
/// Bytes of text that are kept of a mail that could not be parsed.
const MAX_FALLBACK: usize = 1 << 20;

/// The library reads what MIME needs, no other header.
static PARSER: LazyLock<MessageParser> = LazyLock::new(|| {
    use HeaderName as Name;
    let unread = [
        Name::Subject,
        Name::Comments,
        Name::ContentDescription,
        Name::ContentLocation,
        Name::ContentLanguage,
        Name::ContentId,
        Name::From,
        Name::To,
        Name::Cc,
        Name::Bcc,
        Name::ReplyTo,
        Name::Sender,
        Name::ResentTo,
        Name::ResentFrom,
        Name::ResentBcc,
        Name::ResentCc,
        Name::ResentSender,
        Name::ListArchive,
        Name::ListHelp,
        Name::ListId,
        Name::ListOwner,
        Name::ListPost,
        Name::ListSubscribe,
        Name::ListUnsubscribe,
        Name::Date,
        Name::ResentDate,
        Name::MessageId,
        Name::References,
        Name::InReplyTo,
        Name::ReturnPath,
        Name::ResentMessageId,
        Name::Keywords,
        Name::Received,
    ];
    let parser = MessageParser::new()
        .unknown_headers(HeaderForm::Ignore)
        .max_depth(MAX_DEPTH)
        .max_parts(MAX_PARTS)
        .max_encoded_nesting(2);
    unread.into_iter().fold(parser, |parser, name| parser.header(name, HeaderForm::Ignore))
});

/// Reads a mail from its raw bytes, all but the SHA-256 of its attachments. Never fails and never panics: what could not be read is
/// in [`Mail::problems`], and everything a sender controls is bounded (500 parts, 1,000 headers, 500 addresses a header, 1 MB of text).
#[must_use]
pub fn parse(raw: &[u8]) -> Mail {
    guarded(raw, || read(raw, None)).0
}

/// Reads a mail of which bytes may be left out, as [`parse`] does, with the SHA-256 of its attachments. What it has of those that are
/// not whole is put right by [`Digests`].
#[must_use]
pub fn parse_slim(slim: &Slim) -> (Mail, Digests) {
    guarded(&slim.bytes, || read(&slim.bytes, Some(slim)))
}

/// The files that came with a mail; `None` if that cannot be told. Of a mail forwarded as a file, the file and what is attached
/// to it.
#[must_use]
pub fn files(slim: &Slim) -> Option<Vec<AttachedFile>> {
    if slim.full {
        return None;
    }
    let found = || {
        let repaired = repair::repaired(&slim.bytes, &mut Problems::default());
        let message = PARSER.parse(&*repaired.bytes)?;
        Some(body::files(message.root(), &origin(&repaired, slim)))
    };
    catch_unwind(AssertUnwindSafe(found)).ok().flatten()
}

/// Where in the mail the bytes of a part stand; `None` for what came encoded: the library has a copy of it elsewhere.
fn origin<'a>(repaired: &'a Repaired<'_>, slim: &'a Slim) -> impl Fn(&[u8]) -> Option<Range<u64>> + 'a {
    |body| {
        let at = body.as_ptr().addr().checked_sub(repaired.bytes.as_ptr().addr())?;
        let end = at.checked_add(body.len()).filter(|end| *end <= repaired.bytes.len())?;
        Some(slim.origin(repaired.origin(at)..repaired.origin(end)))
    }
}

/// Runs `read`; should a panic hide in it, the headers and the raw text are better than nothing.
fn guarded(raw: &[u8], read: impl FnOnce() -> (Mail, Digests)) -> (Mail, Digests) {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| (unparsed(raw), Digests::default()))
}

fn read(raw: &[u8], slim: Option<&Slim>) -> (Mail, Digests) {
    let mut problems = Problems::default();
    if slim.is_some_and(|slim| slim.full) {
        problems.note(
            "too large to tell all its parts: attachments may be missing, or their sizes and digests wrong",
        );
    }
    let repaired = repair::repaired(raw, &mut problems);
    let bytes = &*repaired.bytes;
    let block = fields::split(bytes);
    let Some(message) = PARSER.parse(bytes) else {
        let text = if bytes.is_empty() { "the mail is empty" } else { "the mail has no structure" };
        problems.note(text);
        return (assemble(&block, &LibraryFrom::default(), problems), Digests::default());
    };
    let nowhere = |_: &[u8]| None;
    let here = slim.map(|slim| origin(&repaired, slim));
    let origin: Origin<'_> = here.as_ref().map_or(&nowhere, |here| here);
    let Contents { text, attachments, tap, digests } =
        body::read(message.root(), origin, slim.is_some(), &mut problems);
    let report = report::read(message.root(), &block, &text.full);
    let mail = assemble(&block, &library_from(&message, &block), problems);
    (Mail { text, attachments, report, tap, ..mail }, digests)
}

/// What the headers alone give.
fn assemble(block: &HeaderBlock<'_>, library: &LibraryFrom, mut problems: Problems) -> Mail {
    if block.cut {
        problems.note("more than 1,000 header fields: the rest is not looked at");
    }
    let author = address_list::author(block, library);
    if let Author::Doubtful { why, .. } = &author {
        problems.note(&format!("doubtful sender: {why}"));
    }
    let mail = Mail {
        message_id: message_id(block, &mut problems),
        in_reply_to: references(block, "in-reply-to"),
        references: references(block, "references"),
        subject: subject(block, &mut problems),
        author,
        reply_to: mailboxes(block, &["reply-to"], &mut problems),
        to: mailboxes(block, &["to"], &mut problems),
        cc: mailboxes(block, &["cc"], &mut problems),
        resent: mailboxes(block, &["resent-to", "resent-cc"], &mut problems),
        date: date(block, &mut problems),
        text: Text::default(),
        attachments: Vec::new(),
        headers: block.to_header_fields(),
        report: None,
        tap: None,
        problems: Vec::new(),
    };
    Mail { problems: problems.into_vec(), ..mail }
}

fn unparsed(raw: &[u8]) -> Mail {
    let mut problems = Problems::default();
    problems.note("the mail could not be parsed: its raw text is shown");
    let block = fields::split(raw);
    let body = raw.get(block.body.unwrap_or_default()..).unwrap_or_default();
    let body = body.get(..MAX_FALLBACK).unwrap_or(body);
    let mut full = plain::tidy(&charset::decode_undeclared(body)).trim().to_owned();
    full.truncate(full.floor_char_boundary(MAX_FALLBACK));
    let text = Text { segments: super::own_text::split(&full), full };
    Mail { text, ..assemble(&block, &LibraryFrom::default(), problems) }
}

/// What the library sees in From. Two headers are enough to know that there are several, and nobody is beyond doubt in one that
/// is absurdly long: it would take ten times its size to read.
fn library_from(message: &Message<'_>, block: &HeaderBlock<'_>) -> LibraryFrom {
    let mut from = LibraryFrom::default();
    if block.all("from").any(|value| value.len() > address_list::MAX_FROM) {
        return from;
    }
    for header in message.headers().all(HeaderName::From).take(2) {
        from.headers += 1;
        let parsed = header.parse_as(HeaderForm::Addresses);
        let value = parsed.value();
        let addresses = value.as_address().into_iter().flat_map(|list| list.mailboxes().take(2));
        from.addresses.extend(addresses.map(|mailbox| mailbox.address().unwrap_or_default().to_owned()));
    }
    from
}

fn message_id(block: &HeaderBlock<'_>, problems: &mut Problems) -> Option<MessageId> {
    let mut headers = block.all("message-id");
    let first = headers.next()?;
    if headers.next().is_some() {
        problems.note("there are several Message-ID headers");
        return None;
    }
    let mut found = MessageId::all_in(first).into_iter();
    let id = found.next();
    if id.is_none() || found.next().is_some() {
        problems.note("the Message-ID cannot be read");
        return None;
    }
    id
}

fn references(block: &HeaderBlock<'_>, name: &str) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = block.all(name).flat_map(MessageId::all_in).collect();
    found.split_off(found.len().saturating_sub(MAX_REFERENCES))
}

fn subject(block: &HeaderBlock<'_>, problems: &mut Problems) -> String {
    let Some(value) = block.all("subject").next() else { return String::new() };
    let (bytes, chars) = MAX_SUBJECT;
    let (subject, cut) = one_line(&decode(&unfold(value.get(..bytes).unwrap_or(value))), chars);
    if cut || value.len() > bytes {
        problems.note("the subject is longer than 1,000 characters");
    }
    subject
}

fn mailboxes(block: &HeaderBlock<'_>, names: &[&str], problems: &mut Problems) -> Vec<Mailbox> {
    let list = address_list::parse(names.iter().flat_map(|name| block.all(name)));
    if list.cut {
        problems.note("more than 500 addresses, or 256 KB of them, in a header: the rest is not looked at");
    }
    list.mailboxes
}

fn date(block: &HeaderBlock<'_>, problems: &mut Problems) -> Option<DateTime<Utc>> {
    let value = block.all("date").next()?;
    let parsed = HeaderForm::Date.parse(value.get(..200).unwrap_or(value));
    let date = parsed
        .value()
        .as_datetime()
        .filter(mail_parser::DateTime::is_valid)
        .and_then(|date| DateTime::from_timestamp(date.to_timestamp(), 0));
    if date.is_none() {
        problems.note("the Date cannot be read");
    }
    date
}

#[cfg(test)]
mod tests;
