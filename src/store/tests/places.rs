//! What reconciling needs: places, late mails, mails whose place another one has; and held mails without bytes.

use super::*;
use crate::imap::{Cursor, Listed};
use crate::store::open::{self, MIGRATIONS};
use crate::store::verify::verify;
use crate::store::{KnownPlace, Only};
use crate::ticket::Disposition;

const CURSOR: Cursor = Cursor { uid_validity: 7, next_uid: 10 };

fn listed(uid: u32) -> Listed {
    Listed { uid, size: 1000, internal_date: Some(at(i64::from(uid))) }
}

/// A database whose mailbox has been listed.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write(|tx| tx.list_mails("support", CURSOR, &[]));
    scratch
}

fn store(scratch: &Scratch, uid: u32, raw: &'static [u8]) -> Stored {
    scratch.write(move |tx| tx.store_mail(&new_mail(uid, raw)))
}

/// A mail that the server never handed out.
fn hold_unfetched(scratch: &Scratch, uid: u32) -> MailId {
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[listed(uid)]));
    for _ in 0..5 {
        scratch.write(move |tx| tx.fetch_failed("support", 7, &[uid], "NO [SERVERBUG]", at(50)));
    }
    let rows = scratch.read(|r| r.mails(Some(Only(Some(Disposition::Held))), 9));
    rows.first().unwrap().id
}

#[test]
fn places_are_what_a_folder_has_under_one_numbering() {
    let scratch = scratch();
    stored_new(store(&scratch, 2, b"two"));
    store(&scratch, 3, b"two");
    hold_unfetched(&scratch, 5);
    let sha256 = PackedRaw::pack(b"two").unwrap().sha256;
    let place = |uid, mail, size, stored, duplicate| KnownPlace {
        uid,
        mail: Some(MailId(mail)),
        size,
        received_at: at(i64::from(uid)),
        stored,
        duplicate,
    };
    let expect = [place(2, 1, 3, true, false), place(3, 2, 3, true, true), place(5, 3, 1000, false, false)];
    assert_eq!(scratch.read(|r| r.places("support", 7)), expect);
    assert_eq!(scratch.read(|r| r.places("support", 8)), []);
    assert!(scratch.read(|r| r.has_bytes(&sha256)));
    assert!(!scratch.read(|r| r.has_bytes(&[0; 32])));
}

#[test]
fn under_a_new_numbering_only_what_came_since_the_first_contact_is_wanted() {
    const DAY: i64 = 24 * 3600;
    let scratch = Scratch::new();
    let dated = |uid, seconds| Listed { internal_date: Some(at(seconds)), ..listed(uid) };
    let mails =
        [dated(1, -9 * DAY), dated(2, -3600), dated(3, 5), Listed { internal_date: None, ..listed(4) }];
    let moved_here = dated(7, -9 * DAY);
    // (UIDVALIDITY, old UIDs end here, when it is listed, which are wanted, and which of them are late)
    for (uid_validity, below, now, expect, late) in [
        (7, 0, 0, &[1, 2, 3, 4, 7][..], &[][..]),
        (8, 5, 100, &[2, 3, 4, 7], &[2]),
        (9, 0, 100, &[1, 2, 3, 4, 7], &[]),
        // The clock has been put back: what it showed at the first contact was wrong.
        (10, 5, -50, &[1, 2, 3, 4, 7], &[]),
    ] {
        let cursor = Cursor { uid_validity, next_uid: 1 };
        scratch.write(move |tx| tx.begin_listing("support", cursor, below, at(now)));
        scratch.write(move |tx| tx.list_mails("support", cursor, &[&mails[..], &[moved_here]].concat()));
        let wanted = scratch.read(|r| r.wanted("support", uid_validity, 0, 99));
        assert_eq!(wanted.iter().map(|mail| mail.uid).collect::<Vec<_>>(), expect, "{uid_validity}");
        assert_eq!(scratch.read(|r| r.wanted_late("support", uid_validity)), late, "{uid_validity}");
    }
}

/// Of a quiet mailbox, say, or a Sent folder with nothing but copies of our own letters.
#[test]
fn the_first_contact_of_a_folder_without_a_stored_mail_was_before_the_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.db");
    let mut conn = rusqlite::Connection::open(&path).unwrap();
    open::migrate(&mut conn, 0, &MIGRATIONS[..8]).unwrap();
    conn.execute("INSERT INTO cursor (mailbox, uid_validity, next_uid) VALUES ('support', 7, 9)", [])
        .unwrap();
    drop(conn);
    let before = Utc::now() - TimeDelta::seconds(1);
    let scratch = Scratch { store: Store::open(&path, Access::Daemon).unwrap(), path, _folder: folder };
    let first = scratch.read(|r| r.first_contact("support")).unwrap();
    assert!((before..=Utc::now()).contains(&first), "{first}");
    let cursor = Cursor { uid_validity: 8, next_uid: 1 };
    scratch.write(move |tx| tx.begin_listing("support", cursor, 9, Utc::now()));
    let old = Listed { internal_date: Some(first - TimeDelta::days(400)), ..listed(1) };
    scratch.write(move |tx| tx.list_mails("support", cursor, &[old]));
    assert_eq!(scratch.read(|r| r.counts()).wanted, 0);
}

#[test]
fn a_mail_that_reconciling_found_is_late_and_another_is_not() {
    let scratch = scratch();
    scratch.write(|tx| {
        tx.list_mails("support", CURSOR, &[listed(1)])?;
        tx.want_late("support", 7, &[listed(1), listed(2)])
    });
    let ids = [1, 2].map(|uid| stored_new(store(&scratch, uid, if uid == 1 { b"one" } else { b"two" })));
    let late: Vec<bool> = scratch.read(|r| r.pending(&ids)).iter().map(|mail| mail.late).collect();
    assert_eq!(late, [false, true], "what was on the work list already comes in time");
    // What is stored is not wanted again; a numbering that is gone is refused.
    scratch.write(|tx| tx.want_late("support", 7, &[listed(2)]));
    assert_eq!(scratch.read(|r| r.counts()).wanted, 0);
    let error = scratch.try_write(|tx| tx.want_late("support", 8, &[listed(3)])).unwrap_err();
    assert!(error.to_string().contains("run askback reconcile again"), "{error}");
}

#[test]
fn a_mail_gives_up_its_place_and_stays_and_the_server_is_told_nothing_of_the_other() {
    let scratch = scratch();
    let old = stored_new(store(&scratch, 4, b"the one before"));
    scratch.write(|tx| tx.confirmed("support", 7, &[4]));
    // Another date, or the same and another size: that the date has whole seconds hides no mail.
    scratch.write(|tx| tx.want_late("support", 7, &[listed(4)]));
    assert_eq!(scratch.read(|r| r.unconfirmed("support", 7, u32::MAX, 9)), [], "\\Seen before it is stored");
    let new = stored_new(store(&scratch, 4, b"the other"));
    assert_eq!(
        scratch.read(|r| r.unconfirmed("support", 7, u32::MAX, 9)).first().map(|mail| mail.uid),
        Some(4)
    );
    assert!(scratch.read(|r| r.pending(&[new]))[0].late);
    assert_eq!(scratch.read(|r| r.raw(old)).unwrap(), b"the one before");
    assert_eq!(scratch.read(|r| r.raw(new)).unwrap(), b"the other");
    assert_eq!(scratch.read(|r| r.places("support", 7)).len(), 1);
    assert_eq!(scratch.read(|r| r.mail_events(old)).last().unwrap().what, "displaced");
    assert_eq!(verify(&scratch.path, &mut |_| ()).unwrap().faults, [""; 0]);
}

#[test]
fn a_held_mail_without_bytes_can_be_tried_again_or_discarded() {
    let scratch = scratch();
    let id = hold_unfetched(&scratch, 5);
    assert!(scratch.write(move |tx| tx.retry_mail(id)), "it goes back to the work list");
    assert_eq!(scratch.read(|r| r.counts()).wanted, 1);

    scratch.write(move |tx| tx.discard_mail(id, at(60)));
    let row = scratch.read(|r| r.mail(id)).unwrap();
    assert_eq!((row.disposition, row.over_limit), (Some(Disposition::Automatic), Some(1000)));
    assert_eq!(row.why, "discarded by an operator; before that: NO [SERVERBUG]");
    assert_eq!(scratch.read(|r| r.counts()).wanted, 0, "it is not fetched any more");
    // A second one is a mail of its own, and the database is whole.
    let other = hold_unfetched(&scratch, 6);
    scratch.write(move |tx| tx.discard_mail(other, at(70)));
    assert_ne!(row.sha256, scratch.read(|r| r.mail(other)).unwrap().sha256);
    assert_eq!(verify(&scratch.path, &mut |_| ()).unwrap().faults, [""; 0]);
    assert!(scratch.try_write(move |tx| tx.discard_mail(other, at(80))).is_err(), "once is enough");
}

#[test]
fn a_held_mail_without_bytes_whose_uid_another_mail_gets_stays_held() {
    let scratch = scratch();
    let other = |uid, seconds| Listed { internal_date: Some(at(seconds)), ..listed(uid) };
    let held = hold_unfetched(&scratch, 5);
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other(5, 70)]));
    let new = NewMail { internal_date: Some(at(70)), ..new_mail(5, b"the other") };
    let new = stored_new(scratch.write(move |tx| tx.store_mail(&new)));

    // The same where the other cannot be fetched either.
    let held_too = hold_unfetched(&scratch, 6);
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other(6, 70)]));
    for _ in 0..5 {
        scratch.write(|tx| tx.fetch_failed("support", 7, &[6], "NO [SERVERBUG]", at(80)));
    }
    let places = scratch.read(|r| r.places("support", 7));
    let now: Vec<_> = places.iter().map(|place| (place.uid, place.mail, place.stored)).collect();
    assert_eq!(now[0], (5, Some(new), true));
    assert_eq!((now[1].0, now[1].2, now.len()), (6, false, 2));
    for id in [held, held_too] {
        assert_ne!(now[1].1, Some(id));
        let row = scratch.read(|r| r.mail(id)).unwrap();
        assert_eq!((row.disposition, row.sha256), (Some(Disposition::Held), None));
        let events = scratch.read(|r| r.mail_events(id));
        let events: Vec<_> = events.iter().map(|event| event.what.as_str()).collect();
        assert_eq!(events, ["held", "displaced"]);
        // It is nowhere any more: an operator can only take it off the list.
        assert!(scratch.try_write(move |tx| tx.retry_mail(id)).is_err());
        scratch.write(move |tx| tx.discard_mail(id, at(90)));
    }
    assert_eq!(verify(&scratch.path, &mut |_| ()).unwrap().faults, [""; 0]);
}

#[test]
fn what_may_have_been_answered_stays_late_through_held_and_retry() {
    let scratch = scratch();
    scratch.write(|tx| tx.want_late("support", 7, &[listed(5)]));
    for _ in 0..5 {
        scratch.write(|tx| tx.fetch_failed("support", 7, &[5], "NO [SERVERBUG]", at(50)));
    }
    let held = scratch.read(|r| r.places("support", 7))[0].mail.unwrap();
    assert!(scratch.write(move |tx| tx.retry_mail(held)), "it goes back to the work list");
    assert_eq!(stored_new(store(&scratch, 5, b"at last")), held);
    assert!(scratch.read(|r| r.pending(&[held]))[0].late, "it may get an automatic letter");
    // One that nobody looked for gets its letter, however often it was tried.
    let usual = hold_unfetched(&scratch, 6);
    scratch.write(move |tx| tx.retry_mail(usual));
    assert_eq!(stored_new(store(&scratch, 6, b"at last, too")), usual);
    assert!(!scratch.read(|r| r.pending(&[usual]))[0].late);
}

/// A copy of a letter of ours that has gone out.
fn sent_letter(scratch: &Scratch) -> Vec<u8> {
    let letter = new_letter(LetterKind::Ask, "ask@us");
    let raw = letter.packed.unpack().unwrap();
    scratch.write(move |tx| {
        let id = tx.enqueue(&letter, at(0))?;
        tx.claim_due(at(0), 1)?;
        tx.record_sent(id, "250 ok", at(1))
    });
    raw
}

#[test]
fn what_the_server_tells_of_copies_and_in_vain_is_known_and_not_fetched_again() {
    let scratch = scratch();
    let wanted = |mails: &[Listed]| {
        let mails = mails.to_vec();
        scratch.write(move |tx| tx.want_late("support", 7, &mails));
        scratch.read(|r| r.counts()).wanted
    };
    // A copy of our letter has no row, a server may tell sizes that mails do not have, and change a date.
    let raw = sent_letter(&scratch);
    assert_eq!(wanted(&[listed(1), listed(2)]), 2);
    assert!(matches!(
        scratch.write(move |tx| tx.store_mail(&NewMail { internal_date: Some(at(1)), ..new_mail(1, &raw) })),
        Stored::Duplicate(_)
    ));
    let id = stored_new(store(&scratch, 2, b"not a thousand bytes"));
    assert_eq!(wanted(&[listed(1), listed(2)]), 0, "both are known");
    let moved = Listed { internal_date: Some(at(99)), ..listed(2) };
    assert_eq!(wanted(&[moved]), 1);
    let again = NewMail { internal_date: Some(at(99)), ..new_mail(2, b"not a thousand bytes") };
    assert_eq!(scratch.write(move |tx| tx.store_mail(&again)), Stored::Duplicate(id));
    assert_eq!(wanted(&[listed(1), moved]), 0, "once is enough");
    let place = |uid, mail, date, duplicate| KnownPlace {
        uid,
        mail,
        size: 1000,
        received_at: at(date),
        stored: true,
        duplicate,
    };
    let expect = [place(1, None, 1, true), place(2, Some(id), 99, false)];
    assert_eq!(scratch.read(|r| r.places("support", 7)), expect);
    // Under a new numbering nothing of it holds.
    scratch.write(|tx| tx.list_mails("support", Cursor { uid_validity: 8, next_uid: 1 }, &[listed(1)]));
    assert_eq!(scratch.read(|r| r.counts()).wanted, 1);
    assert_eq!(scratch.read(|r| r.places("support", 8)), []);
}

#[test]
fn another_mail_within_the_same_second_is_known_by_its_size() {
    let scratch = scratch();
    let list = |mail: Listed| {
        scratch.write(move |tx| tx.list_mails("support", CURSOR, &[mail]));
        scratch.read(|r| r.counts()).wanted
    };
    let (one, two) = (b"Message-ID: <one@a>\r\n\r\n1", b"Message-ID: <two@a>\r\n\r\nanother");
    let sized = |raw: &[u8]| Listed { size: raw.len() as u64, ..listed(1) };
    assert_eq!(list(sized(one)), 1);
    let first = stored_new(store(&scratch, 1, one));
    assert_eq!(list(sized(one)), 0);
    // The folder was made anew under its old UIDVALIDITY, and the mail came in the same second.
    assert_eq!(list(sized(two)), 1);
    let second = stored_new(store(&scratch, 1, two));
    assert_eq!(scratch.read(|r| r.raw(first)).unwrap(), one);
    assert_eq!(scratch.read(|r| r.mail_events(first)).last().unwrap().what, "displaced");
    // A server that makes the bytes anew each time makes no new mails.
    assert_eq!(list(Listed { size: 77, ..listed(1) }), 1);
    let anew = b"Message-ID: <two@a>\r\nX-Boundary: random\r\n\r\nanother";
    assert_eq!(store(&scratch, 1, anew), Stored::Duplicate(second));
    assert_eq!(list(Listed { size: 77, ..listed(1) }), 0);
    assert_eq!(verify(&scratch.path, &mut |_| ()).unwrap().faults, [""; 0]);
}

#[test]
fn a_mail_that_is_not_handed_out_takes_the_place_of_a_stored_one_and_both_are_kept() {
    let scratch = scratch();
    let stored = stored_new(store(&scratch, 4, b"new, and not filed yet"));
    let other = Listed { internal_date: Some(at(500)), ..listed(4) };
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other]));
    for _ in 0..5 {
        scratch.write(|tx| tx.fetch_failed("support", 7, &[4], "NO [SERVERBUG]", at(600)));
    }
    let row = scratch.read(|r| r.mail(stored)).unwrap();
    assert_eq!((row.disposition, row.why.as_str()), (None, ""), "it is still to be filed");
    let held = scratch.read(|r| r.places("support", 7))[0];
    assert_eq!((held.mail == Some(stored), held.stored), (false, false), "the other is held");
}

#[test]
fn what_waited_for_confirmation_is_not_confirmed_for_the_mail_that_took_its_uid() {
    let scratch = scratch();
    stored_new(store(&scratch, 4, b"the one before"));
    assert_eq!(
        scratch.read(|r| r.unconfirmed("support", 7, u32::MAX, 9)).first().map(|mail| mail.uid),
        Some(4)
    );
    scratch.write(|tx| tx.want_late("support", 7, &[listed(4)]));
    for _ in 0..5 {
        scratch.write(|tx| tx.fetch_failed("support", 7, &[4], "NO [SERVERBUG]", at(600)));
    }
    assert_eq!(scratch.read(|r| r.unconfirmed("support", 7, u32::MAX, 9)), [], "its bytes are not here");
}
