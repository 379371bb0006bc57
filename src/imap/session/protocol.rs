//! [`Connection`]: commands out, responses in. Each command ends in OK, NO or BAD; anything else ends the connection.
//!
//! async-imap reads and parses the responses. Its own commands are not used: they take a FETCH that was refused or
//! cut off for one with fewer messages, have no timeouts, and print passwords in its trace log.

use super::guard::Guarded;
use super::patience::{MAX_UNTAGGED, Patience};
use crate::imap::append::content::Content;
use crate::imap::error::{ImapError, Reply, is_unreadable};
use crate::imap::folders::name::{begins_with, fits_quotes};
use crate::imap::settings::Timing;
use crate::net::{CertificateInfo, NetStream};
use async_imap::Client;
use async_imap::imap_proto::rfc4315::UidSetMember;
use async_imap::imap_proto::{Capability, MailboxDatum, Outcome, Response, ResponseCode, Status};
use futures::FutureExt;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// Tells tasks to stop: turns true once.
pub(crate) type Stop = watch::Receiver<bool>;

/// Most bytes of an answer that the parser does not know.
const MAX_UNPARSED: usize = 256 * 1024;

/// The longest literal that is sent without waiting for the server's word, in bytes (LITERAL-, RFC 7888).
const MAX_UNASKED: u64 = 4096;

/// How a command ended, while the connection lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tagged {
    Ok(Reply),
    No(Reply),
    Bad(Reply),
}

impl Tagged {
    /// The words of OK; NO and BAD as an error about `what`.
    pub(crate) fn ok(self, what: impl FnOnce() -> String) -> Result<Reply, ImapError> {
        match self {
            Self::Ok(reply) => Ok(reply),
            Self::No(reply) | Self::Bad(reply) => {
                Err(ImapError::from_words(&reply, |text| ImapError::refused(what(), text)))
            }
        }
    }
}

/// The name that a command's end is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag(String);

/// A part of a command.
#[derive(Clone, Copy)]
pub(crate) enum Part<'a> {
    /// Goes out as it is. Must hold no line break.
    Text(&'a str),
    /// Goes out as a literal, for bytes of any kind.
    Literal(&'a [u8]),
}

impl<'a> Part<'a> {
    /// A string from outside: quoted if any server takes it so, else a literal. `buffer` keeps the quoted form.
    pub(crate) fn string(text: &'a str, buffer: &'a mut String) -> Self {
        if fits_quotes(text) {
            *buffer = crate::imap::folders::name::quoted(text);
            Self::Text(buffer)
        } else {
            Self::Literal(text.as_bytes())
        }
    }
}

/// The next thing that a server says: what was made of a response, or the end of a command.
pub(crate) enum Event<T> {
    Untagged(T),
    Done(Tag, Tagged),
}

/// A connection, greeted, not necessarily logged in.
pub(crate) struct Connection {
    client: Client<Guarded>,
    pub(crate) stop: Stop,
    timing: Timing,
    last_tag: u32,
    /// In upper case.
    capabilities: BTreeSet<String>,
    /// Not told yet, or told before a login that may have changed them.
    capabilities_stale: bool,
    /// Messages in the selected folder.
    pub(crate) exists: u32,
    /// The server has told of new messages since this was last cleared.
    pub(crate) news: bool,
    /// It was lost because what came could not be read.
    pub(crate) unreadable: bool,
    pub(crate) preauthenticated: bool,
    pub(crate) certificate: Option<CertificateInfo>,
    patience: Patience,
    /// UIDVALIDITY of the selected folder, as far as a response has told it.
    pub(crate) uid_validity: Option<u32>,
    /// The selected folder keeps no `\Deleted`.
    pub(crate) no_deleted: bool,
    /// The folder that mails are moved to, once that is known.
    pub(crate) target: Option<String>,
    /// It is missing, and was not created.
    pub(crate) no_target: bool,
    /// When it was last looked for.
    pub(crate) sought: Option<Instant>,
    /// Which mails were copied or moved since this was last cleared, if the server has told (COPYUID, RFC 4315).
    pub(crate) copied: Option<Vec<RangeInclusive<u32>>>,
}

impl Connection {
    /// Waits for the greeting. No literal longer than `max_literal` bytes is taken from this server.
    pub(crate) async fn greeted(
        stream: NetStream,
        max_literal: u64,
        timing: Timing,
        stop: Stop,
    ) -> Result<Self, ImapError> {
        let certificate = stream.certificate();
        let client = Client::new(Guarded::new(stream, max_literal));
        let mut connection = Self {
            client,
            stop,
            timing,
            last_tag: 0,
            capabilities: BTreeSet::new(),
            capabilities_stale: true,
            exists: 0,
            news: false,
            unreadable: false,
            preauthenticated: false,
            certificate,
            patience: Patience::new(),
            uid_validity: None,
            no_deleted: false,
            target: None,
            no_target: false,
            sought: None,
            copied: None,
        };
        connection.set_silence(timing.inactivity);
        let greeting = connection.next(|response| {
            let Response::Data { status, .. } = response else { return None };
            (*status == Status::Ok).then_some(false).or((*status == Status::PreAuth).then_some(true))
        });
        let Event::Untagged(Some(preauthenticated)) = greeting.await? else {
            return Err(ImapError::Lost("it does not greet like an IMAP server".to_owned()));
        };
        connection.preauthenticated = preauthenticated;
        Ok(connection)
    }

    /// How long the server may be silent while something is awaited from it.
    pub(crate) fn set_silence(&mut self, limit: Duration) {
        self.client.get_mut().net().set_read_timeout(limit);
        self.client.get_mut().net().set_write_timeout(self.timing.inactivity);
    }

    /// Whether the server has a capability (upper case).
    pub(crate) fn has(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// The longest letter that the server puts into any folder, in bytes, if it tells (RFC 7889).
    pub(crate) fn append_limit(&self) -> Option<u64> {
        self.capabilities.iter().find_map(|capability| capability.strip_prefix("APPENDLIMIT=")?.parse().ok())
    }

    /// Before a login: the capabilities change with it (RFC 9051, section 6.1.1).
    pub(crate) fn expect_new_capabilities(&mut self) {
        self.capabilities_stale = true;
    }

    /// Asks for the capabilities if the server has not told them unasked.
    pub(crate) async fn learn_capabilities(&mut self) -> Result<(), ImapError> {
        if self.capabilities_stale {
            self.run("CAPABILITY", |_| ()).await?.ok(|| "CAPABILITY".to_owned())?;
        }
        Ok(())
    }

    /// Sends a command that is one line.
    pub(crate) async fn send(&mut self, command: &str) -> Result<Tag, ImapError> {
        let tag = self.next_tag();
        self.write(format!("{} {command}\r\n", tag.0).as_bytes()).await?;
        self.flushed(tag).await
    }

    /// Sends a command with literals. `Err(tagged)` inside if the server refused it before all was sent.
    pub(crate) async fn send_parts(&mut self, parts: &[Part<'_>]) -> Result<Result<Tag, Tagged>, ImapError> {
        let tag = self.next_tag();
        self.write(format!("{} ", tag.0).as_bytes()).await?;
        for part in parts {
            match part {
                Part::Text(text) => self.write(text.as_bytes()).await?,
                Part::Literal(bytes) => {
                    if let Err(tagged) = self.begin_literal(&tag, bytes.len() as u64).await? {
                        return Ok(Err(tagged));
                    }
                    self.write(bytes).await?;
                }
            }
        }
        self.write(b"\r\n").await?;
        self.flushed(tag).await.map(Ok)
    }

    /// Sends a command that ends with a literal which comes in pieces. As [`Connection::send_parts`].
    pub(crate) async fn send_content<C: Content>(
        &mut self,
        command: &str,
        content: &C,
    ) -> Result<Result<Tag, Tagged>, ImapError> {
        let tag = self.next_tag();
        self.write(format!("{} {command} ", tag.0).as_bytes()).await?;
        if let Err(tagged) = self.begin_literal(&tag, content.size()).await? {
            return Ok(Err(tagged));
        }
        for number in 0.. {
            let Some(piece) = content.piece(number).await.map_err(ImapError::Sink)? else { break };
            self.write(&piece).await?;
        }
        self.write(b"\r\n").await?;
        self.flushed(tag).await.map(Ok)
    }

    /// Announces a literal of so many bytes. `Err(tagged)` inside if the server does not want it: that it can say only if we
    /// wait for its word, so no large one goes unasked.
    async fn begin_literal(&mut self, tag: &Tag, size: u64) -> Result<Result<(), Tagged>, ImapError> {
        if size <= MAX_UNASKED && (self.has("LITERAL+") || self.has("LITERAL-")) {
            self.write(format!("{{{size}+}}\r\n").as_bytes()).await?;
            return Ok(Ok(()));
        }
        self.write(format!("{{{size}}}\r\n").as_bytes()).await?;
        self.flush().await?;
        let asked = self.continuation(tag).await?.map(|_| ());
        self.brought();
        Ok(asked)
    }

    /// Sends a line that belongs to a command under way (an answer to a challenge, DONE).
    pub(crate) async fn send_line(&mut self, line: &str) -> Result<(), ImapError> {
        self.write(format!("{line}\r\n").as_bytes()).await?;
        self.flush().await
    }

    /// Waits for `+` and gives its words; `Err(tagged)` inside if the command ended instead.
    pub(crate) async fn continuation(&mut self, tag: &Tag) -> Result<Result<String, Tagged>, ImapError> {
        loop {
            let words = |response: &Response<'_>| {
                // It has not understood something, and that can only be this (RFC 9051, section 7.1.3).
                if let Response::Data { status: Status::Bad, outcome } = response {
                    return Some(Err(reply(outcome)));
                }
                let Response::Continue(outcome) = response else { return None };
                Some(Ok(outcome.information.as_deref().unwrap_or_default().to_owned()))
            };
            match self.next(words).await? {
                Event::Untagged(Some(Ok(words))) => return Ok(Ok(words)),
                Event::Untagged(Some(Err(reply))) => {
                    let bad = |text| ImapError::Lost(format!("it answers BAD: {text}"));
                    return Err(ImapError::from_words(&reply, bad));
                }
                Event::Untagged(None) => {}
                Event::Done(done, tagged) if done == *tag => return Ok(Err(tagged)),
                Event::Done(..) => return Err(stray_tag()),
            }
        }
    }

    /// Runs a command of one line to its end; `each` sees what comes before it.
    pub(crate) async fn run(
        &mut self,
        command: &str,
        each: impl FnMut(&Response<'_>),
    ) -> Result<Tagged, ImapError> {
        let tag = self.send(command).await?;
        self.finish(&tag, each).await
    }

    /// Reads to the end of a command that has been sent; `each` sees what comes before it.
    pub(crate) async fn finish(
        &mut self,
        tag: &Tag,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<Tagged, ImapError> {
        loop {
            match self.next(&mut each).await? {
                Event::Untagged(()) => {}
                Event::Done(done, tagged) if done == *tag => return Ok(tagged),
                Event::Done(..) => return Err(stray_tag()),
            }
        }
    }

    /// Runs a command whose answer the parser does not know: gives the lines with its name that came, none if it was refused. What
    /// else is told between them is news, whatever it is.
    pub(crate) async fn run_unparsed(&mut self, command: &str) -> Result<Vec<String>, ImapError> {
        let ours = format!("* {command} ");
        let mut is_news = false;
        let end = format!("{} ", self.send(command).await?.0);
        let stream = self.client.get_mut();
        let reading = async {
            let (mut lines, mut line) = (Vec::new(), Vec::new());
            for _ in 0..MAX_UNPARSED {
                // No byte more than the answer may be taken away from the parser.
                match stream.read_u8().await? {
                    b'\n' => {
                        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                        if let Some(status) = text.strip_prefix(&end) {
                            let is_ok = status.to_ascii_uppercase().starts_with("OK");
                            return Ok(if is_ok { lines } else { Vec::new() });
                        }
                        if begins_with(&text, &ours) {
                            lines.push(text);
                        } else {
                            is_news = true;
                        }
                        line.clear();
                    }
                    byte => line.push(byte),
                }
            }
            Err(std::io::Error::other("it sends lines without end"))
        };
        let read = tokio::select! {
            biased;
            () = stopped(&mut self.stop) => Err(ImapError::Stopped),
            read = timeout(self.timing.response, reading) => match read {
                Ok(read) => read.map_err(|error| ImapError::from_io(&error)),
                Err(_elapsed) => Err(ImapError::Lost("a response took too long".to_owned())),
            },
        };
        self.news |= is_news;
        read
    }

    /// The next response: what `make` makes of it, or the end of a command. Cancelling is safe: nothing that has been
    /// read is lost.
    pub(crate) async fn next<T>(
        &mut self,
        make: impl FnOnce(&Response<'_>) -> T,
    ) -> Result<Event<T>, ImapError> {
        // The parser has panics in it (INTERNALDATE NIL; a status text whose first letter is not ASCII).
        let read = AssertUnwindSafe(self.client.read_response()).catch_unwind();
        let read = timeout(self.timing.response, read);
        let outcome = tokio::select! {
            biased;
            () = stopped(&mut self.stop) => return Err(ImapError::Stopped),
            outcome = read => outcome,
        };
        let lost = |why: &str| ImapError::Lost(why.to_owned());
        let outcome = outcome.map_err(|_elapsed| lost("a response took too long"))?;
        self.unreadable = outcome.as_ref().map_or(true, |read| read.as_ref().is_err_and(is_unreadable));
        let response = outcome
            .map_err(|_panic| lost("a response could not be read"))?
            .map_err(|error| ImapError::from_io(&error))?
            .ok_or_else(|| lost("the server closed the connection without a word"))?;
        self.note(response.parsed())?;
        let Response::Done { tag, status, outcome } = response.parsed() else {
            self.patience.spend(self.timing.command)?;
            return Ok(Event::Untagged(make(response.parsed())));
        };
        let reply = reply(outcome);
        let tagged = match status {
            Status::Ok => Tagged::Ok(reply),
            Status::No => Tagged::No(reply),
            Status::Bad => Tagged::Bad(reply),
            Status::Bye | Status::PreAuth => return Err(lost("a command ended in no way that is known")),
        };
        let tag = Tag(tag.0.clone());
        self.brought();
        Ok(Event::Done(tag, tagged))
    }

    /// The server has brought something that was asked for: it may go on for as long again.
    pub(crate) fn brought(&mut self) {
        self.patience = Patience::new();
    }

    /// Says goodbye, and waits a moment for the server to hang up.
    pub(crate) async fn leave(mut self, from_idle: bool) {
        let done = if from_idle { "DONE\r\n" } else { "" };
        let goodbye = format!("{done}{} LOGOUT\r\n", self.next_tag().0);
        let stream = self.client.get_mut();
        let farewell = async {
            stream.write_all(goodbye.as_bytes()).await?;
            stream.flush().await?;
            tokio::io::copy(stream, &mut tokio::io::sink()).await
        };
        // A server that does not take our goodbye loses nothing by it, and neither do we.
        let _ = timeout(self.timing.goodbye, farewell).await;
    }

    /// What every response may tell, whatever it answers.
    fn note(&mut self, response: &Response<'_>) -> Result<(), ImapError> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "a foreign enum; the rest tells nothing of the connection"
        )]
        match response {
            Response::Data { status: Status::Bye, outcome } => {
                return Err(ImapError::from_words(&reply(outcome), ImapError::Bye));
            }
            Response::MailboxData(MailboxDatum::Exists(count)) => {
                self.news = self.news || *count > self.exists;
                self.exists = *count;
            }
            Response::Expunge(_) => self.exists = self.exists.saturating_sub(1),
            Response::Capabilities(list) => self.set_capabilities(list),
            Response::Data { outcome, .. } | Response::Done { outcome, .. } => match &outcome.code {
                Some(ResponseCode::Capabilities(list)) => self.set_capabilities(list),
                Some(ResponseCode::UidValidity(now)) => match self.uid_validity.replace(*now) {
                    Some(was) if was != *now => return Err(ImapError::renumbered(was, *now)),
                    Some(_) | None => {}
                },
                Some(ResponseCode::CopyUid(_, from, _)) => {
                    let ranges = from.iter().map(|member| match member {
                        UidSetMember::UidRange(range) => range.clone(),
                        UidSetMember::Uid(uid) => *uid..=*uid,
                    });
                    // What it does not name is looked for: too many are too few.
                    let room = MAX_UNTAGGED.saturating_sub(self.copied.as_ref().map_or(0, Vec::len));
                    self.copied.get_or_insert_default().extend(ranges.take(room));
                }
                Some(_) | None => {}
            },
            _ => {}
        }
        Ok(())
    }

    fn set_capabilities(&mut self, list: &[Capability<'_>]) {
        self.capabilities_stale = false;
        self.capabilities = list
            .iter()
            .take(200)
            .map(|capability| match capability {
                Capability::Imap4rev1 => "IMAP4REV1".to_owned(),
                Capability::Auth(name) => format!("AUTH={}", name.to_ascii_uppercase()),
                Capability::Atom(name) => name.to_ascii_uppercase(),
            })
            .collect();
    }

    fn next_tag(&mut self) -> Tag {
        self.brought();
        self.last_tag = self.last_tag.wrapping_add(1);
        Tag(format!("A{:04}", self.last_tag))
    }

    async fn flushed(&mut self, tag: Tag) -> Result<Tag, ImapError> {
        self.flush().await?;
        // However long it took us to send it.
        self.brought();
        Ok(tag)
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), ImapError> {
        self.client.get_mut().write_all(bytes).await.map_err(|error| ImapError::from_io(&error))
    }

    async fn flush(&mut self) -> Result<(), ImapError> {
        self.client.get_mut().flush().await.map_err(|error| ImapError::from_io(&error))
    }
}

/// Ends when we are told to stop; never, if nobody is left who could tell.
pub(crate) async fn stopped(stop: &mut Stop) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn reply(outcome: &Outcome<'_>) -> Reply {
    let code = match &outcome.code {
        Some(ResponseCode::Alert) => "ALERT",
        Some(ResponseCode::TryCreate) => "TRYCREATE",
        Some(ResponseCode::ReadOnly) => "READ-ONLY",
        Some(_) | None => "",
    };
    Reply::new(code, outcome.information.as_deref().unwrap_or_default())
}

fn stray_tag() -> ImapError {
    ImapError::Lost("it answered a command that was not given".to_owned())
}
