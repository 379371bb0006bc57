//! askback is killed at random, and three lists are compared: mails put in, the database, letters that arrived. `make test`
//! runs a quick form. With `ASKBACK_TORTURE=500` (`make torture`) it is killed in 500 rounds. The named points at which it
//! dies are in `torture/points.rs`, cut connections in `torture/cuts.rs`.

use super::support::compose::{mail, mail_with_file};
use super::support::daemon::Desk;
use super::support::maildir::{letters, wait_for_letters};
use super::support::wait_for_at_most;
use super::{COMPLETE, desk, postfix};
use anyhow::{Context, Result, ensure};
use askback::store::{Access, OutboxState, SentCopy, Store};
use askback::ticket::Disposition;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

mod cuts;

// Only debug builds have points to die at.
#[cfg(debug_assertions)]
mod points;
#[cfg(debug_assertions)]
mod suspects;

/// How many rounds of the long form were asked for; `None`: the quick form.
pub(crate) fn long_rounds() -> Option<usize> {
    std::env::var("ASKBACK_TORTURE").ok()?.parse().ok()
}

/// A desk whose limits are not the point.
pub(crate) fn tortured(name: &str) -> Result<(tempfile::TempDir, Desk<'static>)> {
    let (dir, mut desk) = desk(name)?;
    desk.set("reply.limits.per_hour", 100_000)?;
    Ok((dir, desk))
}

/// Sends one mail a number, each of another client of another organisation; waits until they are in the mailbox.
pub(crate) fn put_in(desk: &Desk<'_>, numbers: std::ops::Range<usize>) -> Result<()> {
    put_in_with_files(desk, numbers, 0)
}

/// The same, each mail with a file of so many bytes unless that is 0.
pub(crate) fn put_in_with_files(desk: &Desk<'_>, numbers: std::ops::Range<usize>, file: usize) -> Result<()> {
    let mut postfix = postfix()?;
    for number in numbers.clone() {
        let (client, subject) = (client(desk, number), subject(number));
        let raw = match file {
            0 => mail(&client, &desk.address, &subject, COMPLETE),
            size => mail_with_file(&client, &desk.address, &subject, COMPLETE, size),
        };
        postfix.send(&client, &desk.address, &raw)?;
    }
    wait_for_letters(&desk.inbox(), numbers.end)?;
    Ok(())
}

pub(crate) fn client(desk: &Desk<'_>, number: usize) -> String {
    format!("client@{}-{number}.test", desk.address.split('@').next().unwrap_or_default())
}

fn subject(number: usize) -> String {
    format!("Заявка {number}.")
}

/// Whether all mails are stored, dealt with and confirmed, and no letter or copy waits.
pub(crate) fn at_rest(desk: &Desk<'_>, mails: usize) -> Result<bool> {
    let Ok(store) = Store::open(&desk.database(), Access::ReadOnly) else { return Ok(false) };
    let (counts, outbox, unconfirmed) = store.read_now(|reader| {
        let cursor = reader.cursor("support")?;
        let unconfirmed = match cursor {
            Some(cursor) => reader.unconfirmed("support", cursor.uid_validity, u32::MAX, 1)?.len(),
            None => 1,
        };
        Ok((reader.counts()?, reader.outbox(None)?, unconfirmed))
    })?;
    // Filed ones only: copies of our letters come back from the Sent folder as duplicates.
    let filed = counts.mails.iter().find(|(disposition, _)| *disposition == Disposition::Filed);
    let dealt_with = filed.map_or(0, |(_, count)| *count);
    let busy = outbox.iter().any(|letter| match letter.state {
        OutboxState::Waiting | OutboxState::Claimed => true,
        OutboxState::Sent => letter.sent_copy == SentCopy::Wanted,
        OutboxState::Refused | OutboxState::Ambiguous | OutboxState::Cancelled => false,
    });
    Ok(dealt_with >= u64::try_from(mails)? && counts.new + counts.wanted == 0 && unconfirmed == 0 && !busy)
}

/// A task that has failed waits for up to a minute before it tries again.
pub(crate) const RECOVERY: Duration = Duration::from_secs(100);

/// Waits until [`at_rest`], for at most `limit`.
pub(crate) fn wait_for_rest(desk: &Desk<'_>, mails: usize, limit: Duration) -> Result<()> {
    wait_for_at_most(limit, "all to be done", || Ok(at_rest(desk, mails)?.then_some(())))
        .with_context(|| desk.log())
}

/// What the three lists came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) mails: usize,
    pub(crate) arrived: usize,
    pub(crate) ambiguous: usize,
    /// The most that one mail was begun.
    pub(crate) attempts: u64,
}

/// Compares mails put in, database, and letters that arrived. Nothing lost, no mail twice, no client with two letters; a
/// client without a letter only where the outbox says so.
pub(crate) fn compare(desk: &Desk<'_>, mails: usize) -> Result<Tally> {
    let mut tally = Tally { mails, ..Tally::default() };
    let mut stored: BTreeMap<String, usize> = BTreeMap::new();
    for row in desk
        .rows(&["export"])?
        .iter()
        .filter(|row| row["direction"] == "in" && row["disposition"] != "duplicate")
    {
        ensure!(row["disposition"] != "held", "a mail was held: {row}");
        tally.attempts = tally.attempts.max(row["attempts"].as_u64().unwrap_or_default());
        *stored.entry(row["subject"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let mut outbox: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in desk.rows(&["outbox"])? {
        let text = |key: &str| row.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        outbox.entry(text("to")).or_default().push(text("state"));
    }
    for number in 0..mails {
        ensure!(
            stored.get(&subject(number)) == Some(&1),
            "mail {number}: stored {:?} times",
            stored.get(&subject(number))
        );
        let client = client(desk, number);
        let states = outbox.get(&client).with_context(|| format!("{client} has no letter in the outbox"))?;
        let [state] = states.as_slice() else {
            anyhow::bail!("{client} has {} letters in the outbox", states.len())
        };
        let inbox = desk.mailbox_of(&client);
        match state.as_str() {
            "sent" => wait_for_letters(&inbox, 1).map(|_| ())?,
            "ambiguous" => tally.ambiguous += 1,
            state => anyhow::bail!("the letter to {client} is {state}"),
        }
        let arrived = if inbox.exists() { letters(&inbox)?.len() } else { 0 };
        ensure!(arrived <= 1, "{client} got {arrived} automatic letters");
        tally.arrived += arrived;
    }
    ensure!(stored.len() == mails, "the database has mails that nobody sent");
    desk.said(&["verify"])?;
    Ok(tally)
}

/// Where the machine is so busy that eight kills come before one mail is dealt with, the eighth holds it: a person has it tried
/// again. Gives how many.
fn retry_held(desk: &Desk<'_>, limit: Duration) -> Result<usize> {
    wait_for_at_most(limit, "all to be read", || {
        let counts = Store::open(&desk.database(), Access::ReadOnly)?.read_now(|reader| reader.counts())?;
        Ok((counts.new + counts.wanted == 0).then_some(()))
    })
    .with_context(|| desk.log())?;
    let held: Vec<_> =
        desk.rows(&["export"])?.into_iter().filter(|row| row["disposition"] == "held").collect();
    for row in &held {
        let why = row["why"].as_str().unwrap_or_default();
        ensure!(why == "askback died or failed 8 times while it processed this mail", "{why}");
        desk.said(&["held", "retry", &row["mail"].to_string()])?;
    }
    Ok(held.len())
}

/// How long so many mails take undisturbed: kills that come while there is work leave it time to get on.
fn pace(mails: usize) -> Result<Duration> {
    let (_dir, desk) = tortured("pace")?;
    put_in(&desk, 0..mails)?;
    let daemon = desk.run()?;
    let start = Instant::now();
    wait_for_rest(&desk, mails, RECOVERY)?;
    let took = start.elapsed();
    daemon.stop()?;
    Ok(took)
}

#[test]
fn it_is_killed_at_random_and_nothing_is_lost_or_answered_twice() -> Result<()> {
    const MAILS: usize = 20;
    let rounds = long_rounds().unwrap_or(5);
    let (_dir, desk) = tortured("random")?;
    let window = pace(MAILS)?.as_millis().max(800);
    // A fixed sequence (Knuth's MMIX): a failure can be had again.
    let mut random: u64 = 20_260_308;
    for round in 0..rounds {
        put_in(&desk, round * MAILS..(round + 1) * MAILS)?;
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let daemon = desk.run()?;
        // Not luck: whenever the kill comes, the lists must agree.
        std::thread::sleep(Duration::from_millis((random >> 33) % u64::try_from(window)?));
        daemon.kill()?;
    }
    let mails = rounds * MAILS;
    let daemon = desk.run()?;
    let patience = Duration::from_secs(60 + u64::try_from(mails)? / 10);
    let held = retry_held(&desk, patience)?;
    wait_for_rest(&desk, mails, patience)?;
    daemon.stop()?;
    let tally = compare(&desk, mails)?;
    println!(
        "{rounds} kills within {window} ms: {} mails put in, 0 lost, {held} held ({} attempts at one at most, {} trials); {} letters \
         arrived, 0 twice; {} ambiguous",
        tally.mails,
        tally.attempts,
        desk.log().matches("took no harm").count(),
        tally.arrived,
        tally.ambiguous
    );
    Ok(())
}
