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
    for name in names {
        assert!(UNIT.contains(&format!("\nLoadCredential={name}:/etc/askback/{name}\n")), "{name}");
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
