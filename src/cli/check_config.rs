//! `askback check-config`

use super::failure::{Exit, Failure, Outcome};
use super::screen::Screen;
use crate::config::{Config, SecretSource, read_secret};
use crate::request::{Field, Kind, Language, Level, RuleSettings, default_question};
use crate::store::Store;
use chrono::Utc;
use serde_json::{Value, json};
use std::path::Path;
use strum::VariantArray as _;

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
    if let Some(keys) = borrowed_words(config) {
        let remedy = "write your own, or set fields.objects to \"off\"";
        let what = format!("words of fleet monitoring (unit, report template) stand in {keys}: {remedy}");
        facts.push(("note", what));
    }
    facts.iter().try_for_each(|(name, value)| screen.line(&format!("  {name:<11} {value}")))
}

/// The questions about elements that have the built-in words, which are of fleet monitoring, where no product is of the line that they
/// are made for.
fn borrowed_words(config: &Config) -> Option<String> {
    let line = RuleSettings::wialon().products;
    let is_of_line = |name: &str| line.iter().any(|product| product.name == name);
    let is_asked = |level: &Level| *level == Level::Required;
    if config.product.iter().any(|product| is_of_line(&product.name))
        || !config.regulation.iter().any(|regulation| is_asked(regulation.fields.get(Field::Objects)))
    {
        return None;
    }
    let built_in = |language: &Language| {
        config.questions.get(*language).problem.objects
            == default_question(*language, Kind::Problem, Field::Objects)
    };
    let keys: Vec<String> = Language::VARIANTS
        .iter()
        .filter(|language| built_in(language))
        .map(|language| format!("questions.{language}.objects"))
        .collect();
    (!keys.is_empty()).then(|| keys.join(", "))
}
