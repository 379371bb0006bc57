//! `askback check-config`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use crate::config::Config;
use crate::request::Language;
use chrono::Utc;
use serde_json::{Value, json};
use std::path::Path;

/// Says whether a configuration is right, its templates included. Reads no secrets and asks no servers: that is `doctor`.
pub(super) fn run(path: &Path, json: bool, screen: &mut Screen) -> Outcome {
    if json {
        let problems = problems(path);
        screen.json(&json!({"correct": problems.is_empty(), "problems": problems}))?;
        return if problems.is_empty() { Ok(()) } else { Err(Failure::told(Exit::Config)) };
    }
    let config = super::config(path)?;
    super::desk(&config)?;
    show(path, &config, screen)
}

fn problems(path: &Path) -> Vec<Value> {
    let whole =
        |(what, remedy): &(String, String)| json!({"line": null, "key": "", "what": what, "remedy": remedy});
    match Config::load(path) {
        Ok(config) => match super::desk(&config) {
            Ok(_) => Vec::new(),
            Err(failure) => failure.reasons().iter().map(whole).collect(),
        },
        Err(errors) => {
            let problems = errors.problems().iter();
            problems
                .map(|one| json!({"line": one.line, "key": one.key, "what": one.what, "remedy": one.remedy}))
                .collect()
        }
    }
}

fn show(path: &Path, config: &Config, screen: &mut Screen) -> Outcome {
    let addresses: Vec<&str> = config.support.addresses.iter().map(|address| address.as_str()).collect();
    let versions: Vec<String> =
        config.regulation.iter().map(|regulation| format!("\"{}\"", regulation.version)).collect();
    let mailboxes = config.mailbox.iter().map(|mailbox| {
        let text = format!("{}, {} on {}:{}", mailbox.name, mailbox.folder, mailbox.host, mailbox.port);
        ("mailbox", text)
    });
    let mut facts = vec![("support", addresses.join(", "))];
    facts.extend(mailboxes);
    facts.push(("smtp", format!("{}:{}", config.smtp.host, config.smtp.port)));
    facts.push(("database", config.store.path.display().to_string()));
    facts.push(("hours", config.hours_text(Language::English, Utc::now())));
    facts.push(("regulation", versions.join(", ")));
    facts.push(("products", config.product.len().to_string()));
    facts.push(("agents", config.agent.len().to_string()));
    screen.line(&format!("{} is correct", path.display()))?;
    facts.iter().try_for_each(|(name, value)| screen.line(&format!("  {name:<11} {value}")))
}
