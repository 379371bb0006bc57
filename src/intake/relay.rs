//! Agents' replies to notices, sent on to the client.

use super::agents::{ANSWERED_FIRST, automatic, outgoing};
use super::case::Case;
use super::held_back::hold_back;
use crate::mail::packed::{Frames, PackedRaw, Packer};
use crate::mail::{self, Address, AttachedFile, HeaderText, Mail, MessageId};
use crate::nudge::{self, Answered};
use crate::reply;
use crate::reply::mime::{self, Base64Lines, Headers, Piece};
use crate::store::{Aside, Direction, LetterKind, Message, NewLetter, OutboxId, OutboxState};
use crate::ticket::agent::HeldBack;
use crate::ticket::plan;
use crate::ticket::{Disposition, Ticket};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;

/// Within so long nobody means to send a client the same words again (RFC 3834, section 2: responders wait as long).
const REPEATED_WITHIN: TimeDelta = TimeDelta::days(7);
/// Shorter words («Готово.») are said again in earnest, but not so often in one ticket.
const LONG_CHARS: usize = 80;
const MAX_SHORT: usize = 3;
/// So many bytes of an attached file show what it is: no letter of ours to one of us is larger.
const MAX_READ: usize = 1_000_000;

/// It goes to the client as ours: the agent's words and files, and nothing of the notice. The ticket is answered once the
/// server has taken it.
pub(super) fn relay(
    case: &Case<'_>,
    author: &Address,
    ticket: &Ticket,
    told_until: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Case { tx, desk, pending, now, .. } = *case;
    let hold_back = |why| hold_back(case, author, Some(ticket), why);
    let (to, from) = (&ticket.client, &desk.support.address);
    let message_id = desk.message_id(ticket.id, to, serial(case))?;
    let answered = || answered_meanwhile(case, author, ticket, told_until);
    if let Some(letter) = tx.find_letter(&message_id)? {
        // Addressed to us twice, say: two copies of one mail, with other headers.
        let copied = || automatic(case, "a copy of it has been sent on already");
        return match letter.state {
            OutboxState::Waiting | OutboxState::Claimed => copied(),
            OutboxState::Sent if letter.bounced_at.is_none() => copied(),
            // It did not arrive, as far as is known. (Nothing cancels an answer: that state is here for the match alone.)
            OutboxState::Refused | OutboxState::Ambiguous | OutboxState::Cancelled | OutboxState::Sent
                if answered()?.is_some() =>
            {
                hold_back(HeldBack::Answered)
            }
            OutboxState::Refused => once_more(case, ticket, letter.id),
            // The client may have that one: no other has its Message-ID.
            OutboxState::Ambiguous | OutboxState::Cancelled | OutboxState::Sent => {
                hold_back(HeldBack::NotArrived)
            }
        };
    }
    let Some(mut files) = tx.files(pending.id)? else {
        // Perhaps one of them would be missing, or have another in it.
        return hold_back(HeldBack::TooLarge);
    };
    if !drop_winmail(case, &mut files)? {
        return hold_back(HeldBack::Sealed);
    }
    let text = match words(case, author, ticket)? {
        Ok(text) => text,
        Err(why) => return hold_back(why),
    };
    if answered()?.is_some() {
        return hold_back(HeldBack::Answered);
    }
    if attaches_notice(case, &files)? {
        return hold_back(HeldBack::QuotesNotice);
    }
    let subject = reply::answer_subject(&ticket.subject, ticket.id);
    let answer = Answer { message_id: &message_id, subject: &subject, text: &text, files: &files };
    let letter = NewLetter {
        kind: LetterKind::Answer,
        ticket: Some(ticket.id),
        answers_mail: Some(pending.id),
        // A person's answer: if it cannot be delivered, we are told.
        envelope_from: Some(from.clone()),
        to: to.clone(),
        message_id: message_id.clone(),
        packed: pack(case, ticket, &answer)?,
        due_at: now,
        asked: Vec::new(),
    };
    tx.person_overtakes(ticket.id, ANSWERED_FIRST, now)?;
    let id = tx.enqueue(&letter, now)?;
    if !desk.copies {
        tx.copy_off(id)?;
    }
    let message = Message {
        outbox: Some(id),
        message_id: Some(message_id),
        subject: subject.to_string(),
        own_text: text,
        at: now,
        ..outgoing(case, ticket)
    };
    tx.insert_message(&message, None)?;
    let ticket = tx.ticket(ticket.id)?.context("the ticket of an agent's answer")?;
    let ticket =
        Ticket { agent_answered: true, ..plan::brought_in(&ticket, &case.colleagues_of(&ticket.client)?) };
    tx.update_ticket(&ticket)?;
    let why = "an agent's reply to a notice goes to the client";
    tx.event(now, case.about(Some(ticket.id), Some(id)), "relayed", &format!("{why}; {author} wrote it"))?;
    case.filed(ticket.id, why)
}

/// An answer that the server refused, which its author sends again.
fn once_more(case: &Case<'_>, ticket: &Ticket, letter: OutboxId) -> anyhow::Result<()> {
    let Case { tx, now, .. } = *case;
    tx.retry_letter(letter, now)?;
    let why = "an agent's answer that the server refused is sent once more";
    tx.event(now, case.about(Some(ticket.id), Some(letter)), "relayed", why)?;
    case.ends(Disposition::Automatic, Some(ticket.id), why)
}

/// What of an agent's words goes to the client, or why nothing does. A winmail.dat is left out already.
fn words(case: &Case<'_>, author: &Address, ticket: &Ticket) -> anyhow::Result<Result<String, HeldBack>> {
    let mail = case.mail;
    let notice = answered_notice(case)?;
    let words = mail.text.without_quotes();
    let Some(text) = nudge::without_notice(&mail.text.full, &words, notice.as_deref()) else {
        return Ok(Err(HeldBack::QuotesNotice));
    };
    let nothing_else = !mail.has_open_files();
    let wordless = if mail.is_sealed() { HeldBack::Sealed } else { HeldBack::NoWords };
    if text.is_empty() && nothing_else {
        return Ok(Err(wordless));
    }
    let theirs = case.tx.latest_words(ticket.id, Direction::In)?;
    let ours = case.tx.latest_words(ticket.id, Direction::Out)?;
    let theirs = || theirs.iter().map(String::as_str);
    // What is cut off, and his signature, are not in question.
    let sent: HashSet<&str> = text.lines().map(str::trim).collect();
    let own = mail.text.own();
    let own: Vec<&str> = own.lines().filter(|line| sent.contains(line.trim())).collect();
    let guessed = mail.text.guessed_within_quotes();
    if nudge::typed_within(&guessed, notice.as_deref().into_iter().chain(theirs())) {
        return Ok(Err(HeldBack::QuotesNotice));
    }
    if nothing_else && own.iter().all(|line| line.trim().is_empty()) {
        return Ok(Err(wordless));
    }
    if nudge::repeats_client(&own.join("\n"), theirs(), ours.iter().map(String::as_str)) {
        return Ok(Err(HeldBack::QuotesClient));
    }
    if nothing_else && sent_before(case, ticket, &text, author)? {
        return Ok(Err(HeldBack::Repeated));
    }
    Ok(Ok(text))
}

/// Leaves out Outlook's winmail.dat: it has the notice in it that the mail quotes, and the client could not read it. `false` if
/// something of the agent's may be in it that is nowhere else.
fn drop_winmail(case: &Case<'_>, files: &mut Vec<AttachedFile>) -> anyhow::Result<bool> {
    for file in files.iter().filter(|file| file.is_winmail()) {
        if mail::winmail_has_files(&beginning(case, file)?) {
            return Ok(false);
        }
    }
    files.retain(|file| !file.is_winmail());
    Ok(true)
}

/// The first megabyte of a file.
fn beginning(case: &Case<'_>, file: &AttachedFile) -> anyhow::Result<Vec<u8>> {
    let mut raw = Vec::new();
    case.tx.read_file(case.pending.id, file, &mut |bytes| {
        let room = MAX_READ.saturating_sub(raw.len()).min(bytes.len());
        raw.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(())
    })?;
    Ok(raw)
}

/// Whether one of these files is a letter of ours to one of us: some programs attach what they answer.
fn attaches_notice(case: &Case<'_>, files: &[AttachedFile]) -> anyhow::Result<bool> {
    for file in files.iter().filter(|file| file.is_mail()) {
        if let Some(id) = mail::parse(&beginning(case, file)?).message_id
            && case.tx.find_letter(&id)?.is_some_and(|letter| letter.kind == LetterKind::Notice)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an answer that is sent on is made of.
struct Answer<'a> {
    message_id: &'a MessageId,
    subject: &'a HeaderText,
    text: &'a str,
    files: &'a [AttachedFile],
}

/// The bytes of an answer, in the thread of the client's own last mail. Its files are never whole in memory.
fn pack(case: &Case<'_>, ticket: &Ticket, answer: &Answer<'_>) -> anyhow::Result<PackedRaw<Aside>> {
    let Case { tx, desk, now, .. } = *case;
    let (to, from) = (&ticket.client, &desk.support.address);
    let asked = match tx.last_mail_of(ticket.id, to)? {
        Some(last) => tx.pending(&[last])?.pop().map(|last| mail::parse(&last.raw)),
        None => None,
    };
    let headers = Headers {
        from_name: &HeaderText::new(&desk.support.name, 100),
        from,
        to,
        reply_to: &desk.token_key.reply_address(ticket.id, to, from),
        message_id: answer.message_id,
        in_reply_to: asked.as_ref().and_then(|asked| asked.message_id.as_ref()),
        references: asked.as_ref().map_or(&[], |asked| &asked.references),
        loop_id: &HeaderText::new(&desk.loop_id, 100),
        date: now,
    };
    let mut packer = Packer::new(tx.aside()?);
    for piece in mime::build_answer(&headers, answer.subject, answer.text, answer.files)? {
        match piece {
            Piece::Bytes(bytes) => packer.push(&bytes)?,
            Piece::File(number) => put_file(case, answer.files.get(number), &mut packer)?,
        }
    }
    packer.finish()
}

/// What a colleague of `author` has answered since `told_until`, and when: both would reach the client. What came from the support
/// account may be anybody's, and what was answered before the ticket came back did not settle it: neither counts.
pub(super) fn answered_meanwhile(
    case: &Case<'_>,
    author: &Address,
    ticket: &Ticket,
    told_until: DateTime<Utc>,
) -> anyhow::Result<Option<(Answered, DateTime<Utc>)>> {
    let since = ticket.reopened_at.map_or(told_until, |reopened| reopened.max(told_until));
    for (mail, at) in case.tx.answers_since(ticket.id, since)? {
        let Some(mut answer) = case.tx.parsed(mail)? else { continue };
        case.desk.authorship.settle(&mut answer);
        let colleague =
            answer.author_address().filter(|by| case.desk.is_agent(by) && !by.same_mailbox(author));
        if let Some(colleague) = colleague {
            return Ok(Some((Answered { by: colleague.clone(), text: answer.text.without_quotes() }, at)));
        }
    }
    Ok(None)
}

/// The text of the notice that a mail replies to.
fn answered_notice(case: &Case<'_>) -> anyhow::Result<Option<String>> {
    for id in &case.refers_to() {
        if let Some(letter) = case.tx.find_letter(id)?
            && letter.kind == LetterKind::Notice
        {
            return Ok(Some(case.tx.parsed_letter(letter.id)?.text.full));
        }
    }
    Ok(None)
}

/// Whether an agent has sent a client these very words through us of late, as a program of his does that answers every mail:
/// long ones at all, short ones in this ticket without a word of the client since, or again and again.
fn sent_before(case: &Case<'_>, ticket: &Ticket, words: &str, author: &Address) -> anyhow::Result<bool> {
    let Case { tx, mail, now, .. } = *case;
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
    case: &Case<'_>,
    file: Option<&AttachedFile>,
    packer: &mut Packer<F>,
) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    let mut lines = Base64Lines::default();
    case.tx.read_file(case.pending.id, file, &mut |bytes| packer.push(lines.push(bytes).as_bytes()))?;
    packer.push(lines.finish().as_bytes())
}

/// What makes the Message-ID of an answer that is sent on: the same for each copy of the agent's mail.
fn serial(case: &Case<'_>) -> u64 {
    let Some(id) = &case.mail.message_id else { return case.pending.id.0.unsigned_abs() };
    let hash = Sha256::digest(id.as_str());
    hash.iter().take(8).fold(0, |serial, byte| serial << 8 | u64::from(*byte))
}
