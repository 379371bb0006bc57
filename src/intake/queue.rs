//! The queue of new mails: claimed, read on several threads, filed batch by batch.

use super::case::Case;
use super::trial::{Trial, Verdict};
use super::{Desk, Reading, file, parse};
use crate::failpoint;
use crate::store::{MailId, NextMails, Pending, Store, StoreError, Tx};
use anyhow::Context as _;
use chrono::Utc;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// At most so many mails, and so many bytes of them, are in memory at a time.
const BATCH_MAILS: usize = 200;
const BATCH_BYTES: u64 = 1_500_000;
/// At most so many mails are in the hands of one thread.
const SOME: usize = 32;
/// At most so many threads read mails: on a machine of many processors the disk is the limit, and each thread keeps
/// memory of its own.
const READERS: usize = 4;
/// A mail that has been begun so often without an end is read on trial before it is begun again.
const MAX_ATTEMPTS: u32 = 3;
/// After so many it is held, though its trial found nothing: it may be something else about it that kills.
const MOST_ATTEMPTS: u32 = 8;
/// Whoever is in hand for less when a stop is cut off is not blamed for that; reading and filing take far less, but a machine
/// may be busy. A mail that takes longer may be one that nobody gets to the end of.
const INNOCENT: Duration = Duration::from_secs(60);
/// Looks for new mails this often even if nobody rings: a safety net, and the retry after a database error.
const SAFETY: Duration = Duration::from_secs(30);

/// What is known of attempts at mails, and how a mail is tried that used up its own. Lives longer than one [`run`].
#[derive(Debug)]
pub struct Attempts {
    trial: Trial,
    /// The writer counts, too: what is queued there is done even where nobody waits for it any more.
    counted: Arc<Mutex<Counted>>,
}

#[derive(Debug, Default)]
struct Counted {
    /// Claimed, and not filed yet.
    begun: BTreeSet<MailId>,
    /// Claimed by the writer a moment ago; whether that is durable is not known here yet.
    coming: Vec<MailId>,
    /// When the last of these were claimed, or the last before them filed.
    since: Option<Instant>,
    /// Their last claim is to be taken back: the database failed, not the mail.
    excused: BTreeSet<MailId>,
}

impl Attempts {
    /// None so far.
    #[must_use]
    pub fn new(trial: Trial) -> Self {
        Self { trial, counted: Arc::default() }
    }

    /// To be called when a stop did not wait for [`run`] to end: takes the attempts of what was in hand back, unless it has been
    /// in hand for so long that it may be what we waited for.
    ///
    /// # Errors
    /// If the database cannot be written: then they count.
    pub async fn cut_off(&self, store: &Store) -> anyhow::Result<()> {
        let (counted, now) = (self.counted.clone(), Instant::now());
        // Behind whatever the writer was given before: what is claimed by then is known, what is filed is not new any more.
        let excuse = move |tx: &Tx<'_>| {
            let innocent: Vec<MailId> = {
                let mut counted = lock(&counted);
                let mut begun = std::mem::take(&mut counted.begun);
                begun.extend(std::mem::take(&mut counted.coming));
                let in_hand = |since: Instant| now.saturating_duration_since(since);
                let stuck = counted.since.is_none_or(|since| in_hand(since) >= INNOCENT);
                if stuck { Vec::new() } else { begun.into_iter().collect() }
            };
            tx.excuse(&innocent)
        };
        store.write(0, excuse).await
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        lock(&self.counted)
    }
}

fn lock(counted: &Mutex<Counted>) -> MutexGuard<'_, Counted> {
    counted.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What tells that there is work: for this task, and by it for others.
#[derive(Clone, Debug, Default)]
pub struct Bells {
    /// Rings when there are new mails.
    pub arrived: Arc<Notify>,
    /// Is rung when letters wait.
    pub letters: Arc<Notify>,
    /// Is rung when tickets have changed.
    pub filed: Arc<Notify>,
}

/// Files new mails until `stop`.
///
/// # Errors
/// When the database does not take a mail that is in order; the task is started again. If the database is to blame (the
/// disk is full), the attempt counts against no mail.
pub async fn run(
    store: Store,
    desk: Arc<Desk>,
    attempts: Arc<Attempts>,
    bells: Bells,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    let outcome = work(&store, &desk, &attempts, &bells, stop).await;
    if outcome.as_ref().is_err_and(is_the_database) {
        let mut attempts = attempts.lock();
        attempts.coming.clear();
        let begun = std::mem::take(&mut attempts.begun);
        attempts.excused.extend(begun);
    }
    outcome
}

async fn work(
    store: &Store,
    desk: &Arc<Desk>,
    attempts: &Attempts,
    bells: &Bells,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    loop {
        // Nothing is in hand. A batch is written while the next is read and the one after it is claimed.
        {
            let mut counted = attempts.lock();
            counted.begun.clear();
            counted.coming.clear();
        }
        let mut claimed = claim(store, attempts, &bells.filed, &mut stop).await?;
        let idle = claimed.is_empty();
        let mut read = None;
        while read.is_some() || !claimed.is_empty() {
            let goes_on = !*stop.borrow();
            let (filed, ahead) = tokio::join!(file_batch(store, desk, attempts, read.take(), bells), async {
                if claimed.is_empty() {
                    return anyhow::Ok((None, Vec::new()));
                }
                let next = async {
                    if goes_on {
                        claim(store, attempts, &bells.filed, &mut stop).await
                    } else {
                        Ok(Vec::new())
                    }
                };
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
            () = bells.arrived.notified() => {}
            () = tokio::time::sleep(SAFETY) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Claims the next mails, without those in hand. None: there are no others, a suspect has to be alone, or it is time to
/// stop. `filed` is rung for one that is held.
async fn claim(
    store: &Store,
    attempts: &Attempts,
    filed: &Notify,
    stop: &mut watch::Receiver<bool>,
) -> anyhow::Result<Vec<MailId>> {
    loop {
        let (excused, in_hand): (Vec<MailId>, Vec<MailId>) = {
            let attempts = attempts.lock();
            (attempts.excused.iter().copied().collect(), attempts.begun.iter().copied().collect())
        };
        let counted = attempts.counted.clone();
        let claim = store
            .write(0, move |tx| {
                tx.excuse(&excused)?;
                let claim = tx.claim_new(BATCH_MAILS, BATCH_BYTES, MAX_ATTEMPTS, &in_hand)?;
                if let NextMails::Begun(ids) = &claim {
                    let mut counted = lock(&counted);
                    counted.coming.clone_from(ids);
                    counted.since = Some(Instant::now());
                }
                Ok(claim)
            })
            .await?;
        attempts.lock().excused.clear();
        let begun = match claim {
            NextMails::Begun(ids) => ids,
            NextMails::Suspect(id, deaths) => {
                // A death on trial counts: where the kernel ends a whole group for the memory of one, nothing else would end it.
                store.write(0, move |tx| tx.begin(id)).await?;
                let tried = tokio::select! {
                    why = why_held(store, &attempts.trial, id, deaths) => Some(why),
                    _ = stop.wait_for(|stop| *stop) => None,
                };
                let Some(why) = tried else {
                    // Somebody asked for that: it is no death.
                    store.write(0, move |tx| tx.excuse(&[id])).await?;
                    return Ok(Vec::new());
                };
                if let Some(why) = why {
                    hold(store, id, why).await?;
                    filed.notify_one();
                    continue;
                }
                vec![id]
            }
        };
        let mut counted = attempts.lock();
        counted.coming.clear();
        counted.begun.extend(&begun);
        counted.since = Some(Instant::now());
        return Ok(begun);
    }
}

/// Why a suspect is held, if it is: that it was in hand at some deaths is no proof.
async fn why_held(store: &Store, trial: &Trial, id: MailId, deaths: u32) -> Option<String> {
    let died = format!("askback died or failed {deaths} times while it processed this mail");
    if deaths >= MOST_ATTEMPTS {
        return Some(died);
    }
    if deaths > MAX_ATTEMPTS {
        // It has stood its trial, or we died in it.
        return None;
    }
    match trial.of(store, id).await {
        Verdict::Fatal(how) => Some(format!("{died}, and a process that only read it {how}")),
        Verdict::Harmless => {
            tracing::warn!(
                mail = id.0,
                "{died}, but a process that only read it took no harm: it is processed as usual"
            );
            None
        }
        Verdict::Unknown(why) => {
            tracing::error!(
                mail = id.0,
                "{died}, and it could not be read on trial: {why}; it is begun again"
            );
            None
        }
    }
}

async fn hold(store: &Store, id: MailId, why: String) -> anyhow::Result<()> {
    tracing::error!(mail = id.0, "a mail is held: {why}");
    store.write(0, move |tx| tx.hold(id, &why, Utc::now())).await
}

/// Whether no mail is to blame for an error.
fn is_the_database(error: &anyhow::Error) -> bool {
    error.downcast_ref::<StoreError>().is_some()
}

/// Reads claimed mails.
async fn read_batch(store: &Store, desk: &Arc<Desk>, ids: Vec<MailId>) -> anyhow::Result<Vec<Read>> {
    failpoint::hit("intake.claimed");
    let (store, desk) = (store.clone(), desk.clone());
    tokio::task::spawn_blocking(move || read_all(&store, &ids, &desk))
        .await
        .context("the task that reads mails has died")?
}

/// Files mails that have been read, in one transaction; one by one if that fails. Rings for letters and changed tickets.
async fn file_batch(
    store: &Store,
    desk: &Arc<Desk>,
    attempts: &Attempts,
    batch: Option<Vec<Read>>,
    bells: &Bells,
) -> anyhow::Result<()> {
    let Some(batch) = batch else { return Ok(()) };
    failpoint::hit("intake.read");
    let batch = Arc::new(batch);
    if let Err(error) = file_together(store, desk, batch.clone(), 0..batch.len()).await {
        tracing::warn!(
            mails = batch.len(),
            "a batch could not be filed, its mails follow one by one: {error:#}"
        );
        for (at, (pending, _)) in batch.iter().enumerate() {
            match file_together(store, desk, batch.clone(), at..at + 1).await {
                // It would not be filed the next time either, and others wait behind it.
                Err(error) if !is_the_database(&error) => {
                    hold(store, pending.id, format!("it could not be filed: {error:#}")).await?;
                }
                outcome => outcome?,
            }
        }
    }
    failpoint::hit("intake.committed");
    {
        let mut counted = attempts.lock();
        counted.begun.retain(|id| !batch.iter().any(|(pending, _)| pending.id == *id));
        counted.since = Some(Instant::now());
    }
    bells.letters.notify_one();
    bells.filed.notify_one();
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
            let mut stopped = 0_usize;
            for (pending, reading) in batch.get(part).unwrap_or_default() {
                if let Some(why) = &pending.damaged {
                    tx.hold(pending.id, why, now)?;
                } else {
                    let case = Case { tx, desk: &desk, pending, mail: &reading.mail, now };
                    file(case, &reading.request, &mut stopped)?;
                }
                failpoint::hit("intake.filed-one");
            }
            if stopped > 0 {
                tracing::error!(
                    mails = stopped,
                    "too many automatic letters in an hour: none goes to unknown senders, or to anybody; agents take over, see `askback outbox`"
                );
            }
            Ok(())
        })
        .await
}

/// A mail with what it says. The bytes are gone by then: they lie in the store.
type Read = (Pending, Reading);

/// Reads mails and gives them in order, on as many threads as there are processors, up to [`READERS`].
fn read_all(store: &Store, ids: &[MailId], desk: &Desk) -> anyhow::Result<Vec<Read>> {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads = processors.min(READERS).min(ids.len());
    let queue = Mutex::new(ids);
    // Each thread takes some when it is done with some, the fewer the closer the end: mails differ a hundredfold in length.
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        let some = (queue.len() / (2 * threads)).clamp(1, SOME);
        let (some, rest) = queue.split_at_checked(some)?;
        *queue = rest;
        Some((rest.len(), some))
    };
    let share =
        || std::iter::from_fn(next).map(|(left, ids)| Ok((left, read_some(store, ids, desk)?))).collect();
    std::thread::scope(|scope| {
        let spawn = |_| std::thread::Builder::new().name("reader".to_owned()).spawn_scoped(scope, share);
        let others: Vec<_> = (1..threads).map(spawn).collect();
        let mut done: Vec<(usize, Vec<Read>)> = share()?;
        // Where no thread can be started, the others have done its part.
        for other in others.into_iter().flatten() {
            let share: anyhow::Result<Vec<_>> =
                other.join().map_err(|_| anyhow::anyhow!("reading a mail panicked"))?;
            done.extend(share?);
        }
        done.sort_unstable_by_key(|(left, _)| Reverse(*left));
        Ok(done.into_iter().flat_map(|(_, read)| read).collect())
    })
}

/// Reads a few mails on this thread. All are parsed before the first is understood: what understanding needs stays in the
/// processor's cache from mail to mail.
fn read_some(store: &Store, ids: &[MailId], desk: &Desk) -> anyhow::Result<Vec<Read>> {
    let parse = |mut pending: Pending| {
        let mail = parse(&std::mem::take(&mut pending.raw), desk);
        (pending, mail)
    };
    let pending = store.read_now(|reader| reader.pending(ids))?;
    let parsed: Vec<_> = pending.into_iter().map(parse).collect();
    let understand = |(pending, mail)| {
        let reading = Reading::of(mail, desk, &pending);
        (pending, reading)
    };
    Ok(parsed.into_iter().map(understand).collect())
}

#[cfg(test)]
mod tests;
