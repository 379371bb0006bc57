//! What people beg with in front of a request and behind it. It tells nothing, and is to be learned as telling nothing.

use super::labelled::{Conversation, Message};
use askback::request::Kind;

/// One conversation of so many is taught once more with a plea.
const EVERY: usize = 8;

const RUSSIAN: [&str; 24] = [
    "Помогите, пожалуйста.",
    "Помогите!",
    "Посмотрите, пожалуйста.",
    "Проверьте, пожалуйста.",
    "Прошу помощи.",
    "Выручайте!",
    "Просьба разобраться.",
    "Разберитесь, пожалуйста",
    "Прошу проверить.",
    "Подскажите, что делать?",
    "Что делать?",
    "Срочно!",
    "Очень нужно срочно, помогите пожалуйста",
    "Прошу посмотреть и помочь",
    "Гляньте, плиз",
    "Можете посмотреть?",
    "Посмотрите, что там",
    "Прошу принять меры.",
    "Жду вашей помощи.",
    "Надеюсь на вашу помощь",
    "Будьте добры, помогите",
    "Нужна ваша помощь.",
    "Как быть?",
    "Ждём решения вопроса.",
];

const ENGLISH: [&str; 24] = [
    "Please help.",
    "Please check.",
    "Can you look into it?",
    "Could you please check and advise?",
    "Kindly do the needful.",
    "Kindly assist",
    "Please assist.",
    "Please advise",
    "Help!",
    "Need help asap",
    "pls help",
    "Please look into this.",
    "Please have a look when you can",
    "What should we do?",
    "What can I do?",
    "Urgent!",
    "Please fix this.",
    "Can somebody help me?",
    "Hope you can help.",
    "We need your support on this.",
    "Please check and revert.",
    "Kindly look into the matter",
    "Would appreciate your help.",
    "Any help is appreciated",
];

/// The first message of a conversation with a plea, if it is the turn of that at `at`; none for what asks for nothing.
pub(crate) fn begging(at: usize, conversation: &Conversation) -> Option<Conversation> {
    let first = conversation.messages.first()?;
    if !at.is_multiple_of(EVERY) || first.html || first.gold.kind == Kind::None {
        return None;
    }
    let russian = first.body.contains(|c: char| ('а'..='я').contains(&c));
    let plea = if russian { RUSSIAN } else { ENGLISH }[at / EVERY % RUSSIAN.len()];
    let body = first.body.trim_end();
    // Behind a signature nobody begs.
    let body = if body.contains('\n') { format!("{plea}\n{body}") } else { format!("{body} {plea}") };
    Some(Conversation { id: conversation.id.clone(), messages: vec![Message { body, ..first.clone() }] })
}
