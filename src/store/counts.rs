//! How much there is of everything, for `doctor`, and of what waits, for STATUS lines and digests.

use super::sql::{Ms, Size};
use super::{OutboxState, Reader};
use crate::imap::Unconfirmed;
use crate::ticket::{Disposition, State};
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::params;
use strum::VariantArray as _;

/// How much there is of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Received mails that have a disposition, all five in order.
    pub mails: Vec<(Disposition, u64)>,
    /// Mails to be processed.
    pub new: u64,
    /// Mails to be fetched.
    pub wanted: u64,
    /// Tickets, all four states in order.
    pub tickets: Vec<(State, u64)>,
    /// Letters, all six states in order.
    pub outbox: Vec<(OutboxState, u64)>,
}

/// How much waits: for a person, or for askback itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// Tickets that are the agents' turn.
    pub open: u64,
    /// Tickets that are the clients' turn.
    pub incomplete: u64,
    /// Mails to be processed.
    pub new: u64,
    /// Mails to be fetched.
    pub wanted: u64,
    /// Mails that could not be processed.
    pub held: u64,
    /// Mails whose sender is in doubt.
    pub quarantined: u64,
}

/// Stored mails of one mailbox that the server has neither marked nor moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmarked {
    /// The mailbox.
    pub mailbox: String,
    /// So many are tried again.
    pub tried: u64,
    /// So many are not copied any more: nothing shows that they arrive.
    pub given_up: u64,
}

impl Reader<'_> {
    /// How much waits. What is done, which is nearly all, is not gone through.
    pub fn waits(&self) -> Result<Waits> {
        let waits = self.row(
            "SELECT (SELECT count(*) FROM ticket WHERE state = 'open') AS open,
                    (SELECT count(*) FROM ticket WHERE state = 'incomplete') AS incomplete,
                    (SELECT count(*) FROM mail WHERE direction = 'in' AND disposition = 'new') AS new,
                    (SELECT count(*) FROM wanted) AS wanted,
                    (SELECT count(*) FROM mail WHERE direction = 'in' AND disposition = 'held') AS held,
                    (SELECT count(*) FROM mail WHERE direction = 'in' AND disposition = 'quarantined') AS quarantined",
            [],
            |row| {
                let count = |column| row.get::<_, Size>(column).map(|size| size.0);
                Ok(Waits {
                    open: count("open")?,
                    incomplete: count("incomplete")?,
                    new: count("new")?,
                    wanted: count("wanted")?,
                    held: count("held")?,
                    quarantined: count("quarantined")?,
                })
            },
        )?;
        Ok(waits.unwrap_or_default())
    }

    /// How much there is of everything.
    pub fn counts(&self) -> Result<Counts> {
        let mails =
            self.by_name("SELECT disposition, count(*) FROM mail WHERE direction = 'in' GROUP BY 1")?;
        let tickets = self.by_name("SELECT state, count(*) FROM ticket GROUP BY 1")?;
        let outbox = self.by_name("SELECT state, count(*) FROM outbox GROUP BY 1")?;
        let count = |counts: &[(String, u64)], name: &str| {
            counts.iter().find(|(found, _)| found == name).map_or(0, |(_, count)| *count)
        };
        Ok(Counts {
            mails: Disposition::VARIANTS.iter().map(|of| (*of, count(&mails, of.into()))).collect(),
            new: count(&mails, "new"),
            wanted: self.total("SELECT count(*) FROM wanted")?,
            tickets: State::VARIANTS.iter().map(|of| (*of, count(&tickets, of.into()))).collect(),
            outbox: OutboxState::VARIANTS.iter().map(|of| (*of, count(&outbox, of.into()))).collect(),
        })
    }

    /// Whether mails are still to be fetched or filed.
    pub fn mails_come_in(&self) -> Result<bool> {
        let sql = "SELECT EXISTS (SELECT 1 FROM wanted)
                       OR EXISTS (SELECT 1 FROM mail WHERE direction = 'in' AND disposition = 'new')";
        Ok(self.row(sql, [], |row| row.get(0))?.unwrap_or_default())
    }

    /// How many letters wait, or are just being tried again, that were tried, or have been due for a minute, and why the one does that was tried last, without its
    /// recipient: the log has it. `None` if none was tried.
    pub fn held_up(&self, now: DateTime<Utc>) -> Result<Option<(u64, String)>> {
        // SQLite takes last_error and recipient from the row that has the maximum.
        let held_up = self.row(
            "SELECT (SELECT count(*) FROM outbox
                     WHERE state IN ('waiting', 'claimed') AND (last_error <> '' OR due_at < ?1)),
                    replace(last_error, recipient, '…'), max(counted_at)
             FROM outbox
             WHERE state IN ('waiting', 'claimed') AND last_error <> ''",
            [Ms(now - TimeDelta::minutes(1))],
            |row| Ok((row.get::<_, Size>(0)?.0, row.get::<_, Option<String>>(1)?)),
        )?;
        Ok(held_up.and_then(|(count, why)| Some((count, why?))))
    }

    /// What the server has neither marked nor moved a quarter of an hour after it was stored, by mailbox.
    pub fn unmarked(&self, now: DateTime<Utc>) -> Result<Vec<Unmarked>> {
        self.rows(
            "SELECT mailbox, sum(NOT given_up), sum(given_up)
             FROM (SELECT unconfirmed.mailbox, copies >= ?2 AND NOT copied AS given_up
                   FROM unconfirmed JOIN mail USING (mailbox, uid_validity, uid)
                   WHERE mail.stored_at < ?1)
             GROUP BY mailbox",
            params![Ms(now - TimeDelta::minutes(15)), Unconfirmed::MOST_COPIES],
            |row| {
                let (tried, given_up) = (row.get::<_, Size>(1)?.0, row.get::<_, Size>(2)?.0);
                Ok(Unmarked { mailbox: row.get(0)?, tried, given_up })
            },
        )
    }

    fn by_name(&self, sql: &str) -> Result<Vec<(String, u64)>> {
        self.rows(sql, [], |row| Ok((row.get(0)?, row.get::<_, Size>(1)?.0)))
    }

    fn total(&self, sql: &str) -> Result<u64> {
        Ok(self.row(sql, [], |row| Ok(row.get::<_, Size>(0)?.0))?.unwrap_or_default())
    }
}
