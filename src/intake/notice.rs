//! Notices to agents and the head: from words to a letter in the outbox.

use super::Desk;
use super::desk::NO_MESSAGE_ID;
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, HeaderText, MessageId};
use crate::nudge::Notice;
use crate::reply::mime::{self, NoticeHeaders};
use crate::store::{LetterKind, NewLetter};
use crate::ticket::Ticket;
use anyhow::Context as _;
use chrono::{DateTime, Utc};

/// A notice as the outbox takes it, due at once.
///
/// # Errors
/// If its recipient cannot be written to.
pub fn notice_letter(desk: &Desk, notice: &Notice, now: DateTime<Utc>) -> anyhow::Result<NewLetter> {
    let from = &desk.support;
    let mut unique = [0; 16];
    getrandom::fill(&mut unique).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    let unique = data_encoding::HEXLOWER.encode(&unique);
    let message_id =
        MessageId::parse(&format!("notice.{unique}@{}", from.address.domain())).context(NO_MESSAGE_ID)?;
    let headers = NoticeHeaders {
        from_name: &HeaderText::new(&from.name, 100),
        from: &from.address,
        to: &notice.to,
        reply_to: notice.reply_to.as_ref(),
        message_id: &message_id,
        loop_id: &HeaderText::new(&desk.loop_id, 100),
        date: now,
    };
    let raw = mime::build_notice(&headers, &notice.subject, &notice.text, notice.html.as_deref())?;
    Ok(NewLetter {
        kind: LetterKind::Notice,
        ticket: None,
        answers_mail: None,
        // The null sender: nothing answers it (RFC 3834, section 3.3).
        envelope_from: None,
        to: notice.to.clone(),
        message_id,
        packed: PackedRaw::pack(&raw)?,
        due_at: now,
        asked: Vec::new(),
    })
}

/// The address through which `person` answers the client of `ticket`, as long as the client writes nothing more.
#[must_use]
pub fn answer_address(desk: &Desk, ticket: &Ticket, person: &Address) -> Option<Address> {
    address_after(desk, ticket, person, None)
}

/// The same for who is told of a colleague's answer, too, sent then: that one does not hold his back.
pub(super) fn address_after(
    desk: &Desk,
    ticket: &Ticket,
    person: &Address,
    answered: Option<DateTime<Utc>>,
) -> Option<Address> {
    let told_until = answered.map_or(ticket.last_client_at, |at| at.max(ticket.last_client_at));
    desk.token_key.notice_address(ticket.id, person, told_until, &desk.support.address)
}
