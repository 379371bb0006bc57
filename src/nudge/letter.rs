//! The letter about one request: what the client wrote, answered by a plain reply.

use super::notice::Notice;
use super::said::{self, Unanswered, capital, plain_words};
use super::words::Whose;
use super::{Cause, Returned, words};
use crate::mail::{Address, HeaderText};
use crate::request::{Field, Language, State};
use crate::ticket::Ticket;

/// As much of a subject stands in ours.
const SUBJECT_CHARS: usize = 60;
/// So many lines of an answer that came back.
const RETURNED_LINES: usize = 3;
/// As much of what a request supplied.
const VALUE_CHARS: usize = 120;

/// What a letter about one request says.
pub(super) struct RequestFacts<'a> {
    pub(super) language: Language,
    pub(super) cause: Cause,
    pub(super) ticket: &'a Ticket,
    /// It is the request of one of us.
    pub(super) colleague: bool,
    pub(super) missing: &'a [Field],
    /// The answer that it is about, if it is about one.
    pub(super) returned: Option<&'a Returned>,
    /// What the client's side wrote.
    pub(super) unanswered: &'a Unanswered,
    /// By when the reaction is due.
    pub(super) due: Option<String>,
    /// Since when the client has waited, if that is longer than his last words say.
    pub(super) waits_since: Option<String>,
    pub(super) to: &'a Address,
    pub(super) reply_to: Option<Address>,
}

/// The letter about one request.
pub(super) fn about(facts: &RequestFacts<'_>) -> Notice {
    let russian = facts.language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let whose = words::whose(facts.language, facts.colleague);
    let withdrawn = facts.ticket.is_withdrawn();
    let late = match facts.cause {
        Cause::Overdue => Some((say("просрочено", "overdue"), say(" (срок прошёл)", " (that has passed)"))),
        Cause::ReactionSoon => Some((say("срочно", "due soon"), say(" (скоро)", " (soon)"))),
        Cause::Escalated
        | Cause::Returned
        | Cause::AgentsTurn
        | Cause::NotAskedAgain
        | Cause::ClientSilent
        | Cause::Held
        | Cause::Quarantined
        | Cause::Digest => None,
    };
    let news = news(facts, &whose);
    let news = late.map_or(news.clone(), |(how, _)| format!("{how}, {news}"));
    let number = format!("{}{}", say("№ ", "#"), facts.ticket.id);
    let theirs = HeaderText::new(&facts.ticket.subject, SUBJECT_CHARS);
    let theirs = if theirs.as_str().is_empty() { String::new() } else { format!(": {theirs}") };
    let subject = format!("askback: {number}, {news}{theirs}");

    let mut text = String::new();
    if facts.cause == Cause::Returned {
        text += &did_not_arrive(facts, &whose);
    }
    if withdrawn {
        text += &withdrew(facts.language, &whose, facts.ticket);
    }
    text += &how_to_answer(facts.language, &whose, facts.reply_to.is_some());
    text += &said::goes_to(facts.language, &whose, &facts.ticket.client, &facts.unanswered.said)
        .unwrap_or_default();
    text += &format!("\n{}\n", client_lines(facts.language, &whose, facts.ticket));
    for field in [Field::Product, Field::Objects, Field::Attachments] {
        let answer = facts.ticket.answers.found.get(field);
        if let (State::Present, Some(value)) = (answer.state, &answer.value) {
            text += &format!("{}: {}\n", label(facts.language, field), HeaderText::new(value, VALUE_CHARS));
        }
    }
    if let Some(linked) = facts.ticket.linked {
        text += &format!("{}{linked}\n", say("Упоминает обращение: № ", "Mentions request: #"));
    }
    if let Some(due) = &facts.due {
        let late = late.map_or("", |(_, late)| late);
        text += &format!("{} {due}{late}\n", say("Ответить до:", "Answer by:"));
    }
    if let Some(since) = &facts.waits_since {
        text += &format!("{} {since}\n", say("Ждёт ответа с:", "Waits since:"));
    }
    if !facts.missing.is_empty() && !withdrawn {
        let names = facts.missing.iter().map(|field| label(facts.language, *field).to_lowercase());
        let names: Vec<String> = names.collect();
        text += &format!("{} {}\n", say("Не хватает:", "Missing:"), names.join(", "));
    }
    text += &said::shown(facts.language, &whose, facts.ticket.id, facts.unanswered);
    Notice { reply_to: facts.reply_to.clone(), ..Notice::of_words(facts.to, &subject, text) }
}

/// What has happened, in the words of a subject.
fn news(facts: &RequestFacts<'_>, Whose { of, .. }: &Whose) -> String {
    let russian = facts.language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let in_doubt = facts.returned.is_some_and(|returned| returned.in_doubt);
    match facts.cause {
        Cause::Returned if in_doubt => {
            say("неизвестно, дошёл ли ответ", "perhaps the answer did not arrive").to_owned()
        }
        Cause::Returned if russian => format!("ответ не дошёл до {of}"),
        Cause::Returned => format!("the answer did not reach the {of}"),
        Cause::AgentsTurn if facts.ticket.is_withdrawn() => say("вопрос снят", "withdrawn").to_owned(),
        Cause::NotAskedAgain => say("данных не хватает", "incomplete").to_owned(),
        Cause::Escalated
        | Cause::Overdue
        | Cause::ReactionSoon
        | Cause::AgentsTurn
        | Cause::ClientSilent
        | Cause::Held
        | Cause::Quarantined
        | Cause::Digest => match said::last_other(&facts.unanswered.said) {
            Some(other) => format!("{} {}", say("новое от", "new from"), other.address),
            None => format!("{} {of}", say("новое от", "new from the")),
        },
    }
}

/// That an answer did not arrive, as far as anybody knows, why, and what to do.
fn did_not_arrive(facts: &RequestFacts<'_>, Whose { who, to, .. }: &Whose) -> String {
    let in_doubt = facts.returned.is_some_and(|returned| returned.in_doubt);
    let how = match (facts.language, in_doubt) {
        (Language::Russian, true) => format!(
            "Наш ответ {to} отправлен, но почтовый сервер не подтвердил, что принял его.\n\
             {} мог получить его, даже несколько раз, а мог и не получить. Больше askback\n\
             его не отправляет. Обращение ждёт инженера: прежде чем отвечать снова,\n\
             позвоните {to}.\n\n",
            capital(who)
        ),
        (Language::English, true) => format!(
            "Our answer to the {to} was sent, but the mail server never said that it has\n\
             it. The {who} may have got it, even several times, or not at all. askback does\n\
             not send it again. The request waits for an engineer: call the {to} before\n\
             you answer again.\n\n"
        ),
        (Language::Russian, false) => format!(
            "Наш ответ {to} вернулся, или почтовый сервер его не принял. Обращение снова\n\
             ждёт инженера: проверьте адрес или позвоните {to}.\n\n"
        ),
        (Language::English, false) => format!(
            "Our answer to the {to} came back, or the mail server did not take it. The request\n\
             waits for an engineer again: check the address, or call the {to}.\n\n"
        ),
    };
    how + &facts.returned.map(|returned| what_returned(facts.language, returned)).unwrap_or_default()
}

/// What a reply to a letter does.
pub(super) const fn by_reply(language: Language) -> &'static str {
    match language {
        Language::Russian => {
            "ответьте на это письмо: ваши слова и файлы уйдут ему\nот имени поддержки, цитата останется здесь."
        }
        Language::English => {
            "reply to this mail: your words and files go to him in the\nname of the support, the quote stays here."
        }
    }
}

fn how_to_answer(language: Language, Whose { to, .. }: &Whose, replies: bool) -> String {
    let how = match (language, replies) {
        (_, true) => by_reply(language),
        (Language::Russian, false) => "напишите ему, поставив адрес поддержки в копию.",
        (Language::English, false) => "write to him with the support address in Cc.",
    };
    match language {
        Language::Russian => format!("Чтобы ответить {to}, {how}\n"),
        Language::English => format!("To answer the {to}, {how}\n"),
    }
}

/// Why an answer came back, and how it began, as far as that is known.
fn what_returned(language: Language, Returned { why, words, .. }: &Returned) -> String {
    let (because, began) = match language {
        Language::Russian => ("Причина:", "Ответ начинался так:"),
        Language::English => ("Reason:", "The answer began:"),
    };
    let mut text = String::new();
    if !why.is_empty() {
        text += &format!("{because} {}\n\n", HeaderText::new(why, 200));
    }
    let words = plain_words(words);
    let words: Vec<&str> =
        words.lines().filter(|line| !line.trim().is_empty()).take(RETURNED_LINES).collect();
    if !words.is_empty() {
        let lines: String =
            words.iter().map(|line| format!("| {}\n", HeaderText::new(line, VALUE_CHARS))).collect();
        text += &format!("{began}\n{lines}\n");
    }
    text
}

/// That nobody waits for an answer any more.
fn withdrew(language: Language, Whose { who, .. }: &Whose, ticket: &Ticket) -> String {
    let number = ticket.id;
    match language {
        Language::Russian => format!(
            "{} пишет, что вопрос снят. Ответьте или закройте обращение (на сервере:\n\
             askback ticket {number} --close). Если никто не напишет, оно закроется само.\n\n",
            capital(who)
        ),
        Language::English => format!(
            "The {who} writes that there is nothing to answer any more. Answer, or close the\n\
             request (on the server: askback ticket {number} --close). If nobody writes, it is closed.\n\n"
        ),
    }
}

/// What a line about a field begins with.
const fn label(language: Language, field: Field) -> &'static str {
    match (language, field) {
        (Language::Russian, Field::Product) => "Продукт",
        (Language::Russian, Field::Description) => "Описание",
        (Language::Russian, Field::Objects) => "Объекты",
        (Language::Russian, Field::Steps) => "Действия",
        (Language::Russian, Field::Attachments) => "Вложения",
        (Language::English, Field::Product) => "Product",
        (Language::English, Field::Description) => "Description",
        (Language::English, Field::Objects) => "Objects",
        (Language::English, Field::Steps) => "Steps",
        (Language::English, Field::Attachments) => "Attachments",
    }
}

pub(super) fn client_lines(language: Language, whose: &Whose, ticket: &Ticket) -> String {
    // Only his own address stands in brackets.
    let name = HeaderText::new(&ticket.client_name.replace(['<', '>'], " "), 60);
    let client = match name.as_str() {
        "" => ticket.client.to_string(),
        name => format!("{name} <{}>", ticket.client),
    };
    let subject = HeaderText::new(&ticket.subject, 200);
    let subject =
        if subject.as_str().is_empty() { words::small(language).no_subject } else { subject.as_str() };
    let who = capital(whose.who);
    match language {
        Language::Russian => format!("{who}: {client}\nТема: {subject}"),
        Language::English => format!("{who}: {client}\nSubject: {subject}"),
    }
}
