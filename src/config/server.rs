//! `[[mailbox]]` and `[smtp]`: where mail comes from and goes out.

use super::checker::{Checker, Given, choose};
use super::folders::{Folders, check_folders, sent_folder};
use super::oauth::OAuthConfig;
use super::problem::Flaw;
use super::secret::{SecretSource, source};
use super::source::nearest;
use super::support::Support;
use super::value;
use crate::imap::{After, Reading, Start, is_same_folder};
use crate::mail::Address;
use crate::net::Trust;
use crate::outbox::smtp::Security;
use chrono::NaiveTime;
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MailboxFile {
    name: Given<String>,
    host: Given<String>,
    port: Given<u16>,
    user: Given<String>,
    password_file: Given<String>,
    credential: Given<String>,
    oauth: Given<String>,
    ca_file: Given<String>,
    folder: Given<String>,
    after: Given<String>,
    start: Given<String>,
    poll: Given<String>,
    sent_folder: Given<String>,
    size_limit: Given<String>,
    reconcile: Given<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SmtpFile {
    host: Given<String>,
    port: Given<u16>,
    security: Given<String>,
    user: Given<String>,
    password_file: Given<String>,
    credential: Given<String>,
    oauth: Given<String>,
    ca_file: Given<String>,
    bounce_address: Given<String>,
}

/// What a login is proved by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A password, which is there.
    Password(SecretSource),
    /// Access tokens of the `[[oauth]]` of this name.
    OAuth(String),
}

/// A mailbox that is read over IMAP with TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxConfig {
    /// What it is called in the database and in logs. Unique.
    pub name: String,
    /// IMAP server.
    pub host: String,
    /// Its port, TLS from the first byte.
    pub port: u16,
    /// Login name.
    pub user: String,
    /// What the login is proved by.
    pub proof: Proof,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// The folder that is read.
    pub folder: String,
    /// What becomes of a mail on the server once it is stored.
    pub after: After,
    /// Which mails are taken at the first contact.
    pub start: Start,
    /// How often to look, to be safe where the server announces new mail; where it cannot, each minute or more often.
    pub poll: Duration,
    /// Where copies of letters are put, and where agents' answers from this account lie.
    pub sent_folder: SentFolder,
    /// Of mails above this size in bytes only the header fields are taken.
    pub size_limit: u64,
    /// When each day, by the clock of the working hours, its folders are compared with the database; `None`: never.
    pub reconcile: Option<NaiveTime>,
}

/// Where copies of letters are put, and where agents' answers from the support account lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentFolder {
    /// The folder that the server marks as \Sent (RFC 6154).
    Auto,
    /// This folder.
    Named(String),
    /// Nowhere.
    Off,
}

impl SentFolder {
    /// The folder if it is named; `None` if there is none.
    #[must_use]
    pub fn name(&self) -> Option<Option<String>> {
        match self {
            Self::Auto => Some(None),
            Self::Named(name) => Some(Some(name.clone())),
            Self::Off => None,
        }
    }
}

/// Server and login, however they are written.
fn account(host: &str, port: u16, user: &str) -> (String, u16, String) {
    (host.to_lowercase(), port, user.to_lowercase())
}

impl MailboxConfig {
    /// What messages about it call it.
    #[must_use]
    pub fn key(&self) -> String {
        format!("mailbox \"{}\"", self.name)
    }

    /// Which account of which server it is.
    pub(super) fn account(&self) -> (String, u16, String) {
        account(&self.host, self.port, &self.user)
    }

    /// What is read in it.
    pub(super) fn reading(&self) -> Reading {
        let moves_to = match &self.after {
            After::Move(folder) => Some(folder.clone()),
            After::Seen | After::Leave => None,
        };
        Reading { folder: self.folder.clone(), moves_to }
    }

    /// What its folder for sent mail is called in the database and in logs.
    #[must_use]
    pub fn sent_name(&self) -> String {
        format!("{} (sent)", self.name)
    }
}

/// The server that takes our letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Login name with what it is proved by; `None`: no login.
    pub login: Option<(String, Proof)>,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// MAIL FROM of letters where the null sender is refused.
    pub bounce_address: Option<Address>,
}

pub(super) fn check_mailboxes(
    checker: &mut Checker<'_>,
    files: &[Spanned<MailboxFile>],
    support: &Support,
    accounts: &[OAuthConfig],
    base: &Path,
) -> Vec<MailboxConfig> {
    if files.is_empty() {
        let remedy = "add a section [[mailbox]] with host, user and password_file or credential";
        checker.missing_section("[[mailbox]]", remedy);
    }
    let mut mailboxes: Vec<MailboxConfig> = Vec::new();
    let mut folders: Vec<Folders> = Vec::new();
    for section in files {
        let mailbox = check_mailbox(checker, section, support, accounts, base, &mut folders);
        let Some(mailbox) = mailbox else { continue };
        let is_read = |other: &MailboxConfig| {
            other.account() == mailbox.account() && is_same_folder(&other.folder, &mailbox.folder)
        };
        let taken = |other: &MailboxConfig| {
            other.name == mailbox.name
                || other.sent_name() == mailbox.name
                || other.name == mailbox.sent_name()
        };
        if mailboxes.iter().any(taken) {
            let at = section.get_ref().name.as_ref().map_or(section.span(), Spanned::span);
            let what = format!("two mailboxes are called \"{}\"", mailbox.name);
            checker.problem(at, &what, "give each [[mailbox]] a `name` of its own");
        } else if mailboxes.iter().any(is_read) {
            let what = "this folder of this account is read by another [[mailbox]] already";
            checker.problem(section.span(), what, "remove one of the two, or name another `folder`");
        }
        mailboxes.push(mailbox);
    }
    check_folders(checker, &folders);
    mailboxes
}

fn check_mailbox(
    checker: &mut Checker<'_>,
    section: &Spanned<MailboxFile>,
    support: &Support,
    accounts: &[OAuthConfig],
    base: &Path,
    folders: &mut Vec<Folders>,
) -> Option<MailboxConfig> {
    let (file, section) = (section.get_ref(), section.span());
    let host = checker.required(section.clone(), "host", &file.host, value::host, "\"imap.example.com\"");
    let first = support.addresses.first().map(|address| address.as_str().to_owned()).unwrap_or_default();
    let user = checker.value(&file.user, first, value::line);
    let proof = proof(checker, (&file.password_file, &file.credential, &file.oauth), accounts, base);
    if !is_any_given(&[&file.password_file, &file.credential, &file.oauth]) {
        let remedy = "name the file that has the password, password_file = \"/etc/askback/imap-password\", or a \
                      systemd credential, credential = \"imap-password\"";
        checker.missing(section, "password_file", remedy);
    }
    let minute = Duration::from_secs(60);
    let folder = checker.value(&file.folder, "INBOX".to_owned(), value::line);
    let after = checker.value(&file.after, After::Seen, after);
    let sent_folder = checker.value(&file.sent_folder, SentFolder::Auto, sent_folder);
    let name = checker.value(&file.name, user.clone(), value::line);
    let port = port(checker, &file.port, 993);
    let trust = trust(checker, &file.ca_file, base);
    let start = checker.choice(&file.start, &[("new", Start::New), ("all", Start::All)], Start::New);
    let poll =
        checker.value(&file.poll, 5 * minute, |text| value::duration(text, minute / 6..=1440 * minute));
    let size_limit =
        checker.value(&file.size_limit, 75_000_000, |text| value::size(text, 1_000_000..=1_000_000_000));
    let reconcile = checker.value(&file.reconcile, NaiveTime::from_hms_opt(3, 30, 0), |text| match text {
        "off" => Ok(None),
        time => value::clock_time(time).map(Some),
    });
    let at = |given: &Given<String>| given.as_ref().map_or(0..0, Spanned::span);
    folders.push(Folders {
        account: host.as_ref().map(|host| account(host, port, &user)),
        folder: folder.clone(),
        after: (after.clone(), at(&file.after)),
        sent: (sent_folder.clone(), at(&file.sent_folder)),
    });
    let (host, proof) = (host?, proof?);
    Some(MailboxConfig {
        name,
        host,
        port,
        user,
        proof,
        trust,
        folder,
        after,
        start,
        poll,
        sent_folder,
        size_limit,
        reconcile,
    })
}

fn after(text: &str) -> Result<After, Flaw> {
    match text.strip_prefix("move:") {
        Some(folder) => value::line(folder).map(After::Move).map_err(|_| {
            Flaw::new("it names no folder", "write the folder behind the colon: \"move:Archive\"")
        }),
        // The last is there to be shown: what begins so is read above.
        None => {
            choose(text, &[("seen", After::Seen), ("leave", After::Leave), ("move:Folder", After::Leave)])
        }
    }
}

pub(super) fn check_smtp(
    checker: &mut Checker<'_>,
    file: Option<&Spanned<SmtpFile>>,
    accounts: &[OAuthConfig],
    base: &Path,
) -> Option<SmtpConfig> {
    let Some(section) = file else {
        let remedy = "add a section [smtp] with host, user and password_file or credential";
        checker.missing_section("[smtp]", remedy);
        return None;
    };
    let file = section.get_ref();
    let host = checker.required(section.span(), "host", &file.host, value::host, "\"smtp.example.com\"");
    let words = [("tls", Security::Tls), ("starttls", Security::StartTls), ("none", Security::None)];
    let security = checker.choice(&file.security, &words, Security::Tls);
    if let Some(host) = host.as_ref().filter(|host| security == Security::None && !is_loopback(host)) {
        let at = file.security.as_ref().map_or(0..0, Spanned::span);
        let what = format!("\"none\" would send letters and the password unprotected to {host}");
        checker.problem(at, &what, "use \"tls\" or \"starttls\"; \"none\" is for a server on this machine");
    }
    let standard_port = match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    };
    let user = checker.optional(&file.user, value::line);
    let proof = proof(checker, (&file.password_file, &file.credential, &file.oauth), accounts, base);
    let login = match (user, proof) {
        (Some(user), Some(proof)) => Some((user, proof)),
        (None, None) => None,
        (Some(_), None) => {
            if !is_any_given(&[&file.password_file, &file.credential, &file.oauth]) {
                let remedy = "add password_file or credential, or remove `user` if the server wants no login";
                checker.missing(section.span(), "password_file", remedy);
            }
            None
        }
        // An empty one has been told.
        (None, Some(_)) if file.user.is_some() => None,
        (None, Some(_)) => {
            let remedy = "add user = \"…\", or remove the password if the server wants no login";
            checker.missing(section.span(), "user", remedy);
            None
        }
    };
    let port = port(checker, &file.port, standard_port);
    let trust = trust(checker, &file.ca_file, base);
    let bounce_address = checker.optional(&file.bounce_address, value::address);
    Some(SmtpConfig { host: host?, port, security, login, trust, bounce_address })
}

pub(super) fn is_any_given(keys: &[&Given<String>]) -> bool {
    keys.iter().any(|key| key.is_some())
}

/// What a login is proved by: a password in a file or a systemd credential, or an `[[oauth]]`; one of them.
fn proof(
    checker: &mut Checker<'_>,
    (file, credential, oauth): (&Given<String>, &Given<String>, &Given<String>),
    accounts: &[OAuthConfig],
    base: &Path,
) -> Option<Proof> {
    let password =
        source(checker, file, credential, ("password_file", "credential"), base).map(Proof::Password);
    let Some(oauth) = oauth else { return password };
    if is_any_given(&[file, credential]) {
        let what = "there is a password and `oauth`";
        checker.problem(oauth.span(), what, "remove one of the two");
    }
    let name = oauth.get_ref();
    if accounts.iter().any(|account| account.name == *name) {
        return Some(Proof::OAuth(name.clone()));
    }
    let known: Vec<&str> = accounts.iter().map(|account| account.name.as_str()).collect();
    let remedy = match nearest(name, &known) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("add a section [[oauth]] with name = \"{name}\""),
    };
    checker.problem(oauth.span(), &format!("there is no [[oauth]] called \"{name}\""), &remedy);
    None
}

/// Whether a host is this machine by its very name.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn port(checker: &mut Checker<'_>, given: &Given<u16>, default: u16) -> u16 {
    match given {
        Some(port) if *port.get_ref() == 0 => {
            checker.problem(
                port.span(),
                "0 is no port",
                &format!("remove the line; the default is {default}"),
            );
            default
        }
        Some(port) => *port.get_ref(),
        None => default,
    }
}

pub(super) fn trust(checker: &mut Checker<'_>, ca_file: &Given<String>, base: &Path) -> Trust {
    checker.optional(ca_file, |text| value::path(text, base)).map_or(Trust::System, Trust::CaFile)
}
