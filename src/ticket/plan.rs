//! What one mail does to its ticket: facts in, [`Plan`] out. The shell only carries it out.

use super::states::{self, Beginning, Cause};
use super::thread::Proof;
use super::{Standing, State, Ticket, TicketId};
use crate::mail::{Address, Mail, Mailbox};
use crate::request::{Concern, Field, Kind, Language, Request, Rules, Stance};
use chrono::{DateTime, TimeDelta, Utc};

/// At most so many others are remembered a ticket.
const MAX_PARTICIPANTS: usize = 50;

/// Who wrote the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// A client, known this well.
    Client(Standing),
    /// One of our agents, in a request of his own: he writes as a client does, but is asked nothing.
    Agent,
}

/// Whether the reply table allows an automatic letter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Permission {
    /// A letter may go out.
    Granted,
    /// None may; why.
    Denied(String),
}

/// Everything that is known when a mail is planned.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// Its sender. The name is hostile.
    pub author: &'a Mailbox,
    /// Who that is to us.
    pub role: Role,
    /// What it asks for and supplies.
    pub request: &'a Request,
    /// The client's language as far as it is known from elsewhere; a first mail that tells none is answered in it.
    pub language: Language,
    /// The ticket that it joins.
    pub ticket: Option<&'a Ticket>,
    /// What it joins that by.
    pub proof: Option<Proof>,
    /// A ticket that it mentions without joining.
    pub linked: Option<TicketId>,
    /// Whether a letter may go out.
    pub permission: Permission,
    /// When the server received it.
    pub arrived_at: DateTime<Utc>,
    /// The regulation version in force then.
    pub regulation: &'a str,
    /// Addresses that are no client's: ours and the agents'.
    pub house: &'a [Address],
    /// The automatic letter of this ticket that still waits out its grace period, if there is one.
    pub waiting: Option<Waiting>,
    /// The last question demonstrably did not reach the client: nobody has asked him.
    pub ask_lost: bool,
    /// An agent's last answer asks the client something.
    pub answer_asks: bool,
}

/// A letter in the outbox that has not been claimed: this mail may take its place («the forgotten screenshot»).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// An ask.
    Ask,
    /// A confirmation.
    Accept,
}

/// What the operator wants.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// At most so many asks a ticket; then a human takes over.
    pub max_asks: u32,
    /// Whether a complete request is confirmed by a letter.
    pub confirm: bool,
}

/// The letter that a plan sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Ask for these, in this order.
    Ask(Vec<Field>),
    /// Say that the request is complete.
    Accept,
    /// Say nothing; why.
    Silent(String),
}

impl Reply {
    /// Why this reply, for people.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Ask(missing) => {
                let names: Vec<&str> = missing.iter().map(Into::into).collect();
                format!("the request lacks {}", names.join(", "))
            }
            Self::Accept => "the request is complete".to_owned(),
            Self::Silent(why) => why.clone(),
        }
    }
}

/// What to do with a mail that belongs into a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Plan {
    /// The ticket as it is afterwards; its `id` is meaningless if `is_new`.
    pub ticket: Ticket,
    /// Whether the ticket has to be created.
    pub is_new: bool,
    /// The letter that goes out.
    pub reply: Reply,
    /// Whether letters of this ticket that still wait are out of date: the client wrote again.
    pub replaces_waiting: bool,
    /// What is still missing after this mail.
    pub missing: Vec<Field>,
    /// The kind that the mail has in this conversation.
    pub kind: Kind,
}

/// Plans one mail. `rules` are those of the regulation version in force when the mail arrived.
pub fn plan(facts: &Facts<'_>, rules: &Rules, policy: &Policy) -> Plan {
    let mut ticket = facts.ticket.cloned().unwrap_or_else(|| blank(facts));
    let is_new = facts.ticket.is_none();
    let kind = ticket.answers.kind_of(facts.request);
    let is_his = ticket.client.same_mailbox(&facts.author.address);
    // Somebody who came in by Cc brings nobody else in; nor does a number, with which anybody could write in the client's name,
    // unless a trusted server vouches for him.
    let proven = is_proven(facts, &ticket);
    if proven {
        let named = facts.mail.to.iter().chain(&facts.mail.cc).map(|mailbox| &mailbox.address);
        remember_participants(&mut ticket, named, facts.house);
    }
    let was = ticket.clone();
    ticket.answers.absorb(facts.request);
    // A question that waits, or that somebody else was asked, is none that he can have answered.
    if is_his && facts.waiting != Some(Waiting::Ask) {
        ticket.answers.decline(facts.request);
    }
    let missing = ticket.answers.missing(rules);
    // An ask that still waits is none that went out, unless it is left to.
    let asks = was.asks.saturating_sub(u32::from(facts.waiting == Some(Waiting::Ask)));

    let askable = ticket.answers.askable(&missing);
    let reply = reply_to(facts, &was, asks, &missing, &askable, policy);
    // A client who takes back, refuses or disputes wants no question, whatever waits and whatever is permitted now. Nobody else says
    // so for him.
    let may_take_back = may_take_back(facts, &ticket);
    let wants_no_more = may_take_back
        && match facts.request.stance {
            Stance::Withdrawal | Stance::Refusal => true,
            Stance::AlreadySaid => is_disputed(&was, &missing),
            Stance::Request | Stance::Courtesy | Stance::Promise => false,
        };
    let chases = facts.request.concern == Some(Concern::Progress);
    let unread = facts.request.concern == Some(Concern::Foreign);
    let waiting_still_true = match facts.waiting {
        Some(Waiting::Ask) => was.asked == askable,
        Some(Waiting::Accept) => missing.is_empty(),
        None => false,
    };
    // What waits may go out beside a mail that brings nothing, or that no letter may answer now.
    let leaves_it = !is_new
        && (chases || matches!(&facts.permission, Permission::Denied(_)))
        && matches!(reply, Reply::Silent(_))
        && !wants_no_more
        && waiting_still_true;
    if !is_new && (changes_nothing(facts, was.state) || (chases && leaves_it)) {
        return Plan { ticket: was, is_new, reply, replaces_waiting: false, missing, kind };
    }
    take_in(&mut ticket, &was, facts);
    // What a first mail takes back, a person finds out.
    if !is_new && may_take_back && facts.request.settles {
        ticket.withdrawn_at = Some(ticket.turn_since());
    }
    ticket.no_more_asks |= wants_no_more;
    let waits_on_client = !is_new
        && was.state == State::Incomplete
        && facts.request.stance == Stance::Promise
        && !missing.is_empty();
    let leaves_it = leaves_it || waits_on_client;
    if !leaves_it {
        ticket.asks = asks;
        let (beginning, cause) = if let Reply::Ask(fields) = &reply {
            ticket.asks += 1;
            ticket.asked.clone_from(fields);
            (Beginning::Asked, Cause::Asked)
        } else {
            // Our questions stand while he asks how it goes, answers none of them, cannot, or does so in words that are not known: what he
            // writes next may answer them. But for those that he never saw.
            let unanswered = was.state == State::Incomplete
                && facts.request.stance == Stance::Request
                && (brings_nothing(&was, &missing) || askable.is_empty() && !missing.is_empty());
            if !(chases || unread || unanswered) || facts.waiting == Some(Waiting::Ask) {
                ticket.asked.clear();
            }
            (Beginning::ClientWrote, Cause::ClientWrote)
        };
        ticket.state = if is_new {
            states::first(beginning)
        } else {
            states::next(was.state, cause).unwrap_or(was.state)
        };
        ticket.closed_at = None;
    }
    Plan { ticket, is_new, reply, replaces_waiting: !leaves_it, missing, kind }
}

/// What a mail of the client's side says of the ticket whatever it asks for: since when he waits, by which regulation, in which
/// language. `was` is the ticket before it.
fn take_in(ticket: &mut Ticket, was: &Ticket, facts: &Facts<'_>) {
    let is_new = facts.ticket.is_none();
    let is_his = was.client.same_mailbox(&facts.author.address);
    if !is_new {
        // A mail that is found late, or came in the same second, is news all the same: agents are told of each last message once.
        let moment = TimeDelta::milliseconds(1);
        ticket.last_client_at = facts.arrived_at.max(was.last_client_at + moment);
        // So is one from before a reopening: it is told anew, and due as from that.
        if ticket.turn_since() <= was.turn_since() {
            ticket.reopened_at = Some(was.turn_since() + moment);
        }
    }
    // What he had taken back, nobody owed him an answer to.
    let unanswered = ticket.first_unanswered_at.filter(|_| is_new || !was.is_withdrawn());
    let first = unanswered.map_or(facts.arrived_at, |first| first.min(facts.arrived_at));
    ticket.first_unanswered_at = Some(first);
    facts.regulation.clone_into(&mut ticket.regulation);
    if matches!(facts.role, Role::Client(_)) && is_his {
        ticket.language = facts.request.language.unwrap_or(was.language);
    }
}

/// Whether an agent's words ask the client something: not by a link, nor by what stands in the last line of all his mails («Остались
/// вопросы? Звоните»). Nor whether it works now («Заработало?»): a yes to that is good news, and nobody need hear it.
#[must_use]
pub fn asks(words: &str) -> bool {
    let mut lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() > 1 && !lines.last().is_some_and(|line| line.trim_end().ends_with('?')) {
        lines.pop();
    }
    lines.into_iter().flat_map(questions).any(|question| !asks_whether_it_works(question))
}

/// The sentences of a line that end in a question mark.
fn questions(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('?').filter_map(|(at, mark)| {
        let behind = line.get(at + mark.len()..)?;
        let ends = !behind.starts_with(|c: char| c.is_alphanumeric() || c == '/');
        let before = line.get(..at).filter(|_| ends)?;
        before.rsplit(['.', '!', '?']).next()
    })
}

/// Whether a question is whether it works now, so that yes means that nothing is left to do: not «ещё не работает?», «что не
/// заработало?» or «если перенести, заработает?».
fn asks_whether_it_works(question: &str) -> bool {
    /// What tells a success.
    const WORKS: &str = "работает работают заработал заработала заработало заработали помог помогла помогло помогли получилось \
        получается решен решена решено решены решился решилась решилось исправлено исправлена исправился \
        исправилась исправилось восстановился восстановилась восстановилось восстановились появился появилась \
        появилось появились порядке works working work helped help resolved solved fixed";
    /// What makes of a question another one.
    const OTHERS: &str = "не нет еще опять снова или если когда как что чем какой какая почему можно можем давайте нужно надо \
        хотите вы not still again or if when how what which why shall should can may could would want need you we \
        i";
    let has = |list: &str, word: &str| list.split(' ').any(|other| other == word);
    let lower = question.to_lowercase().replace('ё', "е").replace(" - ", ",");
    let words = |of| str::split(of, |c: char| !c.is_alphanumeric()).filter(|word: &&str| !word.is_empty());
    // «Связь восстановилась, отключить старый трекер?» asks what its last clause asks.
    let last = lower.rsplit([',', ':', ';', '–', '—']).find(|clause| !clause.trim().is_empty());
    words(last.unwrap_or_default()).any(|word| has(WORKS, word))
        && !words(&lower).any(|word| has(OTHERS, word) || word.ends_with("n't"))
}

/// Whether the client himself wrote it: a hint proves nothing unless a trusted server vouches for him.
fn is_proven(facts: &Facts<'_>, ticket: &Ticket) -> bool {
    let vouched = matches!(facts.role, Role::Client(Standing::Registered | Standing::Verified));
    ticket.client.same_mailbox(&facts.author.address) && (vouched || !facts.proof.is_some_and(Proof::is_hint))
}

/// Whether the client himself wrote it, and demonstrably of this ticket: a subject may stand over another matter of his.
fn may_take_back(facts: &Facts<'_>, ticket: &Ticket) -> bool {
    is_proven(facts, ticket) && facts.proof != Some(Proof::SameSubject)
}

/// Thanks ask for nothing; nor does "it works now" once the answer has gone out.
fn changes_nothing(facts: &Facts<'_>, state: State) -> bool {
    match facts.request.stance {
        // «Да» to «переносим на среду?» is what the agent waits for.
        Stance::Courtesy => !(facts.answer_asks && facts.request.agrees),
        Stance::Withdrawal => matches!(state, State::Answered | State::Closed),
        Stance::Request | Stance::AlreadySaid | Stance::Refusal | Stance::Promise => false,
    }
}

/// Whether «уже писал» answers questions of ours: without any it is only a way to speak.
const fn is_disputed(was: &Ticket, missing: &[Field]) -> bool {
    !was.asked.is_empty() && !missing.is_empty()
}

/// Whether all that was asked for is missing still: then to ask again is to say the same again.
fn brings_nothing(was: &Ticket, missing: &[Field]) -> bool {
    !was.asked.is_empty() && was.asked.iter().all(|field| missing.contains(field))
}

/// Rows 18 and 19 of the reply table. `asks` have gone out, or will before this mail's letter could; of what is `missing`, the client
/// may be asked for what is `askable`.
fn reply_to(
    facts: &Facts<'_>,
    was: &Ticket,
    asks: u32,
    missing: &[Field],
    askable: &[Field],
    policy: &Policy,
) -> Reply {
    let fresh = facts.ticket.is_none() || (facts.waiting.is_some() && asks == 0);
    // No person has taken over.
    let in_our_hands =
        fresh || was.state == State::Incomplete || (facts.ask_lost && was.state == State::Open);
    let silent = |why: &str| Reply::Silent(why.to_owned());
    match facts.request.stance {
        Stance::Courtesy if facts.answer_asks && facts.request.agrees => {
            return silent("it says yes to what an agent has asked");
        }
        Stance::Courtesy => return silent("it only says thanks"),
        Stance::Withdrawal if !may_take_back(facts, was) => {
            return silent(
                "it says that the request is withdrawn, and nothing proves that the client wrote it of this one: a person looks",
            );
        }
        Stance::Withdrawal => return silent("the client withdrew the request"),
        Stance::Refusal => return silent("the client will not say more: a person takes over"),
        Stance::Promise => return silent("the client says that more will come"),
        Stance::AlreadySaid if is_disputed(was, missing) => {
            return silent("the client says that it is in the mail already: a person takes over");
        }
        Stance::Request | Stance::AlreadySaid => {}
    }
    if let Permission::Denied(why) = &facts.permission {
        return Reply::Silent(why.clone());
    }
    if facts.role == Role::Agent {
        return silent("an agent wrote it");
    }
    if was.answers.kind.is_none() && facts.request.kind == Kind::None {
        return silent("it is not a request");
    }
    if was.agent_answered {
        return silent("an agent has answered already");
    }
    if was.no_more_asks {
        return silent("the client withdrew the request, will not say more, or says that all is said");
    }
    if !was.client.same_mailbox(&facts.author.address) {
        return silent("somebody else than the client wrote");
    }
    match facts.request.concern {
        Some(Concern::Progress) => {
            return silent(
                "the client asks how his request stands, or whether anybody hears him: a person answers",
            );
        }
        Some(Concern::Earlier) => {
            return silent(
                "the client goes on with something that no request here is about: a person answers",
            );
        }
        Some(Concern::Foreign) => {
            return silent("it is written in a language that askback does not know: a person reads it");
        }
        Some(Concern::Conduct) => return silent("the client complains of a person: a person answers"),
        None => {}
    }
    if missing.is_empty() {
        return if !in_our_hands {
            silent("nothing is missing, and a person has it already")
        } else if policy.confirm {
            Reply::Accept
        } else {
            silent("the request is complete, and confirmations are off")
        };
    }
    if asks >= policy.max_asks {
        return silent("all asks are used up: a person takes over");
    }
    // A list that still waits, or never arrived, is none that he could have answered.
    let seen = facts.waiting != Some(Waiting::Ask) && !facts.ask_lost;
    if asks > 0 && seen && brings_nothing(was, missing) {
        return silent("the answer brought nothing that was asked for: a person takes over");
    }
    if askable.is_empty() {
        return silent("the client cannot tell what is missing: a person takes over");
    }
    if !in_our_hands {
        return silent("a person has taken over");
    }
    Reply::Ask(askable.to_vec())
}

/// The ticket of a client to whom an agent wrote of his own accord: `opened` by that mail.
#[must_use]
pub fn begun(opened: Ticket) -> Ticket {
    Ticket {
        state: states::first(Beginning::AnswerSent),
        agent_answered: true,
        first_unanswered_at: None,
        answered_at: Some(opened.opened_at),
        ..opened
    }
}

/// A ticket whose client an agent has written to: whom of the client's `colleagues` he wrote to, too, takes part, like the engineer
/// whom he has put in Cc. Nobody else does: not the vendor, nor another client.
#[must_use]
pub fn brought_in(ticket: &Ticket, colleagues: &[Address]) -> Ticket {
    let mut ticket = ticket.clone();
    remember_participants(&mut ticket, colleagues, &[]);
    ticket
}

/// A ticket that only knows its first mail's sender.
fn blank(facts: &Facts<'_>) -> Ticket {
    let Facts { mail, author, language, regulation, arrived_at, .. } = *facts;
    let standing = match facts.role {
        Role::Client(standing) => standing,
        Role::Agent => Standing::Unverified,
    };
    let opened = Ticket::opened(author, &mail.subject, language, regulation, arrived_at);
    Ticket { standing, linked: facts.linked, ..opened }
}

/// These take part from now on, but for those of our `house`.
fn remember_participants<'a>(
    ticket: &mut Ticket,
    others: impl IntoIterator<Item = &'a Address>,
    house: &[Address],
) {
    for address in others {
        let known = ticket.includes(address) || address.is_among(house);
        if !known && ticket.participants.len() < MAX_PARTICIPANTS {
            ticket.participants.push(address.without_tag());
        }
    }
}

#[cfg(test)]
mod tests;
