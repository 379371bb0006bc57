//! What reconciling needs: places, late mails, mails whose place another one has; and held mails without bytes.

use super::*;
use crate::imap::{Cursor, Listed};
use crate::store::Place;
use crate::store::verify::verify;
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
    let rows = scratch.read(|r| {
        r.mails(&crate::store::MailFilter {
            disposition: Some(Some(Disposition::Held)),
            ticket: None,
            limit: 9,
        })
    });
    rows.first().unwrap().id
}

#[test]
fn places_are_what_a_folder_has_under_one_numbering() {
    let scratch = scratch();
    stored_new(store(&scratch, 2, b"two"));
    store(&scratch, 3, b"two");
    hold_unfetched(&scratch, 5);
    let sha256 = PackedRaw::pack(b"two").unwrap().sha256;
    let place = |uid, size, sha256, duplicate| Place {
        uid,
        size,
        received_at: at(i64::from(uid)),
        sha256,
        placeholder: false,
        duplicate,
    };
    let expect =
        [place(2, 3, Some(sha256), false), place(3, 3, Some(sha256), true), place(5, 1000, None, false)];
    assert_eq!(scratch.read(|r| r.places("support", 7)), expect);
    assert_eq!(scratch.read(|r| r.places("support", 8)), []);
    assert!(scratch.read(|r| r.has_bytes(&sha256)));
    assert!(!scratch.read(|r| r.has_bytes(&[0; 32])));
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
    scratch.write(|tx| {
        tx.displace("support", 7, 4, at(60))?;
        tx.want_late("support", 7, &[listed(4)])
    });
    assert_eq!(scratch.read(|r| r.unconfirmed("support", 7, 9)), [0; 0], "\\Seen before it is stored");
    let new = stored_new(store(&scratch, 4, b"the other"));
    assert_eq!(scratch.read(|r| r.raw(old)).unwrap(), b"the one before");
    assert_eq!(scratch.read(|r| r.raw(new)).unwrap(), b"the other");
    assert_eq!(scratch.read(|r| r.places("support", 7)).len(), 1);
    assert_eq!(scratch.read(|r| r.mail_events(old)).last().unwrap().what, "displaced");
    assert_eq!(verify(&scratch.path, &mut |_, _| ()).unwrap().faults, [""; 0]);
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
    assert_eq!(verify(&scratch.path, &mut |_, _| ()).unwrap().faults, [""; 0]);
    assert!(scratch.try_write(move |tx| tx.discard_mail(other, at(80))).is_err(), "once is enough");
}
