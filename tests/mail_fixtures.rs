//! Every mail quirk is a pair `fixtures/mail/<quirk>.eml`, `<quirk>.expected`, read with LF and with CRLF line ends.
//! `UPDATE_FIXTURES=1 cargo test --test mail_fixtures` writes the expected files anew: read what changed.

#![cfg(test)]

use askback::mail::{self, AttachmentRole, Author, HeaderText, Mail, Mailbox};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// So that a walker that finds nothing does not pass.
const AT_LEAST: usize = 90;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    files.sort();
    files
}

fn mailbox(mailbox: &Mailbox) -> String {
    let name = HeaderText::new(&mailbox.name, 100);
    format!("{name} <{}>", mailbox.address).trim_start().to_owned()
}

fn read(raw: &[u8]) -> Mail {
    mail::parse_slim(&raw.to_vec().into()).0
}

fn dump(mail: &Mail) -> String {
    let mut out = String::new();
    let mut line = |label: &str, value: &str| writeln!(out, "{label}: {value}").unwrap();
    line("subject", &mail.subject);
    match &mail.author {
        Author::One(author) => line("author", &mailbox(author)),
        Author::Doubtful { why, shown } => {
            let shown = shown.as_ref().map(|shown| format!("; shows {}", mailbox(shown)));
            line("author", &format!("doubtful, {why}{}", shown.unwrap_or_default()));
        }
    }
    for (label, list) in
        [("reply-to", &mail.reply_to), ("to", &mail.to), ("cc", &mail.cc), ("resent", &mail.resent)]
    {
        if !list.is_empty() {
            line(label, &list.iter().map(mailbox).collect::<Vec<_>>().join(", "));
        }
    }
    if let Some(date) = mail.date {
        line("date", &date.to_rfc3339());
    }
    if let Some(id) = &mail.message_id {
        line("message-id", id.as_str());
    }
    for (label, list) in [("in-reply-to", &mail.in_reply_to), ("references", &mail.references)] {
        if !list.is_empty() {
            line(label, &list.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(" "));
        }
    }
    if let Some(report) = &mail.report {
        let original = report.original.as_ref().map_or("?", |id| id.as_str());
        let failed = if report.failed { ", failed" } else { "" };
        line("report", &format!("{} about {original}{failed}", report.report_type));
    }
    for attachment in &mail.attachments {
        let name = attachment.name.as_deref().unwrap_or("-");
        let inline = if attachment.inline { " inline" } else { "" };
        // The size of what is not encoded depends on the line ends.
        let as_written = attachment.role == AttachmentRole::Machinery
            || attachment.media_type.starts_with("message/")
            || attachment.media_type.starts_with("text/");
        let size = if as_written {
            String::new()
        } else {
            let [a, b, ..] = attachment.sha256.unwrap();
            format!(" {} bytes {a:02x}{b:02x}", attachment.size)
        };
        line("attachment", &format!("{:?} {} {name}{inline}{size}", attachment.role, attachment.media_type));
    }
    for problem in &mail.problems {
        line("problem", problem);
    }
    for text in mail.text.full.split_inclusive('\n') {
        write!(out, "| {text}").unwrap();
    }
    if !mail.text.full.is_empty() && !mail.text.full.ends_with('\n') {
        out.push('\n');
    }
    out
}

#[test]
fn every_fixture_reads_as_expected_with_either_line_end() {
    let files = fixtures();
    assert!(files.len() >= AT_LEAST, "only {} fixtures found", files.len());
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut wrong = Vec::new();
    for path in &files {
        let lf = std::fs::read(path).unwrap();
        assert!(!lf.windows(2).any(|pair| pair == b"\r\n"), "{} is to be stored with LF", path.display());
        let crlf: Vec<u8> = lf.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(b"\r\n".as_slice());
        let expected_path = path.with_extension("expected");
        let dumped = dump(&read(&lf));
        if update {
            std::fs::write(&expected_path, &dumped).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        for (ends, dumped) in [("LF", dumped), ("CRLF", dump(&read(&crlf)))] {
            if dumped != expected {
                wrong.push(format!(
                    "{} with {ends}:\n--- expected\n{expected}+++ read\n{dumped}",
                    path.display()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_expected_file_has_its_mail() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "expected") {
            assert!(path.with_extension("eml").exists(), "{} is left over", path.display());
        }
    }
}
