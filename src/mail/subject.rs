//! What mail programs put in front of a subject.

use super::Mail;

/// The word in front of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectPrefix {
    /// `Re:`, «Отв:».
    Reply,
    /// `Fwd:`, «Пересл.:».
    Forward,
}

#[rustfmt::skip]
const REPLY: [&str; 13] = [
    "re:", "re[", "re :", "ответ:", "отв:", "на:", "aw:", "sv:", "antw:", "rif:", "res:", "atb:", "odp:",
];
const FORWARD: [&str; 8] = ["fw:", "fwd:", "[fwd:", "пересл", "перес:", "wg:", "tr:", "пер:"];

/// No prefix is longer.
const PREFIX_CHARS: usize = 8;

impl Mail {
    /// Whether the subject says that this mail answers or forwards another. Of several prefixes the first counts: it was put
    /// there last.
    #[must_use]
    pub fn subject_prefix(&self) -> Option<SubjectPrefix> {
        let start: String =
            self.subject.trim_start().chars().take(PREFIX_CHARS).flat_map(char::to_lowercase).collect();
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| start.starts_with(prefix));
        if begins(&REPLY) {
            Some(SubjectPrefix::Reply)
        } else if begins(&FORWARD) {
            Some(SubjectPrefix::Forward)
        } else {
            None
        }
    }
}
