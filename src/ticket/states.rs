//! The ticket's state machine: one table, nothing else changes a state.

use super::State;

/// What can happen to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A letter that asks the client goes out.
    Asked,
    /// The client wrote and is not asked back: it is the agents' turn.
    ClientWrote,
    /// The answer has demonstrably gone out («запрос считается обработанным, а обращение - предварительно закрытым,
    /// после отправки ответа клиенту»).
    AnswerSent,
    /// The letter that brought it into this state came back: a question or the answer.
    LetterBounced,
    /// Nothing was heard for `close_after`.
    Silence,
    /// An agent closes it by hand.
    AgentClosed,
    /// An agent reopens it by hand.
    AgentReopened,
}

impl Cause {
    /// All causes.
    pub const ALL: [Self; 7] = [
        Self::Asked,
        Self::ClientWrote,
        Self::AnswerSent,
        Self::LetterBounced,
        Self::Silence,
        Self::AgentClosed,
        Self::AgentReopened,
    ];
}

/// The state a ticket starts in.
#[must_use]
pub fn first(cause: Cause) -> State {
    if cause == Cause::Asked { State::Incomplete } else { State::Open }
}

/// The state after `cause`; `None` if that cannot happen in `state`, which then stays.
#[must_use]
pub fn next(state: State, cause: Cause) -> Option<State> {
    use State::{Answered, Closed, Incomplete, Open};
    match (state, cause) {
        (Incomplete | Open | Answered | Closed, Cause::Asked) => Some(Incomplete),
        (Incomplete | Open | Answered | Closed, Cause::ClientWrote) => Some(Open),
        (Incomplete | Open | Answered, Cause::AnswerSent) => Some(Answered),
        (Closed, Cause::AnswerSent) => None,
        (Incomplete | Answered | Closed, Cause::LetterBounced) => Some(Open),
        (Open, Cause::LetterBounced) => None,
        (Answered, Cause::Silence) => Some(Closed),
        (Incomplete | Open | Closed, Cause::Silence) => None,
        (Incomplete | Open | Answered, Cause::AgentClosed) => Some(Closed),
        (Closed, Cause::AgentClosed) => None,
        (Answered | Closed, Cause::AgentReopened) => Some(Open),
        (Incomplete | Open, Cause::AgentReopened) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_these_transitions_exist() {
        let mut table = String::new();
        for state in State::ALL {
            for cause in Cause::ALL {
                if let Some(to) = next(state, cause) {
                    table.push_str(&format!("{} --{cause:?}--> {}\n", state.name(), to.name()));
                }
            }
        }
        insta::assert_snapshot!(table, @r"
        incomplete --Asked--> incomplete
        incomplete --ClientWrote--> open
        incomplete --AnswerSent--> answered
        incomplete --LetterBounced--> open
        incomplete --AgentClosed--> closed
        open --Asked--> incomplete
        open --ClientWrote--> open
        open --AnswerSent--> answered
        open --AgentClosed--> closed
        answered --Asked--> incomplete
        answered --ClientWrote--> open
        answered --AnswerSent--> answered
        answered --LetterBounced--> open
        answered --Silence--> closed
        answered --AgentClosed--> closed
        answered --AgentReopened--> open
        closed --Asked--> incomplete
        closed --ClientWrote--> open
        closed --LetterBounced--> open
        closed --AgentReopened--> open
        ");
    }

    #[test]
    fn a_ticket_starts_with_somebody_s_turn() {
        assert_eq!(first(Cause::Asked), State::Incomplete);
        assert_eq!(first(Cause::ClientWrote), State::Open);
    }
}
