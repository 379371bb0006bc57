//! Dovecot numbers a folder anew, and then comes back with the old UIDVALIDITY and other mails (a backup was put back, the
//! folder was made anew): no mail is lost, none is answered twice.

use super::Desk;
use super::support::wait_for;
use super::torture::{at_rest, compare, put_in, tortured};
use anyhow::{Context, Result};
use askback::imap::Cursor;
use askback::store::{Access, Store};
use chrono::Utc;
use std::fs;
use std::path::PathBuf;

/// Makes Dovecot forget all UIDs of the mailbox and begin with 1 under this UIDVALIDITY.
fn renumber(desk: &Desk<'_>, uid_validity: u32) -> Result<()> {
    for entry in fs::read_dir(desk.inbox())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("dovecot.index") || name.starts_with("dovecot.list.index") {
            fs::remove_file(path)?;
        }
    }
    let list = desk.inbox().join("dovecot-uidlist");
    let old = fs::read_to_string(&list).context("Dovecot's list of UIDs")?;
    let guid = old.lines().next().and_then(|head| head.split(' ').find(|word| word.starts_with('G')));
    Ok(fs::write(list, format!("3 V{uid_validity} N1 {}\n", guid.context("no GUID in the list")?))?)
}

/// The mails in the mailbox.
fn files(desk: &Desk<'_>) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in ["cur", "new"] {
        for entry in fs::read_dir(desk.inbox().join(folder))? {
            files.push(entry?.path());
        }
    }
    Ok(files)
}

/// Runs the daemon until all is done and it has listed as far as this; gives the cursor.
fn run(desk: &Desk<'_>, mails: usize, wanted: Option<Cursor>) -> Result<Cursor> {
    let daemon = desk.run()?;
    let cursor = wait_for("all to be done", || {
        let Ok(store) = Store::open(&desk.database(), Access::ReadOnly) else { return Ok(None) };
        let cursor = store.read_now(|reader| reader.cursor("support"))?;
        let cursor = cursor.filter(|cursor| wanted.is_none_or(|wanted| wanted == *cursor));
        Ok(if at_rest(desk, mails)? { cursor } else { None })
    })
    .with_context(|| desk.log())?;
    daemon.stop()?;
    Ok(cursor)
}

#[test]
fn a_numbering_that_changes_and_comes_back_loses_no_mail() -> Result<()> {
    let (_dir, desk) = tortured("numbering")?;
    put_in(&desk, 0..3)?;
    let first = run(&desk, 3, None)?.uid_validity;

    renumber(&desk, first + 1)?;
    run(&desk, 3, Some(Cursor { uid_validity: first + 1, next_uid: 4 }))?;
    compare(&desk, 3).context("after the new numbering")?;

    // The old mails go, and others get their numbers.
    let (old, now) = (files(&desk)?, Utc::now().timestamp());
    // Servers tell the time of arrival in whole seconds.
    wait_for("the next second", || Ok((Utc::now().timestamp() > now).then_some(())))?;
    put_in(&desk, 3..5)?;
    old.iter().try_for_each(fs::remove_file)?;
    renumber(&desk, first)?;
    run(&desk, 5, Some(Cursor { uid_validity: first, next_uid: 3 }))?;
    let tally = compare(&desk, 5).context("after the old numbering came back")?;
    println!(
        "numbering: {} mails under 3 numberings, {} letters arrived, 0 twice",
        tally.mails, tally.arrived
    );
    Ok(())
}
