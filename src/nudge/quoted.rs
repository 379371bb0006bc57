//! Our own notice in a reply to it where no mark of a quote shows it.

use super::{held_back, letter, said, words};
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
    (!is_ours(&own)).then_some(own)
}

/// Whether a mail has the subject of a letter of ours below a prefix («Re: askback: …», «Автоответ: askback: …»), or something of
/// its text, quoted or not.
#[must_use]
pub fn repeats_notice(subject: &str, text: &str) -> bool {
    let answers =
        subject.split_once(SUBJECT).is_some_and(|(prefix, _)| prefix.trim_end().ends_with([':', ']']));
    let unquoted = |line: &str| line.trim_start_matches(['>', ' ']).to_owned();
    answers || is_ours(&text.lines().map(unquoted).collect::<Vec<_>>().join("\n"))
}

/// What the subjects of our letters begin with.
const SUBJECT: &str = "askback: ";

/// Whether something of a letter of ours is in these words.
fn is_ours(text: &str) -> bool {
    let flat = flat(text);
    let begins = |line: &str| beginnings().any(|begin| line.starts_with(&begin));
    sentences().any(|sentence| flat.contains(&sentence))
        || text.lines().map(str::trim).any(|line| titles().any(|title| title == line) || begins(line))
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

const LANGUAGES: [Language; 2] = [Language::Russian, Language::English];

/// What our letters say, and nobody says to a client: whole sentences, since their beginnings he may hear from an agent, too.
fn sentences() -> impl Iterator<Item = String> {
    LANGUAGES
        .into_iter()
        .flat_map(|language| [letter::by_reply(language), words::small(language).end])
        .map(|text| flat(text.split_inclusive('.').next().unwrap_or(text)))
}

/// The lines above a client's words.
fn titles() -> impl Iterator<Item = String> {
    whose().map(|(language, whose)| said::writes(language, &whose))
}

/// What lines above the words of others begin with, and letters about an answer that was not sent on.
fn beginnings() -> impl Iterator<Item = String> {
    let titles = whose().map(|(language, whose)| said::not_his(language, &whose));
    titles.chain(LANGUAGES.map(|language| held_back::not_sent(language).to_owned()))
}

/// Of each language, for a client's request and for a colleague's.
fn whose() -> impl Iterator<Item = (Language, words::Whose)> {
    LANGUAGES
        .into_iter()
        .flat_map(|language| [false, true].map(|colleague| (language, words::whose(language, colleague))))
}

/// With one space for each stretch of white space.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
