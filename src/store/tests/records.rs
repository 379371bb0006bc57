//! Tickets, messages, events, settings, counts.

use super::*;
use crate::request::State as Found;
use crate::request::{Answer, Evidence, Field, Finding, Kind, PerField, Place};
use crate::store::{Direction, EventSubject, Message};
use crate::ticket::{Disposition, Standing};

fn message(ticket: TicketId, id: &str, seconds: i64) -> Message {
    Message {
        ticket,
        mail: None,
        outbox: None,
        direction: Direction::In,
        message_id: Some(message_id(id)),
        author: Some(address("ivan@client.example")),
        subject: "тема".to_owned(),
        own_text: "текст\0 с нулём".to_owned(),
        kind: Some(Kind::Problem),
        at: at(seconds),
    }
}

#[test]
fn a_ticket_comes_back_as_it_was() {
    let scratch = Scratch::new();
    let mut full = Ticket {
        participants: vec![address("olga@client.example"), address("petr@client.example")],
        asks: 2,
        asked: vec![Field::Steps, Field::Objects],
        agent_answered: true,
        no_more_asks: true,
        linked: Some(TicketId(1)),
        standing: Standing::Registered,
        language: Language::English,
        state: State::Answered,
        first_unanswered_at: None,
        answered_at: Some(at(77)),
        closed_at: Some(at(78)),
        reopened_at: Some(at(79)),
        withdrawn_at: Some(at(78)),
        ..ticket()
    };
    full.answers.kind = Some(Kind::Service);
    full.answers.applies.steps = true;
    full.answers.found.product =
        Answer { state: Found::Present, value: Some("Wialon \"Hosting\"".to_owned()) };
    let (plain, copy) = (ticket(), full.clone());
    let ids = scratch.write(move |tx| Ok([tx.insert_ticket(&plain)?, tx.insert_ticket(&copy)?]));
    assert_eq!(ids, [TicketId(1), TicketId(2)]);
    assert_eq!(scratch.read(|r| r.ticket(ids[0])), Some(Ticket { id: ids[0], ..ticket() }));
    full.id = ids[1];
    assert_eq!(scratch.read(|r| r.ticket(ids[1])), Some(full.clone()));
    assert_eq!(scratch.read(|r| r.ticket(TicketId(3))), None);

    // What a ticket follows is said once.
    let changed = Ticket { id: ids[0], linked: None, ..full.clone() };
    let copy = Ticket { linked: Some(TicketId(1)), ..changed.clone() };
    scratch.write(move |tx| tx.update_ticket(&copy));
    assert_eq!(
        scratch.read(|r| r.tickets(None)?.collect::<Result<Vec<_>, _>>()),
        [changed.clone(), full.clone()]
    );
    assert_eq!(
        scratch.read(|r| r.tickets(Some(State::Answered))?.collect::<Result<Vec<_>, _>>()),
        [changed, full]
    );
    assert_eq!(scratch.read(|r| r.tickets(Some(State::Open))?.collect::<Result<Vec<_>, _>>()), []);
    let missing =
        scratch.try_write(|tx| tx.update_ticket(&Ticket { id: TicketId(3), ..ticket() })).unwrap_err();
    assert_eq!(missing.to_string(), "there is no ticket 3");
}

/// An earlier version took letters in addresses that are refused now.
#[test]
fn a_ticket_of_an_address_that_is_none_any_more_is_read() {
    let scratch = Scratch::new();
    let id = scratch.write(|tx| tx.insert_ticket(&ticket()));
    scratch.write(|tx| {
        tx.change("UPDATE ticket SET client = 'i\u{3164}van@client.example', participants = '[\"o\u{fb01}@b.test\"]'", [])
    });
    let read = scratch.read(|r| r.ticket(id)).unwrap();
    assert_eq!(read.client.as_str(), "i\u{3164}van@client.example");
    assert_eq!(read.participants.len(), 1);
    assert!(Address::parse(read.client.as_str()).is_err());
}

#[test]
fn messages_come_back_with_their_evidence_in_order_of_time() {
    let scratch = Scratch::new();
    let plate = "А123ВС77".to_owned();
    let evidence =
        Evidence { place: Place::Body, span: 10..22, text: plate.clone(), cue: "plate".to_owned() };
    let fields = PerField {
        objects: Finding { state: Found::Present, value: Some(plate), evidence: vec![evidence] },
        attachments: Finding { state: Found::Off, ..Finding::default() },
        ..PerField::default()
    };
    let copy = fields.clone();
    let id = scratch.write(move |tx| {
        let id = tx.insert_ticket(&ticket())?;
        tx.insert_message(&message(id, "late@x", 20), None)?;
        tx.insert_message(&message(id, "early@x", 10), Some(&copy))?;
        Ok(id)
    });
    let messages = scratch.read(|r| r.messages(id));
    assert_eq!(
        messages,
        [(message(id, "early@x", 10), fields), (message(id, "late@x", 20), PerField::default()),]
    );
}

#[test]
fn message_ids_lead_to_tickets() {
    let scratch = Scratch::new();
    let (one, two) = scratch.write(|tx| {
        let one = tx.insert_ticket(&ticket())?;
        let two = tx.insert_ticket(&ticket())?;
        tx.insert_message(&message(one, "a@x", 1), None)?;
        tx.insert_message(&message(one, "a@x", 2), None)?;
        tx.insert_message(&message(two, "a@x", 3), None)?;
        tx.enqueue(&NewLetter { ticket: Some(two), ..new_letter(LetterKind::Ask, "ask@us") }, at(0))?;
        tx.enqueue(&new_letter(LetterKind::Notice, "notice@us"), at(0))?;
        Ok((one, two))
    });
    let ids = ["nobody@x", "ask@us", "a@x", "notice@us"].map(message_id);
    assert_eq!(scratch.read(|r| r.mentioned(&ids)), [two, one]);
    assert_eq!(scratch.read(|r| r.mentioned(&[ids[2].clone(), ids[2].clone()])), [one, two]);
    let many = scratch.write(|tx| {
        let tickets = (0..60).map(|_| tx.insert_ticket(&ticket())).collect::<Result<Vec<_>, _>>()?;
        for ticket in &tickets {
            tx.insert_message(&message(*ticket, "many@x", 1), None)?;
        }
        Ok(tickets)
    });
    assert_eq!(scratch.read(|r| r.mentioned(&[message_id("many@x"), message_id("a@x")])), many[..50]);
    // Of an id that thousands of mails have, the first count, however often it is referred to.
    let last = scratch.write(|tx| {
        let (ticket, last) = (tx.insert_ticket(&ticket())?, tx.insert_ticket(&ticket())?);
        for _ in 0..1000 {
            tx.insert_message(&message(ticket, "same@x", 1), None)?;
        }
        tx.insert_message(&message(last, "same@x", 2), None)?;
        tx.enqueue(&NewLetter { ticket: Some(last), ..new_letter(LetterKind::Ask, "ask2@us") }, at(0))?;
        Ok(last)
    });
    let same = vec![message_id("same@x"); 100];
    assert_eq!(scratch.read(|r| r.mentioned(&same)).len(), 1);
    assert_eq!(scratch.read(|r| r.mentioned(&[same, vec![message_id("ask2@us")]].concat()))[1], last);
    let seen = ids.map(|id| scratch.read(|r| r.message_id_seen(&id)));
    assert_eq!(seen, [false, true, true, true]);
}

#[test]
fn the_event_log_is_append_only() {
    let scratch = Scratch::new();
    let ticket = scratch.write(|tx| {
        let ticket = tx.insert_ticket(&ticket())?;
        let subject = EventSubject { ticket: Some(ticket), ..EventSubject::default() };
        tx.event(at(9), subject, "opened", "by mail 1")?;
        tx.event(at(1), subject, "asked", "steps")?;
        tx.event(at(2), EventSubject::default(), "started", "")?;
        Ok(ticket)
    });
    let events = scratch.read(|r| r.events(ticket));
    let what: Vec<_> =
        events.iter().map(|event| (event.what.as_str(), event.detail.as_str(), event.at)).collect();
    assert_eq!(what, [("opened", "by mail 1", at(9)), ("asked", "steps", at(1))]);
    for sql in ["DELETE FROM event", "UPDATE event SET detail = ''"] {
        let error = scratch.try_write(move |tx| tx.change(sql, [])).unwrap_err();
        assert!(error.to_string().contains("append-only"), "{error:#}");
    }
    assert_eq!(scratch.read(|r| r.events(ticket)), events);
}

#[test]
fn a_setting_is_made_once() {
    let scratch = Scratch::new();
    assert_eq!(scratch.write(|tx| tx.setting_or_insert("secret", || vec![1, 2, 3])), [1, 2, 3]);
    let scratch = scratch.reopen();
    assert_eq!(scratch.write(|tx| tx.setting_or_insert("secret", || vec![4])), [1, 2, 3]);
    assert_eq!(scratch.read(|r| r.setting("secret")), Some(vec![1, 2, 3]));
    assert_eq!(scratch.read(|r| r.setting("other")), None);
}

#[test]
fn everything_is_counted() {
    let scratch = Scratch::new();
    scratch.write(|tx| {
        let ticket = tx.insert_ticket(&ticket())?;
        for uid in 1..=4 {
            tx.store_mail(&new_mail(uid, &noise(uid as usize)))?;
        }
        tx.store_mail(&new_mail(5, &noise(1)))?;
        tx.set_disposition(MailId(1), Disposition::Filed, Some(ticket), "", at(0))?;
        tx.hold(MailId(2), "", at(0))?;
        tx.confirmed("support", 7, &[1])?;
        let cursor = crate::imap::Cursor { uid_validity: 7, next_uid: 9 };
        let listed = crate::imap::Listed { uid: 8, size: 1, internal_date: None };
        tx.list_mails("support", cursor, &[listed])?;
        let sent = tx.enqueue(&new_letter(LetterKind::Ask, "1@us"), at(0))?;
        tx.claim_due(at(0), 9)?;
        tx.record_sent(sent, "250", at(0))?;
        tx.enqueue(&new_letter(LetterKind::Notice, "2@us"), at(0)).map(|_| ())
    });
    let counts = scratch.read(|r| r.counts());
    assert_eq!((counts.new, counts.wanted), (2, 1));
    let some = |all: Vec<(&'static str, u64)>| all.into_iter().filter(|(_, n)| *n > 0).collect::<Vec<_>>();
    let mails = counts.mails.iter().map(|(of, n)| (of.into(), *n)).collect();
    assert_eq!(some(mails), [("filed", 1), ("held", 1), ("duplicate", 1)]);
    let tickets = counts.tickets.iter().map(|(of, n)| (of.into(), *n)).collect();
    assert_eq!(some(tickets), [("incomplete", 1)]);
    let outbox = counts.outbox.iter().map(|(of, n)| (of.into(), *n)).collect();
    assert_eq!(some(outbox), [("waiting", 1), ("sent", 1)]);
    assert_eq!((counts.mails.len(), counts.tickets.len(), counts.outbox.len()), (5, 4, 6));
}

#[test]
fn somebody_is_known_who_wrote_long_ago_or_whom_an_agent_has_answered() {
    const DAY: i64 = 86_400;
    let scratch = Scratch::new();
    let known = |who: &str, now: i64| {
        let who = address(who);
        scratch.read(|r| r.is_known(&who, at(now)))
    };
    scratch.write(|tx| {
        let open = tx.insert_ticket(&Ticket { client: address("new@client.example"), ..ticket() })?;
        tx.insert_message(&message(open, "a@x", 1000), None)?;
        let answered = Ticket { client: address("olga@client.example"), agent_answered: true, ..ticket() };
        tx.insert_ticket(&answered)
    });
    assert!(known("olga@client.example", 1000), "an agent has answered her");
    assert!(!known("new@client.example", 9 * DAY), "he has a ticket in which nobody wrote");
    assert!(!known("ivan@client.example", 1000 + DAY), "he wrote within a day: he may be the flood");
    assert!(known("ivan@client.example", 1001 + DAY));
    assert!(!known("petr@client.example", 9 * DAY));
}

#[test]
fn a_moment_is_kept_under_its_key() {
    let scratch = Scratch::new();
    assert_eq!(scratch.read(|r| r.moment("reconciled support")), None);
    for moment in [at(5), at(3)] {
        scratch.write(move |tx| tx.put_moment("reconciled support", moment));
        assert_eq!(scratch.read(|r| r.moment("reconciled support")), Some(moment));
    }
}

#[test]
fn a_language_is_known_from_the_client_s_and_his_organisation_s_tickets() {
    let scratch = Scratch::new();
    let language = |client: &str| scratch.read(|r| r.language_of(&address(client)));
    assert_eq!(language("ivan@client.example"), None);
    scratch.write(|tx| {
        let (organisation, _) = tx.enter_organisation("Client", None)?;
        tx.enter_domain(organisation, "client.example")?;
        for (client, language) in [
            ("ivan@client.example", Language::Russian),
            ("ivan@client.example", Language::English),
            ("olga@client.example", Language::Russian),
            ("stranger@elsewhere.example", Language::English),
        ] {
            tx.insert_ticket(&Ticket { client: address(client), language, ..ticket() })?;
        }
        Ok(())
    });
    assert_eq!(language("ivan@client.example"), Some(Language::English));
    assert_eq!(language("olga@client.example"), Some(Language::Russian));
    // The latest of his organisation; a stranger has none.
    assert_eq!(language("petr@client.example"), Some(Language::Russian));
    assert_eq!(language("petr@elsewhere.example"), None);
}
