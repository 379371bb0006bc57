//! The README's promises for letters: whatever the server does at whatever stage, the outbox says what is known of the letter,
//! an automatic letter goes out at most once, and an answer or notice at least once.

use super::dialogue::{address, mailer, settings};
use super::loops::Bench;
use super::server::{Act, Server};
use crate::net::Secret;
use crate::oauth::Credentials;
use crate::outbox::smtp::{Settings, Timing};
use crate::store::{LetterKind, OutboxId, OutboxState};
use chrono::{TimeDelta, Utc};
use std::time::Duration;

const STAGES: [&str; 7] = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT"];
const FAULTS: [Act; 5] = [
    Act::Say("451 4.3.0 later"),
    Act::Say("421 4.7.0 Try again later, closing connection"),
    Act::Say("554 5.7.1 no"),
    Act::Cut,
    Act::Hush,
];
const KINDS: [LetterKind; 3] = [LetterKind::Ask, LetterKind::Notice, LetterKind::Answer];

/// What becomes of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// The server was not reached, or takes nothing from us: that was no attempt.
    Unreachable,
    /// Due again later.
    Deferred,
    /// Never again.
    Failed,
    /// Nobody knows, and it is not sent again.
    Ambiguous,
    /// It went out.
    Sent,
}

/// The promise.
fn promised(stage: &str, fault: &Act, kind: LetterKind) -> Fate {
    match (stage, fault) {
        ("CONNECT" | "EHLO" | "AUTH", _) => Fate::Unreachable,
        ("MAIL", Act::Say(words)) if words.starts_with('5') => Fate::Unreachable,
        (_, Act::Say(words)) if words.starts_with('5') => Fate::Failed,
        (_, Act::Say(_)) => Fate::Deferred,
        ("DOT", Act::Cut | Act::Hush) if kind == LetterKind::Ask => Fate::Ambiguous,
        (_, Act::Cut | Act::Hush) => Fate::Deferred,
        (_, Act::Raw(_)) => panic!("{fault:?} is not in the table"),
    }
}

/// A server that wants a login and is not waited for long.
fn impatient(server: &Server) -> Settings {
    let limit = Duration::from_millis(300);
    let timing = Timing { command: limit, content: limit, final_dot: limit, goodbye: limit };
    let login = Some(Credentials::Password { user: "ivan".to_owned(), password: Secret::new("secret") });
    Settings { timing, login, ..settings(server) }
}

/// Sends one letter with the plan in the server's way; gives what became of it at once, and what the server had of it in the
/// end, when it was well again and all was due.
async fn fate(settings: Settings, server: &Server, kind: LetterKind) -> (Fate, usize) {
    let bench = Bench::new();
    let put_at = Utc::now();
    let id = bench.put("first", kind, put_at).await;
    let task = bench.start_with(mailer(settings.clone()));
    let tried = |letter: &crate::store::Letter| {
        letter.state != OutboxState::Claimed
            && (letter.state != OutboxState::Waiting || !letter.last_error.is_empty())
    };
    let letter = bench.until(id, tried).await;
    bench.end(task).await;
    let fate = match letter.state {
        OutboxState::Waiting if letter.attempts == 0 => Fate::Unreachable,
        OutboxState::Waiting => Fate::Deferred,
        OutboxState::Refused => Fate::Failed,
        OutboxState::Ambiguous => Fate::Ambiguous,
        OutboxState::Sent => Fate::Sent,
        OutboxState::Claimed | OutboxState::Cancelled => panic!("{letter:?}"),
    };
    // Nothing is due earlier than it was put off to; then all is.
    make_due(&bench).await;
    let task = bench.start_with(mailer(settings));
    let last = bench.put("last", LetterKind::Ask, Utc::now()).await;
    bench.wake.notify_one();
    bench.becomes(last, OutboxState::Sent).await;
    bench.end(task).await;
    let again = matches!(fate, Fate::Unreachable | Fate::Deferred);
    assert_eq!(bench.letter(id).await.state, if again { OutboxState::Sent } else { letter.state });
    let seen = server.seen().contents;
    (fate, seen.iter().filter(|content| content.starts_with(b"Subject: first")).count())
}

/// Lets the time pass until every letter that waits is due.
async fn make_due(bench: &Bench) {
    let due = |tx: &crate::store::Tx<'_>| {
        let later = Utc::now() + TimeDelta::days(1);
        let ids: Vec<OutboxId> = tx.claim_due(later, 10)?.iter().map(|claimed| claimed.letter.id).collect();
        ids.iter()
            .try_for_each(|id| tx.record_retry(*id, "time has passed", Utc::now() - TimeDelta::seconds(1)))
    };
    bench.store.write(0, due).await.unwrap();
}

#[tokio::test]
async fn any_fault_at_any_stage() {
    let mut cases = Vec::new();
    for stage in STAGES {
        for fault in FAULTS {
            cases.extend(KINDS.map(|kind| (stage, fault.clone(), kind)));
        }
    }
    let mut counts = [(Fate::Unreachable, 0), (Fate::Deferred, 0), (Fate::Failed, 0), (Fate::Ambiguous, 0)];
    for some in cases.chunks(14) {
        let fates = some.iter().map(|(stage, fault, kind)| async move {
            let server = Server::plain().await;
            server.act(stage, fault.clone());
            fate(impatient(&server), &server, *kind).await
        });
        for ((stage, fault, kind), (fate, copies)) in some.iter().zip(futures::future::join_all(fates).await)
        {
            let case = format!("{stage} {fault:?} {kind:?}");
            assert_eq!(fate, promised(stage, fault, *kind), "{case}");
            // The server has taken the content before it fails at the dot: then a second one is a second copy.
            let taken = usize::from(*stage == "DOT");
            let again = usize::from(matches!(fate, Fate::Unreachable | Fate::Deferred));
            assert_eq!(copies, taken + again, "{case}");
            counts.iter_mut().filter(|(of, _)| *of == fate).for_each(|(_, count)| *count += 1);
        }
    }
    assert_eq!(cases.len(), 105);
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<usize>(), cases.len());
    println!("SMTP: {} faults ({} stages, {} faults, {} kinds): {counts:?}", cases.len(), 7, 5, 3);
}

/// What a server does to the null sender, then to the bounce address; what becomes of the letter.
#[tokio::test]
async fn a_server_that_refuses_the_null_sender() {
    let no = || Act::Say("550 5.7.1 no null senders here");
    let mut cases = Vec::new();
    for stage in ["MAIL", "RCPT"] {
        cases.push((vec![(stage, no())], Fate::Sent));
        // The bounce address fares no better: what it meets with counts.
        let refused = if stage == "MAIL" { Fate::Unreachable } else { Fate::Failed };
        cases.push((vec![(stage, no()), (stage, no())], refused));
        for passing in [Act::Say("451 later"), Act::Cut, Act::Hush] {
            cases.push((vec![(stage, no()), (stage, passing.clone())], Fate::Deferred));
            cases.push((vec![(stage, no()), ("RSET", passing)], Fate::Deferred));
        }
        cases.push((vec![(stage, no()), ("DOT", Act::Cut)], Fate::Ambiguous));
        // For now only: no reason to give up the null sender.
        cases.push((vec![(stage, Act::Say("451 later"))], Fate::Deferred));
    }
    let fates = cases.iter().map(|(plan, _)| async move {
        let server = Server::plain().await;
        for (stage, act) in plan {
            server.act(stage, act.clone());
        }
        let bounce_address = Some(address("bounce@desk.test"));
        fate(Settings { bounce_address, ..impatient(&server) }, &server, LetterKind::Ask).await
    });
    for ((plan, promised), (fate, copies)) in cases.iter().zip(futures::future::join_all(fates).await) {
        assert_eq!(fate, *promised, "{plan:?}");
        assert_eq!(copies, usize::from(fate != Fate::Failed), "{plan:?}: at most once");
    }
    println!("SMTP: {} ways to refuse the null sender, with a bounce address", cases.len());
}
