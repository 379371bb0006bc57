//! What an agent's answer does to its ticket once it has gone out, and when it comes back. Pure.

use super::states::{self, Cause};
use super::{State, Ticket};
use chrono::{DateTime, Utc};

/// Why an answer came back, where a report says no more than that.
pub const NOT_ARRIVED: &str = "a delivery report says that it did not arrive";

/// A ticket after an answer has demonstrably gone out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct GoneOut {
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// Whether it answered the client's last words; if not, the clock goes on from these.
    pub answers_last: bool,
}

/// An answer has gone out `at`. It answers the client's last words if it refers to them (`to_last`) or is later than
/// they are: a client who wrote while the answer was on its way waits for another one. `next_unanswered` is the first
/// message that came after the answer.
pub fn gone_out(
    ticket: &Ticket,
    at: DateTime<Utc>,
    to_last: bool,
    next_unanswered: Option<DateTime<Utc>>,
) -> GoneOut {
    let mut ticket = Ticket { agent_answered: true, ..ticket.clone() };
    let answers_last = to_last || at >= ticket.last_client_at;
    let waits = ticket.first_unanswered_at.is_some();
    if !answers_last {
        // Unless another answer has answered them meanwhile. What an answer has answered that was read before stays so.
        ticket.first_unanswered_at = ticket.first_unanswered_at.max(next_unanswered.filter(|_| waits));
        return GoneOut { ticket, answers_last };
    }
    if let Some(state) = states::next(ticket.state, Cause::AnswerSent) {
        ticket.state = state;
        ticket.answered_at = ticket.answered_at.max(Some(at));
        ticket.first_unanswered_at = None;
        ticket.asked.clear();
    }
    GoneOut { ticket, answers_last }
}

/// The ticket once its last answer has come back; `None` if that changes nothing. `first_unanswered` is the first message
/// that no other answer has answered.
#[must_use]
pub fn returned(
    ticket: &Ticket,
    first_unanswered: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Ticket> {
    if !matches!(ticket.state, State::Answered | State::Closed) {
        return None;
    }
    let state = states::next(ticket.state, Cause::LetterBounced)?;
    let first_unanswered_at = first_unanswered.or(Some(ticket.last_client_at));
    let open = Ticket { state, first_unanswered_at, answered_at: None, closed_at: None, ..ticket.clone() };
    Some(Ticket { reopened_at: Some(now), ..open })
}

#[cfg(test)]
mod tests {
    use super::super::tests::ticket;
    use super::*;
    use chrono::TimeDelta;

    /// An open ticket whose client wrote at hour 0 and hour 2.
    fn asked_twice() -> Ticket {
        let ticket = ticket(1, "ivan@alfa.test");
        Ticket { last_client_at: hour(&ticket, 2), ..ticket }
    }

    fn hour(ticket: &Ticket, hours: i64) -> DateTime<Utc> {
        ticket.opened_at + TimeDelta::hours(hours)
    }

    #[test]
    fn an_answer_stops_the_clock() {
        let open = asked_twice();
        let GoneOut { ticket, answers_last } = gone_out(&open, hour(&open, 3), false, None);
        assert!(answers_last);
        assert_eq!((ticket.state, ticket.first_unanswered_at), (State::Answered, None));
        assert_eq!(ticket.answered_at, Some(hour(&open, 3)));
        assert!(ticket.agent_answered);
    }

    #[test]
    fn an_answer_that_the_client_overtook_leaves_his_last_words_unanswered() {
        let open = asked_twice();
        let last = Some(open.last_client_at);
        let GoneOut { ticket, answers_last } = gone_out(&open, hour(&open, 1), false, last);
        assert!(!answers_last && ticket.agent_answered);
        assert_eq!((ticket.state, ticket.first_unanswered_at), (State::Open, last));
        // What was answered stays so, whichever answer is read first.
        let first = |hours| Ticket { first_unanswered_at: Some(hour(&open, hours)), ..open.clone() };
        let after = |first: Ticket| gone_out(&first, hour(&open, 0), false, Some(hour(&open, 1))).ticket;
        assert_eq!(after(first(2)).first_unanswered_at, last);
        assert_eq!(after(first(0)).first_unanswered_at, Some(hour(&open, 1)));
        // A clock that is slow proves nothing against a reference.
        assert_eq!(gone_out(&open, hour(&open, 1), true, last).ticket.state, State::Answered);
    }

    #[test]
    fn a_closed_ticket_stays_closed() {
        let closed = Ticket { state: State::Closed, ..asked_twice() };
        assert_eq!(gone_out(&closed, hour(&closed, 3), true, None).ticket.state, State::Closed);
    }

    #[test]
    fn an_answer_that_comes_back_is_none() {
        let open = asked_twice();
        let answered = gone_out(&open, hour(&open, 3), false, None).ticket;
        for state in [State::Answered, State::Closed] {
            let now = hour(&open, 50);
            let back = returned(&Ticket { state, ..answered.clone() }, Some(hour(&open, 0)), now).unwrap();
            assert_eq!(back, Ticket { agent_answered: true, reopened_at: Some(now), ..open.clone() });
            assert_eq!(back.turn_since(), now, "nobody could react before");
        }
        assert_eq!(returned(&open, None, hour(&open, 3)), None);
        let incomplete = Ticket { state: State::Incomplete, ..open.clone() };
        assert_eq!(returned(&incomplete, None, hour(&open, 3)), None);
    }
}
