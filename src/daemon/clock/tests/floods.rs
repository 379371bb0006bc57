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

    async fn texts(&self, now: &str) -> Vec<String> {
        let letters = self.tick_by(&self.clock, at(now)).await;
        letters.iter().map(|letter| crate::mail::parse(&letter.raw).text.full).collect()
    }
}

#[tokio::test]
async fn strangers_hide_no_registered_client_and_are_told_of_later() {
    let bench = Bench::new();
    bench
        .write(|tx| {
            let (alfa, _) = tx.enter_organisation("Альфа", None)?;
            let address = Address::parse("anna@alfa.test").unwrap();
            tx.enter_person(alfa, &Person { address, name: String::new() })
        })
        .await;
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

fn text(letter: &Letter) -> String {
    crate::mail::parse(&letter.raw).text.full
}
