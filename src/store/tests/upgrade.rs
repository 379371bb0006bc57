//! An upgrade that is killed between any two statements leaves the old schema or the new one, never something between.

use super::*;
use crate::store::open::{self, MIGRATIONS};
use crate::store::verify::verify;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::path::Path;
use std::process::Command;

/// Which database the process that is to be killed shall upgrade.
const UPGRADE: &str = "ASKBACK_TEST_UPGRADE";

/// What a database of the first schema may hold.
const ROWS: &str = "
    INSERT INTO cursor (mailbox, uid_validity, next_uid) VALUES ('support', 7, 3);
    INSERT INTO wanted (mailbox, uid_validity, uid, size) VALUES ('support', 7, 2, 100);
    INSERT INTO ticket (state, client, client_name, participants, subject, language, standing, answers, asks, asked,
                        agent_answered, no_more_asks, regulation, opened_at, last_client_at, answered_at)
    VALUES ('closed', 'ivan@alfa.test', '', '[]', '', 'ru', 'unverified', '{}', 0, '[]', 1, 0, '1', 0, 1000, 5000);
    INSERT INTO mail (direction, mailbox, uid_validity, uid, size, received_at, stored_at, disposition, why, decided_at)
    VALUES ('in', 'support', 7, 1, 100, 0, 0, 'held', 'the server does not hand it out', 0);
    INSERT INTO unconfirmed (mailbox, uid_validity, uid) VALUES ('support', 7, 1);
    INSERT INTO event (at, mail, ticket, what, detail) VALUES (0, 1, 1, 'held', '');";

/// Brings a database up to a schema, or to the newest that is asked for, in this process.
fn bring(path: &Path, to: usize) {
    let mut conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "synchronous", "OFF").unwrap();
    for version in 0..to {
        open::migrate(&mut conn, u32::try_from(version).unwrap(), &MIGRATIONS[..=version]).unwrap();
        match version {
            0 => conn.execute_batch(ROWS).unwrap(),
            1 => conn
                .execute("INSERT INTO told (cause, subject, clock, told_at) VALUES ('new', 1, 2, 3)", [])
                .map(|_| ())
                .unwrap(),
            _ => {}
        }
    }
}

/// All that a database says: its schema and every row.
fn dump(path: &Path) -> String {
    let conn = Connection::open(path).unwrap();
    let lines = |sql: &str| {
        let mut statement = conn.prepare(sql).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| row.get::<_, Value>(at)).collect::<Result<Vec<_>, _>>()
        };
        let rows = statement.query_map([], row).unwrap();
        rows.map(|row| format!("{:?}", row.unwrap())).collect::<Vec<_>>().join("\n")
    };
    let mut all = lines("PRAGMA user_version") + &lines("PRAGMA application_id");
    all += &lines("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
    let mut tables =
        conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names {
        all += &format!("\n{name}\n{}", lines(&format!("SELECT * FROM {name}")));
    }
    all
}

#[test]
fn upgrade_the_database_of_the_environment() {
    let Ok(path) = std::env::var(UPGRADE) else { return };
    let store = Store::open(Path::new(&path), Access::Daemon).unwrap();
    block_on(store.close()).unwrap();
}

/// Upgrades a database in a process of its own that dies at a point. `false`: it came to the end.
fn dies(path: &Path, point: &str, hit: u32) -> bool {
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::upgrade::upgrade_the_database_of_the_environment"])
        .env(UPGRADE, path)
        .env("ASKBACK_FAILPOINT", format!("{point}:{hit}"))
        .output()
        .unwrap()
        .status;
    assert!(status.success() || status.code().is_none(), "it neither ended nor died: {status}");
    !status.success()
}

#[test]
fn an_upgrade_that_is_killed_leaves_the_old_schema_or_the_new_one() {
    let (mut deaths, mut steps) = (0, 0);
    for from in 0..MIGRATIONS.len() {
        // What a database may look like: as it was, or after any number of whole steps.
        let folder = tempfile::tempdir().unwrap();
        let wholes: Vec<String> = (from..=MIGRATIONS.len())
            .map(|to| {
                let path = folder.path().join(format!("{to}.db"));
                bring(&path, from);
                let mut conn = Connection::open(&path).unwrap();
                open::migrate(&mut conn, u32::try_from(from).unwrap(), &MIGRATIONS[..to]).unwrap();
                dump(&path)
            })
            .collect();
        let old = folder.path().join("old.db");
        bring(&old, from);
        for (point, least) in [("migrate.statement", 2), ("migrate.committed", 1)] {
            let mut hit = 1;
            loop {
                let path = folder.path().join(format!("{point}-{hit}.db"));
                std::fs::copy(&old, &path).unwrap();
                if !dies(&path, point, hit) {
                    break;
                }
                let found = dump(&path);
                assert!(wholes.contains(&found), "schema {from}, killed at {point}:{hit}:\n{found}");
                // The next start does the rest.
                block_on(Store::open(&path, Access::Daemon).unwrap().close()).unwrap();
                assert_eq!(Some(&dump(&path)), wholes.last(), "schema {from}, killed at {point}:{hit}");
                assert_eq!(verify(&path, &mut |_| ()).unwrap().faults, [""; 0]);
                deaths += 1;
                hit += 1;
            }
            assert!(hit > least, "{point} was hit {} times", hit - 1);
        }
        steps += MIGRATIONS.len() - from;
    }
    println!(
        "{steps} migrations killed at {deaths} places: the old schema or the new one each time, then upgraded"
    );
    assert!(deaths > 60, "only {deaths} deaths");
}

/// A database of the newest schema with a row in each table that filing a mail writes to.
fn filled(path: &Path) -> Connection {
    bring(path, MIGRATIONS.len());
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(
        "PRAGMA foreign_keys = ON;
         INSERT INTO raw (sha256, size) VALUES (zeroblob(32), 1);
         INSERT INTO outbox (kind, ticket, recipient, recipient_untagged, recipient_domain, message_id, raw, asked, state,
                             created_at, due_at, counted_at, sent_copy)
         VALUES ('ask', 1, 'a@b.test', 'a@b.test', 'b.test', '1@b.test', 1, '[]', 'waiting', 0, 0, 0, 'wanted');
         INSERT INTO message (ticket, mail, direction, subject, own_text, kind, at) VALUES (1, 1, 'in', '', '', 'none', 0);
         INSERT INTO answer (message, field, state, evidence) VALUES (1, 'steps', 'unsure', '[]');",
    )
    .unwrap();
    conn
}

#[test]
fn rewritten_constraints_refuse_what_they_refused() {
    let folder = tempfile::tempdir().unwrap();
    let conn = filled(&folder.path().join("askback.db"));
    let columns = [
        ("ticket", "state"),
        ("ticket", "standing"),
        ("mail", "disposition"),
        ("outbox", "kind"),
        ("outbox", "state"),
        ("outbox", "sent_copy"),
        ("message", "kind"),
        ("answer", "field"),
        ("answer", "state"),
    ];
    for (table, column) in columns {
        let refused = conn.execute(&format!("UPDATE {table} SET {column} = 'nonsense'"), []).unwrap_err();
        assert!(refused.to_string().contains("CHECK constraint failed"), "{table}.{column}: {refused}");
        conn.execute(&format!("UPDATE {table} SET {column} = {column}"), []).unwrap();
    }
    // Looked up at the end of the transaction only, but looked up.
    conn.execute_batch("BEGIN; UPDATE mail SET ticket = 99").unwrap();
    let refused = conn.execute_batch("COMMIT").unwrap_err();
    assert!(refused.to_string().contains("FOREIGN KEY constraint failed"), "{refused}");
}

#[test]
fn a_row_is_checked_without_a_temporary_tree() {
    let folder = tempfile::tempdir().unwrap();
    let conn = filled(&folder.path().join("askback.db"));
    let trees = |table: &str| {
        let mut explain = conn.prepare(&format!("EXPLAIN INSERT INTO {table} DEFAULT VALUES")).unwrap();
        let codes = explain.query_map([], |row| row.get::<_, String>("opcode")).unwrap();
        codes.filter(|code| code.as_ref().unwrap() == "OpenEphemeral").count()
    };
    for table in ["wanted", "raw", "raw_frame", "mail", "ticket", "message", "answer", "event", "outbox"] {
        assert_eq!(trees(table), 0, "{table}: a list of three or more values in a CHECK");
    }
    assert_eq!(trees("told"), 1, "this one is written to seldom, and shows that one would be seen");
}
