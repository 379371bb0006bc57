//! Our own notice in a reply to it where no mark of a quote shows it.

use super::{letter, words};
use crate::request::Language;

/// The words of a reply without the `notice` that it quotes from its beginning to the end of the mail, however its lines are
/// broken; `whole` is the reply as it came, `words` what no mark shows to be a quote. `None` if something of ours is in it
/// that cannot be told from the writer's words.
#[must_use]
pub fn without_notice(whole: &str, words: &str, notice: Option<&str>) -> Option<String> {
    let own = match notice.and_then(|notice| above(whole, words, notice)) {
        Some(own) => own,
        None => words.to_owned(),
    };
    let flat = flat(&own);
    let ours = sentences().any(|sentence| flat.contains(&sentence));
    let titles = titles();
    (!ours && !own.lines().any(|line| titles.iter().any(|title| title == line.trim()))).then_some(own)
}

/// What stands above the notice, if nothing but the notice stands below.
fn above(whole: &str, words: &str, notice: &str) -> Option<String> {
    let first = notice.lines().map(str::trim).find(|line| !line.is_empty())?;
    // Programs break lines anew: its beginning is enough to find it.
    let begin: String = first.chars().take(BEGIN_CHARS).collect();
    let (_, quoted) = whole.split_once(&begin)?;
    let (own, _) = words.split_once(&begin)?;
    flat(notice).contains(&flat(&format!("{begin}{quoted}"))).then(|| own.trim_end().to_owned())
}

/// So much of a notice's first line is looked for.
const BEGIN_CHARS: usize = 40;

/// What our letters say, and nobody says to a client.
fn sentences() -> impl Iterator<Item = String> {
    let end = |language| words::small(language).end;
    [Language::Russian, Language::English]
        .into_iter()
        .flat_map(move |language| [letter::by_reply(language), end(language)])
        .map(|text| flat(text.split_inclusive(['.', ':']).next().unwrap_or(text)))
}

/// The lines above a client's words.
fn titles() -> [String; 4] {
    let title = |language, colleague| super::said::writes(language, &words::whose(language, colleague));
    [
        title(Language::Russian, false),
        title(Language::Russian, true),
        title(Language::English, false),
        title(Language::English, true),
    ]
}

/// With one space for each stretch of white space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
