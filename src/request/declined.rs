//! Questions of ours that the client answers by saying that he cannot: «не знаю», «объектов нет», «по всем», «ничего не делали, само».
//! The field stays missing, for an engineer's eyes; to ask for it again would be a needless question.

use super::lexicon::{Class, Lexicon};
use super::reading::Reading;
use super::sheet::Sheet;
use super::tokens::{Token, TokenKind};
use super::{Field, Finding, PerField, State};
use std::ops::Range;
use std::sync::LazyLock;

/// What a phrase says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// That he does not know, or cannot tell.
    Unknown,
    /// That there is none.
    Nothing,
    /// That it is so everywhere: an answer only to which elements it is about.
    Everywhere,
    /// The same, whatever stands beside it.
    EverywhereByItself,
    /// A word for what we ask for.
    Asks(Field),
    /// That he asks us why or how: «не знаю, почему объект молчит».
    Wonders,
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Unknown,
        "не_знаю не_знаем не_помню не_помним не_понимаю не_понимаем не_разбираюсь не_разбираемся не_уверен* не_подскажу не_в_курсе \
         без_понятия понятия_не_име* затрудняюсь затрудняемся неизвестн* не_известн* хз не_могу_сказать не_можем_сказать сказать_не_мо* \
         не_могу_описать описать_не_мо* не_могу_определить не_могу_назвать назвать_не_мо* не_могу_уточнить уточнить_не_мо* \
         не_могу_воспроизвести не_можем_воспроизвести воспроизвести_не_* не_воспроизвести не_воспроизводится не_получается_воспроизвести \
         не_удается_воспроизвести что_значит что_такое в_каком_смысле вам_виднее вам_лучше_знать сами_знаете вы_знаете вы_же_знаете \
         don't_know dont_know do_not_know not_sure unsure no_idea can't_tell cannot_tell can't_say cannot_say can't_describe \
         cannot_describe don't_remember do_not_remember unknown can't_reproduce cannot_reproduce can_not_reproduce not_reproducible \
         unable_to_reproduce couldn't_reproduce could_not_reproduce what_do_you_mean you_know_better you_should_know",
    ),
    (
        Said::Nothing,
        "нет нету никаких никакой никакие никаким никаком никак ничего отсутствует отсутствуют не_по_объект* не_по_элемент* \
         не_касается_объект* не_касается_элемент* не_относится_к_объект* не_относится_к_элемент* не_про_объект* \
         none no nothing n/a na not_about_any not_related_to_any",
    ),
    (
        Said::Everywhere,
        "все всем всех всего любой любая любые любому любым любых каждый каждая каждого каждому \
         all any every everything everyone everywhere each whole",
    ),
    (
        Said::EverywhereByItself,
        "по_всем на_всех у_всех для_всех со_всеми ни_по_каким ни_по_каком* ни_один ни_одна ни_одно ни_у_кого ни_на_одном ни_на_одной ни_по_одно* \
         любой_объект любому_объекту любая_машина любой_машине любому неважно не_важно без_разницы вся_система всей_системе всей_системы всей_системой всему_парку всему_автопарку \
         весь_парк весь_автопарк \
         all_of_them all_units all_objects all_vehicles every_unit every_vehicle any_unit any_vehicle whole_fleet entire_fleet whole_system entire_system \
         doesn't_matter does_not_matter",
    ),
    (Said::Asks(Field::Product), "продукт* названи* называется product products"),
    (
        Said::Asks(Field::Product),
        "какая_систем* какая_программ* какой_систем* какой_программ* какая_платформ* какой_платформ* какое_приложен* за_система \
         за_программа за_приложение за_платформа какая_у_нас_систем* какая_у_нас_программ* какая_верси* какой_верси* \
         which_system which_program which_platform which_app which_application what_system what_program what_platform",
    ),
    (
        Said::Asks(Field::Objects),
        "объект* элемент* юнит* машин* транспорт* автомобил* object objects element elements unit units vehicle vehicles",
    ),
    (
        Said::Asks(Field::Steps),
        "шаг шаги шагов шагам действи* последовательност* воспроизв* steps step reproduce reproducible reproduced actions",
    ),
    (
        Said::Wonders,
        "почему отчего зачем как_быть что_делать как_исправить как_решить куда why how what_to_do",
    ),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| {
    let mut list = Lexicon::default();
    for (said, patterns) in WORDS {
        list.add_all(patterns, *said);
    }
    list
});

/// Whoever writes more words under our question, or in a sentence, says something else.
const MOST_WORDS: usize = 10;
/// «Нет» and «все» mean the whole answer only in so few words.
const FEW_WORDS: usize = 5;

/// The fields that were asked for, that the mail does not supply, and of which it says that there is nothing to supply.
pub(super) fn declined(reading: &Reading<'_>, fields: &PerField<Finding>) -> PerField<bool> {
    PerField::from_fn(|field| {
        reading.asked.contains(&field)
            && fields.get(field).state == State::Missing
            && (reading.replies_to(field).any(|reply| answers_none(&reading.body, &reply, field))
                || reading.body.sentences.iter().any(|sentence| says_none(&reading.body, sentence, field))
                || field == Field::Steps && reading.body.has(Class::NoAction))
    })
}

/// Whether what stands under our question is that there is no answer.
fn answers_none(sheet: &Sheet<'_>, reply: &Range<usize>, field: Field) -> bool {
    let words = words(sheet, reply);
    if words == 0 {
        let tokens = sheet.slice(reply.clone());
        let dash = |token: &Token| matches!(token.kind, TokenKind::Mark('-' | '–' | '—'));
        return tokens.iter().any(dash) && tokens.iter().all(|token| dash(token) || is_blank(token));
    }
    let said = said(sheet, reply);
    let says = |wanted: Said| said.contains(&wanted);
    words <= MOST_WORDS && says(Said::Unknown) && !says(Said::Wonders)
        || words <= FEW_WORDS && (says(Said::Nothing) || says(Said::Everywhere) && field == Field::Objects)
}

/// Whether a sentence says of a field by name that there is nothing to tell: «продукт не знаю», «объектов нет», «по всем объектам».
fn says_none(sheet: &Sheet<'_>, sentence: &Range<usize>, field: Field) -> bool {
    if words(sheet, sentence) > MOST_WORDS {
        return false;
    }
    let clause = |at: usize| sheet.clause(sentence, at);
    if field == Field::Objects && said(sheet, sentence).contains(&Said::EverywhereByItself) {
        return true;
    }
    let named = sentence.clone().any(|at| begins(sheet, at).contains(&Said::Asks(field)));
    let whole = || said(sheet, sentence);
    named
        && (sentence.clone().any(|at| {
            let here = begins(sheet, at);
            let near = || said(sheet, &clause(at));
            let denies =
                here.contains(&Said::Nothing) || here.contains(&Said::Everywhere) && field == Field::Objects;
            denies && near().contains(&Said::Asks(field)) && words(sheet, &clause(at)) <= FEW_WORDS
        }) || whole().contains(&Said::Unknown) && !whole().contains(&Said::Wonders))
}

fn words(sheet: &Sheet<'_>, range: &Range<usize>) -> usize {
    sheet.slice(range.clone()).iter().filter(|token| token.is_word()).count()
}

fn is_blank(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Newline | TokenKind::Mark(_))
}

/// What phrases that begin within the range say.
fn said(sheet: &Sheet<'_>, range: &Range<usize>) -> Vec<Said> {
    range.clone().flat_map(|at| begins(sheet, at)).collect()
}

/// What phrases that begin at a token say.
fn begins(sheet: &Sheet<'_>, at: usize) -> Vec<Said> {
    let mut said = Vec::new();
    LIST.look_up(&sheet.tokens, at, |what, _| said.push(what));
    said
}
