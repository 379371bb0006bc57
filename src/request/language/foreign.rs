//! Whether a mail is in a language that nothing here knows. Our lists have 99 of 100 words that people write to a support in Russian,
//! Ukrainian or English, and few of any other language: most words of such a mail are on none.

use crate::mail::characters::is_alphabetic;
use crate::request::cues::outline;
use crate::request::fields::product::Named;
use crate::request::text::sheet::{Sheet, in_russian, is_known};
use crate::request::text::tokens::{Case, Token};

/// Fewer words that nobody knows may be slips of the pen, slang or names.
const FEWEST: usize = 4;
/// The same in a later mail, which may name but the elements that it was asked for.
const FEWEST_LATER: usize = 5;
/// Fewer words with letters of other languages may be names, in a first mail and in a later one.
const FEWEST_STRANGE: usize = 2;
const FEWEST_STRANGE_LATER: usize = 3;
/// A sentence of so many known words is none of another language, whatever stands below it: many sign with a legal notice in their own.
const SENTENCE: usize = 3;
/// Whoever thanks in these words thanks in a language that is known.
const THANKS: &[&str] = &["thanks", "thank", "thx", "cheers"];

/// How many words of a mail our lists have.
#[derive(Default)]
struct Words {
    known: usize,
    unknown: usize,
    /// Those of the unknown with letters that Russian, Ukrainian and English do not have.
    strange: usize,
    /// Those with letters that of the Cyrillic ones only Ukrainian has beside Russian's: of it our lists have less.
    ukrainian: usize,
    latin: usize,
    /// A sentence is told in known words, or somebody thanks in them.
    ours: bool,
}

/// Whether a mail is in words that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::request) enum Tongue {
    /// Those of Russian, Ukrainian or English.
    Known,
    /// Most of its words are not known, but they are few: it may say anything.
    Doubtful,
    /// Another language: most words with letters of its own are not known, or three of five Latin ones. A mail that says the same once
    /// more in Russian, as many in Kazakhstan do, is none.
    Foreign,
}

/// Whether the writer's words are known here.
pub(in crate::request) fn tongue(
    body: &Sheet<'_>,
    subject: Option<&Sheet<'_>>,
    products: &[Named; 2],
    later: bool,
) -> Tongue {
    let [in_body, in_subject] = products;
    let mut words = Words::default();
    outline::prose(body).for_each(|sentence| words.count(body, sentence, in_body));
    if let Some(subject) = subject {
        words.count(subject, &subject.tokens, in_subject);
    }
    let Words { known, unknown, strange, ukrainian, latin, ours } = words;
    let (fewest, fewest_strange) =
        if later { (FEWEST_LATER, FEWEST_STRANGE_LATER) } else { (FEWEST, FEWEST_STRANGE) };
    // Kazakh and Belarusian have «і», too, but strange letters with it. Nearly all languages that are written in Cyrillic have such: without
    // them unknown words are names and slips of the pen.
    let tells = strange > 0 || ukrainian == 0 && latin * 2 > unknown;
    if ours || unknown <= known || !tells {
        Tongue::Known
    } else if strange > 0 && unknown >= fewest_strange || unknown >= fewest && unknown * 2 > known * 3 {
        Tongue::Foreign
    } else {
        Tongue::Doubtful
    }
}

impl Words {
    /// Counts the words of a run of tokens that say something: no names, which no list has, no codes, quotations and products. What is a
    /// Russian word only if it is read so (`sistema`, `raport`) tells nothing: many languages have it.
    fn count(&mut self, sheet: &Sheet<'_>, run: &[Token], named: &Named) {
        let Some(first) = run.first() else { return };
        let start = sheet.tokens.partition_point(|token| token.span.start < first.span.start);
        let mut read_in_russian: Option<Vec<Token>> = None;
        let (mut known, mut unknown) = (0, 0);
        for (at, token) in run.iter().enumerate().filter(|(_, token)| is_prose(token)) {
            let place = start + at;
            if named.perhaps.binary_search(&place).is_ok() || sheet.quoted_at(place).is_some() {
                continue;
            }
            if is_known(run, at) {
                known += 1;
                self.ours |= THANKS.contains(&token.form.as_str()) || token.form.starts_with("спасиб");
            } else if token.case == Case::Lower || sheet.is_shouted(place) {
                let is_strange = !is_of_our_letters(token);
                let is_lone = || is_of_our_scripts(token) && !has_neighbour(run, at);
                let mut russian = || is_known(read_in_russian.get_or_insert_with(|| in_russian(run)), at);
                if !is_lone() && (is_strange || !token.is_latin() || !russian()) {
                    unknown += 1;
                    self.strange += usize::from(is_strange);
                    self.latin += usize::from(token.is_latin());
                    self.ukrainian += usize::from(token.form.contains(['і', 'ї', 'є', 'ґ']));
                }
            }
        }
        self.ours |= known >= SENTENCE && known > unknown;
        self.known += known;
        self.unknown += unknown;
    }
}

/// Whether a word stands beside another: the items of a list, «ivanov, petrov, sidorov», are names.
fn has_neighbour(run: &[Token], at: usize) -> bool {
    let is_word = |at: usize| run.get(at).is_some_and(Token::is_word);
    at.checked_sub(1).is_some_and(is_word) || is_word(at + 1)
}

fn is_prose(token: &Token) -> bool {
    token.is_word() && !token.has_digit() && !token.form.contains('_') && token.has_letters(2)
}

fn is_of_our_letters(token: &Token) -> bool {
    let ours =
        |c| matches!(c, 'a'..='z' | 'а'..='я' | 'і' | 'ї' | 'є' | 'ґ' | 'µ' | 'º' | 'ª') || !is_alphabetic(c);
    token.form.chars().all(ours)
}

/// Whether a word is Latin or Cyrillic: those of other scripts are no names of ours.
fn is_of_our_scripts(token: &Token) -> bool {
    token.form.chars().all(|c| c < '\u{530}' || !is_alphabetic(c))
}
