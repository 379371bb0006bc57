//! Which variables a template may use, and where it uses another.

/// For messages; what each holds is said at the top of `letter.rs`.
pub(super) const LIST: &str =
    "number, again, understood, given, questions, count, attachments_welcome, due, hours, contact, company";

/// Of the variables that a template uses and does not declare, the first that is neither ours nor in `globals`, with its line.
pub(super) fn first_unknown(
    source: &str,
    used: impl IntoIterator<Item = String>,
    globals: &[&str],
) -> Option<(usize, String)> {
    // What is set in a branch counts as undeclared behind it.
    let sets = |variable: &str| {
        source.split("set ").skip(1).any(|rest| {
            rest.trim_start().strip_prefix(variable).is_some_and(|rest| !rest.starts_with(is_of_name))
        })
    };
    let known = |variable: &str| {
        sets(variable) || LIST.split(", ").any(|known| known == variable) || globals.contains(&variable)
    };
    let unknown = used.into_iter().filter(|variable| !known(variable));
    unknown.map(|variable| (line_of(source, &variable), variable)).min()
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The line, from 1, on which a variable is first used: within `{{ }}` or `{% %}`, for prose may have the same word.
fn line_of(source: &str, variable: &str) -> usize {
    let is_used = |(at, word): &(usize, &str)| {
        let before = source.get(..*at).unwrap_or_default();
        let after = source.get(at + word.len()..).unwrap_or_default();
        let opened = before.rfind("{{").max(before.rfind("{%"));
        let closed = before.rfind("}}").max(before.rfind("%}"));
        opened > closed && !before.ends_with(is_of_name) && !after.starts_with(is_of_name)
    };
    let used = source.match_indices(variable).find(is_used).map_or(0, |(at, _)| at);
    source.get(..used).unwrap_or_default().matches('\n').count() + 1
}
