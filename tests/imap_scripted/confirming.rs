//! Marking and moving what is stored, where the server does not let us, or only some of it.

use super::*;
use crate::scripted_imap::Act;
use askback::imap::{After, Progress, once};

fn no(text: &str) -> Act {
    Act::Answer(format!("{{tag}} NO {text}\r\n"))
}

fn unmarked(seen: &Seen) -> Option<String> {
    let Some(Progress::CaughtUp { unmarked }) = seen.progress.last() else { panic!("{:?}", seen.progress) };
    unmarked.clone()
}

#[tokio::test]
async fn a_mail_that_cannot_be_changed_holds_up_no_others() {
    let after =
        [(After::Seen, "MOVE"), (After::Move("Done".into()), "MOVE"), (After::Move("Done".into()), "ID")];
    for (after, capability) in after {
        // The lowest, one between, two in a row, the newest, three in a row, many.
        let newest: Vec<u32> = (11..=40).collect();
        for stuck in [&[1][..], &[9], &[20, 21], &[40], &[38, 39, 40], &[20, 21, 22, 23, 24], &newest] {
            let server = ScriptedImap::start().await;
            server.state().capabilities = format!("IMAP4rev1 IDLE UIDPLUS {capability} SASL-IR AUTH=PLAIN");
            server.state().folders.insert("Done".to_owned(), Vec::new());
            server.deliver(&[100; 40]);
            server.state().stuck.extend(stuck);
            let seen = caught_up(Settings { after: after.clone(), ..take_all(&server) }).await;
            assert_eq!(seen.confirmed.len(), 40 - stuck.len(), "{after:?} {capability} {stuck:?}");
            let told = unmarked(&seen).unwrap();
            assert!(told.starts_with("cannot do that to one of them ("), "{told}");
        }
    }
}

#[tokio::test]
async fn a_thousand_mails_that_cannot_be_changed_hold_up_no_others() {
    let server = ScriptedImap::start().await;
    server.deliver(&[30; 1100]);
    server.state().stuck.extend(1..=1000);
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(seen.confirmed.len(), 100);
}

#[tokio::test]
async fn a_server_that_lets_nothing_be_changed_is_not_asked_for_each_mail() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 300]);
    server.rule("STORE", usize::MAX, no("Permission denied"));
    let seen = caught_up(take_all(&server)).await;
    assert_eq!(unmarked(&seen).unwrap(), "Permission denied (marking them \\Seen)");
    assert!(server.asked("STORE").len() <= 6, "{:?}", server.asked("STORE"));
    // A server that is busy is not asked again at once.
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 300]);
    server.rule("STORE", usize::MAX, no("[INUSE] Try again later"));
    caught_up(take_all(&server)).await;
    assert_eq!(server.asked("STORE").len(), 1);
}

#[tokio::test]
async fn a_folder_that_cannot_be_created_is_tried_once_a_connection() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    server.rule("CREATE", usize::MAX, no("Permission denied"));
    let mut settings = take_all(&server);
    settings.after = After::Move("Done".to_owned());
    settings.poll = Duration::from_millis(10);
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.sink.until("it has tried", |seen| seen.caught_up() > 3).await;
    // Under either name, without NAMESPACE.
    assert_eq!(server.asked("CREATE").len(), 2, "{:?}", server.asked("CREATE"));
    server.rule("IDLE", 1, Act::AnswerAndClose(String::new()));
    watcher.sink.until("it is back", |seen| !seen.offline().is_empty()).await;
    let rounds = watcher.sink.seen().caught_up();
    watcher.sink.until("it has tried again", |seen| seen.caught_up() > rounds + 2).await;
    assert_eq!(server.asked("CREATE").len(), 4);
    // Somebody makes it.
    server.state().folders.insert("Done".to_owned(), Vec::new());
    watcher.stop_once("they are moved", |seen| seen.confirmed.len() == 2).await;
}

/// It works beside a watcher, who does it: two would copy a mail twice.
#[tokio::test]
async fn whoever_looks_once_leaves_it_to_the_watcher() {
    for after in [After::Seen, After::Move("Done".to_owned())] {
        let server = ScriptedImap::start().await;
        server.state().folders.insert("Done".to_owned(), Vec::new());
        server.deliver(&[100; 2]);
        let settings = Settings { after: after.clone(), ..take_all(&server) };
        let sink = MemorySink::new();
        assert!(once(&settings, &sink).await.unwrap());
        assert_eq!((sink.seen().stored.len(), sink.seen().unconfirmed.len()), (2, 2), "{after:?}");
        assert!(server.asked("STORE").is_empty() && server.asked("MOVE").is_empty(), "{after:?}");
        let watcher = Watcher::start(settings, sink);
        watcher.stop_once("they are confirmed", |seen| seen.confirmed.len() == 2).await;
    }
}

/// What is moved into its own folder comes again, without end.
#[tokio::test]
async fn no_mail_is_moved_into_the_folder_that_it_is_read_from() {
    for (capability, folder, target) in
        [("MOVE", "INBOX", "inbox"), ("MOVE", "INBOX.Own", "Own"), ("ID", "INBOX.Own", "Own")]
    {
        let server = ScriptedImap::start().await;
        server.state().capabilities = format!("IMAP4rev1 IDLE UIDPLUS {capability} SASL-IR AUTH=PLAIN");
        server.state().list = "* LIST () \".\" INBOX\r\n* LIST () \".\" INBOX.Own\r\n".to_owned();
        server.state().folders.insert(folder.to_owned(), Vec::new());
        server.state().folders.insert("inbox".to_owned(), Vec::new());
        server.deliver(&[100; 2]);
        let mut settings = take_all(&server);
        settings.folder = askback::imap::FolderChoice::Named(folder.to_owned());
        settings.after = After::Move(target.to_owned());
        let seen = caught_up(settings).await;
        assert!(seen.confirmed.is_empty() && server.asked("CREATE").is_empty(), "{folder} {target}");
        assert!(server.state().folders.values().all(Vec::is_empty), "{folder} {target}");
        let told = unmarked(&seen).unwrap();
        assert!(told.contains("is the folder that mails are read from"), "{told}");
    }
}

#[tokio::test]
async fn a_mail_over_which_the_connection_ends_holds_up_no_others() {
    for (after, verb) in [(After::Seen, "STORE"), (After::Move("Done".to_owned()), "MOVE")] {
        let server = ScriptedImap::start().await;
        server.state().folders.insert("Done".to_owned(), Vec::new());
        server.deliver(&[100; 5]);
        for set in ["1:5", "1:2", "2:3", "2"] {
            server.rule(&format!("UID {verb} {set} "), usize::MAX, Act::AnswerAndClose(String::new()));
        }
        let settings = Settings { after, poll: Duration::from_millis(10), ..take_all(&server) };
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("the others are confirmed", |seen| seen.confirmed.len() == 4).await;
        server.deliver(&[100]);
        let seen = watcher.stop_once("a new one, too", |seen| seen.confirmed.len() == 5).await;
        assert!(!seen.confirmed.contains(&2) && seen.offline().len() == 4, "{verb}: {:?}", seen.offline());
        assert!(unmarked(&seen).is_some_and(|why| why.starts_with("they are put off")), "{verb}");
    }
}
