//! The queue of new mails: claimed, read on several threads, filed batch by batch.

use super::{Desk, Reading, file};
use crate::failpoint;
use crate::mail;
use crate::request;
use crate::store::{MailId, Pending, Store, StoreError};
use anyhow::Context as _;
use chrono::Utc;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// At most so many mails, and so many bytes of them, are in memory at a time.
const BATCH_MAILS: usize = 200;
const BATCH_BYTES: u64 = 2 << 20;
/// At most so many threads read mails: on a machine of many processors the disk is the limit, and each thread keeps
/// memory of its own.
const READERS: usize = 4;
/// A mail that has been begun more often than this without an end is held.
const MAX_ATTEMPTS: u32 = 3;
/// Looks for new mails this often even if nobody rings: a safety net, and the retry after a database error.
const SAFETY: Duration = Duration::from_secs(30);

/// Attempts that count against no mail: the database failed, not the mail. Lives longer than one [`run`].
#[derive(Debug, Default)]
pub struct Attempts(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    /// Claimed, and not filed yet.
    begun: BTreeSet<MailId>,
    /// Their last claim is to be taken back.
    excused: BTreeSet<MailId>,
}

impl Attempts {
    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files new mails until `stop`. `arrived` rings when there are some; `letters` and `filed` are rung when letters wait
/// and tickets have changed.
///
/// # Errors
/// When the database does not take a mail that is in order; the task is started again. If the database is to blame (the
/// disk is full), the attempt counts against no mail.
pub async fn run(
    store: Store,
    desk: Arc<Desk>,
    attempts: Arc<Attempts>,
    arrived: Arc<Notify>,
    letters: Arc<Notify>,
    filed: Arc<Notify>,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    attempts.lock().begun.clear();
    let outcome = work(&store, &desk, &attempts, &arrived, (&letters, &filed), stop).await;
    if outcome.as_ref().is_err_and(|error| error.downcast_ref::<StoreError>().is_some()) {
        let mut attempts = attempts.lock();
        let begun = std::mem::take(&mut attempts.begun);
        attempts.excused.extend(begun);
    }
    outcome
}

async fn work(
    store: &Store,
    desk: &Arc<Desk>,
    attempts: &Attempts,
    arrived: &Notify,
    bells: (&Notify, &Notify),
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    loop {
        // A batch is written while the next is read and the one after it is claimed.
        let mut claimed = claim(store, attempts, &[]).await?;
        let idle = claimed.is_empty();
        let mut read = None;
        while read.is_some() || !claimed.is_empty() {
            let goes_on = !*stop.borrow();
            let (filed, ahead) = tokio::join!(file_batch(store, desk, attempts, read.take(), bells), async {
                if claimed.is_empty() {
                    return anyhow::Ok((None, Vec::new()));
                }
                let next =
                    async { if goes_on { claim(store, attempts, &claimed).await } else { Ok(Vec::new()) } };
                let (read, next) = tokio::join!(read_batch(store, desk, claimed.clone()), next);
                Ok((Some(read?), next?))
            });
            filed?;
            (read, claimed) = ahead?;
        }
        if *stop.borrow() {
            return Ok(());
        }
        if !idle {
            // Filing may have made others new again: answers that were here before their questions.
            continue;
        }
        tokio::select! {
            () = arrived.notified() => {}
            () = tokio::time::sleep(SAFETY) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Claims the next mails, `in_hand` left out.
async fn claim(store: &Store, attempts: &Attempts, in_hand: &[MailId]) -> anyhow::Result<Vec<MailId>> {
    let in_hand = in_hand.to_vec();
    let excused: Vec<MailId> = attempts.lock().excused.iter().copied().collect();
    let claimed = store
        .write(0, move |tx| {
            tx.excuse(&excused)?;
            tx.claim_new(BATCH_MAILS, BATCH_BYTES, &in_hand)
        })
        .await?;
    let mut attempts = attempts.lock();
    attempts.excused.clear();
    attempts.begun.extend(&claimed);
    Ok(claimed)
}

/// Reads claimed mails.
async fn read_batch(store: &Store, desk: &Arc<Desk>, ids: Vec<MailId>) -> anyhow::Result<Vec<Read>> {
    failpoint::hit("intake.claimed");
    let pending = store.read(move |reader| reader.pending(&ids)).await?;
    let desk = desk.clone();
    tokio::task::spawn_blocking(move || read_all(pending, &desk))
        .await
        .context("the task that reads mails has died")?
}

/// Files mails that have been read, in one transaction; one by one if that fails. Rings for letters and changed tickets.
async fn file_batch(
    store: &Store,
    desk: &Arc<Desk>,
    attempts: &Attempts,
    batch: Option<Vec<Read>>,
    (letters, filed): (&Notify, &Notify),
) -> anyhow::Result<()> {
    let Some(batch) = batch else { return Ok(()) };
    failpoint::hit("intake.read");
    let batch = Arc::new(batch);
    if let Err(error) = file_together(store, desk, batch.clone(), 0..batch.len()).await {
        tracing::warn!(
            mails = batch.len(),
            "a batch could not be filed, its mails follow one by one: {error:#}"
        );
        for at in 0..batch.len() {
            file_together(store, desk, batch.clone(), at..at + 1).await?;
        }
    }
    failpoint::hit("intake.committed");
    attempts.lock().begun.retain(|id| !batch.iter().any(|(pending, _)| pending.id == *id));
    letters.notify_one();
    filed.notify_one();
    Ok(())
}

/// Files a part of a batch in one transaction.
async fn file_together(
    store: &Store,
    desk: &Arc<Desk>,
    batch: Arc<Vec<Read>>,
    part: Range<usize>,
) -> anyhow::Result<()> {
    let desk = desk.clone();
    store
        .write(0, move |tx| {
            let now = Utc::now();
            let mut held_back = 0_usize;
            for (pending, reading) in batch.get(part).unwrap_or_default() {
                if let Some(why) = &pending.damaged {
                    tx.hold(pending.id, why, now)?;
                } else if pending.attempts > MAX_ATTEMPTS {
                    let why = "askback died several times while it processed this mail";
                    tx.hold(pending.id, why, now)?;
                } else {
                    file(tx, &desk, pending, reading, &mut held_back, now)?;
                }
                failpoint::hit("intake.filed-one");
            }
            if held_back > 0 {
                tracing::error!(
                    mails = held_back,
                    "too many automatic letters in an hour: none goes to unknown senders, or to anybody; agents take over, see `askback outbox`"
                );
            }
            Ok(())
        })
        .await
}

/// A mail with what it says. The bytes are gone by then: they lie in the store.
type Read = (Pending, Reading);

/// Reads mails in order, on this thread and as many others as there are processors beside it.
fn read_all(pending: Vec<Pending>, desk: &Desk) -> anyhow::Result<Vec<Read>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = pending.len().div_ceil(processors.min(READERS)).max(1);
    let mut others: Vec<Vec<Pending>> = Vec::new();
    let mut mine = pending;
    while mine.len() > share {
        others.push(mine.split_off(mine.len() - share));
    }
    let work = |share: Vec<Pending>| share.into_iter().map(|mail| read(mail, desk)).collect::<Vec<Read>>();
    std::thread::scope(|scope| {
        let spawn = |share| {
            std::thread::Builder::new().name("reader".to_owned()).spawn_scoped(scope, move || work(share))
        };
        let workers: Vec<_> = others.into_iter().map(spawn).collect();
        let mut all = work(mine);
        // The shares were cut off from the end.
        for worker in workers.into_iter().rev() {
            let worker = worker.context("no thread could be started to read mails")?;
            all.extend(worker.join().map_err(|_| anyhow::anyhow!("reading a mail panicked"))?);
        }
        Ok(all)
    })
}

fn read(mut pending: Pending, desk: &Desk) -> Read {
    let mail = mail::parse(&std::mem::take(&mut pending.raw));
    let request = request::read(&mail, &[], &desk.regulation_at(pending.received_at).rules);
    (pending, Reading { mail, request })
}
