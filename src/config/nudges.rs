//! `[nudges]`: what agents and the head hear, and when.

use super::checker::{Checker, Given};
use super::support::Support;
use super::value;
use crate::calendar::WorkingDuration;
use crate::mail::{Address, Mailbox};
use crate::nudge::Cause;
use serde::Deserialize;
use std::time::Duration;
use strum::VariantArray as _;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct NudgesFile {
    client_silent: Given<String>,
    soon_percent: Given<u32>,
    escalate_after: Given<String>,
    digest: Given<bool>,
    every: Given<String>,
    to: RecipientsFile,
}

/// Words or addresses for each cause.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RecipientsFile {
    new: Option<Vec<Spanned<String>>>,
    asks_used_up: Option<Vec<Spanned<String>>>,
    client_silent: Option<Vec<Spanned<String>>>,
    soon: Option<Vec<Spanned<String>>>,
    returned: Option<Vec<Spanned<String>>>,
    overdue: Option<Vec<Spanned<String>>>,
    escalated: Option<Vec<Spanned<String>>>,
    held: Option<Vec<Spanned<String>>>,
    quarantined: Option<Vec<Spanned<String>>>,
    digest: Option<Vec<Spanned<String>>>,
}

impl RecipientsFile {
    fn get(&self, cause: Cause) -> Option<&[Spanned<String>]> {
        let given = match cause {
            Cause::AgentsTurn => &self.new,
            Cause::NotAskedAgain => &self.asks_used_up,
            Cause::ClientSilent => &self.client_silent,
            Cause::ReactionSoon => &self.soon,
            Cause::Returned => &self.returned,
            Cause::Overdue => &self.overdue,
            Cause::Escalated => &self.escalated,
            Cause::Held => &self.held,
            Cause::Quarantined => &self.quarantined,
            Cause::Digest => &self.digest,
        };
        given.as_deref()
    }
}

/// What agents and the head hear, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NudgesConfig {
    /// A client who was asked may be silent for so long.
    pub client_silent: WorkingDuration,
    /// Agents are reminded when so much of the reaction time has passed.
    pub soon_percent: u32,
    /// The head hears of a reaction that has been overdue for so long.
    pub escalate_after: WorkingDuration,
    /// Nobody gets notices more often.
    pub every: Duration,
    /// Who hears of each cause; perhaps nobody.
    pub to: Vec<(Cause, Vec<Address>)>,
}

pub(super) fn check_nudges(
    checker: &mut Checker<'_>,
    file: &NudgesFile,
    support: &Support,
    agents: &[Mailbox],
    head: Option<&Mailbox>,
) -> Option<NudgesConfig> {
    let working_time = |checker: &mut Checker<'_>, given, default: &str| {
        checker.optional(given, value::working_duration).or_else(|| default.parse().ok())
    };
    let client_silent = working_time(checker, &file.client_silent, "8h");
    let escalate_after = working_time(checker, &file.escalate_after, "4h");
    let digest = file.digest.as_ref().is_none_or(|digest| *digest.get_ref());
    let to = Cause::VARIANTS.iter().map(|&cause| {
        let people = match file.to.get(cause) {
            Some(given) => recipients(checker, given, support, agents, head),
            None if cause == Cause::Escalated => head.map(|head| head.address.clone()).into_iter().collect(),
            None => agents.iter().map(|agent| agent.address.clone()).collect(),
        };
        (cause, if cause == Cause::Digest && !digest { Vec::new() } else { people })
    });
    let to = to.collect();
    Some(NudgesConfig {
        client_silent: client_silent?,
        soon_percent: checker.number(&file.soon_percent, 1..=99, 75),
        escalate_after: escalate_after?,
        every: checker.value(&file.every, Duration::from_secs(60), |text| {
            value::duration(text, Duration::from_secs(1)..=Duration::from_secs(3600))
        }),
        to,
    })
}

/// `"agents"`, `"head"` or addresses. None may be one of our own: askback would write to itself.
fn recipients(
    checker: &mut Checker<'_>,
    given: &[Spanned<String>],
    support: &Support,
    agents: &[Mailbox],
    head: Option<&Mailbox>,
) -> Vec<Address> {
    let mut people: Vec<Address> = Vec::new();
    for word in given {
        match (word.get_ref().as_str(), head) {
            ("agents", _) => people.extend(agents.iter().map(|agent| agent.address.clone())),
            ("head", Some(head)) => people.push(head.address.clone()),
            ("head", None) => {
                checker.problem(word.span(), "there is no [head]", "add a section [head] with an `address`");
            }
            (_, _) => {
                let Some(address) = checker.parse(word, recipient) else { continue };
                if address.is_among(&support.addresses) {
                    let remedy = "give a person's own address; askback would write to itself";
                    let what = format!("{address} is the support desk's own address");
                    checker.problem(word.span(), &what, remedy);
                }
                people.push(address);
            }
        }
    }
    people
}

fn recipient(text: &str) -> Result<Address, super::problem::Flaw> {
    value::address(text).map_err(|flaw| {
        super::problem::Flaw::new(
            flaw.what,
            "give \"agents\", \"head\" or a bare address: \"ivan@example.com\"",
        )
    })
}
