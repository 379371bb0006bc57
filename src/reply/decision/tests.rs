//! `fixtures/reply/decisions.jsonl` holds the cases: header fields and signals, and the row that must match
//! (`null`: the mail must be answered), with a `body` where that decides. Cases of row 18 have `mails`, a client's conversation, of which the last one is
//! judged; `agent_answered` says what has happened before it.

use super::super::authentication;
use super::super::form::filled_in_by;
use super::*;
use crate::mail::Mailbox;
use crate::request::{self, RuleSettings, Rules};
use crate::ticket::plan::{self, Facts, Permission, Policy, Reply, Role};
use crate::ticket::{Standing, Ticket};
use chrono::{DateTime, TimeDelta};
use serde_json::Value;
use std::collections::BTreeMap;

/// A mail of these header fields.
pub(in crate::reply) fn mail(headers: &str) -> Mail {
    crate::mail::parse(format!("{}\n\nHello\n", headers.trim_end()).as_bytes())
}

/// The header of a plain mail, with fields replaced by those of a case; `Name:-` takes a field away.
fn headers(case: &Value) -> String {
    let mut fields = vec![
        ("return-path", vec!["Return-Path: <ivan@alfa.test>".to_owned()]),
        ("from", vec!["From: Иван <ivan@alfa.test>".to_owned()]),
        ("to", vec!["To: support@m2mail.test".to_owned()]),
        ("subject", vec!["Subject: Отчёт".to_owned()]),
    ];
    let mut more: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in case["headers"].as_str().unwrap_or_default().lines() {
        more.entry(line.split_once(':').unwrap().0.to_lowercase()).or_default().push(line.to_owned());
    }
    for _ in 0..case["received"].as_u64().unwrap_or(0) {
        more.entry("received".to_owned()).or_default().push("Received: by a.test".to_owned());
    }
    if let Some(count) = case["references"].as_u64() {
        let ids: Vec<String> = (0..count).map(|n| format!("<{n}@a.test>")).collect();
        more.insert("references".to_owned(), vec![format!("References: {}", ids.join(" "))]);
    }
    for (name, lines) in &mut fields {
        if let Some(own) = more.remove(*name) {
            *lines = own.into_iter().filter(|line| !line.ends_with(":-")).collect();
        }
    }
    fields
        .into_iter()
        .flat_map(|(_, lines)| lines)
        .chain(more.into_values().flatten())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What intake makes of a filing, by its name in the cases.
fn filing(filing: Filing, is_form: bool) -> &'static str {
    match filing {
        Filing::Normal | Filing::Note | Filing::Quarantine if is_form => "form",
        Filing::Normal => "normal",
        Filing::Note => "note",
        Filing::Quarantine => "quarantine",
        Filing::Bounce => "bounce",
        Filing::Loop => "loop",
        Filing::Own => "own",
    }
}

/// What the table says, and whether it is a form.
fn run(case: &Value) -> (ReplyDecision, bool) {
    let own = ["support@m2mail.test", "help@m2mail.test"].map(|text| Address::parse(text).unwrap());
    let forms = ["site@m2m.test"].map(|text| Address::parse(text).unwrap());
    let flag = |name: &str| case[name].as_bool().unwrap_or(false);
    let count = |name: &str| u32::try_from(case[name].as_u64().unwrap_or(0)).unwrap();
    let body =
        case["body"].as_str().map(|body| format!("\nContent-Type: text/plain; charset=utf-8\n\n{body}"));
    let mail = mail(&(headers(case) + &body.unwrap_or_default()));
    let signals = Signals {
        mail: &mail,
        own_addresses: &own,
        forms: &forms,
        our_loop_id: "askback-1",
        answers_our_letter: flag("answers_our_letter") || flag("answers_as_participant"),
        answers_as_participant: flag("answers_as_participant"),
        answers_question: flag("answers_question"),
        numbers_own_ticket: flag("numbers_own_ticket"),
        ticket_subject: case["ticket_subject"].as_str(),
        is_ours: flag("is_ours"),
        authentication: match case["authentication"].as_str().unwrap_or("none") {
            "pass" => Authentication::Pass,
            "fail" => Authentication::Fail,
            "none" => Authentication::None,
            "unconfigured" => Authentication::Unconfigured,
            other => panic!("no authentication {other}"),
        },
        sender_policy: match case["sender_policy"].as_str().unwrap_or("accept") {
            "accept" => SenderPolicy::Accept,
            "mark" => SenderPolicy::Mark,
            "quarantine" => SenderPolicy::Quarantine,
            other => panic!("no policy {other}"),
        },
        list_allowed: flag("list_allowed"),
        known: flag("known"),
        late: flag("late"),
        counts: SentCounts {
            about_mail: count("message"),
            sender_24h: count("sender_24h"),
            domain_1h: count("domain_1h"),
            all_1h: count("all_1h"),
        },
        age: Duration::from_secs(3600 * case["age_hours"].as_u64().unwrap_or(1)),
    };
    let limits = Limits::default();
    (decide(&signals, &limits), filled_in_by(&signals, &limits).is_some())
}

/// What the last mail of a conversation gets, if rows 1 to 17 let it.
fn planned(case: &Value, texts: &[Value]) -> Reply {
    let rules = Rules::new(RuleSettings::wialon()).unwrap();
    let author = Mailbox { name: "Иван".to_owned(), address: Address::parse("ivan@alfa.test").unwrap() };
    let mut ticket: Option<Ticket> = None;
    let mut answer = None;
    let begun = DateTime::from_timestamp(1_750_000_000, 0).unwrap();
    for (at, text) in texts.iter().enumerate() {
        let text = text.as_str().unwrap();
        let mail = mail(&format!("Subject: Отчёт\nContent-Type: text/plain; charset=utf-8\n\n{text}"));
        let before = ticket.clone();
        let before = before.as_ref().map(|ticket| ticket.before(&rules)).unwrap_or_default();
        if let Some(ticket) = ticket.as_mut().filter(|_| at + 1 == texts.len()) {
            ticket.agent_answered = case["agent_answered"].as_bool().unwrap_or(false);
        }
        let facts = Facts {
            mail: &mail,
            author: &author,
            role: Role::Client(Standing::Unverified),
            request: &request::read(&mail, before, &rules),
            language: crate::request::Language::Russian,
            ticket: ticket.as_ref(),
            proof: None,
            linked: None,
            permission: Permission::Granted,
            arrived_at: begun + TimeDelta::hours(i64::try_from(at).unwrap()),
            regulation: "1",
            house: &[],
            waiting: None,
            ask_lost: false,
            answer_asks: false,
        };
        let plan = plan::plan(&facts, &rules, &Policy { max_asks: 2, confirm: true });
        (answer, ticket) = (Some(plan.reply), Some(plan.ticket));
    }
    answer.unwrap()
}

#[test]
fn every_case_meets_its_row() {
    let known = [
        "row",
        "case",
        "headers",
        "body",
        "filing",
        "breaker",
        "received",
        "references",
        "answers_our_letter",
        "answers_as_participant",
        "numbers_own_ticket",
        "ticket_subject",
        "is_ours",
        "authentication",
        "sender_policy",
        "list_allowed",
        "known",
        "late",
        "message",
        "sender_24h",
        "domain_1h",
        "all_1h",
        "age_hours",
        "mails",
        "why",
        "agent_answered",
    ];
    let (mut a_row, mut bad) = (BTreeMap::<u64, u32>::new(), Vec::new());
    for line in include_str!("../../../fixtures/reply/decisions.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        assert!(
            case.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())),
            "unknown key: {line}"
        );
        *a_row.entry(case["row"].as_u64().unwrap_or(0)).or_default() += 1;
        let planned = case["mails"].as_array().map(|texts| planned(&case, texts));
        let wrong = match (run(&case), case["row"].as_u64()) {
            ((ReplyDecision::Send, _), Some(18)) => {
                !matches!(&planned, Some(Reply::Silent(why)) if Some(why.as_str()) == case["why"].as_str())
            }
            ((ReplyDecision::Send, false), None) => matches!(planned, Some(Reply::Silent(_))),
            ((ReplyDecision::Silent(reason), is_form), Some(row)) => {
                u64::from(reason.row) != row
                    || Some(filing(reason.filing, is_form)) != case["filing"].as_str()
                    || reason.breaker != case["breaker"].as_bool().unwrap_or(false)
                    || case["why"].as_str().is_some_and(|why| why != reason.why)
            }
            _ => true,
        };
        if wrong {
            bad.push(format!("{line}\n    {:?} {planned:?}", run(&case)));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    println!("{} cases; of each row (0: may be answered): {a_row:?}", a_row.values().sum::<u32>());
    assert!(a_row.values().sum::<u32>() >= 150, "{a_row:?}");
    for row in (0..=18).chain([20]) {
        assert!(a_row.get(&row).is_some_and(|count| *count >= 5), "row {row} has too few cases");
    }
}

#[test]
fn any_header_is_read_without_panic() {
    use proptest::prelude::*;
    let name = "return-path|content-type|x-loop|auto-submitted|x-auto-response-suppress|list-id|precedence|sender|authentication-results|received|references";
    proptest!(|(name in name, value in "[ -~а-я()\\\\\"<>@;=,]{0,60}", subject in ".{0,40}")| {
        let mail = mail(&format!("{name}: {}\nFrom: a@b.test\nSubject: {}", value, subject.replace(['\r', '\n'], " ")));
        let _ = authentication::read(&mail, Some("mx.m2mail.test"));
        let signals = Signals {
            mail: &mail, own_addresses: &[], forms: &[], our_loop_id: "x", answers_our_letter: true,
            answers_as_participant: false, answers_question: false, numbers_own_ticket: true, ticket_subject: Some(&subject), is_ours: false,
            authentication: Authentication::None, sender_policy: SenderPolicy::Accept, list_allowed: false, known: false,
            late: false,
            counts: SentCounts::default(), age: Duration::ZERO,
        };
        prop_assert!(matches!(decide(&signals, &Limits::default()), ReplyDecision::Silent(_)), "nothing is addressed to us");
    });
}
