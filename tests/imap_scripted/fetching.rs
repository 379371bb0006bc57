//! What is listed, fetched, stored and confirmed when the server behaves, or nearly.

use super::*;
use crate::scripted_imap::{Act, Parts};
use askback::imap::{After, Cursor, Listed, Progress, Relisted};

fn answer(text: &str) -> Act {
    Act::Answer(text.to_owned())
}

/// The end of a command.
fn answer_with(status: &str) -> Act {
    Act::Answer(format!("{{tag}} {status}\r\n"))
}

#[tokio::test]
async fn all_mail_is_stored_then_marked() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 200, 300]);
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.stored_uids(), [1, 2, 3]);
    assert_eq!(bytes(&seen.stored[1].raw), server.state().mails[&2].raw);
    assert_eq!(seen.stored[1].internal_date.unwrap().to_rfc3339(), "2026-02-01T00:04:05+00:00");
    assert_eq!(seen.cursor, Some(Cursor { uid_validity: 7, next_uid: 4 }));
    assert_eq!(seen.confirmed, [1, 2, 3]);
    assert_eq!(server.state().mails[&3].flags, ["\\Seen"]);
    assert_eq!(server.asked("BODY"), ["UID FETCH 1:3 (UID BODY.PEEK[])"]);
}

#[tokio::test]
async fn at_the_first_contact_only_new_mail_counts() {
    for uid_next in [Some(4), None] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 3]);
        server.state().uid_next = uid_next;
        let watcher = Watcher::start(server.settings(), MemorySink::new());
        watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
        server.deliver(&[100]);
        let seen = watcher.stop_once("the new one is stored", |seen| !seen.stored.is_empty()).await;
        assert_eq!(seen.stored_uids(), [4], "UIDNEXT {uid_next:?}");
    }
}

#[tokio::test]
async fn an_empty_folder_is_no_error() {
    let server = ScriptedImap::start().await;
    server.state().uid_next = None;
    let seen = caught_up(server.settings()).await;
    assert_eq!(seen.cursor, Some(Cursor { uid_validity: 7, next_uid: 1 }));
    assert!(server.asked("FETCH").is_empty());
}

#[tokio::test]
async fn the_last_message_is_not_taken_for_a_new_one() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    let sink =
        MemorySink::with(Seen { cursor: Some(Cursor { uid_validity: 7, next_uid: 4 }), ..Seen::default() });
    let seen =
        Watcher::start(server.settings(), sink).stop_once("caught up", |seen| seen.caught_up() > 0).await;
    assert_eq!(server.asked("FETCH"), ["UID FETCH 4:* (UID RFC822.SIZE INTERNALDATE)"]);
    assert!(seen.stored.is_empty());
    assert_eq!(seen.cursor, Some(Cursor { uid_validity: 7, next_uid: 4 }));
}

#[tokio::test]
async fn unsolicited_responses_are_told_from_answers() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 200]);
    let noise = "* FLAGS (\\Seen)\r\n* 2 EXISTS\r\n* 0 RECENT\r\n* 1 FETCH (UID 1 FLAGS (\\Seen))\r\n\
                 * 2 FETCH (FLAGS (\\Flagged))\r\n* 1 FETCH (UID 99 BODY[] {3}\r\nabc)\r\n* OK [ALERT] hello\r\n\
                 * 2 FETCH (UID 2 BODY[] NIL)\r\n* 1 FETCH (BODY[] {3}\r\nabc)\r\n";
    server.rule("RFC822.SIZE", 1, Act::Before(noise.to_owned()));
    server.rule("BODY.PEEK[]", 1, Act::Before(noise.to_owned()));
    server.rule("STORE", 1, Act::Before(noise.to_owned()));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.stored_uids(), [1, 2]);
    assert!(seen.stored.iter().all(|mail| bytes(&mail.raw) == server.state().mails[&mail.key.uid].raw));
    assert_eq!((seen.attempts.len(), seen.offline()), (0, vec![]));
}

#[tokio::test]
async fn batches_and_commands_are_bounded() {
    let server = ScriptedImap::start().await;
    server.deliver(&[1000; 25]);
    let mut settings = take_all(&server);
    settings.limits.range_mails = 10;
    settings.limits.batch_bytes = 3500;
    let seen = caught_up(settings).await;
    assert_eq!(seen.stored.len(), 25);
    assert_eq!(seen.largest_batch, (4, 4000));
    let bodies = ["1:10", "11:20", "21:25"].map(|set| format!("UID FETCH {set} (UID BODY.PEEK[])"));
    assert_eq!(server.asked("BODY"), bodies);

    let mut settings = take_all(&server);
    settings.limits.range_bytes = 12_000;
    server.state().log.clear();
    caught_up(settings).await;
    assert_eq!(server.asked("BODY")[0], "UID FETCH 1:12 (UID BODY.PEEK[])");
}

#[tokio::test]
async fn big_mails_come_in_parts_and_too_big_ones_as_a_note() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 2500, 3000, 9000]);
    let mut settings = take_all(&server);
    settings.limits.partial_over = 2000;
    settings.limits.part_bytes = 1000;
    settings.limits.mail_bytes = 5000;
    let seen = caught_up(settings).await;
    assert_eq!(seen.stored_uids(), [1, 2, 3, 4]);
    for mail in &seen.stored[..3] {
        assert_eq!(
            (bytes(&mail.raw).len(), mail.over_limit),
            (server.state().mails[&mail.key.uid].raw.len(), None)
        );
    }
    let note = &seen.stored[3];
    assert_eq!(note.over_limit, Some(9000));
    assert!(
        String::from_utf8_lossy(&bytes(&note.raw)).starts_with("Subject: mail 4\r\nMIME-Version: 1.0\r\n")
    );
    assert_eq!(server.asked("FETCH 2 ").len(), 3);
    // A length that is a multiple of the part's is only known to be the end by an empty part.
    assert_eq!(server.asked("FETCH 3 ").len(), 4);
}

#[tokio::test]
async fn sizes_are_only_hints() {
    let server = ScriptedImap::start().await;
    // Told → real: as big but whole, in parts though small, over the limit, announced too big to take at once.
    server.deliver(&[1500, 100, 6000, 300_000, 100]);
    server.number_mails();
    for (uid, told) in [(1, 10), (2, 4000), (3, 4000), (4, 10), (5, 0)] {
        server.state().mails.get_mut(&uid).unwrap().size = told;
    }
    let mut settings = take_all(&server);
    settings.limits.partial_over = 2000;
    settings.limits.part_bytes = 1000;
    settings.limits.mail_bytes = 5000;
    let seen = caught_up(settings).await;
    let mut stored: Vec<(u32, Option<u64>)> =
        seen.stored.iter().map(|mail| (mail.key.uid, mail.over_limit)).collect();
    stored.sort_unstable();
    assert_eq!(stored, [(1, None), (2, None), (3, Some(5001)), (4, Some(5001)), (5, None)]);
    assert_eq!(seen.offline().len(), 1, "{:?}", seen.offline());
    assert!(seen.held.is_empty() && seen.attempts.is_empty());
}

#[tokio::test]
async fn mails_of_unknown_size_come_in_parts() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 1_500_000]);
    server.state().mails.values_mut().for_each(|mail| mail.size = 0);
    let mut settings = take_all(&server);
    settings.limits.partial_over = 4000;
    let seen = caught_up(settings).await;
    assert_eq!((seen.stored_uids(), seen.offline()), (vec![1, 2], vec![]));
}

#[tokio::test]
async fn commands_may_be_answered_in_another_order() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 6]);
    server.rule("FETCH 1:2 (UID BODY", 1, Act::Hold);
    let mut settings = take_all(&server);
    settings.limits.range_mails = 2;
    let seen = caught_up(settings).await;
    assert_eq!((seen.stored.len(), seen.attempts.len(), seen.offline()), (6, 0, vec![]));
}

/// Exchange has been seen to do this.
#[tokio::test]
async fn a_server_without_parts_hands_out_the_whole_mail() {
    for parts in [Parts::TooMuch, Parts::Whole] {
        let server = ScriptedImap::start().await;
        // The last one is longer than what is taken at once.
        server.deliver(&[100, 5000, 1500, 100_000]);
        server.number_mails();
        server.state().parts = parts;
        server.state().mails.get_mut(&3).unwrap().size = 4500;
        let mut settings = take_all(&server);
        settings.limits.partial_over = 4000;
        settings.limits.part_bytes = 2000;
        let watcher = Watcher::start(settings, MemorySink::new());
        let seen =
            watcher.stop_once("all is settled", |seen| seen.wanted.is_empty() && seen.caught_up() > 0).await;
        assert_eq!((seen.stored.len(), seen.held, seen.attempts), (4, vec![], vec![]), "{parts:?}");
        for mail in &seen.stored {
            let (bytes, whole) = (bytes(&mail.raw), &server.state().mails[&mail.key.uid].raw);
            if mail.key.uid == 4 {
                assert_eq!(mail.over_limit, Some(100_022), "{parts:?}");
                assert!(
                    bytes.starts_with(b"Message-ID: <4@sent>\r\nSubject: mail 4\r\nMIME-Version: 1.0\r\n"),
                    "{parts:?}"
                );
            } else {
                assert!(bytes == *whole, "{parts:?}: {}", mail.key.uid);
            }
        }
    }
}

#[tokio::test]
async fn mails_expunged_meanwhile_are_gone_not_failed() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 4]);
    server.rule("BODY.PEEK[]", 1, Act::Expunge(2));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!((seen.stored_uids(), seen.vanished), (vec![1, 3, 4], vec![2]));
    assert!(seen.attempts.is_empty());
}

#[tokio::test]
async fn dovecots_no_for_expunged_mails_is_not_a_refusal() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    let partly = "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n{tag} NO [EXPUNGEISSUED] Some are gone\r\n";
    server.rule("BODY.PEEK[]", 1, answer(partly));
    server.rule("NOOP", 1, Act::Expunge(2));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!((seen.stored_uids(), seen.vanished, seen.attempts), (vec![1], vec![2], vec![]));
}

#[tokio::test]
async fn a_mail_without_a_body_is_held_in_the_end_and_holds_up_no_other() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    server.state().mails.values_mut().for_each(|mail| mail.size = 3);
    server.rule(
        "BODY.PEEK[]",
        1,
        answer(
            "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 2 BODY[] \"\")\r\n\
         * 3 FETCH (UID 3 BODY[] {3}\r\ndef)\r\n{tag} OK\r\n",
        ),
    );
    server.rule("BODY.PEEK[]", 9, answer("* 2 FETCH (UID 2 BODY[] NIL)\r\n{tag} OK\r\n"));
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it is held", |seen| !seen.held.is_empty()).await;
    assert_eq!(seen.stored_uids(), [1, 3]);
    assert_eq!(seen.held, [(2, "the server says that it is there, and hands out no body".to_owned())]);
    assert!(seen.offline().is_empty());
}

#[tokio::test]
async fn a_refused_range_is_cut_in_halves_until_the_culprit_is_found() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 9]);
    for set in ["1:9", "5:9", "7:9", "7 ("] {
        server.rule(&format!("FETCH {set}"), 1, answer("{tag} NO [SERVERBUG] cannot read it\r\n"));
    }
    server.rule("FETCH 5:6", 1, answer("{tag} BAD what?\r\n"));
    let seen = caught_up_or_left(&server, 1).await;
    let mut stored = seen.stored_uids();
    stored.sort_unstable();
    assert_eq!(stored, [1, 2, 3, 4, 5, 6, 8, 9]);
    assert_eq!(
        seen.attempts,
        [(7, "the server refuses to hand it out: [SERVERBUG] cannot read it".to_owned())]
    );
}

/// Runs until only this many mails are still wanted, and the pass has ended.
async fn caught_up_or_left(server: &ScriptedImap, left: usize) -> Seen {
    let watcher = Watcher::start(take_all(server), MemorySink::new());
    watcher
        .stop_once("the pass has ended", |seen| seen.wanted.len() == left && !seen.confirmed.is_empty())
        .await
}

#[tokio::test]
async fn a_server_that_hands_out_nothing_is_to_blame_itself() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 50]);
    server.rule("BODY.PEEK[]", 20, answer("{tag} NO disk trouble\r\n"));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.stored.len(), 50);
    assert!(seen.attempts.is_empty() && !seen.offline().is_empty());
    assert!(seen.offline()[0].contains("disk trouble"), "{:?}", seen.offline());
}

#[tokio::test]
async fn stored_mail_moves_to_its_folder() {
    for capabilities in
        ["IMAP4rev1 MOVE AUTH=PLAIN SASL-IR", "IMAP4rev1 UIDPLUS AUTH=PLAIN SASL-IR", "IMAP4rev1"]
    {
        let server = ScriptedImap::start().await;
        server.state().capabilities = capabilities.to_owned();
        server.deliver(&[100; 2]);
        let mut settings = take_all(&server);
        settings.after = After::Move("Готово".to_owned());
        let seen = caught_up(settings).await;
        assert_eq!(seen.confirmed.len(), 2);
        let state = server.state();
        assert_eq!(state.folders["&BBMEPgRCBD4EMgQ+-"].len(), 2, "{capabilities}");
        // Without UIDPLUS others' deleted mails would go too, so ours only stay marked.
        let left = if capabilities == "IMAP4rev1" { 2 } else { 0 };
        assert_eq!(state.mails.len(), left, "{capabilities}");
        assert!(state.mails.values().all(|mail| mail.flags == ["\\Deleted"]));
    }
}

/// hMailServer, for one, does not say TRYCREATE.
#[tokio::test]
async fn a_folder_that_is_missing_is_created_whatever_the_server_says() {
    for (verb, answer) in
        [("STATUS", "BAD The folder could not be found."), ("MOVE", "NO Mailbox does not exist")]
    {
        let server = ScriptedImap::start().await;
        server.state().capabilities =
            format!("IMAP4rev1 IDLE UIDPLUS {}SASL-IR AUTH=PLAIN", if verb == "MOVE" { "MOVE " } else { "" });
        server.deliver(&[100; 2]);
        server.rule(verb, 1, answer_with(answer));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        let seen = caught_up(settings).await;
        assert_eq!((seen.confirmed.len(), server.asked("CREATE").len()), (2, 1), "{answer}");
        assert_eq!(server.state().folders["Done"].len(), 2, "{answer}");
    }
}

#[tokio::test]
async fn a_refused_move_creates_no_folder_again_and_again() {
    for (answer, created) in
        // LIST does not name it: under both names that it may have.
        [("NO [NOPERM] not yours", 2), ("NO [OVERQUOTA] no room", 0), ("NO too many connections", 0)]
    {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 2]);
        server.rule("UID MOVE", 5, answer_with(answer));
        server.rule("CREATE", 9, answer_with("NO it exists"));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        settings.poll = Duration::from_millis(30);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("it was asked again", |seen| seen.caught_up() > 2).await;
        server.state().folders.insert("Done".to_owned(), Vec::new());
        let seen = watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 2).await;
        assert_eq!(server.asked("CREATE").len(), created, "{answer}");
        let told = |progress: &Progress| matches!(progress, Progress::CaughtUp { unmarked: Some(why) } if why.starts_with(&answer[3..]));
        assert!(seen.progress.iter().any(told), "{answer}: {:?}", seen.progress);
    }
}

#[tokio::test]
async fn leaving_mail_alone_leaves_it_alone() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    let mut settings = take_all(&server);
    settings.after = After::Leave;
    let seen = caught_up(settings).await;
    assert_eq!(seen.confirmed, [1]);
    assert!(server.asked("STORE").is_empty() && server.asked("SELECT").is_empty());
    assert_eq!(server.asked("EXAMINE").len(), 1);
}

#[tokio::test]
async fn a_refused_mark_is_tried_again_in_the_next_round() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    server.rule("STORE", 1, answer("{tag} NO not now\r\n"));
    let mut settings = take_all(&server);
    settings.poll = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it is confirmed", |seen| seen.confirmed == [1]).await;
    assert!(seen.offline().is_empty());
    assert_eq!(server.asked("STORE").len(), 2);
    // An operator sees it in the status line until it is well.
    let unmarked = |progress: &Progress| match progress {
        Progress::CaughtUp { unmarked } => Some(unmarked.as_deref().map(|why| why.contains("not now"))),
        Progress::Online { .. } | Progress::Offline { .. } => None,
    };
    let told: Vec<_> = seen.progress.iter().filter_map(unmarked).collect();
    assert!(matches!(told.as_slice(), [Some(true), .., None] | [Some(true)]), "{:?}", seen.progress);
}

#[tokio::test]
async fn a_new_numbering_is_read_from_its_beginning() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    let row = Listed { uid: 40, size: 1, internal_date: None };
    let sink = MemorySink::with(Seen {
        cursor: Some(Cursor { uid_validity: 6, next_uid: 50 }),
        wanted: [((6, 40), (row, 0))].into(),
        ..Seen::default()
    });
    let seen =
        Watcher::start(server.settings(), sink).stop_once("caught up", |seen| seen.caught_up() > 0).await;
    assert_eq!((seen.stored_uids(), seen.wanted.len()), (vec![1, 2], 0));
    assert_eq!(seen.cursor, Some(Cursor { uid_validity: 7, next_uid: 3 }));
}

/// What came before the first contact is not wanted under any numbering, nor what was marked or moved by nobody.
#[tokio::test]
async fn a_new_numbering_does_not_bring_what_was_there_before_the_first_contact() {
    const FIRST: &str = "2026-02-01T00:00:00Z";
    // (UIDVALIDITY, next UID) as they were; which mails are taken at the first contact; which are taken now
    for (uid_validity, next_uid, uid_next, start, expect) in [
        (6, 50, Some(5), Start::New, &[2, 3, 4][..]),
        (6, 50, None, Start::New, &[2, 3, 4]),
        (7, 50, Some(5), Start::New, &[2, 3, 4]),
        (6, 50, Some(5), Start::All, &[1, 2, 3, 4]),
    ] {
        let server = ScriptedImap::start().await;
        server.deliver(&[100; 4]);
        server.state().uid_next = uid_next;
        let dates =
            [" 1-Feb-2019 03:04:05 +0300", "31-Jan-2026 23:00:00 +0000", " 2-Feb-2026 03:04:05 +0300"];
        for (uid, date) in (1..).zip(dates) {
            server.state().mails.get_mut(&uid).unwrap().date = date;
        }
        let sink = MemorySink::with(Seen {
            cursor: Some(Cursor { uid_validity, next_uid }),
            relisted: Some(Relisted { first_contact: FIRST.parse().unwrap(), below: 0 }),
            ..Seen::default()
        });
        let watcher = Watcher::start(Settings { start, ..server.settings() }, sink);
        watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
        // What comes later is new, whatever its date: somebody moved it here.
        server.deliver(&[100]);
        server.state().mails.get_mut(&5).unwrap().date = dates[0];
        let seen = watcher.stop_once("all are stored", |seen| seen.stored.len() > expect.len()).await;
        assert_eq!(seen.stored_uids(), [expect, &[5]].concat(), "{uid_validity} {uid_next:?} {start:?}");
    }
}

#[tokio::test]
async fn a_uidnext_that_fell_hides_no_mail() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    let sink =
        MemorySink::with(Seen { cursor: Some(Cursor { uid_validity: 7, next_uid: 50 }), ..Seen::default() });
    let seen =
        Watcher::start(server.settings(), sink).stop_once("caught up", |seen| seen.caught_up() > 0).await;
    assert_eq!(seen.stored_uids(), [1, 2]);
}

#[tokio::test]
async fn without_uidvalidity_mails_are_still_stored() {
    let server = ScriptedImap::start().await;
    server.state().uid_validity = None;
    server.deliver(&[100]);
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.stored.len(), 1);
    assert!(seen.stored[0].key.uid_validity > 1_700_000_000);
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_does_not_stop_the_mail() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    server.rule("CREATE", 9, answer("{tag} NO [CANNOT] no such name\r\n"));
    let mut settings = take_all(&server);
    settings.after = After::Move("a/b".to_owned());
    let seen = caught_up(settings).await;
    assert_eq!((seen.stored_uids(), seen.confirmed.len(), seen.offline()), (vec![1], 0, vec![]));
}
