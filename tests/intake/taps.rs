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

/// «Перезагрузить сервер сейчас?» – 👍 is the yes that the agent waits for.
#[tokio::test]
async fn a_tap_that_answers_an_agent_s_question_is_heard() {
    let refers = format!("{TO_US}In-Reply-To: <a1@m2mail.ru>\r\n");
    let ivan = "Иван <ivan@alfa.test>";
    let tapped = reaction(ivan, "r1@alfa.test", &refers);
    let english = tapped.replace("отреагировал(а) через Gmail", "reacted via Gmail");
    for (raw, asks, heard) in [
        (tapped.clone(), "Перезагрузить сервер сейчас?", true),
        (english, "Shall we restart the server now?", true),
        (tapped.replace('👍', "👎"), "Перезагрузить сервер сейчас?", true),
        (tapped.clone(), "Заработало?", false),
        (calendar(ivan, "c1@alfa.test", &refers, "REPLY", ""), "Перезагрузить сервер сейчас?", false),
        // Whoever takes no part in it.
        (reaction("eve@evil.test", "r2@evil.test", &refers), "Перезагрузить сервер сейчас?", false),
    ] {
        let mut office = Office::with_ticket().await;
        let answer = ANSWER.replace("Done, please check.", asks);
        office.receive_in("support (sent)", &answer, TimeDelta::zero()).await;
        let letters = office.letters().len();
        let row = office.receive(&raw).await;
        let (disposition, state) =
            if heard { (Disposition::Filed, State::Open) } else { (Disposition::Automatic, State::Answered) };
        assert_eq!(
            (row.disposition, row.ticket, office.ticket(1).state),
            (Some(disposition), Some(TicketId(1)), state),
            "{asks}: {}",
            row.why
        );
        assert_eq!(office.letters().len(), letters, "{asks}: {}", row.why);
    }
}

/// Whatever a program writes around it.
#[tokio::test]
async fn a_tap_with_words_or_files_is_a_person_s() {
    let refers = format!("{TO_US}In-Reply-To: <a1@m2mail.ru>\r\n");
    let ivan = "Иван <ivan@alfa.test>";
    let reply = calendar(ivan, "c1@alfa.test", &refers, "REPLY", "");
    let commented = |comment: &str| {
        reply.replace("END:VCALENDAR", &format!("BEGIN:VEVENT\r\n{comment}\r\nEND:VEVENT\r\nEND:VCALENDAR"))
    };
    let with_file = |raw: &str, name: &str| {
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("multipart/alternative; boundary=b", "multipart/mixed; boundary=m");
        format!(
            "{head}\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{body}\r\n--m\r\nContent-Type: \
             application/octet-stream; name={name}\r\nContent-Disposition: attachment\r\n\r\nERROR 500\r\n--m--\r\n"
        )
    };
    let reaction = reaction(ivan, "r1@alfa.test", &refers);
    let worded = reaction.replace("👍\r\n", "👍\r\n\r\nТолько после 18:00, пожалуйста.\r\n");
    let worded = worded.replace("<p>👍</p>", "<p>👍</p><p>Только после 18:00, пожалуйста.</p>");
    let folded = "COMMENT;LANGUAGE=ru:Не смогу\\, давайте\r\n  в понедельник.";
    for (raw, is_tap, words) in [
        (with_file(&reply, "server.log"), false, ""),
        (with_file(&reply, "invite.ics"), true, ""),
        (commented(folded), false, "Не смогу, давайте в понедельник."),
        (commented("COMMENT:"), true, ""),
        (with_file(&reaction, "server.log"), false, "👍"),
        (worded, false, "Только после 18:00"),
    ] {
        let mut office = Office::with_ticket().await;
        office.receive_in("support (sent)", ANSWER, TimeDelta::zero()).await;
        let row = office.receive(&raw).await;
        let (disposition, state) = if is_tap {
            (Disposition::Automatic, State::Answered)
        } else {
            (Disposition::Filed, State::Open)
        };
        assert_eq!(
            (row.disposition, office.ticket(1).state),
            (Some(disposition), state),
            "{raw}: {}",
            row.why
        );
        assert!(mail::parse(raw.as_bytes()).text.own().contains(words), "{raw}");
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
