//! The program as an operator runs it: what it prints, and how it ends.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod backup;
mod changes;
mod clients;
mod database;
mod doctor;
mod exits;
mod explain;
mod letters;
mod packaging;
mod secrets;
mod tables;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs askback in `folder` with `askback.toml` there as its configuration.
fn askback(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_askback"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("ASKBACK_CONFIG", folder.join("askback.toml"))
        .env("COLUMNS", "100")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What a command that must succeed prints.
#[track_caller]
fn prints(folder: &Path, arguments: &[&str]) -> String {
    let output = askback(folder, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Exit code and standard error of a command that must fail, without the name of the folder.
#[track_caller]
fn fails(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = askback(folder, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), stderr.replace(&folder.display().to_string(), "…"))
}

/// A folder with the shipped configuration, its database in that folder.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = include_str!("../../config.example.toml");
    let text = example.replace("#path = \"/var/lib/askback/askback.db\"", "path = \"askback.db\"");
    assert_ne!(text, example);
    std::fs::write(folder.path().join("askback.toml"), text).unwrap();
    folder
}
