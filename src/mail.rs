//! Bytes to [`Mail`]: what one mail says, who wrote it, which part of its text is its writer's own. Pure.

pub mod address;
pub mod header_text;
pub mod message_id;
pub mod own_text;
pub mod packed;
pub mod slim;
pub mod subject;

mod address_list;
mod attachment;
mod body;
pub(crate) mod characters;
mod charset;
mod digests;
mod encoded_word;
mod fields;
mod files;
mod html;
mod parameter;
mod parse;
mod part;
mod picture_mark;
mod plain;
mod problems;
mod report;
mod tnef;
mod transfer;

use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::ops::Range;

pub use address::Address;
pub use digests::Digests;
pub use files::{AttachedFile, Take};
pub use header_text::HeaderText;
pub use message_id::MessageId;
pub use parse::{files, parse, parse_slim};
pub use tnef::has_files as winmail_has_files;

/// Where a mail lies on its server: unique for good (RFC 9051, section 2.3.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MailKey {
    /// The configured name of the mailbox (`[[mailbox]] name`), not the folder.
    pub mailbox: String,
    /// UIDVALIDITY of the folder when the mail was seen.
    pub uid_validity: u32,
    /// UID of the mail in the folder.
    pub uid: u32,
}

/// A display name with an address, as in `From: Name <a@b>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// Decoded display name, empty if there is none. Hostile: show it only through [`HeaderText`].
    pub name: String,
    /// The addr-spec.
    pub address: Address,
}

/// Who a mail says it is from (RFC 5322, section 3.6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// Exactly one From header with exactly one mailbox.
    One(Mailbox),
    /// Anything else: several From, a group, nothing, syntax that two programs would read differently.
    Doubtful {
        /// What is wrong, for people.
        why: String,
        /// The first address that could be read, to show to agents; never answered.
        shown: Option<Mailbox>,
    },
}

/// A mail, read as far as it can be read. Parsing never fails; what went wrong is in `problems`.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The Message-ID, if there is exactly one that can be read.
    pub message_id: Option<MessageId>,
    /// In-Reply-To, in order.
    pub in_reply_to: Vec<MessageId>,
    /// References, oldest first, at most the last 100.
    pub references: Vec<MessageId>,
    /// Decoded subject on one line. Hostile: show it only through [`HeaderText`].
    pub subject: String,
    /// Who it says it is from.
    pub author: Author,
    /// Reply-To mailboxes.
    pub reply_to: Vec<Mailbox>,
    /// To mailboxes.
    pub to: Vec<Mailbox>,
    /// Cc mailboxes.
    pub cc: Vec<Mailbox>,
    /// Resent-To and Resent-Cc mailboxes.
    pub resent: Vec<Mailbox>,
    /// The Date header, if it can be read.
    pub date: Option<DateTime<Utc>>,
    /// The text a person would read, split into whose it is.
    pub text: Text,
    /// Parts that are not the text, in order, with those that are not of substance marked.
    pub attachments: Vec<Attachment>,
    /// The top-level header fields in order.
    pub headers: Vec<HeaderField>,
    /// A bounce or a receipt, if this is a multipart/report.
    pub report: Option<Report>,
    /// What its writer tapped, if it is the mail of such a tap.
    pub tap: Option<Tap>,
    /// What could not be read as it should be, for people.
    pub problems: Vec<String>,
}

/// One top-level header field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderField {
    /// Name in lower case.
    pub name: String,
    /// Value, unfolded, encoded words left as they are, at most 8 KB.
    pub value: String,
}

/// The text of a mail and how it is split.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// All of it, HTML already turned to text, `\n` line ends, NFC not applied: evidence points here.
    pub full: String,
    /// Consecutive segments that cover `full` without gaps.
    pub segments: Vec<Segment>,
}

/// A run of whole lines of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Whose words these are.
    pub kind: SegmentKind,
    /// Bytes of [`Text::full`].
    pub range: Range<usize>,
}

/// Whose words a segment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// The writer's own.
    Own,
    /// A first-time forward of somebody else's report: counts as content.
    Forwarded,
    /// Quoted history, `>` or under a reply header.
    Quote,
    /// «… пишет:», "On … wrote:", From/Sent/To/Subject blocks.
    Attribution,
    /// Name, post, phone under the text, mobile footer («Отправлено из мобильной Почты»).
    Signature,
    /// Legal footers, virus-scanner lines.
    Disclaimer,
}

impl SegmentKind {
    /// Whether the words count as what this client wrote in this message (corpus guidelines).
    #[must_use]
    pub fn is_content(self) -> bool {
        matches!(self, Self::Own | Self::Forwarded)
    }
}

impl Text {
    /// The text of the segments that count as content, joined as they stand.
    #[must_use]
    pub fn own(&self) -> String {
        self.of(SegmentKind::is_content)
    }

    /// The writer's own words with his signature: what is left of a reply when nothing of the answered mail is in it. Here a
    /// line with a quote mark is a quote even in doubt.
    #[must_use]
    pub fn without_quotes(&self) -> String {
        let written = self.of(|kind| matches!(kind, SegmentKind::Own | SegmentKind::Signature));
        let unquoted = written.lines().filter(|line| !line.trim_start().starts_with('>'));
        unquoted.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// What stands in it of other mails, a line with a quote mark even in doubt.
    #[must_use]
    pub fn quoted(&self) -> String {
        let others = self.of(|kind| matches!(kind, SegmentKind::Quote | SegmentKind::Forwarded));
        let written = self.of(|kind| matches!(kind, SegmentKind::Own | SegmentKind::Signature));
        let marked = written.lines().filter(|line| line.trim_start().starts_with('>'));
        others.lines().chain(marked).collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    /// Who wrote the mail that is forwarded in this text, if there is one and its header names him.
    #[must_use]
    pub fn forwarded_author(&self) -> Option<Mailbox> {
        own_text::forwarded_author(self)
    }

    /// The text of a mail that forwards another by more than its text says: the mail under the header block below its first
    /// words is a forward, whatever they are. `None` if there is no such block, or a forward already.
    #[must_use]
    pub fn as_forward(&self) -> Option<Self> {
        let forwards =
            |segments: &[Segment]| segments.iter().any(|segment| segment.kind == SegmentKind::Forwarded);
        if forwards(&self.segments) {
            return None;
        }
        let segments = own_text::split_forward(&self.full);
        forwards(&segments).then(|| Self { full: self.full.clone(), segments })
    }

    /// Splits it once more if it may have one of our letters in it: then what is answered within the quoted letter is known for the
    /// writer's own words, and the letter for ours.
    /// `is_forward`: the text is one of [`Mail::as_forward_by_subject`].
    pub fn know(&mut self, letters: &own_text::OurLetters, is_forward: bool) {
        if let Some(text) = own_text::split_knowing(&self.full, letters, is_forward) {
            *self = text;
        }
    }

    /// Splits it once more so that a quote is a quote even in doubt: nothing in it is taken for an answer that its writer has typed there.
    pub fn doubt_quotes(&mut self) {
        self.segments = own_text::split_marked(&self.full);
    }

    /// What of its writer's words stands within a quote, as far as one can guess: [`Text::doubt_quotes`] takes it for quoted.
    #[must_use]
    pub fn guessed_within_quotes(&self) -> Vec<String> {
        let lines = |segments| Self { full: self.full.clone(), segments }.without_quotes();
        let sure = lines(own_text::split_marked(&self.full));
        let sure: HashSet<&str> = sure.lines().map(str::trim).collect();
        let guessed = lines(own_text::split(&self.full));
        guessed.lines().map(str::trim).filter(|line| !sure.contains(line)).map(str::to_owned).collect()
    }

    fn of(&self, wanted: impl Fn(SegmentKind) -> bool) -> String {
        self.segments
            .iter()
            .filter(|segment| wanted(segment.kind))
            .filter_map(|segment| self.full.get(segment.range.clone()))
            .collect()
    }
}

/// A part that is not the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Decoded file name, if any. Hostile.
    pub name: Option<String>,
    /// Media type in lower case, `type/subtype`.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// SHA-256 of the decoded bytes; only [`parse_slim`] tells it.
    pub sha256: Option<[u8; 32]>,
    /// Shown inside the text (Content-ID referenced or Content-Disposition: inline).
    pub inline: bool,
    /// What it is to us.
    pub role: AttachmentRole,
}

impl Attachment {
    /// Whether it is Outlook's winmail.dat.
    fn is_winmail(&self) -> bool {
        tnef::is_winmail(self.name.as_deref(), &self.media_type)
    }
}

/// Whether an attachment helps with a request (corpus guidelines, `attachments`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttachmentRole {
    /// Screenshot, log, table, video, archive.
    Substance,
    /// Signature logo, tracking pixel.
    Decoration,
    /// vCard, S/MIME or PGP signature, calendar reply, ATT00001.txt, delivery-status part.
    Machinery,
}

/// A multipart/report (RFC 6522).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// `delivery-status`, `disposition-notification`, `feedback-report`, in lower case.
    pub report_type: String,
    /// Message-ID of the mail that it is about, from the returned headers.
    pub original: Option<MessageId>,
    /// `Action: failed` (RFC 3464): the mail did not arrive.
    pub failed: bool,
    /// Why, in the server's words. Hostile.
    pub reason: Option<String>,
}

/// What a mail program writes a mail of by itself when its user taps a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// A reaction such as «👍» (Gmail).
    Reaction,
    /// An invitation is accepted or declined (RFC 5546, section 3.2.3). He may have added words.
    Invitation,
}

impl Mail {
    /// The values of all header fields of this name (lower case).
    pub fn header_values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |field| field.name == name).map(|field| field.value.as_str())
    }

    /// The mails that it refers to, the one that it answers first (RFC 5322, section 3.6.4).
    pub fn refers_to(&self) -> impl Iterator<Item = &MessageId> {
        self.in_reply_to.iter().chain(self.references.iter().rev())
    }

    /// The text of a mail whose subject says that it forwards another, where its text alone does not: Outlook puts no marker between.
    /// `None` for any other mail, and where its writer shows an earlier mail of his own or of those in `house`: that is history.
    #[must_use]
    pub fn as_forward_by_subject(&self, house: &[Address]) -> Option<Text> {
        let says_so = self.subject_prefix() == Some(subject::SubjectPrefix::Forward);
        let text = says_so.then(|| self.text.as_forward()).flatten()?;
        let line = own_text::forwarded_author_line(&text)?.to_lowercase();
        let names = |part: &str| !part.is_empty() && line.contains(&part.to_lowercase());
        let history = match &self.author {
            Author::One(writer) => names(writer.address.as_str()) || names(writer.name.trim()),
            Author::Doubtful { .. } => false,
        };
        (!history && !house.iter().any(|one| names(one.as_str()))).then_some(text)
    }

    /// Whether files came with it that say something: no logo of a signature, nothing of the mail system's own.
    #[must_use]
    pub fn has_files(&self) -> bool {
        self.attachments.iter().any(|attachment| attachment.role == AttachmentRole::Substance)
    }

    /// Whether files came with it that say something to whoever has not its program: no winmail.dat.
    #[must_use]
    pub fn has_open_files(&self) -> bool {
        let opens = |attachment: &Attachment| !attachment.is_winmail();
        self.attachments.iter().any(|file| file.role == AttachmentRole::Substance && opens(file))
    }

    /// Whether its text, or files of it, are packed into a form that only its program reads: S/MIME, PGP, Outlook's winmail.dat.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.attachments.iter().any(|attachment| {
            matches!(
                attachment.media_type.as_str(),
                "application/pkcs7-mime" | "application/x-pkcs7-mime" | "application/pgp-encrypted"
            ) || attachment.is_winmail()
        })
    }

    /// The author's address where there is one beyond doubt.
    #[must_use]
    pub fn author_address(&self) -> Option<&Address> {
        match &self.author {
            Author::One(mailbox) => Some(&mailbox.address),
            Author::Doubtful { .. } => None,
        }
    }

    /// The address that it shows as its author's, however doubtful: for people to see, never to answer.
    #[must_use]
    pub fn shown_author(&self) -> Option<&Address> {
        match &self.author {
            Author::One(mailbox) => Some(&mailbox.address),
            Author::Doubtful { shown, .. } => shown.as_ref().map(|shown| &shown.address),
        }
    }
}
