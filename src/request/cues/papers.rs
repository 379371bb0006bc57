//! Invoices and other papers that are wrong: «в счёте 1045 неверная сумма, просим исправить» wants a paper written anew. That is no
//! malfunction of a product, whatever it says of wrong: nobody can reproduce it.

use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;
use crate::request::text::verb_form::{Form, russian};
use crate::request::{Finding, PerField, State};
use std::ops::Range;
use std::sync::LazyLock;

/// What a word says of papers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// A paper by its name.
    Paper,
    /// What makes a wrong paper a right one.
    Mends,
    /// That it is paid: what is wrong then is something else.
    Paid,
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Paper,
        "счет счета счете счету счетом счетах счета-фактур* счете-фактур* счет-фактур* акт акта акте акту актом акты актах упд накладн* \
         договор договора договоре допсоглашени* invoice invoices bill bills proforma credit_note contract contracts",
    ),
    (
        Said::Mends,
        "исправ* передела* перевыстав* переоформ* перевыпис* перевыпус* поправ* скорректир* откорректир* замени* переделк* аннулир* \
         correct reissue re-issue amend fix revise replace cancel",
    ),
    (Said::Paid, "оплат* оплач* проплат* paid payment paying"),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

/// What says that something is wrong, or what is shown.
const WRONG: &[Class] = &[Class::Fault, Class::VagueFault, Class::Error, Class::Shows];

fn says(sheet: &Sheet<'_>, at: usize, wanted: Said) -> bool {
    LIST.says(&sheet.tokens, at, wanted)
}

/// Whether a first mail wants a wrong paper written anew and nothing else.
pub(crate) fn are_wrong(reading: &Reading<'_>, fields: &PerField<Finding>) -> bool {
    // What a product does with papers, or does not, is a malfunction.
    let of_product = fields.product.state == State::Present || reading.body.has(Class::Shows);
    if reading.is_later()
        || of_product
        || fields.steps.state != State::Missing
        || fields.objects.state == State::Present
    {
        return false;
    }
    let sheet = &reading.body;
    let about = |sentence: &Range<usize>| is_about_paper(sheet, sentence);
    let mut wrong = sheet.sentences.iter().filter(|sentence| sheet.any((*sentence).clone(), WRONG));
    sheet.sentences.iter().any(about)
        && wrong.all(about)
        && sheet.sentences.iter().any(|sentence| is_to_be_mended(sheet, sentence))
}

/// Whether a sentence is about a paper: not about what is done by it («по договору», «за счёт»), what is paid, or what a program makes.
fn is_about_paper(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let named = |at: usize| {
        let leads = sheet.before(at, 1).is_some_and(|before| {
            matches!(
                before.form.as_str(),
                "по" | "за" | "через" | "свой" | "наш" | "ваш" | "under" | "per" | "by" | "before"
            )
        });
        says(sheet, at, Said::Paper) && !leads && sheet.quoted_at(at).is_none()
    };
    sentence.clone().any(named)
        && !sheet.any(sentence.clone(), &[Class::ElementNoun])
        && !sentence.clone().any(|at| says(sheet, at, Said::Paid))
}

/// Whether a sentence wants something written anew: «просим исправить», «переделайте», "please correct".
fn is_to_be_mended(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    if sheet.any(sentence.clone(), &[Class::If]) {
        return false;
    }
    let wished = sheet.any(sentence.clone(), &[Class::Please, Class::Modal]);
    let opens = |at: usize| !sheet.slice(sentence.start..at).iter().any(Token::is_word);
    let told = |at: usize, token: &Token| match russian(&token.form) {
        _ if token.is_latin() => wished || opens(at),
        Form::Imperative => true,
        Form::Infinitive | Form::Noun => wished,
        Form::First | Form::Past | Form::Third | Form::Gerund | Form::Reflexive | Form::Passive => false,
    };
    sentence
        .clone()
        .any(|at| says(sheet, at, Said::Mends) && sheet.token(at).is_some_and(|token| told(at, token)))
}
