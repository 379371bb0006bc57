use super::*;
use crate::store::told::{HELD_BACK, SET_ASIDE};
use crate::ticket::Disposition;

impl Bench {
    /// A mail that belongs to no ticket, with this event.
    async fn note(&self, what: &'static str, uid: u32, now: &str) {
        let now = at(now);
        let mail = NewMail {
            key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid },
            internal_date: None,
            stored_at: now,
            packed: PackedRaw::pack(format!("From: news{uid}@eta.test\r\n\r\nNews\r\n").as_bytes()).unwrap(),
            over_limit: None,
        };
        self.write(move |tx| {
            let Stored::New(id) = tx.store_mail(&mail)? else { panic!("it is new") };
            tx.event(now, EventSubject { mail: Some(id), ..EventSubject::default() }, what, "why")?;
            tx.set_disposition(id, Disposition::Automatic, None, "why", now)
        })
        .await;
    }
}

#[tokio::test]
async fn the_digest_says_how_many_mails_of_programs_belong_to_no_request() {
    let bench = Bench::new();
    let digest = [format!("{AGENTS}: askback: сводка")];
    let text = || crate::mail::parse(&bench.letters().pop().unwrap().raw).text.full;
    // They alone are a digest, on the next working day.
    bench.note(SET_ASIDE, 1, "2026-05-13T08:00:00Z").await;
    bench.note(SET_ASIDE, 2, "2026-05-13T20:00:00Z").await;
    assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, digest);
    assert!(
        text().contains("им не отвечаем): 2\n") && text().contains("--disposition automatic"),
        "{}",
        text()
    );
    bench.note(SET_ASIDE, 3, "2026-05-14T08:00:00Z").await;
    assert_eq!(bench.tick("2026-05-14T08:01:00Z").await, [""; 0], "there has been one today");
    assert_eq!(bench.tick("2026-05-15T06:00:00Z").await, digest);
    assert!(text().contains("им не отвечаем): 1\n"), "{}", text());
    // Nothing new, nothing said.
    assert_eq!(bench.tick("2026-05-18T06:00:00Z").await, [""; 0]);
}

#[tokio::test]
async fn the_digest_says_how_many_answers_were_held_back() {
    let bench = Bench::new();
    bench.note(HELD_BACK, 1, "2026-05-13T08:00:00Z").await;
    assert_eq!(bench.tick("2026-05-14T06:00:00Z").await, [format!("{AGENTS}: askback: сводка")]);
    let text = crate::mail::parse(&bench.letters().pop().unwrap().raw).text.full;
    assert!(text.contains("которые не отправлены клиентам: 1\n  askback mails\n"), "{text}");
    assert_eq!(bench.tick("2026-05-15T06:00:00Z").await, [""; 0]);
}
