//! The numbers by which clients say which of our questions they answer: «2.», «(2)», «2️⃣», «по второму вопросу –», "as for 2:".

use crate::mail::characters::{is_alphabetic, is_alphanumeric};
use crate::request::text::fold::fold;

/// The number at the start of a line or clause, and the bytes that it takes.
pub(crate) fn list_number(text: &str) -> Option<(u32, usize)> {
    // It is asked behind each space of a text: what follows is looked at behind the last of them.
    if text.starts_with(char::is_whitespace) {
        return None;
    }
    reference(text).or_else(|| digits(text)).or_else(|| sign(text))
}

/// So many digits behind a number and a full stop are no date, time or fraction: «2.458» answers the second question.
const FEWEST_GLUED: usize = 3;

/// `2.`, `3)`, `4 -`.
fn digits(line: &str) -> Option<(u32, usize)> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 2 {
        return None;
    }
    let number = line.get(..digits)?.parse().ok()?;
    let rest = line.get(digits..)?;
    let mark = rest.trim_start();
    let spaces = rest.len() - mark.len();
    let after = mark.strip_prefix(['.', ')', ':', '-', '–', '—']).or_else(|| {
        mark.strip_prefix('/').filter(|after| after.starts_with(char::is_whitespace)) // not 24/7
    })?;
    let glued = after.bytes().take_while(u8::is_ascii_digit).count();
    if glued > 0 && !mark.starts_with(')') {
        let counts = after.get(glued..).is_some_and(|more| more.trim_start().starts_with(is_alphabetic));
        if !mark.starts_with('.') || glued < FEWEST_GLUED || counts {
            return None; // 12.05, 10:30, 2.5, «2.500 машин»
        }
    }
    let taken = digits + spaces + (mark.len() - after.len());
    Some((number, taken))
}

/// A digit in a box or in a circle.
fn sign(text: &str) -> Option<(u32, usize)> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let number = match first {
        '1'..='9' => {
            let box_of = chars.as_str().trim_start_matches('\u{fe0f}');
            chars = box_of.strip_prefix('\u{20e3}')?.chars();
            first.to_digit(10)?
        }
        '①'..='⑨' => u32::from(first) - u32::from('①') + 1,
        '❶'..='❾' => u32::from(first) - u32::from('❶') + 1,
        '➀'..='➈' => u32::from(first) - u32::from('➀') + 1,
        '➊'..='➒' => u32::from(first) - u32::from('➊') + 1,
        _ => return None,
    };
    let after = chars.as_str().trim_start_matches(['.', ')', ':']);
    Some((number, text.len() - after.len()))
}

/// How somebody refers to a question of ours, in front of its number.
const LEADS: &[&str] = &["на", "for", "to"];
/// What he calls it. «2 вопроса» is a count.
const NOUNS: &[&str] =
    &["вопрос", "вопросу", "пункт", "пункту", "п", "ответ", "question", "item", "point", "answer", "q"];
/// Its number in words, in the forms that go with those nouns.
const ORDINALS: [&[&str]; 5] = [
    &["первый", "первому", "first"],
    &["второй", "второму", "second"],
    &["третий", "третьему", "third"],
    &["четвертый", "четвертому", "fourth"],
    &["пятый", "пятому", "fifth"],
];
/// What makes a word of a digit: «2-й», "2nd".
const ENDINGS: &[&str] = &["й", "ый", "ой", "ий", "му", "ому", "ему", "st", "nd", "rd", "th"];

/// «По 2 вопросу», «вопрос 2», «п. 2», «на второй –», "as for 2:", "Q2".
fn reference(text: &str) -> Option<(u32, usize)> {
    let mut words = Words { rest: text };
    let by = words.take(&["по"]);
    let led = by || words.take(&["as"]) && words.take(&["for"]) || words.take(LEADS);
    words.take(&["the"]);
    let named = words.take(NOUNS);
    let (number, form) = words.number()?;
    if named && form == Form::Digits && words.counts_otherwise() {
        return None;
    }
    let named = named || (led || form != Form::Digits) && words.take(NOUNS);
    let marked = words.mark(&[':', '-', '–', '—']) || named && words.mark(&['.', ')']);
    let led = led && !(by && form == Form::Word);
    (named || led && marked).then_some((number, text.len() - words.rest.len()))
}

/// How a number is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Digits,
    Word,
    /// What «по» goes with: «по второй» is of something else.
    Dative,
}

impl Form {
    fn of(ending: &str) -> Self {
        if ending.ends_with("му") { Self::Dative } else { Self::Word }
    }
}

/// Reads a text word by word.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    /// The run of characters of one sort that comes next, folded, and what stands behind it.
    fn run(&self, is_of: impl Fn(char) -> bool) -> Option<(String, &'t str)> {
        let text = self.rest.trim_start();
        let end = text.find(|c| !is_of(c)).unwrap_or(text.len());
        let run = text.get(..end).filter(|run| !run.is_empty() && run.len() <= LONGEST_WORD)?;
        Some((run.chars().filter_map(fold).collect(), text.get(end..)?))
    }

    /// Whether one of these comes next; it is read then. «П.», «вопрос №».
    fn take(&mut self, words: &[&str]) -> bool {
        let Some((word, rest)) = self.run(is_alphabetic) else { return false };
        let known = words.contains(&word.as_str());
        if known {
            let rest = if word == "п" { rest.strip_prefix('.').unwrap_or(rest) } else { rest };
            self.rest = rest.trim_start().trim_start_matches('№');
        }
        known
    }

    /// The number that comes next.
    fn number(&mut self) -> Option<(u32, Form)> {
        if let Some((word, rest)) = self.run(is_alphabetic) {
            let number = (1..).zip(ORDINALS).find(|(_, forms)| forms.contains(&word.as_str()))?.0;
            self.rest = rest;
            return Some((number, Form::of(&word)));
        }
        let (digits, rest) = self.run(|c| c.is_ascii_digit())?;
        let number = digits.parse().ok().filter(|_| digits.len() <= 2)?;
        self.rest = rest.strip_prefix('-').unwrap_or(rest);
        let ending = self.run(is_alphanumeric).filter(|_| self.rest.starts_with(is_alphanumeric));
        match ending {
            Some((ending, rest)) if ENDINGS.contains(&ending.as_str()) => {
                self.rest = rest;
                Some((number, Form::of(&ending)))
            }
            // «По 2-х», «п. 2а».
            Some(_) => None,
            None => {
                self.rest = rest;
                Some((number, Form::Digits))
            }
        }
    }

    /// Whether the number is that of something else: «вопрос 3 недели висит», «пункт 3 договора нарушен».
    fn counts_otherwise(&self) -> bool {
        const OTHERS: &[&str] = &[
            "недел",
            "дня",
            "дней",
            "день",
            "час",
            "мес",
            "минут",
            "раз",
            "сут",
            "год",
            "лет",
            "договор",
            "регламент",
            "day",
            "week",
            "hour",
            "month",
            "minute",
            "year",
            "time",
            "of ",
        ];
        let next = self.rest.trim_start();
        OTHERS.iter().any(|other| next.starts_with(other))
    }

    /// Whether one of these comes next; it is read then.
    fn mark(&mut self, marks: &[char]) -> bool {
        let after = self.rest.trim_start().strip_prefix(marks);
        if let Some(after) = after {
            self.rest = after;
        }
        after.is_some()
    }
}

/// No word that is looked for takes more bytes.
const LONGEST_WORD: usize = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(u32, &str)>) {
        let found = list_number(text)
            .map(|(number, taken)| (number, text.get(taken..).unwrap_or_default().trim_start()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_question_of_ours_is_called_by_its_number_in_many_ways() {
        for lead in [
            "2.",
            "2)",
            "2 -",
            "2:",
            "2/ ",
            "2️⃣",
            "②",
            "п.2",
            "П. 2:",
            "Вопрос 2.",
            "вопрос №2 –",
            "Ответ 2:",
            "Второй вопрос:",
            "2-й вопрос -",
            "по 2 вопросу",
            "По второму вопросу —",
            "по второму –",
            "по 2-му:",
            "на 2 -",
            "На второй:",
            "по п. 2",
            "по пункту 2:",
            "as for 2:",
            "for 2 -",
            "to the second:",
            "Q2:",
            "Question 2",
            "second question:",
        ] {
            check(&format!("{lead} Камаз 45"), Some((2, "Камаз 45")));
        }
        check("2.458", Some((2, "458")));
        check("2)хостинг", Some((2, "хостинг")));
        check("вопрос 2 хостинг", Some((2, "хостинг")));
        check("По пункту 2 ромашка", Some((2, "ромашка")));
    }

    #[test]
    fn counts_dates_and_other_things_are_no_numbers_of_questions() {
        for text in [
            "2 вопроса: почему и когда",
            "12.05 с утра",
            "10:30 выехал",
            "2.5 литра",
            "24/7",
            "по 2 машинам",
            "по 2-х машинам нет данных",
            "по второй – нет связи",
            "по второму объекту нет данных",
            "на 2 объекта",
            "по 2. Камаз",
            "второй – Камаз 45",
            "по 458 – нет данных",
            "п. 2а – хостинг",
            "Вопрос 2 дня без ответа",
            "По пункту 4 регламента ответа нет",
            "Question 2 days old",
            "Пункт выдачи 2",
            "первый",
            "",
        ] {
            check(text, None);
        }
    }
}
