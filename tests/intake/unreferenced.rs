//! Agents' mails that name no mail of their ticket, as phones write them through Exchange; conversations that an agent has begun;
//! and whom he has brought in.

use super::agents::{AGENT, COMPLETE, from_agent};
use super::*;
use crate::memory_mailer::Memory;

const SUPPORT: &str = "support@m2mail.ru";
/// The client's mail as Outlook shows it below an answer.
const QUOTE: &str = "Исправили, проверьте.\r\n\r\nОт: Иван <ivan@alfa.test>\r\nОтправлено: 26 ноября 2026 г. 15:02\r\nКому: \
                     support@m2mail.ru\r\nТема: Report\r\n\r\nВ Wialon Hosting не строится отчёт «Поездки за сутки» \
                     по объекту А123ВС77: открываю вкладку Отчёты, выбираю шаблон и объект, жму Выполнить, вместо таблицы \
                     пустая страница.";

impl Office {
    /// A mail that an agent has sent from the support account, with this subject and these other headers.
    pub(super) async fn sent_as(&mut self, id: &str, subject: &str, headers: &str, body: &str) -> MailRow {
        let raw = from_agent(SUPPORT, id, headers, body)
            .replace("Subject: Re: Report", &format!("Subject: {subject}"));
        self.receive_in("support (sent)", &raw, TimeDelta::zero()).await
    }

    pub(super) fn states(&self) -> Vec<State> {
        let tickets =
            self.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap();
        tickets.iter().map(|ticket| ticket.state).collect()
    }

    pub(super) fn machine_wrote(&self) -> bool {
        self.waiting().iter().any(|letter| letter.kind == LetterKind::Ask)
    }
}

#[tokio::test]
async fn a_reply_that_names_no_mail_answers_the_request_with_its_subject() {
    for subject in ["RE: Report", "Re: FW: report", "Ответ: Report", "RE[2]: Report"] {
        let mut office = Office::with_ticket().await;
        let row = office.sent_as("s1@m2mail.ru", subject, "To: ivan@alfa.test\r\n", QUOTE).await;
        assert_eq!(office.states(), [State::Answered], "{subject}: {}", row.why);
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\n";
        let more = mail("ivan@alfa.test", "m2@alfa.test", refers, "Re: Report", "По А123ВС77 всё ещё пусто.");
        let row = office.receive(&more).await;
        assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
        assert_eq!(office.states(), [State::Open]);
        assert!(!office.machine_wrote());
    }
}

#[tokio::test]
async fn a_subject_answers_nothing_that_it_may_not_mean() {
    let (ivan, refers) = ("To: ivan@alfa.test\r\n", "To: ivan@alfa.test\r\nIn-Reply-To: <x@alfa.test>\r\n");
    for (subject, headers, body) in [
        // A new mail; a forward; to somebody else; one that answers a mail that is not here yet; another subject; nothing said.
        ("Report", ivan, QUOTE),
        ("FW: Report", ivan, QUOTE),
        ("RE: Report", "To: petr@beta.test\r\n", QUOTE),
        ("RE: Report", refers, QUOTE),
        ("RE: Reports", ivan, QUOTE),
        ("RE:", ivan, QUOTE),
        ("RE: Report", ivan, "\r\n26.11.2026 15:02, Иван пишет:\r\n> Не строится отчёт."),
    ] {
        let mut office = Office::with_ticket().await;
        let row = office.sent_as("s1@m2mail.ru", subject, headers, body).await;
        assert_eq!(office.states(), [State::Open], "{subject} {headers}: {}", row.why);
    }
    // Two that wait.
    let mut office = Office::with_ticket().await;
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", "", "Report", COMPLETE)).await;
    office.sent_as("s1@m2mail.ru", "RE: Report", ivan, QUOTE).await;
    assert_eq!(office.states(), [State::Open; 2]);
}

/// Anybody can write a subject and an agent's address.
#[tokio::test]
async fn a_subject_proves_no_answer_of_whom_nobody_vouches_for() {
    let to = "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\n";
    let vouched = "Authentication-Results: mx.m2mail.ru; dmarc=pass header.from=m2mail.ru\r\n";
    // Nobody knows the client's words but those who have his mail.
    let done = "Исправили, проверьте.";
    for (from, vouch, body, state) in [
        (AGENT, "", done, State::Open),
        (SUPPORT, "", done, State::Open),
        (AGENT, "", QUOTE, State::Answered),
        (AGENT, vouched, done, State::Answered),
        (SUPPORT, vouched, done, State::Answered),
    ] {
        let mut office = Office::with_ticket().await;
        let mut desk = Office::desk();
        desk.authserv_id = Some("mx.m2mail.ru".to_owned());
        office.desk = Arc::new(desk);
        let row = office.receive(&format!("{vouch}{}", from_agent(from, "s1@m2mail.ru", to, body))).await;
        assert_eq!(row.ticket, Some(TicketId(1)), "{from}: {}", row.why);
        assert_eq!(office.states(), [state], "{from}: {}", row.why);
        // The client's answer finds its request all the same.
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\n";
        let more = mail("ivan@alfa.test", "m2@alfa.test", refers, "Re: Report", "Всё ещё пусто.");
        assert_eq!(office.receive(&more).await.ticket, Some(TicketId(1)));
    }
}

#[tokio::test]
async fn whoever_answers_a_conversation_that_an_agent_began_is_asked_nothing() {
    for body in ["После обновления Wialon Local не открывается карта.", "Да, в среду удобно."]
    {
        let mut office = Office::new().await;
        let begins = "Анна, планируем обновление вашего сервера в среду.";
        office.sent_as("s1@m2mail.ru", "Обновление", "To: anna@gamma.test\r\n", begins).await;
        assert_eq!(office.states(), []);
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\n";
        let row =
            office.receive(&mail("anna@gamma.test", "g1@gamma.test", refers, "Re: Обновление", body)).await;
        assert_eq!(office.states(), [State::Open], "{}", row.why);
        assert!(office.letters().is_empty(), "{}", row.why);
    }
    // Of a mail that answers none of ours nothing is known.
    let mut office = Office::new().await;
    let refers = "In-Reply-To: <other@x.test>\r\n";
    office.receive(&mail("anna@gamma.test", "g1@gamma.test", refers, "Re: Обновление", INCOMPLETE)).await;
    assert!(office.machine_wrote());
}

#[tokio::test]
async fn whom_an_agent_puts_in_copy_takes_part() {
    let cc = "Cc: petr@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    let words = "Иван, добавил в копию Петра: проверьте шаблон.";
    let refers =
        "Cc: ivan@alfa.test\r\nIn-Reply-To: <a1@m2mail.ru>\r\nReferences: <m1@alfa.test> <a1@m2mail.ru>\r\n";
    let answers =
        mail("petr@alfa.test", "p1@alfa.test", refers, "Re: Report", "Шаблон на месте, отчёт пустой.");
    for way in 0..3 {
        let mut office = Office::with_ticket().await;
        let notice = office.notice_address();
        let row = match way {
            0 => {
                office
                    .sent_as("a1@m2mail.ru", "Re: Report", &format!("To: ivan@alfa.test\r\n{cc}"), words)
                    .await
            }
            1 => {
                let to = format!("To: ivan@alfa.test, support@m2mail.ru\r\n{cc}");
                office.receive(&from_agent(AGENT, "a1@m2mail.ru", &to, words)).await
            }
            _ => {
                office
                    .receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {notice}\r\n{cc}"), words))
                    .await
            }
        };
        office.deliver(Memory::default()).await;
        assert_eq!(office.states(), [State::Answered], "{way}: {}", row.why);
        let row = office.receive(&answers).await;
        assert_eq!(
            (row.ticket, office.states()),
            (Some(TicketId(1)), vec![State::Open]),
            "{way}: {}",
            row.why
        );
        assert!(office.waiting().is_empty());
    }
}

/// The vendor's support, whom an agent has asked, is no client: what he answers is his own conversation, beside the client's.
#[tokio::test]
async fn a_vendor_who_answers_an_agent_is_asked_nothing() {
    let forward = "Hello, please look at this report.\r\n\r\n-------- Forwarded Message --------\r\nFrom: Ivan \
                   <ivan@alfa.test>\r\nSubject: Report\r\nTo: support@m2mail.ru\r\n\r\nNo report in Wialon.";
    let reply = "Hello! The report template refers to a deleted group. Please recreate it in Wialon Hosting.";
    for headers in ["To: help@vendor.test\r\nIn-Reply-To: <m1@alfa.test>\r\n", "To: help@vendor.test\r\n"] {
        let mut office = Office::with_ticket().await;
        office.sent_as("s1@m2mail.ru", "Fwd: Report", headers, forward).await;
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\n";
        let row = office
            .receive(&mail("help@vendor.test", "v1@vendor.test", refers, "Re: Fwd: Report", reply))
            .await;
        assert_eq!((row.ticket, office.states()), (Some(TicketId(2)), vec![State::Open; 2]), "{}", row.why);
        assert!(office.waiting().is_empty(), "{}", row.why);
        // What the agent answers him is no answer to the client.
        let thanks = "To: help@vendor.test\r\nIn-Reply-To: <v1@vendor.test>\r\n";
        office.sent_as("s2@m2mail.ru", "Re: Fwd: Report", thanks, "Thank you, will do.").await;
        assert_eq!([1, 2].map(|number| office.ticket(number).state), [State::Open, State::Answered]);
    }
}

/// The client's phone, too, names no mail: it is a hint as a number is, of him alone.
#[tokio::test]
async fn a_client_s_reply_that_names_no_mail_joins_the_request_with_its_subject() {
    let answer = "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    for (from, subject, body, state) in [
        ("ivan@alfa.test", "RE: Report", "По А123ВС77 всё ещё пусто.", State::Open),
        ("ivan@alfa.test", "Отв: Re: Report", "Спасибо!", State::Answered),
    ] {
        let mut office = Office::with_ticket().await;
        office.sent_as("s1@m2mail.ru", "Re: Report", answer, "Исправили.").await;
        let row = office.receive(&mail(from, "m2@alfa.test", "", subject, body)).await;
        assert_eq!((row.ticket, office.states()), (Some(TicketId(1)), vec![state]), "{subject}: {}", row.why);
        assert!(office.waiting().is_empty(), "{}", row.why);
    }
    for (from, subject) in
        [("ivan@alfa.test", "Report"), ("petr@beta.test", "RE: Report"), ("ivan@alfa.test", "Fwd: Report")]
    {
        let mut office = Office::with_ticket().await;
        office.sent_as("s1@m2mail.ru", "Re: Report", answer, "Исправили.").await;
        let row = office.receive(&mail(from, "m2@alfa.test", "", subject, COMPLETE)).await;
        assert_eq!(row.ticket, Some(TicketId(2)), "{from} {subject}: {}", row.why);
    }
}
