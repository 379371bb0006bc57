//! Address headers (RFC 5322, section 3.4), read strictly for the author and leniently for everybody else.
//!
//! The strict reading exists because mail programs disagree about odd syntax, and who disagrees about the author
//! answers the wrong person: whatever is not plain is a fault, and a From with a fault is [`Author::Doubtful`].

mod token;

use super::encoded_word::{self, unfold};
use super::fields::HeaderBlock;
use super::{Address, Author, Mailbox};
use token::{Token, tokens};

/// Mailboxes of one kind of header (To, say) that are kept, in however many fields.
const MAX_ADDRESSES: usize = 500;
/// Bytes of one kind of header that are looked at.
const MAX_BYTES: usize = 256 * 1024;
/// Bytes of a From header that are looked at: it names one mailbox, and two readers go through it.
pub(super) const MAX_FROM: usize = 8 * 1024;
/// Characters of a display name that are kept.
const MAX_NAME: usize = 500;

/// What an address header says.
#[derive(Debug, Default)]
pub(super) struct AddressList {
    /// The mailboxes in order, those of groups included.
    pub(super) mailboxes: Vec<Mailbox>,
    /// The first thing that is not plain syntax, for people.
    pub(super) fault: Option<&'static str>,
    /// Whether there was more than is looked at.
    pub(super) cut: bool,
}

/// What the mail library read in the From headers, to compare.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LibraryFrom {
    /// How many From headers it saw.
    pub(super) headers: usize,
    /// The addresses in them, groups flattened.
    pub(super) addresses: Vec<String>,
}

/// Who the mail is from: one mailbox beyond doubt, or the reason why not.
pub(super) fn author(block: &HeaderBlock<'_>, library: &LibraryFrom) -> Author {
    let mut headers = block.all("from");
    let Some(value) = headers.next() else {
        return Author::Doubtful { why: "there is no From header".to_owned(), shown: None };
    };
    let several = headers.next().is_some();
    let list = parse([value]);
    let mut mailboxes = list.mailboxes.into_iter();
    let first = mailboxes.next();
    let why = if several {
        "there are several From headers"
    } else if list.cut || value.len() > MAX_FROM {
        "the From header is too long"
    } else if let Some(fault) = list.fault {
        fault
    } else if mailboxes.next().is_some() {
        "the From header names several senders"
    } else if let Some(mailbox) = &first {
        let same =
            library.addresses.iter().all(|address| Address::parse(address).as_ref() == Ok(&mailbox.address));
        if library.headers == 1 && library.addresses.len() == 1 && same {
            return Author::One(mailbox.clone());
        }
        "the From header can be read in two ways"
    } else {
        "the From header names nobody"
    };
    Author::Doubtful { why: why.to_owned(), shown: first }
}

/// One address among the items between two commas.
#[derive(Default)]
struct Item {
    /// Words before the address, or the bare address itself.
    words: Vec<Vec<u8>>,
    /// Words that were in quotes are never addresses.
    quoted: bool,
    comments: Vec<Vec<u8>>,
    angle: Option<Vec<u8>>,
    fault: Option<&'static str>,
}

/// Reads address headers of one kind as written: no more fields, bytes or mailboxes than can be meant.
pub(super) fn parse<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> AddressList {
    let mut list = AddressList::default();
    let mut room = MAX_BYTES;
    for value in values {
        let more = value.len() > room;
        let value = value.get(..room).unwrap_or(value);
        list.read(value, more);
        room -= value.len();
        if list.cut {
            break;
        }
    }
    list
}

impl AddressList {
    fn fault(&mut self, fault: &'static str) {
        self.fault = self.fault.or(Some(fault));
    }

    /// Reads a field, of which more may follow that is not looked at: what stands last is half an address then.
    fn read(&mut self, value: &[u8], more: bool) {
        if value.iter().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n'))
            || value.trim_ascii().windows(2).any(|pair| matches!(pair, [b'\r', next] if *next != b'\n'))
        {
            self.fault("the header has control characters");
        }
        let mut item = Item::default();
        let mut in_group = false;
        let mut items = 0;
        for token in tokens(&unfold(value)) {
            match token {
                Token::Word(word) => item.word(word, false),
                Token::Quoted(word) => item.word(word, true),
                Token::Comment(text) => item.comments.push(text),
                Token::Angle(_) if item.angle.is_some() => item.fault("an item has two addresses"),
                Token::Angle(address) => item.angle = Some(address),
                Token::Colon => {
                    self.fault("the header has a group");
                    in_group = true;
                    item = Item::default();
                }
                Token::Comma | Token::Semicolon => {
                    if matches!(token, Token::Semicolon) && !std::mem::take(&mut in_group) {
                        self.fault("a semicolon stands between addresses");
                    }
                    items += 1;
                    self.take(std::mem::take(&mut item));
                }
                Token::Fault(fault) => self.fault(fault),
            }
            if self.cut {
                return;
            }
        }
        if more {
            self.cut = true;
            return;
        }
        if items > 0 && item.is_empty() && !self.mailboxes.is_empty() {
            self.fault("a comma with nothing behind it");
        }
        self.take(item);
    }

    fn take(&mut self, item: Item) {
        if item.is_empty() {
            return;
        }
        if self.mailboxes.len() >= MAX_ADDRESSES {
            self.cut = true;
            return;
        }
        let (mailbox, fault) = item.mailbox();
        self.fault = self.fault.or(fault);
        self.mailboxes.extend(mailbox);
    }
}

impl Item {
    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.angle.is_none()
    }

    fn fault(&mut self, fault: &'static str) {
        self.fault = self.fault.or(Some(fault));
    }

    fn word(&mut self, word: Vec<u8>, quoted: bool) {
        if self.angle.is_some() {
            self.fault("words stand behind the address");
        }
        self.quoted |= quoted;
        self.words.push(word);
    }

    fn mailbox(self) -> (Option<Mailbox>, Option<&'static str>) {
        let mut fault = self.fault;
        let (address, name) = match (self.angle, self.words.as_slice()) {
            (Some(angle), words) => (angle, words.join(&b' ')),
            (None, [word]) if !self.quoted => (word.clone(), Vec::new()),
            (None, words) => {
                // Not an address, but people and lists write `Name a@b`.
                fault = fault.or(Some("an item has no address"));
                let at = words.iter().rposition(|word| word.contains(&b'@') && !self.quoted);
                let Some(word) = at.and_then(|at| words.get(at)) else { return (None, fault) };
                let others: Vec<_> = words.iter().filter(|other| *other != word).cloned().collect();
                (word.clone(), others.join(&b' '))
            }
        };
        let Some(address) = plain_address(&address) else {
            return (None, fault.or(Some("an address is not plain")));
        };
        let name = display_name(&name, self.comments);
        (Some(Mailbox { name, address }), fault)
    }
}

/// A display name with the comments that stand beside it. Once it is as long as one may be, no more of them are looked at:
/// there may be a hundred thousand.
fn display_name(words: &[u8], comments: impl IntoIterator<Item = Vec<u8>>) -> String {
    let shown = |bytes: &[u8]| encoded_word::one_line(&encoded_word::decode(bytes), MAX_NAME).0;
    let mut name = shown(words);
    let mut length = name.chars().count();
    let mut comments = comments.into_iter();
    while length < MAX_NAME
        && let Some(comment) = comments.next()
    {
        let comment = shown(&comment);
        let comment = if name.is_empty() { comment } else { format!(" ({comment})") };
        length += comment.chars().count();
        name += &comment;
    }
    encoded_word::one_line(&name, MAX_NAME).0
}

/// An addr-spec that every program reads alike. Encoded words are no part of addresses (RFC 2047, section 5), though
/// their characters could be.
fn plain_address(bytes: &[u8]) -> Option<Address> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if text.contains("=?") { None } else { Address::parse(text).ok() }
}

#[cfg(test)]
mod tests;
