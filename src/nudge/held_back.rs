//! The letter to an agent whose answer is not sent on.

use super::letter::client_lines;
use super::notice::Notice;
use super::said::{self, Unanswered, plain_words};
use super::words::{self, Whose};
use crate::mail::Address;
use crate::request::Language;
use crate::ticket::Ticket;
use crate::ticket::agent::HeldBack;

/// An agent's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Who wrote it.
    pub by: Address,
    /// His words.
    pub text: String,
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
    /// It is the request of one of us.
    pub colleague: bool,
    /// What the client's side wrote that nobody has answered.
    pub unanswered: &'a Unanswered,
    /// What a colleague has answered, where that is why.
    pub answered: Option<&'a Answered>,
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
    let whose = words::whose(facts.language, facts.colleague);
    let (why, how) = why_and_how(facts, &whose);
    let mut text = format!("{} {why}\n\n{how}\n", not_sent(facts.language));
    if let Some(ticket) = facts.ticket {
        if facts.why == HeldBack::ClientWrote {
            text += &said::goes_to(facts.language, &whose, &ticket.client, &facts.unanswered.said)
                .unwrap_or_default();
        }
        text += &format!("\n{}\n", client_lines(facts.language, &whose, ticket));
    }
    if let (HeldBack::ClientWrote, Some(ticket)) = (facts.why, facts.ticket) {
        text += &said::shown(facts.language, &whose, ticket.id, facts.unanswered);
    }
    if let Some(Answered { text: words, .. }) = facts.answered {
        text += &format!("\n{}\n\n{}", say("Ответ коллеги:", "The colleague's answer:"), plain_words(words));
    }
    if !facts.answer.is_empty() {
        text += &format!("\n{}\n\n{}", say("Ваш текст:", "Your text:"), plain_words(facts.answer));
    }
    Notice { reply_to: facts.reply_to.clone(), ..Notice::of_words(facts.to, &subject, text) }
}

/// Why it was not sent, and how to send it nevertheless.
fn why_and_how(facts: &HeldBackFacts<'_>, Whose { who, of, to }: &Whose) -> (String, String) {
    let russian = facts.language == Language::Russian;
    let say = |ru: &'static str, en: &'static str| if russian { ru } else { en };
    let pick = |ru: String, en: String| if russian { ru } else { en };
    match facts.why {
        HeldBack::ClientWrote => (
            match said::last_other(&facts.unanswered.said) {
                Some(other) => pick(
                    format!("пока вы отвечали, написали ещё: {}.", other.address),
                    format!("while you answered, {} wrote.", other.address),
                ),
                None => pick(
                    format!("пока вы отвечали, {who} написал ещё."),
                    format!("while you answered, the {who} wrote again."),
                ),
            },
            pick(
                format!(
                    "Если ответ годится и теперь, ответьте на это письмо, вставив в него свой текст\n\
                     (и файлы, если они были): он уйдёт {to}."
                ),
                format!(
                    "If your answer still fits, reply to this mail with your text (and your files, if\n\
                     there were any): it goes to the {to}."
                ),
            ),
        ),
        HeldBack::Answered => (
            match facts.answered {
                Some(Answered { by, .. }) => {
                    pick(format!("с адреса {by} уже ответили."), format!("{by} has answered already."))
                }
                None => say("коллега уже ответил.", "a colleague has answered already.").to_owned(),
            },
            pick(
                format!(
                    "Если нужен и ваш ответ, ответьте на это письмо, вставив в него свой текст\n\
                     (и файлы, если они были): он уйдёт {to}."
                ),
                format!(
                    "If your answer is needed, too, reply to this mail with your text (and your files,\n\
                     if there were any): it goes to the {to}."
                ),
            ),
        ),
        HeldBack::NoWords => (
            say(
                "в нём нет ничего, кроме цитаты и подписи.",
                "there is nothing in it but a quote and a signature.",
            )
            .to_owned(),
            pick(
                format!("Ответьте на это письмо, написав свой текст над цитатой: он уйдёт {to}."),
                format!("Reply to this mail with your text above the quote: it goes to the {to}."),
            ),
        ),
        HeldBack::Forward => (
            pick(
                format!("в нём есть пересланное, и неясно, для {of} ли оно."),
                format!("it has a forwarded mail in it, which may not be for the {of}."),
            ),
            say(
                "Ответьте на это письмо своими словами или приложите пересылаемое файлом.",
                "Reply to this mail in your own words, or attach what you forward as a file.",
            )
            .to_owned(),
        ),
        HeldBack::TooLarge => (
            say("оно слишком велико.", "it is too large.").to_owned(),
            say(
                "Ответьте на это письмо, заменив большие файлы ссылками.",
                "Reply to this mail with links in place of the large files.",
            )
            .to_owned(),
        ),
        HeldBack::NoTicket => (
            say(
                "из него не видно, какому клиенту оно предназначено.",
                "it does not say which client it is for.",
            )
            .to_owned(),
            say(
                "Ответьте на письмо об одном обращении («askback: № 17, …»), или напишите по адресу\n\
                 под строкой обращения, или пишите клиенту, поставив адрес поддержки в копию.",
                "Reply to a mail about one request (\"askback: #17, …\"), or write to the address below\n\
                 a request, or write to the client with the support address in Cc.",
            )
            .to_owned(),
        ),
        HeldBack::OtherAddress => (
            say(
                "на извещение ответили не с того адреса, на который оно пришло.",
                "the notice was answered from another address than the one that it came to.",
            )
            .to_owned(),
            pick(
                format!(
                    "Ответьте на это письмо с того адреса, на который оно пришло: ответ уйдёт {to}.\n\
                     Если писали не вы, расскажите об этом администратору."
                ),
                format!(
                    "Reply to this mail from the address that it came to: your answer goes to the {to}.\n\
                     If it was not you who wrote, tell your administrator."
                ),
            ),
        ),
        HeldBack::QuotesNotice => (
            say(
                "в нём без отметки цитаты стоит текст извещения.",
                "it has the text of the notice in it, not marked as a quote.",
            )
            .to_owned(),
            pick(
                format!("Ответьте на это письмо, удалив из ответа текст извещения: остальное уйдёт {to}."),
                format!("Reply to this mail without the text of the notice: the rest goes to the {to}."),
            ),
        ),
        HeldBack::QuotesClient => (
            say(
                "в нём без отметки цитаты стоят слова клиента.",
                "it has words of the client in it, not marked as a quote.",
            )
            .to_owned(),
            pick(
                format!(
                    "Ответьте на это письмо, поставив перед словами клиента «>» или убрав их:\n\
                     остальное уйдёт {to}."
                ),
                format!(
                    "Reply to this mail with \">\" before the client's words, or without them:\n\
                     the rest goes to the {to}."
                ),
            ),
        ),
        HeldBack::Sealed => (
            say(
                "прочесть его может только ваша программа\n(winmail.dat или шифрование).",
                "only your program can read it (winmail.dat, or encryption).",
            )
            .to_owned(),
            pick(
                format!(
                    "Ответьте на это письмо без шифрования, в Outlook – в формате HTML или обычным\n\
                     текстом (Формат текста), и вложите файлы снова: ответ уйдёт {to}."
                ),
                format!(
                    "Reply to this mail without encryption, in Outlook as HTML or plain text (Format\n\
                     Text), and attach the files again: your answer goes to the {to}."
                ),
            ),
        ),
        HeldBack::NotArrived => (
            say(
                "его уже отправляли, и, насколько известно, оно не дошло.",
                "it was sent before, and did not arrive as far as is known.",
            )
            .to_owned(),
            pick(
                format!(
                    "Ответьте на это письмо, вставив в него свой текст, немного иначе (и файлы, если они\n\
                     были): он уйдёт {to}."
                ),
                format!(
                    "Reply to this mail with your text in slightly other words (and your files, if there\n\
                     were any): it goes to the {to}."
                ),
            ),
        ),
        HeldBack::Repeated => (
            pick(
                format!("те же слова вы недавно {to} уже отправляли."),
                format!("you have sent the {to} the very same words of late."),
            ),
            pick(
                format!(
                    "Если ваш почтовый ящик отвечает сам, выключите это для писем askback. Если же\n\
                     писали вы, ответьте на это письмо другими словами: они уйдут {to}."
                ),
                format!(
                    "If your mailbox answers by itself, switch that off for mails of askback. If it was\n\
                     you, reply to this mail in other words: they go to the {to}."
                ),
            ),
        ),
    }
}

/// What a letter about an answer begins with that was not sent on.
pub(super) const fn not_sent(language: Language) -> &'static str {
    match language {
        Language::Russian => "Ваше письмо не отправлено:",
        Language::English => "Your mail was not sent:",
    }
}
