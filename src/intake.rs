//! THE order of steps for one mail. Read `file` first; everything else here carries it out. `queue` brings the mails.
//!
//! A mail's bytes are durable before they come here. Reading them (parse, sender, request) is done for a batch on
//! several threads; deciding and writing happens mail by mail, in order, inside one transaction for the batch. If
//! that fails, or the program dies in it, the mails are still new, and come back one by one. After three deaths on one mail
//! `trial` finds out whether the mail or somebody else killed us.

mod again;
mod agents;
mod case;
mod clues;
mod desk;
mod explain;
#[cfg(test)]
mod fixture;
mod held_back;
mod letters;
mod machine;
mod notice;
mod queue;
mod relay;
mod signals;
mod trial;

pub use desk::{Authorship, Desk, Regulation, Words, regulation_of};
pub use explain::{Explained, explain};
pub use notice::{answer_address, notice_letter};
pub use queue::{Attempts, Bells, run};
use strum::VariantArray as _;
pub use trial::Trial;

use again::Again;
use agents::Left;
use case::Case;
use machine::Kept;

use crate::failpoint;
use crate::mail::{self, Author, Mail, Mailbox};
use crate::reply::{self, Authentication, Filing, Reason, ReplyDecision, SenderPolicy, Signals};
use crate::request::{self, Before, Field, Finding, Language, Place, Request, Rules, Stance};
use crate::store::{Message, Pending, Registered, Tx};
use crate::ticket::agent::Way;
use crate::ticket::plan::{self, Facts, Permission, Plan, Reply, Role};
use crate::ticket::thread::{self, Clues, Placement, Writer};
use crate::ticket::{Disposition, OrganisationId, Standing, TicketId};
use chrono::TimeDelta;

/// How late a mail still joins its ticket, where no lateness is too late.
const EVER: TimeDelta = TimeDelta::days(36_500);

/// How the reason begins why a mail is quarantined of which nobody can say who wrote it.
const IN_DOUBT: &str = "the sender is in doubt";

/// Why nobody is written to whom a form names.
const BY_FORM: &str = "a web site's form names the client: a person answers";

/// What a mail says by itself, whatever ticket it will join.
#[derive(Debug)]
struct Reading {
    mail: Mail,
    /// As if nothing had been asked; read again when it joins a ticket that was asked something.
    request: Request,
}

impl Reading {
    fn of(mail: Mail, desk: &Desk, pending: &Pending) -> Self {
        let rules = &desk.regulation_at(pending.received_at).rules;
        let request = read_request(&mail, Before::default(), rules, pending);
        Self { mail, request }
    }
}

/// What a mail asks for and supplies. The text of one over the size limit is a note of ours: it supplies nothing, in no language.
fn read_request(mail: &Mail, before: Before<'_>, rules: &Rules, pending: &Pending) -> Request {
    let mut request = request::read(mail, before, rules);
    if pending.over_limit.is_some() {
        (request.language, request.leaning) = (None, None);
        for &field in Field::VARIANTS {
            let finding = request.fields.get_mut(field);
            if finding.evidence.iter().any(|evidence| evidence.place == Place::Body) {
                *finding = Finding::default();
            }
        }
    }
    request
}

/// Reads what a mail's bytes say, and whose words it has.
fn parse(raw: &[u8], desk: &Desk) -> Mail {
    failpoint::hit("intake.reading");
    let mut mail = mail::parse(raw);
    desk.authorship.settle(&mut mail);
    mail
}

/// Files one mail: may we answer, who wrote it, and, for a client's, [`file_request`]. `stopped` counts the mails that only the limit
/// over all letters leaves without one.
fn file(case: Case<'_>, request: &Request, stopped: &mut usize) -> anyhow::Result<()> {
    let Case { tx, desk, pending, mail, .. } = case;
    let mut clues = clues::of(&case)?;
    if desk.is_sent_folder(&pending.key.mailbox) {
        return agents::file_own(&case, &clues, Way::Sent, None).map(drop);
    }

    // The reply table: what the headers, the sender and the limits say, before any ticket is touched.
    let proven = machine::refers_to(tx, &clues)?;
    if proven.is_none() && machine::from_before(&case)? {
        return Ok(());
    }
    let registered = registered(tx, mail)?;
    let named = signals::named_ticket(&case)?;
    let signals = signals::of(&case, registered.as_ref(), proven.as_ref(), named.as_ref())?;
    let decision = reply::decide(&signals, &desk.limits);
    // Whoever has let it in has seen that it is forged.
    let authentication = signals.authentication;
    let seen = if pending.released { Authentication::None } else { authentication };
    let form = reply::filled_in_by(&Signals { authentication: seen, ..signals }, &desk.limits);
    if form.is_some() {
        // Anybody can type a number into a form, and sites number their forms.
        (clues.subject_number, clues.same_subject) = (None, None);
    }
    if let (ReplyDecision::Silent(Reason { breaker: true, .. }), None) = (&decision, form) {
        *stopped += 1;
    }
    let (author, by_form) = match sort(mail, &decision, form, pending.released) {
        Sorted::Client(author) => (author.clone(), false),
        Sorted::Form(client) => (client.clone(), true),
        Sorted::Own => match agents::file_own(&case, &clues, Way::Account, form)? {
            Some(client) => (client, true),
            None => return Ok(()),
        },
        Sorted::Bounce(why) => return machine::bounce(&case, why),
        Sorted::Machine { why, ours } => {
            let kept = if ours { Kept::Ours } else { Kept::Program { known: signals.known } };
            return machine::note(&case, proven.as_ref().map(|ticket| ticket.id), why, kept);
        }
        Sorted::Doubtful(why) => return case.ends(Disposition::Quarantined, None, &why),
    };

    // One of us? His answers, notes and whatever he hands over.
    let mut sender = if by_form {
        match visitor(&case, author, registered.is_some())? {
            Some(visitor) => visitor,
            None => return Ok(()),
        }
    } else {
        Sender {
            role: Role::Client(desk.standing(authentication, registered.is_some())),
            permission: permission(&decision, pending.over_limit),
            mailbox: author,
            organisation: registered.map(|registered| registered.organisation),
        }
    };
    let handed_over;
    let (mut case, mut request) = (case, request);
    if pending.released || by_form {
        // A person has decided that it is an ordinary mail, or nobody is there who could be one of us.
    } else if desk.is_agent(&sender.mailbox.address) {
        let author = &sender.mailbox.address;
        match agents::file(&case, &clues, author, Way::Person)? {
            Left::Nothing => return Ok(()),
            Left::BegunWith(client) => return agents::begin(&case, request, &client),
            Left::TicketOf(client) => {
                if let Some(text) = mail.text.as_forward() {
                    handed_over = Reading::of(Mail { text, ..mail.clone() }, desk, pending);
                    (case.mail, request) = (&handed_over.mail, &handed_over.request);
                }
                sender = Sender::named(&case, client, "an agent handed it over: a person answers")?;
            }
            Left::Filing(his) => (sender.role, clues) = (Role::Agent, his),
        }
    } else if agents::from_elsewhere(&case, None)? {
        return Ok(());
    }
    file_request(&case, request, clues, sender)
}

/// Files what somebody asks for: which ticket, what is missing, what goes out.
fn file_request(case: &Case<'_>, request: &Request, mut clues: Clues, sender: Sender) -> anyhow::Result<()> {
    let Case { tx, desk, pending, mail, .. } = *case;
    let author = &sender.mailbox;
    // Its ticket is not known yet.
    let message = case.incoming(TicketId(0), Some(&author.address));
    if let Role::Client(_) = sender.role {
        match again::find(case, &message)? {
            Some(Again::Same(ticket)) => return again::file(case, &Message { ticket, ..message }),
            // As good as a reference to the first.
            Some(Again::SentAgain(ticket)) => clues.mentioned.insert(0, ticket),
            None => {}
        }
    }

    // Which ticket: proof, not a guess. Thanks open no new ticket, however late they come.
    let writer = Writer {
        address: &author.address,
        is_agent: sender.role == Role::Agent,
        forged: case.is_forged(),
        organisation: sender.organisation,
    };
    let thanks = matches!(request.stance, Stance::Courtesy | Stance::Withdrawal);
    let within = if thanks { EVER } else { desk.reopen_within };
    let placement = thread::place(
        &clues,
        &writer,
        within,
        pending.received_at,
        |ticket| tx.ticket(ticket),
        |client| case.organisation_of(client),
    )?;
    let (ticket, linked) = match placement {
        Placement::Join { ticket, .. } => (tx.ticket(ticket)?, None),
        Placement::New { linked, .. } => (None, linked),
    };

    // What it asks for, in the light of what was asked before, and what that does to the ticket.
    let regulation = desk.regulation_at(pending.received_at);
    let request = match &ticket {
        // Thanks stay what they were taken for when their ticket was looked for.
        Some(ticket) if !thanks || !ticket.asked.is_empty() => {
            &read_request(mail, ticket.before(&regulation.rules), &regulation.rules, pending)
        }
        Some(_) | None => request,
    };
    let (waiting, ask_lost, answer_asks) = match &ticket {
        Some(ticket) => {
            let answer_asks =
                request.agrees && tx.last_answer_words(ticket)?.is_some_and(|words| plan::asks(&words));
            (tx.waiting(ticket.id)?, tx.ask_lost(ticket.id)?, answer_asks)
        }
        None => (None, false, false),
    };
    // Whom an agent has written to of late, a person goes on with: a client, or a vendor who was asked for help.
    let of_late = pending.received_at - desk.reopen_within;
    let permission = match sender.permission {
        Permission::Granted if tx.are_agents(&case.refers_to(), &desk.authorship.house, of_late)? => {
            Permission::Denied("it answers a mail of an agent's: a person goes on".to_owned())
        }
        permission @ (Permission::Granted | Permission::Denied(_)) => permission,
    };
    let plan = plan::plan(
        &Facts {
            mail,
            author,
            role: sender.role,
            request,
            language: known_language(tx, desk, request, author)?,
            ticket: ticket.as_ref(),
            proof: if let Placement::Join { proof, .. } = placement { Some(proof) } else { None },
            linked,
            permission,
            arrived_at: pending.received_at,
            regulation: &regulation.version,
            house: &desk.authorship.house,
            waiting,
            ask_lost,
            answer_asks,
        },
        &regulation.rules,
        &desk.policy,
    );
    let placed = match placement {
        Placement::Join { proof, .. } => format!("joined by {proof}"),
        Placement::New { why, .. } => format!("a new ticket: {why}"),
    };
    carry_out(case, message, request, plan, &placed)
}

/// Who a mail is from, as far as its ticket is concerned.
struct Sender {
    mailbox: Mailbox,
    role: Role,
    permission: Permission,
    /// Whose he is, by the client registry.
    organisation: Option<OrganisationId>,
}

impl Sender {
    /// A client whom another's mail names. Nobody vouches for his address, so no automatic letter goes there.
    fn named(case: &Case<'_>, mailbox: Mailbox, why: &str) -> anyhow::Result<Self> {
        Ok(Self {
            role: Role::Client(Standing::Unverified),
            permission: Permission::Denied(why.to_owned()),
            organisation: case.organisation_of(&mailbox.address)?,
            mailbox,
        })
    }
}

/// Whoever filled in the form of a web site; `None` if he is a stranger who is kept out, which ends the case.
fn visitor(case: &Case<'_>, client: Mailbox, site_is_known: bool) -> anyhow::Result<Option<Sender>> {
    let visitor = Sender::named(case, client, BY_FORM)?;
    let welcome = case.pending.released
        || site_is_known
        || visitor.organisation.is_some()
        || case.tx.registry_is_empty()?;
    if case.desk.strangers == SenderPolicy::Quarantine && !welcome {
        let why = "who filled in the form is not in the client registry";
        case.ends(Disposition::Quarantined, None, why)?;
        return Ok(None);
    }
    Ok(Some(visitor))
}

/// Writes a plan down: ticket, message with its evidence, letter, events, disposition.
fn carry_out(
    case: &Case<'_>,
    message: Message,
    request: &Request,
    mut plan: Plan,
    placed: &str,
) -> anyhow::Result<()> {
    let Case { tx, desk, pending, mail, now } = *case;
    if plan.is_new {
        plan.ticket.id = tx.insert_ticket(&plan.ticket)?;
    } else {
        tx.update_ticket(&plan.ticket)?;
    }
    let Plan { ticket, reply, .. } = &plan;
    let seen = mail.message_id.as_ref().map_or(Ok(false), |id| tx.message_id_seen(id))?;
    let message = Message { ticket: ticket.id, kind: Some(plan.kind), ..message };
    tx.insert_message(&message, Some(&request.fields))?;
    case.event(Some(ticket.id), "filed", placed)?;
    if let Some(id) = &mail.message_id {
        tx.file_answers_again(id)?;
    }
    if let Some(size) = pending.over_limit {
        let detail = format!(
            "{size} bytes, over the size limit: only the headers are here, the mail is on the server"
        );
        case.event(Some(ticket.id), "over size limit", &detail)?;
    }
    if seen {
        let detail = "an earlier mail with other bytes has the same Message-ID";
        case.event(Some(ticket.id), "same Message-ID", detail)?;
    }
    if plan.replaces_waiting {
        tx.cancel_waiting(ticket.id, "the client wrote again before it went out", now)?;
    }
    let why = match letters::compose(desk, &plan, mail, pending.received_at, now)? {
        Some(composed) => {
            let letter = letters::address(case, ticket, composed)?;
            let id = tx.enqueue(&letter, now)?;
            if !desk.copies {
                tx.copy_off(id)?;
            }
            let about = case.about(Some(ticket.id), Some(id));
            tx.event(now, about, said(reply), &reply.why())?;
            reply.why()
        }
        None => {
            case.event(Some(ticket.id), said(reply), &reply.why())?;
            format!("no letter: {}", reply.why())
        }
    };
    case.filed(ticket.id, &format!("{placed}; {why}"))
}

/// The word in the event log.
fn said(reply: &Reply) -> &'static str {
    match reply {
        Reply::Ask(_) => "asked",
        Reply::Accept => "accepted",
        Reply::Silent(_) => "silent",
    }
}

/// Whose mail it is, once the reply table has spoken.
enum Sorted<'a> {
    /// A person's, to be filed into a ticket.
    Client(&'a Mailbox),
    /// From a web site, whose form this person filled in.
    Form(&'a Mailbox),
    /// From one of our own addresses, and no letter of askback.
    Own,
    /// A report about a letter of ours.
    Bounce(&'a str),
    /// A machine's or a list's; or `ours`, come back.
    Machine { why: &'a str, ours: bool },
    /// A human decides whether it comes in.
    Doubtful(String),
}

/// `form` is who filled in the form that the mail brings, if it is one: that is more than what the headers of a program say.
fn sort<'a>(
    mail: &'a Mail,
    decision: &'a ReplyDecision,
    form: Option<&'a Mailbox>,
    released: bool,
) -> Sorted<'a> {
    let (filing, why) = match decision {
        ReplyDecision::Send => (Filing::Normal, ""),
        ReplyDecision::Silent(Reason { filing, why, .. }) => (*filing, why.as_str()),
    };
    match (filing, form, &mail.author) {
        (Filing::Bounce, _, _) => Sorted::Bounce(why),
        (Filing::Own, _, _) => Sorted::Own,
        (Filing::Loop, _, _) => Sorted::Machine { why, ours: true },
        (Filing::Note | Filing::Normal | Filing::Quarantine, Some(client), _) => Sorted::Form(client),
        // A person has seen that a person wrote it.
        (Filing::Note, None, Author::One(author)) if released => Sorted::Client(author),
        (Filing::Note, None, _) => Sorted::Machine { why, ours: false },
        (Filing::Quarantine, None, _) => Sorted::Doubtful(why.to_owned()),
        (Filing::Normal, None, Author::One(author)) => Sorted::Client(author),
        (Filing::Normal, None, Author::Doubtful { shown: Some(author), .. }) if released => {
            Sorted::Client(author)
        }
        (Filing::Normal, None, Author::Doubtful { why, .. }) => {
            Sorted::Doubtful(format!("{IN_DOUBT}: {why}"))
        }
    }
}

/// The language to answer a client in whose mail tells none: that of his, or his organisation's, earlier tickets, else the one that
/// the mail speaks for.
fn known_language(tx: &Tx<'_>, desk: &Desk, request: &Request, client: &Mailbox) -> anyhow::Result<Language> {
    match request.language {
        Some(language) => Ok(language),
        None => Ok(tx.language_of(&client.address)?.or(request.leaning).unwrap_or(desk.language)),
    }
}

/// What the client registry says of a mail's author.
fn registered(tx: &Tx<'_>, mail: &Mail) -> anyhow::Result<Option<Registered>> {
    mail.author_address().map_or(Ok(None), |author| tx.registered(author))
}

fn permission(decision: &ReplyDecision, over_limit: Option<u64>) -> Permission {
    match decision {
        ReplyDecision::Silent(reason) => Permission::Denied(reason.why.clone()),
        // Its text was not fetched: nobody can say what it lacks.
        ReplyDecision::Send if over_limit.is_some() => {
            Permission::Denied("the mail is over the size limit and was not read".to_owned())
        }
        ReplyDecision::Send => Permission::Granted,
    }
}
