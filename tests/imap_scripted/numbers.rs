//! UIDs that jump, come back or mean something else; messages that go while they are fetched; a quota.

use super::*;
use crate::scripted_imap::{Act, Mail};
use askback::imap::After;

fn mail(text: &str, date: &'static str) -> Mail {
    let raw = format!("Subject: {text}\r\n\r\n{text}\r\n").into_bytes();
    Mail { size: raw.len() as u64, raw, flags: Vec::new(), date }
}

#[tokio::test]
async fn gaps_between_the_numbers_lose_nothing() {
    let server = ScriptedImap::start().await;
    let uids = [1, 5, 6, 70_000, 70_002, 4_000_000_000, u32::MAX - 1, u32::MAX];
    {
        let mut state = server.state();
        state.uid_next = None;
        state.mails = uids.map(|uid| (uid, mail(&uid.to_string(), " 1-Feb-2026 03:04:05 +0300"))).into();
    }
    let mut settings = take_all(&server);
    settings.limits.range_mails = 3;
    settings.timing.idle_silence = Duration::from_millis(20);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it has looked again", |seen| seen.caught_up() > 2).await;
    let mut stored = seen.stored_uids();
    stored.sort_unstable();
    assert_eq!((stored, seen.confirmed.len()), (uids.to_vec(), uids.len()));
    assert!(seen.offline().is_empty(), "{:?}", seen.offline());
}

/// The servers' clock goes on, the numbering comes back: what was stored under a UID is not what lies there now.
#[tokio::test]
async fn a_numbering_that_comes_back_with_other_mails_hides_none() {
    const DAYS: [&str; 3] =
        [" 1-Feb-2026 03:04:05 +0300", " 2-Feb-2026 03:04:05 +0300", " 3-Feb-2026 03:04:05 +0300"];
    let server = ScriptedImap::start().await;
    let sink = MemorySink::new();
    let same = mail("same", DAYS[0]);
    let eras = [
        (7, vec![(1, mail("a", DAYS[0])), (2, mail("b", DAYS[0])), (3, same.clone())]),
        (8, vec![(1, mail("c", DAYS[1])), (2, mail("d", DAYS[1]))]),
        (7, vec![(1, mail("e", DAYS[2])), (2, mail("f", DAYS[2])), (3, same)]),
    ];
    for (era, (uid_validity, mails)) in eras.into_iter().enumerate() {
        {
            let mut state = server.state();
            state.uid_validity = Some(uid_validity);
            state.uid_next = Some(4);
            state.mails = mails.into_iter().collect();
        }
        let watcher = Watcher::start(take_all(&server), Arc::clone(&sink));
        watcher.stop_once("it has caught up", |seen| seen.caught_up() > era).await;
    }
    let seen = sink.seen();
    let text = |raw: &Raw| String::from_utf8(bytes(raw).into_owned()).unwrap();
    let mut stored: Vec<String> = seen.stored.iter().map(|mail| text(&mail.raw)).collect();
    stored.sort_unstable();
    let stored: Vec<&str> =
        stored.iter().filter_map(|text| text.trim_end().split("\r\n\r\n").nth(1)).collect();
    assert_eq!(stored, ["a", "b", "c", "d", "e", "f", "same"]);
}

#[tokio::test]
async fn an_expunge_that_is_told_in_the_middle_of_a_fetch_shifts_nothing() {
    for command in ["RFC822.SIZE", "BODY.PEEK[])", "BODY.PEEK[]<", "STORE"] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100, 5000, 100, 100]);
        let mut settings = take_all(&server);
        settings.limits.partial_over = 4000;
        // What went was another's: numbers of messages shift, UIDs do not.
        server.rule(command, 1, Act::Before("* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 2 EXISTS\r\n".to_owned()));
        let mut stored = caught_up(settings).await.stored_uids();
        stored.sort_unstable();
        assert_eq!(stored, [1, 2, 3, 4], "{command}");
    }
}

#[tokio::test]
async fn a_quota_of_commands_is_no_full_mailbox() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    let busy = "{tag} NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n";
    server.rule("BODY.PEEK[]", 1, Act::Answer(busy.to_owned()));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.stored_uids(), [1, 2, 3]);
    insta::assert_snapshot!(seen.offline().concat(), @"the IMAP server asks to come back later ([OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)): nothing to do, it is tried again");
}

#[tokio::test]
async fn a_quota_that_forbids_a_move_keeps_the_mail_and_is_tried_again() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    server.state().folders.insert("Done".to_owned(), Vec::new());
    let full = "{tag} NO [OVERQUOTA] Quota exceeded (mailbox for user is full)\r\n";
    server.rule("MOVE", 2, Act::Answer(full.to_owned()));
    let mut settings = take_all(&server);
    settings.after = After::Move("Done".to_owned());
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 3).await;
    assert_eq!((seen.stored_uids(), server.asked("MOVE").len()), (vec![1, 2, 3], 3));
    assert!(seen.offline().is_empty(), "{:?}", seen.offline());
    assert_eq!(server.state().folders["Done"].len(), 3);
}

#[tokio::test]
async fn a_numbering_that_changes_while_the_folder_is_open_marks_no_other_mail() {
    for command in ["BODY.PEEK[]", "NOOP", "STORE"] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 2]);
        server.rule(command, 1, Act::Before("* OK [UIDVALIDITY 8] numbered anew\r\n".to_owned()));
        let watcher = Watcher::start(take_all(&server), MemorySink::new());
        watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
        server.deliver(&[100]);
        let all = |seen: &Seen| seen.confirmed.len() == 3 && !seen.offline().is_empty();
        let seen = watcher.stop_once("all are stored", all).await;
        assert_eq!((seen.stored.len(), seen.offline().len()), (3, 1), "{command}");
        assert!(
            seen.offline()[0].contains("(UIDVALIDITY was 7 and is 8)"),
            "{command}: {:?}",
            seen.offline()
        );
    }
}

/// With `start = "new"`, a UIDNEXT that is too low would bring years of mail.
#[tokio::test]
async fn a_next_number_that_is_a_lie_makes_no_old_mail_new() {
    for (told, answer) in [(Some(1), ""), (None, ""), (Some(4), "{tag} NO [SERVERBUG] cannot read it\r\n")] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 3]);
        server.state().uid_next = told;
        server.rule("FETCH 3 (UID)", usize::from(!answer.is_empty()), Act::Answer(answer.to_owned()));
        let watcher = Watcher::start(server.settings(), MemorySink::new());
        watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
        server.state().uid_next = Some(4);
        server.deliver(&[100]);
        let seen = watcher.stop_once("the new mail is stored", |seen| seen.confirmed.len() == 1).await;
        assert_eq!(seen.stored_uids(), [4], "{told:?}");
    }
}

#[tokio::test]
async fn a_mail_that_comes_right_behind_the_answer_to_select_is_new() {
    for next in ["* OK [UIDNEXT 4] told\r\n", ""] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 4]);
        let told = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] told\r\n";
        server.rule("SELECT", 1, Act::Answer(format!("{told}{next}{{tag}} OK done\r\n")));
        let watcher = Watcher::start(server.settings(), MemorySink::new());
        let seen = watcher.stop_once("it is stored", |seen| seen.confirmed.len() == 1).await;
        assert_eq!(seen.stored_uids(), [4], "{next}");
    }
}

/// Nor at a later connection.
#[tokio::test]
async fn a_next_number_that_turns_into_a_lie_makes_no_old_mail_new() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    let sink = MemorySink::new();
    let watcher = Watcher::start(server.settings(), Arc::clone(&sink));
    watcher.stop_once("caught up", |seen| seen.caught_up() > 0).await;
    server.state().uid_next = Some(2);
    let watcher = Watcher::start(server.settings(), sink);
    watcher.sink.until("caught up again", |seen| seen.caught_up() > 1).await;
    server.state().uid_next = Some(4);
    server.deliver(&[100]);
    let seen = watcher.stop_once("the new mail is stored", |seen| seen.confirmed.len() == 1).await;
    assert_eq!(seen.stored_uids(), [4]);
}

/// The server has mails, and does not tell which is the last.
#[tokio::test]
async fn a_last_number_that_is_not_told_makes_no_old_mail_new() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    server.state().uid_next = None;
    server.rule("FETCH 3 (UID)", 1, Act::Answer("{tag} OK done\r\n".to_owned()));
    let watcher = Watcher::start(server.settings(), MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
    server.deliver(&[100]);
    let seen = watcher.stop_once("the new mail is stored", |seen| seen.confirmed.len() == 1).await;
    assert_eq!((seen.stored_uids(), seen.offline().len()), (vec![4], 1));
}
