//! Notices that the mail server refuses: whoever else is responsible hears of it.

use super::Clock;
use crate::intake;
use crate::mail::Address;
use crate::nudge::{self, Cause};
use crate::store::Tx;
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody hears more often of the same address.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(1);

impl Clock {
    /// Tells those who hear of what is wrong, and the head, whom notices do not reach; each once a day as long as more are
    /// refused. Gives the number of letters.
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
            let is_news =
                tx.moment(&key)?.is_none_or(|told| told < one.at && (now - told).abs() >= AGAIN_AFTER);
            if people.is_empty() || !is_news {
                continue;
            }
            tx.put_moment(&key, now)?;
            let when = one.at.with_timezone(&self.desk.calendar.zone()).format("%d.%m %H:%M").to_string();
            for person in &people {
                let notice =
                    nudge::not_reached(self.policy.language, &one.to, one.notices, &when, &one.why, person);
                tx.enqueue(&intake::notice_letter(&self.desk, &notice, now)?, now)?;
                letters += 1;
            }
        }
        Ok(letters)
    }
}
