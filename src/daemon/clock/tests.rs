mod aside;
mod done_with;
mod floods;
mod jumps;
mod late;
mod outage;
mod unreached;
#[path = "../../../tests/support/whole_letter.rs"]
mod whole_letter;

use super::*;
use crate::config::Config;
use crate::mail::packed::PackedRaw;
use crate::mail::{Address, MailKey, Mailbox, MessageId};
use crate::request::Language;
use crate::store::{
    Access, Direction, GoneOut, LetterKind, MailId, Message, NewLetter, NewMail, OutboxState, Reader, Stored,
};
use crate::ticket::token::TokenKey;
use crate::ticket::{Ticket, TicketId};
use std::path::Path;
use whole_letter::WholeLetter;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The clock of a configuration.
fn clock(config: &str) -> Clock {
    let config = Config::parse(config, Path::new("/etc/askback/askback.toml")).unwrap();
    let desk = config.desk(TokenKey::new([7; 32]), at("2026-05-14T06:00:00Z")).unwrap();
    Clock {
        desk: Arc::new(desk),
        policy: config.nudge_policy(),
        every: config.nudges.every,
        close_after: config.tickets.close_after,
        folders: Vec::new(),
        status: Arc::default(),
    }
}

/// The shipped configuration on a database of its own.
struct Bench {
    store: Store,
    clock: Arc<Clock>,
    /// Whether the mail server takes notices.
    delivers: bool,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::with("")
    }

    /// The shipped configuration where the mail server takes nothing by itself.
    fn undelivered() -> Self {
        Self { delivers: false, ..Self::new() }
    }

    /// The shipped configuration with more at its end.
    fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap();
        let clock = clock(&format!("{}\n{more}", include_str!("../../../config.example.toml")));
        Self { store, clock: Arc::new(clock), delivers: true, _folder: folder }
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> anyhow::Result<T> + Send + 'static,
    ) -> T {
        self.store.write(0, work).await.unwrap()
    }

    async fn open(&self, state: State, last_client_at: &str) -> TicketId {
        let at = at(last_client_at);
        let client = Mailbox { name: String::new(), address: Address::parse("ivan@client.example").unwrap() };
        let answered_at = (state == State::Answered).then_some(at);
        let opened = Ticket::opened(&client, "Отчёт", Language::Russian, "1", at);
        let ticket = Ticket { state, answered_at, ..opened };
        self.write(move |tx| tx.insert_ticket(&ticket)).await
    }

    /// A mail that is to be filed.
    async fn store_mail(&self, now: &str) -> MailId {
        let mail = NewMail {
            key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid: 1 },
            internal_date: None,
            stored_at: at(now),
            packed: PackedRaw::pack(b"no sense").unwrap(),
            over_limit: None,
        };
        self.write(move |tx| match tx.store_mail(&mail)? {
            Stored::New(id) | Stored::Duplicate(id) => Ok(id),
        })
        .await
    }

    /// Looks at the clock; gives the subjects of the new letters with their recipients.
    async fn tick(&self, now: &str) -> Vec<String> {
        self.tick_by(&self.clock, at(now)).await.iter().map(subject).collect()
    }

    /// Looks at a clock; gives the new letters.
    async fn tick_by(&self, clock: &Arc<Clock>, now: DateTime<Utc>) -> Vec<WholeLetter> {
        let clock = clock.clone();
        let before = self.letters().len();
        let told = self.write(move |tx| clock.tick(tx, now)).await;
        let letters = self.letters();
        assert_eq!(letters.len(), before + told);
        if self.delivers {
            self.deliver(now).await;
        }
        letters.into_iter().skip(before).collect()
    }

    /// The mail server takes all notices that wait; gives them.
    async fn deliver(&self, now: DateTime<Utc>) -> Vec<WholeLetter> {
        let sent = self
            .write(move |tx| {
                let mut sent = Vec::new();
                for claimed in tx.claim_due(now, 1000)? {
                    let letter = claimed.letter;
                    match letter.kind {
                        LetterKind::Notice => tx.record_sent(letter.id, "250", now)?,
                        LetterKind::Ask | LetterKind::Accept | LetterKind::Answer => {
                            tx.record_unreachable(letter.id, "", now)?
                        }
                    }
                    sent.extend((letter.kind == LetterKind::Notice).then_some(letter.id));
                }
                Ok(sent)
            })
            .await;
        self.letters().into_iter().filter(|letter| sent.contains(&letter.id)).collect()
    }

    fn letters(&self) -> Vec<WholeLetter> {
        let whole = |reader: &Reader<'_>| {
            let letters = reader.outbox(None)?.into_iter().filter(|letter| letter.last_error != NO_ROOM);
            Ok(letters.map(|letter| WholeLetter::of(letter, reader)).collect())
        };
        self.store.read_now(whole).unwrap()
    }

    fn state(&self, ticket: TicketId) -> State {
        self.store.read_now(|reader| reader.ticket(ticket)).unwrap().unwrap().state
    }
}

fn subject(letter: &WholeLetter) -> String {
    assert_eq!((letter.kind, &letter.envelope_from, letter.ticket), (LetterKind::Notice, &None, None));
    let mail = crate::mail::parse(&letter.raw);
    assert_eq!(mail.message_id.as_ref(), Some(&letter.message_id));
    format!("{}: {}", letter.to, mail.subject)
}

const AGENTS: &str = "engineers@m2mail.ru";

#[tokio::test]
async fn each_cause_is_told_once_and_survives_a_restart_of_the_clock() {
    let bench = Bench::new();
    // A Thursday; nobody works before 9:00 in Moscow.
    let first = bench.open(State::Open, "2026-05-14T04:00:00Z").await;
    assert_eq!(bench.tick("2026-05-14T05:59:59Z").await, [""; 0]);
    let new = |ticket| format!("{AGENTS}: askback: № {ticket}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, [new(1)]);
    assert_eq!(bench.tick("2026-05-14T06:00:01Z").await, [""; 0]);
    bench.open(State::Open, "2026-05-14T06:01:00Z").await;
    let held = bench.store_mail("2026-05-14T06:01:00Z").await;
    bench.write(move |tx| tx.hold(held, "three deaths", at("2026-05-14T06:01:00Z"))).await;
    let held = format!("{AGENTS}: askback: 1 письмо не разобрано");
    assert_eq!(bench.tick("2026-05-14T06:02:00Z").await, [new(2), held]);
    assert_eq!(bench.tick("2026-05-14T12:45:00Z").await, [format!("{AGENTS}: askback: 1 срочное")]);
    // The next morning has a digest, with the mail that waits still; the head hears at noon.
    let morning = format!("{AGENTS}: askback: 2 просроченных, сводка");
    assert_eq!(bench.tick("2026-05-15T06:01:00Z").await, [morning]);
    let noon = bench.tick("2026-05-15T10:01:00Z").await;
    assert_eq!(noon, ["ag@m2mail.ru: askback: 2 требуют вмешательства"]);
    assert_eq!(bench.tick("2026-05-15T10:02:00Z").await, [""; 0]);
    // The client writes again: a new clock.
    bench
        .write(move |tx| {
            let ticket = tx.ticket(first)?.unwrap();
            tx.update_ticket(&Ticket { last_client_at: at("2026-05-15T11:00:00Z"), ..ticket })
        })
        .await;
    assert_eq!(bench.tick("2026-05-15T11:01:00Z").await, [new(1)]);
    // A clock that jumps a year ahead and back again.
    let jumped = bench.tick("2027-05-17T09:00:00Z").await;
    assert_eq!(
        jumped,
        ["ag@m2mail.ru: askback: 1 требует вмешательства", &format!("{AGENTS}: askback: сводка")]
    );
    assert_eq!(bench.tick("2026-05-15T11:02:00Z").await, [""; 0]);
}

#[tokio::test]
async fn an_old_database_is_one_letter_each_at_the_first_start() {
    let bench = Bench::new();
    for _ in 0..30 {
        bench.open(State::Open, "2026-03-02T07:00:00Z").await;
        bench.open(State::Incomplete, "2026-03-02T07:00:00Z").await;
    }
    let head = "ag@m2mail.ru: askback: 30 требуют вмешательства";
    assert_eq!(bench.tick("2026-05-14T12:00:00Z").await, [head, &format!("{AGENTS}: askback: сводка")]);
    assert_eq!(bench.tick("2026-05-14T12:01:00Z").await, [""; 0]);
    assert_eq!(bench.tick("2026-05-15T06:00:00Z").await, [format!("{AGENTS}: askback: сводка")]);
}

/// The mailbox could not be read since Monday, and on Thursday all comes at once; or the morning's digest is switched off.
#[tokio::test]
async fn what_is_long_overdue_at_first_sight_is_told_at_once_in_one_letter_each() {
    let example = include_str!("../../../config.example.toml");
    let without_digest = clock(&example.replace("#digest = true", "digest = false"));
    assert!(
        !without_digest
            .policy
            .recipients
            .contains(&(nudge::Cause::Digest, vec![Address::parse(AGENTS).unwrap()]))
    );
    for (clock, looked_before) in [(clock(example), true), (without_digest, false)] {
        let (bench, clock) = (Bench::new(), Arc::new(clock));
        if looked_before {
            assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, [""; 0], "there is nothing to say");
        }
        for _ in 0..50 {
            bench.open(State::Open, "2026-05-11T07:00:00Z").await;
        }
        let letters = bench.tick_by(&clock, at("2026-05-14T08:00:00Z")).await;
        let subjects: Vec<String> = letters.iter().map(subject).collect();
        let agents = format!("{AGENTS}: askback: 50 просроченных");
        assert_eq!(subjects, ["ag@m2mail.ru: askback: 50 требуют вмешательства", &agents]);
        for letter in &letters {
            let text = crate::mail::parse(&letter.raw).text.full;
            assert!(text.contains("№ 1 ") && text.contains("… и ещё 10\n"), "{text}");
            assert!(text.lines().count() < 100);
        }
        assert_eq!(bench.tick_by(&clock, at("2026-05-14T08:01:00Z")).await, []);
    }
}

/// An old mailbox is read for the first time, for longer than a minute.
#[tokio::test]
async fn what_an_import_brings_is_told_when_all_is_here_or_once_an_hour() {
    let bench = Bench::new();
    let mail = bench.store_mail("2026-05-14T06:00:00Z").await;
    assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, [""; 0]);
    let told = |count: &str| {
        let head = if count == "1" { "требует" } else { "требуют" };
        let agents = if count == "1" { "просроченное" } else { "просроченных" };
        [
            format!("ag@m2mail.ru: askback: {count} {head} вмешательства"),
            format!("{AGENTS}: askback: {count} {agents}"),
        ]
    };
    for minute in 1..60 {
        bench.open(State::Open, "2026-05-11T07:00:00Z").await;
        assert_eq!(bench.tick(&format!("2026-05-14T06:{minute:02}:00Z")).await, [""; 0]);
    }
    let [head, _] = told("59");
    assert_eq!(bench.tick("2026-05-14T07:00:00Z").await, [head, format!("{AGENTS}: askback: сводка")]);
    bench.open(State::Open, "2026-05-11T07:00:00Z").await;
    let new = bench.open(State::Open, "2026-05-14T07:00:00Z").await;
    let new = format!("{AGENTS}: askback: № {new}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T07:01:00Z").await, [new], "what is fresh does not wait");
    bench
        .write(move |tx| {
            tx.set_disposition(
                mail,
                crate::ticket::Disposition::Automatic,
                None,
                "",
                at("2026-05-14T07:02:00Z"),
            )
        })
        .await;
    let [head, _] = told("1");
    let late = format!("{AGENTS}: askback: № 60, просрочено, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T07:02:00Z").await, [head, late]);
    assert_eq!(bench.tick("2026-05-14T07:03:00Z").await, [""; 0]);
}

#[tokio::test]
async fn only_an_answer_that_has_gone_out_stops_the_clock() {
    let bench = Bench::new();
    let answered = bench.open(State::Open, "2026-05-14T07:00:00Z").await;
    let noted = bench.open(State::Open, "2026-05-14T07:00:00Z").await;
    let new = |ticket: TicketId| format!("{AGENTS}: askback: № {ticket}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T07:00:01Z").await, [new(answered), new(noted)]);
    let message = move |ticket, direction| Message {
        ticket,
        mail: None,
        outbox: None,
        direction,
        message_id: MessageId::parse(&format!("{ticket}@agent")),
        author: Address::parse(AGENTS).ok(),
        subject: String::new(),
        own_text: String::new(),
        kind: None,
        at: at("2026-05-14T08:00:00Z"),
    };
    bench
        .write(move |tx| {
            tx.insert_message(&message(answered, Direction::Out), None)?;
            tx.insert_message(&message(noted, Direction::In), None)?;
            let sent = GoneOut { references: &[], at: at("2026-05-14T08:00:00Z"), how: "seen" };
            tx.answer_gone_out(answered, &sent, EventSubject::default(), at("2026-05-14T08:00:01Z"))
        })
        .await;
    assert_eq!((bench.state(answered), bench.state(noted)), (State::Answered, State::Open));
    assert_eq!(bench.tick("2026-05-14T14:00:00Z").await, [format!("{AGENTS}: askback: 1 срочное")]);

    // The answer comes back: the clock begins anew, and the agents hear of it once.
    bench
        .write(move |tx| {
            let id = MessageId::parse(&format!("{answered}@agent")).unwrap();
            let subject = EventSubject { ticket: Some(answered), ..EventSubject::default() };
            tx.answer_returned(answered, &id, "no such user", subject, at("2026-05-14T14:01:00Z"))
        })
        .await;
    assert_eq!(bench.state(answered), State::Open);
    let told = bench.tick("2026-05-14T14:02:00Z").await;
    let returned = format!("{AGENTS}: askback: № {answered}, ответ не дошёл до клиента: Отчёт");
    assert_eq!(told, [returned]);
    assert_eq!(bench.tick("2026-05-14T14:03:00Z").await, [""; 0]);

    // By hand, long after: it is new, once.
    let old = bench.open(State::Closed, "2026-04-01T07:00:00Z").await;
    bench
        .write(move |tx| {
            let ticket = tx.ticket(old)?.unwrap();
            let reopened_at = Some(at("2026-05-14T14:04:00Z"));
            tx.update_ticket(&Ticket { state: State::Open, reopened_at, ..ticket })
        })
        .await;
    let new = format!("{AGENTS}: askback: № {old}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T14:04:01Z").await, [new]);
    assert_eq!(bench.tick("2026-05-14T14:05:00Z").await, [""; 0]);
}

#[tokio::test]
async fn each_ticket_has_the_limit_of_the_regulation_that_judged_it() {
    let more = "[[regulation]]\nversion = \"2\"\neffective_from = \"2026-05-15\"\nreaction = \"2h\"\n";
    let bench = Bench::with(more);
    // A Friday. One wrote before the new version was published, the other after.
    bench.open(State::Open, "2026-05-14T14:00:00Z").await;
    let new = bench.open(State::Open, "2026-05-15T06:00:00Z").await;
    bench
        .write(move |tx| {
            let ticket = tx.ticket(new)?.unwrap();
            tx.update_ticket(&Ticket { regulation: "2".to_owned(), ..ticket })
        })
        .await;
    assert_eq!(bench.tick("2026-05-15T06:00:01Z").await.len(), 2, "both are new");
    assert_eq!(bench.tick("2026-05-15T07:59:59Z").await, [format!("{AGENTS}: askback: 1 срочное")]);
    assert_eq!(bench.tick("2026-05-15T08:00:00Z").await, [format!("{AGENTS}: askback: 1 просроченное")]);
    assert_eq!(bench.tick("2026-05-15T11:45:00Z").await, [format!("{AGENTS}: askback: 1 срочное")]);
    let head = "ag@m2mail.ru: askback: 1 требует вмешательства";
    assert_eq!(bench.tick("2026-05-15T12:00:00Z").await, [head]);
    assert_eq!(bench.tick("2026-05-15T14:00:00Z").await, [format!("{AGENTS}: askback: 1 просроченное")]);
}

#[tokio::test]
async fn silence_closes_answered_tickets_only() {
    let bench = Bench::new();
    let answered = bench.open(State::Answered, "2026-05-14T12:00:00Z").await;
    let incomplete = bench.open(State::Incomplete, "2026-05-14T12:00:00Z").await;
    bench.tick("2026-05-21T11:59:59Z").await;
    assert_eq!(bench.state(answered), State::Answered);
    bench.tick("2026-05-21T12:00:00Z").await;
    assert_eq!((bench.state(answered), bench.state(incomplete)), (State::Closed, State::Incomplete));
    let events = bench.store.read_now(|reader| reader.events(answered)).unwrap();
    let said: Vec<_> = events.iter().map(|event| (event.what.as_str(), event.detail.as_str())).collect();
    assert_eq!(said, [("closed", "nothing was heard for 5d of working time")]);
}

#[tokio::test]
async fn silence_closes_what_the_client_took_back() {
    let bench = Bench::new();
    let withdrawn = bench.open(State::Open, "2026-05-14T12:00:00Z").await;
    bench
        .write(move |tx| {
            let ticket = tx.ticket(withdrawn)?.unwrap();
            tx.update_ticket(&Ticket { withdrawn_at: Some(ticket.last_client_at), ..ticket })
        })
        .await;
    let told = format!("{AGENTS}: askback: № {withdrawn}, вопрос снят: Отчёт");
    assert_eq!(bench.tick("2026-05-14T12:00:01Z").await, [told]);
    assert_eq!(bench.tick("2026-05-15T14:00:00Z").await, [format!("{AGENTS}: askback: сводка")]);
    bench.tick("2026-05-21T11:59:59Z").await;
    assert_eq!(bench.state(withdrawn), State::Open);
    assert_eq!(bench.tick("2026-05-21T12:00:00Z").await, [""; 0]);
    let closed = bench.store.read_now(|reader| reader.ticket(withdrawn)).unwrap().unwrap();
    assert_eq!((closed.state, closed.first_unanswered_at), (State::Closed, None));
}

#[tokio::test(start_paused = true)]
async fn the_task_ends_when_it_is_told_to() {
    let bench = Bench::new();
    let stop = watch::Sender::new(false);
    let ring = || Arc::new(Notify::new());
    let task = run(bench.store.clone(), bench.clock.clone(), ring(), ring(), stop.subscribe());
    stop.send_replace(true);
    task.await.unwrap();
}
