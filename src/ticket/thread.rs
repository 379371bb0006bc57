//! Which ticket a mail joins: proof, not a guess.
//!
//! A mail joins when something proves that it answers the ticket AND its sender takes part in it. Everything else
//! opens a ticket of its own, with a link that only agents see. So a stolen token, a guessed number, a forwarded
//! letter or a copied Message-ID shows nobody another client's ticket.

use super::{OrganisationId, Ticket, TicketId};
use crate::mail::Address;
use chrono::{DateTime, TimeDelta, Utc};

/// What a mail carries that speaks for a ticket.
#[derive(Clone, Debug, Default)]
pub struct Clues {
    /// What comes before all else that speaks for a ticket, and what proves it.
    pub first: Option<(TicketId, Proof)>,
    /// Tickets whose token (HMAC) is in its References, In-Reply-To or recipients, the nearest first.
    pub tokens: Vec<TicketId>,
    /// Tickets with a message that its In-Reply-To or References name, the nearest first.
    pub mentioned: Vec<TicketId>,
    /// The number in its subject: a hint, everybody can write it.
    pub subject_number: Option<TicketId>,
    /// The only ticket of its sender, or of those whom an agent writes to, whose subject it has, if it is a reply that names no
    /// mail: a hint, too.
    pub same_subject: Option<TicketId>,
}

impl Clues {
    /// What of them speaks for one of these tickets.
    #[must_use]
    pub fn of_these(&self, tickets: &[TicketId]) -> Self {
        let of_these = |all: &[TicketId]| all.iter().copied().filter(|id| tickets.contains(id)).collect();
        Self {
            first: self.first.filter(|(id, _)| tickets.contains(id)),
            tokens: of_these(&self.tokens),
            mentioned: of_these(&self.mentioned),
            subject_number: self.subject_number.filter(|id| tickets.contains(id)),
            same_subject: self.same_subject.filter(|id| tickets.contains(id)),
        }
    }

    /// Every ticket that any clue names, the strongest first.
    #[must_use]
    pub fn candidates(&self) -> Vec<(TicketId, Proof)> {
        let tokens = self.tokens.iter().map(|ticket| (*ticket, Proof::Token));
        let references = self.mentioned.iter().map(|ticket| (*ticket, Proof::Reference));
        let number = self.subject_number.iter().map(|ticket| (*ticket, Proof::SubjectNumber));
        let mut all: Vec<(TicketId, Proof)> = Vec::new();
        let subject = self.same_subject.iter().map(|ticket| (*ticket, Proof::SameSubject));
        for (ticket, proof) in
            self.first.into_iter().chain(tokens).chain(references).chain(number).chain(subject)
        {
            if !all.iter().any(|(earlier, _)| *earlier == ticket) {
                all.push((ticket, proof));
            }
        }
        all
    }
}

/// What a mail joins a ticket by.
/// It has its name in the event log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Proof {
    /// Our HMAC in a Message-ID or reply address.
    Token,
    /// It refers to a stored message of the ticket.
    Reference,
    /// The ticket's number in the subject, written by somebody who takes part.
    #[strum(serialize = "number in the subject")]
    SubjectNumber,
    /// The ticket's subject, in a reply that names no mail, of somebody who takes part.
    #[strum(serialize = "subject")]
    SameSubject,
}

impl Proof {
    /// Whether anybody can write it.
    #[must_use]
    pub const fn is_hint(self) -> bool {
        matches!(self, Self::SubjectNumber | Self::SameSubject)
    }
}

/// Who writes, as far as threading is concerned.
#[derive(Clone, Copy, Debug)]
pub struct Writer<'a> {
    /// The sender's address.
    pub address: &'a Address,
    /// One of our agents.
    pub is_agent: bool,
    /// A trusted server says that the address is forged: joins nothing.
    pub forged: bool,
    /// Whose he is, by the client registry.
    pub organisation: Option<OrganisationId>,
}

/// Where a mail goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Into this ticket.
    Join {
        /// The ticket.
        ticket: TicketId,
        /// What proves it.
        proof: Proof,
    },
    /// Into a ticket of its own.
    New {
        /// The ticket that it mentions, for agents.
        linked: Option<TicketId>,
        /// Why it did not join that one.
        why: &'static str,
    },
}

/// Whether the writer takes part in `ticket`: by himself, or as a colleague of its client. `organisation_of` is what the client
/// registry says of somebody.
pub fn takes_part<E>(
    ticket: &Ticket,
    writer: &Writer<'_>,
    organisation_of: impl FnOnce(&Address) -> Result<Option<OrganisationId>, E>,
) -> Result<bool, E> {
    let by_himself = writer.is_agent || ticket.includes(writer.address);
    Ok(by_himself || writer.organisation.is_some() && organisation_of(&ticket.client)? == writer.organisation)
}

/// Decides where a mail goes. `load` gives a ticket by its number, `organisation_of` what the client registry says of
/// its client; `reopen_within` is how long after its closing a ticket takes new mail.
pub fn place<E>(
    clues: &Clues,
    writer: &Writer<'_>,
    reopen_within: TimeDelta,
    now: DateTime<Utc>,
    mut load: impl FnMut(TicketId) -> Result<Option<Ticket>, E>,
    mut organisation_of: impl FnMut(&Address) -> Result<Option<OrganisationId>, E>,
) -> Result<Placement, E> {
    let mut refused: Option<(TicketId, &'static str)> = None;
    for (id, proof) in clues.candidates() {
        let Some(ticket) = load(id)? else { continue };
        let why = if writer.forged {
            "the sender is forged"
        } else if !takes_part(&ticket, writer, &mut organisation_of)? {
            "the sender does not take part in the ticket that it mentions"
        } else if ticket.closed_at.is_some_and(|closed_at| closed_at + reopen_within < now) {
            "the ticket that it mentions was closed too long ago"
        } else {
            return Ok(Placement::Join { ticket: id, proof });
        };
        refused.get_or_insert((id, why));
    }
    Ok(match refused {
        Some((id, why)) => Placement::New { linked: Some(id), why },
        None => Placement::New { linked: None, why: "it mentions no ticket" },
    })
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::super::tests::ticket;
    use super::*;
    use proptest::prelude::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + hours * 3600, 0).unwrap()
    }

    fn clues(tokens: &[u32], mentioned: &[u32], number: Option<u32>) -> Clues {
        Clues {
            tokens: tokens.iter().copied().map(TicketId).collect(),
            mentioned: mentioned.iter().copied().map(TicketId).collect(),
            subject_number: number.map(TicketId),
            ..Clues::default()
        }
    }

    fn check(clues: &Clues, from: &str, expect: Placement) {
        let from = address(from);
        let by_name = |address: &Address| {
            let of = |name: &str| address.local().starts_with(name).then_some(OrganisationId(1));
            of("ivan").or(of("boss"))
        };
        let writer = Writer { address: &from, is_agent: false, forged: false, organisation: by_name(&from) };
        let load = |id: TicketId| {
            Ok::<_, ()>((id.0 <= 2).then(|| {
                let mut found = ticket(id.0, if id.0 == 1 { "ivan@alfa.test" } else { "petr@beta.test" });
                found.participants = vec![address("chef@alfa.test")];
                found
            }))
        };
        let placed = place(clues, &writer, TimeDelta::days(14), at(0), load, |address| Ok(by_name(address)));
        assert_eq!(placed, Ok(expect));
    }

    #[test]
    fn proof_and_participation_join() {
        let join = |proof| Placement::Join { ticket: TicketId(1), proof };
        check(&clues(&[1], &[], None), "ivan@alfa.test", join(Proof::Token));
        check(&clues(&[], &[1], None), "ivan@alfa.test", join(Proof::Reference));
        check(&clues(&[], &[], Some(1)), "ivan@alfa.test", join(Proof::SubjectNumber));
        check(&clues(&[], &[], Some(1)), "ivan+wialon@alfa.test", join(Proof::SubjectNumber));
        check(&clues(&[1], &[], None), "chef@alfa.test", join(Proof::Token));
        check(&clues(&[2, 1], &[], None), "ivan@alfa.test", join(Proof::Token));
        check(&clues(&[1], &[], None), "boss@elsewhere.test", join(Proof::Token)); // a colleague by the registry
    }

    #[test]
    fn a_stranger_gets_a_ticket_of_his_own_with_a_link() {
        let why = "the sender does not take part in the ticket that it mentions";
        for clues in [clues(&[1], &[], None), clues(&[], &[1], None), clues(&[], &[], Some(1))] {
            check(&clues, "petr@beta.test", Placement::New { linked: Some(TicketId(1)), why });
        }
        check(
            &clues(&[], &[], Some(77)),
            "petr@beta.test",
            Placement::New { linked: None, why: "it mentions no ticket" },
        );
    }

    #[test]
    fn a_forged_sender_joins_nothing_and_an_old_closed_ticket_takes_nothing() {
        let from = address("ivan@alfa.test");
        let mut old = ticket(1, "ivan@alfa.test");
        (old.state, old.closed_at) = (State::Closed, Some(old.last_client_at));
        let run = |forged, now| {
            let writer = Writer { address: &from, is_agent: false, forged, organisation: None };
            let load = |_| Ok::<_, ()>(Some(old.clone()));
            place(&clues(&[1], &[], None), &writer, TimeDelta::days(14), now, load, |_| Ok(None)).unwrap()
        };
        assert!(matches!(run(true, old.last_client_at), Placement::New { linked: Some(_), .. }));
        assert!(matches!(run(false, old.last_client_at + TimeDelta::days(13)), Placement::Join { .. }));
        assert!(matches!(
            run(false, old.last_client_at + TimeDelta::days(15)),
            Placement::New { linked: Some(_), .. }
        ));
    }

    proptest! {
        /// Whatever clues a mail carries, it never joins a ticket that its sender takes no part in.
        #[test]
        fn nobody_joins_a_ticket_of_others(
            tokens in prop::collection::vec(1_u32..5, 0..4),
            mentioned in prop::collection::vec(1_u32..5, 0..4),
            number in prop::option::of(1_u32..5),
            subject in prop::option::of(1_u32..5),
            sender in 1_u32..5,
        ) {
            let from = address(&format!("client{sender}@c.test"));
            // The odd ones are nobody's, each even one has an organisation of its own.
            let organisation_of = |address: &Address| {
                let number: i64 = address.local().trim_start_matches("client").parse().unwrap();
                Ok((number % 2 == 0).then_some(OrganisationId(number)))
            };
            let organisation = organisation_of(&from).unwrap();
            let writer = Writer { address: &from, is_agent: false, forged: false, organisation };
            let load = |id: TicketId| Ok::<_, ()>(Some(ticket(id.0, &format!("client{}@c.test", id.0))));
            let same_subject = subject.map(TicketId);
            let clues = Clues { same_subject, ..clues(&tokens, &mentioned, number) };
            let placed = place(
                &clues, &writer, TimeDelta::days(14), at(0), load, organisation_of,
            ).unwrap();
            if let Placement::Join { ticket, .. } = placed {
                prop_assert_eq!(ticket.0, sender);
            }
        }
    }
}
