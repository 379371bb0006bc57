//! Logging in: by which way, and when not to.

use super::*;
use crate::authorization::{Authorization, Fault, account};
use crate::bytes::Bytes;
use crate::scripted_imap::Act;
use askback::imap::{ImapError, Progress, SentFolder, Settings, probe};
use askback::net::Secret;
use askback::oauth::{Credentials, Grant, Tokens};

/// The commands of a login that works.
async fn check(capabilities: &str, expect: &[&str]) {
    let server = ScriptedImap::start().await;
    server.state().capabilities = capabilities.to_owned();
    probe(&server.settings(), None).await.unwrap();
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
    let report = probe(&server.settings(), None).await.unwrap();
    assert!(report.idle && !report.can_move && !report.uidplus);
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
        probe(&settings, None).await.unwrap();
        assert_eq!(server.asked("LOGIN")[0], login);
        assert!(password.is_ascii() || server.state().log.iter().any(|line| line == password));
    }
    check("a\"b\\c", r#"LOGIN "support" "a\"b\\c""#, &[("LOGIN", "{tag} OK in\r\n")]).await;
    // What does not fit into quotes goes as a literal, once the server has asked for it.
    let acts = [("{12}", "+ go on\r\n"), ("пароль", "A0002 OK in\r\n")];
    check("пароль", "LOGIN \"support\" {12}", &acts).await;
}

/// Exchange refuses AUTHENTICATE PLAIN for a shared mailbox (`account\mailbox`) and takes LOGIN.
#[tokio::test]
async fn a_shared_mailbox_is_logged_in_to_by_login() {
    for (user, capabilities, answer, expect) in [
        (
            "svc@firma.test\\support",
            "",
            "NO AUTHENTICATE failed.",
            &["LOGIN \"svc@firma.test\\\\support\" \"secret\""][..],
        ),
        ("firma/svc/support", "", "NO AUTHENTICATE failed.", &["LOGIN \"firma/svc/support\" \"secret\""]),
        // A refused login is not tried twice where it cannot help.
        ("svc@firma.test", "", "NO AUTHENTICATE failed.", &[]),
        ("svc@firma.test\\support", "", "NO [UNAVAILABLE] Try again", &[]),
        ("svc@firma.test\\support", " LOGINDISABLED", "NO AUTHENTICATE failed.", &[]),
    ] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = format!("IMAP4rev1 SASL-IR AUTH=PLAIN{capabilities}");
        server.rule("AUTHENTICATE", 1, Act::Answer(format!("{{tag}} {answer}\r\n")));
        let mut settings = server.settings();
        settings.credentials =
            Credentials::Password { user: user.to_owned(), password: Secret::new("secret") };
        let outcome = probe(&settings, None).await;
        assert_eq!(outcome.is_ok(), !expect.is_empty(), "{user} {capabilities} {answer}");
        assert_eq!(server.asked("LOGIN \""), expect, "{capabilities} {answer}");
    }
}

#[tokio::test]
async fn no_password_goes_to_a_server_that_takes_none() {
    let server = ScriptedImap::start().await;
    server.state().capabilities = "IMAP4rev1 LOGINDISABLED".to_owned();
    let error = probe(&server.settings(), None).await.unwrap_err();
    insta::assert_snapshot!(error, @"this way to log in is not offered by the IMAP server: it takes no password here (LOGINDISABLED); use OAuth, or ask its administrator");
    assert_eq!(server.state().log, ["CAPABILITY"]);
}

#[tokio::test]
async fn no_byte_goes_to_a_server_with_a_bad_certificate() {
    for (name, from, until) in
        [("other.example", 2020, 2100), ("localhost", 2020, 2021), ("localhost", 2090, 2100)]
    {
        let server = ScriptedImap::start_as(name, from, until).await;
        let error = probe(&server.settings(), None).await.unwrap_err();
        assert!(matches!(error, ImapError::Net(_)), "{error}");
        assert_eq!(server.contact(), (1, 0), "{error}");
    }
    let (server, stranger) = (ScriptedImap::start().await, ScriptedImap::start().await);
    let mut settings = server.settings();
    settings.endpoint.trust = stranger.settings().endpoint.trust;
    probe(&settings, None).await.unwrap_err();
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
        let error = probe(&settings, None).await.unwrap_err();
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

/// An account with a token endpoint of its own.
fn oauth(server: &ScriptedImap, authorization: &Authorization) -> (Settings, Tokens) {
    authorization.state().length = 0;
    let tokens = Tokens::new(account(&authorization.token_url(), Grant::ClientCredentials));
    let mut settings = server.settings();
    settings.credentials = Credentials::OAuth { user: "support".to_owned(), tokens: tokens.clone() };
    (settings, tokens)
}

/// What is sent in AUTHENTICATE, out of base64.
fn presented(server: &ScriptedImap) -> Vec<String> {
    let words = |line: &String| {
        let (_, message) = line.rsplit_once(' ').unwrap();
        String::from_utf8(data_encoding::BASE64.decode(message.as_bytes()).unwrap()).unwrap()
    };
    server.asked("AUTHENTICATE").iter().map(words).collect()
}

#[tokio::test]
async fn access_tokens_are_presented_in_both_ways() {
    for (name, expect, empty) in [
        ("XOAUTH2", "user=support\x01auth=Bearer TOKEN\x01\x01", ""),
        ("OAUTHBEARER", "n,a=support,\x01host=localhost\x01port=PORT\x01auth=Bearer TOKEN\x01\x01", "AQ=="),
    ] {
        let server = ScriptedImap::start().await;
        let authorization = Authorization::start().unwrap();
        server.state().greeting = format!("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH={name}] ready\r\n");
        let (settings, tokens) = oauth(&server, &authorization);
        let token = tokens.access().await.unwrap();
        // A refusal tells why in a challenge, and wants an answer to it. It quotes the token, too.
        server.rule("AUTHENTICATE", 1, Act::Answer("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n".into()));
        let words = format!("A0001 NO [AUTHENTICATIONFAILED] {} is bad\r\n", token.expose());
        server.rule("", 1, Act::Answer(words));
        let error = probe(&settings, None).await.unwrap_err().to_string();
        assert!(!error.contains(token.expose()), "{error}");
        assert!(
            error.contains("refuses the access token") && error.ends_with("switched on for the account"),
            "{error}"
        );
        let expect = expect.replace("PORT", &settings.endpoint.port.to_string());
        assert_eq!(presented(&server), [expect.replace("TOKEN", token.expose())]);
        assert_eq!(server.state().log.last().unwrap(), empty);
    }
}

#[tokio::test]
async fn a_refused_access_token_is_renewed_once() {
    let server = ScriptedImap::start().await;
    let authorization = Authorization::start().unwrap();
    server.state().greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n".to_owned();
    let (settings, tokens) = oauth(&server, &authorization);
    let revoked = tokens.access().await.unwrap();
    // It was not given just now.
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(30)).await;
    tokio::time::resume();
    server.rule("AUTHENTICATE", 2, Act::Answer("{tag} NO [AUTHENTICATIONFAILED] invalid token\r\n".into()));
    let error = probe(&settings, None).await.unwrap_err();
    insta::assert_snapshot!(error, @"the IMAP server refuses the access token ([AUTHENTICATIONFAILED] invalid token): check that `user` is the account that the token is for, that `scope` covers IMAP, and that IMAP is switched on for the account");
    let fresh = tokens.access().await.unwrap();
    let message = |token: &Secret| format!("user=support\x01auth=Bearer {}\x01\x01", token.expose());
    assert_eq!(presented(&server), [message(&revoked), message(&fresh)]);
    assert_eq!(authorization.state().forms.len(), 2);
}

#[tokio::test]
async fn a_passing_trouble_of_the_token_endpoint_is_not_a_refused_login() {
    for (fault, refused) in
        [(Fault::Close, false), (Fault::Say(400, "application/json", r#"{"error":"invalid_client"}"#), true)]
    {
        let server = ScriptedImap::start().await;
        let authorization = Authorization::start().unwrap();
        server.state().greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] ready\r\n".to_owned();
        let (settings, _) = oauth(&server, &authorization);
        authorization.state().faults.push_back(fault);
        let watcher = Watcher::start(settings, MemorySink::new());
        let seen = watcher.stop_once("it was told", |seen| !seen.offline().is_empty()).await;
        let Progress::Offline { refused_login, .. } = &seen.progress[0] else { panic!("{seen:?}") };
        assert_eq!(*refused_login, refused);
        assert!(server.asked("AUTHENTICATE").is_empty());
    }
}

#[tokio::test]
async fn a_server_that_takes_no_tokens() {
    let server = ScriptedImap::start().await;
    let authorization = Authorization::start().unwrap();
    let (settings, _) = oauth(&server, &authorization);
    let error = probe(&settings, None).await.unwrap_err();
    insta::assert_snapshot!(error, @"this way to log in is not offered by the IMAP server: it has neither AUTH=OAUTHBEARER nor AUTH=XOAUTH2; use a password, or ask its administrator");
    assert!(authorization.state().forms.is_empty());
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
        let (_nobody_stops, stop) = tokio::sync::watch::channel(false);
        let mut sent = SentFolder::new(server.settings(), None, stop);
        let copy: &[u8] = b"Subject: x\r\n\r\nhello";
        sent.append(&Bytes(copy), chrono::DateTime::UNIX_EPOCH).await.unwrap();
        sent.close().await;
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
    let report = probe(&server.settings(), None).await.unwrap();
    assert!(report.idle && report.can_move && report.uidplus);
    assert_eq!(report.sent, ("Sent".to_owned(), true));
    assert_eq!(report.watched.messages, 3);
    assert_eq!(report.certificate.unwrap().not_after.to_rfc3339(), "2100-01-01T00:00:00+00:00");
}
