//! Letters about one request: what the client wrote, answered by a plain reply; and an answer that could not be sent on.

use super::notice::Notice;
use super::{Cause, words};
use crate::mail::header_text::is_hostile;
use crate::mail::{Address, HeaderText};
use crate::request::{Field, Language, State};
use crate::ticket::Ticket;
use crate::ticket::agent::HeldBack;

/// As much of a person's words is shown.
const MAX_LINES: usize = 200;
const MAX_CHARS: usize = 10_000;
/// As much of a subject stands in ours.
const SUBJECT_CHARS: usize = 60;
/// As much of what a request supplied.
const VALUE_CHARS: usize = 120;

/// What a letter about one request says.
pub(super) struct About<'a> {
    pub(super) language: Language,
    pub(super) cause: Cause,
    pub(super) ticket: &'a Ticket,
    pub(super) missing: &'a [Field],
    /// What the client wrote. Hostile.
    pub(super) words: &'a str,
    /// By when the reaction is due.
    pub(super) due: Option<String>,
    pub(super) to: &'a Address,
    pub(super) reply_to: Option<Address>,
}

/// The letter about one request.
pub(super) fn about(facts: &About<'_>) -> Notice {
    let russian = facts.language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let news = match facts.cause {
        Cause::Returned => say("ответ не дошёл до клиента", "the answer did not reach the client"),
        Cause::AsksUsedUp => say("данных не хватает", "incomplete"),
        Cause::Escalated
        | Cause::Overdue
        | Cause::ReactionSoon
        | Cause::NewComplete
        | Cause::ClientSilent
        | Cause::Held
        | Cause::Quarantined
        | Cause::Digest => say("новое от клиента", "new from the client"),
    };
    let number = format!("{}{}", say("№ ", "#"), facts.ticket.id);
    let theirs = HeaderText::new(&facts.ticket.subject, SUBJECT_CHARS);
    let theirs = if theirs.as_str().is_empty() { String::new() } else { format!(": {theirs}") };
    let subject = HeaderText::new(&format!("askback: {number}, {news}{theirs}"), 200);

    let mut text = String::new();
    if facts.cause == Cause::Returned {
        text += say(
            "Наш ответ клиенту вернулся, или почтовый сервер его не принял. Обращение снова\n\
             ждёт инженера: проверьте адрес или позвоните клиенту.\n\n",
            "Our answer to the client came back, or the mail server did not take it. The request\n\
             waits for an engineer again: check the address, or call the client.\n\n",
        );
    }
    text += &how_to_answer(facts.language, facts.reply_to.is_some());
    text += &format!("\n{}\n", client_lines(facts.language, facts.ticket));
    for field in [Field::Product, Field::Objects, Field::Attachments] {
        let answer = facts.ticket.answers.found.get(field);
        if let (State::Present, Some(value)) = (answer.state, &answer.value) {
            text += &format!("{}: {}\n", label(facts.language, field), HeaderText::new(value, VALUE_CHARS));
        }
    }
    if let Some(due) = &facts.due {
        text += &format!("{} {due}\n", say("Ответить до:", "Answer by:"));
    }
    if !facts.missing.is_empty() {
        let names = facts.missing.iter().map(|field| label(facts.language, *field).to_lowercase());
        let names: Vec<String> = names.collect();
        text += &format!("{} {}\n", say("Не хватает:", "Missing:"), names.join(", "));
    }
    text += &format!("\n{}\n\n{}", say("Клиент пишет:", "The client writes:"), plain_words(facts.words));
    Notice { to: facts.to.clone(), reply_to: facts.reply_to.clone(), subject, text, html: None }
}

/// What a letter about an answer says that was not sent on.
#[derive(Clone, Debug)]
pub struct HeldBackFacts<'a> {
    /// The language of notices.
    pub language: Language,
    /// Why it was not sent on.
    pub why: HeldBack,
    /// The request that it was about, if that is known.
    pub ticket: Option<&'a Ticket>,
    /// What the client wrote that nobody has answered. Hostile.
    pub client_words: &'a str,
    /// The agent's own words.
    pub answer: &'a str,
    /// The agent.
    pub to: &'a Address,
    /// Where the agent's next try goes.
    pub reply_to: Option<Address>,
}

/// Tells an agent that his answer did not go to the client, why, and how to send it nevertheless. His words are in it: nothing
/// is lost.
pub fn held_back(facts: &HeldBackFacts<'_>) -> Notice {
    let russian = facts.language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let number = facts.ticket.map(|ticket| format!("{}{}, ", say("№ ", "#"), ticket.id)).unwrap_or_default();
    let subject = format!("askback: {number}{}", say("ваш ответ не отправлен", "your answer was not sent"));
    let (why, how) = match facts.why {
        HeldBack::ClientWrote => (
            say("пока вы отвечали, клиент написал ещё.", "while you answered, the client wrote again."),
            say(
                "Если ответ годится и теперь, ответьте на это письмо, вставив в него свой текст\n\
                 (и файлы, если они были): он уйдёт клиенту.",
                "If your answer still fits, reply to this mail with your text (and your files, if\n\
                 there were any): it goes to the client.",
            ),
        ),
        HeldBack::NoWords => (
            say("в нём нет ничего, кроме цитаты.", "there is nothing in it but what it quotes."),
            say(
                "Ответьте на это письмо, написав свой текст над цитатой: он уйдёт клиенту.",
                "Reply to this mail with your text above the quote: it goes to the client.",
            ),
        ),
        HeldBack::Forward => (
            say(
                "в нём есть пересланное, и неясно, для клиента ли оно.",
                "it has a forwarded mail in it, which may not be for the client.",
            ),
            say(
                "Ответьте на это письмо своими словами или приложите пересылаемое файлом.",
                "Reply to this mail in your own words, or attach what you forward as a file.",
            ),
        ),
        HeldBack::TooLarge => (
            say("оно слишком велико.", "it is too large."),
            say(
                "Ответьте на это письмо, заменив большие файлы ссылками.",
                "Reply to this mail with links in place of the large files.",
            ),
        ),
        HeldBack::NoTicket => (
            say(
                "из него не видно, какому клиенту оно предназначено.",
                "it does not say which client it is for.",
            ),
            say(
                "Ответьте на письмо об одном обращении («askback: № 17, …»), или напишите по адресу\n\
                 под строкой обращения, или пишите клиенту, поставив адрес поддержки в копию.",
                "Reply to a mail about one request (\"askback: #17, …\"), or write to the address below\n\
                 a request, or write to the client with the support address in Cc.",
            ),
        ),
        HeldBack::OtherAddress => (
            say(
                "на извещение ответили не с того адреса, на который оно пришло.",
                "the notice was answered from another address than the one that it came to.",
            ),
            say(
                "Ответьте на это письмо с того адреса, на который оно пришло: ответ уйдёт клиенту.\n\
                 Если писали не вы, расскажите об этом администратору.",
                "Reply to this mail from the address that it came to: your answer goes to the client.\n\
                 If it was not you who wrote, tell your administrator.",
            ),
        ),
    };
    let mut text =
        format!("{} {why}\n\n{how}\n", say("Ваше письмо не отправлено:", "Your mail was not sent:"));
    if let Some(ticket) = facts.ticket {
        text += &format!("\n{}\n", client_lines(facts.language, ticket));
    }
    if facts.why == HeldBack::ClientWrote {
        let title = say("Клиент пишет:", "The client writes:");
        text += &format!("\n{title}\n\n{}", plain_words(facts.client_words));
    }
    if !facts.answer.is_empty() {
        text += &format!("\n{}\n\n{}", say("Ваш текст:", "Your text:"), plain_words(facts.answer));
    }
    Notice {
        to: facts.to.clone(),
        reply_to: facts.reply_to.clone(),
        subject: HeaderText::new(&subject, 200),
        text,
        html: None,
    }
}

/// Tells one of us that the login `login` ends: `when`, unless somebody gets a new refresh token.
pub fn login_ends(language: Language, login: &str, when: &str, to: &Address) -> Notice {
    let russian = language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let subject =
        format!("askback: {} {when}", say("вход в почту закончится", "the login to the mailbox ends on"));
    let text = format!(
        "{}{login}{} {when}.\n\n{}\n",
        say("Токен обновления (refresh token) для входа «", "The refresh token of the login \""),
        say("» действует до", "\" is good until"),
        say(
            "После этого письма не будут ни приниматься, ни отправляться. Получите новый токен,\n\
             положите его на место старого и перезапустите askback: README, «Login by OAuth».",
            "After that no mail is fetched or sent. Get a new one, put it in place of the old one,\n\
             and restart askback: README, \"Login by OAuth\".",
        ),
    );
    Notice { to: to.clone(), reply_to: None, subject: HeaderText::new(&subject, 200), text, html: None }
}

fn how_to_answer(language: Language, by_reply: bool) -> String {
    match (language, by_reply) {
        (Language::Russian, true) => {
            "Чтобы ответить клиенту, ответьте на это письмо: ваши слова и файлы уйдут ему\n\
             от имени поддержки, цитата останется здесь.\n"
        }
        (Language::Russian, false) => {
            "Чтобы ответить клиенту, напишите ему, поставив адрес поддержки в копию.\n"
        }
        (Language::English, true) => {
            "To answer the client, reply to this mail: your words and files go to him in the\n\
             name of the support, the quote stays here.\n"
        }
        (Language::English, false) => "To answer the client, write to him with the support address in Cc.\n",
    }
    .to_owned()
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

fn client_lines(language: Language, ticket: &Ticket) -> String {
    let name = HeaderText::new(&ticket.client_name, 60);
    let client = match name.as_str() {
        "" => ticket.client.to_string(),
        name => format!("{name} <{}>", ticket.client),
    };
    let subject = HeaderText::new(&ticket.subject, 200);
    let subject =
        if subject.as_str().is_empty() { words::small(language).no_subject } else { subject.as_str() };
    match language {
        Language::Russian => format!("Клиент: {client}\nТема: {subject}"),
        Language::English => format!("Client: {client}\nSubject: {subject}"),
    }
}

/// A person's words, line by line, without characters that hide or reorder others, and not without end.
fn plain_words(text: &str) -> String {
    let clean: String =
        text.trim_matches('\n').chars().filter(|c| matches!(c, '\n' | '\t') || !is_hostile(*c)).collect();
    let mut shown: String = clean.chars().take(MAX_CHARS).collect();
    let cut = shown.len() < clean.len() || shown.lines().count() > MAX_LINES;
    shown = shown.lines().map(str::trim_end).take(MAX_LINES).collect::<Vec<_>>().join("\n");
    if cut { format!("{shown}\n…\n") } else { format!("{shown}\n") }
}
