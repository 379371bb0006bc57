//! What is told after an outage: of the mailbox, of the mail server, of askback itself.

use super::*;
use crate::imap::Progress;
use crate::mail::packed::PackedRaw;
use crate::store::{OutboxId, OutboxState};

/// The shipped configuration that watches these folders, none of which has been seen yet.
fn watching(folders: &[&str]) -> Bench {
    let mut bench = Bench::new();
    Arc::get_mut(&mut bench.clock).unwrap().folders =
        folders.iter().map(|&folder| folder.to_owned()).collect();
    bench
}

impl Bench {
    /// A letter to the client of this ticket, which waits for the mail server.
    async fn letter(&self, kind: LetterKind, ticket: TicketId, written: &str) -> OutboxId {
        let letter = crate::store::NewLetter {
            kind,
            ticket: Some(ticket),
            answers_mail: None,
            envelope_from: None,
            to: Address::parse("ivan@client.example").unwrap(),
            message_id: MessageId::parse(&format!("{kind}.{ticket}@m2mail.ru")).unwrap(),
            packed: PackedRaw::pack(b"?").unwrap(),
            due_at: at(written),
            asked: Vec::new(),
        };
        let written = at(written);
        self.write(move |tx| tx.enqueue(&letter, written)).await
    }

    fn caught_up(&self, folder: &str) {
        self.clock.status.mailbox(folder, Progress::CaughtUp { unmarked: None });
    }
}

/// After a weekend without askback: the answer to what is overdue lies unread in the folder for sent mail.
#[tokio::test]
async fn nothing_is_overdue_before_all_folders_have_been_seen() {
    let bench = watching(&["support", "support sent"]);
    bench.open(State::Open, "2026-05-13T07:00:00Z").await;
    bench.open(State::Open, "2026-05-14T05:00:00Z").await;
    bench.open(State::Incomplete, "2026-05-13T08:00:00Z").await;
    let new = format!("{AGENTS}: askback: № 2, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T11:30:00Z").await, [new], "what is new does not wait");
    bench.caught_up("support");
    assert_eq!(bench.tick("2026-05-14T11:31:00Z").await, [""; 0]);
    bench.caught_up("support sent");
    let mail = bench.store_mail("2026-05-14T11:31:00Z").await;
    assert_eq!(bench.tick("2026-05-14T11:32:00Z").await, [""; 0], "it is to be filed");
    bench
        .write(move |tx| {
            let ticket = tx.ticket(TicketId(1))?.unwrap();
            tx.update_ticket(&Ticket { state: State::Answered, first_unanswered_at: None, ..ticket })?;
            let now = at("2026-05-14T11:32:00Z");
            tx.set_disposition(mail, crate::ticket::Disposition::Filed, Some(TicketId(1)), "", now)
        })
        .await;
    let told = bench.tick("2026-05-14T11:33:00Z").await;
    assert_eq!(told, [format!("{AGENTS}: askback: 1 клиент молчит, сводка")]);
}

#[tokio::test]
async fn a_server_that_stays_away_silences_nothing_for_ever() {
    let bench = watching(&["support"]);
    bench.open(State::Open, "2026-05-13T07:30:00Z").await;
    let overdue = format!("{AGENTS}: askback: № 1, просрочено, новое от клиента: Отчёт");
    // Somebody looked two days ago, in another outage.
    bench.write(|tx| tx.put_moment(WAITS_SINCE, at("2026-05-12T06:00:00Z"))).await;
    bench.tick("2026-05-14T07:40:00Z").await;
    assert_eq!(bench.tick("2026-05-14T08:39:59Z").await, [""; 0]);
    assert_eq!(bench.tick("2026-05-14T08:40:00Z").await, [overdue]);
    // It comes back, and goes again.
    bench.caught_up("support");
    assert_eq!(bench.tick("2026-05-14T08:41:00Z").await, [""; 0]);
    let gone = Progress::Offline { why: String::new(), again_in: 1, refused_login: false };
    bench.clock.status.mailbox("support", gone);
    let head = "ag@m2mail.ru: askback: 1 требует вмешательства";
    assert_eq!(bench.tick("2026-05-14T11:30:00Z").await, [""; 0]);
    bench.caught_up("support");
    assert_eq!(bench.tick("2026-05-14T11:31:00Z").await, [head]);
}

/// The question waits for the mail server; the client cannot answer what he has not got.
#[tokio::test]
async fn a_client_is_silent_only_once_he_was_asked() {
    let bench = Bench::new();
    let ticket = bench.open(State::Incomplete, "2026-05-13T07:00:00Z").await;
    let ask = bench.letter(LetterKind::Ask, ticket, "2026-05-13T07:00:00Z").await;
    let silent = |text: &str| text.contains("молчит");
    assert!(!bench.tick("2026-05-14T07:01:00Z").await.iter().any(|text| silent(text)));
    bench
        .write(move |tx| {
            tx.claim_due(at("2026-05-14T08:00:00Z"), 9)?;
            tx.record_sent(ask, "250", at("2026-05-14T08:00:00Z"))
        })
        .await;
    assert_eq!(bench.tick("2026-05-15T06:59:00Z").await, [format!("{AGENTS}: askback: сводка")]);
    assert_eq!(bench.tick("2026-05-15T07:00:00Z").await, [format!("{AGENTS}: askback: 1 клиент молчит")]);
}

/// The mail server is away from Thursday on; what waits for it is what is so when it comes back.
#[tokio::test]
async fn after_an_outage_of_the_mail_server_one_table_says_what_is_so_now() {
    let bench = Bench::undelivered();
    let told = |letters: Vec<WholeLetter>| letters.iter().map(subject).collect::<Vec<_>>();
    let overdue = bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    let answered = bench.open(State::Open, "2026-05-14T06:10:00Z").await;
    let new = |ticket| format!("{AGENTS}: askback: № {ticket}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T06:11:00Z").await, [new(overdue), new(answered)]);
    assert_eq!(told(bench.deliver(at("2026-05-14T06:11:01Z")).await).len(), 2);
    bench.tick("2026-05-14T12:45:00Z").await;
    assert_eq!(bench.tick("2026-05-14T12:55:00Z").await, [format!("{AGENTS}: askback: 2 срочных")]);
    assert_eq!(bench.tick("2026-05-14T12:56:00Z").await, [""; 0], "nothing is new");
    bench
        .write(|tx| {
            let now = at("2026-05-14T12:57:00Z");
            let mut waiting = tx.claim_due(now, 9)?.into_iter();
            waiting.try_for_each(|claimed| tx.record_unreachable(claimed.letter.id, "nobody there", now))
        })
        .await;
    bench.tick("2026-05-15T06:05:00Z").await;
    bench.tick("2026-05-15T06:11:00Z").await;
    let waits = || bench.letters().into_iter().filter(|letter| letter.state == OutboxState::Waiting);
    let waiting = |letter: WholeLetter| (subject(&letter), letter.created_at);
    let one = waits().map(waiting).collect::<Vec<_>>();
    let both = format!("{AGENTS}: askback: 2 просроченных");
    assert_eq!(one, [(both, at("2026-05-14T12:45:00Z"))], "it has waited since");
    let held_up = bench.store.read_now(|reader| reader.held_up(at("2026-05-15T06:11:01Z"))).unwrap();
    assert_eq!(held_up, Some((1, "nobody there".to_owned())), "the status line goes on to say why");
    // One of them is answered, then it is night, then the server is back.
    bench
        .write(move |tx| {
            let ticket = tx.ticket(answered)?.unwrap();
            let state = State::Answered;
            tx.update_ticket(&Ticket {
                state,
                first_unanswered_at: None,
                answered_at: Some(ticket.last_client_at),
                ..ticket
            })
        })
        .await;
    assert_eq!(bench.tick("2026-05-15T19:00:00Z").await, [""; 0]);
    assert_eq!(waits().count(), 0, "what it says has passed, and nobody is told at night");
    let third = bench.open(State::Open, "2026-05-16T07:00:00Z").await;
    let monday = bench.tick("2026-05-18T06:00:00Z").await;
    let head = "ag@m2mail.ru: askback: 1 требует вмешательства".to_owned();
    assert_eq!(monday, [head, new(third), format!("{AGENTS}: askback: сводка")]);
    assert_eq!(told(bench.deliver(at("2026-05-18T06:01:00Z")).await), monday);
    assert_eq!(bench.tick("2026-05-18T06:02:00Z").await, [""; 0]);
}

#[tokio::test]
async fn a_digest_dies_with_its_day_and_a_new_request_keeps_its_letter() {
    let bench = Bench::undelivered();
    bench.open(State::Incomplete, "2026-05-14T06:00:00Z").await;
    let new = bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    let digest = format!("{AGENTS}: askback: сводка");
    let letter = format!("{AGENTS}: askback: № {new}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T06:01:00Z").await, [letter.clone(), digest]);
    // It is due soon, and the letter with the client's words stands beside that.
    let soon = format!("{AGENTS}: askback: 1 срочное, сводка");
    assert_eq!(bench.tick("2026-05-14T12:45:00Z").await, [soon]);
    assert_eq!(bench.tick("2026-05-14T21:30:00Z").await, [""; 0]);
    let morning = format!("{AGENTS}: askback: 1 просроченное, 1 клиент молчит");
    assert_eq!(bench.tick("2026-05-15T06:01:00Z").await, std::slice::from_ref(&morning));
    let sent = bench.deliver(at("2026-05-15T06:02:00Z")).await;
    assert_eq!(sent.iter().map(subject).collect::<Vec<_>>(), [letter, morning]);
}

/// One was being tried just when there was more to tell.
#[tokio::test]
async fn two_tables_that_wait_become_one() {
    let bench = Bench::undelivered();
    bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    bench.open(State::Open, "2026-05-14T06:10:00Z").await;
    bench.tick("2026-05-14T06:11:00Z").await;
    bench.deliver(at("2026-05-14T06:11:01Z")).await;
    let soon = |soon: &str| [format!("{AGENTS}: askback: {soon}")];
    assert_eq!(bench.tick("2026-05-14T12:45:00Z").await, soon("1 срочное"));
    let claimed = bench.write(|tx| tx.claim_due(at("2026-05-14T12:54:59Z"), 9)).await.remove(0).letter.id;
    assert_eq!(bench.tick("2026-05-14T12:55:00Z").await, soon("1 срочное"));
    bench.write(move |tx| tx.record_unreachable(claimed, "nobody there", at("2026-05-14T12:55:01Z"))).await;
    assert_eq!(bench.tick("2026-05-14T12:56:00Z").await, soon("2 срочных"));
    assert_eq!(bench.deliver(at("2026-05-14T12:57:00Z")).await.len(), 1);
}

/// Who may have it already must not get it again in other words, nor be told that it was taken back.
#[tokio::test]
async fn a_notice_that_may_have_arrived_is_left_alone() {
    let bench = Bench::undelivered();
    bench.open(State::Open, "2026-05-13T07:00:00Z").await;
    bench
        .write(|tx| {
            tx.tell(&key(nudge::Cause::AgentsTurn, 1, "2026-05-13T07:00:00Z"), at("2026-05-13T07:00:00Z"))
        })
        .await;
    assert_eq!(bench.tick("2026-05-14T07:01:00Z").await, [format!("{AGENTS}: askback: 1 просроченное")]);
    let id = bench.letters()[0].id;
    bench
        .write(move |tx| {
            let now = at("2026-05-14T07:02:00Z");
            tx.claim_due(now, 9)?;
            let about = EventSubject { outbox: Some(id), ..EventSubject::default() };
            tx.event(now, about, OutboxState::Ambiguous.into(), "cut off")?;
            tx.record_retry(id, "cut off", at("2026-05-14T08:02:00Z"))
        })
        .await;
    bench
        .write(|tx| {
            let ticket = tx.ticket(TicketId(1))?.unwrap();
            tx.update_ticket(&Ticket { state: State::Answered, first_unanswered_at: None, ..ticket })
        })
        .await;
    bench.tick("2026-05-14T07:03:00Z").await;
    assert_eq!(bench.letters()[0].state, OutboxState::Waiting);
}

fn key(cause: nudge::Cause, subject: i64, clock: &str) -> Key {
    Key { cause, subject, clock: at(clock) }
}

/// «Инженер ответит вам до 10:00 четверга», read on Friday.
#[tokio::test]
async fn a_confirmation_is_not_sent_once_its_time_has_passed() {
    let bench = Bench::undelivered();
    let late = bench.open(State::Open, "2026-05-13T07:00:00Z").await;
    let read_late = bench.open(State::Open, "2026-05-13T07:00:00Z").await;
    bench.letter(LetterKind::Accept, late, "2026-05-13T07:01:00Z").await;
    // Written when the time had passed already, it promises none.
    bench.letter(LetterKind::Accept, read_late, "2026-05-14T07:30:00Z").await;
    let states = || {
        let letters = bench.store.read_now(|reader| reader.outbox(None)).unwrap();
        let of = |ticket| letters.iter().find(|letter| letter.ticket == Some(ticket)).unwrap().state;
        [late, read_late].map(of)
    };
    bench.tick("2026-05-14T06:59:00Z").await;
    assert_eq!(states(), [OutboxState::Waiting; 2]);
    bench.tick("2026-05-14T07:31:00Z").await;
    assert_eq!(states(), [OutboxState::Cancelled, OutboxState::Waiting]);
}

/// The folder was away for longer than silence lasts: the withdrawal is told before it closes anything.
#[tokio::test]
async fn what_nobody_has_heard_of_closes_nothing() {
    let bench = Bench::new();
    let ticket = bench.open(State::Open, "2026-05-04T07:00:00Z").await;
    bench
        .write(move |tx| {
            let found = tx.ticket(ticket)?.unwrap();
            tx.update_ticket(&Ticket { withdrawn_at: Some(found.turn_since()), ..found })
        })
        .await;
    let state = || bench.store.read_now(|reader| reader.ticket(ticket)).unwrap().unwrap().state;
    let told = bench.tick("2026-05-14T08:00:00Z").await;
    assert!(told.iter().any(|text| text.contains("вопрос снят")), "{told:?}");
    assert_eq!(state(), State::Open);
    bench.tick("2026-05-14T08:01:00Z").await;
    assert_eq!(state(), State::Closed);
}

/// Nobody got the digest of Thursday: Friday's goes on where Wednesday's ended. Nor did the head hear.
#[tokio::test]
async fn what_a_dead_notice_told_is_told_again() {
    let bench = Bench::undelivered();
    let ticket = bench.open(State::Open, "2026-05-12T07:00:00Z").await;
    bench.open(State::Incomplete, "2026-05-14T07:00:00Z").await;
    bench.tick("2026-05-14T08:00:00Z").await;
    let told = async |cause: Cause| {
        let conn = rusqlite::Connection::open(bench._folder.path().join("askback.db")).unwrap();
        conn.query_row("SELECT count(*) FROM told WHERE cause = ?1", [cause], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!((told(Cause::Digest).await, told(Cause::Escalated).await), (1, 1));
    bench
        .write(move |tx| {
            let found = tx.ticket(ticket)?.unwrap();
            let now = at("2026-05-14T22:00:00Z");
            tx.update_ticket(&Ticket { last_client_at: now, ..found })
        })
        .await;
    bench.tick("2026-05-15T06:01:00Z").await;
    assert_eq!((told(Cause::Digest).await, told(Cause::Escalated).await), (1, 1), "and once");
}
