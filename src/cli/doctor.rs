//! `askback doctor`: looks at everything that the daemon stands on. Each failure comes with its remedy.

mod authserv;
mod rights;
mod servers;
mod system;

use super::failure::{Exit, Failure, Outcome, split_remedy};
use super::screen::{Screen, Tone};
use crate::config::Config;
use crate::mail::HeaderText;
use crate::nudge::Cause;
use serde::Serialize;
use std::path::Path;

/// What one look has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Health {
    /// As it should be.
    Good,
    /// Works, but somebody should know.
    Note,
    /// Does not work.
    Bad,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    /// What was looked at.
    check: String,
    health: Health,
    /// What was seen.
    detail: String,
    /// What to do about it; empty if it is good.
    remedy: String,
}

/// The list, shown as it grows: servers can take their time.
struct Findings<'a> {
    list: Vec<Finding>,
    screen: &'a mut Screen,
    json: bool,
}

impl Findings<'_> {
    fn good(&mut self, check: &str, detail: impl Into<String>) -> Outcome {
        self.add(check, Health::Good, &detail.into(), "")
    }

    fn note(&mut self, check: &str, detail: impl Into<String>, remedy: &str) -> Outcome {
        self.add(check, Health::Note, &detail.into(), remedy)
    }

    fn bad(&mut self, check: &str, detail: impl Into<String>, remedy: &str) -> Outcome {
        self.add(check, Health::Bad, &detail.into(), remedy)
    }

    /// An error of a lower part, whose text names the remedy behind the last colon.
    fn error(&mut self, check: &str, error: &str) -> Outcome {
        let (what, remedy) = split_remedy(error);
        self.bad(check, what, &remedy)
    }

    /// The failure of another command.
    fn failure(&mut self, check: &str, failure: &Failure) -> Outcome {
        failure.reasons().iter().try_for_each(|(what, remedy)| self.bad(check, what.as_str(), remedy))
    }

    fn add(&mut self, check: &str, health: Health, detail: &str, remedy: &str) -> Outcome {
        // Servers speak in these texts, too.
        let clean = |text: &str| HeaderText::new(text, 500).to_string();
        let (detail, remedy) = (clean(detail), clean(remedy));
        if !self.json {
            let mark = match health {
                Health::Good => self.screen.paint(Tone::Green, "✓"),
                Health::Note => self.screen.paint(Tone::Yellow, "!"),
                Health::Bad => self.screen.paint(Tone::Red, "✗"),
            };
            self.screen.line(&format!("{mark} {check}: {detail}"))?;
            if !remedy.is_empty() {
                self.screen.line(&format!("    remedy: {remedy}"))?;
            }
            self.screen.flush()?;
        }
        self.list.push(Finding { check: check.to_owned(), health, detail, remedy });
        Ok(())
    }

    fn is_bad(&self) -> bool {
        self.count(Health::Bad) > 0
    }

    fn count(&self, health: Health) -> usize {
        self.list.iter().filter(|finding| finding.health == health).count()
    }

    /// The last line.
    fn verdict(&self) -> String {
        match (self.is_bad(), self.count(Health::Note)) {
            (true, _) => "Something needs mending.".to_owned(),
            (false, 0) => "All is well.".to_owned(),
            (false, 1) => "Everything works; see the note (!) above.".to_owned(),
            (false, notes) => format!("Everything works; see the {notes} notes (!) above."),
        }
    }
}

/// Looks at configuration, secrets, clock, database and servers, in this order.
pub(super) fn run(path: &Path, json: bool, screen: &mut Screen) -> Outcome {
    let mut findings = Findings { list: Vec::new(), screen, json };
    let exit = examine(path, &mut findings)?;
    let bad = findings.is_bad();
    if json {
        let list = std::mem::take(&mut findings.list);
        screen.json(&list)?;
    } else {
        let verdict = findings.verdict();
        screen.heading(&verdict)?;
    }
    if bad { Err(Failure::told(exit)) } else { Ok(()) }
}

/// Fills the list and says how the program should end if something on it is bad.
fn examine(path: &Path, findings: &mut Findings<'_>) -> Result<Exit, Failure> {
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(errors) => {
            for problem in errors.problems() {
                let (what, remedy) = errors.describe(problem);
                findings.bad("configuration", what, &remedy)?;
            }
            return Ok(Exit::Config);
        }
    };
    findings.good("configuration", format!("{} is correct", path.display()))?;
    match super::desk(&config) {
        Ok(_) => findings.good("letters", "rules and templates work")?,
        Err(failure) => findings.failure("letters", &failure)?,
    }
    authserv::examine(&config, findings)?;
    people(&config, findings)?;
    system::clock(&config, findings)?;
    let config_is_fine = !findings.is_bad();
    let of_database = system::database(&config, findings)?;
    rights::examine(path, &config, findings)?;
    let machine_is_fine = !findings.is_bad();
    let secrets_are_fine = servers::examine(&config, findings)?;
    Ok(match of_database {
        // As `run` would end.
        Some(exit) if config_is_fine => exit,
        Some(_) | None if machine_is_fine && secrets_are_fine => Exit::Unavailable,
        Some(_) | None => Exit::Config,
    })
}

/// Whether somebody hears of what a person must do.
fn people(config: &Config, findings: &mut Findings<'_>) -> Outcome {
    let causes = [
        (Cause::AgentsTurn, "new requests", "new"),
        (Cause::NotAskedAgain, "requests that stay incomplete", "asks_used_up"),
        (Cause::Held, "mails that could not be processed", "held"),
    ];
    let is_silent = |cause: Cause| config.nudges.to.iter().any(|(of, to)| *of == cause && to.is_empty());
    let silent = || causes.iter().filter(|(cause, _, _)| is_silent(*cause));
    if silent().next().is_none() {
        return Ok(());
    }
    let what: Vec<&str> = silent().map(|(_, what, _)| *what).collect();
    let keys: Vec<String> = silent().map(|(_, _, key)| format!("nudges.to.{key}")).collect();
    let remedy = format!(
        "add an [[agent]] for each person who answers clients, or name somebody in {}",
        keys.join(", ")
    );
    findings.note("agents", format!("nobody is told of {}", what.join(", ")), &remedy)
}
