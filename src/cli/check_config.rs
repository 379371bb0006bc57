//! `askback check-config`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use crate::config::{Config, SecretSource, read_secret};
use crate::request::Language;
use crate::store::Store;
use chrono::Utc;
use serde_json::{Value, json};
use std::path::Path;

/// Says whether a configuration is right, its templates included. Asks no servers: that is `doctor`. Reads secrets only for a `reload`:
/// then it looks at all that the running daemon looks at.
pub(super) fn run(path: &Path, json: bool, reload: bool, screen: &mut Screen) -> Outcome {
    if json {
        let problems = problems(path, reload);
        screen.json(&json!({"correct": problems.is_empty(), "problems": problems}))?;
        return if problems.is_empty() { Ok(()) } else { Err(Failure::told(Exit::Config)) };
    }
    let config = super::config(path)?;
    stands(&config, reload)?;
    show(path, &config, screen)
}

/// Whether all that it names can be used.
fn stands(config: &Config, reload: bool) -> Outcome {
    super::desk(config)?;
    if !reload {
        return Ok(());
    }
    if Store::has_daemon(&config.store.path) == Some(false) {
        let what = format!("no askback daemon has the database {} open", config.store.path.display());
        let remedy = "restart askback in place of a reload if you have changed store.path, else start it";
        return Err(Failure::new(Exit::Config, what, remedy));
    }
    // systemd does not give a service's credentials to its ExecReload= everywhere.
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY");
    let has_credentials = folder.is_some_and(|folder| Path::new(&folder).read_dir().is_ok());
    for (key, source) in config.secret_sources() {
        if has_credentials || matches!(source, SecretSource::File(_)) {
            read_secret(&key, source)?;
        }
    }
    Ok(())
}

fn problems(path: &Path, reload: bool) -> Vec<Value> {
    let whole =
        |(what, remedy): &(String, String)| json!({"line": null, "key": "", "what": what, "remedy": remedy});
    match Config::load(path) {
        Ok(config) => match stands(&config, reload) {
            Ok(()) => Vec::new(),
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
