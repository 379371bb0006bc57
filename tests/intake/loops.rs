//! Who answers whatever comes: another askback, and an echo that leaves nothing by which a machine could be known.

use super::{INCOMPLETE, Office, agents, mail};
use crate::noise::noise;
use crate::whole_letter::WholeLetter;
use askback::config::Config;
use askback::intake::Desk;
use askback::request::State;
use askback::store::{Access, Store};
use askback::ticket::token::TokenKey;
use askback::ticket::{Disposition, State as TicketState, Ticket, TicketId};
use chrono::{TimeDelta, Utc};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

/// More rounds than any limit on letters to one address.
const ROUNDS: usize = 20;

/// Another support desk that runs askback.
fn other_desk() -> Desk {
    let example = include_str!("../../config.example.toml").replace("support@m2mail.ru", "help@other.test");
    let config = Config::parse(&example, Path::new("askback.toml")).unwrap();
    config.desk(TokenKey::new([9; 32]), Utc::now()).unwrap()
}

/// The letters that wait, which go out.
async fn post(office: &Office) -> Vec<WholeLetter> {
    let letters = office.waiting();
    if !letters.is_empty() {
        office.send_all().await;
    }
    letters
}

#[tokio::test]
async fn two_askbacks_do_not_talk_to_each_other() {
    // As they are, and with their letters' headers taken away on the way, but for those that any mail has.
    for stripped in [false, true] {
        let (mut ours, mut others) = (Office::new().await, Office::new().await);
        others.desk = Arc::new(other_desk());
        let first = mail("help@other.test", "m1@other.test", "", "Report", INCOMPLETE);
        ours.receive(&first).await;
        for round in 0..ROUNDS {
            for (from, to, name) in [(0, 1, "a"), (1, 0, "b")] {
                let letters = post(if from == 0 { &ours } else { &others }).await;
                for letter in letters {
                    let text = mail::parse(&letter.raw).text.full;
                    let raw = if stripped {
                        let (sender, recipient) = if from == 0 {
                            ("support@m2mail.ru", "help@other.test")
                        } else {
                            ("help@other.test", "support@m2mail.ru")
                        };
                        mail(
                            sender,
                            &format!("{name}{round}@relay.test"),
                            "",
                            &format!("Report {round}"),
                            &text,
                        )
                        .replace("To: support@m2mail.ru", &format!("To: {recipient}"))
                    } else {
                        String::from_utf8(letter.raw).unwrap()
                    };
                    if to == 1 {
                        others.receive(&raw).await
                    } else {
                        ours.receive(&raw).await
                    };
                }
            }
        }
        let count = (ours.letters().len(), others.letters().len());
        println!(
            "two askbacks, headers stripped: {stripped}: {} and {} letters in {ROUNDS} rounds",
            count.0, count.1
        );
        assert!((1..=3).contains(&count.0) && count.1 <= 3, "{count:?}");
    }
}

#[tokio::test]
async fn an_echo_without_any_mark_gets_three_letters_a_day() {
    let mut office = Office::new().await;
    office.receive(&mail("echo@alfa.test", "e@alfa.test", "", "Report", INCOMPLETE)).await;
    let mut echoes = 0;
    for round in 0..ROUNDS {
        for letter in post(&office).await {
            let text = mail::parse(&letter.raw).text.full;
            let subject = format!("Subject number {round}");
            office
                .receive(&mail("echo@alfa.test", &format!("e{round}@alfa.test"), "", &subject, &text))
                .await;
            echoes += 1;
        }
        // It also writes by itself.
        office
            .receive(&mail("echo@alfa.test", &format!("x{round}@alfa.test"), "", "Report", INCOMPLETE))
            .await;
    }
    let letters = office.letters().len();
    println!("an echo: {letters} letters in {ROUNDS} rounds, {echoes} echoes");
    assert!(letters <= 3 && echoes >= 1, "{letters} {echoes}");
}

#[tokio::test]
async fn a_mail_that_is_delivered_twice_is_one_request() {
    let mut office = Office::new().await;
    let received = |by: &str| format!("Received: from a by {by}; Thu, 26 Nov 2026 12:00:00 +0300\r\n");
    let first =
        office.receive(&mail("ivan@alfa.test", "m@alfa.test", &received("b"), "Отчёт", INCOMPLETE)).await;
    let again =
        office.receive(&mail("ivan@alfa.test", "m@alfa.test", &received("c"), "Отчёт", INCOMPLETE)).await;
    assert_eq!((again.ticket, again.disposition), (first.ticket, first.disposition), "{}", again.why);
    assert_eq!(office.letters().len(), 1);
    assert_eq!(again.why, "the same mail again: Message-ID, date, sender, subject, words and files");
    // Whoever takes the Message-ID for other words, or is somebody else, says something of his own.
    for (from, words) in
        [("ivan@alfa.test", "Не открывается карта в Wialon Hosting."), ("petr@alfa.test", INCOMPLETE)]
    {
        let other = office.receive(&mail(from, "m@alfa.test", "", "Отчёт", words)).await;
        assert_ne!(other.ticket, first.ticket, "{from}: {}", other.why);
    }
}

/// What a program sends each time that it happens, though always with one Message-ID, is news each time.
#[tokio::test]
async fn an_alarm_with_a_constant_message_id_is_news_also_when_its_ticket_is_closed() {
    let alarm = |head: &str| mail("bot@alfa.test", "const@alfa.test", head, "SOS", agents::COMPLETE);
    let dated = |at: &str, by: &str| {
        alarm(&format!("Received: from a by {by}; x\r\nDate: Thu, 26 Nov 2026 12:{at} +0300\r\n"))
    };
    let mut office = Office::new().await;
    let first = office.receive(&dated("00:00", "b")).await;
    let close = async |office: &Office| {
        let closed = Ticket { state: TicketState::Closed, closed_at: Some(Utc::now()), ..office.ticket(1) };
        office.store.write(0, move |tx| tx.update_ticket(&closed)).await.unwrap();
    };
    close(&office).await;
    let again = office.receive(&dated("00:00", "c")).await;
    assert_eq!((again.ticket, office.ticket(1).state), (first.ticket, TicketState::Closed), "{}", again.why);
    let alarm_again = office.receive(&dated("00:05", "d")).await;
    assert_eq!(
        (alarm_again.ticket, office.ticket(1).state),
        (first.ticket, TicketState::Open),
        "{}",
        alarm_again.why
    );

    // Without a date, what comes hours later.
    let received = |by: &str| alarm(&format!("Received: from a by {by}; x\r\n"));
    let mut office = Office::new().await;
    office.receive_late(&received("b"), TimeDelta::hours(12)).await;
    close(&office).await;
    let again = office.receive_late(&received("c"), TimeDelta::hours(9)).await;
    assert_eq!(
        (again.ticket, office.ticket(1).state),
        (Some(TicketId(1)), TicketState::Closed),
        "{}",
        again.why
    );
    let later = office.receive_late(&received("d"), TimeDelta::hours(4)).await;
    assert_eq!(
        (later.ticket, office.ticket(1).state),
        (Some(TicketId(1)), TicketState::Open),
        "{}",
        later.why
    );
}

/// A letter of ours comes back from a relay that has given it another Message-ID and sender, or one that was sent with the X-Loop of an
/// earlier version.
#[tokio::test]
async fn our_own_letter_is_known_by_its_mark_or_by_its_message_id() {
    let mut office = Office::new().await;
    office.receive(&mail("ivan@alfa.test", "m@alfa.test", "", "Report", INCOMPLETE)).await;
    let letter = office.waiting().remove(0);
    office.send_all().await;
    let raw = String::from_utf8(letter.raw.clone()).unwrap();
    let mark = format!("X-Loop: {}\r\n", office.desk.loop_id);
    assert!(raw.contains(&mark) && !office.desk.loop_id.contains('@'), "{raw}");
    // Everything else by which it could be known is taken off.
    let stripped: String = raw
        .split_inclusive("\r\n")
        .filter(|line| {
            !["Auto-Submitted:", "Precedence:", "X-Auto-Response-Suppress:"]
                .iter()
                .any(|name| line.starts_with(name))
        })
        .map(|line| if line.starts_with("From:") { "From: relay@alfa.test\r\n" } else { line })
        .collect();
    let id = letter.message_id.as_str();
    for changed in [
        stripped.replacen(id, "other@relay.test", 1),
        stripped.replace(&mark, "X-Loop: support@m2mail.ru\r\n"),
    ] {
        let row = office.receive(&changed).await;
        assert_eq!((row.disposition, row.why.as_str()), (Some(Disposition::Automatic), "it is our own mail"));
    }
    assert_eq!(office.letters().len(), 1);
}

/// A mail with files, of the client of the others.
fn with_files(by: &str, files: &[(&str, &str)]) -> String {
    let part = |(name, content): &(&str, &str)| {
        format!(
            "--b\r\nContent-Type: text/x-log\r\nContent-Disposition: attachment; filename={name}\r\n\r\n{content}\r\n"
        )
    };
    let files: String = files.iter().map(part).collect();
    format!(
        "Received: from a by {by}; Thu, 26 Nov 2026 12:00:00 +0300\r\nFrom: ivan@alfa.test\r\nTo: support@m2mail.ru\r\n\
         Message-ID: <m@alfa.test>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{INCOMPLETE}\r\n{files}--b--\r\n"
    )
}

/// Somebody sends his mail again with the files that he forgot: that is a message of his, which agents hear of.
#[tokio::test]
async fn a_mail_that_comes_again_with_its_files_is_news_and_no_second_request() {
    let mut office = Office::new().await;
    let log = ("trip.log", "12:00 no data\r\n12:05 no data");
    let first = office.receive(&with_files("b", &[])).await;
    office.send_all().await;
    let heard = office.ticket(1).last_client_at;
    let again = office.receive(&with_files("c", &[])).await;
    assert_eq!((again.ticket, office.ticket(1).last_client_at), (first.ticket, heard), "{}", again.why);

    let filed = office.receive(&with_files("d", &[log])).await;
    assert_eq!((filed.ticket, filed.disposition), (first.ticket, first.disposition), "{}", filed.why);
    let ticket = office.ticket(1);
    assert!(ticket.last_client_at > heard, "{}", filed.why);
    assert_eq!(ticket.answers.found.attachments.state, State::Present);
    // That one twice is one; another file, or another size of it, is news again.
    let heard = ticket.last_client_at;
    let again = office.receive(&with_files("e", &[log])).await;
    assert_eq!((again.ticket, office.ticket(1).last_client_at), (first.ticket, heard), "{}", again.why);
    for files in [[("trip.log", "12:00 no data")], [("other.log", log.1)]] {
        let heard = office.ticket(1).last_client_at;
        let other = office.receive(&with_files("f", &files)).await;
        assert_eq!(other.ticket, first.ticket, "{}", other.why);
        assert!(office.ticket(1).last_client_at > heard, "{}", other.why);
    }
}

/// What the database could not read just now is not to be taken for the same as what it had.
#[tokio::test]
async fn a_mail_is_not_the_same_again_because_the_first_cannot_be_read() {
    let mut office = Office::new().await;
    let report = mail("ivan@alfa.test", "m1@alfa.test", "", "Отчёт", "Не строится отчёт.");
    office.receive(&report).await;
    // Each read of the first mail's bytes fails; those of the others do not.
    rusqlite::Connection::open(office.database())
        .unwrap()
        .execute_batch(
            "ALTER TABLE raw_frame RENAME TO frame;
             CREATE VIEW raw_frame AS
                 SELECT raw, part, iif(raw = 1, CAST(abs(-9223372036854775807 - 1) AS BLOB), zstd) AS zstd FROM frame;
             CREATE TRIGGER put INSTEAD OF INSERT ON raw_frame
             BEGIN INSERT INTO frame (raw, part, zstd) VALUES (NEW.raw, NEW.part, NEW.zstd); END;",
        )
        .unwrap();
    let row = office.receive(&format!("X-Copy: 2\r\n{report}")).await;
    assert_eq!(row.disposition, Some(Disposition::Held), "{}", row.why);
}

/// A page of the first mail that the disk has damaged stops no other mail, whatever refers to it.
#[tokio::test]
async fn a_damaged_page_under_the_first_mail_holds_the_second_alone() {
    let mut office = Office::new().await;
    let log: String = noise(300_000).chunks(30).map(|line| format!("{line:x?}\r\n")).collect();
    let report = with_files("b", &[("trip.log", &log)]);
    office.receive(&report).await;
    let database = office.database();
    office.store.close().await.unwrap();
    let pages: Vec<u32> = {
        let conn = rusqlite::Connection::open(&database).unwrap();
        let sql = "SELECT pageno FROM dbstat WHERE name = 'raw_frame' AND pagetype = 'overflow'";
        let mut pages = conn.prepare(sql).unwrap();
        pages.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(pages.len() > 3, "{pages:?}");
    let file = std::fs::File::options().write(true).open(&database).unwrap();
    for page in pages {
        // Where the next one is.
        file.write_all_at(&[0xff; 4], u64::from(page - 1) * 16_384).unwrap();
    }
    office.store = Store::open(&database, Access::Daemon).unwrap();
    let row = office.receive(&format!("X-Copy: 2\r\n{report}")).await;
    assert_eq!(row.disposition, Some(Disposition::Held), "{}", row.why);
    assert!(row.why.contains("the first mail of this Message-ID cannot be read"), "{}", row.why);
    let next = office.receive(&mail("petr@beta.test", "p@beta.test", "", "Отчёт", INCOMPLETE)).await;
    assert_eq!(next.disposition, Some(Disposition::Filed), "{}", next.why);
}
