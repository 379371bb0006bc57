//! `askback outbox N`, `askback outbox retry N`.

use super::{database, fails, folder, prints};
use serde_json::Value;
use std::path::Path;

fn letter(folder: &Path, number: &str) -> Value {
    serde_json::from_str(&prints(folder, &["outbox", number, "--json"])).unwrap()
}

#[test]
fn a_letter_is_shown_with_its_reason_and_its_bytes() {
    let folder = folder();
    database::fill(folder.path());
    database::refuse_a_notice(folder.path());
    let text = prints(folder.path(), &["outbox", "2"]);
    for part in ["Letter 2: x\n", "refused", "550 no such user", "olga@m2mail.ru", "\n  x[31m\n", "Events"] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
    let json = letter(folder.path(), "2");
    assert_eq!(
        (&json["state"], &json["subject"], &json["kind"]),
        (&"refused".into(), &"x".into(), &"notice".into())
    );
    assert_eq!(json["last_error"], "550 no such user");
    assert_eq!(json["events"][0]["what"], "refused");
    let raw = prints(folder.path(), &["outbox", "2", "--raw"]);
    assert_eq!(raw, "Subject: x\r\n\r\nx\u{1b}[31m\r\n");
}

#[test]
fn a_refused_letter_is_sent_after_all() {
    let folder = folder();
    database::fill(folder.path());
    database::refuse_a_notice(folder.path());
    let said = prints(folder.path(), &["outbox", "retry", "2"]);
    assert!(said.starts_with("Letter 2 is to be sent: "), "{said}");
    let json = letter(folder.path(), "2");
    assert_eq!(
        (&json["state"], &json["attempts"], &json["last_error"]),
        (&"waiting".into(), &0.into(), &"".into())
    );
    assert_eq!(
        (&json["events"][1]["what"], &json["events"][1]["detail"]),
        (&"retried".into(), &"by an operator".into())
    );
    prints(folder.path(), &["verify"]);

    let (exit, stderr) = fails(folder.path(), &["outbox", "retry", "2"]);
    assert_eq!(exit, 65, "{stderr}");
    assert!(stderr.starts_with("askback: letter 2 is waiting, not refused\nremedy: "), "{stderr}");
    for arguments in [&["outbox", "retry", "99"][..], &["outbox", "99"], &["outbox", "99", "--raw"]] {
        let (exit, stderr) = fails(folder.path(), arguments);
        assert_eq!(
            (exit, stderr.lines().next()),
            (66, Some("askback: there is no letter 99")),
            "{arguments:?}"
        );
    }
    for arguments in [
        &["outbox", "retry"][..],
        &["outbox", "--raw"],
        &["outbox", "2", "--raw", "--json"],
        &["outbox", "2", "--state", "refused"],
        &["outbox", "x"],
    ] {
        assert_eq!(fails(folder.path(), arguments).0, 64, "{arguments:?}");
    }
}

#[test]
fn an_automatic_letter_is_not_sent_after_all() {
    let folder = folder();
    database::fill(folder.path());
    database::refuse_the_letter(folder.path());
    assert_eq!(letter(folder.path(), "1")["state"], "refused");
    let (exit, stderr) = fails(folder.path(), &["outbox", "retry", "1"]);
    assert_eq!(exit, 65, "{stderr}");
    assert!(stderr.starts_with("askback: letter 1 is automatic (ask)\nremedy: "), "{stderr}");
    assert!(stderr.contains("answer the client yourself"), "{stderr}");
    assert_eq!(letter(folder.path(), "1")["state"], "refused");
}

#[test]
fn a_letter_whose_bytes_are_damaged_is_shown_with_its_reason() {
    let folder = folder();
    database::fill(folder.path());
    database::refuse_a_notice(folder.path());
    database::damage_letter(folder.path(), 2);
    let text = prints(folder.path(), &["outbox", "2"]);
    for part in
        ["Letter 2: its bytes are damaged\n", "550 no such user", "olga@m2mail.ru", "SHA-256", "Events"]
    {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    let json = letter(folder.path(), "2");
    assert_eq!(json["last_error"], "550 no such user");
    assert!(json["damaged"].as_str().unwrap().contains("SHA-256"), "{json}");
    for arguments in [&["outbox", "2", "--raw"][..], &["outbox", "retry", "2"]] {
        assert_ne!(fails(folder.path(), arguments).0, 0);
    }
}
