//! Finds the signature and the footers in one run of a writer's lines.

use super::SegmentKind;
use super::contact::{
    is_company, is_contact, is_post, is_post_or_company, is_reachable, is_sentence, resumes,
};
use super::footer::{continues_disclaimer, is_banner, is_mobile_footer, opens_disclaimer};
use super::line::{Line, begins_with_word, is_greeting, lower, lower_start, word_count};
use super::names::{behind_full_name, is_capitalised, is_first_name, is_name};
use crate::mail::characters::is_alphanumeric;

/// A signature is not longer than this; more lines under a `--` are a log or a list.
const MAX_SIGNATURE_LINES: usize = 25;
/// A name with its post, company and phone, without any mark above it.
const MAX_UNMARKED_LINES: usize = 8;

/// Where the run stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// It opens its writer's part: gateway banners stand here.
    pub(super) opens: bool,
    /// A quote stands right above: the lines may be answers, however short.
    pub(super) under_quote: bool,
    /// It ends the mail, its writer has said something above, and no question stands right above: it may be a signature as a whole.
    pub(super) ends: bool,
}

/// Marks signature and disclaimer lines among `lines`, which all are one writer's.
pub(super) fn mark(lines: &mut [Line<'_>], place: Place) {
    if place.opens {
        mark_banners(lines);
    }
    mark_footers(lines);
    mark_announced(lines);
    mark_trailing_name(lines, place);
}

fn mark_banners(lines: &mut [Line<'_>]) {
    let mut inside = false;
    for (index, line) in lines.iter_mut().enumerate() {
        inside = is_banner(line.text) || inside && !line.gap && !is_greeting(line.text);
        if !inside || index > 8 {
            return;
        }
        line.kind = SegmentKind::Disclaimer;
    }
}

/// Mobile footers line by line, legal footers up to the end of their paragraph.
fn mark_footers(lines: &mut [Line<'_>]) {
    let mut legal = false;
    for line in lines.iter_mut().filter(|line| line.kind.is_content()) {
        legal = opens_disclaimer(line.text)
            || legal && (!line.gap && !resumes(line.text) || continues_disclaimer(line.text));
        if legal {
            line.kind = SegmentKind::Disclaimer;
        } else if is_mobile_footer(line.text) {
            line.kind = SegmentKind::Signature;
        }
    }
}

/// Marks what follows each `--` or closing phrase.
fn mark_announced(lines: &mut [Line<'_>]) {
    let mut at = 0;
    let mut content_above = false;
    while let Some(line) = lines.get(at) {
        if !line.kind.is_content() {
            at += 1;
            continue;
        }
        let end = signature_end(lines, at, content_above);
        if end == at {
            content_above = content_above || !is_greeting(line.text);
            at += 1;
            continue;
        }
        for line in lines.get_mut(at..end).unwrap_or_default() {
            if line.kind.is_content() {
                line.kind = SegmentKind::Signature;
            }
        }
        at = end;
    }
}

/// The end of the signature that the line at `at` announces; `at` itself if it announces none.
fn signature_end(lines: &[Line<'_>], at: usize, content_above: bool) -> usize {
    let Some(line) = lines.get(at) else { return at };
    let dashes = delimiter(line.text);
    if dashes == Delimiter::None && !is_closing(line.text) {
        return at;
    }
    let mut end = at + 1;
    let mut certain = dashes == Delimiter::None;
    let mut fits = true;
    let mut first = true;
    while let Some(next) = lines.get(end) {
        if next.kind.is_content() {
            if end - at > MAX_SIGNATURE_LINES {
                return at;
            }
            let second = delimiter(next.text) != Delimiter::None || end > at + 2 && is_closing(next.text);
            if second {
                break;
            }
            if !is_closing(next.text) && (resumes(next.text) || is_sentence(next.text)) {
                break;
            }
            fits = if first { is_short_and_wordy(next.text) } else { fits };
            certain =
                certain || is_name(before_comma(next.text)) || is_contact(next.text) || is_closing(next.text);
            first = false;
        } else {
            certain = true;
        }
        end += 1;
    }
    let alone = end == at + 1;
    match dashes {
        // A delimiter over nothing is only a rule, unless it ends the mail.
        Delimiter::Standard if alone && end < lines.len() => at,
        Delimiter::Standard if certain || content_above && fits => end,
        Delimiter::Weak if certain && !alone => end,
        Delimiter::Standard | Delimiter::Weak => at,
        Delimiter::None => end,
    }
}

/// «Лида, «Доставка 24»» begins with a name.
fn before_comma(text: &str) -> &str {
    text.split([',', '|', '/', '(']).next().unwrap_or(text)
}

/// Could be a name that is on no list; a line of a log could not.
fn is_short_and_wordy(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && word_count(text) <= 6 && !text.contains(|c: char| c.is_numeric())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    /// `--` (RFC 3676, section 4.3), with or without its space.
    Standard,
    /// `—`, `---`, `___`: also drawn between paragraphs.
    Weak,
    None,
}

fn delimiter(text: &str) -> Delimiter {
    match text {
        "--" => Delimiter::Standard,
        _ if text.len() < 80
            && !text.is_empty()
            && text.chars().all(|c| matches!(c, '-' | '—' | '–' | '_')) =>
        {
            if text == "-" || text == "_" {
                Delimiter::None
            } else {
                Delimiter::Weak
            }
        }
        _ => Delimiter::None,
    }
}

/// «С уважением», "Best regards, John": the phrase, and at most a name or contact data after it.
fn is_closing(text: &str) -> bool {
    #[rustfmt::skip]
    const PHRASES: [&str; 73] = [
        "с искренним уважением", "с глубоким уважением", "с уважением", "с ув", "с наилучшими пожеланиями",
        "с наилучшими", "с благодарностью", "с почтением", "с надеждой на сотрудничество", "всего доброго",
        "всего хорошего", "всего наилучшего", "хорошего дня", "доброго дня", "удачного дня", "до свидания",
        "искренне ваш", "thanks and best regards", "thanks and best regard", "thanks & best regards",
        "thanks and regards", "thanks & regards", "thank you and best regards", "with best regards",
        "with kind regards", "best regards", "best regard", "kind regards", "kindest regards",
        "warm regards", "regards", "rgds", "best wishes", "br", "best", "cheers", "sincerely",
        "yours sincerely", "yours faithfully", "yours truly", "respectfully", "mit freundlichen grüßen",
        "saludos cordiales", "saludos", "atenciosamente", "cordialement", "з повагою", "с/у", "құрметпен", "хөрмәт белән",
        "ізгі тілекпен", "урматтоо менен", "ҳурмат билан", "hurmat bilan", "бо эҳтиром", "hörmətlə", "saygılarımla",
        "პატივისცემით", "հարգանքով", "з павагай", "z poważaniem", "pozdrawiam", "cu stimă", "cu respect", "pagarbiai",
        "ar cieņu", "lugupidamisega", "s pozdravem", "s pozdravom", "с поздрави", "срдачан поздрав", "cordiali saluti",
        "distinti saluti",
    ];
    if text.len() > 240 {
        return false;
    }
    let text = text.trim_start_matches(['-', '—', '–', '*', ' ']);
    let start = lower_start(text);
    let Some(phrase) = PHRASES.iter().find(|phrase| begins_with_word(&start, phrase)) else { return false };
    let skipped = phrase.chars().count();
    let rest: String = text.chars().skip(skipped).collect();
    let rest = rest.trim_matches(|c: char| !(is_alphanumeric(c) || matches!(c, '+' | '(' | '«' | '<')));
    let first_is_capital = rest.starts_with(|c: char| c.is_uppercase() || c == '+' || c == '«');
    let separated = text.chars().nth(skipped).is_none_or(|c| matches!(c, ',' | '.' | '!' | '-' | '—' | '*'));
    rest.is_empty()
        || is_capitalised(rest)
        || is_first_name(rest)
        || is_closing(rest)
        || word_count(rest) <= 12 && is_contact(rest) && (first_is_capital || separated)
        || separated
            && word_count(rest) <= 4
            && !rest.contains(['?', '.'])
            && !resumes(rest)
            && !phrase.ends_with("дня")
}

/// A name at the end of the run, with a post, a company, a phone under it, and no mark above.
fn mark_trailing_name(lines: &mut [Line<'_>], place: Place) {
    let content: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| line.kind.is_content()).map(|(at, _)| at).collect();
    // Something must have been said before: a name under a bare greeting may be the answer itself.
    let said = |at: &usize| lines.get(*at).is_some_and(|line| !is_greeting(line.text));
    let Some(said) = content.iter().position(said) else { return };
    let first = if place.ends { said } else { said + 1 };
    let first = content.len().saturating_sub(MAX_UNMARKED_LINES).max(first);
    let of = |range: &[usize]| range.iter().filter_map(|at| lines.get(*at)).collect::<Vec<_>>();
    let signs = |start: &usize| {
        let above = start.checked_sub(1).and_then(|above| content.get(above)).and_then(|at| lines.get(*at));
        let block = of(content.get(*start..).unwrap_or_default());
        is_unmarked_signature(above.map(|above| above.text), &block, place)
    };
    let Some(start) = (first..content.len()).find(signs) else { return };
    for at in content.get(start..).unwrap_or_default() {
        if let Some(line) = lines.get_mut(*at) {
            line.kind = SegmentKind::Signature;
        }
    }
}

/// Whether `block`, the last lines of the run, is a name with what belongs to it; `above` is the line of the run over it.
fn is_unmarked_signature(above: Option<&str>, block: &[&Line<'_>], place: Place) -> bool {
    let Some((first, rest)) = block.split_first() else { return false };
    let thanked = place.ends && above.is_some_and(is_thanks);
    if place.under_quote && !first.gap && !thanked {
        return false;
    }
    let card = is_card(block);
    let opening = if card { Some(Opening::Name) } else { opening(first.text) };
    let Some(mut opening) = opening else { return false };
    // «Директор ООО «Вектор»» over his name is a post.
    if opening == Opening::Department && rest.iter().any(|line| is_name(line.text)) {
        opening = Opening::Post;
    }
    let reachable = || rest.iter().any(|line| is_contact(line.text));
    let supported = || reachable() || rest.iter().any(|line| is_name(line.text));
    // «Wialon Hosting», a name a line further down, is the product that we have asked for.
    let together = || first.gap && rest.first().is_some_and(|next| !next.gap);
    let sure = match opening {
        Opening::Name | Opening::Department => true,
        Opening::Post => supported(),
        Opening::Capitalised => reachable() || supported() && together(),
    };
    // A bare name right under a quote may be an answer, too.
    let follows = match above {
        Some(above) => may_precede(above, first.gap || card, opening),
        None => first.gap && opening == Opening::Name && supported(),
    };
    sure && follows
        && rest.iter().all(|line| is_tail(line.text))
        && block.iter().filter(|line| is_name(line.text)).count() <= 1
        && !is_table(block)
}

/// Whether a block names a person in full with how to reach him, or with his post and company: no answer to a question of ours.
fn is_card(block: &[&Line<'_>]) -> bool {
    let Some((first, rest)) = block.split_first() else { return false };
    let may = first.text.len() <= LONGEST_CARD && !resumes(first.text) && !is_of_another(first.text);
    let Some(behind) = behind_full_name(first.text).filter(|_| may) else { return false };
    let texts = || std::iter::once(behind).chain(rest.iter().map(|line| line.text));
    texts().any(is_reachable) || texts().any(is_company) && texts().any(is_post)
}

/// Rows of a table have as many cells as the row above.
fn is_table(block: &[&Line<'_>]) -> bool {
    let cells = |line: &Line<'_>| line.text.matches('|').count();
    block
        .windows(2)
        .any(|pair| matches!(pair, [upper, lower] if cells(upper) > 0 && cells(upper) == cells(lower)))
}

/// The first line of a signature is not longer.
const LONGEST_CARD: usize = 160;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// «Илья», «Терехов П.А., отдел диспетчеризации».
    Name,
    /// «Главный бухгалтер»: needs a name under it.
    Post,
    /// «Отдел закупок МУП «Теплоресурс»».
    Department,
    /// Could be a name: needs contact data under it.
    Capitalised,
}

fn opening(text: &str) -> Option<Opening> {
    let may = text.len() <= LONGEST_CARD && !text.ends_with([':', '?', ';']) && !is_of_another(text);
    if !may || resumes(text) || is_thanks(text) {
        return None;
    }
    let (name, rest) = text.split_once([',', '|', '/', '(']).unwrap_or((text, ""));
    let posted = rest.trim().is_empty() || is_contact(rest) && word_count(rest) <= 8;
    if is_name(name) && posted {
        return Some(Opening::Name);
    }
    if is_post_or_company(text)
        && word_count(text) <= 7
        && !text.ends_with('.')
        && text.starts_with(char::is_uppercase)
    {
        return Some(if is_company(text) { Opening::Department } else { Opening::Post });
    }
    // A sentence has a full stop; a name only behind an initial.
    let ended = text.ends_with('.') && text.chars().rev().nth(2).is_some_and(char::is_alphanumeric);
    (is_capitalised(name) && posted && !ended).then_some(Opening::Capitalised)
}

/// Whether a line names somebody else than the writer: «Водитель Иванов Пётр».
fn is_of_another(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "водитель",
        "пользователь",
        "сотрудник",
        "клиент",
        "курьер",
        "driver",
        "user",
        "employee",
        "courier",
    ];
    let shown = lower_start(text);
    WORDS.iter().any(|word| begins_with_word(&shown, word))
}

/// A line that can stand under a name.
fn is_tail(text: &str) -> bool {
    !resumes(text)
        && !is_sentence(text)
        && (is_contact(text)
            || is_name(text)
            || word_count(text) <= 8 && !text.ends_with([':', '?', ';', '.']))
}

/// Whether a signature can follow this line: not a line that announces a list or asks for the name of a person.
fn may_precede(above: &str, gap: bool, opening: Opening) -> bool {
    #[rustfmt::skip]
    const NAMES_WANTED: [&str; 28] = [
        "пользовател", "водител", "сотрудник", "учетн", "учетк", "логин", "диспетчер", "имя", "фио",
        "курьер", "контакт", "ответственн", "получател", "представител", "клиент", "владел", "договор",
        "счет", "user", "driver", "employee", "login", "name", "account", "contact", "person", "owner",
        "customer",
    ];
    if above.ends_with([':', ',', ';', '-', '—', '–']) {
        return is_thanks(above);
    }
    let ended =
        above.trim_end_matches([')', '"', '»']).ends_with(['.', '!', '?', '…', '(']) || is_thanks(above);
    let shown = lower(above);
    if !ended && NAMES_WANTED.iter().any(|word| shown.contains(word)) {
        return false;
    }
    ended || gap && opening != Opening::Department
}

fn is_thanks(text: &str) -> bool {
    let shown = lower(text);
    word_count(&shown) <= 4
        && ["спасибо", "заранее", "благодар", "thank", "many thanks", "спс", "дякую", "рахмет"]
            .iter()
            .any(|word| shown.starts_with(word))
}
