//! Tables and their JSON.

use super::{database, folder, prints};
use serde_json::Value;
use std::fs;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn without_rows_tables_say_so() {
    let folder = folder();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let path = folder.path().join("askback.db");
    let store = askback::store::Store::open(&path, askback::store::Access::Daemon).unwrap();
    runtime.block_on(store.close()).unwrap();
    assert_eq!(prints(folder.path(), &["tickets"]), "There are no tickets yet.\n");
    assert_eq!(prints(folder.path(), &["tickets", "--state", "open"]), "There are no open tickets.\n");
    assert_eq!(prints(folder.path(), &["outbox", "--state", "refused"]), "There are no refused letters.\n");
    assert_eq!(prints(folder.path(), &["tickets", "--json"]), "[]\n");
    assert_eq!(prints(folder.path(), &["export"]), "");
}

#[test]
fn tables_for_people() {
    let folder = folder();
    database::fill(folder.path());
    let mut all = String::new();
    let commands: [&[&str]; 8] = [
        &["tickets"],
        &["tickets", "--state", "incomplete"],
        &["outbox"],
        &["ticket", "1"],
        &["mail", "1"],
        &["mail", "2"],
        &["mail", "3"],
        &["calendar", "show", "2026-12"],
    ];
    for command in commands {
        let text = prints(folder.path(), command);
        for line in text.lines() {
            assert!(!line.contains(['\u{1b}', '\u{7}']), "{line:?} could drive a terminal");
            assert!(line.chars().count() <= 100, "{line:?} is too wide");
            assert_eq!(line.trim_end(), line);
        }
        all.push_str(&format!("$ askback {}\n{text}\n", command.join(" ")));
    }
    insta::assert_snapshot!(all);
}

/// Whoever searches a file for a client wants all of his address.
#[test]
fn in_a_file_or_a_pipe_no_cell_is_cut() {
    let folder = folder();
    database::fill(folder.path());
    let print = |columns: Option<&str>| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_askback"));
        command.arg("tickets").arg("--config").arg(folder.path().join("askback.toml")).env_remove("COLUMNS");
        let output = command.envs(columns.map(|columns| ("COLUMNS", columns))).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(print(Some("100")).contains('…'));
    let whole = print(None);
    assert!(!whole.contains('…') && whole.lines().count() > 1, "{whole}");
}

#[test]
fn tables_as_json() {
    let folder = folder();
    database::fill(folder.path());
    let mut all = String::new();
    let commands: [&[&str]; 4] =
        [&["tickets", "--json"], &["ticket", "1", "--json"], &["mail", "1", "--json"], &["outbox", "--json"]];
    for command in commands {
        all.push_str(&format!("$ askback {}\n{}\n", command.join(" "), prints(folder.path(), command)));
    }
    insta::assert_snapshot!(all);
}

/// Each state that a letter is shown in can be asked for, and finds it.
#[test]
fn a_letter_is_found_by_the_state_that_it_is_shown_in() {
    let folder = folder();
    database::fill(folder.path());
    for (state, other) in [("waiting", "bounced"), ("bounced", "sent")] {
        if state == "bounced" {
            database::bounce_the_letter(folder.path());
        }
        for list in [&["outbox"][..], &["outbox", "--state", state]] {
            let text = prints(folder.path(), list);
            assert!(text.contains(state) && text.contains(" ask "), "{list:?}: {text}");
        }
        let listed = json(&prints(folder.path(), &["outbox", "--json", "--state", state]));
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["state"]), (1, &Value::from(state)));
        let none = prints(folder.path(), &["outbox", "--state", other]);
        assert_eq!(none, format!("There are no {other} letters.\n"));
    }
}

#[test]
fn the_bytes_of_a_mail_come_out_as_they_went_in() {
    let folder = folder();
    database::fill(folder.path());
    assert_eq!(prints(folder.path(), &["mail", "1", "--raw"]), database::MAIL);
}

#[test]
fn what_is_stored_is_shown_though_a_template_is_broken() {
    let folder = folder();
    database::fill(folder.path());
    let path = folder.path().join("askback.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("#templates = \"/etc/askback/templates\"", "templates = \"templates\""))
        .unwrap();
    fs::create_dir(folder.path().join("templates")).unwrap();
    fs::write(folder.path().join("templates/ask.ru.txt"), "{{ nonsense").unwrap();
    assert_eq!(prints(folder.path(), &["export"]).lines().count(), 3);
    assert!(prints(folder.path(), &["mail", "1"]).contains("не строится отчёт"));
}

#[test]
fn export_has_one_line_for_each_mail() {
    let folder = folder();
    database::fill(folder.path());
    let text = prints(folder.path(), &["export"]);
    let lines: Vec<Value> = text.lines().map(json).collect();
    assert_eq!(lines.len(), 3);
    let first = &lines[0];
    assert_eq!(first["key"], serde_json::json!({"mailbox": "support", "uid_validity": 7, "uid": 1}));
    assert_eq!(first["disposition"], "filed");
    assert_eq!((first["ticket"].as_u64(), first["direction"].as_str()), (Some(1), Some("in")));
    assert_eq!(first["sender"], "ivan@client.example");
    assert!(first["subject"].as_str().unwrap().starts_with("Отчёт"));
    assert!(first["text"].as_str().unwrap().contains("Иван"));
    let own = first["own_text"].as_str().unwrap();
    assert!(own.contains("не строится отчёт") && !own.contains("Иван"));
    let attachment = &first["attachments"][0];
    assert_eq!(
        (attachment["name"].as_str(), attachment["type"].as_str()),
        (Some("shot.png"), Some("image/png"))
    );
    assert_eq!(attachment["size"], 8);
    assert_eq!(attachment["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(
        (lines[1]["disposition"].as_str(), lines[2]["disposition"].as_str()),
        (Some("held"), Some("new"))
    );
}

#[test]
fn the_calendar_answers() {
    let folder = folder();
    let due = |from, duration| prints(folder.path(), &["calendar", "due", from, duration]);
    let in_two_words = prints(folder.path(), &["calendar", "due", "2026-05-08T16:30:00+03:00", "1d", "4h"]);
    assert_eq!(in_two_words, due("2026-05-08T16:30:00+03:00", "1d 4h"));
    assert_eq!(due("2026-05-08T16:30:00+03:00", "4h"), "2026-05-11T11:30:00+03:00 (Monday)\n");
    assert_eq!(due("2026-05-08T10:00:00Z", "1d 2h"), "2026-05-11T15:00:00+03:00 (Monday)\n");
    let shown =
        json(&prints(folder.path(), &["calendar", "due", "2026-05-08T16:30:00+03:00", "4h", "--json"]));
    assert_eq!(shown["working_seconds"], 14_400);
    let days = json(&prints(folder.path(), &["calendar", "show", "2026-12", "--json"]));
    assert_eq!(days.as_array().unwrap().len(), 31);
    assert_eq!(days[30]["date"], "2026-12-31");
    assert_eq!(days[30]["seconds"], 0);
    assert_eq!(days[30]["exception"], "Новогодние каникулы");
    assert_eq!(days[29]["hours"], serde_json::json!(["09:00-18:00"]));
}

#[test]
fn people_of_the_desk_have_their_names() {
    let folder = folder();
    database::fill(folder.path());
    let file = folder.path().join("askback.toml");
    let text = fs::read_to_string(&file).unwrap();
    let desk = "[[agent]]\nname = \"Иван\"\naddress = \"ivan@client.example\"\n";
    fs::write(&file, format!("{text}\n{desk}")).unwrap();
    let shown = prints(folder.path(), &["ticket", "1"]);
    assert!(shown.contains("from Иван <ivan@client.example> · problem"), "{shown}");
}
