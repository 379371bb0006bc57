//! Letters about what is wrong with askback's own mail: a login that ends, notices that do not arrive.

use super::notice::Notice;
use crate::mail::{Address, HeaderText};
use crate::request::Language;

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
    Notice::of_words(to, &subject, text)
}

/// One of us whom notices do not reach, for those who are told of it.
#[derive(Clone, Copy, Debug)]
pub struct NotReached<'a> {
    /// Whom.
    pub colleague: &'a Address,
    /// How many were refused, or may not have arrived, in a week.
    pub notices: u64,
    /// When the last was.
    pub when: &'a str,
    /// Why. Hostile: a server's words.
    pub why: &'a str,
    /// The subjects of those that the reader has not been told of yet.
    pub lost: &'a [String],
}

/// Tells one of us that notices to a colleague do not arrive, and which.
pub fn not_reached(language: Language, about: &NotReached<'_>, to: &Address) -> Notice {
    let NotReached { colleague, notices, when, why, lost } = about;
    let why = HeaderText::new(why, 200);
    let lost: String = lost.iter().map(|subject| format!("- {}\n", HeaderText::new(subject, 200))).collect();
    let (subject, text) = match language {
        Language::Russian => (
            format!("askback: извещения для {colleague} не доходят"),
            format!(
                "Почтовый сервер не принимает извещения для {colleague} или не\n\
                 подтверждает, что принял. Таких: {notices}, последнее {when}.\nПричина: {why}\n\n\
                 Этого, возможно, никто не знает:\n{lost}\n\
                 Исправьте адрес в настройках askback ([[agent]], [head], [nudges.to]) или почтовый\n\
                 ящик. Что не дошло, показывает на сервере askback outbox --state refused (без\n\
                 подтверждения — ambiguous) и снова отправляет askback outbox retry, а что ждёт\n\
                 инженера — askback tickets.\n"
            ),
        ),
        Language::English => (
            format!("askback: notices to {colleague} do not arrive"),
            format!(
                "The mail server does not take notices to {colleague}, or does not say that\n\
                 it has. That were {notices}, the last one {when}.\nReason: {why}\n\n\
                 Perhaps nobody knows of this:\n{lost}\n\
                 Correct the address in the configuration of askback ([[agent]], [head], [nudges.to]),\n\
                 or mend the mailbox. What did not arrive is shown on the server by askback outbox\n\
                 --state refused (ambiguous where nobody knows) and sent again by askback outbox\n\
                 retry, what waits for an engineer by askback tickets.\n"
            ),
        ),
    };
    Notice::of_words(to, &subject, text)
}
