//! From nudges to letters, for each person who has something to hear: one for each request that is new to him, and one
//! for all else.

use super::letter;
use super::page::{self, MAX_ROWS, Row, Section, Table};
use super::said::Unanswered;
use super::words::{self, Small};
use super::{
    About, Cause, HeldBackAnswers, Key, MailFacts, Nudge, Policy, ProgramMail, TicketFacts, Waiting, Weight,
    reaction_due,
};
use crate::calendar::Calendar;
use crate::mail::{Address, HeaderText};
use crate::request::Language;
use crate::ticket::{State, Ticket, TicketId};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashSet;
use strum::VariantArray as _;

/// Columns are cut to this, so that a line has less than 78 characters (RFC 5322, section 2.1.1).
const CLIENT_CHARS: usize = 22;
const SUBJECT_CHARS: usize = 24;

/// A moment of the last half year is plain without the year.
const PLAIN_WITHOUT_YEAR: TimeDelta = TimeDelta::days(180);

/// What lists tickets, on the server.
const TICKETS: &str = "askback tickets --state";

/// What lists the mails of programs, and what makes a request of one, on the server.
const MAILS_OF_PROGRAMS: &str = "askback mails --disposition automatic\n  askback quarantine release N";

/// What lists answers that were not sent on, on the server.
const MAILS_HELD_BACK: &str = "askback mails";

/// So many tickets are named whose answers were not sent on.
const HELD_BACK_TICKETS: usize = 10;

/// So many new requests have letters of their own in one run; of more, only those of clients who are known, if they are not more,
/// and the others stand in the table. A first start, an import or a flood must not fill anybody's mailbox.
const MAX_LETTERS: usize = 5;

/// A letter to one of us, without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Notice {
    /// Who gets it.
    pub to: Address,
    /// Where his answer to the client goes; `None` where the letter is not about one request.
    pub reply_to: Option<Address>,
    /// «askback: 2 просроченных, 1 новое».
    pub subject: HeaderText,
    /// The text; lines end in `\n`.
    pub text: String,
    /// The same as HTML, where it is more than a few lines: a letter of tables.
    pub html: Option<String>,
    /// What it tells that may have passed before it goes out.
    pub tells: Vec<Key>,
}

impl Notice {
    /// A few lines that nothing in them makes untrue.
    pub(super) fn of_words(to: &Address, subject: &str, text: String) -> Self {
        Self {
            to: to.clone(),
            reply_to: None,
            subject: HeaderText::new(subject, 200),
            text,
            html: None,
            tells: Vec::new(),
        }
    }

    /// What a letter had no room for, to be told by others: only the list of cancelled letters shows it.
    pub fn of_left(to: &Address, left: Vec<Key>, language: Language) -> Self {
        let count = |cause| left.iter().filter(|key| key.cause == cause).count();
        let counts = Cause::VARIANTS
            .iter()
            .copied()
            .map(|cause| (cause, count(cause)))
            .filter(|(_, count)| *count > 0);
        let counts: Vec<_> = counts.map(|(cause, count)| words::count(language, cause, count)).collect();
        let counts = counts.join(", ");
        Self { tells: left, ..Self::of_words(to, &format!("askback: {counts}"), format!("{counts}\n")) }
    }
}

/// The letters of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    /// The letters.
    pub notices: Vec<Notice>,
    /// What there was no room for, and whose letter that was: he hears of it in the next.
    pub left: HashSet<(Address, Key)>,
    /// What of it nobody hears of now.
    pub untold: HashSet<Key>,
}

/// What notices have from the correspondence with clients.
#[derive(Clone, Copy)]
pub struct Correspondence<'a> {
    /// Whether this person has not heard of this yet.
    pub is_news: &'a dyn Fn(&Address, &Key) -> bool,
    /// What the client's side wrote that nobody has answered.
    pub unanswered: &'a dyn Fn(&Ticket) -> Unanswered,
    /// Whether a client is registered, or an agent has answered him before: he comes before strangers.
    pub is_known: &'a dyn Fn(&Address) -> bool,
    /// All of a ticket that has a row in the digest.
    pub facts: &'a dyn Fn(TicketId) -> Option<TicketFacts>,
    /// The address through which this person answers the client.
    pub reply_to: &'a dyn Fn(&Ticket, &Address) -> Option<Address>,
    /// How many mails of programs and lists have come since the last digest.
    pub programs: u64,
    /// Some of these.
    pub program_mails: &'a [ProgramMail],
    /// The answers of agents that have not been sent on and still wait for somebody.
    pub held_back: &'a HeldBackAnswers,
    /// How many mails wait for a person, told of or not: held ones, quarantined ones.
    pub mails: &'a [(Cause, u64)],
}

/// What all notices of one moment share.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Their language.
    pub language: Language,
    /// Working hours.
    pub calendar: &'a Calendar,
    /// Who hears what.
    pub policy: &'a Policy,
    /// What they have from the correspondence with clients.
    pub correspondence: Correspondence<'a>,
    /// The moment.
    pub now: DateTime<Utc>,
}

/// Notices for all who have something to hear. `nudges` are those that somebody was not told before; `waiting` all tickets that are
/// somebody's turn, if a digest is among them.
#[must_use]
pub fn notices(nudges: &[Nudge<'_>], waiting: &[Waiting], run: &Run<'_>) -> Letters {
    let mut people: Vec<&Address> = run.policy.recipients.iter().flat_map(|(_, people)| people).collect();
    people.sort_unstable_by_key(|address| address.as_str());
    people.dedup();
    let mut letters = Letters::default();
    let mut told: HashSet<Key> = HashSet::new();
    for to in people {
        let mine: Vec<Nudge<'_>> = nudges.iter().filter(|nudge| run.concerns(to, nudge)).copied().collect();
        let (notices, left) = run.notices(to, &mine, waiting);
        told.extend(mine.iter().map(|nudge| nudge.key).filter(|key| !left.contains(key)));
        letters.notices.extend(notices);
        letters.left.extend(left.into_iter().map(|key| (to.clone(), key)));
    }
    letters.untold = letters.left.iter().map(|(_, key)| *key).filter(|key| !told.contains(key)).collect();
    letters
}

impl Run<'_> {
    /// Whether this person is to hear of it now.
    fn concerns(&self, to: &Address, nudge: &Nudge<'_>) -> bool {
        (self.correspondence.is_news)(to, &nudge.key)
            && self.heard_as(to, nudge).is_some()
            && !(nudge.key.cause.is_fresh() && is_his_own(nudge, to))
    }

    /// The letters to one person about what concerns him, and what there was no room for.
    fn notices(&self, to: &Address, mine: &[Nudge<'_>], waiting: &[Waiting]) -> (Vec<Notice>, HashSet<Key>) {
        let (mut own, mut rest): (Vec<Nudge<'_>>, Vec<Nudge<'_>>) =
            mine.iter().copied().partition(|nudge| self.is_letter(to, nudge));
        if own.len() > MAX_LETTERS {
            let (known, others): (Vec<_>, Vec<_>) = own.into_iter().partition(|nudge| self.is_known(nudge));
            rest.splice(..0, others);
            own = known;
        }
        if own.len() > MAX_LETTERS {
            rest.splice(..0, own.drain(..));
        }
        let about = own.iter().filter_map(|nudge| match nudge.about {
            About::Ticket(facts) => Some((nudge, facts)),
            About::Mail(_) | About::Day => None,
        });
        let mut notices: Vec<Notice> =
            about.clone().map(|(nudge, facts)| self.letter(to, nudge, facts)).collect();
        let shown = about.map(|(_, facts)| facts.ticket.id).collect();
        let (table, left) = self.table_of_all(to, &rest, waiting, shown);
        notices.extend(table);
        (notices, left)
    }

    /// Whether its client is known. What is about no ticket is nobody's.
    fn is_known(&self, nudge: &Nudge<'_>) -> bool {
        match nudge.about {
            About::Ticket(facts) => self.is_client(facts.colleague, &facts.ticket.client),
            About::Mail(_) | About::Day => false,
        }
    }

    fn is_client(&self, colleague: bool, client: &Address) -> bool {
        colleague || (self.correspondence.is_known)(client)
    }

    /// Whether it has a letter of its own: the client's words are new to this person, however late they come.
    fn is_letter(&self, to: &Address, nudge: &Nudge<'_>) -> bool {
        nudge.key.cause.is_fresh() && self.policy.hears(to, nudge.key.cause)
            || self.late_first(to, nudge).is_some()
    }

    /// As what the client's words, which are late, are new to this person, if he hears of that.
    fn late_first(&self, to: &Address, nudge: &Nudge<'_>) -> Option<Cause> {
        let first = nudge.late_first().map(|first| first.cause);
        first.filter(|first| self.policy.hears(to, *first) && !is_his_own(nudge, to))
    }

    /// As what this person hears of it, if he does: who does not hear that it is late hears all the same that it is new.
    fn heard_as(&self, to: &Address, nudge: &Nudge<'_>) -> Option<Cause> {
        let cause = nudge.key.cause;
        if self.policy.hears(to, cause) { Some(cause) } else { self.late_first(to, nudge) }
    }

    /// A letter about one request, which a reply to it answers.
    fn letter(&self, to: &Address, nudge: &Nudge<'_>, facts: &TicketFacts) -> Notice {
        let runs = facts.ticket.state == State::Open && !facts.ticket.is_withdrawn();
        let mut notice = letter::about(&letter::RequestFacts {
            language: self.language,
            cause: nudge.key.cause,
            ticket: &facts.ticket,
            colleague: facts.colleague,
            missing: &facts.missing,
            returned: facts.returned.as_ref(),
            unanswered: &(self.correspondence.unanswered)(&facts.ticket),
            due: runs.then(|| self.moment(facts.due(self.calendar))),
            waits_since: self.waits_since(facts),
            to,
            reply_to: (self.correspondence.reply_to)(&facts.ticket, to),
        });
        // It has the client's words, and is true until they are answered.
        notice.tells = vec![nudge.late_first().unwrap_or(nudge.key)];
        notice
    }

    /// One letter of tables, and what there was no room for. `shown` are the tickets that he hears of in letters of their own.
    fn table_of_all(
        &self,
        to: &Address,
        nudges: &[Nudge<'_>],
        waiting: &[Waiting],
        mut shown: HashSet<TicketId>,
    ) -> (Option<Notice>, HashSet<Key>) {
        let language = self.language;
        // The digest has all that is overdue, however old, and counts mails; but nothing of it is the head's alone.
        let digest = nudges.iter().any(|nudge| nudge.key.cause == Cause::Digest);
        let told_here = |nudge: &Nudge<'_>| {
            let in_digest =
                digest && (nudge.key.cause == Cause::Overdue || matches!(nudge.about, About::Mail(_)));
            let comes_late = nudge.is_long_overdue() || matches!(nudge.about, About::Mail(_));
            nudge.weight == Weight::News || (comes_late && !in_digest)
        };
        let (mut counts, mut sections, mut left) = (Vec::new(), Vec::new(), HashSet::new());
        for cause in Cause::VARIANTS.iter().copied().filter(|cause| self.policy.hears(to, *cause)) {
            let (section, count) = if cause == Cause::Digest {
                if !digest {
                    continue;
                }
                (self.digest(to, waiting, &shown), 1)
            } else {
                let mine = nudges.iter().filter(|nudge| self.heard_as(to, nudge) == Some(cause));
                let mut news: Vec<&Nudge<'_>> = mine.filter(|nudge| told_here(nudge)).collect();
                if news.len() > MAX_ROWS {
                    news.sort_by_cached_key(|nudge| !self.is_known(nudge));
                }
                // Old ones stand in the digest, mails in lists on the server.
                let waits = |nudge: &&&Nudge<'_>| {
                    nudge.weight == Weight::News && matches!(nudge.about, About::Ticket(_))
                };
                left.extend(news.iter().skip(MAX_ROWS).filter(waits).map(|nudge| nudge.key));
                shown.extend(news.iter().filter_map(|nudge| match nudge.about {
                    About::Ticket(facts) => Some(facts.ticket.id),
                    About::Mail(_) | About::Day => None,
                }));
                (self.news(to, cause, &news), news.len())
            };
            if !section.is_empty() {
                counts.push((cause, count));
                sections.push(section);
            }
        }
        if sections.is_empty() {
            return (None, left);
        }
        let told: Vec<_> =
            counts.iter().map(|(cause, count)| words::count(language, *cause, *count)).collect();
        let notice = Notice {
            html: Some(page::html(&sections, &self.small(), language)),
            tells: nudges.iter().map(|nudge| nudge.key).filter(|key| !left.contains(key)).collect(),
            ..Notice::of_words(
                to,
                &format!("askback: {}", told.join(", ")),
                page::text(&sections, &self.small()),
            )
        };
        (Some(notice), left)
    }

    /// What one cause brings.
    fn news(&self, to: &Address, cause: Cause, news: &[&Nudge<'_>]) -> Section {
        let table = Table::new(news.iter().map(|nudge| self.row(to, nudge)));
        let line = words::decide(self.language, cause).filter(|_| table.is_some()).map(str::to_owned);
        Section {
            heading: words::heading(self.language, cause),
            tables: table.into_iter().collect(),
            lines: line.into_iter().collect(),
        }
    }

    /// The tickets that are somebody's turn and not shown above, the longest waiting first; where there are many, those of clients who
    /// are known.
    fn digest(&self, to: &Address, waiting: &[Waiting], shown: &HashSet<TicketId>) -> Section {
        let mut groups = [
            (self.small().overdue, Vec::new()),
            (self.small().open, Vec::new()),
            (self.small().incomplete, Vec::new()),
        ];
        let [(_, late), (_, open), (_, incomplete)] = &mut groups;
        for ticket in waiting.iter().filter(|ticket| !shown.contains(&ticket.id)) {
            match ticket.state {
                State::Incomplete => incomplete.push(ticket),
                State::Open if ticket.moments.is_withdrawn() => open.push(ticket),
                State::Open if reaction_due(&ticket.moments, ticket.reaction, self.calendar) <= self.now => {
                    late.push(ticket);
                }
                State::Open => open.push(ticket),
                State::Answered | State::Closed => {}
            }
        }
        let is_cut = [late, open].iter().any(|group| group.len() > MAX_ROWS);
        let cut = [(State::Open, is_cut), (State::Incomplete, incomplete.len() > MAX_ROWS)];
        let cut = cut.into_iter().filter(|(_, is_cut)| *is_cut);
        let cut = cut.map(|(state, _)| format!("\n  {TICKETS} {state}")).collect::<String>();
        let cut = (!cut.is_empty()).then(|| format!("{}{cut}", self.small().all_tickets));
        let tables = groups.into_iter().filter_map(|(title, mut group)| {
            group.sort_by_key(|ticket| ticket.moments.waits_since());
            let facts =
                self.first(&group).into_iter().filter_map(|ticket| (self.correspondence.facts)(ticket.id));
            Table::of_some(title, group.len(), facts.map(|facts| self.ticket_row(to, &facts)))
        });
        let count = usize::try_from(self.correspondence.programs).unwrap_or(usize::MAX);
        let programs = self.correspondence.program_mails.iter().map(|mail| self.program_row(mail));
        let tables = tables.chain(Table::of_some(self.small().programs, count, programs));
        let waiting = self.correspondence.mails.iter().filter(|(cause, _)| self.policy.hears(to, *cause));
        let waiting = waiting.map(|(_, count)| count).sum::<u64>();
        let waiting = (waiting > 0).then(|| format!("{}: {waiting}", self.small().waiting_mails));
        let all = (count > 0).then(|| format!("{}\n  {MAILS_OF_PROGRAMS}", self.small().all_programs));
        let lines = cut.into_iter().chain(all).chain(waiting).chain(self.held_back());
        let heading = words::heading(self.language, Cause::Digest);
        Section { heading, tables: tables.collect(), lines: lines.collect() }
    }

    /// As many of a sorted group as a table has rows for, those of clients who are known before others.
    fn first<'w>(&self, group: &[&'w Waiting]) -> Vec<&'w Waiting> {
        if group.len() <= MAX_ROWS {
            return group.to_vec();
        }
        let (mut known, mut strangers) = (Vec::new(), Vec::new());
        for ticket in group {
            if self.is_client(ticket.colleague, &ticket.client) {
                known.push(*ticket);
            } else {
                strangers.push(*ticket);
            }
            if known.len() == MAX_ROWS {
                break;
            }
        }
        known.into_iter().chain(strangers).take(MAX_ROWS).collect()
    }

    /// «Ответов инженеров, которые не отправлены клиентам: 2 (№ 5, № 7)».
    fn held_back(&self) -> Option<String> {
        let HeldBackAnswers { number, tickets } = self.correspondence.held_back;
        let named = tickets.iter().take(HELD_BACK_TICKETS).map(|id| format!("{}{id}", self.small().ticket));
        let named: Vec<String> =
            named.chain((tickets.len() > HELD_BACK_TICKETS).then(|| "…".to_owned())).collect();
        let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        (*number > 0).then(|| format!("{}: {number}{named}\n  {MAILS_HELD_BACK}", self.small().held_back))
    }

    fn row(&self, to: &Address, nudge: &Nudge<'_>) -> Row {
        match nudge.about {
            About::Ticket(facts) => self.ticket_row(to, facts),
            About::Mail(MailFacts { number, since, .. }) => {
                let number = format!("{}{number}", self.small().mail);
                let cells = [number, self.since(*since), String::new(), String::new()];
                Row { cells, ..Row::default() }
            }
            About::Day => Row::default(),
        }
    }

    fn program_row(&self, mail: &ProgramMail) -> Row {
        let number = match mail.ticket {
            Some(ticket) => format!("{}{ticket}", self.small().ticket),
            None => format!("{}{}", self.small().mail, mail.number),
        };
        let sender = HeaderText::new(&mail.sender, CLIENT_CHARS).to_string();
        Row { cells: [number, self.moment(mail.at), sender, self.subject(&mail.subject)], ..Row::default() }
    }

    fn subject(&self, subject: &str) -> String {
        let subject = HeaderText::new(subject, SUBJECT_CHARS).to_string();
        if subject.is_empty() { self.small().no_subject.to_owned() } else { subject }
    }

    fn ticket_row(&self, to: &Address, facts: &TicketFacts) -> Row {
        let ticket = &facts.ticket;
        let when = match ticket.state {
            State::Incomplete => {
                facts.silent_since().map_or(self.small().not_asked.to_owned(), |since| self.since(since))
            }
            State::Open if ticket.is_withdrawn() => self.small().withdrawn.to_owned(),
            State::Open | State::Answered | State::Closed => {
                format!("{} {}", self.small().by, self.moment(facts.due(self.calendar)))
            }
        };
        let client = HeaderText::new(ticket.client.as_str(), CLIENT_CHARS).to_string();
        let subject = self.subject(&ticket.subject);
        Row {
            cells: [format!("{}{}", self.small().ticket, ticket.id), when, client, subject],
            note: self.waits_since(facts).map(|since| format!("{} {since}", self.small().waits_since)),
            // He does not answer himself.
            answer: if is_own(facts, to) { None } else { (self.correspondence.reply_to)(ticket, to) },
        }
    }

    fn small(&self) -> Small {
        words::small(self.language)
    }

    fn since(&self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.small().since, self.moment(at))
    }

    /// Since when the client has waited, if that is longer than his last words say.
    fn waits_since(&self, facts: &TicketFacts) -> Option<String> {
        let waits = facts.ticket.state == State::Open && !facts.ticket.is_withdrawn();
        let first = self.moment(facts.waits_since());
        (waits && first != self.moment(facts.ticket.turn_since())).then_some(first)
    }

    /// `25.11 12:00`, on the wall of the support; of what is old the day, with its year.
    fn moment(&self, at: DateTime<Utc>) -> String {
        let is_plain = (self.now - at).abs() < PLAIN_WITHOUT_YEAR;
        let format = if is_plain { "%d.%m %H:%M" } else { "%d.%m.%Y" };
        at.with_timezone(&self.calendar.zone()).format(format).to_string()
    }
}

/// Whether it is about his own request: that it is new is no news to him.
fn is_his_own(nudge: &Nudge<'_>, to: &Address) -> bool {
    match nudge.about {
        About::Ticket(facts) => is_own(facts, to),
        About::Mail(_) | About::Day => false,
    }
}

fn is_own(facts: &TicketFacts, to: &Address) -> bool {
    facts.colleague && facts.ticket.client.same_mailbox(to)
}
