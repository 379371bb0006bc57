//! Every state of a session met with every fault: the watcher comes back, and every mail is stored exactly once (the sink
//! asserts «once») and confirmed.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{After, FolderChoice, Progress};

/// The states of a session by what the server is waited for in them. `GREETING`, `DONE` and `REOPEN` are no commands of
/// their own.
const STATES: [&str; 17] = [
    "GREETING",
    "CAPABILITY",
    "AUTHENTICATE",
    "LIST",
    "SELECT",
    "RFC822.SIZE",
    "BODY.PEEK[])",
    "BODY.PEEK[]<",
    "STORE",
    "MOVE",
    "STATUS",
    "COPY",
    "EXPUNGE",
    "IDLE",
    "DONE",
    "NOOP",
    "REOPEN",
];

/// How long the server may be silent here.
const INACTIVITY: Duration = Duration::from_millis(400);

/// A session that gets into the state, once with the fault in it. Gives why the watcher was offline.
async fn check(state: &str, fault: Act) -> String {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 5000, 100]);
    let mut settings = take_all(&server);
    settings.limits.partial_over = 4000;
    settings.timing.inactivity = INACTIVITY;
    match state {
        "LIST" => {
            server.state().list.push_str("* LIST (\\Sent) \"/\" Sent\r\n");
            settings.folder = FolderChoice::Sent(None);
        }
        "MOVE" | "STATUS" | "COPY" | "EXPUNGE" => {
            if state != "MOVE" {
                server.state().capabilities = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN".to_owned();
            }
            server.state().folders.insert("Done".to_owned(), Vec::new());
            settings.after = After::Move("Done".to_owned());
        }
        "DONE" => {
            server.rule("IDLE", 1, Act::Answer("+ idling\r\n".to_owned()));
            settings.timing.idle_silence = Duration::from_millis(30);
        }
        "NOOP" => server.rule("IDLE", 1, Act::Before("* 9 EXISTS\r\n".to_owned())),
        "REOPEN" => {
            server.rule("SELECT", 1, Act::Before(String::new()));
            settings.poll = Duration::from_millis(30);
        }
        _ => {}
    }
    server.rule(if state == "REOPEN" { "SELECT" } else { state }, 1, fault.clone());
    let raws: Vec<Vec<u8>> = server.state().mails.values().map(|mail| mail.raw.clone()).collect();
    let back = |seen: &Seen| {
        let lost = seen.progress.iter().position(|progress| matches!(progress, Progress::Offline { .. }));
        let rest = lost.map_or(&[][..], |lost| &seen.progress[lost..]);
        rest.contains(&Progress::CaughtUp { unmarked: None })
    };
    let mut seen = Watcher::start(settings, MemorySink::new()).stop_once("it is back", back).await;
    seen.stored.sort_unstable_by_key(|mail| mail.key.uid);
    let stored: Vec<_> = seen.stored.iter().map(|mail| bytes(&mail.raw).into_owned()).collect();
    assert!(stored == raws, "{state}: {fault:?}: {:?}", seen.stored_uids());
    seen.confirmed.sort_unstable();
    assert_eq!(seen.confirmed, [1, 2, 3], "{state}: {fault:?}");
    assert!(seen.held.is_empty() && seen.attempts.is_empty(), "{state}: {fault:?}: {:?}", seen.attempts);
    let offline = seen.offline();
    assert_eq!(offline.len(), 1, "{state}: {fault:?}: {offline:?}");
    offline[0].clone()
}

/// All states with one fault, each of which must be told by one of these words.
async fn check_all(what: &str, words: &[&str], fault: impl Fn(&str) -> Act) {
    let all = STATES.map(|state| {
        let fault = fault(state);
        async move { (state, check(state, fault).await) }
    });
    for (state, why) in futures::future::join_all(all).await {
        assert!(words.iter().any(|words| why.contains(words)), "{what}, {state}: {why}");
    }
    println!("IMAP: {what} in {} states: 3 mails in each, stored once, confirmed", STATES.len());
}

#[tokio::test]
async fn a_cut_in_every_state() {
    check_all("a cut", &["lost"], |_| Act::AnswerAndClose(String::new())).await;
}

#[tokio::test]
async fn bye_in_every_state() {
    check_all("BYE", &["closed the connection (going down)"], |state| {
        let first = if state == "IDLE" { "+ idling\r\n" } else { "" };
        Act::AnswerAndClose(format!("{first}* BYE going down\r\n"))
    })
    .await;
}

#[tokio::test]
async fn silence_in_every_state() {
    check_all("silence", &["silent"], |_| Act::Silence).await;
}

#[tokio::test]
async fn the_answer_to_another_command_in_every_state() {
    let words = ["that was not given", "out of order", "without a question", "does not greet"];
    check_all("a stale tag", &words, |_| Act::Answer("A9999 OK done\r\n".to_owned())).await;
}

#[tokio::test]
async fn what_is_no_imap_in_every_state() {
    check_all("garbage", &["lost"], |_| Act::Answer("HTTP/1.1 400 Bad Request\r\n\r\n".to_owned())).await;
}

/// An early OK makes the true answer a stale one.
#[tokio::test]
async fn an_answer_too_many() {
    for state in [
        "CAPABILITY",
        "SELECT",
        "RFC822.SIZE",
        "BODY.PEEK[])",
        "BODY.PEEK[]<",
        "STORE",
        "MOVE",
        "STATUS",
        "EXPUNGE",
    ] {
        check(state, Act::Before("{tag} OK done\r\n".to_owned())).await;
    }
}

#[tokio::test]
async fn literals_of_a_wrong_length() {
    let (mut lies, body) = (0, format!("{:x<100}", "Subject: mail 1\r\n\r\n"));
    for length in [0, 1, 50, 99, 101, 102, 103, 104, 110, 5000] {
        let lie = format!("* 1 FETCH (UID 1 BODY[] {{{length}}}\r\n{body})\r\n{{tag}} OK done\r\n");
        check("BODY.PEEK[])", Act::Answer(lie)).await;
        let lie = format!("* 2 FETCH (UID 2 BODY[]<0> {{{length}}}\r\n{body})\r\n{{tag}} OK done\r\n");
        check("BODY.PEEK[]<", Act::Answer(lie)).await;
        lies += 2;
    }
    println!("IMAP: {lies} literals of a wrong length: nothing of them was stored");
}
