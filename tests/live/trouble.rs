//! What the operator is told when something is wrong: cause and remedy, and no password.

use super::{desk, servers};
use anyhow::Result;

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
    for part in ["login works", "certificate valid until", "IDLE", "smtp", "All is well"] {
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
