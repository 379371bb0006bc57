//! What the writer does with the conversation: thanks, takes back, refuses, promises, says that it is there already.

use super::thanks;
use super::thanks::is_objection;
use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::Class;
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;
use crate::request::{Field, Finding, PerField, Stance, State};
use std::ops::Range;

/// Reads the stance. A mail that supplies something is a request, whatever it says beside.
pub(crate) fn read(reading: &Reading<'_>, fields: &PerField<Finding>) -> Stance {
    let sheet = &reading.body;
    let has = |class: Class| sheet.has(class);
    let present = |field: Field| fields.get(field).state == State::Present;
    let follow_up = reading.is_later();
    // «виалон! спасибо большое» answers us.
    let answers = reading.asked.contains(&Field::Product) && present(Field::Product);
    let supplies = answers || present(Field::Objects) || present(Field::Steps) || present(Field::Description);
    // Names in thanks («по А123ВС77 всё ровно») supply nothing that was not asked for.
    let thanked = present(Field::Objects)
        && !reading.asked.contains(&Field::Objects)
        && !answers
        && !present(Field::Steps)
        && !present(Field::Description);
    let rest = informative_outside(
        sheet,
        &[Class::Courtesy, Class::Withdrawal, Class::Promise, Class::Greeting, Class::AttachmentNoun],
    );
    let asks = sheet.tokens.iter().any(|token| token.is_mark('?'));
    let fault = sheet.sentences.iter().any(|sentence| {
        super::behaviour::is_fault(sheet, sentence) && !sheet.any(sentence.clone(), &[Class::Withdrawal])
    });
    if has(Class::Withdrawal)
        && !asks
        && follow_up
        && !(fault && present(Field::Steps))
        && !taken_back_no(sheet)
    {
        return Stance::Withdrawal;
    }
    if has(Class::Withdrawal) && !asks && !supplies && !taken_back_no(sheet) {
        return Stance::Withdrawal;
    }
    let asked = !reading.asked.is_empty();
    let refuses = has(Class::Refusal) && (follow_up || !supplies)
        || asked && !asks && will_not_tell(sheet)
        || asked && !asks && !supplies && wants_only_a_call(sheet);
    if refuses && !present(Field::Steps) {
        return Stance::Refusal;
    }
    if has(Class::AlreadySaid) && follow_up && !asks {
        return Stance::AlreadySaid;
    }
    if has(Class::Promise) && follow_up && !supplies && !present(Field::Product) && !asks {
        return Stance::Promise;
    }
    let nothing_else = sheet.sentences.iter().all(|sentence| is_courteous(sheet, sentence));
    let courteous = has(Class::Courtesy)
        && (nothing_else || follow_up && rest <= 2)
        && !thanks::says_more(sheet, follow_up);
    if courteous
        && !asks
        && (!supplies || thanked && follow_up)
        && reading.words > 0
        && !has(Class::VagueFault)
        && !has(Class::Chase)
        && !present(Field::Attachments)
    {
        return Stance::Courtesy;
    }
    Stance::Request
}

/// So many words beside those that take back: «по отчёту», "please close it".
const MOST_BESIDE: usize = 3;

/// Words that, beside objections, go on with something else, or set a limit: «только на час», «теперь другое», "but".
const GOES_ON: &[&str] = &[
    "а",
    "только",
    "лишь",
    "опять",
    "снова",
    "теперь",
    "еще",
    "пока",
    "кроме",
    "рано",
    "зря",
    "временно",
    "другая",
    "другое",
    "другой",
    "другие",
    "other",
    "another",
    "only",
    "again",
    "now",
    "except",
    "yet",
    "until",
    "temporarily",
];

/// Whether a mail that takes something back says nothing else: whoever says more may still want something.
pub(crate) fn settles(reading: &Reading<'_>) -> bool {
    let mut beside = 0;
    let nothing_else =
        reading.body.tokens.iter().filter(|token| !token.has(Class::Withdrawal)).all(|token| {
            let polite = token.classes.any(&[Class::Courtesy, Class::Greeting]);
            beside += usize::from(!polite && is_informative(token));
            !token.has(Class::Negation)
                && !token.has_digit()
                && !token.is_mark('?')
                && !is_objection(token)
                && !GOES_ON.contains(&token.form.as_str())
        });
    nothing_else && beside <= MOST_BESIDE
}

/// Informative words of sentences that have none of the classes.
fn informative_outside(sheet: &Sheet<'_>, classes: &[Class]) -> usize {
    sheet
        .sentences
        .iter()
        .filter(|sentence| !sheet.any((*sentence).clone(), classes))
        .map(|sentence| {
            sheet.slice(sentence.clone()).iter().filter(|token: &&Token| is_informative(token)).count()
        })
        .sum()
}

/// Whether a sentence says nothing but thanks, greetings or a name: «Карта белая» is as short.
pub(crate) fn is_courteous(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let words: Vec<&Token> = sheet.slice(sentence.clone()).iter().filter(|token| token.is_word()).collect();
    let telling = || words.iter().filter(|token| is_informative(token));
    telling().next().is_none()
        || words.iter().any(|token| token.classes.any(&[Class::Courtesy, Class::Greeting]))
            && telling().count() <= 3
        || words.len() <= 3 && telling().all(|token| thanks::is_name(token))
}

/// «не буду я ваши анкеты заполнять»: in one clause that nothing will be written.
fn will_not_tell(sheet: &Sheet<'_>) -> bool {
    const WILL: &[&str] = &[
        "буду",
        "будем",
        "стану",
        "станем",
        "собираюсь",
        "собираемся",
        "намерен",
        "намерена",
        "намерены",
        "хочу",
        "хотим",
        "желаю",
    ];
    const TELL: &[&str] = &[
        "заполнять",
        "писать",
        "расписывать",
        "описывать",
        "отписывать",
        "отвечать",
        "объяснять",
        "повторять",
        "перечислять",
        "заполнить",
    ];
    sheet.sentences.iter().any(|sentence| {
        sentence.clone().any(|at| {
            let denied = sheet.token(at).is_some_and(|token| WILL.contains(&token.form.as_str()))
                && sheet.before(at, 1).is_some_and(|before| before.form == "не");
            denied
                && sheet
                    .slice(sheet.clause(sentence, at))
                    .iter()
                    .any(|token| TELL.contains(&token.form.as_str()))
        })
    })
}

/// «просто позвоните», "just call me": instead of an answer.
fn wants_only_a_call(sheet: &Sheet<'_>) -> bool {
    sheet.has(Class::Contact)
        && sheet.sentences.iter().any(|sentence| {
            sheet.any(sentence.clone(), &[Class::Contact])
                && sheet
                    .slice(sentence.clone())
                    .iter()
                    .any(|token| matches!(token.form.as_str(), "просто" | "just" | "instead"))
        })
}

/// «не разобрались», «вопрос не снят», "not solved": nothing is taken back.
fn taken_back_no(sheet: &Sheet<'_>) -> bool {
    sheet.tokens.iter().enumerate().any(|(at, token)| {
        token.has(Class::Withdrawal)
            && (1..=3).any(|back| {
                sheet.before(at, back).is_some_and(|before| {
                    before.has(Class::Negation) && !before.has(Class::Withdrawal)
                        || matches!(
                            before.form.as_str(),
                            "если" | "if" | "until" | "пока" | "когда" | "when" | "чтобы"
                        )
                })
            })
    })
}
