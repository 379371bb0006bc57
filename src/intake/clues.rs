//! What in a mail speaks for a ticket.

use super::Desk;
use super::case::Case;
use crate::mail::subject::{self, SubjectPrefix};
use crate::mail::{Address, Mailbox};
use crate::nudge;
use crate::store::Direction;
use crate::ticket::thread::Clues;
use crate::ticket::token::{self, Claim};
use crate::ticket::{Ticket, TicketId};

/// Among more recipients of an agent's mail nobody can tell whom it answers.
const RECIPIENTS: usize = 20;

/// All that speaks for a ticket in a mail.
pub(super) fn of(case: &Case<'_>) -> anyhow::Result<Clues> {
    let Case { tx, desk, mail, .. } = *case;
    let mut tokens = Vec::new();
    for claim in Claim::all_in(mail) {
        if let Some(ticket) = tx.ticket(claim.ticket)?
            && proves_client(desk, &claim, &ticket)
            && !tokens.contains(&ticket.id)
        {
            tokens.push(ticket.id);
        }
    }
    let mentioned = tx.mentioned(&case.refers_to())?;
    let subject_number = token::subject_number(&mail.subject);
    Ok(Clues { first: None, tokens, mentioned, subject_number, same_subject: same_subject(case)? })
}

/// Whether a token was made for the client of its ticket: in a letter, or in a notice if he is one of us.
fn proves_client(desk: &Desk, claim: &Claim, ticket: &Ticket) -> bool {
    desk.token_key.proves(claim, &ticket.client)
        || desk.token_key.prove_notice(claim, &ticket.client).is_some()
}

/// The ticket that a reply goes on with which names no mail, as phones write them through Exchange: the one that has its subject of
/// those of the client who wrote it or, if one of us did, of those whom it is for. Where there are several, be they answered or
/// closed, or where it quotes something else, nobody can tell.
fn same_subject<'a>(case: &Case<'a>) -> anyhow::Result<Option<TicketId>> {
    let Case { desk, pending, mail, .. } = *case;
    let subject = subject::bare(&mail.subject);
    let says_none = subject.is_empty() || subject::is_placeholder(&subject);
    let names_a_mail = mail.refers_to().next().is_some();
    if says_none || names_a_mail || mail.subject_prefix() != Some(SubjectPrefix::Reply) {
        return Ok(None);
    }
    let house = &desk.authorship.house;
    let author = mail.author_address();
    let by_us = desk.is_sent_folder(&pending.key.mailbox) || author.is_some_and(|one| one.is_among(house));
    let groups: Vec<Vec<&Address>> = if by_us {
        // In copy is who is meant only if nobody else is.
        let outside = |to: &'a [Mailbox]| -> Vec<&'a Address> {
            to.iter().map(|to| &to.address).filter(|to| !to.is_among(house)).collect()
        };
        vec![outside(&mail.to), outside(&mail.cc)]
    } else {
        vec![author.into_iter().collect()]
    };
    for clients in groups {
        let Some(found) = with_subject(case, &subject, &clients)? else { return Ok(None) };
        match found.as_slice() {
            [] => {}
            [one] => return Ok(may_be_quoted(case, one.id)?.then_some(one.id)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// The tickets of these clients with this subject that a mail may go on with: opened before it was written, and not closed too long
/// ago. `None` if they are too many to be looked at.
fn with_subject(case: &Case<'_>, subject: &str, clients: &[&Address]) -> anyhow::Result<Option<Vec<Ticket>>> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let written = mail.date.map_or(pending.received_at, |date| date.min(pending.received_at));
    let closed = pending.received_at - desk.reopen_within;
    let mut found: Vec<Ticket> = Vec::new();
    if clients.len() > RECIPIENTS {
        return Ok(None);
    }
    for client in clients {
        let Some(tickets) = tx.tickets_with(client, written, closed)? else { return Ok(None) };
        for id in tickets {
            if found.iter().all(|ticket| ticket.id != id)
                && let Some(ticket) = tx.ticket(id)?
                && subject::bare(&ticket.subject) == subject
            {
                found.push(ticket);
            }
        }
    }
    Ok(Some(found))
}

/// Whether what a mail quotes, if it does, may come from this ticket.
fn may_be_quoted(case: &Case<'_>, ticket: TicketId) -> anyhow::Result<bool> {
    let quote = case.mail.text.quoted();
    if quote.is_empty() {
        return Ok(true);
    }
    let mut said = case.tx.latest_words(ticket, Direction::In)?;
    said.extend(case.tx.latest_words(ticket, Direction::Out)?);
    Ok(nudge::quotes_some(&quote, said.iter().map(String::as_str)))
}
