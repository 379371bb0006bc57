//! Answers that a client types into our quoted question list, in a program that does not tell them from the quote.

use super::SegmentKind;
use super::line::{Line, after_number, lower, word_count};
use crate::mail::characters::is_alphanumeric;

/// Whether a writer says that the answers stand in the quoted text: «ответил ниже», "see my answers in CAPS".
pub(super) fn announced<'t>(own: impl Iterator<Item = &'t str>) -> bool {
    #[rustfmt::skip]
    const WHAT: [&str; 9] = [
        "ответ", "отвеч", "коммент", "вписал", "заполнил", "дописал", "answer", "comment", "filled",
    ];
    #[rustfmt::skip]
    const WHERE: [&str; 24] = [
        "ниже", "в тексте", "в письме", "по тексту", "вопрос", "красн", "жирн", "син", "зелен", "выдел",
        "капс", "заглавн", "анкет", "форм", "below", "under", "red", "bold", "blue", "green", "caps",
        "capital", "in the text", "form",
    ];
    own.into_iter().any(|text| {
        if word_count(text) > 30 {
            return false;
        }
        let text = lower(text);
        let any = |words: &[&str]| words.iter().any(|word| text.contains(word));
        any(&WHAT) && (any(&WHERE) || word_count(&text) <= 6)
            || text.contains("inline")
            || text.contains("in-line")
            || text.contains("см. ниже")
            || text.contains("see below")
    })
}

/// A question that a program has wrapped goes on in so many lines at most.
const MAX_QUESTION_LINES: usize = 4;

/// Marks the answers among the lines of one quoted mail as its reader's own: what stands behind the question mark of a
/// numbered question, and what stands between two questions.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let Some(last) = lines.iter().rposition(|line| after_number(line.text).is_some()) else { return };
    // Outlook writes an empty line under every line: then gaps say nothing.
    let spaced = lines.iter().skip(1).all(|line| line.gap);
    let mut in_list = false;
    let mut question_end = 0;
    for at in 0..lines.len() {
        let Some(line) = lines.get(at) else { return };
        let typed = if after_number(line.text).is_some() {
            in_list = true;
            question_end = self::question_end(lines, at);
            at == question_end && is_typed(behind_question(line.text))
        } else if in_list && at <= question_end {
            at == question_end && is_typed(behind_question(line.text))
        } else if in_list {
            let under_last = line.gap && !(spaced && at == question_end + 1);
            if at > last && (under_last || is_ending(line.text)) {
                return;
            }
            true
        } else {
            false
        };
        if typed && let Some(line) = lines.get_mut(at) {
            line.kind = SegmentKind::Own;
        }
    }
}

/// The line that ends the question which begins at line `at`: the one with its question mark, if it is near.
fn question_end(lines: &[Line<'_>], at: usize) -> usize {
    let belongs =
        |(index, line): &(usize, &Line<'_>)| *index == at || !line.gap && after_number(line.text).is_none();
    lines
        .iter()
        .enumerate()
        .skip(at)
        .take(MAX_QUESTION_LINES)
        .take_while(belongs)
        .find(|(_, line)| line.text.contains('?'))
        .map_or(at, |(index, _)| index)
}

/// What stands behind the question: after its `?`, or after the colon of a label.
fn behind_question(text: &str) -> &str {
    let question = after_number(text).unwrap_or(text);
    match question.split_once('?') {
        Some((_, behind)) => behind.trim(),
        None => question.split_once(':').map_or("", |(_, behind)| behind.trim()),
    }
}

/// Words of the client, not our own examples.
fn is_typed(behind: &str) -> bool {
    #[rustfmt::skip]
    const EXAMPLES: [&str; 12] = [
        "(", "например", "напр", "такие как", "то есть", "т.е", "e.g", "for example", "for instance",
        "such as", "укажите", "please",
    ];
    let behind = match behind.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
        Some((_, behind)) => behind.trim(),
        None => behind,
    };
    let shown = lower(behind);
    shown.contains(is_alphanumeric) && !EXAMPLES.iter().any(|opening| shown.starts_with(opening))
}

/// The closing words of our letter.
fn is_ending(text: &str) -> bool {
    #[rustfmt::skip]
    const ENDINGS: [&str; 15] = [
        "с уважением", "техподдержка", "техническая поддержка", "поддержка", "служба", "спасибо", "support",
        "best regards", "kind regards", "regards", "thank", "--", "ответьте", "если", "if the",
    ];
    let shown = lower(text);
    ENDINGS.iter().any(|opening| shown.starts_with(opening))
}
