//! What the server says of its mails: FETCH and SEARCH.

use super::{Parts, State};
use std::fmt::Write as _;

impl State {
    /// The UIDs of a set that exist, in order.
    pub(super) fn members(&self, set: &str) -> Vec<u32> {
        let last = self.mails.keys().last().copied().unwrap_or(0);
        let number = |text: &str| if text == "*" { last } else { text.parse().unwrap() };
        let ranges: Vec<(u32, u32)> = set
            .split(',')
            .map(|range| range.split_once(':').unwrap_or((range, range)))
            .map(|(from, to)| (number(from), number(to)))
            .map(|(from, to)| (from.min(to), from.max(to)))
            .collect();
        let within = |uid: &u32| ranges.iter().any(|(from, to)| (*from..=*to).contains(uid));
        self.mails.keys().copied().filter(within).collect()
    }

    pub(super) fn fetch(&self, set: &str, items: &str) -> Vec<u8> {
        let mut answer = Vec::new();
        let lists = items.contains("RFC822.SIZE");
        for uid in self.members(set) {
            if self.hidden.contains(&uid) || (lists && self.unlistable.contains(&uid)) {
                continue;
            }
            let (number, mail) = (self.mails.range(..=uid).count(), &self.mails[&uid]);
            let mut line = format!("* {number} FETCH (UID {uid}");
            if lists {
                let date = if mail.date == "NIL" { "NIL".to_owned() } else { format!("\"{}\"", mail.date) };
                write!(line, " RFC822.SIZE {} INTERNALDATE {date}", mail.size).unwrap();
            }
            let data = if let Some((_, partial)) = items.split_once("BODY.PEEK[]<") {
                let (at, length) = partial.trim_end_matches(">)").split_once('.').unwrap();
                let (at, length): (usize, usize) = (at.parse().unwrap(), length.parse().unwrap());
                let from = at.min(mail.raw.len());
                Some(match self.parts {
                    Parts::Right => {
                        (format!("BODY[]<{at}>"), &mail.raw[from..(from + length).min(mail.raw.len())])
                    }
                    Parts::TooMuch => (format!("BODY[]<{at}>"), &mail.raw[from..]),
                    Parts::Few(most) => {
                        let to = (from + length.min(most)).min(mail.raw.len());
                        (format!("BODY[]<{at}>"), &mail.raw[from..to])
                    }
                    Parts::Whole => ("BODY[]".to_owned(), &mail.raw[..]),
                })
            } else if items.contains("BODY.PEEK[HEADER]") {
                let end = mail.raw.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
                Some(("BODY[HEADER]<0>".to_owned(), &mail.raw[..end]))
            } else if items.contains("BODY.PEEK[]") {
                Some(("BODY[]".to_owned(), &mail.raw[..]))
            } else {
                None
            };
            answer.extend_from_slice(line.as_bytes());
            if let Some((name, data)) = data {
                answer.extend_from_slice(format!(" {name} {{{}}}\r\n", data.len()).as_bytes());
                answer.extend_from_slice(data);
            }
            answer.extend_from_slice(b")\r\n");
        }
        answer
    }

    /// `* SEARCH`, for a set of UIDs or of messages' numbers.
    pub(super) fn search(&self, key: &[&str]) -> String {
        let uids: Vec<u32> = match key {
            ["UID", set] => self.members(set),
            [set] => {
                let (from, to) = set.split_once(':').unwrap_or((set, set));
                let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
                self.mails.keys().copied().skip(from - 1).take(to + 1 - from).collect()
            }
            _ => Vec::new(),
        };
        let uids: Vec<String> = uids.iter().map(ToString::to_string).collect();
        format!("* SEARCH {}\r\n", uids.join(" "))
    }

    /// How a command ends that has been answered.
    pub(super) fn end(&self, command: &str) -> String {
        let cannot = match command.split(' ').collect::<Vec<_>>().as_slice() {
            ["UID", "FETCH", set, items @ ..] if items.contains(&"RFC822.SIZE") => {
                self.members(set).iter().any(|uid| self.unlistable.contains(uid))
            }
            ["UID", "COPY", set, ..] if self.names_copies && !self.members(set).is_empty() => {
                return format!("OK [COPYUID 9 {set} {set}] done");
            }
            _ => false,
        };
        if cannot { "NO [SERVERBUG] cannot read a message" } else { "OK done" }.to_owned()
    }
}
