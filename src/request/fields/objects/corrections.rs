//! Elements that the client named wrongly, and names rightly: «объект 548, а не 458», "sorry, the unit is 548, not 458", «опечатался,
//! правильно 548». A letter and the agents must have the right one, whichever he named first.

mod applied;

use super::names::NOUNS;
use super::times::is_time;
use super::{plates, wording};
use crate::request::LONGEST_VALUE;
use crate::request::reading::Reading;
use crate::request::text::fold::plate_letter;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind, words};
use std::ops::Range;
use std::sync::LazyLock;

/// What a client says of an element that was named wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// The wrong name; `None` if he only says that it was wrong.
    wrong: Option<String>,
    /// The right one: a number, a plate, or what stands in quotation marks.
    right: String,
    /// The right one as a letter names it: «трактор 548».
    named: String,
    /// The wrong one is to be ignored, which takes no request back.
    ignored: bool,
    /// What kind of element it is said to be is part of its name: a make, or another noun than the wrong one had.
    renamed: bool,
}

/// What a word says here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// That something was written wrongly.
    Slip,
    /// That the wrong name follows: «вместо».
    Instead,
    /// What makes of «вместо» a correction.
    Reads,
    /// What stands in front of the right name, and elsewhere, too.
    Right,
    /// The same, in a word that takes a request back elsewhere: "ignore".
    Ignore,
    /// What was written, in front of the wrong name.
    Wrote,
    /// What may stand between the wrong name and the right one.
    Joins,
    /// What leads to the right name of an element that was named before: "it's actually".
    Leads,
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Slip,
        "ошибся ошиблась ошиблись опечатка опечатку опечатался опечаталась опечатались описался описалась описались перепутал перепутала \
         перепутали напутал напутала напутали поправка поправку не_тот_номер неправильный_номер \
         неверный_номер неправильно_написал* неверно_написал* неправильно_указал* неверно_указал* не_тот_написал* не_то_написал* имел_в_виду имела_в_виду \
         имели_в_виду имеется_в_виду имелся_в_виду имелась_в_виду \
         my_mistake mistyped misspelled misspelt typo wrong_number wrong_unit wrong_vehicle wrong_plate wrong_reg wrong_rego \
         wrong_registration wrong_number_plate correction mixed_up \
         i_meant we_meant meant_to_write should_read",
    ),
    (Said::Instead, "вместо instead_of"),
    (Said::Reads, "читать читайте считать"),
    (Said::Right, "правильно правильный верно верный"),
    (Said::Ignore, "игнорируйте не_учитывайте ignore disregard"),
    (
        Said::Wrote,
        "написал написала написали указал указала указали ввел ввела ввели wrote typed written put gave entered",
    ),
    (
        Said::Joins,
        "а но это правильно верно должно должен должна быть следует читать but it is it's its this should be read rather the correct one",
    ),
    (
        Said::Leads,
        "it's_actually it_is_actually actually_it's actually_it_is correct_number_is correct_reg_is correct_registration_is correct_plate_is \
         correct_one_is correct_unit_is right_number_is right_reg_is right_one_is it_should_be that_should_be reg_should_be number_should_be \
         registration_should_be plate_should_be правильный_номер верный_номер",
    ),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

/// Most words of a later mail that says that a name was wrong and not which.
const LONGEST_SLIP: usize = 25;
/// Most words of a sentence that says so in a longer mail, or in which two names stand beside «вместо» alone.
const LONGEST_SENTENCE: usize = 12;
/// Most tokens that stand in front of a name: «объект с номером», "the unit with number".
const MOST_BEFORE: usize = 5;
/// So near behind a negation the first digit or quotation mark of a name stands: «не объект с номером ТРК-12».
const MOST_BEHIND: usize = MOST_BEFORE + 4;
/// So much of a sentence in front of a name tells whether something is done or shown.
const MOST_NEARBY: usize = 40;
/// Most elements that a mail corrects.
const MOST_CORRECTED: usize = 8;
/// Most tokens between two names.
const MOST_BETWEEN: usize = 8;

/// An element in a text.
struct Element {
    /// With its noun.
    whole: Range<usize>,
    /// What identifies it.
    id: Range<usize>,
    /// Where it ends, quotation mark and all.
    end: usize,
}

/// What the mail corrects, in order.
pub(crate) fn corrections(reading: &Reading<'_>) -> Vec<Correction> {
    reading.sheets().flat_map(|sheet| of_sheet(reading, sheet)).collect()
}

fn of_sheet(reading: &Reading<'_>, sheet: &Sheet<'_>) -> Vec<Correction> {
    let says = |at: usize, wanted: Said| LIST.says(&sheet.tokens, at, wanted);
    let denies = |at: usize| matches!(sheet.form(at), "не" | "not");
    let (mut slips, mut replaces, mut leads) = (false, false, false);
    for at in 0..sheet.tokens.len() {
        LIST.look_up(&sheet.tokens, at, |said, _| {
            slips |= said == Said::Slip;
            replaces |= said == Said::Instead;
            leads |= said == Said::Leads;
        });
    }
    // Most mails deny something, few a name.
    let may_name = |token: &Token| {
        token.has_digit() || matches!(token.kind, TokenKind::Mark('«' | '"' | '“' | '„' | '\''))
    };
    let near = |at: usize| sheet.slice(at + 1..sheet.tokens.len().min(at + 1 + MOST_BEHIND)).iter();
    if !slips
        && !replaces
        && !leads
        && !(0..sheet.tokens.len()).any(|at| denies(at) && near(at).any(may_name))
    {
        return Vec::new();
    }
    let page = Page::new(reading, sheet);
    let mut corrections: Vec<Correction> = Vec::new();
    for sentence in &sheet.sentences {
        if corrections.len() >= MOST_CORRECTED {
            break;
        }
        let slips = slips && sentence.clone().any(|at| says(at, Said::Slip));
        for at in sentence.clone() {
            let pair = if denies(at) {
                page.denied(sentence, at)
            } else if replaces && says(at, Said::Instead) || slips && says(at, Said::Ignore) {
                let wrote = nearby(sentence.start, at).any(|at| says(at, Said::Wrote));
                let reads = sentence.clone().any(|at| says(at, Said::Reads));
                // «В отчёте 412 вместо 415» is what is wrong.
                let alone = || {
                    reading.is_later()
                        && page.is_short(sentence)
                        && !sheet.any(sentence.clone(), &[Class::ElementNoun])
                };
                let pair = page.replaced(sentence, at).filter(|_| slips || wrote || reads || alone());
                pair.map(|(wrong, right)| if wrote { (right, wrong) } else { (wrong, right) })
            } else {
                None
            };
            let correction =
                pair.and_then(|(wrong, right)| page.correction(Some(&wrong), &right, at.checked_sub(1)));
            corrections.extend(correction.map(|one| Correction { ignored: says(at, Said::Ignore), ..one }));
            if leads
                && corrections.is_empty()
                && reading.is_later()
                && says(at, Said::Leads)
                && !sheet.any(sentence.start..at, DEEDS)
            {
                let right = page.led_to(sentence, at);
                corrections.extend(right.and_then(|right| page.correction(None, &right, None)));
            }
        }
    }
    if corrections.is_empty() && slips && reading.is_later() {
        let is_slip = |sentence: &&Range<usize>| page.is_short(sentence) && says(sentence.start, Said::Slip);
        let within = if reading.words <= LONGEST_SLIP {
            Some(0..sheet.tokens.len())
        } else {
            // «Поправка: Р 808 СО 58. Захожу в отчёты …»
            sheet.sentences.iter().find(is_slip).cloned()
        };
        let only = within.and_then(|within| page.only(within));
        corrections.extend(only.and_then(|only| page.correction(None, &only, None)));
    }
    corrections
}

/// What is done or seen: what is told of it is no correction.
const DEEDS: &[Class] = &[Class::Gesture, Class::Operation, Class::Look, Class::Shows, Class::Sending];

/// What stands in front of `end` in its sentence and is looked at.
fn nearby(start: usize, end: usize) -> Range<usize> {
    start.max(end.saturating_sub(MOST_NEARBY))..end
}

/// A sheet with its number plates.
struct Page<'s, 't> {
    sheet: &'s Sheet<'t>,
    plates: Vec<Range<usize>>,
}

impl<'s, 't> Page<'s, 't> {
    fn new(reading: &Reading<'_>, sheet: &'s Sheet<'t>) -> Self {
        let mut found = Vec::new();
        plates::find(reading, sheet, &mut found);
        Self { sheet, plates: found.into_iter().map(|found| found.range).collect() }
    }

    /// The wrong and the right element beside the negation at `at`: «не 458, а 548», «548, а не 458». What a program shows, or somebody
    /// has done, is no correction: «строится не по 458, а по 548».
    fn denied(&self, sentence: &Range<usize>, at: usize) -> Option<(Element, Element)> {
        let wrong = self.element(at + 1, sentence.end)?;
        let done = |at: usize| {
            let undone = self.sheet.before(at, 1).is_some_and(|before| before.has(Class::Negation));
            self.sheet.token(at).is_some_and(|token| token.classes.any(DEEDS))
                && !undone
                && !says_slip(self.sheet, at)
        };
        let told = |end: usize| nearby(sentence.start, end).any(done);
        if let Some(right) = self.behind(wrong.end, sentence.end) {
            return (!told(at) && self.is_led_to(sentence.start, at)).then_some((wrong, right));
        }
        let right = self.in_front(sentence.start, at)?;
        let start = right.whole.start;
        (!told(start) && self.is_led_to(sentence.start, start)).then_some((wrong, right))
    }

    /// Whether what stands in front of `at` leads to the name of an element: nothing, an element noun, «это», a slip of the pen; not
    /// «напряжение не 12, а 24», «номер договора не 458, а 548».
    fn is_led_to(&self, from: usize, at: usize) -> bool {
        const LEADS: &[&str] = &[
            "это",
            "то",
            "там",
            "тут",
            "меня",
            "нас",
            "нужен",
            "нужна",
            "надо",
            "речь",
            "it",
            "this",
            "that",
        ];
        let copula = ["is", "was", "are", "it's"].contains(&self.sheet.form(at.wrapping_sub(1)));
        let at = if copula { at - 1 } else { at };
        let Some(before) = at.checked_sub(1).filter(|before| *before >= from) else { return true };
        self.sheet.token(before).is_none_or(|token| {
            !token.is_word()
                || token.classes.meets(NOUNS)
                || token.classes.any(&[Class::Link, Class::Negation])
                || LEADS.contains(&token.form.as_str())
                || LIST.says(&self.sheet.tokens, before, Said::Joins)
                || (before.saturating_sub(2)..=before).any(|at| says_slip(self.sheet, at))
        })
    }

    /// The elements beside «вместо»: the one behind it and the other.
    fn replaced(&self, sentence: &Range<usize>, at: usize) -> Option<(Element, Element)> {
        let begins = at + 1 + usize::from(self.sheet.form(at + 1) == "of");
        let wrong = self.element(begins, sentence.end)?;
        let right = self.behind_any(wrong.end, sentence.end).or_else(|| self.in_front(sentence.start, at))?;
        Some((wrong, right))
    }

    /// The right element behind the wrong one that ends at `end`: a mark and words that join stand between.
    fn behind(&self, end: usize, until: usize) -> Option<Element> {
        let mut joined = false;
        for at in end..until.min(end + MOST_BETWEEN) {
            let token = self.sheet.token(at)?;
            let joins = LIST.says(&self.sheet.tokens, at, Said::Joins);
            let mark = matches!(token.kind, TokenKind::Mark(',' | '-' | ';' | ')'));
            if !joins && !mark {
                return joined.then(|| self.element(at, until)).flatten();
            }
            joined |= joins && !matches!(token.form.as_str(), "the" | "is" | "be");
        }
        None
    }

    fn behind_any(&self, end: usize, until: usize) -> Option<Element> {
        (end..until.min(end + MOST_BETWEEN)).find_map(|at| self.element(at, until))
    }

    /// The right element in front of a negation at `at`: «548, а ‸не 458», «548 (‸не 458)».
    fn in_front(&self, from: usize, at: usize) -> Option<Element> {
        let parts = |token: &Token| {
            matches!(token.kind, TokenKind::Mark(',' | '(' | '-'))
                || matches!(token.form.as_str(), "а" | "and")
        };
        let between = (from..at).rev().take_while(|at| self.sheet.token(*at).is_some_and(parts)).count();
        let end = at - between;
        let ends_there = |start: usize| self.element(start, end).filter(|element| element.end == end);
        (end.saturating_sub(MOST_BETWEEN).max(from)..end)
            .find_map(ends_there)
            .filter(|_| between > 0 || at == end)
    }

    /// Whether a sentence has few words, and none of something that is done or seen.
    fn is_short(&self, sentence: &Range<usize>) -> bool {
        let tokens = self.sheet.slice(sentence.clone());
        let deed = |at: usize| {
            self.sheet.token(at).is_some_and(|token| token.classes.any(DEEDS)) && !says_slip(self.sheet, at)
        };
        words(tokens) <= LONGEST_SENTENCE && !sentence.clone().any(deed)
    }

    /// The element that words at `at` lead to, at their end: a plate, or a name of letters and digits, as no value is that something
    /// should have.
    fn led_to(&self, sentence: &Range<usize>, at: usize) -> Option<Element> {
        let right = (at + 2..sentence.end.min(at + 2 + MOST_BEFORE)).find_map(|at| {
            let joins = self.sheet.token(at).is_some_and(|token| matches!(token.form.as_str(), "is" | "be"));
            if joins { None } else { self.element(at, sentence.end) }
        })?;
        let tokens = self.sheet.slice(right.id.clone());
        let lettered = tokens.iter().any(|token| token.is_word()) && tokens.iter().any(Token::has_digit);
        lettered.then_some(right)
    }

    /// The only element of a part of the sheet.
    fn only(&self, within: Range<usize>) -> Option<Element> {
        let mut named = self.all(within);
        named.next().filter(|_| named.next().is_none())
    }

    /// All elements of a part of the sheet.
    fn all(&self, within: Range<usize>) -> impl Iterator<Item = Element> {
        let mut at = within.start;
        std::iter::from_fn(move || {
            while at < within.end {
                let element = self.element(at, within.end);
                at = element.as_ref().map_or(at + 1, |element| element.end);
                if element.is_some() {
                    return element;
                }
            }
            None
        })
    }

    /// The element that begins at `at`: nouns and what leads from them to a name, then a plate, a code with a digit or a quotation.
    fn element(&self, at: usize, until: usize) -> Option<Element> {
        let leads = |at: usize, token: &Token| {
            let noun = token.classes.meets(NOUNS) || token.classes.any(&[Class::Link, Class::SimNoun]);
            let preposition = matches!(
                token.form.as_str(),
                "о" | "об" | "про" | "у" | "для" | "в" | "на" | "of" | "about" | "for" | "on"
            );
            // «правильно» begins like a rule.
            token.is_word() && !token.has_digit() && (noun || preposition) && !says_slip(self.sheet, at)
                || matches!(token.kind, TokenKind::Mark('№' | '#' | ':'))
        };
        let begins = (at..until.min(at + MOST_BEFORE))
            .find(|at| !self.sheet.token(*at).is_some_and(|token| leads(*at, token)))?;
        let plate = self
            .plates
            .get(self.plates.partition_point(|plate| plate.start < begins))
            .filter(|plate| plate.start == begins)
            .cloned();
        let id = plate
            .or_else(|| self.quotation(begins))
            .or_else(|| self.half_plate(begins))
            .or_else(|| self.code(begins))?;
        let end =
            if self.sheet.quoted_at(id.start).is_some() && id.start > begins { id.end + 1 } else { id.end };
        let is_noun = |at: &usize| self.sheet.token(*at).is_some_and(|token| token.classes.meets(NOUNS));
        let start = (at..begins).find(is_noun).unwrap_or(begins);
        (end <= until).then_some(Element { whole: start..end, id, end })
    }

    /// The beginning of a plate where the page has a whole one: «не ‸Р 880, а Р 808 СО 58».
    fn half_plate(&self, at: usize) -> Option<Range<usize>> {
        let is_letter = |token: &Token| {
            let mut letters = token.form.chars();
            token.is_word()
                && letters.next().is_some_and(|c| plate_letter(c).is_some())
                && letters.next().is_none()
        };
        let begins = |at: usize| {
            self.sheet.token(at).is_some_and(is_letter)
                && self
                    .sheet
                    .token(at + 1)
                    .is_some_and(|next| next.kind == TokenKind::Number && next.form.len() == 3)
        };
        (begins(at) && self.plates.iter().any(|plate| begins(plate.start))).then_some(at..at + 2)
    }

    fn quotation(&self, at: usize) -> Option<Range<usize>> {
        let opens = self.sheet.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Mark(_)));
        self.sheet.quoted_at(at + 1).filter(|quoted| opens && quoted.start == at + 1).cloned()
    }

    /// A number of two digits or more, or a code: `458`, `TRK-12`, «55-81».
    fn code(&self, at: usize) -> Option<Range<usize>> {
        let part = |at: usize| {
            self.sheet
                .token(at)
                .is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Number))
        };
        let joint = |at: usize| {
            self.sheet.glued(at).is_some_and(|token| matches!(token.kind, TokenKind::Mark('-' | '/')))
        };
        if !part(at) || self.sheet.quoted_at(at).is_some() {
            return None;
        }
        let mut end = at + 1;
        while joint(end) && part(end + 1) && self.sheet.glued(end + 1).is_some() {
            end += 2;
        }
        let tokens = self.sheet.slice(at..end);
        let letters: usize = tokens.iter().map(|token| token.form.chars().count()).sum();
        let counts = self.sheet.token(end).is_some_and(|next| next.has(Class::Measure));
        (tokens.iter().any(Token::has_digit) && letters >= 2 && !is_time(self.sheet, at) && !counts)
            .then_some(at..end)
    }

    fn text(&self, range: Range<usize>) -> &str {
        self.sheet.text.get(self.sheet.span(range)).unwrap_or_default()
    }

    /// What stands in front of a name, in one form: the first letters of the last noun.
    fn noun(&self, element: &Element) -> Option<&Token> {
        let is_noun = |token: &&Token| token.classes.meets(NOUNS);
        self.sheet.slice(element.whole.start..element.id.start).iter().rev().find(is_noun)
    }

    /// The noun may stand in front of both, at `before`: «объект не 458, а 548».
    fn correction(
        &self,
        wrong: Option<&Element>,
        right: &Element,
        before: Option<usize>,
    ) -> Option<Correction> {
        let words = wording::words(self.sheet, right.whole.clone())?;
        let noun = before.filter(|_| self.noun(right).is_none()).and_then(|at| wording::noun(self.sheet, at));
        let named = noun.map_or(words.clone(), |noun| format!("{noun} {words}"));
        let (noun, other) = (self.noun(right), wrong.and_then(|wrong| self.noun(wrong)));
        let renamed = noun.is_some_and(|noun| {
            noun.has(Class::Make)
                || !noun.has(Class::Common) && other.is_none_or(|other| stem(&other.form) != stem(&noun.form))
        });
        let right = self.text(right.id.clone()).to_owned();
        if right.chars().count() > LONGEST_VALUE {
            return None;
        }
        let wrong = wrong.map(|wrong| self.text(wrong.id.clone()).to_owned());
        (wrong.as_deref() != Some(&*right)).then_some(Correction {
            wrong,
            right,
            named,
            ignored: false,
            renamed,
        })
    }
}

/// The letters that all forms of a noun share.
fn stem(form: &str) -> String {
    form.chars().take(5).collect()
}

fn says_slip(sheet: &Sheet<'_>, at: usize) -> bool {
    [Said::Slip, Said::Wrote, Said::Right].iter().any(|said| LIST.says(&sheet.tokens, at, *said))
}
