//! Dovecot and Postfix of one test program, by `tests/servers/servers.sh`.

use anyhow::{Context, Result, bail};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Running servers. Every user name at every domain has a mailbox; one password fits all.
pub(crate) struct Servers {
    /// Everything of theirs is below this folder.
    pub(crate) dir: PathBuf,
    /// The script that stops them when its standard input ends, however this program comes to an end.
    keeper: Option<Child>,
    facts: HashMap<String, String>,
}

impl Servers {
    /// Starts servers that end with this value, or with this program.
    pub(crate) fn start() -> Result<Self> {
        Self::start_with("xoauth2 oauthbearer")
    }

    /// The same, with these ways to present an access token.
    pub(crate) fn start_with(oauth_mechanisms: &str) -> Result<Self> {
        let dir = unused_folder();
        let mut keeper = script("run", &dir)
            .env("ASKBACK_OAUTH_MECHANISMS", oauth_mechanisms)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run tests/servers/servers.sh")?;
        let mut line = String::new();
        if let Some(stdout) = keeper.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        if line.trim() != "ready" {
            keeper.wait()?;
            bail!("the mail servers did not start; the reason is above");
        }
        Ok(Self { facts: facts(&dir)?, dir, keeper: Some(keeper) })
    }

    /// Starts servers that go on until [`Servers::stop_command`] is run.
    pub(crate) fn start_to_stay() -> Result<Self> {
        let dir = unused_folder();
        if !script("start", &dir).status().context("cannot run tests/servers/servers.sh")?.success() {
            bail!("the mail servers did not start; the reason is above");
        }
        Ok(Self { facts: facts(&dir)?, dir, keeper: None })
    }

    /// Servers that another program has started, and will stop.
    pub(crate) fn of_others(dir: PathBuf) -> Result<Self> {
        Ok(Self { facts: facts(&dir)?, dir, keeper: None })
    }

    /// The shell command that stops servers that stay.
    pub(crate) fn stop_command(&self) -> String {
        format!("{} stop {}", script_path().display(), self.dir.display())
    }

    /// The port of IMAP over implicit TLS on `localhost`.
    pub(crate) fn imaps_port(&self) -> Result<u16> {
        self.port("IMAPS_PORT")
    }

    /// The same mailboxes on 127.0.0.2, without IDLE.
    pub(crate) fn imaps_poll_port(&self) -> Result<u16> {
        self.port("IMAPS_POLL_PORT")
    }

    /// The port where clients' mails come in: no TLS needed, no login.
    pub(crate) fn smtp_port(&self) -> Result<u16> {
        self.port("SMTP_PORT")
    }

    /// Submission with STARTTLS and login.
    pub(crate) fn submission_port(&self) -> Result<u16> {
        self.port("SUBMISSION_PORT")
    }

    /// Submission over implicit TLS and login.
    pub(crate) fn submissions_port(&self) -> Result<u16> {
        self.port("SUBMISSIONS_PORT")
    }

    /// The port where they ask about access tokens; nobody listens there until a test does.
    pub(crate) fn oauth_port(&self) -> Result<u16> {
        self.port("OAUTH_PORT")
    }

    /// What they have logged: `dovecot` or `postfix`.
    pub(crate) fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.join(format!("log/{name}.log"))).unwrap_or_default()
    }

    /// PEM file of the authority that signed the servers' certificate.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.dir.join("tls/ca.pem")
    }

    /// The password of everybody.
    pub(crate) fn password(&self) -> Result<&str> {
        self.fact("PASSWORD")
    }

    /// The Maildir of a user.
    pub(crate) fn maildir(&self, user: &str) -> PathBuf {
        self.dir.join("mail").join(user.to_lowercase())
    }

    /// Puts mails into a user's inbox as files, past Postfix, and gives how many bytes they have.
    pub(crate) fn fill(&self, user: &str, mails: impl Iterator<Item = Vec<u8>>) -> Result<usize> {
        let inbox = self.maildir(user);
        for folder in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(inbox.join(folder))?;
        }
        // Dovecot tells mails apart by these names, and looks for them by a hash that likes no two numbers that count up together:
        // microseconds as they come by chance.
        static FILLED: AtomicUsize = AtomicUsize::new(0);
        let (mut bytes, mut names) = (0, Vec::new());
        for mail in mails {
            let number = FILLED.fetch_add(1, Ordering::Relaxed);
            let microsecond = number.wrapping_mul(618_033) % 1_000_000;
            let name = format!("{}.M{microsecond}P{number}.test", 1_700_000_000 + number / 10);
            bytes += mail.len();
            std::fs::write(inbox.join("tmp").join(&name), mail)?;
            names.push(name);
        }
        // They belong to whom the servers run as.
        let owner = format!("--reference={}", self.dir.join("mail").display());
        let status = Command::new("chown").args(["-R", &owner]).arg(&inbox).status()?;
        anyhow::ensure!(status.success(), "cannot give {} to the servers' user", inbox.display());
        // Dovecot, which may be looking on, sees whole mails only.
        for name in names {
            std::fs::rename(inbox.join("tmp").join(&name), inbox.join("new").join(&name))?;
        }
        Ok(bytes)
    }

    fn fact(&self, key: &str) -> Result<&str> {
        self.facts.get(key).map(String::as_str).with_context(|| format!("servers.sh did not tell {key}"))
    }

    fn port(&self, key: &str) -> Result<u16> {
        self.fact(key)?.parse().with_context(|| format!("{key} is not a port"))
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        if let Some(keeper) = &mut self.keeper {
            drop(keeper.stdin.take());
            keeper.wait().ok();
        }
    }
}

fn script_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/servers.sh")
}

fn script(what: &str, dir: &Path) -> Command {
    let mut command = Command::new(script_path());
    command.arg(what).arg(dir);
    command
}

/// A name in /tmp that is free: short, because sockets lie below it and their paths may have 108 characters.
fn unused_folder() -> PathBuf {
    (0_u32..)
        .map(|count| PathBuf::from(format!("/tmp/askback-{}-{count}", std::process::id())))
        .find(|dir| !dir.exists())
        .unwrap_or_default()
}

fn facts(dir: &Path) -> Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(dir.join("env")).context("servers.sh left no env file")?;
    Ok(text.lines().filter_map(|line| line.split_once('=')).map(|(k, v)| (k.into(), v.into())).collect())
}
