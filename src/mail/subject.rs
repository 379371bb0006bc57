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
const REPLY: [&str; 14] = [
    "re:", "re[", "re :", "ответ:", "отв:", "на:", "ha:", "aw:", "sv:", "antw:", "rif:", "res:", "atb:", "odp:",
];
const FORWARD: [&str; 8] = ["fw:", "fwd:", "[fwd:", "пересл", "перес:", "wg:", "tr:", "пер:"];

/// A subject without what mail programs have put in front of it.
#[must_use]
pub fn without_prefixes(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(behind) = behind_prefix(rest) {
        rest = behind.trim_start();
    }
    rest
}

/// The same in small letters and with single spaces, for comparing.
#[must_use]
pub fn bare(subject: &str) -> String {
    let subject = without_prefixes(subject).to_lowercase();
    subject.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether it is what mail programs put where there is no subject, in small letters.
#[must_use]
pub fn is_placeholder(subject: &str) -> bool {
    let bare = subject.trim_matches(['(', ')', '<', '>', '[', ']']);
    ["без темы", "нет темы", "тема отсутствует", "no subject", "none", "untitled"].contains(&bare)
}

fn behind_prefix(subject: &str) -> Option<&str> {
    let mut prefixes = REPLY.iter().chain(&FORWARD);
    let (prefix, behind) = prefixes.find_map(|prefix| Some((prefix, behind(subject, prefix)?)))?;
    if prefix.ends_with(':') {
        return Some(behind);
    }
    // «пересл.:», "re[2]:".
    let (word, rest) = behind.split_once(':')?;
    (!word.contains(' ')).then_some(rest)
}

/// What stands behind a start that is given in small letters.
fn behind<'a>(subject: &'a str, start: &str) -> Option<&'a str> {
    let mut rest = subject.chars();
    start
        .chars()
        .all(|c| rest.next().is_some_and(|found| found.to_lowercase().eq([c])))
        .then(|| rest.as_str())
}

/// Whether a subject begins as that of an answer.
pub(super) fn is_reply(subject: &str) -> bool {
    begins(subject, &REPLY)
}

fn begins(subject: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| behind(subject.trim_start(), prefix).is_some())
}

impl Mail {
    /// Whether the subject says that this mail answers or forwards another. Of several prefixes the first counts: it was put
    /// there last.
    #[must_use]
    pub fn subject_prefix(&self) -> Option<SubjectPrefix> {
        if is_reply(&self.subject) {
            Some(SubjectPrefix::Reply)
        } else if begins(&self.subject, &FORWARD) {
            Some(SubjectPrefix::Forward)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{bare, without_prefixes};

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

    #[test]
    fn what_is_left_of_a_subject_keeps_its_letters() {
        assert_eq!(without_prefixes(" НА: Re[2]: ПЕРЕСЛ.: Отчёт  пустой"), "Отчёт  пустой");
    }
}
