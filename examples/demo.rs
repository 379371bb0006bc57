//! The main job for real, in under a minute: `make demo`.
//!
//! Starts Dovecot and Postfix in a folder of their own, starts askback on the mailbox support@m2mail.ru, mails the
//! fixtures of `fixtures/demo` to it as several clients would, looks into the clients' mailboxes, and checks that
//! each got the letter that the regulation wants and nobody else got any. Then an engineer answers, and a clock that runs
//! fast brings what is overdue before the head. `--keep` leaves everything running.
#![allow(clippy::print_stdout, reason = "telling is what a demo is for")]

#[path = "../tests/support/mod.rs"]
mod support;

#[path = "demo/engineers.rs"]
mod engineers;
#[path = "demo/scenes.rs"]
mod scenes;

use anyhow::{Context as _, Result, bail};
use scenes::{Expect, SCENES, Scene, fields_asked};
use std::process::ExitCode;
use std::time::Instant;
use support::compose::{self, SUPPORT};
use support::daemon::{Daemon, Desk};
use support::maildir::{Letter, letters, wait_for_letters};
use support::servers::Servers;
use support::smtp::Smtp;

fn main() -> ExitCode {
    let keep = std::env::args().any(|argument| argument == "--keep");
    match demo(keep) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            println!("\nFAIL: {failed} checks failed.");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("\nFAIL: the demo could not go on: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Gives the number of failed checks.
fn demo(keep: bool) -> Result<usize> {
    let start = Instant::now();
    println!("1. Starting Dovecot and Postfix, unprivileged, on free ports of this machine");
    let servers = if keep { Servers::start_to_stay()? } else { Servers::start()? };
    if keep {
        println!(
            "   To stop and remove them, if this should not come to its end: {}",
            servers.stop_command()
        );
    }
    let mut desk = Desk::new(&servers, &servers.dir.join("askback"), SUPPORT)?;
    engineers::hire(&mut desk)?;
    println!("2. Starting askback on the mailbox {SUPPORT}");
    let daemon = desk.spawn(!keep)?;
    daemon.wait_for_notice("READY=1", 1)?;
    support::agent::wait_for_sent_folder(&daemon)?;

    println!("3. Clients write, through Postfix:");
    let mut postfix = Smtp::connect(servers.smtp_port()?)?;
    for scene in SCENES {
        println!("   {:<32} {}", scene.client, scene.told);
        let raw = compose::fixture(scene.fixture, SUPPORT)?;
        postfix.send(scene.client, SUPPORT, &raw)?;
    }
    println!("4. Waiting for askback's letters to arrive in the clients' mailboxes");
    for scene in SCENES.iter().filter(|scene| scene.expect != Expect::Nothing) {
        wait_for_letters(&desk.mailbox_of(scene.client), 1)
            .with_context(|| format!("{} got no letter; askback's log:\n{}", scene.client, desk.log()))?;
    }
    let sent = SCENES.len() + second_round(&desk, &mut postfix)?;
    println!("6. Waiting until all {sent} mails are dealt with and all letters are out");
    desk.wait_for_mails(sent)?;
    desk.wait_for_outbox()?;

    println!("\nThe letters, as they lie in the clients' mailboxes:");
    for scene in SCENES {
        for letter in letters(&desk.mailbox_of(scene.client))? {
            show(scene, &letter)?;
        }
    }
    println!("\n7. Engineers answer:");
    let outcomes = engineers::play(&servers, &mut desk, &daemon, &mut postfix, sent)?;

    println!("\nThe tickets (askback tickets):\n\n{}", desk.said(&["tickets"])?);
    println!("What was expected of each client's letters:\n");
    let mut failed = SCENES.iter().map(|scene| check(&desk, scene)).sum::<Result<usize>>()?;
    println!("\nAnd of the engineers' answers:\n");
    for outcome in outcomes {
        println!("   {} {}", if outcome.fine { "PASS" } else { "FAIL" }, outcome.told);
        failed += usize::from(!outcome.fine);
    }
    finish(&servers, &mut desk, daemon, keep)?;
    if failed == 0 {
        println!(
            "\nPASS: every client got exactly the letters expected, and the desk kept its promises ({:.0} s).",
            start.elapsed().as_secs_f32()
        );
    }
    Ok(failed)
}

/// A client answers under the questions; the mail server of another returns a letter. Gives how many mails that were.
fn second_round(desk: &Desk<'_>, postfix: &mut Smtp) -> Result<usize> {
    println!("5. Two mails that depend on the letters received:");
    let mut count = 0;
    for scene in SCENES {
        let inbox = desk.mailbox_of(scene.client);
        if let Some(answers) = scene.answers {
            println!("   {:<32} answers under the questions of his letter", scene.client);
            let letter = first(&inbox)?;
            let answer = |line: &str| answers(&fields_asked(line));
            let (to, raw) = compose::reply(&letter, scene.client, answer)?;
            postfix.send(scene.client, &to, &raw)?;
            wait_for_letters(&inbox, 2)?;
            count += 1;
        }
        if scene.bounces {
            println!("   {:<32} his server returns the letter: mailbox is full", "MAILER-DAEMON");
            postfix.send("", SUPPORT, &compose::bounce(&first(&inbox)?, scene.client)?)?;
            count += 1;
        }
    }
    Ok(count)
}

fn first(inbox: &std::path::Path) -> Result<Letter> {
    letters(inbox)?.into_iter().next().context("there is no letter")
}

/// Prints a letter as a mail program would show it.
fn show(scene: &Scene, letter: &Letter) -> Result<()> {
    println!("\n── {} ──", scene.client);
    print_letter(letter)
}

fn print_letter(letter: &Letter) -> Result<()> {
    println!(
        "   From: {}\n   To: {}\n   Subject: {}\n",
        letter.author()?,
        letter.header("To")?,
        letter.subject()
    );
    for line in letter.text().lines() {
        println!("   {}", line.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}"));
    }
    Ok(())
}

/// Compares the letters that a client got with those expected; gives 1 if they differ.
fn check(desk: &Desk<'_>, scene: &Scene) -> Result<usize> {
    let mut expected = vec![scene.expect];
    if scene.answers.is_some() {
        expected.push(Expect::Accepted);
    }
    expected.retain(|expect| *expect != Expect::Nothing);
    let letters = letters(&desk.mailbox_of(scene.client))?;
    let got: Vec<_> = letters.iter().map(|letter| fields_asked(&letter.text())).collect();
    let fine = got.len() == expected.len()
        && got.iter().zip(&expected).all(|(asked, expect)| expect.fields() == asked.as_slice())
        && letters.iter().all(is_automatic)
        && (!scene.bounces || is_bounced(desk, scene.client)?);
    let words: Vec<_> = expected.iter().map(Expect::to_string).collect();
    let words = if words.is_empty() { "no letter".to_owned() } else { words.join(", then ") };
    let words = if scene.bounces { words + ", known to have come back" } else { words };
    println!("   {} {:<32} {words}", if fine { "PASS" } else { "FAIL" }, scene.client);
    if !fine {
        println!("        got {} letters, asking for {got:?}", letters.len());
    }
    Ok(usize::from(!fine))
}

/// Whether a letter tells other machines that a machine wrote it, so that none answers (RFC 3834).
fn is_automatic(letter: &Letter) -> bool {
    letter.headers("Auto-Submitted") == ["auto-replied"] && letter.headers("Return-Path") == ["<>"]
}

/// Whether askback knows that a letter to this client came back.
fn is_bounced(desk: &Desk<'_>, client: &str) -> Result<bool> {
    Ok(desk.rows(&["outbox"])?.iter().any(|row| row["to"] == client && row["bounced_at"].is_string()))
}

fn finish(servers: &Servers, desk: &mut Desk<'_>, daemon: Daemon, keep: bool) -> Result<()> {
    if !keep {
        return daemon.stop();
    }
    engineers::slow_down(desk, &daemon)?;
    let pid = daemon.leave()?;
    let config = desk.config_file();
    std::fs::write(servers.dir.join("askback.pid"), format!("{pid}\n"))?;
    println!("\nEverything is left running. To look in:");
    println!("   {} tickets --config {}", support::daemon::binary()?.display(), config.display());
    println!("   (also: ticket N, mail N, outbox, export, doctor)");
    println!("   less {}/askback.log", desk.dir.display());
    println!(
        "   IMAP: localhost:{}, TLS ({}), any user name, password {}",
        servers.imaps_port()?,
        servers.ca_file().display(),
        servers.password()?
    );
    println!("   SMTP: localhost:{}, no login needed; write to {SUPPORT}", servers.smtp_port()?);
    println!("   Mailboxes as files: {}/mail", servers.dir.display());
    println!("To stop and remove it all:\n   {}", servers.stop_command());
    if servers.dir.join("env").exists() { Ok(()) } else { bail!("the servers have ended by themselves") }
}
