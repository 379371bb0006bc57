//! A mail with the Message-ID, author, subject and words of one that is here.

use super::case::Case;
use crate::mail::Mail;
use crate::store::{MailId, Message, Tx};
use crate::ticket::TicketId;

/// What such a mail is.
pub(super) enum Again {
    /// The same mail, delivered twice on its way.
    Same(TicketId),
    /// Sent once more with other files: those that were forgotten, say.
    OtherFiles(TicketId),
}

/// What `message`, the mail `pending`, is to those before it; `None` if there is none like it.
pub(super) fn find(case: &Case<'_>, message: &Message) -> anyhow::Result<Option<Again>> {
    let tx = case.tx;
    let earlier = tx.same_messages(message)?;
    let Some((ticket, _)) = earlier.first().copied() else { return Ok(None) };
    let files = files(tx, case.pending.id)?;
    for (ticket, mail) in earlier {
        // Of one that the disk has damaged nobody can say that its files were others.
        if self::files(tx, mail).map_or(true, |earlier| earlier == files) {
            return Ok(Some(Again::Same(ticket)));
        }
    }
    Ok(Some(Again::OtherFiles(ticket)))
}

/// Names and sizes of the files of a mail. Also the one in hand is read once more: a large mail was read without the bulk of its parts,
/// and only its frames tell how long they are. Six mails at most are read so, where Message-ID and words are here already.
fn files(tx: &Tx<'_>, mail: MailId) -> anyhow::Result<Vec<(Option<String>, u64)>> {
    let files = |mail: Mail| mail.attachments.into_iter().map(|file| (file.name, file.size)).collect();
    Ok(tx.parsed(mail)?.map(files).unwrap_or_default())
}

/// Delivered twice, it says nothing new: it lies beside the first and changes nothing.
pub(super) fn file(case: &Case<'_>, message: &Message) -> anyhow::Result<()> {
    let why = "the same mail again: Message-ID, sender, subject, words and files";
    case.tx.insert_message(message, None)?;
    case.event(Some(message.ticket), "filed", why)?;
    case.filed(message.ticket, why)
}
