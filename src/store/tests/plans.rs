//! How SQLite finds what statements ask for: none reads all of a table that grows with each mail, and none sorts it.

use super::*;
use regex::Regex;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Tables that are as long as the desk is old.
#[rustfmt::skip]
const GROW: [&str; 11] = [
    "mail", "raw", "raw_frame", "ticket", "message", "answer", "outbox", "event", "told", "known_place", "awaited",
];

/// Statements that may, by words of theirs, and why.
const MAY: &[(&str, &str)] = &[
    (
        "INSERT INTO mail\n",
        "SQLite looks for rows that refer to it, if any waits for the row that it refers to; none does",
    ),
    ("FROM event WHERE at <", "goes back from the end of the log to a moment, and stops there"),
    ("FROM event\n             WHERE at <", "the same"),
    ("FROM outbox WHERE created_at <", "goes back from the last letter to a moment, and stops there"),
    ("SELECT stored_at FROM mail ORDER BY id DESC LIMIT 1", "the last one"),
    ("WHERE event.id > ?1", "sorts what has come since a moment"),
    ("WHERE event.ticket = ?1", "sorts events of a ticket"),
    ("FROM awaited CROSS JOIN mail", "once a day, what is younger than a month"),
    ("FROM place\n", "reconciling compares a whole folder"),
    ("INDEXED BY outbox_copy", "an index of those that are still to be copied"),
    ("state = 'waiting' AND", "sorts letters that wait"),
    ("WHERE state = 'claimed'", "sorts letters that are being sent"),
    ("state IN ('refused', 'ambiguous')", "sorts letters that did not go out, of a week"),
    ("message_id = ?1", "sorts messages of one Message-ID"),
    ("ORDER BY EXISTS (SELECT 1 FROM notice_cause", "sorts mails that wait for a person"),
    ("FROM notice_cause CROSS JOIN", "sorts notices that wait"),
    ("FROM event WHERE outbox = ?1", "the command line: the log has no index of letters"),
    ("raw.id = mail.raw\n             ORDER BY mail.id DESC LIMIT", "the last ones"),
    ("raw.id = mail.raw\n             WHERE mail.id IN", "the command line sorts numbers of mails"),
    ("FROM outbox\n             ORDER BY id", "the command line lists all"),
    ("FROM outbox\n             WHERE state = ?1", "the command line sorts letters of a state"),
    ("SELECT id FROM ticket ORDER BY id", "the command line lists all"),
    ("SELECT count(*) FROM raw", "the command line checks all"),
    ("GROUP BY 1", "the command line counts all"),
];

/// All statements of the store, by the file that they are in. What a macro puts around a text is put around it.
fn statements() -> Vec<(String, String)> {
    let text = Regex::new(r#""((?:[^"\\]|\\.)*)""#).unwrap();
    let definition = Regex::new(r"(?s)macro_rules! (\w+) \{.*?\n\}").unwrap();
    let call = Regex::new(r#"(\w+)!\(\s*"((?:[^"\\]|\\.)*)""#).unwrap();
    let begins = Regex::new(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s").unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut around: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for macro_ in definition.captures_iter(&source) {
            let (all, [name]) = macro_.extract();
            around.insert(name, text.captures_iter(all).map(|text| text.extract::<1>().1[0]).collect());
        }
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for (_, [name, middle]) in call.captures_iter(&source).map(|call| call.extract()) {
            if let Some([before, after @ ..]) = around.get(name).map(Vec::as_slice) {
                found.push((file.clone(), format!("{before}{middle}{}", after.concat())));
            }
        }
        let plain = definition.replace_all(&source, "");
        for (_, [sql]) in text.captures_iter(&plain).map(|text| text.extract()) {
            if begins.is_match(sql) {
                found.push((file.clone(), sql.to_owned()));
            }
        }
    }
    found
}

/// The steps of a statement's plan.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut explain =
        conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let mut rows = explain.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get("detail").unwrap());
    }
    steps
}

/// What of a statement's plan goes through a whole table that grows, or sorts.
fn whole_tables(conn: &Connection, sql: &str) -> Vec<String> {
    let mut steps = plan(conn, sql);
    steps.retain(|step| {
        let scanned = step.strip_prefix("SCAN ").and_then(|of| of.split(' ').next());
        scanned.is_some_and(|table| GROW.contains(&table)) || step.contains("TEMP B-TREE")
    });
    steps
}

#[test]
fn no_statement_reads_all_of_a_table_that_grows() {
    let scratch = Scratch::new();
    let conn = Connection::open(&scratch.path).unwrap();
    let all = statements();
    assert!(all.len() > 150, "{}", all.len());
    let mut needless: Vec<&str> = MAY.iter().map(|(words, _)| *words).collect();
    let mut faults = String::new();
    for (file, sql) in &all {
        let whole = whole_tables(&conn, sql);
        let may: Vec<&str> =
            MAY.iter().map(|(words, _)| *words).filter(|words| sql.contains(words)).collect();
        if !whole.is_empty() {
            needless.retain(|words| !may.contains(words));
            if may.is_empty() {
                faults += &format!("{file}: {whole:?}: {sql}\n\n");
            }
        }
    }
    assert!(faults.is_empty(), "{faults}");
    assert!(needless.is_empty(), "no statement needs these: {needless:?}");
    // It would see one.
    assert_eq!(whole_tables(&conn, "SELECT 1 FROM ticket WHERE subject = ?1"), ["SCAN ticket"]);
    assert_eq!(
        whole_tables(&conn, "SELECT id FROM ticket WHERE state = ?1 ORDER BY opened_at"),
        ["USE TEMP B-TREE FOR ORDER BY"]
    );
}

/// They are looked for every few seconds.
#[test]
fn letters_that_did_not_go_out_long_ago_are_not_read() {
    let scratch = Scratch::new();
    let conn = Connection::open(&scratch.path).unwrap();
    let lost = |sql: &&(String, String)| sql.1.contains("state IN ('refused', 'ambiguous') AND kind");
    let all = statements();
    let lost: Vec<_> = all.iter().filter(lost).collect();
    assert_eq!(lost.len(), 2);
    for (_, sql) in lost {
        let steps = plan(&conn, sql);
        let begins = "SEARCH outbox USING INDEX outbox_state (state=? AND due_at>?)";
        assert!(steps.iter().any(|step| step == begins), "{steps:?}: {sql}");
    }
}
