//! What agents hear of an answer that is sent no more, though the server never said that it has it.

use super::*;

#[test]
fn an_answer_that_may_have_arrived_is_told_as_that() {
    let mut all = String::new();
    for language in [Language::Russian, Language::English] {
        for colleague in [false, true] {
            let mut facts = facts(5, State::Open, at("2026-05-15T11:00:00Z"));
            let doubt = returned(at("2026-05-15T11:30:00Z")).unwrap();
            facts.returned = Some(Returned { in_doubt: true, ..doubt });
            facts.colleague = colleague;
            all += &letters(&[facts], &[], language, "2026-05-15T12:00:00Z");
        }
    }
    let long = all.lines().find(|line| !line.starts_with("Subject: ") && line.chars().count() > 82);
    assert_eq!(long, None);
    insta::assert_snapshot!("perhaps_arrived", all);
}
