//! Whom nobody hurries: clients whose question has not gone out, requests that were taken back.

use super::*;
use std::cell::Cell;

#[test]
fn a_client_whom_nobody_has_asked_yet_is_not_silent() {
    use Weight::News;
    let asked =
        |asked| TicketFacts { asked: Some(asked), ..facts(1, State::Incomplete, at("2026-05-13T07:00:00Z")) };
    check(&asked(Asked::Waits), "2026-05-14T07:00:00Z", &[]);
    let gone = asked(Asked::At(at("2026-05-14T07:00:00Z")));
    check(&gone, "2026-05-15T05:59:59Z", &[]);
    check(&gone, "2026-05-15T06:00:00Z", &[(Cause::ClientSilent, News)]);
    // It is told once for each question.
    let key = |facts: TicketFacts| {
        let tickets = [facts];
        let now = at("2026-05-15T12:00:00Z");
        due(&tickets, &[], &calendar(), &policy(), now)[0].key
    };
    let earlier = key(asked(Asked::At(at("2026-05-13T08:00:00Z"))));
    assert_eq!((earlier.cause, key(gone.clone()).cause), (Cause::ClientSilent, Cause::ClientSilent));
    assert_ne!(earlier, key(gone));
}

#[test]
fn of_a_request_that_was_taken_back_one_letter_says_so_and_nobody_is_hurried() {
    let wrote = at("2026-05-14T12:00:00Z");
    let mut withdrawn = facts(17, State::Open, wrote);
    withdrawn.ticket.withdrawn_at = Some(wrote);
    (withdrawn.missing, withdrawn.ticket.asks) = (vec![Field::Steps], 1);
    check(&withdrawn, "2026-05-14T12:00:01Z", &[(Cause::AgentsTurn, Weight::News)]);
    check(&withdrawn, "2026-05-18T12:00:00Z", &[(Cause::AgentsTurn, Weight::Old)]);
    let tickets = [withdrawn];
    let mut all = String::new();
    for language in [Language::Russian, Language::English] {
        all += &letters(&tickets, &[], language, "2026-05-14T12:00:01Z");
    }
    assert!(!all.contains("Не хватает") && !all.contains("Missing") && !all.contains("Ответить до"), "{all}");
    insta::assert_snapshot!("withdrawn", all);
    // In the digest it is not overdue.
    let (calendar, policy, now) = (calendar(), policy(), at("2026-05-18T12:00:00Z"));
    let mut nudges = due(&tickets, &[], &calendar, &policy, now);
    nudges.retain(|nudge| nudge.key.cause == Cause::Digest);
    let digest = notices_in(Language::Russian, &nudges, &tickets, now);
    let digest = &digest.iter().find(|notice| notice.text.contains("Сводка")).unwrap().text;
    assert!(digest.contains("Ждут инженера: 1\n  № 17  вопрос снят"), "{digest}");
    assert!(!digest.contains("Просрочены"), "{digest}");
}

/// A desk of five years that closes nothing. Of its digest people read one page, and askback no more tickets than stand there.
#[test]
fn a_digest_of_thousands_of_requests_is_a_letter_for_a_person() {
    let now = at("2026-05-18T12:00:00Z");
    let of = |id: TicketId| {
        let state = if id.0.is_multiple_of(4) { State::Incomplete } else { State::Open };
        let wrote = at("2021-11-18T12:00:00Z") + TimeDelta::hours(i64::from(id.0));
        let mut facts = facts(id.0, state, wrote);
        facts.ticket.client = address(&format!("c{}@x.test", id.0 % 1000));
        facts
    };
    let all: Vec<TicketFacts> = (1..=20_000).map(|number| of(TicketId(number))).collect();
    let (read, asked) = (Cell::new(0), Cell::new(0));
    let facts = |id| {
        read.set(read.get() + 1);
        Some(of(id))
    };
    let is_known = |client: &Address| {
        asked.set(asked.get() + 1);
        client.as_str().starts_with("c7")
    };
    let mails = Correspondence { facts: &facts, is_known: &is_known, ..correspondence() };
    let (calendar, policy) = (calendar(), policy());
    let key = Key { cause: Cause::Digest, subject: 0, clock: at("2026-05-18T00:00:00Z") };
    let digest = [Nudge { key, about: About::Day, weight: Weight::News }];
    let run =
        Run { language: Language::Russian, calendar: &calendar, policy: &policy, correspondence: mails, now };
    let letters = notices(&digest, &waiting(&all), &run);
    let people = letters.notices.len();
    assert!(people > 0 && letters.left.is_empty());
    assert_eq!(read.get(), people * 80, "two tables of 40 rows");
    assert!(asked.get() < people * 1_200, "{} clients were looked up", asked.get());
    for Notice { text, html, .. } in &letters.notices {
        assert!(text.contains("Просрочены: 15000\n") && text.contains("Ждём клиента: 5000\n"), "{text}");
        assert!(text.contains("  … и ещё 14960\n") && text.contains("  … и ещё 4960\n"), "{text}");
        assert!(
            text.contains("  askback tickets --state open\n  askback tickets --state incomplete\n"),
            "{text}"
        );
        // Those of who is known stand on top, the longest waiting first, with the year.
        let first = text.lines().find(|line| line.contains("@x.test")).unwrap();
        assert!(first.contains("№ 7 ") && first.contains(" 19.11.2021 "), "{first}");
        assert!(text.lines().count() < 200 && html.as_ref().is_some_and(|html| html.len() < 100_000));
    }
}

/// What a vendor answers whom an agent has asked, or a client long after his request was closed.
#[test]
fn a_letter_names_the_request_that_its_own_mentions() {
    let mut new = facts(17, State::Open, at("2026-05-14T12:00:00Z"));
    new.ticket.linked = Some(TicketId(9));
    for (language, line) in
        [(Language::Russian, "\nУпоминает обращение: № 9\n"), (Language::English, "\nMentions request: #9\n")]
    {
        let text = letters(std::slice::from_ref(&new), &[], language, "2026-05-14T12:00:01Z");
        assert!(text.contains(line), "{text}");
    }
}
