//! Requests of our own people: an agent writes to the support as a client does.

use super::agents::{AGENT, from_agent};
use super::*;
use crate::memory_mailer::Memory;
use crate::whole_letter::WholeLetter;

const COLLEAGUE: &str = "ag@m2mail.ru";
const TO_US: &str = "To: support@m2mail.ru\r\n";

impl Office {
    /// The agent's answer to the colleague's request goes out.
    async fn answer(&mut self) -> WholeLetter {
        let agent = Address::parse(AGENT).unwrap();
        let to = intake::answer_address(&self.desk, &self.ticket(1), &agent).unwrap();
        self.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Принтер починили.")).await;
        let letter = self.waiting().remove(0);
        assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::Answer, COLLEAGUE));
        self.deliver(Memory::default()).await;
        letter
    }
}

#[tokio::test]
async fn a_colleague_who_writes_again_is_heard() {
    let mut office = Office::new().await;
    let request = from_agent(COLLEAGUE, "c1@m2mail.ru", TO_US, "Не работает принтер в отделе.");
    let row = office.receive(&request).await;
    assert_eq!((row.ticket, office.ticket(1).client.as_str()), (Some(TicketId(1)), COLLEAGUE), "{}", row.why);
    assert!(office.letters().is_empty(), "nobody asks a colleague by machine");

    let answer = office.answer().await;
    assert_eq!(office.ticket(1).state, State::Answered);
    let reply_to = mail::parse(&answer.raw).reply_to[0].address.clone();
    let headers = format!("To: {reply_to}\r\nIn-Reply-To: <{}>\r\n", answer.message_id);
    let row = office
        .receive(&from_agent(COLLEAGUE, "c2@m2mail.ru", &headers, "Снова не печатает, посмотрите."))
        .await;
    let ticket = office.ticket(1);
    assert_eq!((row.ticket, ticket.state), (Some(TicketId(1)), State::Open), "{}", row.why);
    assert!(ticket.first_unanswered_at.is_some(), "the clock runs");
    assert_eq!(office.letters().len(), 1, "and still nobody asks him");

    // In a client's ticket he is an agent, as ever.
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    office
        .receive(&from_agent(
            COLLEAGUE,
            "c3@m2mail.ru",
            "To: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>\r\n",
            "Займусь.",
        ))
        .await;
    assert_eq!(office.ticket(2).state, State::Incomplete);
}

/// He writes on in his own request, himself in copy; the mail that stands nearest is a client's.
#[tokio::test]
async fn a_colleague_s_words_are_not_filed_as_a_client_s() {
    let mut office = Office::new().await;
    office.receive(&from_agent(COLLEAGUE, "c1@m2mail.ru", TO_US, "Не работает принтер в отделе.")).await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let client_s = office.ticket(2);
    let headers = format!(
        "{TO_US}Cc: {COLLEAGUE}\r\nIn-Reply-To: <m1@alfa.test>\r\nReferences: <c1@m2mail.ru> <m1@alfa.test>\r\n"
    );
    let row = office.receive(&from_agent(COLLEAGUE, "c2@m2mail.ru", &headers, "Всё ещё не печатает.")).await;
    assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
    assert_eq!(office.ticket(2), client_s);
}

/// The nearest of his own requests is closed for long, and he has gone on in another; a client's is none of his.
#[tokio::test]
async fn a_colleague_goes_on_in_the_request_of_his_that_is_open() {
    let mut office = Office::new().await;
    let mine =
        |id: &str, refers: &str, text: &str| from_agent(COLLEAGUE, id, &format!("{TO_US}{refers}"), text);
    office.receive(&mine("c1@m2mail.ru", "", "Не работает принтер в отделе.")).await;
    let close = "UPDATE ticket SET state = 'closed', closed_at = 0";
    assert_eq!(rusqlite::Connection::open(office.database()).unwrap().execute(close, []).unwrap(), 1);
    let row =
        office.receive(&mine("c2@m2mail.ru", "In-Reply-To: <c1@m2mail.ru>\r\n", "Снова не печатает.")).await;
    assert_eq!(row.ticket, Some(TicketId(2)), "{}", row.why);
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let client_s = office.ticket(3);
    // What he answers is not here.
    let refers = "In-Reply-To: <x@m2mail.ru>\r\n\
                  References: <m1@alfa.test> <c2@m2mail.ru> <c1@m2mail.ru> <x@m2mail.ru>\r\n";
    let row = office.receive(&mine("c3@m2mail.ru", refers, "И сканер не работает.")).await;
    assert_eq!(row.ticket, Some(TicketId(2)), "{}", row.why);
    // Of a client's and one that takes nothing any more none is left.
    let refers = "References: <c1@m2mail.ru> <m1@alfa.test>\r\nCc: ag@m2mail.ru\r\n";
    let row = office.receive(&mine("c4@m2mail.ru", refers, "Не работает телефон.")).await;
    assert_eq!((row.ticket, office.ticket(3)), (Some(TicketId(4)), client_s), "{}", row.why);
}

#[tokio::test]
async fn a_colleague_does_not_answer_himself() {
    let mut office = Office::new().await;
    office.receive(&from_agent(COLLEAGUE, "c1@m2mail.ru", TO_US, "Не работает принтер в отделе.")).await;
    let colleague = Address::parse(COLLEAGUE).unwrap();
    let to = intake::answer_address(&office.desk, &office.ticket(1), &colleague).unwrap();
    let more = from_agent(COLLEAGUE, "c2@m2mail.ru", &format!("To: {to}\r\n"), "Всё ещё не печатает.");
    let row = office.receive(&more).await;
    let ticket = office.ticket(1);
    assert_eq!((row.ticket, ticket.state), (Some(TicketId(1)), State::Open), "{}", row.why);
    assert!(ticket.first_unanswered_at.is_some() && !ticket.agent_answered, "the clock runs");
    assert!(office.letters().is_empty(), "nothing is sent to himself");
}

#[tokio::test]
async fn a_notice_that_is_held_back_says_whose_request_it_is() {
    let mut office = Office::new().await;
    office.receive(&from_agent(COLLEAGUE, "c1@m2mail.ru", TO_US, "Не работает принтер в отделе.")).await;
    let agent = Address::parse(AGENT).unwrap();
    let to = intake::answer_address(&office.desk, &office.ticket(1), &agent).unwrap();
    office
        .receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "> Не работает принтер"))
        .await;
    let told = office.waiting();
    let [letter] = told.as_slice() else { panic!("{told:?}") };
    let text = mail::parse(&letter.raw).text.full;
    assert!(text.contains("он уйдёт коллеге") && text.contains("Коллега: ag@m2mail.ru"), "{text}");
    assert!(!text.to_lowercase().contains("клиент"), "{text}");
}

/// Somebody in copy writes: agents read who, the answer goes to the client, in the thread of his own mail.
#[tokio::test]
async fn words_of_somebody_in_copy_are_not_the_client_s() {
    let mut office = Office::new().await;
    let cc = "Cc: eve@other.test\r\n";
    let told = async |office: &mut Office, id: &str, text: &str| {
        let to = office.notice_address();
        let refers = "In-Reply-To: <m1@alfa.test>\r\n";
        office.receive(&mail("Ева <eve@other.test>", &format!("{id}@other.test"), refers, "Re", text)).await;
        to
    };
    office.receive(&mail("Иван <ivan@alfa.test>", "m1@alfa.test", cc, "Report", INCOMPLETE)).await;
    office.send_all().await;
    let old = told(&mut office, "e1", "Пришлите мне пароль администратора, это срочно.").await;
    assert_eq!(office.ticket(1).state, State::Open);
    let reply = |to: &Address, id: &str| from_agent(AGENT, id, &format!("To: {to}\r\n"), "Пароль: 123.");
    office.receive(&reply(&old, "a1@m2mail.ru")).await;
    let held = office.waiting().remove(0);
    let text = mail::parse(&held.raw).text.full;
    assert!(text.contains("Пишет не клиент, а eve@other.test («Ева», в копии):"), "{text}");
    assert!(text.contains("ваш ответ получит только он:\nivan@alfa.test"), "{text}");
    assert!(text.contains("Клиент пишет:\n\nЗдравствуйте! В Wialon"), "{text}");

    office.send_all().await;
    office.receive(&reply(&mail::parse(&held.raw).reply_to[0].address, "a2@m2mail.ru")).await;
    let answer = office.waiting().remove(0);
    let headers = headers_of(&answer);
    assert!((answer.kind, answer.to.as_str()) == (LetterKind::Answer, "ivan@alfa.test"), "{headers}");
    assert!(headers.contains("In-Reply-To: <m1@alfa.test>") && !headers.contains("other.test"), "{headers}");
}
