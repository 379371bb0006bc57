//! The kind of a mail, and whether concrete elements apply to it.

use super::cues::behaviour::{behaviour, is_fault};
use super::cues::errand::is_errand;
use super::cues::question::{is_how_to, is_question, is_telling};
use super::reading::{Reading, is_informative};
use super::text::lexicon::{Class, Classes};
use super::text::sheet::Sheet;
use super::{Field, Finding, Kind, PerField, Stance, State};
use std::ops::Range;

/// The kind that a mail's own words give it.
pub(super) struct KindByRule {
    pub(super) kind: Kind,
    /// The words do not say: a follow-up keeps the kind of its conversation.
    pub(super) continues: bool,
    /// It tells a behaviour, and no sentence asks for anything: it is no question.
    pub(super) only_reports: bool,
}

/// What speaks for each kind.
#[derive(Default)]
struct Signs {
    fault: usize,
    /// Words for malfunctions, not only something denied.
    named_fault: bool,
    /// A question for a way or a possibility comes before the first malfunction.
    how_first: bool,
    /// A request to do a thing comes before the first malfunction.
    errand_first: bool,
    /// What is asked for is to mend something.
    repair: bool,
    vague_fault: usize,
    why: usize,
    errand: usize,
    question: usize,
    /// Questions that ask for a way, a possibility or a price, not how to mend something.
    how_to: usize,
    automatic: usize,
    advertising: usize,
}

/// Judges a mail by its words, its findings and its stance.
pub(super) fn judge(reading: &Reading<'_>, fields: &PerField<Finding>, stance: Stance) -> KindByRule {
    let signs = signs(reading);
    let follow_up = reading.is_later();
    let none = KindByRule { kind: Kind::None, continues: false, only_reports: false };
    match stance {
        Stance::Courtesy | Stance::Withdrawal | Stance::Promise => return none,
        Stance::Refusal | Stance::AlreadySaid => {
            return KindByRule { continues: true, kind: Kind::Problem, ..none };
        }
        Stance::Request => {}
    }
    let present = |finding: &Finding| finding.state == State::Present;
    let substance = signs.fault + signs.errand > 0 && present(&fields.description);
    if signs.automatic > 0 && !substance
        || signs.advertising > 1
        || signs.advertising == 1 && signs.fault == 0 && !present(&fields.objects)
    {
        return none;
    }
    let nothing = reading.words == 0 && fields.iter().all(|(_, finding)| finding.state == State::Missing);
    if nothing
        && !follow_up
        && reading.subject.as_ref().is_none_or(|subject| !subject.tokens.iter().any(is_informative))
    {
        return none;
    }
    if announces_machine(&reading.title) {
        return none;
    }
    let silent = signs.fault + signs.vague_fault + signs.why + signs.errand + signs.question == 0;
    // A name alone is no request where many words say nothing of one.
    let bare = fields.iter().all(|(field, finding)| {
        finding.state == State::Missing
            || field == Field::Objects && reading.words > 8
            || field == Field::Description && reading.words > 12
    });
    if silent && bare && !follow_up && !mentions_field(reading) {
        return none;
    }
    let strong = present(&fields.description) && signs.named_fault && present(&fields.steps);
    if !reading.asked.is_empty() {
        // An answer keeps the kind of its conversation, unless it reports a new malfunction.
        return KindByRule {
            kind: if strong { Kind::Problem } else { own_kind(&signs, fields) },
            continues: !strong,
            only_reports: false,
        };
    }
    let weak = follow_up && !present(&fields.description) && !present(&fields.steps);
    KindByRule {
        kind: own_kind(&signs, fields),
        continues: weak,
        only_reports: !follow_up && only_reports(reading),
    }
}

/// Whether a mail tells a behaviour («X does not send …») and has no word that could ask for anything.
fn only_reports(reading: &Reading<'_>) -> bool {
    const ASKING: &[Class] = &[
        Class::Asks,
        Class::AsksNothing,
        Class::Inquires,
        Class::Why,
        Class::Price,
        Class::Please,
        Class::Doubt,
    ];
    // Classes are asked first: most mails have one of these.
    let asks = |sheet: &Sheet<'_>| {
        ASKING.iter().any(|class| sheet.has(*class))
            || sheet.tokens.iter().any(|token| token.is_mark('?'))
            || sheet.sentences.iter().any(|sentence| is_errand(sheet, sentence))
    };
    let tells =
        |sheet: &Sheet<'_>| sheet.sentences.iter().any(|sentence| behaviour(sheet, sentence).strong > 0);
    tells(&reading.body) && !reading.sheets().any(asks)
}

/// Whether the mail has a word of the field, or asks for anything.
fn mentions_field(reading: &Reading<'_>) -> bool {
    const WORDS: Classes = Classes::of_all(&[
        Class::Common,
        Class::UnitNoun,
        Class::ElementNoun,
        Class::AccountNoun,
        Class::Contact,
        Class::Please,
        Class::AttachmentNoun,
        Class::Error,
        Class::Filler,
    ]);
    reading.sheets().any(|sheet| {
        sheet.tokens.iter().any(|token| {
            token.classes.meets(WORDS)
                && (!token.has(Class::Filler) || token.form.starts_with("помо") || token.form == "help")
        })
    })
}

/// Whether a subject is one that programs write: absence, bounce, receipt, invitation.
fn announces_machine(title: &str) -> bool {
    const SUBJECTS: &[&str] = &[
        "прочтено:",
        "прочитано",
        "письмо не доставлено",
        "не доставлено",
        "недоставлен",
        "доставка отложена",
        "отзыв сообщения",
        "приглашение:",
        "автоответ",
        "автоматически",
        "automatic reply",
        "auto reply",
        "autoreply",
        "auto-reply",
        "out of office",
        "out of the office",
        "abwesenheit",
        "automatische antwort",
        "réponse automatique",
        "respuesta automática",
        "undeliver",
        "delivery status notification",
        "delivery failure",
        "mail delivery",
        "failure notice",
        "returned mail",
        "returned to sender",
        "read:",
        "accepted:",
        "declined:",
        "принято:",
        "отклонено:",
        "нет на месте",
        "вне офиса",
        "в отпуске",
    ];
    SUBJECTS.iter().any(|known| title.starts_with(known))
}

/// The kind by the signs of the mail alone.
fn own_kind(signs: &Signs, fields: &PerField<Finding>) -> Kind {
    let steps = fields.steps.state == State::Present;
    let service = signs.errand > 0 && !signs.repair && (signs.errand_first || !signs.named_fault);
    let only_denied = signs.how_to > 0 && (signs.how_first || !signs.named_fault) && signs.why == 0 && !steps;
    if only_denied && signs.errand == 0 {
        // «В отчёте нет колонки. Как её добавить?»
        return Kind::Question;
    }
    if signs.why > 0 || !service && (signs.fault > 0 || steps && signs.errand == 0) {
        Kind::Problem
    } else if signs.errand > 0 {
        Kind::Service
    } else if signs.vague_fault > 0 {
        Kind::Problem
    } else if signs.question > 0 {
        Kind::Question
    } else {
        Kind::Problem
    }
}

fn signs(reading: &Reading<'_>) -> Signs {
    let mut signs = Signs::default();
    if let Some(subject) = &reading.subject {
        add_signs(reading, subject, &mut signs);
    }
    let announced = signs.fault;
    let titled_why = std::mem::take(&mut signs.why);
    let titled = std::mem::take(&mut signs.named_fault);
    add_signs(reading, &reading.body, &mut signs);
    if signs.how_to > 0 && signs.fault == announced {
        // A question about «ложные тревоги» reports none.
        signs.fault = 0;
    } else {
        signs.named_fault |= titled;
        signs.why += titled_why;
    }
    signs
}

fn add_signs(reading: &Reading<'_>, sheet: &Sheet<'_>, signs: &mut Signs) {
    for sentence in &sheet.sentences {
        let has = |class: Class| sheet.any(sentence.clone(), &[class]);
        let question = is_question(sheet, sentence) && !has(Class::Contact);
        let how = question && is_how_to(sheet, sentence);
        let errand = is_errand(sheet, sentence);
        let fault = is_fault(sheet, sentence) && !how && !errand && !has(Class::Automatic);
        let telling = sheet.slice(sentence.clone()).iter().any(is_informative);
        signs.automatic += usize::from(has(Class::Automatic));
        signs.advertising += usize::from(has(Class::Advertising));
        signs.why += usize::from(has(Class::Why) && !has(Class::Price) && telling);
        signs.errand_first |= errand && signs.fault == 0;
        signs.repair |= errand && is_repair(sheet, sentence);
        signs.errand += usize::from(errand);
        signs.fault += usize::from(fault);
        signs.named_fault |= fault && has(Class::Fault);
        signs.how_first |= signs.fault == 0 && how && is_telling(reading, sheet, sentence);
        signs.how_to += usize::from(how && is_telling(reading, sheet, sentence));
        signs.question += usize::from(question || has(Class::AsksNothing));
        signs.vague_fault += usize::from(has(Class::VagueFault) && !how);
    }
}

/// Whether a sentence asks us to mend something: the mail reports a malfunction then.
fn is_repair(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const REPAIRS: &[&str] =
        &["восстанов", "настро", "верн", "пересчит", "скорректир", "снова", "restore", "reset", "recover"];
    let tokens = sheet.slice(sentence.clone());
    let password = tokens.iter().any(|token| token.begins(&["парол", "доступ", "password", "access"]));
    !password && tokens.iter().any(|token| token.has(Class::Errand) && token.begins(REPAIRS))
}

/// Whether concrete elements apply: always for a problem; for a service unless it is about documents or general;
/// for a question only about a particular thing.
pub(super) fn objects_apply(reading: &Reading<'_>, kind: Kind, objects: &Finding) -> bool {
    let any = |class: Class| reading.sheets().any(|sheet| sheet.tokens.iter().any(|token| token.has(class)));
    match kind {
        Kind::Problem => true,
        Kind::Service => {
            let thing = reading.body.sentences.iter().any(|sentence| {
                is_errand(&reading.body, sentence)
                    && reading.body.any(
                        sentence.clone(),
                        &[Class::ServiceThing, Class::UnitNoun, Class::AccountNoun, Class::ElementNoun],
                    )
                    && !reading.body.any(sentence.clone(), &[Class::Document])
            });
            thing || objects.state == State::Present || !any(Class::Document)
        }
        Kind::Question => any(Class::Particular),
        Kind::None => false,
    }
}
