//! Many requests at once: who is known is seen all the same, and nobody is left out for good.

use super::*;
use std::collections::HashSet;

const NOW: &str = "2026-05-15T11:00:01Z";

/// Tickets of strangers, then of clients who are known.
fn flood(strangers: u32, known: u32) -> Vec<TicketFacts> {
    let all = (1..=strangers + known).map(|number| {
        let mut facts = facts(number, State::Open, at("2026-05-15T11:00:00Z"));
        let who = if number <= strangers { "stranger" } else { "client" };
        facts.ticket.client = address(&format!("{who}{number}@x.test"));
        facts
    });
    all.collect()
}

fn sent(tickets: &[TicketFacts], told: &HashSet<Key>) -> Letters {
    sent_by(&policy(), tickets, told, at(NOW))
}

fn sent_by(policy: &Policy, tickets: &[TicketFacts], told: &HashSet<Key>, now: DateTime<Utc>) -> Letters {
    let calendar = calendar();
    let nudges = due(tickets, &[], &calendar, policy, now);
    let news: Vec<_> = nudges
        .into_iter()
        .filter(|nudge| nudge.key.cause != Cause::Digest && !told.contains(&nudge.key))
        .collect();
    let mails =
        Correspondence { is_known: &|client| client.local().starts_with("client"), ..correspondence() };
    let run = Run { language: Language::Russian, calendar: &calendar, policy, correspondence: mails, now };
    notices(&news, &waiting(tickets), &run)
}

fn to_olga(letters: &Letters) -> Vec<&Notice> {
    letters.notices.iter().filter(|notice| notice.to.as_str() == "olga@desk.test").collect()
}

#[test]
fn strangers_take_no_client_s_letter_of_his_own() {
    let tickets = flood(60, 1);
    let letters = sent(&tickets, &HashSet::new());
    let [own, table] = to_olga(&letters)[..] else { panic!("{letters:?}") };
    assert!(own.reply_to.is_some() && own.text.contains("client61@x.test"), "{}", own.text);
    assert!(
        table.subject.as_str().contains("60 новых") && table.text.contains("… и ещё 20\n"),
        "{}",
        table.text
    );
    // The others are told next time.
    assert_eq!(letters.untold.len(), 20);
    let told: HashSet<Key> = letters.notices.iter().flat_map(|notice| notice.tells.clone()).collect();
    assert_eq!(told.len(), 41);
    assert!(letters.untold.iter().all(|key| !told.contains(key)));
    let next = sent(&tickets, &told);
    let [table] = to_olga(&next)[..] else { panic!("{next:?}") };
    assert!(table.text.contains("stranger60@x.test") && !table.text.contains("и ещё"), "{}", table.text);
    assert!(next.untold.is_empty() && next.left.is_empty());
}

#[test]
fn many_clients_stand_on_top_of_the_table() {
    let letters = sent(&flood(60, 6), &HashSet::new());
    let [table] = to_olga(&letters)[..] else { panic!("{letters:?}") };
    let rows: Vec<_> = table.text.lines().filter(|line| line.contains("@x.test")).collect();
    assert!(
        rows[..6].iter().all(|row| row.contains("client6")) && rows[6].contains("stranger1@"),
        "{rows:?}"
    );
    assert_eq!((rows.len(), letters.untold.len()), (40, 26));
}

/// After an outage all are late at first sight: that is for others to hear, but they are new to her.
#[test]
fn who_hears_only_what_is_new_hears_of_many_late_requests() {
    let (mut policy, olga) = (policy(), address("olga@desk.test"));
    for (cause, people) in &mut policy.recipients {
        people.retain(|person| *person != olga || !matches!(cause, Cause::Overdue | Cause::ReactionSoon));
    }
    let late = at("2026-05-18T11:00:01Z");
    let letters = sent_by(&policy, &flood(46, 0), &HashSet::new(), late);
    let [table] = to_olga(&letters)[..] else { panic!("{letters:?}") };
    assert!(table.subject.as_str().contains("46 новых"), "{}", table.subject);
    assert!(table.text.contains("stranger40@x.test") && table.text.contains("… и ещё 6\n"), "{}", table.text);
    // What had no room waits for the next letter, but that tells only whoever hears that it is late: she has the number.
    assert_eq!(letters.left.iter().filter(|(to, _)| *to == olga).count(), 6);
    let one = sent_by(&policy, &flood(1, 0), &HashSet::new(), late);
    assert!(matches!(to_olga(&one)[..], [Notice { reply_to: Some(_), .. }]), "{one:?}");
}

/// What is old at first sight stands in the digest: an old mailbox that is read for the first time is no flood of letters.
#[test]
fn what_is_old_is_not_told_again_and_again() {
    let (calendar, policy, now) = (calendar(), policy(), at("2026-05-18T12:00:00Z"));
    let tickets: Vec<_> =
        (1..=100).map(|number| facts(number, State::Open, at("2026-05-04T11:00:00Z"))).collect();
    let nudges = due(&tickets, &[], &calendar, &policy, now);
    let run = Run {
        language: Language::Russian,
        calendar: &calendar,
        policy: &policy,
        correspondence: correspondence(),
        now,
    };
    let letters = notices(&nudges, &waiting(&tickets), &run);
    assert!(letters.untold.is_empty() && letters.left.is_empty(), "{letters:?}");
}
