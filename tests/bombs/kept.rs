//! Stored mails of 50 MB are shown and exported without being whole in memory, and all of their attachments are told.

use super::noise::noise;
use super::run;
use askback::mail::MailKey;
use askback::mail::packed::PackedRaw;
use askback::store::{Access, NewMail, Store};
use chrono::DateTime;
use data_encoding::{BASE64_MIME, HEXLOWER};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};

/// The most memory, in MB. A debug build is larger by itself.
const MEMORY: u64 = if cfg!(debug_assertions) { 60 } else { 40 };
/// A debug build, which is slower, gets smaller mails.
const MB: usize = if cfg!(debug_assertions) { 1 << 17 } else { 1 << 20 };

/// A mail of some files, each with its name and transfer encoding.
fn mail(files: &[(String, &str, Vec<u8>)]) -> Vec<u8> {
    let mut raw = b"From: a@b.test\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n"
        .to_vec();
    for (name, encoding, content) in files {
        let head = format!(
            "--b\r\nContent-Type: application/octet-stream; name={name}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
        );
        raw.extend_from_slice(head.as_bytes());
        match *encoding {
            "base64" => raw.extend_from_slice(BASE64_MIME.encode(content).trim_end().as_bytes()),
            _ => raw.extend_from_slice(content),
        }
        raw.extend_from_slice(b"\r\n");
    }
    raw.extend_from_slice(b"--b--\r\n");
    raw
}

/// What is to be told of each file: its name, its size and SHA-256.
fn told(files: &[(String, &str, Vec<u8>)]) -> Vec<(String, u64, String)> {
    let tell = |(name, _, content): &(String, &str, Vec<u8>)| {
        (name.clone(), content.len() as u64, HEXLOWER.encode(&Sha256::digest(content)))
    };
    files.iter().map(tell).collect()
}

#[test]
fn mails_of_50_mb_are_shown_and_exported_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../../config.example.toml");
    let text = example.replace("#path = \"/var/lib/askback/askback.db\"", "path = \"askback.db\"");
    let config = folder.path().join("askback.toml");
    fs::write(&config, text).unwrap();

    let video = vec![("v.mp4".to_owned(), "base64", noise(36 * MB))];
    let log = vec![("a.log".to_owned(), "8bit", b"2024-01-01 10:00:00 connected\r\n".repeat(50 * MB / 31))];
    let photos: Vec<_> = (0..35).map(|n| (format!("{n}.jpg"), "base64", noise(MB + n * 999))).collect();
    let head = "From: a@b.test\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    let words = head.to_owned() + &"Не строится отчёт.\r\n".repeat(50 * MB / 36);
    let mails = [
        ("a video", mail(&video), told(&video)),
        ("a log", mail(&log), told(&log)),
        ("35 photographs", mail(&photos), told(&photos)),
        ("a text", words.into_bytes(), Vec::new()),
    ];
    let store = Store::open(&folder.path().join("askback.db"), Access::Daemon).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (uid, (_, raw, _)) in (1..).zip(&mails) {
        let new = NewMail {
            key: MailKey { mailbox: "support".to_owned(), uid_validity: 1, uid },
            internal_date: None,
            stored_at: DateTime::UNIX_EPOCH,
            packed: PackedRaw::pack(raw).unwrap(),
            over_limit: None,
        };
        runtime.block_on(store.write(0, move |tx| tx.store_mail(&new))).unwrap();
    }
    drop(store);

    let output = folder.path().join("output");
    let mut used = Vec::new();
    let mut ran = |arguments: &[&str]| {
        let (success, by) = run(folder.path(), &config, arguments, File::create(&output).unwrap().into());
        assert!(success, "{arguments:?}");
        used.push((arguments.join(" "), by));
        fs::read_to_string(&output).unwrap()
    };
    let exported = ran(&["export"]);
    assert_eq!(exported.lines().count(), mails.len());
    for ((number, (name, _, files)), line) in (1..).zip(&mails).zip(exported.lines()) {
        let row: Value = serde_json::from_str(line).unwrap();
        let of = |value: &Value| {
            let text = |key: &str| value[key].as_str().unwrap().to_owned();
            (text("name"), value["size"].as_u64().unwrap(), text("sha256"))
        };
        let seen: Vec<_> = row["attachments"].as_array().unwrap().iter().map(of).collect();
        assert_eq!(seen, *files, "{name}");
        let shown: Value = serde_json::from_str(&ran(&["mail", &format!("{number}"), "--json"])).unwrap();
        assert_eq!(shown["attachments"], row["attachments"], "{name}");
        assert_eq!(shown["text"], row["text"], "{name}");
        assert!(ran(&["mail", &format!("{number}")]).contains(&format!("Mail {number}")));
    }
    for (what, used) in &used {
        println!("{:>5.2} s {:>4} MB  {what}", used.processor.as_secs_f32(), used.peak);
    }
    assert!(used.iter().all(|(_, used)| (1..=MEMORY).contains(&used.peak)), "over {MEMORY} MB: see above");
    let told: usize = mails.iter().map(|(_, _, files)| files.len()).sum();
    println!("{} mails of {} MB, {told} attachments told", mails.len(), (50 * MB) >> 20);
}
