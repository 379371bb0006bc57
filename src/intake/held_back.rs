//! Answers of agents that do not go to the client: their authors hear of it, but no program of theirs is talked to without end.

use super::case::Case;
use super::notice::{address_after, notice_letter};
use super::relay::answered_meanwhile;
use crate::mail::Address;
use crate::nudge::{self, HeldBackFacts, Unanswered};
use crate::store::OutboxId;
use crate::store::event::{HELD_BACK, NOT_TOLD};
use crate::ticket::agent::HeldBack;
use crate::ticket::{Disposition, Ticket};
use chrono::{DateTime, TimeDelta, Utc};

/// Nobody is told more often in a day of one reason, nor of one that others cause: such there are more.
const MAX_LETTERS: u64 = 5;
const MAX_NEWS: u64 = 50;
const DAY: TimeDelta = TimeDelta::days(1);
/// Who is none of us, in the event log.
const SOMEBODY: &str = "of somebody who is none of us";

/// It does not go to the client; its author hears why, with his words, and how to send it nevertheless.
pub(super) fn hold_back(
    case: &Case<'_>,
    author: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
) -> anyhow::Result<()> {
    let to = case.desk.agents.iter().find(|agent| agent.same_mailbox(author)).unwrap_or(author);
    let detail = tell(case, to, ticket, why, None)?;
    match ticket {
        Some(ticket) => {
            case.tx.insert_message(&case.incoming(ticket.id, Some(author)), None)?;
            case.filed(ticket.id, &detail)
        }
        None => case.ends(Disposition::Automatic, None, &detail),
    }
}

/// A reply to the notice of `agent` that came from elsewhere goes nowhere. `writer`, if he is an agent, hears of it, or else the
/// agent whose notice it is: what is sent to the desk's own address reaches nobody. `told_until` is what the notice told of: his
/// answer to the letter about it knows no more.
pub(super) fn refuse(
    case: &Case<'_>,
    writer: Option<&Address>,
    agent: &Address,
    ticket: &Ticket,
    told_until: DateTime<Utc>,
) -> anyhow::Result<()> {
    let to = writer.filter(|writer| case.desk.is_agent(writer)).unwrap_or(agent);
    let detail = tell(case, to, Some(ticket), HeldBack::OtherAddress, Some(told_until))?;
    let disposition = if writer.is_some() { Disposition::Automatic } else { Disposition::Quarantined };
    case.ends(disposition, None, &detail)
}

/// Tells an agent that his answer did not go out, unless that would lead nowhere; writes down what was done, and gives it.
fn tell(
    case: &Case<'_>,
    to: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
    told_until: Option<DateTime<Utc>>,
) -> anyhow::Result<String> {
    let Case { tx, desk, pending, mail, now } = *case;
    // A colleague who answers for him must not use up what he may hear. All others are one: From may name anybody.
    let author = mail.author_address().filter(|_| why == HeldBack::OtherAddress);
    let (writer, wrote) = match author {
        Some(author) if author.is_among(&desk.authorship.house) => (format!(" ({author})"), String::new()),
        Some(author) => (format!(" ({SOMEBODY})"), format!("; {author} wrote it")),
        None => (String::new(), String::new()),
    };
    let said =
        |writer: &str, end: &str| format!("an agent's answer is not sent on: {}{writer}; {end}", why.why());
    let told = said(&writer, "he is told");
    // The programs of some answer every mail, and do not say that they are programs.
    let most = if why.is_news() { MAX_NEWS } else { MAX_LETTERS };
    let enough = tx.held_back_letters(to, &told, now - DAY)? >= most;
    let letter = if enough { None } else { Some(enqueue(case, to, ticket, why, told_until)?) };
    let end =
        if enough { format!("{NOT_TOLD}: he has been told so often today") } else { "he is told".to_owned() };
    let detail = said(&writer, &end) + &wrote;
    // Addresses are in the event log alone; the log has the mail's number.
    tracing::warn!(mail = pending.id.0, "{}", said("", &end));
    tx.event(now, case.about(ticket.map(|ticket| ticket.id), letter), HELD_BACK, &detail)?;
    Ok(detail)
}

fn enqueue(
    case: &Case<'_>,
    to: &Address,
    ticket: Option<&Ticket>,
    why: HeldBack,
    told_until: Option<DateTime<Utc>>,
) -> anyhow::Result<OutboxId> {
    let Case { tx, desk, pending, mail, now } = *case;
    let unanswered = ticket.map_or_else(|| Ok(Unanswered::default()), |ticket| tx.unanswered(ticket))?;
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
        unanswered: &unanswered,
        answered: answered.as_ref(),
        answer: &mail.text.without_quotes(),
        to,
        reply_to: ticket.and_then(|ticket| match told_until {
            Some(told_until) => {
                desk.token_key.notice_address(ticket.id, to, told_until, &desk.support.address)
            }
            None => address_after(desk, ticket, to, at),
        }),
    });
    let mut letter = notice_letter(desk, &notice, now)?;
    letter.answers_mail = Some(pending.id);
    tx.enqueue(&letter, now)
}
