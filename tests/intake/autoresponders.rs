//! Programs of agents that answer every mail and do not say that they are programs: neither we nor a client talk with them on
//! and on.

use super::agents::{AGENT, from_agent};
use super::*;
use askback::store::told::HELD_BACK;

const AWAY: &str = "Меня нет на месте до понедельника.";

impl Office {
    /// A letter of tables goes out to the agent.
    async fn tell_in_tables(&self) -> Letter {
        let notice = askback::nudge::Notice {
            to: Address::parse(AGENT).unwrap(),
            reply_to: None,
            subject: mail::HeaderText::new("askback: 2 просроченных", 80),
            text: "№ 1, № 2\n".to_owned(),
            html: None,
        };
        let letter = intake::notice_letter(&self.desk, &notice, Utc::now()).unwrap();
        self.store.write(0, move |tx| tx.enqueue(&letter, Utc::now())).await.unwrap();
        let letter = self.waiting().pop().unwrap();
        self.send_all().await;
        letter
    }

    /// The agent's program answers a letter; gives what goes out then, and sends it.
    async fn answer_by_itself(&mut self, letter: &Letter, words: &str) -> Vec<Letter> {
        let to = mail::parse(&letter.raw).reply_to.first().map(|to| to.address.clone());
        let to = to.unwrap_or_else(|| Address::parse("support@m2mail.ru").unwrap());
        let headers = format!("To: {to}\r\nIn-Reply-To: <{}>\r\n", letter.message_id);
        let id = format!("auto{}@m2mail.ru", self.uid);
        self.receive(&from_agent(AGENT, &id, &headers, words)).await;
        let out = self.waiting();
        if !out.is_empty() {
            self.send_all().await;
        }
        out
    }

    fn last_mail(&self) -> MailRow {
        let filter = MailFilter { disposition: None, ticket: None, limit: 1 };
        self.store.read_now(|reader| reader.mails(&filter)).unwrap().remove(0)
    }
}

#[tokio::test]
async fn who_answers_every_letter_of_ours_gets_one() {
    let mut office = Office::with_ticket().await;
    let notice = office.tell_in_tables().await;
    let told = office.answer_by_itself(&notice, AWAY).await;
    let [letter] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::Notice, AGENT));
    assert_eq!(office.answer_by_itself(letter, AWAY).await, []);
    let row = office.last_mail();
    assert!(row.why.contains("NOT told"), "{}", row.why);
    let events = office.store.read_now(|reader| reader.mail_events(row.id)).unwrap();
    assert!(events.iter().any(|event| event.what == HELD_BACK), "{events:?}");
    let digest = askback::nudge::Key {
        cause: askback::nudge::Cause::Digest,
        subject: 0,
        clock: Utc::now() + TimeDelta::minutes(1),
    };
    assert_eq!(office.store.read_now(|reader| reader.held_back(&digest)).unwrap(), 2);
}

#[tokio::test]
async fn who_answers_every_notice_hears_of_five_a_day() {
    let mut office = Office::with_ticket().await;
    let mut letters = 0;
    for _ in 0..7 {
        let notice = office.tell_in_tables().await;
        letters += office.answer_by_itself(&notice, AWAY).await.len();
    }
    assert_eq!(letters, 5);
    assert!(office.last_mail().why.contains("NOT told: he has been told so often today"));
    // What others cause he hears all the same: the client wrote meanwhile.
    let to = office.notice_address();
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Нашли сами.")).await;
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    assert_eq!(office.waiting().len(), 1, "{}", office.last_mail().why);
}

#[tokio::test]
async fn a_client_gets_the_same_words_of_an_agent_once() {
    let mut office = Office::with_ticket().await;
    let say = |to: &Address, id: &str, words: &str| from_agent(AGENT, id, &format!("To: {to}\r\n"), words);
    let first = office.notice_address();
    office.receive(&say(&first, "a1@m2mail.ru", AWAY)).await;
    assert_eq!(office.waiting().remove(0).to.as_str(), "ivan@alfa.test");
    office.send_all().await;
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "А кто ответит по отчёту?")).await;

    let again = office.notice_address();
    office.receive(&say(&again, "a2@m2mail.ru", AWAY)).await;
    let told = office.waiting().remove(0);
    let text = mail::parse(&told.raw).text.full;
    assert!(told.kind == LetterKind::Notice && text.contains("те же слова вы недавно клиенту"), "{text}");
    office.send_all().await;
    assert_eq!(office.answer_by_itself(&told, AWAY).await, [], "neither to the client nor to the program");

    // In other words it goes out; and the same words of a colleague are no repetition.
    let sent = office.answer_by_itself(&told, "Я здесь: отчёт исправлен.").await;
    assert_eq!(sent.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["ivan@alfa.test"]);
    let colleague = Address::parse("ag@m2mail.ru").unwrap();
    let to = intake::answer_address(&office.desk, &office.ticket(1), &colleague).unwrap();
    office.receive(&from_agent("ag@m2mail.ru", "c1@m2mail.ru", &format!("To: {to}\r\n"), AWAY)).await;
    assert_eq!(office.waiting().remove(0).to.as_str(), "ivan@alfa.test");
}

#[tokio::test]
async fn words_that_did_not_arrive_may_be_sent_again() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let say = |id: &str| from_agent(AGENT, id, &format!("To: {to}\r\n"), "Исправили.");
    office.receive(&say("a1@m2mail.ru")).await;
    let letter = office.waiting().remove(0);
    office.send_all().await;
    office.receive(&super::agents::bounce(letter.message_id.as_str(), 1)).await;
    office.receive(&say("a2@m2mail.ru")).await;
    assert_eq!(office.waiting().remove(0).kind, LetterKind::Answer);
}
