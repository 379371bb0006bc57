//! The database is checked, copied under load and put back.

use super::*;
use crate::store::StoreError;
use crate::store::backup::{backup, restore};
use crate::store::setting::TOKEN_KEY;
use crate::store::verify::{Stage, Verified, verify};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn check(path: &Path) -> Verified {
    verify(path, &mut |_| ()).unwrap()
}

/// Stores one mail for each number.
fn store_mails(scratch: &Scratch, numbers: std::ops::Range<u32>) {
    scratch.write(move |tx| {
        for number in numbers {
            tx.store_mail(&new_mail(number, format!("mail {number}\r\n").as_bytes()))?;
        }
        Ok(())
    });
}

/// The bytes of every mail, or none where they are found damaged; an error if they cannot be gone through.
fn read_all(path: &Path) -> anyhow::Result<Vec<Option<Vec<u8>>>> {
    let mut all = Vec::new();
    Store::open(path, Access::ReadOnly)?.read_now(|reader| {
        let mut mails = reader.mails(None, usize::MAX)?;
        mails.sort_by_key(|mail| mail.id);
        all.extend(mails.iter().map(|mail| reader.raw(mail.id).ok().flatten()));
        Ok(())
    })?;
    Ok(all)
}

#[test]
fn a_whole_database_is_said_to_be_whole() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..6);
    let mut told = Vec::new();
    let verified = verify(&scratch.path, &mut |stage| told.push(stage)).unwrap();
    assert_eq!(verified, Verified { sound: 5, faults: Vec::new() });
    let checked = (1..=5).map(|done| Stage::Checked(done, 5));
    assert_eq!(told, [Stage::Structure].into_iter().chain(checked).collect::<Vec<_>>());
}

#[test]
fn tables_that_contradict_each_other_are_found() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..3);
    let conn = rusqlite::Connection::open(&scratch.path).unwrap();
    conn.execute_batch(
        "PRAGMA foreign_keys = OFF;
         DELETE FROM raw_frame WHERE raw = 1;
         UPDATE mail SET ticket = 99 WHERE id = 2;
         INSERT INTO unconfirmed (mailbox, uid_validity, uid) VALUES ('support', 7, 77);",
    )
    .unwrap();
    let verified = check(&scratch.path);
    assert_eq!(verified.sound, 1);
    let faults = verified.faults.join("\n");
    for fault in ["a row of mail names a row of ticket", "is not stored, UID 77", "mail 1: the stored bytes"]
    {
        assert!(faults.contains(fault), "{faults}");
    }
}

/// A byte flipped anywhere: either the check finds it, or it changes no mail. In no case are wrong bytes handed out.
#[test]
fn a_flipped_byte_anywhere_never_changes_a_mail_unseen() {
    let scratch = Scratch::new();
    scratch.write(|tx| {
        for number in 1..40 {
            tx.store_mail(&new_mail(number, &noise(500 * number as usize)))?;
        }
        Ok(())
    });
    block_on(scratch.store.close()).unwrap();
    let good = read_all(&scratch.path).unwrap();
    let file = fs::read(&scratch.path).unwrap();
    let damaged = scratch.path.with_file_name("damaged.db");
    let (mut found, mut harmless) = (0, 0);
    let flips: usize = if std::env::var_os("ASKBACK_TORTURE").is_some() { 2000 } else { 150 };
    let frames: Vec<Vec<u8>> =
        (1..40).flat_map(|number| PackedRaw::pack(&noise(500 * number)).unwrap().frames).collect();
    // Where the bytes of mails lie.
    let places: Vec<_> = frames
        .iter()
        .filter_map(|frame| {
            let at = file.windows(frame.len()).position(|window| window == frame)?;
            Some(at..at + frame.len())
        })
        .collect();
    let mut random: u64 = 20_261_125;
    let (mut in_mails, mut found_in_mails) = (0, 0);
    for flip in 0..flips {
        let mut bytes = file.clone();
        // Anywhere, by a fixed sequence (Knuth's MMIX).
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(random >> 33).unwrap() % file.len();
        bytes[at] ^= 1 << (flip % 8);
        let in_a_mail = places.iter().any(|place| place.contains(&at));
        in_mails += usize::from(in_a_mail);
        for tail in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{tail}", damaged.display()));
        }
        fs::write(&damaged, bytes).unwrap();
        if verify(&damaged, &mut |_| ()).map_or(true, |verified| !verified.faults.is_empty()) {
            found += 1;
            found_in_mails += usize::from(in_a_mail);
        } else {
            harmless += 1;
            assert_eq!(read_all(&damaged).unwrap(), good, "flip {flip} was not found");
        }
        for (number, bytes) in read_all(&damaged).unwrap_or_default().into_iter().enumerate() {
            if let Some(bytes) = bytes {
                assert!(
                    good.contains(&Some(bytes)),
                    "flip {flip}: wrong bytes of mail {number} were handed out"
                );
            }
        }
    }
    println!(
        "{flips} flipped bytes: {found} found, {harmless} in free space or in texts beside the mails, 0 wrong mails; \
         of {in_mails} where bytes of mails lie or lay {found_in_mails} found, and the others changed no mail"
    );
    assert_eq!(found + harmless, flips);
    assert!(in_mails > flips / 20, "only {in_mails} of {flips} hit a mail");
}

#[test]
fn a_backup_under_load_is_the_state_of_one_moment() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..200);
    let to = scratch.path.with_file_name("backup.db");
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (store, done) = (scratch.store.clone(), done.clone());
        std::thread::spawn(move || {
            let mut written = 0_u32;
            while !done.load(Ordering::Relaxed) {
                let uid = 1000 + written;
                // A mail and a setting each time: a backup has both or neither.
                let work = move |tx: &Tx<'_>| {
                    tx.store_mail(&new_mail(uid, &noise(5000 + uid as usize)))?;
                    tx.setting_or_insert(&format!("mail {uid}"), Vec::new)
                };
                block_on(store.write(0, work)).unwrap();
                written += 1;
            }
            written
        })
    };
    while scratch.read(|r| r.mail(MailId(199 + 20))).is_none() {
        std::thread::yield_now();
    }
    let mut last_copied = None;
    let copied = &mut |stage| {
        if let Stage::Copied(done, all) = stage {
            last_copied = Some((done, all));
        }
    };
    let verified = backup(&scratch.path, &to, copied).unwrap();
    assert!(last_copied.is_some_and(|(done, all)| done == all && all > 0), "{last_copied:?}");
    done.store(true, Ordering::Relaxed);
    let written = writer.join().unwrap();
    assert!(written > 20);
    assert!(verified.faults.is_empty());
    assert_eq!(check(&to), verified);
    let conn = rusqlite::Connection::open(&to).unwrap();
    let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, u32>(0)).map(u64::from).unwrap();
    let mails = count("SELECT count(*) FROM mail WHERE uid >= 1000");
    assert!(mails >= 20);
    assert_eq!(mails, count("SELECT count(*) FROM setting WHERE key LIKE 'mail %'"));
    assert_eq!(mails + 199, verified.sound);
    let tails: Vec<_> = ["-wal", "-shm", "-journal", ".part"]
        .iter()
        .filter(|tail| Path::new(&format!("{}{tail}", to.display())).exists())
        .collect();
    assert!(tails.is_empty(), "a backup is one file: {tails:?}");
}

#[test]
fn a_backup_replaces_nothing_and_a_damaged_database_is_not_backed_up() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..3);
    let to = scratch.path.with_file_name("backup.db");
    fs::write(&to, "something").unwrap();
    let error = backup(&scratch.path, &to, &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("exists already"), "{error}");
    assert_eq!(fs::read(&to).unwrap(), b"something");
    let nowhere = scratch.path.with_file_name("nowhere").join("backup.db");
    let error = backup(&scratch.path, &nowhere, &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("there is no folder") && error.contains("make it"), "{error}");

    fs::remove_file(&to).unwrap();
    let conn = rusqlite::Connection::open(&scratch.path).unwrap();
    conn.execute_batch("UPDATE raw_frame SET zstd = x'00' WHERE raw = 1").unwrap();
    let error = backup(&scratch.path, &to, &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("is not sound"), "{error}");
    assert!(!to.exists() && !to.with_file_name("backup.db.part").exists());
}

#[test]
fn a_restore_is_refused_to_a_running_daemon_and_can_be_undone() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..3);
    let letter = |kind, id| new_letter(kind, id);
    scratch.write(move |tx| {
        tx.enqueue(&letter(LetterKind::Accept, "accept@m2m.test"), at(0))?;
        tx.enqueue(&letter(LetterKind::Notice, "notice@m2m.test"), at(0))
    });
    let to = scratch.path.with_file_name("backup.db");
    backup(&scratch.path, &to, &mut |_| ()).unwrap();
    store_mails(&scratch, 3..10);

    let error = restore(&to, &scratch.path, at(50), &mut |_| ()).unwrap_err();
    assert!(matches!(error.downcast_ref(), Some(StoreError::Locked { .. })), "{error:#}");
    assert_eq!(check(&scratch.path).sound, 11);

    block_on(scratch.store.close()).unwrap();
    let restored = restore(&to, &scratch.path, at(50), &mut |_| ()).unwrap();
    assert_eq!(restored.unsure_letters, 1, "the automatic one");
    assert_eq!(check(&scratch.path).sound, 4);
    let store = Store::open(&scratch.path, Access::Daemon).unwrap();
    let states: Vec<_> =
        store.read_now(|r| r.outbox(None)).unwrap().into_iter().map(|letter| letter.state).collect();
    assert_eq!(states, [OutboxState::Ambiguous, OutboxState::Waiting]);
    assert_eq!(store.read_now(|r| r.restored_at()).unwrap(), Some(at(50)));
    block_on(store.close()).unwrap();

    let aside = restored.aside.unwrap();
    assert_eq!(check(&aside).sound, 11);
    restore(&aside, &scratch.path, at(60), &mut |_| ()).unwrap();
    assert_eq!(check(&scratch.path).sound, 11);
}

/// A number that stands in a letter, and the token with it, never comes to mean another client.
#[test]
fn no_number_is_given_again_after_a_restore() {
    let next = |path: &Path| {
        let store = Store::open(path, Access::Daemon).unwrap();
        let id = block_on(store.write(0, |tx| tx.insert_ticket(&ticket()))).unwrap();
        block_on(store.close()).unwrap();
        id.0
    };
    // What is there when the backup is put back: the database that went on, a damaged one, one of another house, none.
    for (name, expect) in [("continued", 4), ("damaged", 10_002), ("another", 10_002), ("none", 10_002)] {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            tx.setting_or_insert(TOKEN_KEY, || vec![1; 32])?;
            tx.insert_ticket(&ticket())
        });
        let to = scratch.path.with_file_name("backup.db");
        backup(&scratch.path, &to, &mut |_| ()).unwrap();
        scratch.write(|tx| {
            tx.insert_ticket(&ticket())?;
            tx.insert_ticket(&ticket())
        });
        block_on(scratch.store.close()).unwrap();
        match name {
            "damaged" => fs::write(&scratch.path, "no database").unwrap(),
            "another" => rusqlite::Connection::open(&scratch.path)
                .unwrap()
                .execute_batch("UPDATE setting SET value = x'02'")
                .unwrap(),
            "none" => fs::remove_file(&scratch.path).unwrap(),
            _ => {}
        }
        let restored = restore(&to, &scratch.path, at(50), &mut |_| ()).unwrap();
        assert_eq!(restored.last_ticket + 1, i64::from(expect), "{name}");
        assert_eq!(next(&scratch.path), expect, "{name}");
        let Some(aside) = restored.aside.filter(|_| name == "continued") else { continue };
        // And on the way back.
        restore(&aside, &scratch.path, at(60), &mut |_| ()).unwrap();
        assert_eq!(next(&scratch.path), expect + 1);
    }
}

#[test]
fn a_damaged_backup_is_refused_and_nothing_has_changed() {
    let scratch = Scratch::new();
    store_mails(&scratch, 1..3);
    let to = scratch.path.with_file_name("backup.db");
    backup(&scratch.path, &to, &mut |_| ()).unwrap();
    rusqlite::Connection::open(&to).unwrap().execute_batch("DELETE FROM raw_frame").unwrap();
    block_on(scratch.store.close()).unwrap();
    let before = fs::read(&scratch.path).unwrap();
    let error = restore(&to, &scratch.path, at(50), &mut |_| ()).unwrap_err().to_string();
    assert!(error.contains("is not sound"), "{error}");
    assert_eq!(fs::read(&scratch.path).unwrap(), before);
}
