//! May we answer? The first row that matches wins. Every mail is kept and filed or shown, whatever the row.
//!
//! Rows 18 and 19 (complete already, an agent has answered, the asks of the ticket are used up; or a person within the
//! limits) need the ticket: [`crate::ticket::plan`] decides them.

use super::authentication::Authentication;
use super::form::filled_in_by;
use super::{header, sender};
use crate::mail::{Address, Author, Mail};
use crate::ticket::SentCounts;
use crate::ticket::token::subject_number;
use std::time::Duration;

/// What is known of a mail when the table is asked.
#[derive(Clone, Debug)]
pub struct Signals<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// The addresses of our mailboxes, aliases included.
    pub own_addresses: &'a [Address],
    /// What our letters carry in X-Loop.
    pub our_loop_id: &'a str,
    /// Its References, In-Reply-To or recipient prove that it answers a letter of ours.
    pub answers_our_letter: bool,
    /// Its Message-ID is one of ours.
    pub is_ours: bool,
    /// What the trusted server says of the sender.
    pub authentication: Authentication,
    /// What the client registry says of the sender.
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

/// What the client registry says of a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SenderPolicy {
    /// Known, or everybody is welcome.
    Accept,
    /// Filed, marked as unverified, not answered.
    Mark,
    /// A human decides whether it comes in.
    Quarantine,
}

/// How many automatic letters may go out, and what is too much in a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Letters in answer to one mail.
    pub message: u32,
    /// Letters to one address in 24 hours.
    pub sender_24h: u32,
    /// Letters to one domain in an hour.
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

/// Whether rows 1 to 17 let an automatic letter go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum ReplyDecision {
    /// A letter may go out, one; [`crate::ticket::plan`] decides which.
    Send,
    /// No letter.
    Silent(Reason),
}

/// Why no letter goes out, and what the mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The row of the table, from 1.
    pub row: u8,
    /// How to file the mail.
    pub filing: Filing,
    /// The reason, for people.
    pub why: &'static str,
    /// Automatic letters have stopped, to all or to unknown senders (row 16, the limit over all): operators are told.
    pub breaker: bool,
}

/// How a mail that is not answered is filed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Filing {
    /// Like any other mail of a client: it joins or opens a ticket.
    Normal,
    /// A program answered: kept with the ticket that it refers to. It opens, completes and reopens nothing; without such a
    /// ticket it is a number in the agents' digest.
    Note,
    /// A web site sent what somebody filled in ([`filled_in_by`]): a ticket of his, which a person answers.
    Form,
    /// No client's request by its form: as [`Filing::Note`].
    AgentsQueue,
    /// As [`Filing::Normal`], but a forged sender joins no existing ticket, and a doubtful one is quarantined.
    Unverified,
    /// A human decides whether it comes in.
    Quarantine,
    /// A report about a letter of ours: if `Mail::report` says `failed`, that letter has bounced.
    Bounce,
    /// Our own mail came back: logged, nothing else.
    Loop,
    /// It comes from one of our addresses and is no letter of askback: an agent wrote it there, or somebody pretends to.
    Own,
}

type Row = fn(&Signals<'_>, &Limits) -> Option<Reason>;

const TABLE: [Row; 17] = [
    null_return_path,
    report,
    our_own,
    auto_submitted,
    auto_response_suppress,
    mailing_list,
    precedence,
    autoresponder,
    machine_sender,
    doubtful_sender,
    forged_sender,
    out_of_office,
    not_addressed_to_us,
    going_round,
    sender_policy,
    limits_reached,
    too_late,
];

/// Asks the table.
pub fn decide(signals: &Signals<'_>, limits: &Limits) -> ReplyDecision {
    TABLE.iter().find_map(|row| row(signals, limits)).map_or(ReplyDecision::Send, ReplyDecision::Silent)
}

/// Why a mail that lies in our own folder for sent mail, or comes from our own address, was written by a machine; `None` if
/// by a person.
#[must_use]
pub fn by_machine(mail: &Mail) -> Option<&'static str> {
    if is_report(mail) || has_null_return_path(mail) {
        Some("it reports about the delivery of another mail")
    } else if is_auto_submitted(mail) || is_autoresponse(mail) {
        Some("a program answered in our name")
    } else if mail.header_values("precedence").any(|value| is_mass(value) || header::keyword(value) == "list")
    {
        Some("it is a mass mailing of ours")
    } else {
        None
    }
}

fn is_report(mail: &Mail) -> bool {
    let multipart =
        mail.header_values("content-type").any(|value| header::keyword(value) == "multipart/report");
    mail.report.is_some() || multipart || has(mail, "x-failed-recipients")
}

fn has_null_return_path(mail: &Mail) -> bool {
    let empty = |path: &str| matches!(header::without_comments(path).trim(), "" | "<>");
    mail.header_values("return-path").any(empty)
}

/// Whether a Precedence says that it is no personal mail; `list` does, too, unless the list is allowed.
fn is_mass(precedence: &str) -> bool {
    matches!(header::keyword(precedence).as_str(), "bulk" | "junk" | "auto_reply" | "auto-reply")
}

fn is_auto_submitted(mail: &Mail) -> bool {
    mail.header_values("auto-submitted").any(|value| header::keyword(value) != "no")
}

fn is_autoresponse(mail: &Mail) -> bool {
    // CommuniGate's rules mark their replies with X-Autogenerated only.
    let marks = [
        "x-autoreply",
        "x-autorespond",
        "x-autoresponder",
        "x-autogenerated",
        "x-ms-exchange-inbox-rules-loop",
    ];
    marks.iter().any(|name| has(mail, name))
}

fn silent(when: bool, row: u8, filing: Filing, why: &'static str) -> Option<Reason> {
    when.then_some(Reason { row, filing, why, breaker: false })
}

fn has(mail: &Mail, name: &str) -> bool {
    mail.header_values(name).next().is_some()
}

/// Row 1. Vacation programs and bounces have an empty Return-Path, too: they are filed as what they are.
fn null_return_path(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let when = has_null_return_path(signals.mail);
    let known: [Row; 5] = [report, our_own, auto_submitted, autoresponder, out_of_office];
    let filing =
        known.iter().find_map(|row| row(signals, limits)).map_or(Filing::AgentsQueue, |reason| reason.filing);
    silent(when, 1, filing, "Return-Path is empty: a program sent it and wants no answer")
}

/// Row 2.
fn report(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    silent(is_report(signals.mail), 2, Filing::Bounce, "it reports about the delivery of another mail")
}

/// Row 3.
fn our_own(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let looped = signals
        .mail
        .header_values("x-loop")
        .any(|value| value.trim().eq_ignore_ascii_case(signals.our_loop_id));
    let (author, doubtful) = match &signals.mail.author {
        Author::One(mailbox) => (Some(mailbox), false),
        Author::Doubtful { shown, .. } => (shown.as_ref(), true),
    };
    let own = author.is_some_and(|author| is_own(signals, &author.address));
    let loops = signals.is_ours || looped || (own && doubtful);
    silent(loops, 3, Filing::Loop, "it is our own mail")
        .or_else(|| silent(own, 3, Filing::Own, "it comes from one of our own addresses"))
}

/// Row 4 (RFC 3834, section 5).
fn auto_submitted(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    silent(is_auto_submitted(signals.mail), 4, Filing::Note, "Auto-Submitted says that a program sent it")
}

/// Row 5. Exchange sets it on mails of people, too.
fn auto_response_suppress(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let asks = |word: &String| matches!(word.as_str(), "all" | "oof" | "autoreply");
    let when = signals
        .mail
        .header_values("x-auto-response-suppress")
        .any(|value| header::words(value).iter().any(asks));
    silent(when, 5, Filing::Normal, "X-Auto-Response-Suppress asks for no automatic answer")
}

/// Row 6.
fn mailing_list(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let listed = signals.mail.headers.iter().any(|field| {
        field.name.starts_with("list-") || matches!(field.name.as_str(), "mailing-list" | "feedback-id")
    });
    silent(
        listed && !signals.list_allowed,
        6,
        Filing::AgentsQueue,
        "it came through a mailing list or a mass mailing",
    )
}

/// Row 7.
fn precedence(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let list = |value: &str| !signals.list_allowed && header::keyword(value) == "list";
    let mass = |value: &str| is_mass(value) || list(value);
    let when = signals.mail.header_values("precedence").any(mass);
    silent(when, 7, Filing::Normal, "Precedence says that it is no personal mail")
}

/// Row 8.
fn autoresponder(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    silent(is_autoresponse(signals.mail), 8, Filing::Note, "an autoresponder or inbox rule sent it")
}

/// Row 9.
fn machine_sender(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let author = signals.mail.author_address().is_some_and(|author| sender::is_machine(author.local()));
    let relays = ["return-path", "sender"].iter().flat_map(|name| signals.mail.header_values(name));
    let relayed =
        !signals.list_allowed && relays.filter_map(local_part).any(|local| sender::is_list_manager(&local));
    let is_form = !relayed && filled_in_by(signals, limits).is_some();
    let filing = if is_form { Filing::Form } else { Filing::AgentsQueue };
    silent(author || relayed, 9, filing, "nobody reads what is sent to its sender")
}

/// Row 10.
fn doubtful_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let doubtful =
        signals.mail.author_address().is_none() || signals.mail.header_values("from").nth(1).is_some();
    silent(doubtful, 10, Filing::Unverified, "From does not name one sender beyond doubt")
}

/// Row 11.
fn forged_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let forged = signals.authentication == Authentication::Fail;
    silent(forged, 11, Filing::Unverified, "the sender is forged: DMARC failed")
}

/// Row 12. A subject alone proves little: the mail is shown to agents, and only one that answers us is a note.
fn out_of_office(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let answers = signals.answers_our_letter || subject_number(&signals.mail.subject).is_some();
    let when = answers && sender::is_out_of_office(&signals.mail.subject);
    silent(when, 12, Filing::Note, "its subject says that nobody is there")
}

/// Row 13.
fn not_addressed_to_us(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let mail = signals.mail;
    let mut recipients = mail.to.iter().chain(&mail.cc).chain(&mail.resent);
    let named = recipients.any(|mailbox| is_own(signals, &mailbox.address));
    silent(!named, 13, Filing::Normal, "none of our addresses is in To or Cc")
}

/// Row 14.
fn going_round(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let hops = signals.mail.header_values("received").count();
    let ids: usize = signals.mail.header_values("references").map(|value| value.matches('<').count()).sum();
    // Values are cut at 8 KB; so long a one had more ids than any conversation between people.
    let cut = signals.mail.header_values("references").any(|value| value.len() >= 8000);
    let when = hops > limits.received || ids > limits.references || cut;
    silent(when, 14, Filing::Normal, "it has gone through too many hands: a loop")
}

/// Row 15.
fn sender_policy(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    match signals.sender_policy {
        SenderPolicy::Accept => None,
        SenderPolicy::Mark => {
            silent(true, 15, Filing::Unverified, "the sender is not in the client registry")
        }
        SenderPolicy::Quarantine => {
            silent(true, 15, Filing::Quarantine, "the sender is not in the client registry")
        }
    }
}

/// Row 16. The asks of a ticket are counted in [`crate::ticket::plan`]: a confirmation may follow the last ask.
fn limits_reached(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let counts = signals.counts;
    if counts.all_1h >= limits.all_1h_of(signals.known) {
        let why = if counts.all_1h >= limits.all_1h {
            "too many automatic letters this hour: all have stopped"
        } else {
            "too many automatic letters this hour: the others are kept for known senders"
        };
        return Some(Reason { row: 16, filing: Filing::Normal, why, breaker: true });
    }
    let why = if counts.about_mail >= limits.message {
        "this mail has been answered"
    } else if counts.sender_24h >= limits.sender_24h {
        "the sender has had enough automatic letters today"
    } else if counts.domain_1h >= limits.domain_1h && !is_at_public_provider(signals) {
        "the sender's domain has had enough automatic letters this hour"
    } else {
        return None;
    };
    silent(true, 16, Filing::Normal, why)
}

/// Half of all clients may write from one such domain: it says nothing of a flood from one house.
fn is_at_public_provider(signals: &Signals<'_>) -> bool {
    signals.mail.author_address().is_some_and(Address::is_at_public_provider)
}

/// Row 17.
fn too_late(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    silent(signals.age > limits.reply_within, 17, Filing::Normal, "it is too old for an automatic answer")
        .or_else(|| {
            let why =
                "it may have been answered already: a reconciliation found it, or it came before a restore";
            silent(signals.late, 17, Filing::Normal, why)
        })
}

/// Whether a mail is forged, not addressed to us, or goes round (rows 11, 13 and 14): whatever it brings, nobody sent it to us.
pub(super) fn is_suspect(signals: &Signals<'_>, limits: &Limits) -> bool {
    let rows: [Row; 3] = [forged_sender, not_addressed_to_us, going_round];
    rows.iter().any(|row| row(signals, limits).is_some())
}

/// Whether an address is one of our mailboxes, with or without a `+tag`.
pub(super) fn is_own(signals: &Signals<'_>, address: &Address) -> bool {
    signals.own_addresses.iter().any(|own| own.same_mailbox(address))
}

/// The local part, in lower case, of the address in a header value such as `Fleet <owner-fleet@a.b>`.
fn local_part(value: &str) -> Option<String> {
    let clean = header::without_comments(value);
    let inside = clean.rsplit_once('<').map_or(clean.as_str(), |(_name, rest)| rest);
    let (local, _domain) = inside.split_once('@').unwrap_or((inside.trim_end_matches('>'), ""));
    let local = local.trim();
    (!local.is_empty()).then(|| local.to_lowercase())
}

#[cfg(test)]
pub(super) mod tests;
