//! Mails that cannot be listed, or are there and not shown: each is fetched or held, and none holds up another.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{Cursor, Listed, once};

/// The UIDs of all stored mails, and of those without INTERNALDATE.
fn stored(seen: &Seen) -> (Vec<u32>, Vec<u32>) {
    let mut stored = seen.stored_uids();
    stored.sort_unstable();
    let mut dateless: Vec<u32> =
        seen.stored.iter().filter(|mail| mail.internal_date.is_none()).map(|mail| mail.key.uid).collect();
    dateless.sort_unstable();
    (stored, dateless)
}

/// The row of UID 1 in a listing.
const ROW: &str = "* 1 FETCH (UID 1 RFC822.SIZE 100 INTERNALDATE \" 1-Feb-2026 03:04:05 +0300\")\r\n";

/// A server that ends the connection at the row of UID 2.
async fn breaking_at_2() -> ScriptedImap {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 4]);
    server.rule("FETCH 1:* (UID RFC822.SIZE", 9, Act::AnswerAndClose(ROW.to_owned()));
    server.rule("FETCH 2:4 (UID RFC822.SIZE", 9, Act::AnswerAndClose(String::new()));
    server
}

/// A watcher that has these on its work list, of unknown size, and looks often.
async fn wants_alone(server: &ScriptedImap, uids: &[u32], enough: impl Fn(&Seen) -> bool) -> Seen {
    let row = |uid: &u32| ((7, *uid), (Listed { uid: *uid, size: 0, internal_date: None }, 0));
    let sink = MemorySink::with(Seen {
        cursor: Some(Cursor { uid_validity: 7, next_uid: uids.last().unwrap() + 1 }),
        wanted: uids.iter().map(row).collect(),
        ..Seen::default()
    });
    let mut settings = take_all(server);
    settings.poll = Duration::from_millis(30);
    Watcher::start(settings, sink).stop_once("all is settled", enough).await
}

/// A watcher stores all mails, some of which have no date then; how often it was offline for it.
async fn check(server: &ScriptedImap, dateless: &[u32]) -> usize {
    let uids: Vec<u32> = server.state().mails.keys().copied().collect();
    let seen = caught_up(take_all(server)).await;
    assert_eq!(stored(&seen), (uids.clone(), dateless.to_vec()));
    assert!(seen.held.is_empty() && seen.attempts.is_empty(), "{:?}", seen.attempts);
    assert_eq!(seen.cursor.unwrap().next_uid, uids.last().unwrap() + 1);
    for mail in &seen.stored {
        assert!(bytes(&mail.raw) == server.state().mails[&mail.key.uid].raw, "{:?}", mail.key);
    }
    seen.offline().len()
}

#[tokio::test]
async fn a_mail_without_a_date_of_arrival_stops_no_other() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 5]);
    server.state().mails.get_mut(&2).unwrap().date = "NIL";
    assert_eq!(check(&server, &[2]).await, 1);
}

#[tokio::test]
async fn a_server_without_any_date_of_arrival_is_read_all_the_same() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 30]);
    server.state().mails.values_mut().for_each(|mail| mail.date = "NIL");
    let all: Vec<u32> = (1..=30).collect();
    let offline = check(&server, &all).await;
    assert!(offline <= 4, "{offline} connections were lost");
}

#[tokio::test]
async fn a_mail_for_which_a_listing_is_refused_stops_no_other() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 5]);
    server.state().unlistable = [2, 4].into();
    assert_eq!(check(&server, &[2, 4]).await, 0);
}

#[tokio::test]
async fn a_listing_that_is_refused_without_a_row_is_cut_in_halves() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 5]);
    for set in ["1:*", "1:5", "1:2", "2"] {
        let no = "{tag} NO [SERVERBUG] cannot read a message\r\n";
        server.rule(&format!("FETCH {set} (UID RFC822.SIZE"), 9, Act::Answer(no.to_owned()));
    }
    assert_eq!(check(&server, &[2]).await, 0);
}

#[tokio::test]
async fn a_mail_that_is_expunged_while_it_is_listed_is_no_refusal() {
    for row in [ROW, ""] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100]);
        server.rule(
            "RFC822.SIZE",
            1,
            Act::Answer(format!("{row}{{tag}} NO [EXPUNGEISSUED] Some are gone\r\n")),
        );
        let mut settings = take_all(&server);
        settings.poll = Duration::from_millis(30);
        let watcher = Watcher::start(settings, MemorySink::new());
        let seen = watcher.stop_once("it is stored", |seen| seen.stored.len() == 1).await;
        assert_eq!((stored(&seen), seen.offline()), ((vec![1], vec![]), vec![]));
        assert!(server.asked("SEARCH").is_empty());
    }
}

#[tokio::test]
async fn a_mail_whose_row_breaks_the_connection_each_time_stops_no_other() {
    assert_eq!(check(&breaking_at_2().await, &[2]).await, 2);
}

#[tokio::test]
async fn commands_get_past_a_mail_whose_row_breaks_the_connection() {
    let (server, sink) = (breaking_at_2().await, MemorySink::new());
    assert!(once(&take_all(&server), &sink).await.unwrap());
    assert_eq!(stored(&sink.seen()), (vec![1, 2, 3, 4], vec![2]));
}

#[tokio::test]
async fn a_last_mail_that_cannot_be_listed_costs_no_connection_each_round() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    server.state().mails.get_mut(&3).unwrap().date = "NIL";
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.sink.until("it has looked often", |seen| seen.caught_up() > 5).await;
    server.deliver(&[100]);
    let seen = watcher.stop_once("the next has come", |seen| seen.stored.len() == 4).await;
    assert_eq!((stored(&seen), seen.offline().len()), ((vec![1, 2, 3, 4], vec![3]), 1));
}

/// A server that is long silent before it lists many mails.
#[tokio::test]
async fn many_mails_are_listed_by_and_by_if_they_do_not_come_at_once() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 1500]);
    for set in ["1:*", "1:1500", "2:1500"] {
        server.rule(&format!("FETCH {set} (UID RFC822.SIZE"), 9, Act::Silence);
    }
    let mut settings = take_all(&server);
    settings.timing.inactivity = Duration::from_millis(700);
    let seen = caught_up(settings).await;
    assert_eq!(stored(&seen), ((1..=1500).collect(), vec![]));
}

#[tokio::test]
async fn no_mail_is_to_blame_for_a_server_that_refuses_everything() {
    let answer = |text: &str| Act::Answer(format!("{{tag}} {text}\r\n"));
    let close = || Act::AnswerAndClose(String::new());
    for act in [answer("NO [SERVERBUG] internal error"), answer("BAD come again"), close()] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 3]);
        server.rule("SEARCH", 6, act);
        server.rule("RFC822.SIZE", 6, answer("NO [SERVERBUG] internal error"));
        check(&server, &[]).await;
    }
}

#[tokio::test]
async fn where_search_fails_the_usual_listing_is_tried_again() {
    let searches = [Act::Answer("{tag} NO not here\r\n".to_owned()), Act::AnswerAndClose(String::new())];
    for (search, offline) in searches.into_iter().zip([2, 4]) {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 3]);
        server.rule("FETCH 1:* (UID RFC822.SIZE", 2, Act::AnswerAndClose(String::new()));
        server.rule("SEARCH", 99, search);
        assert_eq!(check(&server, &[]).await, offline);
    }
}

#[tokio::test]
async fn a_failure_of_the_server_that_passes_is_not_the_fault_of_a_single_mail() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    // Each round asks twice for the row.
    let no = "{tag} NO [SERVERBUG] internal error\r\n";
    server.rule("FETCH 1", 6, Act::Answer(no.to_owned()));
    assert_eq!(check(&server, &[]).await, 3);
}

#[tokio::test]
async fn a_single_mail_that_is_never_listed_is_fetched_all_the_same() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    server.state().unlistable = [1].into();
    assert_eq!(check(&server, &[1]).await, 3);
}

#[tokio::test]
async fn what_is_refused_alone_does_not_speak_against_others() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 4]);
    server.rule("BODY.PEEK[]", 6, Act::Answer("{tag} NO [SERVERBUG] internal error\r\n".to_owned()));
    // One is fetched alone, then the others in halves: six commands.
    let rows = [(1, 0), (2, 100), (3, 100), (4, 100)];
    let row = |(uid, size)| ((7, uid), (Listed { uid, size, internal_date: None }, 0));
    let sink = MemorySink::with(Seen {
        cursor: Some(Cursor { uid_validity: 7, next_uid: 5 }),
        wanted: rows.map(row).into(),
        ..Seen::default()
    });
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, sink);
    let seen = watcher.stop_once("all is stored", |seen| seen.stored.len() == 4).await;
    let attempts: Vec<u32> = seen.attempts.iter().map(|(uid, _)| *uid).collect();
    assert_eq!((attempts, seen.offline().len()), (vec![1], 1));
}

#[tokio::test]
async fn an_empty_body_of_a_mail_of_unknown_size_is_none() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    for uid in [1, 2] {
        let empty = format!("* {uid} FETCH (UID {uid} BODY[]<0> {{0}}\r\n)\r\n{{tag}} OK done\r\n");
        server.rule(&format!("FETCH {uid} (UID BODY"), 99, Act::Answer(empty));
    }
    let seen = wants_alone(&server, &[1, 2], |seen| seen.wanted.is_empty()).await;
    let held: Vec<u32> = seen.held.iter().map(|(uid, _)| *uid).collect();
    assert_eq!((seen.stored_uids(), held, seen.attempts.len()), (vec![], vec![1, 2], 10));
}

/// The server does not say that this is a part, and how long the mail is nobody knows.
#[tokio::test]
async fn a_part_without_its_place_is_not_taken_for_the_whole_mail() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    let part = "x".repeat(1 << 20);
    let answer = format!("* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{part})\r\n{{tag}} OK done\r\n", part.len());
    server.rule("BODY.PEEK[]<", 99, Act::Answer(answer));
    let seen = wants_alone(&server, &[1], |seen| seen.wanted.is_empty()).await;
    assert_eq!((seen.stored_uids(), seen.held.len()), (vec![], 1));
}

#[tokio::test]
async fn a_server_that_lists_nothing_is_to_blame_itself() {
    for answer in ["NO [NOPERM] not yours", "BAD come again"] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 3]);
        server.rule("RFC822.SIZE", 6, Act::Answer(format!("{{tag}} {answer}\r\n")));
        let seen = caught_up(take_all(&server)).await;
        assert_eq!(stored(&seen), (vec![1, 2, 3], vec![]), "{answer}");
        let offline = seen.offline();
        assert!(offline.len() == 1 && offline[0].contains("to list the messages"), "{offline:?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_there_and_not_shown_is_held_and_not_forgotten() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    server.state().hidden = [2].into();
    let rows = [1, 2, 3].map(|uid| ((7, uid), (Listed { uid, size: 100, internal_date: None }, 0)));
    let sink = MemorySink::with(Seen {
        cursor: Some(Cursor { uid_validity: 7, next_uid: 4 }),
        wanted: rows.into(),
        ..Seen::default()
    });
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, sink);
    let seen = watcher.stop_once("it is held", |seen| !seen.held.is_empty() || !seen.vanished.is_empty());
    let seen = seen.await;
    assert_eq!(seen.held, [(2, "the server says that it is there, and hands out no body".to_owned())]);
    assert_eq!((seen.stored_uids(), seen.vanished, seen.attempts.len()), (vec![1, 3], vec![], 5));
}

/// As [`a_mail_that_is_there_and_not_shown_is_held_and_not_forgotten`] where SEARCH is refused: nobody knows then.
#[tokio::test]
async fn without_an_answer_to_search_no_mail_counts_as_gone() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    server.rule("BODY.PEEK[]", 1, Act::Expunge(2));
    server.rule("SEARCH", 1, Act::Answer("{tag} NO not now\r\n".to_owned()));
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it is gone", |seen| !seen.vanished.is_empty()).await;
    assert_eq!((seen.stored_uids(), seen.attempts.len(), seen.offline()), (vec![1], 1, vec![]));
}

#[tokio::test]
async fn mail_that_is_announced_before_it_can_be_seen_is_looked_for_again() {
    for shown in [true, false] {
        let server = ScriptedImap::start().await;
        let mut settings = server.settings();
        settings.timing.look_again = if shown { [1000, 60_000] } else { [200; 2] }.map(Duration::from_millis);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
        server.state().hidden = [1].into();
        server.deliver(&[100]);
        watcher.sink.until("it has looked", |seen| seen.caught_up() > 1).await;
        if shown {
            server.state().hidden.clear();
            let seen = watcher.stop_once("it is stored", |seen| seen.stored_uids() == [1]).await;
            assert!(seen.stored[0].internal_date.is_some());
        } else {
            // What is never shown is on the work list in the end, and so will be held.
            let seen = watcher.stop_once("it was tried", |seen| seen.attempts.len() == 1).await;
            assert_eq!(seen.wanted.len(), 1);
        }
    }
}

#[tokio::test]
async fn commands_find_mails_that_are_not_shown_or_not_readable() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 6]);
    server.state().hidden = [2].into();
    server.state().mails.get_mut(&5).unwrap().date = "NIL";
    let sink = MemorySink::new();
    assert!(once(&take_all(&server), &sink).await.unwrap());
    let seen = sink.seen();
    assert_eq!(stored(&seen), (vec![1, 3, 4, 5, 6], vec![5]));
    assert_eq!(seen.wanted.keys().collect::<Vec<_>>(), [&(7, 2)]);
    assert_eq!(seen.attempts.len(), 1);
}
