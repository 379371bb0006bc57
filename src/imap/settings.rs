//! What a watcher is told: where the mail is, what becomes of it, and how patient to be.

use super::folders::account::Reading;
use crate::net::Endpoint;
use crate::oauth::Credentials;
use std::time::Duration;

/// One mailbox to watch.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The configured name of the mailbox: the one in [`MailKey`](crate::mail::MailKey).
    pub mailbox: String,
    /// The server.
    pub endpoint: Endpoint,
    /// How to log in.
    pub credentials: Credentials,
    /// The folder to watch.
    pub folder: FolderChoice,
    /// All folders of this account that requests are read from, this one among them if it is one.
    pub account: Vec<Reading>,
    /// What is done to a mail on the server once it is stored.
    pub after: After,
    /// Which mails are taken at the first contact.
    pub start: Start,
    /// How often to look although the server announced nothing.
    pub poll: Duration,
    /// How much is fetched at once.
    pub limits: Limits,
    /// How long to wait for what.
    pub timing: Timing,
}

impl Settings {
    /// The defaults for a mailbox: INBOX, mark as seen, only new mail, look every 5 minutes.
    #[must_use]
    pub fn new(mailbox: &str, endpoint: Endpoint, credentials: Credentials) -> Self {
        Self {
            mailbox: mailbox.to_owned(),
            endpoint,
            credentials,
            folder: FolderChoice::Named("INBOX".to_owned()),
            account: Vec::new(),
            after: After::Seen,
            start: Start::New,
            poll: Duration::from_secs(300),
            limits: Limits::default(),
            timing: Timing::default(),
        }
    }
}

/// Which folder, by its name as people write it (UTF-8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderChoice {
    /// This one; it must exist.
    Named(String),
    /// The folder for sent mail: this one, or, without a name, the one that the server marks `\\Sent` (RFC 6154) or that has a
    /// usual name. Created if it is missing.
    Sent(Option<String>),
}

impl FolderChoice {
    /// The key of the configuration that names it.
    pub(super) const fn setting(&self) -> &'static str {
        match self {
            Self::Named(_) => "folder",
            Self::Sent(_) => "sent_folder",
        }
    }
}

/// What is done to a mail on the server once it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// Mark it `\Seen`.
    Seen,
    /// Move it to this folder (UTF-8), which is created if it is missing: among the user's own folders, unless the name says where.
    Move(String),
    /// Leave everything as it is; the folder is opened read-only.
    Leave,
}

/// Which mails are taken at the first contact with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Those that arrive from now on.
    New,
    /// All that are there.
    All,
}

/// How much is fetched at once. The defaults hold the memory of a watcher under 20 MB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A mail over this size in bytes is stored as its headers and a note.
    pub mail_bytes: u64,
    /// A mail over this size in bytes is fetched alone and in parts.
    pub partial_over: u64,
    /// Size of such a part in bytes.
    pub part_bytes: u32,
    /// Mails are handed to the store when they reach this many bytes …
    pub batch_bytes: usize,
    /// … or this many.
    pub batch_mails: usize,
    /// One FETCH asks for at most this many mails …
    pub range_mails: usize,
    /// … and bytes.
    pub range_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mail_bytes: 75_000_000,
            partial_over: 4 << 20,
            part_bytes: 1 << 20,
            batch_bytes: 1_500_000,
            batch_mails: 200,
            range_mails: 1000,
            range_bytes: 64 << 20,
        }
    }
}

/// How long to wait for what. Tests shorten it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Silence in the middle of a command that ends the connection.
    pub inactivity: Duration,
    /// The same where mails are changed, or all of a letter has been put into a folder: servers look it over first.
    pub append: Duration,
    /// Time for one whole response, however slowly it drips in.
    pub response: Duration,
    /// Time in which a command must come to its end, or bring something, whatever else the server says meanwhile.
    pub command: Duration,
    /// Silence in IDLE after which the server is asked whether it is there (Dovecot speaks every 2 minutes).
    pub idle_silence: Duration,
    /// Age of an IDLE at which it is renewed (RFC 2177 says within 29 minutes; some routers forget sooner).
    pub idle_renew: Duration,
    /// When IDLE is tried again after it did not begin.
    pub idle_again: Duration,
    /// After mail was announced and could not be seen: when to look for it again.
    pub look_again: [Duration; 2],
    /// How often to look where the server has no IDLE, if that is more often than the setting `poll`.
    pub poll_without_idle: Duration,
    /// How long a LOGOUT may take at the end.
    pub goodbye: Duration,
    /// First pause after a network failure; doubled with each further one …
    pub retry_first: Duration,
    /// … up to this.
    pub retry_max: Duration,
    /// Pause when the server asks for one without saying how long.
    pub throttled: Duration,
    /// First pause after a refused login, or after mails were copied and could not be removed, or did not arrive; doubled with each further one …
    pub refused_first: Duration,
    /// … up to this.
    pub refused_max: Duration,
    /// Two logins are free; after that one in this time.
    pub login_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(60 * n);
        Self {
            inactivity: minutes(1),
            append: minutes(10),
            response: minutes(15),
            command: minutes(60),
            idle_silence: minutes(5),
            idle_renew: minutes(15),
            idle_again: minutes(24 * 60),
            look_again: [Duration::from_secs(5), Duration::from_secs(30)],
            poll_without_idle: minutes(1),
            goodbye: Duration::from_millis(500),
            retry_first: Duration::from_secs(2),
            retry_max: Duration::from_secs(80),
            throttled: minutes(5),
            refused_first: minutes(15),
            refused_max: minutes(60),
            login_every: minutes(1),
        }
    }
}
