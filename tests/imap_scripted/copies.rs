//! Copies for the folder for sent mail, with every fault in every state: an error that says so, within its time, and the
//! next try works. Whether the lost one is there nobody knows, so at most one copy is there twice.

use super::*;
use crate::bytes::Bytes;
use crate::scripted_imap::Act;
use askback::imap::{ImapError, SentFolder};
use askback::mail::MessageId;
use chrono::DateTime;

/// What is copied: one line, so that the server can take it for a command.
const RAW: Bytes<'_> = Bytes(b"copy");

async fn server() -> ScriptedImap {
    let server = ScriptedImap::start().await;
    server.state().list.push_str("* LIST (\\Sent) \"/\" Sent\r\n");
    server.state().folders.insert("Sent".to_owned(), Vec::new());
    server
}

fn folder(server: &ScriptedImap) -> SentFolder {
    let mut settings = server.settings();
    settings.timing.inactivity = Duration::from_millis(400);
    settings.timing.append = Duration::from_millis(1500);
    // The sender is dropped: nobody stops it.
    SentFolder::new(settings, None, tokio::sync::watch::channel(false).1)
}

async fn check(state: &str, fault: Act) -> ImapError {
    let server = server().await;
    if state == "copy" {
        server.rule("APPEND", 1, Act::Answer("+ go on\r\n".to_owned()));
    }
    server.rule(state, 1, fault);
    let mut folder = folder(&server);
    let error = folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap_err();
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    folder.close().await;
    assert_eq!(server.state().folders["Sent"], [RAW.0], "{state}: {error}");
    let lost = matches!(error.error, ImapError::Lost(_) | ImapError::Bye(_));
    assert_eq!(error.in_hand, lost && ["APPEND", "copy"].contains(&state), "{state}: {error}");
    error.error
}

#[tokio::test]
async fn any_fault_in_any_state() {
    let states = ["GREETING", "CAPABILITY", "AUTHENTICATE", "LIST", "APPEND", "copy"];
    let faults = [
        Act::AnswerAndClose(String::new()),
        Act::AnswerAndClose("* BYE going down\r\n".to_owned()),
        Act::Silence,
        Act::Answer("A9999 OK done\r\n".to_owned()),
    ];
    let cases: Vec<_> =
        states.iter().flat_map(|state| faults.iter().map(move |fault| (state, fault))).collect();
    let errors = cases.iter().map(|(state, fault)| check(state, (*fault).clone()));
    for ((state, fault), error) in cases.iter().zip(futures::future::join_all(errors).await) {
        assert!(matches!(error, ImapError::Lost(_) | ImapError::Bye(_)), "{state}: {fault:?}: {error}");
    }
    println!(
        "IMAP: {} faults while a copy was put into the Sent folder: each told, the next copy is there",
        cases.len()
    );
}

/// Servers look a large letter over before they say that they have it.
#[tokio::test]
async fn a_server_that_takes_its_time_with_a_letter_has_it_once() {
    let server = server().await;
    server.state().append_takes = Duration::from_millis(700);
    let mut folder = folder(&server);
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    folder.close().await;
    assert_eq!(server.state().folders["Sent"], [RAW.0]);
}

/// Whoever refuses a letter for its size can say so only if he is asked before it comes.
#[tokio::test]
async fn a_large_letter_is_announced_before_it_goes() {
    for (capability, size, expect) in [
        ("LITERAL+", 4096, "{4096+}"),
        ("LITERAL-", 4096, "{4096+}"),
        ("LITERAL+", 4097, "{4097}"),
        ("LITERAL-", 4097, "{4097}"),
        ("", 5, "{5}"),
    ] {
        let server = server().await;
        server.state().capabilities = format!("IMAP4rev1 {capability}");
        let mut folder = folder(&server);
        folder.append(&Bytes(&vec![b'x'; size]), DateTime::UNIX_EPOCH).await.unwrap();
        folder.close().await;
        let asked = server.asked("APPEND");
        assert!(asked.len() == 1 && asked[0].ends_with(expect), "{capability} {size}: {asked:?}");
    }
}

#[tokio::test]
async fn a_letter_that_is_answered_by_no_plus_is_not_waited_for() {
    let bad = Act::Answer("* BAD Command line too long\r\n".to_owned());
    let error = check("APPEND", bad).await;
    assert!(
        matches!(&error, ImapError::Lost(why) if why == "it answers BAD: Command line too long"),
        "{error}"
    );
}

#[tokio::test]
async fn silence_at_the_goodbye_ends_it() {
    let server = server().await;
    server.rule("LOGOUT", 1, Act::Silence);
    let mut folder = folder(&server);
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(5), folder.close()).await;
    assert!(closed.is_ok(), "it waited for the answer to LOGOUT");
}

#[tokio::test]
async fn a_full_mailbox_takes_the_copy_when_there_is_room() {
    let full = Act::Answer("{tag} NO [OVERQUOTA] Quota exceeded\r\n".to_owned());
    let error = check("APPEND", full).await;
    assert!(matches!(error, ImapError::Throttled { .. }), "{error}");
    insta::assert_snapshot!(error, @"the IMAP server asks to come back later ([OVERQUOTA] Quota exceeded): make room in the mailbox, or raise its quota");
}

/// It is not sent for nothing.
#[tokio::test]
async fn a_letter_over_the_limit_that_a_server_tells_stays_here() {
    for (limit, taken) in [("APPENDLIMIT=4", true), ("APPENDLIMIT=3", false), ("APPENDLIMIT", true)] {
        let server = server().await;
        server.state().capabilities = format!("IMAP4rev1 {limit}");
        let mut folder = folder(&server);
        let outcome = folder.append(&RAW, DateTime::UNIX_EPOCH).await;
        folder.close().await;
        assert_eq!((server.asked("APPEND ").len(), outcome.is_ok()), (usize::from(taken), taken), "{limit}");
        let Err(error) = outcome else { continue };
        assert!(!error.in_hand && matches!(error.error, ImapError::Refused { .. }), "{error}");
        insta::assert_snapshot!(error, @"the IMAP server refuses to put a copy into the folder Sent (it has 4 bytes, APPENDLIMIT is 3): check the setting `sent_folder` and the rights of this login, or look at the server's log");
    }
}

/// It took as long to send it, or to look it over.
#[tokio::test]
async fn a_letter_that_takes_long_is_no_talk_without_end() {
    let server = server().await;
    server.state().append_takes = Duration::from_millis(300);
    let mut settings = server.settings();
    settings.timing.command = Duration::from_millis(100);
    let mut folder = SentFolder::new(settings, None, tokio::sync::watch::channel(false).1);
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    folder.close().await;
    assert_eq!(server.state().folders["Sent"], [RAW.0]);
}

#[tokio::test]
async fn a_folder_whose_name_has_quotation_marks_is_found() {
    let server = ScriptedImap::start().await;
    let escaped = r#"My\"Sent\"C:\\mail"#.to_owned();
    server.state().list.push_str(&format!("* LIST (\\Sent) \"/\" \"{escaped}\"\r\n"));
    server.state().folders.insert(escaped.clone(), Vec::new());
    let mut folder = folder(&server);
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    folder.close().await;
    assert_eq!(server.state().folders[&escaped], [RAW.0]);
}

/// A reload stops everything else at once.
#[tokio::test]
async fn a_letter_that_is_on_its_way_is_not_stopped() {
    let server = server().await;
    server.state().append_takes = Duration::from_millis(500);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut folder = SentFolder::new(server.settings(), None, stopped);
    let stopping = async {
        while server.asked("APPEND").is_empty() {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
    };
    let (appended, ()) = tokio::join!(folder.append(&RAW, DateTime::UNIX_EPOCH), stopping);
    appended.unwrap();
    assert_eq!(server.state().folders["Sent"], [RAW.0]);
    let error = folder.has(&MessageId::parse("1@desk.test").unwrap()).await.unwrap_err();
    assert!(matches!(error.error, ImapError::Stopped), "{error}");
}

#[tokio::test]
async fn a_letter_is_looked_for_by_its_message_id() {
    for (answer, expect) in [
        ("* SEARCH 5\r\n{tag} OK done\r\n", true),
        ("* SEARCH\r\n{tag} OK done\r\n", false),
        ("{tag} NO cannot search\r\n", false),
        ("{tag} BAD what is HEADER?\r\n", false),
    ] {
        let server = server().await;
        server.rule("SEARCH HEADER", 1, Act::Answer(answer.to_owned()));
        let mut folder = folder(&server);
        assert_eq!(folder.has(&MessageId::parse("1@desk.test").unwrap()).await.unwrap(), expect, "{answer}");
        assert!(server.asked("HEADER")[0].ends_with("UID SEARCH HEADER Message-ID \"1@desk.test\""));
        assert!(server.asked("EXAMINE")[0].ends_with("EXAMINE \"Sent\""));
        folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
    }
    // A folder that is not there has none.
    let server = server().await;
    server.rule("EXAMINE", 1, Act::Answer("{tag} NO [NONEXISTENT] no such folder\r\n".to_owned()));
    let mut folder = folder(&server);
    assert!(!folder.has(&MessageId::parse("1@desk.test").unwrap()).await.unwrap());
    folder.append(&RAW, DateTime::UNIX_EPOCH).await.unwrap();
}

/// Servers without an index read all mails of the folder for it; one that ends over this letter does not keep it from all others.
#[tokio::test]
async fn a_search_may_take_as_long_as_a_letter_and_its_end_is_the_letter_s() {
    let id = MessageId::parse("1@desk.test").unwrap();
    for fault in
        [Act::Silence, Act::AnswerAndClose(String::new()), Act::AnswerAndClose("* BYE\r\n".to_owned())]
    {
        let server = server().await;
        server.rule("SEARCH HEADER", 1, fault.clone());
        let mut folder = folder(&server);
        let begun = std::time::Instant::now();
        let error = folder.has(&id).await.unwrap_err();
        assert!(error.in_hand, "{fault:?}: {error}");
        if matches!(fault, Act::Silence) {
            assert!(begun.elapsed() > Duration::from_millis(1400), "{:?}", begun.elapsed());
        }
        assert!(!folder.has(&id).await.unwrap());
    }
    // Of a folder that cannot be opened no letter is to blame.
    let server = server().await;
    server.rule("EXAMINE", 1, Act::AnswerAndClose(String::new()));
    assert!(!folder(&server).has(&id).await.unwrap_err().in_hand);
}
