//! Mails that are fetched alone: big ones in parts, those over the limit as headers with a note.

use super::attributes::Attributes;
use super::short::{Short, is_nearly, was_sent};
use crate::failpoint;
use crate::imap::drain::Round;
use crate::imap::error::ImapError;
use crate::imap::session::login::max_literal;
use crate::imap::session::protocol::Tagged;
use crate::imap::settings::Limits;
use crate::imap::{Fetched, Listed, Raw, Sink};
use crate::mail::packed::{Frames, Packer};
use anyhow::Context as _;

/// As much as is kept of the headers of a mail over the limit.
const MAX_HEADER: u32 = 256 * 1024;

/// How fetching one mail ended.
enum Alone<F> {
    Fetched(Fetched<F>),
    /// Less of it than was listed.
    Short(Doubtful<F>),
    /// OK, but no body.
    Absent,
    Failed(String),
}

/// What came, and may be something else.
struct Doubtful<F> {
    came: Fetched<F>,
    sha256: [u8; 32],
    size: u64,
    /// It has been sent once.
    sent: bool,
}

impl<S: Sink> Round<'_, S> {
    /// The mails that made trouble, each alone, after all others.
    pub(crate) async fn fetch_careful(&mut self) -> Result<(), ImapError> {
        for uid in self.memory.careful.clone() {
            let wanted = self.sink.wanted(&self.settings.mailbox, self.uid_validity, uid, 1);
            match wanted.await.map_err(ImapError::Sink)?.first() {
                Some(mail) if mail.uid == uid => {
                    self.fetch_alone(*mail).await?;
                }
                // Stored, held or gone.
                Some(_) | None => {
                    self.memory.careful.remove(&uid);
                    self.memory.only_whole.remove(&uid);
                }
            }
        }
        Ok(())
    }

    /// Fetches one mail in parts, compresses them as they come, and stores it by itself. Gives whether it came.
    pub(crate) async fn fetch_alone(&mut self, mail: Listed) -> Result<bool, ImapError> {
        let mut outcome = self.fetch_by_size(mail).await;
        if let Ok(Alone::Short(first)) = outcome {
            let (there, _) = self.still_there(vec![mail.uid]).await?;
            if there.is_empty() {
                return Ok(false);
            }
            outcome = self.fetch_again(Short { mail, sha256: first.sha256 }).await;
        }
        self.conclude(mail, outcome).await
    }

    /// Fetches a mail that is there a second time, because its body was too short.
    pub(crate) async fn fetch_once_more(&mut self, short: Short) -> Result<bool, ImapError> {
        let outcome = self.fetch_again(short).await;
        self.conclude(short.mail, outcome).await
    }

    async fn fetch_by_size(&mut self, mail: Listed) -> Result<Alone<S::Aside>, ImapError> {
        let limits = self.settings.limits;
        if mail.size > limits.mail_bytes {
            self.fetch_header(mail, mail.size, limits.mail_bytes).await
        } else if self.memory.only_whole.contains(&mail.uid) {
            let limit = max_literal(&limits);
            self.fetch_header(mail, mail.size.max(limit + 1), limit).await
        } else {
            self.fetch_parts(mail).await
        }
    }

    /// What came short is taken if all that speaks against it is its size. That size is not asked for again: Courier then tells that of
    /// what it has made up.
    async fn fetch_again(&mut self, short: Short) -> Result<Alone<S::Aside>, ImapError> {
        let Short { mail, sha256 } = short;
        Ok(match self.fetch_parts(mail).await? {
            Alone::Short(again)
                if again.sha256 == sha256 && (again.sent || is_nearly(again.size, mail.size)) =>
            {
                Alone::Fetched(again.came)
            }
            other @ (Alone::Fetched(_) | Alone::Short(_) | Alone::Absent | Alone::Failed(_)) => other,
        })
    }

    /// Tells the sink how it ended. Gives whether the mail came.
    async fn conclude(
        &mut self,
        mail: Listed,
        outcome: Result<Alone<S::Aside>, ImapError>,
    ) -> Result<bool, ImapError> {
        match outcome {
            Ok(Alone::Fetched(fetched)) => {
                self.memory.unreadable.remove(&mail.uid);
                self.sink.store(vec![fetched]).await.map_err(ImapError::Sink)?;
                Ok(true)
            }
            Ok(Alone::Short(came)) => {
                let why = format!(
                    "the server listed it with {} bytes, and hands out {}: something else, or a part of it",
                    mail.size, came.size
                );
                self.failed(vec![mail.uid], &why).await.map(|()| false)
            }
            Ok(Alone::Absent) => self.look_into(vec![mail.uid]).await.map(|()| false),
            Ok(Alone::Failed(why)) => self.failed(vec![mail.uid], &why).await.map(|()| false),
            Err(error) => {
                if matches!(error, ImapError::Excess(_)) {
                    self.memory.careful.insert(mail.uid);
                }
                if self.connection.unreadable && mail.size <= max_literal(&self.settings.limits) {
                    self.memory.unreadable.insert(mail.uid);
                }
                self.blame(&error, Some(mail.uid)).await?;
                Err(error)
            }
        }
    }

    /// The sizes that servers tell are hints: the end is where a part is shorter than asked for, and nothing is behind it if the size
    /// says that there is more, or is not known.
    async fn fetch_parts(&mut self, mail: Listed) -> Result<Alone<S::Aside>, ImapError> {
        let limits = self.settings.limits;
        let mut raw = Packer::new(self.sink.aside().map_err(ImapError::Sink)?);
        // Of the first part: it may be all there is, and the size a guess.
        let (mut sent, mut seems_made_up, mut is_one) = (false, false, false);
        // The last part was shorter than was asked for.
        let mut was_end = false;
        let is_short = loop {
            let Ok(at) = u32::try_from(raw.size()) else {
                return Ok(Alone::Failed("longer than IMAP can express".to_owned()));
            };
            let mut got = None;
            let part = if at == 0 && self.memory.unreadable.contains(&mail.uid) {
                String::new()
            } else {
                format!("<{at}.{}>", limits.part_bytes)
            };
            let command = format!("UID FETCH {} (UID BODY.PEEK[]{part})", mail.uid);
            let tagged = self
                .connection
                .run(&command, |response| {
                    let attributes = Attributes::of(response);
                    if attributes.uid == Some(mail.uid) && got.is_none() {
                        got = piece(&attributes, &mail, at, &limits);
                    }
                })
                .await?;
            failpoint::hit("fetch.part");
            let ended = refused(tagged)?;
            // Behind the end of a mail, that is all that some servers say. That does not show that the rest was but a guess.
            let (part, whole) = if was_end && (ended.is_some() || got.is_none()) {
                is_one = false;
                (Vec::new(), false)
            } else if let Some(ended) = ended {
                return Ok(ended);
            } else if let Some(got) = got {
                got
            } else {
                return Ok(Alone::Absent);
            };
            let length = part.len() as u64;
            if at == 0 && length == 0 {
                return Ok(Alone::Absent);
            }
            if length > u64::from(limits.part_bytes) && !whole {
                return Ok(Alone::Failed("the server sent more of it than was asked for".to_owned()));
            }
            was_end = length < u64::from(limits.part_bytes);
            // A server may hand out less than was asked for, where there is more.
            let promised = raw.size().saturating_add(length) < mail.size;
            let ends = whole || length == 0 || (was_end && !promised && mail.size > 0);
            if at == 0 {
                sent = was_sent(&part);
                seems_made_up = Short::of(&mail, &part).is_some();
                is_one = was_end || whole;
            }
            is_one &= at == 0 || length == 0;
            let is_short = if is_one { seems_made_up } else { promised };
            raw = push(raw, part).await.map_err(ImapError::Sink)?;
            if ends {
                break is_short;
            }
            if raw.size() > limits.mail_bytes {
                drop(raw);
                let size = mail.size.max(limits.mail_bytes + 1);
                return self.fetch_header(mail, size, limits.mail_bytes).await;
            }
        };
        if raw.size() > limits.mail_bytes {
            let size = raw.size();
            drop(raw);
            return self.fetch_header(mail, size, limits.mail_bytes).await;
        }
        let packed = raw.finish().map_err(ImapError::Sink)?;
        let (sha256, size) = (packed.sha256, packed.size);
        let (raw, internal_date) = (Raw::Packed(packed), mail.internal_date);
        let came = Fetched { key: self.key(mail.uid), internal_date, raw, over_limit: None };
        Ok(if is_short { Alone::Short(Doubtful { came, sha256, size, sent }) } else { Alone::Fetched(came) })
    }

    /// The headers with a note instead of the content, because the mail has `size` and `limit` is what is taken.
    async fn fetch_header(
        &mut self,
        mail: Listed,
        size: u64,
        limit: u64,
    ) -> Result<Alone<S::Aside>, ImapError> {
        let mut header = None;
        let command = format!("UID FETCH {} (UID BODY.PEEK[HEADER]<0.{MAX_HEADER}>)", mail.uid);
        let tagged = self
            .connection
            .run(&command, |response| {
                let attributes = Attributes::of(response);
                if let (Some(uid), Some(bytes)) = (attributes.uid, attributes.header)
                    && uid == mail.uid
                {
                    header = Some(bytes.to_vec());
                }
            })
            .await?;
        if let Some(ended) = refused(tagged)? {
            return Ok(ended);
        }
        let Some(header) = header else { return Ok(Alone::Absent) };
        let raw = Raw::Plain(placeholder(&header, size, limit));
        let internal_date = mail.internal_date;
        Ok(Alone::Fetched(Fetched { key: self.key(mail.uid), internal_date, raw, over_limit: Some(size) }))
    }
}

/// What was asked for of a mail, and whether that is all of it: some servers (Exchange) hand out the whole mail where a part of it is
/// wanted.
fn piece(attributes: &Attributes<'_>, mail: &Listed, at: u32, limits: &Limits) -> Option<(Vec<u8>, bool)> {
    let wanted = u64::from(limits.part_bytes);
    match (attributes.part, attributes.body) {
        (Some((offset, part)), _) if offset == at => {
            Some((part.to_vec(), at == 0 && part.len() as u64 > wanted))
        }
        // As long as the part that was asked for, it may be that part and no more.
        (None, Some(body))
            if at == 0 && (body.len() as u64 != wanted || (1..=wanted).contains(&mail.size)) =>
        {
            Some((body.to_vec(), true))
        }
        _ => None,
    }
}

/// Compresses a part and puts its frames aside, on a thread where that may take a while.
async fn push<F: Frames + Send + 'static>(mut raw: Packer<F>, part: Vec<u8>) -> anyhow::Result<Packer<F>> {
    let pushed = tokio::task::spawn_blocking(move || {
        raw.push(&part)?;
        Ok(raw)
    });
    pushed.await.context("the task that compresses a mail has died")?
}

/// What NO or BAD to a single mail means; `None` for OK.
fn refused<F>(tagged: Tagged) -> Result<Option<Alone<F>>, ImapError> {
    match tagged {
        Tagged::Ok(_) => Ok(None),
        Tagged::No(reply) if reply.code == "EXPUNGEISSUED" => Ok(Some(Alone::Absent)),
        Tagged::No(reply) | Tagged::Bad(reply) if reply.is_throttling() => {
            Err(ImapError::from_words(&reply, ImapError::Lost))
        }
        Tagged::No(reply) | Tagged::Bad(reply) => {
            Ok(Some(Alone::Failed(format!("the server refuses to hand it out: {reply}"))))
        }
    }
}

/// The header section of a mail, without the empty line that ends it.
pub(crate) fn header_of(mail: &[u8]) -> &[u8] {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"];
    let end = ends.iter().filter_map(|end| mail.windows(end.len()).position(|window| window == *end)).min();
    let kept = end.unwrap_or(mail.len()).min(MAX_HEADER as usize);
    mail.get(..kept).unwrap_or(mail)
}

/// A mail of these headers, but with a note in place of its content. What described the content is left out.
pub(crate) fn placeholder(header: &[u8], size: u64, limit: u64) -> Vec<u8> {
    let mut raw = Vec::with_capacity(header.len() + 700);
    let mut dropping = false;
    for line in header_of(header).split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if !folded {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().to_ascii_lowercase();
            dropping = name.starts_with(b"content-") || name.trim_ascii() == b"mime-version";
        }
        if !dropping && !line.is_empty() {
            raw.extend_from_slice(line);
            raw.extend_from_slice(b"\r\n");
        }
    }
    let (size, limit) = (megabytes(size), megabytes(limit));
    let note = format!(
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         [Это письмо ({size}) больше допустимого ({limit}): содержание не загружено, письмо осталось на сервере.]\r\n\
         [This mail ({size}) is over the size limit ({limit}): its content was not fetched, it is still on the \
         server.]\r\n"
    );
    raw.extend_from_slice(note.as_bytes());
    raw
}

/// Units of 1,000,000 bytes, as in the configuration.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_keeps_who_and_what_but_not_the_content_type() {
        let header = b"From: a@b.example\r\nContent-Type: multipart/mixed;\r\n\tboundary=x\r\nSubject: big\r\n one\r\n\
                       MIME-Version: 1.0\nX-Last: 1\r\n\r\n--x\r\nbody";
        let raw = String::from_utf8(placeholder(header_of(header), 60 << 20, 50 << 20)).unwrap();
        let (kept, text) = raw.split_once("\r\n\r\n").unwrap();
        assert_eq!(
            kept,
            "From: a@b.example\r\nSubject: big\r\n one\r\nX-Last: 1\r\nMIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
        );
        assert!(text.contains("62.9 MB") && text.contains("52.4 MB"), "{text}");
    }

    #[test]
    fn headers_end_at_the_first_empty_line_of_either_kind() {
        assert_eq!(header_of(b"A: 1\n\nb\r\n\r\nc"), b"A: 1");
        assert_eq!(header_of(b"A: 1\r\n\r\nb\n\nc"), b"A: 1");
        assert_eq!(header_of(b"A: 1"), b"A: 1");
    }
}
