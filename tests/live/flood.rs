//! Thousands of mails at once, from one sender or from as many: memory stays bounded, letters stay within the limits, and
//! whoever writes as usual is served meanwhile. The quick form has hundreds, the long form 10,000.

use super::support::agent::employ;
use super::support::compose::mail;
use super::support::maildir::wait_for_letters;
use super::support::wait_for_at_most;
use super::torture::{long_rounds, wait_for_rest};
use super::{COMPLETE, Desk, desk, postfix, servers};
use anyhow::{Context, Result, ensure};
use askback::store::{Access, Letter, LetterKind, Store};
use std::time::{Duration, Instant};

/// Peak memory of the daemon, a debug build, whatever the size of the flood.
const MEMORY_MB: u64 = 200;

fn mails() -> usize {
    if long_rounds().is_some() { 10_000 } else { 400 }
}

/// What a flood came to.
struct Flooded {
    /// Automatic letters that went out or will.
    letters: Vec<Letter>,
    /// From its sending to his letter, for the usual client whose mail came when the flood was under way.
    served_in: Duration,
    /// The whole flood.
    took: Duration,
    memory_mb: u64,
    /// The usual client in the middle of the flood had his letter before the last mail of it was filed.
    before_the_end: bool,
}

fn usual(desk: &Desk<'_>, which: &str) -> String {
    format!("usual@{which}-{}", desk.address.replace('@', "."))
}

/// Lets mails pour in: half of them, one of a usual client, the other half, all there at once; and one of another usual client
/// when the daemon is at work on them.
fn flood(desk: &Desk<'_>, sender: impl Fn(usize) -> String) -> Result<Flooded> {
    let mails = mails();
    let middle = usual(desk, "middle");
    let all = (0..=mails).map(|number| {
        let from = if number == mails / 2 { middle.clone() } else { sender(number) };
        mail(&from, &desk.address, &format!("Заявка {number}."), COMPLETE)
    });
    servers().fill(&desk.address, all)?;
    let begun = Instant::now();
    let daemon = desk.run()?;
    let patience = Duration::from_secs(60 + u64::try_from(mails)? / 10);
    let store = || Store::open(&desk.database(), Access::ReadOnly);
    let filed = || -> Result<u64> {
        let counts = store()?.read_now(|reader| reader.counts())?;
        Ok(counts.mails.iter().map(|(_, count)| count).sum())
    };
    let quarter = u64::try_from(mails / 4)?;
    wait_for_at_most(patience, "the flood to be under way", || Ok((filed()? >= quarter).then_some(())))
        .with_context(|| desk.log())?;
    let late = usual(desk, "late");
    postfix()?.send(&late, &desk.address, &mail(&late, &desk.address, "Отчёты", COMPLETE))?;
    let sent = Instant::now();
    let inbox = desk.mailbox_of(&late);
    wait_for_at_most(patience, "the letter to the usual client", || {
        Ok((!super::support::maildir::letters(&inbox)?.is_empty()).then_some(()))
    })
    .with_context(|| desk.log())?;
    let served_in = sent.elapsed();
    wait_for_letters(&desk.mailbox_of(&middle), 1)?;
    wait_for_rest(desk, mails + 2, patience)?;
    let took = begun.elapsed();

    // Nobody was held. (What is to be fetched is not looked at again: copies of letters come back from the Sent folder at any
    // time.)
    let (counts, outbox, last) = store()?.read_now(|reader| {
        let all = reader.mails(None, usize::MAX)?;
        let events = |row: &askback::store::MailRow| reader.mail_events(row.id);
        let incoming = all.iter().filter(|row| row.key.is_some()).max_by_key(|row| row.id);
        let mut last = None;
        if let Some(row) = incoming {
            last = events(row)?.first().map(|event| event.at);
        }
        Ok((reader.counts()?, reader.outbox(None)?, last))
    })?;
    let held = counts.mails.iter().find(|(of, _)| *of == askback::ticket::Disposition::Held);
    ensure!(held.is_none_or(|(_, count)| *count == 0), "{counts:?}");
    let automatic = |letter: &Letter| matches!(letter.kind, LetterKind::Ask | LetterKind::Accept);
    let letters: Vec<Letter> = outbox.into_iter().filter(automatic).collect();
    let to_middle = letters.iter().find(|letter| letter.to.as_str() == middle).context("no letter")?;
    let before_the_end = to_middle.sent_at < last;
    let memory_mb = daemon.peak_memory()? / 1_000_000;
    daemon.stop()?;
    ensure!(memory_mb <= MEMORY_MB, "the daemon had {memory_mb} MB in memory");
    // With so many mails the end is far from the middle; with few, both may be in one batch.
    ensure!(before_the_end || mails < 5000, "the usual client waited for the end of the flood");
    Ok(Flooded { letters, served_in, took, memory_mb, before_the_end })
}

fn told(what: &str, flooded: &Flooded) -> String {
    let Flooded { letters, served_in, took, memory_mb, before_the_end } = flooded;
    format!(
        "{} mails at once from {what}: {} s, peak {memory_mb} MB, {} automatic letters; a usual client in the middle was \
         answered {}, one who came meanwhile after {:.1} s",
        mails(),
        took.as_secs(),
        letters.len(),
        if *before_the_end { "before its end" } else { "with its last batch" },
        served_in.as_secs_f32()
    )
}

#[test]
fn one_sender_s_flood_is_answered_within_the_limits_and_others_are_served() -> Result<()> {
    let (_dir, mut desk) = desk("flood-one")?;
    employ(&mut desk, "olga@flood-one-agents.test")?;
    let sender = "much@flood-one-client.test";
    let flooded = flood(&desk, |_| sender.to_owned())?;
    let to = |address: &str| flooded.letters.iter().filter(|letter| letter.to.as_str() == address).count();
    assert_eq!(to(sender), 3, "the limit for a day");
    assert_eq!(flooded.letters.len(), 3 + 2);
    println!("{}", told("one sender", &flooded));
    Ok(())
}

#[test]
fn a_flood_of_strangers_keeps_no_letter_from_those_who_are_registered() -> Result<()> {
    let (_dir, mut desk) = desk("flood-many")?;
    employ(&mut desk, "olga@flood-many-agents.test")?;
    // The database must be there to register somebody.
    desk.run()?.stop()?;
    for which in ["middle", "late"] {
        desk.said(&["clients", "add", which, "--person", &usual(&desk, which)])?;
    }
    let flooded = flood(&desk, |number| format!("client@flood{number}.test"))?;
    assert_eq!(flooded.letters.len(), 2, "strangers get none");
    println!("{}", told("as many strangers", &flooded));
    Ok(())
}

#[test]
fn without_a_registry_strangers_leave_half_of_an_hour_s_letters_to_those_we_know() -> Result<()> {
    let (_dir, desk) = desk("flood-open")?;
    let known = usual(&desk, "known");
    let write = || postfix()?.send(&known, &desk.address, &mail(&known, &desk.address, "Отчёты", COMPLETE));
    let daemon = desk.run()?;
    write()?;
    wait_for_rest(&desk, 1, super::support::PATIENCE)?;
    daemon.stop()?;
    // That was two days ago.
    let changed = rusqlite::Connection::open(desk.database())?.execute_batch(
        "UPDATE message SET at = at - 172800000; UPDATE outbox SET counted_at = counted_at - 172800000;",
    );
    changed?;
    let count = mails();
    let all = (0..count).map(|number| {
        mail(&format!("client@open{number}.test"), &desk.address, &format!("Заявка {number}."), COMPLETE)
    });
    servers().fill(&desk.address, all)?;
    let daemon = desk.run()?;
    let patience = Duration::from_secs(60 + u64::try_from(count)? / 10);
    wait_for_rest(&desk, count + 1, patience)?;
    daemon.wait_for_log("too many automatic letters in an hour")?;
    write()?;
    wait_for_letters(&desk.mailbox_of(&known), 2).with_context(|| desk.log())?;
    let letters = desk.rows(&["outbox"])?;
    let to_known = letters.iter().filter(|row| row["to"] == known.as_str()).count();
    assert_eq!((to_known, letters.len() - to_known), (2, 30), "half of per_hour is for strangers");
    println!(
        "{count} mails at once from as many senders, nobody registered: {} automatic letters, and one to somebody known",
        letters.len() - to_known
    );
    daemon.stop()
}
