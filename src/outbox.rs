//! Letters out: claim one and commit, send it without a transaction open, commit what came of it.
//!
//! An automatic letter goes out at most once: what nobody can know the fate of is `ambiguous` and stays here. An agent's
//! answer goes out at least once, always with the same Message-ID, and no more once it may have arrived three times. Copies
//! for the Sent folder are a queue of their own ([`copies`]): a mailbox that is full stops no letter.

pub mod copies;
pub mod mailer;
pub mod retry;
pub mod smtp;

#[cfg(test)]
#[path = "../tests/support/memory_mailer.rs"]
pub(crate) mod memory_mailer;
#[cfg(test)]
mod tests;

use crate::failpoint;
use crate::mail::{self, MessageId};
use crate::store::{Claimed, EventSubject, GoneOut, Letter, LetterKind, OutboxId, Store, Tx};
use crate::ticket::TicketId;
use chrono::{DateTime, Utc};
use mailer::{Mailer, SendOutcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// At least so often the outbox is looked into although nothing is known to be due: clocks are set, letters are put
/// there by the command line.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How long a letter that is being sent may go on when we are to stop.
const LAST_LETTER: Duration = Duration::from_secs(2);

/// An answer or notice is sent no more once it may have arrived so many times: a server that never says that it has a letter, because
/// something cuts the connection while it looks for viruses, will not say so the next time.
const MAX_IN_DOUBT: u32 = 3;

/// Sends letters as they become due, until `stop` turns true; the letter in hand is finished first, for at most 2 seconds.
/// `wake` says that something new may be due; `sent` is told of every letter that went out.
///
/// # Errors
/// The store fails. Started again, it first settles the letter that it was at.
pub async fn run(
    store: Store,
    mut mailer: impl Mailer,
    wake: Arc<Notify>,
    sent: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    store.write(0, |tx| recover(tx, Utc::now())).await?;
    let (mut failures, mut refusals) = (0, 0);
    loop {
        let woken = wake.notified();
        tokio::pin!(woken);
        // From here on a wake-up counts, even one that comes while the database is being asked.
        woken.as_mut().enable();

        let Burst { trouble, shut, login_refused, took, .. } =
            send_due(&store, &mut mailer, &sent, &mut stop).await?;
        mailer.end_burst().await;
        if *stop.borrow() {
            return Ok(());
        }
        if took {
            failures = 0;
        }
        if let Some(why) = trouble {
            let (pause, count) = if login_refused {
                (retry::login_pause(refusals), &mut refusals)
            } else {
                refusals = 0;
                (retry::server_pause(failures), &mut failures)
            };
            *count = count.saturating_add(1);
            tracing::warn!(again_in_s = pause.as_secs(), "letters wait: {why}");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = woken, if !shut => {}
                _ = stop.wait_for(|stop| *stop) => return Ok(()),
            }
            continue;
        }
        (failures, refusals) = (0, 0);
        let due = store.read(|reader| reader.next_due()).await?;
        tokio::select! {
            () = tokio::time::sleep(until(due, Utc::now())) => {}
            () = woken => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// How long to sleep until the next letter is due.
fn until(due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Duration {
    let wait = due.map(|due| (due - now).to_std().unwrap_or_default());
    wait.map_or(LOOK_EVERY, |wait| wait.min(LOOK_EVERY))
}

/// What came of the letters that were due.
#[derive(Default)]
struct Burst {
    /// Why letters wait, if the server was not reached or takes some from us.
    trouble: Option<String>,
    /// Nobody's letter would get through.
    shut: bool,
    /// Because the server refuses our login.
    login_refused: bool,
    /// The server took one.
    took: bool,
    /// The last letter, if it was unwelcome.
    unwelcome: Option<OutboxId>,
}

impl Burst {
    /// Goes by what came of the last letter. Two that are unwelcome one after the other speak for all; one whose turn it is again,
    /// in a long burst, does not.
    fn note(&mut self, letter: OutboxId, outcome: &SendOutcome) {
        let before = self.unwelcome.take();
        match outcome {
            SendOutcome::Accepted { .. } => self.took = true,
            SendOutcome::Unreachable { why } => (self.trouble, self.shut) = (Some(why.clone()), true),
            SendOutcome::LoginRefused { why } => {
                (self.trouble, self.shut, self.login_refused) = (Some(why.clone()), true, true);
            }
            SendOutcome::Unwelcome { why } => {
                self.trouble = Some(why.clone());
                self.shut = before.is_some_and(|before| before != letter);
                self.unwelcome = Some(letter);
            }
            SendOutcome::Retry { .. } | SendOutcome::Refused { .. } | SendOutcome::Ambiguous { .. } => {}
        }
    }
}

/// Sends what is due, one letter after the other over one connection, as long as there is hope.
async fn send_due(
    store: &Store,
    mailer: &mut impl Mailer,
    sent: &Notify,
    stop: &mut watch::Receiver<bool>,
) -> anyhow::Result<Burst> {
    let mut burst = Burst::default();
    // The outcome of one letter and the claim of the next share a commit.
    let mut last: Option<Done> = None;
    loop {
        if let Some(Done { letter, outcome, .. }) = &last {
            burst.note(letter.id, outcome);
        }
        let went_out = matches!(&last, Some(Done { outcome: SendOutcome::Accepted { .. }, .. }));
        let go_on = !burst.shut && !*stop.borrow();
        let done = last.take();
        let next = store
            .write(0, move |tx| {
                let now = Utc::now();
                if let Some(done) = &done {
                    record(tx, done, now)?;
                }
                Ok(if go_on { tx.claim_due(now, 1)?.pop() } else { None })
            })
            .await?;
        if went_out {
            failpoint::hit("outbox.recorded");
            sent.notify_one();
        }
        let Some(Claimed { letter, packed }) = next else { return Ok(burst) };
        failpoint::hit("outbox.claimed");
        let stopped = async {
            let _ = stop.wait_for(|stop| *stop).await;
            tokio::time::sleep(LAST_LETTER).await;
        };
        let outcome = tokio::select! {
            outcome = mailer.send(letter.envelope_from.as_ref(), &letter.to, &packed) => Some(outcome),
            () = stopped => None,
        };
        let outcome = outcome.unwrap_or_else(|| mailer.give_up());
        failpoint::hit("outbox.handed-over");
        tracing::info!(
            letter = letter.id.0,
            outcome = outcome.name(),
            "tried to hand a letter to the mail server"
        );
        let answered = match letter.kind {
            LetterKind::Answer => mail::parse(&packed.head()?).in_reply_to,
            LetterKind::Ask | LetterKind::Accept | LetterKind::Notice => Vec::new(),
        };
        last = Some(Done { letter, answered, outcome });
    }
}

/// A letter that has been handed to the server, or could not be. Its bytes are gone before the next one is there: both may be
/// large.
struct Done {
    letter: Letter,
    /// What an answer answers.
    answered: Vec<MessageId>,
    outcome: SendOutcome,
}

/// At start, before the first claim: settles the letters that a dead daemon was sending. Each may have arrived, and counts like one
/// whose end the server did not tell, or a letter that kills us would be sent without end. That was no incident of the server's, so
/// what may be sent again is due.
fn recover(tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
    for letter in tx.claimed_letters()? {
        let outcome = SendOutcome::Ambiguous { why: "askback ended while it was being sent".to_owned() };
        let next = (doubts(tx, &letter)? < doubts_allowed(letter.kind)).then_some(now);
        if next.is_none() {
            tracing::warn!(
                letter = letter.id.0,
                "a letter whose fate is unknown is not sent again; see `askback outbox`"
            );
        }
        write_down(tx, &Done { letter, answered: Vec::new(), outcome }, next, now)?;
    }
    tx.unwelcome_are_due(now)
}

/// How often a letter may have arrived before this time.
fn doubts(tx: &Tx<'_>, letter: &Letter) -> anyhow::Result<u32> {
    let times = tx.times(letter, SendOutcome::Ambiguous { why: String::new() }.name())?;
    Ok(u32::try_from(times).unwrap_or(u32::MAX))
}

/// How often a letter may have arrived and is sent again nevertheless.
const fn doubts_allowed(kind: LetterKind) -> u32 {
    if kind.is_automatic() { 0 } else { MAX_IN_DOUBT - 1 }
}

/// Writes down what came of a claimed letter.
fn record(tx: &Tx<'_>, done: &Done, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Done { letter, outcome, .. } = done;
    let next = if matches!(outcome, SendOutcome::Ambiguous { .. }) {
        let doubts = doubts(tx, letter)?;
        let again = doubts < doubts_allowed(letter.kind);
        retry::next_after_doubt(doubts, letter.created_at, now).filter(|_| again)
    } else {
        retry::next_attempt(letter.attempts, letter.created_at, now)
    };
    write_down(tx, done, next, now)
}

/// The same; `next` is when it is tried again, if that is to be.
fn write_down(
    tx: &Tx<'_>,
    done: &Done,
    next: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Done { letter, outcome, .. } = done;
    match (outcome, next) {
        (SendOutcome::Accepted { response }, _) => tx.record_sent(letter.id, response, now)?,
        (SendOutcome::Refused { why }, _) => return refused(tx, letter, why, now),
        (SendOutcome::Ambiguous { why }, None) => return ambiguous(tx, done, why, now),
        (SendOutcome::Retry { why } | SendOutcome::Ambiguous { why }, Some(at)) => {
            tx.record_retry(letter.id, why, at)?
        }
        // Not this letter's fault, and no event of it: the log has it.
        (SendOutcome::Unreachable { why } | SendOutcome::LoginRefused { why }, Some(_)) => {
            return tx.record_unreachable(letter.id, why, now);
        }
        (SendOutcome::Unwelcome { why }, Some(_)) => {
            let at = now + retry::unwelcome_pause(letter.created_at, now);
            return tx.record_unreachable(letter.id, why, at);
        }
        (
            SendOutcome::Retry { why }
            | SendOutcome::Unreachable { why }
            | SendOutcome::LoginRefused { why }
            | SendOutcome::Unwelcome { why },
            None,
        ) => return refused(tx, letter, &format!("given up after four days: {why}"), now),
    }
    let subject = EventSubject { mail: None, ticket: letter.ticket, outbox: Some(letter.id) };
    tx.event(now, subject, outcome.name(), outcome.words())?;
    match letter.ticket {
        Some(ticket) if letter.kind == LetterKind::Answer => answered(tx, done, ticket, subject, now),
        Some(_) | None => Ok(()),
    }
}

/// Nobody knows whether it arrived, and it is not sent again. Of an answer the agents hear as of one that came back; a question is the
/// client's turn, because he may have it.
fn ambiguous(tx: &Tx<'_>, done: &Done, why: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    let Done { letter, outcome, .. } = done;
    tx.record_ambiguous(letter.id, why, now)?;
    let subject = EventSubject { mail: None, ticket: letter.ticket, outbox: Some(letter.id) };
    tx.event(now, subject, outcome.name(), why)?;
    match (letter.kind, letter.ticket) {
        (LetterKind::Answer, Some(ticket)) => {
            tx.answer_returned(ticket, &letter.message_id, why, subject, now)
        }
        (LetterKind::Notice, _) => {
            tracing::error!(
                letter = letter.id.0,
                "nobody knows whether a notice to one of us arrived, and it is not sent again: `askback outbox --state ambiguous` \
                 says why"
            );
            Ok(())
        }
        (LetterKind::Ask | LetterKind::Accept | LetterKind::Answer, _) => Ok(()),
    }
}

/// It will never go out. A notice is nobody's turn, so the log says it, without the address; the clock tells the others.
fn refused(tx: &Tx<'_>, letter: &Letter, why: &str, now: DateTime<Utc>) -> anyhow::Result<()> {
    tx.record_refused(letter.id, why, now)?;
    if letter.kind == LetterKind::Notice {
        tracing::error!(
            letter = letter.id.0,
            "a notice to one of us did not go out, and will not: `askback outbox --state refused` says why"
        );
    }
    Ok(())
}

/// An agent's answer that the server took has demonstrably gone out.
fn answered(
    tx: &Tx<'_>,
    done: &Done,
    ticket: TicketId,
    subject: EventSubject,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let Done { letter, answered, outcome: SendOutcome::Accepted { .. } } = done else { return Ok(()) };
    let how = "the server took an agent's answer";
    // It answers what the client had written when it was put here, not what came while it waited.
    let sent = GoneOut { references: answered, at: letter.created_at, how };
    tx.answer_gone_out(ticket, &sent, subject, now)
}
