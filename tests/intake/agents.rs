//! Agents' mails on a real database: answers by each way, notes, forwards, and what must not go out.

use super::*;
use crate::memory_mailer::Memory;
use crate::whole_letter::WholeLetter;
use askback::outbox;
use askback::outbox::mailer::{Mailer, SendOutcome};
use askback::store::{Direction, Letter, OutboxState};

pub(super) const AGENT: &str = "engineers@m2mail.ru";
pub(super) const COMPLETE: &str = "Здравствуйте! В Wialon Hosting не строится отчёт «Поездки за сутки» по объекту А123ВС77: открываю \
                        вкладку Отчёты, выбираю шаблон и объект, жму Выполнить, вместо таблицы пустая страница.";

/// A mail of an agent: `headers` has To and whatever else, each line ending in `\r\n`.
pub(super) fn from_agent(from: &str, id: &str, headers: &str, body: &str) -> String {
    format!(
        "From: {from}\r\nMessage-ID: <{id}>\r\n{headers}Subject: Re: Report\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

impl Office {
    /// A client with an open ticket, number 1; his mail is <m1@alfa.test>.
    pub(super) async fn with_ticket() -> Self {
        let mut office = Self::new().await;
        office.receive(&mail("Иван <ivan@alfa.test>", "m1@alfa.test", "", "Report", COMPLETE)).await;
        office.send_all().await;
        assert_eq!(office.ticket(1).state, State::Open);
        office
    }

    /// A mail that lies in the Sent folder.
    async fn sent(&mut self, raw: &str) -> MailRow {
        self.receive_in("support (sent)", raw, TimeDelta::zero()).await
    }

    /// The address of a notice that told the agent of ticket 1 just now.
    pub(super) fn notice_address(&self) -> Address {
        let agent = Address::parse(AGENT).unwrap();
        intake::answer_address(&self.desk, &self.ticket(1), &agent).unwrap()
    }

    /// What waits in the outbox: kind, recipient, text.
    fn outgoing(&self) -> Vec<(LetterKind, String, String)> {
        let shown =
            |letter: WholeLetter| (letter.kind, letter.to.to_string(), mail::parse(&letter.raw).text.full);
        self.waiting().into_iter().map(shown).collect()
    }

    /// The outbox does its work with this mailer until nothing waits.
    pub(super) async fn deliver(&self, mailer: impl Mailer) {
        let waits = |letter: &Letter| matches!(letter.state, OutboxState::Waiting | OutboxState::Claimed);
        self.deliver_while(mailer, waits).await;
    }

    /// The outbox does its work with this mailer as long as a letter is like this.
    pub(super) async fn deliver_while(&self, mailer: impl Mailer, busy: impl Fn(&Letter) -> bool) {
        let stop = watch::Sender::new(false);
        let ring = Arc::default;
        let task = outbox::run(self.store.clone(), mailer, ring(), ring(), stop.subscribe());
        let until_done = async {
            while self.store.read(|reader| reader.outbox(None)).await.unwrap().iter().any(&busy) {
                tokio::task::yield_now().await;
            }
            stop.send_replace(true);
        };
        let (outcome, ()) = tokio::join!(task, until_done);
        outcome.unwrap();
    }

    pub(super) fn events(&self) -> Vec<String> {
        let events = self.store.read_now(|reader| reader.events(TicketId(1))).unwrap();
        events.into_iter().map(|event| event.what).collect()
    }
}

pub(super) fn bounce(id: &str, number: u32) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@alfa.test\r\nTo: support@m2mail.ru\r\nMessage-ID: <b{number}@alfa.test>\r\n\
         Subject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; \
         boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n--b\r\nContent-Type: \
         message/delivery-status\r\n\r\nReporting-MTA: dns; mx.alfa.test\r\n\r\nFinal-Recipient: rfc822; \
         ivan@alfa.test\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n no such user\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: <{id}>\r\nSubject: x\r\n\r\n--b--\r\n"
    )
}

#[tokio::test]
async fn an_answer_in_the_sent_folder_answers_thanks_change_nothing_and_a_question_reopens() {
    let mut office = Office::with_ticket().await;
    let waited_since = office.ticket(1).first_unanswered_at;
    assert!(waited_since.is_some());
    let answer = from_agent(
        "support@m2mail.ru",
        "a1@m2mail.ru",
        "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n",
        "Исправили, проверьте.",
    );
    let row = office.sent(&answer).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(1))), "{}", row.why);
    let ticket = office.ticket(1);
    assert_eq!((ticket.state, ticket.first_unanswered_at), (State::Answered, None));

    let refers = "In-Reply-To: <a1@m2mail.ru>\r\n";
    let row = office.receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Спасибо!")).await;
    assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Answered), "{}", row.why);

    let more = "А теперь не открывается карта, что делать?";
    let row = office.receive(&mail("ivan@alfa.test", "m3@alfa.test", refers, "Re", more)).await;
    let ticket = office.ticket(1);
    assert_eq!((row.ticket, ticket.state), (Some(TicketId(1)), State::Open), "{}", row.why);
    assert_eq!(ticket.first_unanswered_at, Some(ticket.last_client_at));
    assert!(office.waiting().is_empty(), "no machine speaks where an agent has");

    // The same answer once more, from another folder, answers nothing.
    office.receive(&answer.replace("Re: Report", "Re: Report ")).await;
    assert_eq!(office.ticket(1).state, State::Open);
}

#[tokio::test]
async fn an_answer_that_is_read_before_its_question_answers_it_all_the_same() {
    // After a night's outage the Sent folder is fetched first.
    let mut office = Office::new().await;
    let headers = "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    let answer = from_agent("support@m2mail.ru", "a1@m2mail.ru", headers, "Исправили.");
    let row = office.receive_in("support (sent)", &answer, TimeDelta::minutes(10)).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Automatic), None));
    office
        .receive_late(
            &mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE),
            TimeDelta::minutes(30),
        )
        .await;
    assert_eq!(office.ticket(1).state, State::Answered);
    assert!(office.waiting().is_empty(), "nobody is asked what an agent has answered");
    // And an older answer to an older mail leaves the newer one unanswered.
    let mut office = Office::new().await;
    office.receive_in("support (sent)", &answer, TimeDelta::minutes(10)).await;
    let more = mail("ivan@alfa.test", "m2@alfa.test", "References: <m1@alfa.test>\r\n", "Report", "А карта?");
    office
        .receive_late(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", COMPLETE), TimeDelta::minutes(30))
        .await;
    office.receive_late(&more, TimeDelta::minutes(5)).await;
    assert_eq!(office.ticket(1).state, State::Open);
}

/// Listed by SEARCH alone: when it was stored says nothing of when it was sent.
#[tokio::test]
async fn an_answer_without_a_date_of_arrival_was_sent_when_it_says() {
    for (minutes, state) in [(30, State::Open), (5, State::Answered)] {
        let mut office = Office::new().await;
        let complete = mail("ivan@alfa.test", "m1@alfa.test", "", "Report", COMPLETE);
        office.receive_late(&complete, TimeDelta::minutes(40)).await;
        let more =
            mail("ivan@alfa.test", "m2@alfa.test", "References: <m1@alfa.test>\r\n", "Report", "А карта?");
        office.receive_late(&more, TimeDelta::minutes(10)).await;
        let date = (Utc::now() - TimeDelta::minutes(minutes)).to_rfc2822();
        let headers = format!("To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\nDate: {date}\r\n");
        let answer = from_agent("support@m2mail.ru", "a1@m2mail.ru", &headers, "Исправили.");
        office.receive_at("support (sent)", &answer, None).await;
        assert_eq!(office.ticket(1).state, state, "{minutes} min ago");
    }
}

#[tokio::test]
async fn a_closed_ticket_reopens_within_its_time_and_later_there_is_a_linked_one() {
    let refers = "References: <m1@alfa.test>\r\n";
    let again = |id: &str, text: &str| mail("ivan@alfa.test", id, refers, "Re: Report", text);
    for (days, joins) in [(13, true), (15, false)] {
        let mut office = Office::with_ticket().await;
        let closed_at = Some(Utc::now() - TimeDelta::days(days));
        let closed = Ticket { state: State::Closed, closed_at, ..office.ticket(1) };
        office.store.write(0, move |tx| tx.update_ticket(&closed)).await.unwrap();
        let thanks = office.receive(&again("m2@alfa.test", "Спасибо, всё работает!")).await;
        assert_eq!((thanks.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Closed));
        let row = office.receive(&again("m3@alfa.test", "Снова не строится отчёт по А123ВС77.")).await;
        if joins {
            let ticket = office.ticket(1);
            assert_eq!((row.ticket, ticket.state, ticket.closed_at), (Some(TicketId(1)), State::Open, None));
        } else {
            assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(2)), State::Closed));
            assert_eq!(office.ticket(2).linked, Some(TicketId(1)));
        }
    }
}

#[tokio::test]
async fn what_else_lies_in_the_sent_folder_changes_nothing() {
    let mut office = Office::with_ticket().await;
    let tickets =
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap();
    let ours = office.letters().remove(0);
    let mut copy = String::from_utf8(ours.raw.clone()).unwrap();
    let before = office.uid;
    // Our own letter as we put it there leaves no row; one that the server changed is known by its Message-ID.
    office.sent(&copy).await;
    let rows = office.store.read_now(|reader| reader.mails(None, 100));
    let received = rows.unwrap().iter().filter(|row| row.direction == Direction::In).count();
    assert_eq!(received, usize::try_from(before).unwrap());
    copy.insert_str(0, "X-Server: changed\r\n");
    assert_eq!(office.sent(&copy).await.disposition, Some(Disposition::Automatic));
    let support = "support@m2mail.ru";
    for (number, (headers, body)) in [
        ("To: supplier@x.test\r\n", "Пришлите счёт."),
        ("To: ivan@alfa.test\r\nAuto-Submitted: auto-replied\r\nIn-Reply-To: <m1@alfa.test>\r\n", "Нас нет."),
        ("To: supplier@x.test\r\nIn-Reply-To: <m1@alfa.test>\r\n", "Помогите с вопросом клиента."),
    ]
    .into_iter()
    .enumerate()
    {
        office.sent(&from_agent(support, &format!("s{number}@m2mail.ru"), headers, body)).await;
    }
    assert_eq!(
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap(),
        tickets
    );
}

#[tokio::test]
async fn an_answer_with_support_in_copy_answers() {
    for (from, to) in [
        (AGENT, "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\n"),
        ("support@m2mail.ru", "To: Ivan@alfa.test\r\nCc: support@m2mail.ru\r\n"),
    ] {
        let mut office = Office::with_ticket().await;
        let headers = format!("{to}References: <m1@alfa.test>\r\n");
        let row = office.receive(&from_agent(from, "a1@m2mail.ru", &headers, "Исправили.")).await;
        assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Answered), "{}", row.why);
    }
    // Without the client among the recipients it is a note; a number alone proves nothing to a stranger's From.
    let mut office = Office::with_ticket().await;
    let headers = "To: support@m2mail.ru\r\nReferences: <m1@alfa.test>\r\n";
    let row = office.receive(&from_agent(AGENT, "a1@m2mail.ru", headers, "Посмотрю завтра.")).await;
    assert_eq!(row.ticket, Some(TicketId(1)));
    let number = from_agent(AGENT, "a2@m2mail.ru", "To: ivan@alfa.test, support@m2mail.ru\r\n", "Готово.");
    let row = office.receive(&number.replace("Re: Report", "Re: Report [#1]")).await;
    assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Open), "{}", row.why);
    assert_eq!(
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap().len(),
        1
    );
    assert!(office.outgoing().is_empty());
}

#[tokio::test]
async fn a_reply_to_a_notice_goes_to_the_client_as_ours_and_answers_once_the_server_took_it() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let body = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nЗдравствуйте!\r\n\r\nИсправили, проверьте.\r\n\r\n-- \r\n\
                Ольга, инженер\r\n\r\n25.11.2026, 10:15, Техническая поддержка <support@m2mail.ru> пишет:\r\n\
                > Чтобы ответить клиенту, ответьте на это письмо\r\n> Клиент: Иван <ivan@alfa.test>\r\n\r\n--b\r\n\
                Content-Type: image/png; name=\"shot.png\"\r\nContent-Disposition: attachment; filename=\"shot.png\"\r\n\
                Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";
    let reply = from_agent(&format!("Ольга <{AGENT}>"), "a1@m2mail.ru", &format!("To: {to}\r\n"), body)
        .replace("text/plain; charset=utf-8\r\n\r\n--b", "multipart/mixed; boundary=b\r\n\r\n--b");
    let row = office.receive(&reply).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(1))), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Open, "not before it has gone out");

    let letter = office.waiting().remove(0);
    assert_eq!((letter.kind, letter.to.as_str()), (LetterKind::Answer, "ivan@alfa.test"));
    assert_eq!(letter.envelope_from.as_ref().map(Address::as_str), Some("support@m2mail.ru"));
    let headers = headers_of(&letter);
    assert!(
        headers.contains("In-Reply-To: <m1@alfa.test>") && headers.contains("Subject: Re: Report [#1]"),
        "{headers}"
    );
    assert!(!headers.contains("Auto-Submitted") && !headers.contains(AGENT), "{headers}");
    let sent = mail::parse(&letter.raw);
    assert_eq!(sent.text.full.trim(), "Здравствуйте!\n\nИсправили, проверьте.\n\n--\nОльга, инженер");
    assert_eq!(files_of(&letter.raw), [(Some("shot.png".to_owned()), b"\x89PNG\r\n\x1a\n".to_vec())]);
    assert!(sent.reply_to[0].address.local().contains('+'));

    office.deliver(Memory::default()).await;
    assert_eq!(office.ticket(1).state, State::Answered);
    assert_eq!(office.events().iter().filter(|what| *what == "answered").count(), 1);

    // The client's answer to it finds the ticket; a bounce of it makes it the agents' turn again.
    let bounced = office.receive(&bounce(letter.message_id.as_str(), 1)).await;
    let ticket = office.ticket(1);
    assert_eq!((bounced.ticket, ticket.state), (Some(TicketId(1)), State::Open), "{}", bounced.why);
    assert_eq!(ticket.first_unanswered_at, Some(ticket.opened_at));
    let returned = office.store.read_now(|reader| reader.returned(TicketId(1))).unwrap();
    let said = returned.as_ref().map(|returned| (returned.why.as_str(), returned.words.lines().next()));
    assert_eq!(said, Some(("550 5.1.1 no such user", Some("Здравствуйте!"))));
    // A second report of the same, of another host perhaps: nobody is told again.
    let again = office.receive(&bounce(letter.message_id.as_str(), 2)).await;
    assert_eq!((again.ticket, office.ticket(1)), (Some(TicketId(1)), ticket), "{}", again.why);
    assert_eq!(office.store.read_now(|reader| reader.returned(TicketId(1))).unwrap(), returned);
}

/// Behind so many lines that may be boundaries nobody can tell his files from each other.
#[tokio::test]
async fn an_answer_whose_files_cannot_be_told_is_held_back() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let dump =
        "-- one line of a dump of a database as its program writes it, dashes first\r\n".repeat(200_000);
    let body = format!(
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nИсправили, проверьте.\r\n--b\r\nContent-Type: \
         application/sql; name=dump.sql\r\n\r\n{dump}--b\r\nContent-Type: image/png; name=shot.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
    );
    let reply = from_agent(&format!("Ольга <{AGENT}>"), "a1@m2mail.ru", &format!("To: {to}\r\n"), &body)
        .replace("text/plain; charset=utf-8\r\n\r\n--b", "multipart/mixed; boundary=b\r\n\r\n--b");
    let row = office.receive(&reply).await;
    let told = office.outgoing();
    let [(LetterKind::Notice, agent, text)] = told.as_slice() else { panic!("{told:?}; {}", row.why) };
    assert_eq!((agent.as_str(), office.ticket(1).state), (AGENT, State::Open));
    assert!(text.contains("оно слишком велико") && text.contains("Исправили, проверьте."), "{text}");
}

#[tokio::test]
async fn two_copies_of_a_mail_are_one_answer() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let reply = from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}, support@m2mail.ru\r\n"), "Исправили.");
    for copy in ["1", "2"] {
        office.receive(&format!("X-Copy: {copy}\r\n{reply}")).await;
    }
    assert_eq!(office.outgoing().len(), 1);
    let headers = "To: ivan@alfa.test, support@m2mail.ru\r\nReferences: <m1@alfa.test>\r\n";
    let copied = from_agent(AGENT, "a2@m2mail.ru", headers, "И ещё одно.");
    for copy in ["1", "2"] {
        office.receive(&format!("X-Copy: {copy}\r\n{copied}")).await;
    }
    assert_eq!(office.events().iter().filter(|what| *what == "answered").count(), 1);
}

#[tokio::test]
async fn a_bounce_of_an_answer_from_the_sent_folder_undoes_it_but_not_a_later_one() {
    let mut office = Office::with_ticket().await;
    let headers = "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    office.sent(&from_agent("support@m2mail.ru", "a1@m2mail.ru", headers, "Исправили.")).await;
    office.receive(&bounce("a1@m2mail.ru", 1)).await;
    assert_eq!(office.ticket(1).state, State::Open);
    office.sent(&from_agent("support@m2mail.ru", "a2@m2mail.ru", headers, "Исправили.")).await;
    assert_eq!(office.ticket(1).state, State::Answered);
    office.receive(&bounce("a1@m2mail.ru", 2)).await;
    assert_eq!(office.ticket(1).state, State::Answered);
}

#[tokio::test]
async fn an_answer_that_a_crash_interrupted_is_sent_again_with_its_message_id() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let sent = office.store.write(0, |tx| {
        let due = tx.claim_due(Utc::now() + TimeDelta::hours(1), 1)?;
        Ok(due.len())
    });
    assert_eq!(sent.await.unwrap(), 1);
    // The daemon died while it was being sent: an agent's answer is sent again, with the same Message-ID.
    let before = office.letters();
    let memory = Memory::default();
    office.deliver(memory.clone()).await;
    assert_eq!(memory.delivered().len(), 1);
    let after = office.letters();
    assert_eq!(after.last().unwrap().message_id, before.last().unwrap().message_id);
    assert_eq!((after.len(), office.ticket(1).state), (before.len(), State::Answered));
}

#[tokio::test]
async fn an_answer_that_the_server_refuses_leaves_it_open_and_is_told() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let memory = Memory::default();
    memory.answer(Some(SendOutcome::Refused { why: "550 no such user".to_owned() }));
    office.deliver(memory).await;
    let ticket = office.ticket(1);
    assert_eq!((ticket.state, ticket.first_unanswered_at), (State::Open, Some(ticket.opened_at)));
    assert!(office.store.read_now(|reader| reader.returned(TicketId(1))).unwrap().is_some());
}

#[tokio::test]
async fn a_client_who_writes_while_the_answer_waits_is_not_answered_by_it() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office
        .receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Ещё и карта не открывается."))
        .await;
    office.deliver(Memory::default()).await;
    let ticket = office.ticket(1);
    assert_eq!((ticket.state, ticket.first_unanswered_at), (State::Open, Some(ticket.last_client_at)));
    assert!(ticket.last_client_at > ticket.opened_at);
}

#[tokio::test]
async fn a_client_who_wrote_meanwhile_holds_the_answer_back() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    office
        .receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Нашли сами: шаблон был удалён."))
        .await;
    let row = office
        .receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Мы пересоздали шаблон."))
        .await;
    let told = office.outgoing();
    let [(LetterKind::Notice, agent, text)] = told.as_slice() else { panic!("{told:?}; {}", row.why) };
    assert_eq!(agent, AGENT);
    assert!(
        text.contains("Нашли сами: шаблон был удалён.") && text.contains("Мы пересоздали шаблон."),
        "{text}"
    );

    // What the letter says: a reply to it goes out.
    let letter = office.waiting().remove(0);
    let again = mail::parse(&letter.raw).reply_to[0].address.clone();
    office.send_all().await;
    let row = office
        .receive(&from_agent(AGENT, "a2@m2mail.ru", &format!("To: {again}\r\n"), "Мы пересоздали шаблон."))
        .await;
    let out = office.outgoing();
    assert!(
        matches!(out.as_slice(), [(LetterKind::Answer, to, _)] if to == "ivan@alfa.test"),
        "{out:?}; {}",
        row.why
    );
}

#[tokio::test]
async fn nobody_sends_mail_to_a_client_through_us_by_an_agent_s_name() {
    let mut office = Office::with_ticket().await;
    let ours = office.letters()[0].clone();
    let client_token = mail::parse(&ours.raw).reply_to[0].address.clone();
    let stolen = office.notice_address();
    for (number, (from, to)) in [
        // An agent's name without a notice's token; a client's token; a notice's token in another's hands; a broken one.
        (AGENT, "support@m2mail.ru".to_owned()),
        (AGENT, client_token.to_string()),
        ("ag@m2mail.ru", stolen.to_string()),
        ("thief@x.test", stolen.to_string()),
        ("support@m2mail.ru", stolen.to_string()),
        (AGENT, stolen.to_string().replacen("+1.", "+1.1", 1)),
    ]
    .into_iter()
    .enumerate()
    {
        let headers = format!("To: {to}\r\nIn-Reply-To: <{}>\r\n", ours.message_id);
        let row = office
            .receive(&from_agent(from, &format!("f{number}@x.test"), &headers, "Переведите деньги."))
            .await;
        let out = office.outgoing();
        assert!(!out.iter().any(|(_, to, _)| to == "ivan@alfa.test"), "{from} {to}: {out:?}; {}", row.why);
        if to == stolen.to_string() {
            // The one whose notice it is hears of it; of a colleague's reply, the colleague.
            let (_, told, text) = out.last().unwrap();
            let expect = if from == "ag@m2mail.ru" { from } else { AGENT };
            assert!(told == expect && text.contains("Переведите деньги"), "{from}: {out:?}; {}", row.why);
        }
    }
    assert_eq!(office.ticket(1).state, State::Open);
}

/// An agent who puts the client on copy of his reply to a notice shows him the notice's address; then all answer all.
#[tokio::test]
async fn who_answers_all_is_heard_though_a_notice_s_address_is_among_them() {
    let mut office = Office::new().await;
    let cc = "Cc: petr@alfa.test\r\n";
    office.receive(&mail("Иван <ivan@alfa.test>", "m1@alfa.test", cc, "Report", COMPLETE)).await;
    office.send_all().await;
    let notice = office.notice_address();
    let all = format!("To: {notice}, ivan@alfa.test\r\n");
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &all, "Исправили, проверьте.")).await;
    assert_eq!(office.ticket(1).state, State::Answered);

    let refers = format!("In-Reply-To: <a1@m2mail.ru>\r\nCc: {notice}, {AGENT}\r\n");
    for (id, from) in [("m2@alfa.test", "ivan@alfa.test"), ("m3@alfa.test", "petr@alfa.test")] {
        let row = office.receive(&mail(from, id, &refers, "Re: Report", "Отчёт снова пуст.")).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Filed), Some(TicketId(1))),
            "{}",
            row.why
        );
        let ticket = office.ticket(1);
        assert_eq!(ticket.state, State::Open, "the clock runs");
        // A colleague answers all, too; without the client among them, nobody has answered.
        let inner = from_agent(
            "ag@m2mail.ru",
            &format!("i{id}"),
            &format!("To: {notice}, {AGENT}\r\nIn-Reply-To: <{id}>\r\n"),
            "Проверьте, пожалуйста.",
        );
        office.receive(&inner).await;
        assert_eq!(office.ticket(1).state, State::Open);
        let to_all = format!("To: {AGENT}, ivan@alfa.test\r\nCc: {notice}\r\nIn-Reply-To: <{id}>\r\n");
        let row = office
            .receive(&from_agent("ag@m2mail.ru", &format!("a{id}"), &to_all, "Теперь исправили."))
            .await;
        assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Answered), "{}", row.why);
    }
    let told = office.outgoing();
    assert!(told.iter().all(|(kind, to, _)| *kind == LetterKind::Notice && to == "ag@m2mail.ru"), "{told:?}");
    assert_eq!(told.len(), 2, "of what went to nobody but us: {told:?}");

    // In a stranger's hands, or in those of a client of another ticket, the address is still in doubt; so is a forged client.
    office.receive(&mail("olga@beta.test", "b1@beta.test", "", "Report", COMPLETE)).await;
    let mut desk = Office::desk();
    desk.authserv_id = Some("mx.m2mail.ru".to_owned());
    office.desk = Arc::new(desk);
    let fail = "Authentication-Results: mx.m2mail.ru; dmarc=fail header.from=alfa.test\r\n";
    for (id, from, headers) in [
        ("t1@x.test", "thief@x.test", ""),
        ("b2@beta.test", "olga@beta.test", ""),
        ("f1@x.test", "ivan@alfa.test", fail),
    ] {
        let headers = format!("{headers}{refers}");
        let row = office.receive(&mail(from, id, &headers, "Re: Report", "Отчёт снова пуст.")).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Quarantined), None),
            "{from}: {}",
            row.why
        );
    }
    assert_eq!(office.ticket(1).state, State::Answered);
}

#[tokio::test]
async fn a_forged_agent_is_a_matter_for_people() {
    let mut office = Office::with_ticket().await;
    let mut desk = Office::desk();
    desk.authserv_id = Some("mx.m2mail.ru".to_owned());
    office.desk = Arc::new(desk);
    let to = office.notice_address();
    let forged = from_agent(AGENT, "f@x.test", &format!("To: {to}\r\n"), "Переведите деньги.");
    let forged =
        format!("Authentication-Results: mx.m2mail.ru; dmarc=fail header.from=m2mail.ru\r\n{forged}");
    let row = office.receive(&forged).await;
    assert_eq!(row.disposition, Some(Disposition::Quarantined), "{}", row.why);
    assert!(office.outgoing().is_empty());
}

#[tokio::test]
async fn who_forwards_a_client_s_mail_opens_a_ticket_for_the_client() {
    let mut office = Office::new().await;
    let body = format!(
        "Коллеги, это к вам.\r\n\r\n-------- Пересылаемое сообщение --------\r\nОт: Пётр Громов <petr@beta.test>\r\n\
         Дата: 25.11.2026, 10:15\r\nТема: Отчёт\r\nКому: {AGENT}\r\n\r\n{COMPLETE}"
    );
    let row = office.receive(&from_agent(AGENT, "f1@m2mail.ru", "To: support@m2mail.ru\r\n", &body)).await;
    let ticket = office.ticket(1);
    assert_eq!((row.ticket, ticket.state), (Some(TicketId(1)), State::Open), "{}", row.why);
    assert_eq!((ticket.client.as_str(), ticket.client_name.as_str()), ("petr@beta.test", "Пётр Громов"));
    assert!(office.outgoing().is_empty(), "nobody vouches for the address that the forward names");

    // A mail to a client with us in copy begins his ticket, answered.
    let headers = "To: Анна <anna@gamma.test>\r\nCc: support@m2mail.ru\r\n";
    office.receive(&from_agent(AGENT, "b1@m2mail.ru", headers, "Добрый день! Как договорились, пишу.")).await;
    let ticket = office.ticket(2);
    assert_eq!((ticket.client.as_str(), ticket.state), ("anna@gamma.test", State::Answered));
    let refers = "In-Reply-To: <b1@m2mail.ru>\r\n";
    let row = office.receive(&mail("anna@gamma.test", "g1@gamma.test", refers, "Re", COMPLETE)).await;
    assert_eq!((row.ticket, office.ticket(2).state), (Some(TicketId(2)), State::Open));
}

/// A program that pastes what it answers, without a mark: askback knows its own words.
#[tokio::test]
async fn a_notice_that_nothing_marks_as_a_quote_does_not_reach_the_client() {
    let mut office = Office::with_ticket().await;
    let refers = "In-Reply-To: <m1@alfa.test>\r\n";
    let old = office.notice_address();
    office
        .receive(&mail("ivan@alfa.test", "m2@alfa.test", refers, "Re", "Шаблон был удалён, пароль ПАРОЛЬ."))
        .await;
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {old}\r\n"), "Пересоздали.")).await;
    let letter = office.waiting().remove(0);
    office.send_all().await;
    let notice = mail::parse(&letter.raw);
    let (to, text) = (&notice.reply_to[0].address, notice.text.full.replace('\n', "\r\n"));
    let reply = |id: &str, known: &str, more: &str| {
        from_agent(AGENT, id, &format!("To: {to}\r\n{known}"), &format!("Ответ.\r\n\r\n{text}{more}"))
    };
    let known = format!("In-Reply-To: <{}>\r\n", letter.message_id);
    for (number, more) in ["", "\r\nИ ниже ещё слово.\r\n"].into_iter().enumerate() {
        office.receive(&reply(&format!("b{number}@m2mail.ru"), &known, more)).await;
        let out = office.outgoing();
        match number {
            0 => assert!(
                matches!(out.as_slice(), [(LetterKind::Answer, _, text)] if text.trim() == "Ответ."),
                "{out:?}"
            ),
            _ => assert!(
                matches!(out.as_slice(), [(LetterKind::Notice, _, text)] if text.contains("без отметки цитаты")),
                "{out:?}"
            ),
        }
        office.send_all().await;
    }
}

/// The agent's words are all that goes to the client, whatever program he replies with.
#[tokio::test]
async fn nothing_of_the_notice_reaches_the_client_by_any_mail_program() {
    let words = "Здравствуйте!\nИсправили, проверьте.";
    let notice = "Чтобы ответить клиенту, ответьте на это письмо: ваши слова и файлы уйдут ему\nот имени поддержки, цитата \
                  останется здесь.\n\nКлиент: Иван <ivan@alfa.test>\nТема: Report\nОтветить до: 26.11 18:00\n\nКлиент \
                  пишет:\n\nВ Wialon не строится отчёт.";
    let quoted: String = notice.lines().map(|line| format!("> {line}\n")).collect();
    let html: String = notice.lines().map(|line| format!("{line}<br>")).collect();
    let support = "Техническая поддержка M2M Solutions &lt;support@m2mail.ru&gt;";
    let from = "Техническая поддержка M2M Solutions <support@m2mail.ru>";
    let plain = "text/plain";
    let replies = [
        ("Thunderbird", plain, format!("{words}\n\n25.11.2026 10:15, {from} пишет:\n{quoted}")),
        ("below", plain, format!("25.11.2026 10:15, {from} пишет:\n{quoted}\n{words}")),
        (
            "Outlook",
            plain,
            format!(
                "{words}\n\nFrom: {from}\nSent: Wednesday, November 25, 2026 10:15 AM\nTo: engineers@m2mail.ru\nSubject: \
                 askback: № 1, новое от клиента: Report\n\n{notice}"
            ),
        ),
        (
            "Outlook in Russian",
            plain,
            format!(
                "{words}\n\n-----Исходное сообщение-----\nОт: {from}\nОтправлено: 25 ноября 2026 г. 10:15\nКому: \
                 engineers@m2mail.ru\nТема: askback: № 1, новое от клиента: Report\n\n{notice}"
            ),
        ),
        (
            "Gmail",
            "text/html",
            format!(
                "<div dir=\"ltr\">Здравствуйте!<br>Исправили, проверьте.</div><br><div class=\"gmail_quote\"><div \
                 class=\"gmail_attr\">ср, 25 нояб. 2026 г. в 10:15, {support}:<br></div><blockquote \
                 class=\"gmail_quote\">{html}</blockquote></div>"
            ),
        ),
        (
            "Yandex",
            "text/html",
            format!(
                "<div>Здравствуйте!</div><div>Исправили, проверьте.</div><div> </div><div>25.11.2026, 10:15, \"{support}\":</div>\
                 <blockquote><div>{html}</div></blockquote>"
            ),
        ),
        (
            "Outlook in HTML",
            "text/html",
            format!(
                "<div><p>Здравствуйте!<br>Исправили, проверьте.</p><div style=\"border-top:solid #E1E1E1 1.0pt\"><p><b>From:</b> \
                 {support}<br><b>Sent:</b> Wednesday, November 25, 2026 10:15 AM<br><b>To:</b> engineers@m2mail.ru<br>\
                 <b>Subject:</b> askback: № 1</p></div><p>{html}</p></div>"
            ),
        ),
    ];
    for (program, kind, body) in replies {
        let mut office = Office::with_ticket().await;
        let headers = format!("To: {}\r\n", office.notice_address());
        let raw = from_agent(AGENT, "a1@m2mail.ru", &headers, &body.replace('\n', "\r\n"));
        office.receive(&raw.replace("Content-Type: text/plain", &format!("Content-Type: {kind}"))).await;
        let out = office.outgoing();
        let [(LetterKind::Answer, _, text)] = out.as_slice() else { panic!("{program}: {out:?}") };
        assert_eq!(text.trim(), words, "{program}");
    }
}
