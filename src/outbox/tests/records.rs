//! What is written down of one attempt after the other, at times that the test sets.

use super::loops::Bench;
use crate::outbox::mailer::SendOutcome;
use crate::outbox::{Done, MAX_IN_DOUBT, record, recover};
use crate::store::{Claimed, Letter, LetterKind, OutboxId, OutboxState};
use crate::ticket::TicketId;
use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::Union;
use std::collections::BTreeMap;
use strum::VariantArray as _;

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
    for &kind in LetterKind::VARIANTS {
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
        LetterKind::VARIANTS.len()
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
        bench.store.write(0, move |tx| recover(tx, now)).await.unwrap();
        let letter = bench.letter(id).await;
        assert_eq!((letter.state, letter.attempts), (state, 1));
    }
}

#[tokio::test]
async fn what_may_have_arrived_three_times_is_not_sent_again() {
    for &kind in LetterKind::VARIANTS {
        let copies = if kind.is_automatic() { 1 } else { 3 };
        let (bench, id, mut now) = after_outage(kind, 1).await;
        let mut sent = 0;
        while bench.letter(id).await.state == OutboxState::Waiting {
            // Neither what says that the letter was not taken counts, nor does a restart forget.
            attempt(&bench, now, greylisted()).await;
            now = bench.letter(id).await.due_at;
            attempt(&bench, now, away()).await;
            let at = now;
            bench.store.write(0, move |tx| recover(tx, at)).await.unwrap();
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
            bench.store.write(0, move |tx| recover(tx, at)).await.unwrap();
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
    bench.store.write(0, move |tx| recover(tx, at)).await.unwrap();
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
    bench.store.write(0, move |tx| recover(tx, at)).await.unwrap();
    assert_eq!(held_up(), Some((1, "askback ended while it was being sent".to_owned())));
}

/// What a test of the outbox does next.
#[derive(Clone, Debug)]
enum Step {
    Claim(usize),
    Crash,
    Outcome(SendOutcome),
    Cancel,
}

fn step() -> impl Strategy<Value = Step> {
    let said = |weight, outcome| (weight, Just(Step::Outcome(outcome)).boxed());
    let why = || "why".to_owned();
    Union::new_weighted(vec![
        (3, (1_usize..4).prop_map(Step::Claim).boxed()),
        (2, Just(Step::Crash).boxed()),
        (1, Just(Step::Cancel).boxed()),
        said(1, SendOutcome::Accepted { response: "250".to_owned() }),
        said(1, unconfirmed()),
        said(2, greylisted()),
        said(1, away()),
        said(1, SendOutcome::Unwelcome { why: why() }),
        said(1, SendOutcome::Refused { why: why() }),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The server may have accepted whatever was claimed, unless it said no. An automatic letter may have been accepted once, an
    /// answer or notice three times, whatever ends an attempt; and none of these is given up sooner without a word from the server.
    #[test]
    fn no_letter_arrives_more_often_than_it_may(steps in proptest::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let begin = Utc::now().trunc_subsecs(3);
            let mut letters = BTreeMap::new();
            for (name, kind) in [("a", LetterKind::Ask), ("b", LetterKind::Answer), ("c", LetterKind::Notice)] {
                letters.insert(bench.put(name, kind, begin).await, kind);
            }
            let mut perhaps_arrived: BTreeMap<OutboxId, u32> = BTreeMap::new();
            let mut refused: Vec<OutboxId> = Vec::new();
            let mut in_flight: Vec<Letter> = Vec::new();
            for (hours, step) in (0..).zip(steps) {
                let now = begin + TimeDelta::hours(hours);
                match step {
                    Step::Claim(limit) => {
                        let claimed = bench.store.write(0, move |tx| tx.claim_due(now, limit)).await.unwrap();
                        for Claimed { letter, .. } in claimed {
                            *perhaps_arrived.entry(letter.id).or_default() += 1;
                            in_flight.push(letter);
                        }
                    }
                    Step::Crash => {
                        in_flight.clear();
                        bench.store.write(0, move |tx| recover(tx, now)).await.unwrap();
                    }
                    Step::Cancel => {
                        bench.store.write(0, move |tx| tx.cancel_waiting(TicketId(1), "", now)).await.unwrap();
                    }
                    Step::Outcome(outcome) => {
                        let Some(letter) = in_flight.pop() else { continue };
                        if !matches!(outcome, SendOutcome::Accepted { .. } | SendOutcome::Ambiguous { .. }) {
                            *perhaps_arrived.get_mut(&letter.id).unwrap() -= 1;
                        }
                        if matches!(outcome, SendOutcome::Refused { .. }) {
                            refused.push(letter.id);
                        }
                        let done = Done { letter, answered: Vec::new(), outcome };
                        bench.store.write(0, move |tx| record(tx, &done, now)).await.unwrap();
                    }
                }
            }
            for (id, kind) in letters {
                let times = perhaps_arrived.get(&id).copied().unwrap_or_default();
                let most = if kind.is_automatic() { 1 } else { MAX_IN_DOUBT };
                prop_assert!(times <= most, "{kind:?} may have arrived {times} times");
                let Letter { state, .. } = bench.letter(id).await;
                let ended = matches!(state, OutboxState::Refused | OutboxState::Ambiguous);
                prop_assert!(!ended || refused.contains(&id) || times == most, "{kind:?} was given up: {state:?}");
            }
            Ok(())
        })?;
    }
}
