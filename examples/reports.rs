//! Measures how well reports without steps are found in a collection of software bug reports: `make reports FILE=reports.jsonl`.
//! Each line is one report: `{"title": "…", "body": "…", "steps": true}`. Nothing is learned from it.
#![allow(clippy::print_stdout, reason = "telling is what it is for")]

#[path = "../tests/support/labelled.rs"]
mod labelled;

#[path = "../tests/support/scores.rs"]
mod scores;

use anyhow::{Context as _, Result};
use askback::request::{Before, Field, Kind, RuleSettings, Rules, State, read};
use labelled::{Gold, Message};
use scores::Count;

/// A report and whether its reader found steps in it.
#[derive(serde::Deserialize)]
struct Report {
    title: String,
    body: String,
    steps: bool,
}

fn main() -> Result<()> {
    let path =
        std::env::args().nth(1).context("give the file of the reports: make reports FILE=reports.jsonl")?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let rules = Rules::new(RuleSettings::wialon())?;
    let (mut without, mut reports) = (Count::default(), 0_usize);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let report: Report = serde_json::from_str(line).with_context(|| {
            format!("line {} of {path} is no report with title, body and steps", number + 1)
        })?;
        reports += 1;
        let found = read(&labelled::mail(&message(&report), false), Before::default(), &rules).fields;
        match (found.get(Field::Steps).state == State::Missing, !report.steps) {
            (true, true) => without.right += 1,
            (true, false) => without.extra += 1,
            (false, true) => without.lost += 1,
            (false, false) => {}
        }
    }
    println!(
        "{reports} reports, {} of them without steps\nfound without steps: P {:.3} R {:.3} F1 {:.3}  (right {}, extra {}, lost {})",
        without.right + without.lost,
        without.precision(),
        without.recall(),
        without.f1(),
        without.right,
        without.extra,
        without.lost
    );
    Ok(())
}

/// The report as a mail. Only its text is looked at.
fn message(report: &Report) -> Message {
    Message {
        subject: report.title.split_whitespace().collect::<Vec<_>>().join(" "),
        body: report.body.clone(),
        html: false,
        attachments: Vec::new(),
        gold: Gold {
            kind: Kind::Problem,
            product: false,
            description: true,
            objects: false,
            steps: report.steps,
            attachments: false,
            objects_apply: None,
        },
        missing_after: Vec::new(),
    }
}
