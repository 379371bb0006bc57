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

/// What is known of a mail that is not copied any more.
fn given_up(uid: u32) -> std::collections::BTreeMap<(u32, u32), (u32, bool)> {
    [((7, uid), (3, false))].into()
}

/// The others go on; it stays, marked as read.
#[tokio::test]
async fn a_mail_that_is_never_seen_to_arrive_is_copied_three_times() {
    for capabilities in [PLAIN, UIDPLUS] {
        let server = server(capabilities, 3).await;
        server.rule("UID COPY 2 ", usize::MAX, answer("{tag} OK done"));
        let watcher = Watcher::start(moving(&server), MemorySink::new());
        let marked = |_: &Seen| server.state().mails[&2].flags == ["\\Seen"];
        watcher.sink.until("it is given up", marked).await;
        server.deliver(&[100]);
        let seen = watcher.stop_once("the fourth, too", |seen| seen.confirmed.len() == 3).await;
        assert_eq!(seen.unconfirmed, given_up(2), "it is remembered");
        let copies = [1, 2, 3, 4].map(|uid| server.asked(&format!("UID COPY {uid} ")).len());
        assert_eq!((copies, done(&server)), ([1, 3, 1, 1], 3), "{capabilities}");
        assert_eq!(seen.confirmed[..2], [3, 1], "{capabilities}");
        assert_eq!(server.state().mails[&2].flags, ["\\Seen"], "{capabilities}: it is marked once");
    }
}

#[tokio::test]
async fn a_copy_whose_end_is_not_heard_is_not_repeated_without_end() {
    let server = server(UIDPLUS, 3).await;
    server.rule("UID COPY 2 ", usize::MAX, Act::AnswerAndClose(String::new()));
    let sink = MemorySink::new();
    let watcher = Watcher::start(moving(&server), Arc::clone(&sink));
    let settled = |seen: &Seen| seen.confirmed.len() == 2 && seen.offline().len() == 2;
    watcher.sink.until("the others are moved", settled).await;
    let rounds = sink.seen().caught_up();
    watcher.stop_once("it has looked again", |seen| seen.caught_up() > rounds + 5).await;
    assert_eq!((done(&server), server.asked("UID COPY 2 ").len()), (2, 2));
    assert_eq!(sink.seen().unconfirmed, [((7, 2), (2, false))].into());
    // Nor does another process begin anew.
    let watcher = Watcher::start(moving(&server), Arc::clone(&sink));
    let watcher = {
        watcher.stop_once("it has tried", |seen| seen.offline().len() == 3).await;
        Watcher::start(moving(&server), Arc::clone(&sink))
    };
    let marked = |_: &Seen| server.state().mails[&2].flags == ["\\Seen"];
    watcher.sink.until("it gives up", marked).await;
    let rounds = sink.seen().caught_up();
    watcher.sink.until("it has looked again", |seen| seen.caught_up() > rounds + 5).await;
    assert_eq!((server.asked("UID COPY 2 ").len(), sink.seen().offline().len()), (3, 3));
    assert_eq!((sink.seen().unconfirmed.clone(), server.asked("STORE 2 ").len()), (given_up(2), 1));
    // Somebody takes it away.
    server.state().mails.clear();
    let seen = watcher.stop_once("that is seen", |seen| seen.confirmed.len() == 3).await;
    assert_eq!(seen.unconfirmed, [].into());
}

/// Once the server can move, or nothing is to be moved any more, nothing is left undone.
#[tokio::test]
async fn a_mail_that_was_given_up_is_moved_where_that_is_possible() {
    for (capabilities, after) in
        [("IMAP4rev1 IDLE MOVE SASL-IR AUTH=PLAIN", After::Move("Done".to_owned())), (UIDPLUS, After::Seen)]
    {
        let server = server(UIDPLUS, 1).await;
        server.rule("UID COPY 1 ", 3, answer("{tag} OK done"));
        let watcher = Watcher::start(moving(&server), MemorySink::new());
        let sink = Arc::clone(&watcher.sink);
        watcher.stop_once("it is given up", |seen| seen.unconfirmed == given_up(1)).await;
        server.state().capabilities = capabilities.to_owned();
        let settings = Settings { after, ..moving(&server) };
        let seen = Watcher::start(settings, sink).stop_once("it is done", |seen| seen.confirmed == [1]).await;
        assert_eq!(seen.unconfirmed, [].into());
    }
}

#[tokio::test]
async fn a_server_that_takes_its_time_with_a_copy_is_waited_for() {
    let server = server(UIDPLUS, 2).await;
    server.state().append_takes = Duration::from_millis(600);
    let mut settings = moving(&server);
    settings.timing.inactivity = Duration::from_millis(200);
    let seen = Watcher::start(settings, MemorySink::new())
        .stop_once("they are moved", |seen| seen.confirmed.len() == 2)
        .await;
    assert_eq!((done(&server), seen.offline().len()), (2, 0));
}

#[tokio::test]
async fn a_mail_that_cannot_be_deleted_holds_up_no_others() {
    for stuck in [1, 2, 3] {
        let server = server(UIDPLUS, 3).await;
        for set in ["1:2", "2:3", "1:3", &stuck.to_string()] {
            server.rule(&format!("UID STORE {set} "), usize::MAX, answer("{tag} NO it is locked"));
        }
        let watcher = Watcher::start(moving(&server), MemorySink::new());
        watcher.sink.until("two are moved", |seen| seen.confirmed.len() == 2).await;
        server.deliver(&[100]);
        watcher.stop_once("the fourth, too", |seen| seen.confirmed.len() == 3).await;
        assert_eq!((server.asked("COPY").len(), done(&server)), (4, 4), "{stuck}");
    }
}

/// A folder that grows by more than what was copied has another's mail in it, or more of ours.
#[tokio::test]
async fn growth_by_more_than_one_is_no_proof() {
    let server = server(PLAIN, 1).await;
    let told = |count| answer(&format!("* STATUS Done (MESSAGES {count})\r\n{{tag}} OK done"));
    server.rule("STATUS", 1, told(5));
    server.rule("UID COPY", 1, answer("{tag} OK done"));
    server.rule("STATUS", 1, told(7));
    let watcher = Watcher::start(moving(&server), MemorySink::new());
    watcher.sink.until("it has looked", |seen| seen.caught_up() > 0).await;
    assert!(server.asked("STORE").is_empty());
    watcher.stop_once("it is moved", |seen| seen.confirmed.len() == 1).await;
    assert_eq!(done(&server), 1);
}

/// What is known of a mail's copies goes with its number; what is known of the server stays.
#[tokio::test]
async fn a_server_that_numbers_its_mails_anew_is_not_given_copies_without_end() {
    for (pause, most) in [(Duration::from_secs(600), 3), (Duration::from_millis(1), 3 * 5)] {
        let server = server(UIDPLUS, 1).await;
        server.rule("UID COPY", usize::MAX, answer("{tag} OK done"));
        let mut settings = moving(&server);
        settings.timing.idle_silence = Duration::from_millis(20);
        settings.timing.refused_first = pause;
        settings.timing.refused_max = pause;
        let watcher = Watcher::start(settings, MemorySink::new());
        for session in 1..=12 {
            watcher.sink.until("it has looked", |seen| seen.caught_up() >= session).await;
            server.state().uid_validity = Some(7 + u32::try_from(session).unwrap());
            server.rule("IDLE", 1, Act::AnswerAndClose(String::new()));
            watcher.sink.until("it is numbered anew", |seen| seen.offline().len() >= session).await;
            let rounds = watcher.sink.seen().caught_up();
            watcher.sink.until("it has looked again", |seen| seen.caught_up() > rounds + 2).await;
        }
        let seen = watcher.stop_once("all is said", |_| true).await;
        let copies = server.asked("UID COPY").len();
        assert!(copies <= most, "{copies} {pause:?}: {:?}", seen.progress.last());
        assert!(server.asked("Deleted").is_empty());
    }
}

#[tokio::test]
async fn new_mail_does_not_wait_for_all_copies() {
    let server = server(UIDPLUS, 250).await;
    server.state().names_copies = true;
    server.rule("UID COPY 240 ", 1, Act::Before("* 251 EXISTS\r\n".to_owned()));
    let watcher = Watcher::start(moving(&server), MemorySink::new());
    watcher.stop_once("all are moved", |seen| seen.confirmed.len() == 250).await;
    let log = server.state().log.clone();
    let first = |what: &str| log.iter().position(|line| line.starts_with(what)).unwrap();
    let between = &log[first("UID COPY 150 ")..first("UID COPY 149 ")];
    assert!(between.iter().any(|line| line.contains("RFC822.SIZE")), "{between:?}");
    assert_eq!((server.asked("COPY").len(), server.asked("EXPUNGE").len()), (250, 4));
}
