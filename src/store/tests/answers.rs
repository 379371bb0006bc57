//! Answers that go out: which words of the client they answer.

use super::*;
use crate::request::Kind;
use crate::store::{Direction, EventSubject, GoneOut, Message};

/// Two mails of one second: the second moves the ticket's clock a little, so that it is news.
#[test]
fn an_answer_that_refers_to_the_last_message_answers_though_the_clock_was_moved() {
    for (refers_to, state) in [("m2@client", State::Answered), ("m1@client", State::Incomplete)] {
        let scratch = Scratch::new();
        let last_client_at = at(0) + TimeDelta::milliseconds(1);
        let ticket = scratch.write(move |tx| tx.insert_ticket(&Ticket { last_client_at, ..ticket() }));
        scratch.write(move |tx| {
            for (uid, id) in [(1, "m1@client"), (2, "m2@client")] {
                let message = Message {
                    ticket,
                    mail: Some(stored_new(tx.store_mail(&new_mail(uid, id.as_bytes()))?)),
                    outbox: None,
                    direction: Direction::In,
                    message_id: Some(message_id(id)),
                    author: Some(address("ivan@client.example")),
                    subject: String::new(),
                    own_text: String::new(),
                    kind: Some(Kind::Problem),
                    at: at(0),
                };
                tx.insert_message(&message, None)?;
            }
            // By a clock that is a little slow.
            let sent = GoneOut { references: &[message_id(refers_to)], at: at(0), how: "seen" };
            tx.answer_gone_out(ticket, &sent, EventSubject::default(), at(9))
        });
        assert_eq!(scratch.read(|r| r.ticket(ticket)).unwrap().state, state, "{refers_to}");
    }
}

/// A notice that takes the place of an older one is as old as that: it must not hide the answers between.
#[test]
fn words_that_were_sent_on_are_known_beside_notices_that_are_dated_back() {
    const DAY: i64 = 86_400;
    let scratch = Scratch::new();
    let words = "Готово, проверьте.";
    scratch.write(move |tx| {
        let ticket = tx.insert_ticket(&ticket())?;
        let mail = stored_new(tx.store_mail(&new_mail(1, b"answer"))?);
        let old = tx.enqueue(&new_letter(LetterKind::Notice, "1@us"), at(0))?;
        let answer = NewLetter { ticket: Some(ticket), ..new_letter(LetterKind::Answer, "2@us") };
        let answer = tx.enqueue(&answer, at(DAY))?;
        let new = tx.enqueue(&new_letter(LetterKind::Notice, "3@us"), at(2 * DAY))?;
        tx.takes_place_of(new, old)?;
        let message = Message {
            ticket,
            mail: Some(mail),
            outbox: Some(answer),
            direction: Direction::Out,
            message_id: Some(message_id("2@us")),
            author: Some(address("ivan@client.example")),
            subject: String::new(),
            own_text: words.to_owned(),
            kind: None,
            at: at(DAY),
        };
        tx.insert_message(&message, None)
    });
    let client = address("ivan@client.example");
    let relayed = |since| scratch.read(|r| r.relayed(&client, words, None, at(since))).len();
    assert_eq!((relayed(DAY / 2), relayed(DAY)), (1, 0));
}

#[test]
fn what_our_mails_answer_is_not_awaited_for_ever() {
    let scratch = Scratch::new();
    let id = scratch.write(|tx| {
        let id = stored_new(tx.store_mail(&new_mail(1, b"answer"))?);
        tx.await_mails(id, &[message_id("m1@client"), message_id("m2@client")])?;
        Ok(id)
    });
    let awaited = |scratch: &Scratch| {
        scratch.read(|r| r.row("SELECT count(*) FROM awaited", [], |row| row.get::<_, i64>(0))).unwrap()
    };
    let stored_at = scratch.read(|r| r.mail(id)).unwrap().stored_at;
    scratch.write(move |tx| tx.forget_awaited(stored_at));
    assert_eq!(awaited(&scratch), 2);
    scratch.write(move |tx| tx.forget_awaited(stored_at + TimeDelta::seconds(1)));
    assert_eq!(awaited(&scratch), 0);
}
