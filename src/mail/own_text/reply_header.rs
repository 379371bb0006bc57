//! What programs write above a quoted mail: «… пишет:» lines and От/Отправлено/Кому/Тема blocks.

use super::forward::{Marker, marker};
use super::line::{Line, head, lower, word_count};
use crate::mail::subject::is_reply;

/// A reply header that begins at some line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The first line after it.
    pub(super) end: usize,
    /// It names a support desk as the writer of what follows.
    pub(super) from_desk: bool,
    /// Its subject begins with `Re:`.
    pub(super) answers: bool,
    /// It is a От/Отправлено/Тема block, not one «… пишет:» line.
    pub(super) is_block: bool,
}

/// Longest header block that is looked at: long lists of recipients are wrapped over many lines.
const MAX_BLOCK_LINES: usize = 40;
/// Programs wrap an attribution at about 72 characters.
const MAX_ATTRIBUTION_LINES: usize = 4;
const MAX_ATTRIBUTION_BYTES: usize = 480;

/// Reads the reply header that begins at line `at`, if one does: an attribution, a header block, or a rule or
/// `-----Original Message-----` with one of them under it.
pub(super) fn find(lines: &[Line<'_>], at: usize) -> Option<Header> {
    let line = lines.get(at)?;
    let original = marker(line.text) == Some(Marker::Original) || is_ruled_sender(line.text);
    let ruled = original || is_rule(line.text);
    let from = if ruled { at + 1 } else { at };
    let found = block(lines, from, ruled, original).or_else(|| attribution(lines, from));
    match found {
        Some(header) if lines.get(from).is_some_and(|next| next.depth == line.depth) => Some(header),
        _ if original => Some(Header { end: from, from_desk: false, answers: true, is_block: false }),
        _ => None,
    }
}

/// The first line of the mail under a forward marker, past its header lines.
pub(super) fn forwarded_end(lines: &[Line<'_>], from: usize) -> usize {
    let mut end = from;
    if let Some(header) = attribution(lines, from).or_else(|| block(lines, from, true, true)) {
        end = header.end;
    } else {
        while end < from + MAX_BLOCK_LINES && lines.get(end).and_then(|line| label(line.text, true)).is_some()
        {
            end += 1;
        }
    }
    // The Bat! has a second rule between header and mail.
    if lines.get(end).is_some_and(|line| marker(line.text) == Some(Marker::Original)) { end + 1 } else { end }
}

/// iNotes has `-----Name <a@b> wrote: -----` above a block whose lines stand in an order of their own.
fn is_ruled_sender(text: &str) -> bool {
    let ruled = text.len() <= MAX_ATTRIBUTION_BYTES && text.starts_with("--") && text.ends_with("--");
    ruled && text.contains('@') && !has_date(text) && ends_with_verb(&lower(text.trim_matches(['-', ' '])))
}

fn is_rule(text: &str) -> bool {
    text.len() >= 3
        && text.len() <= 400
        && text.chars().all(|c| matches!(c, '-' | '_' | '=' | '—' | '–' | '*'))
}

/// The header fields that programs repeat above a quoted mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    From,
    Date,
    To,
    Subject,
    Other,
}

const LABELS: [(&str, Label); 55] = [
    ("от", Label::From),
    ("от кого", Label::From),
    ("отправитель", Label::From),
    ("from", Label::From),
    ("von", Label::From),
    ("de", Label::From),
    ("da", Label::From),
    ("від", Label::From),
    ("kimden", Label::From),
    ("кімнен", Label::From),
    ("отправлено", Label::Date),
    ("отправлен", Label::Date),
    ("отправленные", Label::Date),
    ("послано", Label::Date),
    ("дата", Label::Date),
    ("sent", Label::Date),
    ("date", Label::Date),
    ("gesendet", Label::Date),
    ("datum", Label::Date),
    ("enviado", Label::Date),
    ("envoyé", Label::Date),
    ("надіслано", Label::Date),
    ("дата отправки", Label::Date),
    ("жіберілді", Label::Date),
    ("күні", Label::Date),
    ("кому", Label::To),
    ("to", Label::To),
    ("an", Label::To),
    ("para", Label::To),
    ("à", Label::To),
    ("получатель", Label::To),
    ("кімге", Label::To),
    ("копия", Label::Other),
    ("скрытая копия", Label::Other),
    ("cc", Label::Other),
    ("bcc", Label::Other),
    ("kopie", Label::Other),
    ("тема", Label::Subject),
    ("subject", Label::Subject),
    ("betreff", Label::Subject),
    ("asunto", Label::Subject),
    ("assunto", Label::Subject),
    ("objet", Label::Subject),
    ("тақырып", Label::Subject),
    ("тақырыбы", Label::Subject),
    ("reply-to", Label::Other),
    ("ответить", Label::Other),
    ("обратный адрес", Label::Other),
    ("важность", Label::Other),
    ("importance", Label::Other),
    ("приоритет", Label::Other),
    ("вложения", Label::Other),
    ("attachments", Label::Other),
    ("файлы", Label::Other),
    ("files", Label::Other),
];

/// Whether a line has such a field, or its name alone.
pub(super) fn is_labelled(text: &str) -> bool {
    label(text, false).is_some() || field(text).is_some()
}

/// The field of this name.
fn field(name: &str) -> Option<Label> {
    let name = lower(name.trim_end_matches(['*', '_', ' ']));
    LABELS.iter().find(|(word, _)| *word == name).map(|(_, label)| *label)
}

/// The header label that this line begins with, and its value in lower case. Below a marker the colon may be missing
/// (eM Client).
fn label(text: &str, under_marker: bool) -> Option<(Label, String)> {
    let text = head(text).trim_start_matches(['*', '_', ' ']);
    let short = |(name, _): &(&str, &str)| name.len() <= 40;
    let by = |separator: char| {
        let (name, value) = text.split_once(separator).filter(short)?;
        Some((field(name)?, lower(value.trim_matches(['*', '_', ' ', ':']))))
    };
    by(':').or_else(|| if under_marker { by(' ') } else { None })
}

/// The value of a From line, as written: «От: Имя <a@b>».
pub(super) fn author_field(text: &str) -> Option<&str> {
    let (found, _) = label(text, false)?;
    let (_, value) = text.split_once(':')?;
    (found == Label::From).then_some(value)
}

/// A block of header lines at `at`. Under a rule or a marker From need not come first, and may be an attribution line
/// (Yandex).
fn block(lines: &[Line<'_>], at: usize, under_rule: bool, under_marker: bool) -> Option<Header> {
    let depth = lines.get(at)?.depth;
    let mut seen: Vec<Label> = Vec::new();
    let mut header = Header { end: at, from_desk: false, answers: false, is_block: true };
    let mut by_program = false;
    let mut wraps = false;
    for (index, line) in lines.iter().enumerate().skip(at).take(MAX_BLOCK_LINES) {
        if line.depth != depth {
            break;
        }
        let Some((label, value)) = label(line.text, under_marker) else {
            let continues = !line.gap && (wraps || line.text.contains(['@', ';'])) && index > at;
            wraps = line.text.ends_with([';', ',']);
            if continues { continue } else { break }
        };
        if seen.contains(&label) && label != Label::Other {
            break;
        }
        if index == at && label != Label::From && !under_rule {
            return None;
        }
        match label {
            Label::From => header.from_desk = is_desk(&value),
            Label::Subject => header.answers = is_reply(&value),
            Label::Date | Label::To | Label::Other => {}
        }
        // People write «От: база, Тема: топливо» into forms of their own, but no addresses and clock times.
        by_program = by_program || value.contains('@') || label == Label::Date && has_time(&value);
        wraps = value.ends_with([';', ',']) || label == Label::To;
        seen.push(label);
        header.end = index + 1;
    }
    let has = |label| seen.contains(&label);
    if !has(Label::From) && under_rule && !seen.is_empty() {
        let intro = attribution(lines, header.end)?;
        return Some(Header { answers: header.answers, ..intro });
    }
    let others = [Label::Date, Label::To, Label::Subject].into_iter().filter(|label| has(*label)).count();
    let whole = has(Label::From) && others >= 2 && by_program;
    let enough = whole || under_marker && has(Label::From) && others >= 1;
    enough.then_some(header)
}

/// Whether the one named is a support desk: then the mail below is an answer of ours, not a report to forward.
fn is_desk(text: &str) -> bool {
    [
        "support",
        "поддержк",
        "техпод",
        "help",
        "service desk",
        "servicedesk",
        "noreply",
        "no-reply",
        "ticket",
        "заявк",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// «04.03.2024, 10:15, "Имя" <a@b>:», "On … wrote:" over up to four lines. Where no `>` follows, only a line with
/// date, time and address is one: people write «вчера он пишет:» themselves.
fn attribution(lines: &[Line<'_>], at: usize) -> Option<Header> {
    let first = lines.get(at)?;
    let quoted = |index: usize| lines.get(index + 1).is_some_and(|next| next.depth > first.depth);
    let goes_on =
        |(index, line): &(usize, &Line<'_>)| line.depth == first.depth && (*index == at || !line.gap);
    let window = || lines.iter().enumerate().skip(at).take(MAX_ATTRIBUTION_LINES).take_while(goes_on);
    // A cheap look first: for nearly every line of a mail this is all.
    if !window().any(|(index, line)| line.text.ends_with([':', '*', '-']) || quoted(index)) {
        return None;
    }
    let mut joined = String::new();
    for (index, line) in window() {
        joined.push_str(&lower(line.text));
        joined.push(' ');
        if line.text.len() > MAX_ATTRIBUTION_BYTES || joined.len() > MAX_ATTRIBUTION_BYTES {
            return None;
        }
        let wrapped = index > at;
        if is_attribution(joined.trim_end(), quoted(index), wrapped) {
            let last_is_whole = wrapped && is_dated_attribution(line.text, quoted(index));
            let header =
                Header { end: index + 1, from_desk: is_desk(&joined), answers: true, is_block: false };
            return (!last_is_whole).then_some(header);
        }
        if !wrapped && !may_wrap(&joined) {
            return None;
        }
    }
    None
}

/// What stands before the date in other languages than Russian: "On … wrote:".
const ON: [&str; 6] = ["on ", "am ", "le ", "el ", "em ", "il "];

/// Whether an attribution can go on in the next line: it has begun with its date, and is no sentence.
fn may_wrap(first: &str) -> bool {
    const RUSSIAN: [&str; 2] = ["в письме", "вы писали"];
    let first = first.trim_end();
    let sentence = first.ends_with(['.', '!', '?', ';']) && !first.ends_with("г.") && !first.ends_with("р.");
    !sentence && (has_date(first) || ON.iter().chain(&RUSSIAN).any(|opening| first.starts_with(opening)))
}

/// Whether this one line is a whole attribution: then what stands above it is not a part of it.
fn is_dated_attribution(text: &str, quoted: bool) -> bool {
    let text = lower(text);
    has_date(&text) && is_attribution(&text, quoted, false)
}

fn is_attribution(text: &str, quoted: bool, wrapped: bool) -> bool {
    // Zoho: `---- On …, Name <a@b> wrote ----`.
    let ruled = text.starts_with("--");
    let text = text.trim_matches('-').trim();
    let address = text.contains('@');
    // Nextcloud: `"Name" a@b – 26 November 2026 at 10:15`.
    if quoted && address && has_date(text) && has_time(text) {
        return true;
    }
    if !text.ends_with(':') && !((quoted || ruled && address) && ends_with_verb(text)) {
        return false;
    }
    let (date, time, verb) = (has_date(text), has_time(text), has_verb(text));
    // «открываю отчет, ничего не пишет» between our questions is an answer: who is quoted without a colon is dated, or has an address.
    if !text.ends_with(':') && (!date && !address || is_told_of_verb(text)) {
        return false;
    }
    let named = text.contains('"') || address;
    if quoted {
        let short = word_count(text) <= 8 && !wrapped;
        return date && (time || address || verb) || verb && (short || address || time) || time && named;
    }
    let opens = ON.iter().any(|word| text.starts_with(word));
    date && time && (address || opens && verb)
}

#[rustfmt::skip]
const VERBS: [&str; 29] = [
    "wrote", "writes", "пишет", "писал", "писала", "писал(а)", "писали", "написал", "написала",
    "написал(а)", "написали", "написав", "написала(а)", "пише", "сообщил", "сообщил(а)", "schrieb",
    "escreveu", "escribió", "écrit", "scritto", "viết", "yazdı", "napisał", "napisał(a)", "жазды",
    "schreef", "цитирую", "quoting",
];

fn ends_with_verb(text: &str) -> bool {
    let last = text.trim_end_matches([':', ' ', '*']).rsplit(' ').next().unwrap_or_default();
    VERBS.contains(&last)
}

/// Whether a line says whether, or how often, somebody writes: «ничего не пишет», «уже писал».
fn is_told_of_verb(text: &str) -> bool {
    let before = text.trim_end().rsplit(' ').nth(1).unwrap_or_default();
    ["не", "уже", "и", "так", "вам", "never", "already", "it", "also"].contains(&before)
}

fn has_verb(text: &str) -> bool {
    text.split([' ', ',', ':']).any(|word| VERBS.contains(&word))
}

/// A year, or a day such as 04.03.24.
pub(super) fn has_date(text: &str) -> bool {
    let mut runs = text.split(|c: char| !c.is_ascii_digit());
    let year = |run: &str| run.len() == 4 && (run.starts_with("19") || run.starts_with("20"));
    runs.any(year)
        || text.split([' ', ',']).any(|word| {
            let word = word.trim_matches(|c: char| !c.is_ascii_digit());
            let parts = || word.split(['.', '/', '-']);
            parts().count() == 3
                && parts()
                    .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
        })
}

/// `10:15`, `10.15` is not taken: it is a date as well.
pub(super) fn has_time(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == ':')).any(|word| {
        let mut parts = word.split(':');
        let hour = parts.next().is_some_and(|part| (1..=2).contains(&part.len()));
        hour && parts.next().is_some_and(|part| part.len() == 2)
    })
}
