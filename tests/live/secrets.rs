//! Where secrets must not be: the log at its most talkative, the database, the process list, what commands print, letters.

use super::support::compose::mail;
use super::support::daemon::{Daemon, Desk};
use super::support::maildir::{letters, wait_for_letters};
use super::{INCOMPLETE, desk, postfix, servers};
use anyhow::{Context, Result, ensure};
use data_encoding::{BASE64, HEXLOWER};
use rustix::process::Signal;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// A secret by its name.
struct Canary {
    name: &'static str,
    bytes: Vec<u8>,
}

impl Canary {
    fn new(name: &'static str, text: &str) -> Self {
        Self { name, bytes: text.as_bytes().to_vec() }
    }

    /// As it is, in hexadecimal, as a list of numbers, and in base64 wherever it stands in what is encoded.
    fn spellings(&self) -> Vec<Vec<u8>> {
        let numbers: Vec<String> = self.bytes.iter().map(ToString::to_string).collect();
        let mut spellings = vec![
            self.bytes.clone(),
            HEXLOWER.encode(&self.bytes).into_bytes(),
            numbers.join(", ").into_bytes(),
        ];
        for before in 0..3 {
            let encoded = BASE64.encode(&[vec![0; before], self.bytes.clone()].concat());
            // Characters at both ends hold bits of the neighbours, too.
            let end = (before + self.bytes.len()) * 8 / 6;
            spellings.extend(encoded.as_bytes().get((before * 8).div_ceil(6)..end).map(<[u8]>::to_vec));
        }
        spellings
    }

    fn is_in(&self, place: &[u8]) -> bool {
        self.spellings().iter().any(|one| place.windows(one.len()).any(|window| window == one))
    }
}

/// What was looked at: a name and its bytes.
#[derive(Default)]
struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.0.push((name.to_owned(), bytes));
    }

    /// What everybody on the machine sees of a process, and what its owner sees.
    fn add_process(&mut self, daemon: &Daemon) -> Result<()> {
        for file in ["cmdline", "environ"] {
            match fs::read(format!("/proc/{}/{file}", daemon.pid()?)) {
                Ok(bytes) => self.add(file, bytes),
                // Not even its owner sees it.
                Err(error) if error.kind() == ErrorKind::PermissionDenied && file == "environ" => {}
                Err(error) => return Err(error).context(file),
            }
        }
        Ok(())
    }

    /// All that a command prints, whether it succeeds or fails.
    fn add_command(&mut self, desk: &Desk<'_>, arguments: &[&str]) -> Result<()> {
        let output = desk.askback(arguments)?;
        self.add(&arguments.join(" "), [output.stdout, output.stderr].concat());
        Ok(())
    }

    fn add_files(&mut self, folder: &Path, wanted: impl Fn(&str) -> bool + Copy) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                self.add_files(&path, wanted)?;
            } else if path.is_file() && wanted(&name) {
                self.add(&name, fs::read(&path)?);
            }
        }
        Ok(())
    }
}

fn token_key(desk: &Desk<'_>) -> Result<Vec<u8>> {
    let database = rusqlite::Connection::open(desk.database())?;
    Ok(database.query_row("SELECT value FROM setting WHERE key = 'token-key'", [], |row| row.get(0))?)
}

#[test]
fn secrets_are_in_no_log_no_database_no_process_list_and_no_output() -> Result<()> {
    let (dir, mut desk) = desk("canary")?;
    let client = "ivan@canary.test";
    let right = servers().password()?.to_owned();
    let (imap, smtp) = ("c4nary-of-the-imap-login!!", "c4nary-of-the-smtp-login!");
    let wrong = |desk: &mut Desk<'_>, section: &str, password: &str| -> Result<()> {
        let file = desk.password_file(password)?.display().to_string();
        desk.set(&format!("{section}.password_file"), file)
    };
    desk.set("log.level", "trace")?;
    let mut places = Places::default();

    // The mail comes in; its letter cannot go out, because the login to SMTP is refused.
    wrong(&mut desk, "smtp", smtp)?;
    let daemon = desk.run()?;
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёт", INCOMPLETE))?;
    desk.wait_for_mails(1)?;
    daemon.wait_for_log_where("the refused login", |line| line.contains("refuses the login"))?;
    places.add_process(&daemon)?;
    places.add_command(&desk, &["doctor"])?;
    places.add_command(&desk, &["outbox", "--json"])?;
    // Then it can, from a log in JSON.
    wrong(&mut desk, "smtp", &right)?;
    desk.set("log.format", "json")?;
    daemon.signal(Signal::HUP)?;
    daemon.wait_for_log("the new configuration is in force")?;
    daemon.stop()?;
    let daemon = desk.run()?;
    wait_for_letters(&desk.mailbox_of(client), 1)?;
    places.add_process(&daemon)?;
    daemon.stop()?;
    // And at last the mailbox is closed to us.
    wrong(&mut desk, "mailbox", imap)?;
    let daemon = desk.run()?;
    daemon.wait_for_log("refuses the login")?;
    places.add_process(&daemon)?;
    for arguments in [
        &["doctor"][..],
        &["doctor", "--json"],
        &["check-config"],
        &["check-config", "--json"],
        &["tickets", "--json"],
        &["ticket", "1"],
        &["ticket", "1", "--json"],
        &["mail", "1", "--json"],
        &["mail", "1", "--raw"],
        &["export"],
        &["verify"],
        &["run"],
    ] {
        places.add_command(&desk, arguments)?;
    }
    daemon.stop()?;

    for letter in letters(&desk.mailbox_of(client))? {
        places.add("a letter", letter.raw);
    }
    places.add_files(dir.path(), |name| !name.starts_with("password") && !name.starts_with("askback.db"))?;
    let others = places.0.len();
    places.add_files(dir.path(), |name| name.starts_with("askback.db"))?;
    let passwords = [
        Canary::new("the password", &right),
        Canary::new("the wrong IMAP password", imap),
        Canary::new("the wrong SMTP password", smtp),
    ];
    let key = Canary { name: "the token key", bytes: token_key(&desk)? };
    for (canary, seen) in passwords.iter().map(|canary| (canary, places.0.len())).chain([(&key, others)]) {
        for (place, bytes) in places.0.iter().take(seen) {
            ensure!(!canary.is_in(bytes), "{} is in {place}", canary.name);
        }
    }

    // The eyes are good: what must be somewhere is found there.
    ensure!(key.is_in(&fs::read(desk.database())?), "tokens are made with a key in the database");
    ensure!(passwords[1].is_in(&fs::read(desk.password_file(imap)?)?), "passwords are in their files");
    let said = BASE64.encode(format!("\0{}\0{imap}", desk.address).as_bytes());
    ensure!(passwords[1].is_in(said.as_bytes()), "a login can be recognised");
    let logs: usize =
        places.0.iter().filter(|(name, _)| name == "askback.log").map(|(_, log)| log.len()).sum();
    ensure!(logs > 1000, "a log of {logs} bytes");
    println!("4 secrets looked for in {} places, {logs} bytes of log among them", places.0.len());
    Ok(())
}
