//! What the detector must see, a behaviour at a time; `tests/eval.rs` measures how often it does on whole mails.

mod concerns;
mod conversations;
mod corrections;
mod elements;
mod foreign;
mod good_news;
mod kinds;
mod languages;
mod laws;
mod look_alikes;
mod objects;
mod pleas;
mod products;
mod rest;
mod rules;
mod steps;
mod thanks;
mod unable;

use super::{Answers, Before, Field, Kind, Request, RuleSettings, Rules, State, read};
use crate::mail::{Mail, parse};
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(RuleSettings::wialon()).unwrap());

/// As if all that was learned spoke for a problem with a product, and against every other field: what is there is there by the rules.
static AGAINST: LazyLock<Rules> = LazyLock::new(|| {
    let weights = "name\nalways\t99\t-99\t-99\t-99\t-99\t99\t-99\t-99\t-99\n";
    Rules::new(RuleSettings::wialon()).unwrap().with_tables(weights, "", &[])
});

/// A plain mail.
fn mail(subject: &str, body: &str) -> Mail {
    let head = format!("From: client@example.test\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n");
    parse(format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}").as_bytes())
}

/// A mail whose sender has a name.
fn mail_from(name: &str, subject: &str, body: &str) -> Mail {
    let head = format!("From: {name} <client@example.test>\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n");
    parse(format!("{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}").as_bytes())
}

/// What is before a mail of a conversation about a problem in which something was asked.
fn later(asked: &[Field]) -> Before<'_> {
    Before { asked, kind: Some(Kind::Problem), all_told: false }
}

/// Reads a first mail without a subject.
fn read_body(body: &str) -> Request {
    read(&mail("", body), Before::default(), &RULES)
}

/// The texts that show a field.
fn shown(request: &Request, field: Field) -> Vec<&str> {
    request.fields.get(field).evidence.iter().map(|found| found.text.as_str()).collect()
}

/// Asserts the state of a field of a first mail.
#[track_caller]
fn check(body: &str, field: Field, state: State) {
    let request = read_body(body);
    assert_eq!(request.fields.get(field).state, state, "{body}\n{:?}", request.fields.get(field));
}

/// The fields that are asked for after a conversation of bodies, each answering our list.
fn asked_after(bodies: &[&str]) -> Vec<Field> {
    let mut answers = Answers::default();
    let mut asked = Vec::new();
    for (number, body) in bodies.iter().enumerate() {
        let subject = if number == 0 { "" } else { "Re: ask" };
        let request = read(&mail(subject, body), answers.before(&asked, &RULES), &RULES);
        answers.absorb(&request);
        asked = answers.missing(&RULES);
    }
    asked
}
