//! Laws that hold whatever happens to a ticket.

use super::*;
use proptest::prelude::*;
use strum::VariantArray as _;

/// Whatever happens to a ticket, from outside: mails of the client, answers that go out and come back, hands, silence.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Mail(Stance, bool),
    /// Sent before all, between the client's mails, or after them.
    AnswerGone(When),
    AnswerBack,
    Closes,
    Reopens,
    Silence,
    AskLost,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Before,
    Between,
    After,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    let stances = [
        Stance::Request,
        Stance::Courtesy,
        Stance::Withdrawal,
        Stance::Refusal,
        Stance::Promise,
        Stance::AlreadySaid,
    ];
    prop_oneof![
        4 => (prop::sample::select(stances.to_vec()), any::<bool>()).prop_map(|(stance, full)| Happening::Mail(stance, full)),
        2 => prop::sample::select(vec![When::Before, When::Between, When::After]).prop_map(Happening::AnswerGone),
        1 => Just(Happening::AnswerBack),
        2 => prop::sample::select(vec![H::Closes, H::Reopens, H::Silence, H::AskLost]),
    ]
}

proptest! {
    /// No way leads from one state to another but those of the table; the clock runs only where it is the agents' turn, and
    /// an unanswered message is known wherever one waits.
    #[test]
    fn no_other_transition_is_reachable(steps in prop::collection::vec(happening(), 1..40)) {
        use crate::ticket::{answer, turn};
        let mut talk = Talk::new();
        talk.mail(&supplies(&[Product, Description]), |_| {});
        // When the client wrote what is filed; thanks are no news.
        let mut written = vec![talk.ticket.as_ref().unwrap().last_client_at];
        for step in steps {
            let before = talk.ticket.clone().unwrap();
            let now = before.opened_at + chrono::TimeDelta::days(1);
            let causes: &[states::Cause] = match step {
                Happening::Mail(stance, full) => {
                    let request = if full { supplies(&[Objects, Steps]) } else { with_stance(stance) };
                    talk.mail(&request, |_| {});
                    let last = talk.ticket.as_ref().unwrap().last_client_at;
                    if written.last() != Some(&last) {
                        written.push(last);
                    }
                    &[states::Cause::Asked, states::Cause::ClientWrote]
                }
                Happening::AnswerGone(when) => {
                    let minute = chrono::TimeDelta::minutes(1);
                    let at = match when {
                        When::Before => before.opened_at - minute,
                        When::Between => written[written.len() / 2] - minute,
                        When::After => now.max(before.last_client_at),
                    };
                    let next = written.iter().copied().find(|written| *written > at);
                    let gone = answer::gone_out(&before, at, false, next);
                    prop_assert_eq!(gone.answers_last, matches!(when, When::After));
                    let (first, then) = (before.first_unanswered_at, gone.ticket.first_unanswered_at);
                    prop_assert!(then.is_none() || then >= first, "what was answered is not: {first:?}, {then:?}");
                    talk.ticket = Some(gone.ticket);
                    &[states::Cause::AnswerSent]
                }
                Happening::AnswerBack => {
                    talk.ticket = Some(answer::returned(&before, None, before.last_client_at).unwrap_or(before.clone()));
                    &[states::Cause::LetterBounced]
                }
                Happening::Closes => {
                    talk.ticket = turn::closed_by_hand(&before, now).or(talk.ticket);
                    &[states::Cause::AgentClosed]
                }
                Happening::Reopens => {
                    talk.ticket = turn::reopened_by_hand(&before, now).or(talk.ticket);
                    &[states::Cause::AgentReopened]
                }
                Happening::Silence => {
                    talk.ticket = turn::closed_by_silence(&before, true, now).or(talk.ticket);
                    &[states::Cause::Silence, states::Cause::Withdrawn]
                }
                Happening::AskLost => {
                    talk.ticket = Some(turn::never_asked(&before, true, now));
                    &[states::Cause::LetterBounced]
                }
            };
            let after = talk.ticket.clone().unwrap();
            let allowed = causes.iter().any(|cause| states::next(before.state, *cause) == Some(after.state));
            prop_assert!(after.state == before.state || allowed, "{:?}: {:?} → {:?}", step, before.state, after.state);
            let thanks = matches!(step, Happening::Mail(Stance::Courtesy, false));
            prop_assert!(!thanks || after == before, "thanks changed something");
            prop_assert!(after.state != State::Answered || after.first_unanswered_at.is_none());
            prop_assert!(after.state != State::Open || after.first_unanswered_at.is_some());
        }
    }
}

proptest! {
    /// Whatever a client writes, before a letter has gone out or after it: at most `max_asks` asks go out, never one for what was
    /// supplied, and a letter that waits on the client leaves the ticket his turn.
    #[test]
    fn asks_are_few_and_never_for_what_is_there(
        mails in prop::collection::vec(
            (prop::collection::vec(0_usize..5, 0..4), 0_usize..8, any::<bool>(), any::<bool>()),
            1..8,
        ),
    ) {
        let mut talk = Talk::new();
        let mut supplied: Vec<Field> = Vec::new();
        let mut asks = 0;
        for (fields, stance, denied, out_at_once) in mails {
            let fields: Vec<Field> = fields.into_iter().map(|n| Field::VARIANTS[n]).collect();
            let stances = [Stance::Courtesy, Stance::Withdrawal, Stance::Refusal, Stance::Promise];
            let request = match stances.get(stance) {
                Some(stance) => with_stance(*stance),
                None => {
                    supplied.extend(&fields);
                    supplies(&fields)
                }
            };
            let answer = talk.mail(&request, |facts| {
                if denied {
                    facts.permission = Permission::Denied("a limit".to_owned());
                }
            });
            let state = talk.ticket.as_ref().unwrap().state;
            if let Reply::Ask(asked) = answer {
                talk.waiting = Some(Waiting::Ask);
                prop_assert!(asked.iter().all(|field| !supplied.contains(field) && *field != Attachments));
                prop_assert_eq!(state, State::Incomplete);
                prop_assert!(!denied);
            }
            prop_assert!(matches!(state, State::Incomplete | State::Open));
            if out_at_once && talk.waiting.take().is_some() {
                asks += 1;
            }
            prop_assert!(asks + u32::from(talk.waiting.is_some()) <= POLICY.max_asks);
        }
    }
}
