//! Whom an agent has in copy of his answer: the client's house takes part from then on, nobody else.

use super::agents::{AGENT, COMPLETE, from_agent};
use super::*;
use crate::memory_mailer::Memory;

const DONE: &str = "Исправили. Поставщик в копии, если останутся вопросы.";

impl Office {
    /// Others than the client who take part in ticket 1, once an agent has answered with these in Cc, by a copy or by a reply to
    /// the notice.
    async fn copied(&mut self, client: &str, cc: &str, by_notice: bool) -> Vec<String> {
        self.receive(&mail(client, "m1@alfa.test", "", "Report", COMPLETE)).await;
        self.send_all().await;
        let to = if by_notice { self.notice_address().to_string() } else { client.to_owned() };
        let headers = format!("To: {to}\r\nCc: {cc}\r\nIn-Reply-To: <m1@alfa.test>\r\n");
        if by_notice {
            self.receive(&from_agent(AGENT, "a1@m2mail.ru", &headers, DONE)).await;
            self.deliver(Memory::default()).await;
        } else {
            self.sent_as("a1@m2mail.ru", "Re: Report", &headers, DONE).await;
        }
        assert_eq!(self.ticket(1).state, State::Answered);
        self.ticket(1).participants.iter().map(ToString::to_string).collect()
    }
}

#[tokio::test]
async fn only_the_client_s_house_comes_in_by_an_agent_s_copy() {
    for by_notice in [false, true] {
        for (client, cc, expect) in [
            ("ivan@alfa.test", "petr@alfa.test", &["petr@alfa.test"][..]),
            ("ivan@alfa.test", "petr@msk.alfa.test, o@m2m-branch.test", &["petr@msk.alfa.test"]),
            ("ivan@alfa.test", "help@vendor.test, anna@beta.test", &[]),
            ("ivan@mail.ru", "petr@mail.ru, petr@yandex.ru", &[]),
        ] {
            let mut office = Office::new().await;
            assert_eq!(office.copied(client, cc, by_notice).await, expect, "{client} {cc}");
        }
        // By the registry.
        let mut office = Office::new().await;
        office.register().await;
        let came = office.copied("ivan@alfa.test", "boss@elsewhere.test, petr@beta.test", by_notice).await;
        assert_eq!(came, ["boss@elsewhere.test"]);
    }
}

#[tokio::test]
async fn a_vendor_in_copy_stays_beside_the_client_s_ticket() {
    for other in ["help@vendor.test", "anna@beta.test"] {
        let mut office = Office::new().await;
        office.copied("ivan@alfa.test", other, false).await;
        let last = office.ticket(1).last_client_at;
        let refers = "Cc: ivan@alfa.test\r\nIn-Reply-To: <a1@m2mail.ru>\r\nReferences: <m1@alfa.test> <a1@m2mail.ru>\r\n";
        let row = office.receive(&mail(other, "v1@vendor.test", refers, "Re: Report", INCOMPLETE)).await;
        assert_eq!(
            (row.ticket, office.ticket(2).linked),
            (Some(TicketId(2)), Some(TicketId(1))),
            "{}",
            row.why
        );
        assert!(office.waiting().is_empty(), "{}", row.why);
        let ticket = office.ticket(1);
        assert_eq!((ticket.state, ticket.last_client_at), (State::Answered, last));
        assert_eq!(
            office.store.read_now(|reader| reader.last_asker(TicketId(1))).unwrap(),
            Some(Address::parse("ivan@alfa.test").unwrap())
        );
    }
}

/// Nor where an agent begins the conversation.
#[tokio::test]
async fn only_the_client_s_house_comes_in_where_an_agent_begins() {
    let mut office = Office::new().await;
    let to = "To: ivan@alfa.test, support@m2mail.ru\r\nCc: petr@alfa.test, help@vendor.test\r\n";
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", to, "Планируем обновление в среду.")).await;
    let ticket = office.ticket(1);
    assert_eq!(ticket.client.as_str(), "ivan@alfa.test");
    assert_eq!(ticket.participants, [Address::parse("petr@alfa.test").unwrap()]);
}
