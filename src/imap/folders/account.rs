//! What is read from an account, and whether another folder of it is one of those.

use super::{Folder, locate};
use crate::imap::error::ImapError;
use crate::imap::session::protocol::Connection;

/// A folder that requests are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its name.
    pub folder: String,
    /// Where its mails are moved to once they are stored, as a person calls it.
    pub moves_to: Option<String>,
}

/// Whether two names mean the same folder. INBOX is one in any case (RFC 9051, section 5.1); Exchange and others tell no case apart at
/// all; and a separator at the end changes nothing.
#[must_use]
pub fn is_same_folder(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.trim().trim_end_matches(['/', '.', '\\']).to_lowercase();
    plain(one) == plain(other)
}

/// Whether requests are read from this folder.
pub(crate) fn is_read(account: &[Reading], folder: &str) -> bool {
    account.iter().any(|reading| is_same_folder(&reading.folder, folder))
}

/// Whether a mail that is moved to `target` is moved on, from folder to folder, until it is in `folder` again.
pub(crate) async fn comes_back(
    connection: &mut Connection,
    folders: &[Folder],
    account: &[Reading],
    target: &str,
    folder: &str,
) -> Result<bool, ImapError> {
    let mut at = target.to_owned();
    for _ in 0..=account.len() {
        if is_same_folder(&at, folder) {
            return Ok(true);
        }
        let next = account.iter().find(|reading| is_same_folder(&reading.folder, &at));
        let Some(next) = next.and_then(|reading| reading.moves_to.as_deref()) else { return Ok(false) };
        at = locate(connection, folders, next).await?.told().0;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_several_names() {
        for (one, other) in [("inbox", "INBOX"), ("Inbox", "inbox/"), ("Team", "team"), ("Team/", "Team")] {
            assert!(is_same_folder(one, other), "{one} {other}");
        }
        for (one, other) in [("INBOX.Sent", "Sent"), ("Team/A", "Team"), ("Sent", "INBOX")] {
            assert!(!is_same_folder(one, other), "{one} {other}");
        }
    }
}
