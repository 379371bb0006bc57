//! A ticket: which mail joins it, what state it is in, what one mail does to it. Pure.

pub mod agent;
pub mod answer;
pub mod plan;
pub mod states;
pub mod thread;
pub mod token;
pub mod turn;

use crate::mail::{Address, Mailbox};
use crate::request::{Answers, Before, Language, Rules};
use chrono::{DateTime, Utc};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The number of a ticket, as clients and agents see it: 1, 2, 3…
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub u32);

impl std::fmt::Display for TicketId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Number of an organisation in the client registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrganisationId(pub i64);

/// How many automatic letters there are: waiting, claimed, sent or ambiguous, but not cancelled or refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentCounts {
    /// In answer to this mail.
    pub about_mail: u32,
    /// To this mailbox, however its provider lets one spell it, in the last 24 hours.
    pub sender_24h: u32,
    /// To this registered domain in the last hour.
    pub domain_1h: u32,
    /// In all in the last hour.
    pub all_1h: u32,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum State {
    /// The client was asked; his turn. No reaction clock.
    Incomplete,
    /// The agents' turn; the reaction clock runs.
    Open,
    /// The answer has gone out: preliminarily closed.
    Answered,
    /// Closed by silence or by an agent.
    Closed,
}

/// How far the sender of a mail is known to be who he says he is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Standing {
    /// In the client registry, and a trusted server vouches for the address.
    Registered,
    /// A trusted server vouches for the address (DMARC pass).
    Verified,
    /// Nobody vouches for it.
    Unverified,
}

/// The moments of a ticket that tell whose turn it is and since when. The clock goes through those of thousands of tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// See [`Ticket::last_client_at`].
    pub last_client_at: DateTime<Utc>,
    /// See [`Ticket::first_unanswered_at`].
    pub first_unanswered_at: Option<DateTime<Utc>>,
    /// See [`Ticket::answered_at`].
    pub answered_at: Option<DateTime<Utc>>,
    /// See [`Ticket::reopened_at`].
    pub reopened_at: Option<DateTime<Utc>>,
    /// See [`Ticket::withdrawn_at`].
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl Moments {
    /// What the reaction time counts from: the client's last message, or a later reopening, before which nobody could react.
    #[must_use]
    pub fn turn_since(&self) -> DateTime<Utc> {
        self.reopened_at.map_or(self.last_client_at, |reopened| reopened.max(self.last_client_at))
    }

    /// Since when the client has waited: since his first message that nobody has answered, or the later reopening, before which
    /// nobody could react.
    #[must_use]
    pub fn waits_since(&self) -> DateTime<Utc> {
        let first = self.first_unanswered_at.max(self.reopened_at);
        first.map_or(self.last_client_at, |first| first.min(self.turn_since()))
    }

    /// Whether the last that the client wrote took his request back. Whatever he writes later, but thanks, undoes it, and so
    /// does a reopening.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn_at.is_some_and(|at| at >= self.turn_since())
    }

    /// When something last happened between client and agents.
    #[must_use]
    pub fn last_activity(&self) -> DateTime<Utc> {
        self.answered_at.map_or(self.last_client_at, |answered| answered.max(self.last_client_at))
    }
}

/// Everything that decisions about a ticket need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// Whose turn it is.
    pub state: State,
    /// The client it belongs to: letters go to this address only.
    pub client: Address,
    /// The client's display name from the first mail. Hostile.
    pub client_name: String,
    /// Others who take part: put in Cc by the client. They may join mails to the ticket, nothing else.
    pub participants: Vec<Address>,
    /// Subject of the first mail. Hostile.
    pub subject: String,
    /// The client's language.
    pub language: Language,
    /// How far the client is known.
    pub standing: Standing,
    /// What the conversation has supplied.
    pub answers: Answers,
    /// How many asks went to the client, one that waits out its grace period included.
    pub asks: u32,
    /// The fields of the last ask, sent or waiting, in the order of its list; empty if nothing is asked at the moment.
    pub asked: Vec<crate::request::Field>,
    /// An agent has written to the client, and be it that his answer came back: persons have taken over.
    pub agent_answered: bool,
    /// No more automatic questions: refused, withdrawn.
    pub no_more_asks: bool,
    /// An earlier ticket that this one refers to without proof.
    pub linked: Option<TicketId>,
    /// The regulation version that judged its last message.
    pub regulation: String,
    /// When the first mail arrived.
    pub opened_at: DateTime<Utc>,
    /// When the client's last message arrived.
    pub last_client_at: DateTime<Utc>,
    /// When the first message arrived that no agent has answered yet.
    pub first_unanswered_at: Option<DateTime<Utc>>,
    /// When `answered` was entered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When `closed` was entered; none in any other state.
    pub closed_at: Option<DateTime<Utc>>,
    /// When it last became the agents' turn again without a word of the client: an agent reopened it, or what had gone out to
    /// the client came back.
    pub reopened_at: Option<DateTime<Utc>>,
    /// When the client last took his request back; see [`Ticket::is_withdrawn`].
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl Ticket {
    /// A ticket that knows no more than whom its first mail makes its client, and when that arrived: the agents' turn. It has no
    /// number yet.
    #[must_use]
    pub fn opened(
        client: &Mailbox,
        subject: &str,
        language: Language,
        regulation: &str,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            id: TicketId(0),
            state: State::Open,
            client: client.address.clone(),
            client_name: client.name.clone(),
            participants: Vec::new(),
            subject: subject.to_owned(),
            language,
            standing: Standing::Unverified,
            answers: Answers::default(),
            asks: 0,
            asked: Vec::new(),
            agent_answered: false,
            no_more_asks: false,
            linked: None,
            regulation: regulation.to_owned(),
            opened_at: at,
            last_client_at: at,
            first_unanswered_at: Some(at),
            answered_at: None,
            closed_at: None,
            reopened_at: None,
            withdrawn_at: None,
        }
    }

    /// Whether mail of this address is the client's, or of somebody whom he put in copy.
    #[must_use]
    pub fn includes(&self, address: &Address) -> bool {
        address.is_among(std::iter::once(&self.client).chain(&self.participants))
    }

    /// The light in which the client's next mail is read.
    #[must_use]
    pub fn before(&self, rules: &Rules) -> Before<'_> {
        self.answers.before(&self.asked, rules)
    }

    /// Its moments.
    #[must_use]
    pub fn moments(&self) -> Moments {
        Moments {
            last_client_at: self.last_client_at,
            first_unanswered_at: self.first_unanswered_at,
            answered_at: self.answered_at,
            reopened_at: self.reopened_at,
            withdrawn_at: self.withdrawn_at,
        }
    }

    /// See [`Moments::turn_since`].
    #[must_use]
    pub fn turn_since(&self) -> DateTime<Utc> {
        self.moments().turn_since()
    }

    /// See [`Moments::is_withdrawn`].
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.moments().is_withdrawn()
    }
}

/// What became of a mail: exactly one each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(into = "&'static str")]
#[derive(Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Disposition {
    /// In a ticket.
    Filed,
    /// Auto-reply, bounce, list, our own: kept, linked where it refers to us, never answered.
    Automatic,
    /// A human decides whether it comes in: sender policy, doubtful thread.
    Quarantined,
    /// Could not be processed; a human looks.
    Held,
    /// The same bytes are here already.
    Duplicate,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ticket for tests: open, of this client, last heard of at a fixed time.
    pub(super) fn ticket(number: u32, client: &str) -> Ticket {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let client = Mailbox { name: String::new(), address: Address::parse(client).unwrap() };
        let id = TicketId(number);
        Ticket { id, ..Ticket::opened(&client, "Отчёт", Language::Russian, "1", at) }
    }
}
