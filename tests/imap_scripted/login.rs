//! Logging in: by which way, and when not to.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{Credentials, ImapError, OAuthMechanism, Progress, append, probe};
use askback::net::Secret;

/// The commands of a login that works.
async fn check(capabilities: &str, expect: &[&str]) {
    let server = ScriptedImap::start().await;
    server.state().capabilities = capabilities.to_owned();
    probe(&server.settings()).await.unwrap();
    let log = server.state().log.clone();
    assert_eq!(&log[..expect.len()], expect, "{capabilities}");
}

#[tokio::test]
async fn the_way_to_log_in_follows_the_capabilities() {
    check(
        "IMAP4rev1 SASL-IR AUTH=PLAIN",
        &["CAPABILITY", "AUTHENTICATE PLAIN AHN1cHBvcnQAc2VjcmV0", "CAPABILITY"],
    )
    .await;
    check("IMAP4rev1", &["CAPABILITY", "LOGIN \"support\" \"secret\"", "CAPABILITY"]).await;
}

#[tokio::test]
async fn a_greeting_may_tell_the_capabilities() {
    let server = ScriptedImap::start().await;
    server.state().greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n".to_owned();
    server.rule("AUTHENTICATE", 1, Act::Answer("{tag} OK [CAPABILITY IMAP4rev1 IDLE] in\r\n".into()));
    let report = probe(&server.settings()).await.unwrap();
    assert_eq!(report.capabilities, ["IDLE", "IMAP4REV1"]);
    assert!(server.asked("CAPABILITY").is_empty());
}

#[tokio::test]
async fn a_password_of_any_kind_goes_through() {
    async fn check(password: &str, login: &str, acts: &[(&str, &str)]) {
        let server = ScriptedImap::start().await;
        server.state().capabilities = "IMAP4rev1".to_owned();
        let mut settings = server.settings();
        let user = "support".to_owned();
        settings.credentials = Credentials::Password { user, password: Secret::new(password) };
        for (command, answer) in acts {
            server.rule(command, 1, Act::Answer((*answer).to_owned()));
        }
        probe(&settings).await.unwrap();
        assert_eq!(server.asked("LOGIN")[0], login);
        assert!(password.is_ascii() || server.state().log.iter().any(|line| line == password));
    }
    check("a\"b\\c", r#"LOGIN "support" "a\"b\\c""#, &[("LOGIN", "{tag} OK in\r\n")]).await;
    // What does not fit into quotes goes as a literal, once the server has asked for it.
    let acts = [("{12}", "+ go on\r\n"), ("пароль", "A0002 OK in\r\n")];
    check("пароль", "LOGIN \"support\" {12}", &acts).await;
}

#[tokio::test]
async fn no_password_goes_to_a_server_that_takes_none() {
    let server = ScriptedImap::start().await;
    server.state().capabilities = "IMAP4rev1 LOGINDISABLED".to_owned();
    let error = probe(&server.settings()).await.unwrap_err();
    insta::assert_snapshot!(error, @"this way to log in is not offered by the IMAP server: it takes no password here (LOGINDISABLED); use OAuth, or ask its administrator");
    assert_eq!(server.state().log, ["CAPABILITY"]);
}

#[tokio::test]
async fn no_byte_goes_to_a_server_with_a_bad_certificate() {
    for (name, from, until) in
        [("other.example", 2020, 2100), ("localhost", 2020, 2021), ("localhost", 2090, 2100)]
    {
        let server = ScriptedImap::start_as(name, from, until).await;
        let error = probe(&server.settings()).await.unwrap_err();
        assert!(matches!(error, ImapError::Net(_)), "{error}");
        assert_eq!(server.contact(), (1, 0), "{error}");
    }
    let (server, stranger) = (ScriptedImap::start().await, ScriptedImap::start().await);
    let mut settings = server.settings();
    settings.endpoint.trust = stranger.settings().endpoint.trust;
    probe(&settings).await.unwrap_err();
    assert_eq!(server.contact(), (1, 0));
}

#[tokio::test]
async fn a_wrong_password_is_a_matter_for_people() {
    let server = ScriptedImap::start().await;
    server.state().password = "changed".to_owned();
    let watcher = Watcher::start(server.settings(), MemorySink::new());
    watcher.sink.until("it was refused", |seen| !seen.offline().is_empty()).await;
    server.state().password = "secret".to_owned();
    let seen = watcher.stop_once("caught up", |seen| seen.caught_up() > 0).await;
    let Progress::Offline { why, refused_login: true, .. } = &seen.progress[0] else { panic!("{seen:?}") };
    insta::assert_snapshot!(why, @"the IMAP server refuses the login ([AUTHENTICATIONFAILED] wrong): check user name and password (or token) of this mailbox");
}

/// Some servers quote what they were sent; none of that may reach a log.
#[tokio::test]
async fn a_server_that_repeats_the_login_is_not_quoted() {
    const PASSWORD: &str = "c4nary-of-the-mailbox";
    let plain = data_encoding::BASE64.encode(format!("\0support\0{PASSWORD}").as_bytes());
    let answers = [
        (
            "SASL-IR AUTH=PLAIN",
            "AUTHENTICATE",
            format!("{{tag}} NO no such user: AUTHENTICATE PLAIN {plain}\r\n"),
        ),
        ("SASL-IR AUTH=PLAIN", "AUTHENTICATE", format!("* BYE do not say {plain}\r\n")),
        ("SASL-IR AUTH=PLAIN", "AUTHENTICATE", format!("what is {plain}?\r\n")),
        ("SASL-IR AUTH=PLAIN", "AUTHENTICATE", format!("{{tag}} NO [UNAVAILABLE] try again: {plain}\r\n")),
        ("SASL-IR AUTH=PLAIN", "AUTHENTICATE", format!("{{tag}} NO {}{plain}\r\n", "x".repeat(170))),
        ("", "LOGIN", format!("{{tag}} BAD Error in IMAP command LOGIN \"support\" \"{PASSWORD}\"\r\n")),
        ("", "LOGIN", format!("{{tag}} NO [X-{PASSWORD}] wrong\r\n")),
        ("", "LOGIN", format!("{{tag}} NO user=support pass={PASSWORD}\r\n")),
    ];
    for (capabilities, command, answer) in &answers {
        let server = ScriptedImap::start().await;
        server.state().capabilities = format!("IMAP4rev1 {capabilities}");
        server.rule(command, 1, Act::AnswerAndClose(answer.clone()));
        let mut settings = server.settings();
        let (user, password) = ("support".to_owned(), Secret::new(PASSWORD));
        settings.credentials = Credentials::Password { user, password };
        let error = probe(&settings).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("are not shown") || told.contains("is not IMAP"), "{answer}: {told}");
        let (told, plain) = (told.to_lowercase(), plain.to_lowercase());
        let parts = [&PASSWORD[..8], &PASSWORD[13..], &plain[16..24], &plain[24..32]];
        assert!(parts.iter().all(|part| !told.contains(part)), "{answer}: {told}");
    }
    println!("{} answers that repeat the login", answers.len());
}

#[tokio::test]
async fn a_passing_trouble_with_logins_is_not_a_wrong_password() {
    let server = ScriptedImap::start().await;
    let words = "{tag} NO [UNAVAILABLE] Temporary authentication failure.\r\n";
    server.rule("AUTHENTICATE", 1, Act::Answer(words.into()));
    let seen = caught_up(server.settings()).await;
    let told = &seen.progress[0];
    assert!(matches!(told, Progress::Offline { refused_login: false, .. }), "{told:?}");
}

#[tokio::test]
async fn access_tokens_are_presented_in_both_ways() {
    for (mechanism, name, expect) in [
        (OAuthMechanism::XOAuth2, "XOAUTH2", "user=support\x01auth=Bearer tok\x01\x01"),
        (
            OAuthMechanism::OAuthBearer,
            "OAUTHBEARER",
            "n,a=support,\x01host=localhost\x01port=PORT\x01auth=Bearer tok\x01\x01",
        ),
    ] {
        let server = ScriptedImap::start().await;
        server.state().greeting = format!("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH={name}] ready\r\n");
        let mut settings = server.settings();
        let (user, token) = ("support".to_owned(), Secret::new("tok"));
        settings.credentials = Credentials::OAuth { user, mechanism, token };
        // A refusal tells why in a challenge, and wants an answer to it.
        server.rule("AUTHENTICATE", 1, Act::Answer("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n".into()));
        server.rule("", 1, Act::Answer("A0001 NO [AUTHENTICATIONFAILED] expired\r\n".into()));
        let error = probe(&settings).await.unwrap_err();
        assert!(matches!(error, ImapError::LoginRefused(_)), "{error}");
        let expect = expect.replace("PORT", &settings.endpoint.port.to_string());
        let sent = format!("AUTHENTICATE {name} {}", data_encoding::BASE64.encode(expect.as_bytes()));
        assert_eq!(server.asked("AUTHENTICATE"), [sent]);
    }
}

#[tokio::test]
async fn a_copy_of_a_letter_goes_to_the_folder_for_sent_mail() {
    for (list, literal, folder) in [
        (
            "* LIST (\\HasNoChildren \\Sent) \"/\" \"&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-\"\r\n",
            false,
            "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-",
        ),
        ("* LIST () \".\" INBOX\r\n* LIST () \".\" {11}\r\nINBOX.Trash\r\n", true, "INBOX.Sent"),
    ] {
        let server = ScriptedImap::start().await;
        server.state().list = list.to_owned();
        if literal {
            server.state().capabilities.push_str(" LITERAL+");
        }
        append(&server.settings(), None, b"Subject: x\r\n\r\nhello", chrono::DateTime::UNIX_EPOCH)
            .await
            .unwrap();
        assert_eq!(server.state().folders[folder], [b"Subject: x\r\n\r\nhello"]);
        let plus = if literal { "+" } else { "" };
        let expect = format!("APPEND \"{folder}\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" {{19{plus}}}");
        assert_eq!(server.asked("APPEND").last(), Some(&expect));
    }
}

#[tokio::test]
async fn a_probe_tells_what_doctor_shows() {
    let server = ScriptedImap::start().await;
    server.deliver(&[10; 3]);
    server.state().list.push_str("* LIST (\\Sent) \"/\" Sent\r\n");
    let report = probe(&server.settings()).await.unwrap();
    assert!(report.idle && report.can_move && report.uidplus);
    assert_eq!(report.sent, ("Sent".to_owned(), true));
    assert_eq!((report.watched.messages, report.watched.uid_next), (3, Some(4)));
    assert_eq!(report.folders.len(), 2);
    assert_eq!(report.certificate.unwrap().not_after.to_rfc3339(), "2100-01-01T00:00:00+00:00");
}
