//! Copies of sent letters in the mailbox's folder for sent mail. A copy that fails is tried again later; it never holds up or
//! repeats a letter. Where the end of an attempt is not known, the folder is looked into first: else a copy would be there twice.

use crate::failpoint;
use crate::imap::{AppendError, Content, ImapError, SentFolder};
use crate::mail::{HeaderText, MessageId};
use crate::store::{EventSubject, OutboxId, Store, StoreError};
use crate::ticket::TicketId;
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// At least so often the queue is looked into.
const LOOK_EVERY: Duration = Duration::from_secs(300);

/// Pauses after the first, second, … failure in a row, in seconds; the last one repeats.
const PAUSES: [u64; 5] = [30, 120, 600, 1800, 3600];

/// So many failures of one letter, the last of them a refusal, and its copy is given up.
const MAX_REFUSALS: u32 = 5;

/// So many failures of one letter, the last of them the end of the connection while it was put there or looked for, and its copy is
/// given up: the server may have a copy of each time that it was put there.
const MAX_LOSSES: u32 = 3;

/// What helps where a copy is given up because the server did not take it.
const TOO_LARGE: &str =
    "if the server takes no mail of this size, raise its limit, or set sent_folder = \"off\"";

/// The same where an earlier attempt was cut off, and the copy could not be looked for.
const NOT_FOUND_OUT: &str = "it may be there from an earlier attempt; if the server cannot search that folder, mend its index, or set \
                             sent_folder = \"off\"";

/// At most so many copies are taken from the queue at once.
const BATCH: usize = 20;

/// A copy that is on its way when all is to stop gets this long to arrive.
const FINISH_WITHIN: Duration = Duration::from_secs(3);

/// Where copies go.
pub trait SentCopies: Send {
    /// Puts one copy there.
    fn append(
        &mut self,
        letter: &impl Content,
        date: DateTime<Utc>,
    ) -> impl Future<Output = Result<(), AppendError>> + Send;
    /// Whether a copy with this Message-ID is there.
    fn has(&mut self, id: &MessageId) -> impl Future<Output = Result<bool, AppendError>> + Send;
    /// Nothing more to do for now.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

impl SentCopies for SentFolder {
    async fn append(&mut self, letter: &impl Content, date: DateTime<Utc>) -> Result<(), AppendError> {
        Self::append(self, letter, date).await
    }

    async fn has(&mut self, id: &MessageId) -> Result<bool, AppendError> {
        Self::has(self, id).await
    }

    async fn close(&mut self) {
        Self::close(self).await;
    }
}

/// A letter that stays in the database but for the piece in hand.
struct Stored<'s> {
    store: &'s Store,
    id: OutboxId,
    size: u64,
}

impl Content for Stored<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    async fn piece(&self, number: usize) -> anyhow::Result<Option<Cow<'_, [u8]>>> {
        let id = self.id;
        let piece = self.store.read(move |reader| reader.letter_piece(id, number)).await?;
        Ok(piece.map(Cow::Owned))
    }
}

/// What is known of copies that did not succeed.
struct Unsure {
    /// How often the folder did not take a letter.
    failures: HashMap<OutboxId, u32>,
    /// A copy may be there: an attempt was cut off, now or before the start.
    perhaps_there: HashSet<OutboxId>,
}

/// Puts copies of sent letters into the folder until `stop` turns true. `sent` says that a letter has gone out.
///
/// # Errors
/// The store fails.
pub async fn run_copies(
    store: Store,
    mut folder: impl SentCopies,
    sent: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let mut failures: usize = 0;
    let before = store.read(|reader| reader.copies_wanted(usize::MAX)).await?;
    let mut unsure = Unsure { failures: HashMap::new(), perhaps_there: before.into_iter().collect() };
    loop {
        let told = sent.notified();
        tokio::pin!(told);
        told.as_mut().enable();
        let outcome = {
            let mut copying = std::pin::pin!(copy_all(&store, &mut folder, &mut unsure, stop.clone()));
            let outcome = tokio::select! {
                outcome = &mut copying => Some(outcome),
                _ = stop.wait_for(|stop| *stop) => None,
            };
            let Some(outcome) = outcome else {
                // What is on its way may be there already.
                let _ = tokio::time::timeout(FINISH_WITHIN, copying).await;
                return Ok(());
            };
            outcome?
        };
        folder.close().await;
        let pause = match outcome {
            Ok(()) => {
                failures = 0;
                LOOK_EVERY
            }
            Err(why) => {
                let pause = PAUSES.get(failures).or(PAUSES.last()).copied().unwrap_or_default();
                failures = failures.saturating_add(1);
                tracing::warn!(again_in_s = pause, "copies for the Sent folder wait: {why}");
                Duration::from_secs(pause)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = told, if failures == 0 => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Empties the queue. The inner error is the mailbox's.
async fn copy_all(
    store: &Store,
    folder: &mut impl SentCopies,
    unsure: &mut Unsure,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<Result<(), String>> {
    loop {
        let ids = store.read(|reader| reader.copies_wanted(BATCH)).await?;
        if ids.is_empty() {
            return Ok(Ok(()));
        }
        let (mut failed, mut lost) = (None, false);
        for id in ids {
            if *stop.borrow() {
                return Ok(Ok(()));
            }
            let (letter, size) = match store.read(move |reader| reader.letter_in_pieces(id)).await {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                // The disk has damaged this letter: the others get their turn.
                Err(error) if !error.is::<StoreError>() => {
                    let why = format!("{error:#}");
                    tracing::error!(letter = %id, "it gets no copy in the Sent folder: {why}");
                    give_up(store, id, None, why).await?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let date = letter.sent_at.unwrap_or(letter.created_at);
            let is_there = if unsure.perhaps_there.contains(&id) {
                folder.has(&letter.message_id).await
            } else {
                Ok(false)
            };
            // A search knows no size.
            let remedy = if is_there.is_ok() { TOO_LARGE } else { NOT_FOUND_OUT };
            let outcome = match is_there {
                Ok(true) => Ok(()),
                Ok(false) => folder.append(&Stored { store, id, size }, date).await,
                Err(error) => Err(error),
            };
            match outcome {
                Ok(()) => {
                    failpoint::hit("copy.appended");
                    store.write(0, move |tx| tx.copy_done(id)).await?;
                    unsure.perhaps_there.remove(&id);
                    lost = false;
                }
                // Perhaps only this letter is unwelcome there: the others get their turn.
                Err(error) => {
                    if error.in_hand {
                        unsure.perhaps_there.insert(id);
                    }
                    let (why, most) = blame(&error);
                    let Some(most) = most else { return Ok(Err(why)) };
                    let count = unsure.failures.entry(id).or_insert(0_u32);
                    *count += 1;
                    let is_last = *count >= most;
                    if is_last {
                        unsure.failures.remove(&id);
                        unsure.perhaps_there.remove(&id);
                        tracing::error!(
                            letter = %id,
                            size,
                            "it has gone out, but gets no copy in the Sent folder: {why}; {remedy}"
                        );
                        give_up(store, id, letter.ticket, why.clone()).await?;
                    }
                    // Two letters in a row: it is not the letters.
                    if error.in_hand && std::mem::replace(&mut lost, true) {
                        return Ok(Err(why));
                    }
                    if !is_last {
                        failed = Some(why);
                    }
                }
            }
        }
        if let Some(why) = failed {
            return Ok(Err(why));
        }
    }
}

/// Why a copy failed, and how often it may fail, if it may be the letter's fault.
fn blame(failed: &AppendError) -> (String, Option<u32>) {
    let (why, most) = if let ImapError::Refused { key: _, what, text } = &failed.error {
        (format!("the IMAP server refuses {what}: {text}"), Some(MAX_REFUSALS))
    } else {
        (failed.to_string(), failed.in_hand.then_some(MAX_LOSSES))
    };
    (HeaderText::new(&why, 300).to_string(), most)
}

async fn give_up(store: &Store, id: OutboxId, ticket: Option<TicketId>, why: String) -> anyhow::Result<()> {
    store
        .write(0, move |tx| {
            tx.copy_off(id)?;
            let subject = EventSubject { mail: None, ticket, outbox: Some(id) };
            tx.event(Utc::now(), subject, "not copied", &why)
        })
        .await
}
