//! Mails that a program writes when its user taps a button: reactions, and answers to invitations.

use super::agents::AGENT;
use super::*;

/// What Gmail sends where somebody reacts.
fn reaction(from: &str, id: &str, headers: &str) -> String {
    format!(
        "From: {from}\r\n{headers}Message-ID: <{id}>\r\nSubject: Re: Report\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n👍\r\n\r\nИван Петров \
         отреагировал(а) через Gmail\r\n--b\r\nContent-Type: text/vnd.google.email-reaction+json; charset=utf-8\r\n\r\n\
         {{\"emoji\":\"👍\",\"version\":1}}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>👍</p><p>Иван Петров \
         отреагировал(а) через Gmail</p>\r\n--b--\r\n"
    )
}

/// What a calendar sends, with these words above it.
fn calendar(from: &str, id: &str, headers: &str, method: &str, words: &str) -> String {
    format!(
        "From: {from}\r\n{headers}Message-ID: <{id}>\r\nSubject: Подключение\r\nMIME-Version: 1.0\r\nContent-Type: \
         multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--b\r\n\
         Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:{method}\r\n\
         END:VCALENDAR\r\n--b--\r\n"
    )
}

const TO_US: &str = "To: support@m2mail.ru\r\n";
const ANSWER: &str = "From: support@m2mail.ru\r\nTo: ivan@alfa.test\r\nMessage-ID: <a1@m2mail.ru>\r\nIn-Reply-To: \
                      <m1@alfa.test>\r\nSubject: Re: Report\r\n\r\nDone, please check.\r\n";

#[tokio::test]
async fn a_client_s_tap_opens_nothing() {
    let refers = format!("{TO_US}In-Reply-To: <a1@m2mail.ru>\r\n");
    let ivan = "Иван <ivan@alfa.test>";
    let taps = [
        (reaction(ivan, "r1@alfa.test", &refers), Some(TicketId(1))),
        (calendar(ivan, "c1@alfa.test", &refers, "REPLY", ""), Some(TicketId(1))),
        (calendar(ivan, "c2@alfa.test", TO_US, "reply", "-- \r\nИван Петров"), None),
    ];
    let mut office = Office::with_ticket().await;
    office.receive_in("support (sent)", ANSWER, TimeDelta::zero()).await;
    for (raw, ticket) in taps {
        let row = office.receive(&raw).await;
        assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), ticket), "{}", row.why);
        assert_eq!(office.ticket(1).state, State::Answered);
    }
    // Words beside it, an invitation of his own, and a mail that passes one on are a person's.
    for (number, raw) in [
        calendar(ivan, "c3@alfa.test", &refers, "REPLY", "Не смогу, давайте в понедельник в 12."),
        calendar(ivan, "c4@alfa.test", &refers, "REQUEST", ""),
        format!(
            "From: {ivan}\r\n{refers}Message-ID: <c5@alfa.test>\r\nSubject: Fwd\r\nContent-Type: multipart/mixed; \
             boundary=m\r\n\r\n--m\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n--m\r\nContent-Type: \
             message/rfc822\r\n\r\n{}\r\n--m--\r\n",
            reaction("boss@alfa.test", "r9@alfa.test", TO_US)
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut office = Office::with_ticket().await;
        office.receive_in("support (sent)", ANSWER, TimeDelta::zero()).await;
        let row = office.receive(&raw).await;
        assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Open), "{number}: {}", row.why);
    }
}

/// The clock runs on: the client has not been told anything.
#[tokio::test]
async fn an_agent_s_tap_answers_nothing() {
    let to = "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    for (from, folder) in
        [("support@m2mail.ru", "support (sent)"), (AGENT, "support"), ("support@m2mail.ru", "support")]
    {
        for raw in [reaction(from, "r1@m2mail.ru", to), calendar(from, "c1@m2mail.ru", to, "REPLY", "")] {
            let mut office = Office::with_ticket().await;
            let row = office.receive_in(folder, &raw, TimeDelta::zero()).await;
            assert_eq!(row.disposition, Some(Disposition::Automatic), "{from}: {}", row.why);
            assert_eq!(office.ticket(1).state, State::Open, "{from}: {}", row.why);
        }
        // An invitation says something.
        let mut office = Office::with_ticket().await;
        let invites = calendar(from, "c2@m2mail.ru", to, "REQUEST", "Подключимся завтра в 11.");
        let row = office.receive_in(folder, &invites, TimeDelta::zero()).await;
        assert_eq!(office.ticket(1).state, State::Answered, "{from}: {}", row.why);
    }
}
