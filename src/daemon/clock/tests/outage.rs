//! What is told after an outage: of the mailbox, of the mail server, of askback itself.

use super::*;
use crate::imap::Progress;

/// The shipped configuration that watches these folders, none of which has been seen yet.
fn watching(folders: &[&str]) -> Bench {
    let mut bench = Bench::new();
    Arc::get_mut(&mut bench.clock).unwrap().folders =
        folders.iter().map(|&folder| folder.to_owned()).collect();
    bench
}

impl Bench {
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
    let overdue = format!("{AGENTS}: askback: 1 просроченное");
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
    let ask = crate::store::NewLetter {
        kind: LetterKind::Ask,
        ticket: Some(ticket),
        answers_mail: None,
        envelope_from: None,
        to: Address::parse("ivan@client.example").unwrap(),
        message_id: MessageId::parse("ask@m2mail.ru").unwrap(),
        raw: b"?".to_vec(),
        due_at: at("2026-05-13T07:00:00Z"),
        asked: Vec::new(),
    };
    let ask = bench.write(move |tx| tx.enqueue(&ask, at("2026-05-13T07:00:00Z"))).await;
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
