//! Which of the elements that were found a letter names.

use super::Found;
use crate::request::cue::Cue;
use crate::request::text::lexicon::{Class, Classes};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, TokenKind};
use std::ops::Range;

/// How well an element is named: what comes first is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By what no other one has, a plate or a number: a name may be but its make and model.
    Identifier,
    Name,
    /// By what belongs to an element, a sensor or a command.
    Part,
    Perhaps,
}

/// What identifies an element by itself.
const IDENTIFIERS: &[Cue] = &[Cue::Plate, Cue::ImeiOrVin, Cue::ElementNumber, Cue::ConfiguredPattern];

fn identifiers(found: &[Found]) -> Vec<Range<usize>> {
    let sure = found.iter().filter(|one| one.sure && IDENTIFIERS.contains(&one.cue));
    let mut ranges: Vec<_> = sure.map(|one| one.range.clone()).collect();
    ranges.sort_by_key(|range| range.start);
    ranges
}

/// What names an element together with its identifier is as good as that, and says more: «трактор 4417 МА 29».
fn rank(sheet: &Sheet<'_>, one: &Found, identifiers: &[Range<usize>]) -> Rank {
    if !one.sure {
        return Rank::Perhaps;
    }
    let first = identifiers.partition_point(|range| range.start < one.range.start);
    let holds = identifiers.get(first).is_some_and(|range| range.end <= one.range.end);
    if holds {
        Rank::Identifier
    } else if is_part(sheet, &one.range) {
        Rank::Part
    } else {
        Rank::Name
    }
}

/// Whether a range names a sensor or a command: the unit that has it tells an engineer more.
fn is_part(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    const PARTS: &[&str] = &["датчик", "команд", "параметр", "sensor", "command", "parameter"];
    let part = |at: usize| sheet.token(at).is_some_and(|token| token.begins(PARTS));
    let mark = |at: usize| sheet.token(at).is_some_and(|token| !token.is_word());
    let before = range.start.checked_sub(1).map(|at| if mark(at) { at.saturating_sub(1) } else { at });
    let behind = mark(range.end) && part(range.end + 1);
    part(range.start) || before.is_some_and(part) || behind
}

/// Where what may be shown stands among what was found, the best first.
pub(super) fn by_rank(sheet: &Sheet<'_>, found: &[Found]) -> Vec<(Rank, usize)> {
    let identifiers = identifiers(found);
    let ranked = found.iter().enumerate().map(|(at, one)| (rank(sheet, one, &identifiers), at, one));
    let mut ranked: Vec<_> =
        ranked.filter(|(_, _, one)| may_be_shown(sheet, one)).map(|(rank, at, _)| (rank, at)).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked
}

fn may_be_shown(sheet: &Sheet<'_>, one: &Found) -> bool {
    if one.cue == Cue::Answer {
        is_name(sheet, &one.range)
    } else {
        one.cue != Cue::Code || !is_ticket(sheet, &one.range)
    }
}

/// What tells what somebody does, or what happens.
const TELLING: Classes = Classes::of_all(&[Class::Gesture, Class::Look, Class::Sending, Class::Attempt]);

/// Words of sentences besides.
const SAYING: &[&str] = &["называется", "называются", "потом", "затем", "called", "is", "then"];

/// Whether an answer is what an element is called: no sentence («Токен сгенерил через …, потом передаю его в …», «Уведомление
/// называется …»), and no heading of a table.
fn is_name(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let says = |at: usize| {
        sheet.token(at).is_some_and(|token| {
            token.kind == TokenKind::Address
                || token.is_word()
                    && token.case == Case::Lower
                    && sheet.quoted_at(at).is_none()
                    && (token.classes.meets(TELLING) || SAYING.contains(&token.form.as_str()))
        })
    };
    !range.clone().any(says) && !is_heading(sheet, range)
}

/// Whether the range is the last cell of a row with two more before it: the label was one, too.
fn is_heading(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let line = (0..range.start)
        .rev()
        .take_while(|at| sheet.token(*at).is_some_and(|token| token.kind != TokenKind::Newline));
    let words = sheet.slice(range.clone()).iter().all(|token| !token.has_digit());
    let cells = line.map(|at| at + 1).filter(|at| sheet.token(*at).is_some_and(|token| sheet.is_cell(token)));
    words && cells.count() >= 2
}

/// How the numbers begin that other programs give to a client's own tickets.
const TICKETS: &[&str] =
    &["inc", "req", "ritm", "chg", "sr", "tkt", "cas", "case", "ticket", "task", "issue"];
/// Fewest digits of such a number, but behind a whole word.
const FEWEST_DIGITS: usize = 5;
/// So long is a beginning that is a word, not letters that a client's own code may have: `TASK-1234`.
const WORD: usize = 4;

/// Whether a code is the number of a ticket in another program: `INC0047711`.
pub(super) fn is_ticket(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let forms: String = sheet.slice(range.clone()).iter().map(|token| token.form.as_str()).collect();
    TICKETS.iter().any(|beginning| {
        forms.strip_prefix(beginning).map(|number| number.strip_prefix('-').unwrap_or(number)).is_some_and(
            |number| {
                let long = number.len() >= FEWEST_DIGITS || beginning.len() >= WORD && !number.is_empty();
                long && number.bytes().all(|b| b.is_ascii_digit())
            },
        )
    })
}
