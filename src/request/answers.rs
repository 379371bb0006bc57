//! What a conversation has supplied: accumulation over its messages.

use super::rules::Rules;
use super::{Answers, Before, Field, Kind, Level, Request, State};

impl Answers {
    /// The light in which the next message is read; `asked` are the fields of our last list of questions.
    #[must_use]
    pub fn before<'a>(&self, asked: &'a [Field], rules: &Rules) -> Before<'a> {
        Before { asked, kind: self.kind, all_told: self.kind.is_some() && self.missing(rules).is_empty() }
    }

    /// The kind that a message has in this conversation: its own, or that of the conversation if it only continues it.
    #[must_use]
    pub fn kind_of(&self, request: &Request) -> Kind {
        match (request.continues, self.kind) {
            (true, Some(kind)) if request.kind != Kind::None => kind,
            (true | false, _) => request.kind,
        }
    }

    /// Adds what one message supplies. What is supplied stays supplied; fields that apply stay applicable when the kind changes (corpus guidelines: the union).
    pub fn absorb(&mut self, request: &Request) {
        let kind = self.kind_of(request);
        if kind == Kind::None {
            return;
        }
        let keeps = request.continues && self.kind.is_some();
        self.kind = Some(kind);
        for (field, finding) in request.fields.iter() {
            let answer = self.found.get_mut(field);
            if rank(finding.state) >= rank(answer.state) && finding.state != State::Off {
                answer.state = finding.state;
                // Whoever names one of several things again takes none of the others back.
                let again = |value: &str| answer.value.as_ref().is_some_and(|known| known.contains(value));
                if finding.value.as_deref().is_some_and(|value| !again(value)) {
                    answer.value.clone_from(&finding.value);
                }
            }
        }
        if keeps {
            return;
        }
        let problem = kind == Kind::Problem;
        self.applies.product = true;
        self.applies.description = true;
        self.applies.attachments = true;
        self.applies.steps |= problem;
        self.applies.objects |= problem || request.objects_apply;
    }

    /// Adds what the client, who has read our questions, says that he cannot tell.
    pub fn decline(&mut self, request: &Request) {
        for (field, declined) in request.declined.iter() {
            *self.declined.get_mut(field) |= *declined;
        }
    }

    /// Of what is missing, what the client may still tell: he has not said that he cannot.
    #[must_use]
    pub fn askable(&self, missing: &[Field]) -> Vec<Field> {
        missing.iter().copied().filter(|field| !self.declined.get(*field)).collect()
    }

    /// The required, applicable fields that nothing has supplied, in the regulation's order. What is unsure is not
    /// asked for: a needless question costs a client more than a missed one costs an agent.
    #[must_use]
    pub fn missing(&self, rules: &Rules) -> Vec<Field> {
        Field::ALL
            .into_iter()
            .filter(|field| rules.level(*field) == Level::Required)
            .filter(|field| *self.applies.get(*field) && self.found.get(*field).state == State::Missing)
            .collect()
    }
}

/// How much a state says.
fn rank(state: State) -> u8 {
    match state {
        State::Off => 0,
        State::Missing => 1,
        State::Unsure => 2,
        State::Present => 3,
    }
}
