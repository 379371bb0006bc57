//! What must hold whatever a stranger writes, one function a fuzz target. The targets throw random bytes at them, and
//! tests/fuzz_seeds.rs runs the seeds through them in every `cargo test`.

use askback::config::Config;
use askback::mail::header_text::is_hostile;
use askback::mail::own_text::split;
use askback::mail::{Address, Author, HeaderText, MessageId, parse};
use askback::reply::mime::{Headers, build};
use askback::reply::{
    Authentication, LetterFacts, Letters, Limits, Purpose, ReplyDecision, SenderPolicy, Signals, decide,
};
use askback::request::{Answers, Before, Field, Kind, Language, Place, RuleSettings, Rules, State, read};
use askback::ticket::token::TokenKey;
use askback::ticket::{SentCounts, Standing, TicketId};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;
use strum::VariantArray as _;

/// Any bytes are a mail: its text is covered by its segments, what may reach a header is clean, and the same bytes read the same.
pub(crate) fn mail(bytes: &[u8]) {
    let mail = parse(bytes);
    let mut end = 0;
    for segment in &mail.text.segments {
        assert_eq!(segment.range.start, end, "segments leave no gap");
        assert!(mail.text.full.get(segment.range.clone()).is_some(), "segments end on characters");
        end = segment.range.end;
    }
    assert_eq!(end, mail.text.full.len(), "segments cover the text");
    assert!(mail.text.own().len() <= mail.text.full.len());
    assert!(!mail.subject.contains(['\r', '\n']), "a subject is one line");
    assert!(mail.references.len() <= 100);

    let names = mail.attachments.iter().filter_map(|file| file.name.as_deref());
    for text in names.chain([mail.subject.as_str()]) {
        let clean = HeaderText::new(text, 100).to_string();
        assert!(!clean.contains(char::is_control), "{clean:?} would break a header");
    }
    if let Some(address) = mail.author_address() {
        assert!(!address.as_str().contains(|c: char| c.is_control() || c == ' '), "{address}");
    }
    assert_eq!(parse(bytes).text, mail.text, "the same bytes read the same");
}

/// Any text is divided: segments cover it without a gap, begin with lines, and neighbours differ. What is no UTF-8 is replaced.
pub(crate) fn own_text(bytes: &[u8]) {
    let full = &*String::from_utf8_lossy(bytes);
    let segments = split(full);
    let mut end = 0;
    for segment in &segments {
        assert_eq!(segment.range.start, end, "segments leave no gap");
        assert!(segment.range.end > segment.range.start, "no segment is empty");
        assert!(full.is_char_boundary(segment.range.end), "segments end on characters");
        assert!(end == 0 || full.as_bytes()[end - 1] == b'\n', "segments begin with lines");
        end = segment.range.end;
    }
    assert_eq!(end, full.len(), "segments cover the text");
    assert!(segments.windows(2).all(|pair| pair[0].kind != pair[1].kind), "neighbours differ");
    assert_eq!(split(full), segments, "the same text is divided the same");
}

/// Any bytes, as the answer to any list of questions, are read: evidence lies where it says, nothing that is missing has any,
/// and what has been supplied stays supplied. The first byte chooses what was asked.
pub(crate) fn request(bytes: &[u8]) {
    static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::new(RuleSettings::wialon()).unwrap());
    let Some((choice, body)) = bytes.split_first() else { return };
    let chosen = |at: usize| choice & (1 << at) != 0;
    let asked: Vec<Field> =
        Field::VARIANTS.iter().enumerate().filter(|(at, _)| chosen(*at)).map(|(_, field)| *field).collect();
    let mut raw = b"From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".to_vec();
    raw.extend_from_slice(body);
    let mail = parse(&raw);
    let before =
        Before { asked: &asked, kind: (!asked.is_empty()).then_some(Kind::Problem), all_told: false };
    let request = read(&mail, before, &RULES);
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
    answers.absorb(&request);
    let missing = answers.missing(&RULES);
    answers.absorb(&request);
    let after = answers.missing(&RULES);
    assert!(after.iter().all(|field| missing.contains(field)), "{missing:?} became {after:?}");
    assert_eq!(read(&mail, before, &RULES), request, "the same mail reads the same");
}

/// Any header block meets the reply table: nothing that marks a machine is answered, and what is answered has one plain author
/// and is written to us.
pub(crate) fn decision(bytes: &[u8]) {
    let own = [Address::parse("support@m2mail.test").unwrap()];
    let mail = parse(&[bytes, b"\r\nTo: support@m2mail.test\r\n\r\nx\r\n"].concat());
    let signals = Signals {
        mail: &mail,
        own_addresses: &own,
        forms: &[],
        our_loop_id: "askback-1",
        answers_our_letter: false,
        answers_as_participant: false,
        answers_question: false,
        numbers_own_ticket: false,
        ticket_subject: None,
        is_ours: false,
        authentication: Authentication::None,
        sender_policy: SenderPolicy::Accept,
        list_allowed: false,
        known: false,
        late: false,
        counts: SentCounts::default(),
        age: Duration::ZERO,
    };
    let decision = decide(&signals, &Limits::default());
    assert_eq!(decide(&signals, &Limits::default()), decision, "the same mail meets the same row");
    // What is asked with more against it is never answered.
    for worse in [
        Signals { is_ours: true, ..signals.clone() },
        Signals { authentication: Authentication::Fail, ..signals.clone() },
        Signals { sender_policy: SenderPolicy::Quarantine, ..signals.clone() },
        Signals { age: Duration::from_secs(400_000), ..signals.clone() },
        Signals { late: true, ..signals.clone() },
        Signals { own_addresses: &[], ..signals.clone() },
    ] {
        assert!(matches!(decide(&worse, &Limits::default()), ReplyDecision::Silent(_)));
    }
    match decision {
        ReplyDecision::Send => {
            assert!(matches!(mail.author, Author::One(_)), "nobody is answered who is in doubt");
            let says_no = |value: &str| value.trim().is_empty() || value.to_lowercase().contains("no");
            let names = ["x-autoreply", "x-failed-recipients", "x-autogenerated", "auto-submitted"];
            assert!(names.iter().all(|name| mail.header_values(name).all(says_no)), "a machine is answered");
            // The list may be a mailbox of ours.
            let names_us =
                mail.headers.iter().any(|field| field.name != "to" && field.value.contains("support"));
            assert!(names_us || mail.header_values("list-id").next().is_none(), "a list is answered");
            assert!(mail.report.is_none());
        }
        ReplyDecision::Silent(reason) => assert!(matches!(reason.row, 1..=17 | 20) && !reason.why.is_empty()),
    }
}

/// Whatever a client wrote, the letter to him is plain ASCII with our fields once each, and says nothing that could hide. The
/// input is his subject, what was understood, our name and his References, with a byte FF between them.
pub(crate) fn reply(bytes: &[u8]) {
    static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters::new(&[]).unwrap());
    let parts: Vec<String> =
        bytes.split(|byte| *byte == 0xff).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    let part = |at: usize| parts.get(at).map_or("", String::as_str);
    let english = parts.len().is_multiple_of(2);
    let facts = LetterFacts {
        ticket: TicketId(12),
        language: if english { Language::English } else { Language::Russian },
        standing: Standing::Registered,
        subject: part(0).to_owned(),
        understood: vec![(Field::Product, part(1).to_owned())],
        missing: vec![(Field::Steps, "Steps?".to_owned())],
        asked_before: false,
        optional_attachments: true,
        due: None,
        hours: String::new(),
        contact: String::new(),
        company: String::new(),
    };
    let letter = LETTERS.write(Purpose::Ask, &facts).unwrap();
    let (to, from) =
        (Address::parse("ivan@alfa.test").unwrap(), Address::parse("support@m2mail.test").unwrap());
    let key = TokenKey::new([7; 32]);
    let references: Vec<MessageId> = part(3).split(' ').filter_map(MessageId::parse).collect();
    let raw = build(
        &Headers {
            from_name: &HeaderText::new(part(2), 80),
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
}

/// Any text is a configuration or a list of what is wrong with it that may reach a terminal. What is no UTF-8 is replaced.
pub(crate) fn config(bytes: &[u8]) {
    if let Err(problems) = Config::parse(&String::from_utf8_lossy(bytes), Path::new("fuzzed.toml")) {
        let told = problems.to_string();
        assert!(!told.is_empty());
        assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?} would reach a terminal raw");
    }
}
