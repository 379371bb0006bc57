//! `make bench`: how fast and how lean askback takes in a mailbox, beside mbsync and beside a bare reader.
//!
//! The same 5,000 mails lie in Dovecot for all three. The bare reader fetches them and throws them away: the limit.
//! mbsync puts them into a Maildir with its default fsync. askback stores them durably, parses, threads and checks
//! them. Rounds alternate; the median by time is shown. All of it again with a disk that takes its time to sync, as real
//! ones do, and with a slow wire. `after = "leave"`, because neither of the others changes
//! anything on the server.
#![allow(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a benchmark tells, and its input is its own"
)]

#[path = "../../tests/support/dice.rs"]
mod dice;
#[path = "../../tests/support/mod.rs"]
mod support;

mod corpus;
mod measure;
mod wire;

use anyhow::{Context as _, Result};
use askback::store::{Access, Store};
use dice::Dice;
use measure::Cost;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use support::daemon::{Desk, binary};
use support::servers::Servers;

const MAILS: usize = 5000;
const ROUNDS: usize = 3;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "--bare-reader") {
        return wire::run_as_reader(&arguments[1..]);
    }
    // Only some parts: `cargo bench --bench intake -- near disk far huge`.
    let wanted = |part: &str| {
        let mut parts = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        parts.peek().is_none() || parts.any(|argument| argument == part)
    };
    println!("Starting Dovecot and filling mailboxes …");
    let servers = Servers::start()?;
    let bench = Bench { servers: &servers, dir: tempfile::TempDir::new()? };
    let near = Circumstances::default();

    if wanted("near") || wanted("disk") || wanted("far") {
        let user = "bench@m2m.test";
        let mut dice = Dice::new(2026);
        let bytes = bench.fill(user, (0..MAILS).map(|number| corpus::mail(&mut dice, number, user)))?;
        println!("{MAILS} mails, {} KB on average\n", bytes / MAILS / 1000);
        let port = servers.imaps_port()?;
        if wanted("near") {
            bench.compare("on this machine", user, port, &near)?;
        }
        if wanted("disk") {
            let library = support::preload("benches/intake/slow_disk.c", bench.dir.path())?;
            let title = format!("each fsync takes {FSYNC_MS} ms longer");
            bench.compare(&title, user, port, &Circumstances { slow_disk: Some(library) })?;
        }
        if wanted("far") {
            let port = wire::slow(port, Duration::from_millis(25))?;
            bench.compare("with 50 ms of delay on the wire (25 ms each way)", user, port, &near)?;
        }
    }
    if wanted("huge") {
        bench.huge()?;
    }
    Ok(())
}

/// How much longer an fsync takes on the slow disk: about what an SSD without a battery needs.
const FSYNC_MS: u32 = 2;

/// What a round has to do with.
#[derive(Default)]
struct Circumstances {
    /// The library that makes the disk slow.
    slow_disk: Option<PathBuf>,
}

impl Circumstances {
    fn set<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        match &self.slow_disk {
            Some(library) => command.env("LD_PRELOAD", library).env("ASKBACK_FSYNC_MS", FSYNC_MS.to_string()),
            None => command,
        }
    }
}

struct Bench<'a> {
    servers: &'a Servers,
    dir: tempfile::TempDir,
}

impl Bench<'_> {
    /// Puts mails into a user's inbox and gives how many bytes they have.
    fn fill(&self, user: &str, mails: impl Iterator<Item = Vec<u8>>) -> Result<usize> {
        let bytes = self.servers.fill(user, mails)?;
        // They came long ago, as in a mailbox that is taken over: nobody is to be written to.
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for entry in fs::read_dir(self.servers.maildir(user).join("new"))? {
            fs::File::options().append(true).open(entry?.path())?.set_modified(long_ago)?;
        }
        // Dovecot makes its index at the first look, which no round should pay for.
        self.reader(user, self.servers.imaps_port()?)?;
        Ok(bytes)
    }

    fn compare(&self, title: &str, user: &str, port: u16, under: &Circumstances) -> Result<()> {
        let mut rounds = Vec::new();
        for round in 0..ROUNDS {
            rounds.push([
                self.reader(user, port)?,
                self.mbsync(user, port, under)?,
                self.askback(&format!("round-{port}-{round}"), user, MAILS, port, under)?,
            ]);
            println!("   round {} of {ROUNDS} is done", round + 1);
        }
        println!("\n{title}, median of {ROUNDS} rounds:\n");
        println!("   {:<14}{:>10}{:>10}{:>16}{:>12}", "", "seconds", "mails/s", "CPU ms a mail", "peak MB");
        let names = ["bare reader", "mbsync", "askback"];
        let mut seconds = [0.0; 3];
        for (index, name) in names.into_iter().enumerate() {
            let mut costs: Vec<Cost> = rounds.iter().map(|round| round[index]).collect();
            costs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
            let cost = costs[costs.len() / 2];
            let peak = costs.iter().map(|cost| cost.peak_mb).fold(0.0, f64::max);
            seconds[index] = cost.seconds;
            let count = MAILS as f64;
            println!(
                "   {name:<14}{:>10.2}{:>10.0}{:>16.3}{peak:>12.1}",
                cost.seconds,
                count / cost.seconds,
                cost.cpu_ms / count
            );
        }
        println!("\n   askback is {:.1} times as fast as mbsync (aim: 4 or more)", seconds[1] / seconds[2]);
        println!(
            "   the bare reader is {:.1} times as fast as askback (aim: 4 or less)\n",
            seconds[2] / seconds[0]
        );
        Ok(())
    }

    /// A mail of 50 MB among others.
    fn huge(&self) -> Result<()> {
        let user = "huge@m2m.test";
        let mut dice = Dice::new(50);
        let huge = corpus::huge(&mut dice, user, 37_000_000);
        let size = huge.len() / 1_000_000;
        let others = (0..500).map(|number| corpus::mail(&mut dice, number, user));
        self.fill(user, others.chain(std::iter::once(huge)))?;
        let cost = self.askback("huge", user, 501, self.servers.imaps_port()?, &Circumstances::default())?;
        println!("500 mails and one of {size} MB: askback's peak is {:.1} MB (aim: under 64)", cost.peak_mb);
        Ok(())
    }

    fn reader(&self, user: &str, port: u16) -> Result<Cost> {
        let ca_file = self.servers.ca_file().display().to_string();
        let arguments = ["--bare-reader", &port.to_string(), user, self.servers.password()?, &ca_file];
        measure::whole(Command::new(std::env::current_exe()?).args(arguments))
    }

    fn mbsync(&self, user: &str, port: u16, under: &Circumstances) -> Result<Cost> {
        let dir = tempfile::TempDir::new_in(self.dir.path())?;
        let (near, password) = (dir.path().display(), self.servers.password()?);
        let config = format!(
            "IMAPAccount bench\nHost localhost\nPort {port}\nUser {user}\nPass {password}\nSSLType IMAPS\n\
             CertificateFile {}\n\nIMAPStore far\nAccount bench\n\nMaildirStore near\nPath {near}/\nInbox {near}/Inbox\n\n\
             Channel bench\nFar :far:\nNear :near:\nCreate Near\nSync Pull\nSyncState *\n",
            self.servers.ca_file().display()
        );
        let file = dir.path().join("mbsyncrc");
        fs::write(&file, config)?;
        measure::whole(under.set(Command::new("mbsync").arg("-q").arg("-c").arg(&file).arg("bench")))
            .context("mbsync (Debian: isync)")
    }

    fn askback(
        &self,
        name: &str,
        user: &str,
        mails: usize,
        port: u16,
        under: &Circumstances,
    ) -> Result<Cost> {
        let dir = self.dir.path().join(name);
        let mut desk = Desk::new(self.servers, &dir, user)?;
        desk.set("mailbox.port", i64::from(port))?;
        desk.set("mailbox.after", "leave")?;
        desk.set("mailbox.size_limit", "60 MB")?;
        let mut command = Command::new(binary()?);
        let log = fs::File::create(dir.join("askback.log"))?;
        command.arg("run").arg("--config").arg(desk.config_file()).stderr(log.try_clone()?).stdout(log);
        let database = dir.join("askback.db");
        let mut store = None;
        let cost = measure::until(under.set(&mut command), || {
            dealt_with(&mut store, &database).map(|count| count >= mails as u64)
        });
        let cost = cost.with_context(|| format!("askback's log:\n{}", desk.log()))?;
        fs::remove_dir_all(dir)?;
        Ok(cost)
    }
}

/// How many mails have their disposition; none while there is no database yet. The store stays open: the daemon shall not
/// share its processors with more than the question.
fn dealt_with(store: &mut Option<Store>, database: &Path) -> Result<u64> {
    if store.is_none() {
        *store = Store::open(database, Access::ReadOnly).ok();
    }
    let Some(store) = store else { return Ok(0) };
    let counts = store.read_now(|reader| reader.counts())?;
    Ok(counts.mails.iter().map(|(_, count)| count).sum())
}
