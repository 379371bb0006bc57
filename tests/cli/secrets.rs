//! Passwords and mails in memory stay there; what is wrong with a configuration is told without what may be a password.

use super::{askback, folder};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// Starts a program that may write core files as large as it likes.
fn unlimited(folder: &Path, script: &str) -> Child {
    Command::new("sh")
        .args(["-c", &format!("ulimit -c unlimited; {script}"), env!("CARGO_BIN_EXE_askback")])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Ends it as a bug or the kernel would.
fn abort(mut child: Child) -> ExitStatus {
    kill_process(Pid::from_child(&child), Signal::ABORT).unwrap();
    child.wait().unwrap()
}

#[test]
fn a_crash_leaves_no_core_file() {
    let folder = folder();
    let path = folder.path();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "[support]\naddresses = [\"support@example.com\"]\n\
         [[mailbox]]\nhost = \"127.0.0.1\"\nport = {port}\npassword_file = \"password\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {port}\n[store]\npath = \"askback.db\"\n"
    );
    fs::write(path.join("askback.toml"), text).unwrap();
    let mut password = OpenOptions::new();
    let mut password = password.create(true).write(true).mode(0o600).open(path.join("password")).unwrap();
    password.write_all(b"c4nary\n").unwrap();

    let mut daemon = unlimited(path, "exec \"$0\" --config askback.toml run");
    let mut log = BufReader::new(daemon.stderr.take().unwrap()).lines();
    assert!(log.any(|line| line.unwrap().contains("askback is running")));
    let status = abort(daemon);
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "{status}");

    // Elsewhere on this machine the same signal leaves one: if not, the above has shown nothing.
    let mut other = unlimited(path, "echo up >&2; exec sleep 60");
    let mut line = String::new();
    BufReader::new(other.stderr.take().unwrap()).read_line(&mut line).unwrap();
    if !abort(other).core_dumped() {
        println!("NOT SHOWN: this machine makes no core files at all");
    }
}

#[test]
fn a_password_in_the_wrong_place_is_not_repeated() {
    let folder = folder();
    let good = fs::read_to_string(folder.path().join("askback.toml")).unwrap();
    let mistakes = [
        "password = \"c4nary\"",
        "password = c4nary",
        "password = 'c4nary",
        "password = \"c4nary\\q\"",
        "pass word = \"c4nary\"",
        "password: c4nary",
        "password_file = { text = \"c4nary\" }",
        "password_file = [\"c4nary\"]",
        "secret = \"\"\"\nc4nary\n\"\"\"",
    ];
    for mistake in mistakes {
        let text = good.replacen("[[mailbox]]", &format!("[[mailbox]]\n{mistake}"), 1);
        assert_ne!(text, good);
        fs::write(folder.path().join("askback.toml"), text).unwrap();
        for arguments in [&["check-config"][..], &["check-config", "--json"], &["doctor"], &["run"]] {
            let output = askback(folder.path(), arguments);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            assert_eq!(output.status.code(), Some(78), "{mistake}: {said}");
            assert!(said.contains("\"line\": 5") || said.contains(".toml:5"), "{mistake}: {said}");
            assert!(!said.contains("c4nary"), "{mistake}: {said}");
        }
    }
    println!("{} mistakes with a password", mistakes.len());
}
