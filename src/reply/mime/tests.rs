use super::*;
use crate::reply::letter::{LetterFacts, Letters, Purpose};
use crate::request::{Field, Language};
use crate::request::{Kind, default_question};
use crate::ticket::token::TokenKey;
use crate::ticket::{Standing, TicketId};
use mail_parser::MessageParser;
use proptest::prelude::*;
use strum::VariantArray as _;

const NAMES: [&str; 15] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "Date",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Precedence",
    "X-Loop",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

fn facts(language: Language) -> LetterFacts {
    let fields = [Field::Product, Field::Description, Field::Objects, Field::Steps];
    LetterFacts {
        ticket: TicketId(12),
        language,
        standing: Standing::Verified,
        subject: "Отчёт".to_owned(),
        understood: vec![
            (Field::Product, "Wialon Hosting".to_owned()),
            (Field::Objects, "А123ВС77".to_owned()),
        ],
        missing: fields
            .map(|field| (field, default_question(language, Kind::Problem, field).to_owned()))
            .to_vec(),
        asked_before: false,
        optional_attachments: true,
        due: None,
        hours: "по будням с 9:00 до 18:00 (GMT+3)".to_owned(),
        contact: "Телефон: +7 495 000-00-00".to_owned(),
        company: "M2M Solutions".to_owned(),
    }
}

fn made(facts: &LetterFacts, from_name: &str, to: &str, references: &[MessageId]) -> Vec<u8> {
    let letter = Letters::new(&[]).unwrap().write(Purpose::Ask, facts).unwrap();
    let (to, from) = (Address::parse(to).unwrap(), Address::parse("support@m2mail.test").unwrap());
    let key = TokenKey::new([7; 32]);
    let headers = Headers {
        from_name: &HeaderText::new(from_name, 80),
        from: &from,
        to: &to,
        reply_to: &key.reply_address(facts.ticket, &to, &from),
        message_id: &key.message_id(facts.ticket, &to, 1, "m2mail.test").unwrap(),
        in_reply_to: references.last(),
        references: references.split_last().map_or(&[], |(_, rest)| rest),
        loop_id: &HeaderText::new("askback@m2mail.test", 80),
        date: DateTime::from_timestamp(1_732_520_000, 0).unwrap(),
    };
    build(&headers, &letter).unwrap()
}

fn ids(count: usize) -> Vec<MessageId> {
    (0..count).map(|n| MessageId::parse(&format!("{n}.{}@mail.alfa.test", "x".repeat(40))).unwrap()).collect()
}

#[test]
fn a_whole_letter() {
    let english = LetterFacts { subject: "Trip report".to_owned(), ..facts(Language::English) };
    let raw = made(&english, "M2M Solutions Support", "ivan@alfa.test", &ids(2));
    insta::assert_snapshot!(String::from_utf8(raw).unwrap().replace("\r\n", "\n"));
    let raw = made(&facts(Language::Russian), "Поддержка M2M Solutions", "ivan@alfa.test", &[]);
    let text = String::from_utf8(raw.clone()).unwrap();
    let (header, _) = text.split_once("\r\n\r\n").unwrap();
    insta::assert_snapshot!(header.replace("\r\n", "\n"));
    let parsed = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.subject(), Some("Re: Отчёт [#12]"));
    let body = parsed.body_text(0).unwrap();
    assert!(body.contains("1. По какому продукту компании возник вопрос?"), "{body}");
    assert!(body.lines().all(|line| line.chars().count() <= 78), "{body}");
}

#[test]
fn letters_stay_under_four_kilobytes() {
    for &language in Language::VARIANTS {
        let longest = LetterFacts {
            subject: "ж".repeat(500),
            understood: vec![(Field::Product, "ж".repeat(500)), (Field::Objects, "ж".repeat(500))],
            ..facts(language)
        };
        let raw = made(&longest, "Служба технической поддержки M2M Solutions", "ivan@alfa.test", &ids(100));
        assert!(raw.len() < 4096, "{} bytes", raw.len());
    }
}

proptest! {
    /// A letter that cannot be built would hold up all mail behind the one that it answers.
    #[test]
    fn a_letter_can_be_written_to_every_address(
        text in "[a-zA-Z0-9.+_'!İßяЯǅ\u{130}\u{307}-]{1,70}@[a-zA-Z0-9.İßяЯ\u{307}-]{1,70}",
        plain in "[a-z.-]{1,8}@[a-z.-]{1,8}",
    ) {
        for text in [text, plain] {
            if let Ok(address) = Address::parse(&text) {
                let made = mailbox(None, &address);
                prop_assert!(made.is_ok(), "{address}: {made:?}");
            }
        }
    }
}

#[test]
fn references_are_the_newest_with_the_answered_mail_at_the_end() {
    let check = |all: &[MessageId], kept: usize| {
        let raw = made(&facts(Language::English), "Support", "ivan@alfa.test", all);
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let references: Vec<String> = parsed.references().unwrap().iter().map(str::to_owned).collect();
        let expect: Vec<String> = all[all.len() - kept..].iter().map(ToString::to_string).collect();
        assert_eq!(references, expect);
        assert_eq!(parsed.in_reply_to().unwrap().iter().last(), expect.last().map(String::as_str));
    };
    let short: Vec<MessageId> = (0..150).map(|n| MessageId::parse(&format!("{n}@a.test")).unwrap()).collect();
    check(&short, 20);
    check(&short[..2], 2);
    check(&ids(150), 10);
    let huge = MessageId::parse(&"x".repeat(512)).unwrap();
    check(&[huge.clone(), huge.clone()], 1);
}

#[test]
fn flowed_text_comes_together_again() {
    let text =
        "Коротко\n\n> не цитата\nFrom nobody\n слово\n".to_owned() + &"слово ".repeat(60) + "\n--\nподпись\n";
    let flowed = flow(&text);
    let mut joined = String::new();
    for line in flowed.split_terminator("\r\n") {
        assert!(line.chars().count() <= 78, "{line}");
        let line = line.strip_prefix(' ').unwrap_or(line);
        joined.push_str(line);
        if line == "-- " || !line.ends_with(' ') {
            joined.push('\n');
        }
    }
    let unbroken: Vec<&str> = joined.lines().map(str::trim_end).collect();
    assert_eq!(unbroken, text.lines().map(str::trim_end).collect::<Vec<_>>());
}

#[test]
fn encoded_words_of_a_client_stay_words() {
    let hostile =
        LetterFacts { subject: "=?utf-8?q?a=0D=0ABcc:_x=40y.test?=".to_owned(), ..facts(Language::English) };
    let raw = made(&hostile, "=?utf-8?b?0YI=?=", "ivan@alfa.test", &[]);
    let parsed = MessageParser::default().parse(&raw).unwrap();
    assert_eq!(parsed.subject(), Some("Re: = ?utf-8?q?a=0D=0ABcc:_x=40y.test?= [#12]"));
    assert_eq!(parsed.from().unwrap().first().unwrap().name(), Some("= ?utf-8?b?0YI= ?="));
}

proptest! {
    /// Whatever a client calls himself and his request, the letter has our header fields, once each, and no others.
    #[test]
    fn nothing_adds_a_header(
        name in "(\\PC|[\r\n\t\0\u{202e}\"\\\\<>,;:=?]){0,60}",
        subject in "(\\PC|[\r\n\t\0 =?]){0,300}",
        value in "(\\PC|[\r\n\0\u{2028}]){0,100}",
        to in "[a-z0-9.+=_]{1,30}",
        verified: bool,
    ) {
        let to = format!("{to}@alfa.test");
        prop_assume!(Address::parse(&to).is_ok());
        let hostile = LetterFacts {
            standing: if verified { Standing::Verified } else { Standing::Unverified },
            subject,
            understood: vec![(Field::Objects, value)],
            ..facts(Language::Russian)
        };
        let raw = made(&hostile, &name, &to, &ids(3));
        prop_assert!(raw.is_ascii());
        let text = String::from_utf8(raw).unwrap();
        let (header, _) = text.split_once("\r\n\r\n").unwrap();
        let mut names: Vec<&str> =
            header.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split_once(':').unwrap().0).collect();
        names.sort_unstable();
        let mut expect = NAMES.to_vec();
        expect.sort_unstable();
        prop_assert_eq!(names, expect);
        prop_assert!(!header.replace("\r\n", "").contains(['\r', '\n', '\0']));
        prop_assert!(header.split("\r\n").all(|line| line.len() < 998 && !line.trim().is_empty()));
        let parsed = MessageParser::default().parse(text.as_bytes()).unwrap();
        prop_assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some(to.as_str()));
        prop_assert!(parsed.subject().unwrap().ends_with("[#12]"));
    }
}

#[test]
fn a_notice_is_a_table_that_nothing_answers() {
    let (from, to) =
        (Address::parse("support@m2mail.test").unwrap(), Address::parse("olga@desk.test").unwrap());
    let headers = NoticeHeaders {
        from_name: &HeaderText::new("M2M Support", 80),
        from: &from,
        to: &to,
        reply_to: None,
        message_id: &MessageId::parse("notice.1@m2mail.test").unwrap(),
        loop_id: &HeaderText::new("support@m2mail.test", 80),
        date: DateTime::from_timestamp(1_732_520_000, 0).unwrap(),
    };
    let row = format!("  #1  by 15.05 10:00  {}  subject\n", "a".repeat(60));
    let raw = build_notice(&headers, &HeaderText::new("askback: 1 new", 80), &row, None).unwrap();
    insta::assert_snapshot!(String::from_utf8(raw).unwrap().replace("\r\n", "\n"), @r#"
    From: "M2M Support" <support@m2mail.test>
    To: olga@desk.test
    Subject: askback: 1 new
    Message-ID: <notice.1@m2mail.test>
    Date: Mon, 25 Nov 2024 07:33:20 +0000
    Auto-Submitted: auto-generated
    X-Auto-Response-Suppress: All
    Precedence: bulk
    X-Loop: support@m2mail.test
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

      #1  by 15.05 10:00  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=
    aaaaaaa  subject
    "#);
}

proptest! {
    /// However a file comes, its lines are those of the whole.
    #[test]
    fn a_file_in_pieces_is_the_same_base64(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..150), 0..6)) {
        let mut lines = Base64Lines::default();
        let mut encoded: String = pieces.iter().map(|piece| lines.push(piece)).collect();
        encoded.push_str(&lines.finish());
        let whole = data_encoding::BASE64_MIME.encode(&pieces.concat());
        prop_assert_eq!(encoded, whole.trim_end());
    }
}
