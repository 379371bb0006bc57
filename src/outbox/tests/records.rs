//! What is written down of one attempt after the other, at times that the test sets.

use super::loops::Bench;
use crate::outbox::mailer::SendOutcome;
use crate::outbox::{Done, record};
use crate::store::{Letter, LetterKind, OutboxId, OutboxState};
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// Claims the only letter that is due `now`, and has this come of it.
async fn attempt(bench: &Bench, now: DateTime<Utc>, outcome: SendOutcome) {
    let claimed = bench.store.write(0, move |tx| tx.claim_due(now, 9)).await.unwrap();
    let [claimed] = claimed.as_slice() else { panic!("{} letters are due", claimed.len()) };
    let done = Done { letter: claimed.letter.clone(), answered: Vec::new(), outcome };
    bench.store.write(0, move |tx| record(tx, &done, now)).await.unwrap();
}

fn away() -> SendOutcome {
    SendOutcome::Unreachable { why: "nobody there".to_owned() }
}

fn unconfirmed() -> SendOutcome {
    SendOutcome::Ambiguous { why: "no answer to the dot".to_owned() }
}

fn greylisted() -> SendOutcome {
    SendOutcome::Retry { why: "451 greylisted".to_owned() }
}

/// A letter before whose first attempt the server was away so many times.
async fn after_outage(kind: LetterKind, times: u32) -> (Bench, OutboxId, DateTime<Utc>) {
    let bench = Bench::new();
    // The database keeps milliseconds.
    let mut now = Utc::now().trunc_subsecs(3);
    let id = bench.put("ivan", kind, now).await;
    for _ in 0..times {
        attempt(&bench, now, away()).await;
        now += TimeDelta::minutes(5);
    }
    (bench, id, now)
}

#[tokio::test]
async fn an_outage_is_no_attempt_at_a_letter() {
    const OUTAGE: u32 = 7;
    for kind in LetterKind::ALL {
        let (bench, id, mut now) = after_outage(kind, OUTAGE).await;
        let Letter { state, attempts, last_error, .. } = bench.letter(id).await;
        assert_eq!((state, attempts, last_error.as_str()), (OutboxState::Waiting, 0, "nobody there"));
        // So greylisting waits as long as it would have without the outage, and another outage changes nothing.
        let mut minutes = Vec::new();
        for _ in 0..4 {
            attempt(&bench, now, away()).await;
            attempt(&bench, now, greylisted()).await;
            let due = bench.letter(id).await.due_at;
            minutes.push((due - now).num_minutes());
            now = due;
        }
        assert_eq!(minutes, [1, 5, 15, 30], "{kind:?}");
        assert_eq!(bench.letter(id).await.attempts, 4);
    }
    println!(
        "{} kinds of letters after {OUTAGE} failures to reach the server: greylisting waits 1 min",
        LetterKind::ALL.len()
    );
}

#[tokio::test]
async fn whoever_dies_after_an_outage_has_tried_the_letter() {
    for (kind, state) in
        [(LetterKind::Ask, OutboxState::Ambiguous), (LetterKind::Answer, OutboxState::Waiting)]
    {
        let (bench, id, now) = after_outage(kind, 3).await;
        bench.store.write(0, move |tx| tx.claim_due(now, 9)).await.unwrap();
        assert_eq!(bench.letter(id).await.attempts, 1, "counted before the first byte");
        bench.store.write(0, move |tx| tx.recover_claims(now)).await.unwrap();
        let letter = bench.letter(id).await;
        assert_eq!((letter.state, letter.attempts), (state, 1));
    }
}

#[tokio::test]
async fn what_may_have_arrived_three_times_is_not_sent_again() {
    for (kind, copies) in LetterKind::ALL.map(|kind| (kind, if kind.is_automatic() { 1 } else { 3 })) {
        let (bench, id, mut now) = after_outage(kind, 1).await;
        let mut sent = 0;
        while bench.letter(id).await.state == OutboxState::Waiting {
            // Neither what says that the letter was not taken counts, nor does a restart forget.
            attempt(&bench, now, greylisted()).await;
            now = bench.letter(id).await.due_at;
            attempt(&bench, now, away()).await;
            let at = now;
            bench.store.write(0, move |tx| tx.recover_claims(at)).await.unwrap();
            attempt(&bench, now, unconfirmed()).await;
            (now, sent) = (bench.letter(id).await.due_at, sent + 1);
        }
        let Letter { state, last_error, .. } = bench.letter(id).await;
        assert_eq!((state, sent), (OutboxState::Ambiguous, copies), "{kind:?}");
        assert_eq!(last_error, "no answer to the dot");
    }
}

/// So that the three do not fall into one incident.
#[tokio::test]
async fn what_may_have_arrived_is_sent_again_hours_later() {
    for kind in [LetterKind::Answer, LetterKind::Notice] {
        let (bench, id, mut now) = after_outage(kind, 1).await;
        let mut minutes = Vec::new();
        loop {
            attempt(&bench, now, unconfirmed()).await;
            let Letter { state, due_at, .. } = bench.letter(id).await;
            if state != OutboxState::Waiting {
                break;
            }
            minutes.push((due_at - now).num_minutes());
            let at = now;
            bench.store.write(0, move |tx| tx.recover_claims(at)).await.unwrap();
            assert_eq!(bench.letter(id).await.due_at, due_at, "nor does a restart hurry");
            now = due_at;
        }
        assert_eq!(minutes, [60, 120], "{kind:?}");
    }
}

#[tokio::test]
async fn a_letter_that_is_unwelcome_backs_off_by_itself_until_the_daemon_starts_anew() {
    let bench = Bench::new();
    let created = Utc::now().trunc_subsecs(3);
    let id = bench.put("ivan", LetterKind::Answer, created).await;
    let mut now = created;
    let mut tries = 0;
    while now < created + TimeDelta::hours(1) {
        attempt(&bench, now, SendOutcome::Unwelcome { why: "550 no".to_owned() }).await;
        let Letter { attempts, due_at, .. } = bench.letter(id).await;
        assert_eq!(attempts, 0);
        let at = now;
        assert!(bench.store.write(0, move |tx| tx.claim_due(at, 9)).await.unwrap().is_empty(), "not at once");
        (now, tries) = (due_at, tries + 1);
    }
    assert!(tries < 60, "{tries} in the first hour");
    // A reload may have mended it.
    let at = created + TimeDelta::minutes(5);
    bench.store.write(0, move |tx| tx.recover_claims(at)).await.unwrap();
    assert_eq!(bench.letter(id).await.due_at, at);
}

#[tokio::test]
async fn a_letter_that_waits_is_seen_whatever_it_met_with_before() {
    let bench = Bench::new();
    let mut now = Utc::now().trunc_subsecs(3);
    let id = bench.put("ivan", LetterKind::Answer, now).await;
    let held_up = || bench.store.read_now(|reader| reader.held_up(Utc::now())).unwrap();
    assert_eq!(held_up(), None);
    for (outcome, why) in [(greylisted(), "451 greylisted"), (away(), "nobody there")] {
        attempt(&bench, now, outcome).await;
        assert_eq!(held_up(), Some((1, why.to_owned())));
        now = bench.letter(id).await.due_at;
    }
    let at = now;
    bench.store.write(0, move |tx| tx.claim_due(at, 9)).await.unwrap();
    bench.store.write(0, move |tx| tx.recover_claims(at)).await.unwrap();
    assert_eq!(held_up(), Some((1, "askback ended while it was being sent".to_owned())));
}
