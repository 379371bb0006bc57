//! What the client's side wrote, as agents read it: whose words are whose cannot be mistaken.

use super::words::{self, Whose};
use crate::mail::header_text::is_hostile;
use crate::mail::{Address, HeaderText};
use crate::request::Language;
use crate::ticket::TicketId;

/// As much of a message is shown.
const MAX_LINES: usize = 200;
const MAX_CHARS: usize = 10_000;
/// As much of all messages beside the latest.
const MAX_LINES_IN_ALL: usize = 400;
const MAX_CHARS_IN_ALL: usize = 20_000;
/// As much of a person's name.
const NAME_CHARS: usize = 60;

/// A message of the client's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who wrote it, if it was not the client.
    pub by: Option<Other>,
    /// The words. Hostile.
    pub text: String,
}

/// What the client's side wrote that nobody has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unanswered {
    /// The latest messages, oldest first.
    pub said: Vec<Said>,
    /// How many there are before these.
    pub earlier: usize,
}

/// Somebody who may write into a ticket that is another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// His address.
    pub address: Address,
    /// His display name. Hostile.
    pub name: String,
    /// The client has put him in copy; if not, he is of the client's organisation.
    pub in_copy: bool,
}

impl Other {
    /// Who he is in one line. His address is the first: his name may say anything.
    fn shown(&self, language: Language) -> String {
        let name = HeaderText::new(&self.name, NAME_CHARS);
        let name = match language {
            _ if name.as_str().is_empty() => String::new(),
            Language::Russian => format!("«{name}», "),
            Language::English => format!("\"{name}\", "),
        };
        let part = match (language, self.in_copy) {
            (Language::Russian, true) => "в копии",
            (Language::Russian, false) => "из той же организации",
            (Language::English, true) => "in copy",
            (Language::English, false) => "of the same organisation",
        };
        format!("{} ({name}{part})", self.address)
    }
}

/// Who wrote last, if it was not the client.
pub(super) fn last_other(said: &[Said]) -> Option<&Other> {
    said.last()?.by.as_ref()
}

/// Each one's words below a line that names him: the latest message, then of those before it as many as there is room for, and
/// where the others are. Words that are not the client's are marked in each line, so that none of them can pass for such a line.
pub(super) fn shown(language: Language, whose: &Whose, ticket: TicketId, unanswered: &Unanswered) -> String {
    let cut = words::cut(language, ticket);
    let mut shown: Vec<(&Said, String)> = Vec::new();
    let (mut lines, mut chars) = (0, 0);
    for said in unanswered.said.iter().rev() {
        let words = match words_until(&said.text, &cut) {
            words if words.trim().is_empty() => format!("{}\n", words::small(language).no_text),
            words => words,
        };
        if !shown.is_empty() {
            lines += words.lines().count();
            chars += words.chars().count();
        }
        if lines > MAX_LINES_IN_ALL || chars > MAX_CHARS_IN_ALL {
            break;
        }
        shown.push((said, words));
    }
    shown.reverse();
    let earlier = unanswered.earlier + unanswered.said.len() - shown.len();
    let mut text = String::new();
    if earlier > 0 {
        text += &format!("\n{}\n", words::earlier(language, ticket, earlier));
    }
    for stretch in shown.chunk_by(|(one, _), (next, _)| one.by == next.by) {
        let words: Vec<&str> = stretch.iter().map(|(_, words)| words.as_str()).collect();
        let words = words.join("\n");
        let Some(other) = stretch.first().and_then(|(one, _)| one.by.as_ref()) else {
            text += &format!("\n{}\n\n{words}", writes(language, whose));
            continue;
        };
        let title = match language {
            Language::Russian => format!("{} {}:", not_his(language, whose), other.shown(language)),
            Language::English => format!("{} {} writes:", not_his(language, whose), other.shown(language)),
        };
        let marked: String =
            words.lines().map(|line| format!("{}\n", format!("| {line}").trim_end())).collect();
        text += &format!("\n{title}\n\n{marked}");
    }
    text
}

/// That an answer goes to the client alone, where others wrote.
pub(super) fn goes_to(language: Language, whose: &Whose, client: &Address, said: &[Said]) -> Option<String> {
    said.iter().any(|one| one.by.is_some()).then(|| match language {
        Language::Russian => {
            format!("Пишет не только {}, а ваш ответ получит только он:\n{client}\n", whose.who)
        }
        Language::English => {
            format!("Not only the {} writes, but your answer goes to him only:\n{client}\n", whose.who)
        }
    })
}

/// The line above the client's words.
pub(super) fn writes(language: Language, whose: &Whose) -> String {
    match language {
        Language::Russian => format!("{} пишет:", capital(whose.who)),
        Language::English => format!("The {} writes:", whose.who),
    }
}

/// What the line above the words of somebody else begins with.
pub(super) fn not_his(language: Language, whose: &Whose) -> String {
    match language {
        Language::Russian => format!("Пишет не {}, а", whose.who),
        Language::English => format!("Not the {}, but", whose.who),
    }
}

/// With its first letter as at the beginning of a line.
pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// A person's words, line by line, without characters that hide or reorder others, and not without end.
pub(super) fn plain_words(text: &str) -> String {
    words_until(text, "…")
}

/// [`plain_words`], with `cut` where they do not end.
fn words_until(text: &str, cut: &str) -> String {
    let clean = clean(text.trim_matches('\n'));
    let mut shown: String = clean.chars().take(MAX_CHARS).collect();
    let is_cut = shown.len() < clean.len() || shown.lines().count() > MAX_LINES;
    shown = shown.lines().map(str::trim_end).take(MAX_LINES).collect::<Vec<_>>().join("\n");
    if is_cut { format!("{shown}\n{cut}\n") } else { format!("{shown}\n") }
}

/// Without characters that hide or reorder others.
pub(super) fn clean(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_hostile(*c)).collect()
}
