//! IDLE and polling, and being told to stop.

use super::*;
use crate::scripted_imap::Act;

/// A watcher that has caught up with an empty folder learns of a new mail; what it was offline for meanwhile.
async fn check(server: &ScriptedImap, settings: Settings) -> Vec<String> {
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 0).await;
    server.deliver(&[100]);
    let seen = watcher.stop_once("it is stored", |seen| seen.stored_uids() == [1]).await;
    seen.offline()
}

#[tokio::test]
async fn mail_is_announced_in_idle() {
    let server = ScriptedImap::start().await;
    assert!(check(&server, server.settings()).await.is_empty());
    assert_eq!(server.state().connections, 1);
}

#[tokio::test]
async fn without_idle_mail_is_polled_for() {
    let server = ScriptedImap::start().await;
    server.state().capabilities = "IMAP4rev1 SASL-IR AUTH=PLAIN".to_owned();
    assert!(check(&server, server.settings()).await.is_empty());
    assert!(server.asked("IDLE").is_empty());
}

#[tokio::test]
async fn a_refused_idle_is_not_insisted_on() {
    for answer in ["{tag} NO not today\r\n", "{tag} BAD what?\r\n", "+ idling\r\n{tag} OK enough\r\n"] {
        let server = ScriptedImap::start().await;
        server.rule("IDLE", 99, Act::Answer(answer.into()));
        assert!(check(&server, server.settings()).await.is_empty(), "{answer}");
        assert_eq!(server.asked("IDLE").len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn bye_in_idle_is_not_news() {
    let server = ScriptedImap::start().await;
    server.rule("IDLE", 1, Act::AnswerAndClose("+ idling\r\n* BYE too long idle\r\n".into()));
    let settings = server.settings();
    let watcher = Watcher::start(settings, MemorySink::new());
    let seen = watcher.stop_once("it is back", |seen| seen.caught_up() > 1).await;
    let [offline] = &seen.offline()[..] else { panic!("{:?}", seen.offline()) };
    assert!(offline.starts_with("the IMAP server closed the connection (too long idle): "), "{offline}");
}

/// Settings that hold an IDLE for dead after 50 ms of silence.
fn impatient(server: &ScriptedImap) -> Settings {
    let mut settings = server.settings();
    settings.timing.idle_silence = Duration::from_millis(50);
    settings
}

#[tokio::test]
async fn a_silent_idle_that_answers_goes_on() {
    let server = ScriptedImap::start().await;
    let watcher = Watcher::start(impatient(&server), MemorySink::new());
    let seen = watcher.stop_once("it has looked again", |seen| seen.caught_up() > 2).await;
    assert!(seen.offline().is_empty(), "{:?}", seen.offline());
    assert_eq!(server.state().connections, 1);
}

#[tokio::test]
async fn a_silent_idle_that_does_not_answer_is_given_up() {
    let server = ScriptedImap::start().await;
    server.rule("IDLE", 1, Act::Answer("+ idling\r\n".into()));
    server.rule("DONE", 1, Act::Silence);
    let watcher = Watcher::start(impatient(&server), MemorySink::new());
    let seen = watcher.stop_once("it is back", |seen| seen.caught_up() > 1).await;
    assert_eq!(
        seen.offline(),
        [
            "the connection to the IMAP server was lost (the other side has been silent for 1 s): look at the network and the server; \
             `port` must be its TLS port, mostly 993"
        ]
    );
}

#[tokio::test]
async fn mail_that_comes_between_a_round_and_idle_is_not_missed() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100]);
    // The second mail is announced in the answer to STORE: too late for this round, too early for IDLE.
    server.rule("STORE", 1, Act::Before("* 2 EXISTS\r\n".into()));
    let seen = caught_up(take_all(&server)).await;
    assert!(seen.offline().is_empty());
    assert_eq!(server.asked("RFC822.SIZE").len(), 2, "it looks again before it idles");
}

#[tokio::test]
async fn told_to_stop_it_says_goodbye_from_idle() {
    let server = ScriptedImap::start().await;
    caught_up(server.settings()).await;
    let gone = async {
        while server.asked("LOGOUT").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.unwrap();
}

#[tokio::test]
async fn told_to_stop_it_waits_until_the_batch_in_hand_is_stored() {
    let server = ScriptedImap::start().await;
    server.deliver(&[100; 2]);
    server.state().mails.values_mut().for_each(|mail| mail.size = 3);
    let stall = "* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n* 2 FETCH (UID 2 BO";
    server.rule("BODY.PEEK[]", 1, Act::Answer(stall.into()));
    let mut settings = take_all(&server);
    settings.timing.inactivity = Duration::from_secs(60);
    settings.limits.batch_mails = 1;
    let watcher = Watcher::start(settings, MemorySink::slow(Duration::from_millis(300)));
    let seen = watcher.stop_once("it begins to store", |seen| seen.begun == 1).await;
    assert_eq!((seen.stored_uids(), seen.wanted.len()), (vec![1], 1));
}

#[tokio::test]
async fn told_to_stop_while_it_waits_to_reconnect_it_stops() {
    let server = ScriptedImap::start().await;
    let mut settings = server.settings();
    settings.endpoint.port = 1;
    settings.timing.retry_first = Duration::from_secs(600);
    settings.timing.retry_max = Duration::from_secs(600);
    let watcher = Watcher::start(settings, MemorySink::new());
    watcher.stop_once("it is offline", |seen| !seen.offline().is_empty()).await;
}

#[tokio::test]
async fn an_idle_that_was_refused_is_tried_again_later() {
    let server = ScriptedImap::start().await;
    server.rule("IDLE", 1, Act::Answer("{tag} NO not today\r\n".into()));
    let mut settings = server.settings();
    settings.timing.idle_again = Duration::from_millis(100);
    settings.timing.idle_silence = Duration::from_millis(20);
    let watcher = Watcher::start(settings, MemorySink::new());
    let back = |seen: &Seen| {
        let idles = |progress: &&askback::imap::Progress| {
            matches!(progress, askback::imap::Progress::Online { idle: true })
        };
        seen.progress.iter().filter(idles).count() > 1
    };
    let seen = watcher.stop_once("it idles", back).await;
    assert_eq!((server.asked("IDLE").len(), seen.offline().len()), (2, 0));
}
