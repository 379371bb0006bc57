//! What the reply table is asked with.

use super::case::Case;
use crate::mail::subject::SubjectPrefix;
use crate::reply::{SenderPolicy, Signals};
use crate::store::Registered;
use crate::ticket::plan;
use crate::ticket::token::{self, Claim};
use crate::ticket::{SentCounts, Ticket};

/// The ticket whose number stands in a mail's subject, whoever wrote it.
pub(super) fn named_ticket(case: &Case<'_>) -> anyhow::Result<Option<Ticket>> {
    token::subject_number(&case.mail.subject).map_or(Ok(None), |number| case.tx.ticket(number))
}

/// The facts for the reply table.
pub(super) fn of<'a>(
    case: &Case<'a>,
    registered: Option<&Registered>,
    proven: Option<&'a Ticket>,
    named: Option<&'a Ticket>,
) -> anyhow::Result<Signals<'a>> {
    let Case { tx, desk, pending, mail, now } = *case;
    // To refer to a mail, or to show a token, is no merit: somebody could do it from a thousand addresses.
    let is_his =
        |ticket: &&Ticket| mail.author_address().is_some_and(|author| author.same_mailbox(&ticket.client));
    let own_ticket = proven.filter(is_his);
    let takes_part =
        |ticket: Option<&Ticket>| ticket.map_or(Ok(false), |ticket| case.author_takes_part(ticket));
    // The receipt of another desk has the client in Reply-To; so has a form, which is no reply.
    let named_in = |ticket: &Ticket| {
        mail.subject_prefix() == Some(SubjectPrefix::Reply)
            && mail.reply_to.iter().any(|mailbox| mailbox.address.same_mailbox(&ticket.client))
    };
    let answers_as_participant = takes_part(proven)?;
    // An agent's tap answers nobody.
    let client = mail.author_address().is_some_and(|author| !desk.is_agent(author));
    let asked = match proven.filter(|_| client && answers_as_participant && mail.tap.is_some()) {
        Some(ticket) => tx.last_answer_words(ticket)?,
        None => None,
    };
    let numbers_own_ticket = takes_part(named)? || named.is_some_and(named_in);
    let counts = match mail.author_address() {
        Some(to) => tx.sent_counts(pending.id, to, now)?,
        None => SentCounts::default(),
    };
    // A letter that this mail replaces does not count against its successor.
    let replaced = match own_ticket {
        Some(ticket) => u32::from(tx.waiting(ticket.id)?.is_some()),
        None => 0,
    };
    let known = registered.is_some()
        || pending.released
        || mail
            .author_address()
            .is_some_and(|author| desk.is_agent(author) || author.is_among(&desk.own_addresses));
    // While nobody is registered, everybody would be a stranger.
    let sender_policy = if known || tx.registry_is_empty()? { SenderPolicy::Accept } else { desk.strangers };
    Ok(Signals {
        mail,
        own_addresses: &desk.own_addresses,
        forms: &desk.forms,
        our_loop_id: &desk.loop_id,
        answers_our_letter: proven.is_some() || !Claim::all_in(mail).is_empty(),
        answers_as_participant,
        answers_question: asked.is_some_and(|words| plan::asks(&words)),
        numbers_own_ticket,
        ticket_subject: proven.or(named.filter(|_| numbers_own_ticket)).map(|ticket| &*ticket.subject),
        is_ours: case.is_our_letter()?,
        authentication: desk.authentication(mail),
        sender_policy,
        counts: SentCounts {
            sender_24h: counts.sender_24h.saturating_sub(replaced),
            domain_1h: counts.domain_1h.saturating_sub(replaced),
            all_1h: counts.all_1h.saturating_sub(replaced),
            ..counts
        },
        age: now.signed_duration_since(pending.since(mail.date)).to_std().unwrap_or_default(),
        list_allowed: registered.is_some_and(|registered| registered.lists),
        known: known
            || own_ticket.is_some()
            || mail.author_address().map_or(Ok(false), |author| tx.is_known(author, now))?,
        late: pending.late,
    })
}
