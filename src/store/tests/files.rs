//! Opening: what is created, who is refused, what a damaged file leads to.

use super::*;
use crate::mail::packed::PackedRaw;
use crate::store::{StoreError, open};
use rusqlite::Connection;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn open_error(path: &Path, access: Access) -> StoreError {
    Store::open(path, access).err().expect("the database must be refused")
}

#[test]
fn a_new_database_is_private_and_has_the_settings_that_keep_mails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state/askback.db");
    let store = Store::open(&path, Access::Daemon).unwrap();
    assert_eq!(mode(&folder.path().join("state")), 0o700);
    for name in ["askback.db", "askback.db-wal", "askback.db.lock"] {
        assert_eq!(mode(&path.with_file_name(name)), 0o600, "{name}");
    }
    let pragma = |tx: &Tx<'_>, name: &str| -> i64 {
        tx.conn.pragma_query_value(None, name, |row| row.get(0)).unwrap()
    };
    block_on(store.write(0, move |tx| {
        assert_eq!(pragma(tx, "page_size"), 16384);
        assert_eq!(pragma(tx, "synchronous"), 2);
        assert_eq!(pragma(tx, "foreign_keys"), 1);
        assert_eq!(pragma(tx, "wal_autocheckpoint"), 4000);
        assert_eq!(pragma(tx, "mmap_size"), 0);
        assert_eq!(
            pragma(tx, "temp_store"),
            2,
            "savepoints would write a file: 18 writes a mail instead of 2"
        );
        assert_eq!(pragma(tx, "user_version"), 13);
        let journal: String = tx.conn.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        assert_eq!(journal, "wal");
        Ok(())
    }))
    .unwrap();
    block_on(store.close()).unwrap();
    let mut left: Vec<_> =
        fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["askback.db", "askback.db.lock"], "the log is in the database after a close");
}

#[test]
fn what_was_committed_is_there_after_a_restart() {
    let scratch = Scratch::new();
    let id = stored_new(scratch.write(|tx| tx.store_mail(&new_mail(1, b"raw bytes"))));
    let scratch = scratch.reopen();
    assert_eq!(scratch.read(|r| r.raw(id)).unwrap(), b"raw bytes");
    // Without a daemon, too.
    block_on(scratch.store.close()).unwrap();
    for access in [Access::ReadOnly, Access::Operator] {
        let store = Store::open(&scratch.path, access).unwrap();
        assert_eq!(store.read_now(|r| r.raw(id)).unwrap().unwrap(), b"raw bytes");
    }
}

#[test]
fn a_reader_cannot_write() {
    let scratch = Scratch::new();
    let error = scratch.store.read_now(|r| Ok(r.conn.execute("DELETE FROM mail", [])?)).unwrap_err();
    assert!(format!("{error:#}").contains("readonly"), "{error:#}");
    let store = Store::open(&scratch.path, Access::ReadOnly).unwrap();
    assert!(block_on(store.write(0, |_| Ok(()))).is_err());
    assert_eq!(store.read_now(|r| r.counts()).unwrap().new, 0);
}

#[test]
fn an_operator_writes_beside_the_daemon() {
    let scratch = Scratch::new();
    let operator = Store::open(&scratch.path, Access::Operator).unwrap();
    block_on(operator.write(0, |tx| tx.setting_or_insert("a", || b"operator".to_vec()))).unwrap();
    let value = scratch.write(|tx| tx.setting_or_insert("a", || b"daemon".to_vec()));
    assert_eq!(value, b"operator");
}

#[test]
fn only_the_daemon_creates() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.db");
    for access in [Access::Operator, Access::ReadOnly] {
        assert_eq!(open_error(&path, access), StoreError::Missing { path: path.clone() });
        assert!(!path.exists());
    }
    fs::write(&path, b"").unwrap();
    assert_eq!(open_error(&path, Access::ReadOnly), StoreError::Missing { path: path.clone() });
}

#[test]
fn a_newer_schema_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    block_on(scratch.store.close()).unwrap();
    let path = scratch.path;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    for access in [Access::Daemon, Access::Operator, Access::ReadOnly] {
        let newer = StoreError::Newer { path: path.clone(), found: 99, known: 13 };
        assert_eq!(open_error(&path, access), newer);
    }
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    fs::write(&text, "Dear diary, ".repeat(500)).unwrap();
    let other = folder.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (a); PRAGMA user_version = 1").unwrap();
    for path in [text, other] {
        let before = fs::read(&path).unwrap();
        assert_eq!(open_error(&path, Access::Daemon), StoreError::NotOurs { path: path.clone() });
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_migration_that_fails_leaves_the_step_before_it_whole() {
    let mut conn = Connection::open_in_memory().unwrap();
    let steps = ["CREATE TABLE one (a)", "CREATE TABLE two (a); CREATE TABLE one (a)"];
    let state = |conn: &Connection| -> (u32, u32) {
        let sql = "SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version";
        conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    assert!(open::migrate(&mut conn, 0, &steps).is_err());
    assert_eq!(state(&conn), (1, 1));
    open::migrate(&mut conn, 1, &[steps[0], "CREATE TABLE two (a)"]).unwrap();
    assert_eq!(state(&conn), (2, 2));
}

#[test]
fn a_second_daemon_of_the_same_process_is_refused() {
    let scratch = Scratch::new();
    assert_eq!(open_error(&scratch.path, Access::Daemon), StoreError::Locked { path: scratch.path.clone() });
    let scratch = scratch.reopen();
    assert_eq!(open_error(&scratch.path, Access::Daemon), StoreError::Locked { path: scratch.path.clone() });
}

/// Which database the process that [`a_daemon_of_another_process_is_refused_until_that_is_killed`] starts shall hold.
const HOLD: &str = "ASKBACK_TEST_HOLD";

#[test]
fn hold_the_database_of_the_environment() {
    let Ok(path) = std::env::var(HOLD) else { return };
    let store = Store::open(Path::new(&path), Access::Daemon).unwrap();
    block_on(store.write(0, |tx| tx.store_mail(&new_mail(1, b"committed before the kill")))).unwrap();
    println!("\nholding");
    std::io::stdout().flush().unwrap();
    // Until the other process closes our standard input or kills us.
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
fn a_daemon_of_another_process_is_refused_until_that_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("askback.db");
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::files::hold_the_database_of_the_environment", "--nocapture"])
        .env(HOLD, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "holding"));
    assert_eq!(open_error(&path, Access::Daemon), StoreError::Locked { path: path.clone() });
    let looking = Store::open(&path, Access::ReadOnly).unwrap();
    assert_eq!(looking.read_now(|r| r.counts()).unwrap().new, 1);
    other.kill().unwrap();
    other.wait().unwrap();
    let store = Store::open(&path, Access::Daemon).unwrap();
    assert_eq!(store.read_now(|r| r.raw(MailId(1))).unwrap().unwrap(), b"committed before the kill");
}

#[test]
fn a_flipped_byte_is_found() {
    let scratch = Scratch::new();
    let (good, bad) = (noise(3000), noise(9000));
    let frame = PackedRaw::pack(&bad).unwrap().frames.remove(0);
    let ids = scratch.write(move |tx| {
        let good = stored_new(tx.store_mail(&new_mail(1, &good))?);
        let bad = stored_new(tx.store_mail(&new_mail(2, &bad))?);
        Ok([good, bad])
    });
    block_on(scratch.store.close()).unwrap();

    let mut file = fs::read(&scratch.path).unwrap();
    let place = file.windows(frame.len()).position(|window| window == frame).unwrap();
    file[place + frame.len() / 2] ^= 1;
    fs::write(&scratch.path, file).unwrap();

    let store = Store::open(&scratch.path, Access::Daemon).unwrap();
    assert!(store.read_now(|r| r.raw(ids[0])).unwrap().is_some());
    let error = store.read_now(|r| r.raw(ids[1])).unwrap_err();
    let text = format!("{error:#}");
    let expect = "mail 2: the stored bytes do not have their SHA-256 any more: the disk has damaged the database; \
                  check the disk and restore the last backup";
    assert!(text.starts_with(expect), "{text}");
    let mut handed_out = 0;
    let piece = |piece: &[u8]| {
        handed_out += piece.len();
        Ok(())
    };
    assert!(store.read_now(|r| r.raw_in_pieces(ids[1], piece)).is_err());
    assert_eq!(handed_out, 0, "wrong bytes are not even begun");
    let pending = store.read_now(|r| r.pending(&ids)).unwrap();
    let damaged: Vec<bool> = pending.iter().map(|mail| mail.damaged.is_some()).collect();
    assert_eq!(damaged, [false, true], "one damaged mail stops no other");
    let mut seen = Vec::new();
    let export = store.read_now(|r| {
        r.each_mail(|mail, parsed| {
            seen.push((mail.id, parsed.is_ok()));
            Ok(())
        })
    });
    export.unwrap();
    assert_eq!(seen, [(ids[0], true), (ids[1], false)]);
}

#[test]
fn errors_name_the_remedy() {
    let path = PathBuf::from("/var/lib/askback/askback.db");
    let why = "Permission denied".to_owned();
    let all = [
        StoreError::Locked { path: path.clone() },
        StoreError::Missing { path: path.clone() },
        StoreError::Newer { path: path.clone(), found: 9, known: 1 },
        StoreError::Older { path: path.clone(), found: 1, known: 2 },
        StoreError::NotOurs { path: path.clone() },
        StoreError::Folder { path: PathBuf::from("/var/lib/askback") },
        StoreError::NoBackup { path: PathBuf::from("copy.db") },
        StoreError::Rights { path, why },
        StoreError::Full,
        StoreError::Busy,
        StoreError::NoMemory,
        StoreError::Damaged("malformed".to_owned()),
        StoreError::Io("input/output error".to_owned()),
        StoreError::Closed,
    ];
    insta::assert_snapshot!(all.map(|error| error.to_string()).join("\n"), @r"
    /var/lib/askback/askback.db is in use by another askback daemon: stop that one first (systemctl status askback shows it), or give this one its own database
    /var/lib/askback/askback.db does not exist: start the daemon once (askback run), it creates the database
    /var/lib/askback/askback.db has schema 9, this askback knows schemas up to 1: install the newer askback again, or restore the backup made before the upgrade
    /var/lib/askback/askback.db has schema 1, this askback needs 2: restart the daemon, it migrates the database
    /var/lib/askback/askback.db is not a database of askback: check its path, and if that is right, `askback restore` the last good backup in its place
    /var/lib/askback is a folder: name a file in it, as /var/lib/askback/askback.db
    there is no file copy.db: name one that `askback backup` has made
    /var/lib/askback/askback.db: no right to use it (Permission denied): run as the user of the daemon, or correct owner and mode of the file and its folder
    the disk of the database is full: make room; nothing is lost, what failed is tried again
    another process keeps the database busy: try again; if it stays so, look for a hanging askback command
    there is no memory left for the database: free some; nothing is lost, what failed is tried again
    the database is damaged (malformed): stop the daemon, keep the files, restore the last backup
    the database cannot be read or written (input/output error): check the disk (dmesg) and the file system
    the database has been closed
    ");
}

#[test]
fn a_folder_without_rights_is_told_from_a_full_disk() {
    let path = Path::new("/var/lib/askback");
    let error = |kind: std::io::ErrorKind| StoreError::from_io(&kind.into(), path);
    assert!(matches!(error(std::io::ErrorKind::PermissionDenied), StoreError::Rights { .. }));
    assert_eq!(error(std::io::ErrorKind::StorageFull), StoreError::Full);
    assert!(matches!(error(std::io::ErrorKind::Interrupted), StoreError::Io(_)));
    // No restart helps where the path leads through a file.
    assert!(matches!(error(std::io::ErrorKind::NotADirectory), StoreError::NotOurs { .. }));
}
