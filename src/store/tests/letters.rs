//! The outbox: at most once, at least once, limits, recovery.

use super::*;
use crate::request::Field;
use crate::store::{Claimed, SentCopy};
use crate::ticket::{Disposition, SentCounts};

fn enqueue(scratch: &Scratch, letter: NewLetter) -> OutboxId {
    scratch.write(move |tx| tx.enqueue(&letter, at(0)))
}

fn claim(scratch: &Scratch, now: i64) -> Vec<OutboxId> {
    scratch.write(move |tx| tx.claim_due(at(now), 100)).into_iter().map(|claimed| claimed.letter.id).collect()
}

fn letter(scratch: &Scratch, id: OutboxId) -> Letter {
    scratch.read(|r| r.letter(id)).unwrap()
}

fn state(scratch: &Scratch, id: OutboxId) -> OutboxState {
    letter(scratch, id).state
}

#[test]
fn a_clock_that_was_put_back_delays_no_letter() {
    let scratch = Scratch::new();
    let id = enqueue(&scratch, NewLetter { due_at: at(120), ..new_letter(LetterKind::Ask, "ask@us") });
    assert_eq!(claim(&scratch, -60), [], "a minute is no jump: the grace period counts");
    assert_eq!(claim(&scratch, -4 * 3600), [id]);
    // Put off as usual then, by the clock that there is.
    scratch.write(move |tx| tx.record_retry(id, "451 later", at(-4 * 3600 + 60)));
    assert_eq!(claim(&scratch, -4 * 3600 + 59), []);
    assert_eq!(claim(&scratch, -4 * 3600 + 60), [id]);
}

/// The status line and so the log have it.
#[test]
fn why_a_letter_waits_is_told_without_its_recipient() {
    let scratch = Scratch::new();
    let letter = |to, id| NewLetter { to: address(to), ..new_letter(LetterKind::Ask, id) };
    let first = enqueue(&scratch, letter("petr@beta.example", "1@us"));
    claim(&scratch, 1);
    scratch.write(move |tx| tx.record_unreachable(first, "nobody there", at(100)));
    let second = enqueue(&scratch, letter("ivan@alfa.example", "2@us"));
    claim(&scratch, 3);
    scratch.write(move |tx| tx.record_retry(second, "450 <ivan@alfa.example>: greylisted", at(60)));
    let both = Some((2, "450 <…>: greylisted".to_owned()));
    assert_eq!(scratch.read(|r| r.held_up(at(4))), both);
    // While one is tried again, it has not gone out.
    claim(&scratch, 61);
    assert_eq!(scratch.read(|r| r.held_up(at(62))), both);
}

#[test]
fn a_letter_comes_back_as_it_was() {
    let scratch = Scratch::new();
    let (mail, ticket) = scratch.write(|tx| {
        Ok((stored_new(tx.store_mail(&new_mail(1, b"question"))?), tx.insert_ticket(&ticket())?))
    });
    let new = NewLetter {
        ticket: Some(ticket),
        answers_mail: Some(mail),
        envelope_from: Some(address("bounce@us.example")),
        due_at: at(120),
        asked: vec![Field::Steps, Field::Product],
        ..new_letter(LetterKind::Ask, "ask@us")
    };
    let id = enqueue(&scratch, new.clone());
    let full = Letter {
        id,
        state: OutboxState::Waiting,
        attempts: 0,
        last_error: String::new(),
        response: String::new(),
        created_at: at(0),
        sent_at: None,
        bounced_at: None,
        sent_copy: SentCopy::Wanted,
        kind: new.kind,
        ticket: new.ticket,
        answers_mail: new.answers_mail,
        envelope_from: new.envelope_from.clone(),
        to: new.to.clone(),
        message_id: new.message_id.clone(),
        due_at: new.due_at,
        asked: new.asked.clone(),
    };
    assert_eq!(letter(&scratch, id), full);
    assert_eq!(scratch.read(|r| r.letter_piece(id, 0)), new.packed.unpack().ok());
    assert_eq!(scratch.read(|r| r.outbox(None)), std::slice::from_ref(&full));
    assert_eq!(scratch.read(|r| r.outbox(Some(OutboxState::Sent))), []);
    assert_eq!(scratch.read(|r| r.find_letter(&message_id("ask@us"))), Some(full));
    assert_eq!(scratch.read(|r| r.find_letter(&message_id("other@us"))), None);
    assert!(scratch.try_write(move |tx| tx.enqueue(&new, at(0))).is_err(), "one letter a Message-ID");
}

#[test]
fn letters_go_out_when_they_are_due() {
    let scratch = Scratch::new();
    assert_eq!(scratch.read(|r| r.next_due()), None);
    let late = enqueue(&scratch, NewLetter { due_at: at(20), ..new_letter(LetterKind::Ask, "late@us") });
    let early = enqueue(&scratch, NewLetter { due_at: at(10), ..new_letter(LetterKind::Accept, "early@us") });
    assert_eq!(scratch.read(|r| r.next_due()), Some(at(10)));
    assert_eq!(claim(&scratch, 9), []);
    let claimed = scratch.write(|tx| tx.claim_due(at(20), 1));
    assert_eq!(claimed.len(), 1);
    let Claimed { letter: row, packed } = &claimed[0];
    assert_eq!((row.id, row.state, row.attempts), (early, OutboxState::Claimed, 1));
    assert!(packed.unpack().unwrap().starts_with(b"Message-ID: <early@us>"));
    assert_eq!(claim(&scratch, 20), [late]);
    assert_eq!(claim(&scratch, 20), [], "claimed once");
    assert_eq!(scratch.read(|r| r.next_due()), None);
}

#[test]
fn each_outcome_is_recorded() {
    let scratch = Scratch::new();
    let ids = ["sent@us", "retry@us", "refused@us", "ambiguous@us"]
        .map(|id| enqueue(&scratch, new_letter(LetterKind::Ask, id)));
    let [sent, retry, refused, ambiguous] = ids;
    assert_eq!(claim(&scratch, 0), ids);
    scratch.write(move |tx| {
        tx.record_sent(sent, "250 2.0.0 queued", at(5))?;
        tx.record_retry(retry, "451 later", at(60))?;
        tx.record_refused(refused, "550 no such user", at(5))?;
        tx.record_ambiguous(ambiguous, "no answer after the dot", at(5))
    });
    let outcomes = ids.map(|id| {
        let letter = letter(&scratch, id);
        (letter.state, letter.response, letter.last_error, letter.sent_at, letter.due_at)
    });
    let none = String::new;
    assert_eq!(
        outcomes,
        [
            (OutboxState::Sent, "250 2.0.0 queued".to_owned(), none(), Some(at(5)), at(0)),
            (OutboxState::Waiting, none(), "451 later".to_owned(), None, at(60)),
            (OutboxState::Refused, none(), "550 no such user".to_owned(), None, at(0)),
            (OutboxState::Ambiguous, none(), "no answer after the dot".to_owned(), None, at(0)),
        ]
    );
    assert_eq!(claim(&scratch, 60), [retry]);
    assert_eq!(letter(&scratch, retry).attempts, 2);
    // Nothing that is settled can be settled again.
    for id in [sent, refused, ambiguous] {
        assert!(scratch.try_write(move |tx| tx.record_sent(id, "", at(6))).is_err());
        assert!(scratch.try_write(move |tx| tx.record_retry(id, "", at(6))).is_err());
    }
    let error = scratch.try_write(move |tx| tx.record_refused(sent, "", at(6))).unwrap_err();
    assert_eq!(error.to_string(), "letter 1 is not being sent: it is sent");
    // What was sent is a mail, with its bytes; what was not is none.
    let mail = scratch.read(|r| r.mail(MailId(1))).unwrap();
    assert_eq!((mail.disposition, mail.received_at), (Some(Disposition::Filed), at(5)));
    assert_eq!(scratch.read(|r| r.raw(MailId(1))), scratch.read(|r| r.letter_piece(sent, 0)));
    assert_eq!(scratch.read(|r| r.mail(MailId(2))), None);
}

#[test]
fn only_automatic_letters_that_wait_are_cancelled() {
    let scratch = Scratch::new();
    let tickets = scratch.write(|tx| Ok([tx.insert_ticket(&ticket())?, tx.insert_ticket(&ticket())?]));
    let of = |ticket, kind, id| enqueue(&scratch, NewLetter { ticket: Some(ticket), ..new_letter(kind, id) });
    let claimed = of(tickets[0], LetterKind::Ask, "claimed@us");
    assert_eq!(claim(&scratch, 0), [claimed]);
    let ask = of(tickets[0], LetterKind::Ask, "ask@us");
    let accept = of(tickets[0], LetterKind::Accept, "accept@us");
    let answer = of(tickets[0], LetterKind::Answer, "answer@us");
    let other = of(tickets[1], LetterKind::Ask, "other@us");
    let cancelled = scratch.write(move |tx| tx.cancel_waiting(tickets[0], "the client wrote again", at(3)));
    assert_eq!(cancelled, [ask, accept]);
    assert_eq!(letter(&scratch, ask).last_error, "the client wrote again");
    assert_eq!(claim(&scratch, 9), [answer, other]);
}

/// A server that hangs has a letter in hand for minutes, and meanwhile the conversation goes on.
#[test]
fn a_letter_that_is_overtaken_while_it_is_sent_is_not_tried_again() {
    let scratch = Scratch::new();
    let tickets = scratch.write(|tx| Ok([tx.insert_ticket(&ticket())?, tx.insert_ticket(&ticket())?]));
    let kinds = [LetterKind::Ask, LetterKind::Accept, LetterKind::Ask, LetterKind::Ask, LetterKind::Answer];
    let put = |(n, kind): (u32, LetterKind)| {
        let letter = NewLetter { ticket: Some(tickets[0]), ..new_letter(kind, &format!("{n}@us")) };
        enqueue(&scratch, letter)
    };
    let ids: Vec<_> = (0..).zip(kinds).map(put).collect();
    let other =
        enqueue(&scratch, NewLetter { ticket: Some(tickets[1]), ..new_letter(LetterKind::Ask, "o@us") });
    assert_eq!(claim(&scratch, 0).len(), 6);
    for (seconds, why) in [(3, "an agent answered"), (4, "and once more")] {
        let cancelled = scratch.write(move |tx| tx.cancel_waiting(tickets[0], why, at(seconds)));
        assert_eq!(cancelled, [], "what is being sent may go out");
    }
    let &[retry, away, sent, crashed, answer] = ids.as_slice() else { panic!("{ids:?}") };
    scratch.write(move |tx| {
        tx.record_retry(retry, "451 later", at(60))?;
        tx.record_unreachable(away, "nobody there", at(60))?;
        tx.record_sent(sent, "250", at(60))?;
        tx.record_retry(answer, "451 later", at(60))?;
        tx.record_retry(other, "451 later", at(60))
    });
    for id in [retry, away] {
        let letter = letter(&scratch, id);
        assert_eq!((letter.state, letter.last_error.as_str()), (OutboxState::Cancelled, "an agent answered"));
    }
    let sent = letter(&scratch, sent);
    assert_eq!((sent.state, sent.last_error.as_str()), (OutboxState::Sent, ""));
    assert_eq!(claim(&scratch, 60), [answer, other]);
    assert_eq!(
        scratch.read(|r| r.claimed_letters()).iter().map(|letter| letter.id).collect::<Vec<_>>(),
        [crashed, answer, other]
    );
    scratch.write(move |tx| tx.record_ambiguous(crashed, "askback ended", at(61)));
    assert_eq!(state(&scratch, crashed), OutboxState::Ambiguous);
}

#[test]
fn the_sent_folder_gets_copies_of_what_was_sent_to_clients() {
    let scratch = Scratch::new();
    let ids = [LetterKind::Ask, LetterKind::Accept, LetterKind::Notice, LetterKind::Answer]
        .map(|kind| enqueue(&scratch, new_letter(kind, &format!("{kind}@us"))));
    let [ask, accept, _, answer] = ids;
    assert_eq!(scratch.read(|r| r.copies_wanted(9)), []);
    claim(&scratch, 0);
    scratch.write(move |tx| ids.into_iter().try_for_each(|id| tx.record_sent(id, "250", at(1))));
    assert_eq!(scratch.read(|r| r.copies_wanted(9)), [ask, accept, answer]);
    assert_eq!(scratch.read(|r| r.copies_wanted(1)), [ask]);
    scratch.write(move |tx| tx.copy_done(ask).and_then(|()| tx.copy_off(accept)));
    assert_eq!(scratch.read(|r| r.copies_wanted(9)), [answer]);
    assert_eq!(letter(&scratch, ask).sent_copy, SentCopy::Done);
    assert!(scratch.try_write(|tx| tx.copy_done(OutboxId(99))).is_err());
}

#[test]
fn a_bounced_letter_still_counts() {
    let scratch = Scratch::new();
    let id = enqueue(&scratch, new_letter(LetterKind::Ask, "ask@us"));
    assert!(!scratch.write(move |tx| tx.mark_bounced(id, "", at(1))), "it was never tried");
    claim(&scratch, 0);
    scratch.write(move |tx| tx.record_sent(id, "250", at(1)));
    assert!(scratch.write(move |tx| tx.mark_bounced(id, "550 unknown", at(9))));
    let letter = letter(&scratch, id);
    assert_eq!((letter.state, letter.bounced_at), (OutboxState::Sent, Some(at(9))));
    assert_eq!(letter.last_error, "550 unknown");
    assert_eq!(counts(&scratch, 10).sender_24h, 1);
}

fn counts(scratch: &Scratch, now: i64) -> SentCounts {
    let to = address("ivan+tag@client.example");
    scratch.read(|r| r.sent_counts(MailId(1), &to, at(now)))
}

#[test]
fn limits_count_what_went_out_or_will() {
    const HOUR: i64 = 3600;
    let scratch = Scratch::new();
    scratch.write(|tx| {
        tx.store_mail(&new_mail(1, b"question"))?;
        tx.insert_ticket(&ticket()).map(|_| ())
    });
    assert_eq!(counts(&scratch, 0), SentCounts::default());
    let put = |id: &str, kind, to: &str| {
        let about = (to == "ivan@client.example").then_some(());
        enqueue(
            &scratch,
            NewLetter {
                to: address(to),
                answers_mail: about.map(|()| MailId(1)),
                ticket: about.map(|()| TicketId(1)),
                ..new_letter(kind, id)
            },
        )
    };
    let ask = put("1@us", LetterKind::Ask, "ivan@client.example");
    put("2@us", LetterKind::Accept, "ivan@client.example");
    put("3@us", LetterKind::Ask, "ivan+other@client.example");
    put("4@us", LetterKind::Ask, "olga@client.example");
    put("5@us", LetterKind::Ask, "petr@other.example");
    put("6@us", LetterKind::Notice, "ivan@client.example");
    put("7@us", LetterKind::Answer, "ivan@client.example");
    let all = SentCounts { about_mail: 2, sender_24h: 3, domain_1h: 4, all_1h: 5 };
    assert_eq!(counts(&scratch, 0), all);
    // Still waiting: they count however old they are.
    assert_eq!(counts(&scratch, 100 * HOUR), all);

    // Sent ones count for their window, from when they were claimed.
    let ids = claim(&scratch, HOUR);
    assert_eq!(counts(&scratch, 100 * HOUR), all, "claimed");
    scratch.write(move |tx| ids.into_iter().try_for_each(|id| tx.record_sent(id, "250", at(HOUR))));
    assert_eq!(counts(&scratch, 2 * HOUR - 1), all);
    assert_eq!(counts(&scratch, 2 * HOUR), SentCounts { domain_1h: 0, all_1h: 0, ..all });
    assert_eq!(counts(&scratch, 25 * HOUR - 1).sender_24h, 3);
    let old = SentCounts { about_mail: 2, ..SentCounts::default() };
    assert_eq!(counts(&scratch, 25 * HOUR), old, "a mail and a ticket have no window");
    assert_eq!(state(&scratch, ask), OutboxState::Sent);
}

#[test]
fn cancelled_and_refused_letters_do_not_count_ambiguous_ones_do() {
    let scratch = Scratch::new();
    let ticket = scratch.write(|tx| {
        tx.store_mail(&new_mail(1, b"question"))?;
        tx.insert_ticket(&ticket())
    });
    let ids = ["refused@us", "ambiguous@us"].map(|id| enqueue(&scratch, new_letter(LetterKind::Ask, id)));
    claim(&scratch, 0);
    scratch.write(move |tx| {
        tx.record_refused(ids[0], "550", at(0))?;
        tx.record_ambiguous(ids[1], "lost", at(0))
    });
    enqueue(&scratch, NewLetter { ticket: Some(ticket), ..new_letter(LetterKind::Ask, "cancelled@us") });
    scratch.write(move |tx| tx.cancel_waiting(ticket, "", at(0)));
    let one = SentCounts { sender_24h: 1, domain_1h: 1, all_1h: 1, ..SentCounts::default() };
    assert_eq!(counts(&scratch, 1), one);
}

#[test]
fn a_damaged_letter_is_refused_and_does_not_stop_the_others() {
    let scratch = Scratch::new();
    let bad = enqueue(&scratch, new_letter(LetterKind::Ask, "bad@us"));
    let good = enqueue(&scratch, new_letter(LetterKind::Ask, "good@us"));
    scratch.write(|tx| tx.change("UPDATE raw SET sha256 = zeroblob(32) WHERE id = 1", []));
    assert_eq!(claim(&scratch, 0), [good]);
    assert_eq!(scratch.read(|r| r.outbox(Some(OutboxState::Refused)))[0].id, bad);
}
