//! What becomes of a letter, whatever the server does at whatever stage.

use super::server::{Act, Kind, Server};
use crate::mail::Address;
use crate::net::{Secret, Trust};
use crate::oauth::Credentials;
use crate::outbox::mailer::{Mailer as _, SendOutcome};
use crate::outbox::smtp::{Security, Settings, Smtp, Timing};
use std::time::Duration;

const RAW: &[u8] = b"Subject: a\r\n\r\n.hidden\r\ntext\r\n";

pub(super) fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

pub(super) fn settings(server: &Server) -> Settings {
    Settings {
        host: "localhost".to_owned(),
        port: server.port,
        security: Security::None,
        trust: Trust::System,
        login: None,
        hello: "desk.test".to_owned(),
        bounce_address: None,
        timing: Timing::default(),
    }
}

pub(super) fn mailer(settings: Settings) -> Smtp {
    Smtp::new(settings)
}

async fn send(mailer: &mut Smtp) -> SendOutcome {
    mailer.send(None, &address("ivan@alfa.test"), RAW).await
}

/// One letter to a server that does this at that stage.
async fn after(stage: &'static str, act: Act) -> SendOutcome {
    let server = Server::plain().await;
    server.act(stage, act);
    send(&mut mailer(settings(&server))).await
}

fn words(outcome: &SendOutcome) -> &str {
    outcome.words()
}

#[tokio::test]
async fn a_letter_arrives_as_it_is() {
    let server = Server::plain().await;
    let mut mailer = mailer(settings(&server));
    let outcome = send(&mut mailer).await;
    assert_eq!(outcome, SendOutcome::Accepted { response: "250 queued as 7".to_owned() });
    mailer.end_burst().await;
    let seen = server.seen();
    let expect = ["EHLO desk.test", "MAIL FROM:<>", "RCPT TO:<ivan@alfa.test>", "DATA", "QUIT"];
    assert_eq!(seen.commands, expect);
    assert_eq!(seen.contents, [b"Subject: a\r\n\r\n..hidden\r\ntext".to_vec()]);
}

#[tokio::test]
async fn a_burst_goes_over_one_connection() {
    let server = Server::plain().await;
    let mut mailer = mailer(settings(&server));
    for name in ["a", "b", "c"] {
        let from = address("bounce@desk.test");
        let outcome = mailer.send(Some(&from), &address(&format!("{name}@alfa.test")), RAW).await;
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    }
    mailer.end_burst().await;
    assert_eq!((server.seen().connections, server.seen().contents.len()), (1, 3));
    let _ = send(&mut mailer).await;
    assert_eq!(server.seen().connections, 2, "the next burst has a connection of its own");
}

#[tokio::test]
async fn temporary_failures_are_tried_again() {
    for stage in ["MAIL", "RCPT", "DATA", "DOT"] {
        let outcome = after(stage, Act::Say("451 4.7.1 greylisted")).await;
        assert!(matches!(outcome, SendOutcome::Retry { .. }), "{stage}: {outcome:?}");
        assert_eq!(words(&outcome), "451 4.7.1 greylisted");
    }
}

#[tokio::test]
async fn permanent_failures_are_final() {
    for stage in ["RCPT", "DATA", "DOT"] {
        let outcome = after(stage, Act::Say("550-no\r\n550 such user")).await;
        assert!(matches!(outcome, SendOutcome::Refused { .. }), "{stage}: {outcome:?}");
        assert!(words(&outcome).starts_with("550 no"), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_lost_connection_is_ambiguous_only_after_the_dot() {
    for stage in ["MAIL", "RCPT", "DATA"] {
        for act in
            [Act::Cut, Act::Say("421 going down"), Act::Say("what"), Act::Say("999 what"), Act::Say("334 eh")]
        {
            let outcome = after(stage, act.clone()).await;
            assert!(matches!(outcome, SendOutcome::Retry { .. }), "{stage} {act:?}: {outcome:?}");
        }
    }
    for act in [Act::Cut, Act::Say("what"), Act::Say("354 eh"), Act::Say("999 what")] {
        let outcome = after("DOT", act.clone()).await;
        assert!(matches!(outcome, SendOutcome::Ambiguous { .. }), "{act:?}: {outcome:?}");
    }
}

/// RFC 5321, section 4.2.1: 421 may answer any command, and like each 4xx it says that the mail was not taken.
#[tokio::test]
async fn a_server_that_closes_in_answer_to_the_dot_does_not_have_the_letter() {
    let outcome = after("DOT", Act::Say("421 4.7.0 Try again later, closing connection")).await;
    let why = "421 4.7.0 Try again later, closing connection".to_owned();
    assert_eq!(outcome, SendOutcome::Retry { why });
}

#[tokio::test]
async fn nothing_gets_through_to_a_server_that_cannot_be_reached() {
    for (stage, act) in [
        ("CONNECT", Act::Cut),
        ("CONNECT", Act::Say("554 not you")),
        ("CONNECT", Act::Say("421 too busy")),
        ("EHLO", Act::Cut),
        ("EHLO", Act::Say("550 not you")),
    ] {
        let outcome = after(stage, act.clone()).await;
        assert!(matches!(outcome, SendOutcome::Unreachable { .. }), "{stage} {act:?}: {outcome:?}");
    }
    let nobody = Settings { port: 1, ..settings(&Server::plain().await) };
    let outcome = send(&mut mailer(nobody)).await;
    assert!(words(&outcome).contains("refuses the connection: check the port"), "{outcome:?}");
}

#[tokio::test]
async fn silence_ends() {
    let short = Duration::from_millis(300);
    let server = Server::plain().await;
    server.act("DOT", Act::Hush);
    let timing = Timing { final_dot: short, content: short, ..Timing::default() };
    let outcome = send(&mut mailer(Settings { timing, ..settings(&server) })).await;
    assert!(matches!(outcome, SendOutcome::Ambiguous { .. }), "{outcome:?}");

    for (stage, reached) in [("RCPT", true), ("EHLO", false), ("CONNECT", false)] {
        let server = Server::plain().await;
        server.act(stage, Act::Hush);
        let timing = Timing { command: short, goodbye: short, ..Timing::default() };
        let outcome = send(&mut mailer(Settings { timing, ..settings(&server) })).await;
        assert_eq!(matches!(outcome, SendOutcome::Retry { .. }), reached, "{stage}: {outcome:?}");
        assert_eq!(matches!(outcome, SendOutcome::Unreachable { .. }), !reached, "{stage}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_connection_cut_in_the_middle_of_the_content_is_no_delivery() {
    // Eighteen megabytes fit into no buffer.
    let raw = b"x: y\r\n".repeat(3_000_000);
    let port = stops_reading().await;
    let mut mailer = mailer(Settings { port, ..settings(&Server::plain().await) });
    let outcome = mailer.send(None, &address("ivan@alfa.test"), &raw).await;
    assert!(matches!(outcome, SendOutcome::Retry { .. }), "{outcome:?}");
}

/// A server that closes the connection after 354.
async fn stops_reading() -> u16 {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(tcp);
        stream.write_all(b"220 test\r\n").await.unwrap();
        for answer in ["250 test", "250 ok", "250 ok", "354 go"] {
            stream.read_line(&mut String::new()).await.unwrap();
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        }
    });
    port
}

#[tokio::test]
async fn where_the_null_sender_is_refused_the_bounce_address_stands_in() {
    for stage in ["MAIL", "RCPT"] {
        let server = Server::plain().await;
        server.act(stage, Act::Say("550 5.7.1 null sender"));
        let bounce_address = Some(address("bounce@desk.test"));
        let outcome = send(&mut mailer(Settings { bounce_address, ..settings(&server) })).await;
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
        let commands = server.seen().commands;
        assert!(commands.contains(&"RSET".to_owned()));
        assert!(commands.contains(&"MAIL FROM:<bounce@desk.test>".to_owned()), "{commands:?}");
    }
    assert!(matches!(after("MAIL", Act::Say("550 no")).await, SendOutcome::Unwelcome { .. }));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_between_letters_costs_nothing() {
    for act in [Act::Cut, Act::Say("421 enough for one connection")] {
        let server = Server::plain().await;
        server.pass("MAIL");
        server.act("MAIL", act);
        let mut mailer = mailer(settings(&server));
        for _ in 0..2 {
            let outcome = send(&mut mailer).await;
            assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
        }
        assert_eq!((server.seen().connections, server.seen().contents.len()), (2, 2));
    }
}

#[tokio::test]
async fn after_an_error_nothing_more_goes_over_that_connection() {
    let server = Server::plain().await;
    server.act("RCPT", Act::Say("450 later"));
    let mut mailer = mailer(settings(&server));
    assert!(matches!(send(&mut mailer).await, SendOutcome::Retry { .. }));
    assert!(matches!(send(&mut mailer).await, SendOutcome::Accepted { .. }));
    assert_eq!(server.seen().connections, 2);
}

#[tokio::test]
async fn a_letter_dropped_on_the_way_is_ambiguous_only_after_the_dot() {
    for (stage, ambiguous) in [("EHLO", false), ("RCPT", false), ("DOT", true)] {
        let server = Server::plain().await;
        server.act(stage, Act::Hush);
        let mut mailer = mailer(settings(&server));
        tokio::select! {
            outcome = send(&mut mailer) => panic!("{outcome:?}"),
            () = server.hushed() => {}
        }
        assert_eq!(matches!(mailer.give_up(), SendOutcome::Ambiguous { .. }), ambiguous, "{stage}");
    }
}

fn by_password(user: &str, password: &str) -> Credentials {
    Credentials::Password { user: user.to_owned(), password: Secret::new(password) }
}

#[tokio::test]
async fn logins() {
    let server = Server::plain().await;
    let login = Some(by_password("ivan", "pa$$"));
    let with_login = Settings { login, ..settings(&server) };
    assert!(matches!(send(&mut mailer(with_login.clone())).await, SendOutcome::Accepted { .. }));
    assert_eq!(server.seen().commands[1], "AUTH PLAIN AGl2YW4AcGEkJA==");

    server.act("AUTH", Act::Say("535 5.7.8 wrong\u{1b}[31m"));
    let outcome = send(&mut mailer(with_login.clone())).await;
    assert!(matches!(outcome, SendOutcome::LoginRefused { .. }), "{outcome:?}");
    assert!(words(&outcome).ends_with("check user name and password"), "{outcome:?}");
    assert!(!format!("{outcome:?}{with_login:?}").contains("pa$$") && !words(&outcome).contains('\u{1b}'));

    // What passes is nobody's fault.
    for (act, expect) in [
        (Act::Say("454 4.7.0 Temporary authentication failure"), "nothing to do, it is tried again"),
        (Act::Say("421 4.3.2 shutting down"), "nothing to do, it is tried again"),
        (Act::Cut, "check host and port"),
        (Act::Say("503 AUTH command used when not advertised"), "if it wants none"),
    ] {
        server.act("AUTH", act);
        let outcome = send(&mut mailer(with_login.clone())).await;
        assert!(matches!(outcome, SendOutcome::Unreachable { .. }), "{outcome:?}");
        assert!(words(&outcome).ends_with(expect), "{outcome:?}");
    }

    // Some servers quote what they were sent.
    for quoted in ["535 no: AUTH PLAIN AGl2YW4AcGEkJA==", "501 cGEkJA== is wrong", "421 PA$$ is no password"]
    {
        server.act("AUTH", Act::Say(quoted));
        let outcome = send(&mut mailer(with_login.clone())).await;
        assert!(words(&outcome).contains("repeat the password or token and are not shown"), "{outcome:?}");
        assert!(
            !["AcGEkJA", "cGEkJA", "PA$$"].iter().any(|part| words(&outcome).contains(part)),
            "{outcome:?}"
        );
    }

    server.act("EHLO", Act::Say("250 test"));
    let outcome = send(&mut mailer(with_login)).await;
    assert!(words(&outcome).contains("offers no login by password"), "{outcome:?}");
}

#[tokio::test]
async fn what_the_server_cannot_take_is_refused_before_it_is_sent() {
    let server = Server::plain().await;
    let mut mailer = mailer(settings(&server));
    let eight_bit = "Subject: a\r\n\r\nтекст\r\n".as_bytes();
    let outcome = mailer.send(None, &address("иван@альфа.test"), eight_bit).await;
    assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
    assert_eq!(server.seen().commands[1], "MAIL FROM:<> SMTPUTF8 BODY=8BITMIME");
    mailer.end_burst().await;
    server.act("EHLO", Act::Say("250 test"));
    let outcome = mailer.send(None, &address("ivan@альфа.test"), RAW).await;
    assert!(matches!(outcome, SendOutcome::Accepted { .. }), "an internationalised domain: {outcome:?}");
    mailer.end_burst().await;
    for (to, raw, why) in [("иван@alfa.test", RAW, "SMTPUTF8"), ("ivan@alfa.test", eight_bit, "8BITMIME")]
    {
        server.act("EHLO", Act::Say("250 test"));
        let outcome = mailer.send(None, &address(to), raw).await;
        assert!(matches!(&outcome, SendOutcome::Refused { why: said } if said.contains(why)), "{outcome:?}");
    }
}

#[tokio::test]
async fn tls_of_both_kinds() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, security) in [(Kind::Tls, Security::Tls), (Kind::StartTls, Security::StartTls)] {
        let (server, certificate) = Server::start(kind).await;
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, certificate).unwrap();
        let login = Some(by_password("ivan", "pa$$"));
        let settings = Settings { security, login, trust: Trust::CaFile(file), ..settings(&server) };
        let outcome = send(&mut mailer(settings.clone())).await;
        assert!(matches!(outcome, SendOutcome::Accepted { .. }), "{outcome:?}");
        assert_eq!(server.seen().contents.len(), 1);
        assert!(Smtp::probe(&settings, None).await.unwrap().certificate.is_some());
        let outcome = send(&mut mailer(Settings { trust: Trust::System, ..settings })).await;
        assert!(
            words(&outcome).contains("certificate") && words(&outcome).contains("ca_file"),
            "{outcome:?}"
        );
    }
}

/// TLS on a port that begins without it, STARTTLS on one that begins with it.
#[tokio::test]
async fn the_wrong_kind_of_tls_names_the_key_and_its_value() {
    let (with_starttls, _) = Server::start(Kind::StartTls).await;
    let (with_tls, _) = Server::start(Kind::Tls).await;
    for (server, security, remedy) in [
        (&with_starttls, Security::Tls, "set `security = \"starttls\"` in [smtp]"),
        (&with_tls, Security::StartTls, "set `security = \"tls\"` in [smtp]"),
        (&with_tls, Security::None, "set `security = \"tls\"` in [smtp]"),
    ] {
        let timing = Timing { command: Duration::from_secs(1), ..Timing::default() };
        let settings = Settings { security, timing, ..settings(server) };
        let error = Smtp::probe(&settings, None).await.unwrap_err();
        let (_, told) = error.rsplit_once(": ").unwrap();
        assert!(told.contains(remedy), "{security:?}: {error}");
    }
}

#[tokio::test]
async fn starttls_is_never_done_without() {
    let server = Server::plain().await;
    let settings = Settings { security: Security::StartTls, ..settings(&server) };
    let outcome = send(&mut mailer(settings)).await;
    assert!(words(&outcome).contains("offers no STARTTLS"), "{outcome:?}");

    let (server, _) = Server::start(Kind::StartTls).await;
    for (answer, expect) in [
        ("220 go\r\n250-injected\r\n250 AUTH PLAIN", "went on talking before TLS"),
        ("454 not now", "does not take our STARTTLS (454 not now)"),
    ] {
        server.act("STARTTLS", Act::Say(answer));
        let settings = Settings { security: Security::StartTls, ..self::settings(&server) };
        let outcome = send(&mut mailer(settings)).await;
        assert!(words(&outcome).contains(expect), "{outcome:?}");
    }
    assert!(server.seen().contents.is_empty());
}
