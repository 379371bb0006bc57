//! What would be done with some mails, without a mailbox, a database or a letter sent.

use super::agents::FORGED;
use super::{BY_FORM, Desk, IN_DOUBT, Sorted, letters, parse, permission, sort};
use crate::mail::{Address, Mail, Mailbox};
use crate::reply::{self, Authentication, ReplyDecision, SenderPolicy, Signals};
use crate::request::{self, Field, Kind, Language, Request};
use crate::ticket::plan::{self, Facts, Permission, Reply, Role};
use crate::ticket::token::subject_number;
use crate::ticket::{Disposition, SentCounts, Ticket, TicketId};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// What would become of one mail.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The mail as it was read.
    pub mail: Mail,
    /// What it would be filed as.
    pub disposition: Disposition,
    /// Why.
    pub why: String,
    /// What it supplies by itself; its kind is the one that it has in this conversation.
    pub request: Request,
    /// The language in which it would be answered.
    pub language: Language,
    /// What would still be missing after it.
    pub missing: Vec<Field>,
    /// The letter that would go out, or why none does.
    pub reply: Reply,
    /// The row of the reply table that says so, if one does.
    pub row: Option<u8>,
    /// Subject and text of the letter, if one goes out.
    pub letter: Option<(String, String)>,
}

/// Takes `mails` as one conversation of one client, in order. `now` stands in for a mail's date where it has none.
///
/// # Errors
/// If a letter cannot be written: an operator's template fails.
pub fn explain(desk: &Desk, mails: &[Vec<u8>], now: DateTime<Utc>) -> anyhow::Result<Vec<Explained>> {
    let mut ticket: Option<Ticket> = None;
    let is_repeated = |nth: usize, raw: &Vec<u8>| mails.iter().take(nth).any(|earlier| earlier == raw);
    let numbered = mails.iter().enumerate();
    numbered.map(|(nth, raw)| explain_one(desk, raw, is_repeated(nth, raw), &mut ticket, now)).collect()
}

/// The mail as if it had been written to us, if it was not: who asks for an explanation wants to know what askback would
/// make of it in the support mailbox. Not a mail of ours to others: that we wrote to them is what is to be explained.
fn as_addressed(desk: &Desk, mail: &Mail) -> Option<Mail> {
    let mut recipients = mail.to.iter().chain(&mail.cc).chain(&mail.resent);
    let ours = |address: &Address| address.is_among(&desk.own_addresses);
    if mail.author_address().is_some_and(ours) || recipients.any(|mailbox| ours(&mailbox.address)) {
        return None;
    }
    let mut addressed = mail.clone();
    addressed.to.push(desk.support.clone());
    Some(addressed)
}

fn explain_one(
    desk: &Desk,
    raw: &[u8],
    is_repeated: bool,
    ticket: &mut Option<Ticket>,
    now: DateTime<Utc>,
) -> anyhow::Result<Explained> {
    let mail = parse(raw, desk);
    let addressed = as_addressed(desk, &mail);
    let arrived_at = mail.date.unwrap_or(now);
    let regulation = desk.regulation_at(arrived_at);
    let signals = signals(desk, addressed.as_ref().unwrap_or(&mail), ticket.as_ref());
    let decision = reply::decide(&signals, &desk.limits);
    let form = reply::filled_in_by(&signals, &desk.limits);
    let before = ticket.as_ref().map(|ticket| ticket.before(&regulation.rules)).unwrap_or_default();
    let mut request = request::read(&mail, before, &regulation.rules);
    let language = request.language.or(request.leaning).unwrap_or(desk.language);
    let authentication = signals.authentication;
    let sorted = if is_repeated {
        Err((Disposition::Duplicate, "the same bytes are here already".to_owned()))
    } else {
        client(&signals, &decision, form)
    };
    let (author, permission) = match sorted {
        Ok(client) => client,
        Err((disposition, why)) => {
            if disposition == Disposition::Automatic {
                request.kind = Kind::None;
            }
            let missing = ticket.as_ref().map(|ticket| ticket.answers.missing(&regulation.rules));
            return Ok(Explained {
                mail,
                disposition,
                language,
                request,
                missing: missing.unwrap_or_default(),
                row: row_of(&decision, &why),
                reply: Reply::Silent(why.clone()),
                why,
                letter: None,
            });
        }
    };
    if let Some(answered) = ticket.as_mut().filter(|ticket| !ticket.client.same_mailbox(&author.address))
        && desk.is_agent(&author.address)
    {
        // What an agent writes to the client asks and supplies nothing.
        answered.agent_answered = true;
        request.kind = answered.answers.kind_of(&request);
        let why = "an agent wrote it".to_owned();
        return Ok(Explained {
            disposition: Disposition::Filed,
            language: answered.language,
            missing: answered.answers.missing(&regulation.rules),
            row: row_of(&decision, &why),
            why: placed(false, addressed.is_some()),
            reply: Reply::Silent(why),
            letter: None,
            request,
            mail,
        });
    }
    let mut plan = plan::plan(
        &Facts {
            mail: &mail,
            author: &author,
            role: if desk.is_agent(&author.address) {
                Role::Agent
            } else {
                Role::Client(desk.standing(authentication, false))
            },
            request: &request,
            language,
            ticket: ticket.as_ref(),
            proof: None,
            linked: None,
            permission,
            arrived_at,
            regulation: &regulation.version,
            house: &desk.authorship.house,
            waiting: None,
            ask_lost: false,
            answer_asks: false,
        },
        &regulation.rules,
        &desk.policy,
    );
    let why = placed(plan.is_new, addressed.is_some());
    plan.ticket.id = TicketId(1);
    let letter = letters::compose(desk, &plan, &mail, arrived_at, arrived_at)?
        .map(|composed| (composed.letter.subject.as_str().to_owned(), composed.letter.text));
    request.kind = plan.kind;
    let language = plan.ticket.language;
    *ticket = Some(plan.ticket);
    Ok(Explained {
        disposition: Disposition::Filed,
        why,
        request,
        language,
        missing: plan.missing,
        row: row_of(&decision, &plan.reply.why()),
        reply: plan.reply,
        letter,
        mail,
    })
}

/// Which ticket it is filed into; `as_addressed`: as if it had been written to us.
fn placed(is_new: bool, as_addressed: bool) -> String {
    let placed = if is_new { "it opens a ticket" } else { "it joins the ticket of this conversation" };
    let taken = if as_addressed {
        "; taken as written to us, though none of our addresses is in To or Cc"
    } else {
        ""
    };
    format!("{placed}{taken}")
}

/// The facts for the reply table, as if nothing but this conversation were known.
fn signals<'a>(desk: &'a Desk, mail: &'a Mail, ticket: Option<&'a Ticket>) -> Signals<'a> {
    let takes_part = |ticket: &Ticket| mail.author_address().is_some_and(|author| ticket.includes(author));
    let is_numbered = |ticket: &Ticket| subject_number(&mail.subject) == Some(ticket.id);
    Signals {
        mail,
        own_addresses: &desk.own_addresses,
        forms: &desk.forms,
        our_loop_id: &desk.loop_id,
        answers_our_letter: ticket.is_some(),
        answers_as_participant: ticket.is_some_and(takes_part),
        answers_question: false,
        numbers_own_ticket: ticket.is_some_and(|ticket| takes_part(ticket) && is_numbered(ticket)),
        ticket_subject: ticket.map(|ticket| &*ticket.subject),
        is_ours: false,
        authentication: desk.authentication(mail),
        sender_policy: SenderPolicy::Accept,
        counts: SentCounts::default(),
        age: Duration::ZERO,
        list_allowed: false,
        known: ticket.is_some(),
        late: false,
    }
}

/// Whose request it is and whether a letter may go out; or what it is filed as instead, and why.
fn client(
    signals: &Signals<'_>,
    decision: &ReplyDecision,
    form: Option<&Mailbox>,
) -> Result<(Mailbox, Permission), (Disposition, String)> {
    let by_form = |client: &Mailbox| (client.clone(), Permission::Denied(BY_FORM.to_owned()));
    match sort(signals.mail, decision, form, false) {
        Sorted::Client(author) => Ok((author.clone(), permission(decision, None))),
        Sorted::Form(client) => Ok(by_form(client)),
        Sorted::Own => match (form, reply::by_machine(signals.mail, signals.own_addresses)) {
            (None, Some(why)) => Err((Disposition::Automatic, why.to_owned())),
            _ if signals.authentication == Authentication::Fail => {
                Err((Disposition::Quarantined, FORGED.to_owned()))
            }
            (Some(client), _) => Ok(by_form(client)),
            (None, None) => {
                Err((Disposition::Automatic, "it comes from one of our own addresses".to_owned()))
            }
        },
        Sorted::Bounce(why) | Sorted::Machine { why, .. } => Err((Disposition::Automatic, why.to_owned())),
        Sorted::Doubtful(why) => Err((Disposition::Quarantined, why)),
    }
}

/// The row of the reply table, if it is what decided.
fn row_of(decision: &ReplyDecision, why: &str) -> Option<u8> {
    match decision {
        // Of a doubtful sender the reason says more than the row.
        ReplyDecision::Silent(reason) if reason.why == why || why.starts_with(IN_DOUBT) => Some(reason.row),
        ReplyDecision::Silent(_) | ReplyDecision::Send => None,
    }
}
