//! What happens because time passes: nudges to agents and the head, tickets that silence closes.

mod looked_up;
mod unreached;

use super::status::Status;
use crate::calendar::WorkingDuration;
use crate::intake::{self, Desk, Regulation, regulation_of};
use crate::mail::{self, Address, Mail};
use crate::nudge::{
    self, About, Cause, Correspondence, HeldBackAnswers, Key, Letters, Notice, Nudge, Policy, ProgramMail,
    TicketFacts, Waiting,
};
use crate::store::notices::Untold;
use crate::store::{EventSubject, MailId, Store, Turn, Tx};
use crate::ticket::{State, TicketId, turn};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use looked_up::LookedUp;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Mails that follow each other so closely are told of together.
const SETTLE: Duration = Duration::from_secs(1);
/// So many mails that wait for a person are told of in one run; the others in the next.
const MAILS: usize = 500;
/// So many mails of programs are named in a digest.
const PROGRAM_MAILS: usize = 10;

/// Since when what mails may make untrue waits for them; the epoch if all are here.
const WAITS_SINCE: &str = "long overdue waits since";
/// An import may take days, a server may stay away: what is known so far is told this often.
const WAITS_AT_MOST: TimeDelta = TimeDelta::hours(1);

/// So long after a mail of ours that belongs to no ticket, what it answers may come: an import takes its time.
const AWAITED_FOR: TimeDelta = TimeDelta::days(30);

/// When a letter last had no room for all.
const LEFT: &str = "a letter had no room for all";
/// Since when what is about strangers waits for that; kept while it waits, or a flood that goes on would put it off for ever.
const LEFT_SINCE: &str = "a letter had no room for all since";
/// So long who is not known waits for the next one then: a flood of strangers is no flood of letters.
const LEFT_WAITS: TimeDelta = TimeDelta::minutes(15);
/// Why a notice of what is told later does not go out.
const NO_ROOM: &str = "a letter had no room for it: the next ones tell it";

/// What the clock goes by.
#[derive(Debug)]
pub(super) struct Clock {
    pub(super) desk: Arc<Desk>,
    pub(super) policy: Policy,
    /// Looks at the clock this often. After a notice nobody gets another one sooner: what comes meanwhile is told together.
    pub(super) every: Duration,
    /// An answered ticket is closed after so much working time of silence.
    pub(super) close_after: WorkingDuration,
    /// The folders that are watched: in the mailboxes and where agents' sent mail lies.
    pub(super) folders: Vec<String>,
    /// How they are.
    pub(super) status: Arc<Status>,
}

/// Looks at the clock until `stop`. `filed` rings when mails have been filed; `letters` is rung when notices wait.
///
/// # Errors
/// When the database fails; the task is started again.
pub(super) async fn run(
    store: Store,
    clock: Arc<Clock>,
    filed: Arc<Notify>,
    letters: Arc<Notify>,
    mut stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    loop {
        let (clock, every) = (clock.clone(), clock.every);
        let notices = store.write(0, move |tx| clock.tick(tx, Utc::now())).await?;
        if notices > 0 {
            letters.notify_one();
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = filed_all(&store, &filed), if notices == 0 => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// Resolves when mails have been filed and no more wait: looking at all tickets after each batch of a large import would
/// cost more than the import.
async fn filed_all(store: &Store, filed: &Notify) {
    filed.notified().await;
    loop {
        tokio::time::sleep(SETTLE).await;
        // If the database does not answer, the tick will say so.
        if store.read(|reader| reader.mails_come_in()).await.is_ok_and(|come| !come) {
            return;
        }
    }
}

impl Clock {
    /// Everything that is due at `now`, in one transaction: what is told is written down as told. Gives the number of
    /// notices.
    fn tick(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<usize> {
        self.close_silent(tx, now)?;
        self.drop_broken_promises(tx, now)?;
        let at_work = self.desk.calendar.is_open(now);
        tx.forget_settled_notices()?;
        let waiting = tx.waiting_notices()?;
        if !at_work && waiting.is_empty() {
            return Ok(0);
        }
        let tickets = self.facts(tx, &tx.to_tell()?)?;
        let mails = tx.untold_mails(MAILS)?;
        let causes = nudge::causes(&tickets, &mails, &self.desk.calendar, &self.policy, now);
        let still_so = nudge::still_so(&causes, &tickets);
        let waiting = drop_passed(tx, waiting, &still_so, now)?;
        if !at_work {
            return Ok(0);
        }
        let mut news = HashSet::new();
        let all_is_here = self.all_is_here(tx, now)?;
        let left_until = left_until(tx, now)?;
        let waits = left_until.map_or(Ok(HashSet::new()), |left| wait_for_room(tx, &causes, left))?;
        for nudge in causes.iter().filter(|nudge| !waits.contains(&nudge.key)) {
            if (all_is_here || !nudge.may_be_overtaken()) && tx.tell(&nudge.key, now)? {
                news.insert(nudge.key);
                nudge.late_first().map_or(Ok(true), |first| tx.tell(&first, now))?;
            }
        }
        if news.iter().any(|key| key.cause == Cause::Digest) {
            tx.forget_awaited(now - self.desk.reopen_within.max(AWAITED_FOR))?;
        }
        if all_is_here && left_until.is_none() {
            self.cancel_tables(tx, &waiting, &news, now)?;
        }
        let owed = if all_is_here { owed(tx, &waits)? } else { Vec::new() };
        let owes = owed.iter().flat_map(|notice| notice.tells.iter().map(|key| (&notice.to, *key)));
        let owes: HashSet<(&Address, Key)> = owes.collect();
        let is_news = |person: &Address, key: &Key| news.contains(key) || owes.contains(&(person, *key));
        let to_tell: HashSet<Key> = news.iter().copied().chain(owes.iter().map(|(_, key)| *key)).collect();
        let nudges: Vec<Nudge<'_>> =
            causes.iter().filter(|nudge| to_tell.contains(&nudge.key)).copied().collect();
        // Read only for what is shown: an import may bring 100,000 requests.
        let looked_up = LookedUp::new(tx);
        let facts = |id| looked_up.read(self.facts(tx, &BTreeSet::from([id]))).pop();
        let digest = nudges.iter().find(|nudge| nudge.key.cause == Cause::Digest);
        let in_digest = digest.map_or(Ok(InDigest::default()), |digest| in_digest(tx, &digest.key))?;
        let all_waiting = digest.map_or(Ok(Vec::new()), |_| self.all_waiting(tx))?;
        let correspondence = Correspondence {
            is_news: &is_news,
            unanswered: &|ticket| looked_up.read(tx.unanswered(ticket)),
            is_known: &|client| looked_up.is_known(client),
            facts: &facts,
            reply_to: &|ticket, person| intake::answer_address(&self.desk, ticket, person),
            programs: in_digest.programs,
            program_mails: &in_digest.program_mails,
            held_back: &in_digest.held_back,
            mails: &in_digest.mails,
        };
        let run = nudge::Run {
            language: self.desk.language,
            calendar: &self.desk.calendar,
            policy: &self.policy,
            correspondence,
            now,
        };
        let Letters { notices, left, untold } = nudge::notices(&nudges, &all_waiting, &run);
        looked_up.ended_well()?;
        for notice in &notices {
            let id = tx.enqueue(&intake::notice_letter(&self.desk, notice, now)?, now)?;
            tx.notice_tells(id, &notice.tells)?;
            let cancelled = owed.iter().filter(|owed| owed.to == notice.to && notice.reply_to.is_none());
            cancelled.into_iter().try_for_each(|owed| tx.takes_place_of(id, owed.id))?;
        }
        tx.owe_only(&owed, &left)?;
        let told_others =
            left.iter().filter(|(to, key)| !untold.contains(key) && !owes.contains(&(to, *key)));
        self.owe(tx, told_others, now)?;
        if !left.is_empty() {
            tx.put_moment(LEFT, now)?;
            if left_until.is_none() {
                tx.put_moment(LEFT_SINCE, now)?;
            }
        }
        for nudge in nudges.iter().filter(|nudge| news.contains(&nudge.key) && untold.contains(&nudge.key)) {
            tx.untell(&nudge.key)?;
            nudge.late_first().map_or(Ok(()), |first| tx.untell(&first))?;
        }
        Ok(notices.len() + self.tell_of_unreached(tx, now)?)
    }

    /// What is known of those of these tickets that are somebody's turn, the clients' first.
    fn facts(&self, tx: &Tx<'_>, ids: &BTreeSet<TicketId>) -> anyhow::Result<Vec<TicketFacts>> {
        let mut tickets = Vec::new();
        for id in ids {
            let Some(ticket) = tx.ticket(*id)? else { continue };
            if !matches!(ticket.state, State::Incomplete | State::Open) {
                continue;
            }
            let regulation = self.regulation_of(&ticket.regulation, ticket.last_client_at)?;
            tickets.push(TicketFacts {
                missing: ticket.answers.missing(&regulation.rules),
                reaction: regulation.reaction,
                asked: tx.asked(ticket.id)?,
                heard: tx.is_heard(ticket.id, ticket.turn_since())?,
                escalated_before: tx.escalated_before(ticket.id, ticket.turn_since())?,
                returned: tx.returned(ticket.id)?,
                colleague: self.desk.is_agent(&ticket.client),
                ticket,
            });
        }
        tickets.sort_by_key(|facts| facts.ticket.state == State::Open);
        Ok(tickets)
    }

    /// All tickets that are somebody's turn, for a digest.
    fn all_waiting(&self, tx: &Tx<'_>) -> anyhow::Result<Vec<Waiting>> {
        let waiting = |turn: Turn| {
            let Turn { id, state, moments, client, regulation } = turn;
            let reaction = self.regulation_of(&regulation, moments.last_client_at)?.reaction;
            let colleague = self.desk.is_agent(&client);
            Ok(Waiting { id, state, moments, reaction, client, colleague })
        };
        tx.turns()?.into_iter().map(waiting).collect()
    }

    fn regulation_of(&self, version: &str, last_client_at: DateTime<Utc>) -> anyhow::Result<&Regulation> {
        regulation_of(version, last_client_at, &self.desk.regulations).context("there is no regulation")
    }

    /// Cancels letters of tables that wait, for whoever has more to hear now, or two of them: the mail server is away, and he gets one
    /// letter and not all of an outage.
    fn cancel_tables(
        &self,
        tx: &Tx<'_>,
        waiting: &[Untold],
        news: &HashSet<Key>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let tables: Vec<&Untold> = waiting.iter().filter(|notice| !notice.is_about_one()).collect();
        for notice in &tables {
            let mut in_tables = news.iter().filter(|key| !key.cause.is_fresh());
            let hears_more = in_tables.any(|key| self.policy.hears(&notice.to, key.cause));
            if hears_more || tables.iter().any(|other| other.to == notice.to && other.id != notice.id) {
                tx.cancel_notice(notice.id, "there is more to tell before it went out", now)?;
            }
        }
        Ok(())
    }

    /// What somebody's letter had no room for, while others were told of it, he hears of later: it is owed as by a notice that was
    /// cancelled.
    fn owe<'a>(
        &self,
        tx: &Tx<'_>,
        left: impl Iterator<Item = &'a (Address, Key)>,
        now: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let mut people: BTreeMap<&Address, Vec<Key>> = BTreeMap::new();
        for (to, key) in left {
            people.entry(to).or_default().push(*key);
        }
        for (to, keys) in people {
            let notice = Notice::of_left(to, keys, self.desk.language);
            let id = tx.enqueue(&intake::notice_letter(&self.desk, &notice, now)?, now)?;
            tx.notice_tells(id, &notice.tells)?;
            tx.cancel_notice(id, NO_ROOM, now)?;
        }
        Ok(())
    }

    /// Whether what mails may make untrue is told now: after a start and wherever a folder is away, when each has been seen to its end
    /// and all that it had is filed. After an outage the answer to what is overdue may lie there, and an import is one letter, not one a
    /// minute.
    fn all_is_here(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<bool> {
        let none = DateTime::UNIX_EPOCH;
        let since = tx.moment(WAITS_SINCE)?.filter(|since| *since != none);
        let here = self.status.all_caught_up(&self.folders) && !tx.mails_come_in()?;
        let (told, next) = match (here, since.map(|since| (now - since).abs())) {
            (true, None) => return Ok(true),
            (true, Some(_)) => (true, none),
            (false, Some(waited)) if waited < WAITS_AT_MOST => return Ok(false),
            (false, Some(waited)) if waited < WAITS_AT_MOST * 2 => (true, now),
            // That was another wait: nobody has looked since.
            (false, Some(_) | None) => (false, now),
        };
        tx.put_moment(WAITS_SINCE, next)?;
        Ok(told)
    }

    /// A confirmation that waited for the mail server until the time that it promises is not sent: the client would read that he will
    /// hear from us yesterday.
    fn drop_broken_promises(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
        for (ticket, written_at) in tx.waiting_confirmations()? {
            let Some(ticket) = tx.ticket(ticket)? else { continue };
            let regulation = self.regulation_of(&ticket.regulation, ticket.last_client_at)?;
            let due = self.desk.calendar.add(ticket.turn_since(), regulation.reaction);
            // One that was written later promises no time.
            if (written_at..now).contains(&due) {
                tx.cancel_waiting(ticket.id, "the time that it promises has passed", now)?;
            }
        }
        Ok(())
    }

    /// Closes what has been silent for long enough.
    fn close_silent(&self, tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<()> {
        for (id, state, moments) in tx.silent()? {
            let silent = turn::silent_since(state, &moments);
            let silent = silent.filter(|since| self.desk.calendar.add(*since, self.close_after) <= now);
            let Some(since) = silent else { continue };
            let Some(ticket) = tx.ticket(id)? else { continue };
            if let Some(closed) = turn::closed_by_silence(&ticket, tx.is_heard(id, since)?, now) {
                tx.update_ticket(&closed)?;
                let subject = EventSubject { ticket: Some(id), ..EventSubject::default() };
                let detail = format!("nothing was heard for {} of working time", self.close_after);
                tx.event(now, subject, "closed", &detail)?;
            }
        }
        Ok(())
    }
}

/// When a letter last had no room for all, while strangers wait for the next one.
fn left_until(tx: &Tx<'_>, now: DateTime<Utc>) -> anyhow::Result<Option<DateTime<Utc>>> {
    let since = tx.moment(LEFT_SINCE)?.filter(|since| (now - since).abs() < LEFT_WAITS);
    since.map_or(Ok(None), |_| tx.moment(LEFT))
}

/// What is about strangers and no later than the letter that had no room for all.
fn wait_for_room(tx: &Tx<'_>, causes: &[Nudge<'_>], left: DateTime<Utc>) -> anyhow::Result<HashSet<Key>> {
    let mut waits = HashSet::new();
    for nudge in causes.iter().filter(|nudge| nudge.key.clock <= left) {
        if let About::Ticket(facts) = nudge.about
            && !facts.colleague
            && !tx.is_client(&facts.ticket.client)?
        {
            waits.insert(nudge.key);
        }
    }
    Ok(waits)
}

/// What people were to hear by notices that did not go out and are cancelled, but for what `waits`. What a letter of tables had no room
/// for comes after it.
fn owed(tx: &Tx<'_>, waits: &HashSet<Key>) -> anyhow::Result<Vec<Untold>> {
    let tables = tx.waiting_notices()?;
    let has_table = |to: &Address| tables.iter().any(|notice| notice.to == *to && !notice.is_about_one());
    let mut owed = tx.owed_notices()?;
    owed.retain_mut(|notice| {
        notice.tells.retain(|key| !waits.contains(key));
        !notice.tells.is_empty() && !has_table(&notice.to)
    });
    Ok(owed)
}

/// Cancels the notices that tell what is so no more; gives the others.
fn drop_passed(
    tx: &Tx<'_>,
    waiting: Vec<Untold>,
    still_so: &HashSet<Key>,
    now: DateTime<Utc>,
) -> anyhow::Result<Vec<Untold>> {
    let (waiting, passed): (Vec<Untold>, Vec<Untold>) =
        waiting.into_iter().partition(|notice| notice.tells.iter().all(|key| still_so.contains(key)));
    for notice in &passed {
        tx.cancel_notice(notice.id, "what it tells has passed", now)?;
        // The next digest goes on where this one would have, and the head, whom this one did not reach, hears today all the same.
        let anew = |key: &&Key| matches!(key.cause, Cause::Digest | Cause::Escalated);
        let gone = notice.tells.iter().filter(anew).filter(|key| !still_so.contains(key));
        gone.into_iter().try_for_each(|key| tx.untell(key))?;
    }
    Ok(waiting)
}

/// Whom the mails of programs are from, and their subjects. One that cannot be read is shown by its number.
fn program_mails(tx: &Tx<'_>, mails: &[(MailId, Option<TicketId>)]) -> anyhow::Result<Vec<ProgramMail>> {
    let mut shown = Vec::new();
    for (id, ticket) in mails {
        let Some(row) = tx.mail(*id)? else { continue };
        let mail = tx.readable(*id).ok().flatten().map(|raw| mail::parse(&raw));
        let sender = mail.as_ref().and_then(Mail::shown_author).map(Address::to_string);
        shown.push(ProgramMail {
            number: id.0,
            ticket: *ticket,
            at: row.received_at,
            sender: sender.unwrap_or_default(),
            subject: mail.map(|mail| mail.subject).unwrap_or_default(),
        });
    }
    Ok(shown)
}

/// What a digest says beside tickets.
#[derive(Default)]
struct InDigest {
    programs: u64,
    program_mails: Vec<ProgramMail>,
    held_back: HeldBackAnswers,
    /// Mails that wait for a person.
    mails: Vec<(Cause, u64)>,
}

fn in_digest(tx: &Tx<'_>, digest: &Key) -> anyhow::Result<InDigest> {
    let waits = tx.waits()?;
    let mails = vec![(Cause::Held, waits.held), (Cause::Quarantined, waits.quarantined)];
    let of_programs = tx.of_programs(digest, PROGRAM_MAILS)?;
    Ok(InDigest {
        programs: of_programs.count,
        program_mails: program_mails(tx, &of_programs.first)?,
        held_back: tx.held_back(digest)?,
        mails,
    })
}

#[cfg(test)]
mod tests;
