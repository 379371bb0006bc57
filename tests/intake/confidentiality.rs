//! «Клиент обязуется … гарантировать конфиденциальность»: nothing of one client's ticket reaches another. Alfa's ticket has words
//! that occur nowhere else; in each scenario somebody else tries to get at them. An oracle looks for them, decoded, in every letter
//! to anybody but Alfa, and at who joined Alfa's ticket.

use super::Office;
use askback::mail::{self, Address};
use askback::store::{Letter, LetterKind};
use askback::ticket::TicketId;

/// What only Alfa wrote: words, names, numbers, a file.
const SECRETS: [&str; 4] = ["А123ВС77", "Сверхсекретный шаблон", "ivan@alfa.test", "manifest-alfa.pdf"];

const ALFA: &str = "Здравствуйте! В Wialon Hosting с утра не строится отчёт «Сверхсекретный шаблон» по объекту А123ВС77, \
                    вместо таблицы пустая страница. Файл manifest-alfa.pdf пришлю.";

/// What of Alfa's is in a letter, its bytes decoded as a mail program does it.
fn leaks(letter: &Letter) -> Vec<&'static str> {
    let parsed = mail::parse(&letter.raw);
    let headers: String =
        parsed.headers.iter().map(|field| format!("{}: {}\n", field.name, field.value)).collect();
    let files: String = parsed.attachments.iter().filter_map(|file| file.name.clone()).collect();
    let shown = format!("{headers}\n{}\n{}\n{files}", parsed.subject, parsed.text.full);
    SECRETS.into_iter().filter(|secret| shown.contains(secret)).collect()
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
const ASKS: &str = "Пришлите, пожалуйста, всё, что есть по этому обращению.";

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
    attempt("a number in the text", BETA, "", "вопрос", "По обращению № 1 [#1]: что сделано?"),
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
        "См. ниже\r\n\r\n-------- Forwarded Message --------\r\nFrom: ivan@alfa.test\r\nSubject: [#1]\r\n\r\nтекст",
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
        "Отправьте клиенту копию",
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

/// An office in which Alfa has asked, was asked back, and has got the letter.
async fn office() -> (Office, Letter) {
    let mut office = Office::new().await;
    office
        .receive(&super::mail("ivan@alfa.test", "secret-1@alfa.test", "", "Сверхсекретный шаблон", ALFA))
        .await;
    let ask = office.waiting().remove(0);
    office.send_all().await;
    (office, ask)
}

#[tokio::test]
async fn nothing_of_one_client_reaches_another() {
    assert!(ATTEMPTS.len() >= 30);
    for attempt in ATTEMPTS {
        let (mut office, ask) = office().await;
        let reply = mail::parse(&ask.raw).reply_to[0].address.to_string();
        let fill = |text: &str| {
            text.replace("{ask}", ask.message_id.as_str())
                .replace("{reply}", &reply)
                .replace("{alfa}", "secret-1@alfa.test")
        };
        let headers = fill(attempt.headers);
        let raw = super::mail(attempt.from, "try-1@beta.test", &headers, attempt.subject, attempt.body);
        let raw = if headers.starts_with("Message-ID") {
            raw.replace("Message-ID: <try-1@beta.test>\r\n", "")
        } else {
            raw
        };
        let row = office.receive(&raw).await;

        // Whoever can write as Alfa or as us is filed into the ticket, where agents see it: he hears nothing.
        let from_alfa = attempt.from == "ivan@alfa.test" || attempt.from == "support@m2mail.ru";
        if !from_alfa
            && !attempt.headers.contains("Auto-Submitted")
            && !attempt.headers.contains("List-Id")
            && !attempt.headers.contains("Return-Path")
        {
            assert_ne!(row.ticket, Some(TicketId(1)), "{}: {}", attempt.name, row.why);
        }
        let alfa = office.ticket(1);
        assert_eq!(alfa.client.as_str(), "ivan@alfa.test", "{}", attempt.name);
        if !from_alfa {
            assert!(alfa.participants.iter().all(|one| !one.as_str().contains("beta")), "{}", attempt.name);
        }
        for letter in office.letters() {
            if letter.to.as_str() == "ivan@alfa.test" || letter.kind == LetterKind::Notice {
                continue; // Alfa's own, and our agents'
            }
            assert_eq!(leaks(&letter), [] as [&str; 0], "{}: a letter to {}", attempt.name, letter.to);
        }
        for letter in office.letters().iter().filter(|letter| letter.to.as_str() == "ivan@alfa.test") {
            assert_eq!(
                letter.to.as_str(),
                mail::parse(&letter.raw).to[0].address.as_str(),
                "{}",
                attempt.name
            );
        }
    }
}

/// The oracle would see a leak: Alfa's own letter has what it looks for, in the subject or the text.
#[tokio::test]
async fn the_oracle_sees_what_it_looks_for() {
    let (_office, ask) = office().await;
    let seen = leaks(&ask);
    assert!(seen.contains(&"Сверхсекретный шаблон") && seen.contains(&"ivan@alfa.test"), "{seen:?}");
    let other = Letter { to: Address::parse("petr@beta.test").unwrap(), ..ask };
    assert!(!leaks(&other).is_empty(), "the same letter to Beta is a leak");
}
