//! How commands end when they cannot do what they should.

use super::{askback, database, fails, folder, prints};
use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

#[test]
fn failures_have_their_exit_code_cause_and_remedy() {
    let folder = folder();
    let mut all = String::new();
    let commands: [(i32, &[&str]); 10] = [
        (66, &["tickets"]),
        (66, &["mail", "1", "--raw"]),
        (66, &["export"]),
        (66, &["explain", "missing.eml"]),
        (64, &["calendar", "due", "tomorrow", "4h"]),
        (64, &["calendar", "due", "2026-05-08T16:30:00+03:00", "4 hours"]),
        (64, &["calendar", "show", "May"]),
        (78, &["--config", "no.toml", "tickets"]),
        (78, &["--config", "wrong.toml", "check-config"]),
        (78, &["--config", "wrong.toml", "run"]),
    ];
    fs::write(folder.path().join("wrong.toml"), "[support]\naddresses = [\"x\"]\n[[mailbox]]\nport = 0\n")
        .unwrap();
    for (code, command) in commands {
        let (exit, stderr) = fails(folder.path(), command);
        assert_eq!(exit, code, "{command:?}: {stderr}");
        all.push_str(&format!("$ askback {}\n{stderr}\n", command.join(" ")));
    }
    database::fill(folder.path());
    for command in [&["ticket", "99"], &["mail", "99"]] {
        let (exit, stderr) = fails(folder.path(), command);
        assert_eq!(exit, 66);
        all.push_str(&format!("$ askback {}\n{stderr}\n", command.join(" ")));
    }
    fs::write(folder.path().join("askback.db"), "no database at all, but long enough to look like one")
        .unwrap();
    let (exit, stderr) = fails(folder.path(), &["tickets"]);
    assert_eq!(exit, 65);
    all.push_str(&format!("$ askback tickets\n{stderr}\n"));
    insta::assert_snapshot!(all);
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let folder = folder();
    for command in [
        &["tickts"][..],
        &[],
        &["ticket"],
        &["ticket", "x"],
        &["explain"],
        &["tickets", "--state", "lost"],
        &["mail", "1", "--raw", "--json"],
        &["mails", "--limit", "0"],
        &["ticket", "1", "--note", ""],
        &["ticket", "1", "--note", " \u{a0} "],
    ] {
        let (exit, stderr) = fails(folder.path(), command);
        assert_eq!(exit, 64, "{command:?}");
        assert!(stderr.starts_with("error: ") || stderr.contains("Usage:"), "{stderr}");
    }
    assert!(prints(folder.path(), &["--help"]).contains("askback"));
    assert!(prints(folder.path(), &["--version"]).starts_with("askback "));
}

#[test]
fn whoever_sells_something_else_hears_whose_words_his_clients_are_asked_in() {
    let folder = folder();
    let path = folder.path().join("askback.toml");
    let example = fs::read_to_string(&path).unwrap();
    let (plain, _) = example.split_once("\n[[product]]\n").unwrap();
    let note = |product: &str, changes: &[(&str, &str)]| {
        let changed = changes.iter().fold(plain.to_owned(), |text, (from, to)| text.replace(from, to));
        fs::write(&path, format!("{changed}\n[[product]]\nname = \"{product}\"\n")).unwrap();
        let text = prints(folder.path(), &["check-config"]);
        text.lines().find_map(|line| line.trim().strip_prefix("note")).map(|note| note.trim().to_owned())
    };
    let words = "words of fleet monitoring (unit, report template) stand in";
    let remedy = "write your own, or set fields.objects to \"off\"";
    let told = |keys: &str| Some(format!("{words} {keys}: {remedy}"));
    let russian = ("[questions.ru]", "[questions.ru]\nobjects = \"Чья карта?\"");
    let english = ("[questions.en]", "[questions.en]\nobjects = \"Whose record?\"");
    assert_eq!(note("Wialon", &[]), None);
    assert_eq!(note("DentaDesk", &[]), told("questions.ru.objects, questions.en.objects"));
    assert_eq!(note("DentaDesk", &[russian]), told("questions.en.objects"));
    assert_eq!(note("DentaDesk", &[russian, english]), None);
    assert_eq!(note("DentaDesk", &[("#fields.objects = \"required\"", "fields.objects = \"off\"")]), None);
}

#[test]
fn a_right_configuration_is_said_to_be_right() {
    let folder = folder();
    let text = prints(folder.path(), &["check-config"]);
    assert!(text.contains("askback.toml is correct"), "{text}");
    let json: serde_json::Value =
        serde_json::from_str(&prints(folder.path(), &["check-config", "--json"])).unwrap();
    assert_eq!(json, serde_json::json!({"correct": true, "problems": []}));
    fs::write(folder.path().join("askback.toml"), "[support]\naddress = \"x\"\n").unwrap();
    let output = askback(folder.path(), &["check-config", "--json"]);
    assert_eq!(output.status.code(), Some(78));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["correct"], false);
    let problem = &json["problems"][0];
    assert_eq!((problem["line"].as_u64(), problem["key"].as_str()), (Some(2), Some("support.address")));
    assert_eq!(problem["what"], "unknown key `address`");
    assert!(problem["remedy"].as_str().unwrap().starts_with("did you mean `addresses`?"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = folder();
    database::fill(folder.path());
    for command in [&["export"][..], &["ticket", "1"], &["ticket", "1", "--json"], &["mail", "1", "--raw"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_askback"))
            .args(command)
            .env("ASKBACK_CONFIG", folder.path().join("askback.toml"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""), "{command:?}");
    }
}

#[test]
fn templates_that_do_not_work_are_found_before_the_daemon_starts() {
    let folder = folder();
    let path = folder.path().join("askback.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("#templates = \"/etc/askback/templates\"", "templates = \"templates\""))
        .unwrap();
    let (exit, stderr) = fails(folder.path(), &["check-config"]);
    assert_eq!(exit, 78);
    assert!(stderr.contains("templates is no folder\nremedy: create it"), "{stderr}");
    fs::create_dir(folder.path().join("templates")).unwrap();
    prints(folder.path(), &["check-config"]);
    let templates = folder.path().join("templates");
    fs::write(templates.join("ask.ru.txt~"), "an editor's").unwrap();
    prints(folder.path(), &["check-config"]);
    fs::write(templates.join("ask.txt"), "Привет!").unwrap();
    let (exit, stderr) = fails(folder.path(), &["check-config"]);
    assert_eq!(exit, 78, "{stderr}");
    assert!(stderr.contains("ask.txt is no letter of askback\nremedy: call it ask.ru.txt"), "{stderr}");
    fs::remove_file(templates.join("ask.txt")).unwrap();
    fs::create_dir(templates.join("ask.en.txt")).unwrap();
    let (exit, stderr) = fails(folder.path(), &["check-config"]);
    assert_eq!(exit, 78, "{stderr}");
    assert!(stderr.contains("remedy: make it a file that askback may read"), "{stderr}");
    fs::remove_dir(templates.join("ask.en.txt")).unwrap();
    fs::write(templates.join("ask.ru.txt"), "Привет!\n{{ nonsense").unwrap();
    for command in ["check-config", "run"] {
        let (exit, stderr) = fails(folder.path(), &[command]);
        assert_eq!(exit, 78, "{stderr}");
        assert!(stderr.contains("ask.ru.txt, line 2"), "{stderr}");
    }
}

/// A variable that is set to nothing is as good as none, and the option counts in any case.
#[test]
fn an_empty_variable_names_no_configuration() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_askback"))
            .args(arguments)
            .current_dir(folder.path())
            .env_clear()
            .env("ASKBACK_CONFIG", "")
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (exit, told) = run(&["--config", "askback.toml", "check-config"]);
    assert!(exit == Some(0) && told.contains("askback.toml is correct"), "{told}");
    let (exit, told) = run(&["--config", "askback.toml", "--help"]);
    assert_eq!(exit, Some(0), "{told}");
    let (_, told) = run(&["check-config"]);
    assert!(told.contains("/etc/askback/askback.toml"), "{told}");
}

/// What the daemon refuses at a reload, `systemctl reload` must refuse as well.
#[test]
fn a_check_for_a_reload_looks_at_what_the_daemon_looks_at() {
    let folder = folder();
    let path = folder.path().join("askback.toml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("credential = \"imap-password\"", "password_file = \"imap-password\""))
        .unwrap();
    prints(folder.path(), &["check-config"]);
    let (exit, stderr) = fails(folder.path(), &["check-config", "--reload"]);
    assert_eq!(exit, 78);
    assert!(
        stderr.contains("no askback daemon has the database …/askback.db open\nremedy: restart"),
        "{stderr}"
    );

    let _daemon =
        askback::store::Store::open(&folder.path().join("askback.db"), askback::store::Access::Daemon)
            .unwrap();
    let (exit, stderr) = fails(folder.path(), &["check-config", "--reload"]);
    assert!(exit == 78 && stderr.contains("imap-password cannot be read"), "{stderr}");
    let json = askback(folder.path(), &["check-config", "--reload", "--json"]);
    assert_eq!(json.status.code(), Some(78));
    let secret = folder.path().join("imap-password");
    fs::write(&secret, "secret\n").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    prints(folder.path(), &["check-config", "--reload"]);
}

#[test]
fn doctor_ends_as_the_daemon_would() {
    let folder = folder();
    fs::write(folder.path().join("askback.db"), "no database at all, but long enough to look like one")
        .unwrap();
    let path = folder.path().join("askback.toml");
    let text =
        fs::read_to_string(&path).unwrap().replace("credential = \"imap-password\"", "password_file = \"p\"");
    fs::write(&path, text.replace("credential = \"smtp-password\"", "password_file = \"p\"")).unwrap();
    let secret = folder.path().join("p");
    fs::write(&secret, "secret\n").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert_eq!(fails(folder.path(), &["run"]).0, 65);
    assert_eq!(askback(folder.path(), &["doctor"]).status.code(), Some(65));
}

/// The exit codes that keep systemd from starting the daemon again are those of what no restart mends.
#[test]
fn what_no_restart_mends_is_not_tried_for_ever() {
    let unit = include_str!("../../packaging/askback.service");
    let final_codes: Vec<i32> = unit
        .lines()
        .find_map(|line| line.strip_prefix("RestartPreventExitStatus="))
        .unwrap()
        .split(' ')
        .map(|code| code.parse().unwrap())
        .collect();
    let folder = folder();
    let (config, database) = (folder.path().join("askback.toml"), folder.path().join("askback.db"));
    let example = fs::read_to_string(&config).unwrap();
    let text = example.replace("credential = \"imap-password\"", "password_file = \"p\"");
    let text = text.replace("credential = \"smtp-password\"", "password_file = \"p\"");
    let run = |text: &str| {
        fs::write(&config, text).unwrap();
        fails(folder.path(), &["run"])
    };
    let mut ends = vec![("a wrong option", 64, fails(folder.path(), &["run", "--now"]))];
    ends.push(("no password", 78, run(&text)));
    let secret = folder.path().join("p");
    fs::write(&secret, "secret\n").unwrap();
    fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    ends.push(("a wrong key", 78, run(&format!("x = 1\n{text}"))));
    let at = |path: &str| text.replace("path = \"askback.db\"", &format!("path = \"{path}\""));
    assert_ne!(at("x"), text);
    ends.push(("a folder", 78, run(&at("."))));
    ends.push(("in a file", 65, run(&at("p/askback.db"))));
    ends.push(("under a file", 65, run(&at("p/x/askback.db"))));

    let open = || askback::store::Store::open(&database, askback::store::Access::Daemon).unwrap();
    // Closed, so that all of it is in the one file.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { open().close().await.unwrap() });
    let whole = fs::read(&database).unwrap();
    let mut patched = |what, range: std::ops::Range<usize>, bytes: &[u8]| {
        let mut file = whole.clone();
        file[range].copy_from_slice(bytes);
        fs::write(&database, file).unwrap();
        ends.push((what, 65, run(&text)));
    };
    // PRAGMA user_version and application_id in the header of the file.
    patched("a newer askback's", 60..64, &[0, 0, 0, 99]);
    patched("another program's", 68..72, b"mine");
    patched("no database", 0..16, b"something else..");
    patched("damaged", 100..200, &[0xff; 100]);
    for (what, code, (exit, stderr)) in ends {
        assert_eq!(exit, code, "{what}: {stderr}");
        assert!(final_codes.contains(&exit), "{what}: {exit}");
        assert!(exit == 64 || stderr.contains("\nremedy: "), "{what}: {stderr}");
    }

    fs::remove_file(&database).unwrap();
    let _daemon = open();
    let (exit, stderr) = run(&text);
    assert!(exit == 75 && !final_codes.contains(&exit), "another daemon may end: {stderr}");
}
