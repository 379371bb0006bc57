//! A suspect is read on trial, in a process of its own: if that dies too, the mail is to blame. If it lives, somebody else
//! killed askback (`kill -9`, a power cut, a deploy) while the mail happened to be in hand.

use crate::store::{MailId, Store};
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::process::Command;

/// This very program, also where a newer one has taken its path by now.
const THIS_PROGRAM: &str = "/proc/self/exe";
/// Reading takes far less on any machine.
const LIMIT: Duration = Duration::from_secs(60);
/// How a Rust program ends that panicked: all other exit statuses are errors that it has told, such as that of a
/// configuration changed on disk.
const PANICKED: i32 = 101;
/// What systemd gives to the daemon alone.
const FOR_THE_DAEMON: [&str; 4] = ["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"];

/// How mails are read on trial: by `askback explain`, which needs no secrets, no server and no database.
#[derive(Debug)]
pub struct Trial {
    program: &'static str,
    arguments: Vec<OsString>,
    limit: Duration,
}

/// What came out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The process read the mail.
    Harmless,
    /// The process came to a bad end, twice in a row; how it ended.
    Fatal(String),
    /// There was no trial, for a reason that has nothing to do with the mail.
    Unknown(String),
}

impl Trial {
    /// By this program, with the configuration at `config`.
    #[must_use]
    pub fn new(config: &Path) -> Self {
        let arguments = ["explain".into(), "--json".into(), "--config".into(), config.into(), "-".into()];
        Self { program: THIS_PROGRAM, arguments: arguments.into(), limit: LIMIT }
    }

    /// By a script of the shell, which gets the mail on standard input.
    #[cfg(test)]
    pub(super) fn by_shell(script: &str, limit: Duration) -> Self {
        Self { program: "/bin/sh", arguments: vec!["-c".into(), script.into()], limit }
    }

    /// Lets a mail be read. One bad end may be somebody else's doing, too; two in a row are the mail's.
    pub(super) async fn of(&self, store: &Store, id: MailId) -> Verdict {
        let verdict = self.once(store, id).await;
        if matches!(verdict, Verdict::Fatal(_)) { self.once(store, id).await } else { verdict }
    }

    async fn once(&self, store: &Store, id: MailId) -> Verdict {
        let start = || -> io::Result<_> {
            let (stdin, feed) = io::pipe()?;
            Ok((self.command().stdin(stdin).spawn()?, feed))
        };
        let (mut process, mut feed) = match start() {
            Ok(started) => started,
            Err(error) => return Verdict::Unknown(format!("no process could be started: {error}")),
        };
        // The bytes pass through in frames of 1 MiB: nothing here looks into them.
        let has_all = AtomicBool::new(false);
        let feeding = async {
            let fed =
                store.read(move |reader| reader.raw_in_pieces(id, |bytes| Ok(feed.write_all(bytes)?))).await;
            has_all.store(fed.is_ok(), Ordering::Relaxed);
            fed
        };
        let both = async { tokio::join!(feeding, process.wait()) };
        // Dropping the process kills it.
        let Ok((fed, ended)) = tokio::time::timeout(self.limit, both).await else {
            // It reads a mail when it has all of it, and not before.
            return if has_all.load(Ordering::Relaxed) {
                Verdict::Fatal(format!("did not end within {:?}", self.limit))
            } else {
                Verdict::Unknown(format!("its bytes did not arrive within {:?}", self.limit))
            };
        };
        match (fed, ended) {
            (Err(error), _) if !is_broken_pipe(&error) => {
                Verdict::Unknown(format!("its bytes could not be had: {error:#}"))
            }
            (_, Err(error)) => Verdict::Unknown(format!("nobody knows how the process ended: {error}")),
            (_, Ok(status)) if status.success() => Verdict::Harmless,
            (_, Ok(status)) if status.code().is_none_or(|code| code == PANICKED) => {
                Verdict::Fatal(format!("ended with {status}"))
            }
            (_, Ok(status)) => Verdict::Unknown(format!(
                "`askback explain` ended with {status}; is the configuration on disk in order? See `askback check-config`"
            )),
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        command.arg0("askback").args(&self.arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        for name in FOR_THE_DAEMON {
            command.env_remove(name);
        }
        command
    }
}

/// The process ended before it had read everything: how it ended tells more.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::with_mail;
    use super::*;
    use crate::store::Access;
    use std::fs;
    use tempfile::TempDir;

    /// More than a pipe holds, so that whoever does not read it keeps us waiting.
    const SIZE: usize = 3_000_000;

    fn raw() -> Vec<u8> {
        (0..SIZE).map(|at| b"0123456789\n"[at % 11]).collect()
    }

    /// What comes out if the mail is given to a script, which runs in the folder that comes back.
    async fn tried(script: &str, limit: Duration) -> (Verdict, TempDir) {
        let (store, id, folder) = with_mail(&raw()).await;
        let script = format!("cd {} && {script}", folder.path().display());
        (Trial::by_shell(&script, limit).of(&store, id).await, folder)
    }

    #[tokio::test]
    async fn who_reads_the_whole_mail_and_lives_speaks_for_it() {
        let (verdict, folder) = tried("cat > mail", LIMIT).await;
        assert_eq!(verdict, Verdict::Harmless);
        assert!(fs::read(folder.path().join("mail")).unwrap() == raw());
    }

    #[tokio::test]
    async fn two_bad_ends_speak_against_it_one_does_not() {
        let killed = "echo . >> times; head -c 9 > mail; kill -KILL $$";
        let (verdict, folder) = tried(killed, LIMIT).await;
        assert_eq!(verdict, Verdict::Fatal("ended with signal: 9 (SIGKILL)".to_owned()));
        assert_eq!(fs::read(folder.path().join("times")).unwrap(), b".\n.\n");
        // A panic.
        let (verdict, _) = tried("exit 101", LIMIT).await;
        assert_eq!(verdict, Verdict::Fatal("ended with exit status: 101".to_owned()));

        let killed_once = "if [ -e once ]; then cat > mail; else touch once; kill -KILL $$; fi";
        let (verdict, folder) = tried(killed_once, LIMIT).await;
        assert_eq!(verdict, Verdict::Harmless);
        assert!(fs::read(folder.path().join("mail")).unwrap() == raw());
    }

    #[tokio::test]
    async fn who_takes_too_long_is_killed() {
        let limit = Duration::from_secs(4);
        let slow = "echo $$ >> pids; cat > mail; exec sleep 1000";
        let (verdict, folder) = tried(slow, limit).await;
        assert_eq!(verdict, Verdict::Fatal("did not end within 4s".to_owned()));
        let pids = fs::read_to_string(folder.path().join("pids")).unwrap();
        assert_eq!(pids.lines().count(), 2);
        let is_alive = |pid: &str| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            stat.contains("sleep") && !stat.contains(") Z ")
        };
        let ended = async {
            while pids.lines().any(is_alive) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_not_the_mail_s_fault_says_nothing_of_it() {
        for told in ["exit 78", "exit 70"] {
            let (verdict, _) = tried(told, LIMIT).await;
            let Verdict::Unknown(why) = verdict else { panic!("{verdict:?}") };
            assert!(why.contains("askback check-config"), "{why}");
        }
        // It never had the whole mail.
        let (verdict, _) = tried("exec sleep 1000", Duration::from_millis(300)).await;
        let Verdict::Unknown(why) = verdict else { panic!("{verdict:?}") };
        assert_eq!(why, "its bytes did not arrive within 300ms");

        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap();
        let nothing = Trial { program: "/nowhere/askback", arguments: Vec::new(), limit: LIMIT };
        let verdict = nothing.of(&store, MailId(1)).await;
        let Verdict::Unknown(why) = verdict else { panic!("{verdict:?}") };
        assert!(why.starts_with("no process could be started: "), "{why}");
    }

    #[test]
    fn it_is_this_program_without_what_systemd_gives_to_the_daemon() {
        let command = Trial::new(Path::new("/etc/askback/askback.toml")).command();
        let command = command.as_std();
        assert_eq!(command.get_program(), "/proc/self/exe");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["explain", "--json", "--config", "/etc/askback/askback.toml", "-"]);
        let environment: Vec<_> = command.get_envs().collect();
        assert_eq!(environment, FOR_THE_DAEMON.map(|name| (name.as_ref(), None)));
    }
}
