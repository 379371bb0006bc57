//! What the daemon stands on in this machine: clock, database, disk.

use super::Findings;
use crate::cli::failure::{Exit, Failure, Outcome};
use crate::cli::screen::moment;
use crate::config::Config;
use crate::daemon::clock_is_possible;
use crate::imap::{After, Unconfirmed};
use crate::store::{Access, Store, StoreError, Unmarked};
use crate::ticket::Disposition;
use chrono::{DateTime, Utc};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Below this, mails stop being stored soon.
const LITTLE_SPACE: u64 = 100_000_000;

/// Below this, somebody should know.
const SCARCE_SPACE: u64 = 1_000_000_000;

pub(super) fn clock(config: &Config, findings: &mut Findings<'_>) -> Outcome {
    clock_at(config, findings, Utc::now())
}

fn clock_at(config: &Config, findings: &mut Findings<'_>, now: DateTime<Utc>) -> Outcome {
    let zone = config.hours.zone();
    let shown = format!("{} in {zone}", moment(now, zone));
    if !clock_is_possible(now) {
        let remedy = "set it: timedatectl set-ntp true; deadlines and certificates depend on it";
        return findings.bad("clock", format!("{shown}: the year cannot be right"), remedy);
    }
    let open = config.hours.is_open(now);
    let hours = if open {
        "working time now".to_owned()
    } else {
        format!("next working time from {}", moment(config.hours.next_opening(now), zone))
    };
    findings.good("clock", format!("{shown}, {hours}"))
}

/// Gives how the daemon would end for the sake of the database.
pub(super) fn database(config: &Config, findings: &mut Findings<'_>) -> Result<Option<Exit>, Failure> {
    let path = &config.store.path;
    let mut exit = None;
    match Store::open(path, Access::Operator) {
        Ok(store) => {
            open_to_others(path, findings)?;
            contents(config, &store, findings)?;
        }
        Err(StoreError::Missing { .. }) => {
            let detail = format!("{} is not there yet", path.display());
            findings.note("database", detail, "the daemon creates it when it starts")?;
        }
        Err(error) => {
            let failure = Failure::from(error);
            findings.failure("database", &failure)?;
            exit = failure.exit();
        }
    }
    free_space(path, findings)?;
    Ok(exit)
}

/// It has every mail: askback makes it its owner's alone, but who puts a copy there may not.
fn open_to_others(path: &Path, findings: &mut Findings<'_>) -> Outcome {
    let mode = path.metadata().map_or(0, |metadata| metadata.mode() & 0o777);
    if mode & 0o007 == 0 {
        return Ok(());
    }
    let detail = format!("{} can be read or changed by others (mode {mode:o})", path.display());
    findings.note("database", detail, &format!("chmod 600 {}", path.display()))
}

fn contents(config: &Config, store: &Store, findings: &mut Findings<'_>) -> Outcome {
    let counts = match store.read_now(|reader| reader.counts()) {
        Ok(counts) => counts,
        Err(error) => return findings.error("database", &format!("{error:#}")),
    };
    let mails: u64 = counts.mails.iter().map(|(_, count)| count).sum();
    let tickets: u64 = counts.tickets.iter().map(|(_, count)| count).sum();
    findings.good("database", format!("can be read and written; {mails} mails, {tickets} tickets"))?;
    let held: u64 = counts
        .mails
        .iter()
        .filter(|(disposition, _)| matches!(disposition, Disposition::Held | Disposition::Quarantined))
        .map(|(_, count)| count)
        .sum();
    if held > 0 {
        let detail = format!("{held} mails wait for a person: held or quarantined");
        findings.note("mails", detail, "askback held list and askback quarantine list show them")?;
    }
    letters(store, findings)?;
    unmarked(config, store, findings)?;
    notices(config, store, findings)
}

/// Whether stored mails stay as they were on the server.
fn unmarked(config: &Config, store: &Store, findings: &mut Findings<'_>) -> Outcome {
    let unmarked = match store.read_now(|reader| reader.unmarked(Utc::now())) {
        Ok(unmarked) => unmarked,
        Err(error) => return findings.error("database", &format!("{error:#}")),
    };
    for Unmarked { mailbox, tried, given_up } in unmarked {
        let Some(of) = config.mailbox.iter().find(|of| of.name == mailbox) else { continue };
        let (check, folder) = (of.key(), &of.folder);
        if tried > 0 {
            let detail = format!(
                "{tried} stored mails in folder {folder} have been neither marked nor moved for a while"
            );
            let remedy = "see that askback runs: it tries again by itself, and systemctl status askback or its log says what the \
                          server answers";
            findings.note(&check, detail, remedy)?;
        }
        if let (After::Move(target), 1..) = (&of.after, given_up) {
            let detail = format!(
                "{given_up} stored mails stay in folder {folder}: each was copied to {target} {} times, and the server did not \
                 show that it arrived",
                Unconfirmed::MOST_COPIES
            );
            let remedy = format!(
                "look into {target}, and delete in {folder}, by a mail program, what is there (marked as read); askback sees it \
                 within `poll`, and has the mails in any case"
            );
            findings.note(&check, detail, &remedy)?;
        }
    }
    Ok(())
}

/// Whether letters wait because the server was away or took none from us.
fn letters(store: &Store, findings: &mut Findings<'_>) -> Outcome {
    match store.read_now(|reader| reader.held_up(Utc::now())) {
        Ok(None) => Ok(()),
        Ok(Some((letters, why))) => {
            // Of a letter that was put off, these are the server's words only.
            let remedy = "mend what that names; askback outbox shows them";
            findings.note("outbox", format!("{letters} letters wait: {why}"), remedy)
        }
        Err(error) => findings.error("database", &format!("{error:#}")),
    }
}

/// Whether those whom askback tells get what it tells.
fn notices(config: &Config, store: &Store, findings: &mut Findings<'_>) -> Outcome {
    let unreached = match store.read_now(|reader| reader.unreached(&config.agents(), Utc::now())) {
        Ok(unreached) => unreached,
        Err(error) => return findings.error("database", &format!("{error:#}")),
    };
    let remedy = "correct the address in [[agent]], [head] or [nudges.to], or mend that mailbox; askback outbox --state \
                  refused (or ambiguous) shows what did not arrive";
    unreached.iter().try_for_each(|one| {
        let detail = format!(
            "{} to {} were refused or not confirmed, the last one with: {}",
            one.notices, one.to, one.why
        );
        findings.note("notices", detail, remedy)
    })
}

fn free_space(database: &Path, findings: &mut Findings<'_>) -> Outcome {
    // The folder may not be there yet: then what counts is the disk that it will be on.
    let disk = database.ancestors().skip(1).find_map(|folder| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        rustix::fs::statvfs(folder).ok()
    });
    let Some(disk) = disk else {
        let remedy = "check store.path in the configuration";
        return findings.bad("disk", "the folder of the database cannot be looked at", remedy);
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let detail = format!("{} MB free for the database", free / 1_000_000);
    match free {
        ..LITTLE_SPACE => findings.bad("disk", detail, "make room: no mail is fetched when it is full"),
        LITTLE_SPACE..SCARCE_SPACE => findings.note("disk", detail, "make room before it is full"),
        SCARCE_SPACE.. => findings.good("disk", detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::screen::Screen;

    #[track_caller]
    fn check(now: &str, expect: &str) {
        let text = include_str!("../../../config.example.toml");
        let config = Config::parse(text, Path::new("askback.toml")).unwrap();
        let (mut screen, memory) = Screen::memory(false, 100);
        let mut findings = Findings { list: Vec::new(), screen: &mut screen, json: false };
        clock_at(&config, &mut findings, now.parse().unwrap()).unwrap();
        assert_eq!(memory.text(), expect);
    }

    #[test]
    fn a_clock_that_was_never_set_is_seen() {
        check("2026-03-06T12:00:00Z", "✓ clock: 2026-03-06 15:00 in Europe/Moscow, working time now\n");
        check(
            "2026-03-06T20:00:00Z",
            "✓ clock: 2026-03-06 23:00 in Europe/Moscow, next working time from 2026-03-09 09:00\n",
        );
        check(
            "1970-01-01T00:10:00Z",
            "✗ clock: 1970-01-01 03:10 in Europe/Moscow: the year cannot be right\n    \
             remedy: set it: timedatectl set-ntp true; deadlines and certificates depend on it\n",
        );
    }
}
