//! Whether a mail says thanks and nothing that somebody has to hear. Whoever complains says thanks as well, and a complaint that is
//! taken for thanks is heard by nobody: so beside the words of a closed list nothing may sound of trouble or of a wish. What
//! went well («данные пошли») may be told in any words.

use crate::request::reading::{Reading, is_informative};
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::{Case, Token, TokenKind, words};
use crate::request::text::verb_form::{Form, russian};
use std::ops::Range;
use std::sync::LazyLock;

/// What a word of the list does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// Says nothing that anybody need hear.
    Plain,
    /// «за», "for": what is thanked for follows.
    For,
    /// What is thanked for: «ответ», but not in «жду ответа».
    Cause,
    /// «с уважением», "regards": a signature follows.
    Farewell,
}

/// Longer mails are read by a person, signatures included.
const MOST_WORDS: usize = 60;

/// Something is wrong, or is not.
const WRONG: [Class; 4] = [Class::Negation, Class::Fault, Class::VagueFault, Class::Error];

const WORDS: &[(Said, &str)] = &[
    (
        Said::Plain,
        "спасибо спасибочки спасибки пасибо благодарю благодарим благодарен благодарна благодарны благодарность признателен признательна \
         признательны спс пасиб мерси рахмет рахмат огромное огромнейшее большое большущее громадное огромная вам вас вами тебе вы и да я мы мне за_то_что_помогли что_помогли что_выручили \
         что_ответили что_разобрались что_так_быстро \
         меня нам нас у наш наша очень все всем искренне сердечно заранее пока уже_работает уже_вижу уже_получил* теперь завтра от_души от_всей_души \
         еще_раз за_все дай_бог здоровья понял поняла поняли понято понятно ясно ок окей оки хорошо ладно отлично прекрасно \
         замечательно великолепно супер класс классно круто красота ура идеально чудесно здорово добро принято принял приняла приняли \
         принято_к_сведению принял_к_сведению приняли_к_сведению приму_к_сведению примем_к_сведению взял_на_заметку взяли_на_заметку \
         буду_знать будем_знать буду_иметь_в_виду будем_иметь_в_виду учту учтем попробую попробуем проверю проверим посмотрю посмотрим \
         передам передадим так_и_сделаю так_и_сделаем сделаю сделаем жду ждем ожидаем ожидаю подожду подождем дождусь дождемся исчерпывающе буду_ждать будем_ждать договорились \
         получил получила получили получено вижу видим пришло пришел пришла пришли вошел вошла вошли помогло помогли получилось \
         работает работают заработал заработала заработало заработали исправили исправлено исправлен готово сделано решено решили починили \
         разобрался разобралась разобрались выручили спасли удачи успехов взаимно молодцы умнички лучшие лучший \
         не_буду_беспокоить не_буду_больше_беспокоить не_буду_отвлекать не_буду_больше_отвлекать больше_не_беспокою вопрос_снят вопрос_снимаю вопрос_снимаем вопрос_закрыт вопрос_закрыли вопрос_решен вопрос_решили вопрос_исчерпан \
         вопросов_нет вопросов_больше_нет больше_вопросов_нет претензий_нет можно_закрывать можете_закрывать закрывайте \
         рад рада рады приятно_иметь_дело отличная_работа отличная_поддержка хорошая_работа служба_поддержки техподдержка \
         угу ага пожалуйста не_за_что не_стоит_благодарности \
         хорошего хорошей хороших приятного приятных отличного отличных доброго доброй доброе добрый удачного удачной удачных \
         спокойной продуктивного мирного дня вечера утра недели ночи выходных день вечер утро времени_суток всего_доброго \
         всего_хорошего всего_наилучшего до_свидания до_встречи до_связи с_наступающим с_праздником с_праздниками с_новым_годом \
         здравствуйте здравствуй здрасте приветствую привет коллеги ребята друзья девушки уважаемые уважаемый уважаемая господа \
         быстрый быструю быстрое быстро оперативный оперативную оперативное оперативно подробный подробную подробное подробные развернутый \
         исчерпывающий исчерпывающую полный грамотную качественную ваш вашу ваше ваши своевременную терпеливые \
         thanks thank thx ty tnx cheers thankful grateful ta merci gracias danke takk tack you ya your so very much a an lot lots tons bunch the to it \
         it's that's all and i we i'm we're us me our everyone guys team many most thanks_again thank_you_again works_again working_again really indeed \
         once_more in_advance now works working fixed resolved solved sorted done did_it did_the_trick did_the_job helped \
         perfect perfectly amazing awesome fantastic brilliant excellent great good lovely wonderful superb super nice cool \
         fine alright right ok okay k yes yep yeah sure noted understood received confirmed acknowledged clear got_it got_them will_do \
         will_try i'll_try we'll_try will_check i'll_check we'll_check will_wait i'll_wait we'll_wait waiting awaiting appreciated appreciate \
         with_appreciation with_thanks is_clear is_appreciated that_fixed that_helped that_works \
         that_worked that_solved that_did this_works this_fixed this_helped that_is_all that_is_great that_is_perfect you_are_great you_are_the \
         you_are_welcome i_am has_been no_problem no_worries no_more_questions no_further_questions \
         all_clear well_done good_job good_work great_job great_work great_support sounds_good of_course you_too likewise \
         have_a have_an day evening morning afternoon weekend week welcome hello hi hey dear bye goodbye take_care \
         quick prompt fast swift speedy detailed kind rapid excellent timely",
    ),
    (Said::For, "за for"),
    (
        Said::Cause,
        "помощь поддержку ответ ответы оперативность информацию инфу разъяснение разъяснения пояснение пояснения подсказку подсказки \
         содействие внимание понимание терпение консультацию инструкцию ссылку работу труд скорость отзывчивость участие сотрудничество \
         заботу обслуживание сервис реакцию решение совет советы наводку время старания быстроту помощь_и \
         help support reply replies response answer answers assistance info information update explanation explanations patience time \
         effort efforts attention service advice clarification confirmation instructions link support_and helping explaining fixing_it sorting_it \
         understanding cooperation responding answering clarifying confirming",
    ),
    (
        Said::Farewell,
        "с_уважением с_наилучшими_пожеланиями с_наилучшими regards best_regards kind_regards warm_regards best_wishes sincerely \
         yours_sincerely best",
    ),
];

static LIST: LazyLock<Lexicon<Said>> = LazyLock::new(|| Lexicon::new(WORDS));

/// Whether all words are thanks, acknowledgement, greeting, farewell, a name or a signature.
pub(crate) fn is_all(sheet: &Sheet<'_>) -> bool {
    !is_long(sheet) && is_all_by(sheet, &meanings(&LIST, sheet))
}

fn is_long(sheet: &Sheet<'_>) -> bool {
    words(&sheet.tokens) > MOST_WORDS
}

fn is_all_by(sheet: &Sheet<'_>, said: &[Option<Said>]) -> bool {
    let (mut thanked_for, mut signed) = (false, false);
    sheet.tokens.iter().enumerate().all(|(at, token)| {
        let (before, said) = (at.checked_sub(1), said.get(at).copied().flatten());
        match (token.kind, said) {
            (TokenKind::Mark('?'), _) => return false,
            (TokenKind::Mark(_) | TokenKind::Newline, _) => thanked_for = false,
            (_, Some(Said::Plain)) => {}
            (_, Some(Said::For)) => thanked_for = true,
            (_, Some(Said::Farewell)) => signed = true,
            (_, Some(Said::Cause)) if thanked_for => {}
            (TokenKind::Word, _) if signed => return token.case != Case::Lower && says_nothing(token),
            (_, _) if signed => {}
            (TokenKind::Word, _) => {
                let begins = before.and_then(|before| sheet.token(before)).is_none_or(ends_sentence);
                return is_name(token) && (!begins || is_address(sheet, at) || is_line_of_names(sheet, at));
            }
            (TokenKind::Number | TokenKind::Address | TokenKind::Mailbox, _) => return false,
        }
        true
    })
}

/// Words that no class has, and that tell in a mail of thanks that all is not well, or that something is still wished for.
const TROUBLE: &str = "но однако зато тоже также самое прежнему старому опять снова хуже частично только лишь вчера третий хотя толку одна_из один_из одно_из одни_из наполовину половин* нужен нужна нужно нужны надо \
    остал* открыт открыта бесполезн* ответа пуст* минут* остальн* изменений поменялось вышло годится тогда верните серая серый \
    решения кроме втором второму второе второй go_ahead please_do please_proceed do_it \
    but however although yet still same only half partly partially one_of worse also need needs want yesterday useless nothing nope luck blank empty missing \
    gone change refund call check there how prezhnemu ne";

static TROUBLES: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), TROUBLE)]));

/// Whether something is said beside thanks that somebody has to hear: a question, a number, a wish, trouble.
pub(crate) fn complains(sheet: &Sheet<'_>) -> bool {
    if is_long(sheet) {
        return true;
    }
    let said = meanings(&LIST, sheet);
    let is_heard = |(at, token): (usize, &Token)| match token.kind {
        _ if said.get(at).is_some_and(Option::is_some) => false,
        TokenKind::Mark(mark) => mark == '?',
        TokenKind::Number => token.form.len() > 2 || is_time(sheet, at),
        TokenKind::Address | TokenKind::Mailbox => true,
        TokenKind::Newline => false,
        TokenKind::Word => {
            is_trouble(sheet, at)
                || is_awaited(sheet, at)
                || token.has_digit()
                || token.classes.any(&WRONG)
                || token.classes.any(&[Class::Why, Class::Errand, Class::Diagnose])
                || !token.is_latin() && russian(&token.form) == Form::Imperative
        }
    };
    !is_all_by(sheet, &said) && sheet.tokens.iter().enumerate().any(is_heard)
}

/// Whether a word says that all is not well, or that something is still wished for.
pub(crate) fn is_trouble(sheet: &Sheet<'_>, at: usize) -> bool {
    TROUBLES.has_at(&sheet.tokens, at)
}

/// «машина будет на базе в 10», "the van is free at 9"
fn is_time(sheet: &Sheet<'_>, at: usize) -> bool {
    const WHEN: &[&str] = &["в", "к", "до", "с", "после", "at", "by", "till", "until", "from", "after"];
    sheet.before(at, 1).is_some_and(|before| WHEN.contains(&before.form.as_str()))
}

/// «ждем счет», "waiting for the technician": more than our answer.
fn is_awaited(sheet: &Sheet<'_>, at: usize) -> bool {
    const WAITS: &[&str] =
        &["жду", "ждем", "ожидаю", "ожидаем", "ждать", "дождемся", "waiting", "awaiting", "wait"];
    let is_thing =
        |token: &Token| is_informative(token) && !is_name(token) && !token.form.starts_with("нетерпен");
    let waits = |back: usize| {
        sheet.before(at, back).is_some_and(|before| WAITS.contains(&before.form.as_str()))
            && (1..back).all(|back| {
                sheet.before(at, back).is_some_and(|token| token.is_word() && !is_informative(token))
            })
    };
    sheet.token(at).is_some_and(is_thing) && (1..=NEAR).any(waits)
}

/// So near behind «ждем» stands what is awaited.
const NEAR: usize = 3;

/// A mere «Спасибо заранее» at the end has so many words at most.
const LONGEST_END: usize = 2;

/// What clients write of.
const OF_FIELD: [Class; 10] = [
    Class::Common,
    Class::UnitNoun,
    Class::ElementNoun,
    Class::AccountNoun,
    Class::NumberedNoun,
    Class::InterfaceNoun,
    Class::Thing,
    Class::Fault,
    Class::Shows,
    Class::Error,
];
/// What is read otherwise.
const OTHERWISE: [Class; 5] =
    [Class::Courtesy, Class::Greeting, Class::AttachmentNoun, Class::Withdrawal, Class::Promise];
/// What they want of us.
const WISHED: [Class; 3] = [Class::Document, Class::ServiceThing, Class::Price];

/// A short mail has so many words at most, its greeting and farewell with them.
const SHORT: usize = 15;

/// Whether a short mail says something of its own beside a greeting and a farewell, before it thanks if it does: «Карта белая. С уважением,
/// Иван», «Пришлите счёт. Спасибо!». In a `later` mail thanks may be for what it says («Данные пошли. Спасибо!»).
pub(crate) fn says_more(sheet: &Sheet<'_>, later: bool) -> bool {
    if words(&sheet.tokens) > SHORT {
        return false;
    }
    let said = meanings(&LIST, sheet);
    let said = |at: usize| said.get(at).copied().flatten();
    let is_thanks = |at: &usize| {
        sheet.token(*at).is_some_and(|token| token.has(Class::Courtesy)) && said(*at) != Some(Said::Farewell)
    };
    let thanks = (0..sheet.tokens.len()).find(is_thanks);
    let tells = |at: usize| {
        sheet.token(at).is_some_and(|token| is_informative(token) && !is_name(token)) && said(at).is_none()
    };
    let wishes = |token: &Token| {
        token.classes.any(&[Class::Errand, Class::Please, Class::Plea, Class::Modal])
            || token.form.starts_with("нуж")
    };
    // Who offers paper or sends a signed act asks for nothing.
    let is_of_field = |sentence: &Range<usize>| {
        sheet.any(sentence.clone(), &OF_FIELD)
            || sheet.any(sentence.clone(), &WISHED) && sheet.slice(sentence.clone()).iter().any(wishes)
    };
    // «Данные пошли», «Отчёт строится» tell that all is well.
    let is_good_news = |sentence: &Range<usize>| {
        let verb = |token: &Token| {
            token.is_word()
                && matches!(russian(&token.form), Form::Past | Form::First | Form::Third | Form::Reflexive)
        };
        !sheet.any(sentence.clone(), &[Class::Fault, Class::VagueFault, Class::Error, Class::Negation])
            && sheet.slice(sentence.clone()).iter().any(verb)
    };
    // «Спасибо за терпение» is no mere end of a request.
    let heartily = |at: usize| {
        let sentence = sheet.sentence_at(at);
        let words = sentence.clone().filter(|at| sheet.token(*at).is_some_and(Token::is_word));
        words.count() > LONGEST_END || sentence.into_iter().any(|at| said(at) == Some(Said::For))
    };
    !thanks.is_some_and(|thanks| later || heartily(thanks))
        && (sheet.has(Class::Courtesy) || sheet.has(Class::Greeting))
        && sheet.sentences.iter().any(|sentence| {
            thanks.is_none_or(|thanks| sentence.end <= thanks)
                && !sheet.any(sentence.clone(), &OTHERWISE)
                && sentence.clone().any(tells)
                && is_of_field(sentence)
                && !is_good_news(sentence)
        })
}

/// Whether a first mail says in its subject what it wants, above a body that only thanks beforehand: «Счет за декабрь Wialon» above «Заранее
/// спасибо!». Whoever thanks for something has got it.
pub(crate) fn only_ends(reading: &Reading<'_>) -> bool {
    const BEFOREHAND: &[&str] =
        &["заранее", "большое", "огромное", "in", "advance", "you", "very", "much", "beforehand"];
    let body = &reading.body;
    let said = meanings(&LIST, body);
    let closes = said.iter().position(|said| *said == Some(Said::Farewell)).unwrap_or(body.tokens.len());
    let polite = |token: &Token| {
        !token.is_word()
            || token.classes.any(&[Class::Courtesy, Class::Greeting, Class::Please])
            || BEFOREHAND.contains(&token.form.as_str())
            || is_name(token)
    };
    let matter = |subject: &Sheet<'_>| {
        let of_matter = |token: &Token| {
            token.classes.any(&OF_FIELD) || token.classes.any(&WISHED) || token.classes.any(&[Class::Errand])
        };
        !subject.has(Class::Courtesy)
            && !subject.has(Class::Withdrawal)
            && !subject.has(Class::Automatic)
            && !subject.has(Class::Advertising)
            && subject.tokens.iter().any(of_matter)
            && words(&subject.tokens) >= FEWEST_OF_SUBJECT
    };
    !reading.is_later()
        && reading.words > 0
        && reading.subject.as_ref().is_some_and(matter)
        && body.slice(0..closes).iter().all(polite)
        && is_all(body)
}

/// A subject that says what is wanted has so many words at least.
const FEWEST_OF_SUBJECT: usize = 2;

/// What says yes, and cannot be meant as thanks alone.
const YES: &str = "да ага угу конечно согласен согласна согласны согласовано подтверждаю подтверждаем давайте подходит подойдет устраивает \
    yes yep yeah yup sure agreed approved confirmed please_do do_it go_ahead proceed of_course absolutely definitely works_for_us works_for_me";
/// What may stand beside it, or say so too.
const GLADLY: &str = "ок окей оки хорошо ладно отлично можно пойдет договорились пожалуйста вполне нас нам меня мне вас это все \
    ok okay k fine alright right great perfect correct please do that it is this suits us me";

/// Whether it cannot be meant as thanks alone.
static YESES: LazyLock<Lexicon<bool>> = LazyLock::new(|| Lexicon::new(&[(true, YES), (false, GLADLY)]));

/// Whether a text says yes and no more, beside a greeting, a name and, where that leaves no doubt of the yes, thanks.
pub(crate) fn only_agrees(sheet: &Sheet<'_>) -> bool {
    if sheet.tokens.len() > LONGEST_YES {
        return false;
    }
    let agreed = meanings(&YESES, sheet);
    let words = || sheet.tokens.iter().zip(&agreed).filter(|(token, _)| token.is_word());
    let surely = words().any(|(_, agreed)| *agreed == Some(true));
    let beside = |token: &Token| {
        token.has(Class::Greeting) || is_name(token) || surely && THANKS.contains(&token.form.as_str())
    };
    words().any(|(_, agreed)| agreed.is_some())
        && words().all(|(token, agreed)| agreed.is_some() || beside(token))
        && !sheet.tokens.iter().any(|token| token.kind == TokenKind::Number || token.is_mark('?'))
}

/// A yes with a greeting and a signature has so many words and marks at most.
const LONGEST_YES: usize = 40;

/// Thanks beside a yes.
const THANKS: [&str; 9] =
    ["спасибо", "спс", "благодарю", "благодарим", "большое", "ждем", "thanks", "thank", "you"];

/// What says, in a clause that takes nothing back, that something is open still.
const OPEN: &str = "так_и_не так_и_нет все_еще до_сих_пор по_прежнему остал* актуально актуальна актуален \
    вопрос_открыт* вопрос_еще_открыт вопрос_остал* еще_открыт* не_закрыт* кроме такая_же тот_же та_же то_же_самое такое_же частично \
    только_этот только_одно remains still except same_error same_problem same_issue same_thing must_be_fixed must_be_done urgently \
    needs not_yet half";

static OPENS: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), OPEN)]));

/// What says that something is well in part only.
const PART: &str = "наполовину на_половину половин* частично одна_из один_из одно_из одни_из half partly partially one_of some_of";

static PARTS: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), PART)]));

/// Whether a mail goes on, beside what it takes back, with what is still wrong or open: «разобрались, но отчёт пустой», «по первому
/// вопрос снят, второй остался». Agents have to hear that.
pub(crate) fn takes_back_a_part(sheet: &Sheet<'_>) -> bool {
    let in_part = |at: usize| PARTS.has_at(&sheet.tokens, at);
    sheet.sentences.iter().any(|sentence| objects(sheet, sentence) || leaves_open(sheet, sentence))
        || (0..sheet.tokens.len()).any(in_part)
}

fn objects(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    let objects = |at: &usize| sheet.token(*at).is_some_and(is_objection);
    sentence.clone().find(objects).is_some_and(|at| {
        let behind = sheet.slice(at + 1..sentence.end);
        behind.iter().any(|token| token.classes.any(&WRONG) && !token.has(Class::Withdrawal))
    })
}

fn leaves_open(sheet: &Sheet<'_>, sentence: &Range<usize>) -> bool {
    sentence.clone().any(|at| {
        OPENS.has_at(&sheet.tokens, at) && {
            let clause = sheet.slice(sheet.clause(sentence, at));
            let before = sheet.before(at, 1).is_some_and(|before| before.has(Class::Negation));
            !before && !clause.iter().any(|token| token.classes.any(&[Class::Withdrawal, Class::Courtesy]))
        }
    })
}

pub(crate) fn is_objection(token: &Token) -> bool {
    matches!(token.form.as_str(), "но" | "однако" | "зато" | "but" | "however" | "still" | "although")
}

/// What a list says of each token.
fn meanings<T: Copy>(list: &Lexicon<T>, sheet: &Sheet<'_>) -> Vec<Option<T>> {
    let mut meanings = vec![None; sheet.tokens.len()];
    for at in 0..sheet.tokens.len() {
        list.look_up(&sheet.tokens, at, |meaning, length| {
            for place in meanings.iter_mut().skip(at).take(length) {
                *place = Some(meaning);
            }
        });
    }
    meanings
}

/// A capitalised word that is none of the field: «Олег».
pub(crate) fn is_name(token: &Token) -> bool {
    token.case == Case::Capital && says_nothing(token)
}

/// A word that no list of the field knows, other than as a person.
fn says_nothing(token: &Token) -> bool {
    let of_the_field = [Class::Filler, Class::Common, Class::InterfaceNoun];
    !token.has_digit() && !token.classes.any(&WRONG) && !token.classes.any(&of_the_field)
}

fn ends_sentence(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Newline | TokenKind::Mark('.' | '!' | '…'))
}

/// Whether the word at `at` begins the mail and a comma is behind it: «Олег, спасибо!»
fn is_address(sheet: &Sheet<'_>, at: usize) -> bool {
    sheet.slice(0..at).iter().all(|token| token.kind == TokenKind::Newline)
        && sheet.slice(at + 1..at + 4).iter().any(|token| token.is_mark(','))
}

/// Whether the line from `at` on is one to three names and no sentence: a signature.
pub(crate) fn is_line_of_names(sheet: &Sheet<'_>, at: usize) -> bool {
    let begins = at.checked_sub(1).and_then(|before| sheet.token(before));
    let line = sheet.tokens.iter().skip(at).take_while(|token| token.kind != TokenKind::Newline);
    let (mut names, mut others) = (0, 0);
    for token in line {
        if is_name(token) { names += 1 } else { others += 1 }
    }
    begins.is_some_and(|before| before.kind == TokenKind::Newline) && (1..=3).contains(&names) && others == 0
}
