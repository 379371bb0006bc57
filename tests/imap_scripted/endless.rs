//! Servers that talk and talk, and never come to the point.

use super::*;
use crate::scripted_imap::Act;

fn still_here() -> Act {
    Act::Drip("* OK Still here\r\n".to_owned())
}

fn brief(server: &ScriptedImap) -> Settings {
    let mut settings = take_all(server);
    settings.timing.command = Duration::from_millis(500);
    settings
}

/// One connection on which this command is answered so, and one on which all goes well.
async fn check(command: &str, act: Act, limit: Duration, why: &str) {
    let server = ScriptedImap::start().await;
    server.deliver(&[100, 9000, 100]);
    server.rule(command, 1, act);
    if command == "DONE" {
        server.rule("IDLE", 1, Act::Answer("+ idling\r\n".to_owned()));
    }
    let mut settings = brief(&server);
    settings.timing.command = limit;
    settings.limits.partial_over = 4000;
    settings.timing.idle_silence = Duration::from_millis(30);
    let watcher = Watcher::start(settings, MemorySink::new());
    let back = |seen: &Seen| !seen.offline().is_empty() && seen.confirmed.len() == 3 && seen.caught_up() > 0;
    let seen = watcher.stop_once("it is back", back).await;
    assert!(seen.offline().len() == 1 && seen.offline()[0].contains(why), "{command}: {:?}", seen.offline());
    assert!(seen.held.is_empty() && seen.attempts.is_empty(), "{command}: {:?}", seen.attempts);
    assert_eq!(seen.stored.len(), 3);
}

#[tokio::test]
async fn no_command_is_waited_for_without_end() {
    let commands = [
        "CAPABILITY",
        "AUTHENTICATE",
        "SELECT",
        "RFC822.SIZE",
        "BODY.PEEK[])",
        "BODY.PEEK[]<",
        "STORE",
        "IDLE",
        "DONE",
    ];
    let checks = commands
        .map(|command| check(command, still_here(), Duration::from_millis(500), "never comes to an end"));
    futures::future::join_all(checks).await;
}

#[tokio::test]
async fn flags_without_end_are_no_mails() {
    let flags = "* 1 FETCH (FLAGS (\\Seen))\r\n".repeat(100_001);
    check("BODY.PEEK[])", Act::Answer(flags), Duration::from_secs(60), "responses without end").await;
}

/// IDLE is never answered by `+`: mail is looked for all the same, and in the end without it.
#[tokio::test]
async fn an_idle_that_never_begins_is_given_up() {
    for act in [Act::Silence, still_here()] {
        let server = ScriptedImap::start().await;
        server.rule("IDLE", usize::MAX, act.clone());
        let mut settings = brief(&server);
        settings.timing.inactivity = Duration::from_millis(100);
        let watcher = Watcher::start(settings, MemorySink::new());
        watcher.sink.until("it has found out", |seen| seen.caught_up() > 6).await;
        server.deliver(&[100]);
        let seen = watcher.stop_once("it is stored", |seen| seen.confirmed.len() == 1).await;
        assert_eq!(
            (server.asked("IDLE").len(), seen.offline().len()),
            (3, 3),
            "{act:?}: {:?}",
            seen.offline()
        );
    }
}

#[tokio::test]
async fn mail_that_is_announced_and_never_there_is_not_looked_for_without_pause() {
    let server = ScriptedImap::start().await;
    server.rule("IDLE", usize::MAX, Act::Before("* 1 EXISTS\r\n* 9 EXISTS\r\n".to_owned()));
    let watcher = Watcher::start(take_all(&server), MemorySink::new());
    watcher.sink.until("caught up", |seen| seen.caught_up() > 2).await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    let seen = watcher.stop_once("it has looked", |_| true).await;
    assert!(server.asked("RFC822.SIZE").len() <= 5, "{:?}", server.asked("RFC822.SIZE").len());
    assert!(seen.offline().is_empty());
}
