//! Whether a mail is in a language that nothing here knows. Our lists have 99 of 100 words that people write to a support in Russian,
//! Ukrainian or English, and few of any other language: most words of such a mail are on none.

use crate::mail::letters::is_alphabetic;
use crate::request::cues::outline;
use crate::request::fields::product::Named;
use crate::request::text::sheet::{Sheet, in_russian, is_known};
use crate::request::text::tokens::{Case, Token};

/// Fewer words that nobody knows may be slips of the pen, slang or names.
const FEWEST: usize = 4;
/// The same in a later mail, which may name but the elements that it was asked for.
const FEWEST_LATER: usize = 5;
/// The same of words that may be Russian by their letters: nearly all languages that are written so have a letter of their own.
const FEWEST_CYRILLIC: usize = 7;

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
}

/// Whether a mail is in words that are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::request) enum Tongue {
    /// Those of Russian, Ukrainian or English.
    Known,
    /// Most of its words are not known, but they are few: it may say anything.
    Doubtful,
    /// Another language: where letters tell, most words, where they do not, three of five are not known. A mail that says the same once
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
    let Words { known, unknown, strange, ukrainian, latin } = words;
    let fewest = match latin {
        0 => FEWEST_CYRILLIC,
        _ if later => FEWEST_LATER,
        _ => FEWEST,
    };
    // Kazakh and Belarusian have «і», too, but strange letters with it.
    if unknown <= known || ukrainian > 0 && strange == 0 {
        Tongue::Known
    } else if strange > 0 || unknown >= fewest && unknown * 2 > known * 3 {
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
        for (at, token) in run.iter().enumerate().filter(|(_, token)| is_prose(token)) {
            let place = start + at;
            if named.perhaps.binary_search(&place).is_ok() || sheet.quoted_at(place).is_some() {
                continue;
            }
            if is_known(run, at) {
                self.known += 1;
            } else if token.case == Case::Lower || sheet.is_shouted(place) {
                let is_strange = !is_of_our_letters(token);
                let mut russian = || is_known(read_in_russian.get_or_insert_with(|| in_russian(run)), at);
                if is_strange || !token.is_latin() || !russian() {
                    self.unknown += 1;
                    self.strange += usize::from(is_strange);
                    self.latin += usize::from(token.is_latin());
                    self.ukrainian += usize::from(token.form.contains(['і', 'ї', 'є', 'ґ']));
                }
            }
        }
    }
}

fn is_prose(token: &Token) -> bool {
    token.is_word() && !token.has_digit() && !token.form.contains('_') && token.has_letters(2)
}

fn is_of_our_letters(token: &Token) -> bool {
    let ours = |c| matches!(c, 'a'..='z' | 'а'..='я' | 'і' | 'ї' | 'є' | 'ґ') || !is_alphabetic(c);
    token.form.chars().all(ours)
}
