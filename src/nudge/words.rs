//! The words of notices in two languages.

use super::Cause;
use crate::request::Language;
use crate::ticket::TicketId;

/// What the subject says of so many: «2 просроченных».
pub(super) fn count(language: Language, cause: Cause, count: usize) -> String {
    let word = match language {
        Language::Russian => russian(count, russian_forms(cause)),
        Language::English => match (english_forms(cause), count) {
            ((one, _), 1) => one,
            ((_, many), _) => many,
        },
    };
    if cause == Cause::Digest { word.to_owned() } else { format!("{count} {word}") }
}

/// For 1, 2 and 5.
const fn russian_forms(cause: Cause) -> (&'static str, &'static str, &'static str) {
    match cause {
        Cause::Escalated => ("требует вмешательства", "требуют вмешательства", "требуют вмешательства"),
        Cause::Overdue => ("просроченное", "просроченных", "просроченных"),
        Cause::ReactionSoon => ("срочное", "срочных", "срочных"),
        Cause::Returned => ("ответ не дошёл", "ответа не дошли", "ответов не дошли"),
        Cause::AgentsTurn => ("новое", "новых", "новых"),
        Cause::NotAskedAgain => ("неполное", "неполных", "неполных"),
        Cause::ClientSilent => ("клиент молчит", "клиента молчат", "клиентов молчат"),
        Cause::Held => ("письмо не разобрано", "письма не разобраны", "писем не разобрано"),
        Cause::Quarantined => ("письмо в карантине", "письма в карантине", "писем в карантине"),
        Cause::Digest => ("сводка", "сводка", "сводка"),
    }
}

/// For one and for several.
const fn english_forms(cause: Cause) -> (&'static str, &'static str) {
    match cause {
        Cause::Escalated => ("needs you", "need you"),
        Cause::Overdue => ("overdue", "overdue"),
        Cause::ReactionSoon => ("due soon", "due soon"),
        Cause::Returned => ("answer came back", "answers came back"),
        Cause::AgentsTurn => ("new", "new"),
        Cause::NotAskedAgain => ("incomplete", "incomplete"),
        Cause::ClientSilent => ("client silent", "clients silent"),
        Cause::Held => ("mail held", "mails held"),
        Cause::Quarantined => ("mail quarantined", "mails quarantined"),
        Cause::Digest => ("digest", "digest"),
    }
}

/// Whose request it is: «клиент», «от клиента», «клиенту».
pub(super) struct Whose {
    pub(super) who: &'static str,
    pub(super) of: &'static str,
    pub(super) to: &'static str,
}

/// A client's, or that of one of us.
pub(super) const fn whose(language: Language, colleague: bool) -> Whose {
    match (language, colleague) {
        (Language::Russian, false) => {
            Whose { who: "клиент", of: "клиента", to: "клиенту" }
        }
        (Language::Russian, true) => {
            Whose { who: "коллега", of: "коллеги", to: "коллеге" }
        }
        (Language::English, false) => Whose { who: "client", of: "client", to: "client" },
        (Language::English, true) => Whose { who: "colleague", of: "colleague", to: "colleague" },
    }
}

fn russian(count: usize, (one, few, many): (&'static str, &'static str, &'static str)) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

/// The line above a section.
pub(super) const fn heading(language: Language, cause: Cause) -> &'static str {
    match (language, cause) {
        (Language::Russian, Cause::Escalated) => {
            "Реакция просрочена давно, или клиент ждёт давно (срок, клиент, тема)"
        }
        (Language::Russian, Cause::Overdue) => "Реакция просрочена (срок, клиент, тема)",
        (Language::Russian, Cause::ReactionSoon) => "Срок реакции скоро истекает (срок, клиент, тема)",
        (Language::Russian, Cause::Returned) => {
            "Ответ клиенту не дошёл или мог не дойти (срок реакции, клиент, тема)"
        }
        (Language::Russian, Cause::AgentsTurn) => "Новое (срок реакции, от кого, тема)",
        (Language::Russian, Cause::NotAskedAgain) => {
            "Данных не хватает, больше автоматика не спросит (срок, клиент, тема)"
        }
        (Language::Russian, Cause::ClientSilent) => {
            "Клиент не отвечает на вопросы (с какого времени, клиент, тема)"
        }
        (Language::Russian, Cause::Held) => "Письма, которые не удалось разобрать (с какого времени)",
        (Language::Russian, Cause::Quarantined) => "Письма с сомнительным отправителем (с какого времени)",
        (Language::Russian, Cause::Digest) => "Сводка: остальные обращения в работе",
        (Language::English, Cause::Escalated) => {
            "Reaction long overdue, or the client waits long (due, client, subject)"
        }
        (Language::English, Cause::Overdue) => "Reaction overdue (due, client, subject)",
        (Language::English, Cause::ReactionSoon) => "Reaction due soon (due, client, subject)",
        (Language::English, Cause::Returned) => {
            "The answer did not reach the client, or perhaps not (due, client, subject)"
        }
        (Language::English, Cause::AgentsTurn) => "New (reaction due, from, subject)",
        (Language::English, Cause::NotAskedAgain) => "Incomplete, and not asked again (due, client, subject)",
        (Language::English, Cause::ClientSilent) => {
            "The client does not answer our questions (since, client, subject)"
        }
        (Language::English, Cause::Held) => "Mails that could not be processed (since)",
        (Language::English, Cause::Quarantined) => "Mails whose sender is in doubt (since)",
        (Language::English, Cause::Digest) => "Digest: other requests in work",
    }
}

/// Where a mail is decided on that nobody can answer.
pub(super) const fn decide(language: Language, cause: Cause) -> Option<&'static str> {
    match (language, cause) {
        (Language::Russian, Cause::Held) => Some("Посмотреть и решить на сервере: askback held list"),
        (Language::Russian, Cause::Quarantined) => {
            Some("Посмотреть и решить на сервере: askback quarantine list")
        }
        (Language::English, Cause::Held) => Some("Look and decide on the server: askback held list"),
        (Language::English, Cause::Quarantined) => {
            Some("Look and decide on the server: askback quarantine list")
        }
        _ => None,
    }
}

/// That so many messages before those that are shown are not, and where they are.
pub(super) fn earlier(language: Language, ticket: TicketId, count: usize) -> String {
    match language {
        Language::Russian => {
            let messages = russian(count, ("сообщение", "сообщения", "сообщений"));
            format!("… и до этого ещё {count} {messages} (на сервере: askback ticket {ticket})")
        }
        Language::English => {
            let messages = if count == 1 { "message" } else { "messages" };
            format!("… and {count} more {messages} before (on the server: askback ticket {ticket})")
        }
    }
}

/// Where the rest of a message is that goes on.
pub(super) fn cut(language: Language, ticket: TicketId) -> String {
    match language {
        Language::Russian => format!("… (дальше на сервере: askback ticket {ticket})"),
        Language::English => format!("… (goes on, on the server: askback ticket {ticket})"),
    }
}

/// The small words of a notice.
pub(super) struct Small {
    pub(super) ticket: &'static str,
    pub(super) mail: &'static str,
    pub(super) by: &'static str,
    pub(super) since: &'static str,
    pub(super) not_asked: &'static str,
    pub(super) withdrawn: &'static str,
    pub(super) no_subject: &'static str,
    pub(super) no_text: &'static str,
    pub(super) more: &'static str,
    pub(super) overdue: &'static str,
    pub(super) open: &'static str,
    pub(super) incomplete: &'static str,
    pub(super) answer: &'static str,
    pub(super) waiting_mails: &'static str,
    pub(super) waits_since: &'static str,
    pub(super) programs: &'static str,
    pub(super) all_programs: &'static str,
    pub(super) all_tickets: &'static str,
    pub(super) held_back: &'static str,
    pub(super) end: &'static str,
}

pub(super) const fn small(language: Language) -> Small {
    match language {
        Language::Russian => Small {
            ticket: "№ ",
            mail: "письмо ",
            by: "до",
            since: "с",
            not_asked: "ещё не спрошен",
            withdrawn: "вопрос снят",
            no_subject: "(без темы)",
            no_text: "(без текста)",
            more: "и ещё",
            overdue: "Просрочены",
            open: "Ждут инженера",
            incomplete: "Ждём клиента",
            answer: "ответить клиенту:",
            waiting_mails: "Писем, которые ждут решения на сервере (не разобраны или в карантине)",
            waits_since: "ждёт с",
            programs: "Письма от программ и рассылок (им не отвечаем)",
            all_programs: "Если среди них письмо человека, ответьте ему сами или заведите обращение.\n\
                           На сервере: показать все; завести обращение по письму N:",
            all_tickets: "Показать все обращения, на сервере:",
            held_back: "Ответов инженеров, которые не отправлены клиентам",
            end: "На само это письмо отвечать не нужно. Напишите по адресу у строки\n\
                  обращения, и ответ уйдёт клиенту от имени поддержки. Или пишите клиенту\n\
                  как обычно, поставив адрес поддержки в копию.",
        },
        Language::English => Small {
            ticket: "#",
            mail: "mail ",
            by: "by",
            since: "since",
            not_asked: "not asked yet",
            withdrawn: "withdrawn",
            no_subject: "(no subject)",
            no_text: "(no text)",
            more: "and more:",
            overdue: "Overdue",
            open: "Wait for an engineer",
            incomplete: "We wait for the client",
            answer: "answer the client:",
            waiting_mails: "Mails that wait for a decision on the server (held or in quarantine)",
            waits_since: "waits since",
            programs: "Mails of programs and lists (not answered)",
            all_programs: "If a person's mail is among them, answer him yourselves, or open a request for it.\n\
                           On the server: to see all; to open a request for mail N:",
            all_tickets: "To see all requests, on the server:",
            held_back: "Answers of engineers that were not sent to clients",
            end: "There is no need to answer this mail itself. Write to the address at a\n\
                  request, and your answer goes to the client in the name of the support. Or\n\
                  write to the client as usual, with the support address in Cc.",
        },
    }
}
