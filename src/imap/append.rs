//! Copies of sent letters in the folder for sent mail.

pub(super) mod content;

use super::error::ImapError;
use super::fetching::search;
use super::folders::name::quoted_folder;
use super::folders::{create, select, sent_folder};
use super::session::login;
use super::session::protocol::{Connection, Stop, Tagged};
use super::settings::Settings;
use crate::mail::MessageId;
use chrono::{DateTime, Utc};
use content::Content;
use std::time::Duration;
use tokio::time::Instant;

/// A connection that was used so recently is taken to be alive without asking.
const FRESH: Duration = Duration::from_secs(30);

/// A connection that was not used for so long is closed rather than reused.
const STALE: Duration = Duration::from_secs(5 * 60);

/// Why a copy was not put into the folder, as far as is known, or could not be looked for there.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct AppendError {
    /// Why.
    pub error: ImapError,
    /// The conversation ended over this letter, or the search for it: it may be to blame, and perhaps the server has it.
    pub in_hand: bool,
}

impl From<ImapError> for AppendError {
    fn from(error: ImapError) -> Self {
        Self { error, in_hand: false }
    }
}

impl AppendError {
    /// While this very letter is put there, or looked for.
    fn in_hand(error: ImapError) -> Self {
        let in_hand = matches!(error, ImapError::Lost(_) | ImapError::Bye(_) | ImapError::Excess(_));
        Self { error, in_hand }
    }
}

/// The folder for sent mail of one mailbox, with a connection that is kept for a burst of letters.
pub struct SentFolder {
    settings: Settings,
    /// As configured; else found out.
    folder: Option<String>,
    stop: Stop,
    kept: Option<Kept>,
}

struct Kept {
    connection: Connection,
    folder: String,
    used: Instant,
}

impl SentFolder {
    /// `folder` (UTF-8) under the user's own folders, if there is none of that very name. Without it: the folder that the server marks `\Sent` (RFC 6154), else one
    /// with a usual name, else a new `Sent`. Once `stop` turns true, all but a letter that is on its way ends with [`ImapError::Stopped`].
    #[must_use]
    pub fn new(settings: Settings, folder: Option<String>, stop: Stop) -> Self {
        Self { settings, folder, stop, kept: None }
    }

    /// Whether a letter with this Message-ID is there, as far as the server tells.
    ///
    /// # Errors
    /// The server cannot be reached, or does not search.
    pub async fn has(&mut self, id: &MessageId) -> Result<bool, AppendError> {
        let mut kept = match self.alive().await {
            Some(kept) => kept,
            None => self.open().await?,
        };
        let found = match select(&mut kept.connection, &kept.folder, true).await {
            Ok(_) => {
                // Without an index the server reads all mails of the folder.
                kept.connection.set_silence(self.settings.timing.append);
                let found = search::has_message_id(&mut kept.connection, id).await;
                kept.connection.set_silence(self.settings.timing.inactivity);
                found.map_err(AppendError::in_hand)?
            }
            // It may not be there yet.
            Err(ImapError::Refused { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        kept.used = Instant::now();
        self.kept = Some(kept);
        Ok(found)
    }

    /// Puts a copy of a letter there, marked `\Seen`, dated `date`.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn append<C: Content>(&mut self, content: &C, date: DateTime<Utc>) -> Result<(), AppendError> {
        let mut kept = match self.alive().await {
            Some(kept) => kept,
            None => self.open().await?,
        };
        if let Some(limit) = kept.connection.append_limit().filter(|limit| content.size() > *limit) {
            let text = format!("it has {} bytes, APPENDLIMIT is {limit}", content.size());
            let what = format!("to put a copy into the folder {}", kept.folder);
            self.kept = Some(kept);
            return Err(ImapError::refused(what, text).of_setting("sent_folder").into());
        }
        let mut tagged = self.put(&mut kept, content, date).await?;
        if matches!(&tagged, Tagged::No(reply) if reply.code == "TRYCREATE") {
            let created = create(&mut kept.connection, &kept.folder).await?;
            created.ok(|| format!("to create the folder {}", kept.folder))?;
            tagged = self.put(&mut kept, content, date).await?;
        }
        kept.used = Instant::now();
        let folder = kept.folder.clone();
        self.kept = Some(kept);
        tagged.ok(|| format!("to put a copy into the folder {folder}"))?;
        Ok(())
    }

    /// Closes the connection.
    pub async fn close(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.connection.leave(false).await;
        }
    }

    /// The kept connection, if it still works.
    async fn alive(&mut self) -> Option<Kept> {
        let mut kept = self.kept.take()?;
        let age = kept.used.elapsed();
        if age > STALE {
            kept.connection.leave(false).await;
            return None;
        }
        if age > FRESH {
            kept.connection.run("NOOP", |_| ()).await.ok()?;
        }
        Some(kept)
    }

    async fn open(&self) -> Result<Kept, ImapError> {
        let mut connection = login::open(&self.settings, self.stop.clone()).await?;
        let folder = sent_folder(&mut connection, &self.settings.account, self.folder.as_deref()).await?;
        Ok(Kept { connection, folder, used: Instant::now() })
    }

    async fn put<C: Content>(
        &self,
        kept: &mut Kept,
        content: &C,
        date: DateTime<Utc>,
    ) -> Result<Tagged, AppendError> {
        let date = date.format("%d-%b-%Y %H:%M:%S +0000");
        let command = format!("APPEND {} (\\Seen) \"{date}\"", quoted_folder(&kept.folder));
        let connection = &mut kept.connection;
        // Cut off, it may be there without our knowing.
        let (_nobody_stops, never) = tokio::sync::watch::channel(false);
        let stop = std::mem::replace(&mut connection.stop, never);
        let outcome = async {
            match connection.send_content(&command, content).await? {
                Ok(tag) => {
                    connection.set_silence(self.settings.timing.append);
                    let tagged = connection.finish(&tag, |_| ()).await?;
                    connection.set_silence(self.settings.timing.inactivity);
                    Ok(tagged)
                }
                Err(tagged) => Ok(tagged),
            }
        };
        let outcome = outcome.await;
        kept.connection.stop = stop;
        outcome.map_err(AppendError::in_hand)
    }
}
