//! `askback explain`: what it says, and in which form.

use super::{askback, folder, prints};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const ASKED: &str =
    "Здравствуйте! В Wialon Hosting с утра не строится отчёт по поездкам, вместо таблицы пустая страница.";
const ANSWER: &str = "1. Объект А123ВС77, шаблон «Поездки за сутки».\r\n2. Открываю вкладку Отчёты, выбираю шаблон и объект, \
                      жму Выполнить, получаю пустую страницу.\r\n\r\n-- \r\nИван\r\n";

fn write(folder: &Path, name: &str, headers: &str, body: &str) {
    let mail = format!(
        "From: Ivan <ivan@client.example>\r\nTo: support@m2mail.ru\r\nMessage-ID: <{name}@client.example>\r\n\
         Date: Fri, 6 Mar 2026 12:00:00 +0300\r\n{headers}Subject: =?utf-8?B?0J7RgtGH0ZHRgg==?=\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    );
    fs::write(folder.join(name), mail).unwrap();
}

fn explain(folder: &Path, files: &[&str]) -> Vec<Value> {
    let text = prints(folder, &[&["explain", "--json"], files].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_conversation_is_told_mail_by_mail() {
    let folder = folder();
    write(folder.path(), "1.eml", "", ASKED);
    write(folder.path(), "2.eml", "In-Reply-To: <1.eml@client.example>\r\n", ANSWER);
    write(folder.path(), "3.eml", "Auto-Submitted: auto-replied\r\n", "Меня нет до понедельника.\r\n");
    let lines = explain(folder.path(), &["1.eml", "2.eml", "3.eml"]);
    let [first, second, third] = lines.as_slice() else { panic!("{lines:?}") };

    let keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["file", "disposition", "why", "language", "kind", "fields", "missing", "reply"]);
    let fields: Vec<&String> = first["fields"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["product", "description", "objects", "steps", "attachments"]);
    assert_eq!((first["file"].as_str(), first["disposition"].as_str()), (Some("1.eml"), Some("filed")));
    assert_eq!((first["language"].as_str(), first["kind"].as_str()), (Some("ru"), Some("problem")));
    let product = &first["fields"]["product"];
    assert_eq!(
        (product["state"].as_str(), product["value"].as_str()),
        (Some("present"), Some("Wialon Hosting"))
    );
    let evidence = &product["evidence"][0];
    assert_eq!(evidence["in"], "body");
    assert!(evidence["cue"].as_str().is_some_and(|cue| !cue.is_empty()));
    let (start, end) = (evidence["start"].as_u64().unwrap(), evidence["end"].as_u64().unwrap());
    let words: String = ASKED
        .chars()
        .skip(usize::try_from(start).unwrap())
        .take(usize::try_from(end - start).unwrap())
        .collect();
    assert_eq!((words.as_str(), evidence["text"].as_str()), ("Wialon Hosting", Some("Wialon Hosting")));
    assert_eq!(first["fields"]["steps"]["state"], "missing");
    assert_eq!(first["missing"], serde_json::json!(["objects", "steps"]));
    assert_eq!(first["reply"]["action"], "ask");
    assert!(first["reply"]["text"].as_str().unwrap().contains("Какими действиями"));

    assert_eq!(second["missing"], serde_json::json!([]));
    assert_eq!(second["reply"]["action"], "accept");
    assert!(second["reply"]["subject"].as_str().is_some());

    assert_eq!((third["disposition"].as_str(), third["kind"].as_str()), (Some("automatic"), Some("none")));
    assert_eq!((third["reply"]["action"].as_str(), &third["reply"]["text"]), (Some("silent"), &Value::Null));
    assert!(third["reply"]["why"].as_str().is_some_and(|why| !why.is_empty()));
    assert_eq!((&first["reply"]["row"], third["reply"]["row"].as_u64()), (&Value::Null, Some(4)));

    write(folder.path(), "4.eml", "From: Olga <olga@client.example>\r\n", ASKED);
    let doubtful = explain(folder.path(), &["4.eml"]).remove(0);
    assert_eq!((&doubtful["disposition"], &doubtful["reply"]["row"]), (&"quarantined".into(), &10.into()));
}

#[test]
fn the_same_mail_once_more_is_a_duplicate_and_changes_nothing() {
    let folder = folder();
    write(folder.path(), "1.eml", "", ASKED);
    write(folder.path(), "2.eml", "In-Reply-To: <1.eml@client.example>\r\n", ANSWER);
    let lines = explain(folder.path(), &["1.eml", "1.eml", "2.eml"]);
    let [_, again, answer] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&again["disposition"], &again["reply"]["action"]), (&"duplicate".into(), &"silent".into()));
    assert_eq!(again["missing"], serde_json::json!(["objects", "steps"]));
    assert_eq!(answer["reply"]["action"], "accept");
}

#[test]
fn offsets_count_the_empty_lines_that_a_text_begins_with() {
    let folder = folder();
    write(folder.path(), "1.eml", "", &format!("\r\n\r\n  {ASKED}"));
    let evidence = &explain(folder.path(), &["1.eml"])[0]["fields"]["product"]["evidence"][0];
    let before = ASKED.split("Wialon").next().unwrap().chars().count();
    assert_eq!(evidence["start"], 4 + before);
}

#[test]
fn people_see_the_evidence_in_the_text() {
    let folder = folder();
    write(folder.path(), "1.eml", "", &format!("{ASKED}\r\n\x1b[2J\r\n-- \r\nИван Петров\r\n"));
    let text = prints(folder.path(), &["explain", "1.eml"]);
    assert!(text.contains("[product: Wialon Hosting]"), "{text}");
    assert!(text.contains("Иван Петров   [signature, set aside]"), "{text}");
    assert!(text.contains("Still missing: objects, steps"), "{text}");
    assert!(text.contains("Reply: ask"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
}

#[test]
fn a_mail_can_come_through_a_pipe() {
    let folder = folder();
    write(folder.path(), "1.eml", "", ASKED);
    let mail = fs::read(folder.path().join("1.eml")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_askback"))
        .args(["explain", "--json", "--config", "askback.toml", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&mail).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let mut piped: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(piped["file"].take(), "-");
    let mut from_file = explain(folder.path(), &["1.eml"]).remove(0);
    from_file["file"].take();
    assert_eq!(piped, from_file);
}

#[test]
fn neither_secrets_nor_a_database_are_needed() {
    let folder = folder();
    write(folder.path(), "1.eml", "", ASKED);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/config.example.toml");
    let output = askback(folder.path(), &["explain", "--json", "--config", example, "1.eml"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing is written");
}

/// `make demo` needs servers and is not part of the tests: what its first mails are asked must not change unseen.
#[test]
fn the_demo_s_mails_are_asked_for_what_they_lack() {
    let all = ["product", "description", "objects", "steps"];
    let mails: [(&str, &str, &[&str]); 8] = [
        ("complete", "accept", &[]),
        ("incomplete", "ask", &all[2..]),
        ("html", "ask", &all[..1]),
        ("koi8-r", "ask", &all),
        ("quotes", "accept", &[]),
        ("windows-1251", "accept", &[]),
        ("newsletter", "silent", &[]),
        ("out-of-office", "silent", &[]),
    ];
    let folder = folder();
    for (name, action, missing) in mails {
        let file = format!("{}/fixtures/demo/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let lines = explain(folder.path(), &[&file]);
        let [line] = lines.as_slice() else { panic!("{lines:?}") };
        assert_eq!(line["reply"]["action"], action, "{name}: {line}");
        assert_eq!(line["missing"], serde_json::json!(missing), "{name}: {line}");
    }
}
