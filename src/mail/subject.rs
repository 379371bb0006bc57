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
    "re:", "re[", "ответ:", "отв:", "на:", "ha:", "aw:", "sv:", "antw:", "rif:", "res:", "atb:", "odp:",
];
const FORWARD: [&str; 8] = ["fw:", "fwd:", BRACKETED, "пересл", "перес:", "wg:", "tr:", "пер:"];
/// Mozilla's, around the whole subject.
const BRACKETED: &str = "[fwd:";

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
    if *prefix == BRACKETED {
        return Some(within(behind).unwrap_or(behind));
    }
    if prefix.ends_with(':') {
        return Some(behind);
    }
    // «пересл.:», "re[2]:".
    let (word, rest) = behind.split_once(':')?;
    (!word.trim_end().contains(' ')).then_some(rest)
}

/// What stands before the bracket at the end, if it closes one that was opened before all this.
fn within(rest: &str) -> Option<&str> {
    let within = rest.trim_end().strip_suffix(']')?;
    let depth = within.chars().try_fold(0_usize, |depth, c| match c {
        '[' => Some(depth + 1),
        ']' => depth.checked_sub(1),
        _ => Some(depth),
    });
    (depth == Some(0)).then_some(within)
}

/// What stands behind a start that is given in small letters. Some put spaces before its colon, as the French do.
fn behind<'a>(subject: &'a str, start: &str) -> Option<&'a str> {
    let (word, colon) = start.strip_suffix(':').map_or((start, ""), |word| (word, ":"));
    let mut rest = subject.chars();
    if !word.chars().all(|c| rest.next().is_some_and(|found| found.to_lowercase().eq([c]))) {
        return None;
    }
    let rest = rest.as_str();
    if colon.is_empty() { Some(rest) } else { rest.trim_start().strip_prefix(colon) }
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
            ("[Fwd: Отчёт пустой]", "отчёт пустой"),
            ("Re: [Fwd: [Fwd: [#7] Отчёт пустой] ]", "[#7] отчёт пустой"),
            ("[Fwd: Отчёт [пустой]", "отчёт [пустой]"),
            ("[Fwd: Отчёт] [пустой]", "отчёт] [пустой]"),
            ("Fwd : Отв : AW\u{a0}: Re[2] : Отчёт пустой", "отчёт пустой"),
            ("Отвал : Отчёт пустой", "отвал : отчёт пустой"),
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
