//! What in a mail speaks for a ticket.

use super::Desk;
use super::case::Case;
use crate::mail::Address;
use crate::mail::subject::{self, SubjectPrefix};
use crate::ticket::thread::Clues;
use crate::ticket::token::{self, Claim};
use crate::ticket::{State, Ticket, TicketId};

/// So many recipients of an agent's mail are looked at for the one whom it answers.
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
    Ok(Clues { tokens, mentioned, subject_number, same_subject: same_subject(case)? })
}

/// Whether a token was made for the client of its ticket: in a letter, or in a notice if he is one of us.
fn proves_client(desk: &Desk, claim: &Claim, ticket: &Ticket) -> bool {
    desk.token_key.proves(claim, &ticket.client)
        || desk.token_key.prove_notice(claim, &ticket.client).is_some()
}

/// The ticket that a reply goes on with which names no mail, as phones write them through Exchange: of those of the client who wrote it
/// or, if one of us did, of those whom it went to, the one that has its subject. What waits is meant before what is answered, and
/// that before what is closed; where there are several, nobody can tell.
fn same_subject(case: &Case<'_>) -> anyhow::Result<Option<TicketId>> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let subject = subject::bare(&mail.subject);
    let names_a_mail = mail.refers_to().next().is_some();
    if names_a_mail || subject.is_empty() || mail.subject_prefix() != Some(SubjectPrefix::Reply) {
        return Ok(None);
    }
    let house = &desk.authorship.house;
    let author = mail.author_address();
    let by_us = desk.is_sent_folder(&pending.key.mailbox) || author.is_some_and(|one| one.is_among(house));
    let clients: Vec<&Address> = if by_us {
        let recipients = mail.to.iter().chain(&mail.cc).map(|to| &to.address);
        recipients.filter(|to| !to.is_among(house)).take(RECIPIENTS).collect()
    } else {
        author.into_iter().collect()
    };
    let mut found: [Vec<TicketId>; 3] = Default::default();
    let [waiting, answered, closed] = &mut found;
    for client in clients {
        for id in tx.tickets_with(client)? {
            let Some(ticket) = tx.ticket(id)? else { continue };
            let group = match ticket.state {
                State::Incomplete | State::Open => &mut *waiting,
                State::Answered => &mut *answered,
                State::Closed => &mut *closed,
            };
            if subject::bare(&ticket.subject) == subject && !group.contains(&id) {
                group.push(id);
            }
        }
    }
    let first = found.into_iter().find(|group| !group.is_empty());
    Ok(first.and_then(|group| if let [one] = *group { Some(one) } else { None }))
}
