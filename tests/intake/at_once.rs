//! Two agents who answer one request, each without knowing of the other.

use super::agents::{AGENT, from_agent};
use super::*;
use crate::memory_mailer::Memory;
use crate::whole_letter::WholeLetter;

use askback::store::OutboxId;

/// The head answers, too, and hears of new requests.
const COLLEAGUE: &str = "ag@m2mail.ru";

impl Office {
    /// The address in a notice of request 1 to this agent.
    fn told(&self, agent: &str) -> String {
        let agent = Address::parse(agent).unwrap();
        intake::answer_address(&self.desk, &self.ticket(1), &agent).unwrap().to_string()
    }

    /// What this agent's mail to `to` leaves in the outbox: kind, recipient, text.
    async fn answers(&mut self, agent: &str, id: &str, to: &str, words: &str) -> Vec<WholeLetter> {
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
            office.deliver(Memory::default()).await;
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

impl Office {
    /// What waits is tried, and ends like this.
    async fn ends(&self, end: impl Fn(&Tx<'_>, OutboxId) -> anyhow::Result<()> + Send + 'static) {
        let tried = self.store.write(0, move |tx| {
            let due = tx.claim_due(Utc::now() + TimeDelta::hours(1), 9)?;
            due.iter().try_for_each(|claimed| end(tx, claimed.letter.id))
        });
        tried.await.unwrap();
    }

    /// Whether the colleague's answer goes out.
    async fn colleague_s_goes_out(&mut self, to: &str) -> bool {
        let out = self.answers(COLLEAGUE, "b1@m2mail.ru", to, "Исправили вчера.").await;
        out.iter().any(|letter| letter.kind == LetterKind::Answer)
    }
}

#[tokio::test]
async fn an_answer_that_is_not_known_to_have_arrived_holds_nobody_back() {
    for refused in [true, false] {
        let mut office = Office::with_ticket().await;
        let (first, second) = (office.told(AGENT), office.told(COLLEAGUE));
        office.answers(AGENT, "a1@m2mail.ru", &first, "Исправили.").await;
        office
            .ends(move |tx, id| match refused {
                true => tx.record_refused(id, "550 no such user", Utc::now()),
                false => tx.record_ambiguous(id, "no answer to the dot", Utc::now()),
            })
            .await;
        assert!(office.colleague_s_goes_out(&second).await, "refused: {refused}");
        if refused {
            // And now the first one's, sent once more, would be the second.
            let again = from_agent(AGENT, "a1@m2mail.ru", &format!("To: {first}\r\n"), "Исправили.");
            office.receive(&format!("Resent-From: {AGENT}\r\n{again}")).await;
            let out = office.waiting();
            let kinds: Vec<_> = out.iter().map(|letter| (letter.kind, letter.to.as_str())).collect();
            assert_eq!(kinds, [(LetterKind::Answer, "ivan@alfa.test"), (LetterKind::Notice, AGENT)]);
        }
    }
}

#[tokio::test]
async fn an_answer_from_before_the_request_came_back_holds_nobody_back() {
    let mut office = Office::with_ticket().await;
    let both = "ivan@alfa.test\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>";
    office.answers(AGENT, "a1@m2mail.ru", both, "Исправили.").await;
    assert_eq!(office.ticket(1).state, State::Answered);
    let second = office.told(COLLEAGUE);
    let reopened = Ticket { state: State::Open, reopened_at: Some(Utc::now()), ..office.ticket(1) };
    office.store.write(0, move |tx| tx.update_ticket(&reopened)).await.unwrap();
    assert!(office.colleague_s_goes_out(&second).await);
}
