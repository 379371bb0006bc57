//! From nudges to letters: one for each person who has something to hear.

use super::words::{self, Small};
use super::{About, Cause, Nudge, Policy, TicketFacts, Weight};
use crate::calendar::Calendar;
use crate::mail::{Address, HeaderText};
use crate::ticket::{State, TicketId};
use chrono::{DateTime, Utc};
use unicode_width::UnicodeWidthStr as _;

/// At most so many lines a section; the rest is a number.
const MAX_ROWS: usize = 40;
/// Columns are cut to this, so that a line has less than 78 characters (RFC 5322, section 2.1.1).
const CLIENT_CHARS: usize = 22;
const SUBJECT_CHARS: usize = 24;

/// A letter to one of us, without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Notice {
    /// Who gets it.
    pub to: Address,
    /// «askback: 2 просроченных, 1 новое».
    pub subject: HeaderText,
    /// The text; lines end in `\n`.
    pub text: String,
}

/// One notice for each recipient who has something to hear. `nudges` are those that were not told before; `tickets` all
/// that are somebody's turn, for the digest.
#[must_use]
pub fn notices(
    nudges: &[Nudge<'_>],
    tickets: &[TicketFacts],
    calendar: &Calendar,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Vec<Notice> {
    let mut people: Vec<&Address> = policy.recipients.iter().flat_map(|(_, people)| people).collect();
    people.sort_unstable_by_key(|address| address.as_str());
    people.dedup();
    let page = Page { calendar, policy, now, small: words::small(policy.language) };
    people.into_iter().filter_map(|to| page.notice(to, nudges, tickets)).collect()
}

/// What all notices of one run share.
struct Page<'a> {
    calendar: &'a Calendar,
    policy: &'a Policy,
    now: DateTime<Utc>,
    small: Small,
}

/// Number, time, client and subject; empty where there is none.
type Row = [String; 4];

impl Page<'_> {
    fn notice(&self, to: &Address, nudges: &[Nudge<'_>], tickets: &[TicketFacts]) -> Option<Notice> {
        let language = self.policy.language;
        let (mut counts, mut text, mut shown) = (Vec::new(), String::new(), Vec::new());
        for cause in Cause::ALL.into_iter().filter(|cause| self.hears(to, *cause)) {
            let mine: Vec<_> = nudges.iter().filter(|nudge| nudge.key.cause == cause).collect();
            let rows = match cause {
                Cause::Digest if mine.is_empty() => continue,
                Cause::Digest => {
                    let old = nudges.iter().filter(|nudge| is_old_mail(nudge)).count();
                    self.digest(tickets, &shown, old)
                }
                Cause::Escalated
                | Cause::Overdue
                | Cause::ReactionSoon
                | Cause::NewComplete
                | Cause::AsksUsedUp
                | Cause::ClientSilent
                | Cause::Held
                | Cause::Quarantined => {
                    let news: Vec<_> = mine.iter().filter(|nudge| nudge.weight == Weight::News).collect();
                    shown.extend(news.iter().filter_map(|nudge| match nudge.about {
                        About::Ticket(facts) => Some(facts.ticket.id),
                        About::Mail(_) | About::Day => None,
                    }));
                    counts.push((cause, news.len()));
                    self.table(news.iter().map(|nudge| self.row(nudge)))
                }
            };
            if rows.is_empty() {
                continue;
            }
            if cause == Cause::Digest {
                counts.push((cause, 1));
            }
            text.push_str(&format!("{}\n\n{rows}\n", words::heading(language, cause)));
        }
        if text.is_empty() {
            return None;
        }
        let told = counts.iter().filter(|(_, count)| *count > 0);
        let told: Vec<_> = told.map(|(cause, count)| words::count(language, *cause, *count)).collect();
        text.push_str(&format!("{}\n", self.small.end));
        let subject = HeaderText::new(&format!("askback: {}", told.join(", ")), 200);
        Some(Notice { to: to.clone(), subject, text })
    }

    fn hears(&self, to: &Address, cause: Cause) -> bool {
        self.policy.recipients.iter().any(|(of, people)| *of == cause && people.contains(to))
    }

    /// The tickets that are somebody's turn and not shown above, the longest waiting first.
    fn digest(&self, tickets: &[TicketFacts], shown: &[TicketId], old_mails: usize) -> String {
        let mut groups = [
            (self.small.overdue, Vec::new()),
            (self.small.open, Vec::new()),
            (self.small.incomplete, Vec::new()),
            (self.small.reacted, Vec::new()),
        ];
        let [(_, late), (_, open), (_, incomplete), (_, reacted)] = &mut groups;
        for facts in tickets.iter().filter(|facts| !shown.contains(&facts.ticket.id)) {
            match facts.ticket.state {
                State::Incomplete => incomplete.push(facts),
                State::Open if facts.reacted_at.is_some() => reacted.push(facts),
                State::Open if facts.due(self.calendar) <= self.now => late.push(facts),
                State::Open => open.push(facts),
                State::Answered | State::Closed => {}
            }
        }
        let mut text = String::new();
        for (title, mut group) in groups.into_iter().filter(|(_, group)| !group.is_empty()) {
            group.sort_by_key(|facts| facts.ticket.last_client_at);
            let rows = self.table(group.iter().map(|facts| self.ticket_row(facts)));
            text.push_str(&format!("{title}: {}\n{rows}", group.len()));
        }
        if old_mails > 0 {
            text.push_str(&format!("{}: {old_mails}\n", self.small.old_mails));
        }
        text
    }

    fn row(&self, nudge: &Nudge<'_>) -> Row {
        match nudge.about {
            About::Ticket(facts) => self.ticket_row(facts),
            About::Mail(mail) => {
                let number = format!("{}{}", self.small.mail, mail.number);
                [number, self.since(mail.since), String::new(), String::new()]
            }
            About::Day => Row::default(),
        }
    }

    fn ticket_row(&self, facts: &TicketFacts) -> Row {
        let ticket = &facts.ticket;
        let when = match (ticket.state, facts.reacted_at) {
            (State::Incomplete, _) => self.since(facts.silent_since()),
            (State::Open, Some(reacted_at)) => self.since(reacted_at),
            (State::Open, None) | (State::Answered | State::Closed, _) => {
                format!("{} {}", self.small.by, self.moment(facts.due(self.calendar)))
            }
        };
        let subject = HeaderText::new(&ticket.subject, SUBJECT_CHARS).to_string();
        let subject = if subject.is_empty() { self.small.no_subject.to_owned() } else { subject };
        let client = HeaderText::new(ticket.client.as_str(), CLIENT_CHARS).to_string();
        [format!("{}{}", self.small.ticket, ticket.id), when, client, subject]
    }

    fn since(&self, at: DateTime<Utc>) -> String {
        format!("{} {}", self.small.since, self.moment(at))
    }

    /// `25.11 12:00`, on the wall of the support.
    fn moment(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.calendar.zone()).format("%d.%m %H:%M").to_string()
    }

    /// Rows with their columns below each other.
    fn table(&self, rows: impl ExactSizeIterator<Item = Row>) -> String {
        let more = rows.len().saturating_sub(MAX_ROWS);
        let rows: Vec<Row> = rows.take(MAX_ROWS).collect();
        let mut widths = [0; 4];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let mut table = String::new();
        for row in &rows {
            let cells = row.iter().zip(widths);
            let cells = cells.map(|(cell, width)| format!("  {cell}{}", " ".repeat(width - cell.width())));
            table.push_str(cells.collect::<String>().trim_end());
            table.push('\n');
        }
        if more > 0 {
            table.push_str(&format!("  … {} {more}\n", self.small.more));
        }
        table
    }
}

fn is_old_mail(nudge: &Nudge<'_>) -> bool {
    nudge.weight == Weight::Old && matches!(nudge.about, About::Mail(_))
}
