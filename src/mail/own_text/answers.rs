//! Answers that a client types into our quoted question list, in a program that does not tell them from the quote.

use super::SegmentKind;
use super::line::{Line, after_number, lower, word_count};

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
        any(&WHAT) && any(&WHERE)
            || text.contains("inline")
            || text.contains("in-line")
            || text.contains("см. ниже")
            || text.contains("see below")
    })
}

/// Marks the answers among the lines of one quoted mail as its reader's own: what stands behind the question mark of a
/// numbered question, and what stands between two questions.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let Some(last) = lines.iter().rposition(|line| after_number(line.text).is_some()) else { return };
    // Outlook writes an empty line under every line: then gaps say nothing.
    let spaced = lines.iter().skip(1).all(|line| line.gap);
    let mut in_list = false;
    let mut question_open = false;
    for (index, line) in lines.iter_mut().enumerate() {
        let text = line.text;
        if let Some(question) = after_number(text) {
            in_list = true;
            if is_typed(behind_question(question)) {
                line.kind = SegmentKind::Own;
                question_open = false;
            } else {
                question_open = !text.ends_with(['?', '.', ':', ')', ';', '!']);
            }
        } else if question_open {
            question_open = !text.ends_with(['?', '.', ':', ')', ';', '!']);
        } else if in_list {
            if index > last && (line.gap && !(spaced && index == last + 1) || is_ending(text)) {
                return;
            }
            line.kind = SegmentKind::Own;
        }
    }
}

/// What stands behind the question: after its `?`, or after the colon of a label.
fn behind_question(question: &str) -> &str {
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
    shown.contains(char::is_alphanumeric) && !EXAMPLES.iter().any(|opening| shown.starts_with(opening))
}

/// The closing words of our letter.
fn is_ending(text: &str) -> bool {
    #[rustfmt::skip]
    const ENDINGS: [&str; 14] = [
        "с уважением", "техподдержка", "техническая поддержка", "поддержка", "служба", "спасибо", "support",
        "best regards", "kind regards", "regards", "thank", "--", "ответьте", "если",
    ];
    let shown = lower(text);
    ENDINGS.iter().any(|opening| shown.starts_with(opening))
}
