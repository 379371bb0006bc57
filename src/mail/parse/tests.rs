use super::super::{Address, AttachmentRole};
use super::*;
use proptest::prelude::*;
use std::fmt::Write;

/// Parses on a thread with as little stack as any thread has.
fn parse_on_small_stack(raw: Vec<u8>) -> Mail {
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    thread.spawn(move || parse(&raw)).unwrap().join().unwrap()
}

fn has_problem(mail: &Mail, part: &str) -> bool {
    mail.problems.iter().any(|problem| problem.contains(part))
}

/// What holds for every mail, whatever its bytes.
fn check_laws(mail: &Mail) {
    let mut end = 0;
    for segment in &mail.text.segments {
        assert_eq!(segment.range.start, end, "segments leave no gaps");
        assert!(mail.text.full.get(segment.range.clone()).is_some(), "segments are cut at characters");
        end = segment.range.end;
    }
    assert_eq!(end, mail.text.full.len(), "segments cover the text");
    assert!(!mail.text.full.contains(['\r', '\0', '\u{fffc}']));
    assert!(mail.text.full.len() <= (1 << 20) + 4096, "{} bytes of text", mail.text.full.len());
    assert!(mail.headers.len() <= 1000 && mail.headers.iter().all(|field| field.value.len() <= 8192));
    assert!(mail.references.len() <= 100 && mail.subject.chars().count() <= 1000);
    assert!(!mail.subject.contains(|c: char| c.is_control()));
    assert!(mail.attachments.len() <= 500 && mail.problems.len() <= 30);
    for attachment in &mail.attachments {
        assert!(
            attachment.name.as_ref().is_none_or(|name| name.chars().count() <= 255 && !name.contains('\n'))
        );
        assert!(attachment.media_type.is_ascii() && attachment.media_type.contains('/'));
    }
    for mailbox in [&mail.reply_to, &mail.to, &mail.cc, &mail.resent].into_iter().flatten() {
        assert_eq!(Address::parse(mailbox.address.as_str()).as_ref(), Ok(&mailbox.address));
    }
}

#[test]
fn a_panic_leaves_headers_and_raw_text() {
    let raw = b"From: Ivan <i@x.example>\nSubject: =?utf-8?B?0J/RgNC40LLQtdGC?=\nMessage-ID: <a@b>\n\n\xcf\xf0\xe8\xe2\xe5\xf2\r\n";
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let (mail, _) = guarded(raw, || panic!("a bug"));
    std::panic::set_hook(hook);
    assert_eq!((mail.subject.as_str(), mail.text.full.as_str()), ("Привет", "Привет"));
    assert!(mail.message_id.is_some() && has_problem(&mail, "could not be parsed"));
    assert!(matches!(mail.author, Author::Doubtful { shown: Some(_), .. }));
    check_laws(&mail);
}

#[test]
fn the_subject_tells_a_forward_where_the_text_does_not() {
    let own = |subject: &str, from: &str, above: &str| {
        let raw = format!(
            "From: Ivan <ivan@auto.test>\r\nSubject: {subject}\r\n\r\n{above}\r\n\r\nFrom: {from}\r\nSent: Monday, November 23, \
             2026 9:12 AM\r\nTo: Ivan\r\nSubject: report\r\n\r\nUnit A123BC77 is not on the map.\r\n"
        );
        let house = [Address::parse("olga@m2m.test").unwrap()];
        parse(raw.as_bytes())
            .as_forward_by_subject(&house)
            .is_some_and(|text| text.own().contains("not on the map"))
    };
    let above = "What shall we do with this one?";
    assert!(own("FW: report", "Petrov Sergei", above));
    assert!(own("Fwd: report", "Petrov Sergei <petrov@auto.test>", above));
    assert!(!own("RE: report", "Petrov Sergei", above), "a reply");
    assert!(!own("FW: report", "Ivan <ivan@auto.test>", "The same again"), "an earlier mail of his own");
    assert!(!own("FW: report", "Olga <olga@m2m.test>", above), "an agent's");
    assert!(!own("FW: report", "Technical Support <support@m2mail.ru>", above), "a letter of ours");
}

#[test]
fn deep_nesting_needs_no_stack() {
    let mut messages = Vec::new();
    while messages.len() < 144 * 1024 {
        messages.extend_from_slice(b"Content-Type: message/rfc822\n\n");
    }
    let mut multiparts = String::new();
    for depth in 0..4000 {
        write!(multiparts, "Content-Type: multipart/mixed; boundary=b{depth}\n\n--b{depth}\n").unwrap();
    }
    for bomb in [messages, multiparts.into_bytes()] {
        let mail = parse_on_small_stack(bomb);
        assert!(has_problem(&mail, "nested too deep"), "{:?}", mail.problems);
        check_laws(&mail);
    }
}

#[test]
fn what_a_sender_controls_is_bounded() {
    let parts = format!(
        "Content-Type: multipart/mixed; boundary=b\n\n{}",
        "--b\nContent-Type: image/png\n\nx\n".repeat(20_000)
    );
    let mail = parse(parts.as_bytes());
    assert!(has_problem(&mail, "too many parts"), "{:?}", mail.problems);
    check_laws(&mail);

    let headers = format!("{}\nbody", "X-Header: value\n".repeat(20_000));
    let mail = parse(headers.as_bytes());
    assert!(has_problem(&mail, "1,000 header fields"));
    assert_eq!(mail.text.full, "body");
    check_laws(&mail);

    let subject = format!("Subject:{}\n\nx", " =?utf-8?B?0J/RgNC40LLQtdGC?=".repeat(10_000));
    let mail = parse(subject.as_bytes());
    assert!(has_problem(&mail, "subject is longer"));
    assert_eq!(mail.subject.chars().count(), 1000);
    check_laws(&mail);

    let to = format!("To: {}\nReferences: {}\n\nx", "a@b.example, ".repeat(3000), "<a@b> ".repeat(500));
    let mail = parse(to.as_bytes());
    assert!(has_problem(&mail, "500 addresses"));
    assert_eq!((mail.to.len(), mail.references.len()), (500, 100));
    check_laws(&mail);

    let text = format!("Subject: x\n\n{}", "ы".repeat(1_000_000));
    let mail = parse(text.as_bytes());
    assert!(has_problem(&mail, "longer than 1 MB"));
    check_laws(&mail);
}

#[test]
fn attachments_are_only_counted_and_digested_where_it_is_wanted() {
    let raw = b"Content-Type: application/zip; name=a.zip\nContent-Disposition: attachment\n\
                Content-Transfer-Encoding: base64\n\nUEsDBA==\n";
    let mail = parse(raw);
    let [attachment] = mail.attachments.as_slice() else { panic!("{:?}", mail.attachments) };
    assert_eq!((attachment.size, attachment.role), (4, AttachmentRole::Substance));
    assert_eq!(attachment.sha256, None);
    let (digested, _) = parse_slim(&raw.to_vec().into());
    let digest = data_encoding::HEXLOWER.encode(&digested.attachments[0].sha256.unwrap());
    assert!(digest.starts_with("8dcc7e60"), "{digest}");
    assert_eq!(mail.text.full, "");
}

/// Pieces of mails, so that random bytes get past the header.
fn mail_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"From: Ivan <i@x.example>\n".to_vec()),
        Just(b"Subject: =?utf-8?Q?=D0=9F?= =?koi8-r?B?8NLJ18XU?=\r\n".to_vec()),
        Just(b"To: a@b.example, team: c@d.example;\n".to_vec()),
        Just(b"Content-Type: multipart/mixed; boundary=b\n".to_vec()),
        Just(b"Content-Type: multipart/alternative; boundary=\"b\"\n".to_vec()),
        Just(b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n".to_vec()),
        Just(b"Content-Type: text/html; charset=windows-1251\n".to_vec()),
        Just(b"Content-Type: text/plain; format=flowed; delsp=yes\n".to_vec()),
        Just(b"Content-Type: message/rfc822\n".to_vec()),
        Just(b"Content-Transfer-Encoding: base64\n".to_vec()),
        Just(b"Content-Transfer-Encoding: quoted-printable\n".to_vec()),
        Just(b"Content-Disposition: attachment; filename*0*=utf-8''%D0; filename*1*=%9F.png\n".to_vec()),
        Just(b"Content-ID: <c@d>\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"--b\n".to_vec()),
        Just(b"--b--\n".to_vec()),
        Just(b"<table><tr><td>a<td>b</table><blockquote><img src='cid:c@d'><a href=https://x>".to_vec()),
        Just(b"[cid:c@d] > quote =D0=9F 0J/RgNC40LLQtdGC \xcf\xf0\xe8\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..60),
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes_give_a_mail(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
        check_laws(&parse(&raw));
    }

    #[test]
    fn anything_like_a_mail_gives_a_mail(raw in mail_like()) {
        check_laws(&parse(&raw));
    }

    #[test]
    fn one_author_is_the_one_address_in_from(from in "[a-z<>@,;:\"()= ?.\\\\ы\t]{0,40}") {
        let mail = parse(format!("From: {from}\n\n").as_bytes());
        if let Author::One(mailbox) = mail.author {
            prop_assert!(from.contains(mailbox.address.as_str()));
        }
    }
}
