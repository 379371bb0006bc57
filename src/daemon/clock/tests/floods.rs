//! More requests at once than a letter has room for.

use super::*;
use crate::store::client::Person;

impl Bench {
    /// A new request of this client.
    async fn request(&self, client: String, at_: &str) -> TicketId {
        let client = Mailbox { name: String::new(), address: Address::parse(&client).unwrap() };
        let ticket = Ticket::opened(&client, "Отчёт", Language::Russian, "1", at(at_));
        self.write(move |tx| tx.insert_ticket(&ticket)).await
    }

    async fn register(&self, client: &str) {
        let address = Address::parse(client).unwrap();
        self.write(|tx| {
            let (alfa, _) = tx.enter_organisation("Альфа", None)?;
            tx.enter_person(alfa, &Person { address, name: String::new() })
        })
        .await;
    }

    async fn texts(&self, now: &str) -> Vec<String> {
        let letters = self.tick_by(&self.clock, at(now)).await;
        letters.iter().map(|letter| crate::mail::parse(&letter.raw).text.full).collect()
    }
}

#[tokio::test]
async fn strangers_hide_no_registered_client_and_are_told_of_later() {
    let bench = Bench::new();
    bench.register("anna@alfa.test").await;
    for number in 1..=60 {
        bench.request(format!("s{number}@stranger.test"), "2026-05-14T07:00:00Z").await;
    }
    bench.request("anna@alfa.test".to_owned(), "2026-05-14T07:00:00Z").await;
    let told = bench.texts("2026-05-14T07:00:01Z").await;
    let [own, table] = told.as_slice() else { panic!("{told:?}") };
    assert!(own.contains("anna@alfa.test") && table.contains("… и ещё 20\n"), "{told:?}");
    // A minute later there is nothing to say, but of her.
    assert_eq!(bench.texts("2026-05-14T07:01:01Z").await, [""; 0]);
    bench.request("anna@alfa.test".to_owned(), "2026-05-14T07:02:00Z").await;
    let told = bench.texts("2026-05-14T07:02:01Z").await;
    assert!(matches!(told.as_slice(), [own] if own.contains("anna@alfa.test")), "{told:?}");
    let told = bench.texts("2026-05-14T07:15:02Z").await;
    let [table] = told.as_slice() else { panic!("{told:?}") };
    assert!((41..=60).all(|number| table.contains(&format!("s{number}@stranger.test"))), "{table}");
    assert!(!table.contains("s40@stranger.test") && !table.contains("и ещё"), "{table}");
    assert_eq!(bench.texts("2026-05-14T07:30:03Z").await, [""; 0]);
}

/// His own request is no news to one of two, so that the other has one row more than there is room for.
#[tokio::test]
async fn what_one_letter_had_no_room_for_comes_later_though_another_had_it() {
    const OTHER: &str = "other@m2mail.ru";
    // Known clients come in the next letter, strangers after a quarter of an hour.
    for (known, empty, next) in
        [(40, None, "2026-05-14T07:01:01Z"), (5, Some("2026-05-14T07:01:01Z"), "2026-05-14T07:15:02Z")]
    {
        let bench = Bench::with(&format!("[[agent]]\naddress = \"{OTHER}\"\n"));
        bench.register("anna@alfa.test").await;
        bench.request(AGENTS.to_owned(), "2026-05-14T07:00:00Z").await;
        for number in 1..=40 {
            let client = if number <= known {
                "anna@alfa.test".to_owned()
            } else {
                format!("s{number}@stranger.test")
            };
            bench.request(client, "2026-05-14T07:00:00Z").await;
        }
        let first = bench.tick_by(&bench.clock, at("2026-05-14T07:00:01Z")).await;
        let names = |letter: &WholeLetter| subject(letter).contains("№ 41") || text(letter).contains("№ 41");
        let told = |letter: &WholeLetter| letter.to.as_str() == OTHER && names(letter);
        assert!(first.iter().any(names) && !first.iter().any(told));
        if let Some(empty) = empty {
            assert_eq!(bench.tick(empty).await, [""; 0]);
        }
        let then = bench.tick_by(&bench.clock, at(next)).await;
        let [one] = then.as_slice() else { panic!("{known}: {then:?}") };
        assert!(told(one), "{}", text(one));
        assert_eq!(bench.tick("2026-05-14T07:31:00Z").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_flood_that_goes_on_puts_nobody_off_for_ever() {
    let bench = Bench::new();
    let mut all = String::new();
    for minute in 0..=15 {
        for number in 1..=46 {
            bench
                .request(
                    format!("s{minute}x{number}@stranger.test"),
                    &format!("2026-05-14T07:{minute:02}:00Z"),
                )
                .await;
        }
        all.extend(bench.texts(&format!("2026-05-14T07:{minute:02}:01Z")).await);
        assert_eq!(all.contains(" s0x46@stranger.test"), minute == 15, "{minute}");
    }
    // What is left of the first quarter of an hour has its turn in the next ones, and not a letter a minute.
    for minute in 16..30 {
        assert_eq!(bench.texts(&format!("2026-05-14T07:{minute}:01Z")).await, [""; 0], "{minute}");
    }
    assert_eq!(bench.texts("2026-05-14T07:30:01Z").await.len(), 1);
}

/// The mail server is away meanwhile: what waits is told once it is back, in as few letters.
#[tokio::test]
async fn what_an_outage_has_kept_is_told_in_as_many_letters_as_it_takes() {
    let mut bench = Bench::undelivered();
    for minute in 0..10 {
        for number in 0..6 {
            bench
                .request(format!("s{minute}x{number}@stranger.test"), &format!("2026-05-14T07:0{minute}:00Z"))
                .await;
        }
        bench.tick(&format!("2026-05-14T07:0{minute}:01Z")).await;
    }
    let before = bench.letters().len();
    for minute in 10..40 {
        bench.tick(&format!("2026-05-14T07:{minute}:01Z")).await;
    }
    assert!(bench.letters().len() <= before + 3, "it does not write the same letter again and again");
    let mut all: String = bench.deliver(at("2026-05-14T07:40:00Z")).await.iter().map(text).collect();
    bench.delivers = true;
    for minute in [41, 57] {
        all.extend(bench.texts(&format!("2026-05-14T07:{minute}:01Z")).await);
    }
    for minute in 0..10 {
        for number in 0..6 {
            let client = format!("s{minute}x{number}@stranger.test");
            assert_eq!(all.matches(&format!(" {client}")).count(), 1, "{client} in {all}");
        }
    }
}

fn text(letter: &WholeLetter) -> String {
    crate::mail::parse(&letter.raw).text.full
}
