//! Our own notice in a reply to it where no mark of a quote shows it.

use super::{held_back, letter, said, words};
use crate::mail::characters::is_alphanumeric;
use crate::request::Language;
use std::collections::BTreeSet;
use std::ops::Bound;

/// The words of a reply without the `notice` that it quotes from its beginning to the end of the mail, however its lines are
/// broken; `whole` is the reply as it came, `words` what no mark shows to be a quote. `None` if something of ours is in it
/// that cannot be told from the writer's words.
#[must_use]
pub fn without_notice(whole: &str, words: &str, notice: Option<&str>) -> Option<String> {
    let own = match notice {
        Some(notice) => {
            let words = without_broken(whole, words, notice);
            above(whole, &words, notice).unwrap_or(words)
        }
        None => words.to_owned(),
    };
    (!is_ours(&own)).then_some(own)
}

/// Whether whole lines of what the client's side has written, `theirs`, stand in words that are to go to the client, however a
/// program has broken and marked them. Short ones anybody may say; a question states nothing, and people copy it above their answer;
/// what we have written to him, `ours`, he may have quoted.
#[must_use]
pub fn repeats_client<'a>(
    words: &str,
    theirs: impl IntoIterator<Item = &'a str>,
    ours: impl IntoIterator<Item = &'a str>,
) -> bool {
    let said: Vec<String> = theirs.into_iter().map(said::clean).collect();
    let lines = said.iter().flat_map(|text| text.lines());
    let mut said: BTreeSet<String> = lines.filter(|line| is_telling(line)).map(bare).collect();
    for line in ours.into_iter().flat_map(str::lines) {
        said.remove(&bare(line));
    }
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    (0..lines.len()).any(|from| {
        let mut read = String::new();
        for line in lines.iter().skip(from) {
            read = format!("{read} {}", line.trim_start_matches(MARKS));
            let so_far = bare(&read);
            let next = said.range::<str, _>((Bound::Included(so_far.as_str()), Bound::Unbounded)).next();
            match next.filter(|line| line.starts_with(&so_far)) {
                Some(line) if *line == so_far => return true,
                Some(_) => {}
                None => return false,
            }
        }
        false
    })
}

/// Whether all that says something in what a client `wrote` stands in a mail, so that its writer has the client's. What is short, or
/// polite, anybody can think of; and one sentence of several anybody may hit upon.
#[must_use]
pub fn quotes_client(whole: &str, wrote: &str) -> bool {
    let whole = unmarked(whole);
    let sentences = wrote.split(['\n', '.', '!']).map(flat);
    let long = sentences.filter(|sentence| sentence.chars().count() >= KNOWN_CHARS && is_telling(sentence));
    let mut known = long.take(KNOWN_SENTENCES).peekable();
    known.peek().is_some() && known.all(|sentence| whole.contains(&sentence))
}

/// So many characters of a sentence nobody guesses.
const KNOWN_CHARS: usize = 40;
/// So many such sentences are looked for.
const KNOWN_SENTENCES: usize = 50;

/// Whether a quote has something of what was `said`: else it is one of another conversation. Where nothing is long enough to tell, it may.
#[must_use]
pub fn quotes_some<'a>(quote: &str, said: impl IntoIterator<Item = &'a str>) -> bool {
    let end = quote.char_indices().nth(MOST_QUOTED).map_or(quote.len(), |(end, _)| end);
    let quote = unmarked(quote.get(..end).unwrap_or_default());
    let sentences = said.into_iter().flat_map(|text| text.split(['\n', '.', '!', '?'])).map(flat);
    let long = sentences.filter(|sentence| sentence.chars().count() >= SOME_CHARS && !is_polite(sentence));
    let mut known = long.take(MOST_SENTENCES).peekable();
    known.peek().is_none() || known.any(|sentence| quote.contains(&sentence))
}

/// So many characters of a quote, and so many sentences that may stand in it, are looked at: each is looked for in all of it.
const MOST_QUOTED: usize = 50_000;
const MOST_SENTENCES: usize = 500;

/// So many characters stand in another conversation by chance no more.
const SOME_CHARS: usize = 16;

/// A text without the marks of quotes, however its lines are broken.
fn unmarked(text: &str) -> String {
    flat(&text.lines().map(|line| line.trim_start_matches(MARKS)).collect::<Vec<_>>().join("\n"))
}

/// Whether one of these lines, which may be answers typed into what is quoted, stands in none of the texts that may be quoted.
#[must_use]
pub fn typed_within<'a>(lines: &[String], quoted: impl IntoIterator<Item = &'a str>) -> bool {
    let quoted: Vec<String> = quoted.into_iter().map(|text| flat(&said::clean(text))).collect();
    let known = |line: &String| quoted.iter().any(|text| text.contains(&flat(line)));
    lines.iter().any(|line| line.contains(is_alphanumeric) && !known(line))
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

/// So many words are nobody's alone.
const TELLING_WORDS: usize = 4;

/// What programs put before each line that they quote.
const MARKS: [char; 4] = ['>', '|', ' ', '\t'];

/// So many of them begin with a small letter: lists of elements and addresses are copied.
const SMALL_WORDS: usize = 3;

/// How everybody begins or ends a mail.
const POLITE: [&str; 18] = [
    "здравствуйте",
    "добрый",
    "доброе",
    "уважаем",
    "спасибо",
    "заранее",
    "благодар",
    "с уважением",
    "с наилучшими",
    "прошу прощения",
    "hello",
    "dear",
    "good",
    "thank",
    "please let",
    "kind regards",
    "best regards",
    "sorry",
];

/// Whether a line says so much that nobody else says it by chance.
fn is_telling(line: &str) -> bool {
    let words = || line.split(|c: char| !is_alphanumeric(c)).filter(|word| !word.is_empty());
    let small = words().filter(|word| word.starts_with(char::is_lowercase)).count();
    words().count() >= TELLING_WORDS
        && small >= SMALL_WORDS
        && !line.trim_end().ends_with('?')
        && !is_polite(line)
}

fn is_polite(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    POLITE.iter().any(|polite| lower.starts_with(polite))
}

/// A line by what is said in it.
fn bare(line: &str) -> String {
    flat(line.trim_matches(|c: char| !is_alphanumeric(c)))
}

/// The words of a reply without the ends of lines of the notice that a program has quoted, broken, and marked at their
/// beginnings only.
fn without_broken(whole: &str, words: &str, notice: &str) -> String {
    let notice: Vec<String> = notice.lines().map(flat).collect();
    let lines: Vec<&str> = whole.lines().map(str::trim).collect();
    let mut broken = vec![false; lines.len()];
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with('>')) {
        let mut read = flat(line.trim_start_matches(MARKS));
        for (length, piece) in lines.iter().skip(at + 1).enumerate() {
            if read.is_empty() || piece.is_empty() || piece.starts_with('>') {
                break;
            }
            read = format!("{read} {}", flat(piece));
            if notice.contains(&read) {
                broken.iter_mut().skip(at + 1).take(length + 1).for_each(|line| *line = true);
                break;
            }
            if !notice.iter().any(|line| line.starts_with(&read)) {
                break;
            }
        }
    }
    if !broken.contains(&true) {
        return words.to_owned();
    }
    // The words are lines of the whole, in their order.
    let mut whole = lines.iter().zip(&broken);
    let kept = words.lines().filter(|line| {
        let broken = whole.find(|(one, _)| **one == line.trim()).is_some_and(|(_, broken)| *broken);
        !broken
    });
    kept.collect::<Vec<_>>().join("\n").trim().to_owned()
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

/// What letters tell to do on the server.
const COMMAND: &str = "askback ticket ";

/// What lines above the words of others begin with, letters about an answer that was not sent on, and commands.
fn beginnings() -> impl Iterator<Item = String> {
    let titles = whose().map(|(language, whose)| said::not_his(language, &whose));
    // Who closes a request by a reply has taken a line of the letter for what one writes back.
    titles
        .chain(LANGUAGES.map(|language| held_back::not_sent(language).to_owned()))
        .chain([COMMAND.to_owned()])
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
