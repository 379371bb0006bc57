//! English verbs as actions: who acts is in the words before.

use super::is_listed;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use std::ops::Range;

pub(super) fn is_action(
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    clause: &Range<usize>,
    at: usize,
    chained: bool,
) -> bool {
    const DETERMINERS: &[&str] = &[
        "the", "a", "an", "this", "that", "my", "our", "your", "no", "of", "in", "for", "each", "any", "is",
        "are", "was", "were", "be", "been", "being", "get", "got", "gets", "per", "on", "with", "by", "last",
        "next", "some", "its", "their", "new", "could", "would", "will", "please", "not", "never", "don't",
        "didn't", "doesn't", "can't", "cannot",
    ];
    let Some(token) = sheet.token(at) else { return false };
    let before = sheet.before(at, 1);
    let previous = before.map_or("", |token| token.form.as_str());
    let continuous = token.form.ends_with("ing")
        && matches!(previous, "am" | "are" | "i'm" | "we're")
        && (previous.contains('\'') || sheet.before(at, 2).is_some_and(|token| token.has(Class::Writer)));
    if continuous {
        return true; // "I am going to the tab"
    }
    if DETERMINERS.contains(&previous) {
        return false;
    }
    let trying = sheet.any(clause.start..at, &[Class::Attempt]) || previous == "trying";
    let wished = sheet
        .slice(clause.start..at)
        .iter()
        .any(|token| token.has(Class::Modal) || token.has(Class::Negation) && token.form != "no");
    if wished && !trying {
        return false;
    }
    if trying {
        return true;
    }
    let condition = sheet.any(clause.start..at, &[Class::If]);
    let company = sheet.any(clause.start..at, &[Class::Company]) && !condition;
    let asks = sheet.any(sentence.clone(), &[Class::Please])
        || sheet.slice(sentence.clone()).last().is_some_and(|last| last.is_mark('?'));
    let opens_clause = at == clause.start
        || sheet.starts_line(at)
        || sheet.slice(clause.start..at).iter().all(|token| token.has(Class::Then) || !token.is_word());
    let after_then = before.is_some_and(|before| before.has(Class::Then)) && chained;
    let subject = sheet.before(at, 1).is_some_and(|token| token.classes.any(&[Class::Writer, Class::Person]))
        || sheet.before(at, 2).is_some_and(|token| {
            token.has(Class::Writer)
                && before.is_some_and(|before| {
                    ["then", "just", "also", "now", "first", "always", "have", "had", "simply"]
                        .contains(&before.form.as_str())
                })
        });
    let you = condition && sheet.before(at, 1).is_some_and(|token| token.form == "you");
    let gerund = token.form.ends_with("ing");
    if company {
        return false;
    }
    if subject || you {
        return true;
    }
    if gerund {
        let subject =
            at == sentence.start && sheet.any(sentence.clone(), &[Class::Shows, Class::Fault, Class::Error]);
        return subject
            || sheet.before(at, 1).is_some_and(|token| token.has(Class::Upon) || token.has(Class::If))
            || opens_clause && chained;
    }
    let recipe = token.has(Class::Gesture) || chained || is_listed(sheet, at);
    (opens_clause || after_then) && recipe && !(asks && !chained)
}
