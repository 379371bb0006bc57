//! What happens because time passes: nudges to agents and the head, tickets that silence closes.

use crate::calendar::WorkingDuration;
use crate::intake::{Desk, regulation_of};
use crate::mail::{HeaderText, MessageId};
use crate::nudge::{self, Notice, Policy, TicketFacts};
use crate::reply::mime::{self, NoticeHeaders};
use crate::store::{EventSubject, LetterKind, NewLetter, Store, Tx};
use crate::ticket::State;
use crate::ticket::states::{self, Cause};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Looks at the clock this often. After a notice nobody gets another one sooner: what comes meanwhile is told together.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Mails that follow each other so closely are told of together.
const SETTLE: Duration = Duration::from_secs(1);
/// So many mails that wait for a person are told of in one run; the others in the next.
const MAILS: usize = 500;

/// What the clock goes by.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) desk: Arc<Desk>,
    pub(super) policy: Policy,
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
        let clock = clock.clone();
        let notices = store.write(0, move |tx| clock.tick(tx, Utc::now())).await?;
        if notices > 0 {
            letters.notify_one();
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
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
        if store.read(|reader| reader.counts()).await.is_ok_and(|counts| counts.new + counts.wanted == 0) {
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
                let authors = tx.authors_since(ticket.id, ticket.last_client_at)?;
                let agent = authors.iter().rev().find(|(author, _)| self.desk.is_agent(author));
                tickets.push(TicketFacts {
                    missing: ticket.answers.missing(&regulation.rules),
                    reaction: regulation.reaction,
                    asked_at: tx.asked_at(ticket.id)?,
                    reacted_at: agent.map(|(_, at)| *at),
                    ticket,
                });
            }
        }
        let mails = tx.untold_mails(MAILS)?;
        let mut news = Vec::new();
        for nudge in nudge::due(&tickets, &mails, &self.desk.calendar, &self.policy, now) {
            if tx.tell(&nudge.key, now)? {
                news.push(nudge);
            }
        }
        let notices = nudge::notices(&news, &tickets, &self.desk.calendar, &self.policy, now);
        for notice in &notices {
            tx.enqueue(&self.letter(notice, now)?, now)?;
        }
        Ok(notices.len())
    }

    fn close_silent(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
        for mut ticket in tx.tickets(Some(State::Answered))? {
            let silent = self.desk.calendar.add(ticket.last_activity(), self.close_after) <= now;
            if silent && let Some(state) = states::next(ticket.state, Cause::Silence) {
                ticket.state = state;
                tx.update_ticket(&ticket)?;
                let subject = EventSubject { ticket: Some(ticket.id), ..EventSubject::default() };
                let detail = format!("nothing was heard for {} of working time", self.close_after);
                tx.event(now, subject, "closed", &detail)?;
            }
        }
        Ok(())
    }

    fn letter(&self, notice: &Notice, now: DateTime<Utc>) -> anyhow::Result<NewLetter> {
        let from = &self.desk.support;
        let mut unique = [0; 16];
        getrandom::fill(&mut unique).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
        let unique = data_encoding::HEXLOWER.encode(&unique);
        let message_id = MessageId::parse(&format!("notice.{unique}@{}", from.address.domain()))
            .context("the domain of the support address cannot stand in a Message-ID")?;
        let headers = NoticeHeaders {
            from_name: &HeaderText::new(&from.name, 100),
            from: &from.address,
            to: &notice.to,
            message_id: &message_id,
            loop_id: &HeaderText::new(&self.desk.loop_id, 100),
            date: now,
        };
        let raw = mime::build_notice(&headers, &notice.subject, &notice.text)?;
        Ok(NewLetter {
            kind: LetterKind::Notice,
            ticket: None,
            answers_mail: None,
            // The null sender: nothing answers it (RFC 3834, section 3.3).
            envelope_from: None,
            to: notice.to.clone(),
            message_id,
            raw,
            due_at: now,
            asked: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests;
