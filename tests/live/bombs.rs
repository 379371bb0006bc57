//! Mails made to break whoever reads them (`tests/bombs`), and one of 50 MB that is only large, by way of a real server: each
//! ends somewhere in the database, the daemon lives on, and nobody gets a letter twice. A release build (`make torture`) takes
//! all of them within 64 MB and 1 s of processor time each. A debug build takes some, and smaller ones.

#[path = "../bombs/forge.rs"]
#[allow(clippy::indexing_slicing, reason = "by a remainder")]
mod forge;

use super::support::daemon::{Daemon, Desk};
use super::support::maildir::letters;
use super::support::noise::noise;
use super::support::wait_for_at_most;
use super::torture::{at_rest, long_rounds, tortured};
use super::{INCOMPLETE, servers};
use anyhow::{Context, Result, ensure};
use askback::store::{Access, LetterKind, MailRow, Store};
use forge::Bomb;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// What a daemon may take, all mails together in memory, each of processor time. A debug build is many times slower.
const MEMORY_MB: u64 = 64;
const PROCESSOR: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
/// The quick form has every eighth.
const EVERY: usize = 8;

/// What is sent, and the names of those that Dovecot does not hand out.
fn bombs() -> (Vec<Bomb>, Vec<&'static str>) {
    let all = forge::all();
    assert!(all.len() >= 70, "only {} bombs", all.len());
    let some = if long_rounds().is_some() { 1 } else { EVERY };
    let (mut bombs, stay): (Vec<Bomb>, Vec<Bomb>) = all.into_iter().step_by(some).partition(can_travel);
    bombs.push(Bomb { name: "a video of 50 MB", raw: video() });
    (bombs, stay.iter().map(|bomb| bomb.name).collect())
}

/// Dovecot breaks the connection in the middle of a mail of carriage returns, each time. That such a mail is held in the end and
/// holds up no other is the subject of `tests/imap_scripted/failures.rs`.
fn can_travel(bomb: &Bomb) -> bool {
    !bomb.raw.windows(2).any(|pair| pair == b"\r\r")
}

/// A request with a file that does not compress.
fn video() -> Vec<u8> {
    let head = format!(
        "From: Ivan <ivan@alfa.test>\r\nTo: support@m2mail.ru\r\nMessage-ID: <video@alfa.test>\r\nSubject: video\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{INCOMPLETE}\r\n--b\r\nContent-Type: video/mp4; name=v.mp4\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n"
    );
    [head.as_bytes(), data_encoding::BASE64_MIME.encode(&noise(37_000_000)).as_bytes(), b"--b--\r\n"].concat()
}

/// The mail to this desk, and from a sender of its own, so that all that bounds letters is what its text makes of it.
fn addressed(bomb: Bomb, number: usize, desk: &Desk<'_>) -> Vec<u8> {
    let mut raw = bomb.raw;
    for (from, to) in [("support@m2mail.ru", desk.address.clone()), ("ivan@alfa.test", sender(number))] {
        let head = raw.get(..raw.len().min(500)).unwrap_or_default();
        if let Some(at) = head.windows(from.len()).position(|window| window == from.as_bytes()) {
            raw.splice(at..at + from.len(), to.into_bytes());
        }
    }
    raw
}

fn sender(number: usize) -> String {
    format!("ivan@bomb-{number}.test")
}

/// What has come in from the mailbox.
fn incoming(desk: &Desk<'_>) -> Result<Vec<MailRow>> {
    let rows =
        Store::open(&desk.database(), Access::ReadOnly)?.read_now(|reader| reader.mails(None, usize::MAX))?;
    let from_mailbox = |row: &MailRow| row.key.as_ref().is_some_and(|key| key.mailbox == "support");
    Ok(rows.into_iter().filter(from_mailbox).collect())
}

/// Processor time that a daemon has used.
fn processor(daemon: &Daemon) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{}/stat", daemon.pid()?))?;
    // Fields 14 and 15, counted behind the name, in hundredths of a second.
    let fields = stat.rsplit_once(") ").context("no name")?.1.split(' ').skip(11).take(2);
    let ticks: u64 = fields.map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_millis(10 * ticks))
}

#[test]
fn every_bomb_ends_somewhere_and_the_daemon_lives_on() -> Result<()> {
    let (_dir, mut desk) = tortured("bombs")?;
    desk.set("mailbox.size_limit", "60 MB")?;
    let mut daemon = desk.run()?;
    daemon.wait_for_log("mailbox online")?;
    let (bombs, stay) = bombs();
    let count = bombs.len();
    ensure!(stay.len() <= 1, "Dovecot does not hand out {stay:?}");
    let (mut slowest, mut wrong) = (Duration::ZERO, Vec::new());
    for (number, bomb) in bombs.into_iter().enumerate() {
        let name = bomb.name;
        let (before, begun) = (processor(&daemon)?, Instant::now());
        servers().fill(&desk.address, std::iter::once(addressed(bomb, number, &desk)))?;
        wait_for_at_most(PROCESSOR * 60, "a bomb to be dealt with", || {
            ensure!(!daemon.has_ended()?, "it has died of {name}");
            let dealt_with = incoming(&desk)?.iter().filter(|row| row.disposition.is_some()).count();
            Ok((dealt_with > number && at_rest(&desk, 0)?).then_some(()))
        })
        .with_context(|| format!("{name}\n{}", desk.log()))?;
        let used = processor(&daemon)?.saturating_sub(before);
        let peak = daemon.peak_memory()? >> 20;
        let (used_s, took_s) = (used.as_secs_f32(), begun.elapsed().as_secs_f32());
        let figures = format!("{used_s:>5.2} s of {took_s:>4.1} s, peak so far {peak:>3} MB  {name}");
        println!("{figures}");
        if used > PROCESSOR || (peak > MEMORY_MB && !cfg!(debug_assertions)) {
            wrong.push(figures);
        }
        slowest = slowest.max(used);
    }
    let peak = daemon.peak_memory()? >> 20;
    daemon.stop()?;

    let rows = incoming(&desk)?;
    ensure!(rows.len() == count, "{} rows for {count} mails", rows.len());
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        let end = row.disposition.with_context(|| format!("mail {} has no disposition", row.id))?;
        *ends.entry(<&str>::from(end)).or_default() += 1;
    }
    let outbox = Store::open(&desk.database(), Access::ReadOnly)?.read_now(|reader| reader.outbox(None))?;
    let automatic =
        outbox.iter().filter(|letter| matches!(letter.kind, LetterKind::Ask | LetterKind::Accept));
    let mut arrived = 0;
    for letter in automatic {
        let to = letter.to.as_str();
        let here = letters(&desk.mailbox_of(to))?.len();
        ensure!(here == 1, "{to} got {here} letters");
        arrived += here;
    }
    desk.said(&["verify"])?;
    println!(
        "{count} bombs through the daemon ({} stayed on the server): {ends:?}; {arrived} letters arrived, 0 twice; at most {:.2} s of processor \
         time each, peak {peak} MB",
        stay.len(),
        slowest.as_secs_f32()
    );
    ensure!(arrived > count / 4, "only {arrived} letters: nobody was near to getting two");
    ensure!(wrong.is_empty(), "over {PROCESSOR:?} or {MEMORY_MB} MB:\n{}", wrong.join("\n"));
    Ok(())
}
