//! The rows of the table. Their numbers are names, those of the design; what counts is their place. First stand the rows that
//! say what a mail is, then those that forbid a letter and leave the mail a client's: so a weak sign hides no stronger one.

use super::{Filing, Limits, Reason, SenderPolicy, Signals, has_null_return_path, is_own, is_report};
use crate::mail::{Address, Author};
use crate::reply::authentication::Authentication;
use crate::reply::form::is_sites;
use crate::reply::marks::{self, ByRule};
use crate::reply::{absence, header, said, sender};

type Row = fn(&Signals<'_>, &Limits) -> Option<Reason>;

pub(super) const TABLE: [Row; 23] = [
    report,
    our_own,
    auto_submitted,
    autoresponder,
    out_of_office,
    tapped,
    mailing_list,
    machine_sender,
    null_return_path,
    doubtful_sender,
    forged_sender,
    sender_policy,
    // From here on it is filed like any other.
    personal_through_list,
    passed_on,
    answer_by_a_tap,
    unattended_sender,
    auto_response_suppress,
    precedence,
    says_so,
    not_addressed_to_us,
    going_round,
    limits_reached,
    too_late,
];

/// Those that show that nobody sent a mail to us.
pub(super) const SUSPECT: [Row; 3] = [forged_sender, not_addressed_to_us, going_round];

fn silent(when: bool, row: u8, filing: Filing, why: impl Into<String>) -> Option<Reason> {
    when.then(|| Reason { row, filing, why: why.into(), breaker: false })
}

/// Row 1. What else is known of such a mail says more: it stands behind the rows of programs.
fn null_return_path(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let when = has_null_return_path(signals.mail);
    silent(when, 1, Filing::Note, "Return-Path is empty: a program sent it and wants no answer")
}

/// Row 2.
fn report(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    silent(is_report(signals.mail), 2, Filing::Bounce, "it reports about the delivery of another mail")
}

/// Row 3.
fn our_own(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let looped = signals
        .mail
        .header_values("x-loop")
        .any(|value| value.trim().eq_ignore_ascii_case(signals.our_loop_id));
    let (author, doubtful) = match &signals.mail.author {
        Author::One(mailbox) => (Some(mailbox), false),
        Author::Doubtful { shown, .. } => (shown.as_ref(), true),
    };
    let own = author.is_some_and(|author| is_own(signals, &author.address));
    let loops = signals.is_ours || looped || (own && doubtful);
    silent(loops, 3, Filing::Loop, "it is our own mail")
        .or_else(|| silent(own, 3, Filing::Own, "it comes from one of our own addresses"))
}

/// Row 4 (RFC 3834, section 5).
fn auto_submitted(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let said = marks::auto_submitted(signals.mail)?;
    let rule = by_rule(signals);
    let own_rule = matches!(rule, Some((_, ByRule::Ours))) && marks::is_rules(&said);
    let passed_on = marks::is_passed_on(signals.mail, signals.own_addresses, &said);
    let when = !own_rule && (!passed_on || answers_by_rule(signals, rule));
    silent(when, 4, Filing::Note, "Auto-Submitted says that a program sent it")
}

/// Row 5. Exchange sets it on mails of people, too.
fn auto_response_suppress(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let asks = |word: &String| matches!(word.as_str(), "all" | "oof" | "autoreply");
    let when = signals
        .mail
        .header_values("x-auto-response-suppress")
        .any(|value| header::words(value).iter().any(asks));
    silent(when, 5, Filing::Normal, "X-Auto-Response-Suppress asks for no automatic answer")
}

/// Row 6.
fn mailing_list(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let field = marks::list(signals.mail)?;
    let when = !takes_lists(signals) && !is_personal(signals, field);
    silent(when, 6, Filing::Note, through_list(field))
}

/// Row 6, of people's mails.
fn personal_through_list(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let field = marks::list(signals.mail)?;
    silent(!takes_lists(signals), 6, Filing::Normal, through_list(field))
}

fn through_list(field: &str) -> String {
    format!("{field}: it came through a mailing list or a mass mailing")
}

/// Whether a mail that has this field of lists is no mass mailing: a client answers us through a group of his house, or his
/// gateway writes how to unsubscribe on every mail.
fn is_personal(signals: &Signals<'_>, field: &str) -> bool {
    let precedence = signals.mail.header_values("precedence").next().is_some();
    signals.answers_as_participant || (signals.known && marks::is_gateways(field) && !precedence)
}

/// Whether mails through this list are answered as others are: the registry allows them, or the list is a mailbox of ours.
fn takes_lists(signals: &Signals<'_>) -> bool {
    signals.list_allowed || marks::is_list_of(signals.mail, signals.own_addresses)
}

/// Row 7.
fn precedence(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let when = marks::is_mass(signals.mail, || takes_lists(signals));
    silent(when, 7, Filing::Normal, "Precedence says that it is no personal mail")
}

/// Row 8. A mailbox' rule that answers us, or says that nobody is there, is an autoresponder; another passes on what people write.
fn autoresponder(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let rule = by_rule(signals);
    let answers = || rule.filter(|_| answers_by_rule(signals, rule)).map(|(field, _)| field);
    let field = marks::autoresponder(signals.mail).or_else(answers)?;
    silent(true, 8, Filing::Note, format!("{field}: an autoresponder sent it"))
}

/// Whether what the rule of a mailbox sent is its own answer, and no mail that it passes on.
fn answers_by_rule(signals: &Signals<'_>, rule: Option<(&str, ByRule)>) -> bool {
    let may_answer = match rule {
        Some((_, rule)) => rule == ByRule::MayAnswer,
        None => !marks::is_resent(signals.mail),
    };
    let is_reply = signals.answers_our_letter || signals.numbers_own_ticket;
    says_absent(signals) || (may_answer && is_reply)
}

fn by_rule(signals: &Signals<'_>) -> Option<(&'static str, ByRule)> {
    marks::by_rule(signals.mail, signals.own_addresses)
}

fn says_absent(signals: &Signals<'_>) -> bool {
    absence::is_absence(&signals.mail.subject, signals.ticket_subject)
}

/// Rows 4 and 8, of people's mails. That the rule of one of our own mailboxes passed it on to us is no sign of a program.
fn passed_on(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let (row, field) = match by_rule(signals) {
        Some((_, ByRule::Ours)) => return None,
        Some((field, ByRule::PassedOn | ByRule::MayAnswer)) => (8, field),
        None => marks::auto_submitted(signals.mail).map(|_| (4, "Auto-Submitted"))?,
    };
    silent(true, row, Filing::Normal, format!("{field}: the rule of a mailbox passed it on"))
}

/// Row 9. What the operator's site sends somebody has filled in, though it may not say who.
fn machine_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let author = signals.mail.author_address()?;
    let when = sender::is_machine(author.local()) && !is_sites(signals, author);
    silent(when, 9, Filing::Note, "From: nobody reads what is sent to this address")
}

/// Row 9, of names that people have as well, and of fields that do not say who wrote: a real list has others, too.
fn unattended_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let mail = signals.mail;
    let by_program = |author: &Address| sender::is_unattended(author.local()) || is_sites(signals, author);
    let by_list =
        |value: Option<&str>| value.and_then(local_part).is_some_and(|local| sender::is_list_manager(&local));
    let field = if mail.author_address().is_some_and(by_program) {
        "From"
    } else if takes_lists(signals) {
        return None;
    } else if by_list(mail.header_values("return-path").next()) {
        "Return-Path"
    } else if by_list(mail.header_values("sender").next()) {
        "Sender"
    } else {
        return None;
    };
    silent(true, 9, Filing::Normal, format!("{field}: a program or a list sends from such an address"))
}

/// Row 10.
fn doubtful_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let doubtful =
        signals.mail.author_address().is_none() || signals.mail.header_values("from").nth(1).is_some();
    silent(doubtful, 10, Filing::Normal, "From does not name one sender beyond doubt")
}

/// Row 11.
fn forged_sender(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let forged = signals.authentication == Authentication::Fail;
    silent(forged, 11, Filing::Normal, "the sender is forged: DMARC failed")
}

/// Row 12. A subject alone proves little: the mail is shown to agents, and only one that answers us is a note.
fn out_of_office(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let when = (signals.answers_our_letter || signals.numbers_own_ticket) && says_absent(signals);
    silent(when, 12, Filing::Note, "its subject says that nobody is there")
}

/// Row 21.
fn tapped(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let answers = marks::is_reaction(signals.mail) && signals.answers_question;
    silent(!answers, 21, Filing::Note, marks::tapped(signals.mail)?)
}

/// Row 21, of a reaction that an agent waits for.
fn answer_by_a_tap(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let why = "it is a reaction to what an agent has asked: a person goes on";
    silent(marks::is_reaction(signals.mail) && signals.answers_question, 21, Filing::Normal, why)
}

/// Row 13.
fn not_addressed_to_us(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let mail = signals.mail;
    let mut recipients = mail.to.iter().chain(&mail.cc).chain(&mail.resent);
    let named = recipients.any(|mailbox| is_own(signals, &mailbox.address));
    silent(!named, 13, Filing::Normal, "none of our addresses is in To or Cc")
}

/// Row 14.
fn going_round(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let hops = signals.mail.header_values("received").count();
    let ids: usize = signals.mail.header_values("references").map(|value| value.matches('<').count()).sum();
    // Values are cut at 8 KB; so long a one had more ids than any conversation between people.
    let cut = signals.mail.header_values("references").any(|value| value.len() >= 8000);
    let when = hops > limits.received || ids > limits.references || cut;
    silent(when, 14, Filing::Normal, "it has gone through too many hands: a loop")
}

/// Row 15.
fn sender_policy(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    let filing = match signals.sender_policy {
        SenderPolicy::Accept => return None,
        SenderPolicy::Mark => Filing::Normal,
        SenderPolicy::Quarantine => Filing::Quarantine,
    };
    silent(true, 15, filing, "the sender is not in the client registry")
}

/// Row 16. The asks of a ticket are counted in [`crate::ticket::plan`]: a confirmation may follow the last ask.
fn limits_reached(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    let counts = signals.counts;
    let off = [
        (limits.message, "per_message"),
        (limits.sender_24h, "per_sender_day"),
        (limits.domain_1h, "per_domain_hour"),
        (limits.all_1h, "per_hour"),
    ];
    if let Some((_, limit)) = off.into_iter().find(|(most, _)| *most == 0) {
        return silent(
            true,
            16,
            Filing::Normal,
            format!("automatic letters are switched off (reply.limits.{limit} = 0)"),
        );
    }
    if counts.all_1h >= limits.all_1h_of(signals.known) {
        let why = if counts.all_1h >= limits.all_1h {
            "too many automatic letters this hour: all have stopped"
        } else {
            "too many automatic letters this hour: the others are kept for known senders"
        };
        return Some(Reason { row: 16, filing: Filing::Normal, why: why.to_owned(), breaker: true });
    }
    let why = if counts.about_mail >= limits.message {
        "this mail has been answered"
    } else if counts.sender_24h >= limits.sender_24h {
        "the sender has had enough automatic letters today"
    } else if counts.domain_1h >= limits.domain_1h && !is_at_public_provider(signals) {
        "the sender's domain has had enough automatic letters this hour"
    } else {
        return None;
    };
    silent(true, 16, Filing::Normal, why)
}

/// Half of all clients may write from one such domain: it says nothing of a flood from one house.
fn is_at_public_provider(signals: &Signals<'_>) -> bool {
    signals.mail.author_address().is_some_and(Address::is_at_public_provider)
}

/// Row 17.
fn too_late(signals: &Signals<'_>, limits: &Limits) -> Option<Reason> {
    silent(signals.age > limits.reply_within, 17, Filing::Normal, "it is too old for an automatic answer")
        .or_else(|| {
            let why =
                "it may have been answered already: a reconciliation found it, or it came before a restore";
            silent(signals.late, 17, Filing::Normal, why)
        })
}

/// Row 20, which the design has not.
fn says_so(signals: &Signals<'_>, _: &Limits) -> Option<Reason> {
    silent(said::is_automatic(signals.mail), 20, Filing::Normal, "it says that a program wrote it")
}

/// The local part, in lower case, of the address in a header value such as `Fleet <owner-fleet@a.b>`.
fn local_part(value: &str) -> Option<String> {
    let clean = header::without_comments(value);
    let inside = clean.rsplit_once('<').map_or(clean.as_str(), |(_name, rest)| rest);
    let (local, _domain) = inside.split_once('@').unwrap_or((inside.trim_end_matches('>'), ""));
    let local = local.trim();
    (!local.is_empty()).then(|| local.to_lowercase())
}
