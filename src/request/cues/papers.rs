//! Invoices and other papers that are wrong or do not come, and money that was taken twice: «в счёте 1045 неверная сумма», «не пришёл
//! счёт за ноябрь», «с нас списали дважды». That is no malfunction of a product, whatever it says of wrong: nobody can reproduce it.

use crate::request::Finding;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind};
use crate::request::text::verb_form::{Form, russian};
use crate::request::{Evidence, PerField, Place, State};
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
    /// What is wrong in a paper, of whatever else it would be a malfunction, too.
    Differs,
    /// That it did not come.
    Lacks,
    /// Money that was taken and should not have been.
    Charged,
    /// Whose money that is: «с нас», "our card".
    Payer,
    /// What a program does with papers of its own.
    Made,
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Paper,
        "счет счета счете счету счетом счетах счета-фактур* счете-фактур* счет-фактур* акт акта акте акту актом акты актах упд накладн* \
         договор договора договоре допсоглашени* документ документы документов документах закрывающ* \
         invoice invoices bill bills proforma credit_note contract contracts",
    ),
    (
        Said::Mends,
        "исправ* передела* перевыстав* переоформ* перевыпис* перевыпус* поправ* скорректир* откорректир* замени* переделк* аннулир* \
         correct reissue re-issue amend fix revise replace cancel",
    ),
    (Said::Paid, "оплат* оплач* проплат* paid payment paying"),
    (
        Said::Differs,
        "неверн* неправильн* некорректн* ошибк* опечатк* не_та не_тот не_те не_то не_наш* чуж* лишн* завыш* а_у_нас а_нас а_должно а_надо а_нужно \
         вместо должно_быть не_совпада* не_сходит* не_соответств* \
         wrong incorrect incorrectly mistake mistakes error errors typo but_we instead_of should_be does_not_match doesn't_match do_not_match don't_match not_ours overcharged",
    ),
    (
        Said::Lacks,
        "не_пришел не_пришла не_пришло не_пришли не_приходил* не_получил* не_получен* не_получал* не_поступ* не_прислал* не_присылал* не_отправил* \
         не_выставил* не_выставлен* не_выслал* не_дошел не_дошла не_дошли не_было не_видел* нет нету так_и_нет отсутству* потерял* \
         did_not_arrive didn't_arrive not_arrived hasn't_arrived haven't_arrived never_arrived did_not_come didn't_come hasn't_come never_came not_received didn't_receive did_not_receive \
         haven't_received hasn't_received never_received never_got did_not_get didn't_get haven't_got have_not_got missing not_been_sent no_invoice no_invoices",
    ),
    (
        Said::Charged,
        "списали_дважды дважды_списал* списали_два_раза списали_2_раза два_раза_списал* списано_дважды дважды_списан* списаны_дважды двойное_списание двойного_списания \
         лишнее_списание повторное_списание повторно_списал* списали_повторно списали_лишн* лишнего_списал* списали_больше \
         charged_twice charged_double double_charged charged_us_twice charged_two_times double_charge double_charges billed_twice billed_us_twice billed_double double_billed overcharged",
    ),
    (
        Said::Payer,
        "нас нами нам нашей наши меня мне деньги денег деньгами средства средств сумма сумму абонентск* абонентку абонплат* рубл* руб карты подписк* \
         us we our i me my money card subscription customer",
    ),
    (
        Said::Made,
        "формиру* сформир* печата* распечат* строит* выгруж* выгруз* загруж* загруз* открыва* скачива* созда* генер* экспорт* импорт* generat* print* export* download* upload* open opens opened load loads",
    ),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

/// What says that something is wrong, or what is shown.
const WRONG: &[Class] = &[Class::Fault, Class::VagueFault, Class::Error, Class::Shows];

fn says(sheet: &Sheet<'_>, at: usize, wanted: Said) -> bool {
    LIST.says(&sheet.tokens, at, wanted)
}

fn said_in(sheet: &Sheet<'_>, sentence: &Range<usize>, wanted: Said) -> bool {
    sentence.clone().any(|at| says(sheet, at, wanted))
}

/// Whether a first mail is about papers that are wrong or lacking, or about money taken, and about nothing else.
pub(crate) fn are_wrong(reading: &Reading<'_>, fields: &PerField<Finding>) -> bool {
    if reading.is_later() || fields.steps.state != State::Missing {
        return false;
    }
    let each = |judge: &dyn Fn(&Sheet<'_>, &Range<usize>) -> bool| {
        reading.sheets().any(|sheet| sheet.sentences.iter().any(|sentence| judge(sheet, sentence)))
    };
    let about = |sheet: &Sheet<'_>, sentence: &Range<usize>| {
        is_about_paper(sheet, sentence) && !is_of_product(reading, sheet, sentence)
            || is_charged(sheet, sentence)
    };
    // Few mails are about papers: the rest costs only those.
    if !each(&about) || shows(&reading.body) {
        return false;
    }
    let elsewhere = |found: &Evidence| {
        found.place == Place::Body
            && !reading.body.sentences.iter().any(|sentence| {
                found.stands_in(&reading.body.span(sentence.clone())) && about(&reading.body, sentence)
            })
    };
    if fields.objects.state == State::Present && fields.objects.evidence.iter().any(elsewhere) {
        return false;
    }
    // A subject may say «Проблема» of a paper, too.
    let wrong = |sheet: &Sheet<'_>, sentence: &Range<usize>| {
        sheet.any(sentence.clone(), if sheet.place == Place::Body { WRONG } else { &[Class::Fault] })
    };
    let lacks = |sheet: &Sheet<'_>, sentence: &Range<usize>| {
        is_charged(sheet, sentence)
            || about(sheet, sentence)
                && (said_in(sheet, sentence, Said::Differs) || said_in(sheet, sentence, Said::Lacks))
                && !said_in(sheet, sentence, Said::Made)
                && !sheet.any(sentence.clone(), &[Class::If])
                && !is_of_fleet(sheet, sentence)
    };
    let of_product = |sheet: &Sheet<'_>, sentence: &Range<usize>| {
        is_about_paper(sheet, sentence) && is_of_product(reading, sheet, sentence)
    };
    let unnamed = fields.product.state != State::Present;
    !each(&of_product)
        && !each(&|sheet, sentence| wrong(sheet, sentence) && !about(sheet, sentence))
        && (each(&lacks) || unnamed && each(&|sheet, sentence| is_to_be_mended(sheet, sentence)))
}

/// Whether a sentence is about vehicles, their data or a program beside the paper: «Договор 4411: нет данных с машины». Not how many
/// vehicles are to be paid for: «в счёте 14 объектов».
fn is_of_fleet(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const OTHERS: &[&str] =
        &["данн", "связ", "пробег", "приложен", "водител", "data", "signal", "mileage", "app", "driver"];
    let counted = |at: usize| sheet.before(at, 1).is_some_and(|before| before.kind == TokenKind::Number);
    sentence.clone().any(|at| {
        sheet.token(at).is_some_and(|token| {
            token.classes.any(&[Class::UnitNoun, Class::SimNoun]) && !counted(at) || token.begins(OTHERS)
        })
    })
}

/// Whether something is shown: not «не пришёл», "not received", of a paper.
fn shows(sheet: &Sheet<'_>) -> bool {
    let lacks = |at: usize| (0..=2).any(|back| at >= back && says(sheet, at - back, Said::Lacks));
    (0..sheet.tokens.len())
        .any(|at| sheet.token(at).is_some_and(|token| token.has(Class::Shows)) && !lacks(at))
}

/// Whether a sentence tells of money taken from the writer that should not have been.
fn is_charged(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    said_in(sheet, sentence, Said::Charged)
        && said_in(sheet, sentence, Said::Payer)
        && !sheet.any(sentence.clone(), &[Class::UnitNoun, Class::ElementNoun, Class::Thing])
}

/// Whether a sentence names a product as what does something, or in which something is done: not «счёт за Wialon», nor its bare name.
fn is_of_product(reading: &Reading<'_>, sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let paid_for = |at: usize| {
        sheet.before(at, 1).is_some_and(|before| {
            matches!(before.form.as_str(), "за" | "по" | "на" | "for" | "of" | "your" | "ваш" | "вашего")
                || reading.is_product(sheet, at - 1)
                || says(sheet, at - 1, Said::Paper)
        })
    };
    sentence.clone().any(|at| reading.is_product(sheet, at) && !paid_for(at))
}

/// Whether a sentence is about a paper: not about what is done by it («по договору», «за счёт»), what is paid, or what a program makes.
fn is_about_paper(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    const LEADS: &[&str] =
        &["по", "за", "через", "свой", "наш", "ваш", "о", "об", "на", "under", "per", "by", "before"];
    let named = |at: usize| {
        let leads = sheet.before(at, 1).is_some_and(|before| LEADS.contains(&before.form.as_str()));
        says(sheet, at, Said::Paper) && !leads && sheet.quoted_at(at).is_none()
    };
    let for_paying = |at: usize| {
        sheet.before(at, 1).is_some_and(|before| matches!(before.form.as_str(), "на" | "для" | "к" | "for"))
    };
    sentence.clone().any(named)
        && !sheet.any(sentence.clone(), &[Class::ElementNoun])
        && !sentence.clone().any(|at| says(sheet, at, Said::Paid) && !for_paying(at))
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
