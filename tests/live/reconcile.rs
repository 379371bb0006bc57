//! `askback reconcile`: what the server has and the database has not is found and fetched, and answered by no machine.

#[path = "../support/authority.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "helpers of tests are tests too, and this one uses a part of them"
)]
mod authority;
#[path = "../support/scripted_imap.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests are tests too, and this one uses a part of them"
)]
mod scripted_imap;

use super::Desk;
use super::support::PATIENCE;
use super::support::maildir::{letters, wait_for_letters};
use super::torture::{client, put_in, tortured, wait_for_rest};
use anyhow::{Context, Result, ensure};
use askback::net::Trust;
use scripted_imap::{Act, ScriptedImap};
use serde_json::Value;
use std::fs;
use tokio::runtime::Runtime;

/// What a run of it says of the mailbox, and its exit code. In the folder for sent mail, all that is there are copies of our
/// letters, which are never missing, and are known without being fetched.
fn reconcile(desk: &Desk<'_>, arguments: &[&str]) -> Result<(Value, Option<i32>)> {
    let output = desk.askback(&[&["reconcile", "--json"], arguments].concat())?;
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let [support, sent] = rows.as_slice() else { anyhow::bail!("{} folders", rows.len()) };
    ensure!(count(sent, "missing") == 0 && sent["error"].is_null(), "{sent}");
    ensure!(count(sent, "same_bytes") == 0, "{sent}");
    Ok((support.clone(), output.status.code()))
}

fn count(row: &Value, key: &str) -> usize {
    let value = &row[key];
    let number = || usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or_default();
    value.as_array().map_or_else(number, Vec::len)
}

/// Lets the database forget how to come by the last `mails`: it has been listed beyond them.
fn pass_by(desk: &Desk<'_>, mails: u32) -> Result<()> {
    let conn = rusqlite::Connection::open(desk.database())?;
    let changed =
        conn.execute("UPDATE cursor SET next_uid = next_uid + ?1 WHERE mailbox = 'support'", [mails])?;
    ensure!(changed == 1, "there is no cursor");
    Ok(())
}

#[test]
fn missing_mails_are_found_fetched_and_answered_by_nobody() -> Result<()> {
    let (_dir, desk) = tortured("reconcile")?;
    let rest = |mails| wait_for_rest(&desk, mails, PATIENCE);
    let daemon = desk.run()?;
    put_in(&desk, 0..3)?;
    rest(3)?;
    let (all_well, code) = reconcile(&desk, &[])?;
    assert_eq!((count(&all_well, "server"), count(&all_well, "here"), code), (3, 3, Some(0)), "{all_well}");
    daemon.stop()?;

    // Three mails that the daemon will never look for.
    put_in(&desk, 3..6)?;
    pass_by(&desk, 3)?;
    let (found, code) = reconcile(&desk, &["--dry-run"])?;
    assert_eq!((count(&found, "missing"), code), (3, Some(65)), "{found}");
    assert_eq!(desk.rows(&["export"])?.iter().filter(|row| row["direction"] == "in").count(), 3);
    let seen = letters(&desk.inbox())?.iter().filter(|mail| mail.flags.contains('S')).count();
    assert_eq!(seen, 3, "a dry run marks nothing as read");

    // Beside the daemon, which does not miss them.
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    let (found, code) = reconcile(&desk, &[])?;
    let fetched = |row: &Value| {
        row["missing"].as_array().map_or(0, |all| all.iter().filter(|mail| mail["fetched"] == true).count())
    };
    assert_eq!((count(&found, "missing"), fetched(&found), code), (3, 3, Some(0)), "{found}");
    // The daemon files them within half a minute, or at its start.
    daemon.stop()?;
    let daemon = desk.run()?;
    rest(6)?;
    // What comes from now on is answered as always.
    put_in(&desk, 6..7)?;
    rest(7)?;
    assert_eq!(desk.rows(&["tickets"])?.len(), 7);
    for number in [0, 1, 2, 6] {
        wait_for_letters(&desk.mailbox_of(&client(&desk, number)), 1)?;
    }
    for number in 3..6 {
        assert_eq!(
            letters(&desk.mailbox_of(&client(&desk, number)))?.len(),
            0,
            "client {number} got a letter"
        );
    }
    assert_eq!(desk.rows(&["outbox"])?.len(), 4);
    let (again, code) = reconcile(&desk, &[])?;
    assert_eq!((count(&again, "missing"), count(&again, "here"), code), (0, 7, Some(0)), "{again}");
    daemon.stop()?;

    // The server numbers its mails anew: they are known by their bytes.
    let conn = rusqlite::Connection::open(desk.database())?;
    conn.execute_batch(
        "UPDATE cursor SET uid_validity = uid_validity - 1 WHERE mailbox = 'support';
         UPDATE mail SET uid_validity = uid_validity - 1 WHERE mailbox = 'support';",
    )?;
    drop(conn);
    for arguments in [&["--dry-run"][..], &[], &[]] {
        let (anew, code) = reconcile(&desk, arguments)?;
        let known = count(&anew, "here") + count(&anew, "same_bytes");
        assert_eq!((known, count(&anew, "missing"), code), (7, 0, Some(0)), "{anew}");
    }
    println!("reconcile: 3 of 6 mails were missing, 3 found by the dry run, 3 fetched, 0 answered, 0 twice");
    Ok(())
}

/// Lets the daemon believe that it last compared the folders two days ago.
fn long_ago(desk: &Desk<'_>) -> Result<()> {
    let conn = rusqlite::Connection::open(desk.database())?;
    let changed = conn.execute(
        "UPDATE setting SET value = CAST(CAST(CAST(value AS TEXT) AS INTEGER) - 172800000 AS BLOB)
         WHERE key = 'reconciled support'",
        [],
    )?;
    ensure!(changed == 1, "the first day was not noted");
    Ok(())
}

#[test]
fn once_a_day_the_daemon_finds_by_itself_what_is_missing_and_tells() -> Result<()> {
    let (_dir, mut desk) = tortured("reconcile-daily")?;
    // When the watcher looks next, it marks what was fetched beside it.
    desk.set("mailbox.poll", "10s")?;
    let daemon = desk.run()?;
    put_in(&desk, 0..3)?;
    wait_for_rest(&desk, 3, PATIENCE)?;
    daemon.stop()?;
    ensure!(!desk.log().contains("compared with the server"), "the first day counts as done: {}", desk.log());
    put_in(&desk, 3..6)?;
    pass_by(&desk, 3)?;

    // What it finds it fetches and tells.
    long_ago(&desk)?;
    let daemon = desk.run()?;
    let words =
        "3 mails that the server has and the database had not, fetched now; they get no automatic letter";
    daemon.wait_for_log(words)?;
    wait_for_rest(&desk, 6, PATIENCE)?;
    daemon.wait_for_notice(&format!("support: {words}"), 1)?;
    daemon.wait_for_log_where("the Sent folder to be compared", |line| {
        line.contains("compared with the server") && line.contains("(sent)")
    })?;
    daemon.stop()?;
    for number in 3..6 {
        ensure!(
            letters(&desk.mailbox_of(&client(&desk, number)))?.is_empty(),
            "client {number} got a letter"
        );
    }
    let told = |desk: &Desk<'_>| -> Result<i64> {
        let conn = rusqlite::Connection::open(desk.database())?;
        let sql = "SELECT count(*) FROM event WHERE what = 'reconciled' AND detail LIKE 'support: 3 mails%'";
        Ok(conn.query_row(sql, [], |row| row.get(0))?)
    };
    assert_eq!(told(&desk)?, 1);

    // The next day all is well, and nothing is told.
    long_ago(&desk)?;
    let daemon = desk.run()?;
    for folder in ["mailbox=\"support\"", "(sent)"] {
        daemon.wait_for_log_where("both folders to be compared", |line| {
            line.contains("compared with the server") && line.contains(folder)
        })?;
    }
    daemon.stop()?;
    assert_eq!(told(&desk)?, 1, "{}", desk.log());
    // Nothing has to be fetched to be compared.
    let (all_well, code) = reconcile(&desk, &["--dry-run"])?;
    assert_eq!(
        (count(&all_well, "here"), count(&all_well, "same_bytes"), code),
        (6, 0, Some(0)),
        "{all_well}"
    );
    println!("daily reconciliation: 3 of 6 mails were missing, found, fetched and told once, 0 answered");
    Ok(())
}

/// Lets the desk read its mails from a server that does as it is told.
fn reads_from(desk: &mut Desk<'_>, server: &ScriptedImap) -> Result<()> {
    let Trust::CaFile(authority) = server.settings().endpoint.trust else { anyhow::bail!("another trust") };
    let password_file = desk.password_file("secret")?;
    desk.set("mailbox.port", i64::from(server.port()))?;
    desk.set("mailbox.user", "support")?;
    desk.set("mailbox.password_file", password_file.display().to_string())?;
    desk.set("mailbox.ca_file", authority.display().to_string())
}

#[test]
fn once_a_day_a_folder_that_was_made_anew_is_read_though_its_watcher_does_not_see_it() -> Result<()> {
    let (_dir, mut desk) = tortured("reconcile-anew")?;
    let runtime = Runtime::new()?;
    let server = runtime.block_on(ScriptedImap::start());
    reads_from(&mut desk, &server)?;
    // This server has the same mails in all folders.
    desk.set("mailbox.sent_folder", "off")?;
    server.deliver(&[100; 2]);
    let daemon = desk.run()?;
    desk.wait_for_mails(2)?;
    daemon.stop()?;
    {
        let mut state = server.state();
        (state.uid_validity, state.uid_next) = (Some(8), Some(1));
        state.mails.clear();
    }
    server.deliver(&[333]);

    long_ago(&desk)?;
    // The watcher is the first to ask, and hears nothing for a minute.
    server.rule("SELECT \"INBOX\"", 1, Act::Silence);
    let daemon = desk.run()?;
    let log = daemon.wait_for_log(
        "1 mail that the server has and the database had not, fetched now; the server has numbered its mails anew",
    )?;
    ensure!(!log.contains("listed again"), "{log}");
    desk.wait_for_mails(3)?;
    daemon.stop()
}

#[test]
fn what_is_missing_is_told_until_it_is_here() -> Result<()> {
    let (_dir, mut desk) = tortured("reconcile-refusing")?;
    let runtime = Runtime::new()?;
    let server = runtime.block_on(ScriptedImap::start());
    reads_from(&mut desk, &server)?;
    let stored = |count| desk.wait_for_mails(count);

    server.deliver(&[100; 2]);
    let daemon = desk.run()?;
    stored(2)?;
    daemon.stop()?;
    server.deliver(&[100; 3]);
    pass_by(&desk, 3)?;
    // It lists them, and hands none out.
    server.rule("BODY.PEEK[]", usize::MAX, Act::Answer("{tag} NO [SERVERBUG] not now\r\n".to_owned()));
    let told = "3 mails that the server has and the database had not, 0 fetched now, 3 still to be fetched";
    let mut events = 0;
    for day in 1..=2 {
        long_ago(&desk)?;
        let daemon = desk.run()?;
        daemon.wait_for_log(told).with_context(|| format!("day {day}"))?;
        daemon.stop()?;
        let conn = rusqlite::Connection::open(desk.database())?;
        let sql = "SELECT count(*) FROM event WHERE what = 'reconciled'";
        events = conn.query_row(sql, [], |row| row.get(0))?;
    }
    // It hands them out again.
    server.state().rules.clear();
    let daemon = desk.run()?;
    stored(5)?;
    daemon.stop()?;
    long_ago(&desk)?;
    let daemon = desk.run()?;
    let log = daemon.wait_for_log("compared with the server")?;
    ensure!(!log.contains("still to be fetched"), "{log}");
    daemon.stop()?;
    assert_eq!(events, 2, "each daemon that finds it writes it down once");
    println!(
        "3 missing mails that the server did not hand out: told on 2 of 2 days, 5 of 5 mails stored at last"
    );
    Ok(())
}

#[test]
fn mails_that_are_gone_or_were_exchanged_on_the_server_are_told() -> Result<()> {
    let (_dir, desk) = tortured("reconcile-gone")?;
    let daemon = desk.run()?;
    put_in(&desk, 0..3)?;
    wait_for_rest(&desk, 3, PATIENCE)?;
    daemon.stop()?;

    // Somebody deletes the first; the place of another is that of a mail with other bytes and another date.
    for file in fs::read_dir(desk.inbox().join("cur"))? {
        let path = file?.path();
        if String::from_utf8_lossy(&fs::read(&path)?).contains(&client(&desk, 0)) {
            fs::remove_file(path)?;
        }
    }
    let exported = desk.rows(&["export"])?;
    let last = exported.iter().find(|row| row["sender"] == client(&desk, 2).as_str()).context("no mail")?;
    let conn = rusqlite::Connection::open(desk.database())?;
    let mail = last["mail"].as_i64();
    conn.execute(
        "UPDATE raw SET sha256 = randomblob(32) WHERE id = (SELECT raw FROM mail WHERE id = ?1)",
        [mail],
    )?;
    conn.execute("UPDATE mail SET received_at = received_at - 86400000 WHERE id = ?1", [mail])?;
    drop(conn);
    let (found, code) = reconcile(&desk, &["--dry-run"])?;
    let counts = ["server", "here", "gone", "missing"].map(|key| count(&found, key));
    assert_eq!((counts, code), ([2, 1, 1, 1], Some(65)), "{found}");
    let (found, code) = reconcile(&desk, &[])?;
    assert_eq!((count(&found, "missing"), code), (1, Some(0)), "{found}");
    let stored = desk.rows(&["export"])?.iter().filter(|row| row["direction"] == "in").count();
    assert_eq!(stored, 4, "both mails of one place are kept");
    let (found, code) = reconcile(&desk, &[])?;
    assert_eq!((count(&found, "here"), count(&found, "missing"), code), (2, 0, Some(0)), "{found}");
    Ok(())
}

#[test]
fn a_server_that_cannot_be_asked_is_told_with_the_remedy() -> Result<()> {
    let (_dir, mut desk) = tortured("reconcile-refused")?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    daemon.stop()?;
    let file = desk.password_file("not-the-one")?;
    desk.set("mailbox.password_file", file.display().to_string())?;
    let output = desk.askback(&["reconcile"])?;
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(69), "{said}");
    assert!(said.contains("check user name and password") && !said.contains("not-the-one"), "{said}");
    Ok(())
}
