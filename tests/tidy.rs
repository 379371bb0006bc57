//! Holds the house together: who may import whom, which modules are pure, how long files are.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails loudly"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Module → what it may name with `crate::…`. The table in ARCHITECTURE.md is the same.
const MAY_IMPORT: [(&str, &[&str]); 17] = [
    ("failpoint", &[]),
    ("private_file", &[]),
    ("mail", &[]),
    ("calendar", &[]),
    ("request", &["mail"]),
    ("ticket", &["mail", "request"]),
    ("reply", &["mail", "request", "ticket"]),
    ("nudge", &["mail", "request", "ticket", "calendar"]),
    ("net", &[]),
    ("oauth", &["failpoint", "private_file", "mail", "net"]),
    ("imap", &["failpoint", "mail", "net", "oauth"]),
    ("store", &["failpoint", "private_file", "mail", "request", "ticket", "nudge", "imap"]),
    ("outbox", &["failpoint", "store", "mail", "ticket", "imap", "net", "oauth"]),
    ("intake", &["failpoint", "mail", "request", "ticket", "reply", "nudge", "calendar", "store"]),
    (
        "config",
        &[
            "private_file",
            "mail",
            "request",
            "ticket",
            "reply",
            "calendar",
            "imap",
            "net",
            "oauth",
            "outbox",
            "nudge",
            "intake",
        ],
    ),
    (
        "daemon",
        &[
            "failpoint",
            "config",
            "intake",
            "mail",
            "ticket",
            "reply",
            "calendar",
            "nudge",
            "imap",
            "oauth",
            "outbox",
            "store",
        ],
    ),
    (
        "cli",
        &[
            "private_file",
            "daemon",
            "config",
            "intake",
            "mail",
            "request",
            "ticket",
            "calendar",
            "nudge",
            "imap",
            "net",
            "oauth",
            "outbox",
            "reply",
            "store",
        ],
    ),
];

/// Modules that take facts and give decisions.
const PURE: [&str; 6] = ["mail", "request", "ticket", "calendar", "reply", "nudge"];

/// What a pure module must not name: sockets, files, clocks, the database, the runtime.
const IMPURE: [&str; 14] = [
    "tokio",
    "rusqlite",
    "async_imap",
    "std::fs",
    "std::net",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "Utc::now",
    "Local::now",
    "SystemTime::now",
    "Instant::now",
    "getrandom",
];

fn sources() -> Vec<(PathBuf, String)> {
    rust_files("src")
}

/// The Rust files below a folder of this repository, with what is in them.
fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.sort();
    found
}

/// The top-level module that a file belongs to.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The program text without comments and without the tests that a file has in itself, at its end.
fn program(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test_file(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "tests.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// The modules named by `crate::…`, also inside braces: `use crate::{mail, request::Field}`.
fn imports(program: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for rest in program.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut item = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 1 => {
                        named.insert(std::mem::take(&mut item));
                        continue;
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                if depth == 1 {
                    item.push(c);
                }
            }
            named.insert(item);
        } else {
            named.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    named
        .into_iter()
        .map(|item| item.trim().split("::").next().unwrap_or("").to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

#[test]
fn modules_import_only_what_they_may() {
    let mut wrong = Vec::new();
    let mut needed = BTreeSet::new();
    let files = sources();
    assert!(files.len() > 20, "the walker found {} files", files.len());
    for (path, text) in &files {
        let module = module(path);
        if matches!(module.as_str(), "lib" | "main") || is_test_file(path) {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let Some((_, allowed)) = allowed else {
            wrong.push(format!("{}: the module {module} has no row in MAY_IMPORT", path.display()));
            continue;
        };
        for import in imports(&program(text)) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: {module} must not import {import}", path.display()));
            }
            needed.insert((module.clone(), import));
        }
    }
    for (module, allowed) in MAY_IMPORT {
        let unneeded =
            allowed.iter().filter(|import| !needed.contains(&(module.to_owned(), (**import).to_owned())));
        wrong.extend(
            unneeded.map(|import| {
                format!("{module} may import {import}, and does not: take it out of MAY_IMPORT")
            }),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The names between backticks.
fn ticked(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_table_of_imports_in_architecture_md_is_this_one() {
    let page = include_str!("../ARCHITECTURE.md");
    let (_, section) = page.split_once("\n## Who may import whom\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let mut told = BTreeSet::new();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let (modules, named) = row.trim_matches('|').split_once('|').unwrap();
        let mut may = ticked(named);
        if named.contains("the core") {
            may.extend(PURE);
        }
        for module in ticked(modules) {
            let (_, allowed) = MAY_IMPORT.iter().find(|(name, _)| *name == module).expect(module);
            // Of those on top the page says it in words.
            let on_top = ["config", "daemon", "cli"].contains(&module);
            assert!(on_top || may == allowed.iter().copied().collect(), "{row}");
            told.insert(module);
        }
    }
    assert_eq!(told, MAY_IMPORT.iter().map(|(name, _)| *name).collect());
}

/// The page names files by their last parts, `ticket/plan.rs` or `plan.rs`, some with what is in them: `intake.rs: file`.
#[test]
fn what_architecture_md_names_is_there() {
    let files: Vec<_> = sources().into_iter().chain(rust_files("tests")).collect();
    let named: BTreeSet<_> = ticked(include_str!("../ARCHITECTURE.md"))
        .into_iter()
        .map(|text| text.split_once(": ").unwrap_or((text, "")))
        .filter(|(file, _)| file.ends_with(".rs"))
        .collect();
    let is_there = |(name, what): &(&str, &str)| {
        files.iter().any(|(path, text)| path.ends_with(name) && text.contains(what))
    };
    let gone: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(named.len() > 50 && gone.is_empty(), "of {} named: {gone:?}", named.len());
}

#[test]
fn the_core_is_pure() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if PURE.contains(&module(&path).as_str()) && !is_test_file(&path) {
            let program = program(&text);
            wrong.extend(
                IMPURE
                    .iter()
                    .filter(|word| program.contains(**word))
                    .map(|word| format!("{}: {word}", path.display())),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_store_speaks_sql_and_only_config_speaks_toml() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !is_test_file(path)) {
        let module = module(&path);
        let program = program(&text);
        for (word, home) in
            [("rusqlite", "store"), ("toml::", "config"), ("println!", "cli"), ("async_imap", "imap")]
        {
            if program.contains(word) && module != home {
                wrong.push(format!("{}: {word} belongs into {home}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<(usize, PathBuf)> =
        sources().into_iter().map(|(path, text)| (text.lines().count(), path)).collect();
    lengths.sort();
    let median = lengths.get(lengths.len() / 2).map_or(0, |(lines, _)| *lines);
    assert!(median <= 200, "the median file has {median} lines");
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 500).collect();
    assert!(long.is_empty(), "over 500 lines: {long:?}");
}

/// The crates in the first column of the table in ARCHITECTURE.md, notes in parentheses left out.
fn explained_crates() -> Vec<String> {
    let page = include_str!("../ARCHITECTURE.md");
    let (_, section) = page.split_once("\n## Dependencies and why\n").unwrap();
    let mut names = Vec::new();
    for row in section.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let columns: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(columns.len() == 2 && !columns[1].is_empty(), "{row}");
        let crates = columns[0].split(',').map(|name| name.split('(').next().unwrap().trim().to_owned());
        names.extend(crates);
    }
    names.sort();
    names
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    let mut named: Vec<String> = ["dependencies", "dev-dependencies"]
        .iter()
        .flat_map(|section| manifest[*section].as_table().unwrap().keys().cloned())
        .collect();
    named.sort();
    named.dedup();
    let explained = explained_crates();
    println!("{} dependencies, each with its reason", explained.len());
    assert!(named.len() > 20, "{named:?}");
    assert_eq!(named, explained, "Cargo.toml, and the table of ARCHITECTURE.md");
}

#[test]
fn the_import_reader_sees_braces_and_paths() {
    let seen = imports("use crate::{mail::{Mail, Address}, request};\nlet x = crate::store::Store::open();");
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["mail", "request", "store"]);
}
