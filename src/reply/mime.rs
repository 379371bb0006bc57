//! The bytes of a letter: a mail that no program answers, that names the one it answers, and whose header holds nothing
//! but what [`HeaderText`], [`Address`] and [`MessageId`] let through.

use super::letter::Letter;
use crate::mail::{Address, AttachedFile, HeaderText, MessageId};
use chrono::{DateTime, Utc};
use data_encoding::BASE64;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0,
};
use lettre::message::{Attachment, Body, Mailbox, Message, MessageBuilder, MultiPart, SinglePart};

/// At most so many ids in References, the newest …
const MAX_REFERENCES: usize = 20;

/// … of at most so many bytes together: programs may make ids of any length, and the letter stays under 4 KB.
const MAX_REFERENCE_BYTES: usize = 640;

/// Lines of the text are at most this long; the breaks are soft (RFC 3676), so programs that can show whole paragraphs.
const LINE_CHARS: usize = 76;

/// Names of files that are sent on are cut to so many characters.
const MAX_FILE_NAME: usize = 150;

/// What a letter's header says.
#[derive(Clone, Debug)]
pub struct Headers<'a> {
    /// The support's display name.
    pub from_name: &'a HeaderText,
    /// The support's address.
    pub from: &'a Address,
    /// The client's address; the name he gave himself is not repeated.
    pub to: &'a Address,
    /// Where the answer goes: the address with the token.
    pub reply_to: &'a Address,
    /// The Message-ID with the token.
    pub message_id: &'a MessageId,
    /// The Message-ID of the mail that it answers.
    pub in_reply_to: Option<&'a MessageId>,
    /// The References of that mail, oldest first.
    pub references: &'a [MessageId],
    /// What makes us know our own mail again (X-Loop).
    pub loop_id: &'a HeaderText,
    /// Now.
    pub date: DateTime<Utc>,
}

/// Why there are no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MimeError {
    /// An address that the SMTP library does not take.
    #[error("the address {0} cannot be written to: {1}")]
    Address(Address, String),
    /// The library refuses to build it.
    #[error("the letter cannot be built: {0}")]
    Build(String),
}

/// Builds the mail, CRLF line ends, all ASCII.
///
/// # Errors
/// [`MimeError`] for an address whose domain cannot exist.
pub fn build(headers: &Headers<'_>, letter: &Letter) -> Result<Vec<u8>, MimeError> {
    let message = automatic(head(headers, &letter.subject)?, "auto-replied", headers.loop_id);
    finish(message, "text/plain; charset=utf-8; format=flowed", flow(&letter.text))
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The file of this number, from 0, by way of [`Base64Lines`].
    File(usize),
}

/// Builds an agent's answer as the client gets it: a person wrote it, and nothing in it says otherwise. CRLF line ends, all
/// ASCII. In pieces: files may be large.
///
/// # Errors
/// [`MimeError`] for an address whose domain cannot exist.
pub fn build_answer(
    headers: &Headers<'_>,
    subject: &HeaderText,
    text: &str,
    files: &[AttachedFile],
) -> Result<Vec<Piece>, MimeError> {
    let message = raw(head(headers, subject)?, X_LOOP, plain_words(headers.loop_id));
    let plain = "text/plain; charset=utf-8; format=flowed";
    if files.is_empty() {
        return Ok(vec![Piece::Bytes(finish(message, plain, flow(text))?)]);
    }
    let fail = |error: &dyn std::fmt::Display| MimeError::Build(error.to_string());
    let text = SinglePart::builder()
        .header(ContentType::parse(plain).map_err(|error| fail(&error))?)
        .body(Body::new(flow(text)));
    let parts = MultiPart::mixed().singlepart(text);
    let boundary = parts.boundary();
    let mut bytes = message.multipart(parts).map_err(|error| fail(&error))?.formatted();
    // The files go before the end of it.
    let end = format!("--{boundary}--\r\n");
    bytes.truncate(bytes.len().saturating_sub(end.len()));
    let mut pieces = Vec::with_capacity(2 * files.len() + 1);
    for (number, file) in files.iter().enumerate() {
        let kind = ContentType::parse(&file.media_type);
        let kind = kind.or_else(|_| ContentType::parse("application/octet-stream"));
        let name = HeaderText::new(file.name.as_deref().unwrap_or_default(), MAX_FILE_NAME);
        let name = if name.as_str().is_empty() { format!("file{}", number + 1) } else { plain_words(&name) };
        let nothing = Body::dangerous_pre_encoded(Vec::new(), ContentTransferEncoding::Base64);
        let part = Attachment::new(name).body(nothing, kind.map_err(|error| fail(&error))?).formatted();
        bytes.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        bytes.extend_from_slice(part.strip_suffix(b"\r\n").unwrap_or(&part));
        pieces.extend([Piece::Bytes(std::mem::take(&mut bytes)), Piece::File(number)]);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(end.as_bytes());
    pieces.push(Piece::Bytes(bytes));
    Ok(pieces)
}

/// Bytes of a line of base64 (RFC 2045, section 6.8: at most 76 characters).
const LINE_BYTES: usize = 57;

/// Puts a file into base64 as it comes.
#[derive(Debug, Default)]
pub struct Base64Lines {
    /// What does not fill a line yet.
    rest: Vec<u8>,
    begun: bool,
}

impl Base64Lines {
    /// The lines that the next bytes fill.
    pub fn push(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let rest = self.rest.split_off(self.rest.len() / LINE_BYTES * LINE_BYTES);
        let whole = std::mem::replace(&mut self.rest, rest);
        self.lines(&whole)
    }

    /// The last line.
    pub fn finish(mut self) -> String {
        let rest = std::mem::take(&mut self.rest);
        self.lines(&rest)
    }

    fn lines(&mut self, bytes: &[u8]) -> String {
        let mut lines = String::with_capacity(bytes.len().div_ceil(LINE_BYTES) * 78);
        for line in bytes.chunks(LINE_BYTES) {
            if std::mem::replace(&mut self.begun, true) {
                lines.push_str("\r\n");
            }
            BASE64.encode_append(line, &mut lines);
        }
        lines
    }
}

/// Who writes to whom, and in answer to what.
fn head(headers: &Headers<'_>, subject: &HeaderText) -> Result<MessageBuilder, MimeError> {
    let mut message = Message::builder()
        .from(mailbox(Some(headers.from_name), headers.from)?)
        .to(mailbox(None, headers.to)?)
        .reply_to(mailbox(None, headers.reply_to)?)
        .subject(plain_words(subject))
        .message_id(Some(format!("<{}>", headers.message_id)))
        .date(headers.date.into());
    if let Some(id) = headers.in_reply_to {
        message = message.in_reply_to(format!("<{id}>"));
    }
    let references = references(headers);
    Ok(if references.is_empty() { message } else { message.references(references) })
}

/// What the header of a notice to one of us says. It answers nothing.
#[derive(Clone, Debug)]
pub struct NoticeHeaders<'a> {
    /// The support's display name.
    pub from_name: &'a HeaderText,
    /// The support's address.
    pub from: &'a Address,
    /// The agent's or the head's address.
    pub to: &'a Address,
    /// Where an answer goes; where there is none, none is wanted.
    pub reply_to: Option<&'a Address>,
    /// A Message-ID that nothing else has.
    pub message_id: &'a MessageId,
    /// What makes us know our own mail again (X-Loop).
    pub loop_id: &'a HeaderText,
    /// Now.
    pub date: DateTime<Utc>,
}

/// Builds a notice, CRLF line ends, all ASCII. The lines of `text` stay as they are: they are a table. `html` says the same for
/// programs that show it.
///
/// # Errors
/// [`MimeError`] for an address whose domain cannot exist.
pub fn build_notice(
    headers: &NoticeHeaders<'_>,
    subject: &HeaderText,
    text: &str,
    html: Option<&str>,
) -> Result<Vec<u8>, MimeError> {
    let mut message = Message::builder()
        .from(mailbox(Some(headers.from_name), headers.from)?)
        .to(mailbox(None, headers.to)?)
        .subject(plain_words(subject))
        .message_id(Some(format!("<{}>", headers.message_id)))
        .date(headers.date.into());
    if let Some(address) = headers.reply_to {
        message = message.reply_to(mailbox(None, address)?);
    }
    let message = automatic(message, "auto-generated", headers.loop_id);
    let text = text.replace('\n', "\r\n");
    match html {
        None => finish(message, "text/plain; charset=utf-8", text),
        Some(html) => message
            .multipart(MultiPart::alternative_plain_html(text, html.replace('\n', "\r\n")))
            .map(|message| message.formatted())
            .map_err(|error| MimeError::Build(error.to_string())),
    }
}

/// What tells every program that a machine wrote this (RFC 3834, section 5.2, and its older relatives).
fn automatic(message: MessageBuilder, how: &str, loop_id: &HeaderText) -> MessageBuilder {
    let message = raw(message, AUTO_SUBMITTED, how.to_owned());
    let message = raw(message, SUPPRESS, "All".to_owned());
    let message = raw(message, PRECEDENCE, "bulk".to_owned());
    raw(message, X_LOOP, plain_words(loop_id))
}

fn finish(message: MessageBuilder, content_type: &str, text: String) -> Result<Vec<u8>, MimeError> {
    let content_type =
        ContentType::parse(content_type).map_err(|error| MimeError::Build(error.to_string()))?;
    message
        .header(MIME_VERSION_1_0)
        .header(content_type)
        // 7bit, quoted-printable or base64, whatever is shortest and safe.
        .body(Body::new(text))
        .map(|message| message.formatted())
        .map_err(|error| MimeError::Build(error.to_string()))
}

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const SUPPRESS: HeaderName = HeaderName::new_from_ascii_str("X-Auto-Response-Suppress");
const PRECEDENCE: HeaderName = HeaderName::new_from_ascii_str("Precedence");
const X_LOOP: HeaderName = HeaderName::new_from_ascii_str("X-Loop");

fn raw(message: MessageBuilder, name: HeaderName, value: String) -> MessageBuilder {
    message.raw_header(HeaderValue::new(name, value))
}

fn mailbox(name: Option<&HeaderText>, address: &Address) -> Result<Mailbox, MimeError> {
    let email = address.as_str().parse().map_err(|error: lettre::address::AddressError| {
        MimeError::Address(address.clone(), error.to_string())
    })?;
    Ok(Mailbox::new(name.map(plain_words).filter(|name| !name.is_empty()), email))
}

/// The words as they are to be shown: what looks like an encoded word (RFC 2047) in them would be decoded by the reader's
/// program, and could hold what [`HeaderText`] keeps out.
fn plain_words(text: &HeaderText) -> String {
    text.as_str().replace("=?", "= ?")
}

/// The newest ids, from older ones to the answered mail's own.
fn references(headers: &Headers<'_>) -> String {
    let own = headers.in_reply_to.filter(|id| headers.references.last() != Some(id));
    let newest = own.into_iter().chain(headers.references.iter().rev()).take(MAX_REFERENCES);
    let mut bytes = 0;
    let mut kept: Vec<String> = newest
        .map(|id| format!("<{id}>"))
        .take_while(|id| {
            bytes += id.len() + 1;
            bytes <= MAX_REFERENCE_BYTES
        })
        .collect();
    kept.reverse();
    kept.join(" ")
}

/// Breaks paragraphs into lines with soft breaks (RFC 3676, section 4: a space before the line end).
fn flow(text: &str) -> String {
    let mut flowed = String::with_capacity(text.len() + 64);
    for paragraph in text.lines() {
        // The line before a signature is the one that ends in a space and does not flow.
        if paragraph == "--" {
            flowed.push_str("-- \r\n");
            continue;
        }
        let mut words = paragraph.split(' ');
        let mut line = words.next().unwrap_or_default().to_owned();
        let mut count = line.chars().count();
        for word in words {
            let length = word.chars().count();
            if count + 1 + length >= LINE_CHARS {
                push_line(&mut flowed, &line);
                flowed.push_str(" \r\n");
                line.clear();
                count = 0;
            } else {
                line.push(' ');
                count += 1;
            }
            line.push_str(word);
            count += length;
        }
        push_line(&mut flowed, line.trim_end());
        flowed.push_str("\r\n");
    }
    flowed
}

/// Lines that begin like a quote, a mailbox separator or a stuffed line get a space in front (RFC 3676, section 4.4).
fn push_line(flowed: &mut String, line: &str) {
    if line.starts_with([' ', '>']) || line.starts_with("From ") {
        flowed.push(' ');
    }
    flowed.push_str(line);
}

#[cfg(test)]
mod tests;
