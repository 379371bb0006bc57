//! A small database with fixed dates: what the tables are made from.

use askback::mail::packed::PackedRaw;
use askback::mail::{Address, MailKey, Mailbox, MessageId};
use askback::request::{
    Answer, Answers, Evidence, Field, Finding, Kind, Language, PerField, Place, State as Found,
};
use askback::store::{
    Access, Direction, EventSubject, LetterKind, MailId, Message, NewLetter, NewMail, Store, Stored, Tx,
};
use askback::ticket::{Disposition, State, Ticket, TicketId};
use chrono::{DateTime, Utc};
use std::path::Path;

/// The mail of ticket 1, with what must not reach a terminal.
pub(crate) const MAIL: &str = "From: Ivan <ivan@client.example>\r\nTo: support@m2mail.ru\r\n\
    Subject: =?utf-8?B?0J7RgtGH0ZHRgg==?= \x1b[31m\r\nMessage-ID: <1@client.example>\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
    В Wialon Hosting не строится отчёт.\r\n\x1b]0;title\x07\r\n-- \r\nИван\r\n--b\r\n\
    Content-Type: image/png; name=\"shot.png\"\r\nContent-Disposition: attachment; filename=\"shot.png\"\r\n\
    Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b--\r\n";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn ticket(client: &str, subject: &str, state: State, arrived: &str) -> Ticket {
    let present = |value: &str| Answer { state: Found::Present, value: Some(value.to_owned()) };
    let client = Mailbox { name: "Иван Петров".to_owned(), address: address(client) };
    let applies =
        PerField { product: true, description: true, objects: false, steps: true, attachments: true };
    Ticket {
        state,
        participants: vec![address("boss@client.example")],
        answers: Answers {
            found: PerField { product: present("Wialon Hosting"), ..PerField::default() },
            applies,
            kind: Some(Kind::Problem),
            declined: PerField::default(),
        },
        asks: 1,
        asked: vec![Field::Description, Field::Steps],
        linked: Some(TicketId(1)),
        ..Ticket::opened(&client, subject, Language::Russian, "1", at(arrived))
    }
}

fn store_mail(tx: &Tx<'_>, uid: u32, raw: &[u8]) -> MailId {
    let mail = NewMail {
        key: MailKey { mailbox: "support".to_owned(), uid_validity: 7, uid },
        internal_date: Some(at("2020-03-06T09:00:00Z")),
        stored_at: at("2020-03-06T09:00:05Z"),
        packed: PackedRaw::pack(raw).unwrap(),
        over_limit: None,
    };
    match tx.store_mail(&mail).unwrap() {
        Stored::New(id) => id,
        Stored::Duplicate(_) => panic!("the mails differ"),
    }
}

fn conversation(tx: &Tx<'_>, mail: MailId) -> anyhow::Result<()> {
    let now = at("2020-03-06T09:00:06Z");
    let first = tx.insert_ticket(&Ticket {
        linked: None,
        ..ticket("ivan@client.example", "Отчёт \u{1b}[31m", State::Incomplete, "2020-03-06T09:00:00Z")
    })?;
    tx.insert_ticket(&ticket(
        "a.very.long.address.of.a.dispatcher@long-haul-transport.example",
        "Не строится отчёт по поездкам за прошлую неделю по всем машинам парка",
        State::Open,
        "2020-03-06T14:30:00Z",
    ))?;
    tx.set_disposition(mail, Disposition::Filed, Some(first), "it opens a ticket", now)?;
    let evidence = Evidence {
        place: Place::Body,
        span: 4..18,
        text: "Wialon Hosting".to_owned(),
        cue: "alias \"wialon hosting\"".to_owned(),
    };
    let product =
        Finding { state: Found::Present, value: Some("Wialon Hosting".to_owned()), evidence: vec![evidence] };
    let message = Message {
        ticket: first,
        mail: Some(mail),
        outbox: None,
        direction: Direction::In,
        message_id: MessageId::parse("1@client.example"),
        author: Some(address("ivan@client.example")),
        subject: "Отчёт \u{1b}[31m".to_owned(),
        own_text: "В Wialon Hosting не строится отчёт.\n\u{1b}]0;title\u{7}\n".to_owned(),
        kind: Some(Kind::Problem),
        at: at("2020-03-06T09:00:00Z"),
    };
    tx.insert_message(&message, Some(&PerField { product, ..PerField::default() }))?;
    let letter = NewLetter {
        kind: LetterKind::Ask,
        ticket: Some(first),
        answers_mail: Some(mail),
        envelope_from: None,
        to: address("ivan@client.example"),
        message_id: MessageId::parse("1.1.abc@m2mail.ru").unwrap(),
        packed: PackedRaw::pack(b"Subject: x\r\n\r\nx\x1b[31m\r\n").unwrap(),
        due_at: at("2020-03-06T09:02:00Z"),
        asked: vec![Field::Description, Field::Steps],
    };
    let letter = tx.enqueue(&letter, now)?;
    let subject = EventSubject { mail: Some(mail), ticket: Some(first), outbox: Some(letter) };
    tx.event(now, subject, "asked", "description, steps")
}

/// Creates `askback.db` with two tickets, three mails and a letter.
pub(crate) fn fill(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.join("askback.db"), Access::Daemon).unwrap();
        let work = |tx: &Tx<'_>| {
            let mail = store_mail(tx, 1, MAIL.as_bytes());
            conversation(tx, mail)?;
            let held = store_mail(tx, 2, b"From: x\r\n\r\nno sense\r\n");
            tx.hold(held, "three attempts have failed", at("2020-03-06T09:00:07Z"))?;
            store_mail(tx, 3, b"From: new@client.example\r\nSubject: new\r\n\r\nnot looked at yet\r\n");
            Ok(())
        };
        store.write(0, work).await.unwrap();
        store.close().await.unwrap();
    });
}

/// Writes to the database in `folder`, as the daemon does.
fn write<T: Send + 'static>(
    folder: &Path,
    work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&folder.join("askback.db"), Access::Daemon).unwrap();
        let written = store.write(0, work).await.unwrap();
        store.close().await.unwrap();
        written
    })
}

/// Mails 4 and 5 are quarantined: one with two senders, and one with none.
pub(crate) fn quarantine_two(folder: &Path) {
    write(folder, |tx| {
        let now = at("2020-03-06T09:00:08Z");
        for (uid, raw) in [(4, "From: a@x.example, b@x.example\r\n\r\nx\r\n"), (5, "Subject: y\r\n\r\ny\r\n")]
        {
            let mail = store_mail(tx, uid, raw.as_bytes());
            tx.set_disposition(mail, Disposition::Quarantined, None, "the sender is in doubt", now)?;
        }
        Ok(())
    });
}

/// A notice to an agent is refused for good.
pub(crate) fn refuse_a_notice(folder: &Path) {
    write(folder, |tx| {
        let now = Utc::now();
        let id = tx.enqueue(
            &NewLetter {
                kind: LetterKind::Notice,
                ticket: None,
                answers_mail: None,
                envelope_from: None,
                to: address("olga@m2mail.ru"),
                message_id: MessageId::parse("notice.1@m2mail.ru").unwrap(),
                packed: PackedRaw::pack(b"Subject: x\r\n\r\nx\x1b[31m\r\n").unwrap(),
                due_at: now,
                asked: Vec::new(),
            },
            now,
        )?;
        tx.claim_due(now, 10)?;
        tx.record_refused(id, "550 no such user", now)
    });
}

/// The letter goes out and comes back.
pub(crate) fn bounce_the_letter(folder: &Path) {
    let bounced = write(folder, |tx| {
        let now = at("2020-03-06T09:03:00Z");
        let letter = tx.claim_due(now, 1)?.remove(0).letter.id;
        tx.record_sent(letter, "250 ok", now)?;
        tx.mark_bounced(letter, "a delivery report says that it did not arrive", now)
    });
    assert!(bounced);
}

/// The server refuses the letter for good.
pub(crate) fn refuse_the_letter(folder: &Path) {
    write(folder, |tx| {
        let now = at("2020-03-06T09:03:00Z");
        let letter = tx.claim_due(now, 1)?.remove(0).letter.id;
        tx.record_refused(letter, "550 no such user", now)
    });
}

/// The server puts the letter off.
pub(crate) fn put_the_letter_off(folder: &Path, why: &'static str) {
    write(folder, move |tx| {
        let now = at("2020-03-06T09:03:00Z");
        let letter = tx.claim_due(now, 1)?.remove(0).letter.id;
        tx.record_retry(letter, why, now)
    });
}

/// The disk damages the bytes of a letter.
pub(crate) fn damage_letter(folder: &Path, number: i64) {
    let conn = rusqlite::Connection::open(folder.join("askback.db")).unwrap();
    let damage = "UPDATE raw SET sha256 = zeroblob(32) WHERE id = (SELECT raw FROM outbox WHERE id = ?1)";
    assert_eq!(conn.execute(damage, [number]).unwrap(), 1);
}
