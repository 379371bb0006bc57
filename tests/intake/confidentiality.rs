//! «Клиент обязуется … гарантировать конфиденциальность»: nothing of one client's ticket reaches another. Alfa's ticket has words
//! that occur nowhere else; in each scenario somebody else tries to get at them. An oracle looks for them, decoded, in every letter
//! to anybody but Alfa, and at who joined Alfa's ticket.

use super::{Office, files_of};
use crate::whole_letter::WholeLetter;
use askback::mail::packed::PackedRaw;
use askback::mail::{self, Address, MessageId};
use askback::reply::SenderPolicy;
use askback::store::{LetterKind, NewLetter, Person};
use askback::ticket::{State, Ticket, TicketId};
use chrono::Utc;
use std::sync::Arc;

/// What only Alfa wrote: words, names, numbers, a file.
const SECRETS: [&str; 4] = ["А123ВС77", "Сверхсекретный шаблон", "Тайнов Секрет", "manifest-alfa.pdf"];

const ALFA: &str = "Здравствуйте! В Wialon Hosting с утра не строится отчёт «Сверхсекретный шаблон» по объекту А123ВС77, \
                    вместо таблицы пустая страница. Файл manifest-alfa.pdf пришлю.";

/// What of Alfa's is in a letter, its bytes decoded as a mail program does it.
fn secrets_in(letter: &WholeLetter) -> Vec<&'static str> {
    let parsed = mail::parse(&letter.raw);
    let headers: String =
        parsed.headers.iter().map(|field| format!("{}: {}\n", field.name, field.value)).collect();
    let files: String = parsed.attachments.iter().filter_map(|file| file.name.clone()).collect();
    let bodies: String = files_of(&letter.raw)
        .iter()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .chain([String::from_utf8_lossy(&letter.raw).into_owned()])
        .collect();
    let shown = format!("{headers}\n{}\n{}\n{files}\n{bodies}", parsed.subject, parsed.text.full);
    SECRETS.into_iter().filter(|secret| shown.contains(secret)).collect()
}

/// Letters to anybody but Alfa and our agents that have something of Alfa's in them.
fn leaks(office: &Office) -> Vec<String> {
    office
        .letters()
        .iter()
        .filter(|letter| letter.to.as_str() != "ivan@alfa.test" && !office.desk.is_agent(&letter.to))
        .filter(|letter| !secrets_in(letter).is_empty())
        .map(|letter| format!("a letter to {} has {:?}", letter.to, secrets_in(letter)))
        .collect()
}

/// Somebody's attempt: From, further headers, subject, body. `{ask}` is the Message-ID of our letter to Alfa, `{reply}` its
/// reply address, `{alfa}` the Message-ID of Alfa's mail.
struct Attempt {
    name: &'static str,
    from: &'static str,
    headers: &'static str,
    subject: &'static str,
    body: &'static str,
}

const fn attempt(
    name: &'static str,
    from: &'static str,
    headers: &'static str,
    subject: &'static str,
    body: &'static str,
) -> Attempt {
    Attempt { name, from, headers, subject, body }
}

const BETA: &str = "petr@beta.test";
const ASKS: &str = "В Wialon Hosting не строится отчёт, вместо таблицы пустая страница. Пришлите всё, что есть по обращению.";

const ATTEMPTS: &[Attempt] = &[
    attempt("a stolen token in In-Reply-To", BETA, "In-Reply-To: <{ask}>\r\n", "Re: x", ASKS),
    attempt("a stolen token in References", BETA, "References: <a@b.test> <{ask}>\r\n", "Re: x", ASKS),
    attempt("a stolen reply address in To", BETA, "Cc: {reply}\r\n", "x", ASKS),
    attempt("a stolen reply address in Resent-To", BETA, "Resent-To: {reply}\r\n", "x", ASKS),
    attempt("the Message-ID of Alfa's mail in In-Reply-To", BETA, "In-Reply-To: <{alfa}>\r\n", "Re: x", ASKS),
    attempt("the Message-ID of Alfa's mail in References", BETA, "References: <{alfa}>\r\n", "Re: x", ASKS),
    attempt("the same Message-ID as Alfa's mail", BETA, "Message-ID: <{alfa}>\r\n", "x", ASKS),
    attempt("a guessed number in the subject", BETA, "", "Re: Ваше обращение [#1]", ASKS),
    attempt("a guessed number in words", BETA, "", "Обращение № 1", ASKS),
    attempt("a number in the text", BETA, "", "вопрос", "То же, что в обращении № 1 [#1]: не строится отчёт"),
    attempt(
        "everything at once",
        BETA,
        "In-Reply-To: <{ask}>\r\nReferences: <{alfa}> <{ask}>\r\nCc: {reply}\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "a display name that is Alfa's address",
        "\"ivan@alfa.test\" <petr@beta.test>",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt("a look-alike domain", "ivan@a1fa.test", "In-Reply-To: <{ask}>\r\n", "Re: [#1]", ASKS),
    attempt("a Cyrillic look-alike", "ivan@аlfa.test", "In-Reply-To: <{ask}>\r\n", "Re: [#1]", ASKS),
    attempt("a subdomain", "ivan@mail.alfa.test", "In-Reply-To: <{ask}>\r\n", "Re: [#1]", ASKS),
    attempt(
        "Alfa's domain as a subdomain of another",
        "ivan@alfa.test.beta.test",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "another person of Alfa's domain, unregistered",
        "spy@alfa.test",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "Reply-To to Beta, From forged",
        "ivan@alfa.test",
        "Reply-To: petr@beta.test\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "Есть новости?",
    ),
    attempt(
        "Sender is Beta, From forged",
        "ivan@alfa.test",
        "Sender: petr@beta.test\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "Есть новости?",
    ),
    attempt(
        "Return-Path is Beta, From forged",
        "ivan@alfa.test",
        "Return-Path: <petr@beta.test>\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "Есть новости?",
    ),
    attempt(
        "Beta in Cc of a forged mail",
        "ivan@alfa.test",
        "Cc: petr@beta.test\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "Есть новости?",
    ),
    attempt(
        "two From, Alfa first",
        "ivan@alfa.test, petr@beta.test",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "a second From header",
        "ivan@alfa.test\r\nFrom: petr@beta.test",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "a group as From",
        "team: ivan@alfa.test, petr@beta.test;",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "Alfa's mail forwarded by Beta",
        BETA,
        "",
        "Fwd: Report",
        "Отчёт в Wialon Hosting пустой, см. ниже\r\n\r\n-------- Forwarded Message --------\r\nFrom: ivan@alfa.test\r\nSubject: [#1]\r\n\r\nтекст",
    ),
    attempt(
        "an automatic reply with Alfa's token",
        BETA,
        "Auto-Submitted: auto-replied\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "В отпуске",
    ),
    attempt(
        "a list with Alfa's token",
        BETA,
        "List-Id: <l.beta.test>\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "a bounce made up",
        "mailer-daemon@beta.test",
        "Return-Path: <>\r\nIn-Reply-To: <{ask}>\r\n",
        "Undelivered",
        "ivan",
    ),
    attempt(
        "our own address as From",
        "support@m2mail.ru",
        "In-Reply-To: <{ask}>\r\nReply-To: petr@beta.test\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "an unknown address in an agent's name",
        "\"Support Agent\" <agent@beta.test>",
        "In-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        "Отчёт в Wialon Hosting пустой, отправьте мне копию обращения",
    ),
    attempt(
        "DMARC failed for Alfa's address",
        "ivan@alfa.test",
        "Authentication-Results: mx.m2mail.ru; dmarc=fail\r\nReply-To: petr@beta.test\r\nIn-Reply-To: <{ask}>\r\n",
        "Re: [#1]",
        ASKS,
    ),
    attempt(
        "a made-up token",
        BETA,
        "In-Reply-To: <1.1.aaaaaaaaaaaaaaaaaaaa@m2mail.ru>\r\nCc: support+1.aaaaaaaaaaaaaaaa@m2mail.ru\r\n",
        "Re: [#1]",
        ASKS,
    ),
];

/// An office in which Alfa and Beta, both registered, have each asked, were asked back, and have got the letter; with these letters.
async fn office() -> (Office, WholeLetter, WholeLetter) {
    let mut office = Office::new().await;
    office.desk = Arc::new(askback::intake::Desk {
        authserv_id: Some("mx.m2mail.ru".to_owned()),
        strangers: SenderPolicy::Accept,
        ..Office::desk()
    });
    let registered = office.store.write(0, |tx| {
        for (name, address) in [("Alfa", "ivan@alfa.test"), ("Beta", BETA)] {
            let (organisation, _) = tx.enter_organisation(name, None)?;
            let address = Address::parse(address).unwrap();
            tx.enter_person(organisation, &Person { address, name: String::new() })?;
        }
        Ok(())
    });
    registered.await.unwrap();
    office
        .receive(&super::mail(
            "Тайнов Секрет <ivan@alfa.test>",
            "secret-1@alfa.test",
            "",
            "Сверхсекретный шаблон",
            ALFA,
        ))
        .await;
    let ask = office.waiting().remove(0);
    office.send_all().await;
    office.receive(&super::mail(BETA, "own-1@beta.test", "", "Report", super::INCOMPLETE)).await;
    let own = office.waiting().remove(0);
    office.send_all().await;
    (office, ask, own)
}

#[tokio::test]
async fn nothing_of_one_client_reaches_another() {
    assert!(ATTEMPTS.len() >= 30);
    let mut to_others = 0;
    // On an open ticket, and on one that has been closed.
    for (attempt, closed) in ATTEMPTS.iter().flat_map(|attempt| [(attempt, false), (attempt, true)]) {
        let name = attempt.name;
        let (mut office, ask, own) = office().await;
        if closed {
            let ticket = office.ticket(1);
            let now = Utc::now();
            let close = Ticket { state: State::Closed, closed_at: Some(now), ..ticket };
            office.store.write(0, move |tx| tx.update_ticket(&close)).await.unwrap();
        }
        let before = office.letters().len();
        let reply = mail::parse(&ask.raw).reply_to[0].address.to_string();
        let fill = |text: &str| {
            text.replace("{ask}", ask.message_id.as_str())
                .replace("{own}", own.message_id.as_str())
                .replace("{reply}", &reply)
                .replace("{alfa}", "secret-1@alfa.test")
        };
        let headers = fill(attempt.headers);
        let raw = super::mail(attempt.from, "try-1@beta.test", &headers, attempt.subject, attempt.body);
        let twice = headers.starts_with("Message-ID");
        let raw = if twice { raw.replace("Message-ID: <try-1@beta.test>\r\n", "") } else { raw };
        let row = office.receive(&raw).await;

        // Whoever writes as Alfa or as us, and is not found out, is filed into the ticket, where agents see it: he hears nothing.
        let as_alfa = attempt.from == "ivan@alfa.test" || attempt.from == "support@m2mail.ru";
        let found_out = attempt.headers.contains("dmarc=fail");
        let noted =
            ["Auto-Submitted", "List-Id", "Return-Path"].iter().any(|of| attempt.headers.contains(of));
        if (!as_alfa || found_out) && !noted {
            assert_ne!(row.ticket, Some(TicketId(1)), "{name}: {}", row.why);
        }
        let alfa = office.ticket(1);
        assert_eq!(alfa.client.as_str(), "ivan@alfa.test", "{name}");
        if !as_alfa {
            assert!(alfa.participants.iter().all(|one| one.domain() != "beta.test"), "{name}");
        }
        assert_eq!(leaks(&office), [] as [String; 0], "{name}");

        // What an engineer answers now goes to Alfa, and to nobody else.
        let agent = office.desk.agents[0].clone();
        let notice = askback::intake::answer_address(&office.desk, &office.ticket(1), &agent).unwrap();
        let answer = format!(
            "From: {agent}\r\nTo: {notice}\r\nMessage-ID: <answer@m2mail.ru>\r\nAuthentication-Results: mx.m2mail.ru; dmarc=pass header.from={}\r\nSubject: Re: x\r\n\r\nА123ВС77: manifest-alfa.pdf получили.\r\n",
            agent.domain()
        );
        office.receive(&answer).await;
        assert_eq!(leaks(&office), [] as [String; 0], "{name}, answered");
        to_others += office.letters()[before..]
            .iter()
            .filter(|letter| letter.to.as_str() != "ivan@alfa.test" && letter.kind != LetterKind::Notice)
            .count();
    }
    assert!(to_others >= 40, "only {to_others} letters to others were looked at: the test has gone blind");
}

/// The oracle sees a leak: one letter to Beta that has something of Alfa's, put there on purpose.
#[tokio::test]
async fn the_oracle_sees_a_leak() {
    let (office, ask, own) = office().await;
    assert_eq!(leaks(&office), [] as [String; 0]);
    let leaking = NewLetter {
        kind: LetterKind::Ask,
        ticket: Some(TicketId(2)),
        answers_mail: None,
        envelope_from: None,
        to: own.to.clone(),
        message_id: MessageId::parse("leak@m2mail.ru").unwrap(),
        packed: PackedRaw::pack(&ask.raw).unwrap(),
        due_at: Utc::now(),
        asked: Vec::new(),
    };
    office.store.write(0, move |tx| tx.enqueue(&leaking, Utc::now())).await.unwrap();
    let seen = leaks(&office);
    assert!(matches!(seen.as_slice(), [one] if one.contains("petr@beta.test")), "{seen:?}");
}
