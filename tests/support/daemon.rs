//! askback itself: a configuration for the test servers, the running daemon, the command line.

use super::servers::Servers;
use super::{PATIENCE, maildir, wait_for, wait_for_at_most};
use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A support desk: an address on the test servers, a configuration, a folder with the database.
pub(crate) struct Desk<'a> {
    /// The address that clients write to.
    pub(crate) address: String,
    /// Configuration, database, log.
    pub(crate) dir: PathBuf,
    servers: &'a Servers,
    config: toml::Table,
    environment: Vec<(String, OsString)>,
}

impl<'a> Desk<'a> {
    /// A desk at `address` with the shipped example's configuration, made to use the test servers, to take all mails
    /// and to answer at once. Its files are in `dir`.
    pub(crate) fn new(servers: &'a Servers, dir: &Path, address: &str) -> Result<Self> {
        fs::create_dir_all(dir)?;
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
        let text =
            fs::read_to_string(&example).with_context(|| format!("cannot read {}", example.display()))?;
        let mut desk = Self {
            address: address.to_owned(),
            dir: dir.to_owned(),
            servers,
            config: text.parse().context("config.example.toml is not TOML")?,
            environment: Vec::new(),
        };
        // Nobody to nudge: whether notices go out depends on the hour.
        desk.config.remove("agent");
        desk.config.remove("head");
        let password_file = desk.password_file(servers.password()?)?;
        let secret = |user: &str, port: u16| {
            toml::Table::from_iter([
                ("host".to_owned(), "localhost".into()),
                ("port".to_owned(), i64::from(port).into()),
                ("user".to_owned(), user.into()),
                ("password_file".to_owned(), password_file.display().to_string().into()),
                ("ca_file".to_owned(), servers.ca_file().display().to_string().into()),
            ])
        };
        let mut mailbox = secret(address, servers.imaps_port()?);
        mailbox.insert("name".to_owned(), "support".into());
        mailbox.insert("start".to_owned(), "all".into());
        let mut smtp = secret(address, servers.submissions_port()?);
        smtp.insert("security".to_owned(), "tls".into());
        desk.config.insert("mailbox".to_owned(), toml::Value::Array(vec![mailbox.into()]));
        desk.config.insert("smtp".to_owned(), smtp.into());
        desk.set("support.addresses", vec![toml::Value::from(address)])?;
        desk.set("store.path", desk.dir.join("askback.db").display().to_string())?;
        desk.set("reply.grace", "0s")?;
        Ok(desk)
    }

    /// Sets a key, `section.key`; `mailbox.key` is that of the only mailbox. Writes the file anew.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<toml::Value>) -> Result<()> {
        let path: Vec<&str> = key.split('.').collect();
        let (last, sections) = path.split_last().context("an empty key")?;
        let mut table = &mut self.config;
        for section in sections {
            let entry = table.entry(*section).or_insert_with(|| toml::Table::new().into());
            let entry = if entry.is_array() { entry.get_mut(0).context("an empty array")? } else { entry };
            table = entry.as_table_mut().with_context(|| format!("{section} is not a section"))?;
        }
        table.insert((*last).to_owned(), value.into());
        fs::write(self.config_file(), toml::to_string(&self.config)?)?;
        Ok(())
    }

    /// Sets a variable in the environment of the daemon.
    pub(crate) fn env(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.push((name.to_owned(), value.into()));
    }

    /// Where the database is.
    pub(crate) fn database(&self) -> PathBuf {
        let path = self.config.get("store").and_then(|store| store.get("path"));
        path.and_then(toml::Value::as_str).unwrap_or_default().into()
    }

    /// Logs in by access tokens from now on, to IMAP and SMTP, in place of the password. `account` has the keys of the
    /// `[[oauth]]`.
    pub(crate) fn log_in_by(&mut self, account: toml::Table) -> Result<()> {
        let mailbox = self.config.get_mut("mailbox").and_then(|list| list.get_mut(0));
        let mailbox = mailbox.and_then(toml::Value::as_table_mut).context("there is no mailbox")?;
        mailbox.remove("password_file");
        let smtp = self.config.get_mut("smtp").and_then(toml::Value::as_table_mut);
        smtp.context("there is no smtp")?.remove("password_file");
        let name = account.get("name").context("an account without a name")?.clone();
        self.set("mailbox.oauth", name.clone())?;
        self.set("smtp.oauth", name)?;
        self.set("oauth", vec![toml::Value::from(account)])
    }

    /// Does not log in to SMTP from now on; gives the section as it was.
    pub(crate) fn without_smtp_login(&mut self) -> Result<toml::Value> {
        let before = self.config.get("smtp").context("there is no smtp")?.clone();
        let mut section = before.as_table().context("smtp is no section")?.clone();
        section.retain(|key, _| key != "user" && key != "password_file");
        self.set("smtp", section)?;
        Ok(before)
    }

    /// Writes a file with a password that only its owner can read, and says where.
    pub(crate) fn password_file(&self, password: &str) -> Result<PathBuf> {
        let path = self.dir.join(format!("password-{}", password.len()));
        let mut options = fs::OpenOptions::new();
        let mut file = options.create(true).write(true).truncate(true).mode(0o600).open(&path)?;
        std::io::Write::write_all(&mut file, password.as_bytes())?;
        Ok(path)
    }

    /// Where the configuration is.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.dir.join("askback.toml")
    }

    /// The desk's own mailbox.
    pub(crate) fn inbox(&self) -> PathBuf {
        self.servers.maildir(&self.address)
    }

    /// Copies of letters.
    pub(crate) fn sent(&self) -> PathBuf {
        maildir::subfolder(&self.inbox(), "Sent")
    }

    /// A client's mailbox.
    pub(crate) fn mailbox_of(&self, client: &str) -> PathBuf {
        self.servers.maildir(client)
    }

    /// Starts `askback run` and waits until it says that it is ready; it ends with this value or with this program.
    pub(crate) fn run(&self) -> Result<Daemon> {
        let daemon = self.spawn(true)?;
        daemon.wait_until_ready()?;
        Ok(daemon)
    }

    /// Starts `askback run` without waiting. Unless `bound`, it outlives this program.
    pub(crate) fn spawn(&self, bound: bool) -> Result<Daemon> {
        self.spawn_with(bound, "")
    }

    /// The same, to die at a failpoint: its name, a colon and at which time.
    pub(crate) fn spawn_with(&self, bound: bool, failpoint: &str) -> Result<Daemon> {
        let log = self.dir.join("askback.log");
        let socket = self.dir.join("notify");
        fs::remove_file(&socket).ok();
        let notices = listen(UnixDatagram::bind(&socket)?);
        let mut command = if bound {
            // Past a limit on the size of files (a test sets one) writing is an error then, and no signal.
            let mut command = Command::new("sh");
            command
                .args(["-c", "trap '' XFSZ; exec setpriv --pdeathsig KILL -- \"$0\" \"$@\""])
                .arg(binary()?);
            command
        } else {
            Command::new(binary()?)
        };
        command.arg("run").arg("--config").arg(self.config_file());
        let file = File::options().create(true).append(true).open(&log)?;
        let log_from = file.metadata()?.len();
        let child = command
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("NOTIFY_SOCKET", &socket)
            .env("ASKBACK_FAILPOINT", failpoint)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("cannot start askback")?;
        Ok(Daemon { child: Some(child), log, log_from, notices })
    }

    /// Runs an askback command with this configuration.
    pub(crate) fn askback(&self, arguments: &[&str]) -> Result<Output> {
        let mut command = Command::new(binary()?);
        command.args(arguments).arg("--config").arg(self.config_file());
        // A table in a pipe is as wide as it likes; the demo shows it to a person.
        Ok(command.env("COLUMNS", "100").output()?)
    }

    /// What a command prints; an error if it fails.
    pub(crate) fn said(&self, arguments: &[&str]) -> Result<String> {
        let output = self.askback(arguments)?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "askback {arguments:?} ended with {}: {errors}", output.status);
        Ok(String::from_utf8(output.stdout)?)
    }

    /// The rows that a command gives as JSON, in one array or as lines.
    pub(crate) fn rows(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let json: &[&str] = if arguments == ["export"] { &[] } else { &["--json"] };
        let text = self.said(&[arguments, json].concat())?;
        let mut rows = Vec::new();
        for value in serde_json::Deserializer::from_str(&text).into_iter() {
            let mut value: Value = value?;
            match value.as_array_mut() {
                Some(values) => rows.append(values),
                None => rows.push(value),
            }
        }
        Ok(rows)
    }

    /// Waits until this many mails have come in and been dealt with, and gives them as `askback export` does.
    pub(crate) fn wait_for_mails(&self, count: usize) -> Result<Vec<Value>> {
        wait_for(&format!("{count} mails to be dealt with"), || {
            let done = |row: &Value| row["direction"] == "in" && row["disposition"] != "new";
            let rows: Vec<_> = self.rows(&["export"])?.into_iter().filter(done).collect();
            Ok((rows.len() >= count).then_some(rows))
        })
        .with_context(|| format!("askback's log:\n{}", self.log()))
    }

    /// Waits until no letter is to be sent any more, and gives all of them as `askback outbox` does.
    pub(crate) fn wait_for_outbox(&self) -> Result<Vec<Value>> {
        wait_for("all letters to go out", || {
            let rows = self.rows(&["outbox"])?;
            let pending = |row: &Value| row["state"] == "waiting" || row["state"] == "claimed";
            Ok((!rows.iter().any(pending)).then_some(rows))
        })
    }

    /// What the daemon has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.join("askback.log")).unwrap_or_default()
    }
}

/// A running `askback run`; killed when dropped.
pub(crate) struct Daemon {
    child: Option<Child>,
    log: PathBuf,
    /// Where its own lines begin, in bytes; a daemon before it has written to the same file.
    log_from: u64,
    notices: Arc<Mutex<Vec<String>>>,
}

impl Daemon {
    /// Its process id.
    pub(crate) fn pid(&self) -> Result<u32> {
        Ok(self.child.as_ref().context("it has ended")?.id())
    }

    /// The most memory that it has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()?))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(peak.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Waits until it has told `READY=1` as often as this.
    fn wait_until_ready(&self) -> Result<()> {
        self.wait_for_notice("READY=1", 1)
    }

    /// Waits until what it tells the service manager has had a text so many times.
    pub(crate) fn wait_for_notice(&self, text: &str, times: usize) -> Result<()> {
        wait_for(&format!("askback to tell {text}"), || Ok((self.told(text) >= times).then_some(())))
            .with_context(|| format!("its log:\n{}", self.log()))
    }

    /// How often what it has told the service manager has had a text.
    pub(crate) fn told(&self, text: &str) -> usize {
        let notices = self.notices.lock().unwrap_or_else(PoisonError::into_inner);
        notices.iter().filter(|notice| notice.contains(text)).count()
    }

    /// What it has logged.
    fn log(&self) -> String {
        let bytes = fs::read(&self.log).unwrap_or_default();
        let from = usize::try_from(self.log_from).unwrap_or_default();
        String::from_utf8_lossy(bytes.get(from..).unwrap_or_default()).into_owned()
    }

    /// Waits until its log has a text, and gives the log.
    pub(crate) fn wait_for_log(&self, text: &str) -> Result<String> {
        wait_for(&format!("`{text}` in the log"), || {
            let log = self.log();
            Ok(log.contains(text).then_some(log))
        })
        .with_context(|| format!("the log:\n{}", self.log()))
    }

    /// Waits until its log has a line that `fits`.
    pub(crate) fn wait_for_log_where(&self, what: &str, fits: impl Fn(&str) -> bool) -> Result<()> {
        wait_for(what, || Ok(self.log().lines().any(&fits).then_some(())))
            .with_context(|| format!("the log:\n{}", self.log()))
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child.as_ref().context("it has ended")?;
        kill_process(Pid::from_child(child), signal).with_context(|| format!("cannot send {signal:?}"))
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Result<bool> {
        Ok(self.child.as_mut().context("it has ended")?.try_wait()?.is_some())
    }

    /// Waits for the end of the process.
    pub(crate) fn wait(mut self, limit: Duration) -> Result<ExitStatus> {
        let mut child = self.child.take().context("it has ended")?;
        wait_for_at_most(limit, "askback to end", || Ok(child.try_wait()?))
    }

    /// Kills it without a warning, as a power cut would.
    pub(crate) fn kill(mut self) -> Result<()> {
        let mut child = self.child.take().context("it has ended")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks it to end and waits.
    pub(crate) fn stop(self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let status = self.wait(PATIENCE)?;
        ensure!(status.success(), "askback ended with {status}");
        Ok(())
    }

    /// Lets it run on without us.
    pub(crate) fn leave(mut self) -> Result<u32> {
        Ok(self.child.take().context("it has ended")?.id())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Collects what a daemon tells its service manager (sd_notify), for as long as this program runs.
fn listen(socket: UnixDatagram) -> Arc<Mutex<Vec<String>>> {
    let notices = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&notices);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length) = socket.recv(&mut buffer) {
            let text = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
            collected.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
    });
    notices
}

/// The askback program of this build.
pub(crate) fn binary() -> Result<PathBuf> {
    if let Some(path) = option_env!("CARGO_BIN_EXE_askback") {
        return Ok(path.into());
    }
    // An example lies in target/PROFILE/examples, the program two levels up.
    let this = std::env::current_exe()?;
    let path = this.ancestors().nth(2).map(|dir| dir.join("askback")).unwrap_or_default();
    if !path.exists() {
        bail!("{} is not there: build it with `cargo build`", path.display());
    }
    Ok(path)
}
