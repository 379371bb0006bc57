//! What a client who answers a part of our questions says of the rest: that it comes later, that it is there already, that there is none.

use crate::request::reading::Reading;
use crate::request::text::lexicon::{Class, Lexicon};
use crate::request::text::sheet::Sheet;
use crate::request::text::tokens::Token;
use std::ops::Range;
use std::sync::LazyLock;

/// That it stands in an earlier mail.
const EARLIER: &str = "описано_выше изложено_выше сказано_выше все_выше \
    в_первом_сообщении в_первом_обращении в_предыдущем_письме в_прошлом_письме в_предыдущем_сообщении в_прошлом_сообщении в_исходном_письме \
    described_above written_above details_above details_are_above in_my_first_message in_the_first_message in_my_last_email in_my_last_message \
    in_my_previous_email in_my_previous_message in_the_first_email";
/// That it is seen in a file.
const IN_FILE: &str = "на_скриншоте на_скриншотах на_скрине на_скринах на_видео на_фото во_вложении в_файле в_приложении \
    on_the_screenshot in_the_screenshot in_the_video on_the_video in_the_attachment in_the_file";
/// What is seen there.
const REST: &[&str] = &[
    "остальн",
    "все",
    "подробн",
    "детал",
    "шаги",
    "действия",
    "описани",
    "rest",
    "everything",
    "detail",
    "steps",
    "all",
];
/// When it comes.
const LATER: &[&str] = &[
    "позже",
    "позднее",
    "завтра",
    "потом",
    "вечером",
    "later",
    "tomorrow",
    "tonight",
    "soon",
    "понедельник",
    "monday",
];
/// What is done with it then.
const SENDING: &[&str] =
    &["пришл", "вышл", "скин", "дошл", "уточн", "отправ", "send", "provide", "forward", "get", "check"];
/// That there is none.
const NO_MORE: &str = "больше_информации_нет информации_больше_нет больше_данных_нет больше_сведений_нет больше_подробностей_нет \
    другой_информации_нет другой_информации_не_имею больше_ничего_не_знаю больше_ничего_не_знаем больше_ничего_сказать_не_могу \
    больше_нечего_добавить добавить_нечего больше_добавить_нечего это_все_что_знаю это_все_что_знаем это_все_что_есть все_что_знаю все_что_знаем \
    that's_all_i_know that_is_all_i_know that's_all_we_know all_i_know all_we_know that's_all_i_have that_is_all_i_have that's_all_we_have \
    nothing_to_add nothing_else_to_add nothing_more_to_add no_more_information no_further_information no_more_details no_further_details \
    no_other_information";

static EARLIERS: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), EARLIER)]));
static IN_FILES: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), IN_FILE)]));
static NONE: LazyLock<Lexicon<()>> = LazyLock::new(|| Lexicon::new(&[((), NO_MORE)]));

/// So near before «на скриншоте» stands what is seen there.
const NEAR: usize = 3;

fn asks(sheet: &Sheet<'_>) -> bool {
    sheet.tokens.iter().any(|token| token.is_mark('?'))
}

/// Whether it comes later: «остальное уточню завтра», "I'll send the steps".
pub(crate) fn comes_later(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let has = |sentence: &Range<usize>, stems: &[&str]| {
        sheet.slice(sentence.clone()).iter().any(|token| token.begins(stems))
    };
    let all = |token: &Token| token.form.starts_with("все") || token.form == "all";
    let rest = |sentence: &Range<usize>| {
        sheet.slice(sentence.clone()).iter().any(|token| token.begins(REST) && !all(token))
    };
    // A threat, an offer on conditions, is no promise.
    const OTHERS: &[Class] = &[Class::If, Class::Contrast, Class::Fault, Class::VagueFault];
    !reading.asked.is_empty()
        && !asks(sheet)
        && sheet.sentences.iter().any(|sentence| {
            sheet.any(sentence.clone(), &[Class::Promise])
                && !sheet.any(sentence.clone(), OTHERS)
                && (rest(sentence) || has(sentence, LATER) && has(sentence, SENDING))
        })
}

/// Whether it is there already: «подробности в первом сообщении», «см. выше»; `shows` a file, it may be in that.
pub(crate) fn is_there(reading: &Reading<'_>, shows: bool) -> bool {
    let sheet = &reading.body;
    let in_file = |at: usize| {
        let seen = |back| sheet.before(at, back).is_some_and(|before| before.begins(REST));
        shows && IN_FILES.has_at(&sheet.tokens, at) && (1..=NEAR).any(seen)
    };
    !reading.asked.is_empty()
        && !asks(sheet)
        && (0..sheet.tokens.len())
            .any(|at| EARLIERS.has_at(&sheet.tokens, at) || in_file(at) || points(sheet, at, shows))
}

/// «см. первое письмо», "see the video"
fn points(sheet: &Sheet<'_>, at: usize, shows: bool) -> bool {
    const FIRST: &[&str] =
        &["перв", "предыд", "прошл", "исходн", "начальн", "first", "previous", "original", "earlier"];
    const MAILS: &[&str] = &["пись", "сообщ", "обращ", "заявк", "mail", "email", "message", "request"];
    const FILES: &[&str] = &[
        "видео",
        "скрин",
        "фото",
        "влож",
        "прилож",
        "файл",
        "картин",
        "video",
        "screen",
        "attach",
        "picture",
        "file",
        "photo",
    ];
    if !matches!(sheet.form(at), "см" | "смотри" | "смотрите" | "see") {
        return false;
    }
    let begins = |at: usize, stems: &[&str]| sheet.token(at).is_some_and(|token| token.begins(stems));
    let skipped = sheet.token(at + 1).is_some_and(|token| token.is_mark('.'));
    let next = at + 1 + usize::from(skipped);
    let next = next + usize::from(matches!(sheet.form(next), "my" | "the" | "мое" | "во" | "на" | "in"));
    matches!(sheet.form(next), "выше" | "above")
        || begins(next, FIRST) && begins(next + 1, MAILS)
        || shows && begins(next, FILES)
}

/// Whether there is none: «больше информации нет», "that's all I know".
pub(crate) fn is_none(sheet: &Sheet<'_>) -> bool {
    let ends = |at: usize| sheet.token(at).is_none_or(|next| !next.is_word());
    !asks(sheet)
        && (0..sheet.tokens.len()).any(|at| {
            let mut ended = sheet.form(at) == "все"
                && sheet.token(at + 1).is_some_and(|token| token.is_mark(','))
                && sheet.form(at + 2) == "что"
                && matches!(sheet.form(at + 3), "знаю" | "знаем" | "есть" | "известно")
                && ends(at + 4);
            NONE.look_up(&sheet.tokens, at, |(), length| ended |= ends(at + length));
            ended
        })
}

/// Whether a call is awaited instead: «жду звонка», "waiting for your call".
pub(crate) fn awaits_a_call(reading: &Reading<'_>) -> bool {
    let sheet = &reading.body;
    let call = |token: &Token| matches!(token.form.as_str(), "звонка" | "звонок" | "call");
    let waits = |at: usize| {
        matches!(sheet.form(at), "жду" | "ждем" | "ожидаю" | "ожидаем" | "waiting" | "awaiting" | "await")
            && (at + 1..=at + NEAR)
                .map_while(|at| sheet.token(at))
                .take_while(|token| token.is_word())
                .any(call)
    };
    !reading.asked.is_empty() && !asks(sheet) && (0..sheet.tokens.len()).any(waits)
}
