//! May we answer? `rows` is the table; the first row in it that matches wins. Every mail is kept and filed or shown, whatever
//! the row.
//!
//! Rows 18 and 19 (complete already, an agent has answered, the asks of the ticket are used up; or a person within the
//! limits) need the ticket: [`crate::ticket::plan`] decides them.

mod rows;

use super::authentication::Authentication;
use super::header;
use super::marks::{self, ByRule};
use crate::mail::{Address, Mail};
use crate::ticket::SentCounts;
use std::time::Duration;

/// What is known of a mail when the table is asked.
#[derive(Clone, Debug)]
pub struct Signals<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// The addresses of our mailboxes, aliases included.
    pub own_addresses: &'a [Address],
    /// The addresses that the operator's web site sends from what its visitors fill in.
    pub forms: &'a [Address],
    /// What our letters carry in X-Loop.
    pub our_loop_id: &'a str,
    /// Its References, In-Reply-To or recipient say that it answers a letter of ours; nobody has proved it.
    pub answers_our_letter: bool,
    /// And its sender takes part in that ticket.
    pub answers_as_participant: bool,
    /// And an agent's last words there ask the client something.
    pub answers_question: bool,
    /// The number in its subject is that of a ticket in which its sender takes part, or whom it names in Reply-To. Anybody can
    /// write a number, and other desks have their own.
    pub numbers_own_ticket: bool,
    /// The subject of that ticket, or of the one whose letter it answers.
    pub ticket_subject: Option<&'a str>,
    /// Its Message-ID is one of ours.
    pub is_ours: bool,
    /// What the trusted server says of the sender.
    pub authentication: Authentication,
    /// What is done with the sender's mail.
    pub sender_policy: SenderPolicy,
    /// The sender is a mailing list that the registry allows.
    pub list_allowed: bool,
    /// The sender is registered, or let in by a person, or has written more than a day ago, or an agent has answered him
    /// before. A part of the limit over all letters is kept for such.
    pub known: bool,
    /// It may have been answered already: a reconciliation found it, or a backup was restored after it had come.
    pub late: bool,
    /// Automatic letters so far.
    pub counts: SentCounts,
    /// How long ago the server received it.
    pub age: Duration,
}

/// What is done with a sender's mail, by what the client registry says of him.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenderPolicy {
    /// Answered like any other: he is known, or everybody is welcome.
    Accept,
    /// Filed, not answered.
    Mark,
    /// A human decides whether it comes in.
    Quarantine,
}

/// How many automatic letters may go out, and what is too much in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Letters in answer to one mail.
    pub message: u32,
    /// Letters to one mailbox, however its provider lets one spell it, in 24 hours.
    pub sender_24h: u32,
    /// Letters to one registered domain in an hour.
    pub domain_1h: u32,
    /// Letters in all in an hour.
    pub all_1h: u32,
    /// Older mails are not answered.
    pub reply_within: Duration,
    /// More Received fields than this are a loop.
    pub received: usize,
    /// More ids in References than this are a loop.
    pub references: usize,
}

impl Limits {
    /// Letters in all in an hour after which none goes to somebody unknown: a flood of strangers leaves the other half to
    /// those whom we know.
    #[must_use]
    pub fn all_1h_of(&self, known: bool) -> u32 {
        if known { self.all_1h } else { self.all_1h.div_ceil(2) }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message: 1,
            sender_24h: 3,
            domain_1h: 10,
            all_1h: 60,
            reply_within: Duration::from_secs(3 * 24 * 3600),
            received: 30,
            references: 100,
        }
    }
}

/// Whether the table lets an automatic letter go out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum ReplyDecision {
    /// A letter may go out, one; [`crate::ticket::plan`] decides which.
    Send,
    /// No letter.
    Silent(Reason),
}

/// Why no letter goes out, and what the mail is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The row of the table by its number, which is not its place.
    pub row: u8,
    /// How to file the mail.
    pub filing: Filing,
    /// The reason, for people: names the field that decided.
    pub why: String,
    /// Automatic letters have stopped, to all or to unknown senders (row 16, the limit over all): operators are told.
    pub breaker: bool,
}

/// How a mail that is not answered is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Filing {
    /// Like any other mail of a client: it joins or opens a ticket. A forged sender joins no existing one, and a doubtful one is
    /// quarantined.
    Normal,
    /// A program wrote it: kept with the ticket that it refers to. It opens, completes and reopens nothing; without such a
    /// ticket the agents' digest shows it.
    Note,
    /// A human decides whether it comes in.
    Quarantine,
    /// A report about a letter of ours: if `Mail::report` says `failed`, that letter has bounced.
    Bounce,
    /// Our own mail came back: logged, nothing else.
    Loop,
    /// It comes from one of our addresses and is no letter of askback: an agent wrote it there, or somebody pretends to.
    Own,
}

/// Asks the table.
pub fn decide(signals: &Signals<'_>, limits: &Limits) -> ReplyDecision {
    let found = rows::TABLE.iter().find_map(|row| row(signals, limits));
    found.map_or(ReplyDecision::Send, ReplyDecision::Silent)
}

/// Why a mail that lies in our own folder for sent mail, or comes from our own address, was written by a machine, be it at
/// somebody's tap; `None` if by a person.
#[must_use]
pub fn by_machine(mail: &Mail, own_addresses: &[Address]) -> Option<&'static str> {
    // What our mailbox' own rule passes on has its marks.
    let by_rule = marks::by_rule(mail, own_addresses);
    let own_rule = by_rule.is_some_and(|(_, rule)| rule == ByRule::Ours);
    let auto_submitted = marks::auto_submitted(mail).filter(|said| !(own_rule && marks::is_rules(said)));
    if is_report(mail) || has_null_return_path(mail) {
        Some("it reports about the delivery of another mail")
    } else if auto_submitted.is_some()
        || marks::autoresponder(mail).is_some()
        || by_rule.is_some_and(|(_, rule)| rule == ByRule::MayAnswer)
    {
        Some("a program answered in our name")
    } else if marks::is_mass(mail, || marks::is_list_of(mail, own_addresses)) {
        Some("it is a mass mailing of ours")
    } else {
        marks::tapped(mail)
    }
}

pub(super) fn is_report(mail: &Mail) -> bool {
    let multipart =
        mail.header_values("content-type").any(|value| header::keyword(value) == "multipart/report");
    mail.report.is_some() || multipart || marks::says(mail, "X-Failed-Recipients")
}

/// Whether our server was told that the mail has no sender. It puts its Return-Path on top; others are those of earlier hops.
fn has_null_return_path(mail: &Mail) -> bool {
    let path = mail.header_values("return-path").next();
    path.is_some_and(|path| matches!(header::without_comments(path).trim(), "" | "<>"))
}

/// Whether a mail is forged, not addressed to us, or goes round (rows 11, 13 and 14): whatever it brings, nobody sent it to us.
pub(super) fn is_suspect(signals: &Signals<'_>, limits: &Limits) -> bool {
    rows::SUSPECT.iter().any(|row| row(signals, limits).is_some())
}

/// Whether an address is one of our mailboxes, with or without a `+tag`.
pub(super) fn is_own(signals: &Signals<'_>, address: &Address) -> bool {
    address.is_among(signals.own_addresses)
}

#[cfg(test)]
pub(super) mod tests;
