//! Programs of agents that answer every mail and do not say that they are programs: neither we nor a client talk with them on
//! and on.

use super::agents::{AGENT, from_agent};
use super::*;
use crate::whole_letter::WholeLetter;
use askback::store::event::HELD_BACK;

const AWAY: &str = "Меня нет на месте до понедельника. По срочным вопросам пишите на общий адрес отдела: его читают \
                    каждый день.";

impl Office {
    /// A letter of tables goes out to the agent.
    async fn tell_in_tables(&self) -> WholeLetter {
        let notice = askback::nudge::Notice {
            to: Address::parse(AGENT).unwrap(),
            reply_to: None,
            subject: mail::HeaderText::new("askback: 2 просроченных", 80),
            text: "№ 1, № 2\n".to_owned(),
            html: None,
            tells: Vec::new(),
        };
        let letter = intake::notice_letter(&self.desk, &notice, Utc::now()).unwrap();
        self.store.write(0, move |tx| tx.enqueue(&letter, Utc::now())).await.unwrap();
        let letter = self.waiting().pop().unwrap();
        self.send_all().await;
        letter
    }

    /// The agent's program answers a letter; gives what goes out then, and sends it.
    async fn answer_by_itself(&mut self, letter: &WholeLetter, words: &str) -> Vec<WholeLetter> {
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
        self.store.read_now(|reader| reader.mails(None, 1)).unwrap().remove(0)
    }
}

#[tokio::test]
async fn who_answers_every_letter_of_ours_gets_five_a_day() {
    let mut office = Office::with_ticket().await;
    let notice = office.tell_in_tables().await;
    let mut told = office.answer_by_itself(&notice, AWAY).await;
    let mut letters = 0;
    while let Some(letter) = told.pop() {
        assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::Notice, AGENT));
        letters += 1;
        told = office.answer_by_itself(&letter, AWAY).await;
    }
    assert_eq!(letters, 5);
    let row = office.last_mail();
    assert!(row.why.contains("NOT told"), "{}", row.why);
    let events = office.store.read_now(|reader| reader.mail_events(row.id)).unwrap();
    assert!(events.iter().any(|event| event.what == HELD_BACK), "{events:?}");
    let digest = askback::nudge::Key {
        cause: askback::nudge::Cause::Digest,
        subject: 0,
        clock: Utc::now() + TimeDelta::minutes(1),
    };
    let kept = office.store.read_now(|reader| reader.held_back(&digest)).unwrap();
    assert_eq!((kept.number, kept.tickets), (5, Vec::new()), "what a program repeats is nobody's work");
}

#[tokio::test]
async fn who_answers_every_notice_hears_of_five_a_day_and_of_all_else() {
    let mut office = Office::with_ticket().await;
    let mut letters = 0;
    for _ in 0..7 {
        let notice = office.tell_in_tables().await;
        letters += office.answer_by_itself(&notice, AWAY).await.len();
    }
    assert_eq!(letters, 5);
    assert!(office.last_mail().why.contains("NOT told: he has been told so often today"));
    // Of another reason he hears as ever.
    let to = office.notice_address();
    let quote = "> Клиент пишет:\r\n> Не строится отчёт.";
    office.receive(&from_agent(AGENT, "q1@m2mail.ru", &format!("To: {to}\r\n"), quote)).await;
    assert_eq!(office.waiting().len(), 1, "{}", office.last_mail().why);
    office.send_all().await;
    // What others cause he hears, too: the client wrote meanwhile.
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
    let again = office.answer_by_itself(&told, AWAY).await;
    assert!(again.iter().all(|letter| letter.to.as_str() == AGENT), "nothing to the client: {again:?}");

    // In other words it goes out; and the same words of a colleague are no repetition.
    let sent = office.answer_by_itself(&told, "Я здесь: отчёт исправлен.").await;
    assert_eq!(sent.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["ivan@alfa.test"]);
    office.receive(&mail("ivan@alfa.test", "m3@alfa.test", refers, "Re", "Отчёт снова пуст.")).await;
    let colleague = Address::parse("ag@m2mail.ru").unwrap();
    let to = intake::answer_address(&office.desk, &office.ticket(1), &colleague).unwrap();
    office.receive(&from_agent("ag@m2mail.ru", "c1@m2mail.ru", &format!("To: {to}\r\n"), AWAY)).await;
    assert_eq!(office.waiting().remove(0).to.as_str(), "ivan@alfa.test");
}

#[tokio::test]
async fn short_words_are_said_again_where_the_client_wrote_since_or_elsewhere() {
    let mut office = Office::with_ticket().await;
    let agent = Address::parse(AGENT).unwrap();
    office.receive(&mail("ivan@alfa.test", "x1@alfa.test", "", "Report", super::INCOMPLETE)).await;
    office.send_all().await;
    let mut say = async |ticket: u32| {
        let to = intake::answer_address(&office.desk, &office.ticket(ticket), &agent).unwrap();
        let id = format!("a{}@m2mail.ru", office.uid);
        let signed = "Готово.\r\n\r\n-- \r\nОльга, инженер отдела технической поддержки, телефон +7 495 000-00-00, доб. 12";
        office.receive(&from_agent(AGENT, &id, &format!("To: {to}\r\n"), signed)).await;
        let kind = office.waiting().remove(0).kind;
        office.send_all().await;
        let refers = "In-Reply-To: <m1@alfa.test>\r\n";
        let id = format!("n{}@alfa.test", office.uid);
        if ticket == 1 && kind == LetterKind::Answer {
            office.receive(&mail("ivan@alfa.test", &id, refers, "Re", "Снова пусто.")).await;
        }
        kind
    };
    assert_eq!(say(1).await, LetterKind::Answer);
    assert_eq!(say(2).await, LetterKind::Answer, "another ticket");
    assert_eq!(say(2).await, LetterKind::Notice, "the last word is the same already");
    assert_eq!([say(1).await, say(1).await], [LetterKind::Answer; 2]);
    assert_eq!(say(1).await, LetterKind::Notice, "a program, then, which answers whatever comes");
}

#[tokio::test]
async fn who_fails_again_in_the_same_way_hears_it_again() {
    let mut office = Office::with_ticket().await;
    let quote = "> Клиент пишет:\r\n> Не строится отчёт.";
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "q1@m2mail.ru", &format!("To: {to}\r\n"), quote)).await;
    let told = office.waiting().remove(0);
    office.send_all().await;
    let again = office.answer_by_itself(&told, quote).await;
    assert_eq!(again.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), [AGENT]);
}

#[tokio::test]
async fn what_strangers_cause_uses_up_nothing_of_an_agent() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let told = |office: &Office| office.letters().iter().filter(|letter| letter.to.as_str() == AGENT).count();
    for (number, expect) in [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 5)] {
        let id = format!("s{number}@evil.test");
        office.receive(&from_agent("eve@evil.test", &id, &format!("To: {to}\r\n"), "Пришлите.")).await;
        assert_eq!(told(&office), expect, "{}", office.last_mail().why);
    }
    office.receive(&from_agent("bob@evil.test", "b@evil.test", &format!("To: {to}\r\n"), "Пришлите.")).await;
    assert_eq!(told(&office), 5, "another name is no other writer: {}", office.last_mail().why);
    let quote = "> Не строится отчёт.";
    office.receive(&from_agent(AGENT, "q1@m2mail.ru", &format!("To: {to}\r\n"), quote)).await;
    assert_eq!(told(&office), 6, "of his own he hears: {}", office.last_mail().why);
}

#[tokio::test]
async fn a_program_that_names_no_letter_that_it_answers_asks_for_nothing() {
    let mut office = Office::with_ticket().await;
    for (number, subject) in
        ["Автоответ: askback: 2 просроченных", "Re: askback: № 1, новое от клиента"].iter().enumerate()
    {
        let headers = "To: support@m2mail.ru\r\n";
        let raw = from_agent(AGENT, &format!("p{number}@m2mail.ru"), headers, AWAY);
        let row = office.receive(&raw.replace("Re: Report", subject)).await;
        assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None), "{}", row.why);
    }
    assert_eq!(
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap().len(),
        1
    );
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

/// Whoever knows the address of a notice can put any name into From.
#[tokio::test]
async fn an_agent_hears_five_times_a_day_of_all_who_are_none_of_us() {
    let mut office = Office::with_ticket().await;
    let to = format!("To: {}\r\n", office.notice_address());
    for number in 0..8 {
        let from = format!("thief{number}@x{number}.test");
        office.receive(&from_agent(&from, &format!("t{number}@x.test"), &to, "Переведите деньги.")).await;
    }
    assert_eq!(office.waiting().len(), 5);
    assert!(office.last_mail().why.contains("NOT told"), "{}", office.last_mail().why);
    // A colleague's own reply he hears of all the same.
    office.receive(&from_agent("ag@m2mail.ru", "c1@m2mail.ru", &to, "Исправили.")).await;
    assert_eq!(office.waiting().len(), 6, "{}", office.last_mail().why);
    // And who takes his name gets no letters without end, though he be told of news.
    let old = office.notice_address();
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Нашли сами.")).await;
    let before = office.letters().len();
    for number in 0..55 {
        let reply = from_agent(AGENT, &format!("n{number}@x.test"), &format!("To: {old}\r\n"), "Исправили.");
        office.receive(&reply).await;
    }
    assert_eq!(office.letters().len() - before, 50);
}
