//! Answers to questions: under our quoted list, beside a number, after a label, line by line in our order.

use super::numbering::list_number;
use super::own_questions::OwnQuestions;
use crate::mail::characters::{is_alphabetic, is_alphanumeric};
use crate::mail::{SegmentKind, Text};
use crate::request::Field;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use std::ops::Range;

/// What the body is to be read as.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// Lines that are the writer's content, without our questions.
    pub(crate) parts: Vec<Range<usize>>,
    /// Which bytes answer which question.
    pub(crate) replies: Vec<(Field, Range<usize>)>,
}

/// Most answers that are told apart.
const MOST_REPLIES: usize = 64;
/// Most lines that are looked at for questions and labels.
const MOST_LINES: usize = 4000;
/// Longest label before a colon, in characters.
const LONGEST_LABEL: usize = 44;
/// Longest label before a dash, in bytes.
const LONGEST_DASHED: usize = 30;

/// Lays out a text; `asked` is our last list of questions, numbered from 1.
pub(crate) fn lay_out(text: &Text, asked: &[Field], questions: &OwnQuestions) -> Layout {
    let mut layout = Layout::default();
    let mut current: Option<Field> = None;
    // The last quoted line: whether it is a question matters only if something is written under it.
    let mut above: Option<&str> = None;
    // What the numbered question is about that the last quoted line belongs to, be it wrapped, and whether that line ends it.
    let (mut listed, mut ended): (Option<Field>, bool) = (None, true);
    let last_quote = text.segments.iter().rev().find(|segment| segment.kind == SegmentKind::Quote);
    let last_quote = last_quote.map_or(0, |segment| segment.range.start);
    // Whether a question that is not the first stands above, and whether its answer is a list that begins anew.
    let (mut is_later, mut lists) = (false, false);
    let mut answered = false;
    let mut numbers: Vec<(u32, Field)> = Vec::new();
    let mut lines = 0_usize;
    for segment in &text.segments {
        let Some(part) = text.full.get(segment.range.clone()) else { continue };
        match segment.kind {
            SegmentKind::Attribution | SegmentKind::Signature | SegmentKind::Disclaimer => {
                (current, above) = (None, None);
            }
            SegmentKind::Own | SegmentKind::Forwarded | SegmentKind::Quote => {}
        }
        if !segment.kind.is_content() && segment.kind != SegmentKind::Quote {
            continue;
        }
        let mut start = segment.range.start;
        for line in part.split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            lines += 1;
            if lines > MOST_LINES {
                if segment.kind.is_content() {
                    push_part(&mut layout.parts, range);
                }
                continue;
            }
            let said = line.trim_start_matches(['>', ' ', '\t', '|', '\u{a0}']).trim_end();
            let said_at =
                range.start + (line.len() - line.trim_start_matches(['>', ' ', '\t', '|', '\u{a0}']).len());
            if segment.kind == SegmentKind::Quote {
                if said.is_empty() {
                    ended = true;
                    continue;
                }
                above = Some(said);
                answered = false;
                if let Some((number, _)) = list_number(said) {
                    listed = questions.about(said);
                    numbers.extend(listed.map(|field| (number, field)));
                } else if ended {
                    listed = None;
                }
                ended = said.ends_with('?');
                continue;
            }
            if !said.is_empty()
                && let Some(quoted) = above.take()
            {
                current = listed.or_else(|| questions.about(quoted));
                is_later = listed.is_some() && numbers.last().is_some_and(|(number, _)| *number > 1);
                lists = false;
            }
            if said.is_empty() {
                if answered {
                    current = None;
                }
                push_part(&mut layout.parts, range);
                continue;
            }
            if let Some((field, rest)) = ours(said, asked, &numbers, questions) {
                current = Some(field);
                answered = false;
                if let Some((number, _)) = list_number(said) {
                    numbers.push((number, field));
                }
                let rest_at = said_at + rest;
                if text.full.get(rest_at..range.end).is_some_and(|rest| rest.contains(is_alphanumeric)) {
                    layout.replies.push((field, rest_at..range.end));
                    layout.parts.push(rest_at..range.end);
                    answered = true;
                }
                continue;
            }
            push_part(&mut layout.parts, range.clone());
            if let Some((field, value)) = label(said, questions) {
                answered =
                    said.len() > value && said.get(value..).unwrap_or_default().contains(is_alphanumeric);
                let mut from = (field, said_at + value);
                for (field, at, value) in labels_within(said, value, questions) {
                    layout.replies.push((from.0, from.1..said_at + at));
                    from = (field, said_at + value);
                }
                current = Some(from.0);
                layout.replies.push((from.0, from.1..range.end));
                continue;
            }
            // Who answers below the last question of a quote that goes no further may answer all.
            lists |= is_later
                && (!layout.replies.is_empty() || last_quote > range.start)
                && list_number(said).is_some_and(|(number, _)| number == 1);
            let items = if lists { Vec::new() } else { numbered(said, asked, &numbers) };
            if let [first, ..] = items.as_slice() {
                // The line is a part already: it ends before the first item, and each item is a part of its own, so that
                // none is read together with the next.
                if let Some(line) = layout.parts.last_mut() {
                    line.end = said_at + first.at;
                }
                let ends = items.iter().skip(1).map(|next| said_at + next.at).chain([range.end]);
                for (item, end) in items.iter().zip(ends) {
                    layout.parts.push(said_at + item.begins..end);
                    layout.replies.push((item.field, said_at + item.text..end));
                }
                current = items.last().map(|item| item.field);
                answered = true;
                continue;
            }
            if let Some(field) = current {
                layout.replies.push((field, range));
                answered = true;
            }
        }
    }
    if layout.replies.is_empty() {
        layout.replies = in_order(text, &layout.parts, asked);
    }
    layout.replies.truncate(MOST_REPLIES);
    layout
}

/// Adds a line to the parts, joined to the one before it where they touch.
fn push_part(parts: &mut Vec<Range<usize>>, range: Range<usize>) {
    match parts.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => parts.push(range),
    }
}

/// One of our own questions without a quote mark, by its very words, or written anew in front of its answer («Какие объекты? 458»); clients
/// ask too. Its field, and where what follows its question mark begins.
fn ours(
    line: &str,
    asked: &[Field],
    numbers: &[(u32, Field)],
    questions: &OwnQuestions,
) -> Option<(Field, usize)> {
    if asked.is_empty() {
        return None;
    }
    let (item, number) = list_number(line).unwrap_or((0, 0));
    let end = line.find('?').map(|at| at + 1).or_else(|| line.ends_with(':').then_some(line.len()))?;
    let text = line.get(number..end)?;
    // «3. А123ВС77?» under our third question is an answer.
    let is_answered = number > 0 && numbers.iter().any(|(known, _)| *known == item);
    let answer = line.get(end..).unwrap_or_default();
    let anew = || {
        let likely = !is_answered && answer.contains(is_alphanumeric);
        likely.then(|| questions.written_anew(text)).flatten()
    };
    let field = questions.ours(text).or_else(anew)?;
    asked.contains(&field).then_some((field, end))
}

/// A label line: its field and where the value begins.
fn label(line: &str, questions: &OwnQuestions) -> Option<(Field, usize)> {
    let (_, number) = list_number(line).unwrap_or((0, 0));
    let rest = line.get(number..)?;
    let colon = rest
        .char_indices()
        .take(LONGEST_LABEL)
        .find(|(_, c)| matches!(c, ':' | '=' | '\t'))
        .map(|(at, _)| at)
        .or_else(|| {
            let near = rest.get(..rest.floor_char_boundary(LONGEST_DASHED + 4))?;
            if !near.contains(['-', '–', '—']) {
                return None;
            }
            [" -", " –", " —"]
                .iter()
                .find_map(|dash| {
                    rest.find(dash).filter(|at| {
                        rest.get(at + dash.len()..)
                            .is_some_and(|after| after.is_empty() || after.starts_with(' '))
                    })
                })
                .filter(|at| *at < LONGEST_DASHED)
        })?;
    let name = rest.get(..colon)?.trim_matches(|c: char| !is_alphanumeric(c));
    let words = name.split_whitespace().count();
    if words == 0 || words > 5 {
        return None;
    }
    let dashed = !rest.get(colon..)?.starts_with([':', '=', '\t']);
    if dashed && words > 2 {
        return None;
    }
    let field = questions.about(name).filter(|_| !is_said(name))?;
    let mark = rest.get(colon..)?.trim_start().chars().next().map_or(1, char::len_utf8);
    let spaces = rest.get(colon..)?.len() - rest.get(colon..)?.trim_start().len();
    Some((field, number + colon + spaces + mark))
}

/// Whether what stands before a colon is said of something, and names no field: «Отчет показывает: Пробег 0 км», or ends a sentence before:
/// «не та машина. Верно: А001АА 58».
fn is_said(name: &str) -> bool {
    // «Гос. номер» is an abbreviation.
    let ends = |first: &str| first.chars().rev().take_while(|c| is_alphabetic(*c)).count() >= SHORTEST_ENDED;
    let sentence = name.split_once(". ").is_some_and(|(first, _)| ends(first));
    // "What it shows: zero" is a label of a form.
    let asks = ["что", "как", "what", "how"].iter().any(|word| name.to_lowercase().starts_with(word));
    sentence || !asks && Sheet::of(name).tokens.iter().any(|token| token.has(Class::Shows))
}

/// A shorter word with a full stop is an abbreviation.
const SHORTEST_ENDED: usize = 5;

/// Most words of a label within a line, and most bytes.
const WORDS_WITHIN: usize = 3;
const LONGEST_WITHIN: usize = 100;

/// So many sentences of a labelled line are looked at for others.
const MOST_SENTENCES: usize = 50;

/// The labels that begin a sentence of a labelled line behind `from`: «Объект: Урал 43. Система: виалон». Their fields, where they
/// begin, and where their values do.
fn labels_within(line: &str, from: usize, questions: &OwnQuestions) -> Vec<(Field, usize, usize)> {
    let mut found = Vec::new();
    let mut at = from;
    let sentences = line.get(from..).unwrap_or_default().split_inclusive(['.', ';']);
    for (number, sentence) in sentences.take(MOST_SENTENCES).enumerate() {
        let label = sentence.split_once(':').filter(|(name, value)| {
            number > 0
                && name.starts_with(' ')
                && value.starts_with(' ')
                && name.len() <= LONGEST_WITHIN
                && (1..=WORDS_WITHIN).contains(&name.split_whitespace().count())
                && name.chars().all(|c| is_alphanumeric(c) || c == ' ')
        });
        if let Some((name, field)) = label.and_then(|(name, _)| Some((name, questions.about(name.trim())?))) {
            found.push((field, at, at + name.len() + 1));
        }
        at += sentence.len();
    }
    found
}

/// One of several numbered answers on a line, as bytes of the line.
struct Item {
    field: Field,
    /// Where its number stands.
    at: usize,
    /// Where it is read from: a number that is glued to a word («1.Hosting») is left out, else the two look like a host.
    begins: usize,
    /// Where its words begin.
    text: usize,
}

/// Words before the first number («Добрый день! 1) Hosting 2) …») take at most so many bytes.
const LONGEST_LEAD: usize = 120;

/// Numbered answers on one line: `1. Hosting 2. А123ВС77`. A number that none of our questions has goes on with the answer before.
fn numbered(line: &str, asked: &[Field], numbers: &[(u32, Field)]) -> Vec<Item> {
    let in_order =
        |number: u32| usize::try_from(number).ok()?.checked_sub(1).and_then(|at| asked.get(at)).copied();
    // A question that its answer was written over is not among those that stand there; the others tell whether it is our last list.
    let last_list = numbers.iter().all(|(number, field)| in_order(*number) == Some(*field));
    let field_of = |number: u32| {
        let stands = numbers.iter().find(|(known, _)| *known == number).map(|(_, field)| *field);
        stands.or_else(|| in_order(number).filter(|_| last_list))
    };
    let mut found: Vec<Item> = Vec::new();
    if asked.is_empty() && numbers.is_empty() {
        return found;
    }
    let mut last: Option<u32> = None;
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        if last.is_none() && at > LONGEST_LEAD {
            break;
        }
        let next = list_number(rest)
            .filter(|(number, _)| last.map_or(at == 0 || *number == 1, |last| *number == last + 1));
        if let Some((number, taken)) = next {
            last = Some(number);
            let text = at + taken;
            let glued = line.get(text..).is_some_and(|text| text.starts_with(is_alphanumeric));
            let begins = if glued { text } else { at };
            if let Some(field) = field_of(number).or(found.last().map(|item| item.field)) {
                found.push(Item { field, at, begins, text });
            }
            at = text;
        }
        // Who writes no space behind a number writes none before the next: «1)хостинг2)Камаз 45».
        let glues = found.last().is_some_and(|item| item.begins == item.text);
        let Some(step) = line.get(at..).and_then(|rest| next_start(rest, glues)) else { break };
        at += step;
    }
    // A «1.» inside a line begins a list only if a «2.» follows.
    let alone = found.len() == 1 && found.first().is_some_and(|item| item.at > 0);
    if alone { Vec::new() } else { found }
}

/// Where in a text the next number of a list may stand: behind a space or mark, or behind a letter.
fn next_start(text: &str, behind_letters: bool) -> Option<usize> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ';' | ',' | '.' | '(');
    text.char_indices().zip(text.chars().skip(1).map(Some).chain([None])).find_map(|((at, c), next)| {
        let letter = behind_letters && is_alphabetic(c) && next.is_some_and(|next| next.is_ascii_digit());
        (separates(c) || letter).then_some(at + c.len_utf8())
    })
}

/// As many lines as questions: each line answers the question of its place. One question: all answers it.
fn in_order(text: &Text, parts: &[Range<usize>], asked: &[Field]) -> Vec<(Field, Range<usize>)> {
    if asked.is_empty() {
        return Vec::new();
    }
    if let [only] = asked {
        return parts.iter().map(|part| (*only, part.clone())).collect();
    }
    let mut lines: Vec<Range<usize>> = Vec::new();
    for part in parts {
        let mut start = part.start;
        for line in text.full.get(part.clone()).unwrap_or_default().split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            if line.contains(is_alphanumeric) || line.contains('-') {
                lines.push(range);
            }
            if lines.len() > asked.len() + 2 {
                return Vec::new();
            }
        }
    }
    let courteous = |range: &Range<usize>| {
        let line = text.full.get(range.clone()).unwrap_or_default();
        let sheet = Sheet::of(line);
        sheet
            .tokens
            .iter()
            .filter(|token| token.is_word())
            .any(|token| token.classes.any(&[Class::Greeting, Class::Courtesy]))
    };
    lines.retain(|line| !courteous(line));
    if lines.len() == asked.len() { asked.iter().copied().zip(lines).collect() } else { Vec::new() }
}
