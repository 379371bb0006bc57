//! Subjects by which programs say that nobody is there.

use crate::mail::subject::without_prefixes;

/// As much of a subject is looked at.
const MAX_CHARS: usize = 200;

/// What such subjects begin with, in lower case, ё as е.
const ABSENCES: [&str; 46] = [
    // Russian and its neighbours
    "автоответ",
    "авто-ответ",
    "автоматический ответ",
    "автоматическое уведомление об отсутствии",
    "уведомление об отсутствии",
    "сообщение об отсутствии",
    "отсутствую",
    "отсутствие на рабочем месте",
    "отсутствие в офисе",
    "нет на рабочем месте",
    "нет на месте",
    "не на работе",
    "вне офиса",
    "в отпуске",
    "нахожусь в отпуске",
    "в командировке",
    "на больничном",
    "автоматична відповідь",
    "аўтаматычны адказ",
    "автоматты жауап",
    // English
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "out of office",
    "out of the office",
    "out-of-office",
    "on vacation",
    "on annual leave",
    "vacation reply",
    "away from my mail",
    "away from the office",
    // German, French and others that Exchange and Gmail write
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesenheit",
    "reponse automatique",
    "absence du bureau",
    "respuesta automatica",
    "fuera de la oficina",
    "risposta automatica",
    "resposta automatica",
    "automatisch antwoord",
    "automatyczna odpowiedz",
];

/// Words that mean it only with a colon behind them.
const WITH_COLON: [&str; 3] = ["отпуск", "отсутствие", "vacation"];

/// Who is not there, in front of it.
const WHO: [&str; 4] = ["я ", "i am ", "i'm ", "i’m "];

/// What Domino writes in front of a sentence with the name of who is not there.
const BY_DOMINO: [&str; 2] = ["auto:", "авто:"];

/// What such a sentence has beside the words of other programs.
const IN_SENTENCES: [&str; 2] = ["отсутствует", "будет отсутствовать"];

/// What goes on from an absence to its end.
const ONWARD: [&str; 3] = ["до ", "until ", "till "];

/// What goes on to a date, and in sentences to anything: «нет на месте с утра».
const TO_DATE: [&str; 3] = ["с ", "по ", "from "];

/// The first letters of months.
const MONTHS: [&str; 25] = [
    "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек", "jan", "feb", "mar",
    "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "май",
];

/// Whether a subject says that a program answers because nobody is there. It says nothing where `asked`, the subject of the
/// ticket that it belongs to, has the same words: then it is the client's own subject.
pub(super) fn is_absence(subject: &str, asked: Option<&str>) -> bool {
    let bare_subject = bare(subject);
    let Some(words) = sign(&bare_subject) else { return false };
    !asked
        .map(bare)
        .is_some_and(|asked| asked.starts_with(words) || asked.trim_end_matches(')').ends_with(words))
}

/// A subject in lower case without marks of replies and without the number of a ticket.
fn bare(subject: &str) -> String {
    let mut rest = fold(subject, MAX_CHARS);
    while let Some((before, number, after)) = rest.split_once("[#").and_then(|(before, rest)| {
        let (number, after) = rest.split_once(']')?;
        Some((before, number, after))
    }) {
        if !number.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        rest = format!("{} {}", before.trim_end(), after.trim_start());
    }
    without_prefixes(&rest).to_owned()
}

/// The words by which a bare subject says that nobody is there.
fn sign(subject: &str) -> Option<&str> {
    let begins = subject.trim_start_matches(['[', '(', '"', '«']);
    if let Some(after) = BY_DOMINO.iter().find_map(|mark| begins.strip_prefix(mark)) {
        let mut absent = ABSENCES.iter().chain(&IN_SENTENCES);
        return absent.any(|words| has_words(after, words)).then(|| taken(begins, after));
    }
    let with_colon = || {
        let after = WITH_COLON.iter().find_map(|word| begins.strip_prefix(word))?;
        after.trim_start().starts_with(':').then(|| taken(begins, after))
    };
    // GroupWise: «Re: Report (Out of office)».
    let in_brackets = || {
        let (_subject, inner) = subject.trim_end().strip_suffix(')')?.rsplit_once('(')?;
        behind_absence(inner).is_some_and(ends_there).then_some(inner)
    };
    let absence = behind_absence(begins).filter(|after| ends_there(after));
    absence.map(|after| taken(begins, after)).or_else(with_colon).or_else(in_brackets)
}

/// What stands in front of `after`, the end of `text`.
fn taken<'a>(text: &'a str, after: &str) -> &'a str {
    text.strip_suffix(after).unwrap_or(text)
}

/// What stands behind the absence that a text begins with.
fn behind_absence(text: &str) -> Option<&str> {
    let said = WHO.iter().find_map(|who| text.strip_prefix(who)).unwrap_or(text);
    // Of «автоответ» and a longer one the longer.
    ABSENCES.iter().filter_map(|words| said.strip_prefix(words)).min_by_key(|after| after.len())
}

/// Whether the words end here, and no sentence goes on: «автоответ не работает», «автоответчик».
fn ends_there(after: &str) -> bool {
    let closed = after.trim_start_matches([']', ')']);
    let quoted = closed.trim_start_matches(['"', '»']);
    let rest = quoted.trim_start();
    let apart = rest.len() < quoted.len();
    let hyphen = rest.strip_prefix(['-', '–', '—']);
    closed.len() < after.len()
        || rest.trim_end_matches(['.', '!']).is_empty()
        || rest.starts_with([':', '(', '['])
        || hyphen.is_some_and(|rest| apart || rest.starts_with(' '))
        || apart && (goes_onward(rest) || is_date(rest))
        // «Out of Office AutoReply: …»
        || apart && behind_absence(rest).is_some_and(ends_there)
}

fn goes_onward(rest: &str) -> bool {
    ONWARD.iter().chain(&["from:"]).any(|word| rest.starts_with(word))
        || without_prefixes(rest).len() < rest.trim().len()
        || TO_DATE.iter().any(|word| rest.strip_prefix(word).is_some_and(is_date))
}

/// Whether a text begins with a date: `10.08`, `2026-08-10`, `10 августа`, `august 10`.
fn is_date(text: &str) -> bool {
    let is_month = |text: &str| MONTHS.iter().any(|month| text.starts_with(month));
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.len() == text.len() {
        return is_month(text);
    }
    let numeric = after.strip_prefix(['.', '/', '-']);
    numeric.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) || is_month(after.trim_start())
}

/// Whether words stand in a text as words of their own.
fn has_words(text: &str, words: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(words).any(|(at, found)| {
        let (before, behind) = (text.get(..at), text.get(at + found.len()..));
        !letter(before.and_then(|text| text.chars().next_back()))
            && !letter(behind.and_then(|text| text.chars().next()))
    })
}

/// Lower case, without the accents that such words are written with and without, spaces of any kind made one.
pub(super) fn fold(text: &str, max_chars: usize) -> String {
    let folded: String = text
        .chars()
        .take(max_chars)
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'ё' => 'е',
            'é' | 'è' | 'ê' => 'e',
            'á' | 'à' | 'ã' => 'a',
            'ź' => 'z',
            _ => c,
        })
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absences_are_known_by_their_first_words() {
        for subject in [
            "Автоответ: Ваше обращение [#12]",
            "Re: Автоматический ответ: отчёт",
            "Я в отпуске до 10.08",
            "Я в отпуске Re: отчёт",
            "НЕТ НА МЕСТЕ",
            "Нет на месте.",
            "[#12] Нет на рабочем месте",
            "В командировке 12.11–15.11",
            "В отпуске 1 августа",
            "В отпуске с 10.08 по 24.08",
            "Automatic reply: Your request",
            "Out of Office: vacation",
            "Out of office AutoReply: x",
            "Out of office until Monday",
            "Out of office (Ivan Petrov)",
            "Out of office - Ivan Petrov",
            "I am out of office Re: Report",
            "I'm out of the office",
            "AW: Abwesenheitsnotiz",
            "SV: Automatic reply: Report",
            "Re[2]: Нет на месте",
            "Réponse automatique : Votre demande",
            "Respuesta automática: hola",
            "Automatyczna odpowiedź: x",
            "[Auto-Reply] x",
            "[Автоответ] Re: отчёт",
            "Отсутствую  до  понедельника",
            "Отпуск: Re: отчёт",
            "Отсутствие: отчёт",
            "Vacation: Re: Report",
            "AUTO: Ivan Petrov is out of the office (returning 07.12.2026)",
            "АВТО: Иван Петров отсутствует на рабочем месте (вернётся 07.12.2026)",
            "Re: Report [#1] (Out of office)",
        ] {
            assert!(is_absence(subject, Some("Отчёт")), "{subject}");
        }
    }

    #[test]
    fn a_sentence_that_goes_on_is_no_absence() {
        for subject in [
            "Автоответчик не работает",
            "Автоответ не работает в уведомлениях",
            "«Автоответ» не работает",
            "Нет на месте объекта",
            "Нет на месте 3 машины",
            "В отпуске водитель, а объект едет",
            "Вне офиса не открывается Wialon",
            "Out of office vehicles are online",
            "I am out of ideas: the report is empty",
            "Я в отпуске, вопрос по отчётам",
            "Водитель в отпуске: как снять с объекта?",
            "Не приходит автоматический ответ",
            "Авто: нет связи с А123ВС77",
            "Re: отчёт",
            "Re: отчёт (не строится)",
            "Autoreplying bot",
            "",
            "Re:",
            "Отпуск",
            "Отпуск водителя: как отметить",
            "Нет на месте с 10:00 объект А123ВС77",
            "Вне офиса с утра не грузится",
            "Re: В командировке по Уралу",
            "On vacation from Monday the unit is silent",
        ] {
            assert!(!is_absence(subject, None), "{subject}");
        }
    }

    #[test]
    fn the_client_s_own_subject_says_nothing() {
        for (subject, asked) in [
            ("Re: Нет на месте: объект А123ВС77 [#12]", "Нет на месте: объект А123ВС77"),
            ("RE: [#12] Автоответ - не приходит", "Re: АВТООТВЕТ - не приходит"),
            ("Re: Авто: отсутствует на карте", "Авто: отсутствует на карте"),
            ("Re: Водитель (в отпуске)", "Водитель (в отпуске)"),
        ] {
            assert!(!is_absence(subject, Some(asked)), "{subject}");
            assert!(is_absence(subject, Some("Отчёт")), "{subject}");
        }
        assert!(is_absence("Автоматический ответ: Автоответ не приходит", Some("Автоответ не приходит")));
    }
}
