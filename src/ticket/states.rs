//! The ticket's state machine: one table, nothing else changes a state.

use super::State;

/// What can happen to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(strum::VariantArray))]
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
    /// The client took his request back, and nothing was heard for `close_after`.
    Withdrawn,
    /// An agent closes it by hand.
    AgentClosed,
    /// An agent reopens it by hand.
    AgentReopened,
}

/// What a ticket begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(strum::VariantArray))]
pub enum Beginning {
    /// A mail of the client that a letter asks about.
    Asked,
    /// A mail of the client that is not asked about.
    ClientWrote,
    /// A mail of an agent who wrote to the client of his own accord.
    AnswerSent,
}

/// The state a ticket starts in.
#[must_use]
pub const fn first(beginning: Beginning) -> State {
    match beginning {
        Beginning::Asked => State::Incomplete,
        Beginning::ClientWrote => State::Open,
        Beginning::AnswerSent => State::Answered,
    }
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
        (Open, Cause::Withdrawn) => Some(Closed),
        (Incomplete | Answered | Closed, Cause::Withdrawn) => None,
        (Incomplete | Open | Answered, Cause::AgentClosed) => Some(Closed),
        (Closed, Cause::AgentClosed) => None,
        (Answered | Closed, Cause::AgentReopened) => Some(Open),
        (Incomplete | Open, Cause::AgentReopened) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::VariantArray as _;

    #[test]
    fn only_these_transitions_exist() {
        let mut table = String::new();
        for &state in State::VARIANTS {
            for &cause in Cause::VARIANTS {
                if let Some(to) = next(state, cause) {
                    table.push_str(&format!("{state} --{cause:?}--> {to}\n"));
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
        open --Withdrawn--> closed
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

    /// The table in ARCHITECTURE.md: each of its rows, and nothing else, is in the code.
    #[test]
    fn the_table_in_architecture_md_is_this_one() {
        let words = |cause| match cause {
            Cause::Asked => "the client is asked",
            Cause::ClientWrote => "the client writes and is not asked",
            Cause::AnswerSent => "the answer has demonstrably gone out",
            Cause::LetterBounced => "the letter that brought it there did not arrive",
            Cause::Silence => "silence for `close_after`",
            Cause::Withdrawn => "silence for `close_after` since the client withdrew it",
            Cause::AgentClosed => "an agent closes it",
            Cause::AgentReopened => "an agent reopens it",
        };
        let page = include_str!("../../ARCHITECTURE.md");
        let (_, section) = page.split_once("## The ticket's states").unwrap();
        let (section, _) = section.split_once("\n## ").unwrap();
        let mut told: Vec<String> = Vec::new();
        for row in section.lines().filter(|line| line.starts_with('|')).skip(2) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let &[from, what, to] = cells.as_slice() else { panic!("{row}") };
            for from in from.split(", ").map(|from| from.trim_matches('`')) {
                told.push(format!("{from} | {what} | {}", to.trim_matches('`')));
            }
        }
        let mut made: Vec<String> = Vec::new();
        for &beginning in Beginning::VARIANTS {
            let cause = match beginning {
                Beginning::Asked => Cause::Asked,
                Beginning::ClientWrote => Cause::ClientWrote,
                Beginning::AnswerSent => Cause::AnswerSent,
            };
            made.push(format!("(new) | {} | {}", words(cause), first(beginning)));
        }
        for &state in State::VARIANTS {
            for &cause in Cause::VARIANTS {
                if let Some(to) = next(state, cause) {
                    made.push(format!("{state} | {} | {to}", words(cause)));
                }
            }
        }
        told.sort();
        made.sort();
        assert_eq!(told, made);
    }
}
