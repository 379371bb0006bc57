//! Agents' mails: answers that have gone out, answers to be sent on, notes.

use super::Desk;
use super::case::Case;
use super::held_back::{self, hold_back};
use super::relay::relay;
use crate::mail::{Address, Mailbox};
use crate::nudge;
use crate::reply::{self, Authentication};
use crate::request::Request;
use crate::store::event::AUTOMATIC;
use crate::store::{Direction, GoneOut, Letter, LetterKind, Message};
use crate::ticket::agent::{self, AgentFacts, Deed, Note, Way};
use crate::ticket::plan;
use crate::ticket::thread::{Clues, Proof};
use crate::ticket::token::{Claim, ProvedNotice};
use crate::ticket::{Disposition, Ticket, TicketId};
use anyhow::Context as _;
use std::slice;

/// A larger mail is not sent on: no client's server takes it, and while it is sent it is in memory, compressed.
const MAX_RELAY: u64 = 30_000_000;

/// Why a question that waits is not asked.
pub(super) const ANSWERED_FIRST: &str = "an agent answered before it went out";

/// Why a mail in the name of one of us is quarantined.
pub(super) const FORGED: &str = "it says that one of us wrote it, and DMARC failed: forged";

/// What is left to do with an agent's mail.
pub(super) enum Left {
    /// Nothing: it is filed.
    Nothing,
    /// It opens a ticket for this client, like a mail of his.
    TicketOf(Mailbox),
    /// It opens a ticket for this client, whom it went to.
    BegunWith(Mailbox),
    /// It is filed like any other mail, by these clues alone.
    Filing(Clues),
}

/// Files a mail from the Sent folder of the support account, or from one of our own addresses, that askback has not
/// written: an agent has. What a machine wrote there (a vacation program) answers nobody. `Some`: a ticket is left to be opened, for
/// the client who filled in a `form` of our web site.
pub(super) fn file_own(
    case: &Case<'_>,
    clues: &Clues,
    way: Way,
    form: Option<&Mailbox>,
) -> anyhow::Result<Option<Mailbox>> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let is_copy = case.is_our_letter()?;
    let why = match form {
        _ if is_copy => Some("it is a copy of a letter of ours"),
        // A web site's program may well say that it is one, or the group that our mailbox is.
        Some(_) => None,
        None => reply::by_machine(mail, &desk.own_addresses),
    };
    if let Some(why) = why {
        automatic(case, why)?;
        return Ok(None);
    }
    let author = mail.author_address().unwrap_or(&desk.support.address);
    match (file(case, clues, author, way)?, form) {
        (Left::Nothing, _) => {}
        (Left::TicketOf(_) | Left::BegunWith(_) | Left::Filing(_), Some(client)) => {
            return Ok(Some(client.clone()));
        }
        (Left::TicketOf(_) | Left::BegunWith(_) | Left::Filing(_), None) => {
            if way == Way::Sent {
                // Its own, too: whoever answers it goes on with it.
                let ids: Vec<_> = mail.message_id.clone().into_iter().chain(case.refers_to()).collect();
                tx.await_mails(pending.id, &ids)?;
            }
            automatic(case, "it is our own mail, and answers no ticket")?;
        }
    }
    Ok(None)
}

pub(super) fn automatic(case: &Case<'_>, why: &str) -> anyhow::Result<()> {
    case.event(None, AUTOMATIC, why)?;
    case.ends(Disposition::Automatic, None, why)
}

/// Files an agent's mail as far as it is an agent's.
pub(super) fn file(case: &Case<'_>, clues: &Clues, author: &Address, way: Way) -> anyhow::Result<Left> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let authentication = desk.authentication(mail);
    let forged = way != Way::Sent && authentication == Authentication::Fail;
    if forged && !pending.released {
        case.ends(Disposition::Quarantined, None, FORGED)?;
        return Ok(Left::Nothing);
    }
    if let Some(id) = &mail.message_id
        && tx.find_answer(id)?.is_some()
    {
        automatic(case, "it is a copy of an answer that is here")?;
        return Ok(Left::Nothing);
    }
    let answered = answered_notices(case)?;
    let joined = match mentioned(case, clues)? {
        Some(mentioned) => Some(mentioned),
        None => told_of(case, author, &answered)?.map(|ticket| (ticket, Proof::Reference)),
    };
    if forged {
        // A person has let it in. That makes its author none of us: it is filed, and answers nobody.
        let Some((ticket, _)) = joined else { return Ok(Left::Filing(Clues::default())) };
        note(case, author, ticket.id, Note::Unproved)?;
        return Ok(Left::Nothing);
    }
    let notice = notice(case, author)?;
    // What lies in the Sent folder comes to the mailbox, too, if it was sent to a notice: one letter about it is enough.
    if notice.is_none() && way != Way::Sent && from_elsewhere(case, Some(author))? {
        return Ok(Left::Nothing);
    }
    let asker = match &joined {
        Some((ticket, _)) => tx.last_asker(ticket.id)?,
        None => None,
    };
    let quotes_client = match &joined {
        Some((ticket, proof)) if proof.is_hint() => {
            let opening = tx.opening_words(ticket.id)?;
            opening.is_some_and(|wrote| nudge::quotes_client(&mail.text.full, &wrote))
        }
        Some(_) | None => false,
    };
    let facts = AgentFacts {
        mail,
        author,
        way,
        vouched: authentication == Authentication::Pass,
        joined: joined.as_ref().map(|(ticket, proof)| (ticket, *proof)),
        quotes_client,
        asker: asker.as_ref(),
        notice: notice.as_ref().map(|(ticket, told)| (ticket, *told)),
        answers_a_notice: !answered.is_empty(),
        repeats_a_notice: nudge::repeats_notice(&mail.subject, &mail.text.full),
        too_large: pending.over_limit.is_some()
            || tx.mail(pending.id)?.is_some_and(|row| row.size > MAX_RELAY),
        house: &desk.authorship.house,
    };
    let ticket = |id: TicketId| {
        let known = joined.iter().map(|(ticket, _)| ticket).chain(notice.iter().map(|(ticket, _)| ticket));
        known.into_iter().find(|ticket| ticket.id == id).context("the ticket that an agent's mail joins")
    };
    match agent::deed(&facts) {
        Deed::Answers(id) => answers(case, ticket(id)?, way, facts.may_bring_in())?,
        Deed::Relay(id, told_until) => relay(case, author, ticket(id)?, told_until)?,
        Deed::HeldBack(id, why) => hold_back(case, author, id.map(ticket).transpose()?, why)?,
        Deed::Note(id, why) => note(case, author, id, why)?,
        Deed::Forwards(client) => return Ok(Left::TicketOf(client)),
        Deed::Begins(client) => return Ok(Left::BegunWith(client)),
        Deed::Asks(his) => return Ok(Left::Filing(Clues { first: his, ..of_his_own(case, clues, author)? })),
        Deed::Unrelated => return Ok(Left::Filing(Clues::default())),
    }
    Ok(Left::Nothing)
}

/// What speaks for one of the requests of an agent's own: he may have several, and the first may be closed for long. In a client's
/// ticket he asks nothing.
fn of_his_own(case: &Case<'_>, clues: &Clues, author: &Address) -> anyhow::Result<Clues> {
    let mut own = Vec::new();
    for (id, _) in clues.candidates() {
        if case.tx.ticket(id)?.is_some_and(|ticket| ticket.client.same_mailbox(author)) {
            own.push(id);
        }
    }
    Ok(clues.of_these(&own))
}

/// An agent wrote to a client of his own accord: the client's answer will find this ticket.
pub(super) fn begin(case: &Case<'_>, request: &Request, client: &Mailbox) -> anyhow::Result<()> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let language = super::known_language(tx, desk, request, client)?;
    let regulation = &desk.regulation_at(pending.received_at).version;
    let opened = Ticket::opened(client, &mail.subject, language, regulation, pending.received_at);
    let mut ticket = plan::brought_in(&plan::begun(opened), &case.colleagues_of(&client.address)?);
    ticket.id = tx.insert_ticket(&ticket)?;
    tx.insert_message(&outgoing(case, &ticket), None)?;
    let why = "an agent wrote to the client, with us in copy";
    case.event(Some(ticket.id), "answered", why)?;
    case.filed(ticket.id, why)
}

/// The ticket that an agent's mail mentions: of several the one whose client it went to, since a client may write another's
/// Message-ID into a mail of his own; else the latest of the mail that it answers.
fn mentioned(case: &Case<'_>, clues: &Clues) -> anyhow::Result<Option<(Ticket, Proof)>> {
    let Case { tx, mail, .. } = *case;
    let ids = case.refers_to();
    let recipients: Vec<Address> = mail.to.iter().chain(&mail.cc).map(|to| to.address.clone()).collect();
    let mut mentioned = tx.mentioned_by_clients(&ids, &recipients)?;
    for id in &ids {
        mentioned.extend(tx.mentioned(slice::from_ref(id))?.into_iter().rev());
    }
    let mut first = None;
    for (id, proof) in (Clues { mentioned, ..clues.clone() }).candidates() {
        let Some(ticket) = tx.ticket(id)? else { continue };
        let is_more = !proof.is_hint() || first.is_none();
        if is_more && agent::went_to(mail, &ticket, tx.last_asker(id)?.as_ref()) {
            return Ok(Some((ticket, proof)));
        }
        first.get_or_insert((ticket, proof));
    }
    Ok(first)
}

/// The notice that a mail replies to, proved for its sender.
fn notice(case: &Case<'_>, author: &Address) -> anyhow::Result<Option<(Ticket, ProvedNotice)>> {
    Ok(proved_notice(case, known_agents(case.desk, author))?.map(|(_, ticket, told)| (ticket, told)))
}

/// The notice to one of these that a mail replies to, whoever wrote it.
fn proved_notice<'a>(
    case: &Case<'_>,
    agents: impl Iterator<Item = &'a Address> + Clone,
) -> anyhow::Result<Option<(&'a Address, Ticket, ProvedNotice)>> {
    for claim in Claim::all_in(case.mail) {
        let prove = |agent| Some((agent, case.desk.token_key.prove_notice(&claim, agent)?));
        if let Some((agent, proved)) = agents.clone().find_map(prove)
            && let Some(ticket) = case.tx.ticket(proved.ticket)?
        {
            return Ok(Some((agent, ticket, proved)));
        }
    }
    Ok(None)
}

/// A reply to an agent's notice from an address that is not his: a colleague's, an alias of his, or that of somebody who got hold
/// of the notice. It goes nowhere. `writer` is its author if he is one of us. `false` if it is no such mail.
pub(super) fn from_elsewhere(case: &Case<'_>, writer: Option<&Address>) -> anyhow::Result<bool> {
    let Some((agent, ticket, told)) = proved_notice(case, case.desk.agents.iter())? else {
        return Ok(false);
    };
    if answers_all(case, writer, &ticket)? {
        return Ok(false);
    }
    held_back::refuse(case, writer, agent, &ticket, told.told_until)?;
    Ok(true)
}

/// Whether a mail has a notice's address only because an agent put the client on copy of his reply to it, and somebody of that
/// conversation answers all: the client's side, or one of us who writes to the client. Then the address proves nothing, and is no
/// reason for doubt.
fn answers_all(case: &Case<'_>, writer: Option<&Address>, ticket: &Ticket) -> anyhow::Result<bool> {
    if writer.is_some() {
        return Ok(agent::went_to(case.mail, ticket, case.tx.last_asker(ticket.id)?.as_ref()));
    }
    case.author_takes_part(ticket)
}

/// The letters to one of us that a mail replies to.
fn answered_notices(case: &Case<'_>) -> anyhow::Result<Vec<Letter>> {
    let letters =
        case.mail.in_reply_to.iter().map(|id| case.tx.find_letter(id)).collect::<Result<Vec<_>, _>>()?;
    Ok(letters.into_iter().flatten().filter(|letter| letter.kind == LetterKind::Notice).collect())
}

/// The ticket that an agent writes of who replies to a notice, but not through its address: the one of the notice, or of the client
/// in it whom he writes to. `None` where he writes to nobody but the desk: that he may have meant for the client.
fn told_of(case: &Case<'_>, author: &Address, notices: &[Letter]) -> anyhow::Result<Option<Ticket>> {
    let Case { tx, desk, mail, .. } = *case;
    let desk_only = |to: &Mailbox| to.address.is_among(&desk.own_addresses);
    if mail.to.iter().chain(&mail.cc).all(desk_only) {
        return Ok(None);
    }
    let mut told: Vec<Ticket> = Vec::new();
    for notice in notices {
        let notice = tx.parsed_letter(notice.id)?;
        let words = notice.text.full.split(|c: char| c.is_whitespace() || "<>".contains(c));
        let addresses = words.filter_map(|word| Address::parse(word).ok());
        for address in addresses.chain(notice.reply_to.into_iter().map(|mailbox| mailbox.address)) {
            if let Some(claim) = Claim::in_address(&address)
                && let Some(proved) =
                    known_agents(desk, author).find_map(|agent| desk.token_key.prove_notice(&claim, agent))
                && told.iter().all(|ticket| ticket.id != proved.ticket)
            {
                told.extend(tx.ticket(proved.ticket)?);
            }
        }
    }
    if let [alone] = told.as_slice() {
        return Ok(Some(alone.clone()));
    }
    // Of several of one client the first: a notice has the most urgent on top.
    for ticket in told {
        if agent::went_to(mail, &ticket, tx.last_asker(ticket.id)?.as_ref()) {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// An agent's address as we have it: mail programs write it as he configured it.
fn known_agents<'a>(desk: &'a Desk, author: &'a Address) -> impl Iterator<Item = &'a Address> + Clone {
    desk.agents.iter().filter(|agent| agent.same_mailbox(author))
}

/// A message of an agent to the client.
pub(super) fn outgoing(case: &Case<'_>, ticket: &Ticket) -> Message {
    let message = case.incoming(ticket.id, Some(&ticket.client));
    Message { direction: Direction::Out, at: case.pending.since(case.mail.date), ..message }
}

/// It has gone to the client: whoever sent it, it is out.
fn answers(case: &Case<'_>, ticket: &Ticket, way: Way, may_bring_in: bool) -> anyhow::Result<()> {
    let Case { tx, pending, mail, now, .. } = *case;
    let how = match way {
        Way::Sent => "an agent's answer lies in the Sent folder",
        Way::Account | Way::Person => "an agent's answer went to the client, with us in copy",
    };
    if may_bring_in {
        tx.update_ticket(&plan::brought_in(ticket, &case.colleagues_of(&ticket.client)?))?;
    }
    tx.insert_message(&outgoing(case, ticket), None)?;
    let sent = GoneOut { references: &case.refers_to(), at: pending.since(mail.date), how };
    tx.answer_gone_out(ticket.id, &sent, case.about(Some(ticket.id), None), now)?;
    // Behind it: if the client has written since, he waits for an agent, because nobody asks him now.
    tx.person_overtakes(ticket.id, ANSWERED_FIRST, now)?;
    case.filed(ticket.id, how)
}

/// It stays among us.
fn note(case: &Case<'_>, author: &Address, ticket: TicketId, why: Note) -> anyhow::Result<()> {
    let why = why.why();
    case.tx.insert_message(&case.incoming(ticket, Some(author)), None)?;
    case.event(Some(ticket), "note", why)?;
    case.filed(ticket, why)
}
