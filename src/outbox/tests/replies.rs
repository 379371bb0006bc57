//! Replies as servers really write them: a client must understand the code alone (RFC 5321, section 4.2), and the words are for
//! people, in whatever charset.

use super::dialogue::{address, mailer, settings};
use super::server::{Act, Server};
use crate::outbox::mailer::{Mailer as _, SendOutcome};

const RAW: &[u8] = b"Subject: a\r\n\r\ntext\r\n";

/// One letter to a server that answers so at these stages.
async fn after(plan: &[(&'static str, &'static [u8])]) -> SendOutcome {
    let server = Server::plain().await;
    plan.iter().for_each(|(stage, reply)| server.act(stage, Act::Raw(reply)));
    let sender = address("support@desk.test");
    mailer(settings(&server)).send(Some(&sender), &address("ivan@alfa.test"), RAW).await
}

#[tokio::test]
async fn a_code_without_words_is_a_reply() {
    let outcome = after(&[("DOT", b"250\r\n")]).await;
    assert_eq!(outcome, SendOutcome::Accepted { response: "250".to_owned() });
    let bare: [(&str, &[u8]); 5] = [
        ("CONNECT", b"220\r\n"),
        ("MAIL", b"250-\r\n250\r\n"),
        ("RCPT", b"250\r\n"),
        ("DATA", b"354\r\n"),
        ("DOT", b"250-queued\r\n250\r\n"),
    ];
    let outcome = after(&bare).await;
    assert_eq!(outcome, SendOutcome::Accepted { response: "250 queued".to_owned() });
    let outcome = after(&[("RCPT", b"450\r\n")]).await;
    assert_eq!(outcome, SendOutcome::Retry { why: "450".to_owned() });
}

#[tokio::test]
async fn words_in_another_charset_change_nothing() {
    // «нет такого» in windows-1251 and KOI8-R, "no such user" in GBK, UTF-8 that ends in the middle of a letter.
    let words: [&[u8]; 4] = [
        b"\xed\xe5\xf2 \xf2\xe0\xea\xee\xe3\xee",
        b"\xce\xc5\xd4 \xd4\xc1\xcb\xcf\xc7\xcf",
        b"\xce\xde\xb4\xcb\xd3\xc3\xbb\xa7",
        b"\xd0\xbd\xd0\xb5\xd1",
    ];
    for words in words {
        let reply = |code: &str| -> &'static [u8] { [code.as_bytes(), b" ", words, b"\r\n"].concat().leak() };
        let outcome = after(&[("RCPT", reply("550 5.1.1"))]).await;
        let SendOutcome::Refused { why } = &outcome else { panic!("{words:?}: {outcome:?}") };
        assert!(why.starts_with("550 5.1.1 ") && why.ends_with('?'), "{why}");
        let outcome = after(&[("DOT", reply("250"))]).await;
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{words:?}: {outcome:?}");
        let outcome = after(&[("DOT", reply("451"))]).await;
        assert!(matches!(outcome, SendOutcome::Retry { .. }), "{words:?}: {outcome:?}");
    }
    // What is UTF-8 stays as it is, and so does a line feed that ends no line.
    let outcome =
        after(&[("MAIL", b"250 fine,\nI say\r\n"), ("RCPT", "550 5.1.1 нет\nтакого\r\n".as_bytes())]).await;
    assert_eq!(outcome, SendOutcome::Refused { why: "550 5.1.1 нет такого".to_owned() });
}

#[tokio::test]
async fn half_a_reply_is_none() {
    for half in [&b"250"[..], b"250\r", b"25\r\n", b"250-more to come\r\n", b"250-\r\n250"] {
        let server = Server::plain().await;
        server.act("DOT", Act::Raw(half));
        server.act("DOT", Act::Cut);
        let limit = std::time::Duration::from_millis(300);
        let timing = crate::outbox::smtp::Timing { content: limit, final_dot: limit, ..Default::default() };
        let settings = crate::outbox::smtp::Settings { timing, ..settings(&server) };
        let outcome = mailer(settings).send(None, &address("ivan@alfa.test"), RAW).await;
        assert!(matches!(outcome, SendOutcome::Ambiguous { .. }), "{half:?}: {outcome:?}");
    }
}

/// A server that talks without end costs neither memory nor, before the dot, the letter.
#[tokio::test]
async fn an_endless_line_or_reply_is_given_up() {
    let line: &'static [u8] = [b"250 ".as_slice(), &[b'a'; 1 << 20]].concat().leak();
    let lines: &'static [u8] = [b"250-".as_slice(), &[b'a'; 900], b"\r\n"].concat().repeat(200).leak();
    for endless in [line, lines] {
        let outcome = after(&[("RCPT", endless)]).await;
        assert!(matches!(outcome, SendOutcome::Retry { .. }), "{outcome:?}");
        let outcome = after(&[("DOT", endless)]).await;
        assert!(matches!(outcome, SendOutcome::Ambiguous { .. }), "{outcome:?}");
    }
}
