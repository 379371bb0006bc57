//! What happens because time passes: nudges to agents and the head, tickets that silence closes.

mod unreached;

use super::status::Status;
use crate::calendar::WorkingDuration;
use crate::intake::{self, Desk, regulation_of};
use crate::mail::Address;
use crate::nudge::{self, About, Correspondence, Policy, TicketFacts};
use crate::store::{EventSubject, Store, Tx};
use crate::ticket::states::{self, Cause};
use crate::ticket::{State, Ticket};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Mails that follow each other so closely are told of together.
const SETTLE: Duration = Duration::from_secs(1);
/// So many mails that wait for a person are told of in one run; the others in the next.
const MAILS: usize = 500;

/// Since when what mails may make untrue waits for them; the epoch if all are here.
const WAITS_SINCE: &str = "long overdue waits since";
/// An import may take days, a server may stay away: what is known so far is told this often.
const WAITS_AT_MOST: TimeDelta = TimeDelta::hours(1);

/// What the clock goes by.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) desk: Arc<Desk>,
    pub(super) policy: Policy,
    /// Looks at the clock this often. After a notice nobody gets another one sooner: what comes meanwhile is told together.
    pub(super) every: Duration,
    /// An answered ticket is closed after so much working time of silence.
    pub(super) close_after: WorkingDuration,
    /// The folders that are watched: in the mailboxes and where agents' sent mail lies.
    pub(super) folders: Vec<String>,
    /// How they are.
    pub(super) status: Arc<Status>,
}

/// Looks at the clock until `stop`. `filed` rings when mails have been filed; `letters` is rung when notices wait.
///
/// # Errors
/// When the database fails; the task is started again.
pub(super) async fn run(
    store: Store,
    clock: Arc<Clock>,
    filed: Arc<Notify>,
    letters: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    loop {
        let (clock, every) = (clock.clone(), clock.every);
        let notices = store.write(0, move |tx| clock.tick(tx, Utc::now())).await?;
        if notices > 0 {
            letters.notify_one();
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = filed_all(&store, &filed), if notices == 0 => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Resolves when mails have been filed and no more wait: looking at all tickets after each batch of a large import would
/// cost more than the import.
async fn filed_all(store: &Store, filed: &Notify) {
    filed.notified().await;
    loop {
        tokio::time::sleep(SETTLE).await;
        // If the database does not answer, the tick will say so.
        if store.read(|reader| reader.mails_come_in()).await.is_ok_and(|come| !come) {
            return;
        }
    }
}

impl Clock {
    /// Everything that is due at `now`, in one transaction: what is told is written down as told. Gives the number of
    /// notices.
    fn tick(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<usize> {
        self.close_silent(tx, now)?;
        if !self.desk.calendar.is_open(now) {
            return Ok(0);
        }
        let mut tickets = Vec::new();
        for state in [State::Incomplete, State::Open] {
            for ticket in tx.tickets(Some(state))? {
                let regulation = regulation_of(&ticket, &self.desk.regulations);
                let regulation = regulation.context("there is no regulation")?;
                tickets.push(TicketFacts {
                    missing: ticket.answers.missing(&regulation.rules),
                    reaction: regulation.reaction,
                    asked: tx.asked(ticket.id)?,
                    returned: tx.returned(ticket.id)?,
                    colleague: self.desk.is_agent(&ticket.client),
                    ticket,
                });
            }
        }
        let mails = tx.untold_mails(MAILS)?;
        let mut news = Vec::new();
        let all_is_here = self.all_is_here(tx, now)?;
        for nudge in nudge::due(&tickets, &mails, &self.desk.calendar, &self.policy, now) {
            if (all_is_here || !nudge.may_be_overtaken()) && tx.tell(&nudge.key, now)? {
                news.push(nudge);
            }
        }
        let mut said = BTreeMap::new();
        for nudge in &news {
            if let About::Ticket(facts) = nudge.about {
                said.insert(facts.ticket.id, tx.unanswered(&facts.ticket)?);
            }
        }
        let said = |ticket| said.get(&ticket).cloned().unwrap_or_default();
        let reply_to = |ticket: &Ticket, person: &Address| intake::answer_address(&self.desk, ticket, person);
        let digest = news.iter().find(|nudge| nudge.key.cause == nudge::Occasion::Digest);
        let set_aside = digest.map_or(Ok(0), |digest| tx.set_aside(&digest.key))?;
        let held_back = digest.map_or(Ok(0), |digest| tx.held_back(&digest.key))?;
        let mails = Correspondence { said: &said, reply_to: &reply_to, set_aside, held_back };
        let notices = nudge::notices(&news, &tickets, &self.desk.calendar, &self.policy, mails, now);
        for notice in &notices {
            tx.enqueue(&intake::notice_letter(&self.desk, notice, now)?, now)?;
        }
        Ok(notices.len() + self.tell_of_unreached(tx, now)?)
    }

    /// Whether what mails may make untrue is told now: after a start and wherever a folder is away, when each has been seen to its end
    /// and all that it had is filed. After an outage the answer to what is overdue may lie there, and an import is one letter, not one a
    /// minute.
    fn all_is_here(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<bool> {
        let none = DateTime::UNIX_EPOCH;
        let since = tx.moment(WAITS_SINCE)?.filter(|since| *since != none);
        let here = self.status.all_caught_up(&self.folders) && !tx.mails_come_in()?;
        let (told, next) = match (here, since.map(|since| (now - since).abs())) {
            (true, None) => return Ok(true),
            (true, Some(_)) => (true, none),
            (false, Some(waited)) if waited < WAITS_AT_MOST => return Ok(false),
            (false, Some(waited)) if waited < WAITS_AT_MOST * 2 => (true, now),
            // That was another wait: nobody has looked since.
            (false, Some(_) | None) => (false, now),
        };
        tx.put_moment(WAITS_SINCE, next)?;
        Ok(told)
    }

    fn close_silent(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
        let answered = tx.tickets(Some(State::Answered))?.into_iter();
        let answered = answered.map(|ticket| (Cause::Silence, ticket.last_activity(), ticket));
        let withdrawn = tx.tickets(Some(State::Open))?.into_iter().filter(Ticket::is_withdrawn);
        let withdrawn = withdrawn.map(|ticket| (Cause::Withdrawn, ticket.turn_since(), ticket));
        for (cause, since, mut ticket) in answered.chain(withdrawn) {
            let silent = self.desk.calendar.add(since, self.close_after) <= now;
            if silent && let Some(state) = states::next(ticket.state, cause) {
                (ticket.state, ticket.closed_at, ticket.first_unanswered_at) = (state, Some(now), None);
                tx.update_ticket(&ticket)?;
                let subject = EventSubject { ticket: Some(ticket.id), ..EventSubject::default() };
                let detail = format!("nothing was heard for {} of working time", self.close_after);
                tx.event(now, subject, "closed", &detail)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
