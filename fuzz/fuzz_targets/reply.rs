//! Whatever a client wrote, the letter to him is plain ASCII with our fields once each, and says nothing that could hide.
#![no_main]

use askback::mail::header_text::is_hostile;
use askback::mail::{Address, HeaderText, MessageId, parse};
use askback::reply::mime::{Headers, build};
use askback::reply::{LetterFacts, Letters, Purpose};
use askback::request::{Field, Language};
use askback::ticket::token::TokenKey;
use askback::ticket::{Standing, TicketId};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters::new(&[]).unwrap());

fuzz_target!(|input: (&str, &str, &str, &str, bool)| {
    let (subject, value, name, references, english) = input;
    let facts = LetterFacts {
        ticket: TicketId(12),
        language: if english { Language::English } else { Language::Russian },
        standing: Standing::Registered,
        subject: subject.to_owned(),
        understood: vec![(Field::Product, value.to_owned())],
        missing: vec![(Field::Steps, "Steps?".to_owned())],
        asked_before: false,
        optional_attachments: true,
        due: None,
        hours: String::new(),
        contact: String::new(),
        company: String::new(),
    };
    let letter = LETTERS.write(Purpose::Ask, &facts).unwrap();
    let (to, from) = (Address::parse("ivan@alfa.test").unwrap(), Address::parse("support@m2mail.test").unwrap());
    let key = TokenKey::new([7; 32]);
    let references: Vec<MessageId> = references.split(' ').filter_map(MessageId::parse).collect();
    let raw = build(
        &Headers {
            from_name: &HeaderText::new(name, 80),
            from: &from,
            to: &to,
            reply_to: &key.reply_address(facts.ticket, &to, &from),
            message_id: &key.message_id(facts.ticket, &to, 1, "m2mail.test").unwrap(),
            in_reply_to: references.last(),
            references: &references,
            loop_id: &HeaderText::new("askback-1", 80),
            date: Default::default(),
        },
        &letter,
    )
    .unwrap();
    assert!(raw.is_ascii());
    assert!(!raw.iter().any(|byte| *byte < b' ' && !b"\r\n\t".contains(byte)), "a control character");
    let read = parse(&raw);
    let mut names: Vec<&str> = read.headers.iter().map(|field| field.name.as_str()).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "a field is there twice");
    assert!(count <= 15, "{names:?}");
    assert_eq!(read.author_address(), Some(&from));
    assert_eq!(read.to.first().map(|mailbox| &mailbox.address), Some(&to));
    assert!(!read.subject.contains(is_hostile));
    assert!(!read.text.full.contains(|c: char| c != '\n' && is_hostile(c)), "{:?}", read.text.full);
});
