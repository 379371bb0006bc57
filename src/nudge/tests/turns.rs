//! Whom nobody hurries: clients whose question has not gone out, requests that were taken back.

use super::*;

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
