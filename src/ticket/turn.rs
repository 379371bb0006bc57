//! What changes whose turn it is though no mail comes: a person's hand, silence, a question that never reached the client. Pure.

use super::states::{self, Cause};
use super::{Moments, State, Ticket};
use chrono::{DateTime, Utc};

/// The ticket once somebody has closed it by hand; `None` where there is nothing to close.
#[must_use]
pub fn closed_by_hand(ticket: &Ticket, now: DateTime<Utc>) -> Option<Ticket> {
    Some(Ticket { asked: Vec::new(), ..closed(ticket, Cause::AgentClosed, now)? })
}

/// The ticket once somebody has reopened it by hand; `None` where there is nothing to reopen.
#[must_use]
pub fn reopened_by_hand(ticket: &Ticket, now: DateTime<Utc>) -> Option<Ticket> {
    Some(Ticket {
        state: states::next(ticket.state, Cause::AgentReopened)?,
        asked: Vec::new(),
        first_unanswered_at: ticket.first_unanswered_at.or(Some(ticket.last_client_at)),
        closed_at: None,
        reopened_at: Some(now),
        ..ticket.clone()
    })
}

/// Since when nothing was heard in a ticket that silence closes: it is answered, or the client took it back.
#[must_use]
pub fn silent_since(state: State, moments: &Moments) -> Option<DateTime<Utc>> {
    match state {
        State::Answered => Some(moments.last_activity()),
        State::Open => moments.is_withdrawn().then(|| moments.turn_since()),
        State::Incomplete | State::Closed => None,
    }
}

/// The ticket once it has been silent for long enough; `None` if that does not close it. What the client took back agents hear of
/// first (`told`): nobody would of one that is closed at first sight.
#[must_use]
pub fn closed_by_silence(ticket: &Ticket, told: bool, now: DateTime<Utc>) -> Option<Ticket> {
    match ticket.state {
        State::Open if !(told && ticket.is_withdrawn()) => None,
        State::Open => closed(ticket, Cause::Withdrawn, now),
        State::Incomplete | State::Answered | State::Closed => closed(ticket, Cause::Silence, now),
    }
}

fn closed(ticket: &Ticket, cause: Cause, now: DateTime<Utc>) -> Option<Ticket> {
    let state = states::next(ticket.state, cause)?;
    Some(Ticket { state, first_unanswered_at: None, closed_at: Some(now), ..ticket.clone() })
}

/// The ticket whose question never reaches the client, and so does not count. If it is what he is asked (`is_last`), nobody is, and it
/// is the agents' turn.
#[must_use]
pub fn never_asked(ticket: &Ticket, is_last: bool, now: DateTime<Utc>) -> Ticket {
    let mut ticket = Ticket { asks: ticket.asks.saturating_sub(1), ..ticket.clone() };
    if is_last {
        ticket.asked.clear();
        if ticket.state == State::Incomplete
            && let Some(state) = states::next(ticket.state, Cause::LetterBounced)
        {
            (ticket.state, ticket.reopened_at) = (state, Some(now));
        }
    }
    ticket
}

#[cfg(test)]
mod tests {
    use super::super::tests::ticket;
    use super::*;
    use crate::request::Field;
    use chrono::TimeDelta;

    /// A ticket whose client was asked, and a moment when he has been silent for days.
    fn asked() -> (Ticket, DateTime<Utc>) {
        let ticket = ticket(1, "ivan@alfa.test");
        let now = ticket.opened_at + TimeDelta::days(9);
        (Ticket { state: State::Incomplete, asks: 2, asked: vec![Field::Steps], ..ticket }, now)
    }

    #[test]
    fn a_hand_closes_what_is_not_closed_and_reopens_what_is_answered_or_closed() {
        let (asked, now) = asked();
        let closed = closed_by_hand(&asked, now).unwrap();
        assert_eq!((closed.state, closed.closed_at), (State::Closed, Some(now)));
        assert_eq!((&closed.asked, closed.first_unanswered_at), (&vec![], None));
        assert_eq!(closed_by_hand(&closed, now), None);
        assert_eq!(reopened_by_hand(&asked, now), None);
        let later = now + TimeDelta::days(1);
        let open = reopened_by_hand(&closed, later).unwrap();
        assert_eq!((open.state, open.closed_at, open.turn_since()), (State::Open, None, later));
        assert_eq!(open.first_unanswered_at, Some(asked.last_client_at), "somebody waits again");
    }

    #[test]
    fn silence_closes_what_is_answered_or_taken_back_once_that_is_told() {
        let (asked, now) = asked();
        let since = |ticket: &Ticket| silent_since(ticket.state, &ticket.moments());
        let open = Ticket { state: State::Open, asked: Vec::new(), ..asked.clone() };
        for waits in [&asked, &open] {
            assert_eq!((since(waits), closed_by_silence(waits, true, now)), (None, None));
        }
        let answered_at = Some(asked.last_client_at + TimeDelta::hours(3));
        let answered =
            Ticket { state: State::Answered, answered_at, first_unanswered_at: None, ..open.clone() };
        assert_eq!(since(&answered), answered_at);
        let closed = closed_by_silence(&answered, false, now).unwrap();
        assert_eq!((closed.state, closed.closed_at), (State::Closed, Some(now)));
        let withdrawn = Ticket { withdrawn_at: Some(open.last_client_at), ..open.clone() };
        assert_eq!(since(&withdrawn), Some(open.last_client_at));
        assert_eq!(closed_by_silence(&withdrawn, false, now), None);
        let closed = closed_by_silence(&withdrawn, true, now).unwrap();
        assert_eq!((closed.state, closed.first_unanswered_at), (State::Closed, None));
    }

    #[test]
    fn a_question_that_never_arrived_does_not_count_and_makes_it_the_agents_turn_if_it_was_the_last() {
        let (asked, now) = asked();
        let earlier = never_asked(&asked, false, now);
        assert_eq!(earlier, Ticket { asks: 1, ..asked.clone() });
        let last = never_asked(&asked, true, now);
        assert_eq!((last.state, last.asks, last.turn_since()), (State::Open, 1, now));
        assert_eq!(last.asked, []);
        let closed = closed_by_hand(&asked, now).unwrap();
        assert_eq!(never_asked(&closed, true, now), Ticket { asks: 1, ..closed.clone() });
    }
}
