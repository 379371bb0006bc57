//! A folder that is deleted or renamed, and made anew, while it is watched.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{After, Cursor};

/// Deletes the folder and makes one of the same name, with one mail in it.
fn make_anew(server: &ScriptedImap) {
    {
        let mut state = server.state();
        state.uid_validity = Some(8);
        state.uid_next = Some(1);
        state.mails.clear();
    }
    server.deliver(&[333]);
}

async fn check(server: &ScriptedImap, mut settings: Settings) -> Seen {
    server.deliver(&[100, 100]);
    settings.poll = Duration::from_millis(50);
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
    make_anew(server);
    let seen = watcher.stop_once("the new mail is stored", |seen| seen.stored.len() == 3).await;
    assert_eq!(seen.stored_uids(), [1, 2, 1]);
    assert_eq!(seen.cursor, Some(Cursor { uid_validity: 8, next_uid: 2 }));
    seen
}

#[tokio::test]
async fn its_mails_are_seen_in_idle() {
    let server = ScriptedImap::start().await;
    let seen = check(&server, take_all(&server)).await;
    insta::assert_snapshot!(seen.offline().concat(), @"the server has made the folder anew, or numbered its mails anew (UIDVALIDITY was 7 and is 8): it is opened again");
    assert_eq!(server.state().connections, 2);
}

#[tokio::test]
async fn its_mails_are_seen_where_the_server_has_no_idle() {
    let server = ScriptedImap::start().await;
    server.state().capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN".to_owned();
    check(&server, take_all(&server)).await;
}

#[tokio::test]
async fn its_mails_are_seen_where_it_is_only_read() {
    let server = ScriptedImap::start().await;
    let settings = Settings { after: After::Leave, ..take_all(&server) };
    check(&server, settings).await;
    assert!(server.asked("SELECT").is_empty(), "{:?}", server.asked("SELECT"));
}

#[tokio::test]
async fn its_mails_are_seen_though_the_old_one_goes_on_telling() {
    let server = ScriptedImap::start().await;
    // What was renamed still gets mail: each IDLE ends with news at once.
    server.rule("IDLE", usize::MAX, Act::Before("* 1 EXISTS\r\n* 9 EXISTS\r\n".to_owned()));
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(50);
    check(&server, settings).await;
}

#[tokio::test]
async fn one_that_is_gone_is_told_and_waited_for() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 100]);
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(50);
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
    make_anew(&server);
    server.rule("SELECT", 3, Act::Answer("{tag} NO [NONEXISTENT] no such folder\r\n".to_owned()));
    let seen = watcher.stop_once("the new mail is stored", |seen| seen.stored.len() == 3).await;
    assert_eq!(seen.offline().len(), 3, "{:?}", seen.offline());
    assert!(seen.offline()[0].contains("refuses to open the folder INBOX"), "{:?}", seen.offline());
}

#[tokio::test]
async fn another_connection_that_has_seen_it_is_believed() {
    let server = ScriptedImap::start().await;
    let watcher = Watcher::start(take_all(&server), MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
    // As `askback reconcile` does, while this one is in an IDLE that nothing ends.
    make_anew(&server);
    askback::imap::once(&take_all(&server), &watcher.sink).await.unwrap();
    server.state().uid_validity = Some(7);
    server.deliver(&[100]);
    let seen = watcher.stop_once("it looks again", |seen| !seen.offline().is_empty()).await;
    insta::assert_snapshot!(seen.offline().concat(), @"the server has made the folder anew, or numbered its mails anew (it has been listed under UIDVALIDITY 8): it is opened again");
}

#[tokio::test]
async fn one_that_stays_is_not_listed_again() {
    for capabilities in ["IMAP4rev1 IDLE SASL-IR AUTH=PLAIN", "IMAP4rev1 SASL-IR AUTH=PLAIN"] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = capabilities.to_owned();
        server.deliver(&[100; 50]);
        let mut settings = take_all(&server);
        settings.poll = Duration::from_millis(20);
        let watcher = Watcher::start(settings, MemorySink::new());
        let seen = watcher.stop_once("it has looked again", |seen| seen.caught_up() > 3).await;
        assert_eq!((seen.stored.len(), seen.offline().len(), server.state().connections), (50, 0, 1));
        let looks = server.asked("SELECT").len();
        assert!(looks >= 3, "{looks}");
        let listings = server.asked("RFC822.SIZE");
        assert!(listings.len() <= looks + server.asked("NOOP").len(), "{listings:?}");
        assert!(listings[1..].iter().all(|listing| listing.starts_with("UID FETCH 51:* ")), "{listings:?}");
    }
}

#[tokio::test]
async fn a_server_without_uidvalidity_is_only_asked_for_news() {
    let server = ScriptedImap::start().await;
    server.state().uid_validity = None;
    server.deliver(&[100; 2]);
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(20);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it has looked again", |seen| seen.caught_up() > 3).await;
    assert_eq!((seen.stored_uids(), seen.offline().len()), (vec![1, 2], 0));
    assert_eq!(server.asked("SELECT").len(), 1);
}
