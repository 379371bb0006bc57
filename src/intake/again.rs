//! A mail with the Message-ID, author, subject and words of one that is here.

use super::case::Case;
use crate::store::{MailId, Message, StoreError, Tx};
use crate::ticket::TicketId;
use anyhow::bail;
use chrono::{DateTime, TimeDelta, Utc};

/// Without a Date, a mail that comes so much later has been sent again: programs that give all their mails one Message-ID leave
/// that out, too.
const ON_ITS_WAY: TimeDelta = TimeDelta::hours(4);

/// What such a mail is.
pub(super) enum Again {
    /// The same mail, delivered twice on its way.
    Same(TicketId),
    /// Sent once more: with other files, those that were forgotten, say; or at another time, a program's alarm.
    SentAgain(TicketId),
}

/// What tells a mail that is delivered twice from one that is sent again.
#[derive(PartialEq)]
struct Sending {
    date: Option<DateTime<Utc>>,
    /// Names and sizes.
    files: Vec<(Option<String>, u64)>,
}

/// What `message`, the mail `pending`, is to those before it; `None` if there is none like it.
pub(super) fn find(case: &Case<'_>, message: &Message) -> anyhow::Result<Option<Again>> {
    let tx = case.tx;
    let earlier = tx.same_messages(message)?;
    let Some((ticket, ..)) = earlier.first().copied() else { return Ok(None) };
    let sending = sending(tx, case.pending.id)?;
    for (ticket, mail, at) in earlier {
        let dated = sending.as_ref().is_some_and(|sending| sending.date.is_some());
        if !dated && (message.at - at).abs() > ON_ITS_WAY {
            continue;
        }
        let is_same = match self::sending(tx, mail) {
            Ok(earlier) => earlier == sending,
            Err(error) if tx.passes(&error) => return Err(error),
            // It stays so: not a fault of the whole database, at which all that is to be filed would wait behind this mail.
            Err(error) if StoreError::is_behind(&error) => {
                bail!("the first mail of this Message-ID cannot be read: {error:#}")
            }
            // Of one that the disk has damaged nobody can say that its files were others.
            Err(_) => true,
        };
        if is_same {
            return Ok(Some(Again::Same(ticket)));
        }
    }
    Ok(Some(Again::SentAgain(ticket)))
}

/// Also the mail in hand is read once more: a large one was read without the bulk of its parts, and only its frames tell how long
/// they are. Six mails at most are read so, where Message-ID and words are here already.
fn sending(tx: &Tx<'_>, mail: MailId) -> anyhow::Result<Option<Sending>> {
    Ok(tx.parsed(mail)?.map(|mail| Sending {
        date: mail.date,
        files: mail.attachments.into_iter().map(|file| (file.name, file.size)).collect(),
    }))
}

/// Delivered twice, it says nothing new: it lies beside the first and changes nothing.
pub(super) fn file(case: &Case<'_>, message: &Message) -> anyhow::Result<()> {
    let why = "the same mail again: Message-ID, date, sender, subject, words and files";
    case.tx.insert_message(message, None)?;
    case.event(Some(message.ticket), "filed", why)?;
    case.filed(message.ticket, why)
}
