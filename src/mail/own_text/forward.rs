//! Forward markers, and whether the words above a quoted mail only hand it over.

use super::line::{Line, head, is_greeting, lower, quote_prefix, word_count};
use super::reply_header::{Header, author_field};
use crate::mail::characters::{is_alphabetic, is_alphanumeric};
use crate::mail::{Address, Mailbox};

/// The header of a forwarded mail is among so many lines.
const HEADER_LINES: usize = 12;

/// The author that the header lines at the beginning of `text` name: «От: Имя <a@b>», or, where there is no such line, the
/// first address of an attribution, «25.11.2026, 10:15, "Имя" <a@b>:». Programs put the lines behind quote marks, too.
pub(super) fn author(text: &str) -> Option<Mailbox> {
    author_line(text).and_then(mailbox)
}

/// The line that names the author.
pub(super) fn author_line(text: &str) -> Option<&str> {
    let lines = || text.lines().map(|line| head(quote_prefix(line).1)).take(HEADER_LINES);
    let attributed = || lines().find(|line| line.contains('@') && line.ends_with(':'));
    lines().find_map(author_field).or_else(attributed)
}

/// The first address in a line, with the words before it as its name.
fn mailbox(line: &str) -> Option<Mailbox> {
    let is_around =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"');
    let word = line.split(is_around).find(|word| word.contains('@'))?;
    let bare = word.trim_start_matches("mailto:").trim_matches([':', '*', '\'']);
    let (name, _) = line.split_once(word)?;
    let name = name.rsplit([',', ':']).find(|name| name.contains(is_alphabetic)).unwrap_or_default();
    let name = name.trim_matches(|c: char| is_around(c) || c == '*').to_owned();
    Some(Mailbox { name, address: Address::parse(bare).ok()? })
}

/// A line that a program puts around a mail that it includes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// `---------- Forwarded message ---------`, «-------- Пересылаемое сообщение --------».
    Forward,
    /// `-----Original Message-----`: programs write it above replies and forwards alike.
    Original,
    /// «-------- Конец пересылаемого сообщения --------».
    End,
}

#[rustfmt::skip]
const FORWARD: [&str; 20] = [
    "forwarded message", "forwarded by", "forwarded mail", "forwarded email", "fwd",
    "пересылаемое сообщение", "пересылаемое письмо", "пересланное сообщение", "пересланное письмо",
    "перенаправленное сообщение", "переадресованное сообщение", "переадресованное письмо", "переслано",
    "перенаправлено", "переслане повідомлення", "weitergeleitete nachricht", "mensaje reenviado",
    "mensagem encaminhada", "messaggio inoltrato", "message transféré",
];
#[rustfmt::skip]
const ORIGINAL: [&str; 13] = [
    "original message", "original email", "original mail", "original appointment", "исходное сообщение",
    "исходное письмо", "оригинальное сообщение", "текст исходного сообщения",
    "текст оригинального сообщения", "reply message", "ursprüngliche nachricht", "mensaje original",
    "message d'origine",
];
/// Lines that need no dashes around.
const BARE_FORWARD: [&str; 6] = [
    "begin forwarded message",
    "начало переадресованного сообщения",
    "начало пересылаемого сообщения",
    "this is a forwarded message",
    "это пересылаемое сообщение",
    "это пересланное сообщение",
];

/// What marker this line is, if any.
pub(super) fn marker(text: &str) -> Option<Marker> {
    if text.len() > 200 {
        return None;
    }
    let inner =
        text.trim_matches(|c: char| matches!(c, '-' | '=' | '*' | '_' | '—' | '–' | '8' | '<' | '>' | ' '));
    let ruled =
        text.starts_with("--") || text.starts_with("==") || text.starts_with("——") || text.starts_with("__");
    let first = inner.chars().next()?;
    if !ruled && !matches!(first, 'b' | 'B' | 'н' | 'Н' | 't' | 'T' | 'э' | 'Э') {
        return None;
    }
    let inner = lower(inner.trim_end_matches([':', ' ']));
    let any = |words: &[&str]| words.iter().any(|word| inner.starts_with(word));
    if !ruled {
        return BARE_FORWARD.contains(&inner.as_str()).then_some(Marker::Forward);
    }
    if inner.starts_with("конец ") || inner.starts_with("end of ") || inner.starts_with("end forwarded")
    {
        Some(Marker::End)
    } else if any(&FORWARD) {
        Some(Marker::Forward)
    } else if any(&ORIGINAL) {
        Some(Marker::Original)
    } else {
        None
    }
}

/// What the words above a quoted mail are to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handover {
    /// Nothing, or only a greeting.
    Nothing,
    /// «См. ниже», "FYI", «пересылаю».
    Passing,
    /// «Прошу помочь», "please check": stands above forwards and above replies.
    Plea,
    /// Something of its own.
    OwnWords,
}

impl Handover {
    /// Whether the mail under these words and this header is forwarded, not answered.
    pub(super) fn makes_forward(self, header: &Header) -> bool {
        match self {
            Self::Nothing | Self::Passing => !header.from_desk,
            Self::Plea => !header.from_desk && !header.answers,
            Self::OwnWords => false,
        }
    }
}

/// [`handover_of`] the content lines among `lines`.
pub(super) fn handover(lines: &[Line<'_>]) -> Handover {
    handover_of(lines.iter().filter(|line| line.kind.is_content()))
}

/// Judges one writer's lines.
pub(super) fn handover_of<'a, 't: 'a>(lines: impl Iterator<Item = &'a Line<'t>>) -> Handover {
    #[rustfmt::skip]
    const PASSING: [&str; 20] = [
        "ниже", "пересыл", "перешл", "пересла", "переадрес", "перенаправ", "форвард", "fyi", "fw:",
        "forward", "для информации", "к сведению", "см.", "письмо клиента", "от клиента", "от наших",
        "от коллег", "below", "our client", "our customer",
    ];
    #[rustfmt::skip]
    const PLEA: [&str; 21] = [
        "помочь", "помогите", "помощь", "разобра", "разберитесь", "посмотр", "гляньте", "рассмотр",
        "ответьте", "подскажите", "проверьте", "решите", "в работу", "примите", "help", "look", "check",
        "advise", "assist", "handle", "take care",
    ];
    let mut words = 0;
    let mut text = String::new();
    for line in lines {
        if is_greeting(line.text) || !line.text.contains(is_alphanumeric) {
            continue;
        }
        words += word_count(line.text);
        text.push_str(&lower(head(line.text)));
        text.push(' ');
        if words > 25 {
            return Handover::OwnWords;
        }
    }
    let any = |cues: &[&str]| cues.iter().any(|cue| text.contains(cue));
    if words == 0 {
        Handover::Nothing
    } else if any(&PASSING) {
        Handover::Passing
    } else if words <= 14 && !text.contains(|c: char| c.is_numeric()) && any(&PLEA) {
        Handover::Plea
    } else {
        Handover::OwnWords
    }
}
