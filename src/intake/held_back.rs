//! Answers of agents that do not go to the client: their authors hear of it, but no program of theirs is talked to without end.

use super::case::Case;
use super::notice::{address_after, notice_letter};
use super::relay::answered_meanwhile;
use crate::mail::Address;
use crate::nudge::{self, HeldBackFacts};
use crate::store::OutboxId;
use crate::store::event::{HELD_BACK, NOT_TOLD};
use crate::ticket::agent::HeldBack;
use crate::ticket::{Disposition, Ticket};
use chrono::TimeDelta;

/// Nobody is told more often in a day of one reason, but for what others cause.
const MAX_LETTERS: u64 = 5;
const DAY: TimeDelta = TimeDelta::days(1);

/// It does not go to the client; its author hears why, with his words, and how to send it nevertheless.
pub(super) fn hold_back(
    case: &Case<'_>,
    author: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
) -> anyhow::Result<()> {
    let to = case.desk.agents.iter().find(|agent| agent.same_mailbox(author)).unwrap_or(author);
    let detail = tell(case, to, ticket, why)?;
    match ticket {
        Some(ticket) => {
            case.tx.insert_message(&case.incoming(ticket.id, Some(author)), None)?;
            case.filed(ticket.id, &detail)
        }
        None => case.ends(Disposition::Automatic, None, &detail),
    }
}

/// A reply to the notice of `agent` that came from elsewhere goes nowhere. `writer`, if he is an agent, hears of it, or else the
/// agent whose notice it is: what is sent to the desk's own address reaches nobody.
pub(super) fn refuse(
    case: &Case<'_>,
    writer: Option<&Address>,
    agent: &Address,
    ticket: &Ticket,
) -> anyhow::Result<()> {
    let to = writer.filter(|writer| case.desk.is_agent(writer)).unwrap_or(agent);
    let detail = tell(case, to, Some(ticket), HeldBack::OtherAddress)?;
    let disposition = if writer.is_some() { Disposition::Automatic } else { Disposition::Quarantined };
    case.ends(disposition, None, &detail)
}

/// Tells an agent that his answer did not go out, unless that would lead nowhere; writes down what was done, and gives it.
fn tell(case: &Case<'_>, to: &Address, ticket: Option<&Ticket>, why: HeldBack) -> anyhow::Result<String> {
    let Case { tx, pending, mail, now, .. } = *case;
    // Who answers for somebody else must not use up what this one may hear.
    let writer = mail.author_address().filter(|_| why == HeldBack::OtherAddress);
    let writer = writer.map(|writer| format!(" ({writer})")).unwrap_or_default();
    let said =
        |writer: &str, end: &str| format!("an agent's answer is not sent on: {}{writer}; {end}", why.why());
    let told = said(&writer, "he is told");
    // The programs of some answer every mail, and do not say that they are programs.
    let enough = !why.is_news() && tx.held_back_letters(to, &told, now - DAY)? >= MAX_LETTERS;
    let letter = if enough { None } else { Some(enqueue(case, to, ticket, why)?) };
    let end =
        if enough { format!("{NOT_TOLD}: he has been told so often today") } else { "he is told".to_owned() };
    let detail = said(&writer, &end);
    // The address is a stranger's choice: it is in the event, the log has the mail's number.
    tracing::warn!(mail = pending.id.0, "{}", said("", &end));
    tx.event(now, case.about(ticket.map(|ticket| ticket.id), letter), HELD_BACK, &detail)?;
    Ok(detail)
}

fn enqueue(
    case: &Case<'_>,
    to: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
) -> anyhow::Result<OutboxId> {
    let Case { tx, desk, pending, mail, now } = *case;
    let said = ticket.map_or_else(|| Ok(Vec::new()), |ticket| tx.unanswered(ticket))?;
    let answered = match ticket.filter(|_| why == HeldBack::Answered) {
        Some(ticket) => answered_meanwhile(case, to, ticket, ticket.last_client_at)?,
        None => None,
    };
    let (answered, at) = answered.unzip();
    let notice = nudge::held_back(&HeldBackFacts {
        language: desk.language,
        why,
        ticket,
        colleague: ticket.is_some_and(|ticket| desk.is_agent(&ticket.client)),
        said: &said,
        answered: answered.as_ref(),
        answer: &mail.text.without_quotes(),
        to,
        reply_to: ticket.and_then(|ticket| address_after(desk, ticket, to, at)),
    });
    let mut letter = notice_letter(desk, &notice, now)?;
    letter.answers_mail = Some(pending.id);
    tx.enqueue(&letter, now)
}
