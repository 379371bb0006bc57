//! What has been told.

use super::*;
use crate::nudge::{Asked, Cause, Key, MailFacts};
use crate::ticket::Disposition;
use crate::ticket::thread::Proof;
use rusqlite::Connection;
use strum::VariantArray as _;

fn told(scratch: &Scratch, cause: Cause, subject: i64, clock: i64) -> bool {
    scratch.write(move |tx| tx.tell(&Key { cause, subject, clock: at(clock) }, at(9)))
}

/// A variant may be called something else one day, but not in the databases that there are.
#[test]
fn causes_keep_their_names() {
    let names: Vec<&str> = Cause::VARIANTS.iter().map(Into::into).collect();
    assert_eq!(
        names,
        [
            "escalated",
            "overdue",
            "soon",
            "returned",
            "new",
            "asks_used_up",
            "client_silent",
            "held",
            "quarantined",
            "digest"
        ]
    );
}

/// So it is with what a mail was joined by, in the event log.
#[test]
fn proofs_keep_their_names() {
    let proofs = [Proof::Token, Proof::Reference, Proof::SubjectNumber, Proof::SameSubject];
    let names = proofs.map(|proof| proof.to_string());
    assert_eq!(names, ["token", "reference", "number in the subject", "subject"]);
}

#[test]
fn each_cause_is_told_once_for_a_subject_and_its_clock() {
    let scratch = Scratch::new();
    for &cause in Cause::VARIANTS {
        assert!(told(&scratch, cause, 1, 0), "{cause:?}");
        assert!(!told(&scratch, cause, 1, 0), "{cause:?}");
    }
    assert!(told(&scratch, Cause::Overdue, 1, 1));
    assert!(told(&scratch, Cause::Overdue, 2, 0));
    let scratch = scratch.reopen();
    assert!(!told(&scratch, Cause::Overdue, 2, 0));
}

#[test]
fn mails_that_wait_for_a_person_are_there_until_told() {
    let scratch = Scratch::new();
    scratch.write(|tx| {
        for (uid, text) in [(1, "held"), (2, "doubtful"), (3, "filed")] {
            tx.store_mail(&new_mail(uid, text.as_bytes()))?;
        }
        tx.hold(MailId(1), "three deaths", at(5))?;
        tx.set_disposition(MailId(2), Disposition::Quarantined, None, "two authors", at(6))?;
        tx.set_disposition(MailId(3), Disposition::Automatic, None, "a list", at(7))
    });
    let held = MailFacts { number: 1, disposition: Disposition::Held, since: at(5) };
    let doubtful = MailFacts { number: 2, disposition: Disposition::Quarantined, since: at(6) };
    assert_eq!(scratch.read(|r| r.untold_mails(10)), [held, doubtful]);
    assert_eq!(scratch.read(|r| r.untold_mails(1)), [held]);
    assert!(told(&scratch, Cause::Held, 1, 5));
    assert_eq!(scratch.read(|r| r.untold_mails(10)), [doubtful]);
}

#[test]
fn the_last_ask_that_went_out_counts() {
    let scratch = Scratch::new();
    let id = scratch.write(|tx| tx.insert_ticket(&ticket()));
    assert_eq!(scratch.read(|r| r.asked(id)), None);
    for (second, message_id) in [(10, "1@us"), (20, "2@us"), (30, "3@us")] {
        let letter = NewLetter { ticket: Some(id), ..new_letter(LetterKind::Ask, message_id) };
        scratch.write(move |tx| {
            let letter = tx.enqueue(&letter, at(0))?;
            tx.claim_due(at(5), 1)?;
            match second {
                30 => tx.record_refused(letter, "no such user", at(second)),
                _ => tx.record_sent(letter, "250", at(second)),
            }
        });
    }
    assert_eq!(scratch.read(|r| r.asked(id)), Some(Asked::At(at(20))));
    let letter = NewLetter { ticket: Some(id), ..new_letter(LetterKind::Ask, "4@us") };
    let letter = scratch.write(move |tx| tx.enqueue(&letter, at(40)));
    assert_eq!(scratch.read(|r| r.asked(id)), Some(Asked::Waits));
    scratch.write(move |tx| {
        tx.claim_due(at(45), 1)?;
        tx.record_ambiguous(letter, "cut off", at(50))
    });
    assert_eq!(scratch.read(|r| r.asked(id)), Some(Asked::At(at(50))));
}

#[test]
fn a_database_of_the_first_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(include_str!("../migrations/0001_start.sql")).unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    drop(conn);
    let scratch = Scratch { store: Store::open(&path, Access::Daemon).unwrap(), path, _folder: folder };
    assert!(told(&scratch, Cause::AgentsTurn, 1, 0));
}

#[test]
fn what_was_told_and_closed_before_the_third_schema_stays_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.db");
    let conn = Connection::open(&path).unwrap();
    conn.execute_batch(include_str!("../migrations/0001_start.sql")).unwrap();
    conn.execute_batch(include_str!("../migrations/0002_told.sql")).unwrap();
    conn.execute_batch(
        "INSERT INTO told (cause, subject, clock, told_at) VALUES ('new', 1, 1800000000000, 0);
         INSERT INTO ticket (state, client, client_name, participants, subject, language, standing, answers, asks, asked,
                             agent_answered, no_more_asks, regulation, opened_at, last_client_at, answered_at)
         VALUES ('closed', 'ivan@alfa.test', '', '[]', '', 'ru', 'unverified', '{}', 0, '[]', 1, 0, '1', 0, 1000, 5000)",
    )
    .unwrap();
    conn.pragma_update(None, "user_version", 2).unwrap();
    drop(conn);
    let scratch = Scratch { store: Store::open(&path, Access::Daemon).unwrap(), path, _folder: folder };
    assert!(!told(&scratch, Cause::AgentsTurn, 1, 0), "it was told before");
    assert!(told(&scratch, Cause::Returned, 1, 0));
    let closed_at = scratch.read(|tx| tx.row("SELECT closed_at FROM ticket", [], |row| row.get::<_, i64>(0)));
    assert_eq!(closed_at, Some(5000));
}
