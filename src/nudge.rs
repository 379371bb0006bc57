//! What agents and the head must hear, and when. Pure.
//!
//! [`causes`] says what there is to tell at this moment; the shell keeps what it has not told before (the [`Key`] is unique
//! in the database), and [`notices`] makes letters of the rest: one for each request that is new, to be answered by a reply,
//! and one for all else. Nothing is told outside working time but what an agent's
//! mail did not do, to that agent ([`held_back`]).

mod held_back;
mod letter;
mod notice;
mod page;
mod quoted;
mod said;
#[cfg(test)]
mod tests;
mod trouble;
mod words;

pub use held_back::{Answered, HeldBackFacts, held_back};
pub use notice::{Correspondence, Letters, Notice, Run, notices};
pub use quoted::{quotes_client, quotes_some, repeats_client, repeats_notice, typed_within, without_notice};
pub use said::{Other, Said, Unanswered};
pub use trouble::{NotReached, login_ends, not_reached};

use crate::calendar::{Calendar, WorkingDuration};
use crate::mail::Address;
use crate::request::Field;
use crate::ticket::{Disposition, Moments, State, Ticket, TicketId};
use chrono::{DateTime, NaiveTime, Utc};
use std::collections::HashSet;
use strum::{EnumString, IntoStaticStr, VariantArray};

/// Why somebody must hear of something. The order is that of a notice's sections.
/// It has its name in the database and the configuration.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[must_use]
pub enum Cause {
    /// The reaction has been overdue for `escalate_after`: the head's matter.
    Escalated,
    /// The reaction is overdue.
    Overdue,
    /// Most of the reaction time has passed.
    #[strum(serialize = "soon")]
    ReactionSoon,
    /// An agent's answer did not reach the client.
    Returned,
    /// It is the agents' turn: a complete request, or more words of the client.
    #[strum(serialize = "new")]
    AgentsTurn,
    /// The request is incomplete, and the client is not asked again: a person takes over.
    #[strum(serialize = "asks_used_up")]
    NotAskedAgain,
    /// The client was asked and says nothing.
    ClientSilent,
    /// A mail could not be processed.
    Held,
    /// A mail's sender is in doubt.
    Quarantined,
    /// A working day begins.
    Digest,
}

impl Cause {
    /// Whether it is told with the client's words, in a letter of its own unless there are many.
    #[must_use]
    pub const fn is_fresh(self) -> bool {
        matches!(self, Self::AgentsTurn | Self::NotAskedAgain | Self::Returned)
    }
}

/// What the operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// A client who was asked may be silent for so long, in working time.
    pub client_silent: WorkingDuration,
    /// Agents are reminded when so much of the reaction time has passed.
    pub soon_percent: u32,
    /// The head hears of a reaction that has been overdue for so long, in working time.
    pub escalate_after: WorkingDuration,
    /// Who hears what. A cause that is not here is nobody's.
    pub recipients: Vec<(Cause, Vec<Address>)>,
}

impl Policy {
    /// Whether this person hears of this.
    #[must_use]
    pub fn hears(&self, person: &Address, cause: Cause) -> bool {
        self.recipients.iter().any(|(of, people)| *of == cause && people.contains(person))
    }
}

/// A ticket that is somebody's turn: `incomplete` or `open`.
#[derive(Clone, Debug)]
pub struct TicketFacts {
    /// The ticket.
    pub ticket: Ticket,
    /// Required fields that are absent.
    pub missing: Vec<Field>,
    /// How fast agents must react, by the regulation version that judged it.
    pub reaction: WorkingDuration,
    /// What became of the last ask.
    pub asked: Option<Asked>,
    /// Somebody has been told of the client's last message, or of the later reopening.
    pub heard: bool,
    /// When the head last heard of it for an earlier message of the client.
    pub escalated_before: Option<DateTime<Utc>>,
    /// The last answer of an agent that came back, or is not known to have arrived.
    pub returned: Option<Returned>,
    /// It is no client's request, but that of one of us.
    pub colleague: bool,
}

/// A ticket that is somebody's turn, as far as its place in a digest goes by it. There may be thousands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: TicketId,
    /// `incomplete` or `open`.
    pub state: State,
    /// Since when it is whose turn.
    pub moments: Moments,
    /// How fast agents must react.
    pub reaction: WorkingDuration,
    /// Whose it is.
    pub client: Address,
    /// It is no client's request, but that of one of us.
    pub colleague: bool,
}

/// A question of askback to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// It is still to go out.
    Waits,
    /// It went out then, as far as is known.
    At(DateTime<Utc>),
}

/// An answer of an agent that did not arrive, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// When that came out.
    pub at: DateTime<Utc>,
    /// The server may have it, perhaps more than once: it never said so.
    pub in_doubt: bool,
    /// What the server said. Hostile.
    pub why: String,
    /// The answer's own words, if they are known. Hostile.
    pub words: String,
}

/// Answers of agents that did not go on to the client and that nothing has followed since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeldBackAnswers {
    /// How many.
    pub number: u64,
    /// The requests that they were about, as far as that is known.
    pub tickets: Vec<TicketId>,
}

/// A mail that waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailFacts {
    /// Its number.
    pub number: i64,
    /// Held or quarantined; others wait for nobody.
    pub disposition: Disposition,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A mail of a program or a list, which nobody answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgramMail {
    /// Its number.
    pub number: i64,
    /// The ticket that it is a note of.
    pub ticket: Option<TicketId>,
    /// When it was received.
    pub at: DateTime<Utc>,
    /// Whom it is from, as it says.
    pub sender: String,
    /// Its subject. Hostile.
    pub subject: String,
}

/// What a cause is told once for. A new message of the client, or a reopening, starts a new clock, and the cause may come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The cause.
    pub cause: Cause,
    /// The number of the ticket or mail; 0 for a digest.
    pub subject: i64,
    /// The client's last message or the later reopening; for his silence, since when; for an answer that came back, when it did; for a
    /// mail, since when it waits; for a digest, its date.
    pub clock: DateTime<Utc>,
}

/// What a nudge is about.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub enum About<'a> {
    /// A ticket.
    Ticket(&'a TicketFacts),
    /// A mail.
    Mail(&'a MailFacts),
    /// A day.
    Day,
}

/// Where a nudge is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Weight {
    /// It is news.
    News,
    /// It is more than a working day old at first sight (a first start on an old database, a clock that jumped): it stands
    /// in the digest only; but see [`Nudge::is_long_overdue`].
    Old,
}

/// Something to tell, if it has not been told.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Nudge<'a> {
    /// What it is told once for.
    pub key: Key,
    /// What it is about.
    pub about: About<'a>,
    /// Where it is told.
    pub weight: Weight,
}

impl Nudge<'_> {
    /// As what the client's words would have been told, if they are late and nobody has heard of them.
    #[must_use]
    pub fn late_first(&self) -> Option<Key> {
        match (self.about, self.key.cause) {
            (About::Ticket(facts), Cause::Overdue | Cause::ReactionSoon) if !facts.heard => {
                Some(Key { cause: facts.first_cause(), ..self.key })
            }
            _ => None,
        }
    }

    /// Whether a mail that has come and is not read yet may make it untrue: an agent's answer, more words of the client.
    #[must_use]
    pub fn may_be_overtaken(&self) -> bool {
        self.weight == Weight::Old
            || matches!(
                self.key.cause,
                Cause::Escalated | Cause::Overdue | Cause::ReactionSoon | Cause::ClientSilent | Cause::Digest
            )
    }

    /// Whether it is old, and told at once all the same, in one table: these clients have waited longest.
    #[must_use]
    pub fn is_long_overdue(&self) -> bool {
        self.weight == Weight::Old && matches!(self.key.cause, Cause::Overdue | Cause::Escalated)
    }
}

/// All of what somebody was told, or is to be, that is so at this moment. That a request is new stays true until it is answered, or
/// the client writes more.
#[must_use]
pub fn still_so(causes: &[Nudge<'_>], tickets: &[TicketFacts]) -> HashSet<Key> {
    let open = tickets.iter().filter(|facts| facts.ticket.state == State::Open);
    let new = open.flat_map(|facts| {
        [Cause::AgentsTurn, Cause::NotAskedAgain].map(|cause| facts.key(cause, facts.ticket.turn_since()))
    });
    causes.iter().map(|nudge| nudge.key).chain(new).collect()
}

/// All causes there are at `now`, told or not, whether anybody is at work or not.
#[must_use]
pub fn causes<'a>(
    tickets: &'a [TicketFacts],
    mails: &'a [MailFacts],
    calendar: &Calendar,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Vec<Nudge<'a>> {
    let weigh = |since| {
        if calendar.add(since, WorkingDuration::DAY) < now { Weight::Old } else { Weight::News }
    };
    let mut nudges = Vec::new();
    for facts in tickets {
        let about = About::Ticket(facts);
        let causes = of_ticket(facts, calendar, policy, now).into_iter().flatten();
        nudges.extend(causes.map(|Due { cause, since, clock }| Nudge {
            key: facts.key(cause, clock),
            about,
            weight: weigh(since),
        }));
    }
    for mail in mails {
        let cause = match mail.disposition {
            Disposition::Held => Cause::Held,
            Disposition::Quarantined => Cause::Quarantined,
            Disposition::Filed | Disposition::Automatic | Disposition::Duplicate => continue,
        };
        let key = Key { cause, subject: mail.number, clock: mail.since };
        nudges.push(Nudge { key, about: About::Mail(mail), weight: weigh(mail.since) });
    }
    let key = Key { cause: Cause::Digest, subject: 0, clock: day(now, calendar) };
    nudges.push(Nudge { key, about: About::Day, weight: Weight::News });
    nudges
}

/// The day of a moment on the wall of the support, as a moment.
fn day(at: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    at.with_timezone(&calendar.zone()).date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// A cause that there is.
struct Due {
    cause: Cause,
    since: DateTime<Utc>,
    /// That of its key.
    clock: DateTime<Utc>,
}

/// What there is to say of a ticket, and since when: for those who work on it only the most urgent, beside it what the
/// head hears, and an answer that came back.
fn of_ticket(
    facts: &TicketFacts,
    calendar: &Calendar,
    policy: &Policy,
    now: DateTime<Utc>,
) -> [Option<Due>; 3] {
    let (from, last) = (facts.ticket.turn_since(), facts.ticket.last_client_at);
    let returned = facts.returned.as_ref().map(|returned| returned.at).filter(|at| *at > last);
    // What is open again because the answer came back is told as that.
    let told_as_returned = from > last && returned.is_some_and(|at| at >= from);
    let returned = returned.map(|at| Due { cause: Cause::Returned, since: at, clock: at });
    let news = |cause, since| Some(Due { cause, since, clock: from });
    match facts.ticket.state {
        State::Open if facts.ticket.is_withdrawn() => [news(Cause::AgentsTurn, from), None, returned],
        State::Open => {
            let soon = calendar.add_part(from, facts.reaction, policy.soon_percent);
            let due = facts.due(calendar);
            // Below overdue and escalated there is nothing: who has told both of a clock is done with it (`Reader::to_tell`).
            let urgent = if due <= now {
                news(Cause::Overdue, due)
            } else if soon <= now {
                news(Cause::ReactionSoon, soon)
            } else if told_as_returned {
                None
            } else {
                news(facts.first_cause(), from)
            };
            // The client's last message starts the clock anew, but his first may have waited longer. That is said once a day,
            // however often he writes.
            let escalated = |from| calendar.add(calendar.add(from, facts.reaction), policy.escalate_after);
            let said_today = facts.escalated_before.is_some_and(|at| day(at, calendar) == day(now, calendar));
            let first = if said_today { from } else { facts.waits_since() };
            let escalated = [escalated(from), escalated(first)].into_iter().find(|since| *since <= now);
            let escalated = escalated.and_then(|since| news(Cause::Escalated, since));
            [urgent, escalated, returned]
        }
        State::Incomplete => {
            let silent = facts.silent_since().map(|clock| {
                let since = calendar.add(clock, policy.client_silent);
                Due { cause: Cause::ClientSilent, since, clock }
            });
            [silent.filter(|silent| silent.since <= now), None, returned]
        }
        State::Answered | State::Closed => [None, None, None],
    }
}

/// When the agents' reaction is due («время реакции на запрос отсчитывается с момента последнего сообщения
/// пользователя», or once it is their turn again).
fn reaction_due(moments: &Moments, reaction: WorkingDuration, calendar: &Calendar) -> DateTime<Utc> {
    calendar.add(moments.turn_since(), reaction)
}

impl TicketFacts {
    fn key(&self, cause: Cause, clock: DateTime<Utc>) -> Key {
        Key { cause, subject: i64::from(self.ticket.id.0), clock }
    }

    fn due(&self, calendar: &Calendar) -> DateTime<Utc> {
        reaction_due(&self.ticket.moments(), self.reaction, calendar)
    }

    /// What the agents hear of the client's last message.
    fn first_cause(&self) -> Cause {
        let complete = self.missing.is_empty() || self.ticket.asks == 0 || self.ticket.is_withdrawn();
        if complete { Cause::AgentsTurn } else { Cause::NotAskedAgain }
    }

    fn waits_since(&self) -> DateTime<Utc> {
        self.ticket.moments().waits_since()
    }

    /// Since when the client has said nothing: since the ask, or since he promised more. Nobody is silent whom nobody has asked yet.
    fn silent_since(&self) -> Option<DateTime<Utc>> {
        match self.asked {
            Some(Asked::Waits) => None,
            Some(Asked::At(asked)) => Some(asked.max(self.ticket.last_client_at)),
            None => Some(self.ticket.last_client_at),
        }
    }
}
