//! `askback doctor` where nothing answers.

use super::{askback, database, folder};
use serde_json::Value;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A port of this machine where nobody listens.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn configure(folder: &Path, port: u16) {
    let text = format!(
        "[support]\naddresses = [\"support@example.com\"]\n\
         [[mailbox]]\nhost = \"127.0.0.1\"\nport = {port}\npassword_file = \"password\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {port}\n[store]\npath = \"askback.db\"\n"
    );
    fs::write(folder.join("askback.toml"), text).unwrap();
}

fn doctor(folder: &Path) -> (Option<i32>, Vec<(String, String, String)>) {
    let output = askback(folder, &["doctor", "--json"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = list.iter().map(|finding| {
        assert!(finding["health"] == "good" || finding["remedy"] != "", "{finding}");
        (text(&finding["check"]), text(&finding["health"]), text(&finding["detail"]))
    });
    (output.status.code(), list.collect())
}

#[track_caller]
fn has(list: &[(String, String, String)], check: &str, health: &str, detail: &str) {
    let found = list.iter().any(|(c, h, d)| c == check && h == health && d.contains(detail));
    assert!(found, "no {health} {check} with {detail:?} in {list:#?}");
}

#[test]
fn each_failure_has_its_remedy() {
    let folder = folder();
    let path = folder.path();
    let port = closed_port();
    configure(path, port);

    let (exit, list) = doctor(path);
    assert_eq!(exit, Some(78), "{list:?}");
    has(&list, "configuration", "good", "askback.toml is correct");
    has(&list, "authserv_id", "note", "unverified");
    has(&list, "agents", "note", "nobody");
    has(&list, "clock", "good", "Europe/Moscow");
    has(&list, "database", "note", "not there yet");
    has(&list, "password of mailbox \"support@example.com\"", "bad", "No such file");
    has(&list, "servers", "note", "not asked");

    fs::write(path.join("password"), "secret\n").unwrap();
    fs::set_permissions(path.join("password"), fs::Permissions::from_mode(0o600)).unwrap();
    let (exit, list) = doctor(path);
    assert_eq!(exit, Some(69), "{list:?}");
    has(&list, "mailbox \"support@example.com\"", "bad", "refuses the connection");
    has(&list, "smtp", "bad", "refuses the connection");

    let output = askback(path, &["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("✓ configuration: "), "{text}");
    assert!(text.contains("✗ smtp: "), "{text}");
    assert!(text.contains("    remedy: "), "{text}");
    assert!(text.ends_with("Something needs mending.\n"), "{text}");
}

#[test]
fn what_a_server_says_is_no_remedy() {
    let folder = folder();
    configure(folder.path(), closed_port());
    database::fill(folder.path());
    database::put_the_letter_off(folder.path(), "450 4.7.1 Greylisted, see: https://greylist.example");
    let output = askback(folder.path(), &["doctor"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("! outbox: ")).take(2).collect();
    assert_eq!(
        lines,
        [
            "! outbox: 1 letters wait: 450 4.7.1 Greylisted, see: https://greylist.example",
            "    remedy: mend what that names; askback outbox shows them",
        ],
        "{text}"
    );
}

#[test]
fn a_database_that_others_can_read_is_told() {
    let folder = folder();
    configure(folder.path(), closed_port());
    database::fill(folder.path());
    let told = || {
        doctor(folder.path())
            .1
            .iter()
            .any(|(_, health, detail)| health == "note" && detail.contains("by others"))
    };
    assert!(!told());
    fs::set_permissions(folder.path().join("askback.db"), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(told());
}

#[test]
fn notices_that_are_refused_are_seen() {
    let folder = folder();
    configure(folder.path(), closed_port());
    database::fill(folder.path());
    database::refuse_a_notice(folder.path());
    // Nobody of this address is told anything any more.
    let (_, list) = doctor(folder.path());
    assert!(list.iter().all(|(check, _, _)| check != "notices"), "{list:?}");

    let file = folder.path().join("askback.toml");
    let text = fs::read_to_string(&file).unwrap() + "[[agent]]\naddress = \"olga@m2mail.ru\"\n";
    fs::write(file, text).unwrap();
    let (_, list) = doctor(folder.path());
    has(
        &list,
        "notices",
        "note",
        "1 to olga@m2mail.ru were refused or not confirmed, the last one with: 550 no such user",
    );
}

#[test]
fn oauth_is_looked_at_and_only_doctor_needs_its_secrets() {
    let folder = folder();
    let path = folder.path();
    let port = closed_port();
    let text = format!(
        "[support]\naddresses = [\"support@example.com\"]\n\
         [[mailbox]]\nhost = \"127.0.0.1\"\nport = {port}\noauth = \"desk\"\n\
         [smtp]\nhost = \"127.0.0.1\"\nport = {port}\nuser = \"support@example.com\"\noauth = \"desk\"\n\
         [[oauth]]\nname = \"desk\"\ntoken_url = \"http://127.0.0.1:{port}/token\"\nclient_id = \"id\"\n\
         client_secret_file = \"client-secret\"\nrefresh_token_file = \"refresh-token\"\n[store]\npath = \"askback.db\"\n"
    );
    fs::write(path.join("askback.toml"), text).unwrap();
    assert!(super::prints(path, &["check-config"]).contains("is correct"));
    fs::write(path.join("mail.eml"), "From: a@b.test\r\nSubject: x\r\n\r\nWialon\r\n").unwrap();
    super::prints(path, &["explain", "mail.eml"]);

    let (exit, list) = doctor(path);
    assert_eq!(exit, Some(78), "{list:?}");
    has(&list, "client secret of oauth \"desk\"", "bad", "No such file");
    has(&list, "refresh token of oauth \"desk\"", "bad", "No such file");

    for name in ["client-secret", "refresh-token"] {
        fs::write(path.join(name), "s3cret-of-oauth\n").unwrap();
        fs::set_permissions(path.join(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let (exit, list) = doctor(path);
    assert_eq!(exit, Some(69), "{list:?}");
    has(&list, "oauth \"desk\"", "bad", "refuses the connection");
}

/// Whom notices go to counts, not whether there is an [[agent]].
#[test]
fn it_is_told_whether_somebody_hears_of_requests() {
    let folder = folder();
    let path = folder.path();
    configure(path, closed_port());
    let text = fs::read_to_string(path.join("askback.toml")).unwrap();
    let agents = |more: &str| {
        fs::write(path.join("askback.toml"), format!("{text}{more}")).unwrap();
        doctor(path).1.into_iter().filter(|(check, _, _)| check == "agents").collect::<Vec<_>>()
    };
    let all = "[nudges.to]\nnew = [\"a@x.test\"]\nasks_used_up = [\"a@x.test\"]\nheld = [\"a@x.test\"]\n";
    assert_eq!(agents(all), []);
    let nobody = "[[agent]]\naddress = \"a@x.test\"\n[nudges.to]\nnew = []\nheld = []\n";
    has(
        &agents(nobody),
        "agents",
        "note",
        "nobody is told of new requests, mails that could not be processed",
    );
    assert_eq!(agents("[[agent]]\naddress = \"a@x.test\"\n"), []);
}
