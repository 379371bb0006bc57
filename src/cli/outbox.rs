//! `askback outbox`

use super::failure::Outcome;
use super::screen::{Screen, Tone, moment};
use super::table::{Cell, Column, Table};
use super::view::field_names;
use crate::config::Config;
use crate::store::{Letter, OutboxState};
use chrono_tz::Tz;
use serde_json::{Value, json};
use strum::VariantArray as _;

/// Where a letter stands, as it is shown and asked for: that it came back counts for more than that a server took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Its state in the outbox.
    Is(OutboxState),
    /// A bounce of it came back.
    Bounced,
}

impl Shown {
    /// All of them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        OutboxState::VARIANTS.iter().copied().map(Self::Is).chain([Self::Bounced])
    }

    /// The word for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Is(state) => state.into(),
            Self::Bounced => "bounced",
        }
    }

    /// The one of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|shown| shown.name() == name)
    }

    /// Where this letter stands.
    pub(super) const fn of(letter: &Letter) -> Self {
        if letter.bounced_at.is_some() { Self::Bounced } else { Self::Is(letter.state) }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Is(OutboxState::Waiting | OutboxState::Claimed) => Tone::Yellow,
            Self::Is(OutboxState::Sent) => Tone::Green,
            Self::Is(OutboxState::Refused | OutboxState::Ambiguous) | Self::Bounced => Tone::Red,
            Self::Is(OutboxState::Cancelled) => Tone::Dim,
        }
    }
}

/// Lists letters, the latest last.
pub(super) fn run(config: &Config, state: Option<Shown>, json: bool, screen: &mut Screen) -> Outcome {
    let stored = match state {
        Some(Shown::Is(state)) => Some(state),
        Some(Shown::Bounced) | None => None,
    };
    let mut letters = super::store(config)?.read_now(|reader| reader.outbox(stored))?;
    letters.retain(|letter| state.is_none_or(|state| Shown::of(letter) == state));
    if json {
        return Ok(screen.json_array(letters.iter().map(|letter| Ok(letter_json(letter))))?);
    }
    let empty = state.map_or_else(
        || "There are no letters yet.".to_owned(),
        |state| format!("There are no {} letters.", state.name()),
    );
    show(&letters, config.hours.zone(), "", &empty, screen)
}

/// A letter without its bytes.
pub(super) fn letter_json(letter: &Letter) -> Value {
    json!({
        "letter": letter.id,
        "state": Shown::of(letter).name(),
        "kind": letter.kind,
        "ticket": letter.ticket,
        "answers_mail": letter.answers_mail,
        "to": letter.to.to_string(),
        "message_id": letter.message_id.to_string(),
        "asked": letter.asked,
        "attempts": letter.attempts,
        "created_at": letter.created_at,
        "due_at": letter.due_at,
        "sent_at": letter.sent_at,
        "bounced_at": letter.bounced_at,
        "sent_copy": letter.sent_copy,
        "response": letter.response,
        "last_error": letter.last_error,
    })
}

/// Letters as a table.
pub(super) fn show(letters: &[Letter], zone: Tz, indent: &str, empty: &str, screen: &mut Screen) -> Outcome {
    let mut table = Table::new(&[
        Column::Right("no"),
        Column::Fixed("state"),
        Column::Fixed("kind"),
        Column::Right("ticket"),
        Column::Flexible("to"),
        Column::Flexible("about"),
        Column::Fixed("sent or due"),
        Column::Right("tries"),
        Column::Flexible("last error"),
    ]);
    for letter in letters {
        let state = Shown::of(letter);
        table.row(vec![
            Cell::new(letter.id),
            Cell::toned(state.name(), state.tone()),
            Cell::new(letter.kind),
            Cell::new(letter.ticket.map(|ticket| ticket.to_string()).unwrap_or_default()),
            Cell::new(&letter.to),
            Cell::new(field_names(&letter.asked)),
            Cell::new(moment(letter.sent_at.unwrap_or(letter.due_at), zone)),
            Cell::new(letter.attempts),
            Cell::new(&letter.last_error),
        ]);
    }
    table.show(screen, indent, empty)
}
