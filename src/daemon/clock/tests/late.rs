//! What is late when it is first seen, and who has waited for long.

use super::*;
use crate::store::event::HELD_BACK;
use crate::ticket::agent::HeldBack;

impl Bench {
    /// The text of the last letter.
    fn text(&self) -> String {
        crate::mail::parse(&self.letters().pop().unwrap().raw).text.full
    }

    /// The client writes again.
    async fn writes(&self, ticket: TicketId, now: &str) {
        let last_client_at = at(now);
        self.write(move |tx| {
            let ticket = tx.ticket(ticket)?.unwrap();
            tx.update_ticket(&Ticket { last_client_at, ..ticket })
        })
        .await;
    }
}

/// askback was away for two days: agents hear of each with the client's words, and that it is late.
#[tokio::test]
async fn a_request_that_is_late_when_first_seen_has_its_letter() {
    let bench = Bench::new();
    bench.open(State::Open, "2026-05-13T10:30:00Z").await;
    bench.open(State::Open, "2026-05-14T06:00:00Z").await;
    let letter = |number, news| format!("{AGENTS}: askback: № {number}, {news}, новое от клиента: Отчёт");
    assert_eq!(bench.tick("2026-05-14T14:00:00Z").await, [letter(1, "просрочено"), letter(2, "срочно")]);
    let text = bench.text();
    assert!(text.contains("Ответить до: 14.05 18:00 (скоро)"), "{text}");
    // That it was late is told; when the other is, a row will do.
    assert_eq!(bench.tick("2026-05-14T14:01:00Z").await, [""; 0]);
    let morning = bench.tick("2026-05-15T06:00:00Z").await;
    assert!(morning.contains(&format!("{AGENTS}: askback: 1 просроченное, сводка")), "{morning:?}");
}

/// «Есть новости?» each morning: the reaction counts from there, and the head hears all the same, once a day.
#[tokio::test]
async fn who_asks_every_day_is_seen_to_wait() {
    let bench = Bench::new();
    let ticket = bench.open(State::Open, "2026-05-11T06:10:00Z").await;
    let head = "ag@m2mail.ru: askback: 1 требует вмешательства".to_owned();
    let new = format!("{AGENTS}: askback: № {ticket}, новое от клиента: Отчёт");
    bench.tick("2026-05-11T06:11:00Z").await;
    bench.writes(ticket, "2026-05-12T06:00:00Z").await;
    assert_eq!(bench.tick("2026-05-12T06:01:00Z").await, std::slice::from_ref(&new));
    assert!(
        bench.text().contains("Ответить до: 12.05 18:00\nЖдёт ответа с: 11.05 09:10"),
        "{}",
        bench.text()
    );
    // Its reaction would have been overdue for four hours now.
    assert_eq!(bench.tick("2026-05-12T10:10:00Z").await, std::slice::from_ref(&head));
    assert!(
        bench.text().contains("до 12.05 18:00") && bench.text().contains("\n      ждёт с 11.05 09:10\n"),
        "{}",
        bench.text()
    );
    bench.writes(ticket, "2026-05-12T11:00:00Z").await;
    assert_eq!(bench.tick("2026-05-12T11:01:00Z").await, std::slice::from_ref(&new), "once a day");
    bench.writes(ticket, "2026-05-13T06:00:00Z").await;
    assert_eq!(bench.tick("2026-05-13T06:01:00Z").await, [head, new]);
    assert_eq!(bench.tick("2026-05-13T08:01:00Z").await, [""; 0]);
}

/// Nobody of the readers gets a digest, or gets it later.
#[tokio::test]
async fn old_mails_that_wait_for_a_person_are_told_and_counted() {
    let without = include_str!("../../../../config.example.toml").replace("#digest = true", "digest = false");
    let (with, without) = (Bench::new(), Bench { clock: Arc::new(clock(&without)), ..Bench::new() });
    for (bench, told) in [(&with, "сводка"), (&without, "1 письмо не разобрано")] {
        let mail = bench.store_mail("2026-05-11T06:00:00Z").await;
        bench.write(move |tx| tx.hold(mail, "three deaths", at("2026-05-11T06:00:00Z"))).await;
        assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, [format!("{AGENTS}: askback: {told}")]);
        assert_eq!(bench.tick("2026-05-14T06:01:00Z").await, [""; 0]);
    }
    // The digest counts it as long as it waits.
    let digest = [format!("{AGENTS}: askback: сводка")];
    assert_eq!(with.tick("2026-05-15T06:00:00Z").await, digest);
    assert!(with.text().contains("(не разобраны или в карантине): 1\n"), "{}", with.text());
}

/// Those who were held back and have not written again.
#[tokio::test]
async fn the_digest_names_requests_whose_answers_were_not_sent_on() {
    let bench = Bench::new();
    let [waits, answered] = [
        bench.open(State::Open, "2026-05-13T06:00:00Z").await,
        bench.open(State::Open, "2026-05-13T06:00:00Z").await,
    ];
    let now = at("2026-05-13T08:00:00Z");
    bench
        .write(move |tx| {
            for (ticket, why) in
                [(waits, HeldBack::NoWords), (waits, HeldBack::Repeated), (answered, HeldBack::NoWords)]
            {
                let about = EventSubject { ticket: Some(ticket), ..EventSubject::default() };
                tx.event(now, about, HELD_BACK, &format!("not sent on: {}; he is told", why.why()))?;
            }
            let ticket = tx.ticket(answered)?.unwrap();
            tx.update_ticket(&Ticket { state: State::Answered, first_unanswered_at: None, ..ticket })
        })
        .await;
    bench.tick("2026-05-14T06:00:00Z").await;
    let line = format!("которые не отправлены клиентам: 1 (№ {waits})\n");
    assert!(bench.text().contains(&line), "{}", bench.text());
}
