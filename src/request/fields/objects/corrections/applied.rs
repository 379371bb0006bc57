//! What an element is called once it has been corrected.

use super::Correction;
use crate::mail::characters::is_alphanumeric;
use crate::request::text::fold::plate_letter;
use std::ops::Range;

impl Correction {
    /// The right element in the words of a letter.
    pub(crate) fn named(&self) -> &str {
        &self.named
    }

    /// Whether the mail that says so only seems to take a request back: "please ignore TRK-12, I meant TRK-21".
    pub(crate) fn takes_nothing_back(&self) -> bool {
        self.ignored
    }

    /// Whether words name the right element.
    pub(crate) fn is_told_by(&self, value: &str) -> bool {
        place(value, &self.right).is_some() || value.contains(&self.named)
    }

    /// What an element is called after the correction; `None` if it was not the wrong one.
    pub(crate) fn correct(&self, known: &str) -> Option<String> {
        let plate = if self.wrong.is_none() { of_the_shape(known, &self.right) } else { None };
        let wrong = match (&self.wrong, plate) {
            (Some(wrong), _) => wrong.clone(),
            (None, Some(plate)) => plate.to_owned(),
            (None, None) => only_number(known, &self.right)?,
        };
        let place = place(known, &wrong)?;
        if self.renamed || spelled(known.get(place.clone())?) != spelled(&wrong) {
            return Some(self.named.clone());
        }
        // «Газель 12» is all of it «Газель 15» then.
        if self.wrong.is_none() && plate.is_none() && self.right.contains(' ') {
            return Some(self.named.clone());
        }
        let (before, behind) = (known.get(..place.start)?, known.get(place.end..)?);
        // «не Р 880, а Р 808 СО 58»: the right one is whole.
        let tail = spelled(behind);
        let is_whole = tail.contains(char::is_alphabetic) && spelled(&self.right).ends_with(&tail);
        Some(format!("{before}{}{}", self.right, if is_whole { "" } else { behind }))
    }
}

/// Where a name stands in a value as words of its own, however plates are spelt and spaced.
fn place(value: &str, name: &str) -> Option<Range<usize>> {
    let name = spelled(name);
    let ends: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    let inside = |at: usize| value.get(at..).is_some_and(|rest| rest.starts_with(is_alphanumeric));
    // «рейс 12/5» is one name, too.
    let part = |c: char| is_alphanumeric(c) || c == '/';
    let joined = |at: usize| {
        value.get(at..).is_some_and(|rest| rest.starts_with(part))
            && value.get(..at).is_some_and(|before| before.ends_with(part))
    };
    let starts = ends.iter().filter(|at| inside(**at) && !joined(**at));
    starts.into_iter().find_map(|start| {
        let mut rest = name.chars();
        for (at, c) in value.get(*start..)?.char_indices() {
            if is_alphanumeric(c) {
                let same = spelled(c.encode_utf8(&mut [0; 4]));
                if rest.next().map(String::from).as_deref() != Some(&*same) {
                    return None;
                }
                let end = start + at + c.len_utf8();
                if rest.as_str().is_empty() {
                    return (!joined(end)).then_some(*start..end);
                }
            }
        }
        None
    })
}

/// The letters and digits of a name in one spelling.
fn spelled(name: &str) -> String {
    let letters = name.chars().filter(|c| is_alphanumeric(*c));
    letters.map(|c| plate_letter(c).unwrap_or(c)).flat_map(char::to_lowercase).collect()
}

/// Most letters of a plate that stand together.
const MOST_TOGETHER: usize = 3;

/// The end of a value that looks like the right name does, if that is a plate: «машина ‸Р 880 СО 58», «Р 808 СО 58».
fn of_the_shape<'v>(known: &'v str, right: &str) -> Option<&'v str> {
    let shape = |name: &str| -> String {
        spelled(name).chars().map(|c| if c.is_ascii_digit() { '0' } else { 'a' }).collect()
    };
    let wanted = shape(right);
    let is_plate = wanted.contains('a')
        && wanted.contains('0')
        && wanted.split('0').all(|letters| letters.len() <= MOST_TOGETHER);
    let begins = |at: usize| known.get(..at).is_some_and(|before| !before.ends_with(is_alphanumeric));
    let starts = known.char_indices().map(|(at, _)| at).filter(|at| is_plate && begins(*at));
    starts
        .filter_map(|at| known.get(at..))
        .find(|end| end.starts_with(is_alphanumeric) && shape(end) == wanted)
}

/// The only word with a digit of a value, if the right name has a digit, too.
fn only_number(known: &str, right: &str) -> Option<String> {
    let has_digit = |word: &&str| word.bytes().any(|b| b.is_ascii_digit());
    let mut numbers = known.split_whitespace().filter(has_digit);
    let only = numbers.next().filter(|_| numbers.next().is_none())?;
    has_digit(&right).then(|| only.trim_matches(|c: char| !is_alphanumeric(c)).to_owned())
}
