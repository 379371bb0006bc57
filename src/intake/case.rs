//! One mail in hand, and what every step of its filing needs.

use super::Desk;
use crate::mail::{Address, Mail, MessageId};
use crate::reply::Authentication;
use crate::store::{Direction, EventSubject, Message, OutboxId, Pending, Tx};
use crate::ticket::thread::{self, Writer};
use crate::ticket::{Disposition, OrganisationId, Ticket, TicketId};
use chrono::{DateTime, Utc};

/// A mail that is being filed.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) tx: &'a Tx<'a>,
    pub(super) desk: &'a Desk,
    pub(super) pending: &'a Pending,
    /// What it says. Of a mail that an agent handed over: what his client says in it.
    pub(super) mail: &'a Mail,
    pub(super) now: DateTime<Utc>,
}

impl Case<'_> {
    /// What events about it are about.
    pub(super) fn about(&self, ticket: Option<TicketId>, outbox: Option<OutboxId>) -> EventSubject {
        EventSubject { mail: Some(self.pending.id), ticket, outbox }
    }

    /// Writes down what it did to its ticket, if it has one.
    pub(super) fn event(&self, ticket: Option<TicketId>, what: &str, detail: &str) -> anyhow::Result<()> {
        self.tx.event(self.now, self.about(ticket, None), what, detail)
    }

    /// Files it into a ticket. That ends the case.
    pub(super) fn filed(&self, ticket: TicketId, why: &str) -> anyhow::Result<()> {
        self.ends(Disposition::Filed, Some(ticket), why)
    }

    /// Says what became of it. That ends the case.
    pub(super) fn ends(
        &self,
        disposition: Disposition,
        ticket: Option<TicketId>,
        why: &str,
    ) -> anyhow::Result<()> {
        self.tx.set_disposition(self.pending.id, disposition, ticket, why, self.now)
    }

    /// It as a received message of a ticket. Only what clients write has a kind.
    pub(super) fn incoming(&self, ticket: TicketId, author: Option<&Address>) -> Message {
        Message {
            ticket,
            mail: Some(self.pending.id),
            outbox: None,
            direction: Direction::In,
            message_id: self.mail.message_id.clone(),
            author: author.cloned(),
            subject: self.mail.subject.clone(),
            own_text: self.mail.text.own(),
            kind: None,
            at: self.pending.received_at,
        }
    }

    /// Whether it is a letter of ours, come back or copied.
    pub(super) fn is_our_letter(&self) -> anyhow::Result<bool> {
        Ok(match &self.mail.message_id {
            Some(id) => self.tx.find_letter(id)?.is_some(),
            None => false,
        })
    }

    /// Whose client somebody is, by the registry.
    pub(super) fn organisation_of(&self, client: &Address) -> anyhow::Result<Option<OrganisationId>> {
        Ok(self.tx.registered(client)?.map(|registered| registered.organisation))
    }

    /// Whom it went to of a client's house, by the registry or by the domain, and none of ours.
    pub(super) fn colleagues_of(&self, client: &Address) -> anyhow::Result<Vec<Address>> {
        let house = self.organisation_of(client)?;
        let mut colleagues = Vec::new();
        let others = self.mail.to.iter().chain(&self.mail.cc).map(|mailbox| &mailbox.address);
        for other in others.filter(|other| !other.is_among(&self.desk.authorship.house)) {
            let is_colleague = match (house, self.organisation_of(other)?) {
                (Some(one), Some(two)) => one == two,
                (_, None) | (None, Some(_)) => client.is_of_one_house(other),
            };
            if is_colleague {
                colleagues.push(other.clone());
            }
        }
        Ok(colleagues)
    }

    /// Whether a trusted server says that its sender is forged.
    pub(super) fn is_forged(&self) -> bool {
        self.desk.authentication(self.mail) == Authentication::Fail
    }

    /// Whether its author takes part in a ticket. Whom a trusted server calls forged does not.
    pub(super) fn author_takes_part(&self, ticket: &Ticket) -> anyhow::Result<bool> {
        let Some(address) = self.mail.author_address() else { return Ok(false) };
        let is_agent = self.desk.is_agent(address);
        let forged = self.is_forged();
        let writer = Writer { address, is_agent, forged, organisation: self.organisation_of(address)? };
        Ok(!forged && thread::takes_part(ticket, &writer, |client| self.organisation_of(client))?)
    }

    /// The mails that it refers to, the nearest first.
    pub(super) fn refers_to(&self) -> Vec<MessageId> {
        self.mail.refers_to().cloned().collect()
    }
}
