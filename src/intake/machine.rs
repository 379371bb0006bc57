//! Mails that machines wrote: kept, linked to the ticket that they refer to, never answered.

use super::incoming;
use crate::mail::Mail;
use crate::store::told::SET_ASIDE;
use crate::store::{EventSubject, Letter, LetterKind, Pending, Tx};
use crate::ticket::thread::{Clues, Proof};
use crate::ticket::{Disposition, Ticket, TicketId};
use chrono::{DateTime, Utc};

/// The event of a machine's mail on a ticket.
const AUTOMATIC: &str = "automatic";

/// The ticket that a mail refers to by token or reference, whoever wrote it. A number in the subject proves nothing.
pub(super) fn refers_to(tx: &Tx<'_>, clues: &Clues) -> anyhow::Result<Option<Ticket>> {
    for (id, proof) in clues.candidates() {
        if proof != Proof::SubjectNumber
            && let Some(ticket) = tx.ticket(id)?
        {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// Keeps a machine's mail as a note of its ticket; one without a ticket is set aside, which the next digest says, unless it is
/// `ours` and came back: that is nobody's news.
pub(super) fn note(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    ticket: Option<TicketId>,
    why: &str,
    ours: bool,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let what = if ticket.is_some() || ours { AUTOMATIC } else { SET_ASIDE };
    if let Some(ticket) = ticket {
        tx.insert_message(&incoming(pending, mail, ticket, mail.author_address()), None)?;
    }
    let subject = EventSubject { mail: Some(pending.id), ticket, outbox: None };
    tx.event(now, subject, what, why)?;
    tx.set_disposition(pending.id, Disposition::Automatic, ticket, why, now)
}

/// Sets a mail aside that was delivered before the first contact, and comes because its folder is numbered anew. What the
/// server tells of that, INTERNALDATE, may be when it copied its mails. So the line counts, too, that was written when it was
/// delivered. What a client's own clock wrote, Date, does not.
pub(super) fn from_before(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    now: DateTime<Utc>,
) -> anyhow::Result<bool> {
    let received = mail.header_values("received").next().and_then(moment);
    let delivered = received.map_or(pending.received_at, |at| at.min(pending.received_at));
    if pending.released || pending.not_before.is_none_or(|not_before| delivered >= not_before) {
        return Ok(false);
    }
    let why = "it was delivered before the first contact with the mailbox (start = \"new\")";
    note(tx, pending, mail, None, why, false, now)?;
    Ok(true)
}

/// The moment at the end of a Received field (RFC 5322, section 3.6.7).
fn moment(received: &str) -> Option<DateTime<Utc>> {
    let (_, date) = received.rsplit_once(';')?;
    Some(DateTime::parse_from_rfc2822(date.trim()).ok()?.with_timezone(&Utc))
}

/// A bounce or receipt: matched by Message-ID to the letter that it is about. A letter that did not arrive makes it
/// the agents' turn again.
pub(super) fn bounce(
    tx: &Tx<'_>,
    pending: &Pending,
    mail: &Mail,
    why: &str,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let report = mail.report.as_ref();
    let original = report.and_then(|report| report.original.as_ref());
    let letter = match original {
        Some(id) => tx.find_letter(id)?,
        None => None,
    };
    // An agent may have sent it, not askback.
    let answered = match original {
        Some(id) => tx.find_answer(id)?,
        None => None,
    };
    let ticket = letter.as_ref().and_then(|letter| letter.ticket).or(answered);
    note(tx, pending, mail, ticket, why, false, now)?;
    if !report.is_some_and(|report| report.failed) {
        return Ok(());
    }
    let not_arrived = "a delivery report says that it did not arrive";
    // Of a letter that is not known to have gone out, anything can be claimed: that is a note.
    if let Some(letter) = &letter
        && tx.mark_bounced(letter.id, not_arrived, now)?
    {
        undo(tx, pending, letter, now)?;
    }
    if let (Some(ticket), Some(id)) = (answered, original) {
        let outbox = letter.as_ref().map(|letter| letter.id);
        let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket), outbox };
        tx.answer_returned(ticket, id, not_arrived, subject, now)?;
    }
    Ok(())
}

/// What brought the ticket to where it is did not arrive.
fn undo(tx: &Tx<'_>, pending: &Pending, letter: &Letter, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Some(ticket) = letter.ticket else { return Ok(()) };
    let subject = EventSubject { mail: Some(pending.id), ticket: Some(ticket), outbox: Some(letter.id) };
    tx.event(now, subject, "bounced", "the letter did not arrive: the agents' turn")?;
    if letter.kind == LetterKind::Ask { tx.ask_returned(letter, now) } else { Ok(()) }
}
