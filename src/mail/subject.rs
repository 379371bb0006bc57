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

/// A subject without what mail programs have put in front of it, for comparing.
#[must_use]
pub fn bare(subject: &str) -> String {
    let subject = subject.to_lowercase();
    let mut rest = subject.trim();
    while let Some(behind) = without_prefix(rest) {
        rest = behind.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether it is what mail programs put where there is no subject, in small letters.
#[must_use]
pub fn is_placeholder(subject: &str) -> bool {
    let bare = subject.trim_matches(['(', ')', '<', '>', '[', ']']);
    ["без темы", "нет темы", "тема отсутствует", "no subject", "none", "untitled"].contains(&bare)
}

fn without_prefix(subject: &str) -> Option<&str> {
    let prefix = REPLY.iter().chain(&FORWARD).find(|prefix| subject.starts_with(**prefix))?;
    let behind = subject.strip_prefix(prefix)?;
    if prefix.ends_with(':') {
        return Some(behind);
    }
    // «пересл.:», "re[2]:".
    let (word, rest) = behind.split_once(':')?;
    (!word.contains(' ')).then_some(rest)
}

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

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_subject_is_bare_of_all_that_programs_put_before_it() {
        for (subject, expect) in [
            ("Отчёт  пустой", "отчёт пустой"),
            ("RE: Fwd: отчёт пустой", "отчёт пустой"),
            ("Re[2]: Отв: Отчёт пустой ", "отчёт пустой"),
            ("Пересл.: Отчёт пустой", "отчёт пустой"),
            ("Пересланный отчёт: пустой", "пересланный отчёт: пустой"),
            ("Ответ: ", ""),
            ("re[", "re["),
        ] {
            assert_eq!(bare(subject), expect, "{subject}");
        }
    }
}
