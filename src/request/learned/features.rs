//! What a mail shows, as names: the words of each sentence, their classes and forms, and what the rules make of it. The
//! table of weights says what each name speaks for, the network what they say together; both are learned from the same names.
//!
//! A name comes in parts that are joined by a space, so that looking it up needs no memory, and a word of a sentence is hashed
//! once for all names that it is in.

use super::name::Part;
use super::senses;
use crate::request::cues::actions::{Action, within};
use crate::request::cues::{behaviour, errand, question};
use crate::request::kind::KindByRule;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind};
use crate::request::text::verb_form::russian;
use crate::request::{Field, Finding, PerField, Place, Stance};
use std::ops::Range;
use strum::VariantArray;

/// The first letters of a word that stand for all of its forms.
const STEM: usize = 5;

/// What the rules have found before the weights are asked.
pub(crate) struct Ruled {
    pub(crate) fields: PerField<Finding>,
    pub(crate) actions: Vec<Action>,
    pub(crate) stance: Stance,
    pub(crate) judged: KindByRule,
    pub(crate) objects_apply: bool,
    /// How a plain mail is told, see [`crate::request::cues::outline`].
    pub(crate) signs: Vec<(&'static str, usize)>,
}

/// What the mail as a whole shows.
pub(crate) fn of_mail(reading: &Reading<'_>, ruled: &Ruled, mut say: impl FnMut(&[Part<'_>])) {
    let mut add = |texts: &[&str]| {
        let mut parts = [Part::NONE; 4];
        for (part, text) in parts.iter_mut().zip(texts) {
            *part = Part::new(text);
        }
        say(&parts);
    };
    let kind = ruled.judged.kind.into();
    let follow_up = reading.is_later();
    let turn = if follow_up { "later" } else { "first" };
    add(&["mail", turn]);
    add(&["mail kind", kind]);
    add(&["mail kind", kind, turn]);
    add(&["mail stance", ruled.stance.into()]);
    if ruled.judged.continues {
        add(&["mail continues"]);
    }
    if let Some(before) = reading.kind_before {
        add(&["mail after", before.into()]);
        if ruled.judged.continues {
            add(&["mail continues", before.into()]);
        }
        if reading.all_told {
            add(&["mail after", before.into(), "all told"]);
        }
    }
    add(&["mail language", reading.language.into()]);
    if ruled.objects_apply {
        add(&["mail objects apply"]);
    }
    for (field, finding) in ruled.fields.iter() {
        add(&["mail", field.into(), finding.state.into()]);
        if field != Field::Product {
            for found in finding.evidence.iter().take(3) {
                add(&["mail", field.into(), "by", &found.cue]);
            }
        }
    }
    for &field in Field::VARIANTS {
        if reading.asked.contains(&field) {
            add(&["mail asked", field.into()]);
            if reading.replies_to(field).next().is_some() {
                add(&["mail answers", field.into()]);
            }
        }
    }
    add(&["mail words", size(reading.words)]);
    add(&["mail sentences", size(reading.body.sentences.len())]);
    if reading.subject.is_none() {
        add(&["mail no subject"]);
    }
    add(&["mail actions", size(ruled.actions.len())]);
    for (sign, count) in &ruled.signs {
        for more in ["", "twice", "often"].into_iter().take(*count) {
            add(&["outline", sign, more]);
        }
    }
}

/// What one sentence shows.
pub(crate) fn of_sentence(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    ruled: &Ruled,
    pairs: &senses::Pairs,
    mut add: impl FnMut(&[Part<'_>]),
) {
    let place = Part::new(if sheet.place == Place::Subject { "subject" } else { "" });
    let mut say = |[first, second, third]: [Part<'_>; 3]| add(&[place, first, second, third]);
    let (begins, ends) = (Part::word("begins"), Part::word("-"));
    let mut previous = Part::word("^");
    let mut words = 0_usize;
    let mut begun = false;
    for at in sentence.clone() {
        let Some(token) = sheet.token(at) else { continue };
        let product = reading.is_product(sheet, at);
        let part = match token.kind {
            TokenKind::Word if product => "PRODUCT",
            TokenKind::Word if token.has_digit() || token.form.contains('_') => "CODE",
            TokenKind::Word => stem(&token.form),
            TokenKind::Number => "NUMBER",
            TokenKind::Address => "ADDRESS",
            TokenKind::Mailbox => "MAILBOX",
            TokenKind::Mark('?') => "?",
            TokenKind::Mark('!') => "!",
            TokenKind::Mark('→' | '>') => "→",
            TokenKind::Mark('«' | '“' | '„') => "«",
            TokenKind::Mark(':') => ":",
            TokenKind::Mark(',' | '-' | ';' | '(') => ",",
            TokenKind::Mark('№' | '#') => "№",
            TokenKind::Mark(_) | TokenKind::Newline => continue,
        };
        let part = Part::word(part);
        if token.is_word() && !product && !begun && !is_preamble(token) {
            begun = true;
            say([begins, part, Part::NONE]);
            say([begins, ends, Part::word(ending(&token.form, 3))]);
        }
        words += usize::from(token.is_word());
        say([part, Part::NONE, Part::NONE]);
        say([previous, part, Part::NONE]);
        if token.is_word() && !product {
            word(token, &mut say);
        }
        previous = part;
    }
    say([previous, Part::word("$"), Part::NONE]);
    say([Part::new("sentence words"), Part::word(size(words)), Part::NONE]);
    senses::of_sentence(reading, sheet, sentence, pairs, &mut say);
    judged(reading, sheet, sentence, ruled, &mut |texts| say(texts.map(Part::new)));
}

/// Whether a word only leads up to what a sentence says: «добрый день», «подскажите», "please", «коллеги».
fn is_preamble(token: &Token) -> bool {
    token.classes.any(&[Class::Greeting, Class::Please])
        || matches!(token.form.as_str(), "а" | "и" | "ну" | "вот" | "hi" | "so" | "and")
}

/// What a word shows beside itself: its form, its ending, its classes.
fn word(token: &Token, say: &mut impl FnMut([Part<'_>; 3])) {
    let form = token.form.as_str();
    let letters = form.chars().count();
    if letters > STEM {
        say([Part::word("="), Part::word(form), Part::NONE]);
    }
    if letters >= 4 {
        let ends = Part::word("-");
        say([ends, Part::word(ending(form, 3)), Part::NONE]);
        say([ends, Part::word(ending(form, 2)), Part::NONE]);
    }
    for class in token.classes.each() {
        let (of_class, name) = (Part::word("class"), Part::word(class.into()));
        say([of_class, name, Part::NONE]);
        let verb = matches!(class, Class::Gesture | Class::Operation | Class::Look | Class::Sending);
        if verb && !token.is_latin() {
            say([of_class, name, Part::word(russian(form).into())]);
        }
    }
    if token.case == Case::Upper && letters > 3 {
        say([Part::word("CAPITALS"), Part::NONE, Part::NONE]);
    }
}

/// What the rules make of a sentence.
fn judged(
    reading: &Reading<'_>,
    sheet: &Sheet<'_>,
    sentence: &Range<usize>,
    ruled: &Ruled,
    say: &mut impl FnMut([&str; 3]),
) {
    let asks = question::is_question(sheet, sentence);
    let how = asks && question::is_how_to(sheet, sentence);
    let errand = errand::is_errand(sheet, sentence);
    let fault = behaviour::is_fault(sheet, sentence);
    let manner = if how {
        "asks how"
    } else if asks {
        "asks"
    } else {
        "states"
    };
    let matter = match (errand, fault) {
        (true, true) => "errand fault",
        (true, false) => "errand",
        (false, true) => "fault",
        (false, false) => "",
    };
    say(["sentence", manner, ""]);
    say(["sentence", matter, ""]);
    say(["sentence", manner, matter]);
    if question::does_not_know(sheet, sentence) {
        say(["sentence does not know", "", ""]);
    }
    say(["sentence behaviours", size(behaviour::behaviour(sheet, sentence).strong), ""]);
    let informative = sheet.slice(sentence.clone()).iter().filter(|token| is_informative(token)).count();
    say(["sentence tells", size(informative), ""]);
    if sheet.place == Place::Body {
        say(["sentence actions", size(within(&ruled.actions, sentence).len()), ""]);
    }
    let span = sheet.span(sentence.clone());
    for field in [Field::Product, Field::Objects] {
        let finding = ruled.fields.get(field);
        let here = |found: &&crate::request::Evidence| {
            found.place == sheet.place && span.contains(&found.span.start)
        };
        if let Some(found) = finding.evidence.iter().find(here) {
            say(["sentence names", field.into(), finding.state.into()]);
            if field == Field::Objects {
                say(["sentence names", "by", &found.cue]);
            }
        }
    }
    for &field in Field::VARIANTS {
        if reading.replies_to(field).any(|reply| reply.start < sentence.end && sentence.start < reply.end) {
            say(["sentence answers", field.into(), ""]);
        }
    }
}

fn stem(form: &str) -> &str {
    form.char_indices().nth(STEM).and_then(|(at, _)| form.get(..at)).unwrap_or(form)
}

/// The last letters of a word.
fn ending(form: &str, letters: usize) -> &str {
    form.char_indices().rev().nth(letters - 1).and_then(|(at, _)| form.get(at..)).unwrap_or(form)
}

/// A count as one of a few names.
fn size(count: usize) -> &'static str {
    match count {
        0 => "none",
        1 => "one",
        2..=3 => "few",
        4..=7 => "some",
        8..=14 => "several",
        15..=30 => "many",
        31..=60 => "lots",
        _ => "masses",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::text::verb_form::Form;

    /// What is called something else has no weight any more.
    #[test]
    fn the_table_names_only_classes_forms_and_stances_that_there_are() {
        fn names<T: VariantArray>() -> Vec<&'static str>
        where
            &'static str: From<&'static T>,
        {
            T::VARIANTS.iter().map(Into::into).collect()
        }
        let (classes, forms, stances) = (names::<Class>(), names::<Form>(), names::<Stance>());
        let (mut with_class, mut with_form, mut with_stance) = (0, 0, 0);
        let keys = include_str!("weights.tsv").lines().filter_map(|line| line.split('\t').next());
        for key in keys {
            let of_sentence = key.strip_prefix("subject ").unwrap_or(key);
            if let Some(class) = of_sentence.strip_prefix("class ") {
                let (class, form) =
                    class.split_once(' ').map_or((class, None), |(class, form)| (class, Some(form)));
                assert!(classes.contains(&class), "{key}");
                assert!(form.is_none_or(|form| forms.contains(&form)), "{key}");
                with_class += 1;
                with_form += usize::from(form.is_some());
            }
            if let Some(stance) = key.strip_prefix("mail stance ") {
                assert!(stances.contains(&stance), "{key}");
                with_stance += 1;
            }
        }
        assert!(
            with_class > 100 && with_form > 20 && with_stance > 3,
            "{with_class} {with_form} {with_stance}"
        );
    }
}
