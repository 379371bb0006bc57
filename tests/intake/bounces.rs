//! `fixtures/bounces`: what machines write back, as they write it. None of it is answered, and none opens a ticket.

use super::agents::{AGENT, bounce, from_agent};
use super::{INCOMPLETE, Office, REST, mail};
use crate::memory_mailer::Memory;
use crate::whole_letter::WholeLetter;
use askback::outbox::mailer::SendOutcome;
use askback::request::Field;
use askback::store::backup::{backup, restore};
use askback::store::{Access, OutboxState, Store};
use askback::ticket::{Disposition, State, TicketId};
use chrono::{TimeDelta, Utc};
use std::path::Path;

/// The letter that the fixtures are about.
const LETTER: &str = "ask.9.abc@m2mail.ru";

#[tokio::test]
async fn bounces_receipts_and_vacations_are_never_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bounces");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut linked, mut bounced, mut wrong) = (0, 0, Vec::new());
    for file in &files {
        let mut office = Office::new().await;
        office.receive(&mail("ivan@alfa.test", "m@alfa.test", "", "Report", INCOMPLETE)).await;
        let ask = office.waiting().remove(0);
        office.send_all().await;
        let raw = std::fs::read_to_string(file).unwrap().replace(LETTER, ask.message_id.as_str());
        for raw in [raw.replace('\n', "\r\n"), raw] {
            let row = office.receive(&raw).await;
            let kept = matches!(row.disposition, Some(Disposition::Automatic | Disposition::Quarantined));
            if !kept || office.letters().len() != 1 {
                wrong.push(format!("{}: {:?}, {}", file.display(), row.disposition, row.why));
            }
            linked += usize::from(row.ticket == Some(TicketId(1)));
        }
        bounced += usize::from(office.letters()[0].bounced_at.is_some());
    }
    println!(
        "{} shapes, none answered; {bounced} undo the letter, {linked} of {} linked",
        files.len(),
        2 * files.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files.len() >= 40 && bounced >= 15 && linked >= 40, "{} {bounced} {linked}", files.len());
}

impl Office {
    /// A backup is made, letters go out, and the backup is put back.
    async fn send_and_restore(self) -> Self {
        let (database, copy) = (self.database(), self.database().with_file_name("backup.db"));
        backup(&database, &copy, &mut |_| ()).unwrap();
        self.send_all().await;
        self.store.close().await.unwrap();
        restore(&copy, &database, Utc::now(), &mut |_| ()).unwrap();
        Self { store: Store::open(&database, Access::Daemon).unwrap(), ..self }
    }

    async fn asked() -> Self {
        let mut office = Self::new().await;
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
        office
    }

    /// Takes in a bounce of the last letter, which is kept in its ticket, and gives that letter.
    async fn bounced(&mut self) -> WholeLetter {
        let last = self.letters().pop().unwrap();
        let row = self.receive(&bounce(last.message_id.as_str(), 1)).await;
        assert_eq!(
            (row.disposition, row.ticket),
            (Some(Disposition::Automatic), Some(TicketId(1))),
            "{}",
            row.why
        );
        self.letters().into_iter().find(|letter| letter.id == last.id).unwrap()
    }
}

#[tokio::test]
async fn after_a_restore_a_bounce_of_what_may_have_gone_out_is_a_bounce() {
    let mut office = Office::asked().await.send_and_restore().await;
    let letter = office.bounced().await;
    assert_eq!((letter.state, letter.attempts), (OutboxState::Ambiguous, 0));
    assert!(letter.bounced_at.is_some());
    assert_eq!(office.ticket(1).state, State::Open, "nobody has been asked");
}

/// Whatever somebody claims of a letter that has not been tried: it is kept, and believed to be no bounce.
#[tokio::test]
async fn a_bounce_of_a_letter_that_was_not_tried_is_kept_and_changes_nothing() {
    let mut office = Office::asked().await;
    let letter = office.bounced().await;
    assert_eq!((letter.state, letter.bounced_at), (OutboxState::Waiting, None));
    assert_eq!(office.ticket(1).state, State::Incomplete);

    let mut office = Office::asked().await;
    let ask = office.letters().remove(0);
    office
        .receive(&mail("ivan@alfa.test", "m2@alfa.test", "References: <m1@alfa.test>\r\n", "Report", REST))
        .await;
    let row = office.receive(&bounce(ask.message_id.as_str(), 1)).await;
    assert_eq!(
        (row.disposition, row.ticket),
        (Some(Disposition::Automatic), Some(TicketId(1))),
        "{}",
        row.why
    );
    let ask = office.letters().remove(0);
    assert_eq!((ask.state, ask.bounced_at), (OutboxState::Cancelled, None));
}

/// Some servers report after days, when the client has answered and is asked for the rest.
#[tokio::test]
async fn a_bounce_of_an_older_question_leaves_the_newer_one() {
    let mut office = Office::asked().await;
    office.send_all().await;
    let first = office.letters().remove(0);
    let part = "1. Объект А123ВС77, шаблон «Поездки за сутки».";
    let reply = format!("In-Reply-To: <{}>\r\n", first.message_id);
    office.receive(&mail("ivan@alfa.test", "m2@alfa.test", &reply, "Re: Report", part)).await;
    office.send_all().await;
    let asked = office.ticket(1);
    assert_eq!((asked.state, asked.asks), (State::Incomplete, 2), "{asked:?}");
    office.receive(&bounce(first.message_id.as_str(), 1)).await;
    assert!(office.letters()[0].bounced_at.is_some());
    assert_eq!(office.ticket(1), asked);
    office.bounced().await;
    let ticket = office.ticket(1);
    assert_eq!((ticket.state, ticket.asked), (State::Open, Vec::new()));
}

/// The client's mailbox was full: what he sends next is asked about as if nobody had asked.
#[tokio::test]
async fn a_question_that_came_back_is_asked_again_unless_an_agent_has_answered() {
    for answered in [false, true] {
        let mut office = Office::asked().await;
        office.send_all().await;
        let ask = office.bounced().await;
        let ticket = office.ticket(1);
        assert_eq!((ticket.state, ticket.asks), (State::Open, 0));
        // What is reported twice came back once.
        office.receive(&bounce(ask.message_id.as_str(), 2)).await;
        assert_eq!(office.ticket(1), ticket);
        if answered {
            let headers = "To: ivan@alfa.test\r\nCc: support@m2mail.ru\r\nIn-Reply-To: <m1@alfa.test>\r\n";
            office.receive(&from_agent(AGENT, "a1@m2mail.ru", headers, "Какой объект?")).await;
        }
        let part = mail(
            "ivan@alfa.test",
            "m2@alfa.test",
            "References: <m1@alfa.test>\r\n",
            "Re: Report",
            "Речь об объекте А123ВС77, шаблон «Поездки за сутки».",
        );
        let row = office.receive(&part).await;
        let kinds: Vec<_> = office.waiting().iter().map(|letter| letter.asked.clone()).collect();
        let ticket = office.ticket(1);
        if answered {
            assert_eq!((kinds, ticket.state), (Vec::new(), State::Open), "{}", row.why);
        } else {
            assert_eq!((kinds, ticket.state), (vec![vec![Field::Steps]], State::Incomplete), "{}", row.why);
            assert_eq!(ticket.asks, 1);
        }
    }
}

/// An agent's answer is sent again after a restore, though the first one has come back.
#[tokio::test]
async fn after_a_restore_a_bounce_of_an_answer_is_told_and_the_answer_goes_out() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    let mut office = office.send_and_restore().await;
    let letter = office.bounced().await;
    assert_eq!((letter.state, letter.attempts, letter.bounced_at), (OutboxState::Waiting, 0, None));
    assert_eq!(office.events().iter().filter(|what| *what == "answer returned").count(), 1);
    office.send_all().await;
    office.receive(&bounce(letter.message_id.as_str(), 2)).await;
    assert!(office.letters().pop().unwrap().bounced_at.is_some());
}

#[tokio::test]
async fn a_bounce_of_the_last_answer_counts_though_an_older_one_was_found_later() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    office.receive(&from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.")).await;
    office.deliver(Memory::default()).await;
    let message_id = office.letters().pop().unwrap().message_id.clone();
    // Written before the client's mail was, and found after the answer had gone out.
    let headers = "To: ivan@alfa.test\r\nIn-Reply-To: <m1@alfa.test>\r\n";
    let older = from_agent("support@m2mail.ru", "a0@m2mail.ru", headers, "Смотрим.");
    let row = office.receive_in("support (sent)", &older, TimeDelta::hours(1)).await;
    assert_eq!((row.ticket, office.ticket(1).state), (Some(TicketId(1)), State::Answered), "{}", row.why);
    office.receive(&bounce(message_id.as_str(), 1)).await;
    assert_eq!(office.ticket(1).state, State::Open);
}

#[tokio::test]
async fn an_agent_who_sends_a_refused_answer_once_more_has_it_sent() {
    let mut office = Office::with_ticket().await;
    let to = office.notice_address();
    let answer = from_agent(AGENT, "a1@m2mail.ru", &format!("To: {to}\r\n"), "Исправили.");
    let again = format!("Resent-From: {AGENT}\r\n{answer}");
    office.receive(&answer).await;
    office.receive(&again).await;
    let memory = Memory::default();
    memory.answer(Some(SendOutcome::Refused { why: "552 mailbox full".to_owned() }));
    office.deliver(memory).await;
    assert_eq!(office.ticket(1).state, State::Open);
    // Another copy than before: the same bytes would be the same mail.
    office.receive(&format!("Resent-To: {to}\r\n{again}")).await;
    assert_eq!(office.letters().len(), 2, "the ask and the answer");
    office.deliver(Memory::default()).await;
    assert_eq!(office.ticket(1).state, State::Answered);
}
