//! [`ImapError`]: why a conversation with an IMAP server ended.

use super::session::guard::Excess;
use crate::mail::HeaderText;
use crate::net::NetError;
use crate::oauth::OAuthError;
use std::time::Duration;

/// Why a conversation ended. After any of these the connection is dropped, never used again. What the server said stands in
/// parentheses; the remedy, behind the last colon, is ours.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// There was no connection, or no trust in it.
    #[error(transparent)]
    Net(#[from] NetError),
    /// The connection broke, timed out, or what came over it was not IMAP.
    #[error(
        "the connection to the IMAP server was lost ({0}): look at the network and the server; `port` must be its TLS port, mostly 993"
    )]
    Lost(String),
    /// The server said BYE.
    #[error(
        "the IMAP server closed the connection ({0}): nothing to do, it is tried again; if that goes on, look at the server's log"
    )]
    Bye(String),
    /// The server sent more than was asked for.
    #[error(
        "the IMAP server was cut off ({0}): nothing to do, it is tried again; if that goes on, look at the server's log"
    )]
    Excess(String),
    /// User name, password or token are not accepted. A person must act.
    #[error(
        "the IMAP server refuses the login ({0}): check user name and password (or token) of this mailbox"
    )]
    LoginRefused(String),
    /// A fresh access token is not accepted. A person must act.
    #[error(
        "the IMAP server refuses the access token ({0}): check that `user` is the account that the token is for, that `scope` \
         covers IMAP, and that IMAP is switched on for the account"
    )]
    TokenRefused(String),
    /// There is no access token to log in with.
    #[error(transparent)]
    NoToken(#[from] OAuthError),
    /// The server offers no way to log in that we can use.
    #[error("this way to log in is not offered by the IMAP server: {0}")]
    NoLogin(String),
    /// The server is busy or limits us.
    #[error("the IMAP server asks to come back later ({text}): {}", if *full {
        "make room in the mailbox, or raise its quota"
    } else {
        "nothing to do, it is tried again"
    })]
    Throttled {
        /// What it said.
        text: String,
        /// Whether that is for want of room.
        full: bool,
        /// How long it wants us to wait, if it said so.
        wait: Option<Duration>,
    },
    /// A command was answered NO or BAD.
    #[error(
        "the IMAP server refuses {what} ({text}): check the setting `{key}` and the rights of this login, or look at the server's log"
    )]
    Refused {
        /// The setting that names the folder.
        key: &'static str,
        /// Which command, with its object.
        what: String,
        /// What it said.
        text: String,
    },
    /// The folder for sent mail is one that requests are read from: each would be taken for a letter of ours.
    #[error(
        "the setting `sent_folder` leads to the folder {0}, which requests are read from: name the folder for sent mail in \
         `sent_folder`, or set it to \"off\""
    )]
    SentIsRead(String),
    /// What is open is not the folder of this name any more, or its UIDs mean other mails.
    #[error("the server has made the folder anew, or numbered its mails anew ({0}): it is opened again")]
    MadeAnew(String),
    /// We were told to stop.
    #[error("stopped on request")]
    Stopped,
    /// The store failed; the server is not to blame.
    #[error(transparent)]
    Sink(anyhow::Error),
}

impl ImapError {
    /// Whether a person must act before a login can work.
    pub(super) const fn is_refused_login(&self) -> bool {
        match self {
            Self::LoginRefused(_) | Self::TokenRefused(_) | Self::NoLogin(_) => true,
            Self::NoToken(error) => !error.is_passing(),
            Self::Net(_)
            | Self::Lost(_)
            | Self::Bye(_)
            | Self::Excess(_)
            | Self::Throttled { .. }
            | Self::Refused { .. }
            | Self::SentIsRead(_)
            | Self::MadeAnew(_)
            | Self::Stopped
            | Self::Sink(_) => false,
        }
    }

    /// What was refused is about the folder that this setting names.
    pub(super) fn of_setting(mut self, setting: &'static str) -> Self {
        if let Self::Refused { key, .. } = &mut self {
            *key = setting;
        }
        self
    }

    /// A command was answered NO or BAD.
    pub(super) fn refused(what: String, text: String) -> Self {
        Self::Refused { key: "folder", what, text }
    }

    /// The UIDVALIDITY of the open folder is another now.
    pub(super) fn renumbered(was: u32, now: u32) -> Self {
        Self::MadeAnew(format!("UIDVALIDITY was {was} and is {now}"))
    }

    /// From an error of the stream under the parser.
    pub(super) fn from_io(error: &std::io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Excess>()) {
            Some(excess) => Self::Excess(excess.to_string()),
            None => {
                let text = error.to_string();
                // The parser quotes what it cannot read: a mail, perhaps, or our password.
                if is_unreadable(error) {
                    return Self::Lost("what it sends is not IMAP".to_owned());
                }
                Self::Lost(HeaderText::new(&text, 200).to_string())
            }
        }
    }

    /// From what the server said with NO, BAD or BYE: throttling if it sounds like it, else `otherwise(text)`.
    pub(super) fn from_words(reply: &Reply, otherwise: impl FnOnce(String) -> Self) -> Self {
        let text = reply.to_string();
        if reply.is_throttling() {
            Self::Throttled { wait: suggested_wait(&text), text, full: reply.is_full_mailbox() }
        } else {
            otherwise(text)
        }
    }
}

/// Whether the parser could not read what came.
pub(super) fn is_unreadable(error: &std::io::Error) -> bool {
    error.to_string().contains(" during parsing of ")
}

/// What a server says with a status: a code (RFC 5530 and others) and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// The response code's name in upper case, empty if there is none.
    pub(super) code: String,
    /// The words, on one line, without anything that could drive a terminal.
    pub(super) text: String,
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.code.as_str(), self.text.as_str()) {
            ("", "") => f.write_str("no reason given"),
            ("", text) => f.write_str(text),
            (code, "") => write!(f, "[{code}]"),
            (code, text) => write!(f, "[{code}] {text}"),
        }
    }
}

impl Reply {
    /// `text` may begin with a code that the parser does not know.
    pub(super) fn new(code: &str, text: &str) -> Self {
        let (code, text) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((inner, words)) if code.is_empty() => (inner.split(' ').next().unwrap_or_default(), words),
            Some(_) | None => (code, text),
        };
        let code = HeaderText::new(&code.to_ascii_uppercase(), 40).to_string();
        Self { code, text: HeaderText::new(text, 200).to_string() }
    }

    /// Whether there is no room. Gmail says OVERQUOTA of commands and bandwidth, too.
    fn is_full_mailbox(&self) -> bool {
        let text = self.text.to_lowercase();
        self.code == "OVERQUOTA" && !["bandwidth", "command"].iter().any(|word| text.contains(word))
    }

    /// Whether the server is busy or limits us, by its code (RFC 5530) or in the words of Gmail, Exchange, Yandex.
    pub(super) fn is_throttling(&self) -> bool {
        if matches!(self.code.as_str(), "UNAVAILABLE" | "INUSE" | "LIMIT" | "THROTTLED" | "OVERQUOTA") {
            return true;
        }
        let text = self.text.to_lowercase();
        [
            "throttl",
            "too many",
            "rate limit",
            "try again",
            "temporar",
            "backoff time",
            "bandwidth limit",
            "too fast",
        ]
        .iter()
        .any(|words| text.contains(words))
    }
}

/// Exchange: `Suggested Backoff Time: 299989 milliseconds`.
fn suggested_wait(text: &str) -> Option<Duration> {
    let text = text.to_lowercase();
    let (_, after) = text.split_once("backoff time:")?;
    let mut words = after.split_whitespace();
    let number: u64 = words.next()?.parse().ok()?;
    match words.next().unwrap_or("milliseconds") {
        unit if unit.starts_with("sec") => Some(Duration::from_secs(number)),
        _ => Some(Duration::from_millis(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_says_is_no_remedy() {
        let said = |text: &str| format!("{text}: evil advice");
        let errors = [
            ImapError::Lost(said("cut")),
            ImapError::Bye(said("going down")),
            ImapError::Excess(said("too long")),
            ImapError::LoginRefused(said("no")),
            ImapError::TokenRefused(said("no")),
            ImapError::from_words(&Reply::new("INUSE", &said("later")), ImapError::Bye),
            ImapError::from_words(&Reply::new("OVERQUOTA", &said("full")), ImapError::Bye),
            ImapError::refused("SELECT".to_owned(), said("no")),
        ];
        for error in errors {
            let told = error.to_string();
            let (what, remedy) = told.rsplit_once(": ").unwrap();
            assert!(what.contains("(") && !remedy.contains("evil"), "{told}");
        }
    }

    #[test]
    fn codes_are_read_whether_the_parser_knows_them_or_not() {
        assert_eq!(
            Reply::new("", "[AUTHENTICATIONFAILED] Wrong.").to_string(),
            "[AUTHENTICATIONFAILED] Wrong."
        );
        assert_eq!(Reply::new("TRYCREATE", "No \u{1b}[2Jfolder"), Reply::new("", "[trycreate]No [2Jfolder"));
        assert_eq!(Reply::new("", "").to_string(), "no reason given");
        assert_eq!(Reply::new("", "[never closed").text, "[never closed");
    }

    #[test]
    fn only_a_full_mailbox_needs_room() {
        fn check(text: &str, full: bool) {
            let error = ImapError::from_words(&Reply::new("", text), ImapError::LoginRefused);
            assert!(matches!(error, ImapError::Throttled { .. }), "{error}");
            assert_eq!(error.to_string().contains("make room"), full, "{error}");
        }
        check("[OVERQUOTA] Quota exceeded (mailbox for user is full)", true);
        check("[OVERQUOTA]", true);
        check("[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", false);
        check("[OVERQUOTA] Account exceeded bandwidth limits. (Failure)", false);
    }

    #[test]
    fn throttling_is_recognised_with_the_time_it_asks_for() {
        fn check(text: &str, expect: Option<Option<Duration>>) {
            let error = ImapError::from_words(&Reply::new("", text), ImapError::LoginRefused);
            let got = if let ImapError::Throttled { wait, .. } = error { Some(wait) } else { None };
            assert_eq!(got, expect, "{text}");
        }
        check(
            "Request is throttled. Suggested Backoff Time: 299989 milliseconds",
            Some(Some(Duration::from_millis(299_989))),
        );
        check("[UNAVAILABLE] Temporary authentication failure.", Some(None));
        check("[ALERT] Too many simultaneous connections. (Failure)", Some(None));
        check("[AUTHENTICATIONFAILED] Authentication failed.", None);
        check("LOGIN invalid credentials or IMAP is disabled", None);
    }
}
