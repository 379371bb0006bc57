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

/// Why it came back, in the server's words, and which answer it was.
#[test]
fn an_answer_that_came_back_is_told_with_its_reason_and_its_beginning() {
    let mut all = String::new();
    for language in [Language::Russian, Language::English] {
        let mut facts = facts(5, State::Open, at("2026-05-15T11:00:00Z"));
        let back = returned(at("2026-05-15T11:30:00Z")).unwrap();
        let why = "552 5.2.2 mailbox\r\nBcc: x is full\u{1b}[31m".to_owned();
        let words = "Здравствуйте!\n\nИсправили.\u{202e}\nПроверьте.\nКлиент пишет:".to_owned();
        facts.returned = Some(Returned { why, words, ..back });
        all += &letters(&[facts], &[], language, "2026-05-15T12:00:00Z");
    }
    assert!(!all.contains(['\u{1b}', '\r', '\u{202e}']), "{all:?}");
    insta::assert_snapshot!("came_back", all);
}
