//! Agents' mails: answers that have gone out, answers to be sent on, notes.

use super::held_back::{self, hold_back};
use super::{Desk, EVER, Pending, Reading, incoming};
use crate::mail::packed::{Frames, Packer};
use crate::mail::{self, Address, AttachedFile, HeaderText, Mail, Mailbox, MessageId};
use crate::nudge;
use crate::reply::mime::{self, Base64Lines, Headers, Piece};
use crate::reply::{self, Authentication};
use crate::store::{Direction, EventSubject, GoneOut, LetterKind, Message, NewLetter, Tx};
use crate::ticket::agent::{self, AgentFacts, Deed, HeldBack, Way};
use crate::ticket::plan::{self, Facts, Permission, Role};
use crate::ticket::thread::{self, Clues, Placement, Writer};
use crate::ticket::token::{Claim, ProvedNotice};
use crate::ticket::{Disposition, Standing, Ticket, TicketId};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

/// A larger mail is not sent on: no client's server takes it, and while it is sent it is in memory, compressed.
const MAX_RELAY: u64 = 30_000_000;

/// Within so long nobody means to send a client the same words again (RFC 3834, section 2: responders wait as long).
const REPEATED_WITHIN: TimeDelta = TimeDelta::days(7);
/// Shorter words («Готово.») are said again in earnest, but not so often in one ticket.
const LONG_CHARS: usize = 80;
const MAX_SHORT: usize = 3;

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
    /// It is filed like any other mail.
    Filing,
}

/// Files a mail from the Sent folder of the support account, or from one of our own addresses, that askback has not
/// written: an agent has. What a machine wrote there (a vacation program) answers nobody. What is left, if anything, is the
/// ticket of the client who filled in a `form` of our web site.
#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
pub(super) fn file_own(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    clues: &Clues,
    way: Way,
    form: Option<&Mailbox>,
    now: DateTime<Utc>,
) -> anyhow::Result<Left> {
    let ours = match &mail.message_id {
        Some(id) => tx.find_letter(id)?.is_some(),
        None => false,
    };
    let why = if ours { Some("it is a copy of a letter of ours") } else { reply::by_machine(mail) };
    if let Some(why) = why {
        automatic(tx, pending, why, now)?;
        return Ok(Left::Nothing);
    }
    let author = mail.author_address().unwrap_or(&desk.support.address);
    match (file(tx, desk, pending, mail, clues, author, way, now)?, form) {
        (Left::Nothing, _) => {}
        (Left::TicketOf(_) | Left::BegunWith(_) | Left::Filing, Some(client)) => {
            return Ok(Left::TicketOf(client.clone()));
        }
        (Left::TicketOf(_) | Left::BegunWith(_) | Left::Filing, None) => {
            if way == Way::Sent {
                let nearest: Vec<_> =
                    mail.in_reply_to.iter().chain(mail.references.iter().rev()).cloned().collect();
                tx.await_mails(pending.id, &nearest)?;
            }
            automatic(tx, pending, "it is our own mail, and answers no ticket", now)?;
        }
    }
    Ok(Left::Nothing)
}

fn automatic(tx: &Tx<'_>, pending: &Pending, why: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let subject = EventSubject { mail: Some(pending.id), ..EventSubject::default() };
    tx.event(now, subject, "automatic", why)?;
    tx.set_disposition(pending.id, Disposition::Automatic, None, why, now)
}

/// Files an agent's mail as far as it is an agent's.
#[expect(clippy::too_many_arguments, reason = "everything about one mail comes together")]
pub(super) fn file(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    clues: &Clues,
    author: &Address,
    way: Way,
    now: DateTime<Utc>,
) -> anyhow::Result<Left> {
    let authentication = desk.authentication(mail);
    let forged = way != Way::Sent && authentication == Authentication::Fail;
    if forged && !pending.released {
        tx.set_disposition(pending.id, Disposition::Quarantined, None, FORGED, now)?;
        return Ok(Left::Nothing);
    }
    if let Some(id) = &mail.message_id
        && tx.find_answer(id)?.is_some()
    {
        automatic(tx, pending, "it is a copy of an answer that is here", now)?;
        return Ok(Left::Nothing);
    }
    let writer = Writer { address: author, is_agent: true, forged: false, organisation: None };
    let placement =
        thread::place(clues, &writer, EVER, pending.received_at, |id| tx.ticket(id), |_| Ok(None))?;
    let joined = match placement {
        Placement::Join { ticket, proof } => tx.ticket(ticket)?.map(|ticket| (ticket, proof)),
        Placement::New { .. } => None,
    };
    if forged {
        // A person has let it in. That makes its author none of us: it is filed, and answers nobody.
        let Some((ticket, _)) = joined else { return Ok(Left::Filing) };
        note(tx, pending, mail, author, ticket.id, now)?;
        return Ok(Left::Nothing);
    }
    let notice = notice(tx, desk, mail, author)?;
    if notice.is_none() && from_elsewhere(tx, desk, pending, mail, Some(author), now)? {
        return Ok(Left::Nothing);
    }
    let asker = match &joined {
        Some((ticket, _)) => tx.last_asker(ticket.id)?,
        None => None,
    };
    let deed = agent::deed(&AgentFacts {
        mail,
        author,
        way,
        vouched: authentication == Authentication::Pass,
        joined: joined.as_ref().map(|(ticket, proof)| (ticket, *proof)),
        asker: asker.as_ref(),
        notice: notice.as_ref().map(|(ticket, told)| (ticket, *told)),
        answers_a_notice: answers_a_notice(tx, mail)?,
        repeats_a_notice: nudge::repeats_notice(&mail.subject, &mail.text.full),
        too_large: pending.over_limit.is_some()
            || tx.mail(pending.id)?.is_some_and(|row| row.size > MAX_RELAY),
        house: &desk.authorship.house,
    });
    let ticket = |id: TicketId| {
        let known = joined.iter().map(|(ticket, _)| ticket).chain(notice.iter().map(|(ticket, _)| ticket));
        known.into_iter().find(|ticket| ticket.id == id).context("the ticket that an agent's mail joins")
    };
    match deed {
        Deed::Answers(id) => answers(tx, pending, mail, ticket(id)?, way, now)?,
        Deed::Relay(id) => relay(tx, desk, pending, mail, author, ticket(id)?, now)?,
        Deed::HeldBack(id, why) => {
            let ticket = id.map(ticket).transpose()?;
            hold_back(tx, desk, pending, mail, author, ticket, why, now)?;
        }
        Deed::Note(id) => note(tx, pending, mail, author, id, now)?,
        Deed::Forwards(client) => return Ok(Left::TicketOf(client)),
        Deed::Begins(client) => return Ok(Left::BegunWith(client)),
        Deed::Asks | Deed::Unrelated => return Ok(Left::Filing),
    }
    Ok(Left::Nothing)
}

/// An agent wrote to a client of his own accord: the client's answer will find this ticket.
pub(super) fn begin(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    reading: &Reading,
    client: &Mailbox,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let mail = &reading.mail;
    let mut ticket = plan::begun(&Facts {
        mail,
        author: &client.address,
        author_name: &client.name,
        role: Role::Client(Standing::Unverified),
        request: &reading.request,
        language: super::known_language(tx, desk, &reading.request, client)?,
        ticket: None,
        by_number: false,
        linked: None,
        permission: Permission::Denied("an agent wrote it".to_owned()),
        arrived_at: pending.received_at,
        regulation: &desk.regulation_at(pending.received_at).version,
        house: &desk.authorship.house,
        waiting: None,
        ask_lost: false,
    });
    ticket.id = tx.insert_ticket(&ticket)?;
    tx.insert_message(&outgoing(pending, mail, &ticket), None)?;
    let why = "an agent wrote to the client, with us in copy";
    let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket.id), outbox: None };
    tx.event(now, subject, "answered", why)?;
    tx.set_disposition(pending.id, Disposition::Filed, Some(ticket.id), why, now)
}

/// The notice that a mail replies to, proved for its sender.
fn notice(
    tx: &Tx<'_>,
    desk: &Desk,
    mail: &Mail,
    author: &Address,
) -> anyhow::Result<Option<(Ticket, ProvedNotice)>> {
    // Mail programs write the address as he configured it; the notice went to the one that we have.
    let known = desk.agents.iter().filter(|agent| agent.same_mailbox(author));
    Ok(proved_notice(tx, desk, mail, known)?.map(|(_, ticket, told)| (ticket, told)))
}

/// The notice to one of these that a mail replies to, whoever wrote it.
fn proved_notice<'a>(
    tx: &Tx<'_>,
    desk: &Desk,
    mail: &Mail,
    agents: impl Iterator<Item = &'a Address> + Clone,
) -> anyhow::Result<Option<(&'a Address, Ticket, ProvedNotice)>> {
    for claim in Claim::all_in(mail) {
        let prove = |agent| Some((agent, desk.token_key.prove_notice(&claim, agent)?));
        if let Some((agent, proved)) = agents.clone().find_map(prove)
            && let Some(ticket) = tx.ticket(proved.ticket)?
        {
            return Ok(Some((agent, ticket, proved)));
        }
    }
    Ok(None)
}

/// A reply to an agent's notice from an address that is not his: a colleague's, an alias of his, or that of somebody who got hold
/// of the notice. It goes nowhere. `writer` is its author if he is one of us. `false` if it is no such mail.
pub(super) fn from_elsewhere(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    writer: Option<&Address>,
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let Some((agent, ticket, _)) = proved_notice(tx, desk, mail, desk.agents.iter())? else {
        return Ok(false);
    };
    if answers_all(tx, desk, mail, writer, &ticket)? {
        return Ok(false);
    }
    held_back::refuse(tx, desk, pending, mail, writer, agent, &ticket, now)?;
    Ok(true)
}

/// Whether a mail has a notice's address only because an agent put the client on copy of his reply to it, and somebody of that
/// conversation answers all: the client's side, or one of us who writes to the client. Then the address proves nothing, and is no
/// reason for doubt.
fn answers_all(
    tx: &Tx<'_>,
    desk: &Desk,
    mail: &Mail,
    writer: Option<&Address>,
    ticket: &Ticket,
) -> anyhow::Result<bool> {
    if writer.is_some() {
        return Ok(agent::went_to(mail, ticket, tx.last_asker(ticket.id)?.as_ref()));
    }
    let Some(address) = mail.author_address() else { return Ok(false) };
    let organisation_of =
        |address: &Address| anyhow::Ok(tx.registered(address)?.map(|registered| registered.organisation));
    let forged = desk.authentication(mail) == Authentication::Fail;
    let writer = Writer { address, is_agent: false, forged, organisation: organisation_of(address)? };
    Ok(!forged && thread::takes_part(ticket, &writer, organisation_of)?)
}

/// Whether a mail replies to a letter that askback wrote to one of us.
fn answers_a_notice(tx: &Tx<'_>, mail: &Mail) -> anyhow::Result<bool> {
    for id in &mail.in_reply_to {
        if tx.find_letter(id)?.is_some_and(|letter| letter.kind == LetterKind::Notice) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// In-Reply-To and References.
fn references(mail: &Mail) -> Vec<MessageId> {
    mail.in_reply_to.iter().chain(&mail.references).cloned().collect()
}

/// A message of an agent to the client.
fn outgoing(pending: &Pending, mail: &Mail, ticket: &Ticket) -> Message {
    let message = incoming(pending, mail, ticket.id, Some(&ticket.client));
    Message { direction: Direction::Out, at: pending.since(mail.date), ..message }
}

/// It has gone to the client: whoever sent it, it is out.
fn answers(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    ticket: &Ticket,
    way: Way,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let how = match way {
        Way::Sent => "an agent's answer lies in the Sent folder",
        Way::Account | Way::Person => "an agent's answer went to the client, with us in copy",
    };
    tx.insert_message(&outgoing(pending, mail, ticket), None)?;
    let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket.id), outbox: None };
    let sent = GoneOut { references: &references(mail), at: pending.since(mail.date), how };
    tx.answer_gone_out(ticket.id, &sent, subject, now)?;
    // Behind it: if the client has written since, he waits for an agent, because nobody asks him now.
    tx.agent_overtakes(ticket.id, now)?;
    tx.set_disposition(pending.id, Disposition::Filed, Some(ticket.id), how, now)
}

/// It goes to the client as ours: the agent's words and files, and nothing of the notice. The ticket is answered once the
/// server has taken it.
fn relay(
    tx: &Tx<'_>,
    desk: &Desk,
    pending: &Pending,
    mail: &Mail,
    author: &Address,
    ticket: &Ticket,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (to, from) = (&ticket.client, &desk.support.address);
    let message_id = desk
        .token_key
        .message_id(ticket.id, to, relay_serial(pending, mail), from.domain())
        .context("the domain of the support address cannot stand in a Message-ID")?;
    if tx.find_letter(&message_id)?.is_some() {
        // Addressed to us twice, say: two copies of one mail, with other headers.
        return automatic(tx, pending, "a copy of it has been sent on already", now);
    }
    let words = mail.text.without_quotes();
    let notice = answered_notice(tx, mail)?;
    let Some(text) = nudge::without_notice(&mail.text.full, &words, notice.as_deref()) else {
        return hold_back(tx, desk, pending, mail, author, Some(ticket), HeldBack::QuotesNotice, now);
    };
    if text.is_empty() && mail.attachments.is_empty() {
        return hold_back(tx, desk, pending, mail, author, Some(ticket), HeldBack::NoWords, now);
    }
    if mail.attachments.is_empty() && sent_before(tx, ticket, mail, &text, author, now)? {
        return hold_back(tx, desk, pending, mail, author, Some(ticket), HeldBack::Repeated, now);
    }
    let Some(files) = tx.files(pending.id)? else {
        // Perhaps one of them would be missing, or have another in it.
        return hold_back(tx, desk, pending, mail, author, Some(ticket), HeldBack::TooLarge, now);
    };
    let asked = match tx.last_mail_of(ticket.id, to)? {
        Some(last) => tx.pending(&[last])?.pop().map(|last| mail::parse(&last.raw)),
        None => None,
    };
    let headers = Headers {
        from_name: &HeaderText::new(&desk.support.name, 100),
        from,
        to,
        reply_to: &desk.token_key.reply_address(ticket.id, to, from),
        message_id: &message_id,
        in_reply_to: asked.as_ref().and_then(|asked| asked.message_id.as_ref()),
        references: asked.as_ref().map_or(&[], |asked| &asked.references),
        loop_id: &HeaderText::new(&desk.loop_id, 100),
        date: now,
    };
    let subject = reply::answer_subject(&ticket.subject, ticket.id);
    let letter = NewLetter {
        kind: LetterKind::Answer,
        ticket: Some(ticket.id),
        answers_mail: Some(pending.id),
        // A person's answer: if it cannot be delivered, we are told.
        envelope_from: Some(from.clone()),
        to: to.clone(),
        message_id: message_id.clone(),
        raw: Vec::new(),
        due_at: now,
        asked: Vec::new(),
    };
    let mut packer = Packer::new(tx.aside()?);
    for piece in mime::build_answer(&headers, &subject, &text, &files)? {
        match piece {
            Piece::Bytes(bytes) => packer.push(&bytes)?,
            Piece::File(number) => put_file(tx, pending, files.get(number), &mut packer)?,
        }
    }
    tx.agent_overtakes(ticket.id, now)?;
    let id = tx.enqueue_packed(&letter, &packer.finish()?, now)?;
    if !desk.copies {
        tx.copy_off(id)?;
    }
    let message = Message {
        outbox: Some(id),
        message_id: Some(message_id),
        subject: subject.to_string(),
        own_text: text,
        at: now,
        ..outgoing(pending, mail, ticket)
    };
    tx.insert_message(&message, None)?;
    let ticket = tx.ticket(ticket.id)?.context("the ticket of an agent's answer")?;
    tx.update_ticket(&Ticket { agent_answered: true, ..ticket.clone() })?;
    let why = "an agent's reply to a notice goes to the client";
    let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket.id), outbox: Some(id) };
    tx.event(now, subject, "relayed", &format!("{why}; {author} wrote it"))?;
    tx.set_disposition(pending.id, Disposition::Filed, Some(ticket.id), why, now)
}

/// The text of the notice that a mail replies to.
fn answered_notice(tx: &Tx<'_>, mail: &Mail) -> anyhow::Result<Option<String>> {
    for id in &references(mail) {
        if let Some(letter) = tx.find_letter(id)?
            && letter.kind == LetterKind::Notice
        {
            return Ok(tx.letter(letter.id)?.map(|letter| mail::parse(&letter.raw).text.full));
        }
    }
    Ok(None)
}

/// Whether an agent has sent a client these very words through us of late, as a program of his does that answers every mail:
/// long ones at all, short ones in this ticket without a word of the client since, or again and again.
fn sent_before(
    tx: &Tx<'_>,
    ticket: &Ticket,
    mail: &Mail,
    words: &str,
    author: &Address,
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    // A signature makes nothing of them longer.
    let long = mail.text.own().trim().chars().count() >= LONG_CHARS;
    let within = (!long).then_some(ticket.id);
    let mut times = 0;
    for before in tx.relayed(&ticket.client, words, within, now - REPEATED_WITHIN)? {
        let before_mail = tx.pending(&[before.mail])?.pop().map(|pending| mail::parse(&pending.raw));
        let writer = before_mail.as_ref().and_then(Mail::author_address);
        if writer.is_some_and(|writer| writer.same_mailbox(author)) {
            times += 1;
            if long || !before.replied || times >= MAX_SHORT {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Puts a file of the agent's mail into his answer, piece by piece.
fn put_file<F: Frames>(
    tx: &Tx<'_>,
    pending: &Pending,
    file: Option<&AttachedFile>,
    packer: &mut Packer<F>,
) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    let mut lines = Base64Lines::default();
    tx.read_file(pending.id, file, &mut |bytes| packer.push(lines.push(bytes).as_bytes()))?;
    packer.push(lines.finish().as_bytes())
}

/// What makes the Message-ID of an answer that is sent on: the same for each copy of the agent's mail.
fn relay_serial(pending: &Pending, mail: &Mail) -> u64 {
    let Some(id) = &mail.message_id else { return pending.id.0.unsigned_abs() };
    let hash = Sha256::digest(id.as_str());
    hash.iter().take(8).fold(0, |serial, byte| serial << 8 | u64::from(*byte))
}

/// It stays among us.
fn note(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    author: &Address,
    ticket: TicketId,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    insert_note(tx, pending, mail, author, ticket)?;
    let why = "an agent's note: nothing proves that it answers the client";
    let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket), outbox: None };
    tx.event(now, subject, "note", why)?;
    tx.set_disposition(pending.id, Disposition::Filed, Some(ticket), why, now)
}

pub(super) fn insert_note(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    author: &Address,
    ticket: TicketId,
) -> anyhow::Result<()> {
    tx.insert_message(&incoming(pending, mail, ticket, Some(author)), None)
}
