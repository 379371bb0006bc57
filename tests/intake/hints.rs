//! What a subject alone joins and proves: anybody can write one, and one may stand over several requests.

use super::agents::{AGENT, COMPLETE, from_agent};
use super::*;

const SUPPORT: &str = "support@m2mail.ru";
const IVAN: &str = "To: ivan@alfa.test\r\n";
const DONE: &str = "Исправили, проверьте.";
const VOUCHED: &str = "Authentication-Results: mx.m2mail.ru; dmarc=pass header.from=";

impl Office {
    /// Its first request, number 1, in these words.
    async fn opened_with(words: &str) -> Self {
        let mut office = Self::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", words)).await;
        office.send_all().await;
        office
    }

    /// Ticket 1 is answered, ticket 2 with the same subject waits.
    async fn with_two() -> Self {
        let mut office = Self::with_ticket().await;
        let answers = format!("{IVAN}In-Reply-To: <m1@alfa.test>\r\n");
        office.sent_as("s1@m2mail.ru", "Re: Report", &answers, DONE).await;
        office.receive(&mail("ivan@alfa.test", "m2@alfa.test", "", "Report", COMPLETE)).await;
        assert_eq!(office.states(), [State::Answered, State::Open]);
        office
    }

    fn trust_server(&mut self) {
        let mut desk = Self::desk();
        desk.authserv_id = Some("mx.m2mail.ru".to_owned());
        self.desk = Arc::new(desk);
    }
}

/// Eve writes in the client's name, then in the agent's, and quotes herself.
#[tokio::test]
async fn whoever_quotes_words_that_nobody_vouches_for_stops_no_clock() {
    let line = "По объекту А123ВС77 всё ещё пустая страница вместо отчёта, посмотрите пожалуйста ещё раз.";
    let mut office = Office::with_ticket().await;
    office.receive(&mail("ivan@alfa.test", "e1@evil.test", "", "Re: Report", line)).await;
    assert_eq!(office.ticket(1).state, State::Open);
    let to = format!("{IVAN}Cc: support@m2mail.ru, eve@evil.test\r\n");
    let row =
        office.receive(&from_agent(AGENT, "e2@evil.test", &to, &format!("{DONE}\r\n\r\n> {line}"))).await;
    assert_eq!(office.ticket(1).state, State::Open, "{}", row.why);
    assert_eq!(office.ticket(1).participants, []);
}

#[tokio::test]
async fn whoever_quotes_what_everybody_writes_stops_no_clock() {
    let greeting = "Здравствуйте, уважаемая служба технической поддержки!";
    let said = "Не строится отчёт «Поездки за сутки» по объекту А123ВС77, вместо таблицы пустая страница.";
    let words = format!("{greeting}\r\n{said}");
    let to = format!("{IVAN}Cc: support@m2mail.ru\r\n");
    for (quoted, state) in [(greeting, State::Open), (&*words, State::Answered)] {
        let mut office = Office::opened_with(&words).await;
        let before = office.ticket(1).state;
        let body = format!("{DONE}\r\n\r\n> {}", quoted.replace("\r\n", "\r\n> "));
        let row = office.receive(&from_agent(AGENT, "s1@m2mail.ru", &to, &body)).await;
        let expect = if state == State::Answered { state } else { before };
        assert_eq!(office.ticket(1).state, expect, "{quoted}: {}", row.why);
    }
}

#[tokio::test]
async fn what_a_quote_proves_brings_nobody_in() {
    let to = format!("{IVAN}Cc: support@m2mail.ru, petr@alfa.test\r\n");
    let body = format!("{DONE}\r\n\r\n> {COMPLETE}");
    for (vouch, others) in [("", 0), ("m2mail.ru\r\n", 1)] {
        let mut office = Office::with_ticket().await;
        office.trust_server();
        let head = if vouch.is_empty() { String::new() } else { format!("{VOUCHED}{vouch}") };
        let row = office.receive(&format!("{head}{}", from_agent(AGENT, "s1@m2mail.ru", &to, &body))).await;
        assert_eq!(office.ticket(1).state, State::Answered, "{}", row.why);
        assert_eq!(office.ticket(1).participants.len(), others);
    }
}

#[tokio::test]
async fn of_two_with_one_subject_none_is_answered_or_taken_back() {
    let mut office = Office::with_two().await;
    let row = office.sent_as("s2@m2mail.ru", "RE: Report", IVAN, DONE).await;
    assert_eq!(office.states(), [State::Answered, State::Open], "{}", row.why);
    let thanks = "Спасибо, всё заработало, вопрос снят.";
    let row = office.receive(&mail("ivan@alfa.test", "m3@alfa.test", "", "RE: Report", thanks)).await;
    assert!(!office.ticket(2).is_withdrawn(), "{}", row.why);
    assert_ne!(row.ticket, Some(TicketId(2)), "{}", row.why);
    // Nor if the other is of another address of his.
    let mut office = Office::with_ticket().await;
    office.receive(&mail("ivan+wialon@alfa.test", "m2@alfa.test", "", "Report", COMPLETE)).await;
    office.sent_as("s2@m2mail.ru", "RE: Report", IVAN, DONE).await;
    assert_eq!(office.states(), [State::Open; 2]);
}

#[tokio::test]
async fn what_was_closed_long_ago_is_none_of_several() {
    for (days, second) in [(40, State::Answered), (1, State::Open)] {
        let mut office = Office::with_two().await;
        let closed_at = Some(Utc::now() - TimeDelta::days(days));
        let closed = Ticket { state: State::Closed, closed_at, ..office.ticket(1) };
        office.store.write(0, move |tx| tx.update_ticket(&closed)).await.unwrap();
        let row = office.sent_as("s2@m2mail.ru", "RE: Report", IVAN, DONE).await;
        assert_eq!(office.states(), [State::Closed, second], "{}", row.why);
    }
}

#[tokio::test]
async fn a_mail_from_before_a_request_does_not_answer_it() {
    let mut office = Office::with_ticket().await;
    let raw = from_agent(SUPPORT, "s1@m2mail.ru", IVAN, DONE);
    let row = office.receive_in("support (sent)", &raw, TimeDelta::hours(1)).await;
    assert_eq!((row.ticket, office.states()), (None, vec![State::Open]), "{}", row.why);
    // Read in the wrong order, and by the mail's own date.
    let written = (Utc::now() - TimeDelta::days(2)).to_rfc2822();
    let raw = from_agent(SUPPORT, "s2@m2mail.ru", &format!("{IVAN}Date: {written}\r\n"), DONE);
    let row = office.receive_in("support (sent)", &raw, TimeDelta::zero()).await;
    assert_eq!((row.ticket, office.states()), (None, vec![State::Open]), "{}", row.why);
}

#[tokio::test]
async fn an_agent_s_mail_answers_whom_it_is_for() {
    for (headers, states) in [
        ("To: ivan@alfa.test, anna@gamma.test\r\n", [State::Open, State::Open]),
        ("To: ivan@alfa.test\r\nCc: anna@gamma.test\r\n", [State::Answered, State::Open]),
        ("To: head@alfa.test\r\nCc: anna@gamma.test\r\n", [State::Open, State::Answered]),
    ] {
        let mut office = Office::with_ticket().await;
        office.receive(&mail("anna@gamma.test", "g1@gamma.test", "", "Report", COMPLETE)).await;
        let row = office.sent_as("s1@m2mail.ru", "RE: Report", headers, DONE).await;
        assert_eq!(office.states(), states, "{headers}: {}", row.why);
    }
}

#[tokio::test]
async fn no_subject_is_none() {
    for subject in ["(без темы)", "<no subject>"] {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", subject, COMPLETE)).await;
        let row = office.sent_as("s1@m2mail.ru", &format!("RE: {subject}"), IVAN, DONE).await;
        assert_eq!(office.states(), [State::Open], "{subject}: {}", row.why);
    }
}

#[tokio::test]
async fn a_quote_of_something_else_tells_that_another_request_is_meant() {
    let block = "От: Иван <ivan@alfa.test>\r\nОтправлено: 26 ноября 2026 г. 15:02\r\nКому: support@m2mail.ru\r\nТема: Report\r\n\r\n";
    let other = "Просьба подключить ещё три трекера к нашему аккаунту.";
    for (quoted, state) in [(other, State::Open), (COMPLETE, State::Answered)] {
        let mut office = Office::with_ticket().await;
        let body = format!("{DONE}\r\n\r\n{block}{quoted}");
        let row = office.sent_as("s1@m2mail.ru", "RE: Report", IVAN, &body).await;
        assert_eq!(office.states(), [state], "{quoted}: {}", row.why);
    }
}

#[tokio::test]
async fn who_has_too_many_requests_joins_none_by_a_subject() {
    let mut office = Office::new().await;
    for number in 1..=50 {
        let id = format!("n{number}@alfa.test");
        office.receive(&mail("ivan@alfa.test", &id, "", &format!("Report of {number}"), COMPLETE)).await;
    }
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", COMPLETE)).await;
    office.sent_as("s1@m2mail.ru", "RE: Report", IVAN, DONE).await;
    assert_eq!(office.ticket(51).state, State::Open);
}

/// A subject may stand over something else of the same client: whoever vouches for him, it takes nothing back.
#[tokio::test]
async fn a_subject_alone_takes_nothing_back() {
    for (subject, withdrawn) in [("RE: Report", false), ("RE: Report [#1]", true)] {
        let mut office = Office::with_ticket().await;
        office.trust_server();
        let raw = mail("ivan@alfa.test", "m2@alfa.test", "", subject, "Вопрос снят, спасибо.");
        let row = office.receive(&format!("{VOUCHED}alfa.test\r\n{raw}")).await;
        assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
        assert_eq!(office.ticket(1).is_withdrawn(), withdrawn, "{subject}: {}", row.why);
    }
}

/// A mail of an agent's from last year makes no new problem a conversation with a person.
#[tokio::test]
async fn who_answers_an_old_mail_of_an_agent_s_with_a_new_problem_is_asked() {
    for (days, asked) in [(40, true), (3, false)] {
        let mut office = Office::new().await;
        let ago = TimeDelta::days(days);
        let raw = from_agent(SUPPORT, "s1@m2mail.ru", "To: anna@gamma.test\r\n", DONE);
        office.receive_in("support (sent)", &raw, ago).await;
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\n";
        let row = office.receive(&mail("anna@gamma.test", "g1@gamma.test", refers, "Re", INCOMPLETE)).await;
        assert_eq!(office.machine_wrote(), asked, "{days}: {}", row.why);

        let mut office = Office::new().await;
        let first = mail("ivan@alfa.test", "m1@alfa.test", "", "Report", COMPLETE);
        office.receive_late(&first, ago + TimeDelta::hours(2)).await;
        let headers = format!("{IVAN}In-Reply-To: <m1@alfa.test>\r\n");
        let raw = from_agent(SUPPORT, "s1@m2mail.ru", &headers, DONE);
        office.receive_in("support (sent)", &raw, ago).await;
        assert_eq!(office.states(), [State::Answered]);
        let closed = Ticket { state: State::Closed, closed_at: Some(Utc::now() - ago), ..office.ticket(1) };
        office.store.write(0, move |tx| tx.update_ticket(&closed)).await.unwrap();
        let refers = "In-Reply-To: <s1@m2mail.ru>\r\nReferences: <m1@alfa.test> <s1@m2mail.ru>\r\n";
        let row =
            office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re: Report", INCOMPLETE)).await;
        assert_eq!(office.machine_wrote(), asked, "{days}: {}", row.why);
    }
}
