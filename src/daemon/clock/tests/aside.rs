use super::*;
use crate::store::event::{AUTOMATIC, HELD_BACK, KNOWN_SET_ASIDE, SET_ASIDE};
use crate::ticket::{Disposition, TicketId};

impl Bench {
    /// A mail that belongs to no ticket, with this event.
    async fn note(&self, what: &'static str, uid: u32, now: &str) {
        self.note_of(None, what, uid, "News", now).await;
    }

    /// The same, or a note of a ticket.
    async fn note_of(
        &self,
        ticket: Option<TicketId>,
        what: &'static str,
        uid: u32,
        subject: &str,
        now: &str,
    ) {
        let now = at(now);
        let raw = format!("From: News <news{uid}@eta.test>\r\nSubject: {subject}\r\n\r\nNews\r\n");
        let mail = NewMail {
            key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid },
            internal_date: None,
            stored_at: now,
            packed: PackedRaw::pack(raw.as_bytes()).unwrap(),
            over_limit: None,
        };
        self.write(move |tx| {
            let Stored::New(id) = tx.store_mail(&mail)? else { panic!("it is new") };
            tx.event(now, EventSubject { mail: Some(id), ticket, ..EventSubject::default() }, what, "why")?;
            tx.set_disposition(id, Disposition::Automatic, ticket, "why", now)
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
        ["им не отвечаем): 2\n", "--disposition automatic\n", "  askback quarantine release N"]
            .iter()
            .all(|said| text().contains(said)),
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

#[tokio::test]
async fn the_digest_names_the_mails_of_programs_those_of_known_senders_first() {
    let bench = Bench::new();
    let (monday, ticket) = ("2026-05-13T20:00:00Z", bench.open(State::Closed, "2026-05-12T08:00:00Z").await);
    bench.note(KNOWN_SET_ASIDE, 1, monday).await;
    bench.note_of(Some(ticket), AUTOMATIC, 2, "Out of office\u{202e}\u{1b}[31m", monday).await;
    for uid in 3..13 {
        bench.note(SET_ASIDE, uid, monday).await;
    }
    // Our own, come back.
    bench.note(AUTOMATIC, 13, monday).await;
    bench.note_of(Some(ticket), "our own mail", 14, "Re: Report", monday).await;
    bench.tick("2026-05-14T06:00:00Z").await;
    let text = crate::mail::parse(&bench.letters().pop().unwrap().raw).text.full;
    let (_, listed) = text.split_once("(им не отвечаем): 12\n").expect(&text);
    let lines: Vec<&str> = listed.lines().take(11).map(str::trim).collect();
    assert!(
        lines[0].starts_with(&format!("№ {ticket}")) && lines[0].ends_with("Out of office [31m"),
        "{text}"
    );
    assert!(lines[1].contains("news1@eta.test"), "{text}");
    assert!(lines[2].contains("news12@eta.test") && lines[9].contains("news5@eta.test"), "{text}");
    assert_eq!(lines[10], "… и ещё 2", "{text}");
    assert!(!text.contains("news13@") && !text.contains("news14@"), "{text}");
    assert_eq!(bench.tick("2026-05-15T06:00:00Z").await, [""; 0], "once");
}
