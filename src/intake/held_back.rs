//! Answers of agents that do not go to the client: their authors hear of it, but no program of theirs is talked to without end.

use super::agents::insert_note;
use super::notice::{answer_address, notice_letter};
use super::{Desk, Pending};
use crate::mail::{Address, Mail};
use crate::nudge::{self, HeldBackFacts};
use crate::store::told::HELD_BACK;
use crate::store::{EventSubject, OutboxId, Tx};
use crate::ticket::agent::HeldBack;
use crate::ticket::{Disposition, Ticket};
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody is told more often in a day of one reason, but for what others cause.
const MAX_LETTERS: u64 = 5;
const DAY: TimeDelta = TimeDelta::days(1);

/// It does not go to the client; its author hears why, with his words, and how to send it nevertheless.
#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
pub(super) fn hold_back(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    author: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let to = desk.agents.iter().find(|agent| agent.same_mailbox(author)).unwrap_or(author);
    let detail = tell(tx, desk, pending, mail, to, ticket, why, now)?;
    match ticket {
        Some(ticket) => {
            insert_note(tx, pending, mail, author, ticket.id)?;
            tx.set_disposition(pending.id, Disposition::Filed, Some(ticket.id), &detail, now)
        }
        None => tx.set_disposition(pending.id, Disposition::Automatic, None, &detail, now),
    }
}

/// A reply to the notice of `agent` that came from elsewhere goes nowhere; `writer`, if he is one of us, or the agent hears of it.
#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
pub(super) fn refuse(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    writer: Option<&Address>,
    agent: &Address,
    ticket: &Ticket,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let to = writer.unwrap_or(agent);
    let detail = tell(tx, desk, pending, mail, to, Some(ticket), HeldBack::OtherAddress, now)?;
    let disposition = if writer.is_some() { Disposition::Automatic } else { Disposition::Quarantined };
    tx.set_disposition(pending.id, disposition, None, &detail, now)
}

/// Tells an agent that his answer did not go out, unless that would lead nowhere; writes down what was done, and gives it.
#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
fn tell(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    to: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
    now: DateTime<Utc>,
) -> anyhow::Result<String> {
    // Who answers for somebody else must not use up what this one may hear.
    let writer = mail.author_address().filter(|_| why == HeldBack::OtherAddress);
    let writer = writer.map(|writer| format!(" ({writer})")).unwrap_or_default();
    let said =
        |writer: &str, end: &str| format!("an agent's answer is not sent on: {}{writer}; {end}", why.why());
    let told = said(&writer, "he is told");
    // The programs of some answer every mail, and do not say that they are programs.
    let enough = !why.is_news() && tx.held_back_letters(to, &told, now - DAY)? >= MAX_LETTERS;
    let letter = if enough { None } else { Some(enqueue(tx, desk, pending, mail, to, ticket, why, now)?) };
    let end = if enough { "he is NOT told: he has been told so often today" } else { "he is told" };
    let detail = said(&writer, end);
    // The address is a stranger's choice: it is in the event, the log has the mail's number.
    tracing::warn!(mail = pending.id.0, "{}", said("", end));
    let subject =
        EventSubject { mail: Some(pending.id), ticket: ticket.map(|ticket| ticket.id), outbox: letter };
    tx.event(now, subject, HELD_BACK, &detail)?;
    Ok(detail)
}

#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
fn enqueue(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    to: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
    now: DateTime<Utc>,
) -> anyhow::Result<OutboxId> {
    let said = ticket.map_or_else(|| Ok(Vec::new()), |ticket| tx.unanswered(ticket))?;
    let notice = nudge::held_back(&HeldBackFacts {
        language: desk.language,
        why,
        ticket,
        colleague: ticket.is_some_and(|ticket| desk.is_agent(&ticket.client)),
        said: &said,
        answer: &mail.text.without_quotes(),
        to,
        reply_to: ticket.and_then(|ticket| answer_address(desk, ticket, to)),
    });
    let mut letter = notice_letter(desk, &notice, now)?;
    letter.answers_mail = Some(pending.id);
    tx.enqueue(&letter, now)
}
