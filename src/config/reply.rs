//! `[reply]` and `[tickets]`: when a letter may go out, and how long tickets live.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::value;
use crate::calendar::WorkingDuration;
use crate::reply::SenderPolicy;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplyFile {
    grace: Given<String>,
    reply_within: Given<String>,
    accept: Given<bool>,
    templates: Given<String>,
    authserv_id: Given<String>,
    strangers: Given<String>,
    limits: LimitsFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsFile {
    per_message: Given<u32>,
    asks_per_ticket: Given<u32>,
    per_sender_day: Given<u32>,
    per_domain_hour: Given<u32>,
    per_hour: Given<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TicketsFile {
    reopen_within: Given<String>,
    close_after: Given<String>,
}

/// How automatic letters go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyConfig {
    /// How long a letter waits for a second mail of the client.
    pub grace: Duration,
    /// Mails older than this get no letter.
    pub reply_within: Duration,
    /// Whether a complete request is confirmed by a letter.
    pub accept: bool,
    /// A folder whose templates replace ours.
    pub templates: Option<PathBuf>,
    /// The name by which our own server signs Authentication-Results (RFC 8601); others are not believed.
    pub authserv_id: Option<String>,
    /// What happens to senders who are not in the client registry, once somebody is.
    pub strangers: SenderPolicy,
    /// How many automatic letters may go out.
    pub limits: LimitsConfig,
}

/// How many automatic letters may go out; 0 means none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsConfig {
    /// In answer to one mail.
    pub per_message: u32,
    /// Questions in one ticket; then a human takes over.
    pub asks_per_ticket: u32,
    /// To one mailbox, however its provider lets one spell it, in 24 hours.
    pub per_sender_day: u32,
    /// To one domain in an hour.
    pub per_domain_hour: u32,
    /// In all in an hour; beyond that something is wrong, and replies stop.
    pub per_hour: u32,
}

/// How long tickets live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketsConfig {
    /// A closed ticket is reopened by a mail within this time; later, a new one is opened and linked.
    pub reopen_within: Duration,
    /// An answered ticket is closed after this much working time of silence.
    pub close_after: WorkingDuration,
}

pub(super) fn check_reply(checker: &mut Checker<'_>, file: &ReplyFile, base: &Path) -> ReplyConfig {
    let limits = &file.limits;
    ReplyConfig {
        grace: checker.value(&file.grace, DAY / 720, |text| value::duration(text, Duration::ZERO..=DAY)),
        reply_within: checker
            .value(&file.reply_within, 3 * DAY, |text| value::duration(text, DAY / 1440..=365 * DAY)),
        accept: file.accept.as_ref().is_none_or(|accept| *accept.get_ref()),
        templates: checker.optional(&file.templates, |text| value::path(text, base)),
        authserv_id: checker.optional(&file.authserv_id, authserv_id),
        strangers: checker.choice(
            &file.strangers,
            &[
                ("accept", SenderPolicy::Accept),
                ("mark", SenderPolicy::Mark),
                ("quarantine", SenderPolicy::Quarantine),
            ],
            SenderPolicy::Mark,
        ),
        limits: LimitsConfig {
            per_message: checker.number(&limits.per_message, 0..=1, 1),
            asks_per_ticket: checker.number(&limits.asks_per_ticket, 0..=10, 2),
            per_sender_day: checker.number(&limits.per_sender_day, 0..=1000, 3),
            per_domain_hour: checker.number(&limits.per_domain_hour, 0..=10_000, 10),
            per_hour: checker.number(&limits.per_hour, 0..=100_000, 60),
        },
    }
}

fn authserv_id(text: &str) -> Result<String, Flaw> {
    let id = value::line(text)?;
    if id.chars().any(|c| c.is_whitespace() || matches!(c, ';' | '"' | '(' | ')')) {
        let what = format!("\"{id}\" is not an authserv-id");
        let remedy = "give the first word of the Authentication-Results that your own server writes: \"mx.example.com\"";
        return Err(Flaw::new(what, remedy));
    }
    Ok(id)
}

pub(super) fn check_tickets(checker: &mut Checker<'_>, file: &TicketsFile) -> Option<TicketsConfig> {
    let close_after =
        checker.optional(&file.close_after, value::working_duration).or_else(|| "5d".parse().ok());
    Some(TicketsConfig {
        reopen_within: checker
            .value(&file.reopen_within, 14 * DAY, |text| value::duration(text, Duration::ZERO..=3650 * DAY)),
        close_after: close_after?,
    })
}
