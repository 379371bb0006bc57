//! Passwords: read only when they are needed, never part of [`super::Config`], refused where others can read them.

use super::checker::{Checker, Given};
use super::problem::Flaw;
use super::{Config, OAuthConfig, OAuthGrant, Proof, value};
use crate::net::Secret;
use crate::oauth::{self, Grant, Tokens};
use crate::private_file;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// No password is longer.
const MAX_SIZE: u64 = 64 * 1024;

/// How long a request for an access token may take in all.
const TOKEN_WITHIN: Duration = Duration::from_secs(30);

/// Where a password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A file with nothing but the password on one line.
    File(PathBuf),
    /// A systemd credential of this name (`LoadCredential=`), in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

/// The passwords that a configuration names, and the sources of access tokens, which have secrets of their own. All that
/// log in by one `[[oauth]]` share its source.
#[derive(Clone, Debug)]
pub struct Secrets {
    imap: BTreeMap<String, Secret>,
    smtp: Option<Secret>,
    tokens: Vec<Tokens>,
}

impl Secrets {
    /// The password of a mailbox by its name.
    #[must_use]
    pub fn imap(&self, mailbox: &str) -> Option<&Secret> {
        self.imap.get(mailbox)
    }

    /// The password of the SMTP login, if there is a login by password.
    #[must_use]
    pub fn smtp(&self) -> Option<&Secret> {
        self.smtp.as_ref()
    }

    /// The sources of access tokens.
    #[must_use]
    pub fn tokens(&self) -> &[Tokens] {
        &self.tokens
    }

    /// Goes on with the tokens that there were `before`, of each account that is still the same.
    #[must_use]
    pub fn carrying_on(self, before: &Self) -> Self {
        let kept = |new: Tokens| match before.tokens.iter().find(|old| old.is_same_account(&new)) {
            Some(old) => new.going_on_with(old),
            None => new,
        };
        Self { tokens: self.tokens.into_iter().map(kept).collect(), ..self }
    }

    /// The source of access tokens of an `[[oauth]]` by its name.
    #[must_use]
    pub fn tokens_of(&self, oauth: &str) -> Option<&Tokens> {
        self.tokens.iter().find(|tokens| tokens.name() == oauth)
    }
}

/// Why a password cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}\nremedy: {remedy}")]
pub struct SecretError {
    /// Which password: `mailbox "support"` or `smtp`.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Config {
    /// Reads all secrets.
    ///
    /// # Errors
    /// [`SecretError`]: a file is missing, empty, readable by others, or not one line of text.
    pub fn secrets(&self) -> Result<Secrets, SecretError> {
        let mut imap = BTreeMap::new();
        for mailbox in &self.mailbox {
            if let Proof::Password(source) = &mailbox.proof {
                imap.insert(mailbox.name.clone(), read(&mailbox.key(), source)?);
            }
        }
        let smtp = match &self.smtp.login {
            Some((_, Proof::Password(source))) => Some(read("smtp", source)?),
            Some((_, Proof::OAuth(_))) | None => None,
        };
        let tokens = self.oauth.iter().map(|account| self.tokens(account)).collect::<Result<_, _>>()?;
        Ok(Secrets { imap, smtp, tokens })
    }

    /// All secrets that are named: which each is (`password of smtp`), and where.
    pub fn secret_sources(&self) -> impl Iterator<Item = (String, &SecretSource)> {
        let mailboxes = self.mailbox.iter().filter_map(|mailbox| match &mailbox.proof {
            Proof::Password(source) => Some((format!("password of {}", mailbox.key()), source)),
            Proof::OAuth(_) => None,
        });
        let smtp = self.smtp.login.iter().filter_map(|(_, proof)| match proof {
            Proof::Password(source) => Some(("password of smtp".to_owned(), source)),
            Proof::OAuth(_) => None,
        });
        let oauth = self.oauth.iter().flat_map(|account| {
            let client = account.client_secret.as_ref().map(|source| (client_key(account), source));
            let first = match &account.grant {
                OAuthGrant::RefreshToken { first, .. } => Some((refresh_key(account), first)),
                OAuthGrant::ClientCredentials => None,
            };
            [client, first].into_iter().flatten()
        });
        mailboxes.chain(smtp).chain(oauth)
    }

    fn tokens(&self, account: &OAuthConfig) -> Result<Tokens, SecretError> {
        let client = account.client_secret.as_ref();
        Ok(Tokens::new(oauth::Settings {
            name: account.name.clone(),
            token_url: account.token_url.clone(),
            trust: account.trust.clone(),
            client_id: account.client_id.clone(),
            client_secret: client.map(|source| read(&client_key(account), source)).transpose()?,
            scope: account.scope.clone(),
            grant: match &account.grant {
                OAuthGrant::ClientCredentials => Grant::ClientCredentials,
                OAuthGrant::RefreshToken { first, lifetime } => Grant::RefreshToken {
                    first: read(&refresh_key(account), first)?,
                    file: self.refresh_token_path(&account.name),
                    lifetime: *lifetime,
                },
            },
            limit: TOKEN_WITHIN,
        }))
    }

    /// Where the refresh token is kept that the server gave last: beside the database, because askback can write there.
    #[must_use]
    pub(super) fn refresh_token_path(&self, oauth: &str) -> PathBuf {
        self.store.path.with_added_extension(format!("oauth-{oauth}"))
    }
}

fn client_key(account: &OAuthConfig) -> String {
    format!("client secret of oauth \"{}\"", account.name)
}

fn refresh_key(account: &OAuthConfig) -> String {
    format!("refresh token of oauth \"{}\"", account.name)
}

/// Where a secret is: a file or a systemd credential, not both. `keys` are what the two are called.
pub(super) fn source(
    checker: &mut Checker<'_>,
    file: &Given<String>,
    credential: &Given<String>,
    keys: (&str, &str),
    base: &Path,
) -> Option<SecretSource> {
    if let (Some(_), Some(credential)) = (file, credential) {
        let what = format!("there is a `{}` and a `{}`", keys.0, keys.1);
        checker.problem(credential.span(), &what, "remove one of the two");
    }
    let from_file = checker.optional(file, |text| value::path(text, base)).map(SecretSource::File);
    let name = |text: &str| {
        if is_plain_name(text) {
            return Ok(SecretSource::Credential(text.to_owned()));
        }
        let what = format!("\"{text}\" is not the name of a systemd credential");
        Err(Flaw::new(
            what,
            "give the name before the colon of LoadCredential= in the unit: \"imap-password\"",
        ))
    };
    let from_credential = checker.optional(credential, name);
    from_file.or(from_credential)
}

/// Whether a text can be the name of a file and means nothing else.
pub(super) fn is_plain_name(text: &str) -> bool {
    let fine = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    fine && !text.is_empty() && !text.starts_with('.')
}

/// Reads one password; `key` says in errors which one.
///
/// # Errors
/// As [`Config::secrets`].
pub fn read(key: &str, source: &SecretSource) -> Result<Secret, SecretError> {
    read_under(key, source, std::env::var_os("CREDENTIALS_DIRECTORY").as_deref().map(Path::new))
}

/// The same where systemd hands over credentials in this folder, if it does.
fn read_under(key: &str, source: &SecretSource, credentials: Option<&Path>) -> Result<Secret, SecretError> {
    let error = |what: String, remedy: String| SecretError { key: key.to_owned(), what, remedy };
    let path = match (source, credentials) {
        (SecretSource::File(path), _) => path.clone(),
        (SecretSource::Credential(name), Some(folder)) => folder.join(name),
        (SecretSource::Credential(name), None) => {
            let what = format!("there is no credential \"{name}\": $CREDENTIALS_DIRECTORY is not set");
            let remedy = format!(
                "the systemd unit gives it with LoadCredential={name}:/etc/askback/{name}; by hand, as root: \
                 CREDENTIALS_DIRECTORY=/etc/askback askback …"
            );
            return Err(error(what, remedy));
        }
    };
    read_file(&path).map_err(|(flaw, what)| {
        let remedy = match source {
            SecretSource::Credential(name) => flaw.remedy_of_credential(thing(key), name, &path),
            SecretSource::File(_) => flaw.remedy_of_file(thing(key), &path, credentials.is_some()),
        };
        error(what, remedy)
    })
}

/// What kind of a secret it is, by its key.
fn thing(key: &str) -> &'static str {
    ["refresh token", "client secret"].into_iter().find(|kind| key.starts_with(kind)).unwrap_or("password")
}

/// What is wrong with the file of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileFlaw {
    Missing,
    NoRight,
    Unreadable,
    NotAFile,
    OpenToOthers,
    Empty,
    NotOneLine,
}

impl FileFlaw {
    /// The unit makes it from a file of this name, and an empty one where that is missing.
    fn remedy_of_credential(self, thing: &str, name: &str, path: &Path) -> String {
        match self {
            Self::Missing | Self::Empty => format!(
                "put it into /etc/askback/{name} (install -m 600 /dev/stdin /etc/askback/{name}, type it, end with Ctrl-D), \
                 which the unit hands over by LoadCredential={name}:/etc/askback/{name}, and systemctl restart askback"
            ),
            Self::NoRight | Self::Unreadable | Self::NotAFile | Self::OpenToOthers | Self::NotOneLine => {
                self.remedy_of_file(thing, path, false)
            }
        }
    }

    fn remedy_of_file(self, thing: &str, path: &Path, under_unit: bool) -> String {
        let shown = path.display();
        match self {
            // The user of the service is nobody who could own it: he is not there while it is stopped.
            Self::NoRight | Self::OpenToOthers if under_unit => {
                let name = path.file_name().unwrap_or_default().display();
                format!(
                    "let systemd hand it over: chmod 600 {shown}; credential = \"{name}\" in place of password_file (of an [[oauth]], \
                     …_credential in place of …_file); LoadCredential={name}:{shown} in the unit, if it is not there"
                )
            }
            Self::Missing => {
                format!("put the {thing} there: install -m 600 /dev/stdin {shown}, type it, end with Ctrl-D")
            }
            Self::NoRight => format!("make it readable for the user askback runs as: chown askback {shown}"),
            Self::Unreadable => "check the path".to_owned(),
            Self::NotAFile => format!("name the file that has the {thing}"),
            Self::OpenToOthers => {
                format!("chmod 600 {shown}, and change the {thing} if others may have seen it")
            }
            Self::Empty | Self::NotOneLine => {
                format!("the file has the {thing} on one line and nothing else")
            }
        }
    }
}

fn read_file(path: &Path) -> Result<Secret, (FileFlaw, String)> {
    let shown = path.display();
    let cannot = |cause: std::io::Error| {
        let flaw = if cause.kind() == ErrorKind::NotFound {
            FileFlaw::Missing
        } else if cause.kind() == ErrorKind::PermissionDenied {
            FileFlaw::NoRight
        } else {
            FileFlaw::Unreadable
        };
        (flaw, format!("{shown} cannot be read: {}", private_file::plain(&cause)))
    };
    let metadata = fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err((FileFlaw::NotAFile, format!("{shown} is not a file")));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o027 != 0 {
        let what = format!("{shown} can be read or changed by others (mode {mode:03o})");
        return Err((FileFlaw::OpenToOthers, what));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    let text = String::from_utf8(bytes).unwrap_or_else(|_| "\0".to_owned());
    // Some editors begin every file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let line = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() {
        return Err((FileFlaw::Empty, format!("{shown} is empty")));
    }
    if line.len() as u64 > MAX_SIZE || line.chars().any(|c| c.is_control()) {
        return Err((FileFlaw::NotOneLine, format!("{shown} is not text, or has more than one line")));
    }
    Ok(Secret::new(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_called_by_its_name() {
        let source = SecretSource::File("/nowhere/token".into());
        let error = read_under("refresh token of oauth \"desk\"", &source, None).unwrap_err();
        assert!(error.remedy.starts_with("put the refresh token there: "), "{error}");
    }

    #[test]
    fn under_a_unit_the_remedy_is_one_of_systemd() {
        let folder = tempfile::tempdir().unwrap();
        let told = |source: &SecretSource, credentials: Option<&Path>| {
            let error = read_under("smtp", source, credentials).unwrap_err().to_string();
            error.replace(&folder.path().display().to_string(), "…")
        };
        let path = folder.path().join("smtp-password");
        let credential = SecretSource::Credential("smtp-password".to_owned());
        let missing = told(&credential, Some(folder.path()));
        // What SetCredential= in the unit gives where there is no file.
        fs::write(&path, "\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
        let empty = told(&credential, Some(folder.path()));
        for told in [missing, empty] {
            assert!(
                told.contains("remedy: put it into /etc/askback/smtp-password (install -m 600"),
                "{told}"
            );
            assert!(told.ends_with("systemctl restart askback"), "{told}");
        }
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(&path, "s3cret\n").unwrap();
        let file = SecretSource::File(path);
        let told_under = told(&file, Some(Path::new("/run/credentials/askback.service")));
        assert!(told_under.contains("credential = \"smtp-password\""), "{told_under}");
        assert!(told_under.contains("LoadCredential=smtp-password:…/smtp-password"), "{told_under}");
        assert!(told(&file, None).contains("remedy: chmod 600 …/smtp-password, and change"));
        let no_right = FileFlaw::NoRight.remedy_of_file("password", Path::new("/etc/askback/x"), true);
        assert!(
            !no_right.contains("chown") && no_right.contains("LoadCredential=x:/etc/askback/x"),
            "{no_right}"
        );
    }
}
