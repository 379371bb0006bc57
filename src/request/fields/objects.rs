//! Objects: the concrete elements a request is about, so named that they can be found.

mod answer;
mod codes;
mod corrections;
mod listed;
mod names;
mod numbers;
mod plates;
mod proper;
mod quotations;
mod shown;
mod times;
mod wording;

use crate::request::cue::Cue;
use crate::request::reading::Reading;
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use crate::request::{Field, Finding, State};
use answer::{FEW, LONGEST_ANSWER, answer};
pub use corrections::Correction;
pub(crate) use corrections::corrections;
use shown::Rank;
use std::ops::Range;
use times::{is_time, tells_time};

/// An element that was found, as a range of tokens.
struct Found {
    range: Range<usize>,
    cue: Cue,
    /// Names one thing beyond doubt; a make with a model number does not.
    sure: bool,
}

/// Looks for concrete elements.
pub(crate) fn find(reading: &Reading<'_>) -> Finding {
    let mut evidence = Vec::new();
    let mut sure = false;
    let mut best: Option<(Rank, String)> = None;
    let mut configured: Option<String> = None;
    for sheet in reading.sheets() {
        let mut found = Vec::new();
        plates::find(reading, sheet, &mut found);
        numbers::find(sheet, &mut found);
        names::find(reading, sheet, &mut found);
        quotations::find(reading, sheet, &mut found);
        codes::find(reading, sheet, &mut found);
        if std::ptr::eq(sheet, &raw const reading.body) {
            for range in reading.replies_to(Field::Objects) {
                found.extend(answer(reading, sheet, &range).map(|range| Found {
                    range,
                    cue: Cue::Answer,
                    sure: true,
                }));
            }
            if let Some(range) = answered_by_number(reading).filter(|_| found.is_empty()) {
                found.push(Found { range, cue: Cue::Answer, sure: true });
            }
        }
        let named = if reading.rules.names.is_empty() { 0 } else { sheet.tokens.len() };
        for at in 0..named {
            reading.rules.names.look_up(&sheet.tokens, at, |(), length| {
                found.push(Found { range: at..at + length, cue: Cue::ConfiguredName, sure: true });
            });
        }
        complete(sheet, &mut found);
        let fits = fits_of_patterns(reading, sheet);
        sure |= !fits.is_empty();
        found.extend(fits);
        found.sort_by_key(|found| {
            (std::cmp::Reverse(found.sure), found.range.start, std::cmp::Reverse(found.range.end))
        });
        sure |= found.iter().any(|found| found.sure);
        let ranges: Vec<_> = found.iter().map(|found| sheet.trimmed(found.range.clone())).collect();
        for (rank, at) in shown::by_rank(sheet, &found) {
            if best.as_ref().is_none_or(|(known, _)| rank < *known)
                && let (Some(one), Some(range)) = (found.get(at), ranges.get(at))
            {
                let shown = wording::words(sheet, range.clone()).map(|words| {
                    let more = listed::more(sheet, &found, &one.range);
                    (rank, wording::with_more(reading.told, words, more))
                });
                best = shown.or(best);
            }
        }
        let shown = found.iter().zip(ranges).take(crate::request::MOST_EVIDENCE);
        evidence.extend(shown.map(|(found, range)| sheet.evidence(range, found.cue)));
    }
    if let Some(cue) = reading.cue(Field::Objects) {
        sure = true;
        configured.get_or_insert_with(|| crate::request::shorten(&cue.text));
        evidence.push(cue);
    }
    let state = match (sure, evidence.is_empty()) {
        (true, _) => State::Present,
        (false, false) => State::Unsure,
        (false, true) => return Finding::default(),
    };
    let value = match best {
        // What goes on with a conversation tells of other things, too.
        Some((Rank::Perhaps, _)) if reading.is_later() && !reading.asked.contains(&Field::Objects) => {
            configured
        }
        Some((Rank::Perhaps, words)) => configured.or(Some(words)),
        Some((_, words)) => Some(words),
        None => configured,
    };
    evidence.truncate(crate::request::MOST_EVIDENCE);
    Finding { state, value, evidence }
}

/// Most fits of one pattern that are looked at.
const MOST_FITS: usize = 8;

/// The tokens that the operator's patterns fit, each once.
fn fits_of_patterns(reading: &Reading<'_>, sheet: &Sheet<'_>) -> Vec<Found> {
    let mut fits: Vec<Range<usize>> = Vec::new();
    for pattern in &reading.rules.object_patterns {
        for part in sheet.parts() {
            let text = sheet.text.get(part.clone()).unwrap_or_default();
            for hit in pattern.find_iter(text).filter(|hit| !hit.is_empty()).take(MOST_FITS) {
                let (from, to) = (part.start + hit.start(), part.start + hit.end());
                let start = sheet.tokens.partition_point(|token| token.span.end <= from);
                let end = sheet.tokens.partition_point(|token| token.span.start < to);
                if start < end && !fits.iter().any(|fit| fit.start <= start && end <= fit.end) {
                    fits.retain(|fit| fit.start < start || end < fit.end);
                    fits.push(start..end);
                }
            }
        }
    }
    fits.into_iter().map(|range| Found { range, cue: Cue::ConfiguredPattern, sure: true }).collect()
}

/// Whether a mail says nothing but a product and a date, which names no element: «Wialon Hosting, 2026-11-25».
pub(crate) fn only_tells_a_date(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let is_idle = |at: usize, token: &Token| {
        matches!(token.kind, TokenKind::Mark(_) | TokenKind::Newline) || reading.is_product(sheet, at)
    };
    let mut said =
        sheet.tokens.iter().enumerate().filter(|(at, token)| !is_idle(*at, token)).map(|(_, token)| token);
    let parts = [said.next(), said.next(), said.next()];
    let is_year = |token: &Token| token.form.len() == 4 && token.form.starts_with("20");
    said.next().is_none()
        && parts.iter().all(|part| {
            part.is_some_and(|token| {
                token.kind == TokenKind::Number && (token.form.len() <= 2 || is_year(token))
            })
        })
        && parts.into_iter().flatten().filter(|token| is_year(token)).count() == 1
}

/// Whether an element is named by what only ours have: a plate or an IMEI.
pub(crate) fn identifies(finding: &Finding) -> bool {
    finding.evidence.iter().any(|found| found.is_by(Cue::Plate) || found.is_by(Cue::ImeiOrVin))
}

/// Lets no plate be cut, «гос номер 4417» goes on to its end, «4417 МА 29», and no code: `WL-00817-KR`.
fn complete(sheet: &Sheet<'_>, found: &mut Vec<Found>) {
    let plates: Vec<_> =
        found.iter().filter(|one| one.cue == Cue::Plate).map(|one| one.range.clone()).collect();
    for one in found.iter_mut().filter(|one| one.cue != Cue::Plate) {
        let longer = plates.get(plates.partition_point(|plate| plate.end <= one.range.end));
        if let Some(plate) = longer.filter(|plate| plate.start < one.range.end) {
            one.range.end = plate.end;
        }
        for _ in 0..MOST_PARTS {
            if ends_in_a_code(sheet, one.range.end) && goes_on(sheet, one.range.end) {
                one.range.end += 2;
            }
        }
        one.range.end = listed::series_end(sheet, &one.range).unwrap_or(one.range.end);
        if one.cue == Cue::NounWithName && names::is_machine(sheet, one.range.start) {
            let end = with_number(sheet, one.range.end);
            one.sure |= end > one.range.end;
            one.range.end = end;
        }
    }
    let codes = Cover::new(found, Cue::Code);
    found.retain(|one| one.cue != Cue::Code || !codes.has(&one.range));
}

/// What is found by one cue, to tell what is a part of something that begins before it. A text may have 100,000 elements: they
/// cannot each be held against all others.
struct Cover {
    /// Where each begins, and how far those reach that begin there or before.
    reach: Vec<(usize, usize)>,
}

impl Cover {
    fn new(found: &[Found], cue: Cue) -> Self {
        let ranges = found.iter().filter(|one| one.cue == cue).map(|one| (one.range.start, one.range.end));
        let mut reach: Vec<_> = ranges.collect();
        reach.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut reach {
            furthest = furthest.max(*end);
            *end = furthest;
        }
        Self { reach }
    }

    /// Whether the range is a part of one that begins before it.
    fn has(&self, range: &Range<usize>) -> bool {
        let before = self.reach.partition_point(|(start, _)| *start < range.start);
        let last = before.checked_sub(1).and_then(|last| self.reach.get(last));
        last.is_some_and(|(_, furthest)| range.end <= *furthest)
    }
}

/// So many parts a code goes on for.
const MOST_PARTS: usize = 3;

/// Whether what ends at `end` ends in digits, or in the capitals that a hyphen joins to some: `PB-10-AX`.
fn ends_in_a_code(sheet: &Sheet<'_>, end: usize) -> bool {
    let capitals = |token: &Token| token.is_word() && token.case == Case::Upper;
    let joined = sheet.before(end, 2).is_some_and(|mark| mark.is_mark('-') && !mark.spaced)
        && sheet.before(end, 3).is_some_and(Token::has_digit);
    sheet.before(end, 1).is_some_and(|last| last.has_digit() || joined && !last.spaced && capitals(last))
}

/// Where the name goes on that ends at `end`: «МТЗ-1221 №15», «БелАЗ-75306 борт 41».
fn with_number(sheet: &Sheet<'_>, end: usize) -> usize {
    let next = |at: usize| sheet.token(at).filter(|token| !sheet.is_cell(token));
    let numbers = next(end).is_some_and(|token| {
        matches!(token.form.as_str(), "борт" | "бортовой" | "гаражный" | "инв") || token.is_mark('№')
    });
    let sign =
        end + 1 + usize::from(next(end + 1).is_some_and(|mark| mark.is_mark('№') || mark.is_mark('.')));
    let number = next(sign).is_some_and(|token| token.has_digit() && !is_time(sheet, sign));
    match next(end) {
        Some(noun) if numbers && number => {
            listed::numbers_end(sheet, noun, sign, sign + 1).unwrap_or(sign + 1)
        }
        _ => end,
    }
}

/// Whether a hyphen joins capitals or digits to what ends at `end`.
fn goes_on(sheet: &Sheet<'_>, end: usize) -> bool {
    // «352093081234567-НЕТ СВЯЗИ» goes on with words.
    let ends = sheet.token(end + 2).is_none_or(|next| !(next.is_word() && next.case == Case::Upper));
    let part = |token: &Token| {
        token.has_digit()
            || ends
                && token.is_word()
                && token.case == Case::Upper
                && token.has_letters(2)
                && !token.has(Class::Negation)
    };
    sheet.glued(end).is_some_and(|mark| mark.is_mark('-')) && sheet.glued(end + 1).is_some_and(part)
}

/// Whether what stands at `at` is told, in its clause, of something else than an element: «выдаёт HTTP500», «версия WL2204».
fn is_told_of_other(sheet: &Sheet<'_>, at: usize) -> bool {
    let clause = sheet.clause(&sheet.sentence_at(at), at);
    let told =
        |token: &Token| token.classes.any(&[Class::Shows, Class::Error, Class::OtherNumber, Class::Gesture]);
    sheet.slice(clause.start..at).iter().any(told)
}

/// A body of so few words may be «Добрый день! Тема в теме. Спасибо».
const FILLER: usize = 6;

/// Whether an element is named by what is easily lost beside all else: a login or place in a few words, or a plate or number in the
/// subject above a body that says nothing.
fn is_easily_lost(reading: &Reading<'_>) -> bool {
    let mut found = Vec::new();
    if let Some(subject) = reading.subject.as_ref().filter(|_| reading.words <= FILLER) {
        plates::find(reading, subject, &mut found);
        numbers::find(subject, &mut found);
    }
    found.iter().any(|one| one.sure)
        || reading.sheets().any(|sheet| {
            let mut found = Vec::new();
            names::find(reading, sheet, &mut found);
            found.iter().any(|one| proper::is_proper(sheet, one))
        })
}

/// Whether our question about the objects has an answer so short that it can be nothing but a name or a number: that counts, although
/// the same word elsewhere would say little. So does what is easily lost.
pub(crate) fn is_answered(reading: &Reading<'_>) -> bool {
    if is_easily_lost(reading) {
        return true;
    }
    let sheet = &reading.body;
    let is_short = |range: &Range<usize>| {
        let range = answer(reading, sheet, range);
        let tokens = range.map(|range| sheet.slice(range)).unwrap_or_default();
        (1..=FEW).contains(
            &tokens.iter().filter(|token| token.is_word() || token.kind == TokenKind::Number).count(),
        )
    };
    reading.asked.contains(&Field::Objects)
        && (answered_by_number(reading).is_some()
            || reading.replies_to(Field::Objects).any(|range| is_short(&range)))
}

/// The answers to our question about the objects that are nothing but the number or code of one: «3) 412», or «виалон. 814»,
/// «виалон, 814» in a few words. So they count, although the same number elsewhere would say little.
fn answered_by_number(reading: &Reading<'_>) -> Option<Range<usize>> {
    let sheet = &reading.body;
    let is_number = |range: &Range<usize>| {
        let mut codes = 0;
        let bare = range.clone().all(|at| {
            sheet.token(at).is_some_and(|token| match token.kind {
                TokenKind::Number | TokenKind::Word if token.has_digit() => {
                    codes += usize::from(token.form.len() > 1);
                    !is_time(sheet, at)
                }
                TokenKind::Word => token.has(Class::UnitNoun) || token.is_and(),
                TokenKind::Mark(_) | TokenKind::Newline => true,
                TokenKind::Number | TokenKind::Address | TokenKind::Mailbox => false,
            })
        });
        bare && codes > 0 && !is_telephone(sheet, range)
    };
    // A number that is told of something else: «тел. 412», «ошибка 404», or again.
    let is_new = |range: &Range<usize>| {
        let before = sheet.slice(0..range.start).iter().rev();
        let noun = before
            .take_while(|token| token.kind != TokenKind::Newline)
            .find(|token| !matches!(token.kind, TokenKind::Mark(_)));
        let numbers: Vec<&str> = sheet
            .slice(range.clone())
            .iter()
            .filter(|token| token.has_digit())
            .map(|token| token.form.as_str())
            .collect();
        let elsewhere = sheet.slice(0..range.start).iter().chain(sheet.slice(range.end..sheet.tokens.len()));
        !noun.is_some_and(|noun| noun.has(Class::OtherNumber))
            && !elsewhere.into_iter().any(|token| numbers.contains(&token.form.as_str()))
    };
    if reading.asked.len() < 2 || !reading.asked.contains(&Field::Objects) {
        return None;
    }
    let few = reading.words <= LONGEST_ANSWER;
    let alone = sheet.sentences.iter().filter(|_| few && reading.replies.is_empty()).cloned();
    // A number without a comma is that of a version, «Wialon Local 2204»; one with more than digits a date, or 3G.
    let is_list = |range: Range<usize>| {
        sheet.slice(range).iter().all(|token| match token.kind {
            TokenKind::Number => (2..=6).contains(&token.form.len()),
            TokenKind::Mark(mark) => matches!(mark, ',' | '.' | ';' | '!'),
            TokenKind::Word => token.is_and(),
            TokenKind::Newline => true,
            TokenKind::Address | TokenKind::Mailbox => false,
        })
    };
    let behind_product = |range: Range<usize>| {
        let named = range.clone().take_while(|at| reading.is_perhaps_product(sheet, *at)).count();
        let next = range.start + named;
        let parted = sheet
            .token(next)
            .is_some_and(|token| matches!(token.kind, TokenKind::Mark(',' | ';' | '-' | ':')));
        if named > 0 && parted && is_list(next + 1..range.end) { next + 1..range.end } else { range }
    };
    let mut alone =
        alone.map(|range| sheet.trimmed(behind_product(range))).filter(is_number).take(LONGEST_ANSWER);
    let mut replies = reading.replies_to(Field::Objects).map(|range| sheet.trimmed(range));
    replies.find(is_number).or_else(|| alone.find(is_new))
}

/// Whether a range of numbers is the telephone of whoever wants to be called: with `+` or brackets, or 10 or 11 digits as they are
/// dialled within Russia.
fn is_telephone(sheet: &Sheet<'_>, range: &Range<usize>) -> bool {
    let tokens = sheet.slice(range.clone());
    let dialled = tokens.iter().any(|token| token.is_mark('+') || token.is_mark('('));
    let mut runs = vec![String::new()];
    for token in tokens {
        match (token.kind, runs.last_mut()) {
            (TokenKind::Number, Some(run)) => run.push_str(&token.form),
            (TokenKind::Mark('-' | '.' | ')'), _) => {}
            _ => runs.push(String::new()),
        }
    }
    let long = |run: &String| (10..=11).contains(&run.len()) && run.starts_with(['7', '8', '9']);
    dialled || runs.iter().any(long)
}
