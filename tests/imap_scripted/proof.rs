//! No mail is removed from its folder before it is known to be in the other one, nor copied there twice.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{After, Progress};

const PLAIN: &str = "IMAP4rev1 IDLE SASL-IR AUTH=PLAIN";
const UIDPLUS: &str = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN";

fn answer(text: &str) -> Act {
    Act::Answer(format!("{text}\r\n"))
}

async fn server(capabilities: &str, mails: usize) -> ScriptedImap {
    let server = ScriptedImap::start().await;
    server.state().capabilities = capabilities.to_owned();
    server.state().folders.insert("Done".to_owned(), Vec::new());
    server.deliver(&vec![100; mails]);
    server
}

fn moving(server: &ScriptedImap) -> Settings {
    let poll = Duration::from_millis(10);
    Settings { after: After::Move("Done".to_owned()), poll, ..take_all(server) }
}

fn done(server: &ScriptedImap) -> usize {
    server.state().folders["Done"].len()
}

/// What of a server's mails is marked `\Deleted`, if it is still there.
fn deleted(server: &ScriptedImap) -> usize {
    server.state().mails.values().filter(|mail| !mail.flags.is_empty()).count()
}

#[tokio::test]
async fn what_did_not_arrive_is_not_deleted() {
    for capabilities in [PLAIN, UIDPLUS] {
        let server = server(capabilities, 3).await;
        server.rule("UID COPY", 3, answer("{tag} OK done"));
        let watcher = Watcher::start(moving(&server), MemorySink::new());
        watcher.sink.until("it has looked", |seen| seen.caught_up() > 0).await;
        assert!(server.asked("STORE").is_empty(), "{capabilities}: {:?}", server.asked("STORE"));
        let seen = watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 3).await;
        assert_eq!(done(&server), 3, "{capabilities}: {:?}", server.asked("COPY"));
        let left = if capabilities == UIDPLUS { 0 } else { 3 };
        assert_eq!(deleted(&server), left, "{capabilities}");
        let told = |progress: &Progress| matches!(progress, Progress::CaughtUp { unmarked: Some(why) } if why.starts_with("OK, but nothing"));
        assert!(seen.progress.iter().any(told), "{:?}", seen.progress);
        assert!(seen.offline().is_empty());
    }
}

/// Courier copies to a folder that is missing with OK and without a copy.
#[tokio::test]
async fn a_folder_that_is_missing_is_not_taken_for_one_that_has_the_mails() {
    for capabilities in [PLAIN, UIDPLUS, "IMAP4rev1 IDLE MOVE SASL-IR AUTH=PLAIN"] {
        let server = server(capabilities, 2).await;
        server.state().folders.clear();
        server.state().copies_nowhere = true;
        let watcher = Watcher::start(moving(&server), MemorySink::new());
        let is_moving = capabilities.contains("MOVE");
        if is_moving {
            watcher.sink.until("it has looked", |seen| seen.caught_up() > 0).await;
            server.state().folders.insert("Done".to_owned(), Vec::new());
        }
        watcher.sink.until("they are moved", |seen| seen.confirmed.len() == 2).await;
        assert_eq!(server.asked("CREATE").len(), usize::from(!is_moving), "{capabilities}");
        assert_eq!(done(&server), 2, "{capabilities}");
        if !is_moving {
            // Somebody deletes it.
            server.state().folders.clear();
            server.deliver(&[100]);
            watcher.sink.until("the third is moved", |seen| seen.confirmed.len() == 3).await;
            assert_eq!(done(&server), 1, "{capabilities}");
        }
        watcher.stop_once("all is said", |_| true).await;
    }
}

#[tokio::test]
async fn a_target_of_which_nothing_is_told_gets_no_mail() {
    let server = server(PLAIN, 2).await;
    server.rule("STATUS", usize::MAX, answer("{tag} NO Permission denied"));
    server.state().list.push_str("* LIST () \"/\" Done\r\n");
    let watcher = Watcher::start(moving(&server), MemorySink::new());
    let seen = watcher.stop_once("it has looked twice", |seen| seen.caught_up() > 1).await;
    assert!(server.asked("COPY").is_empty() && server.asked("STORE").is_empty());
    let expect = Progress::CaughtUp { unmarked: Some("Permission denied (STATUS Done)".to_owned()) };
    assert_eq!(seen.progress.last(), Some(&expect));
}

#[tokio::test]
async fn what_a_move_did_not_move_is_not_confirmed() {
    let server = server("IMAP4rev1 IDLE MOVE SASL-IR AUTH=PLAIN", 2).await;
    server.rule("UID MOVE", 3, answer("{tag} OK done"));
    let watcher = Watcher::start(moving(&server), MemorySink::new());
    watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 2).await;
    assert_eq!(done(&server), 2);
    assert!(server.state().mails.is_empty());
}

#[tokio::test]
async fn what_was_copied_is_not_copied_again_after_a_restart() {
    for refused in ["STORE", "EXPUNGE"] {
        let server = server(UIDPLUS, 2).await;
        server.rule(refused, 2, answer("{tag} NO Permission denied"));
        let sink = MemorySink::new();
        let watcher = Watcher::start(moving(&server), Arc::clone(&sink));
        watcher.stop_once("it was refused", |seen| seen.caught_up() > 0).await;
        let watcher = Watcher::start(moving(&server), sink);
        watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 2).await;
        assert_eq!(done(&server), 2, "{refused}: {:?}", server.asked("COPY"));
        assert!(server.state().mails.is_empty(), "{refused}");
    }
}
