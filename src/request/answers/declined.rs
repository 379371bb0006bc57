//! Questions of ours that the client answers by saying that he cannot: «не знаю», «конкретных объектов нет», «по всем», «ничего не
//! делали, само». The field stays missing, for an engineer's eyes; to ask for it again would be a needless question. What is not plain
//! is no such answer: nobody would ask for it any more.

use crate::request::cues::rest;
use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Token, TokenKind, words};
use crate::request::{Field, Finding, PerField, State};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;
use strum::VariantArray as _;

/// What a phrase says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// That he does not know, or cannot tell.
    Unknown,
    /// That there is none, it is so everywhere, or as always: an answer only under our question.
    Bare(Option<Field>),
    /// The whole answer, wherever it stands.
    Declines(Field),
    /// «По всем», "all": the elements, if they follow or nothing does.
    All,
    /// An element, in the forms that follow «по всем».
    Unit,
    /// A word for what we ask for.
    Asks(Field),
    /// What else we asked for.
    Rest,
    /// What makes of «по всем» a part of them.
    Part,
    /// What a program plays: that it cannot be played is a fault.
    Played,
    /// What is played by nobody: «проблема не воспроизводится».
    Trouble,
}

const WORDS: &[(Said, &str)] = &[
    (
        Said::Unknown,
        "не_знаю не_знаем не_помню не_помним не_понимаю не_понимаем не_разбираюсь не_разбираемся не_уверен* не_подскажу не_в_курсе \
         без_понятия понятия_не_име* затрудняюсь затрудняемся хз не_могу_сказать не_можем_сказать сказать_не_мо* откуда_мне_знать \
         не_могу_описать описать_не_мо* не_могу_определить не_могу_назвать назвать_не_мо* не_могу_ответить ответить_не_мо* \
         вам_виднее вам_лучше_знать вы_же_знаете \
         don't_know dont_know do_not_know not_sure unsure no_idea can't_tell cannot_tell can't_say cannot_say can't_describe \
         cannot_describe don't_remember do_not_remember you_know_better",
    ),
    (
        Said::Bare(None),
        "нет нету никаких никакой никакие никаким никакими никак ничего отсутствует отсутствуют неизвестно none no nothing n/a na unknown",
    ),
    (
        Said::Bare(Some(Field::Objects)),
        "все всем всех всего любой любая любые любому любым любых каждый каждая каждого каждому неважно \
         all any every everything everyone everywhere each whole",
    ),
    (
        Said::Bare(Some(Field::Steps)),
        "само сам сама сами по_себе как_обычно как_всегда ничего_не_делал* ничего_не_дела* ничего_особенного as_usual as_always nothing_special",
    ),
    (
        Said::Declines(Field::Objects),
        "нет_конкретн*_объект* нет_конкретн*_элемент* конкретн*_объект*_нет конкретн*_элемент*_нет не_по_объект* не_по_элемент* \
         не_по_конкретн*_объект* не_по_конкретн*_элемент* не_по_конкретн*_машин* не_касается_объект* не_касается_конкретн* \
         не_зависит_от_объект* не_привязан*_к_объект* без_привязки_к_объект* \
         ни_по_каким ни_по_какому ни_один_объект ни_одна_машина ни_по_одному_объект* ни_по_одной_машин* ни_на_одном_объект* ни_на_одной_машин* \
         неважно_какой_объект не_важно_какой_объект неважно_какая_машин* не_важно_какая_машин* без_разницы_какой_объект на_любом_объект* на_любой_машин* \
         по_любому_объект* любой_объект всей_системы всей_системе вся_система всего_парка всему_парку всему_автопарку весь_парк весь_автопарк \
         no_specific_unit no_specific_object no_specific_vehicle no_particular_unit no_particular_object no_particular_vehicle any_unit \
         any_vehicle every_unit every_vehicle all_units all_vehicles all_objects all_our_units all_our_vehicles all_our_trucks all_trucks \
         all_of_them whole_fleet entire_fleet whole_system entire_system not_specific_to",
    ),
    (
        Said::Declines(Field::Steps),
        "не_воспроизводится воспроизвести_не_удал* воспроизвести_не_удает* воспроизвести_не_получ* \
         воспроизвести_не_мог* воспроизвести_не_мож* воспроизвести_не_смог* воспроизвести_нельзя не_могу_воспроизвести \
         не_можем_воспроизвести не_получается_воспроизвести не_удается_воспроизвести что_значит_воспроизвести как_это_воспроизвести \
         ничего_не_делал* ничего_не_делаем ничего_не_нажимали ничего_не_нажимал ничего_не_трогал* ничего_не_менял* само_по_себе \
         действий_не_было действий_никаких оно_само \
         can't_reproduce cannot_reproduce can_not_reproduce couldn't_reproduce could_not_reproduce unable_to_reproduce not_reproducible \
         did_nothing didn't_do_anything did_not_do_anything don't_do_anything haven't_done_anything have_not_done_anything not_done_anything \
         didn't_press_anything did_not_press_anything didn't_touch_anything did_not_touch_anything didn't_change_anything \
         did_not_change_anything didn't_click_anything did_not_click_anything pressed_nothing touched_nothing changed_nothing nothing_was_pressed \
         nothing_was_done nothing_was_touched nothing_was_changed nothing_pressed nothing_to_press nothing_to_click no_steps no_actions_from no_action_from \
         no_action_on_our no_actions_on_our nobody_pressed nobody_touched nobody_did nobody_changed no_one_touched no_one_pressed \
         happens_automatically happened_automatically happens_itself not_possible_to_reproduce impossible_to_reproduce can't_be_reproduced \
         cannot_be_reproduced nothing_to_reproduce no_way_to_reproduce by_itself on_its_own by_themselves on_their_own",
    ),
    (
        Said::All,
        "по_всем на_всех у_всех для_всех со_всеми ко_всем с_каждым все всех all all_the all_our all_my all_of_the all_of_our every each",
    ),
    (
        Said::Unit,
        "объект* элемент* юнит* пользовател* сотрудник* водител* машин* тс автомобил* устройств* трекер* терминал* техник* наш* object objects unit units vehicle vehicles car cars truck trucks lorries bus buses \
         van vans machine machines tracker trackers device devices sensor sensors user users driver drivers account accounts",
    ),
    (
        Said::Asks(Field::Product),
        "продукт* названи* называется product products какая_систем* какая_программ* какой_систем* какой_программ* \
         какая_платформ* какой_платформ* какое_приложен* за_система за_программа за_приложение за_платформа какая_верси* какой_верси* \
         which_system which_program which_platform which_app which_application what_system what_program what_platform",
    ),
    (
        Said::Asks(Field::Objects),
        "объект* элемент* юнит* object objects element elements unit units vehicle vehicles",
    ),
    (
        Said::Asks(Field::Steps),
        "шаг шаги шагов шагам последовательност* воспроизвести воспроизводить действия steps step reproduce",
    ),
    (Said::Rest, "остальн* больше_ничего the_rest nothing_else anything_else"),
    (
        Said::Part,
        "кроме только лишь почти те_же то_же та_же тот_же the_same не_всем не_всех не_все не_по не_на не_у иногда except only almost but почему отчего зачем why \
         not_all not_every not_each some_of most_of half_of part_of",
    ),
    (
        Said::Played,
        "трек трека треки треков видео видеозапис* запис* ролик* маршрут маршрута маршруты звук* аудио* плеер* бегунок поездк* \
         track tracks video videos recording recordings clip clips audio sound playback trip trips",
    ),
    (
        Said::Trouble,
        "проблем* ошибк* ошибок сбой сбои баг* глюк* ситуаци* случа* шаг шаги действия problem problems issue issues error errors bug steps",
    ),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

/// Whoever writes more words under our question, or in a sentence, says something else.
const MOST_WORDS: usize = 12;
/// So near stand «не знаю» and what is not known.
const NEAR: usize = 4;

/// The fields that were asked for, that the mail does not supply, and of which it says that there is nothing to supply.
pub(crate) fn declined(reading: &Reading<'_>, fields: &PerField<Finding>) -> PerField<bool> {
    let sheet = &reading.body;
    let wanted = |field: Field| reading.asked.contains(&field) && fields.get(field).state == State::Missing;
    if !Field::VARIANTS.iter().copied().any(wanted) {
        return PerField::default();
    }
    let all = Phrases::of(sheet);
    let no_more = rest::is_none(sheet);
    PerField::from_fn(|field| {
        wanted(field)
            && (no_more
                || reading
                    .replies_to(field)
                    .any(|reply| answers_none(sheet, &reply, &all.within(&reply), field))
                || sheet
                    .sentences
                    .iter()
                    .any(|sentence| says_none(sheet, sentence, &all.within(sentence), field)))
    })
}

/// Whether what stands under our question about the objects is that there is no answer: «весь автопарк».
pub(crate) fn names_none(sheet: &Sheet<'_>, reply: &Range<usize>) -> bool {
    answers_none(sheet, reply, &Phrases::among(sheet, reply.clone()), Field::Objects)
}

/// Whether what stands under our question is that there is no answer.
fn answers_none(sheet: &Sheet<'_>, reply: &Range<usize>, phrases: &Phrases<'_>, field: Field) -> bool {
    let tokens = sheet.slice(reply.clone());
    let words = words(tokens);
    if words == 0 {
        let bare = |token: &Token| matches!(token.kind, TokenKind::Mark('-' | '?'));
        return tokens.iter().any(bare)
            && tokens
                .iter()
                .all(|token| bare(token) || token.kind == TokenKind::Newline || token.is_mark('.'));
    }
    if words > MOST_WORDS || is_more(tokens) {
        return false;
    }
    if phrases.say(Said::Unknown) && !phrases.say(Said::Part) {
        return true;
    }
    let answers = |said: Said| {
        matches!(said, Said::Bare(of) if of.is_none_or(|of| of == field)) || said == Said::Declines(field)
    };
    let neutral = |at: usize| {
        sheet.token(at).is_some_and(|token| {
            !token.is_word()
                || token.classes.any(&[Class::Filler, Class::Please]) && !token.has(Class::Negation)
        })
    };
    let part = |said: Said| {
        answers(said) || said == Said::Asks(field) || said == Said::Unit && field == Field::Objects
    };
    phrases.0.iter().any(|(said, _)| answers(*said))
        && !phrases.say(Said::Part)
        && reply
            .clone()
            .all(|at| neutral(at) || phrases.0.iter().any(|(said, range)| part(*said) && range.contains(&at)))
}

/// Whether a sentence says of a field that there is nothing to tell: «продукт не знаю», «конкретных объектов нет», «по всем».
fn says_none(sheet: &Sheet<'_>, sentence: &Range<usize>, phrases: &Phrases<'_>, field: Field) -> bool {
    let tokens = sheet.slice(sentence.clone());
    let asks = tokens.iter().any(|token| token.is_mark('?'));
    if asks && field != Field::Steps || tokens.iter().any(|token| token.has(Class::Promise)) {
        return false;
    }
    if phrases.say(Said::Part) {
        return false;
    }
    // «Трек не воспроизводится, бегунок стоит»
    let plays = field == Field::Steps && phrases.say(Said::Played) && !phrases.say(Said::Trouble);
    let reproduces = |range: &Range<usize>| {
        let stem = |token: &Token| token.form.starts_with("воспроизв") || token.form.contains("reproduc");
        sheet.slice(range.clone()).iter().any(stem)
    };
    let ends =
        |at: usize| sheet.token(at).is_none_or(|next| !next.is_word() && next.kind != TokenKind::Number);
    phrases.0.iter().any(|(said, range)| match said {
        Said::Declines(of) => *of == field && !(plays && reproduces(range)),
        Said::All if field == Field::Objects => {
            let unit = phrases.0.iter().any(|(said, unit)| *said == Said::Unit && unit.start == range.end);
            let likens = sheet.before(range.start, 1).is_some_and(|before| before.form == "как");
            let bare = range.len() > 1 && ends(range.end);
            (unit || bare) && !likens
        }
        Said::Unknown if words(tokens) <= MOST_WORDS => phrases.0.iter().any(|(said, of)| {
            (*said == Said::Asks(field) || *said == Said::Rest) && is_about(sheet, range, of)
        }),
        Said::Unknown
        | Said::Bare(_)
        | Said::All
        | Said::Unit
        | Said::Asks(_)
        | Said::Rest
        | Said::Part
        | Said::Played
        | Said::Trouble => false,
    }) || field == Field::Steps && sentence.clone().any(|at| is_by_itself(sheet, at))
}

/// Whether «не знаю» and a word for a field belong together: in one clause, or «не знаю, какой продукт».
fn is_about(sheet: &Sheet<'_>, unknown: &Range<usize>, of: &Range<usize>) -> bool {
    let between =
        if of.end <= unknown.start { of.end..unknown.start } else { unknown.end..of.start.max(unknown.end) };
    let between = sheet.slice(between);
    let parted = between.iter().any(|token| matches!(token.kind, TokenKind::Mark(_)));
    let which = |token: &Token| {
        matches!(
            token.form.as_str(),
            "какой"
                | "какая"
                | "какое"
                | "какие"
                | "каких"
                | "что"
                | "как"
                | "which"
                | "what"
                | "how"
        )
    };
    let asks = between.iter().chain(sheet.token(of.start)).any(which);
    between.len() <= NEAR
        && !states(between, sheet.token(of.start))
        && (!parted || asks && of.start >= unknown.end)
        && !between.iter().any(Token::has_digit)
}

/// Whether what follows «не могу сказать» up to a word for a field is a statement: «…, что эти шаги помогли», not «…, что за шаги».
fn states(between: &[Token], of: Option<&Token>) -> bool {
    let mut words = between.iter().chain(of).filter(|token| token.is_word());
    match words.next().map(|first| first.form.as_str()) {
        Some("that" | "if" | "whether") => true,
        Some("что") => {
            let asks = |word: &Token| {
                matches!(word.form.as_str(), "за" | "такое" | "именно") || word.form.ends_with("ть")
            };
            !words.any(asks)
        }
        _ => false,
    }
}

/// «… ничего не нажимали, само.», "it just stopped": not «само приложение», "just stopped the engine".
fn is_by_itself(sheet: &Sheet<'_>, at: usize) -> bool {
    let ends = |at: usize| sheet.token(at).is_none_or(|next| !next.is_word());
    let stops =
        sheet.form(at) == "just" && matches!(sheet.form(at + 1), "stopped" | "happened" | "disappeared");
    stops && ends(at + 2)
        || sheet.token(at).is_some_and(|token| token.form == "само")
            && sheet.token(at + 1).is_none_or(|next| !next.is_word() || next.has(Class::Fault))
}

/// Whether more is said than that nothing can be: a number, a promise, a fault.
fn is_more(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| {
        token.has_digit()
            || token.classes.any(&[Class::Promise, Class::Fault, Class::VagueFault, Class::Shows])
    })
}

/// The phrases of a text, each with its tokens, in the order in which they begin.
struct Phrases<'a>(Cow<'a, [(Said, Range<usize>)]>);

impl Phrases<'_> {
    fn of(sheet: &Sheet<'_>) -> Self {
        Self::among(sheet, 0..sheet.tokens.len())
    }

    fn among(sheet: &Sheet<'_>, tokens: Range<usize>) -> Self {
        let mut found = Vec::new();
        for at in tokens {
            LIST.look_up(&sheet.tokens, at, |said, length| found.push((said, at..at + length)));
        }
        Self(found.into())
    }

    /// Those that begin in a range.
    fn within(&self, range: &Range<usize>) -> Phrases<'_> {
        let before = |end: usize| self.0.partition_point(|(_, phrase)| phrase.start < end);
        Phrases(self.0.get(before(range.start)..before(range.end)).unwrap_or_default().into())
    }

    fn say(&self, said: Said) -> bool {
        self.0.iter().any(|(of, _)| *of == said)
    }
}
