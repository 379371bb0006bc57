//! Mails that machines wrote: kept, linked to the ticket that they refer to, never answered.

use super::case::Case;
use crate::store::event::{AUTOMATIC, KNOWN_SET_ASIDE, SET_ASIDE};
use crate::store::{Letter, LetterKind, Tx};
use crate::ticket::answer::NOT_ARRIVED;
use crate::ticket::thread::Clues;
use crate::ticket::{Disposition, Ticket, TicketId};
use chrono::{DateTime, Utc};

/// What a mail is that is kept and never answered.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// A program's or a list's, from the address of somebody we know or not.
    Program { known: bool },
    /// A report about a letter: what failed is told as such.
    Report,
    /// Our own, come back.
    Ours,
}

/// The ticket that a mail refers to by token or reference, whoever wrote it. A hint proves nothing.
pub(super) fn refers_to(tx: &Tx<'_>, clues: &Clues) -> anyhow::Result<Option<Ticket>> {
    for (id, proof) in clues.candidates() {
        if !proof.is_hint()
            && let Some(ticket) = tx.ticket(id)?
        {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// Keeps a machine's mail as a note of its ticket, or sets it aside if it has none. The next digest shows both, but not our own that
/// came back: that is nobody's news.
pub(super) fn note(case: &Case<'_>, ticket: Option<TicketId>, why: &str, kept: Kept) -> anyhow::Result<()> {
    let what = match (kept, ticket) {
        (Kept::Ours, _) => "our own mail",
        (Kept::Report, Some(_)) => "report",
        (Kept::Program { .. }, Some(_)) => AUTOMATIC,
        (Kept::Program { known: true }, None) => KNOWN_SET_ASIDE,
        (Kept::Program { known: false } | Kept::Report, None) => SET_ASIDE,
    };
    if let Some(ticket) = ticket {
        case.tx.insert_message(&case.incoming(ticket, case.mail.author_address()), None)?;
    }
    case.event(ticket, what, why)?;
    case.ends(Disposition::Automatic, ticket, why)
}

/// Sets a mail aside that was delivered before the first contact, and comes because its folder is numbered anew. What the
/// server tells of that, INTERNALDATE, may be when it copied its mails. So the line counts, too, that was written when it was
/// delivered. What a client's own clock wrote, Date, does not.
pub(super) fn from_before(case: &Case<'_>) -> anyhow::Result<bool> {
    let Case { pending, mail, .. } = *case;
    let received = mail.header_values("received").next().and_then(moment);
    let delivered = received.map_or(pending.received_at, |at| at.min(pending.received_at));
    if pending.released || pending.not_before.is_none_or(|not_before| delivered >= not_before) {
        return Ok(false);
    }
    let why = "it was delivered before the first contact with the mailbox (start = \"new\")";
    note(case, None, why, Kept::Program { known: false })?;
    Ok(true)
}

/// The moment at the end of a Received field (RFC 5322, section 3.6.7).
fn moment(received: &str) -> Option<DateTime<Utc>> {
    let (_, date) = received.rsplit_once(';')?;
    Some(DateTime::parse_from_rfc2822(date.trim()).ok()?.with_timezone(&Utc))
}

/// A bounce or receipt: matched by Message-ID to the letter that it is about. A letter that did not arrive makes it
/// the agents' turn again.
pub(super) fn bounce(case: &Case<'_>, why: &str) -> anyhow::Result<()> {
    let Case { tx, now, .. } = *case;
    let report = case.mail.report.as_ref();
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
    note(case, ticket, why, Kept::Report)?;
    // Of one letter several reports may come: all but the first are notes.
    let known = letter.as_ref().is_some_and(|letter| letter.bounced_at.is_some());
    if known || !report.is_some_and(|report| report.failed) {
        return Ok(());
    }
    let not_arrived = report.and_then(|report| report.reason.as_deref()).unwrap_or(NOT_ARRIVED);
    // Of a letter that is not known to have gone out, anything can be claimed: that is a note.
    if let Some(letter) = &letter
        && tx.mark_bounced(letter.id, not_arrived, now)?
    {
        undo(case, letter)?;
    }
    if let (Some(ticket), Some(id)) = (answered, original) {
        let subject = case.about(Some(ticket), letter.as_ref().map(|letter| letter.id));
        tx.answer_returned(ticket, id, not_arrived, subject, now)?;
    }
    Ok(())
}

/// What brought the ticket to where it is did not arrive.
fn undo(case: &Case<'_>, letter: &Letter) -> anyhow::Result<()> {
    let Case { tx, now, .. } = *case;
    let Some(ticket) = letter.ticket else { return Ok(()) };
    let about = case.about(Some(ticket), Some(letter.id));
    tx.event(now, about, "bounced", "the letter did not arrive: the agents' turn")?;
    if letter.kind == LetterKind::Ask { tx.ask_returned(letter, now) } else { Ok(()) }
}
