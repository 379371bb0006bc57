//! Mails come in, once each, and the server's mailbox looks afterwards as configured.

use super::support::compose::{fixture, mail};
use super::support::maildir::{letters, subfolder, wait_for_letters};
use super::support::{wait_for, wait_for_at_most};
use super::{COMPLETE, desk, postfix, servers};
use anyhow::{Context, Result};
use std::time::Duration;

/// Sends `count` mails of different clients to a desk and waits until they are in its mailbox.
fn send(desk: &super::Desk<'_>, count: usize) -> Result<()> {
    let mut postfix = postfix()?;
    for number in 0..count {
        let client = format!("client{number}@alfa{number}.test");
        postfix.send(&client, &desk.address, &mail(&client, &desk.address, "Отчёт", COMPLETE))?;
    }
    wait_for_letters(&desk.inbox(), count)?;
    Ok(())
}

#[test]
fn a_mail_is_announced_by_the_server_and_taken_at_once() -> Result<()> {
    let (_dir, desk) = desk("idle")?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    send(&desk, 1)?;
    // Far below the ten seconds that are the shortest poll: only IDLE can be that quick.
    wait_for_at_most(Duration::from_secs(8), "a mail by IDLE", || {
        Ok((desk.rows(&["tickets"])?.len() == 1).then_some(()))
    })
    .with_context(|| desk.log())
}

#[test]
fn without_idle_the_mailbox_is_polled() -> Result<()> {
    let (_dir, mut desk) = desk("poll")?;
    desk.set("mailbox.host", "127.0.0.2")?;
    desk.set("mailbox.port", i64::from(servers().imaps_poll_port()?))?;
    desk.set("mailbox.poll", "10s")?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    send(&desk, 1)?;
    desk.wait_for_mails(1)?;
    Ok(())
}

#[test]
fn taken_mails_are_marked_as_read() -> Result<()> {
    let (_dir, desk) = desk("after-seen")?;
    send(&desk, 3)?;
    let _daemon = desk.run()?;
    desk.wait_for_mails(3)?;
    wait_for("three mails marked as read", || {
        let mails = letters(&desk.inbox())?;
        Ok((mails.iter().filter(|mail| mail.flags.contains('S')).count() == 3).then_some(()))
    })
}

#[test]
fn taken_mails_are_moved_where_that_is_wanted() -> Result<()> {
    let (_dir, mut desk) = desk("after-move")?;
    desk.set("mailbox.after", "move:Processed")?;
    send(&desk, 3)?;
    let _daemon = desk.run()?;
    wait_for_letters(&subfolder(&desk.inbox(), "Processed"), 3)?;
    // Dovecot links the file first and removes it then.
    wait_for("an empty inbox", || Ok(letters(&desk.inbox())?.is_empty().then_some(())))?;
    assert_eq!(desk.wait_for_mails(3)?.len(), 3);
    Ok(())
}

#[test]
fn mails_can_be_left_untouched() -> Result<()> {
    let (_dir, mut desk) = desk("after-leave")?;
    desk.set("mailbox.after", "leave")?;
    send(&desk, 3)?;
    let daemon = desk.run()?;
    desk.wait_for_mails(3)?;
    daemon.stop()?;
    let mails = letters(&desk.inbox())?;
    assert_eq!(mails.len(), 3);
    assert!(mails.iter().all(|mail| !mail.flags.contains('S')), "one was marked as read");
    Ok(())
}

#[test]
fn a_first_contact_can_leave_old_mails_alone() -> Result<()> {
    let (_dir, mut desk) = desk("start-new")?;
    desk.set("mailbox.start", "new")?;
    send(&desk, 2)?;
    let daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    postfix()?.send(
        "late@beta.test",
        &desk.address,
        &mail("late@beta.test", &desk.address, "Позже", COMPLETE),
    )?;
    desk.wait_for_mails(1)?;
    let senders: Vec<_> = desk.rows(&["export"])?.iter().map(|row| row["sender"].to_string()).collect();
    assert!(senders.iter().all(|sender| !sender.contains("alfa")), "an old mail was taken: {senders:?}");
    Ok(())
}

#[test]
fn export_gives_every_mail_with_its_text_and_files() -> Result<()> {
    let (_dir, desk) = desk("export")?;
    let mut postfix = postfix()?;
    let fixtures =
        ["complete", "incomplete", "koi8-r", "windows-1251", "html", "out-of-office", "newsletter", "quotes"];
    for (number, name) in fixtures.into_iter().enumerate() {
        let from = format!("client@{name}-{number}.test");
        postfix.send(&from, &desk.address, &fixture(name, &desk.address)?)?;
    }
    let daemon = desk.run()?;
    let rows = desk.wait_for_mails(fixtures.len())?;
    daemon.stop()?;
    assert_eq!(rows.len(), fixtures.len());
    let text: Vec<String> = rows.iter().map(ToString::to_string).collect();
    for part in [
        "Ничего не работает",
        "отправку отчётов",
        "The table comes up with no rows",
        "screenshot.png",
        "notify.log",
    ] {
        assert!(text.iter().any(|row| row.contains(part)), "no row of the export has `{part}`");
    }
    Ok(())
}
