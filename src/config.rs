//! The configuration: a TOML file, checked as a whole before anything runs. The only place that knows TOML.
//!
//! Each file here has the sections of one subject: the struct that serde reads (`…File`, every value with its place),
//! the checked struct that the program sees, and the way from one to the other. All that is wrong is told at once, with
//! line, key and remedy. config.example.toml has every key with its default.

mod build;
mod checker;
mod folders;
mod hours;
mod hours_text;
mod nudges;
mod oauth;
mod problem;
mod regulation;
mod reply;
mod secret;
mod server;
mod source;
mod support;
mod value;
mod words;

#[cfg(test)]
mod tests;

use crate::calendar::Calendar;
use crate::mail::Mailbox;
use crate::private_file;
use crate::request::{Language, PerField, Product, Questions};
use checker::{Checker, Given};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use source::Source;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use toml::Spanned;
use tracing::level_filters::LevelFilter;

pub use nudges::NudgesConfig;
pub use oauth::{OAuthConfig, OAuthGrant};
pub use problem::{ConfigErrors, Problem};
pub use regulation::Regulation;
pub use reply::{LimitsConfig, ReplyConfig, TicketsConfig};
pub use secret::{SecretError, SecretSource, Secrets, read as read_secret};
pub use server::{MailboxConfig, Proof, SentFolder, SmtpConfig};
pub use support::{ByLanguage, Support};
pub use words::Objects;

/// A larger file is none of ours.
const MAX_SIZE: u64 = 4 << 20;

/// The file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    support: Option<Spanned<support::SupportFile>>,
    mailbox: Vec<Spanned<server::MailboxFile>>,
    smtp: Option<Spanned<server::SmtpFile>>,
    oauth: Vec<Spanned<oauth::OAuthFile>>,
    store: StoreFile,
    hours: Option<Spanned<hours::HoursFile>>,
    regulation: Vec<Spanned<regulation::RegulationFile>>,
    product: Vec<Spanned<words::ProductFile>>,
    objects: words::ObjectsFile,
    cues: words::CuesFile,
    questions: words::QuestionsFile,
    reply: reply::ReplyFile,
    tickets: reply::TicketsFile,
    nudges: nudges::NudgesFile,
    agent: Vec<Spanned<support::PersonFile>>,
    head: Option<Spanned<support::PersonFile>>,
    log: LogFile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoreFile {
    path: Given<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogFile {
    format: Given<String>,
    level: Given<String>,
}

/// A configuration in which everything has been checked that can be checked without secrets, servers and other files.
/// Fields are named as the sections of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The desk as clients know it.
    pub support: Support,
    /// The mailboxes that are read. Never empty.
    pub mailbox: Vec<MailboxConfig>,
    /// The server that takes letters.
    pub smtp: SmtpConfig,
    /// Accounts that are logged in to by access tokens.
    pub oauth: Vec<OAuthConfig>,
    /// The database.
    pub store: StoreConfig,
    /// Working hours.
    pub hours: Calendar,
    /// What dates with hours of their own are called.
    pub exception_names: BTreeMap<NaiveDate, String>,
    /// Versions of the regulation in order of time. Never empty.
    pub regulation: Vec<Regulation>,
    /// Products with their aliases.
    pub product: Vec<Product>,
    /// What concrete elements are recognised by, beyond the built-in ways.
    pub objects: Objects,
    /// Phrases that fields are recognised by, beyond the built-in ones.
    pub cues: PerField<Vec<String>>,
    /// What clients are asked.
    pub questions: ByLanguage<Questions>,
    /// How automatic letters go out.
    pub reply: ReplyConfig,
    /// How long tickets live.
    pub tickets: TicketsConfig,
    /// What agents and the head hear, and when.
    pub nudges: NudgesConfig,
    /// Who answers clients.
    pub agent: Vec<Mailbox>,
    /// The head of support: is told what is overdue.
    pub head: Option<Mailbox>,
    /// The log.
    pub log: LogConfig,
}

/// The database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// Its file.
    pub path: PathBuf,
}

/// The log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// JSON lines in place of text.
    pub json: bool,
    /// The least important records that are shown.
    pub level: LevelFilter,
}

impl Config {
    /// Reads and checks a file. Reads no secrets.
    ///
    /// # Errors
    /// [`ConfigErrors`]: all that is wrong with it.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        let one = |line, what: &str, remedy: &str| Err(ConfigErrors::one(path, line, what, remedy));
        let bytes = match std::fs::metadata(path).and_then(|metadata| {
            if metadata.len() > MAX_SIZE { Ok(None) } else { std::fs::read(path).map(Some) }
        }) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return one(None, "this is too large to be a configuration", "name another file"),
            Err(error) => {
                let what = format!("the configuration cannot be read: {}", private_file::plain(&error));
                return one(None, &what, &unread(error.kind(), path));
            }
        };
        match String::from_utf8(bytes) {
            Ok(text) => Self::parse(&text, path),
            Err(error) => {
                let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
                let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
                one(Some(line), "this is not UTF-8 text", "save the file in the encoding UTF-8")
            }
        }
    }

    /// Checks the text of a file; relative paths in it count from the folder of `path`.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigErrors> {
        let text = text.trim_start_matches('\u{feff}');
        let fail = |problems| ConfigErrors::new(path, problems);
        let source = Source::new(text).map_err(|problem| fail(vec![problem]))?;
        let file: File = source.read().map_err(|problem| fail(vec![problem]))?;
        let mut checker = Checker::new(&source);
        let config = check(&mut checker, &file, path.parent().unwrap_or(Path::new("")));
        let problems = checker.into_problems();
        match config {
            Some(config) if problems.is_empty() => Ok(config),
            Some(_) | None => Err(fail(problems)),
        }
    }

    /// The working hours in the words of a letter: «по будням с 9:00 до 18:00 (GMT+3)».
    #[must_use]
    pub fn hours_text(&self, language: Language, now: DateTime<Utc>) -> String {
        let own = self.support.hours.get(language).clone();
        own.unwrap_or_else(|| hours_text::hours_text(&self.hours, language, now))
    }
}

/// What to do about a configuration that cannot be read.
fn unread(why: ErrorKind, path: &Path) -> String {
    if why != ErrorKind::PermissionDenied {
        return "name the file with --config FILE or in ASKBACK_CONFIG, or copy config.example.toml there"
            .to_owned();
    }
    format!(
        "chmod 644 {}; chmod 755 {}: the service runs as a user of its own, and no password is in this file",
        path.display(),
        private_file::folder(path).display()
    )
}

fn check(checker: &mut Checker<'_>, file: &File, base: &Path) -> Option<Config> {
    let support = support::check_support(checker, &file.support);
    let (agent, head) = support::check_people(checker, &file.agent, file.head.as_ref(), &support);
    let nudges = nudges::check_nudges(checker, &file.nudges, &support, &agent, head.as_ref());
    let oauth = oauth::check_oauth(checker, &file.oauth, base);
    let mailbox = server::check_mailboxes(checker, &file.mailbox, &support, &oauth, base);
    let smtp = server::check_smtp(checker, file.smtp.as_ref(), &oauth, base);
    let hours = hours::check_hours(checker, file.hours.as_ref());
    let zone = hours.as_ref().map_or(chrono_tz::Tz::Europe__Moscow, |(hours, _)| hours.zone());
    let regulation = regulation::check_regulations(checker, &file.regulation, zone);
    let product = words::check_products(checker, &file.product);
    let objects = words::check_objects(checker, &file.objects);
    let cues = words::check_cues(checker, &file.cues);
    let questions = words::check_questions(checker, &file.questions);
    let reply = reply::check_reply(checker, &file.reply, base);
    let tickets = reply::check_tickets(checker, &file.tickets);
    let default_path = PathBuf::from("/var/lib/askback/askback.db");
    let store =
        StoreConfig { path: checker.value(&file.store.path, default_path, |text| value::path(text, base)) };
    let log = LogConfig {
        json: checker.choice(&file.log.format, &[("text", false), ("json", true)], false),
        level: checker.choice(&file.log.level, &LEVELS, LevelFilter::INFO),
    };
    let (hours, exception_names) = hours?;
    Some(Config {
        support,
        mailbox,
        smtp: smtp?,
        oauth,
        store,
        hours,
        exception_names,
        regulation,
        product,
        objects,
        cues,
        questions,
        reply,
        tickets: tickets?,
        nudges: nudges?,
        agent,
        head,
        log,
    })
}

const LEVELS: [(&str, LevelFilter); 5] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];
