//! What happens because time passes: nudges to agents and the head, tickets that silence closes.

mod unreached;

use crate::calendar::WorkingDuration;
use crate::intake::{self, Desk, regulation_of};
use crate::mail::{Address, Author};
use crate::nudge::{self, About, Correspondence, Policy, ProgramMail, TicketFacts};
use crate::store::told::OfPrograms;
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
/// So many mails of programs are named in a digest.
const PROGRAM_MAILS: usize = 10;

/// Since when what is long overdue at first sight waits for the rest of an import; the epoch if none is under way.
const WAITS_SINCE: &str = "long overdue waits since";
/// An import may take days: what it has brought so far is told this often.
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
                    asked_at: tx.asked_at(ticket.id)?,
                    returned: tx.returned(ticket.id)?,
                    colleague: self.desk.is_agent(&ticket.client),
                    ticket,
                });
            }
        }
        let mails = tx.untold_mails(MAILS)?;
        let mut news = Vec::new();
        let all_is_here = all_is_here(tx, now)?;
        for nudge in nudge::due(&tickets, &mails, &self.desk.calendar, &self.policy, now) {
            if (all_is_here || !nudge.is_long_overdue()) && tx.tell(&nudge.key, now)? {
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
        let of_programs =
            digest.map_or(Ok(OfPrograms::default()), |digest| tx.of_programs(&digest.key, PROGRAM_MAILS))?;
        let program_mails = program_mails(tx, &of_programs)?;
        let held_back = digest.map_or(Ok(0), |digest| tx.held_back(&digest.key))?;
        let mails = Correspondence {
            said: &said,
            reply_to: &reply_to,
            programs: of_programs.count,
            program_mails: &program_mails,
            held_back,
        };
        let notices = nudge::notices(&news, &tickets, &self.desk.calendar, &self.policy, mails, now);
        for notice in &notices {
            tx.enqueue(&intake::notice_letter(&self.desk, notice, now)?, now)?;
        }
        Ok(notices.len() + self.tell_of_unreached(tx, now)?)
    }

    fn close_silent(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
        for mut ticket in tx.tickets(Some(State::Answered))? {
            let silent = self.desk.calendar.add(ticket.last_activity(), self.close_after) <= now;
            if silent && let Some(state) = states::next(ticket.state, Cause::Silence) {
                (ticket.state, ticket.closed_at) = (state, Some(now));
                tx.update_ticket(&ticket)?;
                let subject = EventSubject { ticket: Some(ticket.id), ..EventSubject::default() };
                let detail = format!("nothing was heard for {} of working time", self.close_after);
                tx.event(now, subject, "closed", &detail)?;
            }
        }
        Ok(())
    }
}

/// Whom the mails of programs are from, and their subjects. One that cannot be read is shown by its number.
fn program_mails(tx: &Tx<'_>, mails: &OfPrograms) -> anyhow::Result<Vec<ProgramMail>> {
    let mut shown = Vec::new();
    for (id, ticket) in &mails.first {
        let Some(row) = tx.mail(*id)? else { continue };
        let mail = tx.readable(*id).ok().flatten().map(|raw| crate::mail::parse(&raw));
        let sender = mail.as_ref().and_then(|mail| match &mail.author {
            Author::One(mailbox) => Some(mailbox.address.to_string()),
            Author::Doubtful { shown, .. } => shown.as_ref().map(|shown| shown.address.to_string()),
        });
        shown.push(ProgramMail {
            number: id.0,
            ticket: *ticket,
            at: row.received_at,
            sender: sender.unwrap_or_default(),
            subject: mail.map(|mail| mail.subject).unwrap_or_default(),
        });
    }
    Ok(shown)
}

/// Whether what is long overdue at first sight is told now. An import brings much of it: that is one letter, and not one a minute.
fn all_is_here(tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<bool> {
    let none = DateTime::UNIX_EPOCH;
    let since = tx.moment(WAITS_SINCE)?.filter(|since| *since != none);
    let (told, next) = match (tx.mails_come_in()?, since) {
        (false, None) => return Ok(true),
        (false, Some(_)) => (true, none),
        (true, None) => (false, now),
        (true, Some(since)) if (now - since).abs() < WAITS_AT_MOST => return Ok(false),
        (true, Some(_)) => (true, now),
    };
    tx.put_moment(WAITS_SINCE, next)?;
    Ok(told)
}

#[cfg(test)]
mod tests;
