//! Passwords: read only when they are needed, never part of [`super::Config`], refused where others can read them.

use super::Config;
use crate::net::Secret;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// No password is longer.
const MAX_SIZE: u64 = 64 * 1024;

/// Where a password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// A file with nothing but the password on one line.
    File(PathBuf),
    /// A systemd credential of this name (`LoadCredential=`), in `$CREDENTIALS_DIRECTORY`.
    Credential(String),
}

/// The passwords that a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secrets {
    imap: BTreeMap<String, Secret>,
    smtp: Option<Secret>,
}

impl Secrets {
    /// The password of a mailbox by its name.
    #[must_use]
    pub fn imap(&self, mailbox: &str) -> Option<&Secret> {
        self.imap.get(mailbox)
    }

    /// The password of the SMTP login, if there is a login.
    #[must_use]
    pub fn smtp(&self) -> Option<&Secret> {
        self.smtp.as_ref()
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
    /// Reads all passwords.
    ///
    /// # Errors
    /// [`SecretError`]: a file is missing, empty, readable by others, or not one line of text.
    pub fn secrets(&self) -> Result<Secrets, SecretError> {
        let mut imap = BTreeMap::new();
        for mailbox in &self.mailbox {
            let key = format!("mailbox \"{}\"", mailbox.name);
            imap.insert(mailbox.name.clone(), read(&key, &mailbox.secret)?);
        }
        let smtp = self.smtp.login.as_ref().map(|(_, source)| read("smtp", source)).transpose()?;
        Ok(Secrets { imap, smtp })
    }
}

/// Reads one password; `key` says in errors which one.
///
/// # Errors
/// As [`Config::secrets`].
pub fn read(key: &str, source: &SecretSource) -> Result<Secret, SecretError> {
    let error = |what: String, remedy: String| SecretError { key: key.to_owned(), what, remedy };
    let path = match source {
        SecretSource::File(path) => path.clone(),
        SecretSource::Credential(name) => match std::env::var_os("CREDENTIALS_DIRECTORY") {
            Some(folder) => Path::new(&folder).join(name),
            None => {
                let what = format!("there is no credential \"{name}\": $CREDENTIALS_DIRECTORY is not set");
                let remedy = format!(
                    "the systemd unit gives it with LoadCredential={name}:/etc/askback/{name}; by hand, as root: \
                     CREDENTIALS_DIRECTORY=/etc/askback askback …"
                );
                return Err(error(what, remedy));
            }
        },
    };
    read_file(&path).map_err(|(what, remedy)| error(what, remedy))
}

fn read_file(path: &Path) -> Result<Secret, (String, String)> {
    let shown = path.display();
    let cannot = |cause: std::io::Error| {
        let remedy = if cause.kind() == ErrorKind::NotFound {
            format!("put the password there: install -m 600 /dev/stdin {shown}, type it, end with Ctrl-D")
        } else if cause.kind() == ErrorKind::PermissionDenied {
            format!("make it readable for the user askback runs as: chown askback {shown}")
        } else {
            "check the path".to_owned()
        };
        (format!("{shown} cannot be read: {}", plain(&cause)), remedy)
    };
    let metadata = fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err((format!("{shown} is not a file"), "name the file that has the password".to_owned()));
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o027 != 0 {
        let what = format!("{shown} can be read or changed by others (mode {mode:03o})");
        return Err((what, format!("chmod 600 {shown}, and change the password if others may have seen it")));
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut bytes)).map_err(cannot)?;
    let text = String::from_utf8(bytes).unwrap_or_default();
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    if line.is_empty() || line.len() as u64 > MAX_SIZE || line.chars().any(|c| c.is_control()) {
        let what = format!("{shown} is empty, not text, or has more than one line");
        return Err((what, "the file has the password on one line and nothing else".to_owned()));
    }
    Ok(Secret::new(line))
}

/// The system's words for an error without Rust's `(os error 2)`.
pub(crate) fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
