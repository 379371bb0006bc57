//! How many automatic letters went out or will: what keeps us from mailing anybody too often.

use super::sql::Ms;
use super::{MailId, Reader};
use crate::mail::Address;
use crate::ticket::SentCounts;
use anyhow::{Context as _, Result};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;

/// Who has written before that is no stranger. Longer than the hour that a limit counts.
const KNOWN_AFTER: TimeDelta = TimeDelta::days(1);

impl Reader<'_> {
    /// Whether somebody, registered or not, is no stranger: he wrote, in a mail that was filed, more than a day ago, or has a
    /// ticket that an agent has answered.
    pub fn is_known(&self, address: &Address, now: DateTime<Utc>) -> Result<bool> {
        let known = self.row(
            "SELECT EXISTS (SELECT 1 FROM message WHERE author = ?1 AND at < ?2 AND direction = 'in' AND kind IS NOT NULL)
                 OR EXISTS (SELECT 1 FROM ticket WHERE client = ?1 AND agent_answered = 1)",
            params![address, Ms(now - KNOWN_AFTER)],
            |row| row.get(0),
        )?;
        Ok(known.unwrap_or_default())
    }

    /// What the limits on automatic letters need. Ask in the transaction that puts the letter into the outbox.
    pub fn sent_counts(&self, mail: MailId, to: &Address, now: DateTime<Utc>) -> Result<SentCounts> {
        // A letter that is still to go out counts however old it is; the others from when they were last touched.
        // Those to go out are few, and have an index of their own. The columns have what is counted by, not how the letter is addressed.
        let all_1h = self.sent_1h(now)?;
        self.row(
            "SELECT
                 (SELECT count(*) FROM outbox
                  WHERE kind IN ('ask', 'accept') AND answers_mail = ?1
                    AND state NOT IN ('cancelled', 'refused')) AS about_mail,
                 (SELECT count(*) FROM outbox
                  WHERE kind IN ('ask', 'accept') AND recipient_untagged = ?2 AND counted_at > ?4
                    AND state NOT IN ('cancelled', 'refused'))
                 + (SELECT count(*) FROM outbox INDEXED BY outbox_unsettled
                  WHERE kind IN ('ask', 'accept') AND recipient_untagged = ?2 AND counted_at <= ?4
                    AND settled_at IS NULL) AS sender_24h,
                 (SELECT count(*) FROM outbox
                  WHERE kind IN ('ask', 'accept') AND recipient_domain = ?3 AND counted_at > ?5
                    AND state NOT IN ('cancelled', 'refused'))
                 + (SELECT count(*) FROM outbox INDEXED BY outbox_unsettled
                  WHERE kind IN ('ask', 'accept') AND recipient_domain = ?3 AND counted_at <= ?5
                    AND settled_at IS NULL) AS domain_1h",
            params![
                mail,
                to.counted_mailbox(),
                to.counted_domain(),
                Ms(now - TimeDelta::hours(24)),
                Ms(now - TimeDelta::hours(1)),
            ],
            |row| {
                Ok(SentCounts {
                    about_mail: row.get("about_mail")?,
                    sender_24h: row.get("sender_24h")?,
                    domain_1h: row.get("domain_1h")?,
                    all_1h,
                })
            },
        )?
        .context("counting gave no row")
    }

    /// How many automatic letters there are of the last hour, or to go out, in all.
    pub fn sent_1h(&self, now: DateTime<Utc>) -> Result<u32> {
        self.row(
            "SELECT
                 (SELECT count(*) FROM outbox
                  WHERE kind IN ('ask', 'accept') AND counted_at > ?1
                    AND state NOT IN ('cancelled', 'refused'))
                 + (SELECT count(*) FROM outbox INDEXED BY outbox_unsettled
                  WHERE kind IN ('ask', 'accept') AND counted_at <= ?1
                    AND settled_at IS NULL)",
            [Ms(now - TimeDelta::hours(1))],
            |row| row.get(0),
        )?
        .context("counting gave no row")
    }
}
