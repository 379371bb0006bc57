//! SEARCH: which mails are there, be it that FETCH does not show them.

use crate::imap::error::{ImapError, Reply};
use crate::imap::folders::name::quoted;
use crate::imap::session::protocol::{Connection, Tagged};
use crate::imap::session::uid_set::{MAX_SET, uid_sets};
use crate::mail::MessageId;
use async_imap::imap_proto::{MailboxDatum, Response};

/// Mails that are asked for at once: the answer has all of them on one line, which [`crate::imap::session::guard`] bounds.
const WINDOW: u32 = 4000;

/// UIDs, or why the server refuses to search.
pub(crate) type Found = Result<Vec<u32>, Reply>;

/// All UIDs from one on, in order.
pub(crate) async fn uids_from(connection: &mut Connection, from: u32) -> Result<Found, ImapError> {
    let mut all = Vec::new();
    // From the end, so that a message that moves down, because another is expunged, is not missed.
    let mut to = connection.exists;
    while to > 0 {
        let at = to.saturating_sub(WINDOW - 1).max(1);
        let found = match search(connection, &format!("{at}:{to}")).await? {
            Ok(found) => found,
            Err(reply) => return Ok(Err(reply)),
        };
        let reached = found.iter().any(|uid| *uid < from);
        all.extend(found.into_iter().filter(|uid| *uid >= from));
        to = if reached { 0 } else { (at - 1).min(connection.exists) };
    }
    all.sort_unstable();
    all.dedup();
    Ok(Ok(all))
}

/// Which of these UIDs, which are in order, are there.
pub(crate) async fn which_of(connection: &mut Connection, uids: &[u32]) -> Result<Found, ImapError> {
    let mut there = Vec::new();
    for some in uids.chunks(WINDOW as usize) {
        for (set, _) in uid_sets(some, MAX_SET) {
            match search(connection, &format!("UID {set}")).await? {
                Ok(found) => there.extend(found),
                Err(reply) => return Ok(Err(reply)),
            }
        }
    }
    Ok(Ok(there))
}

/// Whether the selected folder has a mail with this Message-ID; not, where the server does not tell.
pub(crate) async fn has_message_id(connection: &mut Connection, id: &MessageId) -> Result<bool, ImapError> {
    let key = format!("HEADER Message-ID {}", quoted(id.as_str()));
    Ok(search(connection, &key).await?.is_ok_and(|found| !found.is_empty()))
}

async fn search(connection: &mut Connection, key: &str) -> Result<Found, ImapError> {
    let mut found = Vec::new();
    let command = format!("UID SEARCH {key}");
    let tagged = connection.run(&command, |response| {
        if let Response::MailboxData(MailboxDatum::Search(uids)) = response {
            found.extend(uids.iter().take((WINDOW as usize).saturating_sub(found.len())));
        }
    });
    match tagged.await? {
        Tagged::Ok(_) => Ok(Ok(found)),
        Tagged::No(reply) | Tagged::Bad(reply) if reply.is_throttling() => {
            Err(ImapError::from_words(&reply, ImapError::Lost))
        }
        Tagged::No(reply) | Tagged::Bad(reply) => Ok(Err(reply)),
    }
}
