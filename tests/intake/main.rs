//! Intake on a real database: mails go in as bytes, tickets and letters are looked at.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails loudly"
)]

use askback::config::Config;
use askback::intake::{self, Attempts, Bells, Desk, Trial};
use askback::mail::packed::PackedRaw;
use askback::mail::slim::Slimmer;
use askback::mail::{self, Address, AttachedFile, MailKey};
use askback::store::{Access, LetterKind, MailRow, NewMail, Reader, Store, Tx};
use askback::ticket::token::TokenKey;
use askback::ticket::{Disposition, State, Ticket, TicketId};
use chrono::{DateTime, TimeDelta, Utc};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::watch;
use whole_letter::WholeLetter;

#[path = "../support/memory_mailer.rs"]
mod memory_mailer;
#[path = "../support/noise.rs"]
mod noise;
#[path = "../support/whole_letter.rs"]
mod whole_letter;

mod agents;
mod at_once;
mod autoresponders;
mod beside_notices;
mod borrowed;
mod bounces;
mod brought_in;
mod clients;
mod colleagues;
mod confidentiality;
mod endings;
mod explained;
mod forms;
mod handovers;
mod hints;
mod impostors;
mod log;
mod loops;
mod marked;
mod own_words;
mod renumbered;
mod taps;
mod unreferenced;
mod wordless;

/// The shipped configuration.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml")
}

struct Office {
    store: Store,
    desk: Arc<Desk>,
    uid: u32,
    _folder: tempfile::TempDir,
}

/// A mail of a client to support.
fn mail(from: &str, id: &str, extra: &str, subject: &str, body: &str) -> String {
    format!(
        "From: {from}\r\nTo: support@m2mail.ru\r\nMessage-ID: <{id}>\r\n{extra}Subject: {subject}\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    )
}

const INCOMPLETE: &str =
    "Здравствуйте! В Wialon Hosting с утра не строится отчёт по поездкам, вместо таблицы пустая страница.";
const REST: &str = "1. Объект А123ВС77, шаблон «Поездки за сутки».\r\n2. Открываю вкладку Отчёты, выбираю шаблон и объект, \
                    жму Выполнить, получаю пустую страницу.";

impl Office {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap();
        Self { store, desk: Arc::new(Self::desk()), uid: 0, _folder: folder }
    }

    fn database(&self) -> PathBuf {
        self._folder.path().join("askback.db")
    }

    /// The desk of the shipped configuration.
    fn desk() -> Desk {
        Config::load(&example()).unwrap().desk(TokenKey::new([7; 32]), Utc::now()).unwrap()
    }

    async fn receive_late(&mut self, raw: &str, ago: TimeDelta) -> MailRow {
        self.receive_in("support", raw, ago).await
    }

    /// Stores a mail that arrived `ago` in a folder and runs intake until nothing is new.
    async fn receive_in(&mut self, mailbox: &str, raw: &str, ago: TimeDelta) -> MailRow {
        // Never the very moment of storing: that stands for a server that tells no date.
        self.receive_at(mailbox, raw, Some(Utc::now() - ago - TimeDelta::milliseconds(1))).await
    }

    /// As [`Office::receive_in`]; the server may not tell when it arrived.
    async fn receive_at(&mut self, mailbox: &str, raw: &str, date: Option<DateTime<Utc>>) -> MailRow {
        self.receive_sized(mailbox, raw, date, None).await
    }

    /// As [`Office::receive_at`]; of one over the size limit `raw` is what the server's watcher makes up in its place.
    async fn receive_sized(
        &mut self,
        mailbox: &str,
        raw: &str,
        date: Option<DateTime<Utc>>,
        over_limit: Option<u64>,
    ) -> MailRow {
        self.uid += 1;
        let key = MailKey { mailbox: mailbox.to_owned(), uid_validity: 1, uid: self.uid };
        let new = NewMail {
            key,
            internal_date: date,
            stored_at: Utc::now(),
            packed: PackedRaw::pack(raw.as_bytes()).unwrap(),
            over_limit,
        };
        self.store.write(raw.len(), move |tx| tx.store_mail(&new)).await.unwrap();
        let stop = watch::Sender::new(false);
        let task = intake::run(
            self.store.clone(),
            self.desk.clone(),
            Arc::new(Attempts::new(Trial::new(&example()))),
            Bells::default(),
            stop.subscribe(),
        );
        let store = self.store.clone();
        let until_done = async move {
            while store.read(|reader| Ok(reader.counts()?.new)).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
            stop.send_replace(true);
        };
        // It must not be waited for once intake has failed.
        tokio::join!(async { task.await.unwrap() }, until_done);
        self.store.read_now(|reader| reader.mails(None, 1)).unwrap().remove(0)
    }

    async fn receive(&mut self, raw: &str) -> MailRow {
        self.receive_late(raw, TimeDelta::zero()).await
    }

    fn letters(&self) -> Vec<WholeLetter> {
        let whole = |reader: &Reader<'_>| {
            Ok(reader.outbox(None)?.into_iter().map(|letter| WholeLetter::of(letter, reader)).collect())
        };
        self.store.read_now(whole).unwrap()
    }

    fn waiting(&self) -> Vec<WholeLetter> {
        self.letters()
            .into_iter()
            .filter(|letter| letter.state == askback::store::OutboxState::Waiting)
            .collect()
    }

    fn ticket(&self, number: u32) -> Ticket {
        self.store.read_now(|reader| reader.ticket(TicketId(number))).unwrap().unwrap()
    }

    /// All waiting letters go out.
    async fn send_all(&self) {
        let later = Utc::now() + TimeDelta::hours(1);
        let sent = self.store.write(0, move |tx| {
            let due = tx.claim_due(later, 100)?;
            for claimed in &due {
                tx.record_sent(claimed.letter.id, "250 ok", Utc::now())?;
            }
            Ok(due.len())
        });
        assert!(sent.await.unwrap() > 0);
    }
}

/// The files in a letter: their names and what is in them.
fn files_of(raw: &[u8]) -> Vec<(Option<String>, Vec<u8>)> {
    let mut slimmer = Slimmer::for_size(0);
    slimmer.push(raw);
    let content = |file: AttachedFile| {
        let mut bytes = Vec::new();
        let in_raw = |at: u64| usize::try_from(at).unwrap();
        file.read(|range, take| take(&raw[in_raw(range.start)..in_raw(range.end)]), &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })
        .unwrap();
        (file.name, bytes)
    };
    mail::files(&slimmer.finish()).unwrap().into_iter().map(content).collect()
}

fn headers_of(letter: &WholeLetter) -> String {
    let raw = String::from_utf8(letter.raw.clone()).unwrap();
    raw.split("\r\n\r\n").next().unwrap().to_owned()
}

#[tokio::test]
async fn an_incomplete_mail_is_asked_and_its_answer_completes_it() {
    let mut office = Office::new().await;
    let row = office.receive(&mail("Иван <ivan@alfa.test>", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(1))));
    assert_eq!(office.ticket(1).state, State::Incomplete);

    let letters = office.waiting();
    assert_eq!(letters.len(), 1);
    let ask = &letters[0];
    assert_eq!((ask.kind, ask.to.as_str(), &ask.envelope_from), (LetterKind::Ask, "ivan@alfa.test", &None));
    let headers = headers_of(ask);
    for header in [
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        "In-Reply-To: <m1@alfa.test>",
        "To: ivan@alfa.test",
    ] {
        assert!(headers.lines().any(|line| line == header), "{header} in\n{headers}");
    }
    office.send_all().await;

    let reply = format!("In-Reply-To: <{}>\r\n", ask.message_id);
    let row = office.receive(&mail("ivan@alfa.test", "m2@alfa.test", &reply, "Re: x", REST)).await;
    assert_eq!(row.ticket, Some(TicketId(1)), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Open, "{}", row.why);
    assert_eq!(office.waiting().iter().map(|letter| letter.kind).collect::<Vec<_>>(), [LetterKind::Accept]);
}

#[tokio::test]
async fn the_reply_address_joins_too_and_a_stolen_token_does_not() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let ask = office.waiting().remove(0);
    let parsed = mail::parse(&ask.raw);
    let reply_to = parsed.reply_to[0].address.clone();
    assert!(reply_to.local().contains('+'));
    let to = format!("Cc: {reply_to}\r\n");
    let row = office.receive(&mail("ivan@alfa.test", "m2@alfa.test", &to, "x", "Объект А123ВС77")).await;
    assert_eq!(row.ticket, Some(TicketId(1)));

    for extra in
        [to, format!("References: <{}>\r\n", ask.message_id), "References: <m1@alfa.test>\r\n".to_owned()]
    {
        let stolen =
            mail("petr@beta.test", &format!("p{}@beta.test", office.uid), &extra, "Re: [#1] x", INCOMPLETE);
        let row = office.receive(&stolen).await;
        let own = row.ticket.unwrap();
        assert_ne!(own, TicketId(1));
        assert_eq!(office.ticket(own.0).linked, Some(TicketId(1)));
        let letters = office.letters();
        let his: Vec<_> = letters.iter().filter(|letter| letter.to.as_str() == "petr@beta.test").collect();
        assert!(his.iter().all(|letter| !String::from_utf8_lossy(&letter.raw).contains("А123ВС77")));
    }
}

#[tokio::test]
async fn a_second_mail_in_the_grace_period_replaces_the_letter() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let row = office
        .receive(&mail("ivan@alfa.test", "m2@alfa.test", "References: <m1@alfa.test>\r\n", "Report", REST))
        .await;
    assert_eq!(row.ticket, Some(TicketId(1)));
    let waiting = office.waiting();
    assert_eq!(
        waiting.iter().map(|letter| letter.kind).collect::<Vec<_>>(),
        [LetterKind::Accept],
        "{}",
        row.why
    );
    assert_eq!(office.letters().len(), 2);
    assert_eq!(office.ticket(1).asks, 0);
}

#[tokio::test]
async fn machines_are_kept_and_never_answered() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let ask = office.waiting().remove(0);
    office.send_all().await;
    let before = office.letters().len();
    let answers = format!("In-Reply-To: <{}>\r\nAuto-Submitted: auto-replied\r\n", ask.message_id);
    let away =
        office.receive(&mail("ivan@alfa.test", "m2@alfa.test", &answers, "Отпуск", "Я в отпуске")).await;
    assert_eq!((away.disposition, away.ticket), (Some(Disposition::Automatic), Some(TicketId(1))));
    let list = office
        .receive(&mail("news@x.test", "n@x.test", "List-Id: <news.x.test>\r\n", "News", INCOMPLETE))
        .await;
    assert_eq!((list.disposition, list.ticket), (Some(Disposition::Automatic), None));
    let own = office.receive(&mail("support@m2mail.ru", "o@x.test", "", "x", INCOMPLETE)).await;
    assert_eq!(own.disposition, Some(Disposition::Automatic));
    let several = office.receive(&mail("a@x.test, b@x.test", "d@x.test", "", "x", INCOMPLETE)).await;
    assert_eq!(several.disposition, Some(Disposition::Quarantined), "{}", several.why);
    assert_eq!(office.letters().len(), before);
    assert_eq!(office.ticket(1).state, State::Incomplete);
}

#[tokio::test]
async fn a_bounced_question_makes_it_the_agents_turn() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE)).await;
    let ask = office.waiting().remove(0);
    office.send_all().await;
    let bounce = format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@alfa.test\r\nTo: support@m2mail.ru\r\nMessage-ID: <b@alfa.test>\r\n\
         Subject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; \
         boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n--b\r\nContent-Type: \
         message/delivery-status\r\n\r\nReporting-MTA: dns; mx.alfa.test\r\n\r\nFinal-Recipient: rfc822; \
         ivan@alfa.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
         Message-ID: <{}>\r\nSubject: x\r\n\r\n--b--\r\n",
        ask.message_id
    );
    let row = office.receive(&bounce).await;
    assert_eq!(
        (row.disposition, row.ticket),
        (Some(Disposition::Automatic), Some(TicketId(1))),
        "{}",
        row.why
    );
    assert_eq!(office.ticket(1).state, State::Open);
    assert!(office.letters()[0].bounced_at.is_some());
}

#[tokio::test]
async fn old_mail_is_filed_without_a_letter_and_the_same_bytes_only_once() {
    let mut office = Office::new().await;
    let raw = mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE);
    let row = office.receive_late(&raw, TimeDelta::days(5)).await;
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(TicketId(1))));
    assert!(office.letters().is_empty(), "{}", row.why);
    assert_eq!(office.ticket(1).state, State::Open);
    let again = office.receive(&raw).await;
    assert_eq!(again.disposition, Some(Disposition::Duplicate));
    let other_bytes =
        office.receive(&mail("ivan@alfa.test", "m1@alfa.test", "", "Report 2", INCOMPLETE)).await;
    assert_eq!(other_bytes.disposition, Some(Disposition::Filed));
}

#[tokio::test]
async fn a_mail_without_a_date_of_arrival_is_as_old_as_it_says() {
    let mut office = Office::new().await;
    for (days, letters) in [(400, 0), (1, 1), (-400, 2)] {
        let date = (Utc::now() - TimeDelta::days(days)).to_rfc2822();
        let (from, id) = (format!("ivan{days}@alfa.test"), format!("m{days}@alfa.test"));
        let raw = mail(&from, &id, &format!("Date: {date}\r\n"), "Report", INCOMPLETE);
        let row = office.receive_at("support", &raw, None).await;
        assert_eq!(office.letters().len(), letters, "{days} days: {}", row.why);
    }
}

#[tokio::test]
async fn no_more_than_three_letters_a_day_go_to_one_address() {
    let mut office = Office::new().await;
    for number in 0..6 {
        office
            .receive(&mail("ivan@alfa.test", &format!("m{number}@alfa.test"), "", "Report", INCOMPLETE))
            .await;
    }
    assert_eq!(office.letters().len(), 3);
    let tickets =
        office.store.read_now(|reader| reader.tickets(None)?.collect::<Result<Vec<_>, _>>()).unwrap();
    assert_eq!(tickets.len(), 6);
    assert_eq!(tickets.iter().filter(|ticket| ticket.state == State::Open).count(), 3);
}

#[tokio::test]
async fn no_spelling_of_an_address_and_no_subdomain_gets_more_letters() {
    let mut office = Office::new().await;
    for (number, from) in ["victim", "v.ictim", "vi.ctim", "v.i.ctim", "victim+1"].iter().enumerate() {
        let provider = if number % 2 == 0 { "gmail.com" } else { "googlemail.com" };
        let from = format!("{from}@{provider}");
        office.receive(&mail(&from, &format!("m{number}@alfa.test"), "", "Report", INCOMPLETE)).await;
    }
    assert_eq!(office.letters().len(), 3);
    let mut office = Office::new().await;
    for number in 0..12 {
        let from = format!("ivan@a{number}.flood.test");
        office.receive(&mail(&from, &format!("m{number}@alfa.test"), "", "Report", INCOMPLETE)).await;
    }
    assert_eq!(office.letters().len(), 10);
    assert!(office.letters()[1].to.as_str().starts_with("ivan@a"), "each to the address that wrote");
}

#[test]
fn a_conversation_is_explained_without_a_database() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let config = Config::load(&example).unwrap();
    let now: DateTime<Utc> = "2026-05-04T09:00:00Z".parse().unwrap();
    let desk = config.desk(TokenKey::new([0; 32]), now).unwrap();
    let mails = [
        mail("ivan@alfa.test", "m1@alfa.test", "", "Report", INCOMPLETE),
        mail("ivan@alfa.test", "m2@alfa.test", "In-Reply-To: <x@y>\r\n", "Re: Report", REST),
        mail("ivan@alfa.test", "m3@alfa.test", "", "Re: Report", "Спасибо!"),
    ];
    let raw: Vec<Vec<u8>> = mails.iter().map(|mail| mail.as_bytes().to_vec()).collect();
    let explained = intake::explain(&desk, &raw, now).unwrap();
    let missing: Vec<Vec<&str>> =
        explained.iter().map(|one| one.missing.iter().map(|field| field.into()).collect()).collect();
    assert_eq!(missing, [vec!["objects", "steps"], vec![], vec![]]);
    assert!(explained[0].letter.as_ref().unwrap().1.contains("Wialon Hosting"));
    assert!(explained[1].letter.is_some() && explained[2].letter.is_none());
    let _: Address = explained[0].mail.author_address().unwrap().clone();
}

#[tokio::test]
async fn a_mail_that_is_read_late_is_promised_no_time_that_is_past() {
    let shipped = std::fs::read_to_string(example()).unwrap();
    // Open day and night, so that it does not matter when this runs: the reaction is due 24 hours after the mail.
    let always = shipped
        .replace("day = \"09:00-18:00\"", "day = \"00:00-24:00\"")
        .replace("\"closed\"", "\"00:00-24:00\"");
    let days = ["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"];
    let always = days
        .iter()
        .fold(always, |text, day| text.replace(&format!("\n#{day}day ="), &format!("\n{day}day =")));
    let config = Config::parse(&always, &example()).unwrap();
    let desk = Arc::new(config.desk(TokenKey::new([7; 32]), Utc::now()).unwrap());
    let mut office = Office { desk, ..Office::new().await };
    for (hours, promises) in [(1, true), (48, false)] {
        let raw = mail("ivan@alfa.test", &format!("m{hours}@alfa.test"), "", "Report", agents::COMPLETE);
        let row = office.receive_late(&raw, TimeDelta::hours(hours)).await;
        let text = mail::parse(&office.waiting().pop().unwrap().raw).text.full;
        assert_eq!(text.contains("Инженер ответит вам до "), promises, "{}: {text}", row.why);
        assert_eq!(text.contains("Инженер ответит вам в рабочее время."), !promises, "{text}");
    }
}
