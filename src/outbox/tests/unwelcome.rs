//! A server that takes no letters from us, and one that does not take this one: the first must lose none, the second must not
//! hold up the others.

use super::dialogue::{address, mailer, settings};
use super::loops::Bench;
use super::server::{Act, Server};
use crate::net::Secret;
use crate::oauth::Credentials;
use crate::outbox::Burst;
use crate::outbox::mailer::{Mailer as _, SendOutcome};
use crate::outbox::smtp::{Settings, Smtp};
use crate::store::{LetterKind, OutboxId, OutboxState};
use chrono::{TimeDelta, Utc};

const RAW: &[u8] = b"Subject: a\r\n\r\ntext\r\n";
const US: &str = "support@desk.test";

fn ours(server: &Server) -> Settings {
    Settings { bounce_address: Some(address(US)), ..settings(server) }
}

/// One answer of an agent to a server that says this at these stages, and the recipients that the server heard of.
async fn answer(to: &str, plan: &[(&'static str, &'static str)]) -> (SendOutcome, Vec<String>) {
    let server = Server::plain().await;
    plan.iter().for_each(|(stage, words)| server.act(stage, Act::Say(words)));
    let outcome = mailer(ours(&server)).send(Some(&address(US)), &address(to), RAW).await;
    let recipient = |command: String| command.strip_prefix("RCPT TO:").map(str::to_owned);
    (outcome, server.seen().commands.into_iter().filter_map(recipient).collect())
}

#[tokio::test]
async fn a_refusal_of_us_keeps_the_letter() {
    for (stage, words) in [
        ("MAIL", "553 5.7.1 <support@desk.test>: Sender address rejected: not owned by user ivan"),
        ("MAIL", "550 not local sender over smtp"),
        ("MAIL", "550 5.1.0 sender denied"),
        ("MAIL", "550 5.2.1 your mailbox is disabled"),
        ("RCPT", "530 5.7.0 Authentication required"),
        ("RCPT", "550 5.1.8 <support@desk.test>: Sender address rejected: Domain not found"),
        ("DOT", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
        ("DOT", "550 5.4.5 Daily user sending limit exceeded"),
    ] {
        let (outcome, recipients) = answer("ivan@alfa.test", &[(stage, words)]).await;
        assert!(matches!(outcome, SendOutcome::Unwelcome { .. }), "{words}: {outcome:?}");
        assert!(outcome.words().contains("set `user` and its password in [smtp]"), "{outcome:?}");
        assert!(recipients.len() <= 1, "the codes say it: {recipients:?}");
    }
}

/// The same words are said of a host that is not let in and of a user who is not there: another recipient decides.
#[tokio::test]
async fn another_recipient_decides_whom_a_refusal_is_about() {
    for words in [
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
        "554 5.7.1 <ivan@alfa.test>: Relay access denied",
        "550 relay not permitted",
    ] {
        for (to, other) in
            [("ivan@alfa.test", "<postmaster@example.com>"), ("olga@desk.test", "<support@desk.test>")]
        {
            let (outcome, recipients) = answer(to, &[("RCPT", words), ("RCPT", words)]).await;
            assert!(matches!(outcome, SendOutcome::Unwelcome { .. }), "{words}: {outcome:?}");
            assert!(outcome.words().contains("perhaps all of ours") && outcome.words().contains("[smtp]"));
            assert!(!outcome.words().contains(to), "the log has no addresses of clients: {outcome:?}");
            assert_eq!(recipients, [format!("<{to}>"), other.to_owned()]);

            for heard in [None, Some("556 5.1.10 no mail there"), Some("550 5.1.1 unknown")] {
                let plan = [("RCPT", words)].into_iter().chain(heard.map(|heard| ("RCPT", heard)));
                let (outcome, _) = answer(to, &plan.collect::<Vec<_>>()).await;
                assert_eq!(outcome, SendOutcome::Refused { why: words.to_owned() });
            }
            // Nobody knows yet.
            let (outcome, _) = answer(to, &[("RCPT", words), ("RCPT", "451 later")]).await;
            assert!(matches!(outcome, SendOutcome::Retry { .. }), "{outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_letter_is_final() {
    for (stage, words) in [
        ("MAIL", "552 5.3.4 too large"),
        ("RCPT", "550 5.1.1 no such user"),
        ("RCPT", "552 5.2.2 mailbox full"),
        ("DOT", "554 5.7.1 Message rejected under suspicion of SPAM"),
    ] {
        let (outcome, recipients) = answer("ivan@alfa.test", &[(stage, words)]).await;
        assert_eq!(outcome, SendOutcome::Refused { why: words.to_owned() });
        assert!(recipients.len() <= 1, "nobody else has to be asked: {recipients:?}");
    }
}

/// Sends one answer after the other over one configuration; each says what the server says at a stage and whether the letter
/// waits.
async fn in_turn(letters: &[(&[(&'static str, &'static str)], &str)]) {
    let server = Server::plain().await;
    let mut mailer = mailer(ours(&server));
    for (number, (plan, expect)) in letters.iter().enumerate() {
        plan.iter().for_each(|(stage, words)| server.act(stage, Act::Say(words)));
        let outcome = mailer.send(Some(&address(US)), &address("ivan@alfa.test"), RAW).await;
        assert_eq!(outcome.name(), *expect, "letter {number}: {outcome:?}");
    }
}

/// A server without enhanced codes that looks at recipients says the same of both.
#[tokio::test]
async fn what_the_server_took_before_decides_where_no_code_does() {
    const UNKNOWN: &[(&str, &str)] =
        &[("RCPT", "550 Unrouteable address"), ("RCPT", "550 Unrouteable address")];
    let waits = "waits for the server";
    in_turn(&[
        (UNKNOWN, waits),
        (&[], "sent"),
        (UNKNOWN, "refused"),
        // The account may have been shut since: only the first may be lost to that.
        (UNKNOWN, waits),
        (UNKNOWN, waits),
        (&[], "sent"),
        (UNKNOWN, "refused"),
    ])
    .await;
}

#[tokio::test]
async fn an_account_that_is_shut_at_the_content_ends_one_letter_at_most() {
    const SPAM: &[(&str, &str)] = &[("DOT", "554 5.7.1 Message rejected under suspicion of SPAM")];
    const TOO_LARGE: &[(&str, &str)] = &[("DOT", "552 5.3.4 too large")];
    let waits = "waits for the server";
    in_turn(&[(SPAM, "refused"), (SPAM, waits), (SPAM, waits), (&[], "sent"), (SPAM, "refused")]).await;
    // What a code says of the letter is said of each.
    in_turn(&[(TOO_LARGE, "refused"); 3]).await;
}

#[test]
fn two_unwelcome_letters_in_a_row_speak_for_all() {
    let unwelcome = SendOutcome::Unwelcome { why: "no".to_owned() };
    let mut burst = Burst::default();
    let mut shut = |letter, outcome: &SendOutcome| {
        burst.note(OutboxId(letter), outcome);
        burst.shut
    };
    assert!(!shut(1, &unwelcome));
    assert!(!shut(1, &unwelcome), "the same letter again, after its pause");
    assert!(!shut(2, &SendOutcome::Retry { why: "later".to_owned() }));
    assert!(!shut(3, &unwelcome));
    assert!(shut(4, &unwelcome));
}

#[tokio::test]
async fn no_letter_is_lost_to_a_server_that_takes_none_from_us() {
    let server = Server::plain().await;
    // Two letters, each with the null sender, with ours, and to somebody else.
    for _ in 0..6 {
        server.act("RCPT", Act::Say("554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied"));
    }
    let bench = Bench::new();
    let now = Utc::now();
    let mut ids = Vec::new();
    for (name, kind) in [("a", LetterKind::Ask), ("b", LetterKind::Answer), ("c", LetterKind::Notice)] {
        ids.push(bench.put(name, kind, now).await);
    }
    let task = bench.start_with(mailer(ours(&server)));
    let tried = |letter: &crate::store::Letter| !letter.last_error.is_empty();
    for id in &ids[..2] {
        let letter = bench.until(*id, tried).await;
        assert_eq!((letter.state, letter.attempts), (OutboxState::Waiting, 0));
    }
    // Two refusals speak for all: nothing more is tried until the pause is over.
    let held_up = bench.store.read(|reader| reader.held_up(Utc::now())).await.unwrap().unwrap();
    assert_eq!(held_up.0, 2);
    assert!(held_up.1.contains("Client host rejected") && held_up.1.contains("[smtp]"), "{}", held_up.1);
    for id in ids {
        bench.becomes(id, OutboxState::Sent).await;
    }
    assert_eq!(bench.store.read(|reader| reader.held_up(Utc::now())).await.unwrap(), None);
    bench.end(task).await;
}

#[tokio::test]
async fn a_letter_that_is_unwelcome_for_days_holds_up_no_other() {
    let server = Server::plain().await;
    server.act("MAIL", Act::Say("553 5.7.1 not owned by you"));
    server.act("MAIL", Act::Say("553 5.7.1 not owned by you"));
    let bench = Bench::new();
    let past = Utc::now() - TimeDelta::seconds(2);
    let stuck = bench.put("stuck", LetterKind::Answer, past).await;
    let other = bench.put("other", LetterKind::Ask, past + TimeDelta::seconds(1)).await;
    let task = bench.start_with(mailer(ours(&server)));
    bench.becomes(other, OutboxState::Sent).await;
    assert_eq!(bench.letter(stuck).await.state, OutboxState::Waiting);
    // What comes while it is paused for is not kept waiting.
    server.act("MAIL", Act::Say("553 5.7.1 not owned by you"));
    let started = std::time::Instant::now();
    let new = bench.put("new", LetterKind::Ask, Utc::now()).await;
    bench.wake.notify_one();
    bench.becomes(new, OutboxState::Sent).await;
    assert!(started.elapsed().as_secs() < 4, "{:?}", started.elapsed());
    bench.end(task).await;
}

/// Servers, and fail2ban beside them, count wrong passwords and lock the address out, for IMAP, too.
#[tokio::test]
async fn a_refused_login_is_not_tried_again_and_again_but_after_a_reload() {
    let server = Server::plain().await;
    server.act("AUTH", Act::Say("535 5.7.8 authentication failed"));
    let login = Some(Credentials::Password { user: "ivan".to_owned(), password: Secret::new("old") });
    let settings = Settings { login, ..ours(&server) };
    let logins = || server.seen().commands.iter().filter(|command| command.starts_with("AUTH")).count();
    let bench = Bench::new();
    let id = bench.put("a", LetterKind::Answer, Utc::now()).await;
    let task = bench.start_with(mailer(settings.clone()));
    bench.until(id, |letter| !letter.last_error.is_empty()).await;
    // Longer than a server that is only away is left alone; nor does a new letter help.
    let new = bench.put("b", LetterKind::Ask, Utc::now()).await;
    bench.wake.notify_one();
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert_eq!((logins(), bench.letter(id).await.attempts), (1, 0));
    // Both wait for that, though only one was tried.
    let held_up =
        bench.store.read(|reader| reader.held_up(Utc::now() + TimeDelta::minutes(2))).await.unwrap();
    let (letters, why) = held_up.unwrap();
    assert!(letters == 2 && why.ends_with("check user name and password"), "{letters}: {why}");
    // A reload starts the loop anew.
    bench.end(task).await;
    let task = bench.start_with(mailer(settings));
    bench.becomes(id, OutboxState::Sent).await;
    bench.becomes(new, OutboxState::Sent).await;
    bench.end(task).await;
}

/// For `doctor`: what it says must be what the daemon will meet with.
#[tokio::test]
async fn a_probe_asks_for_both_senders_and_sends_nothing() {
    let probe = async |plan: &[(&'static str, Option<&'static str>)]| {
        let server = Server::plain().await;
        for (stage, words) in plan {
            words.map_or_else(|| server.pass(stage), |words| server.act(stage, Act::Say(words)));
        }
        let outcome = Smtp::probe(&ours(&server), Some(&address(US))).await;
        assert!(server.seen().contents.is_empty() && !server.seen().commands.contains(&"DATA".to_owned()));
        outcome.map(|probed| (server.seen().commands, probed.doubt))
    };
    let (commands, doubt) = probe(&[]).await.unwrap();
    for sender in ["<>", "<support@desk.test>"] {
        assert!(commands.contains(&format!("MAIL FROM:{sender}")), "{commands:?}");
    }
    assert_eq!(doubt, None);
    // What a letter has a way around is no trouble, nor what is about the recipient.
    let no_null = ("MAIL", Some("550 5.7.1 no null senders"));
    assert_eq!(probe(&[no_null]).await.unwrap().1, None);
    assert_eq!(probe(&[("RCPT", Some("556 5.1.10 no mail there"))]).await.unwrap().1, None);
    // Said of the recipient or of us: letters may go out all the same.
    let unclear = [("RCPT", Some("550 Unrouteable address")); 2];
    let doubt = probe(&unclear).await.unwrap().1.unwrap();
    assert!(doubt.contains("(550 Unrouteable address): nothing to do if letters go out"), "{doubt}");
    let not_owned = ("MAIL", Some("553 5.7.1 not owned"));
    for plan in [[no_null, not_owned], [("MAIL", None), not_owned]] {
        let error = probe(&plan).await.unwrap_err();
        assert!(error.contains("553 5.7.1 not owned"), "{error}");
        assert!(error.contains("set `user` and its password in [smtp]"), "{error}");
    }
    let error = probe(&[("RCPT", Some("451 4.3.0 later"))]).await.unwrap_err();
    assert!(error.contains("451 4.3.0 later"), "{error}");
}
