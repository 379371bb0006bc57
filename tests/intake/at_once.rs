//! Two agents who answer one request, each without knowing of the other.

use super::agents::{AGENT, from_agent};
use super::*;
use askback::outbox::mailer::{Mailer, Memory};

/// The head answers, too, and hears of new requests.
const COLLEAGUE: &str = "ag@m2mail.ru";

impl Office {
    /// The address in a notice of request 1 to this agent.
    fn told(&self, agent: &str) -> String {
        let agent = Address::parse(agent).unwrap();
        intake::answer_address(&self.desk, &self.ticket(1), &agent).unwrap().to_string()
    }

    /// What this agent's mail to `to` leaves in the outbox: kind, recipient, text.
    async fn answers(&mut self, agent: &str, id: &str, to: &str, words: &str) -> Vec<Letter> {
        self.receive(&from_agent(agent, id, &format!("To: {to}\r\n"), words)).await;
        self.waiting()
    }
}

#[tokio::test]
async fn the_second_hears_that_the_first_has_answered_and_can_answer_nevertheless() {
    let mut office = Office::with_ticket().await;
    let (first, second) = (office.told(AGENT), office.told(COLLEAGUE));
    for sent in [false, true] {
        if sent {
            office.deliver(Mailer::Memory(Memory::default())).await;
        } else {
            let out = office.answers(AGENT, "a1@m2mail.ru", &first, "Исправили.").await;
            assert!(matches!(out.as_slice(), [letter] if letter.kind == LetterKind::Answer), "{out:?}");
        }
        let id = format!("b{sent}@m2mail.ru");
        let out = office.answers(COLLEAGUE, &id, &second, "Смотрим, ответим завтра.").await;
        let letter = out.iter().find(|letter| letter.kind == LetterKind::Notice).unwrap();
        let notice = mail::parse(&letter.raw);
        for words in [AGENT, "Исправили.", "Смотрим, ответим завтра."] {
            assert!(
                letter.to.as_str() == COLLEAGUE && notice.text.full.contains(words),
                "{}",
                notice.text.full
            );
        }
        let answers = office.letters().iter().filter(|letter| letter.kind == LetterKind::Answer).count();
        assert_eq!(answers, 1, "nothing of his went out");
        if sent {
            let to = notice.reply_to[0].address.to_string();
            office.answers(COLLEAGUE, "b3@m2mail.ru", &to, "И обновили шаблон.").await;
            let answers = office.letters().iter().filter(|letter| letter.kind == LetterKind::Answer).count();
            assert_eq!(answers, 2, "he knows, and answers nevertheless");
        }
    }
}

#[tokio::test]
async fn who_answers_twice_adds_to_his_own_answer() {
    let mut office = Office::with_ticket().await;
    let to = office.told(AGENT);
    office.answers(AGENT, "a1@m2mail.ru", &to, "Исправили.").await;
    let out = office.answers(AGENT, "a2@m2mail.ru", &to, "И обновили шаблон.").await;
    assert!(out.iter().all(|letter| letter.kind == LetterKind::Answer), "{out:?}");
    assert_eq!(out.len(), 2);
}

#[tokio::test]
async fn an_answer_that_was_refused_holds_nobody_back() {
    use askback::outbox::mailer::SendOutcome;
    let mut office = Office::with_ticket().await;
    let (first, second) = (office.told(AGENT), office.told(COLLEAGUE));
    office.answers(AGENT, "a1@m2mail.ru", &first, "Исправили.").await;
    let memory = Memory::default();
    memory.answer(Some(SendOutcome::Refused { why: "550 no such user".to_owned() }));
    office.deliver(Mailer::Memory(memory)).await;
    let out = office.answers(COLLEAGUE, "b1@m2mail.ru", &second, "Исправили вчера.").await;
    assert!(matches!(out.as_slice(), [letter] if letter.kind == LetterKind::Answer), "{out:?}");
}
