//! Folders that are not there, and moves that a server does only by half.

use super::*;
use crate::bytes::Bytes;
use crate::scripted_imap::Act;
use askback::imap::{After, FolderChoice, ImapError, Progress, Reading, SentFolder, probe};
use chrono::DateTime;

/// Cyrus with one folder of somebody else.
const UNDER_INBOX: &str = "* LIST () \".\" INBOX\r\n* LIST () \".\" user.anna\r\n";

fn answer(text: &str) -> Act {
    Act::Answer(format!("{text}\r\n"))
}

/// A server that takes new folders only under INBOX; whether it says so by NAMESPACE.
async fn under_inbox(tells: bool, more: &str) -> ScriptedImap {
    let server = ScriptedImap::start().await;
    let namespace = if tells { "NAMESPACE" } else { "CHILDREN" };
    server.state().capabilities = format!("IMAP4rev1 IDLE UIDPLUS {namespace} {more} SASL-IR AUTH=PLAIN");
    server.state().list = UNDER_INBOX.to_owned();
    let prefixes =
        "* NAMESPACE ((\"INBOX.\" \".\")) ((\"user.\" \".\")) ((\"\" \".\"))\r\n{tag} OK Completed";
    server.rule("NAMESPACE", 99, answer(prefixes));
    for name in ["Sent", "Done"] {
        server.rule(&format!("CREATE \"{name}\""), 99, answer("{tag} NO Permission denied"));
        server.rule(&format!(" \"{name}\""), 99, answer("{tag} NO Mailbox does not exist"));
    }
    server
}

#[tokio::test]
async fn the_folder_for_sent_mail_is_created_where_the_server_keeps_folders() {
    for (tells, named) in [(true, None), (true, Some("Sent")), (false, None), (false, Some("Sent"))] {
        let server = under_inbox(tells, "ID").await;
        let never = tokio::sync::watch::channel(false).1;
        let mut sent = SentFolder::new(server.settings(), named.map(str::to_owned), never);
        sent.append(&Bytes(b"copy"), DateTime::UNIX_EPOCH).await.unwrap();
        sent.close().await;
        assert_eq!(server.state().folders["INBOX.Sent"], [b"copy"], "{tells} {named:?}");
        assert_eq!(server.asked("CREATE").len(), if tells { 1 } else { 2 }, "{tells} {named:?}");
    }
}

#[tokio::test]
async fn stored_mail_goes_to_the_folder_that_the_name_means_on_this_server() {
    for (tells, more) in [(true, "MOVE"), (true, "ID"), (false, "MOVE"), (false, "ID")] {
        let server = under_inbox(tells, more).await;
        server.deliver(&[100; 2]);
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        let mut seen = caught_up(settings).await;
        seen.confirmed.sort_unstable();
        assert_eq!(seen.confirmed, [1, 2], "{tells} {more}: {:?}", seen.progress);
        assert_eq!(server.state().folders["INBOX.Done"].len(), 2, "{tells} {more}");
        assert!(server.state().mails.is_empty(), "{tells} {more}");
    }
}

/// Doctor and daemon read a name in the same way.
#[tokio::test]
async fn a_probe_tells_where_folders_will_be() {
    let server = under_inbox(true, "ID").await;
    let mut settings = server.settings();
    settings.after = After::Move("Done".to_owned());
    let report = probe(&settings, None).await.unwrap();
    assert_eq!(
        (report.sent, report.target),
        (("INBOX.Sent".to_owned(), false), Some(("INBOX.Done".to_owned(), false)))
    );
    server.state().list.push_str("* LIST () \".\" INBOX.Done\r\n");
    let report = probe(&settings, Some("user.anna")).await.unwrap();
    assert_eq!(
        (report.sent, report.target),
        (("user.anna".to_owned(), true), Some(("INBOX.Done".to_owned(), true)))
    );
    assert!(server.asked("CREATE").is_empty());
}

#[tokio::test]
async fn why_a_folder_is_missing_is_told() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    server.rule("MOVE", 99, answer("{tag} NO Mailbox does not exist"));
    server.rule("CREATE", 99, answer("{tag} NO Permission denied"));
    let mut settings = take_all(&server);
    settings.after = After::Move("Done".to_owned());
    settings.poll = Duration::from_millis(30);
    let again = |seen: &Seen| seen.caught_up() > 2;
    let seen = Watcher::start(settings, MemorySink::new()).stop_once("it was asked again", again).await;
    let expect =
        "Mailbox does not exist (MOVE to Done); CREATE Done: Permission denied; check the setting `after`";
    for progress in &seen.progress {
        let Progress::CaughtUp { unmarked } = progress else { continue };
        assert_eq!(unmarked.as_deref(), Some(expect));
    }
}

/// Without MOVE, for a login that may copy and not delete.
#[tokio::test]
async fn what_was_copied_is_not_copied_again() {
    for refused in ["STORE", "EXPUNGE"] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN".to_owned();
        server.state().folders.insert("Done".to_owned(), Vec::new());
        server.deliver(&[100; 2]);
        server.rule(refused, 3, answer("{tag} NO Permission denied"));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        settings.poll = Duration::from_millis(10);
        settings.timing.refused_first = Duration::from_millis(80);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("it was refused", |seen| seen.caught_up() > 1).await;
        // Neither does a new connection forget it.
        server.rule("IDLE", 1, Act::AnswerAndClose(String::new()));
        server.deliver(&[100]);
        let all = |seen: &Seen| seen.confirmed.len() == 3;
        let seen = watcher.stop_once("they are moved", all).await;
        assert_eq!(seen.offline().len(), 1, "{refused}");
        assert_eq!(server.state().folders["Done"].len(), 3, "{refused}: {:?}", server.asked("COPY"));
        assert!(server.state().mails.is_empty(), "{refused}");
        assert_eq!(server.asked("COPY").len(), 3, "{refused}");
        let rounds = seen.caught_up();
        assert!(rounds > server.asked(refused).len(), "{refused}: asked in each of {rounds} rounds");
        let told = |progress: &Progress| {
            matches!(progress, Progress::CaughtUp { unmarked: Some(why) }
                if why == "Permission denied (copied to the other folder, but not deleted here)")
        };
        assert!(seen.progress.iter().any(told), "{refused}: {:?}", seen.progress);
    }
}

#[tokio::test]
async fn nothing_is_copied_that_cannot_be_deleted() {
    for (flags, copied) in [("\\Seen", 0), ("", 0), ("\\Answered \\Deleted \\*", 1)] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN".to_owned();
        server.state().folders.insert("Done".to_owned(), Vec::new());
        server.deliver(&[100]);
        let limited = format!("* OK [PERMANENTFLAGS ({flags})] Ok\r\n");
        server.rule("SELECT", 99, Act::Before(limited));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        let seen = caught_up(settings.clone()).await;
        assert_eq!((server.asked("COPY").len(), seen.confirmed.len()), (copied, copied), "{flags}");
        let watched = probe(&settings, None).await.unwrap().watched;
        assert_eq!((watched.no_seen, watched.no_deleted), (flags != "\\Seen", copied == 0), "{flags}");
    }
}

/// Courier names in COPYUID what it has copied, and leaves out what it could not read.
#[tokio::test]
async fn only_what_was_copied_is_deleted() {
    for (there, rest) in [("* SEARCH 2\r\n", 1), ("* SEARCH\r\n", 0)] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = "IMAP4rev1 IDLE UIDPLUS SASL-IR AUTH=PLAIN".to_owned();
        server.state().folders.insert("Done".to_owned(), Vec::new());
        server.state().names_copies = true;
        server.deliver(&[100; 3]);
        server.rule("UID COPY 2 ", 99, answer("{tag} OK [COPYUID 795765860 9 9] COPY completed."));
        server.rule("UID SEARCH UID 2", 99, Act::Answer(format!("{there}{{tag}} OK done\r\n")));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        let seen = caught_up(settings).await;
        assert_eq!(seen.confirmed.len(), 3 - rest, "{:?}", seen.confirmed);
        assert_eq!(server.asked("UID EXPUNGE"), ["UID EXPUNGE 3", "UID EXPUNGE 1"]);
        assert_eq!(server.state().mails.keys().collect::<Vec<_>>(), [&2]);
        let expect = (rest == 1).then(|| "OK, but nothing is seen to arrive (COPY to Done)".to_owned());
        assert_eq!(seen.progress.last(), Some(&Progress::CaughtUp { unmarked: expect }));
    }
}

#[tokio::test]
async fn what_a_move_leaves_behind_is_not_confirmed() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 3]);
    let told = "* OK [COPYUID 7 1,3 1:2] moved\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n{tag} OK done";
    server.rule("UID MOVE 1:3 ", 1, answer(told));
    server.rule("UID MOVE 2 ", 99, answer("{tag} OK [COPYUID 7 9 9] nothing"));
    let mut settings = take_all(&server);
    settings.after = After::Move("Done".to_owned());
    let seen = caught_up(settings).await;
    assert_eq!(seen.confirmed, [1, 3]);
}

/// Somebody makes it after we could not.
#[tokio::test]
async fn a_folder_that_was_not_created_is_found_once_it_is_there() {
    for capability in ["MOVE", "ID"] {
        let server = ScriptedImap::start().await;
        server.state().capabilities = format!("IMAP4rev1 IDLE UIDPLUS {capability} SASL-IR AUTH=PLAIN");
        server.deliver(&[100; 2]);
        server.rule("CREATE", 99, answer("{tag} NO Permission denied"));
        let mut settings = take_all(&server);
        settings.after = After::Move("Done".to_owned());
        settings.poll = Duration::from_millis(30);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("it was refused", |seen| seen.caught_up() > 0).await;
        server.state().list.push_str("* LIST () \"/\" INBOX/Done\r\n");
        server.state().folders.insert("INBOX/Done".to_owned(), Vec::new());
        let seen = watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 2).await;
        assert_eq!(
            (server.state().folders["INBOX/Done"].len(), seen.offline().len()),
            (2, 0),
            "{capability}"
        );
        assert_eq!(server.asked("CREATE").len(), 2, "{capability}");
    }
}

fn reading(folder: &str, moves_to: Option<&str>) -> Reading {
    Reading { folder: folder.to_owned(), moves_to: moves_to.map(str::to_owned) }
}

/// "auto" may find a folder that another section reads, and "Team" be "INBOX.Team": each request in it would be taken for our letter.
#[tokio::test]
async fn a_folder_that_requests_are_read_from_is_not_the_one_for_sent_mail() {
    for (list, named, read) in [
        ("* LIST (\\Sent) \".\" Gesendet\r\n", None, "gesendet"),
        ("* LIST () \".\" INBOX.Team\r\n", Some("Team"), "INBOX.Team"),
        ("* LIST () \".\" Inbox\r\n", Some("INBOX."), "inbox"),
    ] {
        let server = under_inbox(true, "MOVE").await;
        server.state().list.push_str(list);
        let mut settings = take_all(&server);
        settings.account = vec![reading(read, None)];
        let report = probe(&settings, named).await.unwrap();
        let told =
            report.misled.iter().map(|misled| (misled.setting, misled.why.as_str())).collect::<Vec<_>>();
        assert!(
            matches!(told.as_slice(), [("sent_folder", why)] if why.contains("requests are read from")),
            "{told:?}"
        );

        let never = tokio::sync::watch::channel(false).1;
        let mut sent = SentFolder::new(settings.clone(), named.map(str::to_owned), never);
        let error = sent.append(&Bytes(b"copy"), DateTime::UNIX_EPOCH).await.unwrap_err();
        assert!(matches!(error.error, ImapError::SentIsRead(_)), "{error}");

        settings.folder = FolderChoice::Sent(named.map(str::to_owned));
        let is_offline = |seen: &Seen| {
            let sent = |progress: &Progress| matches!(progress, Progress::Offline { why, .. } if why.contains("`sent_folder`"));
            seen.progress.iter().any(sent)
        };
        Watcher::start(settings, MemorySink::new()).stop_once("it is offline", is_offline).await;
        assert!(server.asked("SELECT").len() <= 1 && server.asked("CREATE").is_empty(), "{named:?}");
    }
}

/// Two sections, of which only the server knows that each moves into the folder of the other.
#[tokio::test]
async fn mails_are_not_moved_in_a_circle() {
    let server = under_inbox(true, "MOVE").await;
    server.state().list.push_str("* LIST () \".\" INBOX.Done\r\n");
    server.deliver(&[100]);
    let mut settings = take_all(&server);
    settings.after = After::Move("Done".to_owned());
    settings.account = vec![reading("INBOX", Some("Done")), reading("INBOX.Done", Some("inbox"))];
    let report = probe(&settings, None).await.unwrap();
    assert_eq!(report.misled.iter().map(|misled| misled.setting).collect::<Vec<_>>(), ["after"]);
    let seen = caught_up(settings.clone()).await;
    assert!(seen.confirmed.is_empty() && server.state().mails.len() == 1, "{:?}", seen.progress);
    settings.account = vec![reading("INBOX", Some("Done")), reading("INBOX.Done", Some("Kept"))];
    assert!(probe(&settings, None).await.unwrap().misled.is_empty());
}

#[tokio::test]
async fn a_name_that_the_server_takes_for_none_is_a_fault_and_a_missing_folder_is_not() {
    for (said, of_others, is_fault) in [
        ("{tag} NO [CANNOT] Invalid mailbox name: Adjacent hierarchy separators", "{tag} NO Not here", true),
        ("{tag} NO [NONEXISTENT] No", "{tag} NO [CANNOT] No", false),
        ("{tag} NO Mailbox doesn't exist: a//b", "{tag} NO No", false),
        ("{tag} NO STATUS failed", "{tag} NO STATUS failed", false),
        ("{tag} OK done", "{tag} NO STATUS failed", false),
    ] {
        let server = ScriptedImap::start().await;
        server.state().list.push_str("* LIST (\\Sent) \"/\" Sent\r\n");
        // Beside INBOX and under it.
        server.rule("a//b\"", 99, answer(said));
        server.rule("STATUS", 9, answer(of_others));
        let mut settings = take_all(&server);
        settings.after = After::Move("a//b".to_owned());
        let report = probe(&settings, Some("a//b")).await.unwrap();
        let settings_told: Vec<_> = report.misled.iter().map(|misled| misled.setting).collect();
        assert_eq!(settings_told, if is_fault { vec!["sent_folder", "after"] } else { vec![] }, "{said}");
        if is_fault {
            let never = tokio::sync::watch::channel(false).1;
            let mut sent = SentFolder::new(settings, Some("a//b".to_owned()), never);
            let error = sent.append(&Bytes(b"copy"), DateTime::UNIX_EPOCH).await.unwrap_err().to_string();
            assert!(error.contains("check the setting `sent_folder`"), "{error}");
        }
    }
}
