//! A client may write another's Message-ID into his own mails: the answer goes where it was sent.

use super::agents::{AGENT, COMPLETE, from_agent};
use super::*;

/// Eve has old tickets, so many, and in each repeats the Message-ID of Anna's mail, whose ticket is the next.
async fn borrowed(tickets: u32) -> Office {
    let mut office = Office::new().await;
    for number in 1..=tickets {
        office.receive(&mail("eve@evil.test", &format!("e{number}@evil.test"), "", "Eve", COMPLETE)).await;
    }
    let cc = "Cc: eve@evil.test\r\n";
    office.receive(&mail("anna@firma.test", "a1@firma.test", cc, "Anna", COMPLETE)).await;
    for number in 1..=tickets {
        let more = format!("Ещё одна деталь: объект Б{number}56.");
        let refers = format!("References: <e{number}@evil.test>\r\n");
        let row = office.receive(&mail("eve@evil.test", "a1@firma.test", &refers, "Re: Eve", &more)).await;
        assert_eq!(row.ticket, Some(TicketId(number)), "{}", row.why);
    }
    office
}

#[tokio::test]
async fn an_agent_s_answer_lands_in_the_ticket_of_the_client_whom_it_went_to() {
    let sent = "support (sent)";
    for (number, (from, to, mailbox)) in [
        ("support@m2mail.ru", "To: anna@firma.test\r\n", sent),
        ("support@m2mail.ru", "To: Anna@firma.test\r\n", sent),
        (AGENT, "To: anna@firma.test\r\nCc: support@m2mail.ru\r\n", "support"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut office = borrowed(2).await;
        let headers = format!("{to}In-Reply-To: <a1@firma.test>\r\n");
        let answer = from_agent(from, &format!("s{number}@m2mail.ru"), &headers, "Анна, исправили.");
        let row = office.receive_in(mailbox, &answer, TimeDelta::zero()).await;
        assert_eq!((row.ticket, office.ticket(3).state), (Some(TicketId(3)), State::Answered), "{}", row.why);
        assert!([1, 2].iter().all(|eve| office.ticket(*eve).state == State::Open));
    }
    // To nobody of them: a note of the latest.
    let mut office = borrowed(2).await;
    let headers = "To: support@m2mail.ru\r\nIn-Reply-To: <a1@firma.test>\r\n";
    let row = office.receive(&from_agent(AGENT, "n1@m2mail.ru", headers, "Посмотрю завтра.")).await;
    assert_eq!((row.ticket, office.ticket(3).state), (Some(TicketId(3)), State::Open), "{}", row.why);
}

/// However many of them there are.
#[tokio::test]
async fn nobody_crowds_out_a_client_with_tickets_of_his_own() {
    let mut office = borrowed(60).await;
    let headers = "To: anna@firma.test\r\nIn-Reply-To: <a1@firma.test>\r\n";
    let answer = from_agent("support@m2mail.ru", "s1@m2mail.ru", headers, "Анна, исправили.");
    let row = office.receive_in("support (sent)", &answer, TimeDelta::zero()).await;
    assert_eq!((row.ticket, office.ticket(61).state), (Some(TicketId(61)), State::Answered), "{}", row.why);
}
