//! A tick looks only at tickets that it is not done with. It decides as if it looked at all.

use super::*;
use crate::mail::packed::PackedRaw;
use proptest::prelude::*;
use std::collections::BTreeSet;
use strum::VariantArray as _;

/// The tickets of the desk.
const TICKETS: usize = 4;

#[derive(Clone, Debug)]
enum Step {
    /// So many minutes pass; the clock may be put back.
    Pass(i64),
    /// The operator wants another clock.
    Config(usize),
    /// The client of this ticket writes.
    Writes(usize),
    /// He takes his request back.
    Withdraws(usize),
    /// He is asked, and that becomes of the letter.
    Asked(usize, OutboxState),
    /// What is asked of him and has gone out never arrived.
    AskReturns(usize),
    /// An agent's answer to this ticket came back.
    Returns(usize),
    /// The ticket is in this state now.
    Is(usize, State),
    /// The ticket is opened again.
    Reopened(usize),
    /// The notices that wait go out, or are refused.
    Settled(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let nth = || 0..TICKETS;
    let state = proptest::sample::select(State::VARIANTS);
    let outcome = proptest::sample::select(OutboxState::VARIANTS);
    prop_oneof![
        8 => (1_i64..900).prop_map(Step::Pass),
        1 => (-3000_i64..30_000).prop_map(Step::Pass),
        1 => (0_usize..3).prop_map(Step::Config),
        2 => nth().prop_map(Step::Writes),
        1 => nth().prop_map(Step::Withdraws),
        3 => (nth(), outcome).prop_map(|(nth, outcome)| Step::Asked(nth, outcome)),
        1 => nth().prop_map(Step::AskReturns),
        1 => nth().prop_map(Step::Returns),
        2 => (nth(), state).prop_map(|(nth, state)| Step::Is(nth, state)),
        1 => nth().prop_map(Step::Reopened),
        2 => any::<bool>().prop_map(Step::Settled),
    ]
}

/// Three configurations: hours, limits and the time zone differ.
fn clocks() -> [Arc<Clock>; 3] {
    let example = include_str!("../../../../config.example.toml");
    let zone = example.replace("#timezone = \"Europe/Moscow\"", "timezone = \"Asia/Vladivostok\"");
    let slower = "[[regulation]]\nversion = \"2\"\neffective_from = \"2020-01-01\"\nreaction = \"3d\"\n";
    [example.to_owned(), zone, example.replace("version = \"1\"", "version = \"0\"") + slower]
        .map(|text| Arc::new(clock(&text)))
}

async fn settle(bench: &Bench, now: DateTime<Utc>, goes_out: bool) {
    bench
        .write(move |tx| {
            for letter in tx.claim_due(now, 1000)?.into_iter().map(|claimed| claimed.letter) {
                if letter.kind != LetterKind::Notice {
                    tx.record_unreachable(letter.id, "", now)?;
                } else if goes_out {
                    tx.record_sent(letter.id, "250", now)?;
                } else {
                    tx.record_refused(letter.id, "550", now)?;
                }
            }
            Ok(())
        })
        .await;
}

/// Asks the client of a ticket; what becomes of the letter.
fn ask(
    tx: &Tx<'_>,
    id: TicketId,
    outcome: OutboxState,
    serial: usize,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let letter = NewLetter {
        kind: LetterKind::Ask,
        ticket: Some(id),
        answers_mail: None,
        envelope_from: None,
        to: Address::parse("ivan@client.example")?,
        message_id: MessageId::parse(&format!("{serial}@us")).unwrap(),
        packed: PackedRaw::pack(format!("{serial}\r\n").as_bytes()).unwrap(),
        due_at: DateTime::UNIX_EPOCH,
        asked: Vec::new(),
    };
    tx.cancel_waiting(id, "asked anew", now)?;
    let ask = tx.enqueue(&letter, now)?;
    let claimed = tx.claim_due(now, 1)?.pop().map(|claimed| claimed.letter.id);
    assert_eq!(claimed, Some(ask), "it is due before all others");
    match outcome {
        OutboxState::Waiting => tx.record_unreachable(ask, "", now)?,
        OutboxState::Claimed => {}
        OutboxState::Sent => tx.record_sent(ask, "250", now)?,
        OutboxState::Refused => tx.record_refused(ask, "550", now)?,
        OutboxState::Ambiguous => tx.record_ambiguous(ask, "?", now)?,
        OutboxState::Cancelled => {
            tx.record_unreachable(ask, "", now)?;
            tx.cancel_waiting(id, "overtaken", now)?;
        }
    }
    let ticket = tx.ticket(id)?.unwrap();
    tx.update_ticket(&Ticket { state: State::Incomplete, asks: ticket.asks + 1, ..ticket })
}

/// What a tick over all tickets would tell and one over those of [`Reader::to_tell`] would not is told already, or less than what
/// has been told of it; and of notices both know whether they hold. Gives how many tickets were left out.
fn compare(clock: &Clock, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<usize> {
    tx.forget_settled_notices()?;
    let all: BTreeSet<TicketId> = tx.turns()?.into_iter().map(|turn| turn.id).collect();
    let (all, few) = (clock.facts(tx, &all)?, clock.facts(tx, &tx.to_tell()?)?);
    let causes = |tickets| nudge::causes(tickets, &[], &clock.desk.calendar, &clock.policy, now);
    let (of_all, of_few) = (causes(&all), causes(&few));
    let keys: Vec<Key> = of_few.iter().map(|nudge| nudge.key).collect();
    let mut both = of_all.iter().filter(|nudge| keys.contains(&nudge.key)).map(|nudge| nudge.key);
    assert!(keys.iter().all(|key| both.next() == Some(*key)), "{keys:?}");
    let told = |key: Key| tx.tell(&key, now).map(|is_news| !is_news);
    for nudge in of_all.iter().filter(|nudge| !keys.contains(&nudge.key)) {
        let of_clock = |cause| told(Key { cause, ..nudge.key });
        let is_less =
            matches!(nudge.key.cause, Cause::AgentsTurn | Cause::NotAskedAgain | Cause::ReactionSoon);
        let is_told =
            told(nudge.key)? || (is_less && of_clock(Cause::Overdue)? && of_clock(Cause::Escalated)?);
        assert!(is_told, "{:?} is left out", nudge.key);
    }
    let (still, still_of_few) = (nudge::still_so(&of_all, &all), nudge::still_so(&of_few, &few));
    for key in tx.waiting_notices()?.iter().chain(&tx.owed_notices()?).flat_map(|notice| &notice.tells) {
        assert_eq!(still.contains(key), still_of_few.contains(key), "{key:?}");
    }
    Ok(all.len() - few.len())
}

/// Gives how many tickets were left out, in all.
async fn live_through(steps: &[Step]) -> usize {
    let (bench, clocks) = (Bench::undelivered(), clocks());
    let (mut now, mut config, mut left_out) = (at("2026-05-14T06:00:00Z"), 0, 0);
    let mut ids = Vec::new();
    for _ in 0..TICKETS {
        ids.push(bench.open(State::Open, "2026-05-13T12:00:00Z").await);
    }
    for (serial, step) in steps.iter().cloned().enumerate() {
        now += TimeDelta::seconds(1);
        let ids = ids.clone();
        let change = move |tx: &Tx<'_>, nth: usize, change: &dyn Fn(Ticket) -> Ticket| {
            tx.update_ticket(&change(tx.ticket(ids[nth])?.unwrap()))?;
            Ok(ids[nth])
        };
        match step {
            Step::Pass(minutes) => now += TimeDelta::minutes(minutes),
            Step::Config(other) => config = other,
            Step::Settled(goes_out) => settle(&bench, now, goes_out).await,
            Step::Writes(nth) => {
                let wrote = move |ticket: Ticket| Ticket {
                    state: State::Open,
                    last_client_at: now,
                    withdrawn_at: None,
                    ..ticket
                };
                bench.write(move |tx| change(tx, nth, &wrote)).await;
            }
            Step::Withdraws(nth) => {
                let withdrawn = |ticket: Ticket| Ticket { withdrawn_at: Some(ticket.turn_since()), ..ticket };
                bench.write(move |tx| change(tx, nth, &withdrawn)).await;
            }
            Step::Is(nth, state) => {
                let answered_at = (state == State::Answered).then_some(now);
                let is = move |ticket: Ticket| Ticket { state, answered_at, ..ticket };
                bench.write(move |tx| change(tx, nth, &is)).await;
            }
            Step::Reopened(nth) => {
                let reopened =
                    move |ticket: Ticket| Ticket { state: State::Open, reopened_at: Some(now), ..ticket };
                bench.write(move |tx| change(tx, nth, &reopened)).await;
            }
            Step::Asked(nth, outcome) => {
                bench
                    .write(move |tx| ask(tx, change(tx, nth, &|ticket| ticket)?, outcome, serial, now))
                    .await;
            }
            Step::AskReturns(nth) => {
                let returns = move |tx: &Tx<'_>| {
                    let letters = tx.letters_of(change(tx, nth, &|ticket| ticket)?)?;
                    let ask = letters.into_iter().rfind(|letter| letter.kind == LetterKind::Ask);
                    ask.map_or(Ok(()), |ask| tx.ask_returned(&ask, now))
                };
                bench.write(returns).await;
            }
            Step::Returns(nth) => {
                let returns = move |tx: &Tx<'_>| {
                    let id = change(tx, nth, &|ticket| ticket)?;
                    let subject = EventSubject { ticket: Some(id), ..EventSubject::default() };
                    let answer = MessageId::parse(&format!("{serial}@agent")).unwrap();
                    tx.answer_returned(id, &answer, "no such user", subject, now)
                };
                bench.write(returns).await;
            }
        }
        for _ in 0..2 {
            let clock = clocks[config].clone();
            left_out += bench.write(move |tx| compare(&clock, tx, now)).await;
            bench.tick_by(&clocks[config], now).await;
        }
    }
    left_out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_a_tick_does_not_look_at_has_nothing_to_tell(steps in proptest::collection::vec(step(), 5..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(live_through(&steps));
    }
}

/// The property above would be worth nothing if nothing were left out.
#[tokio::test]
async fn what_has_been_told_is_not_looked_at_any_more() {
    let steps =
        [Step::Asked(0, OutboxState::Sent), Step::Settled(true), Step::Pass(9000), Step::Settled(true)];
    // In the last step all four have been told of, and no notice waits.
    assert_eq!(live_through(&steps).await, 8);
    let again =
        [steps.as_slice(), &[Step::Writes(1), Step::Settled(true), Step::Returns(2), Step::Settled(true)]]
            .concat();
    // Each step looks twice: one has a new clock until it is overdue, one an answer that came back until that is told.
    assert_eq!(live_through(&again).await, 8 + 2 * (3 + 3 + 2 + 3));
}
