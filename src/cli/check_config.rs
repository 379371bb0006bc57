//! `askback check-config`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use crate::config::Config;
use serde_json::json;
use std::path::Path;

/// Says whether a configuration is right. Reads no secrets and asks no servers: that is `doctor`.
pub(super) fn run(path: &Path, json: bool, screen: &mut Screen) -> Outcome {
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(errors) if json => {
            let problems = errors.problems().iter().map(|problem| {
                json!({"line": problem.line, "key": problem.key, "what": problem.what, "remedy": problem.remedy})
            });
            screen.json(&json!({"correct": false, "problems": problems.collect::<Vec<_>>()}))?;
            return Err(Failure::told(Exit::Config));
        }
        Err(errors) => return Err(errors.into()),
    };
    if json {
        return screen.json(&json!({"correct": true, "problems": []}));
    }
    let versions: Vec<String> =
        config.regulation.iter().map(|regulation| format!("\"{}\"", regulation.version)).collect();
    screen.line(&format!("{} is correct", path.display()))?;
    screen.line(&format!(
        "  support     {}",
        config.support.addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    ))?;
    for mailbox in &config.mailbox {
        screen.line(&format!(
            "  mailbox     {}, {} on {}:{}",
            mailbox.name, mailbox.folder, mailbox.host, mailbox.port
        ))?;
    }
    screen.line(&format!("  smtp        {}:{}", config.smtp.host, config.smtp.port))?;
    screen.line(&format!("  database    {}", config.store.path.display()))?;
    screen.line(&format!(
        "  hours       {}",
        config.hours_text(crate::request::Language::English, chrono::Utc::now())
    ))?;
    screen.line(&format!("  regulation  {}", versions.join(", ")))?;
    screen.line(&format!("  products    {}", config.product.len()))?;
    screen.line(&format!("  agents      {}", config.agent.len()))
}
