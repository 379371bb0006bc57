//! Any bytes, as the answer to any list of questions, are read: evidence lies where it says, nothing that is missing has any, and
//! what has been supplied stays supplied. The first byte chooses what was asked.
#![no_main]

use askback::mail::parse;
use askback::request::{Answers, Field, Place, RuleSettings, Rules, State, read};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(RuleSettings::wialon()).unwrap());

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, body)) = bytes.split_first() else { return };
    let asked: Vec<Field> =
        Field::ALL.into_iter().enumerate().filter(|(at, _)| choice & (1 << at) != 0).map(|(_, field)| field).collect();
    let mut raw = b"From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".to_vec();
    raw.extend_from_slice(body);
    let mail = parse(&raw);
    let request = read(&mail, &asked, &RULES);
    for (field, finding) in request.fields.iter() {
        assert!(finding.state != State::Missing || finding.evidence.is_empty(), "{field:?}");
        for found in &finding.evidence {
            let text = match found.place {
                Place::Subject => &mail.subject,
                Place::Body => &mail.text.full,
                Place::Attachment => continue,
            };
            assert_eq!(text.get(found.span.clone()), Some(found.text.as_str()), "{field:?}");
        }
    }
    let mut answers = Answers::default();
    answers.absorb(&request, &asked);
    let before = answers.missing(&RULES);
    answers.absorb(&request, &before);
    let after = answers.missing(&RULES);
    assert!(after.iter().all(|field| before.contains(field)), "{before:?} became {after:?}");
    assert_eq!(read(&mail, &asked, &RULES), request, "the same mail reads the same");
});
