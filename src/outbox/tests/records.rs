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
