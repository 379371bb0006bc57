//! The systemd unit.

use std::process::Command;

const UNIT: &str = include_str!("../../packaging/askback.service");
const EXAMPLE: &str = include_str!("../../config.example.toml");

#[test]
fn the_unit_loads_the_credentials_of_the_example() {
    let names: Vec<&str> = EXAMPLE
        .lines()
        .filter_map(|line| line.strip_prefix("credential = \""))
        .map(|rest| rest.trim_end_matches('"'))
        .collect();
    assert_eq!(names, ["imap-password", "smtp-password"]);
    for name in names.into_iter().chain(["oauth-client-secret", "oauth-refresh-token"]) {
        assert!(EXAMPLE.contains(&format!("credential = \"{name}\"")), "{name}");
        // Without the second line, systemd 252 starts nothing while the file is not there.
        let lines = format!("\nLoadCredential={name}:/etc/askback/{name}\nSetCredential={name}:\\n\n");
        assert!(UNIT.contains(&lines), "{name}");
    }
}

/// The values of a key, in order.
fn values(key: &str) -> Vec<&'static str> {
    UNIT.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('=')).collect()
}

/// What a person must mend is told by the exit code of `run`, which only `ExecStart=` hands to `RestartPreventExitStatus=`; all else
/// is tried for ever.
#[test]
fn the_service_gives_up_only_where_a_person_must_act() {
    assert!(values("ExecStartPre").is_empty());
    assert_eq!(values("ExecStart"), ["/usr/local/bin/askback run"]);
    assert_eq!(values("RestartPreventExitStatus"), ["78 77 65 64"]);
    assert_eq!((values("Restart"), values("StartLimitIntervalSec")), (vec!["on-failure"], vec!["0"]));
}

#[test]
fn a_reload_fails_if_the_configuration_is_wrong() {
    assert_eq!(values("ExecReload"), ["/usr/local/bin/askback check-config --reload", "kill -HUP $MAINPID"]);
}

#[test]
fn what_the_unit_names_is_installed() {
    let installs = include_str!("../../README.md");
    for (key, file) in [("Documentation", "README.md"), ("Environment", "askback.toml")] {
        let [value] = values(key)[..] else { panic!("{key}") };
        let folder = value.trim_start_matches("file:").trim_start_matches("ASKBACK_CONFIG=");
        let folder = folder.strip_suffix(&format!("/{file}")).unwrap_or_else(|| panic!("{value}"));
        let installed = |line: &str| line.starts_with("    install ") && line.contains(folder);
        assert!(installs.lines().any(installed), "{value}");
    }
}

/// systemd rates the cage; nothing is started.
#[test]
fn the_unit_is_a_tight_cage() {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/askback.service");
    let rating =
        Command::new("systemd-analyze").args(["security", "--offline=true", "--no-pager", unit]).output();
    let Ok(rating) = rating else {
        println!("NOT RATED: systemd-analyze is not here; `make deps` brings it");
        assert!(std::env::var_os("CI").is_none(), "CI must rate the unit");
        return;
    };
    let text = String::from_utf8_lossy(&rating.stdout);
    let exposure = text.lines().find_map(|line| line.split_once("exposure level for askback.service: "));
    let (_, exposure) = exposure.unwrap_or_else(|| panic!("{text}"));
    let exposure: f64 = exposure.split(' ').next().unwrap().parse().unwrap();
    println!("systemd rates the exposure of the unit at {exposure} of 10");
    assert!(exposure <= 1.5, "{text}");
}
