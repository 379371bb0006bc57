//! Agents who reply to a notice, but not to the address in it.

use super::agents::{AGENT, COMPLETE, from_agent};
use super::*;
use askback::store::LetterKind;

/// Two open requests: 1 of Ivan, <m1@alfa.test>, and 2 of Petr.
async fn two_requests() -> Office {
    let mut office = Office::with_ticket().await;
    office.receive(&mail("petr@beta.test", "m2@beta.test", "", "Report", COMPLETE)).await;
    assert_eq!(office.ticket(2).state, State::Open);
    office.send_all().await;
    office
}

/// Tells the agent of these requests, in one letter with an address of each, and gives its Message-ID.
async fn tell(office: &Office, tickets: &[u32]) -> String {
    let agent = Address::parse(AGENT).unwrap();
    let address =
        |number: &u32| intake::answer_address(&office.desk, &office.ticket(*number), &agent).unwrap();
    let addresses: Vec<Address> = tickets.iter().map(address).collect();
    let alone = if let [address] = addresses.as_slice() { Some(address.clone()) } else { None };
    let rows: Vec<String> = addresses.iter().map(|address| format!("ответить: {address}\n")).collect();
    let notice = askback::nudge::Notice {
        to: agent,
        text: if alone.is_some() { "Новое от клиента.\n".to_owned() } else { rows.concat() },
        reply_to: alone,
        subject: mail::HeaderText::new("askback: новое", 80),
        html: None,
        tells: Vec::new(),
    };
    let letter = intake::notice_letter(&office.desk, &notice, Utc::now()).unwrap();
    let id = letter.message_id.to_string();
    office.store.write(0, move |tx| tx.enqueue(&letter, Utc::now())).await.unwrap();
    office.send_all().await;
    id
}

/// What becomes of an agent's reply to a notice of these requests that goes to `to`.
async fn reply(tickets: &[u32], to: &str) -> (Office, MailRow) {
    let mut office = two_requests().await;
    let id = tell(&office, tickets).await;
    let headers = format!("{to}In-Reply-To: <{id}>\r\n");
    let row = office.receive(&from_agent(AGENT, "a1@m2mail.ru", &headers, "Готово, проверьте.")).await;
    (office, row)
}

#[tokio::test]
async fn who_writes_to_the_client_with_support_in_copy_has_answered() {
    let to = "To: petr@beta.test\r\nCc: support@m2mail.ru\r\n";
    for tickets in [&[2][..], &[1, 2]] {
        let (mut office, row) = reply(tickets, to).await;
        assert_eq!((row.ticket, office.ticket(2).state), (Some(TicketId(2)), State::Answered), "{}", row.why);
        assert_eq!(office.ticket(1).state, State::Open);
        assert!(office.waiting().is_empty(), "nobody is told that it was not sent");
        // And the client's reply to all finds its request.
        let refers = "In-Reply-To: <a1@m2mail.ru>\r\n";
        let row = office
            .receive(&mail("petr@beta.test", "m3@beta.test", refers, "Re: askback: новое", "Не помогло."))
            .await;
        assert_eq!((row.ticket, office.ticket(2).state), (Some(TicketId(2)), State::Open), "{}", row.why);
    }
}

#[tokio::test]
async fn who_writes_to_a_colleague_with_support_in_copy_leaves_a_note() {
    let (office, row) = reply(&[2], "To: ag@m2mail.ru\r\nCc: support@m2mail.ru\r\n").await;
    assert_eq!((row.ticket, office.ticket(2).state), (Some(TicketId(2)), State::Open), "{}", row.why);
    assert!(office.waiting().is_empty());
}

#[tokio::test]
async fn who_writes_to_the_desk_alone_hears_that_it_went_to_nobody() {
    for tickets in [&[2][..], &[1, 2]] {
        let (office, row) = reply(tickets, "To: support@m2mail.ru\r\n").await;
        let told = office.waiting();
        let [letter] = told.as_slice() else { panic!("{told:?}; {}", row.why) };
        assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::Notice, AGENT));
        assert!(mail::parse(&letter.raw).text.full.contains("Готово, проверьте."));
        assert_eq!(office.ticket(2).state, State::Open);
    }
}

/// Of two requests that the letter names, neither is his whom the agent writes to.
#[tokio::test]
async fn who_writes_to_somebody_else_is_not_told_that_it_was_not_sent() {
    let (office, row) = reply(&[1, 2], "To: anna@gamma.test\r\nCc: support@m2mail.ru\r\n").await;
    assert_eq!((row.ticket, office.ticket(3).state), (Some(TicketId(3)), State::Answered), "{}", row.why);
    assert!(office.waiting().is_empty());
    assert_eq!([1, 2].map(|number| office.ticket(number).state), [State::Open; 2]);
}

/// A client's two requests in one table: the first, the most urgent, is meant. So is his colleague's who wrote last.
#[tokio::test]
async fn of_two_requests_of_one_client_the_first_is_answered() {
    let mut office = Office::new().await;
    let cc = "Cc: petr@alfa.test\r\n";
    for id in ["m1@alfa.test", "m2@alfa.test"] {
        office.receive(&mail("ivan@alfa.test", id, cc, "Report", COMPLETE)).await;
    }
    let refers = "In-Reply-To: <m2@alfa.test>\r\n";
    office
        .receive(&mail("petr@alfa.test", "m3@alfa.test", refers, "Re: Report", "И по А124ВС77 тоже."))
        .await;
    office.send_all().await;
    for (to, number) in [("ivan@alfa.test", 1), ("petr@alfa.test", 2)] {
        let id = tell(&office, &[1, 2]).await;
        let headers = format!("To: {to}\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <{id}>\r\n");
        let answer = from_agent(AGENT, &format!("a{number}@m2mail.ru"), &headers, "Готово, проверьте.");
        let row = office.receive(&answer).await;
        assert_eq!(
            (row.ticket, office.ticket(number).state),
            (Some(TicketId(number)), State::Answered),
            "{}",
            row.why
        );
    }
}
