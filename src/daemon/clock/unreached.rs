//! Notices that the mail server refuses, or never says to have: whoever else is responsible hears of it.

use super::Clock;
use crate::intake;
use crate::mail::Address;
use crate::nudge::{self, Cause};
use crate::store::{OutboxId, Tx};
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody hears more often of the same address.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(1);

/// So many subjects of what did not arrive are listed, the latest.
const SUBJECTS: usize = 30;

/// The subjects of letters, but of those whose bytes are damaged.
fn subjects(tx: &Tx<'_>, letters: &[OutboxId]) -> Vec<String> {
    let latest = letters.get(letters.len().saturating_sub(SUBJECTS)..).unwrap_or_default();
    latest.iter().filter_map(|id| tx.parsed_letter(*id).ok()).map(|letter| letter.subject).collect()
}

impl Clock {
    /// Tells those who hear of what is wrong, and the head, whom notices do not reach; each once a day as long as more are
    /// lost. Gives the number of letters.
    pub(super) fn tell_of_unreached(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<usize> {
        let unreached = tx.unreached(&self.desk.agents, now)?;
        let is_reached = |person: &&Address| !unreached.iter().any(|unreached| unreached.to == **person);
        let responsible = |cause: &Cause| matches!(cause, Cause::Held | Cause::Escalated);
        let told = self.policy.recipients.iter().filter(|(cause, _)| responsible(cause));
        let mut people: Vec<&Address> = told.flat_map(|(_, people)| people).filter(is_reached).collect();
        people.sort_unstable_by_key(|person| person.as_str());
        people.dedup();
        let mut letters = 0;
        for one in &unreached {
            let key = format!("unreached {}", one.to);
            let told = tx.moment(&key)?;
            let is_news = told.is_none_or(|told| told < one.at && (now - told).abs() >= AGAIN_AFTER);
            if people.is_empty() || !is_news {
                continue;
            }
            tx.put_moment(&key, now)?;
            let when = one.at.with_timezone(&self.desk.calendar.zone()).format("%d.%m %H:%M").to_string();
            // What nobody else may have heard of is not told again: its subject stands here.
            let lost = subjects(tx, &tx.lost_notices(&one.to, told, now)?);
            let about = nudge::NotReached {
                colleague: &one.to,
                notices: one.notices,
                when: &when,
                why: &one.why,
                lost: &lost,
            };
            for person in &people {
                let notice = nudge::not_reached(self.desk.language, &about, person);
                tx.enqueue(&intake::notice_letter(&self.desk, &notice, now)?, now)?;
                letters += 1;
            }
        }
        Ok(letters)
    }
}
