//! What the operator is told when something is wrong: cause and remedy, and no password.

use super::support::compose::mail;
use super::support::maildir::wait_for_letters;
use super::{INCOMPLETE, desk, postfix, servers};
use anyhow::{Context as _, Result};
use rustix::process::Signal;

#[test]
fn a_wrong_password_is_named_and_never_shown() -> Result<()> {
    let (_dir, mut desk) = desk("wrong-password")?;
    let file = desk.password_file("not-the-one")?;
    desk.set("mailbox.password_file", file.display().to_string())?;
    let daemon = desk.run()?;
    let log = daemon.wait_for_log("refuses the login")?;
    assert!(log.contains("check user name and password"), "no remedy:\n{log}");
    assert!(!log.contains("not-the-one"), "the log shows the password");
    daemon.stop()
}

#[test]
fn an_untrusted_certificate_is_refused_with_a_remedy() -> Result<()> {
    let (_dir, mut desk) = desk("untrusted")?;
    // The server's own certificate is no authority that signs it.
    let stranger = servers().dir.join("tls/server.pem").display().to_string();
    desk.set("mailbox.ca_file", stranger)?;
    let daemon = desk.run()?;
    let log = daemon.wait_for_log("ca_file")?;
    assert!(log.contains("certificate"), "the log does not name the cause:\n{log}");
    daemon.stop()
}

#[test]
fn doctor_finds_a_good_desk_well() -> Result<()> {
    let (_dir, desk) = desk("doctor")?;
    let output = desk.askback(&["doctor"])?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    for part in [
        "login works",
        "certificate valid until",
        "IDLE",
        "smtp",
        "letters are taken",
        "Everything works; see the ",
    ] {
        assert!(said.contains(part), "nothing on {part}:\n{said}");
    }
    Ok(())
}

#[test]
fn doctor_names_cause_and_remedy() -> Result<()> {
    let (_dir, mut desk) = desk("doctor-ill")?;
    let file = desk.password_file("not-the-one")?.display().to_string();
    desk.set("mailbox.password_file", file)?;
    desk.set("smtp.port", i64::from(servers().smtp_port()?))?;
    let output = desk.askback(&["doctor"])?;
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("password"), "{said}");
    assert!(!said.contains("not-the-one"), "the password is shown");
    Ok(())
}

/// A port that takes letters from those who have logged in, and from nobody else.
#[test]
fn a_server_that_takes_no_letters_from_us_loses_none() -> Result<()> {
    let (_dir, mut desk) = desk("unwelcome")?;
    let login = desk.without_smtp_login()?;
    let daemon = desk.run()?;
    let client = "client@unwelcome-client.test";
    postfix()?.send(client, &desk.address, &mail(client, &desk.address, "Отчёты", INCOMPLETE))?;
    let log = daemon.wait_for_log("letters WAIT")?;
    assert!(log.contains("Client host rejected") && log.contains("set `user`"), "{log}");
    assert!(!log.contains(client), "the log has no addresses of clients: {log}");
    assert_eq!(desk.rows(&["outbox"])?[0]["state"], "waiting");

    let output = desk.askback(&["doctor"])?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() && said.contains("\u{2717} smtp: ") && !said.contains("All is well"),
        "{said}"
    );
    assert!(said.contains("remedy: set `user`") && said.contains("! outbox: 1 letters wait: "), "{said}");

    desk.set("smtp", login)?;
    daemon.signal(Signal::HUP)?;
    let letters = wait_for_letters(&desk.mailbox_of(client), 1).with_context(|| desk.log())?;
    assert_eq!(letters.len(), 1);
    daemon.stop()
}
