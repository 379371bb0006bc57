//! Names and subjects that only programs use.

/// Local parts of programs, whole.
const ROBOTS: [&str; 16] = [
    "mailer-daemon",
    "mailerdaemon",
    "mailer_daemon",
    "mdaemon",
    "postmaster",
    "listserv",
    "listproc",
    "majordomo",
    "bounce",
    "bounces",
    "autoreply",
    "auto-reply",
    "autoresponder",
    "auto-responder",
    "nobody",
    "root",
];

/// What local parts of mailing lists begin or end with.
const LIST_PREFIXES: [&str; 3] = ["owner-", "bounce-", "bounces-"];
const LIST_SUFFIXES: [&str; 4] = ["-request", "-bounces", "-bounce", "-owner"];

/// Users of web servers and their programs, in whose name forms of sites are sent.
const WEB_SERVERS: [&str; 7] = ["nobody", "www-data", "www", "apache", "nginx", "wordpress", "webform"];

/// Mailboxes that nobody reads, written without separators: they come with `-`, `_` and `.` in every place.
const UNREAD: [&str; 4] = ["noreply", "donotreply", "dontreply", "neotvechat"];

/// Mailboxes that a desk or a department reads, not one person.
const ROLES: [&str; 20] = [
    "support",
    "help",
    "helpdesk",
    "servicedesk",
    "service",
    "care",
    "info",
    "contact",
    "hello",
    "office",
    "sales",
    "shop",
    "orders",
    "billing",
    "invoice",
    "invoices",
    "accounting",
    "marketing",
    "news",
    "newsletter",
];

/// Whether a local part (in lower case) is that of a desk or a department.
pub(super) fn is_role(local: &str) -> bool {
    let user = local.split('+').next().unwrap_or(local);
    ROLES.contains(&user)
}

/// Whether a local part (in lower case) is a program's: a mailer daemon, a list manager, a no-reply mailbox.
pub(super) fn is_machine(local: &str) -> bool {
    let user = local.split('+').next().unwrap_or(local);
    if ROBOTS.contains(&user) || is_list_manager(user) {
        return true;
    }
    is_unread(user)
}

/// Whether nobody reads what is sent there: `noreply`, `no-reply-site`, `billing.noreply`.
fn is_unread(user: &str) -> bool {
    let bare: String = user.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    UNREAD.iter().any(|name| bare.starts_with(name) || bare.ends_with(name))
}

/// Whether a local part (in lower case) is one that web sites send the forms of their visitors from.
pub(super) fn sends_forms(local: &str) -> bool {
    let user = local.split('+').next().unwrap_or(local);
    WEB_SERVERS.contains(&user) || is_unread(user)
}

/// Whether a local part (in lower case) is one that only delivery programs and mailing lists send from: the names that
/// mean a machine in Return-Path and Sender, too.
pub(super) fn is_list_manager(local: &str) -> bool {
    let user = local.split('+').next().unwrap_or(local);
    matches!(user, "mailer-daemon" | "listserv" | "majordomo")
        || LIST_PREFIXES.iter().any(|prefix| user.starts_with(prefix))
        || LIST_SUFFIXES.iter().any(|suffix| user.ends_with(suffix))
}

/// What out-of-office subjects begin with, in lower case, ё as е.
const ABSENCES: [&str; 47] = [
    // Russian and its neighbours
    "автоответ",
    "авто-ответ",
    "автоматический ответ",
    "автоматическое уведомление об отсутствии",
    "уведомление об отсутствии",
    "отсутствую",
    "отсутствие на рабочем месте",
    "отсутствие в офисе",
    "нет на рабочем месте",
    "нет на месте",
    "не на работе",
    "вне офиса",
    "в отпуске",
    "я в отпуске",
    "нахожусь в отпуске",
    "в командировке",
    "я в командировке",
    "на больничном",
    "я на больничном",
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

/// Reply and forward marks in front of a subject.
const REPLY_MARKS: [&str; 8] = ["re:", "fw:", "fwd:", "aw:", "wg:", "ha:", "на:", "отв:"];

/// Whether a subject says by its first words that a program answers because nobody is there.
pub(super) fn is_out_of_office(subject: &str) -> bool {
    let subject = fold(subject);
    let mut rest = subject.trim_start();
    while let Some(after) = REPLY_MARKS.iter().find_map(|mark| rest.strip_prefix(mark)) {
        rest = after.trim_start();
    }
    let rest = rest.trim_start_matches(['[', '(', '"', '«']);
    ABSENCES.iter().any(|words| {
        // «автоответчик сломался» is no auto-reply: the words must end where the phrase does.
        rest.strip_prefix(words).is_some_and(|after| !after.starts_with(char::is_alphabetic))
    })
}

/// Lower case, without the accents that subjects are written with and without, spaces of any kind made one.
fn fold(subject: &str) -> String {
    let folded: String = subject
        .chars()
        .take(200)
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
    fn machines_are_known_by_their_names() {
        for local in [
            "mailer-daemon",
            "postmaster",
            "noreply",
            "no-reply",
            "no_reply",
            "no.reply",
            "do-not-reply",
            "donotreply",
            "billing-noreply",
            "noreply-billing",
            "noreply+x1",
            "bounce",
            "bounces+123",
            "bounce-77",
            "owner-fleet",
            "fleet-request",
            "fleet-bounces",
            "listserv",
            "majordomo",
            "mdaemon",
            "ne-otvechat",
        ] {
            assert!(is_machine(local), "{local}");
        }
        for local in [
            "request",
            "owner",
            "bouncer",
            "reply",
            "support",
            "info",
            "robot",
            "ivan.petrov",
            "replyno",
            "masterpost",
        ] {
            assert!(!is_machine(local), "{local}");
        }
        assert!(
            !is_list_manager("noreply") && !is_list_manager("postmaster") && is_list_manager("owner-fleet")
        );
    }

    #[test]
    fn absences_are_known_by_their_first_words() {
        for subject in [
            "Автоответ: Ваше обращение [#12]",
            "Re: Автоматический ответ: отчёт",
            "Я в отпуске до 10.08",
            "НЕТ НА МЕСТЕ",
            "Automatic reply: Your request",
            "Out of Office: vacation",
            "Out of office AutoReply: x",
            "AW: Abwesenheitsnotiz",
            "Réponse automatique : Votre demande",
            "Respuesta automática: hola",
            "Automatyczna odpowiedź: x",
            "[Auto-Reply] x",
            "Отсутствую  до  понедельника",
        ] {
            assert!(is_out_of_office(subject), "{subject}");
        }
        for subject in [
            "Автоответчик не работает",
            "Водитель в отпуске: как снять с объекта?",
            "Не приходит автоматический ответ",
            "Re: отчёт",
            "Autoreplying bot",
            "",
            "Re:",
            "Отпуск",
        ] {
            assert!(!is_out_of_office(subject), "{subject}");
        }
    }
}
