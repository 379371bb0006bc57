//! Cursors, the work list, mails and their bytes.

use super::*;
use crate::imap::{Cursor, Listed, Unconfirmed};
use crate::mail::packed::PackedRaw;
use crate::store::{Direction, EventSubject, NextMails, Only, Pending};
use crate::ticket::Disposition;
use proptest::prelude::*;

const CURSOR: Cursor = Cursor { uid_validity: 7, next_uid: 10 };

fn listed(uid: u32) -> Listed {
    Listed { uid, size: 1000 + u64::from(uid), internal_date: Some(at(i64::from(uid))) }
}

fn wanted(scratch: &Scratch, from: u32, limit: usize) -> Vec<u32> {
    scratch.read(|r| r.wanted("support", 7, from, limit)).into_iter().map(|listed| listed.uid).collect()
}

fn unconfirmed(scratch: &Scratch) -> Vec<u32> {
    unconfirmed_of(scratch, 7)
}

fn unconfirmed_of(scratch: &Scratch, uid_validity: u32) -> Vec<u32> {
    let mails = scratch.read(|r| r.unconfirmed("support", uid_validity, u32::MAX, 100));
    mails.into_iter().rev().map(|mail| mail.uid).collect()
}

fn list(scratch: &Scratch, uids: &[u32]) {
    let mails: Vec<_> = uids.iter().copied().map(listed).collect();
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &mails));
}

fn store(scratch: &Scratch, uid: u32, raw: &[u8]) -> Stored {
    let mail = new_mail(uid, raw);
    scratch.write(move |tx| tx.store_mail(&mail))
}

fn fail(scratch: &Scratch, uids: &'static [u32], times: u32) {
    for _ in 0..times {
        scratch.write(move |tx| tx.fetch_failed("support", 7, uids, "NO [SERVERBUG]", at(50)));
    }
}

/// Claims up to so many mails and bytes with nothing else in hand.
fn claim(scratch: &Scratch, limit: usize, bytes: u64) -> Vec<MailId> {
    begun(scratch.write(move |tx| tx.claim_new(limit, bytes, 3, &[])))
}

fn begun(claim: NextMails) -> Vec<MailId> {
    match claim {
        NextMails::Begun(ids) => ids,
        NextMails::Suspect(id, attempts) => panic!("mail {id} has {attempts} attempts behind it"),
    }
}

#[test]
fn the_work_list_moves_with_the_cursor() {
    let scratch = Scratch::new();
    assert_eq!(scratch.read(|r| r.cursor("support")), None);
    list(&scratch, &[5, 3, 9, 3]);
    assert_eq!(scratch.read(|r| r.cursor("support")), Some(CURSOR));
    assert_eq!(wanted(&scratch, 0, 100), [3, 5, 9]);
    assert_eq!(wanted(&scratch, 4, 1), [5]);
    assert_eq!(scratch.read(|r| r.wanted("support", 7, 9, 1)), [listed(9)]);
    assert_eq!(scratch.read(|r| r.wanted("other", 7, 0, 9)), []);

    scratch.write(|tx| tx.vanished("support", 7, &[5]));
    stored_new(store(&scratch, 3, b"three"));
    assert_eq!(wanted(&scratch, 0, 100), [9]);
    assert_eq!(unconfirmed(&scratch), [3]);
    // A server whose UIDNEXT fell is listed again.
    list(&scratch, &[3, 9]);
    assert_eq!(wanted(&scratch, 0, 100), [9], "what is stored is not fetched again");
    scratch.write(|tx| tx.confirmed("support", 7, &[3]));
    assert_eq!(unconfirmed(&scratch), [0; 0]);
}

#[test]
fn a_new_uidvalidity_empties_the_lists_of_the_old_one() {
    let scratch = Scratch::new();
    list(&scratch, &[1, 2]);
    let first = stored_new(store(&scratch, 1, b"one"));
    let cursor = Cursor { uid_validity: 8, next_uid: 2 };
    scratch.write(move |tx| tx.list_mails("support", cursor, &[listed(1)]));
    assert_eq!(wanted(&scratch, 0, 100), [0; 0]);
    assert_eq!(unconfirmed(&scratch), [0; 0]);
    assert_eq!(scratch.read(|r| r.wanted("support", 8, 0, 9)), [listed(1)]);
    // The same mail under its new UID is recognised by its bytes, and still gets its \Seen.
    let again = NewMail { key: MailKey { uid_validity: 8, ..key(1) }, ..new_mail(1, b"one") };
    assert_eq!(scratch.write(move |tx| tx.store_mail(&again)), Stored::Duplicate(first));
    assert_eq!(unconfirmed_of(&scratch, 8), [1]);
}

#[test]
fn what_was_copied_is_remembered_until_it_is_confirmed() {
    let scratch = Scratch::new();
    list(&scratch, &[1, 2, 3]);
    for (uid, raw) in [(1, b"one"), (2, b"two"), (3, b"six")] {
        stored_new(store(&scratch, uid, raw));
    }
    // UID 9 is nobody's.
    for uid in [1, 2, 9] {
        scratch.write(move |tx| tx.note_copy("support", 7, Unconfirmed { uid, copies: 1, copied: true }));
    }
    scratch.write(|tx| tx.note_copy("support", 7, Unconfirmed { uid: 3, copies: 2, copied: false }));
    scratch.write(|tx| tx.confirmed("support", 7, &[2]));
    let unconfirmed = |to| {
        let mails = scratch.read(|r| r.unconfirmed("support", 7, to, 9));
        mails.into_iter().map(|mail| (mail.uid, mail.copies, mail.copied)).collect::<Vec<_>>()
    };
    assert_eq!(unconfirmed(u32::MAX), [(3, 2, false), (1, 1, true)]);
    assert_eq!(unconfirmed(2), [(1, 1, true)]);
    // Of 1 it is known, of 3 after the third copy that nobody knows.
    let unmarked = |after: i64| {
        let unmarked = scratch.read(|r| r.unmarked(at(1000 + after)));
        unmarked.iter().map(|of| (of.mailbox.clone(), of.tried, of.given_up)).collect::<Vec<_>>()
    };
    assert_eq!((unmarked(900), unmarked(901)), (Vec::new(), vec![("support".to_owned(), 2, 0)]));
    scratch.write(|tx| tx.note_copy("support", 7, Unconfirmed { uid: 3, copies: 3, copied: false }));
    assert_eq!(unmarked(901), [("support".to_owned(), 1, 1)]);
    scratch.write(|tx| tx.note_copy("support", 7, Unconfirmed { uid: 3, copies: 2, copied: false }));
    // The server was restored, and has another mail under this UID: that one has not been copied.
    let other = Listed { internal_date: Some(at(500)), ..listed(1) };
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other]));
    let other = NewMail { internal_date: Some(at(500)), ..new_mail(1, b"another") };
    stored_new(scratch.write(move |tx| tx.store_mail(&other)));
    assert_eq!(unconfirmed(u32::MAX), [(3, 2, false), (1, 0, false)]);
}

#[test]
fn a_mail_under_the_uid_of_one_that_is_to_be_moved_is_not_moved_before_it_is_stored() {
    let scratch = Scratch::new();
    list(&scratch, &[1, 2]);
    stored_new(store(&scratch, 1, b"one"));
    stored_new(store(&scratch, 2, b"two"));
    assert_eq!(unconfirmed(&scratch), [1, 2]);
    // The server was restored before it was told.
    let other = Listed { internal_date: Some(at(500)), ..listed(1) };
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other, listed(2)]));
    assert_eq!((wanted(&scratch, 0, 9), unconfirmed(&scratch)), (vec![1], vec![2]));
    let other = NewMail { internal_date: Some(at(500)), ..new_mail(1, b"another") };
    stored_new(scratch.write(move |tx| tx.store_mail(&other)));
    assert_eq!(unconfirmed(&scratch), [1, 2]);
}

#[test]
fn a_uid_that_the_server_gave_to_another_mail_hides_neither() {
    let scratch = Scratch::new();
    list(&scratch, &[1, 2]);
    let first = stored_new(store(&scratch, 1, b"one"));
    let second = stored_new(store(&scratch, 2, b"two"));
    scratch.write(|tx| tx.confirmed("support", 7, &[1, 2]));
    // The folder was made anew under its old UIDVALIDITY: 1 is another mail now, 2 is the same, 3 is new.
    let other = Listed { internal_date: Some(at(500)), ..listed(1) };
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[other, listed(2), listed(3)]));
    assert_eq!(wanted(&scratch, 0, 9), [1, 3]);
    let other = NewMail { internal_date: Some(at(500)), ..new_mail(1, b"another") };
    let other = stored_new(scratch.write(move |tx| tx.store_mail(&other)));
    assert_eq!(scratch.read(|r| r.raw(first)).unwrap(), b"one");
    assert_eq!(scratch.read(|r| r.raw(other)).unwrap(), b"another");
    assert_eq!(scratch.read(|r| r.mail(other)).unwrap().key, Some(key(1)));
    assert_eq!(unconfirmed(&scratch), [1], "the server hears of the mail that it has");
    let place = scratch.read(|r| r.mail(first)).unwrap().key.unwrap();
    assert_eq!((place.uid_validity, i64::from(place.uid)), (0, first.0));
    // A server that tells no INTERNALDATE: the bytes decide.
    let undated = Listed { internal_date: None, ..listed(2) };
    scratch.write(move |tx| tx.list_mails("support", CURSOR, &[undated]));
    assert_eq!(wanted(&scratch, 0, 9), [2, 3]);
    let undated = NewMail { internal_date: None, ..new_mail(2, b"two") };
    assert_eq!(scratch.write(move |tx| tx.store_mail(&undated)), Stored::Duplicate(second));
    assert_eq!(wanted(&scratch, 0, 9), [3]);
}

#[test]
fn the_fifth_failed_fetch_holds_a_mail() {
    let scratch = Scratch::new();
    list(&scratch, &[1, 2]);
    fail(&scratch, &[1, 77], 4);
    assert_eq!(wanted(&scratch, 0, 9), [1, 2]);
    fail(&scratch, &[1], 1);
    assert_eq!(wanted(&scratch, 0, 9), [2]);
    let held = scratch.read(|r| r.mail(MailId(1))).unwrap();
    assert_eq!((held.disposition, held.sha256, held.size), (Some(Disposition::Held), None, 1001));
    assert_eq!((held.why.as_str(), held.received_at, held.key), ("NO [SERVERBUG]", at(1), Some(key(1))));
    assert_eq!(scratch.read(|r| r.raw(MailId(1))), None);
    assert_eq!(scratch.read(|r| r.pending(&[MailId(1)])), []);
    let events = scratch.read(|r| r.mail_events(MailId(1)));
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].subject, EventSubject { mail: Some(MailId(1)), ticket: None, outbox: None });
    assert_eq!((events[0].what.as_str(), events[0].at), ("held", at(50)));
}

#[test]
fn a_held_mail_without_bytes_is_fetched_again_when_an_operator_says_so() {
    let scratch = Scratch::new();
    list(&scratch, &[1]);
    fail(&scratch, &[1], 5);
    list(&scratch, &[1]);
    assert_eq!(wanted(&scratch, 0, 9), [0; 0], "not before he says so");
    scratch.write(|tx| tx.retry_mail(MailId(1)));
    assert_eq!(wanted(&scratch, 0, 9), [1]);
    fail(&scratch, &[1], 4);
    assert_eq!(wanted(&scratch, 0, 9), [1], "the attempts count from zero");
    assert_eq!(stored_new(store(&scratch, 1, b"at last")), MailId(1));
    let mail = scratch.read(|r| r.mail(MailId(1))).unwrap();
    assert_eq!((mail.disposition, mail.why.as_str(), mail.size), (None, "", 7));

    list(&scratch, &[2]);
    fail(&scratch, &[2], 5);
    scratch.write(|tx| tx.list_mails("support", Cursor { uid_validity: 8, next_uid: 1 }, &[]));
    let error = scratch.try_write(|tx| tx.retry_mail(MailId(2))).unwrap_err().to_string();
    insta::assert_snapshot!(error, @"mail 2 cannot be tried again: it is neither held nor quarantined, or its folder was replaced on the server; in that case the mail comes again as a new one, if it still exists");
}

#[test]
fn a_mail_is_stored_with_all_that_is_known_of_it() {
    let scratch = Scratch::new();
    let mail = NewMail { over_limit: Some(90_000_000), internal_date: None, ..new_mail(4, b"placeholder") };
    let packed = mail.packed.clone();
    let id = stored_new(scratch.write(move |tx| tx.store_mail(&mail)));
    let row = scratch.read(|r| r.mail(id)).unwrap();
    assert_eq!((row.key, row.direction, row.over_limit), (Some(key(4)), Direction::In, Some(90_000_000)));
    assert_eq!((row.received_at, row.stored_at), (at(1000), at(1000)), "no INTERNALDATE: when it was stored");
    assert_eq!((row.size, row.sha256, row.attempts), (packed.size, Some(packed.sha256), 0));
    assert_eq!((row.disposition, row.ticket, row.duplicate_of), (None, None, None));
    let pending = Pending {
        id,
        key: key(4),
        received_at: at(1000),
        undated: true,
        raw: b"placeholder".to_vec(),
        over_limit: Some(90_000_000),
        released: false,
        late: false,
        not_before: None,
        damaged: None,
    };
    assert_eq!(scratch.read(|r| r.pending(&[id, MailId(99)])), [pending]);
    assert_eq!(scratch.read(|r| r.mail(MailId(99))), None);
}

#[test]
fn a_duplicate_is_the_same_place_or_the_same_bytes_and_nothing_else() {
    let scratch = Scratch::new();
    let one: &[u8] = b"Message-ID: <a@b>\r\n\r\none";
    let first = stored_new(store(&scratch, 1, one));
    // The same place and date: nothing is written, even if the server now tells other bytes.
    assert_eq!(store(&scratch, 1, b"other bytes"), Stored::Duplicate(first));
    assert_eq!(scratch.read(|r| r.raw(first)).unwrap(), one);
    assert_eq!(scratch.read(|r| r.mail(MailId(2))), None);
    // The same bytes at another place: a row that points to the first, no second copy, twice as well as once.
    for (uid, id) in [(2, MailId(2)), (3, MailId(3))] {
        assert_eq!(store(&scratch, uid, one), Stored::Duplicate(first));
        let row = scratch.read(|r| r.mail(id)).unwrap();
        assert_eq!((row.disposition, row.duplicate_of), (Some(Disposition::Duplicate), Some(first)));
        assert_eq!(scratch.read(|r| r.raw(id)).unwrap(), one);
    }
    let copies: u32 =
        scratch.read(|r| Ok(r.conn.query_row("SELECT count(*) FROM raw", [], |row| row.get(0))?));
    assert_eq!(copies, 1);
    assert_eq!(unconfirmed(&scratch), [1, 2, 3], "the server is told about duplicates, too");
    // The same Message-ID with other bytes is a new mail.
    stored_new(store(&scratch, 4, b"Message-ID: <a@b>\r\n\r\ntwo"));
}

#[test]
fn our_own_letter_in_the_sent_folder_is_a_duplicate() {
    let scratch = Scratch::new();
    let letter = new_letter(LetterKind::Answer, "answer@us");
    let raw = letter.packed.unpack().unwrap();
    scratch.write(move |tx| {
        let id = tx.enqueue(&letter, at(0))?;
        tx.claim_due(at(0), 1)?;
        tx.record_sent(id, "250 ok", at(1))
    });
    assert_eq!(store(&scratch, 1, &raw), Stored::Duplicate(MailId(1)));
}

#[test]
fn mails_are_claimed_oldest_first_and_in_batches() {
    let scratch = Scratch::new();
    let ids: Vec<_> = [30, 10, 20].map(|uid| stored_new(store(&scratch, uid, &noise(uid as usize)))).into();
    assert_eq!(claim(&scratch, 2, 1000), [ids[1], ids[2]]);
    let attempts = ids.into_iter().map(|id| scratch.read(move |r| r.mail(id)).unwrap().attempts);
    assert_eq!(attempts.collect::<Vec<_>>(), [0, 1, 1]);
}

#[test]
fn a_batch_is_bounded_by_bytes_but_has_one_mail() {
    let scratch = Scratch::new();
    for (uid, size) in [(1, 100), (2, 101), (3, 10)] {
        stored_new(store(&scratch, uid, &noise(size)));
    }
    assert_eq!(claim(&scratch, 10, 99), [MailId(1)]);
    scratch.write(|tx| tx.hold(MailId(1), "", at(0)));
    assert_eq!(claim(&scratch, 10, 111), [MailId(2), MailId(3)]);
}

#[test]
fn after_a_crash_mails_are_tried_one_by_one() {
    let scratch = Scratch::new();
    for uid in 1..=4 {
        stored_new(store(&scratch, uid, &noise(uid as usize)));
    }
    assert_eq!(claim(&scratch, 3, 1000).len(), 3);
    let scratch = scratch.reopen();
    for n in 1..=3 {
        assert_eq!(claim(&scratch, 3, 1000), [MailId(n)]);
        scratch.write(move |tx| tx.set_disposition(MailId(n), Disposition::Automatic, None, "list", at(9)));
    }
    assert_eq!(claim(&scratch, 3, 1000), [MailId(4)]);
    assert_eq!(scratch.read(|r| r.mail(MailId(1))).unwrap().attempts, 2);
}

#[test]
fn a_suspect_is_strictly_alone() {
    let scratch = Scratch::new();
    for uid in 1..=5 {
        stored_new(store(&scratch, uid, &noise(uid as usize)));
    }
    let beside = |scratch: &Scratch, in_hand: &'static [MailId]| {
        begun(scratch.write(move |tx| tx.claim_new(9, 999, 3, in_hand)))
    };
    assert_eq!(claim(&scratch, 2, 999), [MailId(1), MailId(2)]);
    assert_eq!(
        beside(&scratch, &[MailId(1), MailId(2)]),
        [3, 4, 5].map(MailId),
        "what is new comes together"
    );

    // All of them were in hand when we died; 6 has come since.
    let scratch = scratch.reopen();
    stored_new(store(&scratch, 6, &noise(6)));
    assert_eq!(claim(&scratch, 9, 999), [MailId(1)]);
    assert_eq!(beside(&scratch, &[MailId(1)]), [], "nothing beside a suspect");
    for n in 1..=5 {
        scratch.write(move |tx| tx.set_disposition(MailId(n), Disposition::Automatic, None, "list", at(9)));
        assert_eq!(beside(&scratch, &[]), [MailId(n + 1)]);
    }
    // 6 is new and in hand. A suspect that is older than it waits until it is not.
    let old = NewMail { internal_date: Some(at(0)), ..new_mail(7, &noise(7)) };
    let old = stored_new(scratch.write(move |tx| tx.store_mail(&old)));
    scratch.write(move |tx| tx.begin(old));
    stored_new(store(&scratch, 8, &noise(8)));
    assert_eq!(beside(&scratch, &[MailId(6)]), []);
    scratch.write(|tx| tx.hold(MailId(6), "", at(9)));
    assert_eq!(beside(&scratch, &[MailId(6)]), [], "as long as it may be");
    assert_eq!(beside(&scratch, &[]), [old]);
}

#[test]
fn a_mail_that_has_used_up_its_attempts_is_named_and_not_begun() {
    let scratch = Scratch::new();
    let id = stored_new(store(&scratch, 1, b"one"));
    stored_new(store(&scratch, 2, b"two"));
    for _ in 0..3 {
        assert_eq!(claim(&scratch, 1, 999), [id]);
    }
    for _ in 0..2 {
        assert_eq!(scratch.write(|tx| tx.claim_new(9, 999, 3, &[])), NextMails::Suspect(id, 3));
    }
    scratch.write(move |tx| tx.begin(id));
    assert_eq!(scratch.write(|tx| tx.claim_new(9, 999, 3, &[])), NextMails::Suspect(id, 4));
    assert_eq!(scratch.write(move |tx| tx.claim_new(9, 999, 3, &[id])), NextMails::Begun(vec![]));
}

#[test]
fn a_mail_is_excused_when_the_database_was_at_fault() {
    let scratch = Scratch::new();
    let ids: Vec<_> = [1, 2].map(|uid| stored_new(store(&scratch, uid, &noise(uid as usize)))).into();
    assert_eq!(claim(&scratch, 9, 999), ids);
    let all = ids.clone();
    let claimed = scratch.write(move |tx| {
        tx.excuse(&all)?;
        tx.claim_new(9, 999, 3, &[])
    });
    assert_eq!(begun(claimed), ids, "they come together again");
    assert_eq!(scratch.read(|r| r.mail(ids[0])).unwrap().attempts, 1);
    scratch.write(|tx| tx.hold(MailId(1), "", at(0)));
    scratch.write(move |tx| tx.excuse(&ids));
    let attempts = [1, 2].map(|id| scratch.read(|r| r.mail(MailId(id))).unwrap().attempts);
    assert_eq!(attempts, [1, 0], "what has been dealt with keeps its count");
}

#[test]
fn every_mail_ends_in_exactly_one_disposition() {
    let scratch = Scratch::new();
    let id = stored_new(store(&scratch, 1, b"one"));
    let ticket = scratch.write(move |tx| {
        let ticket = tx.insert_ticket(&ticket())?;
        tx.set_disposition(id, Disposition::Filed, Some(ticket), "new ticket", at(5))?;
        Ok(ticket)
    });
    let row = scratch.read(|r| r.mail(id)).unwrap();
    assert_eq!((row.disposition, row.ticket), (Some(Disposition::Filed), Some(ticket)));
    assert_eq!(row.why, "new ticket");
    assert!(scratch.try_write(move |tx| tx.hold(id, "twice", at(6))).is_err());
    assert!(scratch.try_write(move |tx| tx.retry_mail(id)).is_err());
    assert_eq!(claim(&scratch, 9, 9), []);
    // A ticket that does not exist cannot have mails.
    let other = stored_new(store(&scratch, 2, b"two"));
    let nowhere = Some(TicketId(99));
    let refused =
        scratch.try_write(move |tx| tx.set_disposition(other, Disposition::Filed, nowhere, "", at(5)));
    // By the call itself: at the commit, what others have written would go with it.
    assert!(refused.unwrap_err().to_string().contains("its ticket does not exist"));
    assert_eq!(scratch.read(|r| r.mail(other)).unwrap().disposition, None);
}

#[test]
fn a_held_or_quarantined_mail_can_be_tried_again() {
    let scratch = Scratch::new();
    for (uid, disposition) in [(1, Disposition::Held), (2, Disposition::Quarantined)] {
        let id = stored_new(store(&scratch, uid, &noise(uid as usize)));
        claim(&scratch, 1, 1);
        scratch.write(move |tx| tx.set_disposition(id, disposition, None, "policy", at(5)));
        scratch.write(move |tx| tx.retry_mail(id));
        let row = scratch.read(|r| r.mail(id)).unwrap();
        assert_eq!((row.disposition, row.attempts, row.why.as_str()), (None, 0, ""));
        assert_eq!(claim(&scratch, 9, 999), [id]);
        scratch.write(move |tx| tx.hold(id, "", at(6)));
    }
}

#[test]
fn mails_are_listed_and_exported() {
    let scratch = Scratch::new();
    let mails: Vec<_> = (1..=250).map(|uid| new_mail(uid, &noise(uid as usize))).collect();
    scratch.write(move |tx| mails.iter().try_for_each(|mail| tx.store_mail(mail).map(|_| ())));
    let letter = new_letter(LetterKind::Ask, "ask@us");
    let raw = letter.packed.unpack().unwrap();
    scratch.write(move |tx| {
        let id = tx.enqueue(&letter, at(0))?;
        tx.claim_due(at(0), 1)?;
        tx.record_sent(id, "250 ok", at(300))?;
        let ticket = tx.insert_ticket(&ticket())?;
        tx.set_disposition(MailId(2), Disposition::Filed, Some(ticket), "", at(0))?;
        tx.hold(MailId(1), "", at(0))
    });
    let ids = |only, limit| {
        let mails = scratch.read(|r| r.mails(only, limit));
        mails.into_iter().map(|mail| mail.id.0).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 3), [251, 250, 249]);
    assert_eq!(ids(Some(Only(None)), 2), [250, 249]);
    assert_eq!(ids(Some(Only(Some(Disposition::Held))), 9), [1]);
    assert_eq!(ids(Some(Only(Some(Disposition::Filed))), 9), [2], "our letter was not received");

    let mut seen = Vec::new();
    scratch.read(|r| {
        r.each_mail(|mail, parsed| {
            seen.push((mail, parsed?.unwrap().message_id));
            Ok(())
        })
    });
    assert!(seen.iter().map(|(mail, _)| mail.id.0).eq(1..=251));
    let (sent, sent_id) = seen.pop().unwrap();
    assert_eq!((sent.direction, sent.key, sent.received_at), (Direction::Out, None, at(300)));
    assert_eq!(sent_id, crate::mail::parse(&raw).message_id);
}

#[test]
fn frames_join_at_their_borders() {
    const MIB: usize = 1 << 20;
    for size in [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 7] {
        let raw = noise(size);
        let packed = PackedRaw::pack(&raw).unwrap();
        assert_eq!(packed.frames.len(), size.div_ceil(MIB));
        assert_eq!(packed.size, size as u64);
        assert!(packed.unpack().unwrap() == raw, "{size}");
        let scratch = Scratch::new();
        let id = stored_new(store(&scratch, 1, &raw));
        assert!(scratch.read(|r| r.raw(id)).unwrap() == raw, "{size}");
    }
}

proptest! {
    #[test]
    fn bytes_come_back_or_the_damage_is_found(
        raw in proptest::collection::vec(any::<u8>(), 1..2000), at in any::<prop::sample::Index>(), bit in 0..8,
    ) {
        let packed = PackedRaw::pack(&raw).unwrap();
        prop_assert_eq!(&packed.unpack().unwrap(), &raw);
        let mut damaged = packed.clone();
        let at = at.index(damaged.frames[0].len());
        damaged.frames[0][at] ^= 1_u8 << bit;
        // A bit of the frame header may mean nothing; then the bytes are still right.
        prop_assert!(damaged.unpack().map_or(true, |bytes| bytes == raw));
    }
}
