//! What holds whatever happens at a desk.

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

/// A week of a desk: clients write, are asked, are answered; the clock is looked at now and then, and may jump.
#[derive(Clone, Debug)]
enum Step {
    Pass(i64),
    Writes(u32),
    Asked(u32),
    Answered(u32),
    Fails,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_i64..600).prop_map(Step::Pass),
        1 => (-5_000_i64..100_000).prop_map(Step::Pass),
        2 => (0_u32..4).prop_map(Step::Writes),
        1 => (0_u32..4).prop_map(Step::Asked),
        1 => (0_u32..4).prop_map(Step::Answered),
        1 => Just(Step::Fails),
    ]
}

proptest! {
    /// Never twice for one cause and clock, never outside working time, and no more letters than people in a run and
    /// than causes in all.
    #[test]
    fn people_are_told_once_and_at_work(steps in prop::collection::vec(step(), 1..80)) {
        let (calendar, policy) = (calendar(), policy());
        let mut now = at("2026-05-13T06:00:00Z");
        let mut tickets: Vec<_> = (1..=4).map(|n| facts(n, State::Closed, now)).collect();
        let (mut mails, mut told): (Vec<MailFacts>, HashSet<Key>) = (Vec::new(), HashSet::new());
        let (mut clocks, mut days, mut letters) = (0, HashSet::new(), 0);
        for step in steps {
            match step {
                Step::Pass(minutes) => now += TimeDelta::minutes(minutes),
                Step::Writes(index) => {
                    let ticket = &mut tickets[index as usize].ticket;
                    (ticket.state, ticket.last_client_at) = (State::Open, ticket.last_client_at.max(now));
                    clocks += 1;
                }
                Step::Asked(index) => {
                    tickets[index as usize].ticket.state = State::Incomplete;
                    tickets[index as usize].asked = Some(Asked::At(now));
                }
                Step::Answered(index) => tickets[index as usize].ticket.state = State::Answered,
                Step::Fails => {
                    let number = i64::try_from(mails.len()).unwrap();
                    mails.push(MailFacts { number, disposition: Disposition::Held, since: now });
                }
            }
            let nudges = due(&tickets, &mails, &calendar, &policy, now);
            let news: Vec<_> = nudges.into_iter().filter(|nudge| told.insert(nudge.key)).collect();
            let sent = notices_in(Language::Russian, &news, &tickets, now);
            prop_assert!(news.is_empty() || calendar.is_open(now));
            prop_assert!(sent.is_empty() || !news.is_empty(), "a letter without news");
            // To three people five letters about single requests and one of tables, at most.
            prop_assert!(sent.len() <= 3 * 6);
            days.insert(now.with_timezone(&calendar.zone()).date_naive());
            letters += sent.len();
            // At once again, there is nothing more to say.
            prop_assert!(due(&tickets, &mails, &calendar, &policy, now).iter().all(|nudge| told.contains(&nudge.key)));
        }
        // Six causes a clock at most; each first state of a ticket is a clock, too.
        prop_assert!(told.len() <= 6 * (clocks + 4) + mails.len() + days.len());
        prop_assert!(letters <= 3 * told.len());
    }
}
