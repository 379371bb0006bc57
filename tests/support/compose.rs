//! Mails as clients write them: plain ones, those of the fixtures, and replies to a letter received.

use super::maildir::Letter;
use super::noise::noise;
use anyhow::{Context as _, Result};
use chrono::Utc;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

/// A plain text mail.
pub(crate) fn mail(from: &str, to: &str, subject: &str, text: &str) -> Vec<u8> {
    mail_with(from, to, subject, "", text)
}

/// A plain text mail with more header lines, each ending in `\r\n`.
pub(crate) fn mail_with(from: &str, to: &str, subject: &str, headers: &str, text: &str) -> Vec<u8> {
    let text = text.replace('\n', "\r\n");
    let mime =
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    let subject = encoded(subject);
    let mail = format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\n{headers}{mime}\r\n{text}\r\n");
    fresh(mail.as_bytes())
}

/// A mail with a file of about so many bytes, which do not compress.
pub(crate) fn mail_with_file(from: &str, to: &str, subject: &str, text: &str, size: usize) -> Vec<u8> {
    let mut mail = format!(
        "From: {from}\r\nTo: {to}\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=\"=-file\"\r\n\r\n\
         --=-file\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --=-file\r\nContent-Type: application/zip; name=\"logs.zip\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"logs.zip\"\r\n\r\n",
        encoded(subject)
    );
    // 57 bytes are a line of 76 characters.
    for bytes in noise(size / 57 * 57).chunks(57) {
        mail += &data_encoding::BASE64.encode(bytes);
        mail += "\r\n";
    }
    fresh((mail + "--=-file--\r\n").as_bytes())
}

/// The same mail as if it had been written just now: with a Date and a Message-ID of its own.
pub(crate) fn fresh(raw: &[u8]) -> Vec<u8> {
    let now = Utc::now().to_rfc2822();
    let id = message_id();
    let mut mail = format!("Date: {now}\r\nMessage-ID: {id}\r\n").into_bytes();
    let mut in_head = true;
    let mut dropped = false;
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        let text = String::from_utf8_lossy(line).to_ascii_lowercase();
        in_head &= !text.trim_end().is_empty();
        dropped = in_head
            && (text.starts_with("date:")
                || text.starts_with("message-id:")
                || (dropped && text.starts_with([' ', '\t'])));
        if !dropped {
            mail.extend_from_slice(line);
        }
    }
    mail
}

/// A Message-ID that no other mail has.
pub(crate) fn message_id() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("<{}.{}.{count}@client.test>", Utc::now().timestamp_micros(), std::process::id())
}

/// The address that the fixtures write to: the one of config.example.toml.
pub(crate) const SUPPORT: &str = "support@m2mail.ru";

/// `fixtures/demo/NAME.eml`, written to an address just now.
pub(crate) fn fixture(name: &str, to: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(name).with_extension("eml");
    let raw = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut mail = Vec::with_capacity(raw.len());
    let mut rest = raw.as_slice();
    while let Some(at) = rest.windows(SUPPORT.len()).position(|window| window == SUPPORT.as_bytes()) {
        let (before, after) = rest.split_at(at);
        mail.extend_from_slice(before);
        mail.extend_from_slice(to.as_bytes());
        rest = after.get(SUPPORT.len()..).unwrap_or_default();
    }
    mail.extend_from_slice(rest);
    Ok(fresh(&mail))
}

/// A reply to a letter: the whole text quoted, with what `answer` has to say to a line of it typed below that line.
pub(crate) fn reply(
    letter: &Letter,
    from: &str,
    answer: impl Fn(&str) -> Option<String>,
) -> Result<(String, Vec<u8>)> {
    let to = letter.headers("Reply-To").pop().map_or_else(|| letter.header("From"), Ok)?;
    let mut text = format!("{} пишет:\n", letter.author()?);
    for line in letter.text().lines() {
        text += &format!("> {line}\n");
        if let Some(answer) = answer(line) {
            text += &format!("{answer}\n");
        }
    }
    let id = letter.header("Message-ID")?;
    let references = [letter.headers("References"), vec![id.clone()]].concat().join(" ");
    let headers = format!("In-Reply-To: {id}\r\nReferences: {references}\r\n");
    let raw = mail_with(from, &to, &format!("Re: {}", letter.subject()), &headers, &text);
    Ok((bare(&to).to_owned(), raw))
}

/// The address of `Name <address>`.
pub(crate) fn bare(mailbox: &str) -> &str {
    mailbox.rsplit_once('<').map_or(mailbox, |(_, rest)| rest.trim_end_matches('>')).trim()
}

/// RFC 2047: text that is not ASCII as encoded words of a few characters each.
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().collect();
    let words = characters.chunks(15).map(|chunk| {
        let bytes = chunk.iter().collect::<String>();
        format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(bytes.as_bytes()))
    });
    words.collect::<Vec<_>>().join("\r\n ")
}

/// What a mail server sends back when a letter could not be delivered (RFC 3464), from the null sender.
pub(crate) fn bounce(letter: &Letter, of: &str) -> Result<Vec<u8>> {
    let (id, to, subject) =
        (letter.header("Message-ID")?, letter.header("From")?, letter.headers("Subject").concat());
    Ok(fresh(
        format!(
            "From: Mail Delivery System <MAILER-DAEMON@mail.client.test>\r\n\
             To: {to}\r\n\
             Subject: Undelivered Mail Returned to Sender\r\n\
             Auto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"=-report\"\r\n\r\n\
             --=-report\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
             Your message could not be delivered: <{of}>: mailbox is full.\r\n\
             --=-report\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mail.client.test\r\n\r\n\
             Final-Recipient: rfc822; {of}\r\nAction: failed\r\nStatus: 5.2.2\r\n\
             --=-report\r\nContent-Type: text/rfc822-headers\r\n\r\n\
             Message-ID: {id}\r\nTo: {of}\r\nSubject: {subject}\r\n\
             --=-report--\r\n"
        )
        .as_bytes(),
    ))
}
